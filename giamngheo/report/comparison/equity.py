"""A population group beside all other households, and what favouring it gives and takes."""

import pandas as pd

from giamngheo.analysis.equity import FULL_PLAN, PARTS
from giamngheo.report import html
from giamngheo.report.wording import case_text, first_upper, target_heads, untargeted, with_range
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH

_ENDS = ("q10", "q50", "q90")


def tables(page, outcomes, levels, changes):
    """Each counted group beside the rest and what favouring it moves, of `analysis.equity` by group."""
    made = []
    for group, found in levels.groupby("group", sort=False):
        made.append(_level_table(page, outcomes, found, group))
        moved = changes[changes["group"] == group]
        if len(moved):
            told = outcomes[FULL_PLAN], outcomes[moved["scenario"].iloc[0]], moved, group
            made.append(_change_table(page, *told))
    return html.stack(*made) if made else html.prose(page.say("equity.none"))


def _who(page, who, group):
    """Name of a part of the province (str)."""
    named = {"group": group, "all": "all"}
    return first_upper(page.group(named[who]) if who in named else page.say(f"equity.{who}"))


def _level_table(page, outcomes, found, group):
    """Poverty rates of a group, of the rest and of all at the deadline, and the gap in points."""
    by = found.set_index(["scenario", "case", "who"])
    shown = [(name, r) for name in found["scenario"].unique() for r in CASES if r in outcomes[name].shown]
    rows = []
    for who in PARTS:
        row = {"who": who}
        for name, r in shown:
            row |= {f"{name}_{CASES[r]}_{end}": by.loc[(name, CASES[r], who), end] for end in _ENDS}
        rows.append(row)

    def interval(low, middle, high):
        return with_range(page, middle, low, high)

    columns = [page.text_column("who", "equity.who", lambda who: _who(page, who, group))]
    for name, r in shown:
        head = f"{outcomes[name].scenario.title[page.lang]}, {case_text(r, page)}"
        keys = tuple(f"{name}_{CASES[r]}_{end}" for end in _ENDS)
        columns.append(page.column(keys, head, interval))
    when = page.day(outcomes[FULL_PLAN].cases[1].years[-1])
    lines = {line.poverty_line for line in page.package.last_line}
    read = any(row.group == group and row.poverty_line in lines for row in page.package.readings)
    note = page.say(
        "equity.note",
        level="" if read else f"{page.say('equity.level')} ",
        group=page.group(group),
        weight=page.percent(found["weight_pct"].iloc[0], 1),
        size=page.number(page.package.group_size(group), -2),
        impossible=page.percent(100 * found["impossible"].max(), 1),
    )
    note = " ".join(filter(None, (note, untargeted(page, group))))
    caption = page.say("equity.caption", when=when)
    name = f"rates-{group}-and-rest"
    tidy = found.drop(columns="group")
    return html.beside(html.table(name, caption, pd.DataFrame(rows), columns, note=note, tidy=tidy))


def _change_table(page, plan, first, moved, group):
    """What a scenario that puts a group first moves against the plan: rates, gap, households, chances."""
    by = moved.set_index(["case", "who"])
    shown = {r: CASES[r] for r in CASES if r in first.shown}
    rows = []
    for who in PARTS:
        row = {"of": who, "unit": "points"}
        for case in shown.values():
            row |= {f"{end}_{case}": by.loc[(case, who), end] for end in _ENDS}
        rows.append(row)
    for who in ("group", "rest", "all"):
        row = {"of": who, "unit": "households"}
        rows.append(row | {f"mean_{case}": by.loc[(case, who), "households"] for case in shown.values()})
    heads = dict(target_heads(page))
    for key in heads:
        row = {"of": key, "unit": "chance"}
        for r, case in shown.items():
            row |= {f"plan_{case}": plan.by_case[r][key], f"first_{case}": first.by_case[r][key]}
        rows.append(row)

    def name(of, unit):
        if unit == "chance":
            return f"{page.say('panel.chance')}: {heads[of]}"
        return page.say(
            "equity.change" if unit == "points" else "equity.households", who=_who(page, of, group)
        )

    def cell(unit, low, middle, high, households, before, after):
        if unit == "households":
            return page.signed(households, -1)
        if unit == "chance":
            return f"{page.chance(before)} → {page.chance(after)}"
        low, middle, high = (page.signed(value, 2) for value in (low, middle, high))
        return page.say("equity.interval", middle=middle, low=low, high=high)

    columns = [page.text_column(("of", "unit"), "equity.who", name)]
    for r, case in shown.items():
        keys = (f"{key}_{case}" for key in (*_ENDS, "mean", "plan", "first"))
        columns.append(page.column(("unit", *keys), first_upper(case_text(r, page)), cell))
    count = by["households"]
    left = {r: count[case, "all"] - count[case, "group"] - count[case, "rest"] for r, case in CASES.items()}
    note = _change_sentence(page, plan, first, moved, group)
    note += " " + page.say(
        "equity.change_note", **{f"left{r}": page.number(abs(n), -1) for r, n in left.items()}
    )
    caption = page.say("equity.change_caption", title=first.scenario.title[page.lang])
    shown = html.table(f"changes-{group}-first", caption, pd.DataFrame(rows), columns, note=note)
    return html.beside(shown)


def _change_sentence(page, plan, first, moved, group):
    """What the scenario buys the group and costs the others, on average, and what the targets make of it (str)."""
    by = moved.set_index(["case", "who"])["mean"]
    key = BOTH if plan.by_case[1][BOTH] is not None else next(iter(plan.by_case[1]))
    words = {}
    for r, case in CASES.items():
        words |= {
            f"group{r}": page.signed(by[case, "group"], 1),
            f"rest{r}": page.signed(by[case, "rest"], 2),
        }
        words |= {f"before{r}": page.chance(plan.by_case[r][key])}
        words |= {f"after{r}": page.chance(first.by_case[r][key])}
    title, who = first.scenario.title[page.lang], page.group(group)
    return page.say("equity.sentence", title=title, who=who, **words)
