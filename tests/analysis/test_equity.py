"""A group beside the rest: the parts add up to the whole, and what favouring it gives and takes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from giamngheo import load_scenario
from giamngheo.analysis.equity import (
    changes,
    counted_groups,
    group_changes,
    group_levels,
    impossible,
    levels,
    parts,
)
from giamngheo.simulation import outcomes
from giamngheo.simulation.money import with_multiples
from giamngheo.simulation.shared_draws import shared_draws

GROUP = "ethnic_minority"
CASES = ("continued", "new")


@pytest.fixture(scope="module")
def results(package, shared):
    return outcomes.simulate_all(package, ["full_plan", "ethnic_minority_first"], shared)


@pytest.fixture(scope="module")
def moved(package, results, shared):
    return changes(package, results["full_plan"], results["ethnic_minority_first"], GROUP, shared)


def test_the_group_and_the_rest_add_up_to_all_in_every_draw(package, results):
    for result in results.values():
        for simulation in result.cases.values():
            made = parts(package, simulation, GROUP)
            whole = made["weight"] * made["group"] + (1 - made["weight"]) * made["rest"]
            assert_allclose(whole, simulation.draws["all", "poor"][:, -1], atol=1e-12)
            assert_allclose(made["gap"], made["group"] - made["rest"])


def test_the_group_s_weight_is_its_last_count_over_all_households(package, results):
    simulation = results["full_plan"].cases[1]
    weight = parts(package, simulation, GROUP)["weight"]
    assert_allclose(weight * simulation.households[:, -1], 4550 / 0.2050)
    assert 0.03 < np.median(weight) < 0.05


def test_draws_that_cannot_be_are_few_and_counted(package, results):
    for result in results.values():
        for simulation in result.cases.values():
            assert 0 <= impossible(parts(package, simulation, GROUP)) < 0.03
    assert impossible({"rest": np.array([-1.0, 0.0, 1.0, 2.0])}) == 0.25


def test_putting_the_group_first_helps_it_and_costs_the_others(moved):
    by = moved.set_index(["case", "who"])["mean"]
    for case in CASES:
        assert by[case, "group"] < -1 and by[case, "rest"] > 0
        assert by[case, "gap"] == pytest.approx(by[case, "group"] - by[case, "rest"])


def test_a_line_reserved_for_the_group_alone_costs_the_others_nothing(package, results, shared):
    """Twice the reserved line and nothing else: by subtraction alone the rest would seem to gain from it."""
    scenario = load_scenario("full_plan", package)
    more = outcomes.simulate(
        package, with_multiples(package, scenario, {"em_land": 2}, "land"), shared=shared
    )
    by = changes(package, results["full_plan"], more, GROUP, shared).set_index(["case", "who"])
    for case in CASES:
        assert by.loc[(case, "rest"), ["q10", "q90"]].abs().max() < 1e-9
        assert by.loc[(case, "group"), "mean"] < -1


def test_the_plan_against_itself_moves_nobody(package, results, shared):
    found = changes(package, results["full_plan"], results["full_plan"], GROUP, shared)
    assert found[["mean", "q10", "q90"]].abs().to_numpy().max() < 1e-9


def test_a_package_of_all_households_alone_counts_no_group(package):
    readings = tuple(row for row in package.readings if row.group == "all")
    other = replace(package, readings=readings)
    trend = shared_draws(other, draws=300).counterfactual(load_scenario("full_plan")).trend
    assert counted_groups(other, trend) == ()


def test_frames_by_group_hold_each_counted_group_s_own(package, results, moved, shared):
    found = group_levels(package, results)
    chosen = {name: results[name] for name in ("full_plan", "ethnic_minority_first")}
    own = levels(package, chosen, GROUP)
    assert found["group"].unique().tolist() == [GROUP]
    pd.testing.assert_frame_equal(found.drop(columns="group"), own)
    changed = group_changes(package, results, shared)
    assert changed["scenario"].unique().tolist() == ["ethnic_minority_first"]
    pd.testing.assert_frame_equal(changed.drop(columns=["group", "scenario"]), moved)


def test_without_a_scenario_in_its_favour_a_group_has_levels_and_no_changes(package, results, shared):
    alone = {"full_plan": results["full_plan"]}
    assert group_levels(package, alone)["scenario"].unique().tolist() == ["full_plan"]
    none = group_changes(package, alone, shared)
    assert none.empty and {"group", "case", "who", "mean", "households"} <= set(none)
