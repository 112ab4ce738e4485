"""What all scenarios of one package share under one seed: the trend, the draws of every assumption, counterfactuals.

Scenarios that differ in money alone share a counterfactual, so that they are compared draw by draw (common random
numbers) and the planned money's effect is computed once.
"""

from dataclasses import dataclass, field, replace

from giamngheo.forecasting.draws import draw, override
from giamngheo.forecasting.trend import package_forecast
from giamngheo.inputs.assumptions import load_register
from giamngheo.simulation.counterfactual import counterfactual

# Assumptions of the forecast itself; all others are about money and households.
BASELINE_ASSUMPTIONS = (
    "wide_drift_mean",
    "wide_drift_sd",
    "innovation_sd",
    "tail_shape",
    "observation_error",
    "splice_sd",
    "carry_over",
    "drift_persistence",
    "gap_drift",
    "gap_spread",
    "gap_error",
    "gap_moves",
    "group_splice_sd",
)
MOST_KEPT = 8  # counterfactuals, and trends: about 10 MB each at 10 000 draws


@dataclass(frozen=True)
class SharedDraws:
    """One package under one seed: its trends, counterfactuals and draws are made once for all scenarios."""

    package: object
    draws: int
    seed: int
    register: dict = field(repr=False)
    trend: object = field(default=None, repr=False)  # under the register, if it is already made
    _made: dict = field(default_factory=dict, repr=False)

    def counterfactual(self, scenario):
        """The counterfactual of a scenario, shared with all that differ from it in money alone.

        Raises
        ------
        RefusedInput
            An assumption that cannot be.
        """
        differs = sorted(scenario.assumptions.items()), scenario.shock, scenario.growth, scenario.continuity
        return self._recent("counterfactual", repr(differs), lambda: self._counterfactual(scenario))

    def with_trend(self, trend):
        """The same, with a forecast that is already made as the trend, and with the assumptions it was made under."""
        drawn = {key: values for key, values in self._made.items() if key[0] == "drawn"}
        register = override(self.register, trend.settings["assumptions"])
        return replace(self, register=register, trend=trend, _made=drawn)

    def trend_under(self, changes):
        """The trend under changes to the assumptions of the forecast itself (Forecast)."""
        if self.trend is None:
            settings = {"draws": self.draws, "seed": self.seed, "assumptions": changes}
            return self._recent("trend", repr(changes), lambda: package_forecast(self.package, **settings))
        if not changes:
            return self.trend
        changes = {**self.trend.settings["assumptions"], **changes}
        return self._recent("trend", repr(changes), lambda: self.trend.refit(assumptions=changes))

    def fork(self):
        """The same, whose further trends and counterfactuals are forgotten with it: many cases would fill memory."""
        return replace(self, _made=dict(self._made))

    def _counterfactual(self, scenario):
        register = override(self.register, scenario.assumptions, where=f"scenario {scenario.id}: assumptions")
        drawn = {name: self._drawn(row) for name, row in register.items()}
        changes = {
            name: scenario.assumptions[name] for name in BASELINE_ASSUMPTIONS if name in scenario.assumptions
        }
        trend = self.trend_under(changes)
        return counterfactual(self.package, trend, scenario, register, drawn, float(scenario.continuity))

    def _drawn(self, row):
        key = "drawn", row.name, row.distribution, row.parameters
        if key not in self._made:
            self._made[key] = draw(row, self.seed, self.draws)
        return self._made[key]

    def _recent(self, kind, key, make):
        """What is kept under a key, made on first use; of one kind only the `MOST_KEPT` last used stay."""
        made, key = self._made, (kind, key)
        made[key] = made.pop(key) if key in made else make()
        for oldest in [other for other in made if other[0] == kind][:-MOST_KEPT]:
            del made[oldest]
        return made[key]


def shared_draws(package, *, draws=20_000, seed=0):
    """Prepare to simulate scenarios of a package under common random numbers.

    Parameters
    ----------
    package : Package
    draws, seed : int

    Returns
    -------
    SharedDraws
    """
    return SharedDraws(package, draws, seed, load_register())
