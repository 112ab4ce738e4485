"""How the rate fell from reading to reading."""

import pandas as pd

from giamngheo.forecasting.scales import probit
from giamngheo.report import html
from giamngheo.report.fan import of


def table(page, readings):
    """Yearly falls of the poor rate on three scales, never across a change of poverty line."""
    rows = []
    for line, series in of(readings, "poor").groupby("poverty_line", sort=False):
        before, after = series.iloc[:-1], series.iloc[1:]
        old, new = before["rate_pct"].to_numpy(dtype=float), after["rate_pct"].to_numpy(dtype=float)
        changes = {
            "poverty_line": line,
            "from_as_of": before["as_of"].to_numpy(),
            "to_as_of": after["as_of"].to_numpy(),
            "change_points": new - old,
            "change_pct": 100 * (new / old - 1),
            "change_probit": probit(new / 100) - probit(old / 100),
        }
        rows.append(pd.DataFrame(changes))
    columns = [
        page.day_column("from_as_of", "falls.from"),
        page.day_column("to_as_of", "falls.to"),
        page.signed_column("change_points", "falls.points", 2),
        page.signed_column("change_pct", "falls.percent", 1),
        page.signed_column("change_probit", "falls.probit", 3),
    ]
    frame = pd.concat(rows, ignore_index=True)
    return html.table("falls", page.say("falls.caption"), frame, columns, note=page.say("falls.note"))
