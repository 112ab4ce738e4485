"""The peers' benchmark: the spreadsheet's arithmetic, the scores, a quick run without the optional peer."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "peers.py"


@pytest.fixture(scope="module")
def peers():
    spec = importlib.util.spec_from_file_location("peers", SCRIPT)
    module = sys.modules["peers"] = importlib.util.module_from_spec(spec)  # dataclasses look the module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["peers"]


@pytest.fixture
def falling():
    """Two points a year of 1000 households, with 10 billion VND a year behind it: 2 households a billion."""
    return pd.Series([20.0, 18.0, 16.0, 14.0], index=[2008, 2009, 2010, 2011])


@pytest.mark.parametrize(("share", "rate_pct"), [(0, 12.0), (0.5, 9.0), (1, 6.0), (2, 0.0), (3, -6.0)])
def test_money_buys_a_fixed_number_of_households(peers, falling, share, rate_pct):
    line = peers.straight_line(falling)
    per_bn = peers.households_per_bn(line, 1_000, 10)
    delivered = dict.fromkeys((2013, 2014, 2015), 10 * share)
    assert per_bn == pytest.approx(2)
    assert peers.spreadsheet_rate(line, 2015, delivered, per_bn, 1_000) == pytest.approx(rate_pct)


def test_full_money_is_the_line_itself(peers, falling):
    line = peers.straight_line(falling)
    per_bn = peers.households_per_bn(line, 1_000, 10)
    for year in range(2012, 2016):
        rate = peers.spreadsheet_rate(line, year, dict.fromkeys((2013, 2014, 2015), 10), per_bn, 1_000)
        assert rate == pytest.approx(line.at(year))


def test_two_readings_have_no_interval_and_more_have_a_students(peers):
    short = peers.straight_line(pd.Series([9.28, 7.84], index=[2010, 2011]))
    assert short.at(2015) == pytest.approx(2.08)
    assert np.ptp(short.draws(2015, 2.08)) == 0
    noisy = peers.straight_line(pd.Series([10.0, 9.5, 7.5, 7.0], index=range(4)))
    draws = noisy.draws(5, noisy.at(5))
    error = noisy.residual * np.sqrt(1 + 1 / 4 + 3.5**2 / 5)
    assert np.median(draws) == pytest.approx(noisy.at(5))
    assert np.quantile(draws, 0.9) - noisy.at(5) == pytest.approx(1.886 * error, rel=0.02)  # t, 2 degrees


def test_outside_counts_both_ends(peers):
    assert peers.outside(np.array([-0.1, 0.0, 100.0, 100.1])) == 0.5


def test_improving_takes_each_line_on_its_own(peers):
    assert peers.improving([9.0, 8.0], [12.0, 13.0]) == 0.5


def test_no_window_knows_what_it_is_to_forecast(peers):
    found = peers.windows((2018,), 1)
    assert {group for group, *_ in found} == {"vn-survey", "id-survey"}
    for _, unit, origin, readings, later in found:
        assert readings["year"].max() == origin < later.index.min()
        assert set(readings["unit"]) == {unit}


def test_a_missing_peer_is_named_with_its_extra(peers, monkeypatch):
    monkeypatch.setitem(sys.modules, "policy_priority_inference", None)
    with pytest.raises(SystemExit, match=r"giamngheo\[peers\]"):
        peers.main(["--quick"])


def test_a_quick_run_without_the_peer(peers, capsys):
    peers.main(["--quick", "--without-ppi"])
    printed = capsys.readouterr().out
    assert "pass         giamngheo: no rate outside 0-100 %" in printed
    assert "spreadsheet, last line" in printed
    assert "us prepared" in printed
    assert "PPI" not in printed
