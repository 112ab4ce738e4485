"""Where the records of a table lie on a sheet: its heads, a year a column, and what is no record (notes, totals)."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from giamngheo.inputs.errors import RefusedInput, nearest, unknown
from giamngheo.inputs.grammar import is_missing, number_readings, slug, year_alone
from giamngheo.inputs.workbook.words import Meaning, head_slug, is_period, is_unit, meaning, named, units
from giamngheo.inputs.workbook.xlsx import Cell, Sheet

ALIKE = 0.6  # from which a column's name is offered in another's place
HEAD_ROWS = 30  # within which the heads of a table stand
_NUMBERING = {"", "stt", "tt", "so_tt", "no", "so_thu_tu"}
_TOTAL = re.compile("tong|cong|tong_(cong|so|chung|kinh_phi)|cong_chung|(grand_)?total|sum")
_MEASURED = ("rate_pct", "households", "persons")
_NOTE = re.compile(r"\s*(\*|\(\*|\(\d\)|ghi chú|chú thích|nguồn|lưu ý|notes?\b|sources?\b)", re.IGNORECASE)


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
            _head_text(self.sheet, self.head, placed.column),
            _above(self.sheet, self.head, placed.column),
        )
        return "; ".join(filter(None, (str(indicator or ""), *heads)))


def anchor(record):
    """The cell that a record is known by: what was measured, else the first of its last row (Placed)."""
    measured = next((record[column] for column in _MEASURED if column in record), None)
    return measured or min(record.values(), key=lambda placed: (-placed.row, placed.column))


def lay_out(sheet, model):
    """Find a table on a sheet.

    Parameters
    ----------
    sheet : Sheet
    model : type of Row
        With a status and a rate, the sheet may also have an instant or an indicator a column.

    Returns
    -------
    Layout

    Raises
    ------
    RefusedInput
        No row of heads, a head that is no column's, columns that lack.
    """
    spreads = {"as_of", "status", "rate_pct"} <= set(model.model_fields)
    scored = {row: _score(sheet, row, model, spreads) for row in sheet.rows if row <= HEAD_ROWS}
    best = max(scored.values(), default=0)
    if best < 2:  # one head that is known is one where others stand beside it
        named_there = [
            row for row in scored if scored[row] and len(sheet.row(row)) > 1 and _worded(sheet, row)
        ]
        scored, best = dict.fromkeys(named_there[:1], 1), 1
    if not scored:
        needed = ", ".join(getattr(model, "needed", model.model_fields))
        short = "; or: Năm, Tỷ lệ hộ nghèo (%)" * spreads
        raise RefusedInput(
            f"{sheet.whole}: no row names the columns; write one above the table: {needed}{short}"
        )
    head = max(row for row, score in scored.items() if score == best)
    if spreads and _on_two_rows(sheet, head):
        head += 1
    heads, spread, strange = _heads(sheet, head, model, spreads)
    if wide := sheet.misfits(head, [row for row in sheet.rows if row > head], least=0):
        raise RefusedInput(wide)
    if strange:
        raise RefusedInput(_strange(sheet, head, model, heads, spread, strange))
    layout = Layout(sheet, head, heads)
    layout.passed += [
        f"{sheet.told(head, at)} '{cell}': not an instant's number"
        for at, cell in sheet.row(head).items()
        if spreads and meaning(str(cell)).flow and at not in heads.values()
    ]
    if spread and any(
        is_unit(str(cell)) and units(str(cell)) == "%" for (row, _), cell in sheet.cells.items() if row < head
    ):
        layout.title = Meaning(measure="rate_pct")
    if spread and "indicator" not in heads:
        above = (meaning(str(cell)) for (row, _), cell in sorted(sheet.cells.items()) if row < head)
        title = next((one for one in above if one.measure), Meaning())
        layout.title = Meaning(status=title.status, measure=title.measure)
    due = Meaning() if "as_of" in heads else meaning(_head_text(sheet, head, heads.get("value_pct", 0)))
    if "sum" in heads and "total_3y" not in heads and _of_period(sheet, head):
        heads["total_3y"] = heads.pop("sum")
    for row, cells in _body(layout, spread):
        record = {column: Placed(cells[at], row, at) for column, at in heads.items() if at in cells}
        if due.instant and "value_pct" in record:
            record["as_of"] = Placed(Cell(due.instant), head, heads["value_pct"])
        if spread:
            _spread(layout, record, row, cells, spread)
        else:
            layout.records.append(record)
    if spread:
        heads.pop("unit", None)
        _join(layout)
    return layout


def _strange(sheet, head, model, heads, spread, strange):
    """What is wrong with heads, and what lacks beside heads that nobody knows."""
    yield from (f"{sheet.at(head, at)}: {what}" for at, what in strange)
    texts = [_head_text(sheet, head, at) for at, _ in strange]
    told = spread or ("status" not in heads and any(meaning(text).measure for text in texts))
    for column in () if told else getattr(model, "needed", ()):
        if column not in heads:
            near = f"; nearest column there: '{nearest(column, texts)}'" if any(texts) else ""
            yield f"{sheet.whole}: missing column '{column}'{near}"


def _column_of(text, model):
    head = head_slug(text)
    return next((column for column in model.model_fields if head in named(column)), None)


def _head_text(sheet, row, at):
    cell = sheet.cells.get(sheet.anchor(row, at))
    if cell is None:
        return ""
    whole = isinstance(cell.value, Decimal) and not cell.value % 1
    return f"{cell.value:.0f}" if whole else str(cell)


def _above(sheet, row, at):
    """The head over a head: of a joined range, which spans several columns."""
    text = _head_text(sheet, row - 1, at)
    return text if sheet.anchor(row - 1, at) != sheet.anchor(row, at) and not is_unit(text) else ""


def _on_two_rows(sheet, head):
    """Whether heads that span several columns have what is counted below them."""
    across = {at for at in sheet.row(head) if sheet.anchor(head, at + 1) == (head, at)}
    below = [at for at in sheet.row(head + 1) if sheet.anchor(head, at)[1] in across]
    return bool(below) and all(meaning(_head_text(sheet, head + 1, at)).measure for at in below)


def _of_period(sheet, head):
    """Whether a line above a table says that it is about several years, "giai đoạn 2013-2015"."""
    return any(is_period(str(cell)) for (row, _), cell in sheet.cells.items() if row < head)


def _worded(sheet, row):
    return any(re.search(r"[^\W\d_]", _head_text(sheet, row, at)) for at in sheet.row(row))


def _score(sheet, row, model, spreads):
    texts = [_head_text(sheet, row, at) for at in sheet.row(row)]
    found = {_column_of(text, model) for text in texts} - {None}
    if not spreads:
        return len(found) + ("total_3y" in model.model_fields) * sum(bool(year_alone(text)) for text in texts)
    rest = [text for text in texts if text and _column_of(text, model) is None]
    told = sum(bool(meaning(text).instant or meaning(text).whole) for text in rest)
    indicator = any(head_slug(text) in named("indicator") for text in rest)
    if found == {"poverty_line"} and not indicator:  # a row that names the line of each column
        return told
    return len(found) + told + indicator


def _heads(sheet, head, model, spreads):
    """Columns of the model, columns that spread over instants or indicators, and what is wrong with the others."""
    heads, spread, strange = {}, {}, []
    yearly = "total_3y" in model.model_fields  # money, with a year a column
    model_heads = {_column_of(_head_text(sheet, head, at), model) for at in sheet.row(head)}
    for at in sorted({at for row, at in sheet.cells if row >= head}):
        text = _head_text(sheet, head, at)
        column, bare = _column_of(text, model), head_slug(text)
        over = meaning(_above(sheet, head, at))
        told = meaning(text).over(over)
        if spreads and over.instant and told.measure and not told.flow:
            spread[at] = told  # "Số hộ" under "Đầu năm 2011"
        elif column in heads:
            strange.append((at, f"the column {column} stands there twice; keep one"))
        elif column is not None:
            heads[column] = at
        elif yearly and (year := year_alone(text)):
            heads[str(year)] = at
        elif yearly and bare in named("sum") and "sum" not in heads:
            heads["sum"] = at
        elif "value_pct" in model.model_fields and "value_pct" not in heads and told.instant:
            heads["value_pct"] = at  # "Đến năm 2015", over the values promised
        elif bare in named("unit"):
            heads["unit"] = at
        elif spreads and bare in named("indicator"):
            heads["indicator"] = at
        elif spreads and told.flow:
            continue  # "Giảm so với năm 2010" is no reading of 2010
        elif spreads and (told.instant or told.whole):
            spread[at] = told
        elif not text and _filled(sheet, head, at, str) and spreads and not heads:
            heads["indicator"] = at  # the corner over the names of the rows is often left empty
        elif spreads and told.measure and "status" not in model_heads:
            strange.append(
                (
                    at,
                    f"'{text}' says neither poor nor near-poor; head it 'Tỷ lệ hộ nghèo (%)' or 'Poverty rate (%)'",
                )
            )
        elif text and bare not in _NUMBERING | named("note"):
            strange.append((at, unknown("column", text, model.model_fields, ALIKE)))
        elif not text and (_filled(sheet, head, at, Decimal) or (heads and at < max(sheet.row(head)))):
            strange.append((at, "cells under no head; name the column, or clear them"))
    if (
        spreads and not spread and "unit" in heads
    ):  # beside the indicator of a row alone does it say something
        at = heads.pop("unit")
        strange.append((at, unknown("column", _head_text(sheet, head, at), model.model_fields, ALIKE)))
    if not spread:
        heads.pop("indicator", None)
    elif "as_of" in heads and "indicator" not in heads and any(one.instant for one in spread.values()):
        heads["indicator"] = heads.pop("as_of")  # "Năm" in the corner, beside the years
    return heads, spread, strange


def _filled(sheet, head, at, kind):
    values = [cell.value for (row, c), cell in sheet.cells.items() if c == at and row > head]
    numbers = kind is Decimal and any(isinstance(value, str) and number_readings(value) for value in values)
    return numbers or any(isinstance(value, kind) for value in values)


def _body(layout, spread):
    """The rows of the table, each as its cells by column; notes and totals are passed over."""
    sheet, begun, ended, before = layout.sheet, False, False, layout.head
    for row in [row for row in sheet.rows if row > layout.head]:
        own = sheet.row(row)
        gap, before = row > before + 1, row
        texts = [cell.value for cell in own.values() if isinstance(cell.value, str)]
        first = texts[0] if texts else ""
        across = any(sheet.anchor(row, at + 1) == (row, at) for at in own)
        lonely = len(own) == 1 and len(texts) == 1
        if texts and (
            _TOTAL.fullmatch(slug(first))
            or (lonely and begun and (gap or across or _NOTE.match(first)))
            or (len(own) == len(texts) <= 2 and _NOTE.match(first))
            or (ended and len(own) == len(texts) and not any(map(number_readings, texts)))
        ):
            ended = ended or bool(begun and _NOTE.match(first))
            if _TOTAL.fullmatch(slug(first)):
                layout.total = {c: Placed(own[at], row, at) for c, at in layout.heads.items() if at in own}
            layout.passed.append(
                f"{sheet.told(row, min(own))} '{first if len(first) < 50 else first[:47] + '…'}'"
            )
            continue
        begun = True
        used = {*layout.heads.values(), *spread}
        joined = {at: sheet.anchor(row, at) for at in used if at not in own}
        down = {
            at: sheet.cells[place] for at, place in joined.items() if place[1] == at and place in sheet.cells
        }
        yield row, own | down


def _spread(layout, shared, row, cells, spread):
    """One record a cell of a row that spreads over instants or indicators."""
    told, at = Meaning(), layout.heads.get("indicator")
    shared.pop("indicator", None)
    unit = shared.pop("unit", None)
    if at in cells and head_slug(str(cells[at])) in named("poverty_line"):
        layout.lines = {at: Placed(cells[at], row, at) for at in spread if at in cells}
        return
    if at in cells:
        told = meaning(f"{cells[at].value} ({unit.cell})" if unit else str(cells[at].value))
        if not any(at in cells for at in spread):  # a row such as "Hộ nghèo:" speaks of those below it
            layout.above = told
            return
        if told.flow:
            layout.passed.append(
                f"{layout.sheet.told(row, at)} '{cells[at]}': not of the poor or near-poor at an instant"
            )
            return
        told = told.over(layout.above)
    for at, head in spread.items():
        cell, all_told, record = cells.get(at), told.over(head).over(layout.title), dict(shared)
        if cell is None or (isinstance(cell.value, str) and is_missing(cell.value)):
            continue
        where = layout.sheet.at(row, at, all_told.measure or "")
        if all_told.measure is None:
            if all_told.status is None and "status" not in record:
                layout.passed.append(
                    f"{layout.sheet.told(row, at)} '{cell}': not said to be of the poor or near-poor"
                )
            else:
                layout.problems.append(
                    f"{where}: nothing says what the number is; name its row or column, such as "
                    "'Tỷ lệ hộ nghèo (%)' or 'Số hộ cận nghèo'"
                )
            continue
        if all_told.more and "group" not in record:
            layout.problems.append(
                f"{where}: its row or column says more than what is counted and how, "
                f"'{layout.words(Placed(cell, row, at))}'; leave that away if all households are meant, else name them "
                "in a column group, or take the row out"
            )
            continue
        record[all_told.measure] = Placed(cell, row, at)
        if all_told.persons and all_told.measure == "rate_pct":
            layout.persons.append(record["rate_pct"])
        for column in ("as_of", "status", "group"):
            value = getattr(all_told, "instant" if column == "as_of" else column)
            if value:
                own = getattr(told, "instant" if column == "as_of" else column)
                place = (
                    (row, layout.heads["indicator"])
                    if own and "indicator" in layout.heads
                    else (layout.head, at)
                )
                record.setdefault(column, Placed(Cell(value), *place))
        layout.records.append(record)


def _join(layout):
    """Make one record of what is said of one instant, group, status and line; all households stand beside each."""
    found, totals = {}, {}
    for record in layout.records:
        if (at := anchor(record).column) in layout.lines:
            record.setdefault("poverty_line", layout.lines[at])
        as_of, group, line, status = (
            slug(str(record[column].cell)) if column in record else ""
            for column in ("as_of", "group", "poverty_line", "status")
        )
        if "total_households" in record and not status:
            totals[as_of, group] = record["total_households"]
            continue
        one = found.setdefault((as_of, group, line, status), {})
        for column, placed in record.items():
            of_persons = column == "rate_pct" and [
                one.get(column) in layout.persons,
                placed in layout.persons,
            ]
            if column in one and of_persons and any(of_persons) and not all(of_persons):
                aside = one[column] if of_persons[0] else placed
                one[column] = placed if of_persons[0] else one[column]
                told = f"{layout.sheet.told(aside.row, aside.column)} '{aside.cell}'"
                layout.passed.append(f"{told}: a share of persons, beside that of households")
            elif column in _MEASURED and column in one:
                first = layout.sheet.told(one[column].row, one[column].column)
                layout.problems.append(
                    f"{layout.place({column: placed}, column)}: repeats {first}; keep one of the two, or name their "
                    "poverty lines in a column poverty_line"
                )
            one.setdefault(column, placed)
    for (as_of, group, *_), record in found.items():
        if (as_of, group) in totals:
            record.setdefault("total_households", totals[as_of, group])
    layout.records = list(found.values())
