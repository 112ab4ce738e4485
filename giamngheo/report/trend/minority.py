"""Groups that were never read on the last poverty line, whose forecast rests on an assumption."""

import numpy as np

from giamngheo.report import html, quantiles


def section(page, trend, register):
    """Their forecasts in a sentence and in quantiles, named as the assumption that they are."""
    parts = []
    for group in trend.groups:
        if group == "all":
            continue
        low, middle, high = np.quantile(trend.draws[group, "poor"][:, -1], (0.1, 0.5, 0.9))
        words = {
            "group": page.say(f"group.{group}"),
            "rate": page.percent(middle, 1),
            "low": page.number(low, 1),
            "high": page.percent(high, 1),
            "sd": page.number(register["group_splice_sd"].fixed),
            "when": page.day(trend.years[-1]),
        }
        parts.append(html.prose(page.say("minority.sentence", **words)))
        parts.append(quantiles.table(page, trend.table, "poor", group=group))
    return html.stack(*parts) if parts else html.prose(page.say("minority.none"))
