"""The two rates had there been no plan: the counterfactual in which a scenario's money acts, and the rates it gives.

A `Counterfactual` holds the trend, shocks, households and the draws of every assumption under one additionality of
the money; a `Response` evaluates one scenario in it, at the years asked for and for any multiple of a line's money.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit
from giamngheo.forecasting.trend import Forecast
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.baseline import before_money, household_counts
from giamngheo.simulation.impact import (
    FRACTIONS,
    WEIGHTS,
    Population,
    Stock,
    households_reached,
    line_effect,
    reach,
)
from giamngheo.simulation.money import money

PUT_BACK = 0.8  # of the plan's effect on the trend: what it does to the counterfactual, to first order


@dataclass(frozen=True)
class Counterfactual:
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
    _made: dict = field(default_factory=dict, repr=False)  # what all its scenarios share

    def _once(self, key, make):
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @property
    def follows_trend(self):
        """Whether the levels are those of the forecast itself."""
        return all(levels[0] is self.trend.paths[group]["level"] for group, levels in self.levels.items())

    def effects(self, targeting, reserved=None):
        """What a billion VND of each line does under the assumptions drawn.

        Parameters
        ----------
        targeting : mapping
            As of `simulation.impact.line_effect`.
        reserved : str, optional
            Group that alone receives all the money.

        Returns
        -------
        list of LineEffect
        """

        def make():
            rows = self.package.budget_lines
            made = (line_effect(self.package, row, self.register, self.drawn, targeting) for row in rows)
            known = [effect for effect in made if effect is not None]
            # A line for a group without readings reaches all: nothing tells where that group stands.
            groups = [
                reserved or (effect.reserved if self._known(effect.reserved) else None) for effect in known
            ]
            return [replace(effect, reserved=group) for effect, group in zip(known, groups, strict=True)]

        return self._once(("effects", repr(targeting), reserved), make)

    def _known(self, group):
        return group in self.levels and self.package.group_size(group)

    def at_work(self, effects, amounts, places):
        """Households that money is at work in, at some of the years.

        Parameters
        ----------
        effects : sequence of LineEffect
        amounts : mapping of (line, year) to number
            Billion VND; what is left out is nothing.
        places : sequence of int
            Of `trend.years`, from the first programme year.

        Returns
        -------
        dict of str to ndarray (n_places, n_draws)
            By line, as of `simulation.impact.households_reached`.
        """
        years = [day.year for day in self.trend.years[self.first : places[-1] + 1]]
        rows = [place - self.first for place in places]
        given = {
            each.line: np.array([float(amounts.get((each.line, year), 0)) for year in years])
            for each in effects
        }
        return {each.line: households_reached(each, given[each.line])[rows] for each in effects}

    def planned(self, places):
        """`at_work` of the planned money (dict of str to ndarray)."""

        def make():
            lines, years = self.package.budget_lines, self.package.years
            plan = {(row.line, year): Fraction(row.total_3y) / len(years) for row in lines for year in years}
            return self.at_work(self.effects({}), plan, places)

        return self._once(("planned", places), make)

    def planned_shift(self, group, places):
        """How far the planned money moves the two thresholds of a group, as of `Population.shift`."""

        def make():
            return self.population(places).shift(group, self.effects({}), self.planned(places))

        return self._once(("plan", group, places), make)

    def population(self, places):
        """The groups without the plan: the trend, and r times what the plan did to it.

        Parameters
        ----------
        places : tuple of int
            Of `trend.years`, from the first programme year.

        Returns
        -------
        Population

        Raises
        ------
        RefusedInput
            Without a published count of households, money cannot be turned into a reach.

        Notes
        -----
        Money acts where it is not yet, among more poor than the trend has, so that the same plan moves them a
        little less than it would the trend. One step of `PUT_BACK` is within 0.01 points of putting it back for good.
        """
        return self._once(("population", places), lambda: self._without_plan(places))

    def _without_plan(self, places):
        if self.households is None:
            raise RefusedInput(
                f"{self.package.name}: no reading of the poor counts households, so that money cannot be turned into a "
                "reach; nearest: give households in poverty.csv"
            )
        levels = {group: self.levels_at(group, places) for group in self.levels}
        if not np.any(self.continuity):
            return self._population(levels, places)
        trend, effects, planned = self._population(levels, places), self.effects({}), self.planned(places)
        for group, z_s in levels.items():
            moved = trend.shift(group, effects, planned)
            levels[group] = tuple(
                None if z is None else z + PUT_BACK * self.continuity * move
                for z, move in zip(z_s, moved, strict=True)
            )
        return self._population(levels, places)

    def levels_at(self, group, places):
        """`levels` of a group at some of the years (tuple of ndarray or None)."""
        return tuple(None if z is None else z[list(places)] for z in self.levels[group])

    def _population(self, levels, places):
        stocks, planned = self._stocks(levels, self.households[list(places)]), self.planned(places)
        reached = {e.line: reach(e, planned[e.line], stocks[e.reserved]) for e in self.effects({})}
        ratio = float(np.log(self.package.near_poor_ratio or 1))
        return Population(dict(levels), self.drawn["spread_below_line"], ratio, stocks, reached)

    def _stocks(self, levels, households):
        """Households a line may reach, by the group it is reserved for (None for all)."""
        whole = Stock(*(households * share for share in _shares(levels["all"])))
        stocks = {None: whole}
        for name in levels:
            size = self.package.group_size(name)
            if name != "all" and size:
                own = (size * share for share in _shares(levels[name]))
                pairs = zip(own, (whole.poor, whole.near_poor), strict=True)
                stocks[name] = Stock(*(np.minimum(one, all_) for one, all_ in pairs))
        return stocks

    def planned_gap(self, places):
        """Shares below fractions of the poverty line in the last year: of the trend, without the plan, after it."""

        def make():
            deep = self.population(places).at_fractions
            level = self.levels["all"][0][places[-1]]
            trend, bare = (
                ndtr(z) for z in (level + np.log(FRACTIONS) / deep.spread_below, deep.levels["all"][0])
            )
            return trend, bare, shares_at_fractions(deep, self.effects({}), self.planned(places))

        return self._once(("gap", places), make)


def shares_at_fractions(deep, effects, households):
    """Shares below fractions of the poverty line after money: its gains are larger shares of those."""
    effects = [replace(effect, gain=effect.gain / FRACTIONS) for effect in effects]
    return deep.shares("all", effects, {line: reached[-1:] for line, reached in households.items()})[0]


def _shares(levels):
    """Shares poor and near-poor of the probits below the two lines."""
    poor, upper = (None if z is None else ndtr(z) for z in levels)
    return poor, np.zeros_like(poor) if upper is None else np.maximum(upper - poor, 0)


def rates(group, levels):
    """Rates of a group in percent, as a `Forecast` has them.

    Parameters
    ----------
    group : str
    levels : tuple of ndarray (n_years, n_draws)
        Probits below the two lines, the second None without a near-poor line.

    Returns
    -------
    dict of (group, status) to ndarray (n_draws, n_years)
    """
    poor, upper = (None if z is None else ndtr(z) for z in levels)
    found = {(group, "poor"): 100 * poor.T}
    if upper is not None:
        upper = np.maximum(upper, poor)
        found |= {(group, "near_poor"): 100 * (upper - poor).T, (group, "poor_or_near_poor"): 100 * upper.T}
    return found


class Response:
    """Rates and the poverty gap under a scenario's money, as a function of each line's money.

    Parameters
    ----------
    counterfactual : Counterfactual
        Its r may be a number or an array (n_draws,).
    scenario : Scenario
        Its money, timing and targeting are the unit that multiples refer to.
    years : sequence of datetime.date, optional
        Of the trend's, in order; all of them unless given.

    Raises
    ------
    RefusedInput
        A reallocation that cannot keep the total; when evaluated, a package without counts of households.

    Notes
    -----
    For a threshold k: ``z_k = z_k(trend) - [D_k(money) - r D_k(planned money)]``, D measured where there is no plan.
    Multiples are mappings of line to number; a line left out keeps its money. Years before the programme are the
    trend's.
    """

    def __init__(self, counterfactual, scenario, years=None):
        self.counterfactual, self.money = counterfactual, money(counterfactual.package, scenario)
        self.years = tuple(years or counterfactual.trend.years)
        places = tuple(map(counterfactual.trend.years.index, self.years))
        self._places = tuple(place for place in places if place >= counterfactual.first)
        self._before = tuple(place for place in places if place < counterfactual.first)
        only = None if scenario.group == "all" else scenario.group
        self._effects = counterfactual.effects(scenario.targeting, only)

    def _at_work(self):
        return self.counterfactual.at_work(self._effects, self.money.by("line", "year"), self._places)

    _unit = cached_property(_at_work)  # kept for a search alone: a simulation asks once, and many are kept

    def _households(self, multiples):
        if multiples is None:
            return self._at_work()
        return {line: reached * float(multiples.get(line, 1)) for line, reached in self._unit.items()}

    def rates(self, multiples=None, group="all"):
        """Rates of a group under the money of each line times a multiple.

        Parameters
        ----------
        multiples : mapping of str to number, optional
        group : str

        Returns
        -------
        dict of (group, status) to ndarray (n_draws, n_years)
            Percent, at `years`.
        """
        return rates(group, self._levels(multiples, group))

    def _levels(self, multiples, group):
        whole = self.counterfactual
        levels = whole.levels_at(group, self._before + self._places)
        if self._places:
            new = whole.population(self._places).shift(group, self._effects, self._households(multiples))
            plan = whole.planned_shift(group, self._places) if np.any(whole.continuity) else (0.0, 0.0)
            for z, to, old in zip(levels, new, plan, strict=True):
                if z is not None:
                    z[len(self._before) :] -= to - whole.continuity * old
        return levels

    def gap(self, multiples=None, power=1):
        """Poverty gap of all households in the last of the years (Foster, Greer and Thorbecke 1984).

        Parameters
        ----------
        multiples : mapping of str to number, optional
        power : int
            1: mean shortfall; 2: mean squared shortfall.

        Returns
        -------
        ndarray (n_draws,)
            Percent of the poverty line (power 1) or of its square, the not poor counted as 0.

        Notes
        -----
        The index is the integral over k of the share below k poverty lines (times ``2 (1 - k)`` for power 2),
        by Gauss-Legendre quadrature; r enters as for a rate, on the probit of the index.
        """
        weights = WEIGHTS * (1 if power == 1 else 2 * (1 - FRACTIONS))
        deep = self.counterfactual.population(self._places).at_fractions
        new = shares_at_fractions(deep, self._effects, self._households(multiples))
        trend, bare, plan, new = (
            probit((weights * shares).sum(axis=0))
            for shares in (*self.counterfactual.planned_gap(self._places), new)
        )
        return 100 * ndtr(trend - ((bare - new) - self.counterfactual.continuity * (bare - plan)))


def counterfactual(package, trend, scenario, register, drawn, r):
    """The counterfactual of a scenario: its shocks and households before money acts.

    Parameters
    ----------
    package : Package
    trend : Forecast
    scenario : Scenario
        Its shock, growth and hard core; not its money.
    register : mapping of str to Assumption
    drawn : mapping of str to ndarray (n_draws,)
        Draws of every assumption.
    r : float or ndarray (n_draws,)
        Additionality: the share of the plan that the trend already holds.

    Returns
    -------
    Counterfactual
    """
    levels = {group: before_money(trend, group, scenario, register, drawn) for group in trend.groups}
    households = household_counts(package, trend.years, scenario, drawn)
    first = [day.year for day in trend.years].index(package.years[0])
    return Counterfactual(package, trend, register, drawn, levels, households, first, r)
