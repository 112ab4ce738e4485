"""Known answers of the closed forms that turn money into shares below the lines."""

from dataclasses import replace

import numpy as np
import pytest
from helpers import squared_shortfall
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from giamngheo.simulation.impact import LineEffect, Population, Thresholds, shares_after, shift
from giamngheo.simulation.spending import Stock, households_reached, reach

N = 5
POOR, NEAR, OTHERS = 41_281.0, 32_045.0, 450_000.0
CEILING = np.full(N, 3.0)
Z_POOR, Z_UPPER = np.full((1, N), ndtri(0.0784)), np.full((1, N), ndtri(0.1394))
STOCKS = {None: Stock(*(np.full((1, N), each) for each in (POOR, NEAR, OTHERS)))}
THRESHOLDS = Thresholds(Z_POOR, Z_UPPER, np.full(N, 0.9), float(np.log(1.3)))


def effect(line="a", per_bn=100.0, gain=0.05, to_poor=1.0, persistence=0.0, reserved=None, near_share=0.6):
    numbers = (per_bn, gain, to_poor, near_share, persistence)
    return LineEffect(line, *(np.full(N, float(number)) for number in numbers), reserved)


def after(effects, amounts, planned=None, thresholds=THRESHOLDS, stocks=STOCKS):
    """Shares after money, the plan being nothing unless given."""

    def households(money):
        return {each.line: households_reached(each, np.atleast_1d(money[each.line])) for each in effects}

    nothing = {line: 0.0 * np.asarray(amount) for line, amount in amounts.items()}
    plan = households(planned or nothing)
    given, spent = households(amounts), {}
    for each in effects:
        stock = stocks[each.reserved]
        aimed = {each.line: reach(each, plan[each.line], stock)}
        world = Population({}, thresholds.spread_below, 0.0, {each.reserved: stock}, CEILING, aimed)
        spent[each.line] = world.spend(each, *world.at_work(each, given[each.line]))
    return shares_after(thresholds, effects, spent, stocks)


def test_no_money_and_no_gain_change_nothing():
    for effects, amounts in (([effect()], {"a": 0.0}), ([effect(gain=0.0)], {"a": 500.0})):
        poor, upper = after(effects, amounts)
        assert shift(Z_POOR, poor) == pytest.approx(0, abs=1e-12)
        assert shift(Z_UPPER, upper) == pytest.approx(0, abs=1e-12)


def test_a_small_transfer_to_all_near_the_line_is_the_rule_of_thumb():
    """10 000 VND a head a month for all near the line is about 0.48 points at the end of 2011 (MODEL)."""
    gain = 10_000 / 420_000
    poor, _ = after([effect(per_bn=41_281, gain=gain)], {"a": 1.0})
    assert 100 * (0.0784 - poor[0, 0]) == pytest.approx(0.48, abs=0.1)


def test_more_than_the_line_for_everyone_empties_poverty():
    poor, upper = after([effect(per_bn=41_281, gain=1.01)], {"a": 1.0})
    assert poor.max() == pytest.approx(0, abs=1e-12)
    assert 0 < upper.max() < 0.1394  # with the poorest now in the band


def test_money_reaches_everyone_before_it_gives_more():
    half, _ = after([effect(per_bn=41_281 / 2, gain=0.1)], {"a": 1.0})
    whole, _ = after([effect(per_bn=41_281 / 2, gain=0.1)], {"a": 2.0})
    double, _ = after([effect(per_bn=41_281 / 2, gain=0.1)], {"a": 4.0})
    once, _ = after([effect(per_bn=41_281, gain=0.2)], {"a": 1.0})
    assert 0.0784 - whole[0, 0] == pytest.approx(2 * (0.0784 - half[0, 0]))
    assert double == pytest.approx(once)


def test_no_household_gets_more_than_the_plan_promises_before_there_is_more_money():
    """A promise beyond the stock does not pile up on those who are left: it spills over to the others."""
    planned = {"a": 3.0}  # three times the households that are poor
    as_planned, upper = after([effect(per_bn=POOR, gain=0.1)], planned, planned)
    once, _ = after([effect(per_bn=POOR, gain=0.1)], {"a": 1.0})
    assert as_planned == pytest.approx(once)
    assert (upper < after([effect(per_bn=POOR, gain=0.1)], {"a": 1.0})[1]).all()
    twice, _ = after([effect(per_bn=POOR, gain=0.1)], {"a": 6.0}, planned)
    assert twice == pytest.approx(
        after([effect(per_bn=POOR, gain=0.3)], {"a": 1.0})[0]
    )  # and no more: the ceiling


def test_what_persists_adds_to_the_next_year():
    thresholds = Thresholds(
        *(np.repeat(z, 2, axis=0) for z in (Z_POOR, Z_UPPER)), np.full(N, 0.9), float(np.log(1.3))
    )
    stocks = {None: Stock(*(np.full((2, N), each) for each in (POOR, NEAR, OTHERS)))}
    for persistence, year in ((0.0, [100.0, 0.0]), (0.5, [100.0, 50.0])):
        lasting = after([effect(persistence=persistence)], {"a": [100.0, 0.0]}, None, thresholds, stocks)
        fresh = after([effect()], {"a": year}, None, thresholds, stocks)
        assert lasting[0] == pytest.approx(fresh[0])


def test_a_reserved_line_reaches_its_group_only():
    stocks = STOCKS | {"minority": Stock(*np.full((3, 1, N), 6e3), 0.15, 0.2)}
    poor, _ = after([effect(gain=5.0, reserved="minority")], {"a": 1e6}, None, THRESHOLDS, stocks)
    assert poor == pytest.approx(0.85 * 0.0784)


def test_the_closed_form_is_the_count_over_households():
    """Nested reach with gains that add up, household by household: incomes drawn, lines handed out, heads counted."""
    rng = np.random.default_rng(3)
    n = 2_000_000
    z_poor, z_upper, spread = Z_POOR[0, 0], Z_UPPER[0, 0], 0.9
    position = rng.standard_normal(n)
    band = np.log(1.3) / (z_upper - z_poor)
    income = np.exp(np.where(position < z_poor, spread, band) * (position - z_poor))  # in poverty lines
    status = np.where(position < z_poor, 0, np.where(position < z_upper, 1, 2))
    effects = [effect("a", 60.0, 0.15, 0.7), effect("b", 40.0, 0.35, 0.5), effect("c", 20.0, 0.6, 0.9)]
    amounts = {"a": 200.0, "b": 300.0, "c": 150.0}
    rank, gain = rng.random(n), np.zeros(n)
    for one in effects:  # so little money that nobody gets more than once
        poor = amounts[one.line] * one.households_per_bn[0] * one.to_poor[0]
        near = amounts[one.line] * one.households_per_bn[0] * (1 - one.to_poor[0]) * one.near_share[0]
        gain += one.gain[0] * ((status == 0) & (rank < poor / POOR))
        gain += one.gain[0] * ((status == 1) & (rank < near / NEAR))
    poor, upper = after(effects, amounts)
    assert poor[0, 0] == pytest.approx((income + gain <= 1).mean(), abs=6e-4)
    assert upper[0, 0] == pytest.approx((income + gain <= 1.3).mean(), abs=6e-4)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0, 3_000), st.floats(0, 3_000), st.floats(0, 0.5), st.floats(0, 1), st.floats(0, 3_000), st.floats(0, 1)
)  # fmt: skip
def test_more_money_never_raises_the_poor_nor_the_poor_and_near_poor(
    amount, more, gain, to_poor, plan, other
):
    effects = [effect("a", 50.0, gain, to_poor), effect("b", 20.0, other, 0.5)]
    planned = {"a": plan, "b": 300.0}
    before = after(effects, {"a": amount, "b": 300.0}, planned)
    then = after(effects, {"a": amount + more, "b": 300.0}, planned)
    for low, high in zip(then, before, strict=True):
        assert (low <= high + 1e-12).all()
    assert (then[0] <= then[1]).all()


@settings(max_examples=40, deadline=None)
@given(st.floats(0.02, 0.3), st.floats(0.31, 0.6), st.floats(0.001, 0.05), st.floats(0.7, 1.5))
def test_equal_money_lowers_the_squared_gap_of_the_poorer_by_at_least_as_much(rich, poor, gift, spread):
    """In the limit of a small gift to every poor household: the slope is the poverty gap (Kanbur 1987)."""

    def slope(share):
        z = ndtri(share)
        lower = squared_shortfall(z, spread)
        # Income of the poor rises by a share of the line: the same as a lower line for them, to first order.
        first = np.exp(spread**2 / 2 - spread * z)
        from scipy.special import ndtr

        gap = 1 - first * ndtr(z - spread) / ndtr(z)
        assert 0 < lower < 1
        return 2 * gap * gift

    # At one spread the poorer of two log-normal groups has the deeper mean gap.
    assert slope(poor) >= slope(rich) - 1e-12


def test_money_lent_in_a_year_earns_part_of_it_and_all_of_the_next():
    """Lent at the year's middle to every poor household: half the gain, then all that is left of it."""
    thresholds = Thresholds(
        *(np.repeat(z, 2, axis=0) for z in (Z_POOR, Z_UPPER)), np.full(N, 0.9), float(np.log(1.3))
    )
    stocks = {None: Stock(*(np.full((2, N), each) for each in (POOR, NEAR, OTHERS)))}
    loan = replace(effect(per_bn=POOR, gain=0.2, persistence=1.0), first_year=np.full(N, 0.5))
    lent, _ = after([loan], {"a": [1.0, 0.0]}, None, thresholds, stocks)
    half, whole = (after([effect(per_bn=POOR, gain=gain)], {"a": 1.0})[0][0] for gain in (0.1, 0.2))
    assert lent == pytest.approx(np.array([half, whole]))
    again, _ = after([loan], {"a": [0.5, 0.5]}, None, thresholds, stocks)
    assert again[1] == pytest.approx((half + whole) / 2)  # half of them lent to before, half of them now
