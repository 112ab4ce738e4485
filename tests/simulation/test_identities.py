"""Identities that hold for every scenario: delivery, money, chances and gaps, on scenarios drawn at random."""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtri

from giamngheo import load_package, load_scenario, package_forecast
from giamngheo.analysis.money_needed import MOST_MONEY, MULTIPLES, money_for_chances
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.scenario import Scenario
from giamngheo.inputs.tables import channel_family
from giamngheo.simulation.impact import CHANNEL_ASSUMPTIONS, LineEffect, Thresholds, shares_after
from giamngheo.simulation.list_flows import yearly_flows
from giamngheo.simulation.money import SOURCES, money
from giamngheo.simulation.outcomes import CASES, simulate_case
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.spending import Stock, households_reached, reach, spend
from giamngheo.simulation.targets import target_chances
from giamngheo.simulation.transitions import FLOWS

YEARS = (2013, 2014, 2015)
SOLVER, FRESH = 1_500, 3_000
RESAMPLED = 1.4  # error of a chance over that of independent draws: the draws are resampled by weight


@pytest.fixture(scope="module")
def few_draws(package):
    return shared_draws(package, draws=300, seed=5)


def few(examples):
    return settings(max_examples=examples, deadline=None, derandomize=True)


def trial(**fields):
    return Scenario.model_validate({"id": "trial", "title": {"vi": "thử", "en": "trial"}} | fields)


factor = st.fractions(0, 4, max_denominator=20)
reading = st.fractions(0, 1, max_denominator=10).map(float) | st.sampled_from([0.0, 1.0])
by_year = st.dictionaries(st.sampled_from(YEARS), factor, max_size=3) | factor
LINES = [row.line for row in load_package().budget_lines]
CHANNELS = [row.channel for row in load_package().budget_lines]
fundings = st.fixed_dictionaries(
    {
        "all": by_year,
        "by_source": st.dictionaries(st.sampled_from(SOURCES), by_year, max_size=3),
        "by_channel": st.dictionaries(
            st.sampled_from(sorted({*CHANNELS, *map(channel_family, CHANNELS)} - {None})), by_year, max_size=2
        ),
        "by_line": st.dictionaries(st.sampled_from(LINES), by_year, max_size=5),
    }
)
delays = st.integers(0, 16).map(lambda quarters: quarters / 4) | st.sampled_from([0.1, 0.7, 1.3])
phasings = st.sampled_from(["even", "front", "back"])


def same(one, other):
    assert one.keys() == other.keys()
    for key in one:
        assert_array_equal(one[key], other[key], err_msg=str(key))


# Delivery


@few(4)
@given(st.integers(0, 2**31), st.integers(100, 700))
def test_full_delivery_is_the_baseline_to_the_bit_under_any_seed(package, seed, draws):
    full = simulate_case(package, load_scenario("full_plan", package), draws=draws, seed=seed)
    trend = package_forecast(package, draws=draws, seed=seed)
    same(full.draws, trend.draws)
    # Said with ones, and in halves that double: the same money, the same bits.
    ones = {
        "all": {2013: 1},
        "by_source": {"central": 1},
        "by_line": {"credit": 2},
        "by_channel": {"credit": 0.5},
    }
    same(simulate_case(package, trial(funding=ones), draws=draws, seed=seed).draws, trend.draws)


@few(6)
@given(st.integers(0, 2**31), st.sampled_from(LINES))
def test_a_dong_more_goes_the_long_way_and_ends_beside_the_baseline(package, few_draws, dong, line):
    """What full delivery skips is continuous with it: no jump between the shortcut and the arithmetic."""
    trend = few_draws.counterfactual(trial()).trend
    more = trial(funding={"by_line": {line: {2013: 1 + Fraction(dong, 10**18)}}})
    for key, values in simulate_case(package, more, shared=few_draws).draws.items():
        assert_allclose(values, trend.draws[key], atol=1e-5)


# More money


@few(50)
@given(
    fundings,
    phasings,
    reading,
    st.sampled_from(LINES),
    st.sampled_from(SOURCES),
    st.sampled_from(YEARS),
    st.fractions(1, 30, max_denominator=8),
)
def test_neither_rate_rises_in_any_draw_with_money_of_any_line_source_and_year(
    package, few_draws, funding, phasing, r, line, source, year, more
):
    scenario = trial(funding=funding, phasing=phasing, continuity=r)
    before = simulate_case(package, scenario, shared=few_draws)
    tables = {name: dict(funding[name]) for name in ("by_line", "by_source")}
    changes = [("by_line", line), ("by_source", source)]
    for table, key in changes:
        now = tables[table].get(key, {})
        years = {each: now if isinstance(now, Fraction) else now.get(each, Fraction(1)) for each in YEARS}
        raised = {**tables[table], key: years | {year: years[year] * more + Fraction(1, 2)}}
        richer = trial(funding=funding | {table: raised}, phasing=phasing, continuity=r)
        after = simulate_case(package, richer, shared=few_draws)
        assert all(after.money.delivered[cell] >= amount for cell, amount in before.money.delivered.items())
        for group in ("all", "ethnic_minority"):
            for status in ("poor", "poor_or_near_poor"):
                assert (after.draws[group, status] <= before.draws[group, status] + 1e-9).all()


# Where the money goes


FRACTIONS = ((np.arange(400) + 0.5) / 400)[:, None]  # of the poverty line: the midpoints of an integral


def squared_gap(income, spread, gift, covered):
    """Squared gap of strata (n,) around an income after a gift to a share of each, from the mechanics."""
    n = len(income)
    effect = LineEffect("gift", covered, gift / FRACTIONS, np.ones(n), np.zeros(n), np.zeros(n), None)
    deep = Thresholds((np.log(FRACTIONS) - np.log(income)) / spread, None, np.full(n, spread), 0.0)
    below, _ = shares_after(deep, [effect], *handed_out(effect, n))
    return (2 * (1 - FRACTIONS) * below).mean(axis=0)


def handed_out(gift, n):
    """A billion of a gift that no plan held, among n strata of one poor and one near-poor household (shares)."""
    stock = Stock(*np.ones((3, 1, n)))
    spent = spend(
        gift, households_reached(gift, [1.0]), stock, reach(gift, np.zeros((1, n)), stock), np.ones(n)
    )
    return {"gift": spent}, {None: stock}


@few(60)
@given(
    st.tuples(st.floats(0.15, 0.6), st.floats(0.15, 0.6)).map(sorted),
    st.floats(0.005, 0.15),
    st.floats(0.05, 1),
    st.floats(0.03, 0.06),
)
def test_equal_money_to_the_poorer_stratum_lowers_the_squared_gap_by_at_least_as_much(
    incomes, gift, share, spread
):
    """Two strata of as many households, whose gaps all stay open: 0.6 exp(4 x 0.06) + 0.15 is below the line."""
    income = np.array(incomes)
    covered = np.full(2, share)
    fall = squared_gap(income, spread, 0.0, covered) - squared_gap(income, spread, gift, covered)
    assert fall[0] >= fall[1] - 1e-9
    gap = 1 - income * np.exp(spread**2 / 2)
    assert_allclose(fall, share * (2 * gift * gap - gift**2), atol=2e-5)
    # Half as many of the poorer, each with twice as much, is the same money too: 4 - 2 gifts against one, so that
    # it closes at least as much where they are a gift poorer.
    twice = squared_gap(income, spread, 0.0, covered) - squared_gap(income, spread, 2 * gift, covered / 2)
    if incomes[1] - incomes[0] >= gift:
        assert twice[0] >= fall[1] - 2e-5


@few(40)
@given(st.lists(st.floats(0.05, 0.999), min_size=1, max_size=6))
def test_a_gap_and_one_dong_to_each_empties_poverty_and_fills_the_band(incomes):
    """Poor is at or below the line: a dong short leaves all of them poor, a dong over none (MODEL 6)."""
    income, line, n = np.array(incomes), 420_000, len(incomes)
    spread = np.full(n, 1e-8)  # all households of a stratum at one income
    z_poor = -np.log(income)[None, :] / spread
    thresholds = Thresholds(z_poor, z_poor + 1.0, spread, float(np.log(1.3)))
    for dong, left in ((-1, 1.0), (1, 0.0)):
        gift = LineEffect(
            "gift", np.ones(n), 1 - income + dong / line, np.ones(n), np.ones(n), np.zeros(n), None
        )
        poor, upper = shares_after(thresholds, [gift], *handed_out(gift, n))
        assert_array_equal(poor, np.full((1, n), left))
        assert_allclose(upper, 1.0, atol=1e-12)


# Chances asked of the solver


@pytest.fixture(scope="module")
def asked(package):
    """What the solver says of many chances, once, and shared draws that it never saw."""
    scenario, levels = load_scenario("full_plan", package), tuple(np.round(np.linspace(0.03, 0.99, 17), 3))
    solved = money_for_chances(package, scenario, levels, shared=shared_draws(package, draws=SOLVER, seed=21))
    solved = solved.set_index(["case", "target", "chance_asked"])
    return SimpleNamespace(
        multiple=solved["multiple"],
        at_most=solved["chance_at_most"],
        levels=levels,
        own=shared_draws(package, draws=SOLVER, seed=21),
        fresh=shared_draws(package, draws=FRESH, seed=98),
    )


def chances(package, shared, r, multiple):
    """Chances of a scenario written out with that multiple of all money."""
    scenario = trial(funding={"all": Fraction(multiple)}, continuity=r)
    result = simulate_case(package, scenario, shared=shared)
    return target_chances(package, result)


def error(chance):
    return 4 * RESAMPLED * np.sqrt(chance * (1 - chance) * (1 / SOLVER + 1 / FRESH))


@few(20)
@given(st.data())
def test_the_money_that_the_solver_asks_for_gives_its_chance_and_no_less_money_does(package, asked, data):
    r, level = data.draw(st.sampled_from([1, 0])), data.draw(st.sampled_from(asked.levels))
    name = data.draw(st.sampled_from(["poor_2015", "near_poor_2015", "both"]))
    multiple = asked.multiple[CASES[r], name, level]
    if np.isnan(multiple):
        # The most money that is believed does not reach it, nor any that the solver tries, nor less for the poor.
        assert asked.at_most[CASES[r], name, level] < level
        tried = {*MULTIPLES, data.draw(st.floats(0, MOST_MONEY))} if name == "poor_2015" else MULTIPLES
        for each in tried:
            assert chances(package, asked.own, r, each)[name] < level
        fresh = chances(package, asked.fresh, r, MOST_MONEY)[name]
        assert fresh < level + error(level)
        return
    own = chances(package, asked.own, r, multiple)[name]
    assert own >= level
    if multiple:
        nearest = max(each for each in MULTIPLES if each < multiple)
        step = (min(each for each in MULTIPLES if each >= multiple) - nearest) / 2**7
        assert chances(package, asked.own, r, multiple - step)[name] < level
        assert own - level < 0.03  # a step of money is worth little
        assert chances(package, asked.fresh, r, multiple)[name] == pytest.approx(own, abs=error(own))
    else:
        assert chances(package, asked.fresh, r, 0)[name] > level - error(level)


def test_the_chances_asked_are_both_reachable_and_not(asked):
    answers = asked.multiple.xs("poor_2015", level="target")
    assert answers.isna().any() and (answers > 0).any() and (answers == 0).any()
    for case in CASES.values():
        found = answers[case].tolist()
        known = [each for each in found if not np.isnan(each)]
        assert found[: len(known)] == known == sorted(known)  # dearer as more is asked, then out of reach


# A line that passes nothing through


@few(20)
@given(st.sampled_from(LINES), by_year, fundings, reading)
def test_a_line_that_passes_nothing_through_changes_nothing_to_the_bit(
    package, few_draws, line, amounts, funding, r
):
    channel = next(row.channel for row in package.budget_lines if row.line == line)
    nothing = {CHANNEL_ASSUMPTIONS[channel][0]: {"fixed": 0}}
    one = trial(funding=funding, continuity=r, assumptions=nothing)
    other = {**funding, "by_line": {**funding["by_line"], line: amounts}}
    before = simulate_case(package, one, shared=few_draws)
    after = simulate_case(package, trial(funding=other, continuity=r, assumptions=nothing), shared=few_draws)
    same(before.draws, after.draws)


# Money in, money out


def at(value, year):
    return value.get(year, Fraction(1)) if isinstance(value, dict) else value


def share_of_year(phasing, year):
    place = YEARS.index(year)
    return Fraction({"even": 2, "front": 3 - place, "back": 1 + place}[phasing], 6)


@few(60)
@given(fundings, phasings, delays)
def test_every_billion_delivered_is_one_put_in_line_by_line_source_by_source_year_by_year(
    package, funding, phasing, delay
):
    """A delay shifts the cumulated money of a cell to the right: what was due d years before, and no more."""
    prompt = money(package, trial(funding=funding, phasing=phasing))
    late = money(package, trial(funding=funding, phasing=phasing, delay_years=delay))
    due = Fraction(str(delay))
    for row in package.budget_lines:
        keys = (
            ("by_channel", row.channel),
            ("by_channel", channel_family(row.channel)),
            ("by_line", row.line),
        )
        for source in SOURCES:
            paid = [Fraction()]  # by the end of 2012, 2013, …
            for year in YEARS:
                cell = (row.line, source, year)
                amount = 3 * prompt.planned[cell] * share_of_year(phasing, year) * at(funding["all"], year)
                for table, key in (("by_source", source), *dict.fromkeys(keys)):
                    amount *= at(funding[table].get(key, {}), year)
                assert prompt.delivered[cell] == amount
                paid.append(paid[-1] + amount)
            got = Fraction()
            for place, year in enumerate(YEARS, start=1):
                got += late.delivered[row.line, source, year]
                when = max(place - due, Fraction(0))
                part = when - int(when)
                before, after = paid[int(when)], paid[min(int(when) + 1, len(YEARS))]
                assert got == before + part * (after - before)
    for amounts in (prompt, late):
        for keys in (("line",), ("source",), ("year",), ("line", "source"), ("line", "source", "year")):
            sums = amounts.by(*keys)
            assert all(isinstance(amount, Fraction) for amount in sums.values())
            assert sum(sums.values()) == amounts.total
    assert late.planned == prompt.planned and sum(late.planned.values()) == 2155


@few(40)
@given(
    by_year,
    st.dictionaries(st.sampled_from(LINES), by_year, min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(SOURCES), by_year, max_size=2),
    phasings,
)
def test_a_reallocation_keeps_the_total_of_every_year_for_any_factors(
    package, every, lines, sources, phasing
):
    funding = {"all": every, "by_line": lines, "by_source": sources}
    free = money(package, trial(funding=funding, phasing=phasing))
    asked = {year: 2155 * share_of_year(phasing, year) * at(every, year) for year in YEARS}
    taken = {year: [Fraction(), Fraction()] for year in YEARS}  # by the lines named, by the rest
    for (line, _, year), amount in free.delivered.items():
        taken[year][line not in lines] += amount
    scenario = trial(funding=funding | {"keep_total": True}, phasing=phasing)
    if any(own > asked[year] or (not rest and own != asked[year]) for year, (own, rest) in taken.items()):
        with pytest.raises(RefusedInput, match="keep_total"):
            money(package, scenario)
        return
    kept = money(package, scenario)
    assert kept.by("year") == asked
    for cell, amount in free.delivered.items():
        own, rest = taken[cell[2]]
        if cell[0] in lines:
            assert kept.delivered[cell] == amount
        elif rest:  # all others by the same share
            assert kept.delivered[cell] * rest == amount * (asked[cell[2]] - own)


# List flows


def test_the_flows_are_those_of_households_followed_one_by_one(package, few_draws):
    """Positions follow a stationary second-order autoregression; each review cuts them at the published shares."""
    full = simulate_case(package, load_scenario("plan_is_new", package), shared=few_draws)
    draw, rho, partial, n = 17, 0.9, -0.35, 600_000
    flows = yearly_flows(full, rho, partial)
    rng = np.random.default_rng(11)
    first, second = rho * (1 - partial), partial
    noise = np.sqrt((1 - rho**2) * (1 - partial**2))
    positions = [rng.standard_normal(n)]
    positions.append(rho * positions[0] + np.sqrt(1 - rho**2) * rng.standard_normal(n))
    for _ in full.years[1:]:
        positions.append(first * positions[-1] + second * positions[-2] + noise * rng.standard_normal(n))
    poor, upper = (full.draws["all", name][draw] / 100 for name in ("poor", "poor_or_near_poor"))
    lists = []
    start = (flows[full.years[0]]["poor"], flows[full.years[0]]["poor"] + flows[full.years[0]]["near_poor"])
    cuts = [(start[0] / 100, start[1] / 100), *zip(poor, upper, strict=True)]
    for x, (low, high) in zip(positions, cuts, strict=True):
        lists.append(np.where(x <= ndtri(low), 0, np.where(x <= ndtri(high), 1, 2)))
    for place, day in enumerate(full.years):
        old, new = lists[place], lists[place + 1]
        seen = {
            "exit": (old == 0) & (new != 0),
            "poor_to_near_poor": (old == 0) & (new == 1),
            "poor_to_non_poor": (old == 0) & (new == 2),
            "near_poor_to_poor": (old == 1) & (new == 0),
            "near_poor_to_non_poor": (old == 1) & (new == 2),
            "entry": (old != 0) & (new == 0),
        }
        if place:
            back = lists[place - 1] == 0
            seen |= {"re_entry": seen["entry"] & back, "new_entry": seen["entry"] & ~back}
        for name, moved in seen.items():
            assert name in FLOWS
            share = moved.mean()
            expected = float(np.broadcast_to(flows[day][name], full.trend.n_draws)[draw]) / 100
            assert share == pytest.approx(expected, abs=5 * np.sqrt(expected / n) + 1e-6), (day, name)


def test_a_little_continuity_changes_little(package, few_draws):
    """No jump on the way from new money (r = 0) to money that continues the trend (r = 1)."""
    plan = trial()
    levels = {}
    for r in (0.0, 0.001, 0.999, 1.0):
        result = simulate_case(package, plan.model_copy(update={"continuity": r}), shared=few_draws)
        levels[r] = ndtri(result.draws["all", "poor"] / 100)
    assert_allclose(levels[0.001], levels[0.0], atol=2e-3)
    assert_allclose(levels[0.999], levels[1.0], atol=2e-3)
    assert np.abs(levels[1.0] - levels[0.0]).max() > 0.05


@pytest.mark.parametrize("last", [2014, 2017])
def test_a_last_target_may_come_before_or_after_the_plans_end(package, last):
    targets = tuple(
        row.model_copy(update={"as_of": row.as_of.replace(year=last)}) if row.as_of else row
        for row in package.targets
    )
    other = replace(package, targets=targets)
    moved = shared_draws(other, draws=200, seed=1)
    full, base = simulate_case(other, trial(), shared=moved), package_forecast(other, draws=200, seed=1)
    assert full.years[-1].year == last
    assert_array_equal(full.draws["all", "poor"], base.draws["all", "poor"])
    late = simulate_case(other, trial(funding={"all": {2015: 0}}), shared=moved).draws["all", "poor"]
    changed = (late != full.draws["all", "poor"]).any(axis=0)
    assert_array_equal(changed, [day.year >= 2015 for day in full.years])
