"""A bare series to a package's tables: its readings, one target, and what has to be typed before it can be used."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from giamngheo import paths
from giamngheo.dates import months_after
from giamngheo.inputs.csv_rows import check_rows
from giamngheo.inputs.descriptor import Labels
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.extraction.lines import known_lines
from giamngheo.inputs.grammar import slug
from giamngheo.inputs.package_faults import package_faults
from giamngheo.inputs.questions import NOT_NAMED, package_questions, reading_questions, unanswered, whose_line
from giamngheo.inputs.readings import REVIEW_MONTHS, WORKBOOKS, SeriesReading, reading_faults
from giamngheo.inputs.tables import (
    TABLES,
    BudgetLine,
    Document,
    Persons,
    PovertyLine,
    Reading,
    Target,
    Text,
    read_table,
)
from giamngheo.inputs.workbook.derived import period_of
from giamngheo.inputs.workbook.labels import derive_labels
from giamngheo.inputs.workbook.layout import lay_out
from giamngheo.inputs.workbook.promises import ask_levels
from giamngheo.inputs.workbook.reading import PLAN, Found, checked, read_readings, sheet_names
from giamngheo.inputs.workbook.xlsx import read_sheets
from giamngheo.language import LANGUAGES, say

TEXTS = (".csv", ".tsv", ".txt")
SOURCE = "series"  # the id of the file as a document
_TYPED = ("poor_vnd_month", "valid_from")  # of a poverty line that the project does not hold


class Aim(NamedTuple):
    """What a series does not tell: the province's name, and the rate of the poor to be reached by a year's end."""

    province: str | None = None
    target: float | None = None
    by: int | None = None


class _Read(SeriesReading):
    """A reading of a series with what a package keeps beside it."""

    as_stated: Text | None = None
    locator: Text | None = None
    persons: Persons | None = None


def is_series(path, aimed):
    """Whether a file holds readings and at most targets beside them.

    Parameters
    ----------
    path : Path
    aimed : bool
        A target is named, so that sheets beside that of the readings are not taken for a plan's.

    Returns
    -------
    bool
        Of text; of a workbook that has no sheet but such, or, aimed, none that a plan names otherwise.

    Raises
    ------
    RefusedInput
        As of `xlsx.read_sheets`.
    """
    if path.suffix.lower() not in WORKBOOKS:
        return path.suffix.lower() in TEXTS
    sheets = [slug(sheet.name) for sheet in read_sheets(path) if sheet.cells]
    others = set().union(
        *(sheet_names(table) for table in (PLAN, *TABLES) if table not in ("poverty", "targets"))
    )
    known = sheet_names("poverty") | sheet_names("targets")
    return not others.intersection(sheets) and (aimed or len(sheets) < 2 or known.issuperset(sheets))


def read_bare(path, name, aim, year_is=None, accept=()) -> Found:
    """The tables that a bare series and an aim make.

    Parameters
    ----------
    path : Path
        As of `readings.read_series`.
    name : str
        Of the package's folder, which may be that of a province.
    aim : Aim
    year_is, accept
        As of `readings.read_series`.

    Returns
    -------
    Found
        Checked, but for the thresholds of a poverty line that the project does not hold, which have to be typed.

    Raises
    ------
    RefusedInput
        What is wrong with the readings, what of the aim lacks, what both make one ask.
    """
    found = Found()
    rows, place, asked = read_readings(path, _Read, year_is, found.told.append)
    if not rows:
        raise RefusedInput(f"{shown(path)}: no reading in it; at least one reading of the poor is needed")
    promised = _promised(path, year_is, found)
    if promised and (aim.target, aim.by) != (None, None):
        raise RefusedInput(
            f"--target, --by: the sheet {found.sheet('targets')} tells what is promised; leave them out"
        )
    due = max((row.as_of.year for row in promised.values() if row.as_of), default=None)
    found.labels = _labels(path, name, aim._replace(by=due) if promised else aim, rows, promised, found.told)
    national = _national(rows)
    called = {NOT_NAMED: f"line_{min(row.as_of for row in rows.values()).year}"} | national
    readings = {label: _reading(row, called) for label, row in rows.items()}
    lines = [
        line for one in dict.fromkeys(row.poverty_line for row in readings.values()) for line in _line(one)
    ]
    found.places = dict.fromkeys((*TABLES, PLAN), lambda *_: "--target") | found.places | {"poverty": place}
    found.tables = {table: {} for table in TABLES} | {
        "poverty": readings,
        "lines": dict(enumerate(lines)),
        "targets": promised or {0: _target(aim)},
        "budget": {0: _no_money(path)},
        "documents": dict(enumerate(_documents(path, found.labels, lines))),
    }
    ask_levels(found)
    whole = {"lines": {row: _stand_in(line, readings) for row, line in found.tables["lines"].items()}}
    faults = [
        *(("poverty", *one) for one in reading_faults(rows)),
        *package_faults(found.tables | whole, found.labels),
    ]
    problems = list(dict.fromkeys(f"{found.place(*where)}: {what}" for *where, what in faults))
    questions = [*asked, *found.asked, *reading_questions(rows), *_asked_of_lines(rows, national)]
    questions += [one for one in package_questions(found.tables, found.labels) if one.table != "poverty"]
    problems = problems or unanswered(questions, accept, (), found.place)
    if problems:
        raise RefusedInput(problems)
    found.told += _told(found, path, lines)
    return found


def _promised(path, year_is, found):
    """The targets of a workbook that has a sheet of them (dict of label to Target)."""
    sheets = read_sheets(path) if path.suffix.lower() in WORKBOOKS else []
    sheet = next((one for one in sheets if slug(one.name) in sheet_names("targets") and one.cells), None)
    if sheet is None:
        return {}
    layout = lay_out(sheet, Target)
    found.sheets["targets"] = sheet.name
    rows, found.places["targets"] = checked("targets", layout, None, year_is, found)
    found.told += [f"not read: {passed}" for passed in layout.passed]
    return rows


def _labels(path, name, aim, rows, promised, told):
    """What the package is about; what of it lacks is asked for."""
    last = max(row.as_of for row in rows.values())
    vi, en = (aim.province, None) if aim.province else _province(name)
    problems = []
    if not vi:
        problems.append(
            f"--province: '{name}' is no province's name; give the one for pages, as --province 'Tỉnh …'"
        )
    if aim.by is None or (aim.target is None and not promised):
        problems.append(
            f"--target, --by: a report judges a target; give the rate of the poor to be reached, and by the end of "
            f"which year, as --target 5 --by {last.year + 3} (without one: giamngheo forecast --series {shown(path)})"
        )
    elif not promised and not 0 <= aim.target <= 100:
        problems.append(
            f"--target: {aim.target:g} is outside 0 to 100; nearest: {min(max(aim.target, 0), 100)}"
        )
    first = last.year + (last == date(last.year, 12, 31))
    if aim.by is not None and not first <= aim.by <= first + 50:
        near = min(max(aim.by, first), first + 50)
        problems.append(
            f"--by: the end of {aim.by} is not ahead of the last reading, {last}; nearest: {near}"
        )
    if problems:
        raise RefusedInput(problems)
    values = {"province_vi": vi, "decision": path.name, "main_document": SOURCE}
    values |= {"date": str(months_after(last, REVIEW_MONTHS)), "first_year": first, "last_year": aim.by}
    values |= {"province_en": en} if en else {}
    derive_labels(values, ())
    for lang in LANGUAGES:
        words = {"province": values[f"province_{lang}"], "year": str(aim.by)}
        values[f"title_{lang}"] = say("workbook.instead.title_of_series", lang, **words)
    if not aim.province:
        told.append(f"province: {vi}, by the folder's name")
    return Labels(**values)


def _province(name):
    """The province that a folder is named after, in each language, None where it is none (tuple of str)."""
    with (paths.DATA / "viet-nam" / "provinces.csv").open(encoding="utf-8", newline="") as lines:
        named = {slug(row["name_vi"]): (row["name_vi"], row["name_en"]) for row in csv.DictReader(lines)}
    return named.get(slug(name), (None, None))


def _national(rows):
    """The held national lines of readings, by their name of it: none, or its years (dict of str to str)."""
    held = {name: line for name, (line, *_) in known_lines().items()}
    named = dict.fromkeys(row.poverty_line for row in rows.values())
    years = {f"{line.valid_from.year}_{line.valid_to.year}": name for name, line in held.items()}
    found = {name: years[name] for name in named if name in years}
    days = [row.as_of for row in rows.values()]
    fit = [
        name
        for name, line in held.items()
        if line.valid_from - timedelta(days=1) <= min(days) and max(days) <= line.valid_to
    ]
    return found | ({NOT_NAMED: fit[0]} if list(named) == [NOT_NAMED] and len(fit) == 1 else {})


def _asked_of_lines(rows, national):
    for name, line in national.items():
        told = ", ".join(f"{area.poor_vnd_month:,} VND ({area.area})" for area in known_lines()[line])
        first = next(label for label, row in rows.items() if row.poverty_line == name)
        yield whose_line(first, None if name == NOT_NAMED else name, f"{line} ({told})")


def _line(name):
    """A poverty line's rows, with empty cells where the project does not hold it."""
    if name in known_lines():
        return known_lines()[name]
    cells = dict.fromkeys(PovertyLine.model_fields) | {"poverty_line": name, "legal_basis": SOURCE}
    if years := period_of(name):
        cells |= {"valid_from": date(years[0], 1, 1), "valid_to": date(years[1], 12, 31)}
    return [PovertyLine.model_construct(**cells | {"area": area}) for area in ("rural", "urban")]


def lacks(line):
    """Whether a poverty line's thresholds have to be typed (bool)."""
    return any(getattr(line, column) is None for column in _TYPED)


def _stand_in(line, readings):
    """A poverty line with any threshold, to check the other tables beside it."""
    first = min(row.as_of for row in readings.values())
    return line.model_copy(update={"poor_vnd_month": 1, "valid_from": first}) if lacks(line) else line


def _reading(row, called):
    cells = row.model_dump(exclude={"total_households", "published"}) | {"document": SOURCE}
    return Reading(**cells | {"poverty_line": called.get(row.poverty_line, row.poverty_line)})


def _target(aim):
    cells = {"target": f"poor_{aim.by}", "group": "all", "status": "poor", "comparator": "<="}
    cells |= {"value_pct": f"{aim.target:g}", "as_of": f"{aim.by}-12-31", "locator": "--target"}
    return check_rows(
        "--target", [("", dict.fromkeys(Target.model_fields) | cells)], Target, lambda *_: "--target"
    )[""]


def _no_money(path):
    cells = {"line": "none", "kind_table": "policy", "kind_text": "policy", "channel": "enabling"}
    cells |= {f"name_{lang}": say("workbook.instead.money", lang) for lang in LANGUAGES}
    cells |= {"annual": Decimal(0), "total_3y": Decimal(0), "locator": path.name}
    return BudgetLine(**dict.fromkeys(("central", "provincial", "mobilised")) | cells)


def _documents(path, labels, lines):
    """The file itself, and what sets the national lines that are held."""
    words = {f"not_stated_{lang}": say("workbook.instead.licence", lang) for lang in LANGUAGES}
    yield Document(
        document=SOURCE,
        title=path.name,
        issuer=words["not_stated_vi"],
        date=labels.date,
        url=None,
        licence=words["not_stated_en"],
        licence_vi=words["not_stated_vi"],
        accessed=None,
    )
    bases = {line.legal_basis for line in lines}
    yield from (row for row in read_table(paths.PACKAGE / "documents.csv", Document) if row.document in bases)


def _told(found, path, lines):
    """What was concluded, and what is kept for want of better."""
    yield (
        f"document: {path.name} itself, of {found.labels.date}, when readings of its last instant are out as a rule; "
        "the number and day of a decision go into datapackage.json (decision, date) and documents.csv (title, date)"
    )
    yield "budget: one line of 0, since a series tells of no money; money that is planned goes into budget.csv"
    for line in (line for line in lines if not lacks(line) and line.area == "rural"):
        held = next(row for row in found.tables["documents"].values() if row.document == line.legal_basis)
        yield f"lines: {line.poverty_line}, the national one, by {held.title}"
