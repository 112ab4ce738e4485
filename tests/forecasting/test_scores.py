"""Scores with known answers, and means in which every unit counts once."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from giamngheo.forecasting import scores


def scored(draws, outcome, last=10.0):
    """Scores of one method (draws) where one reading followed."""
    windows = SimpleNamespace(outcomes_pct=np.array([[outcome]]), rates_pct=np.array([[last]]))
    return {name: value[0, 0] for name, value in scores.of(np.reshape(draws, (1, -1, 1)), windows).items()}


def test_crps_is_the_mean_distance_less_half_that_of_all_pairs():
    draws, outcome = np.random.default_rng(0).gamma(2, size=60), 1.3
    pairs = np.abs(np.subtract.outer(draws, draws)).mean()
    assert scored(draws, outcome)["crps"] == pytest.approx(
        np.abs(draws - outcome).mean() - pairs / 2, rel=1e-12
    )


def test_crps_of_a_normal_is_the_closed_form_and_of_a_certain_forecast_the_absolute_error():
    draws = np.random.default_rng(0).standard_normal(200_000)
    assert scored(draws, 0.0)["crps"] == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), abs=2e-3)
    assert scored(np.full(5, 3.0), 5.0)["crps"] == 2.0


def test_intervals_chances_and_the_place_among_the_draws_are_counted():
    found = scored(np.arange(1.0, 11.0), 4.0, last=8.0)
    assert found["pit"] == pytest.approx(0.35)  # three below, one equal
    assert (found["cover_50"], found["width_50"]) == (1, pytest.approx(4.5))
    assert found["brier_75"] == pytest.approx((0.5 - 1) ** 2)  # below 6: half the draws, and so it came
    assert found["error"] == pytest.approx(1.5)


def test_what_never_followed_has_no_score():
    assert np.isnan(list(scored(np.arange(4.0), np.nan).values())).all()


def test_every_unit_counts_once():
    values = np.array([[1.0, np.nan], [1.0, 1.0], [4.0, np.nan]])
    assert_allclose(scores.by_unit(values, ["a", "a", "b"]).mean(), 2.5)
    assert scores.bootstrap_sd(values, np.array(["a", "a", "b"]), values) == 0
