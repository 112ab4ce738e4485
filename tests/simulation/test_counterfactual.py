"""One evaluator for all questions: at some of the years it gives what it gives at all of them."""

from dataclasses import replace
from itertools import combinations

import pytest
from numpy.testing import assert_allclose

from giamngheo import load_scenario
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.response import Response
from giamngheo.simulation.shared_draws import shared_draws

MULTIPLES = {"credit": 0.5, "training": 2, "em_land": 0}


@pytest.mark.parametrize("name", ["full_plan", "plan_is_new", "one_year_late", "flood_2014"])
def test_some_years_are_those_of_all_years(package, shared, name):
    scenario = load_scenario(name, package)
    base = shared.counterfactual(scenario)
    whole = Response(base, scenario)
    for group in base.levels:
        every = whole.rates(MULTIPLES, group)
        for places in combinations(range(len(whole.years)), 2):
            some = Response(base, scenario, [whole.years[place] for place in places])
            for key, rates in some.rates(MULTIPLES, group).items():
                assert_allclose(rates, every[key][:, list(places)], rtol=1e-12)


def test_years_before_the_programme_are_those_of_the_trend(package, shared):
    scenario = load_scenario("plan_is_new", package)
    base = shared.counterfactual(scenario)
    moved, trend = Response(base, scenario).rates()["all", "poor"], base.trend.draws["all", "poor"]
    assert base.first == 1
    assert_allclose(moved[:, 0], trend[:, 0], rtol=1e-12)
    assert (moved[:, 1:] < trend[:, 1:]).any(axis=0).all()


def test_money_needs_a_count_of_households(package):
    readings = tuple(row.model_copy(update={"households": None}) for row in package.readings)
    other = replace(package, readings=readings)
    scenario = load_scenario("plan_is_new", package)
    base = shared_draws(other, draws=100).counterfactual(scenario)
    with pytest.raises(RefusedInput, match="households"):
        Response(base, scenario).rates()
