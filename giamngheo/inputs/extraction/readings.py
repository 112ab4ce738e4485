"""Readings of the poor and near-poor in running text and in tables."""

import re
from bisect import bisect_left
from dataclasses import replace
from datetime import date

from giamngheo.inputs.extraction.lines import mentions, said_near
from giamngheo.inputs.extraction.marks import SIGN
from giamngheo.inputs.extraction.numbers import (
    INSTANT,
    NUMBER,
    YEAR,
    Instant,
    instants,
    number,
    percent,
    plain,
)
from giamngheo.inputs.extraction.proposals import Proposal, by_key
from giamngheo.inputs.extraction.reading_tables import Reading
from giamngheo.inputs.extraction.vocabulary import groups_in

STATUS = (
    r"hộ\s+(?:gia đình\s+)?(?:(?:là\s+)?(?:người\s+)?(?:đồng bào\s+)?(?:dân tộc(?:\s+thiểu số)?|dtts)\s+)?"
    r"(?P<status>cận\s*-?\s*nghèo|nghèo)"
)
_FIRST_FIGURE = re.compile(rf"(?<!năm ){NUMBER}\s*(?:%|hộ\b)")
_ITEM = re.compile(rf"\s*{SIGN}")
_LINK = re.compile(r"[\s,:]*(?:là|có|còn|chiếm|gồm)?\s*")
_COMPARED = re.compile(r"so với\s*$")  # "giảm 2,08% so với năm 2012" tells nothing of 2012
_TOLD = re.compile(rf"\s*[(]?(?:là|có)?\s*{NUMBER}")
_WITH = re.compile(r"[\s,]*(?:với|tương ứng)\s*")
_OF = re.compile(r"\s*(?:(?:là|người|thuộc|vùng|ở|tại|trong|đồng bào)\s+)*")
_OF_THEM = re.compile(
    r"\s*(?:trong (?:số|đó|tổng)|riêng)\b"
)  # goes on with the instant of the paragraph before
_SUBJECT = 100  # letters in which a paragraph says whom it is about
_CHANGE = r"giảm(?!\s*nghèo)|tăng|bình quân|thoát nghèo|tái nghèo|phát sinh|mục tiêu|phấn đấu|kế hoạch"
_TO = r"(?:giảm|tăng|hạ)?\s*(?:xuống\s+còn|lên|xuống|còn)(?!\s*lại)"
_KINDS = re.findall(
    r"\w+", "aside instant edge count rate persons people of_the_poor named from to change end area"
)
_TOKEN = re.compile(
    r"(?P<aside>\(\s*(?:trong đó|bao gồm|gồm|giảm|tăng)[^()]{0,300}\))"
    rf"|(?P<instant>{re.sub(r'[?]P<[a-z_]+>', '?:', INSTANT.pattern)})"
    rf"|(?P<edge>(?:đầu|cuối)\s+năm(?!\s+{YEAR}))"
    rf"|(?P<count>{NUMBER})\s*(?:/\s*\d[\d.]*\s*)?(?=hộ\b)(?P<of>{STATUS}|hộ(?:\s+(?:thoát|tái|giảm|vay|được|phát))?)"
    rf"|(?P<rate>{NUMBER})\s*%(?P<share>\s*(?:/|trên|so với|trong|của)?\s*tổng\s+(?:số\s+)?hộ\s+nghèo"
    r"|\s*(?:số\s+)?hộ\s+(?:cận\s+)?nghèo\s+(?:được|có|đã|vay|là|chưa))?"
    rf"|(?P<persons>{NUMBER})\s*(?:nhân\s+)?khẩu|(?P<people>{NUMBER})\s*người\b"
    r"|(?P<of_the_poor>hộ\s+(?:cận\s+)?nghèo\s+(?:thiếu|sử dụng|tiếp cận|được|có\s+(?!\d|tỷ lệ|khoảng|trên|dưới)))"
    rf"|(?P<named>{STATUS.replace('P<status>', 'P<named_status>')}|(?P<bare>cận nghèo|tỷ lệ nghèo))"
    rf"|(?P<from>giảm\s+từ|từ(?=\s+(?:mức\s+)?{NUMBER}\s*(?:%|hộ)))|(?P<to>{_TO})|(?P<change>{_CHANGE})"
    r"|(?P<end>[;.](?=\s|$))"
    r"|(?P<area>\b(?:huyện(?! nghèo| 30a)|thị xã|xã(?! nghèo)|phường|khu vực|vùng|ấp)\s+\w"
    r"|thành thị|nông thôn|cả nước|toàn quốc)"
)
_WHOLE = re.compile(r"(?:toàn|cả)\s+(?:tỉnh|thành phố)")


def readings(text, published: date | None, tabled):
    """Proposed readings, as often as they are said, with what their dates put in doubt.

    Parameters
    ----------
    text : Text
    published : datetime.date or None
        Day of the decision: what lies after it is a target.
    tabled : list of (Paragraph, Reading)
        Those of the tables.

    Returns
    -------
    list of Proposal
    """
    found, intro, told, part = [], None, None, ()
    for paragraph in text.paragraphs:
        words = paragraph.folded
        if not _ITEM.match(words):  # a list goes on with the instant of what it stands under
            named = instants(words, paragraph.start) if words.rstrip().endswith(":") else ()
            intro = named[-1] if named else None
        if "nghèo" in words and "%" in words and paragraph.topic != "aims":
            moment = _moved(intro, -paragraph.start) if intro and _ITEM.match(words) else None
            of_it = told and (
                _OF_THEM.match(words) or (paragraph.headings and paragraph.headings[:1] == part)
            )
            before, fresh, part = told if of_it else None, True, paragraph.headings[:1]
            for each in _in_paragraph(words, moment):
                if each.instant is None and before and "households" in each.values:
                    each.instant = before.instant
                    each.doubts["as_of"] = "instant_before"
                found.append((paragraph, each))
                before = each
                if each.instant and (fresh or each.instant.as_of > told.instant.as_of):
                    told, fresh = each, False
    kept = []
    for paragraph, each in [*found, *tabled]:
        known = each.instant or ("households" in each.values and each.doubts.get("group") != "area")
        late = each.instant and published and each.instant.as_of > published
        if "rate_pct" in each.values and known and not late:
            kept.append((paragraph, each))
    said = mentions(text)
    for paragraph, each in kept:
        spans = [*each.places.values(), *([(each.instant.start, each.instant.end)] if each.instant else [])]
        start, end = min(s for s, _ in spans), max(e for _, e in spans)
        near = said_near(text, said, paragraph.start + start, paragraph.start + end)
        each.line = near and near[2]
    _settle_plain_years(kept)
    return [_proposal(text, paragraph, each) for paragraph, each in _without_areas(kept)]


def said_once(proposals):
    """Readings without a second of the same instant, group, status and line; counts are held against rates.

    Parameters
    ----------
    proposals : list of Proposal

    Returns
    -------
    list of Proposal
    """
    kept = by_key(proposals)
    _check_totals(kept)
    return kept


def _in_paragraph(words, moment):
    """The readings of a paragraph, token by token: an instant opens one, a second figure of a kind the next."""
    groups = groups_in(words)
    begins, figure = [start for start, *_ in groups], _FIRST_FIGURE.search(words)
    named = groups and figure and groups[0][0] < min(figure.start(), _SUBJECT)
    whole = groups[0][2] if named else "all"
    state, group, ignoring, inherited = Reading(moment, "poor", whole), whole, False, moment is not None
    fresh, last, closed, year = False, 0, None, None
    for token in _TOKEN.finditer(words):
        kind = next(name for name in _KINDS if token[name] is not None)
        first = bisect_left(begins, last)
        heard = groups[first] if first < len(groups) and begins[first] < token.end() else None
        last = token.end()
        behind = groups[n] if (n := bisect_left(begins, last)) < len(groups) else None
        if kind in ("count", "named") and behind and _OF.fullmatch(words, last, behind[0]):
            heard, last = behind, behind[1]  # "9.204 hộ nghèo dân tộc thiểu số"
        else:
            behind = None
        if kind in ("aside", "to", "change", "of_the_poor"):
            ignoring = kind in ("change", "of_the_poor") or (ignoring and kind == "aside")
        elif kind == "from":  # its instants come after its figures
            ignoring = False
            if state.values:
                yield state
            state = Reading(None, state.status, group)
        elif kind == "area":
            if "rate_pct" in state.values:
                yield state
                state = Reading(state.instant, state.status, group)
            state.doubts.setdefault("group", "area")
        elif kind == "end":
            ignoring, fresh = False, True
            if token["end"] == ".":
                if state.values:
                    yield state
                state, group, inherited = Reading(state.instant, "poor", whole), whole, True
        elif kind in ("instant", "edge"):
            compared = _COMPARED.search(words, 0, token.start()) and not _TOLD.match(words, token.end())
            if compared or (kind == "edge" and year is None):
                continue
            if kind == "instant":
                moment = _moved(instants(token[0])[0], token.start())
                year = (moment.law_day or moment.as_of).year
            else:  # "đầu năm" of the year that was named before
                early = token[0].startswith("đầu")
                law_day = date(year, 1, 1) if early else None
                day = date(year - early, 12, 31)
                moment = Instant(day, token.start(), token.end(), law_day=law_day)
            bracketed = words[: token.start()].rstrip(" vàotạiởcủa").endswith("(") if state.values else False
            if state.values and (state.instant is None or (inherited and bracketed)):
                state.instant = moment
                state.doubts.pop("as_of", None)
                yield state
                closed, state = (state, token.end()), Reading(None, state.status, group)
                continue
            of_area = not state.values and group == "all" and state.doubts.get("group") == "area"
            if state.values:
                yield state
            state, ignoring, inherited = Reading(moment, state.status, group), False, False
            if of_area:  # "huyện A cuối năm 2012"
                state.doubts["group"] = "area"
        else:
            status = _status(token, state.status)
            stated = kind == "named" or bool(token["status"])
            if stated and not behind and _WHOLE.search(words, max(0, token.start() - 15), token.end() + 15):
                group = "all"
            elif stated and (heard or fresh):
                group = heard[2] if heard else whole
            elif heard and kind in ("count", "rate") and _LINK.fullmatch(words, heard[1], token.start()):
                group = heard[2]  # "hộ dân tộc thiểu số là 20.388 hộ"
                if state.values and group != state.group:
                    yield state
                    state = Reading(state.instant, status, group)
                state.group = group
            fresh = fresh and not stated
            if kind == "named":
                ignoring = ignoring and status == state.status
                if state.values and (status, group) != (state.status, state.group):
                    yield state
                    state = Reading(state.instant, status, group)
                state.status, state.group = status, group
                continue
            figure = None if ignoring else _figure(token, kind)
            if figure is None or (kind in ("persons", "people") and not state.values):
                continue
            column, value, sure = figure
            if closed and column not in closed[0].values and _WITH.fullmatch(words, closed[1], token.start()):
                closed[0].values[column] = plain(value)  # "42,70% cuối năm 2013, với 17.045 hộ"
                closed[0].places[column] = token.start(kind), token.end(kind)
                continue
            other = kind == "count" and state.values and (status, group) != (state.status, state.group)
            if column in state.values or other:
                unpaired = kind == "count" and "rate_pct" not in state.values
                yield state
                state = Reading(state.instant, status, group)
                if unpaired:
                    state.doubts["households"] = "unpaired"
            if kind == "count":
                state.status, state.group = status, group
            state.values[column] = plain(value)
            state.places[column] = token.start(kind), token.end(kind) + (kind == "rate")
            if not sure:
                state.doubts[column] = "number"
            if inherited and state.instant:
                state.doubts.setdefault("as_of", "instant_before")
    if state.values:
        yield state


def _moved(moment, by):
    return replace(moment, start=moment.start + by, end=moment.end + by)


def _figure(token, kind):
    """The column, the value and whether it is sure of a token's number, None where it is no such figure."""
    if kind == "rate":
        value, sure = percent(token[kind])
        return None if token["share"] or value > 100 else ("rate_pct", value, sure)
    if kind == "count" and re.search(r"thoát|tái|giảm|vay|được|phát", token["of"]):
        return None
    value, sure = number(token[kind], whole=True)
    return ("households" if kind == "count" else "persons", value, sure) if value == int(value) else None


def _status(token, before):
    word = token["status"] or token["named_status"] or token["bare"]
    return before if not word else "near_poor" if word.startswith("cận") else "poor"


def _without_areas(found):
    """The readings without those of a part of the province where one of the whole stands beside it."""

    def key(each):
        return each.instant and each.instant.as_of, each.status

    wholes = {(p.start, key(each)) for p, each in found if each.doubts.get("group") != "area"}
    return [
        (p, each)
        for p, each in found
        if each.doubts.get("group") != "area" or (p.start, key(each)) not in wholes
    ]


def _settle_plain_years(found):
    """ "năm 2010" is its end, unless another reading of that instant says something else: then its beginning."""
    dated = {}
    for _, each in found:
        if each.instant and not each.instant.plain:
            key = each.group, each.status, each.instant.as_of, each.line
            dated.setdefault(key, each.values["rate_pct"])
    runs = {}
    for paragraph, each in found:
        if each.instant and each.instant.plain:
            runs.setdefault((paragraph.start, each.group), []).append(each)
    for run in runs.values():
        ends = [_said(dated, each, each.instant.as_of) for each in run]
        starts = [_said(dated, each, _year_before(each.instant.as_of)) for each in run]
        beginning = False in ends and False not in starts
        settled = beginning or ((True in ends or False in starts) and False not in ends)
        for each in run:
            moment = each.instant
            if beginning:
                law_day = moment.as_of.replace(month=1, day=1)
                each.instant = replace(moment, as_of=_year_before(moment.as_of), law_day=law_day)
            elif not settled:
                each.doubts.setdefault("as_of", "plain_year")


def _said(dated, each, day):
    """Whether a dated reading of that instant says the same (True), another rate (False), or there is none (None)."""
    rates = [
        rate
        for (group, status, as_of, line), rate in dated.items()
        if (group, status, as_of) == (each.group, each.status, day)
        and (line is None or each.line is None or line == each.line)
    ]
    return None if not rates else each.values["rate_pct"] in rates


def _year_before(day):
    return date(day.year - 1, 12, 31)


def _proposal(text, paragraph, each):
    at, moment = paragraph.start, each.instant
    places = {column: (at + start, at + end) for column, (start, end) in each.places.items()}
    cells = {
        "as_of": "",
        "as_stated": "",
        "group": each.group,
        "status": each.status,
        "poverty_line": str(moment.law_day or moment.as_of) if moment else "",  # settled with the lines
        "households": each.values.get("households", ""),
        "rate_pct": each.values["rate_pct"],
        "persons": each.values.get("persons", ""),
        "document": "",
        "locator": paragraph.locator,
    }
    doubts = dict(each.doubts)
    if moment:
        places["as_of"] = at + moment.start, at + moment.end
        cells |= {"as_of": str(moment.as_of), "as_stated": text.words(*places["as_of"])}
    else:
        doubts["as_of"] = "no_instant"
    return Proposal("poverty", cells, places, doubts)


def _check_totals(proposals):
    """Counts against rates: a total of households far from the others' puts both cells in doubt."""
    totals = {}
    for each in proposals:
        if each.cells["households"] and float(each.cells["rate_pct"]):
            total = 100 * float(each.cells["households"]) / float(each.cells["rate_pct"])
            totals.setdefault(each.cells["group"], []).append((total, each))
    for group in totals.values():
        middle = sorted(total for total, _ in group)[len(group) // 2]
        for total, each in group:
            if not 0.75 * middle < total < 1.33 * middle:
                each.doubts.setdefault("households", "total")
