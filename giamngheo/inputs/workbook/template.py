"""The spreadsheet that a plan is typed into, empty but for an example, or filled with a package."""

import io
from datetime import date, datetime
from decimal import Decimal

from giamngheo.inputs.descriptor import Labels, table_schema
from giamngheo.inputs.tables import TABLES
from giamngheo.inputs.workbook.derived import FOLLOWS
from giamngheo.inputs.workbook.examples import example, example_mark
from giamngheo.inputs.workbook.labels import example_labels, label_rows
from giamngheo.inputs.workbook.reading import GUIDE, PLAN
from giamngheo.inputs.workbook.xlsx import cell_name
from giamngheo.language import LANGUAGES, has_phrase, say

HEAD = 4  # rows above a table's heads: its note and its columns' names, in both languages
ROWS = 500  # for which there are lists to choose from
MUST = "*"  # behind the name of what has to be filled in
DAY = "yyyy-mm-dd"
YEARS = 2_100  # whole numbers up to which are written without separators, for years are among them


def template(package=None) -> bytes:
    """A workbook with a sheet a table: notes and names in both languages, units, lists to choose from.

    Parameters
    ----------
    package : Package, optional
        Whose rows to fill in; without one an example a table, which is not read while it is left as it is.

    Returns
    -------
    bytes
        .xlsx, the same for the same content.
    """
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # no time of the clock in the bytes
    look = _Look(book)
    _guide(book, look)
    _plan(book, look, package)
    for table, model in TABLES.items():
        _table(
            book,
            look,
            table,
            model,
            example(table) if package is None else package.rows(table),
            package is None,
        )
    book.worksheets_objs[1].activate()
    book.close()
    return made.getvalue()


class _Look:
    """Formats by what they show, each made once."""

    def __init__(self, book):
        self.book, self.made = book, {}

    def __call__(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({"valign": "top", **properties})
        return self.made[key]


def _guide(book, look):
    sheet = book.add_worksheet(GUIDE)
    sheet.set_column(0, 0, 110)
    row = 0
    for lang in LANGUAGES:
        sheet.write_string(row, 0, say("workbook.guide", lang), look(bold=True))
        for line in (*say("workbook.guide_steps", lang).split("\n"), say("workbook.guide_next", lang)):
            row += 1
            sheet.write_string(row, 0, line, look(text_wrap=True))
        for table in (PLAN, *TABLES):
            row += 1
            told = f"{table}: {say(f'workbook.table.{table}', lang)}. {say(f'workbook.note.{table}', lang)}"
            sheet.write_string(row, 0, told, look(text_wrap=True))
        row += 2


def _notes(sheet, look, table):
    for row, lang in enumerate(LANGUAGES):
        told = f"{say(f'workbook.table.{table}', lang)}. {say(f'workbook.note.{table}', lang)}"
        sheet.write_string(row, 0, told, look(italic=True))


def _plan(book, look, package):
    sheet = book.add_worksheet(PLAN)
    _notes(sheet, look, PLAN)
    for column, width in enumerate((18, 70, 42, 42)):
        sheet.set_column(column, column, width)
    labels = example_labels() if package is None else package.labels
    heads = ("key", "value", *(say("workbook.column.key", lang) for lang in LANGUAGES))
    for column, head in enumerate(heads):
        sheet.write_string(HEAD - 2, column, head, look(bold=True, bottom=1))
    for row, (key, value) in enumerate(label_rows(labels), HEAD - 1):
        sheet.write_string(row, 0, key, look(bold=True))
        _write(sheet, look, row, 1, value, {"italic": True} if package is None else {})
        for column, lang in enumerate(LANGUAGES, 2):
            if has_phrase(f"workbook.column.{key}"):  # of a group the key and the name say it all
                must = Labels.model_fields[key].is_required() and key not in FOLLOWS[PLAN]
                name = say(f"workbook.column.{key}", lang) + (f" {MUST}" if must else "")
                sheet.write_string(row, column, name, look(font_color="#595959"))


def _table(book, look, table, model, rows, is_example):
    sheet = book.add_worksheet(table)
    _notes(sheet, look, table)
    sheet.freeze_panes(HEAD + 1, 1)
    for at, field in enumerate(table_schema(model)["fields"]):
        column, unit = field["name"], field.get("unit")
        must = field.get("constraints", {}).get("required") and column not in FOLLOWS[table]
        for row, lang in enumerate(LANGUAGES, HEAD - 2):
            name = say(f"workbook.column.{column}", lang) + (f" {MUST}" if must else "")
            sheet.write_string(row, at, name, look(text_wrap=True, font_color="#595959"))
        head = f"{column} [{unit}]" if unit else column
        sheet.write_string(HEAD, at, head, look(bold=True, text_wrap=True, bottom=1))
        sheet.write_comment(HEAD, at, field["description"])
        text = field["type"] == "string" and "enum" not in field.get("constraints", {})
        sheet.set_column(at, at, 30 if text and not column.endswith(("_line", "line")) else 16)
        _choices(sheet, at, model, field)
        for row, record in enumerate(rows, HEAD + 1):
            _write(sheet, look, row, at, getattr(record, column), {"italic": True} if is_example else {})
    if is_example and rows:
        sheet.write_string(HEAD + 1, len(model.model_fields), example_mark(), look(italic=True))


def _choices(sheet, at, model, field):
    """A list to choose a cell from: the words of a column, or the ids that another sheet holds."""
    span = (HEAD + 1, at, HEAD + ROWS, at)
    words = field.get("constraints", {}).get("enum")
    if words:
        sheet.data_validation(*span, {"validate": "list", "source": words})
    elif field["name"] in model.REFERENCES:
        other, key = model.REFERENCES[field["name"]]
        letter = cell_name(1, list(TABLES[other].model_fields).index(key) + 1)[:-1]
        source = f"={other}!${letter}${HEAD + 2}:${letter}${HEAD + 1 + ROWS}"
        sheet.data_validation(*span, {"validate": "list", "source": source})


def _write(sheet, look, row, column, value, properties):
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, look(num_format=DAY, **properties))
    elif isinstance(value, int):
        sheet.write_number(
            row, column, value, look(num_format="#,##0" if value > YEARS else "0", **properties)
        )
    elif isinstance(value, Decimal):
        decimals = max(0, -value.as_tuple().exponent)
        shown_as = "#,##0" + ("." + "0" * decimals if decimals else "")
        sheet.write_number(row, column, float(value), look(num_format=shown_as, **properties))
    else:
        sheet.write_string(row, column, str(value), look(text_wrap=len(str(value)) > 60, **properties))
