"""The tour: the answer as a pair, its panels, and the frames behind them."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from helpers import assert_clean

from giamngheo.analysis.pace import required_pace
from giamngheo.inputs.judged import level_pair
from giamngheo.inputs.parameters import DEFAULTS
from giamngheo.report import fan
from giamngheo.report.answer import answer, change, conclusion, glossary, pace, panels
from giamngheo.report.comparison import conclusion as compared
from giamngheo.report.comparison import overview, two_inputs
from giamngheo.report.grid import money
from giamngheo.report.grid.words import CHANCE, DELAY, MONEY, PHASING, PROVINCIAL, SHARE
from giamngheo.report.reports_page import about
from giamngheo.report.scenario import conclusion as scenario_conclusion
from giamngheo.report.scenario import results
from giamngheo.report.trend import pace as trend_pace
from giamngheo.report.wording import Page, target_heads
from giamngheo.simulation import outcomes
from giamngheo.simulation.money import scaled
from giamngheo.simulation.targets import CHANCE_SCALE

KEPT_GOING = {"vi": "chỉ duy trì đà giảm hiện có", "en": "only keeps the fall going"}
ON_TOP = {"vi": "giúp giảm thêm", "en": "comes on top"}
BEYOND = {"vi": "vượt tầm mô hình", "en": "beyond the model's range"}


@pytest.fixture(scope="module")
def variants(package, shared):
    return outcomes.simulate_all(package, ["hard_core", "fixed_gap"], shared)


@pytest.fixture(scope="module")
def needs(full):
    keys = [(key, r) for key in full.by_case[1] for r in (1, 0)]
    return {key: {"share_of_plan": None, "exits_per_bn": None} for key in keys}


def test_the_answer_is_a_pair_and_says_what_it_cannot_tell(page, full):
    made = answer.sentences(page, full)
    numbers = re.findall(r"khoảng \d+/\d+|about \d+ in \d+", made.text)
    assert numbers == [page.frequency(full.by_case[r]["both"]) for r in (1, 0)]
    for words in KEPT_GOING[page.lang], ON_TOP[page.lang], "An Giang", "2015":
        assert words in made.text
    assert ("Tám số liệu" if page.lang == "vi" else "eight readings") in made.text
    assert made.table.equals(full.chances)


def judged(full, one, zero):
    """The outcome with its chances of all targets set."""
    by_case = {r: full.by_case[r] | dict.fromkeys(full.by_case[r], p) for r, p in ((1, one), (0, zero))}
    return SimpleNamespace(by_case=by_case, scenario=full.scenario, chances=full.chances)


@pytest.mark.parametrize(
    ("one", "zero", "vi", "en"),
    [
        (0.08, 0.15, "khó đạt", "is unlikely to meet"),  # very unlikely, and unlikely: the milder
        (0.92, 0.7, "có khả năng đạt", "is likely to meet"),
        (0.4, 0.5, "có thể đạt, có thể không đạt", "is about as likely as not to meet"),
        (0.004, 0.002, "gần như không thể đạt", "is exceptionally unlikely to meet"),
        (0.2, 0.6, "hay không là tùy tác dụng của kinh phí", "hangs on what the money does"),
        (0.2, 0.9, "hay không là tùy tác dụng của kinh phí", "hangs on what the money does"),
    ],
)
def test_the_headline_speaks_as_the_scale_of_words_does(package, full, one, zero, vi, en):
    for lang, words in (("vi", vi), ("en", en)):
        page = Page(package, lang)
        said = answer.headline(page, judged(full, one, zero))
        assert words in said and page.frequency(one) in said and page.frequency(zero) in said


def test_one_chance_in_both_cases_is_said_once(page, full):
    assert answer.headline(page, judged(full, 0.2, 0.2)).count(page.frequency(0.2)) == 1


def test_a_plan_without_money_has_no_two_cases_of_it(package, page, full):
    rows = tuple(row.model_copy(update={"total_3y": row.total_3y * 0}) for row in package.budget_lines)
    said = answer.sentences(Page(replace(package, budget_lines=rows), page.lang), judged(full, 0.2, 0.2)).text
    assert page.frequency(0.2) in said and page.say("answer.no_money") in said
    assert not any(words in said for words in ("on top", "giảm thêm", "which", "trường hợp nào"))


@pytest.mark.parametrize(("one", "zero"), [(0.325, 0.335), (0.656, 0.7), (0.34, 0.34)])
def test_where_both_cases_print_alike_neither_is_set_against_the_other(page, full, one, zero):
    said = answer.headline(page, judged(full, one, zero))
    if page.frequency(one) == page.frequency(zero):
        assert "tùy tác dụng" not in said and "hangs on" not in said


def test_a_headline_of_one_target_or_of_many_names_them(package, full):
    """Also where targets have days of their own, and a package has one reading."""
    poor, near = level_pair(package).values()
    other = poor.model_copy(update={"target": "x", "as_of": date(2016, 12, 31)})
    outcome = judged(full, 0.2, 0.3)
    for r in (1, 0):
        outcome.by_case[r]["x"] = 0.2
    last = [row for row in package.readings if row.group == "all" and row.as_of == package.readings[-1].as_of]
    first = {row.status: row for row in sorted(last, key=lambda row: row.poverty_line)}.values()
    for targets, vi, en in (
        ((poor,), "mục tiêu giảm hộ nghèo", "its poverty target by the end of 2015"),
        ((near,), "mục tiêu giảm hộ cận nghèo", "its near-poor target"),
        ((poor, near, other), "cả ba mục tiêu", "all three poverty targets by the end of 2016"),
    ):
        of = replace(package, targets=targets, readings=tuple(first))
        for lang, words in (("vi", vi), ("en", en)):
            said = answer.sentences(Page(of, lang), outcome).text
            assert words in said and ("Một số liệu" if lang == "vi" else "one reading") in said
            joint = (
                {"vi": "Mọi mục tiêu", "en": "All"} if len(targets) == 3 else {"vi": "Cả hai", "en": "Both"}
            )
            assert len(targets) == 1 or target_heads(Page(of, lang))[-1][1] == joint[lang]


def test_the_answer_reads_the_same_for_nine_of_ten_seeds(package):
    """As it is printed, from as many draws as a report has; in whole percent it does not."""
    runs = [outcomes.simulate(package, draws=DEFAULTS["draws"], seed=seed) for seed in range(10)]
    for lang in ("vi", "en"):
        texts = Counter(answer.sentences(Page(package, lang), run).text for run in runs)
        assert texts.most_common(1)[0][1] >= 9, texts


def test_every_panel_prints_the_pair_and_what_would_turn_it(page, full, variants, needs):
    made = panels.side_by_side(page, full, variants, needs)
    assert_clean(made.html)
    assert made.html.count('class="panel"') == 3
    assert made.html.count('class="strip"') == 3
    for words in (page.say("case.continued"), page.say("case.new"), "80 %"):
        assert made.text.count(words) >= 3
    assert made.text.count(BEYOND[page.lang]) == 6 + 1  # and once in the note


def test_the_numbers_of_the_panels_are_a_frame(page, full, variants, needs):
    needs = needs | {("both", 0): {"share_of_plan": 1.7, "exits_per_bn": None}}
    made = panels.side_by_side(page, full, variants, needs)
    assert list(made.table) == ["target", "case", "measure", "value", "unit"]
    found = made.table.set_index(["target", "case", "measure"])["value"]
    assert found["poor_2015", "new", "chance"] == full.by_case[0]["poor_2015"]
    assert found["near_poor_2015", "continued", "median_pct"] == full.median(1, "near_poor")
    assert found["both", "new", "break_even"] == 1.7
    assert found["both", "new", "chance_hard_core"] == variants["hard_core"].by_case[0]["both"]
    assert page.say("panel.break_even_times", times=page.number(1.7, 1)) in made.text


def test_the_box_says_a_chance_as_a_frequency_and_its_error(page, full):
    box = panels.how_to_read(page, full)
    p, draws = full.by_case[1]["poor_2015"], full.cases[1].trend.n_draws
    for words in page.chance(p), page.frequency(p), page.number(round(p * draws)), page.number(draws):
        assert words in box.text
    assert page.points(100 / draws**0.5, 1) in box.text and 'class="box"' in box.html
    assert_clean(box.html)


def test_the_scale_has_a_word_for_every_chance(page):
    frame = panels.scale(page).table
    assert list(frame["word"]) == [word for word, _ in CHANCE_SCALE]
    assert frame["to_chance"].iloc[0] == 1 and frame["from_chance"].iloc[-1] == 0
    assert list(frame["to_chance"].iloc[1:]) == list(frame["from_chance"].iloc[:-1])


def test_the_pace_of_both_is_the_sum(page, package):
    required = required_pace(package)
    made = pace.sentences(page, required)
    assert made.table is required and len(made.text.splitlines()) == 3
    newest = required.groupby("target").last()["required_pp"]
    assert page.number(-newest.sum(), 2) in made.text.splitlines()[-1]


@pytest.mark.parametrize("more", [True, False], ids=["two days of one rate", "two days of two rates"])
def test_paces_to_two_days_are_not_added(page, more):
    """Case: a target on the way, whose pace and the same observed fall were counted once more."""
    poor, near = level_pair(page.package).values()
    early = poor.model_copy(
        update={"target": "poor_2013", "as_of": date(2013, 12, 31), "value_pct": Decimal(6)}
    )
    targets = (early, poor) if more else (early, near)
    other = Page(replace(page.package, targets=targets), page.lang)
    assert len(pace.sentences(other, required_pace(other.package)).text.splitlines()) == 2


def test_no_pace_is_the_sum_of_two_targets_for_the_poor(page):
    """Case: four targets for the poor were said to need four times their fall, "observed" four times as well."""
    first, *more = page.package.targets
    other = Page(
        replace(page.package, targets=(first, first.model_copy(update={"target": "again"}), *more)), "en"
    )
    assert len(pace.sentences(other, required_pace(other.package)).text.splitlines()) == 3
    early = {"as_of": first.as_of.replace(year=first.as_of.year - 1)}
    other = Page(replace(page.package, targets=(first.model_copy(update=early), *more)), "en")
    assert len(pace.sentences(other, required_pace(other.package)).text.splitlines()) == 2


def test_a_target_that_is_met_already_asks_for_no_pace(page):
    """Case: "the rate moves away from the target" of a rate below it, whose slack was taken off what both need."""
    given = page.package.targets

    def told(*done):
        of = {"value_pct": Decimal(9)}
        targets = tuple(t.model_copy(update=of) if t.target in done else t for t in given)
        other = Page(replace(page.package, targets=targets), page.lang)
        required = required_pace(other.package)
        assert page.say("pace.met") in trend_pace.table(other, required).text
        return required.groupby("target").last()["required_pp"], pace.sentences(other, required).text

    met = page.say("panel.pace_met", name="", observed="", span="").split("</b> ")[1].split(";")[0]
    needed, text = told("near_poor_2015")
    poor, near, both = text.splitlines()
    assert met in near and met not in poor + both and page.say("panel.pace_away") not in text
    assert page.number(-needed["poor_2015"], 2) in both
    assert all(met in line for line in told("poor_2015", "near_poor_2015")[1].splitlines())


def test_less_money_is_told_beside_the_full_plan(page, package, shared, full):
    changed = outcomes.simulate(package, scaled(full.scenario, 0.5), shared=shared)
    text = change.sentence(page, 0.5, changed, full).text
    for outcome in (changed, full):
        assert page.percent(outcome.median(0, "poor"), 1) in text
        assert page.chance(outcome.by_case[0]["poor_2015"]) in text
    assert "50 %" in text


def test_the_tour_ends_on_the_pair_with_and_without_a_hard_core(page, full, variants):
    text = conclusion.sentence(page, full, variants).text
    for outcome in (full, variants["hard_core"]):
        for r in (1, 0):
            assert page.chance(outcome.by_case[r]["poor_2015"]) in text


def test_a_rate_stands_at_its_own_target_s_day(package, full, variants, needs):
    """Case: the median and interval of 2015 beside a target that is due at the end of 2013."""
    poor, near = level_pair(package).values()
    early = poor.model_copy(update={"as_of": date(2013, 12, 31)})
    page = Page(replace(package, targets=(early, near)), "en")
    median, last = full.median(1, "poor", when=early.as_of), full.median(1, "poor")
    draws = full.cases[1].draws["all", "poor"][:, full.years.index(early.as_of)]
    assert median == np.median(draws) != last and full.interval(1, "poor", when=early.as_of)[0] < median
    found = panels.numbers(page, full, variants, needs).set_index(["target", "case", "measure"])["value"]
    assert found["poor_2015", "continued", "median_pct"] == median
    assert found["poor_2015", "continued", "q90_pct"] == np.quantile(draws, 0.9)
    assert (
        page.percent(full.median(0, "poor", when=early.as_of), 1)
        in change.sentence(page, 0.5, full, full).text
    )
    title = fan.picture(page, full).title
    assert page.number(median, 1) in title and "end of 2013" in title and "end of 2015" in title
    wide = overview.table(page, {"full_plan": full})
    assert wide.table["poor_pct_continued"].iloc[0] == median and "31 December 2013" in wide.text
    told = results.table(page, full).table.set_index(["of", "measure"])["continued"]
    assert told["poor_2015", "median_pct"] == median
    assert (
        f"at the end of 2013 is {page.percent(median, 1)}"
        in scenario_conclusion.sentence(page, full, full).text
    )


def test_two_targets_of_one_status_both_have_their_rows(package, shared, needs):
    """Case: fewer than 5 % poor by 2014 and fewer than 2 % by 2015; of the two only one was told."""
    last = level_pair(package)["poor"]
    early = last.model_copy(
        update={"target": "poor_2014", "value_pct": Decimal(5), "as_of": date(2014, 12, 31)}
    )
    of = replace(package, targets=(last, early))
    page, outcome = Page(of, "en"), outcomes.simulate(of, "full_plan", shared=replace(shared, package=of))
    heads = {"poor_2015": "Poor < 2 % (2015)", "poor_2014": "Poor < 5 % (2014)", "both": "Both"}
    assert dict(target_heads(page)) == heads and level_pair(of) == {"poor": last}
    needs = needs | {("poor_2014", r): needs["poor_2015", r] for r in (1, 0)}
    made = panels.side_by_side(page, outcome, {}, needs)
    assert made.html.count('class="panel"') == 3 and "Median sum" not in made.text
    medians = {
        year: page.percent(outcome.median(1, "poor", when=date(year, 12, 31)), 1) for year in (2014, 2015)
    }
    assert medians[2014] != medians[2015] and all(each in made.text for each in medians.values())
    told = results.table(page, outcome).text
    assert all(f"end of {year}" in told and each in told for year, each in medians.items())
    said = scenario_conclusion.sentence(page, outcome, outcome).text
    assert f"end of 2015 is {medians[2015]}" in said and "the chance of both targets is" in said
    assert about(page, outcome.chances.itertuples(index=False))["both"]["new"] == outcome.by_case[0]["both"]


@pytest.mark.parametrize(("n", "said"), [(1, ""), (2, "both targets"), (3, "all targets")])
def test_all_targets_at_once_are_named_by_how_many_there_are(package, shared, n, said):
    """Case: "both targets" of three, or of one."""
    poor, near = level_pair(package).values()
    third = poor.model_copy(update={"target": "x", "as_of": date(2014, 12, 31)})
    of = replace(package, targets=(third, near, poor) if n == 3 else (poor, near)[:n])
    page, both = (
        Page(of, "en"),
        outcomes.simulate_all(of, ["full_plan", "double"], replace(shared, package=of)),
    )
    full, bare = both["full_plan"], both["double"]
    grid = pd.DataFrame(
        [(1.0, r, key, 0.1) for r in (1, 0) for key in full.by_case[1]],
        columns=["share_of_plan", "r", "target", "chance"],
    )
    told = {
        "scenario": answer.sentences(page, bare).text,
        "pace": pace.sentences(page, required_pace(page.package)).text,
        "compared": overview.table(page, both).text,
        "dots": overview.dots(page, both).text,
        "conclusion": compared.sentences(page, both, np.array([0.1])).text,
        "full plan": scenario_conclusion.sentence(page, full, full).text,
        "a scenario": scenario_conclusion.sentence(page, bare, full).text,
        "heat": two_inputs.tables(page, grid).text,
    }
    if n == 3:
        assert "targets" not in told.pop("pace")  # points of three targets do not add up
    for name, text in told.items():
        found = set(re.findall("(?:both|all) targets", text.lower()))
        assert found == ({said} if said else set()), (name, text)
    row = {"target": "poor_2015", "case": "new", "chance": 0.1} | {PROVINCIAL: 0.5, SHARE: 0.5}
    best = pd.DataFrame([row | {MONEY: 1.0, CHANCE: 0.1, DELAY: 0, PHASING: "even"}])
    head = {1: "Poor < 2 %", 2: "Both", 3: "All"}[n]
    assert head in money.table(page, best).text


def test_the_panels_begin_with_a_sentence(page, full, variants, needs):
    low, high = (page.chance(p) for p in sorted(full.by_case[r]["poor_2015"] for r in (0, 1)))
    first = panels.side_by_side(page, full, variants, needs).text.splitlines()[0]
    said = {
        "vi": f"Xác suất để tỷ lệ hộ nghèo xuống dưới 2 % là {low} đến {high}; để tỷ lệ hộ cận nghèo",
        "en": f"The chance of fewer than 2 % poor is {low} to {high}; of at most 3 % near-poor is",
    }
    assert first.startswith(said[page.lang])


def test_every_term_has_a_meaning(page):
    made = glossary.terms(page)
    assert made.html.count("<dt>") == made.html.count("<dd>") == made.notebook_html.count("<li>") > 5
    assert_clean(made.html)


def test_a_plan_without_a_near_poor_target_has_one_panel(package, full, variants, needs):
    alone = replace(package, targets=tuple(t for t in package.targets if t.status != "near_poor"))
    page = Page(alone, "en")
    assert "its poverty target" in answer.sentences(page, full).text
    assert [key for key, _ in target_heads(page)] == ["poor_2015"]
    assert panels.side_by_side(page, full, variants, needs).html.count('class="panel"') == 1


def test_a_target_that_is_not_judged_is_in_no_headline_and_no_panel(package, variants, needs):
    """Case: "both" with the chance of one, then a KeyError in the panels, where nothing reads the near-poor."""
    alone = replace(package, readings=tuple(row for row in package.readings if row.status != "near_poor"))
    page, outcome = Page(alone, "en"), outcomes.simulate(alone, draws=100)
    assert "its poverty target" in answer.sentences(page, outcome).text
    made = panels.side_by_side(page, outcome, variants, needs)
    assert made.html.count('class="panel"') == 1 and set(made.table["target"]) == {"poor_2015"}


def test_a_target_that_no_reading_reaches_is_named_beside_the_panels(page, package):
    first = next(target for target in package.targets if target.target == "poor_2015")
    due = first.model_copy(update={"target": "poor_2011", "as_of": date(2011, 12, 31)})
    of_group = first.model_copy(update={"target": "khmer", "group": "khmer"})
    assert panels._unjudged(page) == []
    (told,) = panels._unjudged(Page(replace(package, targets=(*package.targets, due, of_group)), page.lang))
    assert ("cuối năm 2011" if page.lang == "vi" else "end of 2011") in told.text
    assert "khmer" in told.text.lower()
