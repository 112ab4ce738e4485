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
from giamngheo.simulation.channels import line_effect
from giamngheo.simulation.impact import Stock, Thresholds, reach, shares_after, shift

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
    _once: dict = field(default_factory=dict, repr=False)  # what all its scenarios share

    def once(self, key, make):
        """What all scenarios of this counterfactual share under a key, made on first use."""
        if key not in self._once:
            self._once[key] = make()
        return self._once[key]

    @property
    def follows_trend(self):
        """Whether the levels are those of the forecast itself."""
        return all(levels[0] is self.trend.paths[group]["level"] for group, levels in self.levels.items())

    def moved(self, group, amounts, targeting, reserved=None):
        """How far a scenario's money moves the two thresholds of a group from the levels.

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
        return self.once(("plan", group), lambda: self.shift(group, self._plan, {}))

    def shift(self, group, amounts, targeting, reserved=None):
        """How far money moves the two thresholds of a group, against the same case without any of it.

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
        """Levels and stocks without the plan: the trend, and r times what the plan did to it.

        Money acts where it is not yet, among more poor than the trend has, so that the same plan moves them a
        little less than it would the trend. One step of `PUT_BACK` is within 0.01 points of putting it back for good.
        """
        return self.once("base", self._without_plan)

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
            effect.line: self.once(
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
        """What a billion VND of each line does under the assumptions drawn (list of LineEffect)."""

        def make():
            rows = self.package.budget
            made = (line_effect(self.package, row, self.register, self.drawn, targeting) for row in rows)
            known = [effect for effect in made if effect is not None]
            # A line for a group without readings reaches all: nothing tells where that group stands.
            groups = [
                reserved or (effect.reserved if self._known(effect.reserved) else None) for effect in known
            ]
            return [replace(effect, reserved=group) for effect, group in zip(known, groups, strict=True)]

        return self.once(("effects", repr(targeting), reserved), make)

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
