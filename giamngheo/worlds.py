"""The world before a scenario's money: trend, shocks, households and draws of every assumption.

Scenarios that differ in money alone share a world, so that they are compared draw by draw and the planned money's
effect is computed once.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from giamngheo.assumptions import load_register, override
from giamngheo.channels import line_effect
from giamngheo.forecasting import Forecast, forecast
from giamngheo.incomes import probit
from giamngheo.transfers import Thresholds, shares_after, shift

BASELINE_ASSUMPTIONS = (
    "wide_drift_mean",
    "wide_drift_sd",
    "innovation_sd",
    "tail_shape",
    "observation_error",
    "splice_sd",
    "carry_over",
    "gap_drift",
    "gap_spread",
    "gap_error",
    "group_splice_sd",
)


@dataclass(frozen=True)
class World:
    """Trend and assumptions under which money acts.

    levels: group to the probits below the two lines before money, each (n_years, n_draws), the second None without a
    near-poor line; households: of group all, (n_years, n_draws), None without a published count; first: place of the
    first programme year.
    """

    package: object
    trend: Forecast
    register: dict = field(repr=False)
    drawn: dict = field(repr=False)
    levels: dict = field(repr=False)
    households: np.ndarray | None = field(repr=False)
    first: int
    _once: dict = field(default_factory=dict, repr=False)  # what all scenarios of this world share

    @property
    def follows_trend(self):
        """Whether the levels before money are those of the forecast itself."""
        return all(levels[0] is self.trend.paths[group]["level"] for group, levels in self.levels.items())

    def planned_shift(self, group, amounts):
        """`shift` of the planned money, computed once."""
        return once(self._once, ("plan", group), lambda: self.shift(group, amounts, {}))

    def shift(self, group, amounts, targeting):
        """How far money moves the two thresholds of a group in the programme years.

        Parameters
        ----------
        group : str
        amounts : mapping of (line, year) to number
            Billion VND.
        targeting : mapping
            As of `giamngheo.channels.line_effect`.

        Returns
        -------
        tuple of ndarray (n_programme_years, n_draws)
            Probits, >= 0; the second None without a near-poor line.
        """
        package = self.package
        z_poor, z_upper = (None if z is None else z[self.first :] for z in self.levels[group])
        thresholds = Thresholds(
            z_poor, z_upper, self.drawn["spread_below_line"], float(np.log(package.near_poor_ratio or 1))
        )
        by_line = {
            row.line: np.array([float(amounts[row.line, year]) for year in package.years])
            for row in package.budget
        }
        stocks = once(self._once, ("stocks", group), lambda: self._stocks(group))
        effects = [
            effect
            for effect in self._effects(targeting)
            if effect.reserved in (None, group) or group == "all"
        ]
        lower, upper = shares_after(thresholds, effects, by_line, self.drawn["overlap"], stocks)
        return shift(z_poor, lower), None if upper is None else shift(z_upper, upper)

    def _effects(self, targeting):
        def make():
            rows = self.package.budget
            made = (line_effect(self.package, row, self.register, self.drawn, targeting) for row in rows)
            return [effect for effect in made if effect is not None]

        return once(self._once, ("effects", repr(targeting)), make)

    def _stocks(self, group):
        """Households a line may reach, by (reserved group, status), and their share among those of the group."""
        stocks = {}
        for status in ("poor", "near_poor"):
            households = 1.0 if self.households is None else self.households[self.first :]
            whole = households * self._share("all", status)
            stocks[None, status] = stocks["all", status] = whole
            for name in self.levels:
                if name != "all":
                    own = np.minimum(self.package.group_size(name) * self._share(name, status), whole)
                    stocks[name, status] = own
                    if group == "all":
                        stocks[name, status, "share"] = own / np.maximum(whole, 1e-9)
        return stocks

    def _share(self, group, status):
        poor, upper = (None if z is None else ndtr(z[self.first :]) for z in self.levels[group])
        if status == "poor":
            return poor
        return np.zeros_like(poor) if upper is None else np.maximum(upper - poor, 0)


@dataclass(frozen=True)
class Workbench:
    """One package under one seed: its worlds and draws are made once and shared by all scenarios."""

    package: object
    draws: int
    seed: int
    register: dict = field(repr=False)
    _made: dict = field(default_factory=dict, repr=False)

    def world(self, scenario):
        """The world of a scenario (World), shared with all that differ from it in money alone."""
        key = repr((sorted(scenario.assumptions.items()), scenario.shock, scenario.growth))
        return once(self._made, ("world", key), lambda: self._world(scenario))

    def _world(self, scenario):
        register = override(self.register, scenario.assumptions, where=f"scenario {scenario.id}: assumptions")
        drawn = {
            name: once(
                self._made,
                (name, row.distribution, row.parameters),
                lambda row=row: row.draw(self.seed, self.draws),
            )
            for name, row in register.items()
        }
        changes = {
            name: scenario.assumptions[name] for name in BASELINE_ASSUMPTIONS if name in scenario.assumptions
        }
        trend = once(
            self._made,
            ("trend", repr(changes)),
            lambda: package_forecast(self.package, draws=self.draws, seed=self.seed, assumptions=changes),
        )
        levels = {group: _before_money(trend, group, scenario, register, drawn) for group in trend.groups}
        households = _households(self.package, trend.years, scenario, drawn)
        first = [day.year for day in trend.years].index(self.package.years[0])
        return World(self.package, trend, register, drawn, levels, households, first)


def once(made, key, make):
    """What stands under a key of a dict, made on first use."""
    if key not in made:
        made[key] = make()
    return made[key]


def workbench(package, *, draws=20_000, seed=0):
    """Prepare to simulate scenarios of a package under common random numbers.

    Parameters
    ----------
    package : Package
    draws, seed : int

    Returns
    -------
    Workbench
    """
    return Workbench(package, draws, seed, load_register())


def package_forecast(
    package, *, until=None, draws=20_000, seed=0, known_by=None, reference="vn-review", assumptions=None
):
    """The forecast of a package's own readings, as it could be known on the day of its document.

    Parameters
    ----------
    package : Package
    until : int, optional
        Default: the year of the last target.
    draws, seed : int
    known_by : datetime.date, optional
        Default: the date of the package's document.
    reference : str
        Group of comparable series.
    assumptions : mapping, optional
        Changes to the register.

    Returns
    -------
    Forecast
    """
    return forecast(
        package.frame("poverty"),
        until or package.deadline.year,
        draws=draws,
        seed=seed,
        known_by=known_by or package.published,
        reference=reference,
        assumptions=assumptions,
        unit=package.reference_unit,
    )


def _before_money(trend, group, scenario, register, drawn):
    """Probits below the two lines with shock, deadline push and hard core; the forecast's own where none is set."""
    z_poor, log_gap = trend.paths[group]["level"], trend.paths[group]["log_gap"]
    z_upper = None if log_gap is None else z_poor + np.exp(log_gap)
    change = np.zeros_like(z_poor)
    for year, size in scenario.shock.items():
        size = drawn[size] if isinstance(size, str) else float(size)
        for place, day in enumerate(trend.years):
            if day.year >= int(year):
                change[place] += size * drawn["shock_persistence"] ** (day.year - int(year))
    if register["deadline_push"].fixed != 0:
        change[-1] -= drawn["deadline_push"]
    if change.any():
        z_poor, z_upper = z_poor + change, None if z_upper is None else z_upper + change
    if register["hard_core_pct"].fixed != 0:
        last_poor, last_upper = _last_shares(trend, group)
        z_poor = _above_core(z_poor, drawn["hard_core_pct"] / 100, last_poor)
        z_upper = None if z_upper is None else _above_core(z_upper, drawn["hard_core_pct"] / 100, last_upper)
    return z_poor, z_upper


def _last_shares(trend, group):
    """Last published shares below the two lines; for a group not read on the last line, its first median forecast."""
    rows = trend.history
    rows = rows[(rows["group"] == group) & (rows["poverty_line"] == trend.poverty_line)]
    if rows.empty:
        first = {
            status: np.median(trend.draws[group, status][:, 0]) / 100
            for name, status in trend.draws
            if name == group
        }
        return first["poor"], first.get("poor_or_near_poor", first["poor"])
    last = rows[rows["as_of"] == rows["as_of"].max()].set_index("status")["rate_pct"] / 100
    return last["poor"], last.sum()


def _above_core(z, core, last_share):
    """A threshold when a core of all households stays below it and the others move by the same probits."""
    core = np.minimum(core, 0.9 * last_share)
    start = probit((last_share - core) / (1 - core)) - probit(last_share)
    return probit(core + (1 - core) * ndtr(z + start))


def _households(package, years, scenario, drawn):
    """Households of group all at the coming ends of year, from the last published count and its rate."""
    counted = [
        row for row in package.readings if (row.group, row.status) == ("all", "poor") and row.households
    ]
    if not counted:
        return None
    last = max(counted, key=lambda row: row.as_of)
    growth = [scenario.growth.get(day.year) for day in years]
    yearly = [
        drawn["household_growth_pct"] if rate is None else np.full_like(drawn["overlap"], rate)
        for rate in growth
    ]
    return last.households / float(last.rate_pct) * 100 * np.cumprod(1 + np.array(yearly) / 100, axis=0)
