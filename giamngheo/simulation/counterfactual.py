"""The world before a scenario's money: trend, shocks, households and draws of every assumption.

Scenarios that differ in money alone share a world, so that they are compared draw by draw and the planned money's
effect is computed once.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.draws import load_register, override
from giamngheo.forecasting.trend import Forecast, forecast
from giamngheo.inputs.tables import RefusedInput
from giamngheo.simulation.baseline import before_money, household_counts
from giamngheo.simulation.channels import line_effect
from giamngheo.simulation.impact import Stock, Thresholds, reach, shares_after, shift

PUT_BACK = 0.8  # of the plan's effect on the trend: what it does to the world without it, to first order
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

MOST_KEPT = 8  # worlds, and trends, of a workbench: about 10 MB each at 10 000 draws


@dataclass(frozen=True)
class World:
    """Trend and assumptions under which money acts.

    levels: group to the probits below the two lines as the trend has them, with r times the plan in it, each
    (n_years, n_draws), the second None without a near-poor line; households: of group all, (n_years, n_draws), None
    without a published count; first: place of the first programme year; continuity: r.
    """

    package: object
    trend: Forecast
    register: dict = field(repr=False)
    drawn: dict = field(repr=False)
    levels: dict = field(repr=False)
    households: np.ndarray | None = field(repr=False)
    first: int
    continuity: float
    _once: dict = field(default_factory=dict, repr=False)  # what all scenarios of this world share

    @property
    def follows_trend(self):
        """Whether the levels are those of the forecast itself."""
        return all(levels[0] is self.trend.paths[group]["level"] for group, levels in self.levels.items())

    def moved(self, group, amounts, targeting, reserved=None):
        """How far a scenario's money moves the two thresholds of a group from the world's levels.

        Parameters
        ----------
        group : str
        amounts : mapping of (line, year) to number
            Billion VND delivered.
        targeting, reserved
            As of `shift`.

        Returns
        -------
        tuple of ndarray (n_programme_years, n_draws)
            Probits down, ``D(delivered) - r D(planned)``; the second None without a near-poor line.
        """
        delivered = self.shift(group, amounts, targeting, reserved)
        if not self.continuity:
            return delivered
        planned = self.planned_shift(group)
        pairs = zip(delivered, planned, strict=True)
        return tuple(None if new is None else new - self.continuity * old for new, old in pairs)

    def planned_shift(self, group):
        """`shift` of the planned money, computed once."""
        return once(self._once, ("plan", group), lambda: self.shift(group, self._plan, {}))

    def shift(self, group, amounts, targeting, reserved=None):
        """How far money moves the two thresholds of a group, against the same world without any of it.

        Parameters
        ----------
        group : str
        amounts : mapping of (line, year) to number
            Billion VND.
        targeting : mapping
            As of `simulation.channels.line_effect`.
        reserved : str, optional
            Group that alone receives all the money.

        Returns
        -------
        tuple of ndarray (n_programme_years, n_draws)
            Probits, >= 0; the second None without a near-poor line.

        Raises
        ------
        RefusedInput
            Without a published count of households, money cannot be turned into a reach.
        """
        base, stocks = self.base
        effects = self.effects(targeting, reserved)
        return self._shift(base, stocks, group, effects, amounts)

    @property
    def _plan(self):
        years = len(self.package.years)
        return {
            (row.line, year): Fraction(row.total_3y) / years
            for row in self.package.budget
            for year in self.package.years
        }

    @property
    def base(self):
        """Levels and stocks in the world without the plan: the trend, and r times what the plan did to it.

        Money acts on the world without it, which holds more poor than the trend, so that the same plan moves them a
        little less than it would the trend. One step of `PUT_BACK` is within 0.01 points of putting it back for good.
        """
        return once(self._once, "base", self._without_plan)

    def _without_plan(self):
        if self.households is None:
            raise RefusedInput(
                f"{self.package.name}: no reading of the poor counts households, so that money cannot be turned into a "
                "reach; nearest: give households in poverty.csv"
            )
        base = {
            group: tuple(None if z is None else z[self.first :] for z in z_s)
            for group, z_s in self.levels.items()
        }
        if np.any(self.continuity):
            stocks, effects = self._stocks(base), self.effects({})
            moves = {group: self._shift(base, stocks, group, effects, self._plan) for group in base}
            base = {
                group: tuple(
                    None if z is None else z + PUT_BACK * self.continuity * move
                    for z, move in zip(z_s, moves[group], strict=True)
                )
                for group, z_s in base.items()
            }
        return base, self._stocks(base)

    def _shift(self, base, stocks, group, effects, amounts):
        package = self.package
        z_poor, z_upper = base[group]
        years = self.trend.years[
            self.first :
        ]  # money after the last target comes too late; there may be less
        log_ratio = float(np.log(package.near_poor_ratio or 1))
        thresholds = Thresholds(z_poor, z_upper, self.drawn["spread_below_line"], log_ratio)
        by_line, plan = (
            {
                row.line: np.array([float(m.get((row.line, day.year), 0)) for day in years])
                for row in package.budget
            }
            for m in (amounts, self._plan)
        )
        planned = {
            effect.line: once(
                self._once,
                ("reach", effect.line, id(stocks)),
                lambda effect=effect: reach(effect, plan[effect.line], stocks[effect.reserved]),
            )
            for effect in self.effects({})
        }
        own = {
            name: stock if name is None else seen_by(group, stock, stocks) for name, stock in stocks.items()
        }
        mine = [effect for effect in effects if effect.reserved in (None, group) or group == "all"]
        lower, upper = shares_after(thresholds, mine, by_line, own, planned)
        return shift(z_poor, lower), None if upper is None else shift(z_upper, upper)

    def effects(self, targeting, reserved=None):
        """What a billion VND of each line does under this world's assumptions (list of LineEffect)."""

        def make():
            rows = self.package.budget
            made = (line_effect(self.package, row, self.register, self.drawn, targeting) for row in rows)
            known = [effect for effect in made if effect is not None]
            # A line for a group without readings reaches all: nothing tells where that group stands.
            groups = [
                reserved or (effect.reserved if self._known(effect.reserved) else None) for effect in known
            ]
            return [replace(effect, reserved=group) for effect, group in zip(known, groups, strict=True)]

        return once(self._once, ("effects", repr(targeting), reserved), make)

    def _known(self, group):
        return group in self.levels and self.package.group_size(group)

    def _stocks(self, base):
        """Households a line may reach, by the group it is reserved for (None for all)."""
        households = self.households[self.first :]
        whole = Stock(*(households * share for share in _shares(base["all"])))
        stocks = {None: whole}
        for name in base:
            size = self.package.group_size(name)
            if name != "all" and size:
                own = (size * share for share in _shares(base[name]))
                stocks[name] = Stock(
                    *(
                        np.minimum(one, all_)
                        for one, all_ in zip(own, (whole.poor, whole.near_poor), strict=True)
                    )
                )
        return stocks


def seen_by(group, stock, stocks):
    """A reserved line's stock as a share of all households of that status, where all are looked at (Stock)."""
    if group != "all":
        return stock
    whole = stocks[None]
    return replace(
        stock,
        poor_share=stock.poor / np.maximum(whole.poor, 1e-9),
        near_share=stock.near_poor / np.maximum(whole.near_poor, 1e-9),
    )


def _shares(levels):
    """Shares poor and near-poor of the probits below the two lines."""
    poor, upper = (None if z is None else ndtr(z) for z in levels)
    return poor, np.zeros_like(poor) if upper is None else np.maximum(upper - poor, 0)


@dataclass(frozen=True)
class Workbench:
    """One package under one seed: its worlds and draws are made once and shared by all scenarios."""

    package: object
    draws: int
    seed: int
    register: dict = field(repr=False)
    _made: dict = field(default_factory=dict, repr=False)

    def world(self, scenario):
        """The world of a scenario (World), shared with all that differ from it in money alone.

        Raises
        ------
        RefusedInput
            An assumption that cannot be.
        """
        key = repr(
            (sorted(scenario.assumptions.items()), scenario.shock, scenario.growth, scenario.continuity)
        )
        return recent(self._made, ("world", key), lambda: self._world(scenario))

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
        trend = recent(
            self._made,
            ("trend", repr(changes)),
            lambda: package_forecast(self.package, draws=self.draws, seed=self.seed, assumptions=changes),
        )
        levels = {group: before_money(trend, group, scenario, register, drawn) for group in trend.groups}
        households = household_counts(self.package, trend.years, scenario, drawn)
        first = [day.year for day in trend.years].index(self.package.years[0])
        r = float(scenario.continuity)
        return World(self.package, trend, register, drawn, levels, households, first, r)


def once(made, key, make):
    """What stands under a key of a dict, made on first use."""
    if key not in made:
        made[key] = make()
    return made[key]


def recent(made, key, make):
    """As `once`, but of one kind of key only the `MOST_KEPT` last used stay: a batch must not fill memory."""
    made[key] = made.pop(key) if key in made else make()
    kind = [other for other in made if other[0] == key[0]]
    for oldest in kind[:-MOST_KEPT]:
        del made[oldest]
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
