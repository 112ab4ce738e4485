"""The rows that the template shows: not read while they are left as they are."""

import contextlib

from giamngheo.inputs.csv_rows import read_rows
from giamngheo.inputs.descriptor import table_schema
from giamngheo.inputs.package import TEMPLATE
from giamngheo.inputs.tables import TABLES
from giamngheo.inputs.workbook.cells import plain
from giamngheo.language import LANGUAGES, say


def example(table):
    """The row that the template shows in a table, none where there is none (list of Row)."""
    file = TEMPLATE / f"{table}.csv"
    return list(read_rows(file, TABLES[table]).values())[:1] if file.exists() else []


def example_mark():
    """What stands behind the template's example (str)."""
    return " · ".join(say("workbook.example", lang) for lang in LANGUAGES)


def drop_example(table, layout, told):
    """Take away the template's example, left as it was."""
    fields = {one["name"]: one for one in table_schema(TABLES[table])["fields"]}
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
