"""What the tables of a package cannot be together."""

import csv
import re
from functools import cache

from giamngheo import paths
from giamngheo.inputs.errors import unknown
from giamngheo.inputs.grammar import slug
from giamngheo.inputs.readings import line_faults, reading_faults
from giamngheo.inputs.tables import TABLES

ALIKE = 0.6  # from which a name is offered in another's place; documents and lines are many, and seldom alike


def package_faults(tables, labels):
    """What is wrong with a package's tables taken together, as (table or None for the labels, row, column, what)."""
    for table in ("poverty", "lines", "budget", "documents"):
        if not tables[table]:
            zero = ", of 0 where no money is planned" if table == "budget" else ""
            yield table, None, None, f"no row under the header; at least one is needed{zero}"
            return
    for table, model in TABLES.items():
        for column, (other, key) in model.REFERENCES.items():
            known = [getattr(row, key) for row in tables[other].values()]
            for row, record in tables[table].items():
                word = getattr(record, column)
                if word is not None and word not in known:
                    near = unknown(column, word, known, ALIKE)
                    yield table, row, column, f"{near} in {other}.csv; write one of them, or add it there"
    documents = {row.document: row for row in tables["documents"].values()}
    if labels.main_document not in documents:
        yield None, None, "main_document", unknown("main document", labels.main_document, documents, ALIKE)
    elif documents[labels.main_document].date != labels.date:
        row = next(n for n, record in tables["documents"].items() if record.document == labels.main_document)
        yield (
            "documents",
            row,
            "date",
            f"{documents[labels.main_document].date} is not the descriptor's {labels.date}",
        )
    read = {
        row.poverty_line for row in tables["poverty"].values() if (row.group, row.status) == ("all", "poor")
    }
    last = max(tables["poverty"].values(), key=lambda row: row.as_of).poverty_line
    if last not in read:
        yield (
            "poverty",
            None,
            "status",
            f"no reading of the poor of group all on the last line, '{last}'; add one",
        )
    if labels.reference_unit is not None and labels.reference_unit not in reference_units():
        what = unknown("reference_unit", labels.reference_unit, reference_units())
        yield None, None, "reference_unit", f"{what}; none: its own data would inform its prior"
    yield from _pace_faults(tables, labels)
    yield from (("poverty", *fault) for fault in reading_faults(tables["poverty"]))
    yield from (("poverty", *fault) for fault in line_faults(tables["poverty"], tables["lines"], documents))


def _pace_faults(tables, labels):
    """Promises of a fall a year whose level is not written."""
    for row, target in tables["targets"].items():
        pace = target.pace_low_pp if target.pace_low_pp is not None else target.pace_high_pp
        if pace is None or target.value_pct is not None:
            continue
        status = target.status or "poor"
        what = "a fall a year is promised and no level; write the level that it leads to"
        last, due, level = level_led_to(target, status, tables["poverty"].values(), labels.last_year)
        if last:
            told = f"status={status}, comparator=<=, value_pct={level}, as_of={due}-12-31"
            if level <= 0:  # which no plan can mean
                told = f"nothing before {due}-12-31; look at the pace, or give a level or an earlier as_of"
            what += f": {pace} points a year from {last.rate_pct} percent on {last.as_of} lead to {told}"
        else:
            what += f"; no reading of group '{target.group}' ({status}) tells from where; give it, or leave the row out"
        yield "targets", row, "value_pct", what


def level_led_to(target, status, readings, last_year):
    """Where the fall a year that a target promises, at its lower end, leads to.

    Parameters
    ----------
    target : Target
    status : {"poor", "near_poor"}
    readings : iterable of Reading
    last_year : int
        Of the plan, by whose end it is promised where the target names no day.

    Returns
    -------
    tuple of (Reading, int, Decimal)
        The last reading of its group and status, the year, the rate in percent; None, None, None without a reading.
    """
    own = [reading for reading in readings if (reading.group, reading.status) == (target.group, status)]
    if not own:
        return None, None, None
    last = max(own, key=lambda reading: reading.as_of)
    pace = target.pace_low_pp if target.pace_low_pp is not None else target.pace_high_pp
    due = target.as_of.year if target.as_of else last_year
    return last, due, last.rate_pct - pace * max(due - last.as_of.year, 0)


@cache
def reference_units():
    """Units of the reference series, which a package may be one of (tuple of str)."""
    with (paths.DATA / "reference" / "rates.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(sorted({row["unit"] for row in csv.DictReader(lines)}))


def reference_unit_of(province):
    """The unit of the reference series that a province is, however its name is written, None if it is none (str).

    Parameters
    ----------
    province : str
        With its marks or without, as "Tỉnh An Giang", "TP. Hồ Chí Minh", "Thừa Thiên Huế".
    """
    units = {_bare(unit.removeprefix("VNM:")): unit for unit in reference_units() if unit.startswith("VNM:")}
    return units.get(_bare(province))


def _bare(name):
    return re.sub("^(tinh|thanh_pho|tp)_|_(city|province)$", "", slug(name))
