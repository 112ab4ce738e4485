"""One assumption at a time: the cases, their swings, and the case shown from more draws."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from helpers import made_up

from giamngheo import load_scenario
from giamngheo.analysis.sensitivity.cases import (
    BEYOND,
    CONTINUITY,
    ENDS,
    at_quantile,
    by_reference,
    observed_gap_growth,
)
from giamngheo.analysis.sensitivity.tornado import SMALL, anchor, tornado
from giamngheo.analysis.sensitivity.turning_points import TURNERS
from giamngheo.simulation.targets import BOTH


def chances(result):
    return result.chances.set_index(["case", "target"])["chance"].to_dict()


def test_a_tornado_holds_the_case_shown_and_every_assumption_that_is_open(found, shown, register):
    assert found.base == chances(shown)
    told = set(found.cases["assumption"])
    assert {"hard_core_pct", "gap_drift", "gap_moves", BEYOND, "reference", "value_relief"} <= told
    assert {name for name, row in register.items() if row.fixed is None} <= told
    assert CONTINUITY not in told and CONTINUITY in set(found.changed["assumption"])


def test_swings_go_from_the_lowest_to_the_highest_chance(found):
    table = found.swings.set_index(["assumption", "case", "target"])
    assert (table["low"] <= table["base"]).all() and (table["base"] <= table["high"]).all()
    assert table.loc[("value_relief", "new", BOTH), "swing"] == 0  # the plan states how many it relieves
    assert table.loc[("return_credit", "continued", BOTH), "swing"] == 0  # full delivery is the trend
    assert table.loc[("return_credit", "new", BOTH), "swing"] > 0
    choice = table.loc[(CONTINUITY, "continued", BOTH)]
    assert choice["swing"] == pytest.approx(abs(found.base["new", BOTH] - found.base["continued", BOTH]))
    assert (CONTINUITY, "new", BOTH) not in table.index


def test_what_moves_the_joint_chance_stands_in_order(found):
    widest = found.joint.groupby("assumption", sort=False)["swing"].max()
    assert widest.is_monotonic_decreasing and widest.min() >= SMALL
    assert "value_relief" not in widest.index and BEYOND in widest.index
    first, second = found.largest(2)
    assert {first, second} <= set(found.ranges.index) and widest[first] >= widest[second]


def test_a_tornado_shows_what_moves_the_joint_chance(found):
    assert "gap_drift" in repr(found) and "value_relief" not in repr(found)
    assert "<table" in found._repr_html_()


def test_the_choice_of_r_keeps_no_range_of_its_own(register):
    moved = made_up(0.4, ("hard_core_pct", 0.5, 0.3), ("hard_core_pct", 1.5, 0.2), register=register)
    assert moved.ranges.loc["hard_core_pct"].tolist() == [0.5, 1.5]
    assert CONTINUITY not in moved.ranges.index and moved.largest(2) == ["hard_core_pct"]


def test_a_case_shown_from_more_draws_keeps_the_factor_of_the_odds(shown, register):
    moved = made_up(0.4, ("a", 1.0, 0.4), ("b", 2.0, 0.8), register=register).anchored(shown)
    assert moved.base == chances(shown)
    at = moved.cases.set_index(["assumption", "case", "target"])["chance"]
    many = moved.base["new", "poor_2015"]
    assert at["a", "new", "poor_2015"] == many
    odds = np.divide(*(p / (1 - p) for p in (at["b", "new", "poor_2015"], many)))
    assert odds == pytest.approx(0.8 / 0.2 / (0.4 / 0.6))
    assert anchor(0.0, 0.4, 0.5) == 0.0 and anchor(0.3, 0.0, 0.5) == 0.3


def test_the_first_screen_looks_at_cases_of_the_page(package, shown, shared, found):
    key = ["assumption", "value", "case", "target"]
    quick = tornado(package, shown, shared, TURNERS)
    page = found.cases.drop_duplicates(key).set_index(key)["chance"]
    rows = quick.cases.dropna(subset="value")
    assert set(rows["assumption"]) == set(TURNERS)
    assert (page[list(rows[key].itertuples(index=False, name=None))].to_numpy() == rows["chance"]).all()
    assert quick.base == found.base


def test_what_the_forecast_estimated_counts_as_measured(found, shown, register):
    prior = shown.cases[1].trend.prior
    row = found.register["innovation_sd"]
    assert row.parameters == (prior.scale, prior.scale_spread) and row.support == "measured"
    assert register["innovation_sd"].support == "judgement"  # the register itself is left as it was
    lasting = found.register["drift_persistence"]
    assert lasting.parameters == (prior.persistence,) and lasting.support == "judgement"
    assert {"constant", "returning"} == set(
        found.cases.set_index("assumption").loc["drift_persistence", "to"]
    )


def test_a_range_is_that_of_what_is_known_after_the_readings(found, shown, register):
    learned = found.learned
    for name in ("gap_drift", "gap_spread", "innovation_sd", "observation_error"):
        assert found.ranges.loc[name].tolist() == np.quantile(learned[name], ENDS).tolist()
    assert found.ranges.loc["gap_drift", "low"] > -0.01  # before the readings -0.034
    assert found.ranges.loc["rural_share"].tolist() == pytest.approx([0.725, 0.925])  # nothing to learn from
    kept = found.register | {"gap_drift": register["gap_drift"]}
    still = {"gap_drift": np.full(5, 0.188)}
    assert at_quantile(kept, "gap_drift", 0.1, still) == pytest.approx(-0.0341, abs=1e-4)


def test_many_cases_leave_the_draws_as_they_were(package, shown, shared):
    before = shared.counterfactual(shown.scenario)
    tornado(
        package,
        shown,
        shared,
        ("return_credit", "return_assets", "return_training", "cash_counts", "rural_share"),
    )
    assert shared.counterfactual(shown.scenario) is before


def test_other_series_are_taken_under_the_scenario_itself(package, shared):
    scenario = load_scenario("double", package)
    result = by_reference(package, ["wide"], draws=shared.draws, seed=shared.seed, scenario=scenario)["wide"]
    full = by_reference(package, ["wide"], draws=shared.draws, seed=shared.seed)["wide"]
    assert result.scenario == scenario and full.scenario.id == "full_plan"
    assert chances(result) != chances(full)


def test_where_nobody_is_near_poor_no_growth_of_the_distance_is_observed(package):
    """Case: 99 % poor and 1 % near-poor, then all poor: a growth of minus infinity, and no page."""
    last = max(row.as_of for row in package.readings)
    ends = {"poor": Decimal(100), "near_poor": Decimal(0)}
    rows = [
        row.model_copy(update={"rate_pct": ends[row.status]})
        if (row.as_of, row.group) == (last, "all") and row.poverty_line == package.last_line[0].poverty_line
        else row
        for row in package.readings
    ]
    assert np.isfinite(observed_gap_growth(package))
    assert observed_gap_growth(replace(package, readings=tuple(rows))) is None
