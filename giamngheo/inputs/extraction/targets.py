"""Promises: levels of the poor and near-poor, shares of those reached, and aims without a figure."""

import re

from giamngheo.inputs.extraction.numbers import NUMBER, instants, percent, plain
from giamngheo.inputs.extraction.proposals import Proposal, by_key
from giamngheo.inputs.extraction.readings import MINORITY, STATUS

_STATUS = re.compile(rf"{STATUS}|cận nghèo|tỷ lệ (?:giảm )?nghèo")
_PERCENT = r"(?:%|điểm\s*(?:%|phần trăm)|phần trăm)"
_RANGE = rf"({NUMBER})\s*%?\s*(?:(?:-|đến|tới)\s*({NUMBER})\s*)?{_PERCENT}"
_PACE = re.compile(
    rf"(?:{_RANGE}\s*(?:/\s*|mỗi\s+|một\s+|hàng\s+)năm)"
    rf"|(?:(?:mỗi|hàng|bình quân)\s+năm|giảm bình quân)[^%;.\d]{{0,60}}{_RANGE}(?!\s*(?:/|mỗi))"
)
_LEVEL = re.compile(
    rf"(?P<word>(?:xuống|còn)?\s*(?:dưới|thấp hơn|không quá|không vượt quá|<|≤)|(?:giảm\s+)?xuống\s+còn|xuống|còn|ở mức|là|:)"
    rf"\s*(?:khoảng\s+|mức\s+)?(?P<value>{NUMBER})\s*%(?!\s*(?:/\s*năm|mỗi năm|hàng năm|số\b|-))"
)
_SHARE = re.compile(rf"(?:(trên|hơn|ít nhất|tối thiểu)\s+)?({NUMBER})\s*%")
_AREA = re.compile(r"\b(?:các|những|ở|tại|thuộc|mỗi)\s+(?:huyện|xã|vùng|thôn|ấp|bản|địa bàn (?:huyện|xã))\b")
_THRESHOLD = re.compile(r"nghèo(?:\s+(?:từ|trên|cao|hơn|dưới|là|còn|chiếm)){0,3}\s*$")  # of places, no promise
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
    for sentence in re.finditer(r"(?:[^.;]|[.](?!\s|$)){1,5000}", paragraph.folded):
        words, at = sentence[0], paragraph.start + sentence.start()
        marks, moments = list(_STATUS.finditer(words)), instants(words)
        for n, mark in enumerate(marks):
            end = marks[n + 1].start() if n + 1 < len(marks) else len(words)
            start = mark.start() if n else 0
            clause = words[start : mark.start()].rpartition(",")[2] + words[mark.start() : end].partition("%")[0]
            if _AREA.search(clause):
                continue
            status = "near_poor" if "cận" in mark[0] else "poor"
            group = "ethnic_minority" if MINORITY.search(words[start:end]) else "all"
            yield from _in_piece(text, paragraph, words[start:end], at + start, moments, start, status, group, last_year)


def _in_piece(text, paragraph, piece, at, moments, start, status, group, last_year):
    pace = _PACE.search(piece)
    for level in _LEVEL.finditer(piece):
        if pace and pace.start() <= level.start("value") < pace.end():
            continue
        value, sure = percent(level["value"])
        before = [m for m in moments if m.start < start + level.start()]
        after = [m for m in moments if m.start >= start + level.end()]
        moment = before[-1] if before else after[0] if after else None
        as_of = str(moment.as_of) if moment else f"{last_year}-12-31" if last_year else ""
        suffix = "_ethnic_minority" if group != "all" else ""
        cells = {
            "target": f"{status}{suffix}_{as_of[:4]}",
            "group": group,
            "status": status,
            "comparator": "<" if any(word in level["word"] for word in _STRONG) else "<=",
            "value_pct": plain(value),
            "as_of": as_of,
            "pace_low_pp": "",
            "pace_high_pp": "",
            "locator": paragraph.locator,
            "what": f"{status}_households",
        }
        places = {"value_pct": (at + level.start(), at + level.end())}
        doubts = {} if sure else {"value_pct": "number"}
        if moment:
            places["as_of"] = at - start + moment.start, at - start + moment.end
        else:
            doubts["as_of"] = "no_instant"
        if pace:
            low, high = (pace[1], pace[2]) if pace[1] else (pace[3], pace[4])
            cells["pace_low_pp"] = plain(percent(low)[0])
            cells["pace_high_pp"] = plain(percent(high)[0]) if high else ""
            places["pace_low_pp"] = at + pace.start(), at + pace.end()
        yield Proposal("targets", cells, places, doubts)


def _others(text, paragraph, aims):
    """A promise to reach a share of people, or, in the section of aims, one without a figure."""
    words, section = paragraph.folded, re.sub(r"[^a-z0-9]+", "_", paragraph.locator.lower()).strip("_")
    shares = [m for m in _SHARE.finditer(words) if aims or percent(m[2])[0] == 100]
    shares = [m for m in shares if not _THRESHOLD.search(words[max(0, m.start() - 60) : m.start()])]
    if not (shares or (aims and "item" in paragraph.locator)):
        return
    share = shares[0] if shares else None
    value, sure = percent(share[2]) if share else (None, True)
    said = text.words(paragraph.start, paragraph.end).lstrip("-+*• ").rstrip(";. ")
    cells = {
        "target": f"aim_{section}",
        "group": "all",
        "status": "",
        "comparator": ">=" if share else "",
        "value_pct": plain(value) if share else "",
        "as_of": "",
        "pace_low_pp": "",
        "pace_high_pp": "",
        "locator": paragraph.locator,
        "what": "",
        "name_vi": said[:200],
    }
    at, begin = paragraph.start, len(words) - len(words.lstrip())
    places = {"": (at + begin, at + len(words.rstrip()))}
    if share:
        places["value_pct"] = at + share.start(), at + share.end()
    yield Proposal("targets", cells, places, {} if sure else {"value_pct": "number"})
