"""A funding scenario in front of the baseline: what the two rates become when money differs from the plan.

For a threshold k: ``z_k(S) = z_k(trend) - [D_k(money of S) - r D_k(planned money)]``, D being how far money moves it
in the world without the plan (`simulation.counterfactual`). With r = 1 full delivery continues the trend; with r = 0
all of the plan is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.trend import Forecast, summarise
from giamngheo.inputs.scenario import check_scenario
from giamngheo.simulation.counterfactual import workbench
from giamngheo.simulation.money import Money, money


@dataclass(frozen=True)
class Simulation:
    """Predictive distribution under a scenario.

    draws: (group, status) to percent, (n_draws, n_years), as of a `Forecast`, a group simulated when it is first
    read; households: of group all,
    (n_draws, n_years), None where no count was published.
    """

    scenario: object
    trend: Forecast
    money: Money = field(repr=False)
    draws: Mapping = field(repr=False)
    households: np.ndarray | None = field(repr=False)

    @property
    def years(self):
        """Ends of year (tuple of datetime.date)."""
        return self.trend.years

    @property
    def table(self):
        """Mean and quantiles in percent, as `Forecast.table`."""
        return summarise(self.draws, self.years)


def simulate(package, scenario, *, draws=20_000, seed=0, bench=None):
    """Simulate one funding scenario.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    draws, seed : int
    bench : Workbench, optional
        Shared work of many scenarios; it then gives draws and seed.

    Returns
    -------
    Simulation

    Raises
    ------
    RefusedInput
        An assumption or a reallocation that cannot be.

    Notes
    -----
    Money acts from the first programme year; what it does in a year counts at that year's end.
    """
    bench = bench or workbench(package, draws=draws, seed=seed)
    world = bench.world(check_scenario(scenario, package))
    amounts = money(package, scenario)
    draws = _Draws(world, amounts, scenario)
    return Simulation(
        scenario, world.trend, amounts, draws, None if world.households is None else world.households.T
    )


class _Draws(Mapping):
    """Draws by (group, status), a group simulated when it is first asked for."""

    def __init__(self, world, amounts, scenario):
        self._world, self._amounts, self._scenario, self._made = world, amounts, scenario, {}
        only = None if scenario.group == "all" else scenario.group
        as_planned = amounts.delivered == amounts.planned and not scenario.targeting and not only
        self._moves = not as_planned or world.continuity != 1
        self._only = only
        if self._moves:
            self["all", "poor"]  # what cannot be simulated is refused here, not when it is read

    def __iter__(self):
        return iter(self._world.trend.draws)

    def __len__(self):
        return len(self._world.trend.draws)

    def __getitem__(self, key):
        if not self._moves and self._world.follows_trend:
            return self._world.trend.draws[key]  # the forecast itself, to the bit
        if key not in self._made:
            if key not in self._world.trend.draws:
                raise KeyError(key)
            self._made |= self._simulated(key[0])
        return self._made[key]

    def _simulated(self, group):
        world, scenario = self._world, self._scenario
        z_poor, z_upper = world.levels[group]
        if self._moves:
            amounts = self._amounts.by("line", "year")
            moved = world.moved(group, amounts, scenario.targeting, self._only)
            z_poor, z_upper = z_poor.copy(), None if z_upper is None else z_upper.copy()
            z_poor[world.first :] -= moved[0]
            if z_upper is not None:
                z_upper[world.first :] -= moved[1]
        poor = ndtr(z_poor)
        made = {(group, "poor"): 100 * poor.T}
        if z_upper is not None:
            upper = np.maximum(ndtr(z_upper), poor)
            made[group, "near_poor"] = 100 * (upper - poor).T
            made[group, "poor_or_near_poor"] = 100 * upper.T
        return made


def compare(package, scenarios, *, draws=20_000, seed=0):
    """Simulate several scenarios under common random numbers.

    Parameters
    ----------
    package : Package
    scenarios : sequence of Scenario
    draws, seed : int

    Returns
    -------
    dict of str to Simulation
    """
    bench = workbench(package, draws=draws, seed=seed)
    return {scenario.id: simulate(package, scenario, bench=bench) for scenario in scenarios}
