"""The value of information: what a measurement, had before the money is spent, would do to the answer.

What a measurement would show stands in the draws themselves, so that the chance it would leave is a regression of what
is met on it (Strong, Oakley and Brennan 2014, Medical Decision Making 34): no forecast is made anew for each of its
outcomes.
"""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from scipy.special import chdtri, expit, logit, ndtr, xlogy

from giamngheo.analysis.sensitivity.cases import CONTINUITY, ENDS, open_range
from giamngheo.forecasting.scales import probit
from giamngheo.inputs.judged import targets_of_all
from giamngheo.simulation.outcomes import CASES, simulate
from giamngheo.simulation.targets import BOTH, met

EITHER = "either"  # both cases of additionality, as likely as one another
REVIEW, NEAR_POOR = (
    "review",
    "near_poor_review",
)  # the first list after the last reading, and its near-poor alone
CORE, CASH = "hard_core_pct", "cash_counts"
STEPS = 12  # of Newton's method
DOUBT = 0.01  # chance that a measurement which tells nothing is taken to tell something
RIDGE = 1e-3  # keeps a chance near 0 or 1 finite; in draws, against thousands


def value_of_information(package, shown, shared):
    """What each measurement would do to each chance, could it be had before the money is spent.

    Parameters
    ----------
    package : Package
    shown : Simulation
    shared : SharedDraws
        Behind it.

    Returns
    -------
    DataFrame
        measurement, case (of `CASES`, or `EITHER`), target (or "both"), before (the chance), low, high (between which
        eight times in ten it would then lie), change (mean absolute change of it), width_before, width_after (of the 80
        % interval of the target's rate, percentage points: now, and on average then). What would move the chance of all
        targets most, over both cases, stands first. Empty without a target.

    Notes
    -----
    Measurements: the review at the end of the first year ahead, if no money acts by then (with its error), its near-
    poor alone, past spending on the poor (r, in `EITHER` alone), whether the review counts cash, and a census of the
    hard core, for which its alternative is drawn in place of the shipped zero: its `before` is that of this wider case.
    All but the review would be known exactly, so that theirs is the most that such a measurement can be worth. A chance
    is a logistic regression on a quadratic of what is seen, kept where a likelihood ratio test leaves less than `DOUBT`
    that it is noise; an interval is that of the residuals on the probit scale, alike everywhere.
    """
    rows = []
    for name, simulation, seen in _measurements(package, shown, shared):
        answers = _answers(package, simulation)
        for case, (places, sees) in _samples(seen, name).items():
            design = _quadratic(sees)
            for target, by_case in answers.items():
                hits, rates = (np.concatenate([by_case[place][of] for place in places]) for of in (0, 1))
                chance = expected_chance(hits, design)
                before, (low, high) = hits.mean(), np.quantile(chance, ENDS, method="inverted_cdf")
                row = {"measurement": name, "case": case, "target": target, "before": before, "low": low}
                row |= {"high": high, "change": np.abs(chance - before).mean()}
                rows.append(
                    row | dict(zip(("width_before", "width_after"), widths(rates, design), strict=True))
                )
    if not rows:
        return pd.DataFrame(columns=["measurement", "case", "target"])
    frame = pd.DataFrame(rows)
    last = frame["target"].iloc[-1]
    either = frame[(frame["case"] == EITHER) & (frame["target"] == last)].set_index("measurement")["change"]
    return frame.sort_values(
        "measurement", key=lambda names: -names.map(either), kind="stable", ignore_index=True
    )


def _measurements(package, shown, shared):
    """Each measurement that tells something new: its name, the simulation it is made in, what it would show (k, n)."""
    trend, made = shown.trend, shown.scenario.assumptions
    drawn = shared.counterfactual(shown.scenario).drawn
    if trend.years[0].year < package.years[0] and trend.years[0] < package.deadline:
        first = {
            status: values[:, 0] / 100 for (group, status), values in trend.draws.items() if group == "all"
        }
        poor = probit(first["poor"])
        if "near_poor" in first:
            gap = np.log(np.maximum(probit(first["poor_or_near_poor"]) - poor, 1e-9))
            yield REVIEW, shown, np.stack([poor, gap])
            yield NEAR_POOR, shown, probit(first["near_poor"])[None]
        else:
            yield REVIEW, shown, poor[None]
    yield CONTINUITY, shown, np.zeros((1, len(drawn[CASH])))
    if shared.register[CASH].fixed is None and CASH not in made:
        yield CASH, shown, drawn[CASH][None]
    if open_range(shared.register[CORE]) and CORE not in made:
        wider = shown.scenario.model_copy(
            update={"assumptions": {**made, CORE: shared.register[CORE].alternative}}
        )
        shared = shared.fork()
        yield CORE, simulate(package, wider, shared=shared), shared.counterfactual(wider).drawn[CORE][None]


def _answers(package, simulation):
    """By target (or "both") and r: what is met, and the probit of the rate, missing for both (n_draws,)."""
    found = {}
    for target in targets_of_all(package):
        if target.as_of in simulation.years:
            place = simulation.years.index(target.as_of)
            found[target.target] = {
                r: (
                    met(target, case.draws, case.years),
                    probit(case.draws["all", target.status][:, place] / 100),
                )
                for r, case in simulation.cases.items()
            }
    if len(found) > 1:
        hits = {r: np.logical_and.reduce([by_case[r][0] for by_case in found.values()]) for r in CASES}
        found[BOTH] = {r: (hit, np.full(len(hit), np.nan)) for r, hit in hits.items()}
    return found


def _samples(seen, name):
    """By case: the values of r whose draws it takes together, and what the measurement shows in them."""
    if name == CONTINUITY:
        return {EITHER: (tuple(CASES), np.repeat([list(CASES)], seen.shape[1], axis=1).astype(float))}
    alone = {word: ((r,), seen) for r, word in CASES.items()}
    return alone | {EITHER: (tuple(CASES), np.tile(seen, len(CASES)))}


def _quadratic(seen):
    """What is seen, standardised, its squares and products; what has two values has no square (n, 1 + terms)."""
    spread = seen.std(axis=1, keepdims=True)
    terms = list((seen - seen.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1))
    squares = [i for i, row in enumerate(seen) if len(np.unique(row)) > 2]
    terms += [terms[i] * terms[j] for i, j in combinations_with_replacement(squares, 2)]
    return np.stack([np.ones(seen.shape[1]), *terms], axis=1)


def expected_chance(hits, design):
    """The chance of a hit given what is seen.

    Parameters
    ----------
    hits : ndarray of bool (n,)
    design : ndarray (n, k)
        The first column constant.

    Returns
    -------
    ndarray (n,)
        Its mean is that of the hits.
    """
    before, (n, k) = hits.mean(), design.shape
    if not 0 < before < 1:
        return np.full(n, before)
    slope, penalty = np.zeros(k), RIDGE * (np.arange(k) > 0)
    slope[0] = logit(before)
    for _ in range(STEPS):
        chance = expit(design @ slope)
        curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + np.diag(penalty)
        slope = (
            slope + np.linalg.lstsq(curvature, design.T @ (hits - chance) - penalty * slope, rcond=None)[0]
        )
    chance = expit(design @ slope)
    gained = 2 * (_log_likelihood(hits, chance) - _log_likelihood(hits, before))
    return chance if gained > chdtri(k - 1, DOUBT) else np.full(n, before)


def _log_likelihood(hits, chance):
    return (xlogy(hits, chance) + xlogy(1 - hits, 1 - chance)).sum()


def widths(rates, design):
    """Width of the 80 % interval of a rate, percentage points: before and, on average, after what is seen.

    Parameters
    ----------
    rates : ndarray (n,)
        Probits.
    design : ndarray (n, k)

    Returns
    -------
    tuple of float
    """
    expected = design @ np.linalg.lstsq(design, rates, rcond=None)[0] if np.isfinite(rates).all() else rates
    low, high = np.quantile(rates, ENDS)
    inner, outer = np.quantile(rates - expected, ENDS)
    now, then = ndtr(high) - ndtr(low), (ndtr(expected + outer) - ndtr(expected + inner)).mean()
    return float(100 * now), float(100 * then)
