"""Where the records of a table lie on a sheet: its heads, a year a column, and what is no record (notes, totals)."""

import re
from dataclasses import replace
from decimal import Decimal

from giamngheo.inputs.errors import RefusedInput, nearest, unknown
from giamngheo.inputs.grammar import estimate, is_missing, number_readings, slug, year_alone
from giamngheo.inputs.workbook.records import Layout, Placed, above, head_text
from giamngheo.inputs.workbook.spread import join, settle, spread_row
from giamngheo.inputs.workbook.words import Meaning, head_slug, is_period, is_unit, meaning, named, units
from giamngheo.inputs.workbook.xlsx import Cell

ALIKE = 0.6  # from which a column's name is offered in another's place
HEAD_ROWS = 30  # within which the heads of a table stand
_NUMBERING = {"", "stt", "tt", "so_tt", "no", "so_thu_tu"}
_TOTAL = re.compile("tong|cong|tong_(cong|so|chung|kinh_phi)|cong_chung|(grand_)?total|sum")
_NOTE = re.compile(
    r"\s*(\*|\(\*|\(\d\)|ghi chú|chú thích|nguồn|lưu ý|notes?\b|sources?\b|người lập|lập biểu|nơi nhận|t/?m[.]|k/?t[.]"
    r"|thủ trưởng|giám đốc|chủ tịch|[\w ]*, ngày\b)",
    re.IGNORECASE,
)
_DONE = "_(hien_trang|hien_nay|thuc_hien|th|ket_qua|da_dat|nam_goc|co_so|baseline|actual|reached)_"


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
    passed = []
    if strange and (beside := _beside(sheet, head, [*heads.values(), *spread], [at for at, _ in strange])):
        passed.append(
            f"{sheet.told(head, beside)} '{head_text(sheet, head, beside)}': a table beside this one"
        )
        sheet = replace(
            sheet, cells={(row, at): cell for (row, at), cell in sheet.cells.items() if at < beside}
        )
        heads, spread, strange = _heads(sheet, head, model, spreads)
    if wide := sheet.misfits(head, [row for row in sheet.rows if row > head], least=0):
        raise RefusedInput(wide)
    if strange:
        raise RefusedInput(_strange(sheet, head, model, heads, spread, strange))
    promised = {}
    if "value_pct" in model.model_fields:  # a column an instant by which it is promised
        promised, spread = spread, {}
    layout = Layout(sheet, head, heads, passed=passed)
    layout.passed += [
        f"{sheet.told(head, at)} '{cell}': not an instant's number"
        for at, cell in sheet.row(head).items()
        if spreads and meaning(str(cell)).flow and at not in heads.values()
    ]
    layout.passed += [
        f"{sheet.told(head, at)} '{head_text(sheet, head, at)}': not what is promised"
        for at in sorted({at for _, at in sheet.cells} - promised.keys() - {*heads.values()})
        if "value_pct" in model.model_fields and meaning(head_text(sheet, head, at)).instant
    ]
    if spread and any(
        is_unit(str(cell)) and units(str(cell)) == "%" for (row, _), cell in sheet.cells.items() if row < head
    ):
        layout.title = Meaning(measure="rate_pct")
    if spread:
        lines = (meaning(str(cell)) for (row, _), cell in sorted(sheet.cells.items()) if row < head)
        title = next((one for one in lines if one.measure), Meaning())
        layout.subject = Meaning(status=title.status, measure=title.measure)
        if "indicator" not in heads:
            layout.title = layout.subject
    if "sum" in heads and "total_3y" not in heads and _of_period(sheet, head):
        heads["total_3y"] = heads.pop("sum")
    for row, cells in _body(layout, spread or promised):
        record = {column: Placed(cells[at], row, at) for column, at in heads.items() if at in cells}
        if spread:
            spread_row(layout, record, row, cells, spread)
        else:
            layout.records += _by_instant(layout, record, row, cells, promised) or [record]
    if spread:
        heads.pop("unit", None)
        settle(layout)
        join(layout)
    return layout


def _by_instant(layout, record, row, cells, promised):
    """A record a cell that is promised by an instant; of several columns those with something in them."""
    own = {at: cells[at] for at in promised if at in cells}
    if len(promised) > 1:
        own = {at: cell for at, cell in own.items() if not is_missing(str(cell))}
    dated = "as_of" in record and len(promised) == 1
    return [
        record
        | {"value_pct": Placed(cell, row, at)}
        | ({} if dated else {"as_of": Placed(Cell(promised[at].instant), layout.head, at)})
        for at, cell in own.items()
    ]


def _beside(sheet, head, known, strange):
    """The first column of a table beside that which is read, behind an empty one and with no known head; else None."""
    full = {at for row, at in sheet.cells if row >= head - 1}
    full |= {at for at in range(1, max(full, default=0)) if head_text(sheet, head, at)}
    gap = next((at for at in range(min(known, default=0) + 1, max(full, default=0)) if at not in full), None)
    if not known or gap is None or max(known) > gap:
        return None
    return next((at for at in strange if at > gap and head_text(sheet, head, at)), None)


def _strange(sheet, head, model, heads, spread, strange):
    """What is wrong with heads, and what lacks beside heads that nobody knows."""
    yield from (f"{sheet.at(head, at)}: {what}" for at, what in strange)
    texts = [head_text(sheet, head, at) for at, _ in strange]
    told = spread or ("status" not in heads and any(meaning(text).measure for text in texts))
    for column in () if told else getattr(model, "needed", ()):
        if column not in heads:
            near = f"; nearest column there: '{nearest(column, texts)}'" if any(texts) else ""
            yield f"{sheet.whole}: missing column '{column}'{near}"


def _done(text):
    """Whether a head over an instant says that its figures are what was reached, not what is promised (bool)."""
    return bool(estimate(text) or re.search(_DONE, f"_{slug(text)}_"))


def _column_of(text, model):
    head = head_slug(text)
    return next((column for column in model.model_fields if head in named(column)), None)


def _on_two_rows(sheet, head):
    """Whether heads that span several columns have what is counted below them."""
    across = {at for at in sheet.row(head) if sheet.anchor(head, at + 1) == (head, at)}
    below = [at for at in sheet.row(head + 1) if sheet.anchor(head, at)[1] in across]
    texts = [head_text(sheet, head + 1, at) for at in below]
    return any(meaning(text).measure for text in texts) and not any(map(number_readings, texts))


def _of_period(sheet, head):
    """Whether a line above a table says that it is about several years, "giai đoạn 2013-2015"."""
    return any(is_period(str(cell)) for (row, _), cell in sheet.cells.items() if row < head)


def _worded(sheet, row):
    return any(re.search(r"[^\W\d_]", head_text(sheet, row, at)) for at in sheet.row(row))


def _score(sheet, row, model, spreads):
    texts = [head_text(sheet, row, at) for at in sheet.row(row)]
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
    heads, spread, strange, dated = {}, {}, [], {}
    yearly = "total_3y" in model.model_fields  # money, with a year a column
    model_heads = {_column_of(head_text(sheet, head, at), model) for at in sheet.row(head)}
    for at in sorted({at for row, at in sheet.cells if row >= head}):
        text = head_text(sheet, head, at)
        column, bare = _column_of(text, model), head_slug(text)
        if column == "poverty_line" and "poor_vnd_month" in model.model_fields and _money(sheet, head, at):
            column = "poor_vnd_month"  # "Chuẩn nghèo" over what it is, not over its name
        over = meaning(above(sheet, head, at))
        own = meaning(text)
        told = own.over(over)
        under = over.instant or (over.status and own.measure)
        if spreads and under and told.measure and not told.flow:
            spread[at] = told  # "Số hộ" under "Đầu năm 2011", or under "Hộ nghèo"
        elif column in heads:
            strange.append((at, f"the column {column} stands there twice; keep one"))
        elif column is not None:
            heads[column] = at
        elif yearly and (year := year_alone(text)):
            heads[str(year)] = at
        elif yearly and bare in named("sum") and "sum" not in heads:
            heads["sum"] = at
        elif "value_pct" in model.model_fields and told.instant:
            dated[at] = told  # "Đến năm 2015", over the values promised
        elif bare in named("unit"):
            heads["unit"] = at
        elif spreads and bare in named("indicator"):
            heads["indicator"] = at
        elif spreads and told.flow:
            continue  # "Giảm so với năm 2010" is no reading of 2010
        elif text and bare in _NUMBERING:
            continue
        elif spreads and (told.instant or (told.whole and (own.measure or own.status))):
            spread[at] = told
        elif not text and _filled(sheet, head, at, str) and spreads and not heads:
            heads["indicator"] = at  # the corner over the names of the rows is often left empty
        elif spreads and own.measure and "status" not in model_heads:
            strange.append(
                (
                    at,
                    f"'{text}' says neither poor nor near-poor; head it 'Tỷ lệ hộ nghèo (%)' or 'Poverty rate (%)'",
                )
            )
        elif text and bare not in named("note"):
            strange.append((at, unknown("column", text, model.model_fields, ALIKE)))
        elif not text and (_filled(sheet, head, at, Decimal) or (heads and at < max(sheet.row(head)))):
            strange.append((at, "cells under no head; name the column, or clear them"))
    if dated:
        left = {at: told for at, told in dated.items() if not _done(head_text(sheet, head, at))}
        spread = {at: told for at, told in left.items() if told.flow} or left  # "Mục tiêu …" before "Năm …"
        if "value_pct" in heads or not spread:
            unread = left or dated
            strange += [
                (at, unknown("column", head_text(sheet, head, at), model.model_fields, ALIKE))
                for at in unread
            ]
            spread = {}
        if spread:
            heads["value_pct"] = min(spread)
    if (
        spreads and not spread and "unit" in heads
    ):  # beside the indicator of a row alone does it say something
        at = heads.pop("unit")
        strange.append((at, unknown("column", head_text(sheet, head, at), model.model_fields, ALIKE)))
    if not spread:
        heads.pop("indicator", None)
    elif (
        spreads
        and "as_of" in heads
        and "indicator" not in heads
        and any(one.instant for one in spread.values())
    ):
        heads["indicator"] = heads.pop("as_of")  # "Năm" in the corner, beside the years
    return heads, spread, strange


def _money(sheet, head, at):
    """Whether the cells below a head are sums of money, each with more digits than a year (bool)."""
    texts = [str(cell) for (row, c), cell in sheet.cells.items() if c == at and row > head]
    return bool(texts) and all(
        re.match(r"\d{1,3}([., ]?\d{3})+(?![\d-])", text) and len(text) > 4 for text in texts
    )


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
