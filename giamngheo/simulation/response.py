"""The rates and the poverty gap under a scenario's money, for any multiple of each line's money."""

from functools import cached_property

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit
from giamngheo.simulation.counterfactual import shares_at_fractions
from giamngheo.simulation.impact import FRACTIONS, WEIGHTS
from giamngheo.simulation.money import money


def rates(group, poor, upper):
    """Rates of a group in percent, as a `Forecast` has them.

    Parameters
    ----------
    group : str
    poor, upper : ndarray (n_years, n_draws)
        Shares below the two lines, the second None without a near-poor line.

    Returns
    -------
    dict of (group, status) to ndarray (n_draws, n_years)
    """
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
        self.places = tuple(map(counterfactual.trend.years.index, self.years))
        self._places = tuple(place for place in self.places if place >= counterfactual.first)
        self._before = tuple(place for place in self.places if place < counterfactual.first)
        only = None if scenario.group == "all" else scenario.group
        self.effects = counterfactual.effects(scenario.targeting, only)

    @cached_property
    def _unit(self):  # kept for a search alone: a simulation asks once, and many are kept
        return self.counterfactual.reached(self.effects, self.money.by("line", "year"), self._places[-1])

    def spent(self, multiples=None):
        """Where each line's money is at work in the programme years asked for (dict of str to Spent, households)."""
        if multiples is None:
            return self.counterfactual.spent_of(self.effects, self.money.by("line", "year"), self._places)
        reached = {line: each * float(multiples.get(line, 1)) for line, each in self._unit.items()}
        return self.counterfactual.spent(self.effects, reached, self._places)

    def ledger(self):
        """Where each line's money of each programme year goes, or that it goes nowhere, up to the trend's last year.

        Returns
        -------
        dict of str to Spent
            By line that raises a measured income, billion VND, (n_years, n_draws): the parts add up to what is
            delivered.
        """
        last = len(self.counterfactual.trend.years) - 1
        whole = self.counterfactual.population_until(last)
        reached = self.counterfactual.reached(self.effects, self.money.by("line", "year"), last)
        parts = ((each, whole.ledger(each, reached[each.line])) for each in self.effects)
        return {each.line: spent.times(1 / each.households_per_bn) for each, spent in parts}

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
        before = self.counterfactual.shares_at(group, self._before)
        if not self._places:
            return rates(group, *before)
        after = self._shares(multiples, group)
        pairs = zip(before, after, strict=True)
        return rates(group, *(None if new is None else np.concatenate([old, new]) for old, new in pairs))

    def _shares(self, multiples, group):
        """Shares below the two lines in the programme years (tuple of ndarray)."""
        whole, places = self.counterfactual, self._places
        new = whole.population(places).shares(group, self.effects, self.spent(multiples))
        if not np.any(whole.continuity):  # the plan is in no threshold: z - (z - z') is what the money leaves
            return new
        moved = zip(
            whole.levels_at(group, places),
            whole.population(places).moved(group, new),
            whole.planned_shift(group, places),
            strict=True,
        )
        return tuple(None if z is None else ndtr(z - (to - whole.continuity * plan)) for z, to, plan in moved)

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
        new = shares_at_fractions(deep, self.effects, self.spent(multiples))
        trend, bare, plan, new = (
            probit((weights * shares).sum(axis=0))
            for shares in (*self.counterfactual.planned_gap(self._places), new)
        )
        return 100 * ndtr(trend - ((bare - new) - self.counterfactual.continuity * (bare - plan)))
