"""Promises: levels of the poor and near-poor, shares of those reached, and aims without a figure."""

import re
from datetime import date

from giamngheo.inputs.extraction.numbers import NUMBER, instants, percent, plain
from giamngheo.inputs.extraction.proposals import Proposal, by_key
from giamngheo.inputs.extraction.readings import MINORITY, STATUS
from giamngheo.language import day
from giamngheo.language import percent as percent_words

_STATUS = re.compile(rf"{STATUS}|cận nghèo|tỷ lệ (?:giảm )?nghèo")
_PERCENT = r"(?:%|điểm\s*(?:%|phần trăm)|phần trăm)"
_RANGE = rf"({NUMBER})\s*%?\s*(?:(?:-|đến|tới)\s*({NUMBER})\s*)?{_PERCENT}"
_PACE = re.compile(
    rf"(?:{_RANGE}\s*(?:/\s*|mỗi\s+|một\s+|hàng\s+)năm)"
    rf"|{_RANGE}\s*(?:số\s+)?(?:tỷ lệ\s+)?hộ\s+(?:cận\s+)?nghèo\s*(?:/\s*|mỗi\s+|hàng\s+)năm"
    rf"|(?:(?:mỗi|hàng|bình quân)\s+năm|giảm bình quân)[^%;.\d]{{0,60}}{_RANGE}(?!\s*(?:/|mỗi))"
)
_LEVEL = re.compile(
    rf"(?P<word>(?:xuống|còn)?\s*(?:dưới|thấp hơn|không quá|không vượt quá|<|≤)"
    rf"|(?:giảm\s+)?xuống\s+còn|xuống|còn|ở mức|là|:"
    rf"|(?:,|và)(?=\s*{NUMBER}\s*%\s*(?:vào\s+|đến\s+)?(?:cuối\s+|hết\s+)?năm\s+\d))"
    rf"\s*(?:khoảng\s+|mức\s+)?(?P<value>{NUMBER})\s*%(?!\s*(?:/\s*năm|mỗi năm|hàng năm|số\b|-))"
)
_SHARE = re.compile(rf"(?:(trên|hơn|ít nhất|tối thiểu)\s+)?({NUMBER})\s*%")
_AREA = re.compile(r"\b(?:các|những|ở|tại|thuộc|mỗi)\s+(?:huyện|xã|vùng|thôn|ấp|bản|địa bàn (?:huyện|xã))\b")
_NO_SHARE = re.compile(
    r"(?:nghèo(?:\s+(?:từ|trên|cao|hơn|dưới|là|còn|chiếm)){0,3}|giảm|tăng|dưới|không quá|\d\s*-)\s*$"
)  # of places, no promise
_ANNUAL = re.compile(r"\s*(?:/\s*|mỗi\s+|hàng\s+)năm")
_PROMISED = re.compile(r"phấn đấu|mục tiêu")
_STRONG = ("dưới", "thấp hơn", "<")


def targets(text, last_year: int | None):
    """Proposed targets.

    Parameters
    ----------
    text : Text
    last_year : int or None
        Of the programme: when a level is promised for where no year is named.

    Returns
    -------
    list of Proposal
    """
    found = []
    for paragraph in text.paragraphs:
        words = paragraph.folded
        aims = any(_is_aims(heading) for heading in paragraph.headings)
        levels = []
        if "nghèo" in words and (aims or (paragraph.zone != "preamble" and _PROMISED.search(words[:200]))):
            levels = list(_levels(text, paragraph, last_year))
        found += levels
        if paragraph.zone == "part" and not levels:
            found += _others(text, paragraph, aims)
    return by_key(found)


def _is_aims(heading):
    return bool(re.match(r"[^:]{0,12}(?:các\s+)?(?:mục tiêu|chỉ tiêu)", heading.strip()))


def _levels(text, paragraph, last_year):
    """The promised levels of a paragraph; a clause that names nobody goes on with whom the one before it named."""
    before = moment = None
    for found in re.finditer(r"(?:[^.;]|[.](?!\s|$)){1,5000}([.;]?)", paragraph.folded):
        words, at = found[0], paragraph.start + found.start()
        marks, moments = list(_STATUS.finditer(words)), instants(words, at)
        pieces = [(mark, mark.start() if n else 0) for n, mark in enumerate(marks)]
        if not marks and before:
            pieces = [(None, 0)]
        for n, (mark, start) in enumerate(pieces):
            end = pieces[n + 1][1] if n + 1 < len(pieces) else len(words)
            piece = words[start:end]
            if mark:
                clause = (
                    words[start : mark.start()].rpartition(",")[2]
                    + words[mark.start() : end].partition("%")[0]
                )
                status = "near_poor" if "cận" in mark[0] else "poor"
                group = "ethnic_minority" if MINORITY.search(piece) else "all"
                same = before[2] if before and before[:2] == (status, group) else None
                before = None if _AREA.search(clause) else (status, group, same)
            if before:
                pace = _pace(piece, at + start) or before[2]
                before = (*before[:2], pace)
                yield from _in_piece(
                    paragraph, piece, at + start, [*([moment] if moment else []), *moments], before, last_year
                )
        moment = moments[-1] if moments else moment
        if found[1] == ".":
            before = moment = None


def _pace(piece, at):
    """A promised fall a year: its lower and upper end and its place, None where there is none."""
    found = _PACE.search(piece)
    if not found:
        return None
    low, high = next((found[n], found[n + 1]) for n in (1, 3, 5) if found[n])
    return (
        plain(percent(low)[0]),
        plain(percent(high)[0]) if high else "",
        (at + found.start(), at + found.end()),
    )


def _in_piece(paragraph, piece, at, moments, whom, last_year):
    status, group, pace = whom
    for level in _LEVEL.finditer(piece):
        if pace and pace[2][0] <= at + level.start("value") < pace[2][1]:
            continue
        value, sure = percent(level["value"])
        moment = _moment(piece, at, level, moments)
        above = None if moment else _year_above(paragraph)
        as_of = str(moment.as_of) if moment else above or (f"{last_year}-12-31" if last_year else "")
        suffix = "_ethnic_minority" if group != "all" else ""
        cells = {
            "target": f"{status}{suffix}_{as_of[:4]}",
            "group": group,
            "status": status,
            "comparator": "<" if any(word in level["word"] for word in _STRONG) else "<=",
            "value_pct": plain(value),
            "as_of": as_of,
            "pace_low_pp": pace[0] if pace else "",
            "pace_high_pp": pace[1] if pace else "",
            "locator": paragraph.locator,
            "what": f"{status}_households",
        }
        places = {"value_pct": (at + level.start(), at + level.end())}
        doubts = {} if sure else {"value_pct": "number"}
        if moment:
            places["as_of"] = moment.start, moment.end
        elif above is None:
            doubts["as_of"] = "no_instant"
        if pace:
            places["pace_low_pp"] = pace[2]
        cells |= _names(cells)
        yield Proposal("targets", cells, places, doubts)


def _names(cells):
    """A level's short name in both languages (dict)."""
    if not cells["as_of"]:
        return {}
    poor = {"poor": ("hộ nghèo", "poor"), "near_poor": ("hộ cận nghèo", "near-poor")}[cells["status"]]
    whom = (
        ("", "households") if cells["group"] == "all" else (" dân tộc thiểu số", "ethnic-minority households")
    )
    most = ("dưới", "Fewer than") if cells["comparator"] == "<" else ("không quá", "At most")
    value, when = float(cells["value_pct"]), date.fromisoformat(cells["as_of"])
    vi = f"Tỷ lệ {poor[0]}{whom[0]} {most[0]} {percent_words(value, 'vi')}, {day(when, 'vi')}"
    return {
        "name_vi": vi,
        "name_en": f"{most[1]} {percent_words(value, 'en')} of {whom[1]} {poor[1]}, {day(when, 'en')}",
    }


def _moment(piece, at, level, moments):
    """The instant of a level: one said right after it, else the last before it, else the next (Instant or None)."""
    earlier = [m for m in moments if m.end <= at + level.start("value")]
    later = [m for m in moments if m.start >= at + level.end()]
    beside = later and re.fullmatch(r"\s*[(]?(?:vào|đến|trong)?\s*", piece[level.end() : later[0].start - at])
    return later[0] if beside or (later and not earlier) else earlier[-1] if earlier else None


def _year_above(paragraph):
    """The instant that the nearest heading above names, such as "chỉ tiêu đến cuối năm 2015" (ISO date or None)."""
    for heading in reversed(paragraph.headings):
        named = instants(heading)
        if heading != paragraph.folded and named:
            return str(named[-1].as_of)
    return None


def _others(text, paragraph, aims):
    """Promises to reach a share of people, or, in the section of aims, one without a figure."""
    words, section = paragraph.folded, re.sub(r"[^a-z0-9]+", "_", paragraph.locator.lower()).strip("_")
    shares = [m for m in _SHARE.finditer(words) if aims or percent(m[2])[0] == 100] if "%" in words else []
    shares = [m for m in shares if not _NO_SHARE.search(words[max(0, m.start() - 60) : m.start()])]
    pace = (
        _pace(words, paragraph.start) if aims and _STATUS.search(words) and not _AREA.search(words) else None
    )
    shares = [m for m in shares if not _ANNUAL.match(words, m.end())]
    shares = [m for m in shares if not pace or not pace[2][0] <= paragraph.start + m.start(2) < pace[2][1]]
    leaf = "item" in paragraph.locator or (paragraph.headings[-1] == words and len(words.strip()) > 40)
    if not shares and not (aims and leaf and not words.rstrip().endswith(":")):
        return
    said = text.words(paragraph.start, paragraph.end)
    said = re.sub(r"^(?:[-+*•]|\d{1,2}(?:\.\d{1,2})*[.)/]|[a-zđ]\))\s*", "", said).rstrip(";. ")
    begin = paragraph.start + len(words) - len(words.lstrip())
    for n, share in enumerate(shares or [None]):
        value, sure = percent(share[2]) if share else (None, True)
        cells = {
            "target": f"aim_{section}" + (f"_{n + 1}" if n else ""),
            "group": "all",
            "status": "",
            "comparator": ">=" if share else "",
            "value_pct": plain(value) if share else "",
            "as_of": "",
            "pace_low_pp": pace[0] if pace else "",
            "pace_high_pp": pace[1] if pace else "",
            "locator": paragraph.locator,
            "what": "",
            "name_vi": said[:200],
            "name_en": said[:200],  # until somebody translates it: better than an id
        }
        places = {"": (begin, paragraph.start + len(words.rstrip()))}
        if pace:
            places["pace_low_pp"] = pace[2]
        if share:
            places["value_pct"] = paragraph.start + share.start(), paragraph.start + share.end()
        yield Proposal("targets", cells, places, {} if sure else {"value_pct": "number"})
