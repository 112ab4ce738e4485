"""The world before a scenario's money: trend, shocks, households and draws of every assumption.

Scenarios that differ in money alone share a world, so that they are compared draw by draw and the planned money's
effect is computed once.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from scipy.special import ndtr

from giamngheo.assumptions import load_register, override
from giamngheo.channels import line_effect
from giamngheo.forecasting import Forecast, forecast
from giamngheo.incomes import probit
from giamngheo.schema import RefusedInput
from giamngheo.transfers import Stock, Thresholds, reach, shares_after, shift

PUT_BACK = 0.8  # of the plan's effect on the trend: what it does to the world without it, to first order
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
    "gap_moves",
    "group_splice_sd",
)


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
            As of `giamngheo.channels.line_effect`.
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
        base, stocks = once(self._once, "base", self._base)
        effects = self._effects(targeting, reserved)
        return self._shift(base, stocks, group, effects, amounts)

    @property
    def _plan(self):
        years = len(self.package.years)
        return {
            (row.line, year): Fraction(row.total_3y) / years
            for row in self.package.budget
            for year in self.package.years
        }

    def _base(self):
        """Levels and stocks in the world without the plan: the trend, and r times what the plan did to it.

        Money acts on the world without it, which holds more poor than the trend, so that the same plan moves them a
        little less than it would the trend. One step of `PUT_BACK` is within 0.01 points of putting it back for good.
        """
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
            stocks, effects = self._stocks(base), self._effects({})
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
        log_ratio = float(np.log(package.near_poor_ratio or 1))
        thresholds = Thresholds(z_poor, z_upper, self.drawn["spread_below_line"], log_ratio)
        by_line, plan = (
            {
                row.line: np.array([float(m[row.line, year]) for year in package.years])
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
            for effect in self._effects({})
        }
        own = {
            name: stock if name is None else self._seen_by(group, stock, stocks)
            for name, stock in stocks.items()
        }
        mine = [effect for effect in effects if effect.reserved in (None, group) or group == "all"]
        lower, upper = shares_after(thresholds, mine, by_line, own, planned)
        return shift(z_poor, lower), None if upper is None else shift(z_upper, upper)

    def _effects(self, targeting, reserved=None):
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

    @staticmethod
    def _seen_by(group, stock, stocks):
        """A reserved line's stock as a share of all households of that status, where all are looked at."""
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
        r = float(scenario.continuity)
        return World(self.package, trend, register, drawn, levels, households, first, r)


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
    line = package.last_line[0].poverty_line
    counted = [
        row
        for row in package.readings
        if (row.group, row.status, row.poverty_line) == ("all", "poor", line)
        and row.households
        and row.rate_pct
    ]
    if not counted:
        return None
    last = max(counted, key=lambda row: row.as_of)
    growth = [scenario.growth.get(day.year) for day in years]
    yearly = [
        drawn["household_growth_pct"] if g is None else np.full(len(drawn["rural_share"]), g) for g in growth
    ]
    factors = 1 + np.array(yearly) / 100
    factors[0] **= years[0].year - last.as_of.year  # the count may be older than the last reading
    return last.households / float(last.rate_pct) * 100 * np.cumprod(factors, axis=0)
