"""A funding scenario in front of the baseline: what the two rates become when money differs from the plan.

For a threshold k: ``z_k(S) = z_k(trend) - [D_k(money of S) - r D_k(planned money)]``, D being the shift of
`giamngheo.transfers`. With r = 1 full delivery continues the trend; with r = 0 all of the plan is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting import Forecast, summarise
from giamngheo.funding import Money, money
from giamngheo.worlds import workbench


@dataclass(frozen=True)
class Simulation:
    """Predictive distribution under a scenario.

    draws: (group, status) to percent, (n_draws, n_years), as of a `Forecast`; households: of group all,
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
    world = bench.world(scenario)
    amounts = money(package, scenario)
    results = {}
    for group, (z_poor, z_upper) in world.levels.items():
        moved = _moved(world, group, amounts, scenario)
        if moved is None and world.follows_trend:  # the forecast itself, to the bit
            results |= {key: values for key, values in world.trend.draws.items() if key[0] == group}
            continue
        if moved is not None:
            z_poor, z_upper = z_poor.copy(), None if z_upper is None else z_upper.copy()
            z_poor[world.first :] -= moved[0]
            if z_upper is not None:
                z_upper[world.first :] -= moved[1]
        poor = ndtr(z_poor)
        results[group, "poor"] = 100 * poor.T
        if z_upper is not None:
            upper = np.maximum(ndtr(z_upper), poor)
            results[group, "near_poor"] = 100 * (upper - poor).T
            results[group, "poor_or_near_poor"] = 100 * upper.T
    return Simulation(
        scenario, world.trend, amounts, results, None if world.households is None else world.households.T
    )


def _moved(world, group, amounts, scenario):
    """Shift of the two thresholds away from the world without any difference in money; None where there is none."""
    r = float(scenario.continuity)
    as_planned = amounts.delivered == amounts.planned and not scenario.targeting
    if as_planned and r == 1:
        return None
    planned = (
        world.planned_shift(group, amounts.by("line", "year", which="planned")) if r or as_planned else None
    )
    delivered = planned if as_planned else world.shift(group, amounts.by("line", "year"), scenario.targeting)
    if not r:
        return delivered
    return tuple(None if new is None else new - r * old for new, old in zip(delivered, planned, strict=True))


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
