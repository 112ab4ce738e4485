"""A funding scenario in front of the baseline: what the two rates become when money differs from the plan.

For a threshold k: ``z_k(S) = z_k(trend) - [D_k(money of S) - r D_k(planned money)]``, D being how far money moves it
without the plan (`simulation.counterfactual`). With r = 1 full delivery continues the trend; with r = 0
all of the plan is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from giamngheo.forecasting.trend import Forecast, summarise
from giamngheo.inputs.scenario import Scenario, check_scenario, load_scenario
from giamngheo.simulation.counterfactual import Response, rates
from giamngheo.simulation.money import Money
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import BOTH, target_chances

# Additionality, and the name of each of its bounds: nothing in a plan's figures tells where between them it lies
# (Manski's identified set), so that a scenario is always simulated and told under both.
CASES = {1: "continued", 0: "new"}  # r: the plan's money continues the trend; all of it comes on top


@dataclass(frozen=True, repr=False)
class Case:
    """Predictive distribution under a scenario, in one case of additionality: the scenario's own `continuity`.

    draws: (group, status) to percent, (n_draws, n_years), as of a `Forecast`, a group simulated when it is first read;
    households: of group all, (n_draws, n_years), None where no count was published.
    """

    scenario: object
    trend: Forecast
    money: Money
    draws: Mapping
    households: np.ndarray | None

    @property
    def years(self):
        """Ends of year (tuple of datetime.date)."""
        return self.trend.years

    @property
    def table(self):
        """Mean and quantiles in percent, as `Forecast.table`."""
        return summarise(self.draws, self.years)

    def __repr__(self):
        last, r = self.years[-1], self.scenario.continuity
        medians = (
            f"{status} {np.median(self.draws[group, status][:, -1]):.2f} %"
            for group, status in self.draws
            if group == "all"
        )
        return f"Case of {self.scenario.id}, r = {r:g}, medians at {last}: {', '.join(medians)}"

    def _repr_html_(self):
        return self.table.to_html(index=False, border=0)


def simulate_case(package, scenario, *, draws=20_000, seed=0, shared=None):
    """Simulate a funding scenario in one case of additionality: its own `continuity`.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    draws, seed : int
    shared : SharedDraws, optional
        Shared work of many scenarios; it then gives draws and seed.

    Returns
    -------
    Case

    Raises
    ------
    RefusedInput
        An assumption or a reallocation that cannot be.

    Notes
    -----
    Money acts from the first programme year; what it does in a year counts at that year's end.
    """
    shared = shared or shared_draws(package, draws=draws, seed=seed)
    counterfactual = shared.counterfactual(check_scenario(scenario, package))
    response, households = Response(counterfactual, scenario), counterfactual.households
    draws = _Draws(response, scenario)
    households = None if households is None else households.T
    return Case(scenario, counterfactual.trend, response.money, draws, households)


class _Draws(Mapping):
    """Draws by (group, status), a group simulated when it is first asked for."""

    def __init__(self, response, scenario):
        self._response, self._counterfactual, self._made = response, response.counterfactual, {}
        amounts = response.money
        as_planned = amounts.delivered == amounts.planned and not scenario.targeting
        self._moves = not as_planned or scenario.group != "all" or self._counterfactual.continuity != 1
        if self._moves:
            self["all", "poor"]  # what cannot be simulated is refused here, not when it is read

    def __repr__(self):
        return f"draws of {', '.join(' '.join(key) for key in self)}"

    def __iter__(self):
        return iter(self._counterfactual.trend.draws)

    def __len__(self):
        return len(self._counterfactual.trend.draws)

    def __getitem__(self, key):
        trend = self._counterfactual.trend.draws
        if not self._moves and self._counterfactual.follows_trend:
            return trend[key]  # the forecast itself, to the bit
        if key not in self._made:
            if key not in trend:
                raise KeyError(key)
            group = key[0]
            moved = (
                self._response.rates(group=group)
                if self._moves
                else rates(group, self._counterfactual.levels[group])
            )
            self._made |= moved
        return self._made[key]


@dataclass(frozen=True, repr=False)
class Simulation:
    """A scenario under both cases of additionality, each simulated once.

    cases: r to Case; by_case: r to {target or "both": chance, 0..1}; shown: the values of r that the
    scenario leaves open, both unless it sets r itself.
    """

    scenario: object
    cases: dict
    by_case: dict
    shown: tuple = tuple(CASES)

    @property
    def chances(self):
        """The chances as a tidy frame: case ("continued", "new"), target (or "both"), chance (DataFrame)."""
        rows = [(CASES[r], key, p) for r, found in self.by_case.items() for key, p in found.items()]
        return pd.DataFrame(rows, columns=["case", "target", "chance"])

    def median(self, r, status, group="all"):
        """Median rate at the last instant, percent (float)."""
        return float(np.median(self.cases[r].draws[group, status][:, -1]))

    def interval(self, r, status, group="all"):
        """80 % prediction interval at the last instant, percent (tuple of float)."""
        return tuple(np.quantile(self.cases[r].draws[group, status][:, -1], (0.1, 0.9)).tolist())

    def __repr__(self):
        chances = (
            f"{key} " + ", ".join(f"{self.by_case[r][key]:.1%} {name}" for r, name in CASES.items())
            for key, p in self.by_case[1].items()
            if p is not None
        )
        return f"Simulation of {self.scenario.id}, chances: {'; '.join(chances)}"

    def _repr_html_(self):
        return self.chances.to_html(index=False, border=0)


def at_case(scenario, r):
    """The scenario with its additionality set to r (Scenario)."""
    return scenario.model_copy(update={"continuity": float(r)})


def simulate(package, scenario="full_plan", *, draws=20_000, seed=0, shared=None):
    """Simulate a funding scenario under both cases of additionality.

    Parameters
    ----------
    package : Package
    scenario : Scenario or str
        A name as of `load_scenario`.
    draws, seed : int
    shared : SharedDraws, optional
        Shared work of many scenarios; it then gives draws and seed.

    Returns
    -------
    Simulation

    Raises
    ------
    RefusedInput
        An unknown scenario, an assumption or a reallocation that cannot be.
    """
    shared = shared or shared_draws(package, draws=draws, seed=seed)
    scenario = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, package)
    cases = {r: simulate_case(package, at_case(scenario, r), shared=shared) for r in CASES}
    by_case = {r: target_chances(package, each) for r, each in cases.items()}
    shown = tuple(CASES) if scenario.continuity == 1 else tuple(r for r in CASES if r == scenario.continuity)
    return Simulation(scenario, cases, by_case, shown or tuple(CASES))


def simulate_all(package, scenarios, shared):
    """Simulate several scenarios under both cases of additionality.

    Parameters
    ----------
    package : Package
    scenarios : sequence of str
    shared : SharedDraws

    Returns
    -------
    dict of str to Simulation
        Highest chance of all targets at once (r = 1) first; equal ones in the order given.
    """
    made = {name: simulate(package, name, shared=shared) for name in scenarios}
    order = sorted(made, key=lambda name: -(made[name].by_case[1][BOTH] or 0))
    return {name: made[name] for name in order}
