"""The state space: what is conditioned by hand is what a filter and a smoother of statsmodels give."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtri
from statsmodels.tsa.statespace.mlemodel import MLEModel

from giamngheo.forecasting.drifts import Drift
from giamngheo.forecasting.state_space import condition_level

STEP, ERROR, DRIFT = 0.05, 0.03, (0.1, 0.04)
READ = ndtri(np.array([9.0, 8.1, 7.6, 6.4, 5.9]) / 100)


def conditioned(persistence, draws=100_000):
    """The posterior of the readings, their scales being known: nothing but a Gaussian."""

    def scales(x):
        known = {"innovation_sd": STEP, "observation_error": 0.0, "carry_over": 1.0}
        return {name: np.full(len(x), value) for name, value in known.items()} | {
            "tails": np.ones_like(x[:, 3:])
        }

    n = len(READ)
    return condition_level(
        np.arange(n, dtype=float), np.zeros(n, int), READ, np.full(n, ERROR),
        Drift(DRIFT[0], ((DRIFT[1] ** 2, persistence),)), 0.0,
        scales, np.random.default_rng(0), draws,
    )  # fmt: skip


class Filter(MLEModel):
    """The same model as a state space of statsmodels: level and drift."""

    def __init__(self, values, persistence):
        super().__init__(values, k_states=2, k_posdef=2, initialization="known",
                         constant=[0, DRIFT[0]], stationary_cov=np.diag([9.0, DRIFT[1] ** 2]))  # fmt: skip
        self["design"] = np.array([[1.0, 0.0]])
        self["transition"] = np.array([[1.0, -1.0], [0.0, persistence]])
        self["state_intercept"] = np.array([[0.0], [DRIFT[0] * (1 - persistence)]])
        self["selection"] = np.eye(2)
        self["state_cov"] = np.diag([STEP**2, DRIFT[1] ** 2 * (1 - persistence**2)])
        self["obs_cov"] = np.array([[ERROR**2]])


@pytest.mark.parametrize("persistence", [1.0, 0.7])
def test_conditioning_agrees_with_a_state_space_filter(persistence):
    """One line, normal innovations, known scales: the exact posterior of level and drift, computed another way."""
    posterior, filtered = conditioned(persistence, 200_000), Filter(READ, persistence).ssm.filter()
    mean, cov = filtered.filtered_state[:, -1], filtered.filtered_state_cov[:, :, -1]
    assert_allclose([posterior.level.mean(), posterior.drift.mean()], mean, atol=4e-4)
    assert_allclose(np.cov(posterior.level, posterior.drift), cov, rtol=0.02)


@pytest.mark.parametrize("persistence", [1.0, 0.7])
def test_past_levels_are_those_of_a_state_space_smoother(persistence):
    posterior = conditioned(persistence)
    past, smoothed = posterior.past(np.random.default_rng(1)), Filter(READ, persistence).ssm.smooth()
    assert_array_equal(past.instants, np.arange(5))
    assert_allclose(past.level.mean(axis=1), smoothed.smoothed_state[0], atol=4e-4)
    assert_allclose(past.level.var(axis=1), smoothed.smoothed_state_cov[0, 0], rtol=0.03)
    assert_array_equal(past.level[-1], posterior.level)


def test_past_and_coming_drift_belong_to_the_same_draw():
    """With a drift that lasts, draws that fell from first reading to last go on falling."""
    posterior = conditioned(1.0)
    past, smoothed = posterior.past(np.random.default_rng(1)), Filter(READ, 1.0).ssm.smooth()
    # The drift is one number, so that its covariance with a past level is that of the smoother at that instant.
    found = np.cov(past.level[0], posterior.drift)[0, 1]
    assert found == pytest.approx(smoothed.smoothed_state_cov[0, 1, 0], rel=0.1)


@pytest.mark.parametrize("persistence", [1.0, 0.7])
def test_coming_drifts_are_those_of_a_state_space(persistence):
    """Step by step: the filtered drift returns to its mean, and so does what is not known of it."""
    posterior, filtered = conditioned(persistence), Filter(READ, persistence).ssm.filter()
    coming = posterior.coming(np.ones(4), np.random.default_rng(1))
    mean, variance = filtered.filtered_state[1, -1], filtered.filtered_state_cov[1, 1, -1]
    assert_allclose(coming[0], posterior.drift, atol=1e-4)
    for found in coming:
        assert found.mean() == pytest.approx(mean, abs=5e-4)
        assert found.var() == pytest.approx(variance, rel=0.03)
        mean = DRIFT[0] + persistence * (mean - DRIFT[0])
        variance = persistence**2 * variance + DRIFT[1] ** 2 * (1 - persistence**2)


@pytest.mark.parametrize("place", range(5))
def test_a_reading_left_out_is_what_the_smoother_expects_without_it(place):
    found = conditioned(0.7).left_out(np.random.default_rng(1))[place]
    without = READ.copy()
    without[place] = np.nan
    smoothed = Filter(without, 0.7).ssm.smooth()
    assert found.mean() == pytest.approx(smoothed.smoothed_state[0, place], abs=1.5e-3)
    assert found.var() == pytest.approx(smoothed.smoothed_state_cov[0, 0, place] + ERROR**2, rel=0.03)


def test_scales_forget_the_reading_that_is_left_out():
    """One reading far off the others: what they expect of it is what a fit finds to which it says nothing."""
    values = READ.copy()
    values[2] -= 0.25

    def scales(x):
        known = {"observation_error": np.zeros(len(x)), "carry_over": np.ones(len(x))}
        return known | {"innovation_sd": 0.03 * np.exp(0.8 * x[:, 0]), "tails": np.ones_like(x[:, 3:])}

    def fit(error):
        times, lines = np.arange(5.0), np.zeros(5, int)
        rng = np.random.default_rng(0)
        drift = Drift(DRIFT[0], ((DRIFT[1] ** 2, 1.0),))
        return condition_level(times, lines, values, error, drift, 0.0, scales, rng, 100_000)

    found = fit(np.full(5, ERROR)).left_out(np.random.default_rng(1))[2]
    blind = fit(np.where(np.arange(5) == 2, 1e3, ERROR)).past(np.random.default_rng(1)).level[2]
    expected = blind + ERROR * np.random.default_rng(2).standard_normal(len(blind))
    assert_allclose(*(np.quantile(each, (0.1, 0.5, 0.9)) for each in (found, expected)), atol=0.004)
