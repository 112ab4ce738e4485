"""Sobol indices with known answers, the tornado, and conclusions that turn."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from giamngheo import load_package, load_scenario, simulate
from giamngheo.analysis.sensitivity.sobol_indices import BASELINE, CONTINUITY, Rates, indices, sobol
from giamngheo.analysis.sensitivity.tornado import chance_map, swing_table, tornado, turns
from giamngheo.analysis.target_years import Deadline
from giamngheo.simulation.outcomes import Outcome, outcome
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import BOTH

DRAWS = 1_000


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def shared(package):
    return shared_draws(package, draws=DRAWS, seed=0)


@pytest.fixture(scope="module")
def rows(package, shared):
    names = ("return_credit", "hard_core_pct", "gap_drift", "value_relief")
    return tornado(package, load_scenario("full_plan", package), shared, names)


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
    places = (np.arange(DRAWS) + 0.5) / DRAWS
    rates = model({BASELINE: places, CONTINUITY: np.ones(DRAWS)})
    trend = np.sort(shared.counterfactual(scenario).trend.draws["all", "poor"][:, -1])
    assert_allclose(rates, trend, atol=2e-4)  # r stands a millionth below 1


def test_the_variance_under_study_is_that_of_the_simulation(package, shared):
    scenario = load_scenario("plan_is_new", package)
    model = Rates(package, scenario, shared, alternatives=False)
    rng = np.random.default_rng(0)
    uniforms = {name: rng.random(20_000) for name in model.names} | {CONTINUITY: np.zeros(20_000)}
    rates, simulated = model(uniforms), simulate(package, scenario, shared=shared).draws["all", "poor"][:, -1]
    assert rates.mean() == pytest.approx(simulated.mean(), abs=0.1)
    assert_allclose(np.quantile(rates, [0.1, 0.5, 0.9]), np.quantile(simulated, [0.1, 0.5, 0.9]), atol=0.15)


def test_sobol_finds_the_baseline_first_and_what_cannot_move_last(package, shared):
    table = sobol(package, load_scenario("full_plan", package), shared, points=128).set_index("input")
    assert table.index[0] == BASELINE
    assert {CONTINUITY, "return_credit", "hard_core_pct"} <= set(table.index)
    assert (table.loc[["value_relief", "flood_year", "near_poor_share"], "total"] == 0).all()
    assert (table["total"] >= 0).all() and table["total"].max() < 1.3


def test_the_tornado_adds_to_the_variants_and_keeps_the_base(package, shared, rows):
    base = outcome(package, load_scenario("full_plan", package), shared).by_case
    assert rows[0]["pair"].by_case == base
    told = {row["assumption"] for row in rows}
    assert {"hard_core_pct", "gap_drift", "value_relief"} <= told
    table = swing_table(rows).set_index(["assumption", "r", "target"])
    assert (table["low"] <= table["base"]).all() and (table["base"] <= table["high"]).all()
    assert table.loc[("value_relief", 0, BOTH), "swing"] == 0  # the plan states how many it relieves
    assert table.loc[("return_credit", 1, BOTH), "swing"] == 0  # r = 1: full delivery is the trend
    assert table.loc[("return_credit", 0, BOTH), "swing"] > 0
    assert (CONTINUITY, 1, BOTH) in table.index


def made(chance, assumption="base", value=None):
    chances = {r: {"poor_2015": chance, BOTH: chance / 2} for r in (1, 0)}
    return {"assumption": assumption, "to": "number", "value": value, "pair": Outcome(None, {}, chances)}


def test_a_conclusion_turns_when_it_crosses_one_half_or_a_word(package):
    found = turns([made(0.4), made(0.62, "a", 1.0), made(0.41, "b", 2.0), made(0.05, "c", 3.0)], 10_000)
    poor = found[(found["target"] == "poor_2015") & (found["r"] == 1)].set_index("assumption")
    assert poor.index.tolist() == ["a", "c"]
    assert poor.loc["a", "side"] and not poor.loc["c", "side"]
    assert poor.loc["c", ["from_word", "to_word", "words"]].tolist() == ["about_even", "very_unlikely", 2]


def test_a_change_within_the_noise_is_no_turn():
    assert turns([made(0.499), made(0.501, "a", 1.0)], 10_000).empty
    assert isinstance(turns([made(0.3)], 100), pd.DataFrame)


def test_the_map_agrees_with_the_chances_at_its_own_points(package, shared):
    scenario = load_scenario("full_plan", package)
    grid = chance_map(
        package,
        scenario,
        shared,
        "hard_core_pct",
        "share_of_plan",
        values={"hard_core_pct": (0.0, 1.0), "share_of_plan": (0.5, 1.0)},
    ).set_index(["hard_core_pct", "share_of_plan", "r", "target"])["chance"]
    plain = outcome(package, scenario, shared).by_case
    for r in (1, 0):
        for target, chance in plain[r].items():
            assert grid[0.0, 1.0, r, target] == chance
        assert grid[1.0, 1.0, r, "poor_2015"] < grid[0.0, 1.0, r, "poor_2015"]
        assert grid[0.0, 0.5, r, BOTH] <= grid[0.0, 1.0, r, BOTH]


def test_sensitivity_leaves_the_workbench_as_it_was(package):
    shared = shared_draws(package, draws=100, seed=0)
    scenario = load_scenario("full_plan", package)
    before = outcome(package, scenario, shared).by_case
    made_before = set(shared._made)
    tornado(package, scenario, shared, ("return_credit",))
    assert set(shared._made) == made_before
    assert outcome(package, scenario, shared).by_case == before
    rates = Deadline(package, scenario, shared.counterfactual(scenario)).rates()["all", "poor"]
    assert_array_equal(
        rates, Deadline(package, scenario, shared.counterfactual(scenario)).rates()["all", "poor"]
    )
