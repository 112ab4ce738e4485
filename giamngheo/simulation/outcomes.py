"""A funding scenario in front of the baseline: what the two rates become when money differs from the plan.

For a threshold k: ``z_k(S) = z_k(trend) - [D_k(money of S) - r D_k(planned money)]``, D being how far money moves it
without the plan (`simulation.counterfactual`). With r = 1 full delivery continues the trend; with r = 0
all of the plan is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from giamngheo.forecasting.draws import mean_and_quantiles
from giamngheo.forecasting.plotting import fans
from giamngheo.forecasting.summary import of_group, shown_rows, summarise
from giamngheo.forecasting.trend import Forecast
from giamngheo.inputs.display import words_and_table
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.judged import level_targets
from giamngheo.inputs.scenario import check_scenario, load_scenario
from giamngheo.simulation.money import Money
from giamngheo.simulation.response import Response, rates
from giamngheo.simulation.shared_draws import of_package, shared_draws
from giamngheo.simulation.spending import spending_frame
from giamngheo.simulation.targets import BOTH, households_above, target_chances

# Additionality, and the name of each of its bounds: nothing in a plan's figures tells where between them it lies
# (Manski's identified set), so that a scenario is always simulated and told under both.
CASES = {1: "continued", 0: "new"}  # r: the plan's money continues the trend; all of it comes on top
SPENDING = "where the money ends"


@dataclass(frozen=True, repr=False)
class Case:
    """Predictive distribution under a scenario, in one case of additionality: the scenario's own `continuity`.

    draws: (group, status) to percent, (n_draws, n_years), as of a `Forecast`, a group simulated when it is first read;
    households: of group all, (n_draws, n_years), None where no count was published; response: what made them.
    """

    scenario: object
    trend: Forecast
    money: Money
    draws: Mapping
    households: np.ndarray | None
    response: Response
    _tables: dict = field(default_factory=dict, compare=False)  # by group, and `SPENDING`, of those asked for

    @property
    def years(self):
        """Ends of year that were simulated (tuple of datetime.date)."""
        return self.response.years

    @property
    def table(self):
        """Mean and quantiles in percent, as `Forecast.table`."""
        return pd.concat([self.table_of(group) for group in self.trend.groups], ignore_index=True)

    def table_of(self, group="all"):
        """The rows of `table` of one group, which alone is then simulated (DataFrame)."""
        return self._table(group, lambda: summarise(of_group(self.draws, group), self.years))

    def _table(self, name, make):
        if name not in self._tables:
            self._tables[name] = make()
        return self._tables[name].copy()

    @property
    def spending(self):
        """Where the money of each line ends, billion VND of the whole period, whatever years are simulated (DataFrame).

        line (and "total"), delivered_bn_vnd, means over the draws of what goes to the poor, the near-poor, others (NaN
        for a line that raises no measured income), unspent_bn_vnd, and its unspent_q10, _q50, _q90: what finds no
        household under the line's own rule (`simulation.spending`). Empty where no count of households was published.
        """
        counted = self.households is not None
        return self._table(
            SPENDING, lambda: spending_frame(self.money, self.response.ledger() if counted else None)
        )

    def __repr__(self):
        last, r = self.years[-1], self.scenario.continuity
        medians = (
            f"{status} {np.median(self.draws[group, status][:, -1]):.2f} %"
            for group, status in self.draws
            if group == "all"
        )
        return f"Case of {self.scenario.id}, r = {r:g}, medians at {last}: {', '.join(medians)}"

    def _repr_html_(self):
        return words_and_table(str(self), shown_rows(self.table_of("all")))

    def plot(self, status=None, group="all", **options):
        """Draw the median, its 80 % interval and the readings; the arguments are those of `Simulation.plot`."""
        return fans({"median": self.table}, self.trend, (), status, group, **options)


def simulate_case(package, scenario, *, draws=20_000, seed=0, shared=None, years=()):
    """Simulate a funding scenario in one case of additionality: its own `continuity`.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    draws, seed : int
    shared : SharedDraws, optional
        Shared work of many scenarios; it then gives draws and seed.
    years : iterable of datetime.date, optional
        The ends of year to simulate, if the trend reaches one of them; default: all that it reaches.

    Returns
    -------
    Case

    Raises
    ------
    RefusedInput
        An assumption or a reallocation that cannot be; years that are no days.

    Notes
    -----
    Money acts from the first programme year; what it does in a year counts at that year's end.
    """
    shared = shared or shared_draws(package, draws=draws, seed=seed)
    years = tuple(sorted(years))
    if wrong := [each for each in years if type(each) is not date]:
        raise RefusedInput(f"years: {wrong[0]!r} is no day of Python's; nearest: datetime.date(2015, 12, 31)")
    made = shared.case(check_scenario(scenario, package), years, lambda: _case(scenario, shared, years))
    return replace(made, scenario=scenario)  # of the same content, by its own name


def _case(scenario, shared, years):
    counterfactual = shared.counterfactual(scenario)
    trend, households = counterfactual.trend, counterfactual.households
    response = Response(counterfactual, scenario, [day for day in trend.years if day in years])
    draws = _Draws(response, scenario)
    households = None if households is None else households[list(response.places)].T
    return Case(scenario, trend, response.money, draws, households, response)


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
        trend, places = self._counterfactual.trend.draws, self._response.places
        if not self._moves and self._counterfactual.follows_trend:  # the forecast itself, to the bit
            return trend[key] if len(places) == trend[key].shape[1] else trend[key][:, list(places)]
        if key not in self._made:
            if key not in trend:
                raise KeyError(key)
            group = key[0]
            moved = (
                self._response.rates(group=group)
                if self._moves
                else rates(group, *self._counterfactual.shares_at(group, places))
            )
            self._made |= moved
        return self._made[key]


@dataclass(frozen=True, repr=False)
class Simulation:
    """A scenario under both cases of additionality, each simulated once.

    cases: r to Case; own: the Case of the scenario's own r, one of these two unless it lies between them; by_case: r
    to {target or "both": chance, 0..1}; shown: the values of r that the scenario leaves open, both unless it sets r
    itself. In frames a case is called "continued" (r = 1) or "new" (r = 0), one of the scenario's own "r = 0.5".
    """

    package: object
    scenario: object
    cases: dict
    own: Case
    by_case: dict
    shown: tuple = tuple(CASES)

    @property
    def named(self):
        """The cases by their names in frames (dict of str to Case)."""
        named = {name: self.cases[r] for r, name in CASES.items()}
        r = self.own.scenario.continuity
        return named if r in CASES else named | {f"r = {r:g}": self.own}

    @property
    def years(self):
        """Ends of year (tuple of datetime.date)."""
        return self.own.years

    @property
    def trend(self):
        """The forecast behind it (Forecast)."""
        return self.own.trend

    @property
    def money(self):
        """What was planned and is delivered, the same in every case (Money)."""
        return self.own.money

    @property
    def spending(self):
        """Where the money of each line ends, and what cannot be spent: `Case.spending` of each case (DataFrame)."""
        return _by_case({name: case.spending for name, case in self.named.items()})

    @property
    def chances(self):
        """The chances as a tidy frame: case, target (or "both"), chance (DataFrame)."""
        rows = [
            (name, key, p)
            for name, case in self.named.items()
            for key, p in target_chances(self.package, case).items()
        ]
        return pd.DataFrame(rows, columns=["case", "target", "chance"])

    @property
    def table(self):
        """Mean and quantiles in percent, as `Forecast.table`, with the case before them (DataFrame)."""
        return _by_case({name: case.table for name, case in self.named.items()})

    def table_of(self, group="all"):
        """The rows of `table` of one group, which alone is then simulated (DataFrame)."""
        return _by_case({name: case.table_of(group) for name, case in self.named.items()})

    @property
    def households_above(self):
        """Households above each target of all households at its date (DataFrame).

        case, target (or "both": above the one and the other together), mean, q10, q50, q90. Empty without counts.
        """
        columns = ["target", "mean", "q10", "q50", "q90"]
        found = {name: households_above(self.package, case) for name, case in self.named.items()}
        rows = {
            name: [{"target": key} | mean_and_quantiles(values) for key, values in above.items()]
            for name, above in found.items()
        }
        return _by_case({name: pd.DataFrame(own, columns=columns) for name, own in rows.items()})

    def median(self, r, status, group="all", when=None):
        """Median rate at an end of year, by default the last, percent (float)."""
        return float(np.median(self._rate(r, status, group, when)))

    def interval(self, r, status, group="all", when=None):
        """80 % prediction interval at an end of year, by default the last, percent (tuple of float)."""
        return tuple(np.quantile(self._rate(r, status, group, when), (0.1, 0.9)).tolist())

    def _rate(self, r, status, group, when):
        place = -1 if when is None else self.years.index(when)
        return self.cases[r].draws[group, status][:, place]

    def plot(self, status=None, group="all", **options):
        """Draw both cases: medians, 80 % intervals, readings and targets.

        Parameters
        ----------
        status : str, optional
            "poor", "near_poor" or "poor_or_near_poor"; default: the first two, each in a panel of its own.
        group : str
        **options
            Of `pandas.DataFrame.plot`, such as figsize or ax.

        Returns
        -------
        matplotlib.axes.Axes, or ndarray of them
            An array where there are several panels.

        Raises
        ------
        RefusedInput
            A group or a status that was not simulated.
        """
        tables = {name: case.table for name, case in self.named.items()}
        return fans(tables, self.own.trend, level_targets(self.package), status, group, **options)

    def __repr__(self):
        chances = (
            f"{key} " + ", ".join(f"{self.by_case[r][key]:.1%} {name}" for r, name in CASES.items())
            for key, p in self.by_case[1].items()
            if p is not None
        )
        return f"Simulation of {self.scenario.id}, chances: {'; '.join(chances)}"

    def _repr_html_(self):
        rows = self.chances.pivot(index="target", columns="case", values="chance")
        rows = rows.loc[list(self.by_case[1]), list(self.named)].reset_index()
        return words_and_table(str(self), rows.to_dict("records"), decimals=3)


def _by_case(frames):
    """Frames one below the other, the name of the case in the first column."""
    return pd.concat([frame.assign(case=name) for name, frame in frames.items()], ignore_index=True).pipe(
        lambda whole: whole[["case", *whole.columns.drop("case")]]
    )


def at_case(scenario, r):
    """The scenario with its additionality set to r (Scenario)."""
    return scenario.model_copy(update={"continuity": float(r)})


def simulate(package, scenario="full_plan", *, draws=20_000, seed=0, shared=None, years=()):
    """Simulate a funding scenario under both cases of additionality.

    Parameters
    ----------
    package : Package
    scenario : str, path-like, mapping or Scenario
        As of `load_scenario`: a name, a .yml file, or the keys of one.
    draws, seed : int
        100 to 1 000 000 draws; the same seed gives the same draws.
    shared : SharedDraws, optional
        Shared work of many scenarios of the package; it then gives draws and seed.
    years : iterable of datetime.date, optional
        The ends of year to simulate, if the trend reaches one of them, such as `simulation.targets.target_days` where
        chances alone are looked at; default: all that it reaches.

    Returns
    -------
    Simulation

    Raises
    ------
    RefusedInput
        An unknown scenario, an assumption or a reallocation that cannot be, draws out of range.
    """
    shared = shared_draws(package, draws=draws, seed=seed) if shared is None else of_package(shared, package)
    scenario, years = load_scenario(scenario, package), tuple(years)
    cases = {r: simulate_case(package, at_case(scenario, r), shared=shared, years=years) for r in CASES}
    own = cases.get(scenario.continuity) or simulate_case(package, scenario, shared=shared, years=years)
    by_case = {r: target_chances(package, each) for r, each in cases.items()}
    shown = tuple(CASES) if scenario.continuity == 1 else tuple(r for r in CASES if r == scenario.continuity)
    return Simulation(package, scenario, cases, own, by_case, shown or tuple(CASES))


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
    found = {name: load_scenario(name, package) for name in scenarios}  # all before one is simulated
    made = {name: simulate(package, scenario, shared=shared) for name, scenario in found.items()}
    order = sorted(made, key=lambda name: -(made[name].by_case[1][BOTH] or 0))
    return {name: made[name] for name in order}
