"""Comparable series from elsewhere: only what was published by a date.

The readings are those of ``data/reference/rates.csv``. Where no date of publication is known, a reading counts as
published 18 months after its year (survey), 5 months (administrative review) or 24 months (World Bank tables).
"""

from datetime import date

import pandas as pd

from giamngheo import paths
from giamngheo.dates import months_after
from giamngheo.inputs.errors import RefusedInput, nearest
from giamngheo.inputs.readings import REVIEW_MONTHS

LAG_MONTHS = {
    "vn-review": REVIEW_MONTHS,
    "vn-survey": 18,
    "id-survey": 18,
    "national-line": 24,
    "international-line": 24,
    "relative-line": 24,
}


def load_rates(path=None):
    """The reference readings.

    Parameters
    ----------
    path : path-like, optional
        Default: data/reference/rates.csv.

    Returns
    -------
    DataFrame
        series_id, group, source, unit, line, year, status, rate_pct, published (NaT where unknown), doubt.
    """
    rates = pd.read_csv(path or paths.DATA / "reference" / "rates.csv", dtype={"line": str, "doubt": str})
    return rates.assign(published=pd.to_datetime(rates["published"]))


def load_table(name):
    """A table of the reference data beside its readings: generated ones, and the names of the sources.

    Parameters
    ----------
    name : {"priors", "track_record", "near_poor_gap", "sources"}

    Returns
    -------
    DataFrame
    """
    return pd.read_csv(paths.DATA / "reference" / f"{name}.csv")


def known_readings(rates, group, known_by, excluded_unit=None):
    """The readings of a group that were published by a date, doubtful ones and those of one unit left out.

    Parameters
    ----------
    rates : DataFrame
        As from `load_rates`.
    group : str
        A group of `LAG_MONTHS`.
    known_by : datetime.date
    excluded_unit : str, optional
        The unit that is being forecast.

    Returns
    -------
    DataFrame

    Raises
    ------
    RefusedInput
        An unknown group, with the nearest known one.
    """
    if group not in LAG_MONTHS:
        raise RefusedInput(
            f"unknown reference group '{group}'; nearest: '{nearest(group, [*LAG_MONTHS, 'wide'])}'"
        )
    rows = rates[(rates["group"] == group) & (rates["status"] == "poor") & (rates["unit"] != excluded_unit)]
    ends = [date(year, 12, 31) for year in rows["year"]]
    doubtful = rows["doubt"].fillna("").str.contains("inferred|planned|uncertain")
    return rows[(published(rows, ends, group) <= pd.Timestamp(known_by)) & ~doubtful]


def published(readings, instants, kind):
    """The days on which readings came out: as given in a column `published`, else by the usual lag of their kind.

    Parameters
    ----------
    readings : DataFrame
    instants : sequence of datetime.date
        What each describes.
    kind : str
        A group of `LAG_MONTHS`; another counts as an administrative review.

    Returns
    -------
    Series of Timestamp
    """
    lag = LAG_MONTHS.get(kind, REVIEW_MONTHS)
    known = {when: months_after(when, lag) for when in set(instants)}
    usual = pd.Series(pd.to_datetime([known[when] for when in instants]), index=readings.index)
    if "published" not in readings:
        return usual
    return pd.to_datetime(readings["published"]).fillna(usual)
