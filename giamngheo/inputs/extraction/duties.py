"""Physical promises of the policies, and who is to carry them out."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from giamngheo.inputs.extraction.money import costs
from giamngheo.inputs.extraction.numbers import NUMBER, number, plain
from giamngheo.inputs.extraction.proposals import Proposal, by_key
from giamngheo.inputs.extraction.sections import FORMER
from giamngheo.inputs.extraction.vocabulary import AGENCIES, name_in, subject_of

_UNITS = (  # words, unit, id of what is promised, names
    (r"lượt\s+hộ", "household_year", "household_years", "lượt hộ được hỗ trợ", "household-years of support"),
    (r"hộ\b", "household", "households", "hộ được hỗ trợ", "households supported"),
    (r"thẻ\b", "card", "cards", "thẻ được cấp", "cards issued"),
    (r"(?:lượt\s+)?(?:học sinh|sinh viên)", "pupil", "pupils", "học sinh được hỗ trợ", "pupils supported"),
    (r"(?:căn|ngôi)(?:\s+nhà)?\b|nhà\b", "house", "houses", "căn nhà được hỗ trợ", "houses supported"),
    (
        r"(?:lượt\s+)?(?:lao động|người|cán bộ)\b",
        "person",
        "persons",
        "người được hỗ trợ",
        "persons supported",
    ),
    (r"mô hình\b", "model", "models", "mô hình được xây dựng", "models set up"),
    (r"công trình\b", "facility", "works", "công trình được đầu tư", "works built"),
    (r"lớp\b", "course", "courses", "lớp được tổ chức", "courses held"),
)
_ALLOWANCE = (
    "",
    "vnd_per_household",
    "allowance_a_month",
    "mức hỗ trợ mỗi hộ mỗi tháng",
    "support for a household a month",
)
_COST_OF = {  # units of a promise that a cost of each of them is the cost of
    "hộ": ("household", "household_year", "house"),
    "lượt": ("household_year",),
    "căn": ("house", "household"),
    "nhà": ("house", "household"),
    "người": ("person",),
    "lao động": ("person",),
    "học sinh": ("pupil",),
    "em": ("pupil",),
    "thẻ": ("card",),
    "mô hình": ("model",),
    "công trình": ("facility",),
    "lớp": ("course",),
}
QUANTITY = re.compile(
    rf"({NUMBER})\s*(?:" + "|".join(f"(?P<u{n}>{words})" for n, (words, *_) in enumerate(_UNITS)) + ")"
)
_ANNUAL = re.compile(r"(?:mỗi|hàng|bình quân|một)\s+năm[^;.]{0,60}$")
_AFTER = re.compile(r"[^\d;.(]{0,45}?(?:/\s*|mỗi |hàng |một )năm\b(?!\s*(?:khoảng\s+)?\d)")
_FELL = re.compile(r"(?:giảm|thoát|tăng)(?:\s+(?:được|thêm|khoảng))?\s*$")
_NEAR = 80  # letters around a quantity that tell what it is for
ROLE = re.compile(
    r"(?:(?:cơ quan|đơn vị)\s+)?(?P<role>chủ trì|phối hợp|đầu mối|phụ trách)(?:\s+thực hiện)?\s*:"
    r"|(?:cơ quan|đơn vị)\s+(?P<does>thực hiện)\s*:"
    r"|(?P<by>\bdo\s+(?:(?!chủ trì|phối hợp)[^;.,]){3,70}?\s+thực hiện\b)"
    r"|(?P<lead>\b(?:(?:cùng|đồng)\s+)?chủ trì)\b"
    r"|(?P<partner>phối hợp(?:\s+(?:với|cùng))?)\b|(?P<bound>chịu trách nhiệm)"
)
_ROLES = {"chủ trì": "lead", "phối hợp": "partner", "đầu mối": "lead", "phụ trách": "lead"}
_TASK = re.compile(
    r"(?<!\w)(?<!\w\s)(?:(?:đề nghị|giao)\s+)?"  # where a clause begins
    r"(?P<who>(?:sở|ban|hội(?! đồng)|ủy ban|ubnd|ngân hàng|phòng|bảo hiểm xã hội|mặt trận|kho bạc|công an|đài"
    r"|tỉnh đoàn)\b[^:;.]{0,70}:?)(?:[^;.]|[.](?!\s))*"
)
_WHOM = re.compile(r"với|cùng")
_DOES = re.compile(
    r"[.;)]|\b(?:(?<!sở )xây dựng|tổ chức|triển khai|bố trí|cân đối|thực hiện|trong việc|hướng dẫn|tham mưu|theo dõi"
    r"|kiểm tra)\b"
)
_BODY = re.compile(
    r"(?:sở|phòng|ban|hội(?! đồng)|chi cục|công an|liên đoàn|tỉnh đoàn|đài|trạm|trung tâm)\s+\w+"
)
_LOWER = re.compile(r"\s*(?:việt nam\s+)?(?:cấp\s+)?(huyện|thị xã|xã)\b")  # an agency of no province
_LEVELS = {"huyện": ("huyện", "district"), "thị xã": ("huyện", "district"), "xã": ("xã", "commune")}
_DEPARTMENTS = re.compile(r"\bsở\s*:([^;.]+)")


@dataclass(frozen=True)
class _Quantity:
    """A quantity of a paragraph: its value, whether that is sure, its unit as `_UNITS` has it, its place."""

    value: Decimal
    sure: bool
    of: tuple
    start: int
    end: int


def measures(text, lines, read):
    """Proposed physical promises, and what was done before, with the budget line that each belongs to.

    Parameters
    ----------
    text : Text
    lines : list of Line
    read : list of Proposal
        The readings: their counts are no promises.

    Returns
    -------
    list of Proposal
    """
    counted = {place[0] for each in read for place in each.places.values()}
    found, taken, of, by_subject = [], {}, _of_paragraphs(lines), _by_subject(lines)
    for paragraph in text.paragraphs:
        line, section = of.get(paragraph.start, (None, None))
        told = line is None and paragraph.topic in ("aims", "duties", "money")
        if told or not (paragraph.zone == "part" or paragraph.topic):
            continue
        results = line is None and paragraph.topic == "results"
        for quantity in _quantities(paragraph.folded):
            fell = _FELL.search(paragraph.folded, 0, quantity.start)
            if fell or paragraph.start + quantity.start in counted:
                continue
            words = paragraph.folded[max(0, quantity.start - _NEAR) : quantity.end + _NEAR]
            own = line or _line_of(words, by_subject)
            proposal = _measure(own, section, paragraph, quantity, taken, results)
            if proposal:
                if line is None:
                    proposal.doubts["line"] = "line_from_prose"
                found.append(proposal)
    _state_costs(text, found, of)
    return found


def _quantities(words):
    """The quantities in folded words, and what a household is to get a month (list of _Quantity)."""
    found = []
    for match in QUANTITY.finditer(words):
        value, sure = number(match[1], whole=True)
        found.append(_Quantity(value, sure, _UNITS[int(match.lastgroup[1:])], *match.span()))
    monthly = (cost for cost in costs(words) if cost.monthly and cost.unit == "hộ")
    found += [_Quantity(cost.vnd, True, _ALLOWANCE, cost.start, cost.end) for cost in monthly]
    return found


def _state_costs(text, found, of):
    """What one of a unit costs, told to the nearest promise of that unit in its section or of its line."""
    starts = [paragraph.start for paragraph in text.paragraphs]
    sections = [paragraph.section.split("(")[0] for paragraph in text.paragraphs]
    for paragraph, section in zip(text.paragraphs, sections, strict=True):
        line = of.get(paragraph.start, (None,))[0]
        for cost in costs(paragraph.folded):
            units, start = _COST_OF.get(cost.unit, ()), paragraph.start + cost.start
            alike = [
                each
                for each in found
                if each.cells["unit"] in units
                and each.cells["per"] != "past"
                and (
                    each.cells["line"] == line or sections[bisect_right(starts, each.span[0]) - 1] == section
                )
            ]
            if alike and not cost.monthly:
                nearest = min(alike, key=lambda each: abs(each.places["quantity"][0] - start))
                nearest.cells |= {"unit_cost_vnd": plain(cost.vnd), "unit_cost_basis": "stated"}
                nearest.places["unit_cost_vnd"] = start, paragraph.start + cost.end


def _of_paragraphs(lines):
    """The line and the section that a paragraph belongs to, by its start (dict)."""
    return {
        paragraph.start: (line.id, section)
        for line in lines
        for section in reversed(line.sections)
        for paragraph in section.paragraphs
    }


def _by_subject(lines):
    found = {}
    for line in lines:
        found.setdefault(re.sub(r"_\d+$", "", line.id), []).append(line.id)
    return found


def _line_of(words, by_subject):
    """The one line of the subject that folded words name (str), empty where there is none or more."""
    subject = subject_of(words)
    own = by_subject.get(subject.id, []) if subject else []
    return own[0] if len(own) == 1 else ""


def _measure(line, section, paragraph, quantity, taken, results):
    words, value, (_, unit, what, name_vi, name_en) = paragraph.folded, quantity.value, quantity.of
    if value < 2 or value != int(value):
        return None
    before, after = (
        words[max(0, quantity.start - 100) : quantity.start],
        words[quantity.end : quantity.end + 60],
    )
    reached = results and any("kết quả" in heading for heading in paragraph.headings)
    past = bool(
        FORMER.search(before)
        or (reached and subject_of(words[quantity.start - min(_NEAR, quantity.start) : quantity.end + _NEAR]))
    )
    if results and not past:
        return None
    yearly = bool(_AFTER.match(after) or _ANNUAL.search(before))
    per = "past" if past else "month" if unit == "vnd_per_household" else "year" if yearly else "period"
    base = what + {"year": "_a_year", "past": "_before"}.get(per, "")
    of_line = taken.setdefault(line, {})
    if (base, value) in of_line.values():
        return None
    name, count = base, 1
    while name in of_line:
        count += 1
        name = f"{base}_{count}"
    of_line[name] = base, value
    money = section.money.get("annual" if yearly else "total_3y") if section and per != "month" else None
    inside = money and not past and paragraph.start <= money[1] < paragraph.end
    cost = (money[0] * 10**9 / value).quantize(Decimal(1)) if inside else None
    cells = {
        "line": line,
        "what": name,
        "quantity": plain(value),
        "unit": unit,
        "per": per,
        "unit_cost_vnd": plain(cost) if cost else "",
        "unit_cost_basis": "implied" if cost else "",
        "locator": paragraph.locator,
        "name_vi": name_vi,
        "name_en": name_en,
    }
    places = {"quantity": (paragraph.start + quantity.start, paragraph.start + quantity.end)}
    if inside:
        places["unit_cost_vnd"] = money[1], money[2]
    return Proposal("measures", cells, places, {} if quantity.sure else {"quantity": "number"})


def agencies(text, lines):
    """Proposed responsibilities: of each policy, and in the part on who carries the plan out.

    Parameters
    ----------
    text : Text
    lines : list of Line

    Returns
    -------
    list of Proposal
    """
    found, of, by_subject = [], _of_paragraphs(lines), _by_subject(lines)
    for paragraph in text.paragraphs:
        if not (paragraph.zone == "part" or paragraph.topic):
            continue
        line, doubts = of.get(paragraph.start, ("",))[0], {}
        if not line:
            line = _line_of(paragraph.folded[-300:], by_subject)
            doubts = {"line": "line_from_prose"} if line else {}
        named = []
        for role, begin, end in _roles(paragraph.folded):
            of_whom = (line, doubts) if role == "lead" or not doubts else ("", {})
            rows = _listed(text, paragraph, *of_whom, role, begin, end)
            before = paragraph.folded.startswith(
                "chủ trì", end
            )  # then it is the one that stands right before it
            named += rows[-1:] if before else rows
        if paragraph.topic == "duties" and paragraph.folded not in paragraph.headings[:1]:
            named += _tasks(text, paragraph, named)
        found += named
    return by_key(found)


def _tasks(text, paragraph, named):
    """Who does a thing without a word of its role: the agency that a clause of a paragraph begins with."""
    words, found = paragraph.folded, []
    leads = [row.span[0] - paragraph.start for row in named if row.cells["role"] == "lead"]
    for told in _TASK.finditer(words, name_in(words)[0]):
        if not any(told.start() <= lead < told.end() for lead in leads):
            doubts = {} if told["who"].endswith(":") else {"role": "guessed"}
            found += _listed(text, paragraph, "", doubts, "implementing", *told.span("who"))[:1]
    said = {row.span for row in named}
    return [row for row in found if row.span not in said]


def _roles(words):
    """The roles that folded words give, each with the stretch that names who has it: (role, start, end)."""
    marks, last = list(ROLE.finditer(words)), 0
    for n, mark in enumerate(marks):
        stop = marks[n + 1].start() if n + 1 < len(marks) else len(words)
        if mark["role"] or mark["does"]:
            end = re.compile(r"[.](?=\s|$)|[)]").search(words, mark.end(), stop)
            yield _ROLES.get(mark["role"], "implementing"), mark.end(), end.start() if end else stop
        elif mark["by"]:
            yield "implementing", *mark.span()
        else:
            begin = max([last, *(m.end() for m in re.finditer(r"[.;(](?=\s|\w)", words[: mark.start()]))])
            end = _DOES.search(words, mark.end(), stop)
            after = mark.end(), end.start() if end else stop
            named = any(each.search(words, *after) for each, *_ in AGENCIES)
            if mark["partner"] and (named or _WHOM.search(mark[0])):
                yield "partner", *after
            else:
                role = "partner" if mark["partner"] else "lead" if mark["lead"] else "implementing"
                yield role, begin, mark.start()
        last = mark.end()


def _listed(text, paragraph, line, doubts, role, start, end):
    """The agencies named in a stretch of a paragraph, known ones and others that look like one."""
    words, at, named = paragraph.folded, paragraph.start, []
    for pattern, vietnamese, english in AGENCIES:
        found = pattern.search(words, start, end)
        if found and (lower := _LOWER.match(words, found.end())):
            own, theirs = _LEVELS[lower[1]]
            vietnamese = vietnamese.replace(" tỉnh", f" {own}")
            english = english.replace("Provincial", theirs.capitalize()).replace("provincial", theirs)
        if found:
            named.append((found.start(), found.end(), vietnamese, english, {}))
    for several in _DEPARTMENTS.finditer(words, start, end):  # "các Sở: Tài chính, Tư pháp"
        for item in re.finditer(r"[^,]+", several[1]):
            first = several.start(1) + item.end() - len(item[0].lstrip())
            for pattern, vietnamese, english in AGENCIES:
                if pattern.match(f"sở {item[0].strip()}"):
                    named.append((first, several.start(1) + item.end(), vietnamese, english, {}))
    for other in _BODY.finditer(words, start, end):
        stop = re.compile(r"[,;.:()]|\s-\s|\bvà\b").search(words, other.end(), end)
        stop = stop.start() if stop else end
        if not any(a < stop and other.start() < b for a, b, *_ in named) and stop - other.start() < 60:
            said = text.words(at + other.start(), at + stop)
            if said[:1].isupper():
                named.append((other.start(), stop, said, said, {"agency_en": "agency"}))
    rows = []
    for first, last, vietnamese, english, unsure in sorted(named, key=lambda each: each[:2]):
        cells = {
            "line": line,
            "agency_vi": vietnamese,
            "agency_en": english,
            "role": role,
            "as_stated": text.words(at + first, at + last),
            "locator": paragraph.section,
        }
        rows.append(Proposal("agencies", cells, {"agency_vi": (at + first, at + last)}, doubts | unsure))
    return rows
