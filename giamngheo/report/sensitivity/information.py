"""The value of information: what a measurement, had before the money is spent, would do to the chances."""

import pandas as pd

from giamngheo.analysis.sensitivity.information import CASH, EITHER, REVIEW
from giamngheo.inputs.judged import level_pair
from giamngheo.report.assumption_words import assumption_name
from giamngheo.report.html import prose
from giamngheo.report.html import table as shown_table
from giamngheo.report.wording import first_upper, joint_name, target_heads
from giamngheo.simulation.outcomes import CASES


def sentence(page, worth, trend, register):
    """The measurement that would move the answer most."""
    heads = target_heads(page)
    either = worth[(worth["case"] == EITHER) & (worth["target"] == heads[-1][0])] if heads else worth
    if either.empty or not either["change"].any():
        return prose(page.say("information.none"))
    first = either.iloc[0]
    name, joint = _name(page, first["measurement"], trend, register), joint_name(page)
    return prose(page.say("information.most", name=f"<b>{name}</b>", joint=joint, **_words(page, first)))


def _review_alone(page, worth, trend, register):
    """What the next review alone does to the first target (str)."""
    target, head = target_heads(page)[0]
    own = worth[(worth["measurement"] == REVIEW) & (worth["target"] == target) & (worth["case"] == CASES[1])]
    words = {"name": _name(page, REVIEW, trend, register), "target": head}
    return " ".join(
        page.say("information.review_alone", **words, **_words(page, row)) for row in own.to_dict("records")
    )


def table(page, worth, trend, register):
    """Each measurement, case by case: the chance now, where it would then lie, and the interval now and then."""
    if worth.empty:
        return prose(page.say("information.none"))
    heads, statuses, rows = target_heads(page), level_pair(page.package), []
    for (name, case), own in worth.groupby(["measurement", "case"], sort=False):
        row = {"name": first_upper(_name(page, name, trend, register)), "case": case}
        for each in own.to_dict("records"):
            measures = ("before", "low", "high", "change", "width_before", "width_after")
            row |= {f"{each['target']}_{measure}": each[measure] for measure in measures}
        rows.append(row)

    def chance(before, low, high, change):
        before, low, high, change = (page.number(100 * p, 0) for p in (before, low, high, change))
        return page.say("information.cell", before=before, low=low, high=high, change=change)

    columns = [
        page.text_column("name", "information.measurement"),
        page.text_column("case", "information.case", lambda case: page.say(f"information.case_{case}")),
    ]
    for target, head in heads:
        keys = tuple(f"{target}_{measure}" for measure in ("before", "low", "high", "change"))
        columns.append(page.column(keys, head, chance))
    for status, target in statuses.items():
        keys = tuple(f"{target.target}_width_{when}" for when in ("before", "after"))
        head = page.say("information.width", who=page.say(f"status.{status}_short"))
        columns.append(page.column(keys, head, lambda *both: " → ".join(page.number(x, 1) for x in both)))
    caption, note = page.say("information.caption"), page.say("information.note")
    note = f"{_review_alone(page, worth, trend, register)} {note}".strip()
    return shown_table("information", caption, pd.DataFrame(rows), columns, note=note, css="long", tidy=worth)


def _words(page, row):
    return {key: page.chance(row[key]) for key in ("before", "low", "high")}


def _name(page, measurement, trend, register):
    if measurement == CASH:
        return assumption_name(CASH, register, page)
    return page.say(f"information.{measurement}", year=str(trend.years[0].year))
