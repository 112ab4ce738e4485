"""A second computation of what money does: every household of the province stands for itself and is paid by hand."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from giamngheo import simulate
from giamngheo.simulation.shared_draws import shared_draws

YEARS = (2013, 2014, 2015)
POOR, NEAR, OTHER = range(3)


@pytest.fixture(scope="module")
def few_draws(package):
    return shared_draws(package, draws=300, seed=8)


def paid(money, aimed_shares, counts, planned, ceiling):
    """What each household of each status gets of a line's money, in unit costs, and the money that nobody takes.

    Households queue by status. The poor are called first, one payment each, then the near-poor, then the rest; who
    queues again (not the rest) gets an equal part of what was aimed at them beyond the plan and is still there.
    """
    left, got = money, []
    for status, aimed_share in zip((POOR, NEAR), aimed_shares, strict=True):
        purse = left * aimed_share
        queue = np.zeros(int(counts[status]))
        served = min(int(purse), len(queue))
        queue[:served] = 1.0
        purse -= served
        promised = max(planned[status] - served, 0)  # what the plan aims at them beyond their number
        if served == len(queue) and purse > promised:
            again = min((purse - promised) / max(len(queue), 1), ceiling - 1)
            queue += again
        got.append(queue)
        left -= queue.sum()
    rest = np.zeros(int(counts[OTHER]))
    rest[: min(int(left), len(rest))] = 1.0
    got.append(rest)
    left -= rest.sum()
    return got, left


def counts_of(levels, size):
    poor, upper = (ndtr(z) for z in levels)
    return size * np.array([poor, upper - poor, 1 - upper])


def by_hand(case, package, draw, ceiling):
    """Share poor, and poor or near-poor, of all households at the end of 2015, percent."""
    world = case.response.counterfactual
    z_poor, z_upper = (z[world.first :, draw] for z in world.levels["all"])
    sizes = world.households[world.first :, draw]
    spread, ratio = world.drawn["spread_below_line"][draw], float(package.near_poor_ratio)
    n = int(sizes[-1])
    position = ndtri((np.arange(n) + 0.5) / n)
    band = np.log(ratio) / (z_upper[-1] - z_poor[-1])
    income = np.exp(np.where(position < z_poor[-1], spread, band) * (position - z_poor[-1]))
    status = np.digitize(position, [z_poor[-1], z_upper[-1]])
    gain, rng = np.zeros(n), np.random.default_rng(draw)
    places = [rng.permutation(np.flatnonzero(status == each)) for each in (POOR, NEAR)]
    delivered, plan = (case.money.by("line", "year", which=which) for which in ("delivered", "planned"))
    minority = package.group_size("ethnic_minority")
    for effect in case.response.effects:
        to_poor, near, keep, per_bn = (
            float(getattr(effect, name)[draw])
            for name in ("to_poor", "near_share", "persistence", "households_per_bn")
        )
        at_work = planned = 0.0
        for place, year in enumerate(YEARS):
            whole = counts_of((z_poor[place], z_upper[place]), sizes[place])
            counts = whole
            if effect.reserved:
                own = counts_of(
                    [z[world.first + place, draw] for z in world.levels["ethnic_minority"]], minority
                )
                counts = np.minimum(own, whole)
                counts[OTHER] = minority - counts[POOR] - counts[NEAR]
            planned = keep * planned + per_bn * float(plan[effect.line, year])
            aimed = planned * to_poor
            aimed = [aimed, (planned - min(aimed, counts[POOR])) * near]
            old = keep * at_work
            at_work = old + per_bn * float(delivered[effect.line, year])
            got, left = paid(at_work, (to_poor, near), counts, aimed, ceiling)
            at_work -= left
            had, _ = paid(old, (to_poor, near), counts, aimed, ceiling)
        first = 1.0 if effect.first_year is None else effect.first_year[draw]
        for queue, before, mine in zip(got, had, places, strict=False):
            some = mine[: len(queue)]  # a reserved line's households are the first of all
            a_year = first * queue[: len(some)] + (1 - first) * before[: len(some)]
            gain[some] += a_year * effect.gain[draw]
    return 100 * np.mean(income + gain <= 1), 100 * np.mean(income + gain <= ratio)


@pytest.mark.parametrize(
    "funding",
    [
        {"all": 1},
        {"all": 2},
        {"all": 10},
        {"by_line": {"credit": {2013: 30, 2014: 0, 2015: 1}, "em_land": {2013: 20, 2014: 0}}},
    ],
)
@pytest.mark.parametrize("ceiling", [1, 3])
def test_the_rates_are_those_of_households_paid_one_by_one(package, few_draws, funding, ceiling):
    scenario = {"id": "trial", "title": {"vi": "thử", "en": "trial"}, "funding": funding, "continuity": 0}
    scenario["assumptions"] = {"value_ceiling": {"fixed": ceiling}}
    case = simulate(package, scenario, shared=few_draws).own
    for draw in range(0, 300, 50):
        expected = by_hand(case, package, draw, ceiling)
        for status, rate in zip(("poor", "poor_or_near_poor"), expected, strict=True):
            assert case.draws["all", status][draw, -1] == pytest.approx(rate, abs=0.03), (draw, status)
