"""A workbook to checked records: a plan's tables and labels, or the readings of a bare series."""

import contextlib
from dataclasses import dataclass, field
from decimal import Decimal

from giamngheo.inputs.csv_rows import check_rows, read_rows
from giamngheo.inputs.descriptor import Labels, table_schema
from giamngheo.inputs.errors import RefusedInput, shown, unknown
from giamngheo.inputs.grammar import slug
from giamngheo.inputs.package import TEMPLATE
from giamngheo.inputs.tables import TABLES, Row
from giamngheo.inputs.workbook.cells import plain, readings_of
from giamngheo.inputs.workbook.labels import read_labels
from giamngheo.inputs.workbook.layout import Layout, lay_out
from giamngheo.inputs.workbook.words import times
from giamngheo.inputs.workbook.xlsx import cell_name, read_sheets
from giamngheo.language import LANGUAGES, say

PLAN, GUIDE = "plan", "guide"
SERIES = ("series", "poverty")
NEEDED = (PLAN, "poverty", "lines", "targets", "budget", "documents")


@dataclass
class Found:
    """What a workbook holds: checked rows by table, labels, what messages call a cell, and what to tell the reader."""

    tables: dict[str, dict] = field(default_factory=dict)
    labels: Labels | None = None
    places: dict[str, object] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def place(self, table, row, column):
        """What a message calls a cell of a table (row None: its head) or of the labels (table None)."""
        if table is None:
            return self.places[PLAN](column)
        return self.places[table](row, column)


def sheet_names(table):
    """What the sheet of a table may be called, without marks and blanks (set of str)."""
    return {slug(table), *(slug(say(f"workbook.table.{table}", lang)) for lang in LANGUAGES)}


def read_plan(path, year_is=None) -> Found:
    """Read a plan's tables and labels from one workbook.

    Parameters
    ----------
    path : path-like
        .xlsx with a sheet a table, named and headed as the template's.
    year_is : {"end", "start"}, optional
        The instant that a year alone stands for.

    Returns
    -------
    Found
        Checked row by row, not yet beside each other.

    Raises
    ------
    RefusedInput
        Every problem found, each with sheet, cell and what to type.
    """
    _check_year_is(year_is)
    name, sheets = shown(path), read_sheets(path)
    by_table, found = _assigned(name, sheets), Found()
    problems, layouts = [], {}
    for table, sheet in by_table.items():
        if table != PLAN and sheet.cells:
            try:
                layouts[table] = lay_out(name, sheet, TABLES[table])
            except RefusedInput as refusal:
                problems += refusal.problems
    for table, layout in layouts.items():
        _drop_example(table, layout, found.told)
    style = _notation(layouts, found.told)
    try:
        found.labels, found.places[PLAN] = read_labels(name, by_table[PLAN], style)
    except RefusedInput as refusal:
        problems += refusal.problems
    for table, model in TABLES.items():
        found.tables[table] = {}
        if table in layouts:
            defaults = _defaults(table, found, layouts)
            try:
                found.tables[table], found.places[table] = _checked(
                    name, layouts[table], model, style, year_is, defaults, found.told
                )
            except RefusedInput as refusal:
                problems += refusal.problems
    if problems:
        raise RefusedInput(problems)
    others = [
        sheet.name for sheet in sheets if sheet not in by_table.values() and slug(sheet.name) not in _guides()
    ]
    found.told += [f"not read: sheet {other}" for other in others]
    for table, layout in layouts.items():
        if table == "poverty" and any("total_households" in record for record in layout.records):
            found.told.append(f"not read: sheet {layout.sheet.name}, the number of all households")
        found.told += [f"not read: sheet {layout.sheet.name}, {passed}" for passed in layout.passed]
    return found


def read_readings(path, model, year_is, tell):
    """The readings on a sheet of a workbook: the one that is called series or poverty, else the only one with readings.

    Parameters
    ----------
    path : path-like
    model : type of Row
        `SeriesReading` or `NewReading`.
    year_is : {"end", "start"} or None
    tell : callable
        Is handed each line about what was passed over or concluded.

    Returns
    -------
    tuple of (dict, callable)
        Records by row, and from a row and a column to what a message calls the cell.

    Raises
    ------
    RefusedInput
    """
    _check_year_is(year_is)
    name = shown(path)
    sheets = [sheet for sheet in read_sheets(path) if sheet.cells and slug(sheet.name) not in _guides()]
    called = {slug(word) for word in SERIES} | sheet_names("poverty")
    chosen = [sheet for sheet in sheets if slug(sheet.name) in called] or sheets
    if len(chosen) != 1:
        names = ", ".join(sheet.name for sheet in chosen)
        raise RefusedInput(
            f"{name}: "
            + (f"{len(chosen)} sheets ({names}); call that of the readings 'series'" if chosen else "empty")
        )
    layout, told = lay_out(name, chosen[0], _Readable(model)), []
    style = _notation({"series": layout}, told)
    told += [f"not read: sheet {layout.sheet.name}, {passed}" for passed in layout.passed]
    checked = _checked(name, layout, model, style, year_is, {}, told)
    for line in told:
        tell(f"{name}: {line}")
    return checked


class _Readable:
    """A series' model with the other columns that a package's poverty table has, which are not read."""

    def __init__(self, model):
        others = {
            key: info for key, info in TABLES["poverty"].model_fields.items() if key not in model.model_fields
        }
        self.model_fields = model.model_fields | others
        self.needed = [key for key, info in model.model_fields.items() if info.is_required()]


def _check_year_is(year_is):
    if year_is not in (None, "start", "end"):
        raise RefusedInput(unknown("year_is", year_is, ("start", "end")))


def _guides():
    return {slug(GUIDE), *(slug(say("workbook.guide", lang)) for lang in LANGUAGES)}


def _assigned(name, sheets):
    """Sheets by table; what is needed and not there is named beside what is."""
    by_table, problems = {}, []
    for table in (PLAN, *TABLES):
        fit = [sheet for sheet in sheets if slug(sheet.name) in sheet_names(table)]
        if len(fit) > 1:
            problems.append(f"{name}: two sheets for {table}: {fit[0].name}, {fit[1].name}; keep one")
        elif fit:
            by_table[table] = fit[0]
    others = [sheet.name for sheet in sheets if sheet not in by_table.values()]
    for table in NEEDED:
        if table not in by_table:
            there = f"; rename the one that is meant: {', '.join(others)}" if others else ""
            problems.append(
                f"{name}: sheet {table}: no such sheet{there} (giamngheo new-package DIR --xlsx makes the template)"
            )
    if problems:
        raise RefusedInput(problems)
    return by_table


def _notation(layouts, told):
    """The one notation that the workbook's texts of numbers show, None where there is none or both."""
    shown_by = {}
    for table, layout in layouts.items():
        model = _Readable(TABLES["poverty"]) if table == "series" else TABLES[table]
        fields = _fields(TABLES["poverty"] if table == "series" else model)
        for record in layout.records:
            for column, placed in record.items():
                if fields.get(column, {}).get("type") in ("number", "integer"):
                    styles = readings_of(placed.cell, fields[column])
                    if len(styles) == 1:
                        shown_by.setdefault(next(iter(styles)), (layout.sheet.name, placed))
    shown_by.pop("", None)
    if len(shown_by) != 1:
        return None
    ((style, (sheet, placed)),) = shown_by.items()
    way = {"vi": "1.234,5", "en": "1,234.5"}[style]
    told.append(
        f"numbers that are text are read as {way}, as sheet {sheet}, cell {cell_name(placed.row, placed.column)} "
        f"'{placed.cell}' shows"
    )
    return style


def _fields(model):
    return {one["name"]: one for one in table_schema(model)["fields"]}


def _defaults(table, found, layouts):
    """What stands for a column that a sheet leaves out: all households, the main document, the only poverty line."""
    if table != "poverty":
        return {"group": "all"}
    lines = layouts["lines"].records if "lines" in layouts else ()
    lines = {str(record["poverty_line"].cell) for record in lines if "poverty_line" in record}
    only = {"poverty_line": lines.pop()} if len(lines) == 1 else {}
    return {"group": "all", "document": found.labels.main_document if found.labels else "unknown"} | only


def _checked(name, layout: Layout, model: type[Row], style, year_is, defaults, told):
    """Checked records by row, and what a message calls a cell of theirs."""
    fields, rows, labels = _scaled(layout, _fields(model), told), [], {}
    problems = [f"{name}: {what}" for what in layout.problems]
    defaults = {column: value for column, value in defaults.items() if column not in layout.heads}
    there = {column for record in layout.records for column in record} | layout.heads.keys() | defaults.keys()
    lacking = [column for column in _needed(fields, model) if column not in there]
    if lacking and layout.records:
        raise RefusedInput(
            f"{name}: sheet {layout.sheet.name}: no column {column}; add one, headed {column} or "
            f"'{say(f'workbook.column.{column}', 'vi')}'"
            + (
                ", with one name for all rates that were measured on one line"
                if column == "poverty_line"
                else ""
            )
            for column in lacking
        )
    for record in filter(None, layout.records):
        first = min(record.values(), key=lambda placed: (-placed.row, placed.column))
        label = first.row if first.row not in labels else cell_name(first.row, first.column)
        label = label if label not in labels else f"{label}/{len(labels)}"
        labels[label], values = record, dict.fromkeys(fields)
        for column in record.keys() & fields.keys():
            try:
                values[column] = plain(record[column].cell, fields[column], style, year_is)
            except ValueError as error:
                problems.append(f"{name}: {layout.place(record, column)}: {error}")
        rows.append((label, values | _instead(values, record, layout, fields, defaults)))

    def place(label, column):
        return f"{name}: {layout.place(labels.get(label, {}), column)}"

    if problems:
        raise RefusedInput(problems)
    return check_rows(name, rows, model, place), place


def _scaled(layout, fields, told):
    """The fields, those of money that a head or a line above the table says to be in another unit with their scale."""
    above = [place for place in sorted(layout.sheet.cells) if place[0] < layout.head]
    scaled, saying = dict(fields), set()
    for name in fields.keys() & layout.heads.keys():
        unit = fields[name].get("unit", "")
        own = {"billion": 10**9, "VND": 1}.get(unit.split()[0] if unit else "")
        for place in ((layout.head, layout.heads[name]), *above) if own else ():
            if said := times(str(layout.sheet.cells.get(place, ""))):
                if said != own:
                    scaled[name] = fields[name] | {"scale": Decimal(said) / own}
                    saying.add((place, said))
                break
    for place, said in sorted(saying):
        told.append(
            f"sheet {layout.sheet.name}: money is read in {_COUNTS[said]} VND, as cell {cell_name(*place)} "
            f"'{layout.sheet.cells[place]}' says"
        )
    return scaled


_COUNTS = {10**9: "billion", 10**6: "million", 10**3: "thousand"}


def _needed(fields, model):
    """Columns in which no cell may be empty, without those whose words a sheet has anyway."""
    required = {name for name, one in fields.items() if one.get("constraints", {}).get("required")}
    return [
        name for name in fields if name in required - _OWN_WORDS and model.model_fields[name].is_required()
    ]


_OWN_WORDS = {"locator", "as_stated"}  # the cell's own place, and its own words


def _instead(values, record, layout, fields, defaults):
    """What stands in cells that are empty: the words of the instant, the place on the sheet, defaults."""
    last = max(record.values(), key=lambda placed: placed.row)
    said = {"locator": f"{layout.sheet.name}!{cell_name(last.row, last.column)}"}
    if "as_of" in record:
        said["as_stated"] = str(record["as_of"].cell)
    return {name: word for name, word in (defaults | said).items() if name in fields and values[name] is None}


def example(table):
    """The row that the template shows in a table, none where there is none (list of Row)."""
    file = TEMPLATE / f"{table}.csv"
    return list(read_rows(file, TABLES[table]).values())[:1] if file.exists() else []


def example_mark():
    """What stands behind the template's example (str)."""
    return " · ".join(say("workbook.example", lang) for lang in LANGUAGES)


def _drop_example(table, layout, told):
    """Take away the template's example, left as it was."""
    fields = _fields(TABLES[table])
    marked = [row for (row, _), cell in layout.sheet.cells.items() if cell.value == example_mark()]
    shown_there = [{name: _said(getattr(row, name)) for name in fields} for row in example(table)]
    for record in [
        record for record in layout.records if record and next(iter(record.values())).row in marked
    ]:
        with contextlib.suppress(ValueError):
            words = {name: plain(placed.cell, fields[name]) for name, placed in record.items()}
            if {name: _said(words.get(name)) for name in fields} in shown_there:
                layout.records.remove(record)
                told.append(
                    f"not read: sheet {layout.sheet.name}, the template's example (change or delete it)"
                )


def _said(value):
    """A value as text, a number without the zeros behind it."""
    return "" if value is None else str(value).rstrip("0").rstrip(".") if "." in str(value) else str(value)
