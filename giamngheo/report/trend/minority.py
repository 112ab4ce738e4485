"""Population groups: their forecasts, which rest on an assumption where they were never read on the last line."""

import numpy as np

from giamngheo.report import html, quantiles
from giamngheo.report.wording import first_upper, untargeted


def section(page, trend, register):
    """Their forecasts in quantiles, and in a sentence where they rest on an assumption."""
    parts = []
    for group in trend.groups:
        if group == "all":
            continue
        low, middle, high = np.quantile(trend.draws[group, "poor"][:, -1], (0.1, 0.5, 0.9))
        words = {
            "group": page.group(group),
            "rate": page.percent(middle, 1),
            "low": page.number(low, 1),
            "high": page.percent(high, 1),
            "sd": page.number(register["group_splice_sd"].fixed),
            "when": page.day(trend.years[-1]),
        }
        read = trend.history[trend.history["poverty_line"] == trend.poverty_line]
        said = (
            []
            if group in set(read["group"])
            else [page.say("minority.sentence", **words), untargeted(page, group)]
        )
        said = [" ".join(filter(None, said))] if said else []
        parts.append(html.prose(*said, title=first_upper(page.group(group))))
        parts.append(quantiles.table(page, trend.table, "poor", group=group))
    return html.stack(*parts) if parts else html.prose(page.say("minority.none"))
