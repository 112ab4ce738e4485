"""What money moves, as a page tells it: break-even, loans, lines, and the same total spread otherwise."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from giamngheo import load_package, load_scenario
from giamngheo.analysis import allocation, cost_effectiveness, money_needed
from giamngheo.analysis.money_needed import MoneyCurve, exits_needed_per_bn
from giamngheo.analysis.target_years import deadlines
from giamngheo.forecasting.scales import probit
from giamngheo.language import chance, number
from giamngheo.report import figures, tables
from giamngheo.simulation import targets
from giamngheo.simulation.shared_draws import shared_draws

LANGS = ("vi", "en")
each_lang = pytest.mark.parametrize("lang", LANGS)


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def plan(package):
    return load_scenario("full_plan", package)


@pytest.fixture(scope="module")
def shared(package):
    return shared_draws(package, draws=600)


@pytest.fixture(scope="module")
def needed(package, plan, shared):
    return cost_effectiveness.needed_effect(package, plan, shared)


@pytest.fixture(scope="module")
def found(package, plan):
    return allocation.reallocate(package, plan, draws=200, fresh_draws=600)


@pytest.fixture(scope="module")
def solved(package, plan, shared):
    return money_needed.money_for_chances(package, plan, (0.5, 0.9), shared=shared)


def test_the_break_even_a_billion_is_that_of_the_panels(package, plan, shared, needed):
    for r in (1, 0):
        scenario = plan.model_copy(update={"continuity": float(r)})
        curve = MoneyCurve(package, scenario, shared=shared)
        known = exits_needed_per_bn(package, curve, curve.at(1.0))
        ours = needed[needed["r"] == r].set_index("target")["needed_per_bn"]
        for target, value in known.items():
            assert ours[target] == pytest.approx(value, rel=1e-6)


def test_the_gain_for_a_chance_meets_the_target_with_that_chance(package, plan, shared):
    """Give every poor household the gain, in every draw: the share of draws that meet the target is the chance."""
    found = cost_effectiveness.needed_effect(package, plan, shared, chances=(0.5, 0.8)).set_index(
        ["r", "status"]
    )
    rural, urban = package.poor_lines_vnd_month
    for r, deadline in deadlines(package, plan, shared).items():
        drawn = deadline.world.drawn
        line = drawn["rural_share"] * rural + (1 - drawn["rural_share"]) * urban
        bare = deadline.rates(dict.fromkeys(deadline.money.by("line"), 0))["all", "poor"][:, -1] / 100
        for level in (0.5, 0.8):
            gain = found.loc[(r, "poor"), f"income_vnd_{round(100 * level)}"] / line
            after = ndtr(probit(bare) + np.log1p(-np.minimum(gain, 0.999)) / drawn["spread_below_line"])
            assert (after <= 0.02).mean() == pytest.approx(level, abs=0.01)


def test_no_target_missed_needs_no_gain(package, plan, shared):
    easy = tuple(
        row.model_copy(update={"value_pct": row.value_pct * 20}) if row.status == "poor" else row
        for row in package.targets
    )
    other = replace(package, targets=easy)
    rows = cost_effectiveness.needed_effect(other, plan, shared_draws(other, draws=300)).query(
        "status == 'poor'"
    )
    assert (rows[["needed_per_bn", "income_vnd_50"]] == 0).all(axis=None)


@each_lang
def test_a_chance_out_of_reach_is_told_with_its_limit(package, solved, lang):
    text = tables.solver_table(package, solved, lang).text
    limit = solved[1, money_needed.MOST]["both"]
    assert solved[1, 0.9]["both"] is None and limit < 0.9
    assert {"vi": "không đạt", "en": "not reached"}[lang] in text and chance(limit, lang) in text
    assert number(targets.MOST_MONEY, lang) in text


@each_lang
def test_the_solver_shows_the_plan_without_its_loans_too(package, plan, shared, solved, lang):
    bare = money_needed.money_for_chances(
        package, cost_effectiveness.without_credit(package, plan), (0.5, 0.9), shared=shared
    )
    assert bare[1, 0.5]["poor_2015"] > solved[1, 0.5]["poor_2015"]
    text = tables.solver_table(package, solved, lang, without=bare).text
    assert number(bare[1, 0.5]["poor_2015"] * 1555, lang, -2) in text
    lines = tuple(row for row in package.budget if row.channel != "credit")
    unlent = tables.solver_table(replace(package, budget=lines), solved, lang, without=bare).text
    assert {"vi": "Không có vốn vay", "en": "Without the loans"}[lang] not in unlent


@each_lang
def test_lines_are_sorted_by_what_a_billion_does(package, plan, shared, needed, lang):
    worth = cost_effectiveness.marginal_value(package, plan, shared)
    lines = tables.value_table(package, worth, needed, lang).text.splitlines()
    names = tables.line_names(package, lang)
    training, roads = (
        next(n for n, line in enumerate(lines) if line.startswith(names[name]))
        for name in ("training", "infrastructure")
    )
    assert training < roads and lines[roads].rstrip().endswith("0 / 0")
    assert number(needed[needed["r"] == 1].set_index("status")["needed_per_bn"]["poor"], lang, 1) in lines[-2]


@each_lang
def test_a_plan_that_lends_nothing_says_so(package, plan, shared, lang):
    worth = cost_effectiveness.credit_table(package, plan, shared)
    text = tables.loans_table(package, worth, lang).text
    assert number(2155, lang) in text and number(1555, lang) in text
    same = worth[worth["credit"] == "with"]
    assert tables.loans_table(package, same, lang).kind == "prose"


@each_lang
def test_the_totals_shown_are_the_plan_s_exactly(package, found, lang):
    for name in ("plan", "joint", "gap"):
        assert sum(found.lines[f"{name}_bn"]) == 2155
    total = tables.allocation_table(package, found, lang).text.splitlines()[-2]
    assert total.count(number(2155, lang)) == 3


@each_lang
def test_bounds_and_results_are_those_found(package, found, lang):
    text = tables.allocation_table(package, found, lang).text
    for row in found.lines.itertuples():
        assert row.low_bn <= row.joint_bn <= row.high_bn and row.low_bn <= row.gap_bn <= row.high_bn
    assert "↓" in text and "↑" in text
    told = tables.allocation_outcomes(package, found, lang).text
    fresh = found.outcomes.query("draws == 'fresh'").set_index(["allocation", "r"])["both"]
    for name in ("plan", "joint", "gap"):
        assert f"{chance(fresh[name, 1], lang)} / {chance(fresh[name, 0], lang)}" in told


@each_lang
def test_the_sentences_and_the_picture_tell_how_far_apart_the_two_are(package, found, lang):
    apart = float(sum(abs(found.lines["joint_bn"] - found.lines["gap_bn"])) / 2)
    assert number(apart, lang, 0) in tables.allocation_sentences(package, found, lang).text
    picture = figures.allocation_dots(tables.line_names(package, lang), found, lang)
    assert picture.html.count("<svg") == 2
    for row in found.lines.itertuples():
        assert number(row.joint_bn, lang, 1).removesuffix(",0").removesuffix(".0") in picture.text


@each_lang
def test_where_there_is_nothing_to_spread_a_sentence_stands(package, needed, lang):
    scenario = load_scenario("no_new_money", package)
    shared = shared_draws(package, draws=100)
    assert allocation.reallocate_if_any(package, scenario, draws=50, fresh_draws=50) is None
    shown = [tables.allocation_table(package, None, lang), tables.allocation_outcomes(package, None, lang)]
    shown += [tables.allocation_sentences(package, None, lang), figures.allocation_dots({}, None, lang)]
    nothing = cost_effectiveness.needed_effect(package, scenario, shared)
    worth = cost_effectiveness.marginal_value(package, scenario, shared)
    shown += [tables.needed_table(package, nothing, lang), tables.value_table(package, worth, nothing, lang)]
    assert nothing.empty and worth.empty and all(each.kind == "prose" for each in shown)
