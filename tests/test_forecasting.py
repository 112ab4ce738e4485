"""The baseline: known drifts come back, shares add up, and what cannot be forecast is refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr, ndtri

from giamngheo import forecast, load_package, package_forecast
from giamngheo.baseline import condition_level
from giamngheo.schema import RefusedInput

DECISION = date(2013, 1, 21)


def series(rates, start=2000, line="a", status="poor", years=None):
    years = years if years is not None else range(start, start + len(rates))
    return pd.DataFrame(
        {
            "as_of": [f"{year}-12-31" for year in years],
            "status": status,
            "poverty_line": line,
            "rate_pct": rates,
        }
    )


def final(result, group="all", status="poor"):
    """The last year's row of a forecast's table."""
    table = result.table
    return table[(table["group"] == group) & (table["status"] == status)].iloc[-1]


def steady(drift, n, level=-1.0):
    return 100 * ndtr(level - drift * np.arange(n))


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def decision(package):
    return package_forecast(package)


def test_every_household_is_counted_once_in_every_draw(decision):
    for group in decision.groups:
        poor, near, both = (decision.draws[group, s] for s in ("poor", "near_poor", "poor_or_near_poor"))
        assert (poor >= 0).all() and (near >= 0).all() and (both <= 100).all()
        assert_allclose(poor + near, both, atol=1e-12)


def test_the_same_seed_gives_the_same_draws_and_seed_nought_is_a_seed(package, decision):
    again = package_forecast(package)
    assert_array_equal(again.draws["all", "poor"], decision.draws["all", "poor"])
    other = package_forecast(package, seed=1)
    assert not np.array_equal(other.draws["all", "poor"], decision.draws["all", "poor"])


def test_the_table_is_that_of_the_draws(decision):
    row = final(decision)
    draws = decision.draws["all", "poor"][:, -1]
    assert row["mean"] == pytest.approx(draws.mean())
    assert row["q10"] == pytest.approx(np.quantile(draws, 0.1))
    assert list(decision.table.columns) == [
        "as_of", "group", "status", "mean", "q025", "q10", "q25", "q50", "q75", "q90", "q975",
    ]  # fmt: skip


def test_nothing_published_after_the_decision_changes_its_forecast(package, decision):
    assert decision.known_by == DECISION
    with_hindsight = package_forecast(package, known_by=date(2016, 12, 31))
    assert with_hindsight.prior != decision.prior
    assert decision.prior.n_series == 2


@pytest.mark.parametrize("drift", [0.05, 0.15])
def test_a_known_drift_comes_back(drift):
    result = forecast(series(steady(drift, 12)), 2015)
    row = final(result)
    truth = 100 * ndtr(-1.0 - drift * 15)
    assert row["q10"] < truth < row["q90"]
    assert abs(ndtri(row["q50"] / 100) - (-1.0 - drift * 15)) < 0.1


def test_a_constant_series_forecasts_no_fall_beyond_its_interval():
    row = final(forecast(series([20.0] * 8), 2011))
    assert row["q025"] < 20 < row["q975"]


def test_two_readings_suffice_and_one_is_refused():
    assert len(forecast(series([9.28, 7.84]), 2005).table)
    with pytest.raises(RefusedInput, match="two readings"):
        forecast(series([9.28]), 2005)


def test_one_near_poor_reading_suffices():
    both = pd.concat([series([9.28, 7.84]), series([6.1], 2001, status="near_poor")])
    assert set(forecast(both, 2005).table["status"]) == {"poor", "near_poor", "poor_or_near_poor"}


def test_a_missing_year_is_a_gap_not_an_interpolation():
    years = [2000, 2001, 2002, 2004, 2005]
    whole = steady(0.1, 6)[[0, 1, 2, 4, 5]]
    gap = forecast(series(whole, years=years), 2009)
    filled = forecast(series(steady(0.1, 6)), 2009)
    close = gap.table["q50"].to_numpy() - filled.table["q50"].to_numpy()
    assert np.abs(close).max() < 0.4
    assert not np.array_equal(gap.table["q50"], filled.table["q50"])


def test_a_change_of_line_is_spliced_never_differenced():
    # The same welfare read on two lines: rates double at the change, the fall goes on.
    old, new = steady(0.1, 6, -1.5), 100 * ndtr(-1.0 - 0.1 * np.arange(5, 8))
    both = pd.concat([series(old), series(new, 2005, "b")])
    row = final(forecast(both, 2010))
    truth = 100 * ndtr(-1.0 - 0.1 * 10)
    assert row["q10"] < truth < row["q90"]
    shifted = pd.concat(
        [series(steady(0.1, 6, -0.5)), series(new, 2005, "b")]
    )  # another offset, the same falls
    other = final(forecast(shifted, 2010))
    assert other["q50"] == pytest.approx(row["q50"], rel=0.05)


def test_the_fixed_gap_keeps_the_last_distance_of_the_thresholds(package, decision):
    fixed = package_forecast(package, assumptions={"gap_moves": {"fixed": 0}}).paths["all"]["log_gap"]
    last = np.log(ndtri(0.1394) - ndtri(0.0784))
    assert np.median(fixed, axis=1) == pytest.approx([last] * 4, abs=0.03)
    assert decision.paths["all"]["log_gap"].std(axis=1)[-1] > 2 * fixed.std(axis=1)[-1]


def test_a_group_without_a_reading_on_the_new_line_starts_from_the_splice(decision):
    levels = decision.paths["ethnic_minority"]["level"][0]
    expected = ndtri(0.205) + (ndtri(0.0928) - ndtri(0.0359))
    assert expected - 0.4 < np.median(levels) < expected


@pytest.mark.parametrize(
    ("readings", "until", "message"),
    [
        (series([10.0, 9.0]).drop(columns="poverty_line"), 2005, "poverty_line"),
        (series([10.0, 131.5]), 2005, "131.5"),
        (pd.concat([series([10.0, 9.0]), series([8.0], 2001)]), 2005, "two readings of 2001-12-31"),
        (pd.concat([series([60.0, 60.0]), series([50.0], 2001, status="near_poor")]), 2005, "add up to 110"),
        (series([10.0, 9.0]), 1999, "nearest: 2002"),
    ],
)
def test_bad_readings_are_refused(readings, until, message):
    with pytest.raises(RefusedInput, match=message):
        forecast(readings, until)


def test_an_unknown_assumption_names_the_nearest(package):
    with pytest.raises(RefusedInput, match="gap_drift"):
        package_forecast(package, assumptions={"gap_drif": {"fixed": 0}})


def test_conditioning_agrees_with_a_state_space_smoother():
    """One line, normal innovations, known scales: the exact posterior of level and drift, computed another way."""
    from statsmodels.tsa.statespace.mlemodel import MLEModel

    y = ndtri(np.array([9.0, 8.1, 7.6, 6.4, 5.9]) / 100)
    sd_step, sd_read, drift = 0.05, 0.03, (0.1, 0.04)

    def scales(x):
        known = {"innovation_sd": sd_step, "observation_error": 0.0, "carry_over": 1.0}
        return {name: np.full(len(x), value) for name, value in known.items()} | {
            "tails": np.ones_like(x[:, 3:])
        }

    posterior = condition_level(
        np.arange(len(y), dtype=float), np.zeros(len(y), int), y, np.full(len(y), sd_read), drift, 0.0, scales,
        np.random.default_rng(0), 200_000,
    )  # fmt: skip

    class Model(MLEModel):
        def __init__(self):
            super().__init__(y, k_states=2, k_posdef=1, initialization="known",
                             constant=[0, drift[0]], stationary_cov=np.diag([9.0, drift[1] ** 2]))  # fmt: skip
            self["design"] = np.array([[1.0, 0.0]])
            self["transition"] = np.array([[1.0, -1.0], [0.0, 1.0]])
            self["selection"] = np.array([[1.0], [0.0]])
            self["state_cov"] = np.array([[sd_step**2]])
            self["obs_cov"] = np.array([[sd_read**2]])

    smoothed = Model().ssm.filter()
    mean, cov = smoothed.filtered_state[:, -1], smoothed.filtered_state_cov[:, :, -1]
    got = np.cov(posterior.level, posterior.drift)
    assert_allclose([posterior.level.mean(), posterior.drift.mean()], mean, atol=4e-4)
    assert_allclose(got, cov, rtol=0.02)
