"""Physical promises of the policies, and who is to carry them out."""

import re
from decimal import Decimal

from giamngheo.inputs.extraction.numbers import NUMBER, number, plain
from giamngheo.inputs.extraction.proposals import Proposal, by_key
from giamngheo.inputs.extraction.sections import FORMER
from giamngheo.inputs.extraction.vocabulary import AGENCIES, subject_of

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
_QUANTITY = re.compile(
    rf"({NUMBER})\s*(?:" + "|".join(f"(?P<u{n}>{words})" for n, (words, *_) in enumerate(_UNITS)) + ")"
)
_ANNUAL = re.compile(r"(?:mỗi|hàng|bình quân|một)\s+năm[^;.]{0,60}$")
_ROLE = re.compile(
    r"(?:cơ quan|đơn vị)\s+(?P<role>chủ trì|phối hợp|thực hiện)(?:\s+thực hiện)?\s*:|(?P<prose>chủ trì|phối hợp\s+với)"
)
_ROLES = {"chủ trì": "lead", "phối hợp": "partner", "thực hiện": "implementing"}
_BODY = re.compile(r"(?:sở|ban|hội|chi cục|công an|liên đoàn|tỉnh đoàn|đài)\s+\w+")


def measures(lines):
    """Proposed physical promises of budget lines that are linked with the text.

    Parameters
    ----------
    lines : list of Line

    Returns
    -------
    list of Proposal
    """
    found = []
    for line in lines:
        taken = set()
        for paragraph in line.section.paragraphs if line.section else ():
            for quantity in _QUANTITY.finditer(paragraph.folded):
                proposal = _measure(line, paragraph, quantity, taken)
                if proposal:
                    found.append(proposal)
    return found


def _measure(line, paragraph, quantity, taken):
    words = paragraph.folded
    value, sure = number(quantity[1], whole=True)
    if value < 2 or value != int(value):
        return None
    n = int(quantity.lastgroup[1:])
    _, unit, what, name_vi, name_en = _UNITS[n]
    before, after = (
        words[max(0, quantity.start() - 100) : quantity.start()],
        words[quantity.end() : quantity.end() + 30],
    )
    past = bool(FORMER.search(before))
    yearly = bool(re.match(r"[\w ]{0,20}(?:/\s*|mỗi |hàng )năm", after) or _ANNUAL.search(before))
    per = "past" if past else "year" if yearly else "period"
    base = what if per == "period" else f"{what}_a_year" if per == "year" else f"{what}_before"
    if base in taken:
        return None
    taken.add(base)
    money = line.section.money.get("annual" if yearly else "total_3y")
    inside = money and not past and paragraph.start <= money[1] < paragraph.end
    cost = (money[0] * 10**9 / value).quantize(Decimal(1)) if inside else None
    cells = {
        "line": line.id,
        "what": base,
        "quantity": plain(value),
        "unit": unit,
        "per": per,
        "unit_cost_vnd": plain(cost) if cost else "",
        "unit_cost_basis": "implied" if cost else "",
        "locator": paragraph.locator,
        "name_vi": name_vi,
        "name_en": name_en,
    }
    places = {"quantity": (paragraph.start + quantity.start(), paragraph.start + quantity.end())}
    if inside:
        places["unit_cost_vnd"] = money[1], money[2]
    return Proposal("measures", cells, places, {} if sure else {"quantity": "number"})


def agencies(text, lines):
    """Proposed responsibilities: under each policy, and in the part on who carries the plan out.

    Parameters
    ----------
    text : Text
    lines : list of Line

    Returns
    -------
    list of Proposal
    """
    found, of_section = [], {}
    for line in lines:
        for paragraph in line.section.paragraphs if line.section else ():
            of_section[paragraph.start] = line
            mark = _ROLE.search(paragraph.folded)
            if mark and mark["role"]:
                found += _listed(text, paragraph, line.id, _ROLES[mark["role"]], mark.start(), mark.end(), {})
    by_subject = {}
    for line in lines:
        by_subject.setdefault(re.sub(r"_\d+$", "", line.id), []).append(line.id)
    for paragraph in text.paragraphs:
        if paragraph.zone == "part" and re.search(r"tổ chức thực hiện|phân công", paragraph.headings[0][:60]):
            found += _in_prose(text, paragraph, by_subject)
    return by_key(found)


def _in_prose(text, paragraph, by_subject):
    head = next((h for h in paragraph.headings[1:2] if any(p.search(h[:80]) for p, *_ in AGENCIES)), None)
    subject = subject_of(paragraph.folded[-300:])
    own = by_subject.get(subject.id, []) if subject else []
    line = own[0] if len(own) == 1 and "chủ trì" in paragraph.folded else ""
    doubts = {"line": "line_from_prose"} if line else {}
    leads = "chủ trì" in paragraph.folded
    if (
        head
        and paragraph.headings[1] == paragraph.folded
        and (leads or re.search(r":\s*\w", paragraph.folded))
    ):
        end = min(len(paragraph.folded), 80)
        first = _listed(text, paragraph, line, "lead" if leads else "implementing", 0, 0, doubts, end)
        yield from first[:1]
    for mark in _ROLE.finditer(paragraph.folded):
        if mark["prose"] and mark["prose"].startswith("phối hợp"):
            end = re.compile(
                r"[.;]|\b(?:xây dựng|tổ chức|triển khai|bố trí|cân đối|thực hiện|trong việc|hướng dẫn)\b"
            )
            stop = end.search(paragraph.folded, mark.end())
            stop = stop.start() if stop else len(paragraph.folded)
            yield from _listed(
                text, paragraph, "", "partner", mark.start(), mark.end(), {}, min(stop, mark.end() + 300)
            )


def _listed(text, paragraph, line, role, begin, start, doubts, end=None):
    """The agencies named in a stretch of a paragraph, known ones and others that look like one."""
    words, at, named = paragraph.folded, paragraph.start, []
    end = len(words) if end is None else end
    for pattern, vietnamese, english in AGENCIES:
        found = pattern.search(words, start, end)
        if found:
            named.append((found.start(), found.end(), vietnamese, english, {}))
    for other in _BODY.finditer(words, start, end):
        stop = re.compile(r"[,;.:]|\s-\s|\bvà\b").search(words, other.end(), end)
        stop = stop.start() if stop else end
        if not any(a < stop and other.start() < b for a, b, *_ in named) and stop - other.start() < 60:
            said = text.words(at + other.start(), at + stop)
            if said[:1].isupper():
                named.append((other.start(), stop, said, said, {"agency_en": "agency"}))
    rows = []
    for first, last, vietnamese, english, unsure in sorted(named):
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
