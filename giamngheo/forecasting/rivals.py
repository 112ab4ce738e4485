"""The usual forecasts of a short series, shown beside the chosen one: each a fit that one can hold.

Six are models of statsmodels, the last value is a line of arithmetic. A fit has its parameters, its residuals and a
forecast with a median and an 80 % interval.
"""

import warnings

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import chi2

from giamngheo.forecasting.fits import (
    Fit,
    Rivals,
    fit_on_scale,
    parameters_frame,
    residuals_frame,
)
from giamngheo.forecasting.levels import lines_in_order
from giamngheo.forecasting.readings import checked_readings
from giamngheo.forecasting.scales import on_scale
from giamngheo.forecasting.summary import ENDS
from giamngheo.inputs.errors import RefusedInput

LINES = ("points", "log", "logit")  # scales of the straight lines among the rivals
METHODS = ("last_value", "drift", *LINES, "damped_trend", "local_linear_trend")
STATISTICAL_MINIMUM = 5  # readings below which the two state-space rivals are left out


def fit_rivals(readings, group="all", own=None):
    """Fit the usual methods, and any of one's own, to the readings of the poor.

    Parameters
    ----------
    readings : DataFrame or Series
        As of `giamngheo.forecast`.
    group : str
    own : mapping of str to callable, optional
        Name to a function ``f(series, years)`` of the series (percent by year) and the years to forecast, which
        returns q10, q50 and q90 (percent, one a year) as a DataFrame or a dict.

    Returns
    -------
    Rivals
        The damped trend and the local linear trend are left out below `STATISTICAL_MINIMUM` readings, the damped trend
        where a year is missing, all but one's own where one reading shows no change.

    Raises
    ------
    RefusedInput
        A method of one's own with the name of ours.
    """
    series, own = spliced(readings, group), dict(own or {})
    for name in own:
        if name in (*METHODS, "chosen"):
            raise RefusedInput(f"own: '{name}' is the name of a method that is there; nearest: 'my_{name}'")
    fits = {}
    if len(series) > 1:
        fits = {"last_value": _last_value(series), "drift": _drift(series)}
        fits |= {scale: _straight_line(series, scale) for scale in LINES}
    if len(series) >= STATISTICAL_MINIMUM:
        if (np.diff(series.index) == 1).all():  # exponential smoothing knows no missing years
            fits["damped_trend"] = _damped(series)
        fits["local_linear_trend"] = _local_linear(series)
    return Rivals(series, fits | {name: _own(name, function, series) for name, function in own.items()})


def straight_lines(readings, group="all"):
    """The straight line on every scale of `forecasting.scales`, the model's own among them, to compare residuals.

    Parameters
    ----------
    readings : DataFrame
        As of `fit_rivals`.
    group : str

    Returns
    -------
    Rivals
        By the names of the scales: points, log, logit, probit.
    """
    series = spliced(readings, group)
    return Rivals(series, {scale: _straight_line(series, scale) for scale in (*LINES, "probit")})


def rival_forecasts(readings, until, group="all", own=None):
    """Forecasts of the poor rate by the rivals: `fit_rivals`, and the `forecast` of what it gives.

    Parameters
    ----------
    readings : DataFrame
    until : int
        Last year.
    group : str
    own : mapping of str to callable, optional

    Returns
    -------
    DataFrame
        As of `Rivals.forecast`.
    """
    return fit_rivals(readings, group, own).forecast(until)


def spliced(readings, group="all", status="poor"):
    """One series on the last poverty line: earlier lines are moved on the logit scale at an instant read on both.

    Parameters
    ----------
    readings : DataFrame
        As of `giamngheo.forecast`.
    group, status : str

    Returns
    -------
    Series
        Percent by year, ascending; only the last line where no instant was read on both, or as 0 or 100 on one.
    """
    rows = checked_readings(readings)
    rows = rows[(rows["status"] == status) & (rows["group"] == group)].sort_values("as_of", kind="stable")
    whole = pd.Series(dtype=float)
    for line in reversed(lines_in_order(rows)):
        part = rows[rows["poverty_line"] == line].set_index("as_of")["rate_pct"].astype(float)
        if whole.empty:
            whole = part
            continue
        both = part.index.intersection(whole.index)
        if both.empty:
            break
        offset = logit(whole[both[0]] / 100) - logit(part[both[0]] / 100)
        if not np.isfinite(offset):  # nobody or everybody was poor
            break
        earlier = part[part.index < both[0]]
        whole = pd.concat([100 * expit(logit(earlier / 100) + offset), whole])
    whole.index = whole.index.year
    return whole


def _straight_line(series, scale):
    """Least squares on a scale, with the prediction interval of a new reading (statsmodels' OLS)."""
    from statsmodels.regression.linear_model import OLS

    last, y = series.index[-1], on_scale(series, scale)[0]
    since = pd.DataFrame({"level": 1.0, "slope": series.index - last}, index=series.index)
    with _quiet():  # one reading leaves the slope open
        model = OLS(y, since).fit()
    df = max(len(series) - 2, 1)  # two readings leave nothing to measure a spread by
    residual_variance = model.ssr / df if len(series) > 2 else 0.0

    def predict(years):
        x = np.column_stack([np.ones(len(years)), years - last])
        spread = np.einsum("ij,jk,ik->i", x, model.normalized_cov_params, x)
        return x @ model.params.to_numpy(), np.sqrt(residual_variance * (1 + spread))

    se = np.sqrt(residual_variance * np.diag(model.normalized_cov_params)) if len(series) > 2 else np.nan
    found = parameters_frame(scale, scale, list(since), model.params, se, df)
    return fit_on_scale(scale, scale, series, model, found, model.fittedvalues, predict, df)


def _last_value(series):
    """The last reading, and steps as large as those seen: ``x_T ± z sqrt(h · mean of squared yearly steps)``."""
    x, years = on_scale(series, "logit")[0], series.index.to_numpy()
    steps = np.diff(x) / np.sqrt(np.diff(years))
    sd, n = np.sqrt((steps**2).mean()), len(steps)

    def predict(coming):
        return np.full(len(coming), x[-1]), sd * np.sqrt(coming - years[-1])

    found = parameters_frame("last_value", "logit", ["step_sd"], [sd], [sd / np.sqrt(2 * n)])
    found[["low", "high"]] = sd * np.sqrt(n / chi2.ppf([0.9, 0.1], n))
    return fit_on_scale("last_value", "logit", series, None, found, np.append(np.nan, x[:-1]), predict)


def _drift(series):
    """A random walk with the mean fall from the first reading to the last: least squares of changes on years.

    A change over several years has their variances. The interval of the slope is Student t, as those of the straight
    lines; the forecasts are normal, as the method is usually given.
    """
    from statsmodels.regression.linear_model import WLS

    x, years = on_scale(series, "logit")[0], series.index.to_numpy()
    changes, spans, n = np.diff(x), np.diff(years).astype(float), len(x) - 1
    model = WLS(changes, spans, weights=1 / spans).fit()
    slope = (x[-1] - x[0]) / (years[-1] - years[0])  # the model's, free of rounding
    sd = np.sqrt(model.scale) if n > 1 else abs(slope)

    def predict(coming):
        ahead = coming - years[-1]
        return x[-1] + slope * ahead, sd * np.sqrt(ahead * (1 + ahead / spans.sum()))

    found = parameters_frame("drift", "logit", ["slope"], [slope], model.bse if n > 1 else np.nan, n - 1)
    return fit_on_scale(
        "drift", "logit", series, model, found, np.append(np.nan, x[:-1] + slope * spans), predict
    )


def _damped(series):
    """Exponential smoothing with a damped additive trend, started from the first reading (statsmodels' ETSModel)."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    index = pd.period_range(f"{series.index[0]}", periods=len(series), freq="Y")
    x = pd.Series(on_scale(series, "logit")[0], index=index)
    start = {"initial_level": x.iloc[0], "initial_trend": x.diff().mean()}
    model = ETSModel(x, trend="add", damped_trend=True, initialization_method="known", **start)
    with _quiet():
        model = model.fit(disp=False)
        se = np.asarray(model.bse)

    def predict(coming):
        ahead = model.get_prediction(start=len(x), end=int(coming[-1] - series.index[0]))
        mean, variance = np.asarray(ahead.predicted_mean), np.asarray(ahead.forecast_variance)
        return _of_years(mean, coming), _of_years(np.sqrt(variance), coming)

    found = parameters_frame("damped_trend", "logit", model.param_names, model.params, se)
    found[["low", "high"]] = found[["low", "high"]].clip(0, 1)  # they are shares
    return fit_on_scale("damped_trend", "logit", series, model, found, model.fittedvalues, predict)


def _local_linear(series):
    """A level and a slope that both walk, and noise (statsmodels' UnobservedComponents); gaps stay gaps."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    start, x = series.index[0], pd.Series(on_scale(series, "logit")[0], index=series.index)
    whole = x.reindex(range(start, series.index[-1] + 1))
    with _quiet():
        model = UnobservedComponents(whole.to_numpy(), level="local linear trend")
        model = model.fit(disp=False, maxiter=200)
        se = model.bse

    def predict(coming):
        ahead = model.get_forecast(int(coming[-1] - series.index[-1]))
        return _of_years(ahead.predicted_mean, coming), _of_years(ahead.se_mean, coming)

    names = [name.replace("sigma2.", "variance_") for name in model.param_names]
    found = parameters_frame("local_linear_trend", "logit", names, model.params, se)
    found["low"] = found["low"].clip(lower=0)  # of variances
    expected = pd.Series(model.fittedvalues, index=whole.index)
    expected.iloc[: model.loglikelihood_burn] = np.nan  # nothing was expected before two readings
    return fit_on_scale("local_linear_trend", "logit", series, model, found, expected[series.index], predict)


def _own(name, function, series):
    def quantiles(years):
        found = function(series.copy(), years)
        lacking = [key for key in ENDS if key not in found]
        if lacking:
            raise RefusedInput(
                f"own: {name}: no {', '.join(lacking)} in what it returns; nearest: q10, q50, q90"
            )
        found = {key: np.asarray(found[key], dtype=float) for key in ENDS}
        if any(values.shape != years.shape or not np.isfinite(values).all() for values in found.values()):
            raise RefusedInput(f"own: {name}: not one number for each of the {len(years)} years {years}")
        if (found["q10"] > found["q50"]).any() or (found["q50"] > found["q90"]).any():
            raise RefusedInput(f"own: {name}: q10 ≤ q50 ≤ q90 does not hold")
        return found

    nothing = parameters_frame(name, "points", [], [], []), residuals_frame(name, "points", series[:0], [])
    return Fit(name, "points", series, None, *nothing, quantiles)


def _of_years(values, years):
    """Of the values of years that follow one another, up to the last asked for, those of the years asked for."""
    return values[years - years[-1] - 1]


def _quiet():
    """Short series: notes on convergence are expected, and the result is shown as it is."""
    return warnings.catch_warnings(action="ignore")
