"""The forecast with each reading left out: the right one is, and what cannot be forecast stays empty."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from giamngheo import package_forecast
from giamngheo.analysis.left_out import forecasts_without_each_reading
from giamngheo.simulation.targets import target_chances

DRAWS = 500


@pytest.fixture(scope="module")
def trend(package):
    return package_forecast(package, draws=DRAWS, reference="national-line")


@pytest.fixture(scope="module")
def found(package, trend):
    return forecasts_without_each_reading(package, trend, draws=DRAWS)


def row(found, as_of, line, left, status):
    rows = found[
        (found["left_as_of"] == as_of) & (found["left_line"] == line) & (found["left_status"] == left)
    ]
    return rows.set_index("status").loc[status]


def test_without_nothing_left_out_it_is_the_forecast_itself(package, trend, found):
    first = found[found["left_as_of"].isna()].set_index("status")
    chances = target_chances(package, trend)
    for status in ("poor", "near_poor"):
        last = trend.table[(trend.table["group"] == "all") & (trend.table["status"] == status)].iloc[-1]
        assert first.loc[status, ["q10", "q50", "q90"]].tolist() == last[["q10", "q50", "q90"]].tolist()
        assert first.loc[status, "chance"] == chances[first.loc[status, "target"]]


def test_each_reading_is_left_out_once(package, found):
    readings = package.frame("poverty")
    readings = readings[readings["group"] == "all"]
    left = found[found["status"] == "poor"].iloc[1:]
    keys = ["left_as_of", "left_line", "left_status", "left_pct"]
    assert sorted(left[keys].itertuples(index=False, name=None)) == sorted(
        readings[["as_of", "poverty_line", "status", "rate_pct"]].itertuples(index=False, name=None)
    )


def test_a_row_is_the_forecast_without_that_reading(package, trend, found):
    readings = trend.history
    last = (readings["group"] == "all") & (readings["as_of"] == "2011-12-31") & (readings["status"] == "poor")
    by_hand = trend.refit(readings[~last & (readings["group"] == "all")]).draws["all", "poor"][:, -1]
    shown = row(found, "2011-12-31", "qd09_2011", "poor", "poor")
    assert shown["q50"] == np.median(by_hand) and shown["chance"] == (by_hand < 2).mean()
    assert shown["q50"] > found["q50"].iloc[0] + 0.3  # under this prior the last fall was more than expected


def test_the_poor_do_not_hang_on_the_near_poor(found):
    shown = row(found, "2011-12-31", "qd09_2011", "near_poor", "poor")
    assert shown["q50"] == found[found["status"] == "poor"]["q50"].iloc[0]
    first = found[found["status"] == "near_poor"].iloc[0]
    shown = row(found, "2011-12-31", "qd09_2011", "near_poor", "near_poor")
    assert shown["chance"] > 2 * first["chance"] and shown["q50"] < first["q50"]


def test_a_near_poor_reading_is_lost_with_its_reading_of_the_poor(trend):
    rows = trend.history[trend.history["group"] == "all"]
    last = rows[rows["as_of"] == "2011-12-31"]
    poor = last[last["status"] == "poor"]
    without = [
        trend.refit(rows.drop(index=left.index)).posteriors["all"]["gap"].level for left in (poor, last)
    ]
    assert len(last) == 2 and len(poor) == 1
    assert_array_equal(*without)


def test_what_the_others_cannot_forecast_stays_empty(package, trend):
    two = trend.history[(trend.history["poverty_line"] == "qd09_2011") & (trend.history["status"] == "poor")]
    found = forecasts_without_each_reading(package, trend.refit(two), draws=DRAWS)
    poor = found[found["status"] == "poor"]
    assert poor["q50"].notna().all()  # one reading is enough
    only = trend.history.drop(index=two.index[:1])
    only = only[(only["group"] == "all") & (only["status"] == "poor")]
    lost = forecasts_without_each_reading(package, trend.refit(only), draws=DRAWS)
    gone = row(lost, "2011-12-31", "qd09_2011", "poor", "poor")
    assert np.isnan(gone["q50"]) and np.isnan(gone["chance"])
