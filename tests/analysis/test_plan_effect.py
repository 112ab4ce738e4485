"""What each line does and how far thresholds move: known answers, and the rates that follow from them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from giamngheo import load_scenario, simulate
from giamngheo.analysis.plan_effect import line_effects, plan_effect, poor_now, threshold_shifts
from giamngheo.forecasting.scales import probit

# A loan of ten million VND that earns a tenth of itself a year, for half of whom it reaches; the rural line.
KNOWN = {
    "return_credit": {"fixed": 0.1},
    "targeting_credit": {"fixed": 0.5},
    "persistence_credit": {"fixed": 0},
    "persons_per_household": {"fixed": 4},
    "rural_share": {"fixed": 1},
}


def effects(package, shared, **keys):
    scenario = load_scenario({"id": "known", "assumptions": KNOWN, "continuity": 0, **keys}, package)
    return line_effects(package, scenario, shared).set_index("line")


def test_what_a_loan_does_by_hand(package, shared):
    found = effects(package, shared)
    assert found.loc["credit", "gain_pct"] == pytest.approx(100 * 1e6 / 12 / 4 / 400_000)
    assert found.loc["credit", "left_a_year_later"] == 0
    poor = shared.counterfactual(load_scenario("full_plan", package)).trend.draws["all", "poor"][:, -1]
    households = simulate(package, "full_plan", shared=shared).cases[0].households[:, -1]
    stock = households * poor / 100
    # 200 billion in the last year, a hundred households a billion, half of them poor.
    assert found.loc["credit", "poor_reached_pct"] == pytest.approx(
        100 * np.median(np.minimum(200 * 100 * 0.5 / stock, 1)), rel=1e-6
    )
    assert found.loc["em_land", "group"] == "ethnic_minority" and found.loc["credit", "group"] == "all"


def test_a_line_that_raises_no_income_reaches_nobody_and_all_money_is_there(package, shared):
    found = effects(package, shared)
    nothing = found[found["channel"] == "enabling"]
    assert len(nothing) and (nothing["gain_pct"] == 0).all() and nothing["poor_reached_pct"].isna().all()
    assert found["delivered_bn_vnd"].sum() == pytest.approx(2155)


def test_more_money_reaches_more_before_it_gives_more(package, shared):
    half, whole, much = (effects(package, shared, funding={"all": share}) for share in (0.5, 1, 50))
    reached = [found.loc["credit", "poor_reached_pct"] for found in (half, whole, much)]
    assert reached[1] == pytest.approx(2 * reached[0]) and reached[2] == 100
    gains = [found.loc["credit", "gain_pct"] for found in (half, whole, much)]
    assert gains[0] == gains[1] < gains[2]


def test_thresholds_move_by_what_differs_from_the_plan(package, shared, full):
    found = threshold_shifts(full).set_index(["case", "status", "as_of"])
    shifts = found[["shift_q10", "shift_q50", "shift_q90"]]
    assert (shifts.loc["continued"] == 0).all(axis=None)
    last = found.loc["new"].xs("2015-12-31", level="as_of")
    for status, row in last.iterrows():
        trend, rate = (each.draws["all", status][:, -1] for each in (full.trend, full.cases[0]))
        assert row["rate_pct"] == np.median(rate) < row["trend_pct"] == np.median(trend)
        moved = np.quantile(probit(trend / 100) - probit(rate / 100), (0.1, 0.5, 0.9))
        assert_allclose(row[shifts.columns].astype(float), moved)
        assert (moved > 0).all()
    before = found.xs("2012-12-31", level="as_of")
    assert_allclose(before[shifts.columns], 0, atol=1e-9)


def test_less_money_raises_the_threshold_that_the_plan_holds_down(package, shared):
    short = threshold_shifts(simulate(package, "thirty_percent_short", shared=shared))
    middle = short[short["as_of"] == "2015-12-31"].set_index(["case", "status"])["shift_q50"]
    assert (middle["continued"] < 0).all() and (middle["new"] > 0).all()


def test_a_scenario_with_an_r_of_its_own_has_a_case_of_its_own(package, shared):
    between = threshold_shifts(simulate(package, {"continuity": 0.5}, shared=shared))
    last = between[(between["as_of"] == "2015-12-31") & (between["status"] == "poor")]
    middle = last.set_index("case")["shift_q50"]
    assert middle["continued"] == 0 < middle["r = 0.5"] < middle["new"]


def test_the_plan_lowers_the_rate_in_every_draw(package, shared, full):
    effect = plan_effect(package, full.scenario, shared)
    assert effect.shape == (1_000,) and (effect >= 0).all() and 0.2 < np.median(effect) < 2


def test_the_poor_of_today_are_on_the_line_in_force(package):
    line = package.last_line[0].poverty_line
    uncounted = [
        r.model_copy(update={"households": None}) if r.poverty_line == line else r for r in package.readings
    ]
    plan = replace(package, readings=tuple(uncounted))
    last, now = package.last_counted(), poor_now(plan)
    assert poor_now(package) == (last, last.households, last)
    assert now.counted.poverty_line != line
    assert now.reading.as_of == last.as_of
    everybody = now.counted.households / float(now.counted.rate_pct) * 100
    assert now.households == pytest.approx(everybody * float(last.rate_pct) / 100)
