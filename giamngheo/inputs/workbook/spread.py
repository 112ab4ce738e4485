"""Rows that spread over instants or indicators: a record a cell, and one of what is said of one reading."""

from dataclasses import replace

from giamngheo.inputs.grammar import is_missing, slug
from giamngheo.inputs.workbook.records import MEASURED, Placed, anchor
from giamngheo.inputs.workbook.words import Meaning, head_slug, meaning, named, says_all
from giamngheo.inputs.workbook.xlsx import Cell


def spread_row(layout, shared, row, cells, spread):
    """One record a cell of a row that spreads over instants or indicators."""
    told, at, silent = Meaning(), layout.heads.get("indicator"), False
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
        silent = told == Meaning()
        if silent and says_all(str(cells[at])):
            told, silent = told.over(layout.subject), False
        told = told.over(layout.above)
        if told.measure and not told.status and layout.before and layout.before[0] == row - 1:
            _, whose, said = layout.before  # "Tỷ lệ" below "Hộ nghèo"
            told = replace(told, status=whose.status, group=told.group or whose.group)
            layout.told.append(f"{layout.sheet.told(row, at)} '{cells[at]}': of '{said}', the row above it")
        if told.status:
            layout.before = row, told, str(cells[at])
    named_at = at
    for at, head in spread.items():
        cell, all_told, record = cells.get(at), told.over(head).over(layout.title), dict(shared)
        if cell is None or (isinstance(cell.value, str) and is_missing(cell.value)):
            continue
        where = layout.sheet.at(row, at, all_told.measure or "")
        unsaid = all_told.status is None and "status" not in record
        if all_told.measure is None or (unsaid and silent):
            if unsaid:
                place, said = (named_at, cells[named_at]) if silent else (at, cell)
                what = f"{layout.sheet.told(row, place)} '{said}': not said to be of the poor or near-poor"
                layout.passed += [] if what in layout.passed else [what]
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
        (layout.aside.setdefault(row, []) if silent else layout.records).append(record)


def settle(layout):
    """Take rows that a district or the like names for no reading, but the only row there is."""
    if len(layout.aside) == 1 and not layout.records:
        layout.records = next(iter(layout.aside.values()))
        return
    at = layout.heads.get("indicator")
    for row in layout.aside:
        said = f"{layout.sheet.told(row, at)} '{layout.sheet.cells[layout.sheet.anchor(row, at)]}'"
        layout.passed.append(f"{said}: not said to be of all households, as 'Toàn tỉnh' would")
    if layout.aside and not layout.records:
        layout.problems.append(
            f"{layout.sheet.whole}: which row is of the whole province? call it 'Toàn tỉnh'"
        )


def join(layout):
    """Make one record of what is said of one instant, group, status and line; all households stand beside each."""
    found, totals, records = {}, {}, layout.records
    layout.records = []
    for record in records:
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
            elif column in MEASURED and column in one:
                first = layout.sheet.told(one[column].row, one[column].column)
                layout.problems.append(
                    f"{layout.place({column: placed}, column)}: repeats {first}; keep one of the two, or name their "
                    "poverty lines in a column poverty_line"
                )
            one.setdefault(column, placed)
    for (as_of, group, *_), record in found.items():
        if (as_of, group) in totals:
            record.setdefault("total_households", totals[as_of, group])
    for (_, group, *_), record in found.items():
        if group in ("", "all") or record.keys() & {"rate_pct", "total_households"}:
            layout.records.append(record)
        else:
            placed = anchor(record)
            told = f"{layout.sheet.told(placed.row, placed.column)} '{placed.cell}'"
            layout.passed.append(f"{told}: a count of {group} without its rate")
