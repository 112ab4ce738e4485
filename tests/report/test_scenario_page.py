"""The page of a scenario: what it changes, its results, money, spread and list flows."""

import re
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from helpers import assert_clean, assert_figure, faults_of, figures_drawn

from giamngheo import list_scenarios, load_scenario, paths
from giamngheo.analysis.variance_shares import variance_shares
from giamngheo.report.scenario import assumptions, budget, changes, conclusion, flows, loans, results, spread
from giamngheo.report.variance_shares import table as variance_table
from giamngheo.report.wording import Page
from giamngheo.simulation.list_flows import (
    OF_NEAR_POOR,
    flows_by_case,
    published_flows,
    published_outside,
    yearly_counts,
)
from giamngheo.simulation.money import exact_sources, money, without_credit
from giamngheo.simulation.outcomes import CASES, simulate
from giamngheo.simulation.targets import above_target


@pytest.fixture(scope="module")
def short(package, shared):
    """A scenario of which a part of the money is not delivered."""
    return simulate(package, load_scenario("thirty_percent_short", package), shared=shared)


@pytest.fixture(scope="module")
def moves(full):
    return flows_by_case(full)


@pytest.fixture(scope="module")
def published():
    return published_flows()


# What it changes


def test_a_scenario_is_told_by_what_it_changes(package):
    page = Page(package, "vi")
    short, full = (load_scenario(name, package) for name in ("thirty_percent_short", "full_plan"))
    text = changes.sentences(page, short, money(package, short)).text
    assert "toàn bộ kinh phí còn 70 %" in text and "1.508,5 tỷ đồng" in text
    assert "kế hoạch đầy đủ" in changes.sentences(page, full, money(package, full)).text


def test_every_scenario_can_be_told(page, package):
    for name, *_ in list_scenarios(package):
        scenario = load_scenario(name, package)
        text = changes.sentences(page, scenario, money(package, scenario)).text
        assert not re.search(r"[{}]|None|Fraction|_", text)


# What it comes to


def test_the_results_are_a_frame_with_both_cases(page, package, short):
    made = results.table(page, short)
    assert_clean(made.html)
    found = made.table.set_index(["of", "measure"])
    for r, case in CASES.items():
        assert found.loc[("both", "chance"), case] == short.by_case[r]["both"]
        assert found.loc[("poor_2015", "median_pct"), case] == short.median(r, "poor")
        ends = found.loc[("poor_2015", "median_pct"), [f"{case}_q10", f"{case}_q90"]]
        assert tuple(ends) == short.interval(r, "poor")
        above = above_target(package, short.cases[r])
        assert found.loc[("near_poor_2015", "households_above"), case] == above["near_poor_2015"]
    assert page.percent(short.median(0, "poor"), 1) in made.text


def test_the_loans_are_taken_out_of_the_money_and_the_chances(page, package, shared, full):
    bare = simulate(package, without_credit(package, full.scenario), shared=shared)
    made = loans.table(page, full, bare).table.set_index("loans")
    assert made.loc["with", "delivered_bn_vnd"] == 2155
    assert made.loc["without", "delivered_bn_vnd"] == float(bare.cases[1].money.total) < 2155
    assert made.loc["without", "both_chance_new"] == bare.by_case[0]["both"] < full.by_case[0]["both"]
    assert made.loc["without", "poor_median_pct_new"] == bare.median(0, "poor")


def test_a_scenario_ends_on_its_distance_from_the_full_plan(page, short, full):
    assert page.percent(full.median(1, "poor"), 1) in conclusion.sentence(page, full, full).text
    text = conclusion.sentence(page, short, full).text
    assert "+" + page.points(short.median(0, "poor") - full.median(0, "poor"), 2) in text
    assert page.chance(full.by_case[0]["both"]) in text


def test_a_changed_assumption_stands_in_bold(page, package, register, full):
    core = load_scenario("hard_core", package).assumptions
    prior = full.cases[1].trend.prior
    made = assumptions.table(page, register, prior, core)
    assert_clean(made.html)
    assert made.table.loc[made.table["changed"], "assumption"].tolist() == list(core) == ["hard_core_pct"]
    assert f"<b>{getattr(register['hard_core_pct'], f'meaning_{page.lang}')}</b>" in made.html
    assert assumptions.table(page, register, prior, {}).html.count("<b>") == 0
    assert not re.search(r"\d[.,]\d{6}", made.text), "an estimate is told in three digits"


# Money


def test_the_money_table_is_exact(package, full):
    made = budget.tables(Page(package, "vi"), full.cases[1].money)
    for words in ("1.957,5", "137,5", "60", "2.155", "652,5", "45,83", "718,33"):
        assert words in made.text
    by_line, by_year = (table.frame for table in made.tables)
    assert by_line["total_bn_vnd"].sum() == pytest.approx(2155)  # the total is shown, not kept
    assert by_year["central_bn_vnd"].sum() == pytest.approx(1957.5)


def test_what_was_planned_is_named_where_it_differs(page, full, short):
    heads = [budget.tables(page, each.cases[1].money).text.splitlines()[2] for each in (full, short)]
    planned = page.say("money.planned")
    assert planned not in heads[0] and planned in heads[1]


def test_where_the_money_ends_is_told_and_what_cannot_be_spent_from_a_hundredth_on(
    page, package, shared, full
):
    made = budget.ends(page, full)
    shown = made.table.set_index("name")
    assert shown["delivered_bn_vnd"].sum() == pytest.approx(2155)  # the total is shown, not kept
    parts = [f"{who}_bn_vnd" for who in ("poor", "near_poor", "others", "unspent")]
    assert shown[parts].sum().sum() == pytest.approx(
        2155 - 39.6, abs=0.01
    )  # the lines that pay no households
    told = page.say("money.unspent", one="", other="", case="", low="", high="").split("<b>")[0]
    assert told not in made.text
    much = simulate(
        package, {"id": "much", "title": full.scenario.title, "funding": {"all": 10}}, shared=shared
    )
    made, whole = budget.ends(page, much), much.spending.set_index(["line", "case"]).loc["total"]
    assert told in made.text
    for case in ("continued", "new"):
        assert page.number(whole.loc[case, "unspent_bn_vnd"], -1) in made.text


def test_the_money_of_a_poor_household_comes_from_plan_and_count(package):
    made = budget.sentences(Page(package, "en"), None, np.array([0.5, 0.8, 1.2]))
    last = max((row for row in package.readings if row.households), key=lambda row: row.as_of)
    counted = next(
        row for row in package.readings if row.as_of == last.as_of and row.status == "poor" and row.households
    )
    assert f"{2155e3 / 3 / counted.households:.1f} million VND" in made.text
    assert "0.8 percentage points" in made.text


def unstated(package):
    """A plan whose first line names no source, and whose second names one for a part of its money."""
    first, second, *others = package.budget_lines
    none = {"central": None, "provincial": Decimal(0), "mobilised": None}
    second = second.model_copy(update=none | {"central": Decimal(50)})
    return replace(package, budget_lines=(first.model_copy(update=none), second, *others))


def test_money_without_a_source_is_nobodys(package, full):
    """Case: a plan of totals alone was told as central money."""
    page, bare = Page(package, "en"), Page(unstated(package), "en")
    spent = money(bare.package, full.scenario)
    untold = 600 + 600 - 3 * 50  # a line's whole total, and what the other's source leaves
    assert exact_sources(bare.package.budget_lines[1], 3) == {
        "central": 150,
        "untold": 450,
    }
    words = {"amount": page.money(1050), "share": page.percent(100 * 1050 / 2155, 1)}
    told = budget.sentences(bare, None, np.array([0.5, 0.8, 1.2])).text
    assert bare.say("money.source_part_untold", **words) in told
    drawn = budget.chart(bare, spent)
    assert_figure(drawn)
    by = drawn.table.groupby("source")["delivered_bn_vnd"].sum()
    assert by["untold"] == pytest.approx(untold) and by["central"] == pytest.approx(1957.5 - 540 - 390)
    assert by.sum() == pytest.approx(2155)
    by_line = budget.tables(bare, spent).table
    assert by_line["untold_bn_vnd"].sum() == pytest.approx(untold)
    assert "untold_bn_vnd" not in budget.tables(page, full.money).table


def test_a_plan_without_money_says_so(page, full):
    """Case: shares of nothing and the largest of no columns ended `03_scenario` in a traceback."""
    none = dict.fromkeys(("central", "provincial", "mobilised", "annual", "total_3y"), Decimal(0))
    empty = dict.fromkeys(("central", "provincial", "mobilised"))
    for bare in (none, none | empty):
        lines = tuple(row.model_copy(update=bare) for row in page.package.budget_lines)
        poor = Page(replace(page.package, budget_lines=lines), page.lang)
        spent = money(poor.package, full.scenario)
        assert page.say("money.none") in budget.sentences(poor, None, np.zeros(100)).text
        assert page.say("figure.budget_none") in budget.chart(poor, spent).text
        assert set(budget.tables(poor, spent).table["total_bn_vnd"]) == {0}


# Figures


def test_the_budgets_bars_are_its_frame_at_one_scale(package, short, monkeypatch):
    page, made = Page(package, "en"), []
    drawn = figures_drawn(monkeypatch, lambda: made.append(budget.chart(page, short.money)))
    for name in ("budget-wide", "budget-narrow"):
        (bars, outlines, _), scale = drawn[name].axes[0].collections, None
        for drawn_as, column in ((bars, "delivered_bn_vnd"), (outlines, "planned_bn_vnd")):
            wide = sorted(np.ptp(bar.vertices[:, 0]) for bar in drawn_as.get_paths())
            amounts = made[0].table[column]
            scale = scale or wide[-1] / amounts.max()
            assert wide == pytest.approx(sorted(scale * amounts[amounts > 0]))
    written = {text.get_text() for text in drawn["budget-wide"].axes[0].texts}
    for amount in made[0].table.query("delivered_bn_vnd > 0")["delivered_bn_vnd"].round(6):
        assert page.number(amount, 1 if amount % 1 else 0) in written


def test_long_amounts_stand_within_the_budgets_chart(package, monkeypatch):
    amount = Decimal("123456.7")
    line = {"annual": amount, "total_3y": 3 * amount, "central": amount, "provincial": 0, "mobilised": 0}
    rich = replace(package, budget_lines=(package.budget_lines[0].model_copy(update=line),))
    given = money(rich, load_scenario("full_plan", rich))
    drawn = figures_drawn(monkeypatch, lambda: budget.chart(Page(rich, "vi"), given))
    for name in ("budget-wide", "budget-narrow"):
        drawn[name].draw_without_rendering()
        inside, texts = drawn[name].bbox, drawn[name].axes[0].texts
        (written,) = (text.get_window_extent() for text in texts if not text.get_in_layout())
        assert inside.x0 <= written.x0 and written.x1 <= inside.x1


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("full_plan", 13, "Two of 13 lines take 56 % of 2,155 billion VND; the central budget pays 91 %"),
        ("full_plan", 1, "All of 600 billion VND is in one line; the central budget pays 90 %"),
        ("full_plan", 3, "Two of 3 lines take 80 % of 1,500 billion VND; the central budget pays 90 %"),
        ("no_new_money", 13, "No money is delivered"),
    ],
)
def test_the_budgets_title_says_who_gets_most(package, monkeypatch, name, lines, said):
    monkeypatch.setenv(paths.SHOWN_FOR, "neither")  # nothing is rendered
    some = replace(package, budget_lines=package.budget_lines[:lines])
    assert budget.chart(Page(some, "en"), money(some, load_scenario(name, some))).title == said


def figures(page, given):
    return budget.chart(page, given.cases[1].money), spread.chart(page, given)


def test_figures_are_clean_and_hold_what_they_draw(page, full, short):
    (_, rates), (money_short, _) = drawn = [figures(page, given) for given in (full, short)]
    for figure in (*drawn[0], *drawn[1]):
        assert_figure(figure)
    assert money_short.table["delivered_bn_vnd"].sum() == pytest.approx(1508.5)
    bins = rates.table
    assert bins.groupby("case")["draws"].sum().tolist() == [full.cases[1].trend.n_draws] * 2
    assert bins.groupby("case")["share_pct"].sum().tolist() == pytest.approx([100, 100])
    poor = full.cases[0].draws["all", "poor"][:, -1]
    third = bins[bins["case"] == "new"].iloc[2]
    assert third["draws"] == ((poor >= third["from_pct"]) & (poor < third["to_pct"])).sum()


def test_the_spreads_title_is_the_chance(page, full, monkeypatch):
    monkeypatch.setenv(paths.SHOWN_FOR, "neither")  # nothing is rendered
    title = spread.chart(page, full).title
    assert all(page.chance(full.by_case[r]["poor_2015"]) in title for r in (0, 1))


def test_the_spread_is_of_the_first_target_whatever_the_order_in_the_file(package, full, monkeypatch):
    monkeypatch.setenv(paths.SHOWN_FOR, "neither")  # nothing is rendered
    other = replace(package, targets=package.targets[::-1])
    assert spread.chart(Page(other, "en"), full).title == spread.chart(Page(package, "en"), full).title


def test_the_steps_of_the_spread_are_as_wide_as_asked(page, full):
    made = spread.chart(page, full, bin_pct=0.5)
    bins = made.table
    assert (bins["to_pct"] - bins["from_pct"]).tolist() == pytest.approx([0.5] * len(bins))
    assert bins.groupby("case")["share_pct"].sum().tolist() == pytest.approx([100, 100])
    assert page.points(0.5) in made.notebook_html
    assert page.points(0.25) in spread.chart(page, full).notebook_html


def test_the_parts_of_the_variance_are_a_table_that_adds_up(page, full):
    shares = variance_shares(full)
    made = variance_table(page, shares)
    assert_clean(made.html)
    assert len(made.text.splitlines()) == 3 + shares["part"].nunique()
    told = shares[shares["status"].isin(["poor", "near_poor"])]
    assert made.table.equals(told)
    for (status, case), own in told.groupby(["status", "case"]):
        assert own["share"].sum() == pytest.approx(1), (status, case)
    drift = told.set_index(["part", "status", "case"])["share"]["drift", "poor", "new"]
    assert page.percent(100 * drift, 0) in made.text
    alone = variance_table(page, variance_shares(full.trend))
    assert set(alone.table["part"]) == set(told["part"]) - {"money"}


def test_the_same_figure_is_the_same_bytes_whatever_the_user_likes(page, short):
    first = [figure.html for figure in figures(page, short)]
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9}):
        assert [figure.html for figure in figures(page, short)] == first


def test_no_text_is_cut_or_overlaps(page, full, short, monkeypatch):
    for given in (full, short):
        drawn = figures_drawn(monkeypatch, lambda given=given: figures(page, given))
        faults = [fault for name, figure in drawn.items() for fault in faults_of(figure, name)]
        assert len(drawn) == 4 and not faults, "\n".join(faults)


# List flows


def test_the_flow_tables_say_what_the_results_are(page, full, moves, published):
    counts = yearly_counts(full.cases[1], moves[1])
    last = max(counts)
    low, middle, high = np.quantile(counts[last]["exit"], (0.1, 0.5, 0.9))
    made = flows.counted(page, counts, 1)
    assert f"{page.number(middle, -2)} ({page.range(low, high, -2)})" in made.text
    assert made.table.set_index(["flow", "year"]).loc[("exit", last.year), "q50_households"] == middle
    whole = flows.tables(page, full, moves, published).text
    assert page.number(25.82, 1) in whole and "Ninh Thuận 2022" in whole
    assert f"≥ {page.number(0.56, 1)}" in whole  # a lower bound is told as one


def test_where_the_model_is_outside_is_said_plainly(page, moves, published, register):
    made = flows.sentences(page, moves, published, register)
    rows = published_outside(published, moves[1][min(moves[1])])
    assert made.table.equals(rows) and len(rows)
    for row in rows.itertuples():
        assert page.number(row.published_pct, 1) in made.text and page.number(row.q50_pct, 1) in made.text
    low, high = register["list_autocorrelation"].parameters
    assert page.number(low) in made.text and page.number(high) in made.text


def test_without_flows_a_sentence_stands_there(page, full, published, register):
    for shown in (
        flows.tables(page, full, {1: {}}, published),
        flows.sentences(page, {1: {}}, published, register),
    ):
        assert shown.text == page.say("flows.none") and not shown.tables


def test_a_list_without_near_poor_or_counts_has_no_such_rows(page, full, moves, published):
    nobody = dict.fromkeys((*OF_NEAR_POOR, "near_poor"), np.zeros(1_000))
    bare = {day: made | nobody | {"poor_to_non_poor": made["exit"]} for day, made in moves[1].items()}
    told = flows.counted(page, yearly_counts(full.cases[1], bare), 1)
    assert not set(told.table["flow"]) & set(OF_NEAR_POOR) and "exit" in set(told.table["flow"])
    uncounted = SimpleNamespace(cases={1: SimpleNamespace(households=None)})
    made = flows.tables(page, uncounted, {1: bare}, published)
    assert len(made.tables) == 1 and not set(made.table["flow"]) & set(OF_NEAR_POOR)
    assert "Ninh Thuận 2022" in made.text
