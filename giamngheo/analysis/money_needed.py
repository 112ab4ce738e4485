"""The money that would make the targets an even bet, or likelier: the same plan, all its money multiplied."""

from itertools import pairwise

import pandas as pd

from giamngheo.analysis.target_years import TargetYears, target_years
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.shared_draws import shared_draws

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


class MoneyCurve:
    """Chances of a scenario as all its money is multiplied, each multiple evaluated once.

    Parameters
    ----------
    asked : TargetYears
        Its scenario's money is the unit.
    """

    def __init__(self, asked):
        self._asked, self._seen = asked, {}

    def chances(self, share):
        """Chance of each target, and of "both" of group all, at a multiple of the money (dict of str to float)."""
        if share not in self._seen:
            self._seen[share] = self._asked.chances(self._asked.all_times(share))
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
            By target and "both" where it has a chance; 0 where it is reached without money, None beyond `MOST_MONEY`
            times the scenario's money (beyond the model's range).
        """
        names = [name for name, met in self.chances(MULTIPLES[0]).items() if met is not None]
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


def break_even(package, case, *, seed=0):
    """What would have to be true for each target, and all of them, to be an even bet.

    Parameters
    ----------
    package : Package
    case : Case
        Its scenario's money is the unit.
    seed : int

    Returns
    -------
    dict of str to dict
        By target and "both": share_of_plan, the money at which the chance is one half over the plan's, spread over
        lines and years as the scenario spreads its own (None
        beyond `MOST_MONEY`); exits_per_bn, households that each billion VND delivered must take below the target, over
        what the same model gives with no money at all (None where it has no meaning).
    """
    scenario = case.scenario
    shared = shared_draws(package, draws=SOLVER_DRAWS, seed=seed)
    return _break_even(TargetYears(package, scenario, shared.counterfactual(scenario)))


def _break_even(asked):
    exits, money = asked.exits_needed_per_bn(), asked.money
    planned = sum(money.planned.values())
    own_share = float(money.total / planned) if planned else 0.0
    return {
        key: {
            "share_of_plan": None if multiple is None else own_share * multiple,
            "exits_per_bn": exits.get(key),
        }
        for key, multiple in MoneyCurve(asked).needed(0.5).items()
    }


def even_chance(package, simulation, *, seed=0):
    """`break_even` of a scenario under both cases of additionality.

    Parameters
    ----------
    package : Package
    simulation : Simulation
    seed : int

    Returns
    -------
    dict of (str, int) to dict
        (target or "both", r) to what `break_even` says of it.
    """
    shared = shared_draws(package, draws=SOLVER_DRAWS, seed=seed)
    found = {r: _break_even(asked) for r, asked in target_years(package, simulation.scenario, shared).items()}
    return {(key, r): needed for r, each in found.items() for key, needed in each.items()}


def money_for_chances(package, scenario, levels=CHANCES_ASKED, *, seed=0, shared=None):
    """The multiple of the money that each chance needs, beside the chances at the most money that is believed.

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
    DataFrame
        case (of `CASES`), target (or "both"), chance_asked, multiple (0 where no money is needed, NaN beyond
        `MOST_MONEY` times the scenario's) and chance_at_most (of that target, at `MOST_MONEY` times the money).

    Raises
    ------
    RefusedInput
        A level that is no chance, such as a percentage.
    """
    if wrong := [level for level in levels if not 0 <= level <= 1]:
        raise RefusedInput(f"chances: {wrong[0]:g} is no chance, which runs from 0 to 1")
    shared, rows = shared or shared_draws(package, draws=SOLVER_DRAWS, seed=seed), []
    for r, asked in target_years(package, scenario, shared).items():
        curve = MoneyCurve(asked)
        most = curve.chances(float(MOST_MONEY))
        for level in levels:
            rows += [(CASES[r], key, level, times, most[key]) for key, times in curve.needed(level).items()]
    columns = ["case", "target", "chance_asked", "multiple", "chance_at_most"]
    return pd.DataFrame(rows, columns=columns).astype({"multiple": float})


def two_inputs(package, scenario, shared, shares=(0, 0.5, 0.7, 1, 1.5, 2), cases=(1, 0.5, 0)):
    """Chances for every pair of a share of the money delivered and r.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    shares : sequence of float
        Multiples of the scenario's money.
    cases : sequence of float
        Values of r.

    Returns
    -------
    DataFrame
        share_of_plan, r, target (or "both"), chance (0..1).
    """
    found = target_years(package, scenario, shared, cases)
    rows = [
        (share, r, key, chance)
        for share in shares
        for r, asked in found.items()
        for key, chance in asked.chances(asked.all_times(share)).items()
    ]
    return pd.DataFrame(rows, columns=["share_of_plan", "r", "target", "chance"])
