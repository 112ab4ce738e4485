"""Targets: their chance under draws, the pace they require, and the money that would make them an even bet."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd

from giamngheo.simulation.outcomes import simulate, workbench

# Observed over required compound annual rate (open-sdg progress measure; Statistics Canada's cut-offs).
PACE_CATEGORIES = ((0.95, "on_track"), (0.60, "progressing"), (0.0, "limited"), (-np.inf, "worsening"))
# Chances and the words for them (after the IPCC's calibrated terms), highest first.
CHANCE_WORDS = (
    (0.99, "virtually_certain"),
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "about_even"),
    (0.10, "unlikely"),
    (0.01, "very_unlikely"),
    (0.0, "exceptionally_unlikely"),
)
CHANCES_ASKED = (0.5, 0.8, 0.9)
MOST_MONEY = 10  # times the plan; beyond that the mechanics were not meant to be believed
MULTIPLES = (
    0.0,
    0.5,
    1.0,
    2.0,
    4.0,
    7.0,
    float(MOST_MONEY),
)  # tried first; a chance need not rise throughout
SOLVER_DRAWS = 4_000


def level_targets(package):
    """The targets on a rate: those with a status and a value (tuple of Target)."""
    return tuple(target for target in package.targets if target.status and target.value_pct is not None)


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


def target_results(package, draws, years):
    """The chance of each level target and of all those of group all together.

    Parameters
    ----------
    package : Package
    draws, years
        As of a `Forecast` or `Simulation`.

    Returns
    -------
    tuple
        A list of dicts (target, group, status, comparator, value_pct, as_of, probability), and the joint chance
        (None without a level target of group all).
    """
    rows, hits = [], []
    for target in level_targets(package):
        hit = met(target, draws, years)
        if hit is None:
            continue
        if target.group == "all":
            hits.append(hit)
        rows.append(
            {
                "target": target.target,
                "group": target.group,
                "status": target.status,
                "comparator": target.comparator,
                "value_pct": float(target.value_pct),
                "as_of": target.as_of,
                "probability": float(hit.mean()),
            }
        )
    return rows, float(np.logical_and.reduce(hits).mean()) if hits else None


def chance_word(probability):
    """Key of the calibrated word for a chance (str), see `CHANCE_WORDS`."""
    return next(word for least, word in CHANCE_WORDS if probability >= least)


def required_pace(package):
    """Observed against required pace of each level target, from every base year.

    Parameters
    ----------
    package : Package

    Returns
    -------
    DataFrame
        target, poverty_line, base_as_of, last_as_of, observed_pp (points a year, negative is a fall), required_pp,
        observed_pct, required_pct (compound annual rates), ratio (observed over required), category.

    Notes
    -----
    The required pace starts from the last reading of the target's own line. A base on an earlier line measures the
    observed pace on that line alone: no difference is taken across a change of line.
    """
    readings = package.frame("poverty")
    rows = []
    for target in level_targets(package):
        own = readings[(readings["group"] == target.group) & (readings["status"] == target.status)]
        own = own[own["rate_pct"].notna()].sort_values("as_of", kind="stable")
        if own.empty:
            continue
        last = own[own["as_of"] == own["as_of"].max()].iloc[-1]
        left = target.as_of.year - last["as_of"].year
        value = float(target.value_pct)
        required_pct = 100 * ((value / last["rate_pct"]) ** (1 / left) - 1)
        for line, series in own.groupby("poverty_line", sort=False):
            end = series.iloc[-1]
            for _, base in series.iloc[:-1].iterrows():
                span = end["as_of"].year - base["as_of"].year
                observed_pct = 100 * ((end["rate_pct"] / base["rate_pct"]) ** (1 / span) - 1)
                ratio = observed_pct / required_pct
                rows.append(
                    {
                        "target": target.target,
                        "poverty_line": line,
                        "base_as_of": base["as_of"],
                        "last_as_of": end["as_of"],
                        "observed_pp": (end["rate_pct"] - base["rate_pct"]) / span,
                        "required_pp": (value - last["rate_pct"]) / left,
                        "observed_pct": observed_pct,
                        "required_pct": required_pct,
                        "ratio": ratio,
                        "category": next(name for least, name in PACE_CATEGORIES if ratio >= least),
                    }
                )
    return pd.DataFrame(rows)


def households_above(package, simulation):
    """Households by which the expected rate of each level target of group all misses it.

    Parameters
    ----------
    package : Package
    simulation : Simulation

    Returns
    -------
    dict of str to ndarray (n_draws,)
        Households above the target, draw by draw; 0 where it is met. Empty without counts.
    """
    above = {}
    for target in level_targets(package):
        if simulation.households is None or target.group != "all" or target.as_of not in simulation.years:
            continue
        place = simulation.years.index(target.as_of)
        rate = simulation.draws[target.group, target.status][:, place]
        excess = np.maximum(rate - float(target.value_pct), 0) / 100
        above[target.target] = excess * simulation.households[:, place]
    return above


def scaled(scenario, share):
    """The scenario with all its money multiplied by a share (Scenario)."""
    share = Fraction(share).limit_denominator(10_000)
    funding = scenario.funding
    every = Fraction(1) if funding.all.every is None else funding.all.every
    whole = type(funding.all)({year: factor * share for year, factor in funding.all.items()}, every * share)
    return scenario.model_copy(update={"funding": funding.model_copy(update={"all": whole})})


class MoneyCurve:
    """Chances of a scenario as all its money is multiplied, each multiple simulated once.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    seed, draws : int
    bench : Workbench, optional
        Shared work; it then gives seed and draws.
    """

    def __init__(self, package, scenario, *, seed=0, draws=SOLVER_DRAWS, bench=None):
        self._package, self._scenario = package, scenario
        self._bench = bench or workbench(package, draws=draws, seed=seed)
        self._seen = {}

    def at(self, share):
        """The simulation at a multiple of the money (Simulation)."""
        return simulate(self._package, scaled(self._scenario, share), bench=self._bench)

    def chances(self, share):
        """Chance of each target, and of "both" of group all, at a multiple of the money (dict of str to float)."""
        if share not in self._seen:
            result = self.at(share)
            rows, joint = target_results(self._package, result.draws, result.years)
            self._seen[share] = {row["target"]: row["probability"] for row in rows} | {"both": joint}
        return self._seen[share]

    def needed(self, chance):
        """The multiple of the money at which each chance reaches a level.

        Parameters
        ----------
        chance : float
            0..1.

        Returns
        -------
        dict of str to float or None
            By target and "both"; 0 where it is reached without money, None beyond `MOST_MONEY` times the scenario's
            money (beyond the model's range).
        """
        names = self.chances(MULTIPLES[0])
        return {
            name: _first_crossing(lambda share, name=name: self.chances(share)[name], chance)
            for name in names
        }


def _first_crossing(value, level, steps=7):
    if value(MULTIPLES[0]) >= level:
        return MULTIPLES[0]
    for low, high in pairwise(MULTIPLES):
        if value(high) >= level:
            for _ in range(steps):
                middle = (low + high) / 2
                low, high = (low, middle) if value(middle) >= level else (middle, high)
            return high
    return None


def break_even(package, scenario, simulation, *, seed=0):
    """What would have to be true for each level target to be an even bet.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    simulation : Simulation
        Of that scenario.
    seed : int

    Returns
    -------
    dict of str to dict or None
        share_of_plan: multiple of the scenario's money at which the chance is one half; exits_per_bn: households that
        each billion VND delivered must take below the target, over what the same model gives with no money at all.
        None where no multiple up to `MOST_MONEY` reaches it.
    """
    curve = MoneyCurve(package, scenario, seed=seed)
    shares = curve.needed(0.5)
    needed = exits_needed_per_bn(package, curve, simulation)
    return {
        target.target: None
        if shares.get(target.target) is None
        else {"share_of_plan": shares[target.target], "exits_per_bn": needed.get(target.target)}
        for target in level_targets(package)
    }


def exits_needed_per_bn(package, curve, simulation):
    """Households a billion VND must move for the median to meet each target, over the same model without money.

    Parameters
    ----------
    package : Package
    curve : MoneyCurve
        Of the simulated scenario.
    simulation : Simulation

    Returns
    -------
    dict of str to float
        Households a billion VND delivered; empty where nothing is delivered or no household is counted.
    """
    delivered = float(simulation.money.total)
    if not delivered or simulation.households is None:
        return {}
    bare = curve.at(MULTIPLES[0])
    needed = {}
    for target in level_targets(package):
        if target.group != "all" or target.as_of not in bare.years:
            continue
        place = bare.years.index(target.as_of)
        rate = np.median(bare.draws[target.group, target.status][:, place])
        households = np.median(bare.households[:, place])
        needed[target.target] = float(max(rate - float(target.value_pct), 0) / 100 * households / delivered)
    return needed
