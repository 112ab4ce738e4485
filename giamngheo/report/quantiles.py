"""Forecasts in numbers: mean and quantiles, year by year."""

from giamngheo.inputs.judged import level_pair
from giamngheo.report import html
from giamngheo.report.fan import of
from giamngheo.report.wording import first_upper
from giamngheo.simulation.outcomes import CASES

SHOWN = {"mean": None, "q025": 2.5, "q10": 10, "q25": 25, "q50": 50, "q75": 75, "q90": 90, "q975": 97.5}


def table(page, forecasts, status, *, group="all", case="continued"):
    """Mean and quantiles of one status under one case of the money, of rows as a `Forecast` has them."""
    names = {q: f"{q}_pct" for q in SHOWN}
    rows = of(forecasts, status, group).assign(case=case).rename(columns=names)
    heads = {"mean": page.say("quantiles.mean"), "q50": page.say("quantiles.median")}
    columns = [page.day_column("as_of", "quantiles.when")]
    columns += [page.number_column(names[q], heads.get(q) or page.percent(at), 2) for q, at in SHOWN.items()]
    who, reading = first_upper(page.say(f"status.{status}")), page.say(f"case.short_{case}")
    caption = page.say("quantiles.caption", who=who, group=page.group(group), reading=reading)
    shown = rows[["group", "status", "case", "as_of", *names.values()]]
    return html.table(f"quantiles-{status}-{group}-{case}".replace("_", "-"), caption, shown, columns)


def tables(page, results):
    """Quantiles of every status that has a target, of results (Forecast or Case) by case of the money, folded."""
    tables = {r: result.table_of("all") for r, result in results.items()}
    parts = [
        table(page, rows, status, case=CASES[r])
        for status in level_pair(page.package)
        for r, rows in tables.items()
    ]
    return html.folded(page.say("quantiles.summary"), html.stack(*parts))
