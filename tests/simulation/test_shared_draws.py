"""Shared draws: a trend that is given stays the trend of every scenario, whatever it was forecast under."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from giamngheo import load_package, load_scenario, package_forecast, simulate
from giamngheo.analysis.sensitivity.cases import by_reference
from giamngheo.analysis.sensitivity.tornado import tornado
from giamngheo.inputs.assumptions import load_register
from giamngheo.runs.kernels.world import prepare
from giamngheo.simulation import shared_draws as module
from giamngheo.simulation.shared_draws import shared_draws


@pytest.fixture(scope="module")
def trend(package):
    """A forecast that differs from the default in prior, day and an assumption."""
    changed = {"carry_over": {"fixed": 1.0}}
    return package_forecast(
        package, draws=500, reference="national-line", known_by=date(2012, 6, 30), assumptions=changed
    )


@pytest.fixture(scope="module")
def given(package, trend):
    return shared_draws(package, draws=500).with_trend(trend)


def test_the_full_plan_continues_the_trend_that_was_given(package, given, trend):
    full = simulate(package, load_scenario("full_plan", package), shared=given)
    assert_array_equal(full.cases[1].draws["all", "poor"], trend.draws["all", "poor"])


def test_the_fixed_gap_changes_the_gap_and_nothing_else_of_the_trend_given(package, given, trend):
    fixed = simulate(package, load_scenario("fixed_gap", package), shared=given).cases[1]
    assert_array_equal(fixed.draws["all", "poor"], trend.draws["all", "poor"])
    gap = fixed.trend.paths["all"]["log_gap"]
    assert gap[-1].std() < 0.6 * trend.paths["all"]["log_gap"][-1].std()
    assert fixed.trend.prior == trend.prior and fixed.trend.known_by == trend.known_by


def test_the_register_is_the_one_that_the_trend_was_forecast_under(given):
    assert given.register["carry_over"].fixed == 1.0


def test_other_priors_keep_the_day_and_the_assumptions(package, given, trend):
    found = by_reference(package, ["national-line", "wide"], shared=given)
    assert found["national-line"].cases[1].trend is trend
    wide = found["wide"].cases[1].trend
    assert (wide.reference, wide.known_by) == ("wide", trend.known_by)
    assert wide.settings["assumptions"] == trend.settings["assumptions"]
    assert np.all(wide.posteriors["all"]["level"].carry_over == 1.0)


def test_a_refit_with_nothing_changed_is_the_same_to_the_bit(trend):
    again = trend.refit()
    assert_array_equal(again.draws["all", "near_poor"], trend.draws["all", "near_poor"])
    assert trend.refit(draws=300).n_draws == 300


@pytest.fixture
def ahead(package, monkeypatch):
    """What a world holds, of 300 draws."""
    monkeypatch.setattr(module, "made_ahead", [])
    prepare(str(package.path), 300, 0)


def answers(package, **settings):
    shared = shared_draws(package, **settings)
    outcome = simulate(package, "double", shared=shared)
    swings = tornado(package, outcome, shared, ("gap_drift", "deadline_push")).swings
    other = by_reference(package, ["wide"], shared=shared)["wide"]
    return outcome.table, swings, other.chances


def test_what_was_made_ahead_is_found_and_changes_nothing(package, monkeypatch):
    monkeypatch.setattr(module, "made_ahead", [])
    alone = answers(package, draws=300)
    prepare(str(package.path), 300, 0)
    made = []
    monkeypatch.setattr(module, "package_forecast", lambda *_, **__: made.append(1))
    for one, other in zip(alone, answers(load_package(package.path), draws=300), strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert not made


@pytest.mark.parametrize("settings", [{"draws": 301}, {"draws": 300, "seed": 1}])
def test_other_draws_go_on_from_nothing(package, ahead, settings):
    assert shared_draws(package, draws=300)._inherited
    assert not shared_draws(package, **settings)._inherited


def test_another_package_or_register_goes_on_from_nothing(package, ahead, monkeypatch):
    assert not shared_draws(replace(package, name="other"), draws=300)._inherited
    changed = load_register()
    changed["return_credit"] = replace(changed["return_credit"], parameters=(0.5, 9.0))
    monkeypatch.setattr(module, "register_of", lambda package: changed)
    assert not shared_draws(package, draws=300)._inherited


def test_what_one_makes_another_does_not_see(package, ahead):
    one, other = shared_draws(package, draws=300), shared_draws(package, draws=300)
    simulate(package, "hard_core", shared=one)
    assert one._made and not other._made and not shared_draws(package, draws=300)._made


def test_a_scenario_of_the_same_content_is_simulated_once(package):
    shared = shared_draws(package, draws=200, seed=0)
    half, same, other = (
        simulate(package, {"id": name, "funding": {"all": share}}, shared=shared)
        for name, share in (("half", 0.5), ("same", 0.5), ("other", 0.500001))
    )
    assert half.own.draws is same.own.draws and half.own.draws is not other.own.draws
    assert (half.own.scenario.id, same.own.scenario.id) == ("half", "same")
