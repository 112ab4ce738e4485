"""What a billion VND moves, and what it would have to move."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from giamngheo import load_scenario, paths
from giamngheo.analysis.cost_effectiveness import credit_table, marginal_value, needed_effect
from giamngheo.analysis.target_years import target_years
from giamngheo.forecasting.scales import probit
from giamngheo.simulation.money import money, scaled, without_credit
from giamngheo.simulation.outcomes import CASES, simulate, simulate_case
from giamngheo.simulation.shared_draws import shared_draws


@pytest.fixture(scope="module")
def values(package, shared):
    return marginal_value(package, load_scenario("full_plan", package), shared)


def only(frame, **wanted):
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame.set_index("line")


def test_exits_per_billion_add_up_about_to_the_whole(values):
    """Lines overlap and saturate, so that their sum is near the total, not equal to it."""
    average = only(values, case="new", basis="average", outcome="poor", unit="households")
    parts = average.drop(index=["total", "without_credit"])
    whole = average.loc["total", "mean"] * average.loc["total", "money_bn"]
    assert (parts["mean"] * parts["money_bn"]).sum() == pytest.approx(whole, rel=0.25)


def test_values_are_ordered_and_a_line_without_effect_is_worth_nothing(values):
    assert (values["q10"] <= values["q50"] + 1e-9).all() and (values["q50"] <= values["q90"] + 1e-9).all()
    assert (values["mean"] >= -1e-9).all()
    for basis in ("average", "margin"):
        found = only(values, case="continued", basis=basis, outcome="poor", unit="points")
        assert found.loc["infrastructure", "mean"] == pytest.approx(0, abs=1e-12)


def test_the_average_of_all_money_is_what_the_plan_as_a_whole_does(package, shared, values):
    scenario = load_scenario("full_plan", package)
    full, bare = (simulate_case(package, scaled(scenario, share), shared=shared) for share in (1, 0))
    points = (bare.draws["all", "poor"] - full.draws["all", "poor"])[:, -1] / 2155
    told = only(values, case="continued", basis="average", outcome="poor", unit="points").loc["total"]
    assert told["mean"] == pytest.approx(points.mean(), abs=1e-9)  # rounded
    assert told["q90"] == pytest.approx(np.quantile(points, 0.9))


def test_the_plan_is_shown_with_and_without_its_loans(package, shared):
    table = credit_table(package, load_scenario("full_plan", package), shared).set_index(["case", "credit"])
    assert set(table["money_bn"]) == {2155.0, 1555.0}
    for case in ("continued", "new"):
        given, kept = table.loc[(case, "with")], table.loc[(case, "without")]
        assert kept["both"] <= given["both"] and kept["poor_pct"] >= given["poor_pct"]
        assert kept["gap_pct"] >= given["gap_pct"]


def test_the_loans_of_two_notebooks_are_counted_on_the_same_draws(package, shared):
    """As the table of `03_scenario`, which is made of simulations: on the same draws every figure is the same."""
    plan = load_scenario("full_plan", package)
    table = credit_table(package, plan, shared).set_index(["credit", "case"])
    for credit, scenario in (("with", plan), ("without", without_credit(package, plan))):
        simulated = simulate(package, scenario, shared=shared)
        for r, case in CASES.items():
            row = table.loc[(credit, case)]
            assert row[list(simulated.by_case[r])].to_dict() == pytest.approx(simulated.by_case[r])
            assert row["poor_pct"] == pytest.approx(simulated.median(r, "poor"))
    assert "credit_table(package, plan, shared)" in (paths.NOTEBOOKS / "04_compare.ipynb").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("name", ["full_plan", "income_lines_first", "one_year_late", "thirty_percent_short"])
def test_dropping_the_loans_touches_no_other_line(package, name):
    scenario = load_scenario(name, package)
    before, after = (
        money(package, each).by("line", "source", "year")
        for each in (scenario, without_credit(package, scenario))
    )
    for cell, amount in before.items():
        assert after[cell] == (0 if cell[0] == "credit" else amount)


def test_the_gain_for_a_chance_meets_the_target_with_that_chance(package, shared):
    """Give every poor household the gain, in every draw: the share of draws that meet the target is the chance."""
    plan = load_scenario("full_plan", package)
    found = needed_effect(package, plan, shared, chances=(0.5, 0.8)).set_index(["case", "status"])
    rural, urban = package.poor_lines_vnd_month
    for r, asked in target_years(package, plan, shared).items():
        drawn = asked.counterfactual.drawn
        line = drawn["rural_share"] * rural + (1 - drawn["rural_share"]) * urban
        bare = asked.rates(asked.all_times(0))["all", "poor"][:, -1] / 100
        for level in (0.5, 0.8):
            gain = found.loc[(CASES[r], "poor"), f"income_vnd_{round(100 * level)}"] / line
            after = ndtr(probit(bare) + np.log1p(-np.minimum(gain, 0.999)) / drawn["spread_below_line"])
            assert (after <= 0.02).mean() == pytest.approx(level, abs=0.01)


def test_no_target_missed_needs_no_gain(package):
    easy = tuple(
        row.model_copy(update={"value_pct": row.value_pct * 20}) if row.status == "poor" else row
        for row in package.targets
    )
    other = replace(package, targets=easy)
    plan = load_scenario("full_plan", package)
    rows = needed_effect(other, plan, shared_draws(other, draws=300)).query("status == 'poor'")
    assert (rows[["needed_per_bn", "income_vnd_50"]] == 0).all(axis=None)
