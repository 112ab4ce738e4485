"""Records of a sheet as cells in their places, and what the heads about them say."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from giamngheo.inputs.workbook.words import Meaning, is_unit
from giamngheo.inputs.workbook.xlsx import Cell, Sheet

MEASURED = ("rate_pct", "households", "persons")


class Placed(NamedTuple):
    """A cell and where it stands."""

    cell: Cell
    row: int
    column: int


@dataclass
class Layout:
    """Records of a sheet as cells by column, where each column's head stands, and what was passed over."""

    sheet: Sheet
    head: int
    heads: dict[str, int]
    records: list[dict[str, Placed]] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    above: Meaning = field(default_factory=Meaning)  # of the last row that names what those below it count
    title: Meaning = field(default_factory=Meaning)  # of a line above the table, where no row or head says it
    before: tuple[int, Meaning, str] | None = None  # the last row that says whose numbers it holds
    told: list[str] = field(default_factory=list)
    subject: Meaning = field(default_factory=Meaning)  # the same, where a row says "Toàn tỉnh" alone
    aside: dict[int, list] = field(
        default_factory=dict
    )  # records of rows named by neither status nor measure
    total: dict[str, Placed] = field(default_factory=dict)  # the last row of totals
    persons: list[Placed] = field(default_factory=list)  # rates of persons, not of households
    lines: dict[int, Placed] = field(default_factory=dict)  # a row that names the poverty line of each column

    def place(self, record, column):
        """What a message calls the cell of a record's column, the cell where it should be if there is none.

        Of no record: the column's head.
        """
        if column in record:
            row, at = record[column].row, record[column].column
        elif record:
            own = anchor(record)
            row, at = own.row, self.heads.get(column, own.column)
        elif column in self.heads:
            row, at = self.head, self.heads[column]
        else:
            return self.sheet.whole + (f" ({column})" if column else "")
        return self.sheet.at(row, at, column, column not in self.heads)

    def words(self, placed):
        """The words of a spread cell's row, and of its head (str)."""
        indicator = self.sheet.cells.get(self.sheet.anchor(placed.row, self.heads.get("indicator", 0)))
        heads = (
            head_text(self.sheet, self.head, placed.column),
            above(self.sheet, self.head, placed.column),
        )
        return "; ".join(filter(None, (str(indicator or ""), *heads)))


def anchor(record):
    """The cell that a record is known by: what was measured, else the first of its last row (Placed)."""
    measured = next((record[column] for column in MEASURED if column in record), None)
    return measured or min(record.values(), key=lambda placed: (-placed.row, placed.column))


def head_text(sheet, row, at):
    cell = sheet.cells.get(sheet.anchor(row, at))
    if cell is None:
        return ""
    whole = isinstance(cell.value, Decimal) and not cell.value % 1
    return f"{cell.value:.0f}" if whole else str(cell)


def above(sheet, row, at):
    """The head over a head: of a joined range, which spans several columns."""
    text = head_text(sheet, row - 1, at)
    return text if sheet.anchor(row - 1, at) != sheet.anchor(row, at) and not is_unit(text) else ""
