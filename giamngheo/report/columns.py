"""One specification of a table's columns, from which come its HTML, its plain text, its CSV and its sheet.

A table is a tidy frame, one fact a column, and what a reader is shown of it: some of its columns, or several of them in
one cell, each with a head and a formatter of the reader's language. The files hold the frame itself, unrounded but for
the noise of a float.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from unicodedata import east_asian_width

import pandas as pd

MISSING = "–"
DAY = "yyyy-mm-dd"  # how a spreadsheet writes a date
FORMATS = {"chance": "0.0 %", "households": "#,##0"}  # of a number whose name says what it is
MOST_PADDED = 60  # letters of a column in plain text; a longer cell pushes the rest of its row
SIGNIFICANT = 6  # digits of a float in a file: what differs beyond is another machine's arithmetic


@dataclass(frozen=True)
class Column:
    """What a reader is shown of a frame: a head over one column, or over several that share a cell.

    key: column of the frame, or a tuple of them; show: from their values to text (left out, the text itself);
    numeric: set flush right; number_format: how a spreadsheet writes the number.
    """

    key: str | tuple[str, ...]
    head: str
    show: Callable | None = None
    numeric: bool = True
    number_format: str = "General"

    @property
    def keys(self):
        """Columns of the frame that it shows (tuple of str)."""
        return (self.key,) if isinstance(self.key, str) else self.key

    def cell(self, row):
        """What stands in the cell of one row (mapping) of the frame (str)."""
        values = [row[key] for key in self.keys]
        if all(is_missing(value) for value in values):
            return MISSING
        return self.show(*values) if self.show else " ".join(str(value) for value in values)


def is_missing(value):
    """Whether a cell holds nothing: None, not a number, not a time (bool)."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


@dataclass(frozen=True)
class Table:
    """A named frame with its column specification."""

    name: str
    caption: str
    frame: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...] = field(default=(), repr=False)

    def __post_init__(self):
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", self.name):
            raise ValueError(f"a table is named by small letters, digits and hyphens, not {self.name!r}")

    def as_json(self):
        """The frame as a notebook's output keeps it: name, caption, columns, rows of plain values (dict)."""
        shown = {key: column for column in self.columns for key in column.keys}
        columns = [self._described(str(name), shown.get(name)) for name in self.frame.columns]
        rows = [[plain_value(value) for value in row] for row in self.frame.itertuples(index=False)]
        return {"name": self.name, "caption": self.caption, "columns": columns, "rows": rows}

    @staticmethod
    def _described(name, column):
        """A column of the files: its name, and in a spreadsheet its head, with the name where several share one."""
        if column is None or not column.head:
            ends = (shape for end, shape in FORMATS.items() if end in name)
            return {"name": name, "head": name, "format": next(ends, "General")}
        head = column.head if len(column.keys) == 1 else f"{column.head} ({name})"
        return {"name": name, "head": head, "format": column.number_format}


def rows_of(frame, columns):
    """The cells of a frame as the reader sees them (list of list of str)."""
    return [[column.cell(row) for column in columns] for row in frame.to_dict("records")]


def plain_value(value):
    """A cell as JSON and files hold it: a text, a whole number, a float of six digits, a date in ISO form, or None."""
    if is_missing(value):
        return None
    if isinstance(value, str | bool):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    if hasattr(value, "item"):
        value = value.item()
        if isinstance(value, bool):
            return value
    if isinstance(value, int):
        return value
    number = float(value)
    kept = float(f"{number:.{SIGNIFICANT}g}") if abs(number) < 10**SIGNIFICANT else round(number, 2)
    return int(kept) if kept == int(kept) else kept


def to_csv(stored):
    """A stored table as CSV text that a spreadsheet opens with its letters right (with a byte-order mark).

    Parameters
    ----------
    stored : dict
        As of `Table.as_json`.

    Returns
    -------
    str
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column["name"] for column in stored["columns"]])
    writer.writerows(stored["rows"])
    return "\ufeff" + text.getvalue()


def aligned(rows, columns):
    """Rows as plain text in columns.

    Parameters
    ----------
    rows : sequence of sequence of str
    columns : sequence of Column

    Returns
    -------
    str
    """
    widths = [min(max(map(_width, column)), MOST_PADDED) for column in zip(*rows, strict=True)]

    def padded(cell, width, numeric):
        gap = " " * (width - _width(cell))
        return gap + cell if numeric else cell + gap

    lines = (
        "  ".join(padded(c, w, k.numeric) for c, w, k in zip(row, widths, columns, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def _width(text):
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
