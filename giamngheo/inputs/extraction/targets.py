"""Promises: levels of the poor and near-poor, shares of those reached, and aims without a figure."""

import re
from datetime import date
from itertools import pairwise

from giamngheo.inputs.extraction.marks import SIGN
from giamngheo.inputs.extraction.numbers import NUMBER, instants, percent, plain
from giamngheo.inputs.extraction.proposals import Proposal, by_key
from giamngheo.inputs.extraction.reading_words import STATUS
from giamngheo.inputs.extraction.vocabulary import GROUPS, groups_in
from giamngheo.language import day
from giamngheo.language import percent as percent_words

_STATUS = re.compile(rf"{STATUS}|cận nghèo|tỷ lệ (?:giảm )?nghèo")
_PERCENT = r"(?:%|điểm\s*(?:%|phần trăm)|phần trăm)"
_RANGE = rf"({NUMBER})\s*%?\s*(?:(?:-|đến|tới)\s*({NUMBER})\s*)?{_PERCENT}"
_PACE = re.compile(
    rf"(?:{_RANGE}\s*(?:/\s*|mỗi\s+|một\s+|hàng\s+)năm)"
    rf"|{_RANGE}\s*(?:số\s+)?(?:tỷ lệ\s+)?hộ\s+(?:cận\s+)?nghèo\s*(?:/\s*|mỗi\s+|hàng\s+)năm"
    rf"|(?:(?:mỗi|hàng|bình quân)\s+năm|giảm bình quân)[^%;.\d]{{0,60}}{_RANGE}(?!\s*(?:/|mỗi|hàng|-|đến|tới))"
)
_FALL = re.compile(
    r"giảm\s+(?:tỷ lệ\s+(?:hộ\s+)?(?:cận\s+)?nghèo\s+)?(?:từ\s+|ít nhất\s+|tối thiểu\s+|thêm\s+)?"
    rf"{_RANGE}(?!\s*[(]|\s*(?:đầu|cuối|năm|xuống))"
)
_PAIR = re.compile(rf"{_RANGE}\s*(?:số\s+|tỷ lệ\s+)?hộ")  # "… giảm 1,5% hộ nghèo và 1% hộ cận nghèo"
_BEFORE = re.compile(rf"{_RANGE}\s*(?:số\s+|tỷ lệ\s+)?$")
_YEARLY = re.compile(r"(?:mỗi|hàng|bình quân)\s+năm|giảm bình quân")  # said once for the clauses that follow
_LEVEL = re.compile(
    rf"(?P<word>(?:xuống|còn)?\s*(?:dưới|thấp hơn|không quá|không vượt quá|<|≤)"
    rf"|(?:giảm\s+)?xuống\s+còn|xuống|còn|ở mức|là|:"
    rf"|(?:,|và)(?=\s*{NUMBER}\s*%\s*(?:vào\s+|đến\s+)?(?:cuối\s+|hết\s+)?năm\s+\d))"
    rf"\s*(?:khoảng\s+|mức\s+)?(?P<low>(?:từ\s+)?{NUMBER}\s*%?\s*(?:-|đến|tới)\s*)?"
    rf"(?P<value>{NUMBER})\s*%(?!\s*(?:/\s*năm|mỗi năm|hàng năm|số\b|-))"
)
_SHARE = re.compile(rf"(?:(trên|hơn|ít nhất|tối thiểu)\s+)?({NUMBER})\s*%")
_AREA = re.compile(
    r"^\W*(?:riêng\s+)?(?:huyện|thị xã|xã)\s+(?!nghèo|30a)"
    r"|\b(?:các|những|ở|tại|thuộc|mỗi)\s+(?:huyện|xã|vùng|thôn|ấp|bản|địa bàn (?:huyện|xã))\b"
)
_NO_SHARE = re.compile(
    r"(?:nghèo(?:\s+(?:từ|trên|cao|hơn|dưới|là|còn|chiếm)){0,3}|(?:giảm|tăng)(?:\s+(?:từ|ít nhất|thêm))?"
    r"|dưới|không quá|\d\s*%?\s*(?:-|đến|tới))\s*$"
)  # of places, no promise
_STOP = re.compile(r"[;.](?=\s|$)")
_ANNUAL = re.compile(r"\s*(?:/\s*|mỗi\s+|hàng\s+)năm")
_PROMISED = re.compile(r"phấn đấu|mục tiêu")
_SHORT = 25  # letters of a heading that promises nothing
_HEAD = 90  # letters in which a promise says of whom it is
_STRONG = ("dưới", "thấp hơn", "<")


def targets(text, last_year: int | None, tabled=(), one_year=False, published=date.max):
    """Proposed targets.

    Parameters
    ----------
    text : Text
    last_year : int or None
        Of the programme: when a level is promised for where no year is named.
    tabled : iterable of (Paragraph, Reading)
        Rates of tables that lie after the decision's day.
    one_year : bool
        The plan is for a year: a fall that it promises is one a year.
    published : datetime.date, optional
        Day of the decision: where no heading tells, a level of a later day is promised.

    Returns
    -------
    list of Proposal
    """
    found, seen = [_tabled(*each) for each in tabled], {}
    for paragraph, after in pairwise([*text.paragraphs, None]):
        words = paragraph.folded
        aims = paragraph.topic == "aims"
        levels = []
        later = paragraph.topic is None and any(m.as_of > published for m in instants(words))
        promised = aims or later or (paragraph.zone != "preamble" and _PROMISED.search(words[:200]))
        if "nghèo" in words and promised:
            levels = _levels(paragraph, last_year, one_year)
        found += levels
        if paragraph.zone == "part" or aims:
            own = paragraph.headings
            leads = (
                bool(own)
                and own[-1].endswith(words)
                and after is not None
                and after.headings[: len(own)] == own
            )
            others = list(_others(text, paragraph, aims, not leads, levels))
            seen[paragraph.locator] = times = seen.get(paragraph.locator, 0) + bool(others)
            for row in others if times > 1 else ():
                row.cells["target"] += f"_p{times}"
                row.doubts["locator"] = "place"
            found += others
    return by_key(_together(found))


def _together(found):
    """Promises with a fall a year of somebody brought to the level of the same in another paragraph."""
    alone = [row for row in found if row.doubts.get("value_pct") == "pace_only"]
    for row in alone:
        whom = row.cells["status"], row.cells["group"]
        levels = [r for r in found if r.cells["value_pct"] and (r.cells["status"], r.cells["group"]) == whom]
        for level in levels:
            if not level.cells["pace_low_pp"]:
                level.cells |= {column: row.cells[column] for column in ("pace_low_pp", "pace_high_pp")}
                level.places["pace_low_pp"] = row.places["pace_low_pp"]
        if levels:
            found = [each for each in found if each is not row]
    return found


def _tabled(paragraph, each):
    """A promised level of a table."""
    at = paragraph.start
    where = {name: (at + start, at + end) for name, (start, end) in each.places.items()}
    places = {"value_pct": where["rate_pct"], "as_of": (at + each.instant.start, at + each.instant.end)}
    cells = _cells(
        each.status, each.group, "<=", each.values["rate_pct"], str(each.instant.as_of), paragraph.locator
    )
    return Proposal("targets", cells, places, {"comparator": "table"} | each.doubts)


def _levels(paragraph, last_year, one_year):
    """The promised levels of a paragraph, and falls a year of those for whom no level is promised."""
    found, paces, moment = [], {}, None
    for sentence in re.finditer(r"(?:[^.]|[.](?!\s|$)){1,5000}", paragraph.folded):
        whom = moment = None  # of the clause before
        for clause in re.finditer(r"[^;]+", sentence[0]):
            at = paragraph.start + sentence.start() + clause.start()
            moments = instants(clause[0], at)
            said = [*([moment] if moment else []), *moments]
            for start, end, *named in _pieces(clause[0], whom):
                whom, doubt = tuple(named[:2]), named[2]
                piece = clause[0][start:end]
                if whom[0] is None or _of_area(piece):
                    whom = None
                    continue
                yearly = one_year or _YEARLY.search(sentence[0], 0, clause.start() + start)
                pace = _pace(piece, at + start, yearly)
                if pace:
                    paces.setdefault(whom, (pace, doubt, said))
                rows = list(_in_piece(paragraph, piece, at + start, said, (*whom, pace), last_year))
                for row in rows:
                    if doubt:
                        row.doubts.setdefault("group", "whom")
                found += rows
            moment = moments[-1] if moments else moment
    for whom, (pace, doubt, said) in paces.items():
        rows = [row for row in found if (row.cells["status"], row.cells["group"]) == whom]
        for row in rows:
            row.cells["pace_low_pp"], row.cells["pace_high_pp"] = pace[:2]
            row.places["pace_low_pp"] = pace[2]
        if not rows:
            as_of = str(said[-1].as_of) if said else _year_above(paragraph) or _end(last_year)
            cells = _cells(*whom, "", "", as_of, paragraph.locator, pace)
            doubts = {"value_pct": "pace_only"} | ({"group": "whom"} if doubt else {})
            found.append(Proposal("targets", cells, {"pace_low_pp": pace[2]}, doubts))
    return found


def _of_area(piece):
    """Whether what is promised is of some districts or communes that are no group of their own (bool)."""
    return bool(_AREA.search(re.sub("|".join(words for words, *_ in GROUPS.values()), " ", piece)[:_HEAD]))


def _pieces(clause, before):
    """The stretches of a clause with whom each is about: (start, end, status, group, whether that is in doubt)."""
    marks = [
        (m.start(), m.end(), "near_poor" if "cận" in m[0] else "poor", m[0]) for m in _STATUS.finditer(clause)
    ]
    inside = [(start, end) for start, end, *_ in marks]
    marks += [
        (start, end, None, name)
        for start, end, name in groups_in(clause)
        if not any(first <= start < last for first, last in inside)
    ]
    status, group = before or (None, "all")
    found, last, doubt, outer = [[0, status, group, False, 0]], 0, False, None
    for start, end, named, words in sorted(marks):
        between = clause[last:start]
        if outer and ")" in between:  # what a bracket said of others ends with it
            found.append([last + between.index(")"), *outer, False, 0])
            outer = None
        piece = found[-1]
        figures = "%" in clause[piece[0] : start]
        if named:
            own = next((name for _, _, name in groups_in(words)), None)
            if piece[4] == "group" and not figures:  # "các huyện nghèo có tỷ lệ hộ nghèo …"
                piece[1] = named
            elif not piece[4] and len(found) == 1:
                found[-1] = [piece[0], named, own or "all", False, "status"]
            else:
                own_figure = _BEFORE.search(clause, piece[0], start)
                begin = own_figure.start() if own_figure else start
                found.append([begin, named, own or "all", False, "status"])
        elif piece[4] == "status" and not re.search(r"[,;(%]", between):
            piece[3] = piece[2] not in ("all", words)
            piece[2] = piece[2] if piece[3] else words
        elif piece[4] == "group" and not figures:
            piece[3] = piece[3] or piece[2] != words  # two groups of one promise
        else:
            if clause.rfind("(", 0, start) > clause.rfind(")", 0, start):
                outer = outer or (piece[1], piece[2])
            if piece[4] or before:
                found.append([start, piece[1], words, False, "group"])
            else:
                found[-1] = [piece[0], "poor" if "nghèo" in clause else None, words, False, "group"]
        last = end
    if outer and ")" in clause[last:]:
        found.append([last + clause[last:].index(")"), *outer, False, 0])
    ends = [start for start, *_ in found[1:]] + [len(clause)]
    for (start, status, group, doubt, _), end in zip(found, ends, strict=True):
        loose = re.search(r"/\s*năm|mỗi năm", clause[start:end]) and re.match(
            r"[^(]*\briêng\b", clause[max(0, start - 12) : end]
        )
        yield start, end, status, group, doubt or bool(loose and len(_LEVEL.findall(clause[start:end])))


def _pace(piece, at, yearly):
    """A promised fall a year: its lower and upper end and its place, None where there is none."""
    found = _PACE.search(piece) or (yearly and (_FALL.search(piece) or _PAIR.match(piece)))
    if not found:
        return None
    low, high = next((found[n], found[n + 1]) for n in range(1, found.re.groups, 2) if found[n])
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
        if level["word"] == ":" and not _STATUS.search(piece, 0, level.start()):
            continue  # "Mục tiêu 3: 90% trẻ em …"
        value, sure = percent(level["value"])
        moment = _moment(piece, at, level, moments)
        above = None if moment else _year_above(paragraph)
        as_of = str(moment.as_of) if moment else above or _end(last_year)
        comparator = "<" if any(word in level["word"] for word in _STRONG) else "<="
        cells = _cells(status, group, comparator, plain(value), as_of, paragraph.locator, pace)
        places = {"value_pct": (at + level.start(), at + level.end())}
        doubts = {"value_pct": "range"} if level["low"] else {} if sure else {"value_pct": "number"}
        if moment:
            places["as_of"] = moment.start, moment.end
        elif above is None:
            doubts["as_of"] = "no_instant"
        if pace:
            places["pace_low_pp"] = pace[2]
        yield Proposal("targets", cells, places, doubts)


def _end(year):
    return f"{year}-12-31" if year else ""


def _cells(status, group, comparator, value, as_of, locator, pace=None):
    """The cells of a promised level, or fall a year, of the poor or near-poor (dict)."""
    cells = {
        "target": "_".join(filter(None, (status, group if group != "all" else "", as_of[:4]))),
        "group": group,
        "status": status,
        "comparator": comparator,
        "value_pct": value,
        "as_of": as_of,
        "pace_low_pp": pace[0] if pace else "",
        "pace_high_pp": pace[1] if pace else "",
        "locator": locator,
        "what": f"{status}_households",
    }
    return cells | _names(cells)


def _names(cells):
    """A level's short name in both languages (dict)."""
    if not cells["as_of"] or not cells["value_pct"]:
        return {}
    poor = {"poor": ("hộ nghèo", "poor"), "near_poor": ("hộ cận nghèo", "near-poor")}[cells["status"]]
    _, vi, en = GROUPS.get(cells["group"], ("", "", ""))
    whom = f" {vi}" if vi else "", f"{en} households".strip()
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


def _others(text, paragraph, aims, leaf, levels):
    """Promises to reach a share of people, or, in the section of aims, one without a figure."""
    words, section = paragraph.folded, re.sub(r"[^a-z0-9]+", "_", paragraph.locator.lower()).strip("_")
    shares = [m for m in _SHARE.finditer(words) if aims or percent(m[2])[0] == 100] if "%" in words else []
    shares = [m for m in shares if not _NO_SHARE.search(words[max(0, m.start() - 60) : m.start()])]
    shares = [m for m in shares if not _ANNUAL.match(words, m.end())]
    for row in levels:  # a sentence with a level tells of nothing else
        start, end = (place - paragraph.start for place in row.span)
        shares = [
            m for m in shares if _STOP.search(words, m.end(), start) or _STOP.search(words, end, m.start())
        ]
    if not shares and (
        levels or not aims or not leaf or len(words.strip()) <= _SHORT or words.rstrip().endswith(":")
    ):
        return
    said = text.words(paragraph.start, paragraph.end)
    said = re.sub(rf"^(?:{SIGN}|\d{{1,2}}(?:\.\d{{1,2}})*[.)/]|[a-zđ]\))\s*", "", said).rstrip(";. ")
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
            "pace_low_pp": "",
            "pace_high_pp": "",
            "locator": paragraph.locator,
            "what": "",
            "name_vi": said[:200],
            "name_en": said[:200],  # until somebody translates it: better than an id
        }
        places = {"": (begin, paragraph.start + len(words.rstrip()))}
        if share:
            places["value_pct"] = paragraph.start + share.start(), paragraph.start + share.end()
        yield Proposal("targets", cells, places, {} if sure else {"value_pct": "number"})
