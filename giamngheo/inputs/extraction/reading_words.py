"""The readings that a paragraph tells, token by token."""

import re
from bisect import bisect_left
from dataclasses import replace
from datetime import date

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
from giamngheo.inputs.extraction.reading_tables import Reading
from giamngheo.inputs.extraction.vocabulary import groups_in

STATUS = (
    r"hộ\s+(?:gia đình\s+)?(?:(?:là\s+)?(?:người\s+)?(?:đồng bào\s+)?(?:dân tộc(?:\s+thiểu số)?|dtts)\s+)?"
    r"(?P<status>cận\s*-?\s*nghèo|nghèo)"
)
_FIRST_FIGURE = re.compile(rf"(?<!năm ){NUMBER}\s*(?:%|hộ\b)")
_LINK = re.compile(r"[\s,:]*(?:là|có|còn|chiếm|gồm)?\s*")
_COMPARED = re.compile(r"so với\s*$")  # "giảm 2,08% so với năm 2012" tells nothing of 2012
_TOLD = re.compile(rf"\s*[(]?(?:là|có)?\s*{NUMBER}")
_WITH = re.compile(r"[\s,]*(?:với|tương ứng)\s*")
_OF = re.compile(r"\s*(?:(?:là|người|thuộc|vùng|ở|tại|trong|đồng bào)\s+)*")
_UNTIL = re.compile(r"\s*(?:đến|tới|-)\s*")
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


def readings_in(words, moment, status="poor"):
    """The readings of a paragraph.

    Parameters
    ----------
    words : str
        Folded.
    moment : Instant or None
        That of what the paragraph stands under.
    status : str
        Whom its figures are about where it does not say.

    Returns
    -------
    list of Reading
    """
    walk = _Walk(words, moment, status)
    for token in _TOKEN.finditer(words):
        walk.step(token)
    walk.close()
    return walk.found


def moved(moment, by):
    """An instant whose place is counted from elsewhere (Instant)."""
    return replace(moment, start=moment.start + by, end=moment.end + by)


class _Walk:
    """A walk over a paragraph: an instant opens a reading, a second figure of a kind the next."""

    def __init__(self, words, moment, status):
        self.words, self.status, self.found = words, status, []
        self.groups = groups_in(words)
        self.begins = [start for start, *_ in self.groups]
        figure = _FIRST_FIGURE.search(words)
        named = self.groups and figure and self.groups[0][0] < min(figure.start(), _SUBJECT)
        self.whole = self.group = self.groups[0][2] if named else "all"
        self.state = Reading(moment, status, self.whole)
        self.ignoring, self.inherited, self.fresh = False, moment is not None, False
        self.last, self.closed, self.year = 0, None, None
        self.stretch = None  # "từ đầu năm 2011 đến cuối năm 2012", of what goes from one figure to another

    def step(self, token):
        """Go on to a token."""
        kind = next(name for name in _KINDS if token[name] is not None)
        heard, behind = self._groups_at(token, kind)
        if kind == "to" and self.stretch and self.state.values:
            self._next(self.stretch[1], self.state.status, self.state.group)
        if kind in ("aside", "to", "change", "of_the_poor"):
            self.ignoring = kind in ("change", "of_the_poor") or (self.ignoring and kind == "aside")
        elif kind == "from":  # its instants come after its figures
            self.ignoring = False
            self._next(self.stretch and self.stretch[0], self.state.status, self.group)
        elif kind == "area":
            if "rate_pct" in self.state.values:
                self._next(self.state.instant, self.state.status, self.group)
            self.state.doubts.setdefault("group", "area")
        elif kind == "end":
            self.ignoring, self.fresh = False, True
            if token["end"] == ".":
                self.group, self.inherited, self.stretch = self.whole, True, None
                self._next(self.state.instant, self.status, self.whole)
        elif kind in ("instant", "edge"):
            self._instant(token, kind)
        else:
            self._figure(token, kind, self._whom(token, kind, heard, behind))

    def close(self):
        """End the reading that is open."""
        if self.state.values:
            self.found.append(self.state)

    def _next(self, instant, status, group):
        self.close()
        self.state = Reading(instant, status, group)

    def _groups_at(self, token, kind):
        """The group that is named before a token or in it, and the one that it says right behind, if it does."""
        first = bisect_left(self.begins, self.last)
        heard = self.groups[first] if first < len(self.groups) and self.begins[first] < token.end() else None
        self.last = token.end()
        n = bisect_left(self.begins, self.last)
        behind = self.groups[n] if n < len(self.groups) else None
        if kind in ("count", "named") and behind and _OF.fullmatch(self.words, self.last, behind[0]):
            self.last = behind[1]  # "9.204 hộ nghèo dân tộc thiểu số"
            return behind, behind
        return heard, None

    def _instant(self, token, kind):
        words, state = self.words, self.state
        compared = _COMPARED.search(words, 0, token.start()) and not _TOLD.match(words, token.end())
        if compared or (kind == "edge" and self.year is None):
            return
        if kind == "instant":
            moment = moved(instants(token[0])[0], token.start())
            self.year = (moment.law_day or moment.as_of).year
        else:  # "đầu năm" of the year that was named before
            early = token[0].startswith("đầu")
            law_day = date(self.year, 1, 1) if early else None
            moment = Instant(date(self.year - early, 12, 31), token.start(), token.end(), law_day=law_day)
        bracketed = state.values and words[: token.start()].rstrip(" vàotạiởcủa").endswith("(")
        if state.values and (state.instant is None or (self.inherited and bracketed)):
            state.instant = moment
            state.doubts.pop("as_of", None)
            self.closed = state, token.end()
            self._next(None, state.status, self.group)
            return
        if not state.values and state.instant and _UNTIL.fullmatch(words, state.instant.end, moment.start):
            self.stretch = state.instant, moment
        of_area = not state.values and self.group == "all" and state.doubts.get("group") == "area"
        self._next(moment, state.status, self.group)
        self.ignoring = self.inherited = False
        if of_area:  # "huyện A cuối năm 2012"
            self.state.doubts["group"] = "area"

    def _whom(self, token, kind, heard, behind):
        """The status that a token is about; the group that it is about is kept."""
        status = _status(token, self.state.status)
        stated = kind == "named" or bool(token["status"])
        if stated and not behind and _WHOLE.search(self.words, max(0, token.start() - 15), token.end() + 15):
            self.group = "all"
        elif stated and (heard or self.fresh):
            self.group = heard[2] if heard else self.whole
        elif heard and kind in ("count", "rate") and _LINK.fullmatch(self.words, heard[1], token.start()):
            self.group = heard[2]  # "hộ dân tộc thiểu số là 20.388 hộ"
            if self.state.values and self.group != self.state.group:
                self._next(self.state.instant, status, self.group)
            self.state.group = self.group
        self.fresh = self.fresh and not stated
        return status

    def _figure(self, token, kind, status):
        other = (status, self.group) != (self.state.status, self.state.group)
        if kind == "named":
            self.ignoring = self.ignoring and status == self.state.status
            if self.state.values and other:
                self._next(self.state.instant, status, self.group)
            self.state.status, self.state.group = status, self.group
            return
        figure = None if self.ignoring else _figure(token, kind)
        if figure is None or (kind in ("persons", "people") and not self.state.values):
            return
        column, value, sure = figure
        state, end = self.closed or (self.state, 0)
        if self.closed and column not in state.values and _WITH.fullmatch(self.words, end, token.start()):
            state.values[column] = plain(value)  # "42,70% cuối năm 2013, với 17.045 hộ"
            state.places[column] = token.start(kind), token.end(kind)
            return
        if column in self.state.values or (kind == "count" and self.state.values and other):
            unpaired = kind == "count" and "rate_pct" not in self.state.values
            self._next(self.state.instant, status, self.group)
            if unpaired:
                self.state.doubts["households"] = "unpaired"
        state = self.state
        if kind == "count":
            state.status, state.group = status, self.group
        state.values[column] = plain(value)
        state.places[column] = token.start(kind), token.end(kind) + (kind == "rate")
        if not sure:
            state.doubts[column] = "number"
        if self.inherited and state.instant:
            state.doubts.setdefault("as_of", "instant_before")


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
