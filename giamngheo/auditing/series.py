"""The readings of a package, sorted into series, with what each implies for the number of all households."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from giamngheo import language
from giamngheo.auditing.checks import Shown
from giamngheo.auditing.printed import Printed, exactly, printed
from giamngheo.dates import decimal_year


@dataclass(frozen=True, slots=True)
class Dated:
    """One reading with what follows from it.

    Parameters
    ----------
    row : giamngheo.inputs.tables.Reading
    time : Fraction
        Decimal year of the instant.
    rate : Printed
        Percent of households, as wide as printed.
    total : Printed or None
        All households of the group that count and rate imply.
    group : Shown
        The group by its name.
    """

    row: Any
    time: Any
    rate: Printed
    total: Printed | None
    group: Shown

    @property
    def name(self):
        """What an id calls the reading: status, line and instant (str)."""
        return f"{self.row.status}.{self.row.poverty_line}.{self.row.as_of}"


def dated(package):
    """All readings, in order of group, status, instant and the line's first day.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package

    Returns
    -------
    list of Dated
    """
    starts = {line.poverty_line: line.valid_from for line in package.poverty_lines}
    rows = sorted(package.readings, key=lambda r: (r.group, _rank(r), r.as_of, starts[r.poverty_line]))
    return [
        Dated(
            row,
            decimal_year(row.as_of),
            printed(row.rate_pct),
            implied_total(row),
            _group(package, row.group),
        )
        for row in rows
    ]


def _group(package, group):
    own = group in package.labels.groups or not language.has_phrase(f"audit.group.{group}")
    return Shown("both", package.labels.group_name(group)) if own else Shown("phrase", f"group.{group}")


def _rank(reading):
    return reading.status != "poor"


def implied_total(reading):
    """All households of the group: count over rate.

    Parameters
    ----------
    reading : giamngheo.inputs.tables.Reading

    Returns
    -------
    Printed or None
        None where a count above 0 or a rate above its own rounding is missing.
    """
    rate = printed(reading.rate_pct)
    if not reading.households or rate.low <= 0:
        return None
    return exactly(100 * reading.households) / rate


def series(readings):
    """Readings of one group and status, across poverty lines.

    Parameters
    ----------
    readings : list of Dated

    Returns
    -------
    dict of (str, str) to list of Dated
        By (group, status), in time.
    """
    return {key: list(rows) for key, rows in groupby(readings, key=lambda d: (d.row.group, d.row.status))}


def on_last_line(rows):
    """The readings made on the poverty line of the last one.

    Parameters
    ----------
    rows : list of Dated
        Of one group and status, in time.

    Returns
    -------
    list of Dated
    """
    return [d for d in rows if d.row.poverty_line == rows[-1].row.poverty_line]
