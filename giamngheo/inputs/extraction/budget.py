"""Budget lines: from the table, held against the text, or from the text alone."""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from giamngheo.inputs.extraction.numbers import NUMBER, billions, number, short
from giamngheo.inputs.extraction.proposals import Proposal
from giamngheo.inputs.extraction.tables import tables
from giamngheo.inputs.extraction.vocabulary import (
    KEPT_AS,
    MINORITY,
    name_in,
    slug,
    source_of,
    spelled_out,
    subject_of,
)

FIGURES = ("central", "provincial", "mobilised", "annual", "total_3y")
_TOTAL_ROW = re.compile(r"(?:tổng\s*(?:cộng|số)?|cộng)\b")
_ORDER = re.compile(r"(?P<part>[ivx]{1,5}|[a-h])|(?P<line>\d{1,2}(?:\.\d{1,2})*)\.?")
_COMMON = frozenset(
    re.findall(
        r"\w+", "hỗ trợ cho hộ người nghèo cận và các chính sách dự án giảm của về là theo quyết định số"
    )
)
_OF_MINORITY = re.compile(
    r"\d\s*(?:lượt\s+)?hộ\s+(?:nghèo\s+)?(?:là\s+)?(?:(?:người|đồng bào)\s+)*dân tộc thiểu số"
)
_NO_MONEY = re.compile(r"tỷ lệ|[(]%[)]|số hộ")
_NEAR = Decimal("0.03")  # of a sum: what rounding of its terms may make


@dataclass
class Line:
    """A budget line as found, and the sections of the text that speak of it, that of its money first."""

    proposal: Proposal
    sections: list

    @property
    def id(self):
        """Its id."""
        return self.proposal.cells["line"]


def budget(text, found, years: int | None):
    """Proposed budget lines.

    Parameters
    ----------
    text : Text
    found : list of Section
        Policies of the text.
    years : int or None
        Of the programme.

    Returns
    -------
    list of Line
    """
    years, known = years or 1, years is not None
    rows = next((rows for table in tables(text) if (rows := _of_table(text, table, years))), None)
    if rows:
        linked = _linked(rows, found)
    else:
        linked = [(_of_section(text, section, years), section) for section in found if section.money]
    taken, lines = set(), []
    for proposal, section in linked:
        _name(proposal, section, taken)
        if not known:
            proposal.doubts.setdefault("total_3y", "no_years")
        if rows and section and (said := section.money.get("total_3y")):
            printed = proposal.cells["total_3y"]
            if printed and abs(said[0] - Decimal(printed)) > max(said[0], Decimal(1)) * Decimal("0.005"):
                proposal.doubts.setdefault("total_3y", "text_differs")
                proposal.places.setdefault("text", said[1:3])
        lines.append(Line(proposal, [section] if section else []))
    places = Counter(line.proposal.cells["locator"] for line in lines)
    for line in lines:
        if places[line.proposal.cells["locator"]] > 1:
            line.proposal.doubts["locator"] = "place"
    if not rows:  # what a plan says of its policies in one place and of their money in another
        others = _linked(
            [line.proposal for line in lines], [section for section in found if not section.money]
        )
        for line, (_, section) in zip(lines, others, strict=True):
            line.sections += [section] if section else []
    return lines


# --- From the table ----------------------------------------------------------------------------------------


def _kind(words):
    """What a column holds, by its folded head (str), None where that cannot be told."""
    yearly = bool(re.search(r"b\W?quân|bình quân|hàng năm|mỗi năm|/\s*năm|một năm", words))
    if re.fullmatch(r"(?:s?tt|số\s*tt|số thứ tự)\.?", words):
        return "order"
    if re.search(r"ghi chú|chủ trì|đơn vị thực hiện|cơ quan", words):
        return "note"
    if source := "mobilised" if words == "khác" else source_of(words):
        return f"{source}/year" if yearly else source
    if year := re.fullmatch(r"(?:năm\s+|kh\s+)?((?:19|20)\d\d)", words):
        return f"year/{year[1]}"
    if re.fullmatch(r"(?:trong đó|chia ra|nguồn vốn|phân theo nguồn(?: vốn)?)\s*:?", words):
        return "within"
    if yearly:
        return "annual"
    if re.search(r"tổng|cộng|kinh phí|số tiền|\d năm|nhu cầu", words):
        return "total_3y"
    return "name" if re.search(r"nội dung|chính sách|hạng mục|danh mục|tên|dự án|nhiệm vụ", words) else None


def _columns(table):
    """The columns of a budget table and its first row below the head, (None, 0) where it is another table."""
    for n, row in enumerate(table.rows[:6]):
        kinds = [_kind(cell.words) for cell in row]
        if "name" not in kinds or not any(
            k and k.split("/")[0] in (*FIGURES, "district", "credit", "year", "within") for k in kinds
        ):
            continue
        below = n + 1
        while below < len(table.rows):
            more = [_kind(cell.words) for cell in table.rows[below] if cell.words]
            split = (
                len(more) > 1
                and all(more)
                and not any(re.search(r"\d[.,]\d", c.words) for c in table.rows[below])
            )
            if not split:
                break
            if "within" in kinds:
                place = kinds.index("within")
                row = table.rows[below]
                aligned = next(n for n, cell in enumerate(row) if cell.words) == place
                spanned = len(more) if aligned and not any(kinds[place + 1 : place + len(more)]) else 1
                kinds[place : place + spanned] = more  # a head over several columns leaves their cells empty
            below += 1
        return kinds, below
    return None, 0


def _of_table(text, table, years):
    kinds, below = _columns(table)
    if kinds is None:
        return None
    unit = table.unit
    rows, part, kind, seen, printed_total = [], "", None, {}, None
    for cells in table.rows[below:]:
        if len(cells) > len(kinds):
            continue
        cells = dict(zip(kinds, cells, strict=False)) if len(cells) == len(kinds) else _aligned(kinds, cells)
        name, order = cells.get("name"), cells.get("order")
        if name is None or _NO_MONEY.search(name.words):
            continue
        figures = _figures(cells, unit)
        if _TOTAL_ROW.match(name.words) or (order and _TOTAL_ROW.match(order.words)):
            printed_total = figures.get("total_3y", printed_total)
            continue
        which = _ORDER.fullmatch(order.words) if order else None
        if which and which["part"]:
            part, kind, seen = which["part"].upper(), _policy_or_project(name.words), {}
            continue
        if order and not (which and which["line"]):
            continue
        if not any(value for value, *_ in figures.values()) or re.match(r"[-+*]", name.words):
            continue
        place = which["line"] if which else str(len(rows) + 1)
        if any(place.startswith(f"{above}.") for above in seen):
            continue
        seen[place] = True
        rows.append(_row(text, cells, figures, kind, ".".join(filter(None, (part, place))), unit, years))
    if printed_total and rows:
        total = sum(Decimal(row.cells["total_3y"] or 0) for row in rows)
        if abs(total - printed_total[0]) > printed_total[0] * Decimal("0.005"):
            for row in rows:
                row.doubts.setdefault("total_3y", "table_total")
    return rows


def _aligned(kinds, cells):
    """A row with fewer cells than the head: its last ones are left out, or the number of a row of totals."""
    if kinds[0] == "order" and cells and _TOTAL_ROW.match(cells[0].words):
        kinds = kinds[1:]
    return dict(zip(kinds, cells, strict=False))


def _figures(cells, unit):
    found = {}
    for kind, cell in cells.items():
        if not kind or kind in ("name", "order", "note", "within"):
            continue
        bare = re.fullmatch(rf"({NUMBER})\s*(?:tỷ|triệu|đồng)?", cell.words)
        if bare:
            value, sure = number(bare[1])
            sure = sure and not re.fullmatch(r"\d{1,3},\d{3}", bare[1])
            found[kind] = billions(value, unit or "tỷ"), cell.start, cell.end, sure
        elif cell.words and not re.fullmatch(r"[-.]+", cell.words):
            found[kind] = Decimal(0), cell.start, cell.end, False
    return found


def _row(text, cells, figures, kind, place, unit, years):
    doubts, places = {}, {"name_vi": (cells["name"].start, cells["name"].end)}
    values, yearly = {}, any(name.endswith("/year") for name in figures)
    for name, (value, start, end, sure) in figures.items():
        base = name.split("/")[0]
        column = KEPT_AS.get(base, base)
        if base in KEPT_AS and value:
            doubts[column] = f"{base}_money"
        if base == "year":
            column = "total_3y"
            if "total_3y" in figures:
                continue
        values[column] = values.get(column, Decimal(0)) + value
        places.setdefault(column, (start, end))
        if not sure:
            doubts[column] = "number"
    sources = [column for column in FIGURES[:3] if column in values]
    total_of_sources = sum(values[column] for column in sources)
    _complete(values, years, total_of_sources, yearly)
    of_period = sources and not yearly and "total_3y" in values and years > 1
    if of_period and not _same(total_of_sources, values.get("annual")):
        for column in sources:
            values[column] /= years
        total_of_sources /= years
    if not sources:
        doubts |= dict.fromkeys(FIGURES[:3], "no_source")
    elif not _same(total_of_sources, values.get("annual")):
        doubts |= dict.fromkeys([*sources, "annual"], "row_sum")
    if not _same(values.get("annual", Decimal(0)) * years, values.get("total_3y")):
        doubts |= dict.fromkeys(["annual", "total_3y"], "row_period")
    if unit is None:
        doubts.setdefault("annual", "no_unit")
    note = cells.get("note")
    said = text.words(cells["name"].start, cells["name"].end)
    kind = kind or _policy_or_project(cells["name"].words) or "policy"
    row = _cells(
        said, kind, "", values, f"budget table {place}", text.words(note.start, note.end) if note else ""
    )
    return Proposal("budget", row, places, doubts)


def _complete(values, years, of_sources, yearly):
    if "annual" not in values and "total_3y" in values:
        values["annual"] = values["total_3y"] / years
    if "total_3y" not in values and "annual" in values:
        values["total_3y"] = values["annual"] * years
    if "annual" not in values and of_sources:
        values["annual"] = of_sources if yearly else of_sources / years
        values["total_3y"] = values["annual"] * years


def _same(one, other):
    return other is not None and abs(one - other) <= max(abs(other) * Decimal("0.002"), _NEAR)


def _policy_or_project(words):
    found = re.search(r"dự án|\bda\b|chính sách|\bcs\b", words)
    return None if found is None else "project" if found[0] in ("dự án", "da") else "policy"


# --- From the text -----------------------------------------------------------------------------------------


def _of_section(text, section, years):
    values, places, doubts = {}, {}, {}
    for name, (value, start, end, yearly) in section.money.items():
        column = KEPT_AS.get(name, name)
        if name in KEPT_AS:
            doubts[column] = f"{name}_money"
        if column in FIGURES[:3]:
            value = value if yearly else value / years
        values[column] = values.get(column, Decimal(0)) + value
        places.setdefault(column, (start, end))
    sources = [column for column in FIGURES[:3] if column in values]
    total = sum(values[column] for column in sources)
    stated = set(values)
    _complete(values, years, total, True)
    if not sources:
        doubts |= dict.fromkeys(FIGURES[:3], "no_source")
    elif not _same(total, values["annual"]):
        if _same(total / years, values["annual"]) or _same(total * years, values["annual"]):
            factor = years if _same(total * years, values["annual"]) else Decimal(1) / years
            for column in sources:
                values[column] *= factor
        else:
            doubts |= dict.fromkeys([*sources, "annual"], "row_sum")
    if {"annual", "total_3y"} <= stated and not _same(values["annual"] * years, values["total_3y"]):
        doubts |= dict.fromkeys(["annual", "total_3y"], "row_period")
    if section.guessed:
        doubts |= dict.fromkeys(sources, "one_source")
    if section.unsure:
        doubts.setdefault("annual", "number")
    places["name_vi"] = tuple(section.start + place for place in name_in(section.headings[0]))
    said = text.words(*places["name_vi"]).strip(" .;:")
    kind = section.kind or "policy"
    return Proposal("budget", _cells(said, kind, kind, values, section.locator), places, doubts)


# --- What both have ----------------------------------------------------------------------------------------


def _cells(name, kind_table, kind_text, values, locator, note=""):
    """The cells of a line, its id, channel and group still to be told (dict); a source not named beside others is 0."""
    unnamed = "0" if any(column in values for column in FIGURES[:3]) else ""
    return {
        "line": "",
        "kind_table": kind_table,
        "kind_text": kind_text,
        "name_vi": name,
        "name_en": "",
        **{column: short(round(values[column], 6)) if column in values else unnamed for column in FIGURES},
        "channel": "",
        "group": "",
        "locator": locator,
        "note": note,
    }


def _linked(rows, found):
    """Rows of the table with the section of the text that speaks of the same, each once, the likeliest first."""
    scores = []
    for n, row in enumerate(rows):
        own = set(re.findall(r"\w+", spelled_out(row.cells["name_vi"].lower()))) - _COMMON
        subject = subject_of(spelled_out(row.cells["name_vi"].lower()))
        for m, section in enumerate(found):
            theirs = set(re.findall(r"\w+", section.heading)) - _COMMON
            score = len(own & theirs) / max(len(own), 1)
            score += 0.7 * (subject is not None and subject == subject_of(section.heading))
            said = [section.money.get(name, (None,))[0] for name in ("annual", "total_3y")]
            printed = [row.cells[name] for name in ("annual", "total_3y")]
            score += (
                sum(
                    a is not None and b != "" and _same(a, Decimal(b))
                    for a, b in zip(said, printed, strict=True)
                )
                / 2
            )
            scores.append((score, -n, -m))
    of_row, taken = {}, set()
    for score, n, m in sorted(scores, reverse=True):
        if score >= 0.8 and n not in of_row and m not in taken:
            of_row[n] = found[-m]
            taken.add(m)
    return [(row, of_row.get(-n)) for n, row in enumerate(rows)]


def _name(proposal, section, taken):
    """Id, names, channel and group of a line, from its own name and then from its section's heading."""
    cells = proposal.cells
    own = spelled_out(cells["name_vi"].lower())
    subject = subject_of(own, *([section.heading] if section else []))
    minority = any(MINORITY.search(words) for words in (own, section.heading if section else ""))
    name = spelled_out(
        re.sub(r"^(?:các\s+)?(?:chính sách|dự án|DA|CS)\s*:?\s*(?:về\s+)?", "", cells["name_vi"], flags=re.I)
    )
    cells["name_vi"] = name[:1].upper() + name[1:200]
    cells["name_en"] = f"{subject.name_en}" if subject else cells["name_vi"]
    cells["channel"] = subject.channel if subject else "enabling"
    if subject is None:
        proposal.doubts["channel"] = "no_subject"
    if not minority and section and _OF_MINORITY.search(section.headings[0]):
        minority = True
        proposal.doubts.setdefault("group", "whom")
    cells["group"] = "ethnic_minority" if minority else "all"
    cells["kind_text"] = (section.kind if section else None) or cells["kind_text"] or cells["kind_table"]
    base = subject.id if subject else slug(cells["name_vi"]) or "line"
    unique, n = base, 1
    while unique in taken:
        n += 1
        unique = f"{base}_{n}"
    taken.add(unique)
    cells["line"] = unique
    if n > 1 and subject:
        cells["name_en"] = f"{subject.name_en} ({n})"
