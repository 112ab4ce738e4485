"""Whether targets are met in a draw, the chances of that and their words, and the households still above."""

from dataclasses import replace
from datetime import date

import pytest

from giamngheo import load_scenario
from giamngheo.inputs.judged import judged_targets, level_pair, level_targets
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.targets import chance_class, households_above, target_chances


@pytest.fixture(scope="module")
def new(package):
    scenario = load_scenario("plan_is_new", package)
    return scenario, simulate_case(package, scenario)


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


def test_households_above_the_target_are_none_where_it_is_met(package, new):
    _, result = new
    above = households_above(package, result)["poor_2015"]
    met = result.draws["all", "poor"][:, -1] < 2
    assert (above[met] == 0).all() and (above[~met] >= 0).all()


def test_no_household_is_above_all_targets_twice(package, new):
    """Case: of four targets for the poor, a household above all four was four households still to move."""
    poor, near = level_targets(package)
    nearer = poor.model_copy(update={"target": "nearer", "value_pct": poor.value_pct + 1})
    given, more = (
        households_above(replace(package, targets=rows), new[1])
        for rows in ((poor, near), (nearer, poor, near))
    )
    assert more["nearer"].max() > 0 and (more["both"] == given["both"]).all()


def without(package, *statuses):
    return tuple(row for row in package.readings if row.status not in statuses)


def moved(target, day):
    return target.model_copy(update={"as_of": day})


def test_what_no_forecast_reaches_is_not_judged(package):
    """Cases: a headline of both targets with the chance of one; a target on 30 June, which no end of year meets."""
    poor, near = level_targets(package)
    assert judged_targets(package) == (poor, near)
    for broken in (
        replace(package, readings=without(package, "near_poor")),
        replace(package, targets=(poor, moved(near, date(2015, 6, 30)))),
        replace(package, targets=(poor, moved(near, date(2011, 12, 31)))),
    ):
        assert judged_targets(broken) == (poor,) and level_pair(broken) == {"poor": poor}
        case = simulate_case(broken, load_scenario("full_plan", broken), draws=100)
        assert set(households_above(broken, case)) == {"poor_2015", "both"}
        reached = {target.target for target in judged_targets(broken)}
        assert set(target_chances(broken, case)) == reached | {"both"}
