"""The same total over the budget lines, within bounds, spread for the joint chance, against the gap, or for the fewest
households above the targets whatever the money's additionality.

They differ for a reason: a headcount target rewards lifting those just under the line and is indifferent to the
poorest, a gap counts every dong that reaches them (Bourguignon and Fields 1990), and a decision that must be taken
before anyone knows which case of additionality is true weighs both. A line without a measured effect before the
deadline is cut to its bound by each, which says nothing of its worth later.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from giamngheo.analysis.target_years import target_years
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.money import with_multiples
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import BOTH, above_all

BOUNDS = (Fraction(1, 2), Fraction(2))  # of a line's plan
SEARCH_DRAWS, FRESH_DRAWS = 2_000, 10_000
BANDWIDTHS = (0.5, 0.2, 0.1)  # points from a target: how soft the chance is made, coarse to fine
EXCHANGES = (Fraction(1, 50), Fraction(1, 200), Fraction(1, 1000))  # of the total: sizes of the last moves
GRAIN = Fraction(1, 100)  # billion VND: allocations are rounded to it before the total is restored
GAINED = 1e-7  # least improvement of an objective that counts
DIFFERENCE = 0.01  # of a line's plan: step of a slope
AMOUNTS = ("plan_bn", "low_bn", "high_bn", "joint_bn", "gap_bn", "shortfall_bn")


class NothingToSpread(RefusedInput):
    """A scenario that delivers no money, or has no target in the years simulated."""


@dataclass(frozen=True, repr=False)
class Reallocation:
    """Three ways to spread the same total over the lines, beside the plan.

    lines: line, plan_bn, joint_bn, gap_bn, shortfall_bn, low_bn, high_bn (its bounds; all exact, Fraction), of each way
    its multiple of the plan (joint_of_plan, …) and bound reached (joint_bound, …: "low", "high" or ""). outcomes: a row
    for each allocation ("plan", "joint", "gap", "shortfall"), draws ("search", "fresh") and case (of `CASES`): a chance
    a target, "both", means poor_pct, gap_pct, squared_gap_pct, shortfall (households above the targets), for "both",
    gap_pct and shortfall the change from the plan with its standard error, draw by draw, and regret: households more
    than under the best allocation found for that case. scenarios: objective to Scenario.
    """

    scenario: object
    r: float
    bounds: tuple
    power: int
    seeds: tuple
    lines: pd.DataFrame
    outcomes: pd.DataFrame
    scenarios: dict

    @property
    def table(self):
        """Billion VND by line, in floats, the largest first: line and `AMOUNTS` (DataFrame)."""
        amounts = self.lines[["line", *AMOUNTS]].astype(dict.fromkeys(AMOUNTS, float))
        return amounts.sort_values("plan_bn", ascending=False, kind="stable", ignore_index=True)

    @property
    def fresh(self):
        """Outcomes on draws that the search did not see, by allocation and case (DataFrame)."""
        return self.outcomes[self.outcomes["draws"] == "fresh"].set_index(["allocation", "case"])

    def __repr__(self):
        total, low, high = float(sum(self.lines["plan_bn"])), *map(float, self.bounds)
        within = f"{low:g} to {high:g} times each of {len(self.lines)} lines"
        return f"Reallocation of {self.scenario.id}, r = {self.r:g}: {total:g} billion VND, {within}"

    def _repr_html_(self):
        frames = self.table.round(2), self.fresh.round(4).reset_index()
        return "\n".join(frame.to_html(index=False, border=0) for frame in frames)


def reallocate(
    package,
    scenario,
    *,
    bounds=BOUNDS,
    line_bounds=None,
    r=None,
    power=1,
    draws=SEARCH_DRAWS,
    fresh_draws=FRESH_DRAWS,
    seed=0,
    fresh_seed=None,
):
    """Find the allocations with the highest joint chance, the lowest poverty gap and the fewest households above the
    targets, at equal cost.

    Parameters
    ----------
    package : Package
    scenario : Scenario
        Its delivered money is the plan; each line keeps its timing over the years.
    bounds : tuple of number
        Least and most of each line's plan, as multiples.
    line_bounds : mapping of str to tuple of number, optional
        Other bounds for some lines.
    r : float, optional
        Additionality under which to search; default: the scenario's. Outcomes are given under both cases, and the
        households above the targets are those expected over both, as likely as one another.
    power : int
        Of the gap: 1 the poverty gap, 2 its square.
    draws, fresh_draws : int
        For the search, and for the outcome that is not flattered by it.
    seed, fresh_seed : int
        Default of the second: the next integer.

    Returns
    -------
    Reallocation

    Raises
    ------
    RefusedInput
        Bounds that leave the total out of reach; `NothingToSpread` without a target, or without money.

    Notes
    -----
    Sequential quadratic programming on a chance softened by a logistic function of the distance to each
    target, whose bandwidth shrinks, from the plan and from a greedy allocation; then exchanges between pairs
    of lines; the households above the targets have few kinks, and exchanges alone from the best of all these, for both
    cases and for each. Common random numbers throughout; the plan itself is a candidate, so that neither result is
    worse on the draws of the search. Sources are not kept apart: whether central money may be moved is a
    question of law.
    """
    r = float(scenario.continuity if r is None else r)
    seeds = (seed, seed + 1 if fresh_seed is None else fresh_seed)
    searched = target_years(package, scenario, shared_draws(package, draws=draws, seed=seed), (r, *CASES))
    asked = searched[r]
    plan = {line: amount for line, amount in asked.money.by("line").items() if amount}
    limits = _limits(plan, bounds, line_bounds or {})
    if not asked.targets:
        raise NothingToSpread(
            "reallocation: no target on a rate of all households falls in the years simulated"
        )
    problem = _Problem(asked, plan, limits)
    found = {"joint": problem.joint_chance_most(), "gap": problem.gap_least(power)}
    found["shortfall"] = problem.shortfall_least(CASES, searched, [problem.start, *found.values()])
    best = {case: problem.shortfall_least([case], searched, [found["shortfall"]]) for case in CASES}
    scenarios = {}
    for name, amounts in found.items():
        multiples = {line: amounts[line] / plan[line] for line in plan}
        scenarios[name] = with_multiples(package, scenario, multiples, f"{scenario.id}_{name}"[:64])
    outcomes = []
    fresh = target_years(package, scenario, shared_draws(package, draws=fresh_draws, seed=seeds[1]))
    for name, where in (("search", searched), ("fresh", fresh)):
        for case, word in CASES.items():
            row = {"draws": name, "case": word}
            outcomes += _outcomes(where[case], plan, {"plan": plan, **found}, best[case], row)
    table, outcomes = _table(plan, found, limits), pd.DataFrame(outcomes)
    return Reallocation(scenario, r, tuple(bounds), power, seeds, table, outcomes, scenarios)


def reallocate_if_any(package, scenario, *, seed=0, **options):
    """As `reallocate`, for a page that must not stop where there is nothing to spread.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    seed : int
    **options
        Of `reallocate`.

    Returns
    -------
    Reallocation
        Without lines and outcomes where there is no money, or no target in the years simulated.
    """
    try:
        return reallocate(package, scenario, seed=seed, **options)
    except NothingToSpread:
        lines = pd.DataFrame(columns=["line", *AMOUNTS])
        outcomes = pd.DataFrame(columns=["allocation", "draws", "case"])
        return Reallocation(scenario, scenario.continuity, BOUNDS, 1, (seed, seed + 1), lines, outcomes, {})


class _Problem:
    """One search: amounts of the lines within limits that add up to the plan's total, on one set of draws."""

    def __init__(self, asked, plan, limits):
        self.asked, self.plan, self.limits = asked, plan, limits
        self.lines, self.total = tuple(plan), sum(plan.values())
        self.unit = np.array([float(amount) for amount in plan.values()])
        self.low, self.high = (np.array([float(limits[line][end]) for line in plan]) for end in (0, 1))
        within = all(low <= plan[line] <= high for line, (low, high) in limits.items())
        self.start = plan if within else self._exact(self.unit)

    def joint_chance_most(self):
        """Exact amounts by line with the highest chance of all targets at once."""
        best = self.start
        for bandwidth in BANDWIDTHS:
            best = self._search(lambda multiples, width=bandwidth: -self._soft_chance(multiples, width), best)
        best = self._exchanged(lambda multiples: -self._soft_chance(multiples, BANDWIDTHS[-1]), best)
        return max((self.start, best), key=lambda amounts: self.asked.chances(self._of(amounts))[BOTH])

    def gap_least(self, power):
        """Exact amounts by line with the lowest expected poverty gap."""

        def gap(multiples):
            return self.asked.gap(multiples, power).mean()

        return self._exchanged(gap, self._search(gap, self.start))

    def shortfall_least(self, cases, searched, starts):
        """Exact amounts by line, near the best of some, with the fewest expected households above the targets.

        All cases of additionality count alike.
        """

        def shortfall(multiples):
            asked = [searched[case] for case in cases]
            return np.mean([_shortfall(each, each.rates(multiples)) / each.households[-1] for each in asked])

        return self._exchanged(shortfall, min(starts, key=lambda amounts: shortfall(self._of(amounts))))

    def _of(self, amounts):
        return {line: float(amounts[line] / self.plan[line]) for line in self.lines}

    def _at(self, vector):
        return dict(zip(self.lines, np.asarray(vector) / self.unit, strict=True))

    def _soft_chance(self, multiples, bandwidth):
        rates, chance = self.asked.rates(multiples), 1.0
        for target in self.asked.targets:
            short = float(target.value_pct) - self.asked.at(target, rates)
            sign = 1 if target.comparator.startswith("<") else -1
            chance = chance * expit(sign * short / bandwidth)
        return float(chance.mean())

    def _slope(self, objective, vector):
        here, slope = objective(self._at(vector)), np.zeros(len(vector))
        for place, step in enumerate(DIFFERENCE * self.unit):
            there = vector.copy()
            there[place] += step
            slope[place] = (objective(self._at(there)) - here) / step
        return slope

    def _greedy(self, slope):
        """All lines at their least, then the best slopes filled up to their most."""
        vector, left = self.low.copy(), float(self.total) - self.low.sum()
        for place in np.argsort(slope, kind="stable"):
            more = min(left, self.high[place] - self.low[place])
            vector[place] += more
            left -= more
        return vector

    def _search(self, objective, start):
        """Best of the start and of the local optima from it and from the greedy allocation, all exact."""
        first = np.array([float(start[line]) for line in self.lines])
        found, share = [start], self.unit / float(self.total)
        for begin in (first, self._greedy(self._slope(objective, first))):
            scale = max(abs(objective(self._at(begin))), 1e-9)
            result = minimize(  # in multiples of the plan, so that all lines are of one size
                lambda x, scale=scale: objective(self._at(x * self.unit)) / scale,
                begin / self.unit,
                jac=lambda x, scale=scale: self._slope(objective, x * self.unit) * self.unit / scale,
                method="SLSQP",
                bounds=list(zip(self.low / self.unit, self.high / self.unit, strict=True)),
                constraints={"type": "eq", "fun": lambda x: x @ share - 1, "jac": lambda x: share},
                options={"maxiter": 40, "ftol": 1e-7},
            )
            found += [self._exact(begin), self._exact(result.x * self.unit)]
        return min(found, key=lambda amounts: objective(self._of(amounts)))

    def _exact(self, vector):
        """Rational amounts near a vector, within the limits, whose sum is the total."""
        amounts = {}
        for line, value in zip(self.lines, vector, strict=True):
            least, most = self.limits[line]
            amounts[line] = min(max(round(Fraction(float(value)) / GRAIN) * GRAIN, least), most)
        left = self.total - sum(amounts.values())
        for line in sorted(self.lines, key=lambda name: -self.plan[name]):
            least, most = self.limits[line]
            change = min(max(left, least - amounts[line]), most - amounts[line])
            amounts[line] += change
            left -= change
        return amounts

    def _pairs(self, objective, amounts):
        """Pairs of lines, from one worth less to one worth more at these amounts, the widest apart first."""
        slope = self._slope(objective, np.array([float(amounts[line]) for line in self.lines]))
        slope = dict(zip(self.lines, slope, strict=True))
        pairs = [(giver, taker) for giver in slope for taker in slope if slope[giver] > slope[taker]]
        return sorted(pairs, key=lambda pair: slope[pair[1]] - slope[pair[0]])

    def _exchanged(self, objective, start):
        """Moves of money between two lines as long as they gain, large moves before small ones."""
        best, value = start, objective(self._of(start))
        for share in EXCHANGES:
            gained = True
            while gained:
                gained = False
                for giver, taker in self._pairs(objective, best):
                    size = min(
                        share * self.total,
                        best[giver] - self.limits[giver][0],
                        self.limits[taker][1] - best[taker],
                    )
                    if size <= 0:
                        continue
                    trial = best | {giver: best[giver] - size, taker: best[taker] + size}
                    if (new := objective(self._of(trial))) < value - GAINED:
                        best, value, gained = trial, new, True
        return best


def _limits(plan, bounds, line_bounds):
    """Least and most of each line in billion VND, exact; refused where the total cannot be met."""
    if not plan:
        raise NothingToSpread("reallocation: the scenario delivers no money")
    if unknown := set(line_bounds) - set(plan):
        raise RefusedInput(f"reallocation: no money on line '{min(unknown)}'; lines: {', '.join(plan)}")
    limits = {}
    for line, amount in plan.items():
        low, high = (Fraction(str(bound)) for bound in line_bounds.get(line, bounds))
        if not 0 <= low <= high:
            raise RefusedInput(
                f"reallocation: bounds {float(low):g} to {float(high):g} of line '{line}' are no range"
            )
        limits[line] = (low * amount, high * amount)
    least, most = (sum(limit[end] for limit in limits.values()) for end in (0, 1))
    if not least <= sum(plan.values()) <= most:
        raise RefusedInput(
            f"reallocation: within the bounds the lines add up to {float(least):g} to {float(most):g} "
            f"billion VND, never to {float(sum(plan.values())):g}"
        )
    return limits


def _shortfall(asked, rates):
    """Households above the targets, as `simulation.targets.above_all`, draw by draw (n_draws,)."""
    above = []
    for target in asked.targets:
        excess = np.maximum(asked.at(target, rates) - float(target.value_pct), 0) / 100
        above.append(excess * asked.households[asked.years.index(target.as_of)])
    return above_all(asked.targets, above)


def _outcomes(asked, plan, allocations, best, first):
    def multiples_of(amounts):
        return {line: float(amounts[line] / plan[line]) for line in plan}

    rows, before = [], None
    for name, amounts in allocations.items():
        multiples = multiples_of(amounts)
        rates, gap = asked.rates(multiples), asked.gap(multiples)
        hits, above = asked.hits(rates), _shortfall(asked, rates)
        before = before or (hits, gap, above)
        row = {"allocation": name} | first | asked.chances(multiples)
        row |= {"poor_pct": float(rates["all", "poor"][:, -1].mean())}
        row |= {"gap_pct": float(gap.mean()), "squared_gap_pct": float(asked.gap(multiples, 2).mean())}
        row |= {"shortfall": float(above.mean())}
        measures = zip(("both", "gap_pct", "shortfall"), (hits, gap, above), before, strict=True)
        for key, new, old in measures:
            change = new.astype(float) - old
            row |= {
                f"{key}_change": float(change.mean()),
                f"{key}_se": float(change.std() / len(change) ** 0.5),
            }
        rows.append(row)
    least = _shortfall(asked, asked.rates(multiples_of(best))).mean()
    least = min(least, *(row["shortfall"] for row in rows))
    return [row | {"regret": float(row["shortfall"] - least)} for row in rows]


def _table(plan, found, limits):
    rows = []
    for line, amount in plan.items():
        row = {"line": line, "plan_bn": amount}
        row |= {f"{name}_bn": amounts[line] for name, amounts in found.items()}
        row |= {f"{name}_of_plan": float(amounts[line] / amount) for name, amounts in found.items()}
        row |= dict(zip(("low_bn", "high_bn"), limits[line], strict=True))
        for name, amounts in found.items():
            least, most = limits[line]
            row[f"{name}_bound"] = (
                "low" if amounts[line] == least else "high" if amounts[line] == most else ""
            )
        rows.append(row)
    return pd.DataFrame(rows)
