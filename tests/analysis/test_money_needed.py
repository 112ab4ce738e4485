"""The money that makes a target an even bet, and what each billion would have to do."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from giamngheo import load_scenario
from giamngheo.analysis.cost_effectiveness import needed_effect
from giamngheo.analysis.money_needed import (
    SOLVER_DRAWS,
    MoneyCurve,
    break_even,
    even_chance,
    money_for_chances,
    two_inputs,
)
from giamngheo.analysis.target_years import TargetYears
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import CASES, simulate, simulate_case
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import target_chances


@pytest.fixture(scope="module")
def new(package):
    scenario = load_scenario("plan_is_new", package)
    return scenario, simulate_case(package, scenario)


@pytest.fixture(scope="module")
def solver(package):
    return shared_draws(package, draws=SOLVER_DRAWS, seed=0)


def curve(package, scenario, shared):
    return MoneyCurve(TargetYears(package, scenario, shared.counterfactual(scenario)))


def test_the_money_found_gives_the_chance_asked(package, new, solver):
    scenario, _ = new
    share = curve(package, scenario, solver).needed(0.5)["poor_2015"]
    result = simulate_case(package, scaled(scenario, share), draws=20_000, seed=7)
    assert target_chances(package, result)["poor_2015"] == pytest.approx(0.5, abs=0.03)


def test_a_chance_that_no_money_reaches_is_none(package, new, solver):
    scenario, _ = new
    assert curve(package, scenario, solver).needed(0.9999)["both"] is None


def test_break_even_is_what_each_billion_must_do(package, new):
    scenario, result = new
    found = break_even(package, result)["poor_2015"]
    bare = simulate_case(package, scaled(scenario, 0))
    needed = (np.median(bare.draws["all", "poor"][:, -1]) - 2) / 100 * np.median(bare.households[:, -1])
    assert found["exits_per_bn"] == pytest.approx(needed / 2155, rel=0.05)
    assert found["share_of_plan"] > 1


def test_the_break_even_is_a_share_of_the_plan_s_money_whatever_the_scenario_has(package, solver):
    plan = load_scenario("plan_is_new", package)
    whole, half = (
        break_even(package, simulate_case(package, scaled(plan, share), shared=solver))["poor_2015"]
        for share in (1, 0.5)
    )
    assert half["share_of_plan"] == pytest.approx(whole["share_of_plan"], rel=0.02)
    assert half["exits_per_bn"] == pytest.approx(2 * whole["exits_per_bn"])


def test_the_break_even_a_billion_is_that_of_the_panels(package, shared, solver):
    plan = simulate(package, load_scenario("full_plan", package), shared=shared)
    panels = even_chance(package, plan)
    told = needed_effect(package, plan.scenario, solver).set_index(["target", "case"])["needed_per_bn"]
    for (target, r), found in panels.items():
        if target != "both":
            assert told[target, CASES[r]] == found["exits_per_bn"]
        assert found == break_even(package, plan.cases[r])[target]


def test_a_percentage_is_no_chance(package, solver):
    with pytest.raises(RefusedInput, match="chances: 80 is no chance"):
        money_for_chances(package, load_scenario("full_plan", package), (0.5, 80), shared=solver)


def test_the_money_of_a_chance_is_where_the_curve_passes_it(package, solver):
    plan, asked = load_scenario("full_plan", package), 0.5
    solved = money_for_chances(package, plan, (asked,), shared=solver).set_index(["case", "target"])[
        "multiple"
    ]
    for r, case in CASES.items():
        found = solved[case, "both"]
        curve = two_inputs(package, plan, solver, (0.97 * found, found), (r,))
        before, at = curve[curve["target"] == "both"]["chance"]
        assert before < asked <= at


def test_a_plan_without_money_whose_chance_is_even_needs_none(package, solver):
    nothing = {"central": 0, "provincial": 0, "mobilised": 0, "annual": 0, "total_3y": 0}
    lines = tuple(row.model_copy(update=dict.fromkeys(nothing, Decimal(0))) for row in package.budget_lines)
    easy = tuple(row.model_copy(update={"value_pct": Decimal(50)}) for row in package.targets if row.status)
    plan = replace(package, budget_lines=lines, targets=easy, claims=())
    case = simulate_case(plan, load_scenario("full_plan", plan), shared=solver)
    assert break_even(plan, case)["poor_2015"]["share_of_plan"] == 0
