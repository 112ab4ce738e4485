"""The money at which targets become an even bet."""

import numpy as np
import pytest

from giamngheo import load_scenario, simulate
from giamngheo.analysis.money_needed import MoneyCurve, break_even
from giamngheo.simulation.money import scaled
from giamngheo.simulation.targets import target_chances


@pytest.fixture(scope="module")
def new(package):
    scenario = load_scenario("plan_is_new", package)
    return scenario, simulate(package, scenario)


def test_the_money_found_gives_the_chance_asked(package, new):
    scenario, _ = new
    share = MoneyCurve(package, scenario).needed(0.5)["poor_2015"]
    result = simulate(package, scaled(scenario, share), draws=20_000, seed=7)
    assert target_chances(package, result)["poor_2015"] == pytest.approx(0.5, abs=0.03)


def test_a_chance_that_no_money_reaches_is_none(package, new):
    scenario, _ = new
    assert MoneyCurve(package, scenario).needed(0.9999)["both"] is None


def test_break_even_is_what_each_billion_must_do(package, new):
    scenario, result = new
    found = break_even(package, result)["poor_2015"]
    bare = simulate(package, scaled(scenario, 0))
    needed = (np.median(bare.draws["all", "poor"][:, -1]) - 2) / 100 * np.median(bare.households[:, -1])
    assert found["exits_per_bn"] == pytest.approx(needed / 2155, rel=0.05)
    assert found["share_of_plan"] > 1
