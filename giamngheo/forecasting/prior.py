"""The prior on a drift and on its yearly deviations that comparable series give, on the day of a forecast."""

from dataclasses import replace
from datetime import date
from functools import cache, lru_cache

import pandas as pd

from giamngheo import paths
from giamngheo.forecasting.drifts import Drift
from giamngheo.forecasting.pooling import (
    PRIOR_COLUMNS,
    STILL,
    GroupPrior,
    Pool,
    borrowed,
    one_country,
    sisters,
    stretches,
)
from giamngheo.forecasting.reference_series import LAG_MONTHS, known_readings, load_rates, published
from giamngheo.inputs.descriptor import refresh_hashes
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.parameters import WIDE

BORROW_FROM = (
    "national-line"  # the nearest kind with enough series in any year; it shows how countries' falls move
)
LEAST_SERIES = 5  # to show a group's own spreads
WIDE_STAYS = 0.35  # share of the wide prior's variance that stays: as national lines show
ESTIMATED = "estimated from comparable series"  # the reference of an assumption that the prior gives
DAYS = tuple(date(year, 1, 21) for year in (2013, 2017, 2021, 2026))  # of the kept table of priors


def drift_prior(readings, spreads_from=None):
    """Partially pooled prior on the yearly fall of a new series of the same kind, and on its yearly deviations.

    Parameters
    ----------
    readings : DataFrame
        series_id, year, rate_pct, one poverty line a series; optional unit, group.
    spreads_from : GroupPrior, optional
        Of countries: it lends its spreads where there are fewer than `LEAST_SERIES` series, and to provinces of one
        country those of a country's own path.

    Returns
    -------
    GroupPrior

    Raises
    ------
    RefusedInput
        No series with two readings.

    Notes
    -----
    The model is that of `forecasting.pooling`.
    """
    pieces = stretches(readings)
    if not pieces:
        raise RefusedInput("the reference holds no series with two readings")
    group = str(readings["group"].iloc[0]) if "group" in readings else "given"
    prior = _of(pieces, spreads_from) or Pool(pieces, **STILL.get(group, {})).prior()
    return replace(prior, group=group)


def _of(pieces, lender):
    """The prior of a group that takes spreads from another, None of one that shows them itself."""
    if lender is None:
        return None
    if len({piece.series for piece in pieces}) < LEAST_SERIES:
        return borrowed(pieces, lender)
    return sisters(pieces, lender) if one_country(pieces) else None


@lru_cache(maxsize=256)
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
    GroupPrior or None
        None where no series of the group with two readings was published by then.

    Raises
    ------
    RefusedInput
        An unknown group, with the nearest known one.
    """
    day = _last_day(group, known_by)
    pieces = [piece for piece in _pieces(group, day) if piece.unit != excluded_unit]
    if not pieces:
        return None
    lender, own = None, len({piece.series for piece in pieces}) >= LEAST_SERIES and not one_country(pieces)
    if not own and group != BORROW_FROM:
        countries = _last_day(BORROW_FROM, known_by)
        if _pieces(BORROW_FROM, countries):
            lender = replace(_pool(BORROW_FROM, countries).prior(excluded_unit), group=BORROW_FROM)
    return replace(_of(pieces, lender) or _pool(group, day).prior(excluded_unit), group=group)


@cache
def _rates():
    return load_rates()


@lru_cache(maxsize=256)
def _last_day(group, known_by):
    """The last day by then on which a reading of a group came out: what is known is that of this day."""
    known = known_readings(_rates(), group, known_by)
    out = published(known, [date(year, 12, 31) for year in known["year"]], group)
    return out.max().date() if len(out) else date.min


@lru_cache(maxsize=256)
def _pieces(group, day):
    return stretches(known_readings(_rates(), group, day)) if day > date.min else []


@lru_cache(maxsize=2)  # a table of likelihoods is large, and lets any of its units be left out
def _pool(group, day):
    return Pool(_pieces(group, day), **STILL.get(group, {}))


def forget_priors():
    """Estimate priors anew from here on: a constant that they rest on was changed."""
    for kept in (published_prior, _pieces, _pool):
        kept.cache_clear()


def prior_in_effect(reference, known_by, unit, register, assumptions):
    """The reference's prior; what a scenario assumes about scale and persistence goes before what it shows.

    Parameters
    ----------
    reference : str or DataFrame
        As of `giamngheo.forecast`.
    known_by : datetime.date
    unit : str or None
        As of `published_prior`.
    register : dict of str to Assumption
        With the changes in it.
    assumptions : mapping
        Those changes.

    Returns
    -------
    GroupPrior
        The wide one where none of the group was published by then.
    """
    persistence = register["drift_persistence"].fixed
    if isinstance(reference, pd.DataFrame):
        prior = drift_prior(_out_by(reference, known_by, unit))
    else:
        prior = None if reference == WIDE else published_prior(reference, known_by, unit)
    if prior is None:
        mean, variance = register["wide_drift_mean"].fixed, register["wide_drift_sd"].fixed ** 2
        parts = (WIDE_STAYS * variance, 1.0), ((1 - WIDE_STAYS) * variance, persistence)
        return GroupPrior(Drift(mean, parts), None, None, group=WIDE)
    if "innovation_sd" in assumptions:
        prior = replace(prior, scale=None)
    if "drift_persistence" in assumptions:
        prior = replace(prior, drift=prior.drift.returning_by(persistence))
    return prior


def _out_by(readings, known_by, unit):
    """Of comparable readings that were given, those of other units that were out by a day.

    By `published` where they have it, else by the usual lag of their group, or at the end of their year.
    """
    group = str(readings["group"].iloc[0]) if "group" in readings and len(readings) else None
    ends = [date(year, 12, 31) for year in readings["year"]]
    out = published(readings, ends, group) if group in LAG_MONTHS else pd.Series(ends, index=readings.index)
    if "published" in readings:
        out = pd.to_datetime(readings["published"]).fillna(pd.to_datetime(out))
    kept = pd.to_datetime(out) <= pd.Timestamp(known_by)
    return readings[kept & (readings["unit"] != unit)] if "unit" in readings else readings[kept]


def register_in_effect(register, prior):
    """The register as a forecast used it: what comparable series show stands for the register's own numbers.

    Parameters
    ----------
    register : dict of str to Assumption
    prior : GroupPrior
        Of the forecast.

    Returns
    -------
    dict of str to Assumption
        Where the prior has a scale of its own, `innovation_sd` and `drift_persistence` are its, with the reference
        `ESTIMATED`: measured the one, judged the other: the record cannot tell how long a fast fall lasts.
    """
    if prior.scale is None:
        return register
    scale = {"distribution": "lognormal", "parameters": (prior.scale, prior.scale_spread)}
    changed = {
        "innovation_sd": {"support": "measured", "alternative": None} | scale,
        "drift_persistence": {"support": "judgement", "parameters": (prior.persistence,)},
    }
    changed = {name: replace(register[name], reference=ESTIMATED, **new) for name, new in changed.items()}
    return register | changed


def priors_table(days=DAYS):
    """The priors that each group gave on some days, as data/reference/priors.csv keeps them (`make data`).

    Parameters
    ----------
    days : sequence of datetime.date

    Returns
    -------
    DataFrame
        group, known_by, then `forecasting.pooling.PRIOR_COLUMNS`, on the probit scale.
    """
    found = [(group, day, published_prior(group, day)) for group in LAG_MONTHS for day in days]
    rows = [
        {"group": group, "known_by": day.isoformat()} | {name: getattr(prior, name) for name in PRIOR_COLUMNS}
        for group, day, prior in found
        if prior is not None
    ]
    return pd.DataFrame(rows).round(4)


def write_priors(folder=None):
    """Write `priors_table` to priors.csv of the reference data, and its hash to the descriptor there.

    Parameters
    ----------
    folder : Path, optional
        Default: data/reference.
    """
    folder = folder or paths.DATA / "reference"
    paths.write_atomically(folder / "priors.csv", priors_table().to_csv(index=False, lineterminator="\n"))
    refresh_hashes(folder)
