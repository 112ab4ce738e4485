"""What all scenarios of one package share under one seed: the trend, the draws of every assumption, counterfactuals.

Scenarios that differ in money alone share a counterfactual, so that they are compared draw by draw (common random
numbers) and the planned money's effect is computed once.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from giamngheo.display import words_and_table
from giamngheo.forecasting.draws import draw, override
from giamngheo.forecasting.trend import package_forecast
from giamngheo.inputs.assumptions import load_register
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.package import check_package
from giamngheo.inputs.parameters import check_value
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


@dataclass(frozen=True, repr=False)
class SharedDraws:
    """One package under one seed: its trends, counterfactuals and draws are made once for all scenarios."""

    package: object
    draws: int
    seed: int
    register: dict
    trend: object = None  # under the register, if it is already made
    _made: dict = field(default_factory=dict)

    def __repr__(self):
        return f"SharedDraws of {self.package.name}: {self.draws} draws, seed {self.seed}"

    def _repr_html_(self):
        kept = Counter(kind for kind, *_ in self._made)
        kinds = {"drawn": "assumptions drawn", "trend": "trends", "counterfactual": "counterfactuals"}
        return words_and_table(
            str(self), [{"made so far": what, "": kept[kind]} for kind, what in kinds.items()]
        )

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
        100 to 1 000 000 draws; the same seed gives the same draws.

    Returns
    -------
    SharedDraws

    Raises
    ------
    RefusedInput
        What is not a package; draws or a seed out of range.
    """
    draws, seed = check_value("draws", draws), check_value("seed", seed)
    return SharedDraws(check_package(package), draws, seed, load_register())


def of_package(shared, package):
    """The shared draws; those of another package, and what is none, are refused (SharedDraws)."""
    if not isinstance(shared, SharedDraws):
        raise RefusedInput(f"shared: {shared!r} is not what shared_draws(package) gives")
    if shared.package is not package and shared.package != package:
        raise RefusedInput(f"shared: {shared!r}, and the package is {package!r}; give the draws of one")
    return shared
