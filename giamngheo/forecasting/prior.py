"""The prior on a drift and on its yearly deviations that comparable series give, on the day of a forecast."""

from dataclasses import replace
from datetime import date
from functools import cache

import pandas as pd

from giamngheo import paths
from giamngheo.forecasting.pooling import PRIOR_COLUMNS, GroupPrior, Pool, borrowed, same_line, stretches
from giamngheo.forecasting.reference_series import LAG_MONTHS, known_readings, load_rates
from giamngheo.inputs.descriptor import refresh_hashes
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.parameters import WIDE

BORROW_FROM = "national-line"  # the nearest kind with enough series in any year, by a group that has too few
LEAST_SERIES = 5  # to show a group's own spreads
ESTIMATED = "estimated from comparable series"  # the reference of an assumption that the prior gives
DAYS = tuple(date(year, 1, 21) for year in (2013, 2017, 2021, 2026))  # of the kept table of priors


def drift_prior(readings, spreads_from=None):
    """Partially pooled prior on the yearly fall of a new series of the same kind, and on its yearly deviations.

    Parameters
    ----------
    readings : DataFrame
        series_id, year, rate_pct, one poverty line a series; optional unit, group.
    spreads_from : DataFrame, optional
        Readings that lend their spreads where there are fewer than `LEAST_SERIES` series.

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
    pieces = stretches(readings if "unit" in readings else readings.assign(unit=readings["series_id"]))
    if not pieces:
        raise RefusedInput("the reference holds no series with two readings")
    group = str(readings["group"].iloc[0]) if "group" in readings else "given"
    lenders = [] if spreads_from is None else stretches(spreads_from)
    if len({name for _, name, *_ in pieces}) >= LEAST_SERIES or not lenders:
        return replace(Pool(pieces).prior(), group=group)
    return replace(borrowed(pieces, Pool(lenders).prior()), group=group)


@cache
def published_prior(group, known_by, excluded_unit=None, line=None):
    """The prior that a reference group gave on a day.

    Parameters
    ----------
    group : str
        A group of `LAG_MONTHS`.
    known_by : datetime.date
    excluded_unit : str, optional
        The unit that is being forecast.
    line : str, optional
        Its poverty line: series on the very same line are a reference of their own where there are enough.

    Returns
    -------
    GroupPrior or None
        None where no series of the group with two readings was published by then.

    Raises
    ------
    RefusedInput
        An unknown group, with the nearest known one.
    """
    rates = load_rates()
    known = same_line(known_readings(rates, group, known_by, excluded_unit), line)
    if not stretches(known):
        return None
    return drift_prior(known, spreads_from=known_readings(rates, BORROW_FROM, known_by, excluded_unit))


def prior_in_effect(reference, known_by, unit, line, register, assumptions):
    """The reference's prior; what a scenario assumes about scale and persistence goes before what it shows.

    Parameters
    ----------
    reference : str or DataFrame
        As of `giamngheo.forecast`.
    known_by : datetime.date
    unit, line : str or None
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
    register_says = {"scale": None, "persistence": register["drift_persistence"].fixed}
    if isinstance(reference, pd.DataFrame):
        prior = drift_prior(reference)
    else:
        prior = None if reference == WIDE else published_prior(reference, known_by, unit, line)
    if prior is None:
        mean, sd = register["wide_drift_mean"].fixed, register["wide_drift_sd"].fixed
        return GroupPrior(mean, sd, **register_says, scale_spread=None, n_series=0, group=WIDE)
    rows = {"innovation_sd": "scale", "drift_persistence": "persistence"}
    return replace(prior, **{rows[name]: register_says[rows[name]] for name in rows if name in assumptions})


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
