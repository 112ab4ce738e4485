"""The usual forecasts of a short series, shown beside the chosen one: each with a median and an 80 % interval."""

import warnings

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm, t

from giamngheo.forecasting.scales import SCALES

METHODS = ("last_value", "drift", "points", "log", "logit", "damped_trend", "local_linear_trend")
LEVELS = {"q10": 0.1, "q50": 0.5, "q90": 0.9}
STATISTICAL_MINIMUM = 5  # readings below which the two state-space rivals are left out


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
        Percent by year, ascending; only the last line where no instant was read on both.
    """
    rows = readings[readings["status"] == status]
    if "group" in rows:
        rows = rows[rows["group"] == group]
    rows = rows.assign(as_of=pd.to_datetime(rows["as_of"])).sort_values("as_of", kind="stable")
    lines = rows.groupby("poverty_line", sort=False)["as_of"].max().sort_values(kind="stable").index[::-1]
    whole = None
    for line in lines:
        part = rows[rows["poverty_line"] == line].set_index("as_of")["rate_pct"].astype(float)
        if whole is None:
            whole = part
            continue
        both = part.index.intersection(whole.index)
        if both.empty:
            break
        offset = logit(whole[both[0]] / 100) - logit(part[both[0]] / 100)
        earlier = part[part.index < both[0]]
        whole = pd.concat([100 * expit(logit(earlier / 100) + offset), whole])
    whole.index = whole.index.year
    return whole


def rival_forecasts(readings, until, group="all"):
    """Forecasts of the poor rate by the rivals.

    Parameters
    ----------
    readings : DataFrame
        as_of, status, poverty_line, rate_pct (percent), optional group.
    until : int
        Last year.
    group : str

    Returns
    -------
    DataFrame
        method, as_of (ends of year), status, q10, q50, q90 (percent, kept within 0..100).
    """
    series = spliced(readings, group)
    years = np.arange(series.index[-1] + 1, until + 1)
    tables = []
    for method in METHODS:
        if method in ("damped_trend", "local_linear_trend") and len(series) < STATISTICAL_MINIMUM:
            continue
        if method == "damped_trend" and (np.diff(series.index) > 1).any():
            continue  # exponential smoothing knows no missing years
        quantiles = _forecast(method, series, years)
        table = pd.DataFrame({name: np.clip(values, 0, 100) for name, values in quantiles.items()})
        table.insert(0, "status", "poor")
        table.insert(0, "as_of", pd.to_datetime([f"{year}-12-31" for year in years]))
        table.insert(0, "method", method)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _forecast(method, series, years):
    ahead = years - series.index[-1]
    if method in ("points", "log", "logit"):
        return _straight_line(series, years, SCALES[method])
    back = SCALES["logit"].back
    x = SCALES["logit"].to(series.to_numpy() / 100)
    steps = np.diff(x) / np.sqrt(np.diff(series.index))
    if method == "last_value":
        return _normal(x[-1] + 0 * ahead, np.sqrt((steps**2).mean() * ahead), back)
    if method == "drift":
        slope = (x[-1] - x[0]) / (series.index[-1] - series.index[0])
        sd = np.std(np.diff(x) - slope * np.diff(series.index), ddof=1) if len(x) > 2 else abs(slope)
        return _normal(x[-1] + slope * ahead, sd * np.sqrt(ahead * (1 + ahead / (len(x) - 1))), back)
    regular = pd.Series(x, index=series.index).reindex(
        range(series.index[0], series.index[-1] + 1)
    )  # gaps stay gaps
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # short series: convergence notes are expected and the result is shown as it is
        mean, sd = (_damped if method == "damped_trend" else _local_linear)(regular, len(ahead))
    return _normal(mean, sd, back)


def _straight_line(series, years, scale):
    x, y = series.index.to_numpy(dtype=float), scale.to(series.to_numpy() / 100)
    n, centre = len(x), x.mean()
    slope, intercept = np.polyfit(x - centre, y, 1)
    spread = ((x - centre) ** 2).sum()
    residual = np.sqrt(((y - intercept - slope * (x - centre)) ** 2).sum() / max(n - 2, 1))
    error = residual * np.sqrt(1 + 1 / n + (years - centre) ** 2 / spread)
    middle = intercept + slope * (years - centre)
    quantiles = {name: t.ppf(level, max(n - 2, 1)) for name, level in LEVELS.items()}
    return {name: 100 * scale.back(middle + quantile * error) for name, quantile in quantiles.items()}


def _normal(mean, sd, back):
    return {
        name: 100 * back(np.asarray(mean) + norm.ppf(level) * np.asarray(sd))
        for name, level in LEVELS.items()
    }


def _damped(regular, horizon):
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = pd.Series(
        regular.to_numpy(), index=pd.period_range(f"{regular.index[0]}", periods=len(regular), freq="Y")
    )
    start = {"initial_level": series.iloc[0], "initial_trend": series.diff().mean()}
    fit = ETSModel(series, trend="add", damped_trend=True, initialization_method="known", **start).fit(
        disp=False
    )
    prediction = fit.get_prediction(start=len(series), end=len(series) + horizon - 1)
    return prediction.predicted_mean.to_numpy(), np.sqrt(np.asarray(prediction.forecast_variance))


def _local_linear(regular, horizon):
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    fit = UnobservedComponents(regular.to_numpy(), level="local linear trend").fit(disp=False, maxiter=200)
    prediction = fit.get_forecast(horizon)
    return prediction.predicted_mean, prediction.se_mean
