"""The track record: honest windows, priors that never saw the answer, forecasts with known answers."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampler import walkers
from scipy.special import ndtr

from giamngheo import forecast
from giamngheo.forecasting import backtest as bt
from giamngheo.forecasting import scores
from giamngheo.forecasting.pooling import Pool, same_line, stretches
from giamngheo.forecasting.reference_series import load_rates, load_table


@pytest.fixture(scope="module")
def rates():
    return load_rates()


def table(series):
    """Readings of the poor from {series: (group, {year: rate})}."""
    return pd.DataFrame(
        [
            (name, group, name, np.nan, year, "poor", rate, np.nan)
            for name, (group, readings) in series.items()
            for year, rate in readings.items()
        ],
        columns=["series_id", "group", "unit", "line", "year", "status", "rate_pct", "doubt"],
    )


def steady(n_series=30, drift=0.06, spread=0.02, scale=0.02, years=10, seed=0):
    rng = np.random.default_rng(seed)
    found = {}
    for number in range(n_series):
        falls = rng.normal(drift, spread) + scale * rng.standard_normal(years - 1)
        z = rng.normal(-0.8, 0.2) - np.append(0, np.cumsum(falls))
        found[f"s{number}"] = (
            "national-line",
            dict(zip(range(2000, 2000 + years), 100 * ndtr(z), strict=True)),
        )
    return table(found)


def test_a_window_never_holds_what_followed_and_a_gap_stays_a_gap():
    rows = table({"a": ("national-line", {2000: 30, 2001: 28, 2003: 25, 2004: 24, 2006: 20, 2008: 18})})
    windows = bt.rolling_windows(rows, 3)
    # 2004 to 2008 lacks two of its years
    assert_array_equal(windows.years, [[2000, 2001, 2003], [2001, 2003, 2004], [2003, 2004, 2006]])
    nan = np.nan
    assert_array_equal(windows.outcomes_pct, [[24, nan, 20, nan], [nan, 20, nan, 18], [nan, 18, nan, nan]])


def test_doubtful_and_nearly_empty_windows_are_left_out(rates):
    windows = bt.rolling_windows(rates, 5)
    assert (windows.rates_pct[:, -1] >= bt.LEAST_LAST_RATE).all()
    assert "vn-review" not in windows.group


def test_the_prior_never_sees_the_unit_nor_in_the_past_only_record_a_later_year():
    rows = steady()
    windows = bt.rolling_windows(rows, 5)[:3]
    changed = rows.copy()
    own = changed["unit"] == windows.unit[0]
    changed.loc[own, "rate_pct"] /= 3
    assert_allclose(bt.window_priors(windows, rows)[0], bt.window_priors(windows, changed)[0], rtol=1e-9)
    later = rows.copy()
    later.loc[later["year"] > windows.origins[0], "rate_pct"] /= 3
    past = bt.window_priors(windows, rows, past_only=True)[0]
    assert_allclose(past, bt.window_priors(windows, later, past_only=True)[0], rtol=1e-9)
    assert not np.allclose(bt.window_priors(windows, rows)[0], bt.window_priors(windows, later)[0])


def test_known_drifts_and_scales_come_back():
    prior = Pool(stretches(steady(n_series=80, years=8)), persistences=(1.0,)).prior()
    assert prior.mean == pytest.approx(0.06, abs=0.008)
    assert prior.sd == pytest.approx(0.02, rel=0.35)
    assert 0.01 < prior.scale < 0.03
    assert prior.n_series == 80


def test_leaving_a_unit_out_is_as_if_it_had_never_been():
    rows = steady(n_series=12)
    whole = Pool(stretches(rows)).prior("s3")
    without = Pool(stretches(rows[rows["unit"] != "s3"])).prior()
    assert astuple(whole) == pytest.approx(astuple(without))


def test_forecasts_of_known_series_are_calibrated():
    rows = steady(n_series=60)
    windows = bt.rolling_windows(rows, 6, 0)
    found = scores.of(bt.window_forecasts(windows, bt.window_priors(windows, rows)), windows)
    base = scores.of(bt.last_value(windows), windows)
    assert np.nanmean(found["crps"]) < 0.5 * np.nanmean(base["crps"])
    assert np.nanmean(found["cover_80"]) == pytest.approx(0.8, abs=0.12)
    assert np.nanmean(found["pit"]) == pytest.approx(0.5, abs=0.08)


def test_a_break_of_the_line_is_spliced():
    rows = steady(n_series=10)
    plain = bt.rolling_windows(rows, 6, 0)
    broken = bt.break_windows(rows, 5)
    priors = bt.window_priors(plain, rows)
    assert broken.lines[0].tolist() == [0] * 5 + [1] * 2
    keep = plain.declining
    whole = np.median(bt.window_forecasts(plain[keep], priors[keep]), axis=1)
    spliced = np.median(bt.window_forecasts(broken, bt.window_priors(broken, rows)), axis=1)
    assert_allclose(spliced, whole, rtol=0.15)


def test_provinces_start_on_the_line_that_is_forecast(rates):
    windows = bt.province_windows(rates)
    assert len(windows) > 30
    assert "VNM:An Giang" not in windows.unit
    same = same_line(rates[rates["group"] == "vn-survey"], "2011-2015", 2012)
    assert set(same["line"]) == {"2011-2015"}


def test_the_batch_is_the_forecast_itself(rates):
    """What is benchmarked is what is shipped: the same prior and readings give the same quantiles."""
    years, rates_pct = np.arange(2000, 2006), np.array([13.2, 11.4, 9.9, 8.6, 7.3, 4.6])
    group = bt.usable(rates[rates["group"] == "national-line"])
    readings = pd.DataFrame(
        {
            "as_of": [f"{year}-12-31" for year in years],
            "status": "poor",
            "poverty_line": "a",
            "rate_pct": rates_pct,
        }
    )
    shipped = forecast(
        readings, 2009, reference=group, draws=40_000, assumptions={"observation_error": {"fixed": 0.15}}
    )
    prior = shipped.prior
    row = np.array([[prior.mean, prior.sd, prior.scale, prior.scale_spread, prior.persistence]])
    windows = bt.Windows(
        np.array(["a"]), np.array(["a"]), np.array(["g"]), years[None], np.zeros((1, 6), int),
        rates_pct[None], np.full((1, 4), np.nan),
    )  # fmt: skip
    batch = bt.window_forecasts(windows, row, draws=40_000, candidates=20_000)[0]
    for level in (0.1, 0.5, 0.9):
        ours = np.quantile(shipped.draws["all", "poor"], level, axis=0)
        assert_allclose(np.quantile(batch, level, axis=0), ours, rtol=0.05)


def test_the_kept_record_is_what_the_code_makes(rates):
    record = load_table("track_record").set_index(["group", "method"])
    for group, origin in (("vn-survey from 2012", 2012), ("vn-survey to 2016", 2015)):
        windows = bt.province_windows(rates, origin)
        ours = bt.window_forecasts(windows, bt.window_priors(windows, rates, past_only=True))
        found = [scores.of(draws, windows)["crps"] for draws in (ours, bt.last_value(windows))]
        mean, base = (scores.by_unit(score, windows.unit).mean() for score in found)
        kept = record.loc[(group, "ours, past only")]
        assert mean / base == pytest.approx(kept["crps_ratio"], abs=0.002)
        assert mean == pytest.approx(kept["crps_points"], abs=0.002)


def test_the_batch_agrees_with_a_sampler_of_the_whole_hierarchy():
    """A random-walk Metropolis over levels, drifts, scale and tails, sharing no algebra with the batch."""
    years, rates_pct = np.arange(2000, 2006), np.array([13.2, 11.4, 9.9, 8.6, 7.3, 4.6])
    prior = np.array([0.05, 0.03, 0.05, 0.4, 0.8])
    windows = bt.Windows(
        np.array(["a"]), np.array(["a"]), np.array(["g"]), years[None], np.zeros((1, 6), int),
        rates_pct[None], np.full((1, 4), np.nan),
    )  # fmt: skip
    batch = bt.window_forecasts(windows, prior[None], bt.Model(), draws=20_000, candidates=20_000)[0]
    sampled = metropolis(rates_pct, prior)
    for level in (0.1, 0.5, 0.9):
        assert_allclose(
            np.quantile(batch, level, axis=0), np.quantile(sampled, level, axis=0), rtol=0.07, atol=0.05
        )


def metropolis(rates_pct, prior, chains=400, steps=6_000):
    """Draws of the next four published rates (percent): many short chains, states kept from the last steps."""
    from scipy.special import ndtri

    rng, n, persistence = np.random.default_rng(1), len(rates_pct), prior[4]
    y = ndtri(rates_pct / 100)
    error = 0.15 / 100 / (np.exp(-0.5 * y**2) / np.sqrt(2 * np.pi))

    def parts(theta):  # levels n, drifts n - 1, ln scale, ln tails n - 1
        return np.split(theta, [n, 2 * n - 1, 2 * n], axis=1)

    def log_posterior(theta):
        level, drift, log_scale, log_tail = parts(theta)
        variance = np.exp(2 * log_scale + log_tail)
        move = np.diff(level, axis=1) + drift
        out = -0.5 * (((y - level) / error) ** 2).sum(1) - 0.5 * (move**2 / variance + np.log(variance)).sum(
            1
        )
        out -= 0.5 * level[:, 0] ** 2 / 9
        out -= 0.5 * ((drift[:, 0] - prior[0]) / prior[1]) ** 2
        rest = drift[:, 1:] - prior[0] - persistence * (drift[:, :-1] - prior[0])
        out -= 0.5 * (rest**2).sum(1) / (prior[1] ** 2 * (1 - persistence**2))
        out -= 0.5 * ((log_scale[:, 0] - np.log(prior[2])) / prior[3]) ** 2
        return out - (2 * log_tail + 2 * np.exp(-log_tail)).sum(1)  # inverse gamma (2, 2) in its logarithm

    start = np.hstack([
        y + error * rng.standard_normal((chains, n)),
        prior[0] + 0.02 * rng.standard_normal((chains, n - 1)),
        np.log(prior[2]) + 0.2 * rng.standard_normal((chains, 1)),
        0.3 * rng.standard_normal((chains, n - 1)),
    ])  # fmt: skip
    future = []
    for theta in walkers(log_posterior, start, steps, rng):
        level, drift, log_scale, _ = (part[:, -1] for part in parts(theta))
        path = []
        for _ in range(4):
            innovation = np.sqrt(prior[1] ** 2 * (1 - persistence**2))
            drift = prior[0] + persistence * (drift - prior[0]) + innovation * rng.standard_normal(chains)
            tail = 2 / rng.gamma(2, size=chains)
            level = level - drift + np.exp(log_scale) * np.sqrt(tail) * rng.standard_normal(chains)
            sd = 0.15 / 100 / (np.exp(-0.5 * level**2) / np.sqrt(2 * np.pi))
            path.append(100 * ndtr(level + np.minimum(sd, 0.25) * rng.standard_normal(chains)))
        future.append(np.array(path).T)
    return np.concatenate(future)
