"""The track record of forecasts from very short series: rolling origins, each forecast by the public `forecast`.

A window is what a forecaster had: a handful of yearly readings of one unit, at most one year missing, and, where the
poverty line changed, which line each was read on. What followed over four years is kept apart. Reference series never
include the unit that is forecast, nor a reading that was not out on the day of the window's last.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from giamngheo.forecasting.reference_series import published
from giamngheo.forecasting.scales import SCALES, on_scale
from giamngheo.forecasting.trend import forecast

HORIZONS = np.arange(1, 5)
LEAST_LAST_RATE = 1.0  # percent: below it there is no poverty rate to halve
DECLINED = 0.9  # of the window's first rate, at most, in a declining series
ABSOLUTE = ("national-line", "international-line")
BREAK_FACTOR = 0.4  # of the new line's rates, read on an old one: 3.59 % beside 9.28 %
LEAST_STEP = 0.02  # logit a year: the spread of a series that stood still


@dataclass(frozen=True)
class Windows:
    """Windows of one length: unit, series_id, group (w,); years, lines, rates_pct (w, n); outcomes_pct (w, 4).

    lines counts poverty lines from 0; the last is forecast. outcomes_pct is nan where no reading followed.
    """

    unit: np.ndarray
    series_id: np.ndarray
    group: np.ndarray
    years: np.ndarray
    lines: np.ndarray
    rates_pct: np.ndarray
    outcomes_pct: np.ndarray

    def __len__(self):
        return len(self.unit)

    def __getitem__(self, chosen):
        return Windows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @property
    def origins(self):
        """Year of the last reading (w,)."""
        return self.years[:, -1]

    @property
    def declining(self):
        """Whether the rate had fallen by a tenth within the window (w,)."""
        return self.rates_pct[:, -1] <= DECLINED * self.rates_pct[:, 0]


def usable(rates):
    """Readings of the poor that are not in doubt (DataFrame), ordered by series and year."""
    rows = rates[(rates["status"] == "poor") & rates["doubt"].isna()]
    return rows.sort_values(["series_id", "year"])


def rolling_windows(rates, n, gap_years=1):
    """Every window of n successive readings of a series that a reading follows within four years.

    Parameters
    ----------
    rates : DataFrame
        As from `forecasting.reference_series.load_rates`.
    n : int
        Readings.
    gap_years : int
        Years that may be missing within the window.

    Returns
    -------
    Windows
    """
    found = []
    for name, rows in usable(rates).groupby("series_id"):
        years, values = rows["year"].to_numpy(), rows["rate_pct"].to_numpy()
        after = dict(zip(years, values, strict=True))
        for start in range(len(years) - n + 1):
            window = slice(start, start + n)
            last = years[window][-1]
            outcomes = [after.get(last + ahead, np.nan) for ahead in HORIZONS]
            if last - years[start] > n - 1 + gap_years or values[window][-1] < LEAST_LAST_RATE:
                continue
            if np.isfinite(outcomes).any():
                first = rows.iloc[0]
                found.append((first["unit"], name, first["group"], years[window], values[window], outcomes))
    return _windows(found, np.zeros(n, dtype=int))


def break_windows(rates, n_old=5):
    """Windows of declining absolute series as after a change of line: n_old readings on an old line, two on the new.

    Both lines are read at the instant before the last. The old line reads `BREAK_FACTOR` of the new one's rate, a
    shift that is one of neither the probit nor the logit scale.
    """
    plain = rolling_windows(rates, n_old + 1)
    plain = plain[plain.declining & np.isin(plain.group, ABSOLUTE)]
    old, new = slice(0, n_old), slice(n_old - 1, n_old + 1)
    return replace(
        plain,
        years=np.hstack([plain.years[:, old], plain.years[:, new]]),
        rates_pct=np.hstack([BREAK_FACTOR * plain.rates_pct[:, old], plain.rates_pct[:, new]]),
        lines=np.hstack([np.zeros((len(plain), n_old), int), np.ones((len(plain), 2), int)]),
    )


def province_windows(rates, origin=2012):
    """Viet Nam's provinces in the living-standards survey: two readings on the old line, then those to the origin."""
    years_old, years_new = (
        (2006, 2008),
        tuple(year for year in (2010, 2012, 2013, 2014, 2015) if year <= origin),
    )
    found, rows = [], usable(rates[rates["group"] == "vn-survey"])
    for unit, own in rows.groupby("unit"):
        at = {
            (line[:4], year): rate
            for line, year, rate in zip(own["line"], own["year"], own["rate_pct"], strict=True)
        }
        wanted = [("2006", year) for year in years_old] + [("2011", year) for year in years_new]
        outcomes = [at.get(("2011", origin + ahead), np.nan) for ahead in HORIZONS]
        if all(key in at for key in wanted) and np.isfinite(outcomes).any():
            name = own.loc[own["line"].str.startswith("2011"), "series_id"].iloc[0]
            values = np.array([at[key] for key in wanted])
            if values[-1] >= LEAST_LAST_RATE:
                found.append((unit, name, "vn-survey", np.array(years_old + years_new), values, outcomes))
    return _windows(found, np.array([0] * len(years_old) + [1] * len(years_new)))


def window_forecasts(windows, same_year=True, draws=400, **options):
    """What `giamngheo.forecast` gave for many windows under the real lags of publication.

    Parameters
    ----------
    windows : Windows
    same_year : bool
        Whether the comparable series' readings of the window's last year were out too; else its own came first, a day
        before theirs.
    draws : int
    **options
        Of `giamngheo.forecast`.

    Returns
    -------
    ndarray (w, draws, 4)
        Percent, with the published figure's error.
    """
    out = np.empty((len(windows), draws, len(HORIZONS)))
    for place in np.argsort(windows.origins, kind="stable"):  # a day's pool of comparable series is made once
        found = window_forecast(windows, place, same_year, draws=draws, **options)
        out[place] = found.draws["all", "poor"]
    return out


def window_forecast(windows, place, same_year=True, **options):
    """The forecast of one window, its unit left out of the reference of its own group (Forecast)."""
    group, origin = str(windows.group[place]), int(windows.origins[place])
    days = [date(int(year), 12, 31) for year in windows.years[place]]
    frame = pd.DataFrame(
        {
            "as_of": [day.isoformat() for day in days],
            "status": "poor",
            "poverty_line": [f"line_{line}" for line in windows.lines[place]],
            "rate_pct": windows.rates_pct[place],
        }
    )
    frame["published"] = published(frame, days, group)
    if not same_year:
        last = frame["published"].max()
        frame["published"] = frame["published"].where(frame["published"] < last, last - pd.Timedelta(days=1))
    options = {"reference": group, "unit": str(windows.unit[place])} | options
    return forecast(frame, origin + len(HORIZONS), **options)


def last_value(windows, draws=400):
    """The last rate with a normal spread on the logit scale that its own yearly changes have (w, draws, 4) percent."""
    values, _ = on_scale(windows.rates_pct, "logit")
    years, same = np.diff(windows.years, axis=1), np.diff(windows.lines, axis=1) == 0
    squares = np.where(same, np.diff(values, axis=1) ** 2 / np.maximum(years, 1), np.nan)
    sd = np.sqrt(np.maximum(np.nanmean(squares, axis=1), LEAST_STEP**2))[:, None] * np.sqrt(HORIZONS)
    return _quantile_draws(values[:, -1:] + 0 * sd, sd, draws, SCALES["logit"].back)


def _quantile_draws(mean, sd, draws, back, quantile=None):
    z = SCALES["probit"].to((np.arange(draws) + 0.5) / draws) if quantile is None else quantile
    return 100 * back(mean[:, None] + sd[:, None] * z[:, None])


def _windows(found, lines):
    if not found:
        raise ValueError("no window in these readings")
    unit, name, group, years, values, outcomes = (np.array(column) for column in zip(*found, strict=True))
    return Windows(unit, name, group, years, np.tile(lines, (len(unit), 1)), values.astype(float), outcomes)
