"""What a plan is: province, decision, years."""

import re
from collections import Counter
from itertools import takewhile

from giamngheo.inputs.extraction.numbers import PERIOD, instants
from giamngheo.inputs.extraction.proposals import Proposal
from giamngheo.inputs.extraction.vocabulary import slug
from giamngheo.inputs.grammar import plain_letters
from giamngheo.inputs.package_faults import reference_unit_of

_PROVINCE = re.compile(r"\b(?:tỉnh|thành phố|Tỉnh|Thành phố|TỈNH|THÀNH PHỐ) +((?:[^\W\d_]+[ -]?){1,4})")
_SHOUTED = re.compile(r"\b(?:TỈNH|THÀNH PHỐ) +((?:[^\W\d_]+ ?){1,4})")
_AFTER_NAME = ("NĂM", "GIAI", "ĐẾN", "THỜI", "KHÓA", "VỀ")
_ACT = re.compile(
    r"(?P<act>quyết định|kế hoạch|nghị quyết|đề án)?\s*số\s*:?\s*(?P<number>\d{1,5}\s*/\s*[\wđ]+(?:[-.][\w&]+){0,4})"
)
_TITLED = re.compile(r"\s*(?!căn cứ|xét|theo)[^.;]{0,200}giảm nghèo[^.;]{0,80}(?:giai đoạn|năm\s+20\d\d\s*$)")
_LICENCE = "public domain (legal text)", "văn bản pháp luật, không thuộc đối tượng bảo hộ quyền tác giả"
FIRST_PAGE = 40  # paragraphs


def labels(text):
    """What the package is about, as one proposal of table "labels".

    Parameters
    ----------
    text : Text

    Returns
    -------
    Proposal
    """
    cells, places, doubts = {}, {}, {}
    _province(text, cells, places, doubts)
    _decision(text, cells, places, doubts)
    _period(text, cells, places, doubts)
    cells["date"] = cells["date"] or f"{int(cells['first_year']) - 1}-12-31"
    years = f"{cells['first_year']}-{cells['last_year']}"
    title = f"{cells['province_vi']} {years}"
    cells["title_vi"] = f"Kế hoạch giảm nghèo {title}: số liệu của {cells['decision']}"
    cells["title_en"] = (
        f"Poverty-reduction plan of {cells['province_en']} {years}: the figures of {cells['decision']}"
    )
    if unit := reference_unit_of(cells["province_vi"]):
        cells["reference_unit"] = unit
    return Proposal("labels", cells, places, doubts)


def _province(text, cells, places, doubts):
    names, first = Counter(), {}
    for found in _PROVINCE.finditer(text.kept[:400_000]):
        words = list(
            takewhile(lambda word: word[:1].isupper() and word[1:].islower(), found[1].strip(" -").split(" "))
        )
        if 0 < len(words) <= 4:
            names[" ".join(words)] += 1
            first.setdefault(" ".join(words), (found.start(1), found.start(1) + len(" ".join(words))))
    shouted = None if names else _SHOUTED.search(text.kept[:20_000])
    words = (
        takewhile(lambda word: word.isupper() and word not in _AFTER_NAME, shouted[1].split())
        if shouted
        else ()
    )
    if name := " ".join(words):
        names[name.title()] += 1
        first[name.title()] = shouted.start(1), shouted.start(1) + len(name)
    if names:
        name, times = names.most_common(1)[0]
        places["province_vi"] = first[name]
        if times == 1 and len(names) > 1:
            doubts["province_vi"] = "guessed"
    else:
        name, doubts["province_vi"] = "?", "not_found"
        places[""] = (0, min(80, len(text.kept)))
    cells["province_vi"] = name
    cells["province_en"] = plain_letters(name)


def _decision(text, cells, places, doubts):
    found = None
    front = text.paragraphs[:FIRST_PAGE]
    order = [p for p in front if p.zone == "title"] + [
        p for p in front if re.search(r"(?<!tờ trình )\bsố\s*:\s*\d", p.folded)
    ]
    order += [p for p in front if re.match(r"\s*[(](?!căn cứ)", p.folded)]
    order += [p for p in front if "quyết định này" in p.folded]
    for paragraph in order:
        found = _ACT.search(paragraph.folded)
        if found:
            break
    if not found:
        cells |= {"decision": "?", "date": "", "main_document": "plan"}
        doubts |= {"decision": "not_found", "date": "not_found"}
        return
    start, end = paragraph.start + found.start("number"), paragraph.start + found.end("number")
    cells["decision"] = text.words(start, end).replace(" ", "")
    places["decision"] = start, end
    days = [m for m in instants(paragraph.folded[found.end() : found.end() + 60]) if not m.plain]
    offset = paragraph.start + found.end()
    if not days:
        for other in front:
            signed = re.search(r"[\w ]{2,40},\s*ngày", other.folded)
            days = instants(other.folded[signed.start() :]) if signed else []
            if days:
                offset = other.start + signed.start()
                break
    if days:
        cells["date"] = str(days[0].law_day or days[0].as_of)
        places["date"] = offset + days[0].start, offset + days[0].end
    else:
        cells["date"], doubts["date"] = "", "not_found"
    kind = slug(cells["decision"].partition("/")[2].partition("-")[0])
    cells["main_document"] = (
        f"{kind}{re.match(r'[0-9]+', cells['decision'])[0]}_{cells['date'][:4] or 'plan'}"
    )


def _period(text, cells, places, doubts):
    titled = [p for p in text.paragraphs if p.zone == "title"]
    titled += [p for p in text.paragraphs[:8] if _TITLED.match(p.folded)]
    titled += [p for p in text.paragraphs if re.search(r"thời gian thực hiện|điều 1\b", p.folded[:60])]
    if not any(PERIOD.search(p.folded) for p in titled) and (of := _of_one_year(titled)):
        cells |= {"first_year": of[0], "last_year": of[0]}
        places["first_year"] = places["last_year"] = of[1:]
        return
    for paragraph in [*titled, *text.paragraphs[:FIRST_PAGE]]:
        found = PERIOD.search(paragraph.folded)
        if found and 0 < int(found[2]) - int(found[1]) < 11:
            cells |= {"first_year": found[1], "last_year": found[2]}
            places["first_year"] = places["last_year"] = (
                paragraph.start + found.start(),
                paragraph.start + found.end(),
            )
            if paragraph not in titled:
                doubts |= {"first_year": "guessed", "last_year": "guessed"}
            break
    else:
        year = int((cells["date"] or "2013")[:4])
        cells |= {"first_year": str(year), "last_year": str(year)}
        doubts |= {"first_year": "not_found", "last_year": "not_found"}


def _of_one_year(titled):
    """The one year that a title names, with its place: (year, start, end), None where it names none."""
    for paragraph in titled:
        found = re.search(r"\bnăm\s+(20\d\d)\s*$", paragraph.folded)
        if found and "giảm nghèo" in paragraph.folded:
            return found[1], paragraph.start + found.start(1), paragraph.start + found.end(1)
    return None


def main_document(text, labels):
    """The document that the text itself is, as a proposal.

    Parameters
    ----------
    text : Text
    labels : Proposal

    Returns
    -------
    Proposal
    """
    said = labels.cells
    place = labels.places.get("decision", labels.span)
    cells = {
        "document": said["main_document"],
        "title": said["title_vi"].partition(":")[0] + f" ({said['decision']})",
        "issuer": f"UBND {said['province_vi']}",
        "date": said["date"],
        "url": "",
        "licence": _LICENCE[0],
        "accessed": "",
        "licence_vi": _LICENCE[1],
    }
    return Proposal("documents", cells, {"": place}, {"date": "not_found"} if "date" in labels.doubts else {})
