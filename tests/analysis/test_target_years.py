"""The dates of the targets alone, and the poverty gap there: what the whole simulation gives, and known answers."""

from fractions import Fraction

import pytest
from helpers import squared_shortfall
from numpy.testing import assert_allclose
from scipy.special import ndtr

from giamngheo import load_scenario
from giamngheo.analysis.target_years import TargetYears, target_years
from giamngheo.simulation.money import scaled, with_multiples
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.poverty_measures import poverty_gap_ratio
from giamngheo.simulation.targets import target_chances


@pytest.mark.parametrize("r", [1.0, 0.4, 0.0])
@pytest.mark.parametrize("name", ["full_plan", "thirty_percent_short", "one_year_late", "hard_core"])
def test_the_deadline_alone_gives_what_the_whole_simulation_gives(package, shared, name, r):
    scenario = load_scenario(name, package).model_copy(update={"continuity": r})
    whole = simulate_case(package, scenario, shared=shared)
    for key, rates in TargetYears(package, scenario, shared.counterfactual(scenario)).rates().items():
        assert_allclose(rates[:, -1], whole.draws[key][:, -1], atol=1e-9)


def test_money_for_one_group_alone_reaches_that_group_alone(package, shared):
    scenario = load_scenario("double", package).model_copy(update={"group": "ethnic_minority"})
    whole = simulate_case(package, scenario, shared=shared).draws["all", "poor"][:, -1]
    rates = TargetYears(package, scenario, shared.counterfactual(scenario)).rates()
    assert_allclose(rates["all", "poor"][:, -1], whole, atol=1e-9)
    double = simulate_case(package, load_scenario("double", package), shared=shared).draws["all", "poor"][
        :, -1
    ]
    assert whole.mean() > double.mean()


def test_multiples_of_the_lines_are_the_scenario_with_that_money(package, shared):
    scenario = load_scenario("full_plan", package)
    multiples = {"credit": Fraction(1, 2), "em_land": Fraction(3, 2), "training": Fraction(2)}
    changed = with_multiples(package, scenario, multiples)
    whole = simulate_case(package, changed, shared=shared)
    rates = TargetYears(package, scenario, shared.counterfactual(scenario)).rates(multiples)
    assert_allclose(rates["all", "near_poor"][:, -1], whole.draws["all", "near_poor"][:, -1], atol=1e-9)


@pytest.mark.parametrize(("power", "ratio"), [(1, poverty_gap_ratio), (2, squared_shortfall)])
def test_without_money_the_gap_is_that_of_the_log_normal(package, shared, power, ratio):
    scenario = load_scenario("plan_is_new", package)
    base = shared.counterfactual(scenario)
    nothing = TargetYears(package, scaled(scenario, 0), base).gap(power=power)
    z, spread = base.levels["all"][0][-1], base.drawn["spread_below_line"]
    assert_allclose(nothing, 100 * ratio(z, spread) * ndtr(z), rtol=1e-4)


def test_the_full_plan_continues_the_trend_of_the_gap_too(package, shared):
    scenario = load_scenario("full_plan", package)
    base = shared.counterfactual(scenario)
    z, spread = base.levels["all"][0][-1], base.drawn["spread_below_line"]
    trend = 100 * poverty_gap_ratio(z, spread) * ndtr(z)
    assert_allclose(TargetYears(package, scenario, base).gap(), trend, rtol=1e-4)


def test_more_money_never_widens_the_gap(package, shared):
    for asked in target_years(package, load_scenario("full_plan", package), shared).values():
        for power in (1, 2):
            before = None
            for share in (0, 0.5, 1, 3):
                gap = asked.gap(dict.fromkeys(asked.money.by("line"), share), power)
                assert before is None or (gap <= before + 1e-9).all()
                before = gap


@pytest.mark.parametrize("r", [1.0, 0.0])
@pytest.mark.parametrize("share", [0, Fraction(1, 2), 2])
def test_chances_are_those_of_the_scenario_with_that_money(package, shared, share, r):
    scenario = load_scenario("one_year_late", package).model_copy(update={"continuity": r})
    asked = TargetYears(package, scenario, shared.counterfactual(scenario))
    whole = simulate_case(package, scaled(scenario, share), shared=shared)
    assert asked.chances(asked.all_times(share)) == target_chances(package, whole)
