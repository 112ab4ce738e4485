"""Figures of the report: pure functions from results to inline SVG, each drawn for a page and for a phone."""

from giamngheo.report.comparison.allocation_dots import allocation_dots
from giamngheo.report.fan import answer_picture, fan_chart, fan_charts, target_text, trend_charts
from giamngheo.report.scenario.plan_figures import chance_dots
from giamngheo.report.trend.rivals import rival_rows, rivals_chart
from giamngheo.report.trend.track_charts import calibration_chart, track_chart

__all__ = [
    "allocation_dots",
    "answer_picture",
    "calibration_chart",
    "chance_dots",
    "fan_chart",
    "fan_charts",
    "rival_rows",
    "rivals_chart",
    "target_text",
    "track_chart",
    "trend_charts",
]
