"""A workbook to checked records: a plan's tables and labels, or the readings of a bare series."""

from dataclasses import dataclass, field
from pathlib import Path

from giamngheo.inputs.csv_rows import check_rows
from giamngheo.inputs.descriptor import Labels, table_schema
from giamngheo.inputs.errors import RefusedInput, shown, unknown
from giamngheo.inputs.grammar import estimate, slug
from giamngheo.inputs.questions import NOT_NAMED, Question, share_of_persons
from giamngheo.inputs.readings import WORKBOOKS
from giamngheo.inputs.tables import TABLES
from giamngheo.inputs.workbook.cells import Dash, plain, readings_of, scaled
from giamngheo.inputs.workbook.derived import apart, derive
from giamngheo.inputs.workbook.examples import drop_example
from giamngheo.inputs.workbook.labels import read_labels
from giamngheo.inputs.workbook.layout import lay_out
from giamngheo.inputs.workbook.promises import compared, other_unit, paces
from giamngheo.inputs.workbook.records import Layout, anchor
from giamngheo.inputs.workbook.text import read_text_sheet
from giamngheo.inputs.workbook.unlisted import documents_of
from giamngheo.inputs.workbook.unlisted import told as told_of
from giamngheo.inputs.workbook.xlsx import cell_name, read_sheets
from giamngheo.language import LANGUAGES, has_phrase, say

PLAN, GUIDE = "plan", "guide"
SERIES = ("series", "poverty")
NEEDED = (PLAN, "poverty", "lines", "targets", "budget")


@dataclass
class Found:
    """What a workbook holds: checked rows by table, labels, what messages call a cell, and what to tell the reader."""

    tables: dict[str, dict] = field(default_factory=dict)
    labels: Labels | None = None
    places: dict[str, object] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)  # by the words of heads and rows
    line: str = NOT_NAMED  # of a bare series whose readings name none

    def sheet(self, table):
        """What the sheet of a table is called, its usual name where there is none (str)."""
        return self.sheets.get(table, table)

    def place(self, table, row, column):
        """What a message calls a cell of a table (row None: its head) or of the labels (table None)."""
        if table is None:
            return self.places[PLAN](column)
        return self.places[table](row, column)


def sheet_names(table):
    """What the sheet of a table may be called, without marks and blanks (set of str)."""
    said = [f"workbook.table.{table}", f"workbook.also_sheet.{table}"]
    names = [say(one, lang).split(";") for one in said if has_phrase(one) for lang in LANGUAGES]
    return {slug(table), *(slug(name) for several in names for name in several)}


def read_plan(path, year_is=None) -> Found:
    """Read a plan's tables and labels from one workbook.

    Parameters
    ----------
    path : path-like
        .xlsx with a sheet a table, named and headed as the template's or in other words for them.
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
    sheets = read_sheets(path)
    by_table, found = _assigned(shown(path), sheets), Found()
    problems, layouts = [], {}
    found.sheets = {table: sheet.name for table, sheet in by_table.items()}
    for table, sheet in by_table.items():
        if table != PLAN and sheet.cells:
            try:
                layouts[table] = lay_out(sheet, TABLES[table])
            except RefusedInput as refusal:
                problems += refusal.problems
    for table, layout in layouts.items():
        drop_example(table, layout, found.told)
    style = _notation(layouts, found.told)
    for table in sorted((PLAN, *TABLES), key=_turn):  # what others refer to before them
        found.tables.setdefault(table, {})
        try:
            if table == PLAN:
                listed = None if _unlisted(by_table, layouts) else found.tables["documents"]
                found.labels, found.places[PLAN] = read_labels(by_table[PLAN], style, listed)
                if listed is None:
                    found.tables["documents"] = documents_of(found.labels, layouts)
                    found.places["documents"] = lambda _, column: found.places[PLAN](column)
                    found.told += told_of(found.tables["documents"])
            elif table in layouts:
                found.tables[table], found.places[table] = checked(
                    table, layouts[table], style, year_is, found
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
        found.told += [f"not read: {passed}" for passed in layout.passed]
    return found


def _unlisted(by_table, layouts):
    """Whether no sheet lists documents, or one with nothing in it but the template's example."""
    sheet, layout = by_table.get("documents"), layouts.get("documents")
    return not (sheet and sheet.cells) or (layout is not None and not layout.records)


def _turn(table):
    return {"documents": 0, PLAN: 1, "lines": 2}.get(table, 3)


def read_readings(path, model, year_is, tell, line=NOT_NAMED):
    """The readings of a file: of a workbook's sheet that is called series or poverty, else the only one with readings.

    Parameters
    ----------
    path : path-like
        CSV or workbook.
    model : type of Row
        `SeriesReading` or `NewReading`.
    year_is : {"end", "start"} or None
    tell : callable
        Is handed each line about what was passed over or concluded.
    line : str
        The poverty line of readings that name none.

    Returns
    -------
    tuple of (dict, callable, list of Question)
        Records by row, from a row and a column to what a message calls the cell, and what the heads make one ask.

    Raises
    ------
    RefusedInput
    """
    _check_year_is(year_is)
    sheet = _only(path)
    found, layout = Found(line=line), lay_out(sheet, _Readable(model))
    style = _notation({"series": layout}, found.told) or sheet.style
    if sheet.style and style == "en":  # a CSV as CSVs are: nothing to tell
        found.told.clear()
    found.told += [f"not read: {passed}" for passed in layout.passed]
    rows = checked("series", layout, style, year_is, found, model)
    for line in found.told:
        tell(f"{sheet.file}: {line}")
    return *rows, found.asked


def _only(path):
    """The sheet of a file's readings (Sheet)."""
    if Path(path).suffix.lower() not in WORKBOOKS:
        return read_text_sheet(path)
    sheets = [sheet for sheet in read_sheets(path) if sheet.cells and slug(sheet.name) not in _guides()]
    called = {slug(word) for word in SERIES} | sheet_names("poverty")
    chosen = [sheet for sheet in sheets if slug(sheet.name) in called] or sheets
    if len(chosen) != 1:
        names = ", ".join(sheet.name for sheet in chosen)
        raise RefusedInput(
            f"{shown(path)}: "
            + (f"{len(chosen)} sheets ({names}); call that of the readings 'series'" if chosen else "empty")
        )
    return chosen[0]


class _Readable:
    """A series' model with the other columns that a package's poverty table has, which are not read."""

    def __init__(self, model):
        others = {
            key: info for key, info in TABLES["poverty"].model_fields.items() if key not in model.model_fields
        }
        self.model_fields = model.model_fields | others
        self.needed = [
            key for key, info in model.model_fields.items() if info.is_required() and key != "poverty_line"
        ]


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
    if problems and {"poverty", PLAN, "budget"} - by_table.keys() == {PLAN, "budget"}:
        problems.append(
            f"{name}: or the sheet of readings alone, with one of targets or with --target and --by"
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
                        shown_by.setdefault(next(iter(styles)), (layout.sheet, placed))
    shown_by.pop("", None)
    if len(shown_by) != 1:
        return None
    ((style, (sheet, placed)),) = shown_by.items()
    way = {"vi": "1.234,5", "en": "1,234.5"}[style]
    told.append(
        f"numbers that are text are read as {way}, as {sheet.told(placed.row, placed.column)} '{placed.cell}' shows"
    )
    return style


def _fields(model):
    return {one["name"]: one for one in table_schema(model)["fields"]}


def _defaults(table, found):
    """What stands for a column that a sheet leaves out: all households, the main document, the only poverty line."""
    if table == "series":
        return {"group": "all", "poverty_line": found.line}
    if table != "poverty":
        return {"group": "all"}
    lines = {row.poverty_line for row in found.tables.get("lines", {}).values()}
    only = {"poverty_line": lines.pop()} if len(lines) == 1 else {}
    return {"group": "all", "document": found.labels.main_document if found.labels else "unknown"} | only


def checked(table, layout: Layout, style, year_is, found, model=None):
    """Checked records of a sheet.

    Parameters
    ----------
    table : str
        Of a package, or "series".
    layout : Layout
    style, year_is
        As of `cells.plain`.
    found : Found
        What was read before; what is told and asked goes to it.
    model : type of Row, optional
        In place of the table's.

    Returns
    -------
    tuple of (dict, callable)
        Records by row, and from a row and a column to what a message calls the cell.

    Raises
    ------
    RefusedInput
        Every problem found, each with its cell and what to type.
    """
    model, sheet = model or TABLES[table], layout.sheet
    own = _fields(model)
    money = {key: own["annual"][key] for key in ("type", "unit")} if "annual" in own else {}
    years = {head: {"name": head} | money for head in layout.heads if head.isdigit() or head == "sum"}
    if any(
        "total_households" in record for record in layout.records
    ):  # which a package's table has no column for
        own.setdefault(
            "total_households", {"name": "total_households", "type": "integer", "unit": "households"}
        )
    if "unit" in layout.heads:
        own.setdefault("unit", {"name": "unit", "type": "string"})
    fields, rows, labels = scaled(layout, own | years, found.told), [], {}
    problems, dashes = list(layout.problems), {}
    for record in filter(None, layout.records):
        record.update(paces(record) if table == "targets" else {})
        first = anchor(record)
        wide = layout.heads.get(next(key for key in record if record[key] is first)) != first.column
        label = cell_name(first.row, first.column) if wide else first.row
        label = label if label not in labels else f"{label}/{len(labels)}"
        labels[label], values = record, dict.fromkeys(fields)
        for column in (column for column in fields if column in record):
            if column == "value_pct" and (unit := other_unit(record)):
                values["unit"] = unit  # the promise of a count
                continue
            try:
                cell = compared(column, record[column].cell, values)
                values[column] = plain(cell, fields[column], style, year_is)
            except Dash as dash:
                dashes[label, column] = str(dash)
            except ValueError as error:
                problems.append(f"{layout.place(record, column)}: {error}")
        said = str(record["as_of"].cell) if "as_of" in record else ""
        if estimate(said) and (told := f"{sheet.title}'{said}': an estimate, read as such") not in found.told:
            found.told.append(told)
        defaults = {c: word for c, word in _defaults(table, found).items() if c not in layout.heads}
        rows.append((label, values | _instead(values, record, layout, fields, defaults)))
    problems += sheet.misfits(layout.head, dict.fromkeys(anchor(one).row for one in labels.values()))

    def place(label, column):
        return layout.place(labels.get(label, {}), column)

    found.told += layout.told
    read = {placed.column for record in layout.records for placed in record.values()}
    for at in sorted(read & sheet.hidden):
        found.told.append(f"{sheet.title}column {cell_name(1, at)[:-1]}: hidden, and read")
    if not problems:
        filling = derive(table, rows, found, layout.heads)
        found.told += [f"{sheet.title}{line}" for line in filling.lines()]
        found.told += [f"not read: {sheet.title}{passed}" for passed in filling.passed]
        problems += [f"{place(label, column)}: {what}" for label, column, what in filling.problems]
        persons = [(label, None) for label, one in labels.items() if one.get("rate_pct") in layout.persons]
        if persons := persons or filling.persons:
            label, said = persons[0]
            said = said or layout.words(labels[label]["rate_pct"])
            found.asked.append(share_of_persons(table, label, said))
        if not problems and (found.labels or table != "budget"):  # else what lacks follows from what is wrong
            empty = {(label, column) for label, values in rows for column in values if values[column] is None}
            problems += [f"{place(*key)}: {what}" for key, what in dashes.items() if key in empty]
            problems += [] if problems else _lacking(layout, rows, fields, model)
    if problems:
        raise RefusedInput(problems)
    if table == "budget":
        found.told += apart(layout, rows, fields, style)
    if found.labels is None and table == "budget":
        return {}, place
    return check_rows(sheet.file, rows, model, place), place


def _lacking(layout, rows, fields, model):
    """Columns that the sheet does not have and whose cells cannot be told otherwise."""
    for name, one in fields.items():
        required = one.get("constraints", {}).get("required") and model.model_fields[name].is_required()
        absent = name not in layout.heads and all(name not in record for record in layout.records)
        empty = [label for label, values in rows if values[name] is None]
        # The second kind follows from the first.
        if required and absent and empty and not (name == "kind_text" and "kind_table" not in layout.heads):
            head = say(f"workbook.column.{name}", "vi")
            words = one["constraints"].get("enum")
            yield (
                f"{layout.sheet.whole}: missing column '{name}'; add one, headed {name} or '{head}'"
                + (f", with {', '.join(words)}" if words else "")
                + (f"; needed in row {empty[0]}" if len(empty) < len(rows) else "")
            )


def _instead(values, record, layout, fields, defaults):
    """What stands in cells that are empty: the words of the instant, the place on the sheet, defaults."""
    first = anchor(record)
    where = Path(layout.sheet.name).name  # a CSV's is its path, and a page tells no place of a machine
    said = {"locator": f"{where}!{cell_name(first.row, first.column)}"}
    if "as_of" in record:
        said["as_stated"] = str(record["as_of"].cell)
    return {name: word for name, word in (defaults | said).items() if name in fields and values[name] is None}
