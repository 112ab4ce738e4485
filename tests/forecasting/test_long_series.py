"""A long series read in order: the same model as the dense one, and a cost that grows with the readings."""

import resource
import subprocess
import sys

import numpy as np
import pytest

from giamngheo.forecasting import state_space
from giamngheo.forecasting.drifts import Drift

DRIFT = Drift(0.05, ((0.002, 1.0), (0.003, 0.7)), ((0.001, 0.9),), mean_variance=0.0005)


@pytest.fixture(scope="module")
def both():
    """The two ways of 30 readings on three lines, and draws of the scales."""
    rng = np.random.default_rng(1)
    times = np.sort(rng.uniform(1980, 2010, 30))
    times[[10, 22]] = times[[9, 21]]  # both read at an instant of their change
    lines = np.repeat([0, 1, 2], [10, 12, 8])
    values = -0.5 - 0.03 * (times - 1980) + 0.05 * rng.standard_normal(30)
    fixed = np.where(np.arange(30) == 4, 0.1, 0.0)
    scales = {
        "innovation_sd": rng.uniform(0.02, 0.2, 5),
        "observation_error": rng.uniform(0.1, 1.0, 5),
        "carry_over": rng.uniform(0.1, 0.9, 5),
    }
    made = [
        kind(times, lines, values, fixed, DRIFT, 0.4)
        for kind in (state_space._Readings, state_space._InOrder)
    ]
    return made, scales | {"tails": rng.uniform(0.5, 3, (5, made[0].intervals))}


def test_likelihood_is_that_of_the_dense_covariance(both):
    (dense, in_order), scales = both
    np.testing.assert_allclose(in_order.log_likelihood(scales), dense.log_likelihood(scales), rtol=1e-8)


def test_last_level_and_drift_are_those_of_the_dense_covariance(both):
    (dense, in_order), scales = both
    for one, other in zip(in_order._last(scales), dense._last(scales), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-10)


def test_coming_drifts_are_distributed_as_the_dense_ones(both):
    models, scales = both
    picks = np.repeat(np.arange(5), 4000)
    given = np.full(len(picks), -1.4), np.full(len(picks), 0.08)
    one, other = (
        each.coming(scales, picks, *given, np.full(3, 2.0), np.random.default_rng(2)).reshape(4, 5, -1)
        for each in models
    )
    assert np.ptp(one[1:], axis=2).min() > 0
    np.testing.assert_allclose(one.mean(2), other.mean(2), atol=0.003)
    np.testing.assert_allclose(one.std(2), other.std(2), rtol=0.05, atol=1e-6)


def test_seventy_readings_cost_at_most_three_times_what_ten_do(tmp_path):
    rng = np.random.default_rng(0)
    rates = 75 * np.exp(-0.04 * np.arange(71) + 0.05 * rng.standard_normal(71))

    def cost(n):
        """CPU seconds of the command."""
        file = tmp_path / f"{n}.csv"
        rows = [f"{1955 + k}-12-31,poor,a,{rates[k]:.2f}" for k in range(71 - n, 71)]
        file.write_text("\n".join(["as_of,status,poverty_line,rate_pct", *rows]))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "giamngheo.cli.commands", "forecast", "--series", file],
            check=True,
            capture_output=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime

    ten, seventy = cost(10), cost(71)
    assert seventy <= 3 * ten, f"10 readings {ten:.2f} s, 71 readings {seventy:.2f} s"
