"""Readings beside each other: what they cannot be together, bare series, and readings later than a package's.

Fractions among percents and mixed poverty lines are refused wherever readings come in.
"""

import logging
from datetime import date, timedelta
from typing import ClassVar

from pydantic import Field

from giamngheo.dates import months_after
from giamngheo.inputs.errors import RefusedInput, nearest, shown, unknown
from giamngheo.inputs.questions import reading_questions, unanswered
from giamngheo.inputs.tables import Day, Households, Id, Percent, Row, Status

log = logging.getLogger("giamngheo")
WORKBOOKS = (".xlsx", ".xlsm")
REVIEW_MONTHS = 5  # from an administrative review's instant to its publication


class SeriesReading(Row):
    """One reading of a bare series (`--series`): the share of households below a threshold at an instant."""

    KEY: ClassVar = ("as_of", "group", "status", "poverty_line")

    as_of: Day = Field(
        description="Instant that the reading describes; the beginning of a year is 31 December before"
    )
    status: Status = Field(
        description="Poor: at or below the poverty line; near-poor: above it, up to the near-poor one"
    )
    poverty_line: Id = Field(description="Poverty line that the reading was made on")
    rate_pct: Percent = Field(description="Share of households, as printed")
    households: Households | None = Field(None, description="Households counted")
    total_households: Households | None = Field(None, description="All households of the group")
    group: Id = Field("all", description="Population group")
    published: Day | None = Field(
        None, description="Day of publication; empty: the usual lag of its kind (a review: five months)"
    )


class NewReading(SeriesReading):
    """A reading of a year that a package does not have yet."""

    @property
    def known_by(self) -> date:
        """Day from which the reading was public."""
        if self.published:
            return self.published
        return months_after(self.as_of, REVIEW_MONTHS)


def read_series(path, year_is=None, accept=(), tell=log.info) -> tuple[SeriesReading, ...]:
    """The readings of a bare series.

    Parameters
    ----------
    path : path-like
        CSV, or a workbook's sheet, with as_of, status, rate_pct and optionally poverty_line, households,
        total_households, group, or with an instant a column; the other columns of a package's poverty.csv may stand
        there and are not read.
    year_is : {"end", "start"}, optional
        The instant that a year alone stands for.
    accept : iterable of str
        As of `checked_series`.
    tell : callable
        Is handed each line about what was passed over, or concluded.

    Returns
    -------
    tuple of SeriesReading

    Raises
    ------
    RefusedInput
        Bad cells, fractions for percents, mixed poverty lines, no reading of the poor on the last line.
    """
    rows, place, asked = _rows(path, SeriesReading, year_is, tell)
    return tuple(checked_series(shown(path), rows, place, accept, asked).values())


def _rows(path, model, year_is, tell, *line):
    """The records of a CSV file or a workbook's sheet, and what a message calls a cell."""
    from giamngheo.inputs.workbook.reading import read_readings

    return read_readings(path, model, year_is, tell, *line)


def checked_series(name, rows, place=None, accept=(), asked=()):
    """Readings of a series, checked beside each other.

    Parameters
    ----------
    name : str
        Of the file, or what stands for it in a message.
    rows : dict of label to SeriesReading
    place : callable, optional
        As of `csv_rows.check_rows`.
    accept : iterable of str
        Ids of questions (`inputs.questions`) whose figures are right as they stand.
    asked : iterable of Question
        What else is asked, by the words of heads.

    Returns
    -------
    dict of label to SeriesReading
        The same.

    Raises
    ------
    RefusedInput
        As `read_series`.
    """
    if not rows:
        raise RefusedInput(f"{name}: no reading in it; at least one reading of the poor is needed")
    place = place or (lambda row, column: f"{name}:{row}:{column}")
    problems = [f"{place(row, column)}: {what}" for row, column, what in reading_faults(rows)]
    last_line = max(rows.values(), key=lambda reading: reading.as_of).poverty_line
    if not any(reading.poverty_line == last_line and reading.status == "poor" for reading in rows.values()):
        problems.append(f"{name}: no reading with status 'poor' on the last poverty line '{last_line}'")
    problems = problems or unanswered(
        [*asked, *reading_questions(rows)], accept, (), lambda _, *cell: place(*cell)
    )
    if problems:
        raise RefusedInput(problems)
    return rows


def read_new_readings(path, package, year_is=None, accept=(), tell=log.info):
    """The readings of a file, checked against a package's.

    Parameters
    ----------
    path : path-like
        CSV or workbook with the columns of poverty.csv or of a series, and optionally ``published``.
    package : Package
    year_is, accept, tell
        As of `read_series`.

    Returns
    -------
    tuple of NewReading

    Raises
    ------
    RefusedInput
        Every problem found: bad cells, a reading not later than the last, another poverty line, …
    """
    rows, place, asked = _rows(path, NewReading, year_is, tell, package.last_line[0].poverty_line)
    return tuple(checked_new_readings(shown(path), rows, package, place, accept, asked).values())


def checked_new_readings(name, rows, package, place=None, accept=(), asked=()):
    """New readings, checked beside each other and a package's.

    Parameters
    ----------
    name : str
        Of the file, or what stands for it in a message.
    rows : dict of label to NewReading
    package : Package
    place : callable, optional
        As of `csv_rows.check_rows`.
    accept, asked
        As of `checked_series`.

    Returns
    -------
    dict of label to NewReading
        The same.

    Raises
    ------
    RefusedInput
        As `read_new_readings`.
    """
    if not rows:
        raise RefusedInput(f"{name}: no reading in it; at least one of the poor is needed")
    place = place or (lambda row, column: f"{name}:{row}:{column}")
    problems = [f"{place(row, column)}: {what}" for row, column, what in new_reading_faults(package, rows)]
    if not problems:
        asked = [*asked, *(one for one in reading_questions(_together(package, rows)) if one.row in rows)]
        problems = unanswered(asked, accept, package.labels.accepted, lambda _, *cell: place(*cell))
    if problems:
        raise RefusedInput(problems)
    return rows


def new_reading_faults(package, rows):
    """What is wrong with new readings beside a package's.

    Parameters
    ----------
    package : Package
    rows : dict of label to NewReading
        By their row.

    Yields
    ------
    tuple of (label, str, str)
        Row, column, what.
    """
    last = max(row.as_of for row in package.readings)
    line, groups = package.last_line[0].poverty_line, {row.group for row in package.readings}
    ends = [area.valid_to for area in package.last_line]
    for row, reading in rows.items():
        if reading.as_of <= last:
            near = date(last.year + (last == date(last.year, 12, 31)), 12, 31)
            yield row, "as_of", f"{reading.as_of} is not after the last reading, {last}; nearest: {near}"
        if None not in ends and reading.as_of > max(ends):
            yield row, "as_of", f"{reading.as_of} is after the line '{line}'; nearest: {max(ends)}"
        if reading.poverty_line != line:
            known = [area.poverty_line for area in package.poverty_lines]
            other = "a reading on another line than the last one cannot be compared with it; nearest"
            wrong = reading.poverty_line in known
            what = f"{other}: '{line}'" if wrong else unknown("poverty line", reading.poverty_line, [line])
            yield row, "poverty_line", what
        if reading.group not in groups:
            yield row, "group", unknown("group", reading.group, sorted(groups))
        if reading.published and reading.published < reading.as_of:
            yield row, "published", f"{reading.published} is before the reading; nearest: {reading.as_of}"
        if not any(
            (one.as_of, one.group, one.status) == (reading.as_of, "all", "poor") for one in rows.values()
        ):
            yield row, "status", f"no reading of the poor of group all at {reading.as_of}; add one"
    # What is wrong with rows of the package was refused when it was loaded.
    yield from (fault for fault in reading_faults(_together(package, rows)) if fault[0] in rows)


def _together(package, rows):
    return {("package", place): row for place, row in enumerate(package.readings)} | dict(rows)


def answered(package):
    """The ids of what a series of a package's readings makes one ask, which was answered at the package's door (set).

    Parameters
    ----------
    package : Package
    """
    rows = [row.model_copy(update={"persons": None}) for row in package.readings]  # a series has none
    return {question.check for question in reading_questions(dict(enumerate(rows)))}


def reading_faults(rows):
    """What is wrong with readings taken together.

    Parameters
    ----------
    rows : dict of int to (Reading or SeriesReading)
        Line number in the file to reading.

    Yields
    ------
    tuple of (int, str, str)
        Row, column, what.
    """
    yield from _fractions(rows)
    yield from _mixed_lines(rows)
    shares = {}
    for row, reading in rows.items():
        instant = reading.as_of, reading.group, reading.poverty_line
        shares[instant] = shares.get(instant, 0) + reading.rate_pct
        if shares[instant] > 100:
            yield (
                row,
                "rate_pct",
                f"poor and near-poor add up to {shares[instant]} percent; nearest valid value: 100",
            )
        total = getattr(reading, "total_households", None)
        if None not in (total, reading.households) and reading.households > total:
            yield (
                row,
                "households",
                f"{reading.households} of {total} households; nearest valid value: {total}",
            )


def _fractions(rows):
    """Rates below 1 that counts, neighbours or many decimals show to be fractions of one."""
    totals = {row: 100 * r.households / r.rate_pct for row, r in rows.items() if r.households and r.rate_pct}
    for row, reading in rows.items():
        rate = reading.rate_pct
        if not 0 < rate < 1:
            continue
        alike = [
            other
            for other in rows
            if other != row and (rows[other].group, rows[other].status) == (reading.group, reading.status)
        ]
        counted = [totals[other] for other in alike if other in totals and rows[other].rate_pct >= 1]
        if getattr(reading, "total_households", None) and row in totals:
            fraction = totals[row] > 10 * reading.total_households
        elif counted and row in totals:
            fraction = totals[row] > 10 * _median(counted)
        elif any(rows[other].rate_pct >= 1 for other in alike):
            fraction = rate * 20 < _median(
                [rows[other].rate_pct for other in alike if rows[other].rate_pct >= 1]
            )
        else:
            fraction = -rate.as_tuple().exponent > 2
        if fraction:
            yield (
                row,
                "rate_pct",
                f"{rate} looks like a fraction of one where percent is meant; write {100 * rate}",
            )


def _median(values):
    return sorted(values)[len(values) // 2]


def _mixed_lines(rows):
    """Readings on an older line after a newer one began: only one instant may be read on both."""
    spans = {}
    for reading in rows.values():
        key = reading.group, reading.poverty_line
        first, last = spans.get(key, (reading.as_of, reading.as_of))
        spans[key] = min(first, reading.as_of), max(last, reading.as_of)
    for row, reading in rows.items():
        first = spans[reading.group, reading.poverty_line]
        for (group, line), span in spans.items():
            newer = line != reading.poverty_line and span > first and group == reading.group
            if newer and span[0] < reading.as_of:
                what = (
                    f"a reading of {reading.as_of} on '{reading.poverty_line}' after the line '{line}' "
                    f"began ({span[0]}) mixes two lines; nearest: '{line}'"
                )
                yield row, "poverty_line", what
                break


def line_faults(rows, poverty_lines, documents):
    """What is wrong with a package's readings beside their poverty lines and documents.

    Parameters
    ----------
    rows : dict of int to Reading
        By their row.
    poverty_lines : dict of int to PovertyLine
        By their row.
    documents : dict of str to Document

    Yields
    ------
    tuple of (int, str, str)
        Row, column, what.
    """
    lines = {}
    for record in poverty_lines.values():
        lines.setdefault(record.poverty_line, []).append(record)
    for row, reading in rows.items():
        if reading.poverty_line not in lines:
            yield row, "poverty_line", unknown("poverty line", reading.poverty_line, lines) + " in lines.csv"
            continue
        areas = lines[reading.poverty_line]
        # The beginning of a line's first year is written as the day before it.
        first = min(area.valid_from for area in areas) - timedelta(days=1)
        last = None if any(area.valid_to is None for area in areas) else max(area.valid_to for area in areas)
        if reading.as_of < first or (last and reading.as_of > last):
            fits = [
                name for name in lines if name != reading.poverty_line and _covers(lines[name], reading.as_of)
            ]
            near = (
                f"; nearest line: '{fits[0]}'"
                if fits
                else f"; nearest date: {first if reading.as_of < first else last}"
            )
            span = f"{first} to {last or 'today'}"
            yield row, "as_of", f"{reading.as_of} is outside the line '{reading.poverty_line}' ({span}){near}"
        having = [name for name in lines if any(area.near_poor_vnd_month for area in lines[name])]
        if reading.status == "near_poor" and having and reading.poverty_line not in having:
            what = (
                f"the line '{reading.poverty_line}' has no near-poor threshold; type one in lines.csv (the poor one "
                f"again if both are under it); nearest line with one: '{nearest(reading.poverty_line, having)}'"
            )
            yield row, "status", what
        source = documents.get(reading.document)
        # A plan of autumn gives an estimate for the end of its year.
        if source and source.date and reading.as_of > (end := date(source.date.year, 12, 31)):
            yield (
                row,
                "as_of",
                f"{reading.as_of} is after its document's date, {source.date}; nearest valid value: {source.date}, or "
                f"{end} for an estimate",
            )


def _covers(areas, day):
    first = min(area.valid_from for area in areas) - timedelta(days=1)
    return first <= day and all(area.valid_to is None or day <= area.valid_to for area in areas)
