"""A CSV file as a sheet, so that a series is read in one way from both."""

import csv
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal

from giamngheo.inputs.csv_rows import UNNAMED, ragged, read_text
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.workbook.cells import POINT
from giamngheo.inputs.workbook.xlsx import Cell, Sheet

_DIVIDERS = ",;\t|"


@dataclass(frozen=True)
class TextSheet(Sheet):
    """A sheet whose places are lines of a file; `widths` says how many cells a line has, `style` how it writes numbers.

    What a comma divides has points for decimals, though a number with a comma in it may be either.
    """

    widths: dict[int, int] = field(default_factory=dict, repr=False)
    style: str | None = None

    @property
    def whole(self):
        """What a message calls the file (str)."""
        return self.file

    @property
    def title(self):
        """How a line that is told begins (str)."""
        return ""

    def at(self, row, column, called="", wide=False):
        """What a message calls a place in the file (str)."""
        called = called or str(self.cells.get((row, column), "")) or f"column {column}"
        return f"{self.file}:{row}:{called}" + (f" (column {column})" if wide and column else "")

    def told(self, row, column):
        """What a line that is told calls a cell, without the file (str)."""
        return f"row {row}, column {column}"

    def misfits(self, head, rows, least=None):
        """Rows of a table that are wider than its head, or narrower, `least` if that is said (list of str)."""
        width = self.widths[head]
        return [
            ragged(self.file, row, self._texts(row), self._texts(head))
            for row in rows
            if not (width if least is None else least) <= self.widths[row] <= width
        ]

    def _texts(self, row):
        return [str(self.cells.get((row, at), "")) for at in range(1, self.widths[row] + 1)]


def read_text_sheet(path):
    """A CSV file as a sheet, whatever divides its cells.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    TextSheet
        Whole numbers as numbers, all else as text; empty cells behind a row's last one are no cells.

    Raises
    ------
    RefusedInput
        As of `csv_rows.read_text`; quotation marks that do not close.
    """
    name, text = shown(path), read_text(path)
    lines = [
        _outside(line) for line in text.splitlines()[:30]
    ]  # titles have few dividers, and most rows as many
    divider = max(
        _DIVIDERS,
        key=lambda one: (max(line.count(one) for line in lines), sum(one in line for line in lines)),
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    cells, widths, start = {}, {}, 1
    try:
        for texts in reader:
            row, start = start, reader.line_num + 1
            texts = [one.strip() for one in texts]
            while texts and not texts[-1] and len(texts) > max(widths.values(), default=0):
                texts.pop()
            widths[row] = len(texts)
            cells |= {
                (row, at): _cell(one) for at, one in enumerate(texts, 1) if one and not UNNAMED.fullmatch(one)
            }
    except csv.Error as error:
        raise RefusedInput(
            f"{name}:{reader.line_num}: not a CSV ({error}); check the quotation marks"
        ) from None
    return TextSheet(name, cells, file=name, widths=widths, style=POINT if divider == "," else None)


def _outside(line):
    """A line without what stands in quotation marks."""
    return re.sub(r'"[^"]*"', "", line)


def _cell(text):
    return Cell(Decimal(text) if re.fullmatch(r"[1-9]\d{0,14}", text, re.ASCII) else text)
