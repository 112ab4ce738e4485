"""Every province of Viet Nam on one footing: readings, a forecast of each, and the pace to a common aim."""

import pandas as pd

from giamngheo import paths
from giamngheo.forecasting.reference_series import load_rates
from giamngheo.forecasting.trend import forecast

GROUP = "vn-survey"
LAST_YEAR = 2012  # of the readings that are used
AIM = 0.5  # of the last rate: half of it, since no province's own target is on the survey's line


def load_provinces(path=None):
    """The provinces and where each stands on the tile map.

    Parameters
    ----------
    path : path-like, optional
        Default: data/viet-nam/provinces.csv.

    Returns
    -------
    DataFrame
        unit (of the reference data), name_vi, name_en, tile_row, tile_column.
    """
    return pd.read_csv(path or paths.DATA / "viet-nam" / "provinces.csv")


def survey_readings():
    """The survey's readings of the poor to `LAST_YEAR`.

    Returns
    -------
    DataFrame
        unit, as_of, status, poverty_line, rate_pct, published; a province's in the order of their instants.
    """
    rates = load_rates()
    own = rates[(rates["group"] == GROUP) & (rates["status"] == "poor") & (rates["year"] <= LAST_YEAR)]
    return own.assign(
        as_of=pd.to_datetime(own["year"].astype(str) + "-12-31"),
        poverty_line="survey_" + own["line"].str.replace("-", "_"),
    ).sort_values(["unit", "as_of"])[["unit", "as_of", "status", "poverty_line", "rate_pct", "published"]]


def province_forecasts(until=2015, *, draws=2_000, seed=0, provinces=None):
    """Forecast each province from its own readings, its drift pooled towards the other provinces'.

    Parameters
    ----------
    until : int
        Last year.
    draws, seed : int
    provinces : DataFrame, optional
        Default: all of `load_provinces`.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        A row a province: unit, name_vi, name_en, last_as_of, last_pct, q10, q50, q90 (percent at the end of `until`),
        observed_pp (points a year on the last line, missing with one reading on it), required_pp (to `AIM` times the
        last rate), expected_pp (of the median). And the yearly forecasts: unit, as_of, q10, q50, q90.

    Notes
    -----
    A province's own readings do not inform its prior. The line is the survey's (by consumption or income as the
    statistics office measures it), not that of the yearly reviews which plans promise by.
    """
    provinces, readings = load_provinces() if provinces is None else provinces, survey_readings()
    rows, paths_ahead = [], []
    for province in provinces.itertuples():
        own = readings[readings["unit"] == province.unit]
        made = forecast(
            own.drop(columns="unit"), until, draws=draws, seed=seed, reference=GROUP, unit=province.unit
        )
        table = made.table[made.table["status"] == "poor"][["as_of", "q10", "q50", "q90"]]
        paths_ahead.append(table.assign(unit=province.unit))
        line = own[own["poverty_line"] == own["poverty_line"].iloc[-1]]
        last, first, end = line.iloc[-1], line.iloc[0], table.iloc[-1]
        left, seen = until - last["as_of"].year, last["as_of"].year - first["as_of"].year
        rows.append(
            {
                "unit": province.unit,
                "name_vi": province.name_vi,
                "name_en": province.name_en,
                "last_as_of": last["as_of"],
                "last_pct": last["rate_pct"],
                "q10": end["q10"],
                "q50": end["q50"],
                "q90": end["q90"],
                "observed_pp": (last["rate_pct"] - first["rate_pct"]) / seen if seen else float("nan"),
                "required_pp": (AIM - 1) * last["rate_pct"] / left,
                "expected_pp": (end["q50"] - last["rate_pct"]) / left,
            }
        )
    return pd.DataFrame(rows), pd.concat(paths_ahead, ignore_index=True)
