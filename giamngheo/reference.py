"""Comparable series from elsewhere, and the prior on a drift that they give: only what was published by a date.

The readings are those of ``data/reference/rates.csv``. Where no date of publication is known, a reading counts as
published 18 months after its year (survey), 5 months (administrative review) or 24 months (World Bank tables).
"""

import calendar
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
from scipy.special import ndtri

from giamngheo import paths
from giamngheo.schema import RefusedInput, nearest

LAG_MONTHS = {
    "vn-review": 5,
    "vn-survey": 18,
    "id-survey": 18,
    "national-line": 24,
    "international-line": 24,
    "relative-line": 24,
}
BORROW_SPREAD_FROM = "vn-survey"  # where a group has too few series to show its own spread of drifts
MIN_SERIES_FOR_SPREAD = 5
STEP_SD = 0.03  # probit a year: a typical deviation from a drift in series averaged over a region
READING_SD = 0.02  # probit: a typical error of a reading


@dataclass(frozen=True)
class DriftPrior:
    """Normal prior on the yearly fall of a series (probit a year), and how many series it rests on."""

    mean: float
    sd: float
    n_series: int
    group: str


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
    usual = [_months_after(date(year, 12, 31), LAG_MONTHS[group]) for year in rows["year"]]
    published = rows["published"].fillna(
        pd.Series(pd.to_datetime(usual), index=rows.index, dtype="datetime64[s]")
    )
    doubtful = rows["doubt"].fillna("").str.contains("inferred|planned|uncertain")
    return rows[(published <= pd.Timestamp(known_by)) & ~doubtful]


def drift_prior(readings, spread_from=None):
    """Partially pooled prior on the yearly fall of a new series of the same kind.

    Each series gives its mean yearly fall in probits between its first and last reading (a gap of years is a longer
    step, never interpolated). The mean over series is weighted by precision; the spread between series is the
    method-of-moments one of DerSimonian and Laird (1986); the prior's spread adds the error of the mean.

    Parameters
    ----------
    readings : DataFrame
        series_id, year, rate_pct, one poverty line a series.
    spread_from : DataFrame, optional
        Readings whose spread of drifts is borrowed when there are fewer than `MIN_SERIES_FOR_SPREAD` series.

    Returns
    -------
    DriftPrior

    Raises
    ------
    RefusedInput
        No series with two readings.
    """
    falls, variances = _falls(readings)
    if not len(falls):
        raise RefusedInput("the reference holds no series with two readings")
    if len(falls) >= MIN_SERIES_FOR_SPREAD:
        spread2 = _between_variance(falls, variances)
    elif spread_from is not None and len((other := _falls(spread_from))[0]) >= MIN_SERIES_FOR_SPREAD:
        spread2 = _between_variance(*other)
    else:
        spread2 = STEP_SD**2
    weight = 1 / (variances + spread2)
    mean = float((weight * falls).sum() / weight.sum())
    group = str(readings["group"].iloc[0]) if "group" in readings else "given"
    return DriftPrior(mean, float(np.sqrt(spread2 + 1 / weight.sum())), len(falls), group)


@cache
def published_prior(group, known_by, excluded_unit=None):
    """The prior that a reference group gave on a day.

    Parameters
    ----------
    group : str
        A group of `LAG_MONTHS`.
    known_by : datetime.date
    excluded_unit : str, optional
        The unit that is being forecast.

    Returns
    -------
    DriftPrior or None
        None where no series of the group with two readings was published by then.

    Raises
    ------
    RefusedInput
        An unknown group, with the nearest known one.
    """
    rates = load_rates()
    known = known_readings(rates, group, known_by, excluded_unit)
    if not len(_falls(known)[0]):
        return None
    return drift_prior(known, spread_from=known_readings(rates, BORROW_SPREAD_FROM, known_by, excluded_unit))


def _falls(readings):
    falls, variances = [], []
    for _, rows in readings.sort_values("year").groupby("series_id"):
        years = float(rows["year"].iloc[-1] - rows["year"].iloc[0])
        if years > 0:
            z = ndtri(np.clip(rows["rate_pct"].to_numpy()[[0, -1]] / 100, 1e-4, 1 - 1e-4))
            falls.append((z[0] - z[1]) / years)
            variances.append(STEP_SD**2 / years + 2 * READING_SD**2 / years**2)
    return np.array(falls), np.array(variances)


def _between_variance(falls, variances):
    weight = 1 / variances
    excess = (weight * (falls - np.average(falls, weights=weight)) ** 2).sum() - (len(falls) - 1)
    floor = (0.2 * STEP_SD) ** 2
    return max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), floor)


def _months_after(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])
