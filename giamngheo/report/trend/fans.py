"""Where both rates go if the trend goes on."""

from giamngheo.report import fan
from giamngheo.report.html import stack


def charts(page, trend, fixed):
    """A fan chart for each status that was forecast, the near-poor one with the median of the fixed gap."""
    table, history = trend.table, trend.history
    statuses = [status for status in ("poor", "near_poor") if ("all", status) in trend.draws]
    top = fan.shared_top(table, history, statuses)
    others = {"near_poor": {"other": fixed.table, "meaning": "fixed"}}
    return stack(*(fan.chart(page, table, history, s, top=top, **others.get(s, {})) for s in statuses))
