"""What the plan promises: its targets, its measures, and who answers for them."""

import pandas as pd

from giamngheo.report.html import folded, table
from giamngheo.report.wording import locator_text, target_text

ROLES = ("lead", "implementing", "partner")


def targets(page):
    """Every target of the plan, also those without a figure (Exhibit)."""
    frame = page.package.frame("targets")
    frame["name"] = [page.name(row) or _spaced(row.target) for row in page.package.targets]
    frame["value"] = [
        page.say("targets_table.none") if row.value_pct is None else target_text(row, page)
        for row in page.package.targets
    ]
    columns = [
        page.text_column("name", "targets_table.name"),
        page.text_column("value", "targets_table.value"),
        _place_column(page),
    ]
    return table("targets", page.say("targets_table.caption"), frame, columns)


def measures(page):
    """Every quantity that the plan promises, folded (Exhibit)."""
    frame = page.package.frame("measures")
    frame["line_name"] = [_line_name(row.line, page) for row in page.package.measures]
    frame["name"] = [page.name(row) or _spaced(row.what) for row in page.package.measures]
    frame["unit_name"] = [_unit_name(row, page) for row in page.package.measures]
    columns = [
        page.text_column("line_name", "money.line"),
        page.text_column("name", "measures_table.what"),
        page.column(
            ("quantity", "unit_name"), "measures_table.quantity", lambda n, unit: f"{page.number(n)} {unit}"
        ),
        page.text_column("per", "measures_table.per", lambda per: page.say(f"per.{per}")),
        page.number_column("unit_cost_vnd", "measures_table.cost"),
        _place_column(page),
    ]
    caption = page.say("measures_table.caption")
    return folded(caption, table("measures", caption, frame, columns, css="long"))


def agencies(page):
    """Who leads, carries out and supports each budget line, folded (Exhibit)."""
    found = {}
    for row in page.package.agencies:
        roles = found.setdefault(row.line, {"line": row.line, "line_name": _line_name(row.line, page)})
        named = roles.setdefault(row.role, [])
        if (name := getattr(row, f"agency_{page.lang}")) not in named:
            named.append(name)
    rows = [
        roles | {role: "; ".join(roles[role]) if role in roles else None for role in ROLES}
        for roles in found.values()
    ]
    frame = pd.DataFrame(rows, columns=["line", "line_name", *ROLES])
    columns = [page.text_column("line_name", "money.line")]
    columns += [page.text_column(role, f"role.{role}") for role in ROLES]
    caption = page.say("agencies_table.caption")
    return folded(caption, table("agencies", caption, frame, columns, css="long"))


def _place_column(page):
    return page.text_column("locator", "audit_table.where", lambda place: locator_text(place, page))


def _line_name(line, page):
    return page.line_names.get(line) or page.say("agencies_table.whole")


def _unit_name(measure, page):
    """The unit of a promised quantity (str or None): the plan's own word, else the workbook's, else its id."""
    if measure.quantity is None:
        return None
    own, key = getattr(measure, f"unit_{page.lang}"), f"measure_unit.{measure.unit}"
    return own or (page.say(key) if page.has(key) else _spaced(measure.unit))


def _spaced(name):
    return name.replace("_", " ")
