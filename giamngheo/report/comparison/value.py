"""What a billion VND moves: the effect that would be needed, each line's, and the plan with and without its loans."""

import pandas as pd

from giamngheo.report import html
from giamngheo.report.columns import is_missing
from giamngheo.report.wording import amount_text, case_text, of_cases, target_heads, with_range
from giamngheo.simulation.outcomes import CASES

_SMALL = 0.05  # households a billion: below it a line is as good as without effect
_ENDS = ("q10", "q50", "q90")


def needed(page, effects):
    """The effect at which the money would meet each target, from the frame of `cost_effectiveness.needed_effect`."""
    if effects.empty:
        return html.prose(page.say("value.none"))
    frame = effects.sort_values(["target", "case"], ascending=[False, True], kind="stable")
    heads = dict(target_heads(page))
    columns = [
        page.text_column("target", "solve.target", heads.get),
        _case_column(page),
        page.number_column("needed_per_bn", "value.needed_per_bn", 1),
        page.number_column("moved_per_bn", "value.moved_per_bn", 1),
    ]
    for level in (name.rsplit("_", 1)[1] for name in frame if name.startswith("income_vnd_")):
        columns.append(  # empty for a target on the near-poor: lifting the poor alone fills the band
            page.column(
                (f"income_vnd_{level}", f"household_mvnd_{level}"),
                page.say("value.income", p=page.percent(int(level))),
                lambda income, household: f"{page.number(income / 1000, 0)} ({page.number(household, 1)})",
            )
        )
    caption, note = page.say("value.needed_caption"), page.say("value.needed_note")
    return html.beside(html.table("effect-needed", caption, frame, columns, note=note))


def _case_column(page):
    return page.text_column("case", "solve.reading", lambda case: page.say(f"case.short_{case}"))


def lines(page, values, effects):
    """What the money of each line does, from `cost_effectiveness.marginal_value`, and what an even chance needs."""
    if values.empty:
        return html.prose(page.say("value.none"))
    chosen = values[(values["basis"] == "average") & (values["outcome"] == "poor")]
    by = chosen.set_index(["unit", "case", "line"]).sort_index()
    names = page.line_names
    named = [line for line in chosen["line"].unique() if line in names]
    named.sort(key=lambda line: -by.loc[("households", "continued", line), "mean"])
    sums = [line for line in ("total", "without_credit") if line in set(chosen["line"])]
    rows = []
    for line in (*named, *sums):
        row = {"line": line, "money_bn_vnd": by.loc[("households", "continued", line), "money_bn"]}
        for case in CASES.values():
            exits = by.loc[("households", case, line)]
            row |= {f"exits_{name}_{case}": exits[name] for name in (*_ENDS, "mean")}
            row[f"points_per_100_bn_{case}"] = by.loc[("points", case, line), "mean"] * 100
        rows.append(row)
    poor = effects[effects["status"] == "poor"].drop_duplicates("case") if len(effects) else effects
    if len(poor):
        asked = poor.set_index("case")["needed_per_bn"]
        rows.append({"line": "needed"} | {f"exits_q50_{case}": bn for case, bn in asked.items()})
    frame = pd.DataFrame(rows)
    frame.insert(1, "name", [names.get(line) or page.say(f"value.{line}") for line in frame["line"]])

    def ends(low, middle, high):
        return page.number(middle, 1) if is_missing(low) else _with_ends(page, low, middle, high)

    def both(key, head, decimals):
        show = of_cases(lambda value: page.number(value, decimals) if value else "0")
        keys = tuple(f"{key}_{case}" for case in CASES.values())
        return page.column(("line", *keys), head, _but("needed", show))

    columns = [
        page.text_column("name", "money.line"),
        page.column(
            ("line", "money_bn_vnd"), "compare.money", _but("needed", lambda bn: amount_text(bn, page))
        ),
    ]
    for r, case in CASES.items():
        keys = tuple(f"exits_{name}_{case}" for name in _ENDS)
        columns.append(page.column(keys, page.say("value.exits", case=case_text(r, page)), ends))
    columns += [both("exits_mean", "value.mean", 1), both("points_per_100_bn", "value.points", 3)]
    caption, note, foot = page.say("value.caption"), page.say("value.note"), len(rows) - len(named)
    return html.beside(html.table("value-of-a-line", caption, frame, columns, note=note, foot=foot))


def _but(line, show):
    """As `show` for all lines but one, whose cell stays empty."""
    return lambda name, *values: "" if name == line else show(*values)


def _with_ends(page, low, middle, high):
    if high < _SMALL:
        return "0"
    return with_range(page, middle, low, high)


def loans(page, values):
    """Money, chance, gap and exits per billion with and without the loans, from `cost_effectiveness.credit_table`."""
    if values["money_bn"].nunique() < 2:
        return html.prose(page.say("value.no_loans"))
    key, head = target_heads(page)[-1]
    columns = [
        page.text_column("credit", "", lambda name: page.say(f"loans.{name}")),
        _case_column(page),
        page.column("money_bn", "compare.money", lambda bn: amount_text(bn, page)),
        page.chance_column(key, head),
        page.number_column("poor_pct", "value.loans_poor", 1),
        page.number_column("gap_pct", "value.loans_gap", 2),
        page.column(
            tuple(f"exits_per_bn_{name}" for name in _ENDS),
            "value.loans_exits",
            lambda *ends: _with_ends(page, *ends),
        ),
    ]
    caption, note = page.say("value.loans_caption"), page.say("value.loans_note")
    return html.table("with-and-without-loans", caption, values, columns, note=note)
