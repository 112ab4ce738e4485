"""The rates and the poverty gap at the dates of the targets, as a function of each line's money.

Evaluates the mechanics of `simulation.impact` at those years and for all households alone, for any multiple
of each line's money: what a search over allocations, a margin and a variance decomposition need, with the
figures of `simulation.outcomes.simulate` at a fraction of its cost.
"""

from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit
from giamngheo.simulation.counterfactual import seen_by
from giamngheo.simulation.impact import Stock, Thresholds, reach, shares_after, shift
from giamngheo.simulation.money import money
from giamngheo.simulation.targets import level_targets, met

# Gauss-Legendre quadrature over fractions of the poverty line, (n_nodes, 1)
FRACTIONS, WEIGHTS = (np.reshape(each, (-1, 1)) / 2 for each in np.polynomial.legendre.leggauss(8))
FRACTIONS = FRACTIONS + 0.5


class Deadline:
    """Rates of all households at the dates of their targets, as a function of the money of each line.

    Parameters
    ----------
    package : Package
    scenario : Scenario
        Its money, timing and targeting are the unit that multiples refer to.
    world : Counterfactual
        Its r may be a number or an array (n_draws,).

    Notes
    -----
    targets: those on a rate of all households in the programme years; years: their dates; households:
    (n_years, n_draws).
    """

    def __init__(self, package, scenario, world):
        self.world, self.money, self._r = world, money(package, scenario), world.continuity
        only = None if scenario.group == "all" else scenario.group
        self._setting = setting = world.once("deadline", lambda: _Setting(package, world, self.money))
        self.targets, self.years, self.households = setting.targets, setting.years, setting.households
        amounts = self.money.by("line", "year")
        self._effects = _at_work(
            world.effects(scenario.targeting, only), amounts, package.years, setting.places
        )

    @cached_property
    def _deep_effects(self):
        return _deeper(self._effects)

    def rates(self, multiples=None):
        """Rates under the money of each line times a multiple.

        Parameters
        ----------
        multiples : mapping of str to number, optional
            By line, default 1.

        Returns
        -------
        dict of (group, status) to ndarray (n_draws, n_years)
            Percent, at `years`; as of a `Simulation`.
        """
        setting = self._setting
        moved, planned = setting.rates.shifts(self._effects, multiples or {}), setting.rates.planned
        z_poor, z_upper = setting.levels
        poor = ndtr(z_poor - (moved[0] - self._r * planned[0]))
        rates = {("all", "poor"): 100 * poor.T}
        if z_upper is not None:
            upper = np.maximum(ndtr(z_upper - (moved[1] - self._r * planned[1])), poor)
            rates |= {
                ("all", "near_poor"): 100 * (upper - poor).T,
                ("all", "poor_or_near_poor"): 100 * upper.T,
            }
        return rates

    def hits(self, multiples=None):
        """Whether all targets on a rate of all households are met, draw by draw (ndarray of bool)."""
        rates = self.rates(multiples)
        return np.logical_and.reduce([met(target, rates, self.years) for target in self.targets])

    def gap(self, multiples=None, power=1):
        """Poverty gap of all households at the last of the years (Foster, Greer and Thorbecke 1984).

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

        def scale(shares):
            return probit((weights * shares).sum(axis=0))

        gap = self._setting.gap
        after = gap.shares(self._deep_effects, multiples or {})[0]
        trend, base, new, plan = (
            scale(shares) for shares in (self._setting.trend_gap, gap.before, after, gap.after_plan)
        )
        return 100 * ndtr(trend - ((base - new) - self._r * (base - plan)))


def deadlines(package, scenario, shared, readings=(1, 0)):
    """The `Deadline` of a scenario under each reading of the money.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    readings : sequence of float
        Values of r.

    Returns
    -------
    dict of float to Deadline
    """
    read = {r: scenario.model_copy(update={"continuity": float(r)}) for r in readings}
    return {r: Deadline(package, each, shared.counterfactual(each)) for r, each in read.items()}


class _Setting:
    """What all scenarios of a world share at the dates of the targets."""

    def __init__(self, package, world, plan):
        programme = [day.year for day in world.trend.years[world.first :]]
        self.targets = tuple(
            row for row in level_targets(package) if row.group == "all" and row.as_of.year in programme
        )
        self.places = sorted({programme.index(row.as_of.year) for row in self.targets}) or [
            len(programme) - 1
        ]
        self.years = tuple(world.trend.years[world.first + place] for place in self.places)
        self.households = world.households[world.first :][self.places]
        self.levels = self._at_places(z if z is None else z[world.first :] for z in world.levels["all"])
        base, stocks = world.base
        stocks = {name: _at(seen_by("all", stock, stocks), self.places) for name, stock in stocks.items()}
        amounts = plan.by("line", "year", which="planned")
        planned = _at_work(world.effects({}), amounts, package.years, self.places)
        spread, ratio = world.drawn["spread_below_line"], float(np.log(package.near_poor_ratio or 1))
        self.rates = _Mechanics(Thresholds(*self._at_places(base["all"]), spread, ratio), stocks, planned)

    def _at_places(self, levels):
        return [None if z is None else z[self.places] for z in levels]

    @cached_property
    def _down(self):
        return np.log(FRACTIONS) / self.rates.thresholds.spread_below

    @cached_property
    def trend_gap(self):
        """Shares below fractions of the poverty line in the last year, as the trend has them."""
        return ndtr(self.levels[0][-1] + self._down)

    @cached_property
    def gap(self):
        """Mechanics of the last year at fractions of the poverty line: the area below is the poverty gap."""
        base = self.rates.thresholds
        deep = Thresholds(base.z_poor[-1] + self._down, None, base.spread_below, 0.0)
        stocks = {name: _at(stock, [-1]) for name, stock in self.rates.stocks.items()}
        reached = {line: tuple(times[-1:] for times in both) for line, both in self.rates.reached.items()}
        return _Mechanics(deep, stocks, _deeper(self.rates.effects), reached)


class _Mechanics:
    """`shares_after` at one set of thresholds, and what the planned money does there."""

    def __init__(self, thresholds, stocks, planned, reached=None):
        self.thresholds, self.stocks, self.effects = thresholds, stocks, planned
        ones = np.ones(len(thresholds.z_poor))
        self.reached = reached or {each.line: reach(each, ones, stocks[each.reserved]) for each in planned}
        self.before = ndtr(thresholds.z_poor)

    @cached_property
    def after_plan(self):
        """Share below the lower threshold after the planned money."""
        return self.shares(self.effects, {})[0]

    @cached_property
    def planned(self):
        """Shifts of the thresholds by the planned money, probits."""
        return self.shifts(self.effects, {})

    def shares(self, effects, multiples):
        """Shares below the thresholds after the money of each line times a multiple."""
        rows = len(next(iter(self.stocks.values())).poor)
        amounts = {effect.line: np.full(rows, float(multiples.get(effect.line, 1))) for effect in effects}
        return shares_after(self.thresholds, effects, amounts, self.stocks, self.reached)

    def shifts(self, effects, multiples):
        """How far the money moves the thresholds, probits."""
        lower, upper = self.shares(effects, multiples)
        z_poor, z_upper = self.thresholds.z_poor, self.thresholds.z_upper
        return shift(z_poor, lower), None if upper is None else shift(z_upper, upper)


def _at_work(effects, amounts, years, places):
    """Effects whose unit is the line's own money, with what is left of earlier years' by each place."""
    found = []
    for effect in effects:
        left, at_places = 0.0, []
        for place, year in enumerate(years):
            left = float(amounts[effect.line, year]) + effect.persistence * left
            if place in places:
                at_places.append(left)
        reached, none = effect.households_per_bn * np.array(at_places), np.zeros_like(effect.persistence)
        found.append(replace(effect, households_per_bn=reached, persistence=none))
    return found


def _deeper(effects):
    """Effects of the last year, seen from fractions of the poverty line: gains are larger shares of those."""
    return [
        replace(each, households_per_bn=each.households_per_bn[-1:], gain=each.gain / FRACTIONS)
        for each in effects
    ]


def _at(stock, places):
    """A stock at some of its years."""
    values = (getattr(stock, field) for field in ("poor", "near_poor", "poor_share", "near_share"))
    return Stock(*(value[places] if np.ndim(value) else value for value in values))
