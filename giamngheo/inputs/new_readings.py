"""Readings of years that a package does not have yet, checked against it at the door.

Standard library and pydantic only: a refusal must not wait for pandas.
"""

from datetime import date

from pydantic import Field

from giamngheo.dates import months_after
from giamngheo.inputs.csv_rows import read_rows
from giamngheo.inputs.parse import RefusedInput, shown, unknown
from giamngheo.inputs.readings import reading_faults
from giamngheo.inputs.tables import Day, Reading, SeriesReading

REVIEW_MONTHS = 5  # from an administrative review's instant to its publication


class NewReading(SeriesReading):
    """A reading of a year that a package does not have yet."""

    published: Day | None = Field(None, description="Day of publication; empty: five months later")

    @property
    def known_by(self) -> date:
        """Day from which the reading was public."""
        if self.published:
            return self.published
        return months_after(self.as_of, REVIEW_MONTHS)


def read_new_readings(path, package):
    """The readings of a file, checked against a package's.

    Parameters
    ----------
    path : path-like
        CSV with the columns of poverty.csv or of a series, and optionally ``published``.
    package : Package

    Returns
    -------
    tuple of NewReading

    Raises
    ------
    RefusedInput
        Every problem found: bad cells, a reading not later than the last, another poverty line, …
    """
    rows = read_rows(path, NewReading, ignored=Reading.model_fields)
    name = shown(path)
    if not rows:
        raise RefusedInput(f"{name}: no reading under the header; at least one of the poor is needed")
    problems = [f"{name}:{row}:{column}: {what}" for row, column, what in new_reading_faults(package, rows)]
    if problems:
        raise RefusedInput(problems)
    return tuple(rows.values())


def new_reading_faults(package, rows):
    """What is wrong with new readings beside a package's.

    Parameters
    ----------
    package : Package
    rows : dict of int to NewReading
        By their row.

    Yields
    ------
    tuple of (int, str, str)
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
            known = [area.poverty_line for area in package.lines]
            other = "a reading on another line than the last one cannot be compared with it; nearest"
            wrong = reading.poverty_line in known
            what = f"{other}: '{line}'" if wrong else unknown("poverty line", reading.poverty_line, [line])
            yield row, "poverty_line", what
        if reading.group not in groups:
            yield row, "group", unknown("group", reading.group, sorted(groups))
        if reading.status == "near_poor" and package.near_poor_ratio is None:
            yield row, "status", f"the line '{line}' has no near-poor threshold; nearest: 'poor'"
        if reading.published and reading.published < reading.as_of:
            yield row, "published", f"{reading.published} is before the reading; nearest: {reading.as_of}"
        if not any(
            (one.as_of, one.group, one.status) == (reading.as_of, "all", "poor") for one in rows.values()
        ):
            yield row, "status", f"no reading of the poor of group all at {reading.as_of}; add one"
    # Rows of the package stand at negative numbers: what is wrong with them was refused when it was loaded.
    together = {-place: row for place, row in enumerate(package.readings, start=1)} | dict(rows)
    yield from (fault for fault in reading_faults(together) if fault[0] in rows)
