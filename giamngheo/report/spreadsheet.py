"""tables.xlsx: the report's main tables in the reader's words, a sheet each; the same content gives the same bytes.

What is computed is taken from the tables of executed notebooks, what is given from the package. Numbers are numbers,
heads carry units, a line over each table says where it is from; text is never read as a formula or an address. Every
other table lies beside the pages as CSV.
"""

import io
import re
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch

import pandas as pd

from giamngheo.auditing import RESULTS
from giamngheo.inputs.assumptions import load_register
from giamngheo.report.assumption_words import assumption_name
from giamngheo.report.columns import DAY, Column, Table
from giamngheo.report.wording import decision_text, first_upper, header, locator_text, target_heads
from giamngheo.simulation.money import exact_sources
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH

SHEET_NAME = 31  # letters that a spreadsheet allows
FIRST_ROW = 3  # of a table, below its caption, its source and its heads
CHANCE, RATE, MONEY, COUNT, YEAR = "0.0 %", "0.00", "#,##0.00", "#,##0", "0"
WIDE, NARROW = 34, 15  # columns of words and of numbers, in letters
METHODS = {"ours": "same_year", "ours, earlier years only": "earlier_years"}


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the line that says where it is from, and its table as of `Table.as_json`."""

    name: str
    source: str
    stored: dict


def sheets(page, stored):
    """The sheets of a report's spreadsheet, without those whose tables are not there.

    Parameters
    ----------
    page : Page
    stored : dict of (str, str) to dict
        The tables behind the exhibits, as of `Table.as_json`, by their notebook ("03_scenario" is the full plan's) and
        name.

    Returns
    -------
    list of Sheet
    """
    frames = {
        key: pd.DataFrame(table["rows"], columns=[column["name"] for column in table["columns"]])
        for key, table in stored.items()
    }
    decision = decision_text(page)
    made = []
    for name, (make, *needed) in MAKERS.items():
        if needed and not any(notebook == needed[0] and fnmatch(key, needed[1]) for notebook, key in frames):
            continue  # a package without such a table
        frame, shapes = make(page, frames)
        columns = tuple(Column(key, head, number_format=shape) for key, (head, shape) in shapes.items())
        caption = page.say(f"sheet_caption.{name}")
        source = page.say(f"sheet_source.{name}", decision=decision)
        if name == "chances" and (joint := dict(target_heads(page)).get(BOTH)):
            source += f" {page.say('sheet_source.sum', name=joint)}"
        table = Table(name, caption, frame[list(shapes)], columns)
        made.append(Sheet(page.say(f"sheet.{name}"), source, table.as_json()))
    return made


def _heads(page, **shapes):
    """Columns in order, with their heads: key to (head, format of its numbers)."""
    return {key: (page.say(f"sheet_head.{key}"), shape or "General") for key, shape in shapes.items()}


def _chances(page, frames):
    wide = frames["00_start_here", "panels"].pivot(
        index=["target", "case"], columns="measure", values="value"
    )
    names = dict(target_heads(page))
    order = pd.MultiIndex.from_product([names, CASES.values()], names=["target", "case"])
    frame = wide.reindex(order).reset_index()
    frame["target"] = frame["target"].map(names)
    shapes = {"chance": CHANCE, "median_pct": RATE, "q10_pct": RATE, "q90_pct": RATE}
    shapes |= {"households_above": COUNT, "break_even": RATE}
    return _cases(page, frame), _heads(page, target="", case="", **shapes)


def _forecast(page, frames):
    parts = [
        frame
        for (notebook, name), frame in frames.items()
        if notebook == "03_scenario" and name.startswith("quantiles-")
    ]
    shapes = dict.fromkeys(
        ("mean_pct", *(f"q{q}_pct" for q in ("025", "10", "25", "50", "75", "90", "975"))), RATE
    )
    heads = _heads(page, group="", status="", case="", as_of=DAY, **shapes)
    return _cases(page, _who(page, pd.concat(parts, ignore_index=True))), heads


def _readings(page, frames):
    frame = _who(page, frames["01_data", "readings"])
    frame["place"] = [locator_text(place, page) for place in frame["locator"]]
    titles = {row.document: row.title for row in page.package.documents}
    frame["document"] = frame["document"].map(titles).fillna(frame["document"])
    shapes = {
        "as_of": DAY,
        "as_stated": "",
        "group": "",
        "status": "",
        "line_from": YEAR,
        "households": COUNT,
    }
    return frame, _heads(page, **shapes, rate_pct=RATE, persons=COUNT, document="", place="")


def _budget(page, frames):
    years = page.package.years
    rows = [
        (page.name(row), page.say(f"source.{source}"), year, float(amount / len(years)), place)
        for row in page.package.budget_lines
        for place in (locator_text(row.locator, page),)
        for source, amount in exact_sources(row, len(years)).items()
        for year in years
    ]
    frame = pd.DataFrame(rows, columns=["line", "source", "year", "planned_bn_vnd", "place"])
    return frame, _heads(page, line="", source="", year=YEAR, planned_bn_vnd=MONEY, place="")


def _money_ends(page, frames):
    frame = frames["03_scenario", "money-ends"].drop(columns="line").rename(columns={"name": "line"})
    ends = ("delivered", "poor", "near_poor", "others", "unspent")
    return frame, _heads(page, line="", **{f"{end}_bn_vnd": MONEY for end in ends})


def _scenarios(page, frames):
    wide, parts, targets = frames["04_compare", "scenarios-compared"], [], dict(target_heads(page))
    for case in CASES.values():
        own = [name for name in wide.columns if name.endswith(f"_{case}")]
        part = wide[["title", "money_bn_vnd", *own]].rename(
            columns=lambda name, case=case: name.removesuffix(f"_{case}")
        )
        parts.append(part.assign(case=case))
    frame = pd.concat(parts).sort_index(kind="stable").rename(columns={"title": "scenario"})
    heads = _heads(page, scenario="", case="")
    heads |= {
        f"chance_{key}": (page.say("sheet_head.chance_of", target=name), CHANCE)
        for key, name in targets.items()
    }
    shapes = {"poor_pct": RATE, "near_poor_pct": RATE, "households_above": COUNT, "money_bn_vnd": MONEY}
    heads |= _heads(page, **{key: shape for key, shape in shapes.items() if key in frame})
    return _cases(page, frame), heads


def _assumptions(page, frames):
    frame = (
        frames["03_scenario", "assumptions"]
        .drop(columns="assumption")
        .rename(columns={"meaning": "assumption"})
    )
    frame["support"] = [page.say(f"support.{kind}") for kind in frame["support"]]
    keys = ("assumption", "distribution", "alternative", "unit", "support", "reference", "moves")
    return frame, _heads(page, **dict.fromkeys(keys, ""))


def _audit(page, frames):
    parts = [
        frames["01_data", f"audit-{result}"].assign(result=page.say(f"audit_table.result.{result}"))
        for result in RESULTS
        if ("01_data", f"audit-{result}") in frames
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["place"] = [locator_text(place, page) for place in frame["locator"]]
    return frame, _heads(page, result="", message="", place="", stated="", recomputed="")


def _track_record(page, frames):
    frame = frames["02_trend", "track-record-coverage"].copy()
    frame["kind"] = [first_upper(page.say(f"track_group.{group}")) for group in frame["group"]]
    frame["method"] = [page.say(f"sheet_method.{METHODS[method]}") for method in frame["method"]]
    scores = (
        "mae_points",
        "mae_points_last_value",
        "cover_50_pct",
        "cover_80_pct",
        "cover_95_pct",
        "width_80_points",
    )
    return frame, _heads(page, kind="", method="", **dict.fromkeys(scores, RATE))


def _sensitivity(page, frames):
    frame, register = frames["05_sensitivity", "tornado-table"].copy(), load_register()
    frame["assumption"] = [first_upper(assumption_name(name, register, page)) for name in frame["assumption"]]
    frame["target"] = frame["target"].map(dict(target_heads(page)))
    shapes = dict.fromkeys(("base_chance", "low_chance", "high_chance"), CHANCE)
    return _cases(page, frame), _heads(page, assumption="", target="", case="", **shapes)


MAKERS = {  # name of a sheet to what makes it and, if any, the notebook and the name of a table that it needs
    "chances": (_chances, "00_start_here", "panels"),
    "forecast": (_forecast, "03_scenario", "quantiles-*"),
    "readings": (_readings, "01_data", "readings"),
    "budget": (_budget,),
    "money_ends": (_money_ends, "03_scenario", "money-ends"),
    "scenarios": (_scenarios, "04_compare", "scenarios-compared"),
    "assumptions": (_assumptions, "03_scenario", "assumptions"),
    "audit": (_audit, "01_data", "audit-*"),
    "track_record": (_track_record, "02_trend", "track-record-coverage"),
    "sensitivity": (_sensitivity, "05_sensitivity", "tornado-table"),
}


def _cases(page, frame):
    return frame.assign(case=[page.say(f"case.{case}") for case in frame["case"]])


def _who(page, frame):
    groups = [page.group(group) for group in frame["group"]]
    return frame.assign(group=groups, status=[page.say(f"status.{status}") for status in frame["status"]])


def report_workbook(page, stored, record):
    """The spreadsheet of a report (bytes); stored: as of `sheets`; record: lines that say how it was made."""
    return workbook(sheets(page, stored), header(page), record, page.say("sheet.contents"))


def workbook(listed, title, lines, contents):
    """Sheets as a spreadsheet, a list of them first.

    Parameters
    ----------
    listed : sequence of Sheet
    title : str
    lines : sequence of str
        Below the list.
    contents : str
        Name of the sheet with the list.

    Returns
    -------
    bytes
        XLSX.
    """
    import xlsxwriter

    file, taken = io.BytesIO(), set()
    plain_text = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(file, plain_text) as book:
        book.set_properties({"title": title[:255], "created": datetime(2000, 1, 1)})
        bold = book.add_format({"bold": True})
        first = book.add_worksheet(sheet_name(contents, taken))
        named = [(sheet_name(sheet.name, taken), sheet) for sheet in listed]
        first.write_string(0, 0, title, bold)
        first.set_column(0, 0, SHEET_NAME)
        for row, (name, sheet) in enumerate(named, start=2):
            first.write_url(row, 0, f"internal:'{name}'!A1", string=name)
            first.write_string(row, 1, sheet.stored["caption"])
        for row, line in enumerate(lines, start=len(named) + 3):
            first.write_string(row, 0, line)
        for name, sheet in named:
            _fill(book, book.add_worksheet(name), sheet)
    return file.getvalue()


def sheet_name(name, taken):
    """A name as a sheet may bear it: of allowed signs, short, the only one in the set `taken`, which grows (str)."""
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '") or "-"
    short, n = name[:SHEET_NAME].strip(" '"), 2
    while short.lower() in taken:
        short, n = f"{name[: SHEET_NAME - 3].strip()}-{n}", n + 1
    taken.add(short.lower())
    return short


def _fill(book, place, sheet):
    stored = sheet.stored
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    place.write_string(0, 0, stored["caption"], book.add_format({"bold": True}))
    place.write_string(1, 0, sheet.source, book.add_format({"italic": True}))
    for n, column in enumerate(stored["columns"]):
        values, is_day = [row[n] for row in stored["rows"]], column["format"] == DAY
        is_text = not is_day and any(isinstance(value, str) for value in values)
        shape = book.add_format({"num_format": column["format"], "valign": "top", "text_wrap": is_text})
        place.write_string(FIRST_ROW - 1, n, column["head"], head)
        for row, value in enumerate(values, start=FIRST_ROW):
            _write(place, row, n, value, shape, is_day)
        place.set_column(n, n, WIDE if is_text else NARROW)
    place.freeze_panes(FIRST_ROW, 1)
    if stored["rows"]:
        place.autofilter(FIRST_ROW - 1, 0, FIRST_ROW + len(stored["rows"]) - 1, len(stored["columns"]) - 1)


def _write(place, row, n, value, shape, is_day):
    if is_day and isinstance(value, str):
        place.write_datetime(row, n, datetime.fromisoformat(value), shape)
    elif isinstance(value, str):
        place.write_string(row, n, value, shape)
    elif isinstance(value, bool):
        place.write_boolean(row, n, value, shape)
    elif value is not None:
        place.write_number(row, n, value, shape)
