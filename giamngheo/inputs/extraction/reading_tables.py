"""Rates of the poor and near-poor in tables: an instant a row, or an instant a column."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date

from giamngheo.inputs.extraction.numbers import NUMBER, YEAR, Instant, instants, number, percent, plain
from giamngheo.inputs.extraction.tables import tables
from giamngheo.inputs.extraction.vocabulary import groups_in

_FIGURE = re.compile(rf"({NUMBER})\s*%?")
_YEAR = re.compile(
    r"(?:(?:kh|kế hoạch|th|thực hiện|mục tiêu|chỉ tiêu)\.?\s*)?"
    rf"(?P<edge>đầu|cuối|hết)?\s*(?:năm\s*)?(?P<year>{YEAR})"
)
_NUMBERING = re.compile(r"[(]?\d{1,2}[)]?")
_CHANGE = re.compile(
    r"thoát|tái nghèo|phát sinh|giảm(?! nghèo)|tăng|so với|tổng số hộ(?! nghèo| cận)|hộ dân(?! tộc)"
)
_ALL = re.compile(r"toàn (?:tỉnh|huyện|thành phố)|tổng (?:cộng|số)|cộng\b")
_MOST_HEADS = 4


@dataclass
class Reading:
    """A reading as it is being put together; places are counted from its paragraph's start."""

    instant: Instant | None
    status: str
    group: str
    values: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    doubts: dict = field(default_factory=dict)
    line: object = None  # what the text says of its poverty line (`lines.mentions`)


def readings_of_tables(text):
    """The rates that tables give, in the past or promised, each with the paragraph above its table.

    Parameters
    ----------
    text : Text

    Returns
    -------
    list of (Paragraph, Reading)
    """
    found, starts = [], [paragraph.start for paragraph in text.paragraphs]
    for table in tables(text):
        n = bisect_right(starts, table.rows[0][0].start) - 1
        if n < 0:
            continue
        above = text.paragraphs[n]
        paragraph, at = replace(above, locator=above.section), above.start
        for instant, (status, group), cells in _of_table(
            table, groups_in(above.folded), instants(above.folded, at)
        ):
            each = Reading(replace(instant, start=instant.start - at, end=instant.end - at), status, group)
            for column, cell in cells.items():
                _put(each, column, cell, at)
            if "rate_pct" in each.values:
                found.append((paragraph, each))
    return found


def _put(each, column, cell, at):
    said = _FIGURE.fullmatch(cell.words)[1]
    value, sure = percent(said) if column == "rate_pct" else number(said, whole=True)
    if value > 100 if column == "rate_pct" else value != int(value):
        return
    each.values[column], each.places[column] = plain(value), (cell.start - at, cell.end - at)
    if not sure:
        each.doubts[column] = "number"


def _of_table(table, groups, above):
    """An instant, whom it is about, and by column the cells, of each reading.

    A table of districts is of the instant above it; its row of all is read.
    """
    whole = groups[0][2] if groups else "all"
    head, rows = _head(table)
    if rows and sum(_instant(cell) is not None for cell in table.rows[rows - 1]) > 1:
        yield from _by_column([_instant(cell) for cell in table.rows[rows - 1]], table.rows[rows:], whole)
        return
    kinds, status = [], None
    for words in head:
        status = _status(words) or status
        kinds.append((_column(words), status or "poor", _group(words, whole)))
    if not any(column == "rate_pct" for column, *_ in kinds) or status is None:
        return
    for row in table.rows[rows:]:
        instant = next((moment for cell in row if (moment := _instant(cell))), None)
        if len(above) == 1 and any(_ALL.match(cell.words) for cell in row[:3]):
            instant = instant or above[0]
        of = {}
        for (column, *whom), cell in zip(kinds, row, strict=False):
            if column and _FIGURE.fullmatch(cell.words):
                of.setdefault(tuple(whom), {}).setdefault(column, cell)
        if instant:
            yield from ((instant, whom, cells) for whom, cells in of.items())


def _by_column(moments, rows, whole):
    of, status = {}, None
    for row in rows:
        label = next((cell.words for cell in row if re.search(r"[^\W\d]{2}", cell.words)), "")
        status = _status(label) or status
        column = _column(label)
        if (
            not column
            or not status
            or ("nghèo" not in label and not re.match(r"[-+\s]*(?:tỷ lệ|số hộ)", label))
        ):
            continue
        whom = status, _group(label, whole)
        for moment, cell in zip(moments, row, strict=False):
            if moment and _FIGURE.fullmatch(cell.words):
                of.setdefault((moment, whom), {}).setdefault(column, cell)
    yield from ((moment, whom, cells) for (moment, whom), cells in of.items())


def _head(table):
    """The words of each column's head, its levels joined, and the number of rows that they take."""
    rows = 0
    for row in table.rows[:_MOST_HEADS]:
        figures = [c for c in row if _FIGURE.fullmatch(c.words) and not _YEAR.fullmatch(c.words)]
        if (rows and figures) or _instant(row[0]):
            break
        rows += 1
    if not rows:
        return [], 0
    head = [cell.words for cell in table.rows[0]]
    for row in table.rows[1:rows]:
        below = [cell.words for cell in row]
        if len(below) == len(head):
            last, joined = "", []
            for above, words in zip(head, below, strict=True):  # an empty cell goes on with the one before it
                last = above or (last if words else "")
                joined.append(f"{last} {words}".strip())
            head = joined
        else:
            below = [words for words in below if words]
            wide = [n for n, words in enumerate(head) if "nghèo" in words]
            if wide and len(below) % len(wide) == 0:
                each = len(below) // len(wide)
                split = {n: below[i * each : (i + 1) * each] for i, n in enumerate(wide)}
                head = [f"{words} {b}".strip() for n, words in enumerate(head) for b in split.get(n, [""])]
    below = table.rows[rows : rows + 1]
    if below and all(_NUMBERING.fullmatch(cell.words) for cell in below[0] if cell.words):
        rows += 1
    return head, rows


def _instant(cell):
    """The instant that a cell is (Instant or None)."""
    year = _YEAR.fullmatch(cell.words)
    if year:
        n, edge = int(year["year"]), year["edge"]
        day, law_day = (date(n - 1, 12, 31), date(n, 1, 1)) if edge == "đầu" else (date(n, 12, 31), None)
        return Instant(day, cell.start, cell.end, plain=edge is None, law_day=law_day)
    found = instants(cell.words, cell.start)
    return found[0] if len(found) == 1 and len(cell.words) < 40 else None


def _column(words):
    """What a head or a label says that its figures are (str or None)."""
    if _CHANGE.search(words):
        return None
    if re.search(r"tỷ lệ|%", words):
        return "rate_pct"
    if re.search(r"khẩu|số người", words):
        return "persons"
    return "households" if re.search(r"\bhộ\b", words) else None


def _status(words):
    return "near_poor" if "cận" in words else "poor" if "nghèo" in words else None


def _group(words, whole):
    named = groups_in(words)
    return named[0][2] if named else whole
