"""The cells of an .xlsx file, as they are shown: a percentage as a percentage, 7.20 with both its decimals.

Standard library only. python-calamine gives no number formats, by which 9.28 % becomes 0.0928, and openpyxl imports
numpy, for which no refusal should wait; what is needed of the format (ECMA-376 part 1, chapter 18) is little.
"""

import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from giamngheo.inputs.errors import RefusedInput, nearest, shown
from giamngheo.inputs.grammar import EXCEL_EPOCH
from giamngheo.inputs.readings import WORKBOOKS

MAX_BYTES = 50_000_000  # of a workbook's parts, unpacked
MAX_CELLS = 1_000_000
MAX_JOINED = 200  # rows or columns of a joined range that are looked at
_OLD = b"\xd0\xcf\x11\xe0"  # an .xls, or an .xlsx under a password
_EPOCH_1904 = date(1904, 1, 1)
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"}
_BUILT_IN |= dict.fromkeys((*range(14, 23), *range(27, 37), *range(50, 59)), "yyyy-mm-dd")


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
    """A sheet: its name, its cells by row and column (from 1), and its joined ranges (top, left, bottom, right)."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(repr=False)
    joined: tuple[tuple[int, int, int, int], ...] = ()

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
            for top, left, bottom, right in self.joined
            for row in range(top, min(bottom, top + MAX_JOINED) + 1)
            for column in range(left, min(right, left + MAX_JOINED) + 1)
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
    with path.open("rb") as file:
        if file.read(4) == _OLD:
            raise RefusedInput(
                f"{name}: an old .xls, or under a password; save it as .xlsx, without a password"
            )
    try:
        with zipfile.ZipFile(path) as archive:
            return _Reader(name, archive).sheets()
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, ValueError, NotImplementedError) as error:
        if isinstance(error, RefusedInput):
            raise
        raise RefusedInput(f"{name}: not a workbook that can be read; save it as .xlsx") from None
    except OSError as error:
        raise RefusedInput(f"{name}: cannot be read ({error.strerror or error})") from None


class _Reader:
    def __init__(self, name, archive):
        self.name, self.archive = name, archive
        if sum(part.file_size for part in archive.infolist()) > MAX_BYTES:
            raise RefusedInput(f"{name}: larger than a plan can be ({MAX_BYTES // 1_000_000} MB unpacked)")

    def _part(self, path):
        content = self.archive.read(path)
        if b"<!DOCTYPE" in content[:4096]:  # none of the format has one, and a hostile one can swell
            raise ValueError("a document type")
        root = ElementTree.fromstring(content)
        for element in root.iter():  # Excel's two dialects differ in their namespaces only
            element.tag = element.tag.rpartition("}")[2]
        return root

    def _related(self, path):
        """Parts that a part names, by id, and by the last word of their kind."""
        path = PurePosixPath(path)
        related = {}
        for one in self._part(f"{path.parent}/_rels/{path.name}.rels".removeprefix("./")).iter(
            "Relationship"
        ):
            target = one.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else str(path.parent / target)
            related[one.get("Id")] = related[one.get("Type", "").rpartition("/")[2]] = full.removeprefix("./")
        return related

    def sheets(self):
        main = self._related("")["officeDocument"] if "_rels/.rels" in self.archive.namelist() else ""
        if not main.endswith(".xml"):
            raise ValueError("another format")
        book, related = self._part(main), self._related(main)
        settings = book.find("workbookPr")
        new = settings is not None and settings.get("date1904") in ("1", "true")
        self.epoch = _EPOCH_1904 if new else EXCEL_EPOCH
        self.texts = self._texts(related.get("sharedStrings"))
        self.formats = self._formats(related.get("styles"))
        found = []
        for sheet in book.iter("sheet"):
            part = related[next(value for key, value in sheet.attrib.items() if key.endswith("}id"))]
            if sheet.get("state", "visible") == "visible" and "chartsheets/" not in part:
                found.append(self._sheet(sheet.get("name"), self._part(part)))
        return found

    def _texts(self, part):
        if part not in self.archive.namelist():
            return []
        return [_text(item) for item in self._part(part).iter("si")]

    def _formats(self, part):
        """What each style makes of a number: whether a day, whether a percentage, how many decimals."""
        if part not in self.archive.namelist():
            return []
        styles = self._part(part)
        codes = _BUILT_IN | {
            int(one.get("numFmtId")): one.get("formatCode", "") for one in styles.iter("numFmt")
        }
        cells = styles.find("cellXfs")
        return [_shown(codes.get(int(one.get("numFmtId", 0)), "")) for one in cells if one.tag == "xf"]

    def _sheet(self, name, root):
        cells, row = {}, 0
        for line in root.iter("row"):
            row, column = int(line.get("r", row + 1)), 0
            for one in line.iter("c"):
                column = _column(one.get("r")) or column + 1
                cell = self._cell(one)
                if cell is not None:
                    cells[row, column] = cell
        if len(cells) > MAX_CELLS:
            raise RefusedInput(f"{self.name}: sheet {name}: more cells than a plan can have ({MAX_CELLS})")
        joined = [re.findall(r"([A-Z]+)(\d+)", one.get("ref", "")) for one in root.iter("mergeCell")]
        ranges = [(int(a[1]), _column(a[0]), int(b[1]), _column(b[0])) for a, b in joined]
        return Sheet(name, cells, tuple(ranges))

    def _cell(self, one):
        kind, value = one.get("t", "n"), one.findtext("v")
        if kind == "inlineStr" and one.find("is") is not None:
            value = _text(one.find("is"))
        if value is None or not value.strip():
            return Cell("", fault=_NOT_COMPUTED) if one.find("f") is not None and kind != "str" else None
        if kind == "s":
            value = self.texts[int(value)]
        if kind in ("s", "str", "inlineStr"):
            text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), value).strip()
            return Cell(text) if text else None
        if kind == "b":
            return Cell(value == "1")
        if kind == "e":
            return Cell(value, fault=f"holds the error {value}; mend the formula or type the value")
        if kind == "d":
            return Cell(date.fromisoformat(value[:10]))
        style = int(one.get("s", 0))
        shown_as = self.formats[style] if style < len(self.formats) else _shown("")
        return _numbered(
            Decimal(f"{float(value):.15g}"), shown_as, self.epoch
        )  # as many digits as Excel keeps


_NOT_COMPUTED = "holds a formula that was never computed; open the file in a spreadsheet program and save it"


def _numbered(number, shown_as, epoch):
    is_day, percent, decimals = shown_as
    if is_day and not 1900 <= number <= 2100:  # 2010 typed into a cell of days is shown as 2 July 1905
        if 0 < number < 100_000:
            return Cell(epoch + timedelta(days=int(number)))
        return Cell(str(number), fault=f"{number} is shown as a day and is none; type the day as YYYY-MM-DD")
    value = Decimal(f"{number.scaleb(2 * percent):f}")
    kept = -value.as_tuple().exponent
    # 7.2 shown as 7.20 was printed so; digits that the format hides are kept.
    return Cell(value.quantize(Decimal(1).scaleb(-decimals)) if 0 <= kept < decimals else value, percent)


def _shown(code):
    """What a number format makes of a number: whether a day, whether a percentage, how many decimals."""
    first = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.split(";")[0])
    is_day = bool(re.search(r"[dmyhs]", re.sub("general", "", first, flags=re.IGNORECASE), re.IGNORECASE))
    decimals = re.search(r"[.]([0#?]+)", first)
    return is_day, "%" in first, len(decimals[1].rstrip("#")) if decimals else 0


def _text(item):
    """The text of a string, without the reading aids that East Asian ones carry."""
    aside = {text for aid in item.iter("rPh") for text in aid.iter("t")}
    return "".join(text.text or "" for text in item.iter("t") if text not in aside)


def _column(reference):
    """The number of a column from a reference such as "F4" or "F", 0 without one."""
    number = 0
    for letter in re.match(r"[A-Z]*", reference or "")[0]:
        number = 26 * number + ord(letter) - 64
    return number
