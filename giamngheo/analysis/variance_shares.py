"""What makes a forecast wide: the share of a rate's variance that comes from each part of the model."""

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit
from giamngheo.simulation.outcomes import CASES, Simulation

PARTS = ("level", "drift", "shocks", "gap", "error", "money")
_NONE = (0.0, 0.0)  # moved by money, of the two thresholds


def variance_shares(result, group="all"):
    """The share of the variance of the last year's rates that comes from each part of the model.

    Parameters
    ----------
    result : Forecast, Case or Simulation
    group : str

    Returns
    -------
    DataFrame
        status, as_of, part, variance (square points), share (of the rate's variance; those of a status add to 1, to
        rounding; all 0 where nothing varies). Parts: level (at the last reading), drift (until the last year), shocks
        (yearly deviations from it), gap (between the two thresholds; nothing for the poor), error (of the published
        figure), and of a Case or Simulation money: all that its scenario moves the thresholds by. Of a Simulation also
        case.

    Notes
    -----
    On the probit scale the poor are ``z = level + drift + shocks + error + money``, all below the upper threshold
    ``z + exp(gap)``. The rate is not linear in them, and level and drift are correlated: each part gets its Shapley
    value of the variance that is left when the parts outside a set stay at their means (`shapley_variance`).
    """
    if isinstance(result, Simulation):
        tables = [variance_shares(case, group).assign(case=CASES[r]) for r, case in result.cases.items()]
        return pd.concat(tables, ignore_index=True)
    parts, statuses = _parts(result, group)
    found = shapley_variance(parts, _rates())
    total, rows = np.sum(list(found.values()), axis=0), []
    for place, status in enumerate(statuses):
        for part in (part for part in PARTS if part in found):
            variance = float(found[part][place])
            row = {"status": status, "as_of": pd.Timestamp(result.years[-1]), "part": part}
            rows.append(
                row | {"variance": variance, "share": variance / total[place] if total[place] else 0.0}
            )
    return pd.DataFrame(rows)


def shapley_variance(parts, outcome):
    """The variance of an outcome, or of several, shared out among the parts that it is computed from.

    Parameters
    ----------
    parts : mapping of str to ndarray (…, n_draws)
    outcome : callable
        From such a mapping to the outcome (…, n_draws).

    Returns
    -------
    dict of str to ndarray (…)
        They add up to the variance of the outcome.

    Notes
    -----
    With v(S) the variance when the parts in S are drawn and all others stay at their means, part i of k gets the mean
    of ``v(S + i) - v(S)`` over all orders of the parts (Shorrocks 2013, J. Economic Inequality 11). Of an outcome that
    is a sum this is the covariance of each part with it (Shorrocks 1982, Econometrica 50). 2^k evaluations.
    """
    names = [name for name, x in parts.items() if np.ptp(x, axis=-1).any()]  # what stands still has no share
    k = len(names)
    means = {name: np.broadcast_to(x.mean(axis=-1, keepdims=True), x.shape) for name, x in parts.items()}
    sets = [frozenset(chosen) for size in range(k + 1) for chosen in combinations(names, size)]
    drawn = {chosen: means | {name: parts[name] for name in chosen} for chosen in sets}
    left = {chosen: np.var(outcome(values), axis=-1) for chosen, values in drawn.items()}
    shares = {name: 0.0 * left[frozenset()] for name in parts}
    for chosen in sets:
        for name in chosen:
            weight = factorial(len(chosen) - 1) * factorial(k - len(chosen)) / factorial(k)
            shares[name] = shares[name] + weight * (left[chosen] - left[chosen - {name}])
    return shares


def _parts(result, group):
    """Draws of the parts of the result's last year, and the statuses whose rates `_rates` computes from them."""
    trend = getattr(result, "trend", result)
    path, level = trend.paths[group], trend.posteriors[group]["level"].level
    at = trend.years.index(result.years[-1])
    fallen, error = path["fallen"][at], path["error"][at]
    shocks = path["level"][at] - (level - fallen) - error
    parts = {"level": level, "drift": -fallen, "shocks": shocks, "error": error}
    statuses = ["poor"]
    if path["log_gap"] is not None:
        parts["gap"] = path["log_gap"][at]
        statuses += ["near_poor", "poor_or_near_poor"]
    if result is not trend:
        moved = [
            _threshold(result, group, s, -1) - _threshold(trend, group, s, at)
            for s in ("poor", "poor_or_near_poor")
            if s in statuses
        ]
        parts["money"] = np.array(moved)
    return parts, statuses


def _threshold(result, group, status, at):
    return probit(result.draws[group, status][:, at] / 100)


def _rates():
    """From parts to the rates of the poor, the near-poor and both together (1 or 3, n_draws), percent.

    Many sets of parts have the same thresholds or the same gap, each of which is computed once.
    """
    made = {}

    def once(values, names, compute):
        key = tuple(id(values[name]) for name in names)
        if key not in made:
            made[key] = compute(*(values[name] for name in names))
        return made[key]

    def poor(level, drift, shocks, error, money=_NONE):
        z = level + drift + shocks + error
        return z + money[-1], 100 * ndtr(z + money[0])  # one threshold is both

    def rates(values):
        z, below = once(values, [name for name in PARTS if name in values and name != "gap"], poor)
        if "gap" not in values:
            return below[np.newaxis]
        upper = np.maximum(100 * ndtr(z + once(values, ["gap"], np.exp)), below)
        return np.stack((below, upper - below, upper))

    return rates
