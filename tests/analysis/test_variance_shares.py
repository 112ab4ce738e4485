"""Shares of the variance: known cases, and all of the variance shared out."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from giamngheo import load_scenario, package_forecast
from giamngheo.analysis.variance_shares import PARTS, shapley_variance, variance_shares
from giamngheo.simulation.outcomes import simulate


def total(values):
    return values["a"] + 2 * values["b"] - values["c"]


def test_of_a_sum_each_part_gets_its_covariance_with_it():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 50_000))
    parts = {"a": a, "b": 0.6 * a + 0.8 * b, "c": np.full_like(a, 3.0)}
    found, whole = shapley_variance(parts, total), total(parts)
    own = {"a": parts["a"], "b": 2 * parts["b"], "c": -parts["c"]}
    for name, values in own.items():
        assert found[name] == pytest.approx(np.cov(values, whole, ddof=0)[0, 1], abs=1e-9)
    # By hand, for a correlation of 0.6: 1 + 0.6 · 2 and 4 + 0.6 · 2.
    assert_allclose([found["a"], found["b"], found["c"]], [2.2, 5.2, 0], atol=0.1)


def test_of_a_product_two_parts_alike_get_the_same():
    rng = np.random.default_rng(1)
    parts = {"a": 1 + rng.standard_normal(200_000), "b": 1 + rng.standard_normal(200_000)}
    found = shapley_variance(parts, lambda values: values["a"] * values["b"])
    assert found["a"] == pytest.approx(found["b"], rel=0.03)
    assert found["a"] + found["b"] == pytest.approx(3, rel=0.03)  # (1 + 1)(1 + 1) - 1


def test_several_outcomes_at_once_are_each_alone():
    rng = np.random.default_rng(2)
    parts = dict(zip("abc", rng.standard_normal((3, 1_000)), strict=True))
    outcomes = total, lambda values: values["a"] * values["b"]
    together = shapley_variance(parts, lambda values: np.stack([each(values) for each in outcomes]))
    for place, each in enumerate(outcomes):
        alone = shapley_variance(parts, each)
        assert_allclose(
            [together[name][place] for name in "abc"], [alone[name] for name in "abc"], atol=1e-12
        )


@pytest.fixture(scope="module")
def trend(package):
    return package_forecast(package, draws=2_000)


def shares(result, **kwargs):
    return variance_shares(result, **kwargs).pivot(index="status", columns="part", values="share")


def test_the_parts_are_all_of_the_variance_of_the_forecast(trend):
    found = variance_shares(trend)
    for status, rows in found.groupby("status"):
        assert rows["share"].sum() == pytest.approx(1, abs=1e-12)
        assert rows["variance"].sum() == pytest.approx(trend.draws["all", status][:, -1].var(), rel=1e-9)
    assert set(found["part"]) == set(PARTS) - {"money"}


def test_where_nothing_varies_no_part_has_a_share():
    still, path = np.zeros((1, 5)), {"level": np.full((1, 5), -1.0), "log_gap": None}
    result = SimpleNamespace(
        years=(date(2015, 12, 31),),
        paths={"all": path | {"fallen": still, "error": still}},
        posteriors={"all": {"level": SimpleNamespace(level=np.full(5, -1.0))}},
    )
    assert variance_shares(result)["share"].tolist() == [0, 0, 0, 0]


def test_a_part_that_is_fixed_has_no_share(package, trend):
    free = shares(trend)
    assert free.loc["poor", "gap"] == 0 and free.loc["near_poor", "gap"] > 0.4
    assert free.loc["poor", "shocks"] > 0.15
    still = {
        "gap_moves": {"fixed": 0},
        "innovation_sd": {"fixed": 1e-6},
        "observation_error": {"fixed": 0.15},
    }
    fixed = shares(package_forecast(package, draws=2_000, assumptions=still))
    assert fixed.loc["poor", "shocks"] < 1e-6
    assert fixed.loc["near_poor", "gap"] < 0.5 * free.loc["near_poor", "gap"]
    assert fixed.loc["poor", "drift"] > free.loc["poor", "drift"]


def test_money_has_a_share_where_it_comes_on_top_and_none_where_it_only_continues(package, trend, shared):
    full = variance_shares(simulate(package, load_scenario("full_plan", package), shared=shared))
    money = full[full["part"] == "money"].set_index(["case", "status"])["share"]
    assert (money["continued"] == 0).all() and (money["new"] > 0.02).all()
    for (case, status), rows in full.groupby(["case", "status"]):
        draws = simulate(package, load_scenario("full_plan", package), shared=shared)
        r = {"continued": 1, "new": 0}[case]
        assert rows["variance"].sum() == pytest.approx(draws.cases[r].draws["all", status][:, -1].var())
    alone = variance_shares(full_case(package, shared))
    assert alone["share"].tolist() == full[full["case"] == "new"]["share"].tolist()


def test_without_near_poor_or_in_a_year_before_the_last_all_of_the_variance_is_shared_out(package, shared):
    poor = replace(package, readings=tuple(row for row in package.readings if row.status == "poor"))
    few = simulate(poor, "double", draws=200)
    early = simulate(package, "double", shared=shared, years=shared.trend_under({}).years[1:2])
    for simulated, statuses in ((few, 1), (early, 3)):
        found = variance_shares(simulated).groupby(["case", "status"])["variance"].sum()
        assert len(found) == 2 * statuses
        for (case, status), whole in found.items():
            draws = simulated.named[case].draws["all", status][:, -1]
            assert whole == pytest.approx(draws.var(), rel=1e-9)


def full_case(package, shared):
    return simulate(package, load_scenario("full_plan", package), shared=shared).cases[0]


def test_a_group_without_readings_on_the_line_owes_much_to_its_assumed_level(trend):
    assert (
        shares(trend, group="ethnic_minority").loc["poor", "level"] > 0.1 > shares(trend).loc["poor", "level"]
    )
