"""The track record: honest windows, priors that never saw the answer, forecasts with known answers."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.special import ndtr

from giamngheo import forecast
from giamngheo.forecasting import backtest as bt
from giamngheo.forecasting import prior, scores
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


def test_the_record_is_the_public_forecast_on_the_day_of_the_last_reading(rates):
    windows = bt.province_windows(rates, 2012)[:3]
    made = bt.window_forecasts(windows, draws=200)
    for place, window in enumerate(made):
        readings = pd.DataFrame(
            {
                "year": windows.years[place],
                "status": "poor",
                "poverty_line": np.where(windows.lines[place] == 0, "old", "new"),
                "rate_pct": windows.rates_pct[place],
            }
        )
        own = forecast(readings, 2016, draws=200, reference="vn-survey", unit=windows.unit[place])
        assert str(own.known_by) == "2014-06-30"  # a survey of 2012, eighteen months on
        assert_array_equal(window, own.draws["all", "poor"])


def test_a_day_before_the_comparable_readings_nothing_of_the_last_year_is_known(rates):
    windows = bt.province_windows(rates, 2012)
    for same_year, last in ((True, 2013), (False, 2009)):
        found = bt.window_forecast(windows, 0, same_year, draws=100)
        assert found.origin.year == 2012  # its own reading is known in both
        assert (
            max(end for _, end, *_ in found.prior.drift.periods) == last
        )  # the end of a year begins the next
        assert f"{windows.series_id[0]}" not in found.prior.series


def test_neither_the_unit_nor_a_later_reading_moves_a_forecast(rates, monkeypatch):
    windows = bt.rolling_windows(rates, 5)
    windows = windows[(windows.group == "national-line") & (windows.origins == 2010)][:1]

    def learned():
        found = bt.window_forecast(windows, 0, draws=100).prior
        return found.mean, found.sd, found.scale, found.permanent

    before = learned()
    changed = rates.copy()
    changed.loc[(changed["unit"] == windows.unit[0]) | (changed["year"] > 2010), "rate_pct"] /= 3
    fresh(monkeypatch, changed)
    assert learned() == pytest.approx(before, rel=1e-9)
    changed.loc[changed["unit"] != windows.unit[0], "rate_pct"] /= 2
    fresh(monkeypatch, changed)
    assert learned() != pytest.approx(before, rel=1e-3)


def fresh(monkeypatch, rates):
    """The reference is other readings, and nothing that was made of the shipped ones is kept."""
    monkeypatch.setattr(prior, "_rates", lambda: rates)
    _forget()


def _forget():
    for made in (prior.published_prior, prior._last_day, prior._pieces, prior._pool):
        made.cache_clear()


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    _forget()


def test_forecasts_of_known_series_are_calibrated():
    rows = steady(n_series=40)
    windows = bt.rolling_windows(rows, 6, 0)[::2]
    draws = [
        bt.window_forecasts(windows[[place]], reference=rows[rows["unit"] != windows.unit[place]])[0]
        for place in range(0, len(windows), 2)
    ]
    windows = windows[np.arange(0, len(windows), 2)]
    found = scores.of(np.array(draws), windows)
    base = scores.of(bt.last_value(windows), windows)
    assert np.nanmean(found["crps"]) < 0.5 * np.nanmean(base["crps"])
    assert np.nanmean(found["cover_80"]) == pytest.approx(0.8, abs=0.12)
    assert np.nanmean(found["pit"]) == pytest.approx(0.5, abs=0.08)


def test_a_break_of_the_line_is_real_readings_times_a_factor():
    rows = steady(n_series=10)
    plain, broken = bt.rolling_windows(rows, 6, 0), bt.break_windows(rows, 5)
    assert broken.lines[0].tolist() == [0] * 5 + [1] * 2
    kept = plain[plain.declining]
    assert_array_equal(broken.rates_pct[:, :5], bt.BREAK_FACTOR * kept.rates_pct[:, :5])
    assert_array_equal(broken.rates_pct[:, 5:], kept.rates_pct[:, 4:])


def test_provinces_start_on_the_line_that_is_forecast(rates):
    windows = bt.province_windows(rates)
    assert len(windows) > 30
    assert "VNM:An Giang" not in windows.unit


def test_the_kept_record_is_what_the_code_makes(rates):
    record = load_table("track_record").set_index(["group", "method"])
    windows = bt.province_windows(rates, 2015)
    for method, same_year in (("ours", True), ("ours, earlier years only", False)):
        ours = bt.window_forecasts(windows, same_year)
        found = [scores.of(draws, windows)["crps"] for draws in (ours, bt.last_value(windows))]
        mean, base = (scores.by_unit(score, windows.unit).mean() for score in found)
        kept = record.loc[("vn-survey to 2016", method)]
        assert mean / base == pytest.approx(kept["crps_ratio"], abs=0.002)
        assert mean == pytest.approx(kept["crps_points"], abs=0.002)
