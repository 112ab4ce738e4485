"""Tables that were flattened to text: a cell a line, tabs, bars, or columns of spaces."""

import re
from dataclasses import dataclass

from giamngheo.inputs.extraction.text import PAGE_NUMBER

_GAP = 3  # blank lines inside one table at most
_UNIT = re.compile(r"(?:đơn vị(?: tính)?|đvt)\s*:?\s*(tỷ|triệu|nghìn|ngàn)?\s*đồng")


@dataclass(frozen=True)
class Cell:
    """A cell: its folded words and their place."""

    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Table:
    """A table: its rows of cells, and the unit of money named above it ("tỷ", "triệu" …), None if none is."""

    rows: tuple[tuple[Cell, ...], ...]
    unit: str | None


def tables(text):
    """The tables of a text, with at least two rows of at least three cells.

    Parameters
    ----------
    text : Text

    Returns
    -------
    list of Table
    """
    found, rows, column, at, blank, begun = [], [], [], 0, 0, 0
    for line in [*text.folded.split("\n"), *[""] * (_GAP + 2)]:
        rule = not line.strip(" \t\f|-+:=_") or bool(
            PAGE_NUMBER.fullmatch(line)
        )  # drawn between rows, or a page's end
        cells, alone = ((), False) if rule and "\t" not in line else _cells(line, at)
        if column and not alone:
            rows.append(tuple(column))
            column = []
        if alone:
            column += cells
        elif cells:
            rows.append(cells)
        blank = 0 if cells else blank + (not line.strip())
        if rows and not cells and (not rule or blank > _GAP):
            _keep(found, rows, text, begun)
            rows = []
        if not rows and not column:
            begun = at
        at += len(line) + 1
    return found


def _keep(found, rows, text, begun):
    if sum(len(row) > 2 for row in rows) > 1:
        units = _UNIT.findall(text.folded, max(0, begun - 400), rows[0][-1].end)
        found.append(Table(tuple(rows), units[-1] if units else None))


def _cells(line, at):
    """The cells of a line, and whether the line is one cell of a row that goes on in the next (tuple, bool)."""
    bare = line.replace("\f", " ")
    if bare.count("|") >= 2:
        first, last = bare.index("|") + 1, bare.rindex("|")
        framed = (
            not bare[: first - 1].strip() and not bare[last + 1 :].strip()
        )  # else an outer bar parts an empty cell
        return _split(bare[first:last] if framed else bare, at + (first if framed else 0), r"\|"), False
    if "\t" in bare:
        if bare.startswith("\t") and "\t" not in bare[1:]:
            return _split(bare[1:], at + 1, r"\t"), True
        return _split(bare, at, r"\t"), False
    if len(re.split(r" {3,}", bare.strip())) > 2:
        return _split(bare.strip(), at + len(bare) - len(bare.lstrip()), r" {3,}"), False
    return (), False


def _split(words, at, divider):
    cells, start = [], 0
    for mark in [*re.finditer(divider, words), None]:
        end = mark.start() if mark else len(words)
        piece = words[start:end]
        left = start + len(piece) - len(piece.lstrip())
        cells.append(Cell(piece.strip(), at + left, at + left + len(piece.strip())))
        start = mark.end() if mark else end
    return tuple(cells)
