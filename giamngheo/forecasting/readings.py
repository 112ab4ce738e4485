"""Readings as a researcher holds them, a frame or a series of rates, through the door that reads files.

Each cell becomes the text that would stand in a file, so that what is refused there is refused here, in the same words.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from numbers import Integral, Real
from pathlib import Path

import pandas as pd

from giamngheo import paths
from giamngheo.forecasting.reference_series import published
from giamngheo.inputs.errors import RefusedInput, unknown
from giamngheo.inputs.readings import SeriesReading, checked_series, read_series
from giamngheo.inputs.tables import Row
from giamngheo.inputs.workbook.cells import check_texts

NAME = "readings"  # what stands for a file's name in a message
LINE = "given"  # the poverty line of rates that come without the name of one
YEAR_IS = ("end", "start")
INSTEAD = {
    "as_of": "a column 'year' will do",
    "rate_pct": "forecast takes a column of another name by rate=",
    "status": "for the poor on one poverty line leave 'poverty_line' out as well",
    "poverty_line": "for the poor on one poverty line leave 'status' out as well",
}


def checked_readings(readings, rate="rate_pct", year_is="end", accept=()):
    """Readings for a forecast, checked as those of a file.

    Parameters
    ----------
    readings : DataFrame, Series, mapping, path-like, or sequence of SeriesReading or Reading
        As of `forecasting.trend.forecast`.
    rate : str
        Column of a frame that holds the rates.
    year_is : {"end", "start"}
        The instant of a year that stands for a date.
    accept : iterable of str
        As of `inputs.readings.checked_series`.

    Returns
    -------
    DataFrame
        The frame given, as_of as timestamps, rate_pct as float, with a group.

    Raises
    ------
    RefusedInput
        Every problem found, each with row, column and the nearest valid value.
    """
    if isinstance(readings, str | Path):
        readings = read_series(paths.find(readings), accept=accept)
    frame = as_frame(readings)
    if rate != "rate_pct":
        if rate not in frame:
            raise RefusedInput(f"{NAME}: {unknown('column', rate, frame.columns)}")
        frame = frame.drop(columns="rate_pct", errors="ignore").rename(columns={rate: "rate_pct"})
    rows = checked_series(
        NAME, check_texts(NAME, cells(frame, SeriesReading, year_is), SeriesReading), accept=accept
    ).values()
    if "published" in frame:
        frame = frame.assign(published=pd.to_datetime([row.published for row in rows]))
    return frame.reset_index(drop=True).assign(
        as_of=pd.to_datetime([row.as_of for row in rows]),
        rate_pct=[float(row.rate_pct) for row in rows],
        **{column: [getattr(row, column) for row in rows] for column in ("group", "status", "poverty_line")},
    )


def known_by_day(readings, known_by, kind):
    """The readings that were out by a day, and that day.

    Parameters
    ----------
    readings : DataFrame
        As from `checked_readings`.
    known_by : datetime.date or None
        Default: the day on which the last of them was out.
    kind : str
        A reference group, whose usual lag holds where no day of publication is given.

    Returns
    -------
    tuple of DataFrame and datetime.date

    Raises
    ------
    RefusedInput
        No reading of the poor was out by then.

    Notes
    -----
    A group of which the day leaves no reading of the poor is left out.
    """
    out = published(readings, [when.date() for when in readings["as_of"]], kind)
    day = known_by or out.max().date()
    known = readings[out <= pd.Timestamp(day)]
    counts = [frame.loc[frame["status"] == "poor", "group"].value_counts() for frame in (readings, known)]
    lost = [name for name in counts[0].index if not counts[1].get(name, 0)]
    known = known[~known["group"].isin(lost)]
    if known.empty or "all" in lost:
        first = "all" if "all" in counts[0] else counts[0].index[0]
        days = out[(readings["status"] == "poor") & (readings["group"] == first)].sort_values()
        raise RefusedInput(
            f"known_by: no reading of the poor was out by {day}, one is the least; nearest: {days.iloc[0].date()}"
        )
    return known.reset_index(drop=True), day


def as_frame(readings, line=LINE):
    """Readings in whatever they come as a frame, rates alone as those of the poor on one line.

    Parameters
    ----------
    readings : DataFrame, Series, mapping, or sequence of Row
        As of `forecasting.trend.forecast`.
    line : str
        The poverty line of rates that come without one.

    Returns
    -------
    DataFrame

    Raises
    ------
    RefusedInput
        Anything else.
    """
    if isinstance(readings, pd.DataFrame):
        bare = not {"status", "poverty_line"} & set(readings.columns)
        return readings.assign(status="poor", poverty_line=line) if bare and len(readings) else readings
    if isinstance(readings, list | tuple) and all(isinstance(row, Row) for row in readings):
        return pd.DataFrame(
            [row.model_dump() for row in readings] or {name: [] for name in SeriesReading.model_fields}
        )
    if isinstance(readings, Mapping):
        readings = pd.Series(readings)
    if isinstance(readings, pd.Series):
        index = readings.index
        if isinstance(index, pd.PeriodIndex) and index.freqstr.startswith("Y"):
            index = index.year
        when = "year" if all(isinstance(label, Real) for label in index) else "as_of"
        columns = {when: list(index), "status": "poor", "poverty_line": line, "rate_pct": readings.to_numpy()}
        return pd.DataFrame(columns, index=readings.index)
    raise RefusedInput(
        f"{NAME}: {type(readings).__name__}, where a DataFrame, a Series of rates by year or a file is expected; "
        "for a package: package_forecast"
    )


def cells(frame, model, year_is="end"):
    """The cells of a frame that a model reads, as text, row by row.

    Parameters
    ----------
    frame : DataFrame
        May hold other columns, and `year` in place of `as_of`.
    model : type of Row
    year_is : {"end", "start"}

    Yields
    ------
    tuple of (label, dict of str to (str or None))
        As `inputs.csv_rows.check_rows` takes them.

    Raises
    ------
    RefusedInput
        A column that is missing, or that is all but one of the model's; a year that is none.
    """
    frame = _dated(frame, year_is)
    _check_columns(frame, model)
    columns = [column for column in model.model_fields if column in frame]
    labels = frame.index if frame.index.is_unique else range(len(frame))
    for label, values in zip(labels, zip(*(frame[column] for column in columns), strict=True), strict=True):
        yield label, dict(zip(columns, map(_text, values), strict=True))


def _dated(frame, year_is):
    """The frame with the instants that its years stand for, where it has years only."""
    if year_is not in YEAR_IS:
        raise RefusedInput(unknown("year_is", year_is, YEAR_IS))
    if "as_of" in frame or "year" not in frame:
        return frame
    years = [_text(year) or "" for year in frame["year"]]
    problems = [
        f"{NAME}:{label}:year: '{year}' is not a year of four digits, such as 2010"
        for label, year in zip(frame.index, years, strict=True)
        if not re.fullmatch(r"\d{4}", year, re.ASCII)
    ]
    if problems:
        raise RefusedInput(problems)
    return frame.assign(as_of=[f"{int(year) - (year_is == 'start')}-12-31" for year in years])


def _check_columns(frame, model):
    """Refuse a column that lacks, and one that looks like one of the model's; others are not read."""
    known, problems = model.model_fields, []
    for column in frame.columns[frame.columns.duplicated()]:
        problems.append(f"{NAME}:{column}: the column stands there twice; keep one")
    strange = [str(column) for column in frame.columns if column not in known and column != "year"]
    for column, field in known.items():
        if column in frame:
            continue
        alike = next((other for other in strange if _plain(other) == _plain(column)), None)
        if alike is not None:
            problems.append(f"{NAME}:{alike}: {unknown('column', alike, known)}")
        elif field.is_required():
            there = f" (not read: {', '.join(strange)})" if strange else ""
            problems.append(f"{NAME}:{column}: missing column '{column}'{there}; {INSTEAD[column]}")
    if problems:
        raise RefusedInput(problems)


def _plain(name):
    """A column's name without what is easily written otherwise: capitals, blanks, an s at the end."""
    return re.sub(r"[^a-z0-9]", "", name.lower()).rstrip("s")


def _text(value):
    """A cell as a file would have it, None for nothing; a number to its last bit, in plain digits."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, date):  # pandas' timestamps too
        moment = pd.Timestamp(value)
        return moment.strftime("%Y-%m-%d") if moment == moment.normalize() else str(moment)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Real) and not isinstance(value, bool | Integral):
        value = Decimal(str(float(value)))
        return f"{value:f}" if not value.is_finite() or value % 1 else f"{value:.0f}"
    return str(value).strip() or None
