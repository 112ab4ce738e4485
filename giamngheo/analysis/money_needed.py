"""The money that would make the targets an even bet, or likelier: the same plan, all its money multiplied."""

from itertools import pairwise

import numpy as np

from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import CASES, simulate
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import level_targets, target_chances

CHANCES_ASKED = (0.5, 0.8, 0.9)
MOST_MONEY = 10  # times the plan; beyond that the mechanics were not meant to be believed
MOST = "most"  # in place of a chance: the most money that is believed
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


class MoneyCurve:
    """Chances of a scenario as all its money is multiplied, each multiple simulated once.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    seed, draws : int
    shared : SharedDraws, optional
        Shared work; it then gives seed and draws.
    """

    def __init__(self, package, scenario, *, seed=0, draws=SOLVER_DRAWS, shared=None):
        self._package, self._scenario = package, scenario
        self._shared = shared or shared_draws(package, draws=draws, seed=seed)
        self._seen = {}

    def at(self, share):
        """The simulation at a multiple of the money (Simulation)."""
        return simulate(self._package, scaled(self._scenario, share), shared=self._shared)

    def chances(self, share):
        """Chance of each target, and of "both" of group all, at a multiple of the money (dict of str to float)."""
        if share not in self._seen:
            result = self.at(share)
            self._seen[share] = target_chances(self._package, result)
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


def break_even(package, simulation, *, seed=0):
    """What would have to be true for each target, and all of them, to be an even bet.

    Parameters
    ----------
    package : Package
    simulation : Simulation
        Its scenario's money is the unit.
    seed : int

    Returns
    -------
    dict of str to dict
        By target and "both": share_of_plan, the multiple of the scenario's money at which the chance is one half (None
        beyond `MOST_MONEY`); exits_per_bn, households that each billion VND delivered must take below the target, over
        what the same model gives with no money at all (None where it has no meaning).
    """
    curve = MoneyCurve(package, simulation.scenario, seed=seed)
    exits = exits_needed_per_bn(package, curve, simulation)
    return {
        key: {"share_of_plan": share, "exits_per_bn": exits.get(key)}
        for key, share in curve.needed(0.5).items()
    }


def even_chance(package, outcome, *, seed=0):
    """`break_even` of a scenario under both cases of additionality.

    Parameters
    ----------
    package : Package
    outcome : Outcome
    seed : int

    Returns
    -------
    dict of (str, int) to dict
        (target or "both", r) to what `break_even` says of it.
    """
    found = {r: break_even(package, outcome.simulations[r], seed=seed) for r in CASES}
    return {(key, r): needed for r in CASES for key, needed in found[r].items()}


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


def money_for_chances(package, scenario, levels, *, seed=0, shared=None):
    """The multiple of the money that each chance needs, and the chances at the most money that is believed.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    levels : sequence of float
        Chances, 0..1.
    seed : int
    shared : SharedDraws, optional
        Shared work; it then gives seed and draws.

    Returns
    -------
    dict
        (r, level) to {target or "both": multiple or None}; (r, "most") to {target or "both": chance}.
    """
    shared = shared or shared_draws(package, draws=SOLVER_DRAWS, seed=seed)
    solved = {}
    for r in CASES:
        curve = MoneyCurve(package, scenario.model_copy(update={"continuity": float(r)}), shared=shared)
        solved |= {(r, level): curve.needed(level) for level in levels}
        solved[r, MOST] = curve.chances(float(MOST_MONEY))
    return solved
