"""Targets on a rate: whether draws meet them, the chances of that, and the households still above."""

import numpy as np
import pandas as pd

from giamngheo.inputs.judged import judged_targets, level_targets

BOTH = "both"  # in place of a target: all level targets of all households in one draw
# Lower bound of each class of chances, highest first; after the IPCC's calibrated language (Mastrandrea et al. 2010).
CHANCE_SCALE = (
    ("virtually_certain", 0.99),
    ("very_likely", 0.90),
    ("likely", 0.66),
    ("about_even", 0.33),
    ("unlikely", 0.10),
    ("very_unlikely", 0.01),
    ("exceptionally_unlikely", 0.0),
)


def target_days(package):
    """The days of the level targets, in order (tuple of datetime.date): all that chances look at."""
    return tuple(sorted({target.as_of for target in level_targets(package)}))


def met(target, draws, years):
    """Whether a target is met, draw by draw.

    Parameters
    ----------
    target : Target
    draws : mapping of (group, status) to ndarray (n_draws, n_years)
        Percent.
    years : sequence of datetime.date

    Returns
    -------
    ndarray of bool (n_draws,) or None
        None where the forecast does not reach the target's date or status.
    """
    values = draws.get((target.group, target.status))
    if values is None or target.as_of not in years:
        return None
    rate = values[:, list(years).index(target.as_of)]
    limit = float(target.value_pct)
    return {"<": rate < limit, "<=": rate <= limit, ">": rate > limit, ">=": rate >= limit}[target.comparator]


def target_chances(package, result):
    """The chance of each level target, and of all those of all households at once.

    Parameters
    ----------
    package : Package
    result : Forecast or Case

    Returns
    -------
    dict of str to float
        By target, and under `BOTH` (None without a level target of all households).
    """
    hits = {target: met(target, result.draws, result.years) for target in level_targets(package)}
    return chances({target: hit for target, hit in hits.items() if hit is not None})


def chances(hits):
    """The chance of each target, and of all those of all households at once, of what is met draw by draw.

    Parameters
    ----------
    hits : mapping of Target to ndarray of bool (n_draws,)
        As of `met`; an array of one where a reading has decided.

    Returns
    -------
    dict of str to float
        As of `target_chances`.
    """
    joint = [hit for target, hit in hits.items() if target.group == "all"]
    both = float(np.logical_and.reduce(np.broadcast_arrays(*joint)).mean()) if joint else None
    return {target.target: float(hit.mean()) for target, hit in hits.items()} | {BOTH: both}


def target_results(package, result):
    """The level targets with the chance of each.

    Parameters
    ----------
    package : Package
    result : Forecast or Case

    Returns
    -------
    DataFrame
        target, group, status, comparator, value_pct, as_of, probability (0..1).
    """
    by_target = target_chances(package, result)
    columns = ["target", "group", "status", "comparator", "value_pct", "as_of"]
    rows = [
        [getattr(target, column) for column in columns] + [by_target[target.target]]
        for target in level_targets(package)
        if target.target in by_target
    ]
    frame = pd.DataFrame(rows, columns=[*columns, "probability"])
    return frame.assign(value_pct=frame["value_pct"].astype(float))


def chance_class(p):
    """Class of a chance on the fixed scale of words.

    Parameters
    ----------
    p : float
        0..1.

    Returns
    -------
    str
        Of `CHANCE_SCALE`.

    Raises
    ------
    ValueError
        Outside 0..1.
    """
    if not 0 <= float(p) <= 1:
        raise ValueError(f"a chance lies between 0 and 1, not at {p}")
    return next(key for key, least in CHANCE_SCALE if float(p) >= least)


def households_above(package, case):
    """Households by which the rate misses each level target of group all, and all of them together.

    Parameters
    ----------
    package : Package
    case : Case

    Returns
    -------
    dict of str to ndarray (n_draws,)
        Households above the target, draw by draw, 0 where it is met; under `BOTH` as `above_all`. Empty without counts.
    """
    above, judged = {}, []
    for target in judged_targets(package):
        if case.households is None or target.group != "all" or target.as_of not in case.years:
            continue
        place = case.years.index(target.as_of)
        rate = case.draws[target.group, target.status][:, place]
        excess = np.maximum(rate - float(target.value_pct), 0) / 100
        above[target.target] = excess * case.households[:, place]
        judged.append(target)
    return above | ({BOTH: above_all(judged, above.values())} if above else {})


def above_all(targets, above):
    """Households above some targets together, none counted twice.

    Parameters
    ----------
    targets : iterable of Target
    above : iterable of ndarray (n_draws,)
        Households above each target.

    Returns
    -------
    ndarray (n_draws,) or float
        Of several targets for one status the most that one leaves above, added over the statuses. 0.0 of none.
    """
    most = {}
    for target, households in zip(targets, above, strict=True):
        most[target.status] = np.maximum(most.get(target.status, 0.0), households)
    return sum(most.values(), 0.0)


def above_target(package, case):
    """Median households above each judged target of all households, and above all of them together.

    Parameters
    ----------
    package : Package
    case : Case

    Returns
    -------
    dict of str to float
        By target, and under `BOTH` the median of `above_all`, draw by draw. Empty without counts.
    """
    draws = households_above(package, case)
    return {target: float(np.median(values)) for target, values in draws.items()}
