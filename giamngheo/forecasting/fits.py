"""A rival forecast once fitted: its model, parameters, residuals and forecasts; and several of them as one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import t

from giamngheo.forecasting.scales import SCALES, on_scale
from giamngheo.forecasting.summary import ENDS
from giamngheo.inputs.display import words_and_table
from giamngheo.inputs.errors import RefusedInput, unknown

PARAMETERS = ["method", "scale", "parameter", "estimate", "se", "low", "high"]


@dataclass(frozen=True, repr=False, eq=False)
class Fit:
    """One rival, fitted to one series on one scale.

    series: percent by year. model: the results of statsmodels, with `params`, `bse`, `resid`, …; None for the last
    value and for a function of one's own. parameters: method, scale, parameter, estimate, se, low, high (80 %; missing
    where the model has none), in units of the scale. residuals: method, scale, year, rate_pct, fitted_pct, fitted,
    residual (on the scale, reading less fit), residual_pp (points). A straight line is fitted to all readings; the
    others expect each reading from those before it.
    """

    method: str
    scale: str
    series: pd.Series
    model: object
    parameters: pd.DataFrame
    residuals: pd.DataFrame
    _quantiles: Callable

    def forecast(self, years):
        """Median and 80 % interval at the ends of some years.

        Parameters
        ----------
        years : sequence of int
            Increasing, later than the last reading.

        Returns
        -------
        DataFrame
            year, q10, q50, q90 (percent, kept within 0..100).

        Raises
        ------
        RefusedInput
            No year, one that is not later than the last reading, or years that do not increase.
        """
        years, last = np.asarray(list(years), dtype=int), self.series.index[-1]
        if not len(years) or years[0] <= last:
            raise RefusedInput(f"{self.method}: the last reading is of {last}; nearest year: {last + 1}")
        if (np.diff(years) <= 0).any():
            given, nearest = years.tolist(), np.unique(years).tolist()
            raise RefusedInput(f"{self.method}: the years {given} do not increase; nearest: {nearest}")
        quantiles = {name: np.clip(values, 0, 100) for name, values in self._quantiles(years).items()}
        return pd.DataFrame({"year": years} | quantiles)

    def __repr__(self):
        found = ", ".join(f"{row.parameter} {row.estimate:.4g}" for row in self.parameters.itertuples())
        return f"Fit of {self.method} on the scale of {self.scale}" + (f": {found}" if found else "")


@dataclass(frozen=True, repr=False, eq=False)
class Rivals(Mapping):
    """Fits of one series by the names of their methods; series: percent by year, on the last poverty line."""

    series: pd.Series
    fits: Mapping = field(repr=False)

    def __getitem__(self, method):
        if method not in self.fits:
            raise KeyError(unknown("method", method, self.fits))
        return self.fits[method]

    def __iter__(self):
        return iter(self.fits)

    def __len__(self):
        return len(self.fits)

    def __repr__(self):
        first, last = self.series.index[[0, -1]]
        return f"Rivals fitted to {len(self.series)} readings, {first} to {last}: {', '.join(self.fits)}"

    def _repr_html_(self):
        columns = ["method", "scale", "parameter", "estimate", "se"]
        return words_and_table(str(self), self.parameters[columns].to_dict("records"), decimals=4)

    @property
    def parameters(self):
        """The parameters of all fits, as of `Fit` (DataFrame)."""
        nothing = parameters_frame("", "", [], [], [])
        return _joined([nothing, *(fit.parameters for fit in self.fits.values())])

    @property
    def residuals(self):
        """The residuals of all fits, as of `Fit` (DataFrame)."""
        nothing = residuals_frame("", "points", self.series[:0], [])
        return _joined([nothing, *(fit.residuals for fit in self.fits.values())])

    def forecast(self, until):
        """Forecasts by all fits to the end of a year.

        Parameters
        ----------
        until : int

        Returns
        -------
        DataFrame
            method, as_of (ends of year), status, q10, q50, q90 (percent).

        Raises
        ------
        RefusedInput
            As of `Fit.forecast`.
        """
        years, tables = range(self.series.index[-1] + 1, until + 1), [_NO_FORECAST]
        for method, fit in self.fits.items():
            table = fit.forecast(years)
            days = pd.to_datetime([f"{year}-12-31" for year in table.pop("year")])
            table.insert(0, "status", "poor")
            table.insert(0, "as_of", days)
            table.insert(0, "method", method)
            tables.append(table)
        return _joined(tables)


def fit_on_scale(method, scale, series, model, parameters, fitted, predict, df=np.inf):
    """A fit whose forecasts are normal, or Student t, on its scale.

    Parameters
    ----------
    method, scale : str
        The scale is a key of `forecasting.scales.SCALES`.
    series : Series
        Percent by year.
    model : object
    parameters : DataFrame
        As of `parameters_frame`.
    fitted : array_like (n,)
        On the scale, one for each reading, nan where nothing was fitted.
    predict : callable
        From years to mean and standard deviation on the scale.
    df : float
        Degrees of freedom.

    Returns
    -------
    Fit
    """

    def quantiles(years):
        mean, sd = predict(years)
        return {key: 100 * SCALES[scale].back(mean + t.ppf(q, df) * sd) for key, q in ENDS.items()}

    found = residuals_frame(method, scale, series, fitted)
    return Fit(method, scale, series, model, parameters, found, quantiles)


def parameters_frame(method, scale, names, estimates, se, df=np.inf):
    """Estimates with their 80 % intervals, normal or Student t.

    Parameters
    ----------
    method, scale : str
    names : sequence of str
    estimates, se : array_like (n,)
        In units of the scale; a standard error of nan has no interval.
    df : float
        Degrees of freedom.

    Returns
    -------
    DataFrame
        `PARAMETERS`.
    """
    estimates = np.asarray(estimates, dtype=float)
    se = np.broadcast_to(np.asarray(se, dtype=float), estimates.shape)
    half = t.ppf(ENDS["q90"], df) * se
    columns = [method, scale, list(names), estimates, se, estimates - half, estimates + half]
    return pd.DataFrame(dict(zip(PARAMETERS, columns, strict=True)))


def residuals_frame(method, scale, series, fitted):
    """Readings less what was fitted, of the years for which something was, as of `Fit.residuals` (DataFrame)."""
    rates, fitted = series.to_numpy(dtype=float), np.asarray(fitted, dtype=float)
    fitted_pct = 100 * SCALES[scale].back(fitted)
    columns = {
        "method": method,
        "scale": scale,
        "year": series.index,
        "rate_pct": rates,
        "fitted_pct": fitted_pct,
        "fitted": fitted,
        "residual": on_scale(rates, scale)[0] - fitted,
        "residual_pp": rates - fitted_pct,
    }
    return pd.DataFrame(columns).dropna(subset="fitted").reset_index(drop=True)


def _joined(frames):
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


_NO_FORECAST = pd.DataFrame(
    {"method": [], "as_of": pd.to_datetime([]), "status": []} | dict.fromkeys(ENDS, ())
)
