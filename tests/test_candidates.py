"""The benchmark of candidates: halves by unit, paired differences, nothing left changed."""

import importlib
from pathlib import Path

import pandas as pd
import pytest

from giamngheo.forecasting import backtest as bt
from giamngheo.forecasting import pooling
from giamngheo.forecasting.reference_series import load_rates


@pytest.fixture(scope="module")
def candidates():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
        yield importlib.import_module("candidates")


@pytest.fixture(scope="module")
def sets(candidates):
    return list(candidates.halves(load_rates(), 5))


def test_no_unit_is_in_both_halves(sets):
    units = [
        {unit for _, half, windows in sets if half == of for unit in map(str, windows.unit)} for of in (0, 1)
    ]
    assert units[0] and units[1] and not units[0] & units[1]
    assert {group for group, half, _ in sets if half == 0} == {group for group, half, _ in sets if half == 1}


def test_a_change_between_two_real_lines_is_read_on_both_at_one_instant(candidates):
    windows = candidates.line_windows(load_rates(), 4)
    assert len(windows) and (windows.years[:, 3] == windows.years[:, 4]).all()
    assert (windows.rates_pct[:, 3] != windows.rates_pct[:, 4]).any()


def test_differences_are_paired_by_window_and_weigh_units_alike(candidates):
    units = ["a", "a", "a", "b"]
    shipped = pd.DataFrame({"group": "g", "half": 0, "unit": units, "series": units, "origin": [1, 2, 3, 1],
                            "length": 5, "ahead": 1, "crps": [1.0, 2.0, 3.0, 4.0], "base": 4.0,
                            "pit": 0.5, "cover_80": 1.0})  # fmt: skip
    better = shipped.assign(crps=shipped["crps"] - [1, 1, 1, 0])[::-1]
    row = candidates.compared(better, shipped).iloc[0]
    assert row["difference"] == pytest.approx(-0.125)  # one unit a quarter of the base better, the other none
    assert row["se"] == pytest.approx(0.125)


def test_a_candidate_moves_the_groups_it_is_for_and_leaves_nothing_behind(candidates, sets):
    still = pooling.STILL
    sets = [(group, half, windows[:1]) for group, half, windows in sets if group == "relative-line"][:1]
    shipped, other = (
        candidates.scored(sets, replaced, False)
        for replaced in ([], candidates.CANDIDATES["relative lines fall as others do"][0])
    )
    assert pooling.STILL is still and bt.HORIZONS.tolist() == [1, 2, 3, 4]
    assert (shipped["crps"] != other["crps"]).any() and (shipped["base"] == other["base"]).all()
