"""Figures, tables and sentences on small hand-made results: what they say, and that nothing is cut or overlaps."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from giamngheo import allocation, exhibits, figures, load_package, load_scenario, narrative, summaries, tables
from giamngheo.figures import style
from giamngheo.figures.svg import svg_markup
from giamngheo.targets import required_pace
from giamngheo.worlds import workbench

LANGS = ("vi", "en")
each_lang = pytest.mark.parametrize("lang", LANGS)
QUANTILES = {
    "mean": 1.0,
    "q025": 0.5,
    "q10": 0.6,
    "q25": 0.8,
    "q50": 1.0,
    "q75": 1.2,
    "q90": 1.5,
    "q975": 1.7,
}


def forecast_table(middles, statuses=("poor", "near_poor"), group="all"):
    """A forecast for the ends of 2012 to 2015, around the same middles for each status."""
    rows = [
        {"as_of": pd.Timestamp(2012 + n, 12, 31), "group": group, "status": status}
        | {name: factor * middle for name, factor in QUANTILES.items()}
        for status in statuses
        for n, middle in enumerate(middles)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def bench(package):
    return workbench(package, draws=500, seed=0)


@pytest.fixture(scope="module")
def full(package, bench):
    return summaries.pair(package, load_scenario("full_plan", package), bench)


@pytest.fixture(scope="module")
def history(package):
    return package.frame("poverty")


@pytest.fixture
def target():
    return SimpleNamespace(target="poor_2015", group="all", status="poor", comparator="<", value_pct=Decimal(2),
                           as_of=date(2015, 12, 31))  # fmt: skip


def all_figures(package, full, bench, lang):
    """Every figure that a page shows, on real results."""
    level = summaries.level_pair(package)
    trend = full.simulations[1].trend
    money = full.simulations[1].money
    names = tables.line_names(package, lang)
    rivals = pd.DataFrame(
        [
            {"method": m, "as_of": pd.Timestamp(2015, 12, 31), "status": "poor", "q10": a, "q50": b, "q90": c}
            for m, a, b, c in (("last_value", 3.9, 7.8, 15), ("points", 0, 0, 0), ("drift", 2, 2.9, 4.2))
        ]
    )
    results = summaries.pairs(package, ["full_plan", "plan_is_new", "no_new_money", "fixed_gap"], bench)
    parts = money.by("line", "source")
    short = {key: value / 2 for key, value in parts.items()}
    planned = money.by("line", which="planned")
    yield figures.fan_charts(full.simulations, level, lang)
    yield figures.fan_chart(trend.table, trend.history, "poor", lang, group="ethnic_minority")
    yield figures.rivals_chart(rivals, trend.table, "poor", lang, target=level["poor"])
    yield figures.budget_bars(names, parts, lang, planned=planned)
    yield figures.budget_bars(names, short, lang, planned=planned)
    yield figures.chance_dots(results, tables.target_heads(package, lang), lang)
    yield figures.rate_histograms(full.simulations, level["poor"], lang)
    yield figures.implied_households_chart(tables.implied_households(package.readings), lang)
    yield figures.answer_picture(full, level, lang)
    spread = allocation.reallocate(package, full.scenario, draws=100, fresh_draws=100)
    yield figures.allocation_dots(names, spread, lang)


@pytest.fixture(scope="module")
def drawn(package, full, bench):
    return {lang: list(all_figures(package, full, bench, lang)) for lang in LANGS}


class Whole(HTMLParser):
    """Checks that tags close in order and collects ids and addresses."""

    VOID = ("br", "meta", "img", "link", "hr", "input")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.addresses, self.headings, self.tags = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.addresses += [attrs[name] for name in ("href", "src", "xlink:href") if name in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()


def parsed(html):
    """The parsed piece of page, whole."""
    whole = Whole()
    whole.feed(html)
    whole.close()
    assert whole.open == []
    return whole


def assert_clean(html):
    """Nothing that runs, nothing from outside, no id twice, every reference resolved."""
    whole = parsed(html)
    assert not re.search(r"<script|javascript:|\son\w+=|https?://|@import|url\((?!#)", html)
    assert len(whole.ids) == len(set(whole.ids))
    for name in re.findall(r'(?:href="#|url\(#)([^")]+)', html):
        assert name in whole.ids
    for _, attrs in whole.tags:
        for name in attrs.get("aria-labelledby", "").split():
            assert name in whole.ids
    return whole


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


def test_the_same_figure_is_the_same_bytes_whatever_the_user_likes(drawn, package, full, bench):
    with mpl.rc_context(
        {"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9, "svg.fonttype": "path"}
    ):
        second = [figure.html for figure in all_figures(package, full, bench, "vi")]
    assert [figure.html for figure in drawn["vi"]] == second


@each_lang
def test_no_text_is_cut_or_overlaps(package, full, bench, lang, monkeypatch):
    faults = []

    def check(figure, name, *others):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer, edge = canvas.get_renderer(), figure.bbox
        ticks = {
            tick for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks()
        }
        drawn = {tick for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for tick in axis._update_ticks()}
        left_out = {label for tick in ticks - drawn for label in (tick.label1, tick.label2)}
        inside = [
            (text.get_text(), text.get_window_extent(renderer))
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip() and text not in left_out
        ]
        for words, box in inside:
            if box.x0 < edge.x0 - 1 or box.x1 > edge.x1 + 1 or box.y0 < edge.y0 - 1 or box.y1 > edge.y1 + 1:
                faults.append(f"{name}: {words!r} is cut")
        for n, (words, box) in enumerate(inside):
            for other, second in inside[n + 1 :]:
                width = min(box.x1, second.x1) - max(box.x0, second.x0)
                height = min(box.y1, second.y1) - max(box.y0, second.y0)
                if width > 1.5 and height > 2.5:
                    faults.append(f"{name}: {words!r} on {other!r}")
        return svg_markup(figure, name, *others)

    monkeypatch.setattr(style, "svg_markup", check)
    list(all_figures(package, full, bench, lang))
    assert not faults, "\n".join(faults)


@each_lang
def test_fan_chart_says_what_it_shows(history, target, lang):
    chart = figures.fan_chart(
        forecast_table([6, 5, 4, 3]), history, "poor", lang, target=target, other=forecast_table([6, 4, 3, 2])
    )
    new_line = {"vi": "đổi chuẩn nghèo", "en": "new poverty line"}[lang]
    for words in ("80 %", "50 %", "13,15" if lang == "vi" else "13.15", new_line, "&lt; 2 %", "r = 0: "):
        assert words in chart.html
    median = "trung vị 3,0 %" if lang == "vi" else "median 3.0 %"
    assert median in chart.html and median in chart.text


def test_readings_on_two_lines_are_never_joined(history, target):
    chart = figures.fan_chart(forecast_table([6, 5, 4, 3]), history, "poor", "en", target=target)
    old = history[(history["status"] == "poor") & (history["poverty_line"] == "qd170_2005")]
    assert len(old) and chart.html.count("new poverty line") == 2  # once a width


def test_a_series_on_one_line_without_target_or_rival_can_be_drawn(history):
    one_line = history[history["poverty_line"] == "qd09_2011"]
    chart = figures.fan_chart(forecast_table([6, 5, 4, 3]), one_line, "near_poor", "en")
    assert_clean(chart.html)
    assert "new poverty line" not in chart.html


def test_near_poor_and_poor_share_one_scale(full, package):
    html = figures.fan_charts(full.simulations, summaries.level_pair(package), "en").html
    top = max(int(n) for n in re.findall(r">(\d+) %</text>", html) if int(n) < 40)
    assert html.count(f">{top} %</text>") == 4


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8), st.floats(0.1, 5))
def test_labels_are_kept_apart_and_in_order(positions, least):
    moved = style.spread(positions, least)
    order = np.argsort(np.asarray(positions), kind="stable")
    gaps = np.diff(np.asarray(moved)[order])
    assert (gaps >= least - 1e-6).all()
    if len(positions) == 1:
        assert moved == pytest.approx(positions)


def test_instants_are_named_by_the_year_they_end():
    from giamngheo.figures.trend import year_of

    assert year_of([date(2010, 12, 31), date(2012, 12, 31)]) == pytest.approx([2010, 2012])
    assert year_of(date(2011, 6, 30)) == pytest.approx(2010.496, abs=0.01)


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
def test_tables_of_a_package_are_whole(package, full, bench, lang):
    level = summaries.level_pair(package)
    trend = full.simulations[1].trend
    money = full.simulations[1].money
    names = tables.line_names(package, lang)
    made = [
        tables.readings_table(package, lang),
        tables.targets_table(package, lang),
        tables.measures_table(package, lang, names),
        tables.agencies_table(package, lang, names),
        tables.printed_budget_table(package, lang),
        tables.money_tables(package, money, lang),
        tables.sources_table(package, lang),
        tables.falls_table(trend.history, lang),
        tables.quantile_tables(full.simulations, level, lang),
        tables.pace_table(required_pace(package), {t.target: t for t in package.targets}, lang),
        tables.results_table(package, full, lang),
    ]
    for exhibit in made:
        assert_clean(re.sub(r"https?://[^<\s]+", "", exhibit.html))
        assert (
            "None" not in exhibit.text and not re.search(r"\bnan\b", exhibit.text) and "{" not in exhibit.text
        )
    total = "2.155" if lang == "vi" else "2,155"
    assert total in made[5].text and ("13,15" if lang == "vi" else "13.15") in made[0].text


def test_a_total_is_the_same_on_every_python(package):
    """sum() of these floats gives 2155 from Python 3.12 on, 2154.9999999999995 before."""
    from giamngheo import simulate

    moved = load_scenario("income_lines_first", package)
    amounts = simulate(package, moved, draws=100, seed=0).money.by("line", "source")
    figure = figures.budget_bars(tables.line_names(package, "en"), amounts, "en")
    assert figure.title.endswith(" 2,155 billion VND")


def test_the_money_table_is_exact(package, full):
    text = tables.money_tables(package, full.simulations[1].money, "vi").text
    for words in ("1.957,5", "137,5", "60", "2.155", "652,5", "45,83", "718,33"):
        assert words in text


@each_lang
def test_locators_are_put_into_words(lang):
    words = {"preamble 4": "mở đầu, đoạn 4", "budget table I.3": "biểu kinh phí I.3", "article 2": "Điều 2"}
    for locator, vietnamese in words.items():
        assert tables.locator_text(locator, lang) == (vietnamese if lang == "vi" else locator)
    assert "item" not in tables.locator_text("I.2 item 1; IV.1", "vi")


# Sentences


@each_lang
def test_the_answer_is_a_pair_and_says_what_it_cannot_tell(package, full, lang):
    text = narrative.answer(package, full, lang).text
    numbers = re.findall(r"\d+ %|(?:dưới|trên|under|over) \d+ %", text)
    assert len(numbers) >= 5  # two chances, each for one target and both, and the target itself
    assert "r = 1" in text and "r = 0" in text
    assert ("Tám số liệu" if lang == "vi" else "eight readings") in text


@each_lang
def test_every_panel_prints_the_pair_and_what_would_turn_it(package, full, bench, lang):
    variants = summaries.pairs(package, ["hard_core", "fixed_gap"], bench)
    needs = {
        (key, r): {"share_of_plan": None, "exits_per_bn": None} for key in full.chances[1] for r in (1, 0)
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
    from giamngheo.funding import money

    short = load_scenario("thirty_percent_short", package)
    text = narrative.scenario_sentences(package, short, money(package, short), "vi").text
    assert "toàn bộ kinh phí còn 70 %" in text and "1.508,5 tỷ đồng" in text
    full = load_scenario("full_plan", package)
    assert "kế hoạch đầy đủ" in narrative.scenario_sentences(package, full, money(package, full), "vi").text


@each_lang
def test_every_scenario_can_be_told(package, lang):
    from giamngheo import list_scenarios
    from giamngheo.funding import money

    for name, *_ in list_scenarios(package):
        scenario = load_scenario(name, package)
        text = narrative.scenario_sentences(package, scenario, money(package, scenario), lang).text
        assert not re.search(r"[{}]|None|Fraction|_", text)


@each_lang
def test_methods_hold_formulas_and_the_estimates(package, full, lang):
    trend = full.simulations[1].trend
    made = narrative.methods(package, trend, 10, lang)
    assert_clean(made.html)
    assert made.html.count('class="formula"') >= 5
    assert "3,59 %" in made.text if lang == "vi" else "3.59 %" in made.text
    assert set(parsed(made.html).headings) == {3}


def test_a_plan_without_a_near_poor_target_has_one_panel(package, full):
    alone = replace(package, targets=tuple(t for t in package.targets if t.status != "near_poor"))
    text = narrative.answer(alone, full, "en").text
    assert "both targets" not in text
    assert [key for key, _ in tables.target_heads(alone, "en")] == ["poor_2015"]
