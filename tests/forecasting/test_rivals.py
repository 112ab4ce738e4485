"""The rivals: exact on what they assume, held as fits, and never across a change of line in silence."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit
from scipy.stats import norm, t

from giamngheo.forecasting.rivals import METHODS, fit_rivals, rival_forecasts, spliced, straight_lines
from giamngheo.forecasting.scales import SCALES
from giamngheo.inputs.errors import RefusedInput


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


BENT = [20.0, 18.5, 16.0, 15.5, 13.0, 12.5, 11.0]


@pytest.fixture(scope="module")
def fits():
    return fit_rivals(series(BENT))


@pytest.mark.parametrize("scale", list(SCALES))
def test_a_residual_is_the_reading_less_the_line_by_least_squares(scale):
    y, years = SCALES[scale].to(np.array(BENT) / 100), np.arange(2000, 2007)
    line = np.polyval(np.polyfit(years - 2006, y, 1), years - 2006)
    found = straight_lines(series(BENT))[scale].residuals
    assert found["year"].tolist() == years.tolist()
    assert_allclose(found["residual"], y - line, atol=1e-12)
    assert_allclose(found["residual_pp"], BENT - 100 * SCALES[scale].back(line), atol=1e-9)
    assert found["residual"].iloc[0] * found["residual_pp"].iloc[0] > 0


def test_a_forecaster_that_looks_back_is_judged_by_the_next_reading(fits):
    x = SCALES["logit"].to(np.array(BENT) / 100)
    assert_allclose(fits["last_value"].residuals["residual"], np.diff(x))
    assert_allclose(fits["drift"].residuals["residual"], np.diff(x) - (x[-1] - x[0]) / 6)
    for method in ("damped_trend", "local_linear_trend"):
        model, found = fits[method].model, fits[method].residuals
        assert_allclose(found["residual"], np.asarray(model.resid)[-len(found) :], atol=1e-10)
    assert fits["local_linear_trend"].residuals["year"].min() == 2002


def test_the_parameters_are_those_of_the_models(fits):
    table = fits.parameters.set_index(["method", "parameter"])
    for method in ("points", "log", "logit"):
        model, half = fits[method].model, t.ppf(0.9, 5)
        for name in ("level", "slope"):
            row = table.loc[(method, name)]
            assert_allclose([row["estimate"], row["se"]], [model.params[name], model.bse[name]])
            assert_allclose([row["low"], row["high"]], row["estimate"] + np.array([-half, half]) * row["se"])
            assert_allclose([row["low"], row["high"]], model.conf_int(0.2).loc[name])
    assert table.loc[("drift", "slope"), "estimate"] == pytest.approx(fits["drift"].model.params[0])
    steps = np.diff(SCALES["logit"].to(np.array(BENT) / 100))
    assert table.loc[("last_value", "step_sd"), "estimate"] == pytest.approx(np.sqrt((steps**2).mean()))
    assert table.loc["damped_trend"].index.tolist() == [
        "smoothing_level",
        "smoothing_trend",
        "damping_trend",
    ]
    variances = table.loc["local_linear_trend"]
    assert (variances["low"].dropna() >= 0).all()


def test_a_straight_line_forecasts_as_statsmodels_predicts(fits):
    points = fits["points"]
    new = pd.DataFrame({"level": 1.0, "slope": [1, 3]})
    expected = points.model.get_prediction(new).summary_frame(alpha=0.2)
    found = points.forecast([2007, 2009])
    assert_allclose(found["q50"], 100 * expected["mean"])
    assert_allclose(found["q10"], 100 * expected["obs_ci_lower"])


def test_years_apart_are_those_of_the_whole_forecast(fits):
    for fit in fits.values():
        whole = fit.forecast(range(2007, 2012))
        assert_allclose(fit.forecast([2008, 2011]), whole.iloc[[1, 4]])


def test_a_method_of_ones_own_stands_among_the_others():
    def mine(past, years):
        return pd.DataFrame({"q10": 1.0, "q50": past.iloc[-1] - 0.5 * (years - past.index[-1]), "q90": 30.0})

    table = rival_forecasts(series(BENT), 2008, own={"mine": mine})
    assert table["method"].unique().tolist() == [*METHODS, "mine"]
    assert table[table["method"] == "mine"]["q50"].tolist() == [10.5, 10.0]
    assert len(fit_rivals(series(BENT), own={"mine": mine})["mine"].residuals) == 0
    assert "mine" not in set(rival_forecasts(series(BENT), 2008)["method"])


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"logit": lambda past, years: None}, "my_logit"),
        ({"mine": lambda past, years: {"q50": years}}, "no q10, q90"),
        ({"mine": lambda past, years: dict.fromkeys(("q10", "q50", "q90"), 1.0)}, "one number for each"),
        ({"mine": lambda past, years: {"q10": 0 * years, "q50": 0 * years - 1, "q90": 0 * years}}, "q10 ≤"),
    ],
)
def test_what_is_no_forecast_is_refused(own, message):
    with pytest.raises(RefusedInput, match=message):
        rival_forecasts(series(BENT), 2008, own=own)


def test_what_cannot_be_fitted_or_forecast_is_refused(fits):
    with pytest.raises(RefusedInput, match="nearest year: 2007"):
        fits.forecast(2006)


def test_one_reading_leaves_the_usual_methods_out():
    fits = fit_rivals(series([9.0]))
    assert not len(fits.parameters) and not len(fits.residuals) and not len(fits.forecast(2012))
    assert straight_lines(series([9.0])).residuals["residual"].abs().max() < 1e-9


def test_years_that_do_not_increase_are_refused(fits):
    for years in ([2009, 2008], [2008, 2008]):
        for fit in fits.values():
            with pytest.raises(RefusedInput, match=r"do not increase; nearest: \[2008"):
                fit.forecast(years)


def test_a_drift_over_uneven_years_is_the_weighted_model_that_it_holds():
    fit = fit_rivals(series(BENT).drop(index=[1, 2, 5]))["drift"]  # changes over 3, 1 and 2 years
    x, spans = SCALES["logit"].to(np.array([20.0, 15.5, 13.0, 11.0]) / 100), np.array([3, 1, 2])
    slope = (x[-1] - x[0]) / 6
    variance = ((np.diff(x) - slope * spans) ** 2 / spans).sum() / 2  # of one year
    ahead = np.array([1, 4])
    sd = np.sqrt(variance * ahead + (ahead * fit.model.bse[0]) ** 2)
    assert fit.model.bse[0] == pytest.approx(np.sqrt(variance / 6))
    found = SCALES["logit"].to(fit.forecast(2006 + ahead)[["q10", "q50", "q90"]].to_numpy() / 100)
    assert_allclose(found, (x[-1] + slope * ahead)[:, None] + norm.ppf([0.1, 0.5, 0.9]) * sd[:, None])


def test_a_drift_over_even_years_has_the_spread_of_its_changes(fits):
    x, ahead = SCALES["logit"].to(np.array(BENT) / 100), np.arange(1, 5)
    half = norm.ppf(0.9) * np.std(np.diff(x), ddof=1) * np.sqrt(ahead * (1 + ahead / 6))
    found = SCALES["logit"].to(fits["drift"].forecast(2006 + ahead)["q90"] / 100)
    assert_allclose(found, x[-1] + (x[-1] - x[0]) / 6 * ahead + half, rtol=1e-12)


def test_two_readings_have_lines_without_a_spread():
    found = fit_rivals(series([9.0, 8.0]))
    assert set(found) == {"last_value", "drift", "points", "log", "logit"}
    assert found["points"].forecast([2003]).iloc[0, 1:].tolist() == pytest.approx([6.0] * 3)
    assert found.parameters["estimate"].notna().all()
