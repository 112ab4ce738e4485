"""The two rates had there been no plan: the counterfactual in which a scenario's money acts.

It holds the trend, shocks, households and the draws of every assumption under one additionality of the money.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.trend import Forecast
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.baseline import before_money, household_counts
from giamngheo.simulation.impact import (
    FRACTIONS,
    Population,
    line_effect,
)
from giamngheo.simulation.spending import Stock, households_reached, reach

# Of the last scenarios: what lines did, 1 to 2 MB each at 10 000 draws, and lines aimed in their own way, 0.2 MB each.
MOST_KEPT = {"spent": 24, "effect": 64}
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
    _recent: dict = field(default_factory=dict, repr=False)  # by kind, of the last scenarios

    def _once(self, key, make):
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _recently(self, kind, key, make):
        """What is kept under a key, made on first use; of one kind only the last used stay."""
        kept = self._recent.setdefault(kind, {})
        kept[key] = kept.pop(key) if key in kept else make()
        for oldest in list(kept)[: -MOST_KEPT[kind]]:
            del kept[oldest]
        return kept[key]

    @property
    def follows_trend(self):
        """Whether the levels are those of the forecast itself."""
        return all(levels[0] is self.trend.paths[group]["level"] for group, levels in self.levels.items())

    def effects(self, targeting, reserved=None):
        """What a billion VND of each line does under the assumptions drawn.

        Parameters
        ----------
        targeting : mapping of str to number
            Share that reaches the poor, by line or channel, instead of the register's.
        reserved : str, optional
            Group that alone receives all the money.

        Returns
        -------
        list of LineEffect
        """

        return [
            effect
            for row in self.package.budget_lines
            if (effect := self._effect(row, targeting.get(row.line, targeting.get(row.channel)), reserved))
        ]

    def _effect(self, row, aim, reserved):
        """A line's effect, one object for all scenarios that aim it the same (LineEffect or None)."""

        def make():
            made = line_effect(self.package, row, self.register, self.drawn, aim)
            # A line for a group without readings reaches all: nothing tells where that group stands.
            known = made and (reserved or (made.reserved if self._known(made.reserved) else None))
            return made and replace(made, reserved=known)

        key = row.line, aim, reserved
        return self._once(("effect", *key), make) if aim is None else self._recently("effect", key, make)

    def _known(self, group):
        return group in self.levels and self.package.group_size(group)

    def given(self, effects, amounts, last):
        """Money of each line and year, from the first programme year up to some year.

        Parameters
        ----------
        effects : sequence of LineEffect
        amounts : mapping of (line, year) to number
            Billion VND; what is left out is nothing.
        last : int
            Place among `trend.years`.

        Returns
        -------
        dict of LineEffect to tuple of float
            Billion VND, a year each.
        """
        years = [day.year for day in self.trend.years[self.first : last + 1]]
        return {each: tuple(float(amounts.get((each.line, year), 0)) for year in years) for each in effects}

    def reached(self, effects, amounts, last):
        """Households that the money of `given` could be at work in: `spending.households_reached` (dict by line)."""
        given = self.given(effects, amounts, last)
        return {each.line: households_reached(each, np.array(money)) for each, money in given.items()}

    def spent_of(self, effects, amounts, places):
        """`spent` of amounts as of `given`: what a line does with the same money is computed once for all scenarios."""
        found = {}
        for each, money in self.given(effects, amounts, places[-1]).items():

            def make(each=each, money=money):
                reached = {each.line: households_reached(each, np.array(money))}
                return self.spent([each], reached, places)[each.line]

            found[each.line] = self._recently("spent", (each, money, places), make)
        return found

    def spent(self, effects, reached, places):
        """Where money is at work at some of the years.

        Parameters
        ----------
        effects : sequence of LineEffect
        reached : mapping of str to ndarray
            As of `reached`, up to the last of the places.
        places : tuple of int
            Of `trend.years`, from the first programme year.

        Returns
        -------
        dict of str to Spent
            By line.
        """
        return _spent(
            self.population_until(places[-1]), effects, reached, self.population(places), self._rows(places)
        )

    def _rows(self, places):
        """Of the programme years those at some places; all of them are no copy."""
        rows = [place - self.first for place in places]
        return slice(None) if len(rows) == rows[-1] + 1 else rows

    def planned(self, last):
        """`reached` of the planned money (dict of str to ndarray)."""

        def make():
            lines, years = self.package.budget_lines, self.package.years
            plan = {(row.line, year): Fraction(row.total_3y) / len(years) for row in lines for year in years}
            return self.reached(self.effects({}), plan, last)

        return self._once(("planned", last), make)

    def planned_shift(self, group, places):
        """How far the planned money moves the two thresholds of a group, as of `Population.shift`."""

        def make():
            effects = self.effects({})
            spent = self.spent(effects, self.planned(places[-1]), places)
            return self.population(places).shift(group, effects, spent)

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
        whole, rows = self.population_until(places[-1]), self._rows(places)
        if rows == slice(None):
            return whole
        return self._once(("some", places), lambda: whole.at(rows))

    def population_until(self, last):
        """`population` in all years from the first programme year: what is spent in one depends on those before."""
        return self._once(("whole", last), lambda: self._without_plan(last))

    def _without_plan(self, last):
        if self.households is None:
            raise RefusedInput(
                f"{self.package.name}: no reading of the poor counts households, so that money cannot be turned into a "
                "reach; nearest: give households in poverty.csv"
            )
        places = range(self.first, last + 1)
        levels = {group: self.levels_at(group, places) for group in self.levels}
        if not np.any(self.continuity):
            return self._population(levels, last)
        trend, effects = self._population(levels, last), self.effects({})
        spent = _spent(trend, effects, self.planned(last))
        for group, z_s in levels.items():
            moved = trend.shift(group, effects, spent)
            levels[group] = tuple(
                None if z is None else z + PUT_BACK * self.continuity * move
                for z, move in zip(z_s, moved, strict=True)
            )
        return self._population(levels, last)

    def levels_at(self, group, places):
        """`levels` of a group at some of the years (tuple of ndarray or None)."""
        return tuple(None if z is None else z[list(places)] for z in self.levels[group])

    def shares_at(self, group, places):
        """Shares below the two lines that `levels` stand for at some of the years (tuple of ndarray or None)."""

        def make():
            return tuple(None if z is None else ndtr(z) for z in self.levels_at(group, places))

        return self._once(("shares", group, places), make)

    def _population(self, levels, last):
        stocks, planned = self._stocks(levels, self.households[self.first : last + 1]), self.planned(last)
        aimed = {e.line: reach(e, planned[e.line], stocks[e.reserved]) for e in self.effects({})}
        ratio = float(np.log(self.package.near_poor_ratio or 1))
        spread, ceiling = self.drawn["spread_below_line"], self.drawn["value_ceiling"]
        return Population(dict(levels), spread, ratio, stocks, ceiling, aimed)

    def _stocks(self, levels, households):
        """Households a line may reach, by the group it is reserved for (None for all)."""
        whole = Stock(*(households * share for share in _shares(levels["all"])))
        stocks = {None: whole}
        for name in levels:
            size = self.package.group_size(name)
            if name != "all" and size:
                shares = _shares(levels[name])
                poor, near_poor = (
                    np.minimum(size * shares[0], whole.poor),
                    np.minimum(size * shares[1], whole.near_poor),
                )
                stocks[name] = Stock(poor, near_poor, np.minimum(size - poor - near_poor, whole.others))
        return stocks

    def planned_gap(self, places):
        """Shares below fractions of the poverty line in the last year: of the trend, without the plan, after it."""

        def make():
            deep = self.population(places).at_fractions
            level = self.levels["all"][0][places[-1]]
            trend, bare = (
                ndtr(z) for z in (level + np.log(FRACTIONS) / deep.spread_below, deep.levels["all"][0])
            )
            spent = self.spent(self.effects({}), self.planned(places[-1]), places)
            return trend, bare, shares_at_fractions(deep, self.effects({}), spent)

        return self._once(("gap", places), make)


def shares_at_fractions(deep, effects, spent):
    """Shares below fractions of the poverty line after money: its gains are larger shares of those."""
    effects = [replace(effect, gain=effect.gain / FRACTIONS) for effect in effects]
    return deep.shares("all", effects, {line: each.at(slice(-1, None)) for line, each in spent.items()})[0]


def _spent(whole, effects, reached, some=None, rows=slice(None)):
    """Where the money of each line is at work (dict of str to Spent), of all years or of the rows that some has."""
    some = some or whole
    return {
        e.line: some.spend(e, *(part[rows] for part in whole.at_work(e, reached[e.line]))) for e in effects
    }


def _shares(levels):
    """Shares poor, near-poor and others of the probits below the two lines."""
    poor, upper = (None if z is None else ndtr(z) for z in levels)
    upper = poor if upper is None else np.maximum(upper, poor)
    return poor, upper - poor, 1 - upper


def counterfactual(package, trend, scenario, register, drawn, r, picks=None):
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
    picks : ndarray (n_draws,) of int, optional
        As of `before_money`.

    Returns
    -------
    Counterfactual
    """
    levels = before_money(trend, scenario, register, drawn, picks)
    households = household_counts(package, trend.years, scenario, drawn)
    # Of programme years that were read already, the readings hold the money's effect.
    first = sum(day.year < package.years[0] for day in trend.years)
    return Counterfactual(package, trend, register, drawn, levels, households, first, r)
