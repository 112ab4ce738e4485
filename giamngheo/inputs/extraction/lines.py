"""The poverty lines that a plan's readings lie on, and the documents behind them."""

import re
from datetime import date, timedelta
from functools import cache

from giamngheo import paths
from giamngheo.inputs.extraction.about import main_document
from giamngheo.inputs.extraction.numbers import NUMBER, number
from giamngheo.inputs.extraction.proposals import Proposal
from giamngheo.inputs.tables import TABLES, read_table

_STATED = re.compile(
    rf"({NUMBER})\s*(nghìn|ngàn|triệu)?\s*đồng\s*/?\s*(?:1\s*)?(?:một\s+)?người\s*/\s*(?:1\s*)?tháng"
)
_PERIOD_OF_LINE = re.compile(
    r"chuẩn(?: hộ)?(?: nghèo)?[^.;,\d]{0,40}?(?:giai đoạn|thời kỳ)\s+(\d{4})\s*-\s*\d{4}"
)
_MANY_SIDED, MANY_SIDED = re.compile(r"chuẩn[^.;,\d]{0,30}đa chiều"), 2016  # the first line that counts so
_DECISION = re.compile(r"quyết định\s+(?:số\s+)?0?(\d{1,3})/(\d{4})/qđ-ttg")
_BESIDE = 120  # letters in which a decision that sets a line is said to be about one
_REACH = 600  # letters for which a sentence, or a list under it, stays on the line that it names
_TIMES = {None: 1, "nghìn": 1_000, "ngàn": 1_000, "triệu": 1_000_000}


@cache
def known_lines():
    """The national lines that the project holds, those of its own package: name -> rows (dict)."""
    known = {}
    for row in read_table(paths.PACKAGE / "lines.csv", TABLES["lines"]):
        known.setdefault(row.poverty_line, []).append(row)
    return known


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
    known, said = known_lines(), mentions(text)
    days = [r.cells["poverty_line"] for r in readings if r.cells["poverty_line"]]
    latest = date.fromisoformat(max(days)) if days else None
    used = {}
    for reading in readings:
        line = _line_of(text, reading, said, latest, known)
        reading.cells["poverty_line"], reading.cells["document"] = line, labels.cells["main_document"]
        if line not in known:
            reading.doubts.setdefault("poverty_line", "line_unknown")
    _settle_borders(readings, known, said)
    for reading in readings:
        used.setdefault(reading.cells["poverty_line"], reading.span)
    if not used and readings == []:
        year = date(int(labels.cells["first_year"]), 1, 1)
        line = next((name for name, rows in known.items() if _covers(rows, year)), f"line_{year.year}")
        used[line] = labels.span
    documents = {
        row.document: row for row in read_table(paths.PACKAGE / "documents.csv", TABLES["documents"])
    }
    found = [main_document(text, labels)]
    stated = _thresholds(text)
    for line, place in used.items():
        if line in known:
            found += [_known(row, place, stated) for row in known[line]]
            basis = documents[known[line][0].legal_basis].model_dump(mode="json")
            found.append(Proposal("documents", {k: v or "" for k, v in basis.items()}, {"": place}))
        else:
            found += list(_unknown(line, place, _of_no_line(stated, known), labels))
    return found


def _known(row, place, stated):
    cells = {k: "" if v is None else str(v) for k, v in row.model_dump(mode="json").items()}
    doubts, places = {}, {"": place}
    for status, column in (("poor", "poor_vnd_month"), ("near_poor", "near_poor_vnd_month")):
        for value, start, end in stated.get((row.area, status), ()):
            if str(value) == cells[column]:
                places[column] = start, end
    return Proposal("lines", cells, places, doubts)


def _of_no_line(stated, known):
    """The stated incomes that are no threshold of a line that is held: those may be of one that is not."""
    held = [row for rows in known.values() for row in rows]
    ours = {(row.area, "poor", row.poor_vnd_month) for row in held}
    ours |= {(row.area, "near_poor", row.near_poor_vnd_month) for row in held}
    return {key: [one for one in found if (*key, one[0]) not in ours] for key, found in stated.items()}


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
                before = clause[0][: money.start()]
                own = re.split(r",(?!\d)", before)[
                    -1
                ]  # "nông thôn 400.000 đồng/người/tháng, thành thị 500.000"
                near_words = own if re.search("nông thôn|thành thị", own) else clause[0][: money.end() + 60]
                area = "rural" if near_words.rfind("nông thôn") > near_words.rfind("thành thị") else "urban"
                if "nông thôn" in near_words or "thành thị" in near_words:
                    status = "near_poor" if "cận nghèo" in clause[0][: money.start()] else "poor"
                    value = int(number(money[1], whole=money[2] is None)[0] * _TIMES[money[2]])
                    start = paragraph.start + clause.start() + money.start()
                    found.setdefault((area, status), []).append((value, start, start + len(money[0])))
    return found


def mentions(text):
    """Where the text says on which line it counts: the year or the decision of the line, or "mới" or "cũ".

    Parameters
    ----------
    text : Text

    Returns
    -------
    list of (int, int, int or str)
        Start, end, and what is said.
    """
    by_basis = {rows[0].legal_basis: rows[0].valid_from.year for rows in known_lines().values()}
    found = [(m.start(), m.end(), int(m[1])) for m in _PERIOD_OF_LINE.finditer(text.folded)]
    for decision in _DECISION.finditer(text.folded):
        name = f"qd{int(decision[1]):02d}_{decision[2]}"
        beside = text.folded[max(0, decision.start() - _BESIDE) : decision.end() + _BESIDE]
        if name in by_basis or "chuẩn" in beside:
            found.append((decision.start(), decision.end(), by_basis.get(name, name)))
    found += [(m.start(), m.end(), m[1]) for m in re.finditer(r"chuẩn(?: nghèo)?\s+(mới|cũ)\b", text.folded)]
    found += [(m.start(), m.end(), MANY_SIDED) for m in _MANY_SIDED.finditer(text.folded)]
    return found


def said_near(text, said, start, end):
    """The mention that a place goes by: before it or close behind, or in brackets at its sentence's end.

    Parameters
    ----------
    text : Text
    said : list
        As `mentions` returns it.
    start, end : int

    Returns
    -------
    (int, int, int or str) or None
    """
    near = [m for m in said if start - _REACH < m[0] < end + _REACH and not _parted(text, m[0], start)]
    near = [
        m for m in near if m[0] < end + 60 or re.search(r"[(](?:theo\s+)?$", text.folded[m[0] - 8 : m[0]])
    ]
    return min(near, key=lambda mention: abs(mention[0] - start), default=None)


def _line_of(text, reading, said, latest, known):
    """The line of a reading: as the sentence says, else the one in force on the day that is stated."""
    day = date.fromisoformat(reading.cells["poverty_line"]) if reading.cells["poverty_line"] else None
    own = [
        place for column, place in reading.places.items() if column != "as_of"
    ]  # its instant may be said before
    near = said_near(text, said, min(start for start, _ in own), max(end for _, end in own))
    near = near or said_near(text, said, *reading.span)
    if near:
        begin, stop, which = near
        reading.places["line"] = begin, stop
        if isinstance(which, int):
            day = date(which, 1, 1)
        elif which not in ("mới", "cũ"):
            return which
        else:
            day = _old_or_new(which, reading, latest, known) or day
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


def _settle_borders(readings, known, said):
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
        unheld = f"line_{rows[0].valid_to.year + 1}"  # of other readings or of the text, and not held here
        named = any(which == rows[0].valid_to.year + 1 for *_, which in said)
        after += [unheld] * (named or any(other.cells["poverty_line"] == unheld for other in readings))
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
        if not after or twice or (beside == {reading.cells["poverty_line"]} and not named):
            continue
        reading.doubts.setdefault("poverty_line", "line_border")
        whole = {  # of a group alone nothing is told: it is counted as all are
            o.cells["poverty_line"]
            for o in readings
            if o.cells["group"] == "all" and o.cells["as_of"] == reading.cells["as_of"]
        }
        if beside & set(after) or (not alike and whole == set(after[:1])):
            reading.cells["poverty_line"] = after[0]


def _first_year(day, known):
    """The year in which an unknown line is taken to begin: that after the last known one, in steps of five years."""
    last = max(row.valid_to for rows in known.values() for row in rows).year
    first = min(row.valid_from for rows in known.values() for row in rows).year
    origin = last + 1 if day.year > last else first
    return origin + (day.year - origin) // 5 * 5


def _covers(rows, day):
    return all(row.valid_from <= day and (row.valid_to is None or day <= row.valid_to) for row in rows)
