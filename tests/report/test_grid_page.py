"""What a page tells of a grid of scenarios: every cell, the frontier, the table of all."""

from itertools import product

import pandas as pd
import pytest
from helpers import assert_clean, assert_figure, faults_of, figures_drawn, rows_of

from giamngheo.analysis.frontier import frontier
from giamngheo.report.grid import heat, money, scenarios
from giamngheo.report.wording import Page

ROWS = ["delay_years", "phasing", "funding.by_source.provincial"]


@pytest.fixture(scope="module")
def chances():
    """A grid of eight in both cases: more money, more chance, but nothing from its provincial part."""
    effect = {"continued": 0.05, "new": 0.1}
    rows = [
        (share, part, late, "even", case, effect[case] * share / (1 + late), 1000 * share + 100 * part)
        for share, part, late, case in product((0.5, 1), (0, 1), (0, 1), effect)
    ]
    names = ["funding.all", "funding.by_source.provincial", "delay_years", "phasing", "case", "chance_both"]
    return pd.DataFrame(rows, columns=[*names, "money_delivered_bn_vnd"])


@pytest.fixture(scope="module")
def best(chances):
    return frontier(chances, cost="money_delivered_bn_vnd", gain="chance_both", by="case")


@pytest.fixture(scope="module")
def wide(chances):
    inputs = ["funding.all", *ROWS, "money_delivered_bn_vnd"]
    return chances.pivot(index=inputs, columns="case", values="chance_both").reset_index()


def test_every_scenario_has_its_cell_in_each_case(page, chances):
    shown = heat.tables(page, chances)
    assert_clean(shown.html)
    for case, table in zip(("continued", "new"), shown.tables, strict=True):
        assert case in table.name and len(table.frame) == 8 and set(table.frame["case"]) == {case}
    whole = chances[
        (chances["case"] == "new") & (chances["funding.all"] == 1) & (chances["delay_years"] == 0)
    ]
    assert page.chance(whole["chance_both"].iloc[0]) in shown.text


def test_a_grid_without_a_part_of_a_source_says_why(package, chances, best, wide):
    page, part = Page(package, "en"), "funding.by_source.provincial"
    whole = chances[chances[part] == 1].drop(columns=part)
    shown = heat.tables(page, whole)
    assert (
        "The provincial part is not tried alone" in shown.text and "Of the provincial part" not in shown.text
    )
    assert "not tried alone" not in heat.tables(page, chances).text
    tables = money.table(page, best.drop(columns=part)), scenarios.table(page, wide.drop(columns=part))
    assert not any("Of the provincial part" in each.text for each in tables)


def test_a_scenario_that_failed_leaves_its_cell_empty(page, chances):
    failed = (chances["case"] == "new") & (chances["funding.all"] == 1) & (chances["delay_years"] == 1)
    shown = heat.tables(page, chances.assign(chance_both=chances["chance_both"].mask(failed)))
    assert shown.html.count("<td></td>") + shown.html.count("–</td>") >= failed.sum()


def test_the_frontier_alone_is_joined_and_told(page, chances, best, monkeypatch):
    figure = money.dots(page, chances, best)
    assert_figure(figure)
    assert page.number(500) in figure.title and page.number(1000) in figure.title
    assert page.chance(0.05) in figure.title and page.chance(0.1) in figure.title
    drawn = figures_drawn(monkeypatch, lambda: money.dots(page, chances, best))["frontier-wide"]
    assert faults_of(drawn, "frontier") == []
    assert [len(line.get_xdata()) for line in drawn.axes[0].lines] == [2, 2]
    assert len(rows_of(money.table(page, best).tables[0])) == 4


def test_the_table_holds_both_cases_of_each_scenario(package, wide):
    table = scenarios.table(Page(package, "en"), wide)
    rows = rows_of(table.tables[0])
    assert len(rows) == 8 and rows[-1][-1].count("%") == 2
    assert "8 scenarios" in table.text


def test_the_conclusion_counts_what_no_other_beats(package, wide, best):
    text = scenarios.conclusion(Page(package, "en"), wide, best).text
    assert (
        "Over 8 scenarios" in text
        and ". 2 of them in the first case" in text
        and "and 2 in the second" in text
    )
