"""The value of information: against forecasts made anew, and against answers that are known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri

from giamngheo import load_scenario
from giamngheo.analysis.sensitivity.cases import CONTINUITY
from giamngheo.analysis.sensitivity.information import (
    CASH,
    CORE,
    EITHER,
    NEAR_POOR,
    REVIEW,
    expected_chance,
    value_of_information,
    widths,
)
from giamngheo.simulation.outcomes import CASES, simulate
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import BOTH, target_chances


@pytest.fixture(scope="module")
def many(package):
    return shared_draws(package, draws=20_000, seed=0)


@pytest.fixture(scope="module")
def plan(package, many):
    return simulate(package, load_scenario("full_plan", package), shared=many)


@pytest.fixture(scope="module")
def worth(package, plan, many):
    return value_of_information(package, plan, many)


def test_the_review_is_worth_what_forecasts_with_its_readings_say(package, plan, worth):
    """Brute force: readings that the forecast itself would print are appended, and the forecast is made anew."""
    trend, after = plan.trend, []
    last = trend.history.iloc[-1].to_dict() | {"group": "all", "as_of": pd.Timestamp(trend.years[0])}
    order = np.argsort(trend.draws["all", "poor"][:, 0])
    for pick in order[np.linspace(0, plan.trend.n_draws - 1, 42).astype(int)][1:-1]:
        rows = [
            last | {"status": status, "rate_pct": trend.draws["all", status][pick, 0]}
            for status in ("poor", "near_poor")
        ]
        more = pd.concat([trend.history, pd.DataFrame(rows)], ignore_index=True)
        after.append(target_chances(package, trend.refit(more, draws=1_500, seed=1)))
    after = pd.DataFrame(after)
    found = worth[(worth["measurement"] == REVIEW) & (worth["case"] == CASES[1])].set_index("target")
    for target in found.index:
        chances, row = after[target], found.loc[target]
        assert chances.mean() == pytest.approx(row["before"], abs=0.06)
        assert np.abs(chances - row["before"]).mean() == pytest.approx(row["change"], abs=0.03)
    low, high = after["poor_2015"].quantile([0.1, 0.9])  # the picks are spread over the poor rate
    assert low == pytest.approx(found.loc["poor_2015", "low"], abs=0.03)
    assert high == pytest.approx(found.loc["poor_2015", "high"], abs=0.08)


def test_each_measurement_is_worth_something_where_it_can_be(worth):
    change = worth.set_index(["measurement", "case", "target"])["change"]
    assert set(worth["measurement"]) == {REVIEW, NEAR_POOR, CONTINUITY, CASH, CORE}
    assert worth["measurement"].iloc[0] == REVIEW
    assert (change >= 0).all() and change[CASH, CASES[1], "poor_2015"] == 0  # the whole plan is the trend
    assert change[CASH, CASES[0], "poor_2015"] > 0 < change[CORE, CASES[1], "poor_2015"]
    assert change[REVIEW, CASES[1], BOTH] >= change[NEAR_POOR, CASES[1], BOTH]
    assert set(worth.loc[worth["measurement"] == CONTINUITY, "case"]) == {EITHER}


def test_knowing_r_leaves_the_chance_of_its_case(plan, worth):
    known = worth[worth["measurement"] == CONTINUITY].set_index("target")
    for target in known.index:
        ends = sorted(plan.by_case[r][target] for r in CASES)
        assert known.loc[target, ["low", "high"]].tolist() == pytest.approx(ends, abs=1e-3)
        assert known.loc[target, "before"] == pytest.approx(np.mean(ends))


def test_a_chance_and_a_width_that_are_known_come_out():
    """x and y standard normal with correlation 0.8: the chance of y < -1 and the width of y's interval, given x."""
    rng = np.random.default_rng(0)
    x, e = rng.standard_normal((2, 40_000))
    y = 0.8 * x + 0.6 * e
    design = np.stack([np.ones_like(x), x, x**2], axis=1)
    known = ndtr((-1 - 0.8 * x) / 0.6)
    chance = expected_chance(y < -1, design)
    assert np.abs(chance - known).mean() < 0.01 and chance.mean() == pytest.approx((y < -1).mean(), abs=1e-4)
    now, then = widths(y, design)
    q = ndtri(0.9)
    assert now == pytest.approx(100 * (ndtr(q) - ndtr(-q)), abs=1)
    shown = ndtr(0.8 * x + 0.6 * q) - ndtr(0.8 * x - 0.6 * q)
    assert then == pytest.approx(100 * shown.mean(), abs=1)


def test_what_tells_nothing_leaves_the_chance_alone():
    rng = np.random.default_rng(1)
    x, hits = rng.standard_normal(10_000), rng.random(10_000) < 0.2
    design = np.stack([np.ones_like(x), x, x**2], axis=1)
    assert np.ptp(expected_chance(hits, design)) == 0
    assert (expected_chance(np.zeros(10_000, bool), design) == 0).all()


def test_a_census_says_nothing_where_the_scenario_holds_the_core(package, many):
    core = simulate(package, load_scenario("hard_core", package), shared=many)
    assert CORE not in set(value_of_information(package, core, many)["measurement"])


def test_without_targets_there_is_nothing_to_learn(package, plan, many):
    bare = replace(package, targets=())
    few = replace(many, package=bare)
    assert value_of_information(bare, replace(plan, package=bare), few).empty
