"""What a plan is: province, decision, years; and the poverty lines that its readings lie on."""

import csv
import re
import unicodedata
from collections import Counter
from datetime import date, timedelta

from giamngheo import paths
from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.extraction.numbers import NUMBER, PERIOD, instants, number
from giamngheo.inputs.extraction.proposals import Proposal
from giamngheo.inputs.extraction.vocabulary import slug
from giamngheo.inputs.tables import TABLES, read_table

_PROVINCE = re.compile(r"\b(?:tỉnh|thành phố|Tỉnh|Thành phố|TỈNH|THÀNH PHỐ)\s+((?:[^\W\d_]+[ -]?){1,4})")
_ACT = re.compile(
    r"(?P<act>quyết định|kế hoạch|nghị quyết|đề án)?\s*số\s*:?\s*(?P<number>\d{1,5}\s*/\s*[\wđ]+(?:[-.][\w&]+){0,4})"
)
_STATED = re.compile(
    rf"({NUMBER})\s*(nghìn|ngàn|triệu)?\s*đồng\s*/?\s*(?:1\s*)?(?:một\s+)?người\s*/\s*(?:1\s*)?tháng"
)
_PERIOD_OF_LINE = re.compile(
    r"chuẩn(?: hộ)?(?: nghèo)?[^.;,\d]{0,40}?(?:giai đoạn|thời kỳ)\s+(\d{4})\s*-\s*\d{4}"
)
_TITLED = re.compile(r"\s*(?!căn cứ|xét|theo)[^.;]{0,200}giảm nghèo[^.;]{0,80}giai đoạn")
_REACH = 600  # letters for which a sentence, or a list under it, stays on the line that it names
_LICENCE = "public domain (legal text)", "văn bản pháp luật, không thuộc đối tượng bảo hộ quyền tác giả"
_TIMES = {None: 1, "nghìn": 1_000, "ngàn": 1_000, "triệu": 1_000_000}
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
    years = f"{cells['first_year']}-{cells['last_year']}"
    title = f"{cells['province_vi']} {years}"
    cells["title_vi"] = f"Kế hoạch giảm nghèo {title}: số liệu của {cells['decision']}"
    cells["title_en"] = (
        f"Poverty-reduction plan of {cells['province_en']} {years}: the figures of {cells['decision']}"
    )
    unit = _reference_unit(cells["province_vi"], cells["province_en"])
    if unit:
        cells["reference_unit"] = unit
    return Proposal("labels", cells, places, doubts)


def _province(text, cells, places, doubts):
    names, first = Counter(), {}
    for found in _PROVINCE.finditer(text.kept[:400_000]):
        words = []
        for word in re.split(r"[ ]", found[1].strip(" -")):
            if not (word[:1].isupper() and word[1:].islower()):
                break
            words.append(word)
        if 0 < len(words) <= 4:
            names[" ".join(words)] += 1
            first.setdefault(" ".join(words), (found.start(1), found.start(1) + len(" ".join(words))))
    if names:
        name, times = names.most_common(1)[0]
        places["province_vi"] = first[name]
        if times == 1 and len(names) > 1:
            doubts["province_vi"] = "guessed"
    else:
        name, doubts["province_vi"] = "?", "not_found"
        places[""] = (0, min(80, len(text.kept)))
    cells["province_vi"] = name
    cells["province_en"] = _without_marks(name)


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
    if not cells["date"]:
        cells["date"] = f"{int(cells['first_year']) - 1}-12-31"


def _without_marks(name):
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return re.sub(r"[\u0300-\u036f]", "", bare)


def _reference_unit(*names):
    rows = csv.DictReader(read_text(paths.DATA / "reference" / "rates.csv").splitlines())
    units = {row["unit"] for row in rows}
    return next((f"VNM:{name}" for name in names if f"VNM:{name}" in units), None)


def lines_and_documents(text, readings, labels):
    """Proposed poverty lines and documents; the readings are told their line and document.

    The national lines that the project holds, with their legal basis, are those of its own package; one that it does
    not hold is left for a person, but for the thresholds that the text states.

    Parameters
    ----------
    text : Text
    readings : list of Proposal
    labels : Proposal

    Returns
    -------
    list of Proposal
    """
    known = {}
    for row in read_table(paths.PACKAGE / "lines.csv", TABLES["lines"]):
        known.setdefault(row.poverty_line, []).append(row)
    mentions, days = (
        list(_mentions(text, known)),
        [r.cells["poverty_line"] for r in readings if r.cells["poverty_line"]],
    )
    latest = date.fromisoformat(max(days)) if days else None
    used = {}
    for reading in readings:
        line = _line_of(text, reading, mentions, latest, known)
        reading.cells["poverty_line"], reading.cells["document"] = line, labels.cells["main_document"]
        if line not in known:
            reading.doubts.setdefault("poverty_line", "line_unknown")
    _settle_borders(readings, known)
    for reading in readings:
        used.setdefault(reading.cells["poverty_line"], reading.span)
    if not used and readings == []:
        year = date(int(labels.cells["first_year"]), 1, 1)
        line = next((name for name, rows in known.items() if _covers(rows, year)), f"line_{year.year}")
        used[line] = labels.span
    documents = {
        row.document: row for row in read_table(paths.PACKAGE / "documents.csv", TABLES["documents"])
    }
    found = [_main(text, labels)]
    stated = _thresholds(text)
    for line, place in used.items():
        if line in known:
            found += [_known(row, place, stated) for row in known[line]]
            basis = documents[known[line][0].legal_basis].model_dump(mode="json")
            found.append(Proposal("documents", {k: v or "" for k, v in basis.items()}, {"": place}))
        else:
            found += list(_unknown(line, place, stated, labels))
    return found


def _main(text, labels):
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


def _known(row, place, stated):
    cells = {k: "" if v is None else str(v) for k, v in row.model_dump(mode="json").items()}
    doubts, places = {}, {"": place}
    for status, column in (("poor", "poor_vnd_month"), ("near_poor", "near_poor_vnd_month")):
        for value, start, end in stated.get((row.area, status), ()):
            if str(value) == cells[column]:
                places[column] = start, end
    return Proposal("lines", cells, places, doubts)


def _unknown(line, place, stated, labels):
    year = line.rpartition("_")[2] if line[-4:].isdigit() else labels.cells["first_year"]
    for area in ("rural", "urban"):
        poor, near = stated.get((area, "poor"), ()), stated.get((area, "near_poor"), ())
        cells = {
            "poverty_line": line,
            "area": area,
            "poor_vnd_month": str(poor[0][0]) if poor else "",
            "near_poor_vnd_month": str(near[0][0]) if near else "",
            "valid_from": f"{year}-01-01",
            "valid_to": "",
            "legal_basis": labels.cells["main_document"],
        }
        places = {"": place} | ({"poor_vnd_month": poor[0][1:]} if poor else {})
        yield Proposal("lines", cells, places, {"poor_vnd_month": "line_unknown"})


def _thresholds(text):
    """Incomes that the text states for a line: (area, status) -> list of (VND a month, start, end)."""
    found = {}
    for paragraph in text.paragraphs:
        if "tháng" not in paragraph.folded or "người" not in paragraph.folded:
            continue
        for clause in re.finditer(r"[^;.]{1,400}(?:[.](?=\d)[^;.]{1,400}){0,20}", paragraph.folded):
            for money in _STATED.finditer(clause[0]):
                near_words = clause[0][: money.end() + 60]
                area = "rural" if near_words.rfind("nông thôn") > near_words.rfind("thành thị") else "urban"
                if "nông thôn" in near_words or "thành thị" in near_words:
                    status = "near_poor" if "cận nghèo" in clause[0][: money.start()] else "poor"
                    value = int(number(money[1], whole=money[2] is None)[0] * _TIMES[money[2]])
                    start = paragraph.start + clause.start() + money.start()
                    found.setdefault((area, status), []).append((value, start, start + len(money[0])))
    return found


def _mentions(text, known):
    """Where the text says on which line it counts: (start, end, a year of the line, or "mới" or "cũ")."""
    for found in _PERIOD_OF_LINE.finditer(text.folded):
        yield found.start(), found.end(), int(found[1])
    for found in re.finditer(r"quyết định\s+(?:số\s+)?0?(\d{1,3})/(\d{4})/qđ-ttg", text.folded):
        for rows in known.values():
            if rows[0].legal_basis == f"qd{int(found[1]):02d}_{found[2]}":
                yield found.start(), found.end(), rows[0].valid_from.year
    for found in re.finditer(r"chuẩn(?: nghèo)?\s+(mới|cũ)\b", text.folded):
        yield found.start(), found.end(), found[1]


def _line_of(text, reading, mentions, latest, known):
    """The line of a reading: as the sentence says, else the one in force on the day that is stated."""
    day = date.fromisoformat(reading.cells["poverty_line"]) if reading.cells["poverty_line"] else None
    start, end = reading.span
    near = [m for m in mentions if start - _REACH < m[0] < end + 60 and not _parted(text, m[0], start)]
    if near:
        begin, stop, said = min(near, key=lambda mention: abs(mention[0] - start))
        reading.places["line"] = begin, stop
        known_year = isinstance(said, int)
        day = date(said, 1, 1) if known_year else _old_or_new(said, reading, latest, known) or day
    if day is None:
        return "line_unknown"
    return next(
        (name for name, rows in known.items() if _covers(rows, day)), f"line_{_first_year(day, known)}"
    )


def _old_or_new(said, reading, latest, known):
    """A day of the newest line of the readings, or of the one before it, if the reading can lie there (or None)."""
    lines = sorted((rows[0].valid_from, rows[0].valid_to) for rows in known.values())
    newest = max((n for n, (first, _) in enumerate(lines) if latest and first <= latest), default=0)
    n = newest if said == "mới" else newest - 1
    if n < 0 or not reading.cells["as_of"]:
        return None
    first, last = lines[n]
    inside = first - timedelta(days=1) <= date.fromisoformat(reading.cells["as_of"]) <= last
    return first if inside else None


def _parted(text, one, other):
    """Whether a sentence ends between two places (bool)."""
    return bool(re.search(r"[.](?!\d)", text.folded[min(one, other) : max(one, other)]))


def _settle_borders(readings, known):
    """A reading of the day on which one line ends and the next begins, where the text does not say which it is on.

    Those of its group beside it tell; what they leave open is in doubt.
    """
    for reading in readings:
        rows = known.get(reading.cells["poverty_line"])
        if not rows or str(rows[0].valid_to) != reading.cells["as_of"] or "line" in reading.places:
            continue
        after = [
            name
            for name, other in known.items()
            if other[0].valid_from == rows[0].valid_to + timedelta(days=1)
        ]
        alike = [
            other
            for other in readings
            if other.cells["group"] == reading.cells["group"] and other is not reading
        ]
        here = [o for o in alike if o.cells["locator"] == reading.cells["locator"]]
        beside = {o.cells["poverty_line"] for o in here if o.cells["as_of"] != reading.cells["as_of"]}
        twice = any(
            all(o.cells[c] == reading.cells[c] for c in ("as_of", "status"))
            and o.cells["poverty_line"] in after
            for o in alike
        )
        same_day = [o for o in [reading, *here] if o.cells["as_of"] == reading.cells["as_of"]]
        if (
            after
            and not rows[0].near_poor_vnd_month
            and any(o.cells["status"] == "near_poor" for o in same_day)
        ):
            for other in same_day:  # only the newer line tells the near-poor
                other.cells["poverty_line"] = after[0]
            continue
        if not after or twice or beside == {reading.cells["poverty_line"]}:
            continue
        reading.doubts.setdefault("poverty_line", "line_border")
        if beside & set(after):
            reading.cells["poverty_line"] = after[0]


def _first_year(day, known):
    """The year in which an unknown line is taken to begin: that after the last known one, in steps of five years."""
    last = max(row.valid_to for rows in known.values() for row in rows).year
    first = min(row.valid_from for rows in known.values() for row in rows).year
    origin = last + 1 if day.year > last else first
    return origin + (day.year - origin) // 5 * 5


def _covers(rows, day):
    return all(row.valid_from <= day and (row.valid_to is None or day <= row.valid_to) for row in rows)
