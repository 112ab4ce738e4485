"""The rivals: exact on what they assume, and never across a change of line in silence."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from giamngheo.forecasting.rivals import METHODS, rival_forecasts, spliced


def series(rates, line="a", start=2000):
    return pd.DataFrame(
        {
            "as_of": pd.to_datetime([f"{start + i}-12-31" for i in range(len(rates))]),
            "status": "poor",
            "poverty_line": line,
            "rate_pct": np.asarray(rates, dtype=float),
        }
    )


@pytest.mark.parametrize(
    ("method", "rates", "answer"),
    [
        ("points", 20 - np.arange(8), 20 - 9),
        ("log", 20 * 0.9 ** np.arange(8), 20 * 0.9**9),
        ("logit", 100 * expit(-1 - 0.1 * np.arange(8)), 100 * expit(-1.9)),
        ("drift", 100 * expit(-1 - 0.1 * np.arange(8)), 100 * expit(-1.9)),
        ("last_value", [5, 6, 5, 6, 5, 6], 6),
    ],
)
def test_each_is_exact_on_its_own_kind_of_series(method, rates, answer):
    table = rival_forecasts(series(rates), 2000 + len(rates) + 1)
    row = table[table["method"] == method].iloc[-1]
    assert row["q50"] == pytest.approx(answer, rel=1e-6)
    assert row["q10"] <= row["q50"] <= row["q90"]


def test_an_earlier_line_is_moved_to_the_last_one_where_both_were_read():
    old, new = series([20.0, 18.0, 16.0]), series([30.0, 28.0], "b", 2002)
    whole = spliced(pd.concat([old, new]))
    assert whole.index.tolist() == [2000, 2001, 2002, 2003]
    assert whole.loc[2002] == 30 and whole.loc[2001] > 30


def test_lines_that_never_met_are_not_joined():
    old, new = series([20.0, 18.0, 16.0]), series([30.0, 28.0], "b", 2003)
    assert spliced(pd.concat([old, new])).index.tolist() == [2003, 2004]


def test_all_of_them_forecast_the_decision(package):
    table = rival_forecasts(package.frame("poverty"), 2015)
    assert set(table["method"]) == set(METHODS)
    assert table.groupby("method").size().eq(4).all()
    assert table[["q10", "q50", "q90"]].notna().all().all()


def test_a_gap_of_years_leaves_out_what_knows_no_gaps():
    gap = series([20.0, 19.0, 18.0, 17.0, 16.0, 15.0]).drop(index=3)
    assert "damped_trend" not in set(rival_forecasts(gap, 2008)["method"])
