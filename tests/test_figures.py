"""Figures, tables and sentences on small hand-made results: what they say, and that nothing is cut or overlaps."""

import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from helpers import assert_clean, faults_of
from hypothesis import given
from hypothesis import strategies as st

from giamngheo import load_package, load_scenario
from giamngheo.analysis import allocation
from giamngheo.report import exhibits, figures, narrative, tables
from giamngheo.report import figure_style as style
from giamngheo.report.svg import svg_markup
from giamngheo.simulation import outcomes, targets
from giamngheo.simulation.shared_draws import shared_draws

LANGS = ("vi", "en")
each_lang = pytest.mark.parametrize("lang", LANGS)


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def shared(package):
    return shared_draws(package, draws=500, seed=0)


@pytest.fixture(scope="module")
def full(package, shared):
    return outcomes.outcome(package, load_scenario("full_plan", package), shared)


def all_figures(package, full, shared, lang):
    """Every figure that a page shows, on real results."""
    level = targets.level_pair(package)
    money = full.simulations[1].money
    names = tables.line_names(package, lang)
    results = outcomes.outcomes(package, ["full_plan", "plan_is_new", "no_new_money", "fixed_gap"], shared)
    parts = money.by("line", "source")
    short = {key: value / 2 for key, value in parts.items()}
    planned = money.by("line", which="planned")
    yield figures.budget_bars(names, parts, lang, planned=planned)
    yield figures.budget_bars(names, short, lang, planned=planned)
    yield figures.chance_dots(results, tables.target_heads(package, lang), lang)
    yield figures.rate_histograms(full.simulations, level["poor"], lang)
    spread = allocation.reallocate(package, full.scenario, draws=100, fresh_draws=100)
    yield figures.allocation_dots(names, spread, lang)


@pytest.fixture(scope="module")
def drawn(package, full, shared):
    return {lang: list(all_figures(package, full, shared, lang)) for lang in LANGS}


@each_lang
def test_figures_are_clean_and_come_in_two_widths(drawn, lang):
    for figure in drawn[lang]:
        whole = assert_clean(figure.html)
        drawings = [attrs for tag, attrs in whole.tags if tag == "svg"]
        assert {attrs["class"] for attrs in drawings} == {"wide", "narrow"}
        assert all(attrs["role"] == "img" for attrs in drawings)
        assert figure.html.count("<title ") == figure.html.count("<desc ") == len(drawings)
        assert "figcaption" in figure.html and figure.title in figure.text
        assert len(figure.html) < 30_000 * len(drawings)


def test_the_same_figure_is_the_same_bytes_whatever_the_user_likes(drawn, package, full, shared):
    with mpl.rc_context(
        {"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9, "svg.fonttype": "path"}
    ):
        second = [figure.html for figure in all_figures(package, full, shared, "vi")]
    assert [figure.html for figure in drawn["vi"]] == second


@each_lang
def test_no_text_is_cut_or_overlaps(package, full, shared, lang, monkeypatch):
    faults = []

    def check(figure, name, *others):
        faults.extend(faults_of(figure, name))
        return svg_markup(figure, name, *others)

    monkeypatch.setattr(style, "svg_markup", check)
    list(all_figures(package, full, shared, lang))
    assert not faults, "\n".join(faults)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8), st.floats(0.1, 5))
def test_labels_are_kept_apart_and_in_order(positions, least):
    moved = style.spread(positions, least)
    order = np.argsort(np.asarray(positions), kind="stable")
    gaps = np.diff(np.asarray(moved)[order])
    assert (gaps >= least - 1e-6).all()
    if len(positions) == 1:
        assert moved == pytest.approx(positions)


# Exhibits and tables


def test_phrases_are_escaped_but_for_four_tags():
    assert exhibits.rich("<script>x</script> <b>1</b> a < 2") == (
        "&lt;script&gt;x&lt;/script&gt; <b>1</b> a &lt; 2"
    )
    assert exhibits.rich("<b onclick='x'>") == "&lt;b onclick=&#x27;x&#x27;&gt;"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("là <b>8 %</b> (x)", '<b><span class="n">8 %</span></b>'),
        ("dưới < 2 % hộ", '<span class="n">&lt; 2 %</span>'),
        ("2.155 tỷ đồng", '<span class="n">2.155 tỷ đồng</span>'),
        ("230–350 tỷ đồng", '<span class="n">230–350 tỷ đồng</span>'),
        ("13.15 % poor", '<span class="n">13.15 %</span>'),
    ],
)
def test_a_number_and_its_unit_stay_on_one_line(text, kept):
    assert kept in exhibits.rich(text)


def test_a_table_names_rows_columns_and_itself():
    made = exhibits.table(
        "A <b>caption</b>",
        [exhibits.Column("Line", False), exhibits.Column("Value")],
        [["credit", "600"], ["all", "2,155"]],
        note="in billions",
        shades={(0, 1): 1.0},
        foot=1,
    )
    whole = assert_clean(made.html)
    scopes = [attrs.get("scope") for tag, attrs in whole.tags if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]
    assert "<caption><span>A <b>caption</b></span></caption>" in made.html and "<tfoot>" in made.html
    assert "background:#9cc9ec" in made.html
    assert made.text.splitlines() == [
        "A caption",
        "Line    Value",
        "credit    600",
        "all     2,155",
        "in billions",
    ]


def test_an_exhibit_shows_as_page_and_as_rounded_text():
    bundle = exhibits.prose("một <b>hai</b>", css="answer")._repr_mimebundle_()
    assert bundle == {"text/html": '<p class="answer">một <b>hai</b></p>', "text/plain": "một hai"}


@pytest.mark.parametrize("depth", [0, 0.5, 1, 7])
def test_shades_leave_black_text_readable(depth):
    colour = exhibits.shade_colour(depth)
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert (light + 0.05) / (0.0103 + 0.05) > 7


@each_lang
def test_tables_of_a_package_are_whole(package, full, shared, lang):
    money = full.simulations[1].money
    made = [
        tables.money_tables(package, money, lang),
        tables.results_table(package, full, lang),
    ]
    for exhibit in made:
        assert_clean(re.sub(r"https?://[^<\s]+", "", exhibit.html))
        assert (
            "None" not in exhibit.text and not re.search(r"\bnan\b", exhibit.text) and "{" not in exhibit.text
        )
    total = "2.155" if lang == "vi" else "2,155"
    assert total in made[0].text


def test_the_money_table_is_exact(package, full):
    text = tables.money_tables(package, full.simulations[1].money, "vi").text
    for words in ("1.957,5", "137,5", "60", "2.155", "652,5", "45,83", "718,33"):
        assert words in text


# Sentences


@each_lang
def test_the_answer_is_a_pair_and_says_what_it_cannot_tell(package, full, lang):
    text = narrative.answer(package, full, lang).text
    numbers = re.findall(r"\d+ %|(?:dưới|trên|under|over) \d+ %", text)
    assert len(numbers) >= 5  # two chances, each for one target and both, and the target itself
    assert "r = 1" in text and "r = 0" in text
    assert ("Tám số liệu" if lang == "vi" else "eight readings") in text


@each_lang
def test_every_panel_prints_the_pair_and_what_would_turn_it(package, full, shared, lang):
    variants = outcomes.outcomes(package, ["hard_core", "fixed_gap"], shared)
    needs = {
        (key, r): {"share_of_plan": None, "exits_per_bn": None} for key in full.by_case[1] for r in (1, 0)
    }
    made = narrative.panels(package, full, variants, needs, lang)
    assert_clean(made.html)
    assert made.html.count('class="panel"') == 3
    assert made.html.count('class="strip"') == 3
    for words in ("r = 1", "r = 0", "80 %"):
        assert made.text.count(words) >= 3
    beyond = "vượt tầm mô hình" if lang == "vi" else "beyond the model's range"
    assert made.text.count(beyond) == 6 + 1  # and once in the note


def test_a_scenario_is_told_by_what_it_changes(package):
    from giamngheo.simulation.money import money

    short = load_scenario("thirty_percent_short", package)
    text = narrative.scenario_sentences(package, short, money(package, short), "vi").text
    assert "toàn bộ kinh phí còn 70 %" in text and "1.508,5 tỷ đồng" in text
    full = load_scenario("full_plan", package)
    assert "kế hoạch đầy đủ" in narrative.scenario_sentences(package, full, money(package, full), "vi").text


@each_lang
def test_every_scenario_can_be_told(package, lang):
    from giamngheo import list_scenarios
    from giamngheo.simulation.money import money

    for name, *_ in list_scenarios(package):
        scenario = load_scenario(name, package)
        text = narrative.scenario_sentences(package, scenario, money(package, scenario), lang).text
        assert not re.search(r"[{}]|None|Fraction|_", text)


def test_a_plan_without_a_near_poor_target_has_one_panel(package, full):
    alone = replace(package, targets=tuple(t for t in package.targets if t.status != "near_poor"))
    text = narrative.answer(alone, full, "en").text
    assert "both targets" not in text
    assert [key for key, _ in tables.target_heads(alone, "en")] == ["poor_2015"]
