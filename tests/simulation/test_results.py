"""Rows of results: the numbers of the simulation, each where it applies."""

import numpy as np
import pandas as pd
import pytest

from giamngheo import simulate
from giamngheo.forecasting.summary import QUANTILES
from giamngheo.simulation.results import COLUMNS, quantiles_of, result_rows
from giamngheo.simulation.targets import BOTH, above_target


@pytest.fixture(scope="module")
def double(package, shared):
    return simulate(package, "double", shared=shared)


@pytest.fixture(scope="module")
def rows(double):
    return pd.DataFrame(result_rows(double), columns=list(COLUMNS))


def test_rates_are_those_of_the_table_to_the_last_bit(double, rows):
    table = double.table_of("all")
    for name in ("mean", *QUANTILES):
        assert (rows[name].to_numpy() == table[name].to_numpy()).all()
    assert list(rows["year"]) == [day.year for day in table["as_of"]] and list(rows["case"]) == list(
        table["case"]
    )


def test_chances_stand_at_the_targets_date_and_nowhere_else(double, rows):
    at_target = rows[rows["target"].notna()]
    assert set(zip(at_target["status"], at_target["year"], strict=True)) == {
        ("poor", 2015),
        ("near_poor", 2015),
    }
    assert rows["chance"].notna().sum() == len(at_target) == 4
    for row in at_target.itertuples():
        case = double.named[row.case]
        assert row.chance == double.by_case[case.scenario.continuity][row.target]
        assert row.households_above_q50 == above_target(double.package, case)[row.target]
        assert row.chance_both == double.by_case[case.scenario.continuity][BOTH]
        assert row.households_above_both == above_target(double.package, case)[BOTH]
    assert set(rows["money_delivered_bn_vnd"]) == {4310.0} and set(rows["money_planned_bn_vnd"]) == {2155.0}


def test_a_case_that_the_scenario_closes_is_left_out(package, shared):
    kept = {name: simulate(package, name, shared=shared) for name in ("plan_is_new", "full_plan")}
    assert [{row["case"] for row in result_rows(one)} for one in kept.values()] == [
        {"new"},
        {"continued", "new"},
    ]
    between = simulate(package, {"continuity": 0.5}, shared=shared)
    assert {row["case"] for row in result_rows(between)} == {"continued", "new", "r = 0.5"}


@pytest.mark.parametrize("n", [1, 2, 3, 100, 1_001])
def test_quantiles_are_numpys_to_the_last_bit(n):
    values, shares = np.random.default_rng(n).normal(size=(n, 3)), [0, 0.025, 0.1, 0.5, 0.9, 0.975, 1]
    assert (quantiles_of(values, shares) == np.quantile(values, shares, axis=0)).all()
