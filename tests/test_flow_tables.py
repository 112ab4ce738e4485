"""List flows as a page tells them: what adds up, what is calibrated, and what is shown where there is less."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from giamngheo import load_package, load_scenario
from giamngheo.language import number, say
from giamngheo.report import tables
from giamngheo.report.scenario.list_flows import count_table, differences
from giamngheo.simulation import outcomes
from giamngheo.simulation.list_flows import (
    BY_STATUS,
    RANGES,
    flow_table,
    flows_by_reading,
    published_flows,
    returns_if_permanent,
    shares_of_start,
    yearly_counts,
)
from giamngheo.simulation.shared_draws import shared_draws

LANGS = ("vi", "en")


@pytest.fixture(scope="module")
def result():
    package = load_package()
    return outcomes.outcome(package, load_scenario("full_plan", package), shared_draws(package, draws=1_000))


@pytest.fixture(scope="module")
def flows(result):
    return flows_by_reading(result)


@pytest.mark.parametrize("r", [1, 0])
def test_the_stocks_of_households_add_up_in_every_draw(result, flows, r):
    for made in yearly_counts(result.simulations[r], flows[r]).values():
        left = made["poor_at_start"] - made["exit"] + made["entry"]
        assert_allclose(left, made["poor_at_end"], atol=1e-6)
        assert_allclose(made["poor_to_near_poor"] + made["poor_to_non_poor"], made["exit"], atol=1e-6)
        assert_allclose(made["new_entry"] + made["re_entry"], made["entry"], atol=1e-6)
        assert (made["near_poor_to_poor"] <= made["entry"] + 1e-6).all()


def test_the_year_before_the_money_is_the_same_under_both_readings(flows):
    first = min(flows[1])
    for name, values in flows[1][first].items():
        assert_allclose(values, flows[0][first][name])


def test_shares_are_those_of_the_flow_table(result, flows):
    table = flow_table(result.simulations[1])
    ours = table[table["source"] == "model"].set_index(["year", "flow"])
    for day, made in flows[1].items():
        for name, values in shares_of_start(made).items():
            assert np.median(values) == pytest.approx(ours.loc[(day.year, name), "pct_q50"])


@pytest.mark.parametrize("lang", LANGS)
def test_the_table_says_what_the_results_are(result, flows, lang):
    counts = yearly_counts(result.simulations[1], flows[1])
    text = count_table(counts, 1, lang).text
    last = counts[max(counts)]
    low, middle, high = (number(value, lang, -2) for value in np.quantile(last["exit"], (0.1, 0.5, 0.9)))
    assert f"{middle} ({low}–{high})" in text
    whole = tables.flow_tables(result, flows, published_flows(), lang).text
    assert number(25.82, lang, 1) in whole and "Ninh Thuận 2022" in whole
    assert f"≥ {number(0.56, lang, 1)}" in whole  # a lower bound is told as one


def test_a_permanent_part_alone_would_bring_back_more_than_the_list_does():
    found = returns_if_permanent(published_flows())
    assert len(found) == 2
    assert (found["re_entry_pct"] < 21).all() and (found["least_pct"] > 38).all()
    assert (found["most_pct"] > found["least_pct"]).all()


@pytest.mark.parametrize("lang", LANGS)
def test_where_the_model_is_outside_is_said_plainly(flows, lang):
    rows = differences(flows, published_flows())
    assert {"near_poor_to_poor", "poor_to_near_poor"} <= {row["flow"] for row in rows}
    assert not any(row["flow"] in ("exit", "re_entry") for row in rows)  # what is calibrated fits
    text = tables.flow_sentences(flows, published_flows(), RANGES, lang).text
    for row in rows:
        assert number(row["published"], lang, 1) in text and number(row["q50"], lang, 1) in text


@pytest.mark.parametrize("lang", LANGS)
def test_without_flows_a_sentence_stands_there(result, lang):
    for shown in (
        tables.flow_tables(result, {1: {}}, published_flows(), lang),
        tables.flow_sentences({1: {}}, published_flows(), RANGES, lang),
    ):
        assert shown.kind == "prose" and len(shown.text) > 50


@pytest.mark.parametrize("lang", LANGS)
def test_a_list_without_near_poor_or_counts_has_no_such_rows(result, flows, lang):
    nobody = dict.fromkeys((*BY_STATUS, "near_poor"), np.zeros(1_000))
    bare = {day: made | nobody | {"poor_to_non_poor": made["exit"]} for day, made in flows[1].items()}
    assert not set(BY_STATUS) & set(shares_of_start(bare[min(bare)]))
    told = count_table(yearly_counts(result.simulations[1], bare), 1, lang).text
    assert say("flows.name.poor_to_non_poor", lang) not in told
    uncounted = SimpleNamespace(households=None)
    assert yearly_counts(uncounted, bare) == {}
    fake = SimpleNamespace(simulations={1: uncounted}, shown=(1,))
    text = tables.flow_tables(fake, {1: bare}, published_flows(), lang).text
    assert say("flows.name.near_poor_to_poor", lang)[1:] not in text
    assert "Ninh Thuận 2022" in text
