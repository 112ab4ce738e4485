"""Chances, rates and households of one scenario under both cases."""

import pandas as pd

from giamngheo.inputs.judged import targets_of_all
from giamngheo.report.html import table as html_table
from giamngheo.report.wording import deadlines_text, first_upper, target_heads, when_text
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import above_target


def table(page, outcome):
    """Every result at its target's day, a row a target or rate, a column a case."""
    heads = target_heads(page)
    above = {r: above_target(page.package, outcome.cases[r]) for r in CASES}
    rows = []
    for key, head in heads:
        values = {case: outcome.by_case[r][key] for r, case in CASES.items()}
        rows.append({"name": f"{page.say('panel.chance')}: {head}", "of": key, "measure": "chance"} | values)
    for target in targets_of_all(page.package):
        status = target.status
        values = {case: outcome.median(r, status, when=target.as_of) for r, case in CASES.items()}
        for r, case in CASES.items():
            ends = outcome.interval(r, status, when=target.as_of)
            values |= dict(zip((f"{case}_q10", f"{case}_q90"), ends, strict=True))
        name = f"{first_upper(page.say(f'status.{status}'))}, {when_text(target.as_of, page)}"
        rows.append({"name": name, "of": target.target, "measure": "median_pct"} | values)
    for key, head in heads:
        if key in above[1]:
            values = {case: above[r][key] for r, case in CASES.items()}
            name = f"{page.say('panel.households')}: {head}"
            rows.append({"name": name, "of": key, "measure": "households_above"} | values)

    def cell(measure, value, low, high):
        if measure == "chance":
            return page.chance(value)
        if measure == "median_pct":
            return f"{page.percent(value, 1)} ({page.range(low, high)})"
        return page.households(value, -2)

    columns = [page.text_column("name")]
    for case in CASES.values():
        keys = ("measure", case, f"{case}_q10", f"{case}_q90")
        columns.append(page.column(keys, f"case.{case}", cell))
    caption = page.say("scenario_table.caption", when=deadlines_text(page))
    return html_table("results", caption, pd.DataFrame(rows), columns)
