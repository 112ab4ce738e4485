"""Money is exact: what goes in comes out, by line, source and year."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from giamngheo import load_scenario
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.money import UNTOLD, exact_sources, money, without_credit


def delivered(package, name):
    return money(package, load_scenario(name, package))


def written(tmp_path, package, text):
    path = tmp_path / "trial.yml"
    path.write_text("title: {vi: thử, en: trial}\nbased_on: full_plan\n" + text, encoding="utf-8")
    return money(package, load_scenario(path, package))


def test_the_full_plan_is_2155_billion_exactly(package):
    full = delivered(package, "full_plan")
    assert full.total == 2155
    assert full.by("source") == {
        "central": Fraction(3915, 2),
        "provincial": Fraction(275, 2),
        "mobilised": 60,
    }
    assert full.by("year") == dict.fromkeys((2013, 2014, 2015), Fraction(2155, 3))
    assert full.by("line") == {row.line: Fraction(row.total_3y) for row in package.budget_lines}
    assert full.delivered == full.planned


def test_a_rounded_year_is_completed_in_the_source_that_was_rounded(package):
    housing = next(row for row in package.budget_lines if row.line == "housing")
    assert exact_sources(housing, 3) == {"central": 240, "provincial": 10, "mobilised": 0}


def test_money_of_which_every_source_gives_nothing_is_of_none(package):
    """Case: 0, 0, 0 beside a total, which was shared by their sum."""
    nothing = dict.fromkeys(("central", "provincial", "mobilised"), Decimal(0))
    line = package.budget_lines[0].model_copy(update=nothing)
    assert exact_sources(line, 3) == {UNTOLD: Fraction(line.total_3y)}


def test_factors_multiply(tmp_path, package):
    result = written(
        tmp_path,
        package,
        "funding:\n  all: 0.5\n  by_source: {central: {2014: 0.5}}\n"
        "  by_line: {credit: 2}\n  by_channel: {income: 0.5}\n",
    )
    assert result.delivered["credit", "central", 2013] == 180 * Fraction(1, 2)
    assert result.delivered["credit", "central", 2014] == 180 * Fraction(1, 4)
    assert result.delivered["health", "central", 2014] == 180 * Fraction(1, 4)


@pytest.mark.parametrize("name", ["income_lines_first", "ethnic_minority_first"])
def test_a_reallocation_keeps_the_total_of_every_year(package, name):
    result = delivered(package, name)
    assert result.by("year") == dict.fromkeys((2013, 2014, 2015), Fraction(2155, 3))
    assert result.delivered != result.planned


def test_a_reallocation_that_costs_too_much_is_refused(tmp_path, package):
    with pytest.raises(RefusedInput, match="nothing is left"):
        written(tmp_path, package, "funding: {by_line: {credit: 20}, keep_total: true}\n")


def test_a_delay_loses_what_falls_after_the_end(tmp_path, package):
    late = delivered(package, "one_year_late")
    assert late.by("year") == {2013: 0, 2014: Fraction(2155, 3), 2015: Fraction(2155, 3)}
    half = written(tmp_path, package, "delay_years: 0.5\n")
    assert half.by("year") == {2013: Fraction(2155, 6), 2014: Fraction(2155, 3), 2015: Fraction(2155, 3)}


def test_phasing_moves_money_between_years_and_loses_none(tmp_path, package):
    assert delivered(package, "front_loaded").by("year")[2013] == Fraction(2155, 2)
    back = written(tmp_path, package, "phasing: back\n")
    assert back.total == 2155
    assert back.by("year")[2013] == Fraction(2155, 6)


def test_a_plan_without_its_loans_keeps_all_other_money(package):
    full = load_scenario("full_plan", package)
    bare = money(package, without_credit(package, full))
    lent = {row.line for row in package.budget_lines if row.channel == "credit"}
    assert lent and all(amount == 0 for (line, *_), amount in bare.delivered.items() if line in lent)
    assert bare.total == 2155 - sum(
        Fraction(row.total_3y) for row in package.budget_lines if row.line in lent
    )
    assert bare.planned == money(package, full).planned


def test_the_money_is_a_table_of_planned_and_delivered(package):
    short = delivered(package, "thirty_percent_short")
    table = short.table.set_index(["line", "source", "year"])
    assert len(table) == len(package.budget_lines) * 3 * 3
    assert table["planned_bn_vnd"].sum() == pytest.approx(2155)
    for cell, amount in short.delivered.items():
        assert table.loc[cell, "delivered_bn_vnd"] == float(amount)
    assert repr(short) == "Money of 2013 to 2015: 1508.5 of 2155 billion VND delivered"
    assert "<th>delivered_bn_vnd</th>" in short._repr_html_()


def test_money_that_was_changed_is_not_what_the_next_one_gets(package):
    first = money(package, load_scenario("double", package))
    kept = dict(first.delivered)
    first.delivered.clear()
    assert money(package, load_scenario("double", package)).delivered == kept


def test_a_package_of_other_amounts_has_its_own_money(package):
    scenario = load_scenario("double", package)
    row = package.budget_lines[0]
    dearer = row.model_copy(update={"total_3y": row.total_3y + 3})
    other = replace(package, budget_lines=(dearer, *package.budget_lines[1:]))
    assert money(other, scenario).total == money(package, scenario).total + 6  # twice three
