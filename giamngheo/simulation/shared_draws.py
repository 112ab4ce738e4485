"""What all scenarios of one package share under one seed: the trend, the draws of every assumption, counterfactuals.

Scenarios that differ in money alone share a counterfactual, so that they are compared draw by draw (common random
numbers) and the planned money's effect is computed once.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from giamngheo.forecasting.draws import draw, override
from giamngheo.forecasting.trend import package_forecast
from giamngheo.inputs.assumptions import register_of
from giamngheo.inputs.display import words_and_table
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
MOST_KEPT = 8  # counterfactuals, trends and cases: 10 MB each at 10 000 draws, 40 with what lines of many scenarios do
made_ahead = []  # what `make_ahead` was given


@dataclass(frozen=True, repr=False)
class SharedDraws:
    """One package under one seed: its trends, counterfactuals and draws are made once for all scenarios."""

    package: object
    draws: int
    seed: int
    register: dict
    trend: object = None  # under the register, if it is already made
    _made: dict = field(default_factory=dict)
    _inherited: dict = field(default_factory=dict)  # made by what this was forked from
    _forgets: bool = True

    def __repr__(self):
        return f"SharedDraws of {self.package.name}: {self.draws} draws, seed {self.seed}"

    def _repr_html_(self):
        kept = Counter(kind for kind, *_ in self._inherited | self._made)
        kinds = {"drawn": "assumptions drawn", "trend": "trends", "counterfactual": "counterfactuals"}
        kinds["case"] = "simulated cases"
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

    def case(self, scenario, years, make):
        """The case of a scenario in some years, by ``make()`` unless one of the same content is kept (Case)."""
        content = dict(scenario) | {"funding": dict(scenario.funding)}
        for name in ("id", "title", "based_on"):
            del content[name]
        return self._recent("case", repr((content, years)), make)

    def with_trend(self, trend):
        """The same, with a forecast that is already made as the trend, and with the assumptions it was made under."""
        return self._anew(override(self.register, trend.settings["assumptions"]), trend)

    def under(self, register):
        """The same under another register, which its scenarios and the trend then rest on (SharedDraws)."""
        found = None if self.trend else _found(self.package, self.draws, self.seed, register)
        return found or self._anew(register, self.trend)

    def _anew(self, register, trend):
        made = self._inherited | self._made
        drawn = {key: values for key, values in made.items() if key[0] == "drawn"}
        return replace(self, register=register, trend=trend, _made={}, _inherited=drawn, _forgets=True)

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
        return replace(self, _made={}, _inherited=self._inherited | self._made) if self._forgets else self

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
        return self.once(key, lambda: draw(row, self.seed, self.draws))

    def _recent(self, kind, key, make):
        """What is kept under a key, made on first use; of one kind only the `MOST_KEPT` last used stay."""
        made, key = self._made, (kind, key)
        value = made[key] = made.pop(key) if key in made else self.once(key, make)
        for oldest in [other for other in made if other[0] == kind][:-MOST_KEPT] if self._forgets else []:
            del made[oldest]
        return value

    def once(self, key, make):
        """What is made of these draws under a key, by ``make()`` unless it is there."""
        kept = self._inherited if key in self._inherited else self._made
        if key not in kept:
            kept[key] = make()
        return kept[key]


def make_ahead(shared):
    """Keep all that these shared draws come to hold, for every `shared_draws` of the same made after it.

    Kernels forked from this process go on from it. It is never forgotten: of use where a process serves one package.

    Parameters
    ----------
    shared : SharedDraws

    Returns
    -------
    SharedDraws
        To be used on what is to be made ahead.
    """
    made_ahead.append(replace(shared, _forgets=False))
    return made_ahead[-1]


def _found(package, draws, seed, register):
    """What was made ahead of the same, as a fork that can forget, None if there is none."""
    for each in made_ahead:
        if (each.draws, each.seed) == (draws, seed) and each.register == register and each.package == package:
            return replace(each, package=package, _made={}, _inherited=dict(each._made), _forgets=True)
    return None


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
    package = check_package(package)
    register = register_of(package)
    return _found(package, draws, seed, register) or SharedDraws(package, draws, seed, register)


def of_package(shared, package):
    """The shared draws; those of another package, and what is none, are refused (SharedDraws)."""
    if not isinstance(shared, SharedDraws):
        raise RefusedInput(f"shared: {shared!r} is not what shared_draws(package) gives")
    if shared.package is not package and shared.package != package:
        raise RefusedInput(f"shared: {shared!r}, and the package is {package!r}; give the draws of one")
    return shared
