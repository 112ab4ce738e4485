"""Figures, tables and sentences on small hand-made results: what they say, and that nothing is cut or overlaps."""

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import matplotlib as mpl
import pandas as pd
import pytest
from helpers import assert_clean, assert_figure, faults_of, figures_drawn, parsed

from giamngheo import load_package, load_scenario
from giamngheo.analysis import allocation
from giamngheo.analysis.pace import required_pace
from giamngheo.report import figures, narrative, tables
from giamngheo.simulation import outcomes, targets
from giamngheo.simulation.shared_draws import shared_draws

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
def shared(package):
    return shared_draws(package, draws=500, seed=0)


@pytest.fixture(scope="module")
def full(package, shared):
    return outcomes.outcome(package, load_scenario("full_plan", package), shared)


@pytest.fixture(scope="module")
def history(package):
    return package.frame("poverty")


@pytest.fixture
def target():
    return SimpleNamespace(target="poor_2015", group="all", status="poor", comparator="<", value_pct=Decimal(2),
                           as_of=date(2015, 12, 31))  # fmt: skip


def all_figures(package, full, shared, lang):
    """Every figure that a page shows, on real results."""
    level = targets.level_pair(package)
    trend = full.simulations[1].trend
    names = tables.line_names(package, lang)
    rivals = pd.DataFrame(
        [
            {"method": m, "as_of": pd.Timestamp(2015, 12, 31), "status": "poor", "q10": a, "q50": b, "q90": c}
            for m, a, b, c in (("last_value", 3.9, 7.8, 15), ("points", 0, 0, 0), ("drift", 2, 2.9, 4.2))
        ]
    )
    results = outcomes.outcomes(package, ["full_plan", "plan_is_new", "no_new_money", "fixed_gap"], shared)
    yield figures.fan_charts(full.simulations, level, lang)
    yield figures.fan_chart(trend.table, trend.history, "poor", lang, group="ethnic_minority")
    yield figures.rivals_chart(rivals, trend.table, "poor", lang, target=level["poor"])
    yield figures.chance_dots(results, tables.target_heads(package, lang), lang)
    yield figures.implied_households_chart(tables.implied_households(package.readings), lang)
    yield figures.answer_picture(full, level, lang)
    spread = allocation.reallocate(package, full.scenario, draws=100, fresh_draws=100)
    yield figures.allocation_dots(names, spread, lang)


@pytest.fixture(scope="module")
def drawn(package, full, shared):
    return {lang: list(all_figures(package, full, shared, lang)) for lang in LANGS}


@each_lang
def test_figures_are_clean_and_come_in_two_widths(drawn, lang):
    for figure in drawn[lang]:
        assert_figure(figure)


def test_the_same_figure_is_the_same_bytes_whatever_the_user_likes(drawn, package, full, shared):
    with mpl.rc_context(
        {"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9, "svg.fonttype": "path"}
    ):
        second = [figure.html for figure in all_figures(package, full, shared, "vi")]
    assert [figure.html for figure in drawn["vi"]] == second


@each_lang
def test_no_text_is_cut_or_overlaps(package, full, shared, lang, monkeypatch):
    drawn = figures_drawn(monkeypatch, lambda: list(all_figures(package, full, shared, lang)))
    faults = [fault for name, figure in drawn.items() for fault in faults_of(figure, name)]
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
    html = figures.fan_charts(full.simulations, targets.level_pair(package), "en").html
    top = max(int(n) for n in re.findall(r">(\d+) %</text>", html) if int(n) < 40)
    assert html.count(f">{top} %</text>") == 4


def test_instants_are_named_by_the_year_they_end():
    from giamngheo.report.fan import year_of

    assert year_of([date(2010, 12, 31), date(2012, 12, 31)]) == pytest.approx([2010, 2012])
    assert year_of(date(2011, 6, 30)) == pytest.approx(2010.496, abs=0.01)


# Exhibits and tables


@each_lang
def test_tables_of_a_package_are_whole(package, full, shared, lang):
    level = targets.level_pair(package)
    trend = full.simulations[1].trend
    names = tables.line_names(package, lang)
    made = [
        tables.readings_table(package, lang),
        tables.targets_table(package, lang),
        tables.measures_table(package, lang, names),
        tables.agencies_table(package, lang, names),
        tables.printed_budget_table(package, lang),
        tables.sources_table(package, lang),
        tables.falls_table(trend.history, lang),
        tables.quantile_tables(full.simulations, level, lang),
        tables.pace_table(required_pace(package), {t.target: t for t in package.targets}, lang),
    ]
    for exhibit in made:
        assert_clean(re.sub(r"https?://[^<\s]+", "", exhibit.html))
        assert (
            "None" not in exhibit.text and not re.search(r"\bnan\b", exhibit.text) and "{" not in exhibit.text
        )
    assert ("13,15" if lang == "vi" else "13.15") in made[0].text


@each_lang
def test_locators_are_put_into_words(lang):
    words = {"preamble 4": "mở đầu, đoạn 4", "budget table I.3": "biểu kinh phí I.3", "article 2": "Điều 2"}
    for locator, vietnamese in words.items():
        assert tables.locator_text(locator, lang) == (vietnamese if lang == "vi" else locator)
    assert "item" not in tables.locator_text("I.2 item 1; IV.1", "vi")


# Sentences


@each_lang
def test_methods_hold_formulas_and_the_estimates(package, full, lang):
    trend = full.simulations[1].trend
    made = narrative.methods(package, trend, 10, lang)
    assert_clean(made.html)
    assert made.html.count('class="formula"') >= 5
    assert "3,59 %" in made.text if lang == "vi" else "3.59 %" in made.text
    assert set(parsed(made.html).headings) == {3}
