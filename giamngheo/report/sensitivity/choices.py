"""Choices that no reading settles, and what each does to the chances."""

import pandas as pd

from giamngheo.analysis.sensitivity.cases import BASE, CONTINUITY
from giamngheo.analysis.sensitivity.choices import LARGE
from giamngheo.report.assumption_words import assumption_name
from giamngheo.report.html import prose
from giamngheo.report.html import table as shown_table
from giamngheo.report.sensitivity.turns import changed_to
from giamngheo.report.sensitivity.words import headed
from giamngheo.report.wording import target_heads
from giamngheo.simulation.outcomes import CASES

MOST_TOLD = 5  # choices named in the sentence; the table has all


def sentence(page, found, register):
    """The choices that move a chance by `LARGE` or more, the furthest first, each with what it moves most."""
    heads, large = dict(target_heads(page)), page.points(100 * LARGE, 0)
    told = found[found["target"].isin(list(heads))]
    furthest = told.assign(far=told["change"].abs()).sort_values("far", ascending=False, kind="stable")
    furthest = furthest[furthest["far"] >= LARGE].drop_duplicates("assumption")
    items = []
    for row in furthest.head(MOST_TOLD).itertuples():
        told = (
            "" if row.to == "number" else f"{changed_to(page, row.assumption, row.to, row.value, register)}: "
        )
        words = {
            "target": heads[row.target],
            "before": page.chance(row.base),
            "after": page.chance(row.chance),
        }
        if row.assumption == CONTINUITY:
            items.append(page.say("choices.item_r", **words))
        else:
            name, case = assumption_name(row.assumption, register, page), page.say(f"case.short_{row.case}")
            items.append(page.say("choices.item", name=name, to=told, case=case, **words))
    if not items:
        return prose(page.say("choices.none", large=large))
    return prose(page.say("choices.some", large=large, items="; ".join(items)))


def table(page, found, register):
    """Every choice: what is shipped, each alternative, and the chances under it, beside those of the case shown."""
    heads = target_heads(page)
    keys = found["target"] + "_" + found["case"]
    base = dict(zip(keys, found["base"], strict=True))
    rows = [{"assumption": BASE, "name": page.say("sensitivity.base_row")} | base]
    rows[0] |= {f"{key}_change": 0.0 for key in base}
    for (name, to, value), own in found.groupby(["assumption", "to", "value"], sort=False, dropna=False):
        row = {"assumption": name, "name": headed(name, register, page)}
        row["shipped"] = _shipped(page, name, own["shipped"].iloc[0], register)
        row["changed"] = changed_to(page, name, to, value, register)
        for each in own.itertuples():
            key = f"{each.target}_{each.case}"
            row |= {key: each.chance, f"{key}_change": each.change}
        rows.append(row)
    columns = [
        page.text_column("name", "choices.choice"),
        page.text_column("shipped", "choices.shipped"),
        page.text_column("changed", "sensitivity.range"),
    ]
    for target, head in heads:
        pairs = tuple(f"{target}_{case}{of}" for case in CASES.values() for of in ("", "_change"))
        columns.append(page.column(pairs, head, lambda *chances: _told(page, chances)))
    large = page.points(100 * LARGE, 0)
    caption, note = page.say("choices.caption"), page.say("choices.note", large=large)
    return shown_table("choices", caption, pd.DataFrame(rows), columns, note=note, css="long", tidy=found)


def _told(page, chances):
    """Chances in whole percent, those that moved far marked: ``7*; 24*`` (str)."""
    pairs = zip(chances[::2], chances[1::2], strict=True)
    marks = ((page.number(100 * p, 0), "*" if abs(change) >= LARGE else "") for p, change in pairs if p == p)
    return "; ".join(number + mark for number, mark in marks)


def _shipped(page, name, value, register):
    """What the case shown has in place of an alternative (str)."""
    if name == "gap_moves":
        return page.say("sensitivity.to.moves")
    return changed_to(page, name, value if isinstance(value, str) else "number", value, register)
