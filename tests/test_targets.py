"""Chances, paces and what it would take."""

import numpy as np
import pytest

from giamngheo import load_package, load_scenario, simulate
from giamngheo.analysis.money_needed import MoneyCurve, break_even
from giamngheo.analysis.pace import required_pace
from giamngheo.simulation.money import scaled
from giamngheo.simulation.targets import chance_class, households_above, target_chances


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def new(package):
    scenario = load_scenario("plan_is_new", package)
    return scenario, simulate(package, scenario)


def test_chances_are_shares_of_draws(package, new):
    _, result = new
    chances = target_chances(package, result)
    poor, near = (result.draws["all", status][:, -1] for status in ("poor", "near_poor"))
    both = ((poor < 2) & (near <= 3)).mean()
    assert chances == {"poor_2015": (poor < 2).mean(), "near_poor_2015": (near <= 3).mean(), "both": both}


@pytest.mark.parametrize(
    ("chance", "word"),
    [
        (1, "virtually_certain"),
        (0.9, "very_likely"),
        (0.5, "about_even"),
        (0.0999, "very_unlikely"),
        (0, "exceptionally_unlikely"),
    ],
)
def test_a_chance_has_its_word(chance, word):
    assert chance_class(chance) == word


def test_the_category_of_the_pace_turns_with_the_base_year(package):
    pace = required_pace(package)
    poor = pace[pace["target"] == "poor_2015"]
    assert poor["required_pct"].round(1).unique().tolist() == [-28.9]
    assert set(poor["category"]) == {"on_track", "progressing", "limited"}
    near = pace[pace["target"] == "near_poor_2015"].iloc[0]
    assert near["category"] == "worsening"
    assert near["required_pp"] == pytest.approx(-0.775)
    assert near["observed_pp"] == pytest.approx(0.65)


def test_no_pace_is_measured_across_the_change_of_line(package):
    pace = required_pace(package)
    old = pace[pace["poverty_line"] == "qd170_2005"]
    assert (old["last_as_of"] == "2010-12-31").all()


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


def test_households_above_the_target_are_none_where_it_is_met(package, new):
    _, result = new
    above = households_above(package, result)["poor_2015"]
    met = result.draws["all", "poor"][:, -1] < 2
    assert (above[met] == 0).all() and (above[~met] >= 0).all()
