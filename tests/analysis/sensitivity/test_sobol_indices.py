"""Sobol indices with known answers, and of the simulation's own rates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from giamngheo import load_scenario
from giamngheo.analysis.sensitivity.cases import CONTINUITY
from giamngheo.analysis.sensitivity.sobol_indices import (
    BASELINE,
    OTHERS,
    TRIM,
    Rates,
    by_case,
    gathered,
    indices,
    sobol,
)
from giamngheo.simulation.outcomes import simulate_case


def ishigami(uniforms):
    """sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on (-pi, pi) (Ishigami and Homma 1990)."""
    x1, x2, x3 = (np.pi * (2 * uniforms - 1)).T
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def known_ishigami():
    a, b = 7.0, 0.1
    total = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 1 / 2
    first = (0.5 * (1 + b * np.pi**4 / 5) ** 2 / total, a**2 / 8 / total, 0.0)
    third = b**2 * np.pi**8 * (1 / 18 - 1 / 50) / total
    return first, (first[0] + third, first[1], third)


def test_the_indices_of_ishigami_come_out_right():
    found = indices(ishigami, ("x1", "x2", "x3"), points=4_096, seed=0).set_index("input")
    first, total = known_ishigami()
    for name, one, all_ in zip(("x1", "x2", "x3"), first, total, strict=True):
        assert found.loc[name, "first"] == pytest.approx(one, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(all_, abs=0.02)
        assert abs(found.loc[name, "first"] - one) <= found.loc[name, "first_bound"]
        assert abs(found.loc[name, "total"] - all_) <= found.loc[name, "total_bound"]
    assert list(found.index) == ["x1", "x2", "x3"]


def test_of_a_sum_each_share_of_the_variance_is_its_own():
    weights = np.array([3.0, 2.0, 1.0, 0.0])
    found = indices(lambda u: u @ weights, list("abcd"), points=1_024).set_index("input")
    assert_allclose(found.loc[list("abcd"), "total"], weights**2 / (weights**2).sum(), atol=0.01)
    assert_allclose(found.loc[list("abcd"), "first"], weights**2 / (weights**2).sum(), atol=0.03)


def test_indices_are_the_same_for_the_same_seed():
    assert indices(ishigami, ("x1", "x2", "x3"), points=64).equals(
        indices(ishigami, ("x1", "x2", "x3"), points=64)
    )


def test_uniforms_give_back_the_draws_they_stand_for(package, shared):
    """The baseline draw at its own place, and r: without money in question the trend's own rates."""
    scenario = load_scenario("full_plan", package)
    model = Rates(package, scenario, shared, alternatives=False)
    places = (np.arange(shared.draws) + 0.5) / shared.draws
    rates = model({BASELINE: places, CONTINUITY: np.ones(shared.draws)})
    trend = np.sort(shared.counterfactual(scenario).trend.draws["all", "poor"][:, -1])
    assert_allclose(rates, trend, atol=2e-4)  # r stands a millionth below 1


def test_the_variance_under_study_is_that_of_the_simulation(package, shared):
    scenario = load_scenario("plan_is_new", package)
    model = Rates(package, scenario, shared, alternatives=False)
    rng = np.random.default_rng(0)
    uniforms = {name: rng.random(20_000) for name in model.names} | {CONTINUITY: np.zeros(20_000)}
    rates, simulated = (
        model(uniforms),
        simulate_case(package, scenario, shared=shared).draws["all", "poor"][:, -1],
    )
    assert rates.mean() == pytest.approx(simulated.mean(), abs=0.1)
    assert_allclose(np.quantile(rates, [0.1, 0.5, 0.9]), np.quantile(simulated, [0.1, 0.5, 0.9]), atol=0.15)


def test_sobol_finds_the_baseline_first_and_what_cannot_move_last(package, shared):
    table = sobol(package, load_scenario("full_plan", package), shared, points=128).set_index("input")
    assert table.index[0] == BASELINE
    assert {CONTINUITY, "return_credit", "hard_core_pct"} <= set(table.index)
    assert (table.loc[["value_relief", "flood_year", "near_poor_share"], "total"] == 0).all()
    assert (table["total"] >= 0).all() and table["total"].max() < 1.3


def test_with_r_held_at_one_money_has_no_part_in_the_variance(package, shared):
    found = by_case(package, load_scenario("full_plan", package), shared, points=64)
    one, zero = (found[found["case"] == case].set_index("input")["total"] for case in ("continued", "new"))
    assert one["return_credit"] == 0 < zero["return_credit"]
    assert one.idxmax() == zero.idxmax() == BASELINE
    assert 0 < TRIM < 0.01 and CONTINUITY not in one.index


def test_small_indices_are_added_up():
    weights = np.array([3.0, 0.1, 0.05])
    found = indices(lambda u: u @ weights, ("a", "b", "c"), points=256).assign(case="new")
    large, rest = gathered(found).to_dict("records")
    assert large["input"] == "a" and large["total"] == found["total"][0]
    assert rest["input"] == OTHERS and rest["inputs"] == 2
    assert rest["total"] == pytest.approx(found["total"][1:].sum()) and np.isnan(rest["total_bound"])


def test_inputs_that_all_count_leave_no_others():
    found = indices(lambda u: u.sum(axis=1), ("a", "b"), points=64).assign(case="new")
    assert set(gathered(found)["input"]) == {"a", "b"}
