"""What a billion VND moves, and the closed forms behind it."""

from fractions import Fraction

import numpy as np
import pytest
from helpers import squared_gap_ratio
from numpy.testing import assert_allclose
from scipy.special import ndtr

from giamngheo import load_package, load_scenario, simulate
from giamngheo.analysis.cost_effectiveness import credit_table, marginal_value, with_multiples, without_credit
from giamngheo.analysis.target_years import Deadline, deadlines
from giamngheo.simulation.money import money, scaled
from giamngheo.simulation.poverty_measures import poverty_gap_ratio
from giamngheo.simulation.shared_draws import shared_draws


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def shared(package):
    return shared_draws(package, draws=1_000, seed=0)


@pytest.fixture(scope="module")
def values(package, shared):
    return marginal_value(package, load_scenario("full_plan", package), shared)


def only(frame, **wanted):
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame.set_index("line")


@pytest.mark.parametrize("r", [1.0, 0.4, 0.0])
@pytest.mark.parametrize("name", ["full_plan", "thirty_percent_short", "one_year_late", "hard_core"])
def test_the_deadline_alone_gives_what_the_whole_simulation_gives(package, shared, name, r):
    scenario = load_scenario(name, package).model_copy(update={"continuity": r})
    whole = simulate(package, scenario, shared=shared)
    for key, rates in Deadline(package, scenario, shared.counterfactual(scenario)).rates().items():
        assert_allclose(rates[:, -1], whole.draws[key][:, -1], atol=1e-9)


def test_money_for_one_group_alone_reaches_that_group_alone(package, shared):
    scenario = load_scenario("double", package).model_copy(update={"group": "ethnic_minority"})
    whole = simulate(package, scenario, shared=shared).draws["all", "poor"][:, -1]
    rates = Deadline(package, scenario, shared.counterfactual(scenario)).rates()
    assert_allclose(rates["all", "poor"][:, -1], whole, atol=1e-9)
    double = simulate(package, load_scenario("double", package), shared=shared).draws["all", "poor"][:, -1]
    assert whole.mean() > double.mean()


def test_multiples_of_the_lines_are_the_scenario_with_that_money(package, shared):
    scenario = load_scenario("full_plan", package)
    multiples = {"credit": Fraction(1, 2), "em_land": Fraction(3, 2), "training": Fraction(2)}
    changed = with_multiples(package, scenario, multiples)
    whole = simulate(package, changed, shared=shared)
    rates = Deadline(package, scenario, shared.counterfactual(scenario)).rates(multiples)
    assert_allclose(rates["all", "near_poor"][:, -1], whole.draws["all", "near_poor"][:, -1], atol=1e-9)


@pytest.mark.parametrize(("power", "ratio"), [(1, poverty_gap_ratio), (2, squared_gap_ratio)])
def test_without_money_the_gap_is_that_of_the_log_normal(package, shared, power, ratio):
    scenario = load_scenario("plan_is_new", package)
    world = shared.counterfactual(scenario)
    nothing = Deadline(package, scaled(scenario, 0), world).gap(power=power)
    z, spread = world.levels["all"][0][-1], world.drawn["spread_below_line"]
    assert_allclose(nothing, 100 * ratio(z, spread) * ndtr(z), rtol=1e-4)


def test_the_full_plan_continues_the_trend_of_the_gap_too(package, shared):
    scenario = load_scenario("full_plan", package)
    world = shared.counterfactual(scenario)
    z, spread = world.levels["all"][0][-1], world.drawn["spread_below_line"]
    trend = 100 * poverty_gap_ratio(z, spread) * ndtr(z)
    assert_allclose(Deadline(package, scenario, world).gap(), trend, rtol=1e-4)


def test_more_money_never_widens_the_gap(package, shared):
    for deadline in deadlines(package, load_scenario("full_plan", package), shared).values():
        for power in (1, 2):
            before = None
            for share in (0, 0.5, 1, 3):
                gap = deadline.gap(dict.fromkeys(deadline.money.by("line"), share), power)
                assert before is None or (gap <= before + 1e-9).all()
                before = gap


def test_exits_per_billion_add_up_about_to_the_whole(values):
    """Lines overlap and saturate, so that their sum is near the total, not equal to it."""
    average = only(values, r=0, basis="average", outcome="poor", unit="households")
    parts = average.drop(index=["total", "without_credit"])
    whole = average.loc["total", "mean"] * average.loc["total", "money_bn"]
    assert (parts["mean"] * parts["money_bn"]).sum() == pytest.approx(whole, rel=0.25)


def test_values_are_ordered_and_a_line_without_effect_is_worth_nothing(values):
    assert (values["q10"] <= values["q50"] + 1e-9).all() and (values["q50"] <= values["q90"] + 1e-9).all()
    assert (values["mean"] >= -1e-9).all()
    for basis in ("average", "margin"):
        found = only(values, r=1, basis=basis, outcome="poor", unit="points")
        assert found.loc["infrastructure", "mean"] == pytest.approx(0, abs=1e-12)


def test_the_average_of_all_money_is_what_the_plan_as_a_whole_does(package, shared, values):
    scenario = load_scenario("full_plan", package)
    full, bare = (simulate(package, scaled(scenario, share), shared=shared) for share in (1, 0))
    points = (bare.draws["all", "poor"] - full.draws["all", "poor"])[:, -1] / 2155
    told = only(values, r=1, basis="average", outcome="poor", unit="points").loc["total"]
    assert told["mean"] == pytest.approx(points.mean())
    assert told["q90"] == pytest.approx(np.quantile(points, 0.9))


def test_the_plan_is_shown_with_and_without_its_loans(package, shared):
    table = credit_table(package, load_scenario("full_plan", package), shared).set_index(["r", "credit"])
    assert set(table["money_bn"]) == {2155.0, 1555.0}
    for r in (1, 0):
        given, kept = table.loc[(r, "with")], table.loc[(r, "without")]
        assert kept["both"] <= given["both"] and kept["poor_pct"] >= given["poor_pct"]
        assert kept["gap_pct"] >= given["gap_pct"]


@pytest.mark.parametrize("name", ["full_plan", "income_lines_first", "one_year_late", "thirty_percent_short"])
def test_dropping_the_loans_touches_no_other_line(package, name):
    scenario = load_scenario(name, package)
    before, after = (
        money(package, each).by("line", "source", "year")
        for each in (scenario, without_credit(package, scenario))
    )
    for cell, amount in before.items():
        assert after[cell] == (0 if cell[0] == "credit" else amount)
