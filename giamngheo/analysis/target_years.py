"""What is asked of a scenario at the dates of the targets alone, for any multiple of each line's money.

A search over allocations, a margin, a break-even and a variance decomposition need no other years; the evaluator is
that of the simulations (`simulation.response.Response`).
"""

from types import SimpleNamespace

import numpy as np

from giamngheo.inputs.judged import judged_targets
from giamngheo.simulation.outcomes import CASES, at_case
from giamngheo.simulation.response import Response
from giamngheo.simulation.targets import met, target_chances


class TargetYears(Response):
    """Rates, chances and the poverty gap at the dates of the targets, as a function of the money of each line.

    Parameters
    ----------
    package : Package
    scenario : Scenario
        Its money, timing and targeting are the unit that multiples refer to.
    counterfactual : Counterfactual

    Notes
    -----
    targets: those on a rate of all households; years: the dates of all targets on a rate and the last that is
    simulated; households: (n_years, n_draws). Multiples are mappings of line to number, as of `Response`.
    """

    def __init__(self, package, scenario, counterfactual):
        years = counterfactual.trend.years
        asked = [target for target in judged_targets(package) if target.as_of in years]
        super().__init__(counterfactual, scenario, sorted({years[-1], *(target.as_of for target in asked)}))
        self.targets = tuple(target for target in asked if target.group == "all")
        self._groups = dict.fromkeys(("all", *(target.group for target in asked)))

    @property
    def households(self):
        """Households of group all at the years (ndarray (n_years, n_draws))."""
        places = list(map(self.counterfactual.trend.years.index, self.years))
        return self.counterfactual.households[places]

    def at(self, target, rates):
        """The rate that a target is on, at its date, percent (ndarray (n_draws,))."""
        return rates[target.group, target.status][:, self.years.index(target.as_of)]

    def hits(self, rates):
        """Whether all targets of all households are met by rates, draw by draw (ndarray of bool)."""
        return np.logical_and.reduce([met(target, rates, self.years) for target in self.targets])

    def chances(self, multiples=None):
        """Chance of each target, and of all of them at once, as `simulation.targets.target_chances` (dict)."""
        draws = {}
        for group in self._groups:
            draws |= self.rates(multiples, group)
        return target_chances(self.counterfactual.package, SimpleNamespace(draws=draws, years=self.years))

    def all_times(self, share):
        """Multiples that take all the money times a share (dict)."""
        return dict.fromkeys(self.money.by("line"), share)

    def exits_needed_per_bn(self):
        """Households a billion VND must take below each target for the median to meet it, over what no money gives.

        Returns
        -------
        dict of str to float
            By target of all households, of the money delivered; empty where nothing is.
        """
        cost, needed = float(self.money.total), {}
        bare = self.rates(self.all_times(0)) if cost else {}
        for target in self.targets if cost else ():
            missing = max(np.median(self.at(target, bare)) - float(target.value_pct), 0)
            households = self.households[self.years.index(target.as_of)]
            needed[target.target] = float(missing / 100 * np.median(households) / cost)
        return needed


def target_years(package, scenario, shared, cases=tuple(CASES)):
    """The `TargetYears` of a scenario under each case of additionality.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    cases : sequence of float
        Values of r.

    Returns
    -------
    dict of float to TargetYears
    """
    made = {r: at_case(scenario, r) for r in cases}
    return {r: TargetYears(package, each, shared.counterfactual(each)) for r, each in made.items()}
