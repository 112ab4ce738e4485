"""What the answer hangs on, as a page shows it: the numbers of the results, in order, and nothing where nothing is."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from helpers import assert_clean, faults_of, made_up

from giamngheo.analysis.sensitivity.chance_map import chance_grid
from giamngheo.analysis.sensitivity.choices import LARGE, choices
from giamngheo.analysis.sensitivity.information import value_of_information
from giamngheo.analysis.sensitivity.sobol_indices import by_case
from giamngheo.analysis.sensitivity.support import JUDGED, by_support
from giamngheo.analysis.sensitivity.tornado import tornado
from giamngheo.analysis.sensitivity.turning_points import TURNERS, crossings, turns
from giamngheo.language import number, percent
from giamngheo.report import figure_style, turning_points
from giamngheo.report.assumption_words import assumption_name
from giamngheo.report.sensitivity import chance_map, conclusion, information, support, swings, variance
from giamngheo.report.sensitivity import choices as chosen
from giamngheo.report.sensitivity import turns as turning
from giamngheo.report.sensitivity.words import range_text
from giamngheo.report.svg import svg_markup
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import shared_draws

LANGS = ("vi", "en")
each_lang = pytest.mark.parametrize("lang", LANGS)
VALUES = {"deadline_push": (0.02, 0.11), "hard_core_pct": (0.0, 1.0), "gap_drift": (-0.03, 0.09)}


def results(package, found, few):
    """All that the page is made of."""
    return SimpleNamespace(
        package=package,
        found=found,
        supports=by_support(found),
        turned=crossings(package, found, few),
        grid=chance_grid(package, found, few, list(VALUES)[:2], VALUES),
        indices=by_case(package, found.scenario, few, points=64),
    )


@pytest.fixture(scope="session")
def whole(package, found, shared):
    return results(package, found, shared)


@pytest.fixture(scope="session")
def alone(package, shown):
    """The same of a province that has no near-poor target."""
    package = replace(package, targets=tuple(t for t in package.targets if t.status != "near_poor"))
    few = shared_draws(package, draws=500, seed=0)
    return results(
        package, tornado(package, simulate(package, shown.scenario, shared=few), few, TURNERS), few
    )


def test_a_range_says_whether_the_readings_told_anything(page, found):
    """They speak of the distance of the two lines and hardly of what a change of line carries over."""
    told, untold = (page.say(f"sensitivity.span_{key}", span="") for key in ("read", "as_before"))
    assert range_text("gap_drift", found, page).endswith(told)
    assert range_text("carry_over", found, page).endswith(untold)
    assert found.ranges.index.isin(["gap_drift", "carry_over"]).sum() == 2


def exhibits(made, lang):
    """Everything on the page."""
    page, found, register = Page(made.package, lang), made.found, made.found.register
    return [
        swings.sentence(page, found),
        swings.chart(page, found),
        swings.table(page, found),
        turning.table(page, made.turned, register),
        swings.draws_note(page, 2_000, 1_000),
        chance_map.sentence(page, made.grid, register),
        chance_map.tables(page, made.grid, register),
        variance.sentences(page, made.indices, "poor"),
        variance.chart(page, made.indices, "poor", register),
        variance.table(page, made.indices, "poor", register, 64),
        support.sentence(page, made.supports),
        support.table(page, made.supports),
        support.sceptic_table(page, found, made.supports),
        support.sceptic_rest(page, found, made.supports),
        turning_points.sentence(page, turns(found), register),
        conclusion.sentence(page, found, made.supports, made.turned),
    ]


@each_lang
@pytest.mark.parametrize("which", ["whole", "alone"])
def test_the_page_is_whole_with_and_without_a_near_poor_target(which, lang, request):
    shown = exhibits(request.getfixturevalue(which), lang)
    for exhibit in shown:
        assert_clean(exhibit.html)
        for hole in ("None", "nan", "{", "_"):
            assert hole not in exhibit.text.replace("_pct", ""), exhibit.text
    text = "\n".join(exhibit.text for exhibit in shown)
    both = "both targets" if lang == "en" else "cả hai mục tiêu"
    assert (both in text) == (which == "whole")
    names = [table.name for exhibit in shown for table in exhibit.tables]
    assert len(names) == len(set(names)) == 10


@each_lang
def test_nothing_is_said_where_nothing_turns(package, register, lang):
    page, still = Page(package, lang), made_up(0.3, ("hard_core_pct", 1.0, 0.3), register=register)
    turned = turns(still).assign(even_at=float("nan"))
    nothing = page.say("sensitivity.turn_nothing")
    assert turning_points.sentence(page, turned, register).text == re.sub("</?b>", "", nothing)
    assert turning.table(page, turned, register).text == page.say("sensitivity.turn_none")
    no_map = pd.DataFrame(columns=["case", "target", "chance"])
    assert chance_map.tables(page, no_map, register).text
    assert chance_map.sentence(page, no_map, register).text == ""
    supports = by_support(still)
    nothing = support.sentence(page, supports).text
    assert nothing == swings.sentence(page, still).text == support.sceptic_table(page, still, supports).text
    assert conclusion.sentence(page, still, supports, turned).text


@each_lang
def test_a_map_may_be_over_the_money_too(package, found, shared, register, lang):
    values = {"hard_core_pct": (0.0, 1.0), "share_of_plan": (0.5, 2.0)}
    grid, page = chance_grid(package, found, shared, list(values), values), Page(package, lang)
    shown = chance_map.tables(page, grid, register)
    assert page.say("sensitivity.unit.share_of_plan") in shown.text
    joint = grid[(grid["target"] == "both") & (grid["case"] == "new")]["chance"]
    told = chance_map.sentence(page, grid, register).text
    assert page.chance(joint.min()) in told and page.chance(joint.max()) in told
    assert page.say("sensitivity.name.share_of_plan") in told


@each_lang
def test_a_verdict_that_turns_is_told_with_its_numbers(package, register, lang):
    page = Page(package, lang)
    turned = turns(made_up(0.3, ("hard_core_pct", 1.25, 0.62), register=register))
    text = turning_points.sentence(page, turned, register).text
    both = page.say("sensitivity.turn_same", p=percent(62, lang, 0))
    for words in (re.sub("</?b>", "", both), percent(1.25, lang)):
        assert words in text
    other = turns(made_up(0.3, ("gap_drift", -0.05, 0.62), register=register))
    text = turning_points.sentence(page, other, register).text
    assert ("thu hẹp" if lang == "vi" else "drew together") in text
    shown = turning.table(page, turned.assign(even_at=0.5), register)
    line = shown.text.splitlines()[4]
    assert line.endswith(number(0.5, lang)) and percent(62, lang, 0) in line


def test_a_push_is_told_in_points_of_the_rate_that_it_takes_off(package, register):
    """From 2 % up by 0.11 on the model's scale is 2.6 %: Φ(Φ⁻¹(0.02) + 0.11), by any table of the normal law."""
    page = Page(package, "en")
    turned = turns(made_up(0.3, ("deadline_push", 0.11, 0.62), register=register))
    text = turning_points.sentence(page, turned, register).text
    assert "another 0.6 percentage points off the poverty rate" in text and "probit" not in text
    untargeted = replace(package, targets=tuple(t for t in package.targets if t.status != "poor"))
    assert turning_points._at_target(0.11, Page(untargeted, "en")) == pytest.approx(1.49, abs=0.01)


@each_lang
def test_the_tornado_holds_the_numbers_of_the_swings(whole, lang):
    page, found = Page(whole.package, lang), whole.found
    lines = swings.table(page, found).text.splitlines()
    for row in found.swings[found.swings["assumption"].isin(found.joint["assumption"])].itertuples():
        name = assumption_name(row.assumption, found.register, page).lower()
        line = next(line for line in lines if line.lower().startswith(name))
        assert swings.span_text(page, row.low, row.high) in line
    assert assumption_name("value_relief", found.register, page) not in "\n".join(lines).lower()


def test_the_frames_behind_the_tornado_hold_what_is_shown(whole):
    page, found = Page(whole.package, "en"), whole.found
    drawn = swings.chart(page, found).table
    assert (
        drawn["assumption"].unique().tolist()
        == found.joint["assumption"].unique()[: swings.MOST_ROWS].tolist()
    )
    keys = ["assumption", "case", "target"]
    table = swings.table(page, found).table.set_index(keys)["low_chance"]
    low = found.swings.set_index(keys)["low"]
    assert table["gap_drift", "new", "poor_2015"] == low["gap_drift", "new", "poor_2015"]
    assert ("continuity", "new", "poor_2015") not in table.index  # r is held there


@each_lang
def test_every_assumption_stands_in_the_sceptics_tables_once(whole, register, lang):
    page = Page(whole.package, lang)
    large = support.sceptic_table(page, whole.found, whole.supports)
    rest = support.sceptic_rest(page, whole.found, whole.supports)
    assert sorted([*large.table["assumption"], *rest.table["assumption"]]) == sorted([*register, *JUDGED])
    starts = [line.lower() for line in f"{large.text}\n{rest.text}".splitlines()]
    for name in [*register, *JUDGED]:
        words = assumption_name(name, register, page).lower()
        assert any(line.startswith(f"{words} ") for line in starts), name


def known_indices(*rows):
    columns = ["case", "input", "first", "first_bound", "total", "total_bound"]
    return pd.DataFrame(
        [(case, name, *values) for case in ("continued", "new") for name, *values in rows], columns=columns
    )


@each_lang
def test_known_indices_stand_in_the_table_in_their_order(package, register, lang):
    page = Page(package, lang)
    known = {"return_credit": (0.314, 0.02, 0.558, 0.03), "hard_core_pct": (0.442, 0.01, 0.443, 0.02)}
    shown = variance.table(page, known_indices(*((k, *v) for k, v in known.items())), "poor", register, 1_024)
    lines = shown.text.splitlines()[2:4]
    for line, (name, values) in zip(lines, known.items(), strict=True):
        assert line.lower().startswith(assumption_name(name, register, page).lower())
        first, first_bound, total, total_bound = (number(100 * x, lang, 1) for x in values)
        assert line.count(f"{first} ± {first_bound}") == line.count(f"{total} ± {total_bound}") == 2
    assert number(1_024, lang) in shown.text


@each_lang
def test_small_indices_are_added_up_in_the_last_row(package, register, lang):
    rows = (
        ("return_credit", 0.99, 0.1, 0.99, 0.1),
        ("rural_share", 0.004, 0, 0.006, 0),
        ("value_cash", 0, 0, 0, 0),
    )
    shown = variance.table(Page(package, lang), known_indices(*rows), "poor", register)
    last = shown.text.splitlines()[3]
    assert last.startswith("2 đầu vào khác" if lang == "vi" else "2 other inputs")
    assert last.split()[-4:] == [number(x, lang, 1) for x in (0.4, 0.6, 0.4, 0.6)]
    assert "<tfoot>" in shown.html


@each_lang
def test_no_text_is_cut_or_overlaps(whole, lang, monkeypatch):
    faults = []

    def check(figure, name, *others):
        faults.extend(faults_of(figure, name))
        return svg_markup(figure, name, *others)

    monkeypatch.setattr(figure_style, "svg_markup", check)
    page = Page(whole.package, lang)
    swings.chart(page, whole.found)
    variance.chart(page, whole.indices, "poor", whole.found.register)
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="session")
def made(package, found, shared):
    return choices(package, found, shared)


@each_lang
def test_choices_that_move_a_headline_far_are_named_and_marked(package, found, made, lang):
    page = Page(package, lang)
    said, shown = chosen.sentence(page, made, found.register), chosen.table(page, made, found.register)
    assert_clean(said.html)
    assert_clean(shown.html)
    far = made.groupby("assumption", sort=False)["change"].agg(lambda own: own.abs().max())
    told = set(far[far >= LARGE].sort_values(ascending=False, kind="stable").index[: chosen.MOST_TOLD])
    one = "how much of the money is in the fall" if lang == "en" else "phần kinh phí đã nằm trong đà giảm"
    for name in far.index:
        words = one if name == "continuity" else f"<b>{assumption_name(name, found.register, page)}</b>"
        assert (words in said.html) == (name in told), name
    assert shown.text.count("*") - 1 == (made["change"].abs() >= LARGE).sum()  # one in the note
    assert len(shown.tables[0].frame) == len(made)


@each_lang
def test_choices_that_hardly_move_anything_are_said_to(package, found, made, lang):
    page, still = Page(package, lang), made.assign(change=0.001)
    assert (
        page.say("choices.none", large=page.points(3, 0)) in chosen.sentence(page, still, found.register).text
    )


@each_lang
def test_the_value_of_information_is_told_of_the_best_and_of_the_review(package, shown, lang):
    page, many = Page(package, lang), shared_draws(package, draws=2_000, seed=0)
    worth = value_of_information(package, shown, many)
    said = information.sentence(page, worth, shown.trend, many.register)
    table = information.table(page, worth, shown.trend, many.register)
    assert_clean(said.html)
    assert_clean(table.html)
    row = worth[(worth["measurement"] == "review") & (worth["case"] == "continued")].iloc[0]
    for end in ("before", "low", "high"):
        assert page.chance(row[end]) in table.text
    best = worth[(worth["case"] == "either") & (worth["target"] == "both")].iloc[0]
    for end in ("before", "low", "high"):
        assert page.chance(best[end]) in said.text
    assert "2012" in said.text and len(table.tables[0].frame) == len(worth)
    none = information.sentence(page, worth.assign(change=0.0), shown.trend, many.register)
    assert none.text == re.sub("</?b>", "", page.say("information.none"))
    assert information.table(page, worth[:0], shown.trend, many.register).text == none.text
