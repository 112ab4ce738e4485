"""The cells of an .xlsx file, as they are shown: a percentage as a percentage, 7.20 with both its decimals.

openpyxl reads them, which imports numpy and is imported itself only for a file that may be a workbook.
"""

import re
import warnings
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from giamngheo.inputs.errors import RefusedInput, nearest, shown
from giamngheo.inputs.readings import WORKBOOKS

MAX_BYTES = 50_000_000  # of a workbook's parts, unpacked
MAX_CELLS = 1_000_000
MAX_COLUMNS = 1_000  # of which it is looked whether they are hidden
MAX_JOINED = 200  # rows or columns of a joined range that are looked at
_OLD = b"\xd0\xcf\x11\xe0"  # an .xls, or an .xlsx under a password
_NOT_COMPUTED = "holds a formula that was never computed; open the file in a spreadsheet program and save it"
_NO_DAY = "{} is shown as a day and is none; type the day as YYYY-MM-DD"


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty: text, a number (9.28 of 9.28 %), a day, a yes or no; `fault` says why it has none."""

    value: str | Decimal | date | bool
    percent: bool = False
    fault: str = ""

    def __str__(self):
        number = isinstance(self.value, Decimal)
        return (f"{self.value:f}" if number else str(self.value)) + ("%" if self.percent else "")


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its cells by row and column (from 1), its joined ranges, and the file that messages name.

    A range is its left, top, right and bottom, as far as it is looked at.
    """

    name: str
    cells: dict[tuple[int, int], Cell] = field(repr=False)
    joined: tuple[tuple[int, int, int, int], ...] = ()
    file: str = ""
    hidden: frozenset[int] = frozenset()  # columns
    style = None  # of numbers, where the file's kind says it

    @property
    def whole(self):
        """What a message calls the sheet (str)."""
        return f"{self.file}: sheet {self.name}"

    @property
    def title(self):
        """How a line that is told begins (str)."""
        return f"sheet {self.name}, "

    def at(self, row, column, called="", wide=False):
        """What a message calls a place on the sheet, and what is read there, of a wide table or not (str)."""
        return f"{self.whole}, cell {cell_name(row, column)}" + (f" ({called})" if called else "")

    def misfits(self, head, rows, least=None):
        """Rows of a table that are not as wide as its head, as problems: none, since cells have their own places."""
        return []

    def told(self, row, column):
        """What a line that is told calls a cell, without the file (str)."""
        return f"{self.title}{cell_name(row, column)}"

    @cached_property
    def _by_row(self):
        found = {}
        for (row, column), cell in sorted(self.cells.items()):
            found.setdefault(row, {})[column] = cell
        return found

    @cached_property
    def _anchors(self):
        return {
            (row, column): (top, left)
            for left, top, right, bottom in self.joined
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }

    def row(self, row):
        """The cells of a row by column, in order."""
        return self._by_row.get(row, {})

    @property
    def rows(self):
        """The numbers of the rows that hold something, in order."""
        return list(self._by_row)

    def anchor(self, row, column):
        """Where what is shown at a place is kept: the first cell of its joined range, if it is in one."""
        return self._anchors.get((row, column), (row, column))


def cell_name(row, column):
    """A place as a spreadsheet names it: (4, 6) is "F4" (str)."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def read_sheets(path):
    """The sheets of a workbook, without hidden ones.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of Sheet

    Raises
    ------
    RefusedInput
        No such file, another format, a password, too large, damaged.
    """
    path, name = Path(path), shown(path)
    if not path.is_file():
        beside = path.parent.glob("*") if path.parent.is_dir() else ()
        near = nearest(path.name, [one.name for one in beside if one.suffix.lower() in WORKBOOKS])
        what = "a folder, where a workbook is expected" if path.is_dir() else "no such file"
        raise RefusedInput(f"{name}: {what}" + (f"; nearest: '{near}'" if near else ""))
    try:
        with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
            if file.read(4) == _OLD:
                raise RefusedInput(
                    f"{name}: an old .xls, or under a password; save it as .xlsx, without a password"
                )
            with zipfile.ZipFile(file) as archive:
                _check_parts(name, archive)
            sheets = [replace(sheet, file=name) for sheet in _sheets(file)]
    except RefusedInput:
        raise
    except OSError as error:
        raise RefusedInput(f"{name}: cannot be read ({error.strerror or error})") from None
    except Exception:  # what openpyxl raises on a damaged file is of any kind
        raise RefusedInput(
            f"{name}: not a workbook that can be read; open it in a spreadsheet program and save it as .xlsx"
        ) from None
    ranges = (one for sheet in sheets for one in sheet.joined)
    if sum((right - left + 1) * (bottom - top + 1) for left, top, right, bottom in ranges) > MAX_CELLS:
        raise RefusedInput(f"{name}: more joined cells than a plan can have ({MAX_CELLS})")
    return sheets


def _check_parts(name, archive):
    """Bound what a workbook holds before a parser sees it."""
    if sum(part.file_size for part in archive.infolist()) > MAX_BYTES:
        raise RefusedInput(f"{name}: larger than a plan can be ({MAX_BYTES // 1_000_000} MB unpacked)")
    cells = 0
    for path in archive.namelist():
        content = archive.read(path) if path.endswith((".xml", ".rels")) else b""
        if b"<!DOCTYPE" in content or b"\0" in content:
            raise ValueError(
                "a document type, or UTF-16, which hides it: the format has neither, and one can swell"
            )
        cells += content.count(b"<c ") + content.count(b":c ") + content.count(b"mergeCell ")
    if cells > MAX_CELLS:
        raise RefusedInput(f"{name}: more cells than a plan can have ({MAX_CELLS})")


def _sheets(file):
    """The visible sheets, by openpyxl's parser: its cells tell neither what was never computed, nor 2010 from a day."""
    from openpyxl import load_workbook
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    class Parser(WorkSheetParser):
        def parse_cell(self, element):
            found = super().parse_cell(element)
            lacks = found["value"] is None and found["data_type"] != "str"  # not '=""'
            return found | ({"data_type": "f"} if lacks and element.find(FORMULA_TAG) is not None else {})

    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            with sheet._get_source() as source:
                parser = Parser(source, sheet._shared_strings, data_only=True, epoch=book.epoch)
                placed = [ReadOnlyCell(sheet, **one) for _, row in parser.parse() for one in row]
            cells = {(one.row, one.column): _cell(one, book.epoch) for one in placed}
            hidden = (one for one in parser.column_dimensions.values() if one.get("hidden") in ("1", "true"))
            joined = parser.merged_cells.mergeCell if parser.merged_cells else ()
            yield Sheet(
                sheet.title,
                {place: cell for place, cell in cells.items() if cell},
                tuple(_looked_at(*one.bounds) for one in joined),
                hidden=frozenset(
                    at
                    for one in hidden
                    for at in range(int(one["min"]), min(int(one["max"]), MAX_COLUMNS) + 1)
                ),
            )


def _looked_at(left, top, right, bottom):
    return left, top, min(right, left + MAX_JOINED), min(bottom, top + MAX_JOINED)


def _cell(one, epoch):
    """A cell of openpyxl's as ours, None if it holds nothing."""
    value, kind = one.value, one.data_type
    if kind == "f":
        return Cell("", fault=_NOT_COMPUTED)
    if value is None:
        return None
    if kind == "e":
        return Cell(value, fault=f"holds the error {value}; mend the formula or type the value")
    if isinstance(value, bool):
        return Cell(value)
    if isinstance(value, str):
        text = re.sub(r"_x00([01][0-9A-Fa-f])_", lambda code: chr(int(code[1], 16)), value).strip()
        return Cell(text) if text else None
    if kind == "d":  # written so by few programs; most write a number that is shown as a day
        day = value.date() if isinstance(value, datetime) else value
        return Cell(day) if isinstance(day, date) else Cell(str(day), fault=_NO_DAY.format(day))
    return _numbered(Decimal(f"{value:.15g}"), one.number_format, epoch)  # as many digits as Excel keeps


def _dated(day, code):
    """A day as its format shows it: the first of a month that is shown without its day stands for the month."""
    shown_as = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.lower())
    if day.day != 1 or "d" in shown_as:
        return Cell(day)
    return Cell(f"{day.month:02}/{day.year}" if "m" in shown_as else str(day.year))


def _numbered(number, code, epoch):
    """A number as its format shows it: a day, a percentage, with as many decimals at least."""
    from openpyxl.styles.numbers import is_date_format
    from openpyxl.utils.datetime import from_excel

    # 2010 typed into a cell of days is shown as 2 July 1905.
    if is_date_format(code) and not 1900 <= number <= 2100:
        if 1 <= number < 100_000:
            return _dated(from_excel(int(number), epoch).date(), code)
        return Cell(str(number), fault=_NO_DAY.format(number))
    first = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.split(";")[0])
    percent, decimals = "%" in first, re.search(r"[.]([0#?]+)", first)
    value = Decimal(f"{number.scaleb(2 * percent):f}")
    least, kept = len(decimals[1].rstrip("#")) if decimals else 0, -value.as_tuple().exponent
    # 7.2 shown as 7.20 was printed so; digits that the format hides are kept.
    return Cell(value.quantize(Decimal(1).scaleb(-least)) if 0 <= kept < least else value, percent)
