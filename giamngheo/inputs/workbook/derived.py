"""Cells that a sheet leaves empty and that follow from others; each kind is told, none is guessed."""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from giamngheo.inputs.extraction.vocabulary import SUBJECTS, spelled_out, subject_of
from giamngheo.inputs.grammar import slug
from giamngheo.inputs.tables import SOURCES, TABLES
from giamngheo.inputs.workbook.cells import plain
from giamngheo.inputs.workbook.words import meaning, value_of
from giamngheo.language import LANGUAGES, say

IDS = 64  # letters of an id
PERCENT = ("", "phan_tram", "percent")  # a unit in other words
_SMALLEST = Decimal("0.0001")  # billion VND: what a mean that does not come out even is rounded to
FOLLOWS = {  # required columns that a sheet may leave empty where they follow from others, by table
    "plan": ("province_en", "date", "main_document", "title_vi", "title_en"),
    "poverty": ("as_stated", "group", "poverty_line", "document", "locator"),
    "lines": ("poverty_line", "valid_from", "legal_basis"),
    "targets": ("target", "group", "locator"),
    "budget": (
        "line",
        "kind_table",
        "kind_text",
        "name_en",
        "annual",
        "total_3y",
        "channel",
        "group",
        "locator",
    ),
    "measures": ("what", "locator"),
    "agencies": ("agency_en", "as_stated", "locator"),
    "claims": ("locator",),
    "documents": ("document", "licence"),
}


class Filling:
    """Rows whose empty cells are filled in, with a count of each way."""

    def __init__(self, rows, heads=()):
        self.rows, self.heads, self.told, self.passed, self.problems = rows, heads, {}, [], []
        self.persons = []

    def fill(self, values, column, value, why):
        """Fill a cell that is empty, if there is what to fill it with."""
        if values.get(column) is None and value not in (None, ""):
            values[column] = str(value)
            if why:
                self.told[column, why] = self.told.get((column, why), 0) + 1

    def lines(self):
        """What is told (list of str)."""
        return [
            f"{column} of {count} row{'s' * (count > 1)}: {why}" for (column, why), count in self.told.items()
        ]


def derive(table, rows, found, heads):
    """Fill in what follows from other cells.

    Parameters
    ----------
    table : str
    rows : list of (label, dict of str to (str or None))
        Cells as text; empty ones are filled in, and rows that only head others are taken out.
    found : Found
        What was read before: labels, and checked tables.
    heads : collection of str
        Columns that the sheet has, in which an empty cell may be meant.

    Returns
    -------
    Filling
        With `problems`, as (label, column, what), and rates of `persons`, as (label, words).
    """
    filling = Filling(rows, heads)
    _DERIVED.get(table, lambda *_: None)(filling, found)
    references = TABLES[table].REFERENCES if table in TABLES else {}
    for column, (other, key) in references.items():
        known = by_name(found.tables.get(other, {}).values(), key)
        for _, values in rows:
            if values.get(column) is not None:
                values[column] = known.get(values[column], values[column])
    return filling


def by_name(rows, key):
    """Ids by what else a row is called: its title or name, as an id, or the beginning of it (dict of str to str)."""
    ids, called = {getattr(row, key): getattr(row, key) for row in rows}, {}
    for row in rows:
        name = slug(getattr(row, "title", None) or getattr(row, "name_vi", None) or "")
        parts = name.split("_")
        for end in range(3, len(parts) + 1):
            called.setdefault("_".join(parts[:end])[:IDS], set()).add(getattr(row, key))
        called.setdefault(name[:IDS], set()).add(getattr(row, key))
    return {name: one.copy().pop() for name, one in called.items() if len(one) == 1} | ids


def _documents(filling, _):
    for _, values in filling.rows:
        filling.fill(values, "document", slug(values.get("title") or "")[:IDS], "")
        if values.get("licence") is None:
            filling.fill(values, "licence_vi", say("workbook.instead.licence", "vi"), "")
            filling.fill(values, "licence", say("workbook.instead.licence", "en"), "not stated")


def period_of(name):
    """The years from and to which a poverty line is named, as "2016_2020" is, else None (tuple of int)."""
    found = re.fullmatch(r"((?:19|20)\d\d)_((?:19|20)\d\d)", name)
    return (int(found[1]), int(found[2])) if found else None


def _lines(filling, found):
    """When a line was in force may be its name, and its name when that was."""
    main = found.labels.main_document if found.labels else "unknown"
    for _, values in filling.rows:
        filling.fill(values, "legal_basis", main, "the plan itself, since no other is named")
        if years := period_of(values.get("poverty_line") or ""):
            filling.fill(values, "valid_from", f"{years[0]}-01-01", "by the years that name it")
            filling.fill(values, "valid_to", f"{years[1]}-12-31", "by the years that name it")
        if values.get("valid_from"):
            made = f"line_{values['valid_from'][:4]}"
            filling.fill(values, "poverty_line", made, "by the year in which it came into force")


def _series(filling, _):
    """A rate that is not told, of the households counted; or those, of the rate and all households."""
    for _, values in filling.rows:
        counted, total = (values.get(column) or "" for column in ("households", "total_households"))
        if not total.isdigit() or not int(total):
            continue
        if counted.isdigit():
            rate = 100 * Decimal(counted) / Decimal(total)
            filling.fill(values, "rate_pct", rate.quantize(Decimal("0.01")), "households of all households")
        elif re.fullmatch(r"\d{1,3}([.]\d+)?", values.get("rate_pct") or ""):
            count = Decimal(values["rate_pct"]) * int(total) / 100
            filling.fill(values, "households", f"{count:.0f}", "the rate of all households")


def _poverty(filling, found):
    """A reading's line is that in force at its instant, where only one is."""
    spans = {}
    for row in found.tables.get("lines", {}).values():
        first, last = row.valid_from - timedelta(days=1), row.valid_to or date.max
        before = spans.get(row.poverty_line, (first, last))
        spans[row.poverty_line] = min(first, before[0]), max(last, before[1])
    _series(filling, found)
    for label, values in filling.rows:
        as_of = values.get("as_of")
        if values.get("poverty_line") is None and as_of and len(spans) > 1:
            fit = [
                line for line, (first, last) in spans.items() if first <= date.fromisoformat(as_of) <= last
            ]
            if len(fit) == 1:
                filling.fill(values, "poverty_line", fit[0], "the one in force at the instant")
            elif fit:
                what = f"{as_of} is where '{fit[0]}' ends and '{fit[1]}' begins; say which in a column or row"
                filling.problems.append(
                    (label, "poverty_line", f"{what} '{say('workbook.column.poverty_line', 'vi')}'")
                )


def _targets(filling, _):
    taken = {values["target"] for _, values in filling.rows if values.get("target")}
    for label, values in filling.rows:
        unit = values.get("unit")
        if unit and slug(unit) not in PERCENT:  # the promise of a count
            filling.told["value_pct", f"left empty for '{values.get('name_vi')}', whose unit is {unit}"] = 1
        told = meaning(values.get("name_vi") or "")
        group = told.group or value_of("group", values.get("name_vi") or "")
        if group not in (None, "all") and "group" not in filling.heads:
            values["group"] = group
        if values.get("value_pct") is not None and "status" not in filling.heads:
            level = told.status if not (told.more or told.flow) else None
            filling.fill(values, "status", level, "by the target's name")
            if level and told.persons:
                filling.persons.append((label, values["name_vi"]))
            if level is None:
                filling.told[
                    "status", f"'{values.get('name_vi')}' is taken as no rate of the poor or near-poor"
                ] = 1
        if values.get("status") and values.get("value_pct") is not None:
            filling.fill(values, "comparator", "<=", "the value is to be reached")
        if values.get("value_pct") is not None and values.get("comparator") is None:
            _other_aim(filling, label, values, told)
        own = [values.get("group") if values.get("group") != "all" else None, values.get("status")]
        made = "_".join(filter(None, (*own, (values.get("as_of") or "")[:4]))) if own[1] else None
        made = made or slug(values.get("name_vi") or "")[:IDS]
        if made in taken and values.get("as_of"):  # the same by another year
            made = f"{made[: IDS - 5]}_{values['as_of'][:4]}"
        taken.add(made)
        filling.fill(values, "target", made, "")


def _other_aim(filling, label, values, told):
    """What is promised of anything but a rate of the poor: how it compares follows from 100 alone."""
    said = f"'{values.get('name_vi')}', {values['value_pct']}"
    if told.flow:
        what = f"{said}: a fall or a level? type the rate that it leads to, as 'còn 7%', or a year's fall, '1,5%/năm'"
        filling.problems.append((label, "value_pct", what))
    elif values["value_pct"] in ("100", "100.0", "100.00"):
        filling.fill(values, "comparator", ">=", "all of them")
    else:
        head = say("workbook.column.comparator", "vi")
        what = f"{said}: at least, or at most? type 'ít nhất' or 'không quá' before it, or ≥ or ≤ in a column '{head}'"
        filling.problems.append((label, "comparator", what))


def _budget(filling, found):
    years = found.labels and list(range(found.labels.first_year, found.labels.last_year + 1))
    others = [head for head in filling.heads if years and head.isdigit() and int(head) not in years]
    filling.passed += [f"the money of {year}, which is no year of the plan" for year in others]
    kind, taken = None, {values["line"] for _, values in filling.rows if values.get("line")}
    for one in list(filling.rows):
        label, values = one
        name = values.get("name_vi") or values.get("line") or ""
        heading = kind_of(name)
        if heading:  # "I. Chính sách", mostly with the sum of what stands below it
            kind = heading
            filling.rows.remove(one)
            filling.passed.append(f"'{name}', which heads the rows below it")
            continue
        own = re.match(r"(?:(chính sách|cs)|dự án|da)\b", name.lower())
        own = own and ("policy" if own[1] else "project")
        filling.fill(
            values,
            "kind_table",
            values.get("kind_text") or kind or own,
            "" if values.get("kind_text") else "by its heading or name",
        )
        filling.fill(values, "kind_text", values.get("kind_table"), "as kind_table")
        subject = subject_of(spelled_out(name.lower())) or _by_id(name)
        filling.fill(
            values, "channel", subject and subject.channel, "by the line's name; it is a judgement, so look"
        )
        filling.fill(values, "name_en", subject.name_en if subject else values.get("name_vi"), "")
        base = (subject.id if subject else slug(name))[: IDS - 4]
        made = next(
            f"{base}_{n}" if n > 1 else base
            for n in range(1, 1000)
            if (f"{base}_{n}" if n > 1 else base) not in taken
        )
        if values.get("line") is None:
            taken.add(made)
        filling.fill(values, "line", made, "")
        if years:
            _money(filling, label, values, years)
        if re.fullmatch(r"0+([.]0*)?", values.get("total_3y") or ""):  # no money acts in no way
            for column, word in (("kind_table", "policy"), ("kind_text", "policy"), ("channel", "enabling")):
                filling.fill(values, column, word, "since there is no money")


def _money(filling, label, values, years):
    """A line's money of a year, of the whole period and of each year from each other."""

    def number(column):
        try:
            return Decimal(values[column])
        except (KeyError, TypeError, InvalidOperation):  # empty, or no number, which its model says
            return None

    own = [number(str(year)) for year in years]
    filling.problems += [
        (label, str(year), f"'{values[str(year)]}' is not a number")
        for year, money in zip(years, own, strict=True)
        if money is None and values.get(str(year)) is not None
    ]
    total = None if None in own else sum(own, Decimal(0))
    if values.get("sum") is not None:
        yearly = any(column.isdigit() for column in values)
        if yearly or values.get("annual") is not None or number("sum") == 0:
            filling.fill(values, "total_3y", values["sum"], "")
        elif values.get("total_3y") is not None or len(years) == 1:
            filling.fill(values, "annual", values["sum"], "")
        else:
            what = "is it the money of a year or of the whole period? head the column "
            names = (f"'{say(f'workbook.column.{column}', 'vi')}'" for column in ("annual", "total_3y"))
            filling.problems.append((label, "sum", what + " or ".join(names)))
            return
    filling.fill(values, "total_3y", total, "the sum of its years")
    whole = number("total_3y")
    if (
        None not in (total, whole) and abs(total - whole) > whole / 1000
    ):  # the package keeps no years to compare
        told = f"{whole:f} billion as typed for '{values.get('name_vi')}', whose years add up to {total.normalize():f}"
        filling.told["total_3y", told] = 1
    parts = [number(source) for source in SOURCES]
    if None not in parts and any(parts) and whole is None and values.get("annual") is None:
        filling.fill(values, "annual", sum(parts), "the sum of its sources")
    if whole is not None:
        filling.fill(values, "annual", _shared(whole, len(years)), "the mean of the years")
    if number("annual") is not None:
        filling.fill(values, "total_3y", number("annual") * len(years), f"a year's sum times {len(years)}")
    known, annual, whole = sum(filter(None, parts), Decimal(0)), number("annual"), number("total_3y")
    if known and whole is not None and known == whole != annual:  # sources of the whole period
        for source, part in zip(SOURCES, parts, strict=True):
            if part is not None:
                values[source] = str(_shared(part, len(years)))
        told = "the sources' money", "of the whole period, shared over its years"
        filling.told[told] = filling.told.get(told, 0) + 1
        known = annual
    if known and known == annual:
        for source in SOURCES:
            filling.fill(values, source, "0", "the others add up")


def _by_id(name):
    """The subject whose id is a word of a name in English (Subject or None)."""
    return next((one for one in SUBJECTS if one.id in re.findall("[a-z]+", name.lower())), None)


def _shared(whole, years):
    mean = whole / years
    return mean if mean * years == whole and -mean.as_tuple().exponent <= 6 else mean.quantize(_SMALLEST)


def apart(layout, rows, fields, style):
    """What is told of a row of totals that the rows read do not add up to: one may be a heading, or left out.

    Parameters
    ----------
    layout : Layout
    rows : list of (label, dict of str to (str or None))
    fields : dict of str to dict
    style : str or None
        As of `cells.plain`.

    Returns
    -------
    list of str
    """
    column = next((name for name in ("total_3y", "sum", "annual") if name in layout.total), None)
    if column is None:
        return []
    placed = layout.total[column]
    try:
        told = Decimal(plain(placed.cell, fields[column], style))
        read = sum(Decimal(record[column]) for _, record in rows if record[column] is not None)
    except (ValueError, TypeError, InvalidOperation):  # no number: nothing is said
        return []
    where = f"{layout.sheet.told(placed.row, placed.column)} '{placed.cell}'"
    what = f"is {told:f}, and the rows read add up to {read:f}; is one of them a heading, or left out?"
    return [f"{where} {what}"] if abs(told - read) > told / 100 else []


def kind_of(text):
    """The kind of budget line that a heading names and nothing else, None if none (str)."""
    bare = slug(re.sub(r"^[IVXivx\d]+[.)]\s*", "", text))
    for kind in ("policy", "project"):
        names = (name for lang in LANGUAGES for name in say(f"workbook.value.{kind}", lang).split(";"))
        if bare in map(slug, names):
            return kind
    return None


def _measures(filling, _):
    for _, values in filling.rows:
        filling.fill(values, "what", slug(values.get("name_vi") or "")[:IDS], "")


def _agencies(filling, _):
    for _, values in filling.rows:
        filling.fill(values, "agency_en", values.get("agency_vi"), "as in Vietnamese")
        filling.fill(values, "as_stated", values.get("agency_vi"), "")


_DERIVED = {
    "documents": _documents,
    "lines": _lines,
    "poverty": _poverty,
    "series": _series,
    "targets": _targets,
    "budget": _budget,
    "measures": _measures,
    "agencies": _agencies,
}
