"""What a page tells of the scenarios compared, of what money moves, and of the same total spread otherwise."""

from dataclasses import replace
from datetime import date

import matplotlib as mpl
import pandas as pd
import pytest
from helpers import assert_figure, faults_of, figures_drawn, rows_of

from giamngheo import load_scenario, paths
from giamngheo.analysis import allocation, cost_effectiveness, money_needed
from giamngheo.analysis.equity import group_changes, group_levels, levels
from giamngheo.language import chance, number
from giamngheo.report.comparison import (
    equity,
    money_for_chance,
    overview,
    reallocation,
    scenario_panels,
    two_inputs,
    value,
)
from giamngheo.report.wording import Page, promise_text
from giamngheo.simulation import outcomes
from giamngheo.simulation.money import without_credit
from giamngheo.simulation.shared_draws import shared_draws

GROUP = "ethnic_minority"
LANGS = ("vi", "en")
each_lang = pytest.mark.parametrize("lang", LANGS)


@pytest.fixture(scope="module")
def plan(package):
    return load_scenario("full_plan", package)


@pytest.fixture(scope="module")
def needed(package, plan, shared):
    return cost_effectiveness.needed_effect(package, plan, shared)


@pytest.fixture(scope="module")
def found(package, plan):
    return allocation.reallocate(package, plan, draws=200, fresh_draws=600)


@pytest.fixture(scope="module")
def solved(package, plan, shared):
    return money_needed.money_for_chances(package, plan, (0.5, 0.9), shared=shared)


@each_lang
def test_a_chance_out_of_reach_is_told_with_its_limit(package, solved, lang):
    text = money_for_chance.table(Page(package, lang), solved).text
    both = solved.set_index(["case", "target", "chance_asked"]).loc[("continued", "both", 0.9)]
    limit = both["chance_at_most"]
    assert both["multiple"] != both["multiple"] and limit < 0.9
    assert {"vi": "không đạt", "en": "not reached"}[lang] in text and chance(limit, lang) in text
    assert number(money_needed.MOST_MONEY, lang) in text


@each_lang
def test_the_solver_shows_the_plan_without_its_loans_too(package, plan, shared, solved, lang):
    bare = money_needed.money_for_chances(package, without_credit(package, plan), (0.5, 0.9), shared=shared)
    keys = ["case", "target", "chance_asked"]
    more, less = (
        found.set_index(keys).loc[("continued", "poor_2015", 0.5), "multiple"] for found in (bare, solved)
    )
    assert more > less
    text = money_for_chance.table(Page(package, lang), solved, without=bare).text
    assert number(more * 1555, lang, -2) in text
    lines = tuple(row for row in package.budget_lines if row.channel != "credit")
    unlent = money_for_chance.table(
        Page(replace(package, budget_lines=lines), lang), solved, without=bare
    ).text
    assert {"vi": "Không có vốn vay", "en": "Without the loans"}[lang] not in unlent


@each_lang
def test_lines_are_sorted_by_what_a_billion_does(package, plan, shared, needed, lang):
    worth = cost_effectiveness.marginal_value(package, plan, shared)
    lines = value.lines(Page(package, lang), worth, needed).text.splitlines()
    names = Page(package, lang).line_names
    training, roads = (
        next(n for n, line in enumerate(lines) if line.startswith(names[name]))
        for name in ("training", "infrastructure")
    )
    assert training < roads and lines[roads].rstrip().endswith("0 / 0")
    assert (
        number(needed[needed["case"] == "continued"].set_index("status")["needed_per_bn"]["poor"], lang, 1)
        in lines[-2]
    )


@each_lang
def test_a_plan_that_lends_nothing_says_so(package, plan, shared, lang):
    worth = cost_effectiveness.credit_table(package, plan, shared)
    text = value.loans(Page(package, lang), worth).text
    assert number(2155, lang) in text and number(1555, lang) in text
    same = worth[worth["credit"] == "with"]
    assert not value.loans(Page(package, lang), same).tables


@each_lang
def test_the_totals_shown_are_the_plan_s_exactly(package, found, lang):
    for name in reallocation.ALLOCATIONS:
        assert sum(found.lines[f"{name}_bn"]) == 2155
    total = reallocation.table(Page(package, lang), found).text.splitlines()[-2]
    assert total.count(number(2155, lang)) == len(reallocation.ALLOCATIONS)


@each_lang
def test_bounds_and_results_are_those_found(package, found, lang):
    text = reallocation.table(Page(package, lang), found).text
    for row in found.lines.itertuples():
        assert row.low_bn <= row.joint_bn <= row.high_bn and row.low_bn <= row.gap_bn <= row.high_bn
    assert "↓" in text and "↑" in text
    assert {"vi": "0,5 và 2 lần", "en": "0.5 and 2 times"}[lang] in text
    told = reallocation.outcomes(Page(package, lang), found)
    fresh, rows = found.fresh["both"], rows_of(told.tables[0])
    of_both = rows[4:6]  # after the two targets' own, a row a case
    for place, case in enumerate(("continued", "new")):
        for column, name in enumerate(("plan", "joint", "gap"), 2):
            assert of_both[place][column] == chance(fresh[name, case], lang)


@each_lang
def test_the_sentences_and_the_picture_tell_how_far_apart_the_two_are(package, found, lang):
    apart = float(sum(abs(found.lines["joint_bn"] - found.lines["gap_bn"])) / 2)
    assert number(apart, lang, 0) in reallocation.sentences(Page(package, lang), found).text
    picture = reallocation.dots(Page(package, lang), found)
    assert picture.html.count("<svg") == 2
    for row in found.lines.itertuples():
        assert number(row.joint_bn, lang, 1).removesuffix(",0").removesuffix(".0") in picture.text


@each_lang
def test_where_there_is_nothing_to_spread_a_sentence_stands(package, needed, lang):
    page, scenario = Page(package, lang), load_scenario("no_new_money", package)
    few = shared_draws(package, draws=100)
    found = allocation.reallocate_if_any(package, scenario, draws=100, fresh_draws=100)
    parts = (reallocation.table, reallocation.outcomes, reallocation.sentences, reallocation.dots)
    shown = [part(page, found) for part in parts]
    nothing = cost_effectiveness.needed_effect(package, scenario, few)
    worth = cost_effectiveness.marginal_value(package, scenario, few)
    shown += [value.needed(page, nothing), value.lines(page, worth, nothing)]
    assert nothing.empty and worth.empty
    assert all(each.text and not each.tables for each in shown)


@pytest.fixture(scope="module")
def results(package, shared):
    return outcomes.simulate_all(package, ["full_plan", "ethnic_minority_first", "plan_is_new"], shared)


@each_lang
def test_scenarios_are_compared_under_the_cases_they_leave_open(package, results, lang):
    page = Page(package, lang)
    shown = overview.table(page, results)
    row = shown.table.set_index("scenario").loc["plan_is_new"]
    assert row["chance_both_new"] == results["plan_is_new"].by_case[0]["both"]
    assert row["chance_both_continued"] != row["chance_both_continued"]  # it sets r itself
    assert f"– / {chance(row['chance_both_new'], lang)}" in shown.text
    drawn = overview.dots(page, results).table
    assert len(drawn) == 3 * (2 + 2 + 1)
    for each in drawn.itertuples():
        r = {"continued": 1, "new": 0}[each.case]
        assert each.chance == results[each.scenario].by_case[r][each.target]


def test_small_multiples_draw_their_frame_at_one_scale(package, results, monkeypatch):
    made = []
    drawn = figures_drawn(
        monkeypatch, lambda: made.append(scenario_panels.chart(Page(package, "en"), results))
    )
    frame = made[0].table
    for each in frame.groupby(["scenario", "case"]).last().reset_index().itertuples():
        r = {"continued": 1, "new": 0}[each.case]
        assert each.rate_pct == pytest.approx(results[each.scenario].median(r, "poor"))
        assert each.chance == results[each.scenario].by_case[r]["poor_2015"]
    plan = frame[(frame["scenario"] == "full_plan") & (frame["case"] == "continued")]
    for figure in drawn.values():
        axes = [ax for ax in figure.axes if ax.get_visible()]
        assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1 and len(axes) == len(results)
        for ax, (name, rows) in zip(axes, frame.groupby("scenario", sort=False), strict=True):
            target, grey, *lines = (line.get_ydata() for line in ax.lines)
            assert set(target) == {2.0} and grey == pytest.approx(plan["rate_pct"])
            cases = dict(list(rows.groupby("case", sort=False)))
            assert len(lines) == len(cases) == len(results[name].shown)
            for line, own in zip(lines, cases.values(), strict=True):
                assert line == pytest.approx(own["rate_pct"])
            band, first = ax.collections[0].get_paths()[0].vertices[:, 1], next(iter(cases.values()))
            assert {*first["q10_pct"].round(9), *first["q90_pct"].round(9)} == {*band.round(9)}


def test_small_multiples_end_on_the_day_of_their_target(package, monkeypatch):
    """Case: the last year's median stood beside the chance of a target that is due a year earlier."""
    monkeypatch.setenv(paths.SHOWN_FOR, "neither")  # nothing is rendered
    dues = {"poor_2015": date(2014, 12, 31)}
    targets = [t.model_copy(update={"as_of": dues.get(t.target, t.as_of)}) for t in package.targets]
    early = replace(
        package, targets=tuple(reversed(targets))
    )  # that of the near-poor, due later, stands first
    shared = shared_draws(early, draws=200, seed=0)
    found = outcomes.simulate_all(early, ["full_plan"], shared)
    made = scenario_panels.chart(Page(early, "en"), found)
    assert (
        made.table["as_of"].max() == pd.Timestamp(2014, 12, 31) and found["full_plan"].years[-1].year == 2015
    )
    for case, last in made.table.groupby("case").last().iterrows():
        r = {"continued": 1, "new": 0}[case]
        assert last["rate_pct"] == pytest.approx(
            found["full_plan"].median(r, "poor", when=date(2014, 12, 31))
        )
        assert last["chance"] == found["full_plan"].by_case[r]["poor_2015"]


@each_lang
def test_a_figures_title_tells_what_it_found(package, results, found, monkeypatch, lang):
    monkeypatch.setenv(paths.SHOWN_FOR, "neither")  # nothing is rendered
    page, both = Page(package, lang), [results[name].by_case[0]["both"] for name in results]
    title = overview.dots(page, results).title
    assert chance(min(both), lang) in title and chance(max(both), lang) in title
    words = {"k1": "0", "n1": "2", "k0": "0", "n0": "3"}
    said = scenario_panels.chart(page, results).title
    assert said == page.say("figure.multiples_title", **words, promise=promise_text(package.targets[0], page))
    title = reallocation.dots(page, found).title
    for name in ("plan", "joint"):
        assert chance(found.fresh["both"][name, "new"], lang) in title


@each_lang
def test_two_inputs_show_a_table_for_all_targets_and_for_each(package, plan, shared, lang):
    grid = money_needed.two_inputs(package, plan, shared, shares=(0, 1), cases=(1, 0.5))
    shown = two_inputs.tables(Page(package, lang), grid)
    assert [each.name for each in shown.tables] == [
        f"two-inputs-{key}" for key in ("both", "poor_2015", "near_poor_2015")
    ]
    by = grid.set_index(["share_of_plan", "r", "target"])["chance"]
    assert by.groupby("target").size().tolist() == [4, 4, 4]
    kept = shown.tables[1].frame.set_index(["share_of_plan", "r"])["chance"]
    assert kept[1, 0.5] == by[1, 0.5, "poor_2015"] and len(kept) == 4
    assert chance(by[1, 1, "both"], lang) in shown.text


@each_lang
def test_the_tables_say_what_the_results_are(package, results, shared, lang):
    moved = group_changes(package, results, shared)
    text = equity.tables(Page(package, lang), results, group_levels(package, results), moved).text
    found = levels(package, results, GROUP).set_index(["scenario", "case", "who"])
    for _, row in found.iterrows():
        low, middle, high = (number(row[name], lang, 1) for name in ("q10", "q50", "q90"))
        assert f"{middle} ({low}–{high})" in text
    assert number(moved.set_index(["case", "who"]).loc[("continued", "rest"), "mean"], lang, 2) in text


@each_lang
def test_without_the_scenario_the_levels_stand_alone(package, results, shared, lang):
    alone = {"full_plan": results["full_plan"]}
    frames = group_levels(package, alone), group_changes(package, alone, shared)
    text = equity.tables(Page(package, lang), alone, *frames).text
    assert results["ethnic_minority_first"].scenario.title[lang] not in text
    assert number(22200, lang) in text


@each_lang
def test_without_a_group_a_sentence_stands_there(package, lang):
    readings = tuple(row for row in package.readings if row.group == "all")
    budget = tuple(row for row in package.budget_lines if row.group == "all")
    other = replace(package, readings=readings, budget_lines=budget)
    shared = shared_draws(other, draws=300)
    results = {"full_plan": outcomes.simulate(other, load_scenario("full_plan"), shared=shared)}
    frames = group_levels(other, results), group_changes(other, results, shared)
    shown = equity.tables(Page(other, lang), results, *frames)
    assert shown.text and not shown.tables


@each_lang
def test_figures_are_clean_and_nothing_is_cut(package, results, found, lang, monkeypatch):
    page = Page(package, lang)

    def draw():
        return [
            overview.dots(page, results),
            reallocation.dots(page, found),
            scenario_panels.chart(page, results),
        ]

    drawn = figures_drawn(monkeypatch, draw)
    assert not [fault for name, figure in drawn.items() for fault in faults_of(figure, name)]
    first = draw()
    for figure in first:
        assert_figure(figure)
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9}):
        assert [figure.html for figure in draw()] == [figure.html for figure in first]


@each_lang
def test_a_choice_before_r_is_known_is_told_with_its_regret(package, found, lang):
    page, fresh = Page(package, lang), found.fresh
    told = reallocation.sentences(page, found).text
    assert page.households(fresh.loc["shortfall", "shortfall"].mean(), -2) in told
    assert page.households(fresh.loc["plan", "regret"].max(), -1) in told
    other = replace(found, lines=found.lines.assign(shortfall_bn=found.lines["plan_bn"]))
    same = replace(found, lines=found.lines.assign(shortfall_bn=found.lines["joint_bn"]))
    assert reallocation.sentences(page, other).text != reallocation.sentences(page, same).text
