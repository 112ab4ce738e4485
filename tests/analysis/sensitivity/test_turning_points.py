"""Conclusions that turn inside a range, and where they do."""

from dataclasses import replace
from decimal import Decimal

import pytest
from helpers import made_up

from giamngheo import load_scenario, shared_draws, simulate
from giamngheo.analysis.sensitivity.cases import BEYOND, chances_at, fixed_at
from giamngheo.analysis.sensitivity.tornado import anchor, tornado
from giamngheo.analysis.sensitivity.turning_points import TURNERS, crossings, turns
from giamngheo.forecasting.learned import learned_assumptions


def test_a_conclusion_turns_when_it_crosses_one_half_or_a_word(register):
    cases = ("a", 1.0, 0.62), ("b", 2.0, 0.41), ("c", 3.0, 0.05)
    found = turns(made_up(0.4, *cases, register=register))
    poor = found[(found["target"] == "poor_2015") & (found["case"] == "continued")].set_index("assumption")
    assert poor.index.tolist() == ["a", "c"]
    assert poor.loc["a", "side"] and not poor.loc["c", "side"]
    assert poor.loc["c", ["from_word", "to_word", "words"]].tolist() == ["about_even", "very_unlikely", 2]


def test_a_change_within_the_noise_is_no_turn(register):
    assert turns(made_up(0.499, ("a", 1.0, 0.501), register=register)).empty
    assert len(turns(made_up(0.499, ("a", 1.0, 0.501), register=register, draws=10_000_000))) == 2


def test_what_lies_beside_a_range_turns_nothing(register):
    moved = made_up(0.3, (BEYOND, 1.0, 0.9), ("gap_moves", 0.0, 0.9), register=register)
    assert set(turns(moved)["assumption"]) == {"gap_moves"}
    assert BEYOND in set(moved.joint["assumption"])


def test_the_value_of_an_even_chance_is_found_where_the_chance_is_even(package, shared, found):
    few = chances_at(package, found.scenario, shared)
    known = crossings(package, found, shared).dropna(subset="even_at")
    assert len(known) and known["side"].all()
    for row in known.itertuples():
        low, high = found.ranges.loc[row.assumption]
        assert low <= row.even_at <= high
        there = fixed_at(found.scenario, {row.assumption: row.even_at})
        chance = chances_at(package, there, shared.fork())[row.case, row.target]
        key = row.case, row.target
        assert anchor(chance, few[key], found.base[key]) == pytest.approx(0.5, abs=0.04)


def with_near_poor(package, *rates):
    """The package with other near-poor rates on the last line."""
    rates, rows = iter(rates), []
    for row in package.readings:
        near = row.status == "near_poor"
        rows.append(row.model_copy(update={"rate_pct": Decimal(next(rates))}) if near else row)
    return replace(package, readings=tuple(rows))


@pytest.mark.parametrize("near_poor", [None, ("4.10", "6.90"), ("8.60", "5.00")])
def test_nothing_on_the_first_screen_rests_on_what_the_readings_exclude(package, near_poor):
    """An Giang's own package, and two whose thresholds drew apart, and together, faster than the prior believes."""
    package = with_near_poor(package, *near_poor) if near_poor else package
    few = shared_draws(package, draws=1_000, seed=0)
    shown = simulate(package, load_scenario("full_plan", package), shared=few)
    quick, learned = tornado(package, shown, few, TURNERS), learned_assumptions(shown.trend)
    turned = turns(quick)
    told = [row for rows in (quick.changed, turned) for row in rows.itertuples() if row.assumption in learned]
    assert "gap_drift" in {row.assumption for row in told}
    for row in told:
        assert 0.05 < (learned[row.assumption] < row.value).mean() < 0.95
