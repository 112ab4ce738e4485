"""Every province of Viet Nam on one footing: what was out by a day, a forecast of each, and the pace to an aim."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from giamngheo import paths
from giamngheo.dates import months_after
from giamngheo.forecasting.reference_series import LAG_MONTHS, load_rates, published
from giamngheo.forecasting.trend import forecast
from giamngheo.inputs.errors import RefusedInput

FOLDER = paths.DATA / "viet-nam"
GROUP = "vn-survey"
LAST_YEAR = 2012  # of the readings that are used
LAST_OUT = months_after(date(LAST_YEAR, 12, 31), LAG_MONTHS[GROUP])
HALF = (
    0.5  # of the last rate: the aim if none is given, since no province's own target is on the survey's line
)


@dataclass(frozen=True)
class ProvinceForecasts:
    """What is forecast of the provinces, by what was out on the day `known_by`.

    provinces: a row a province, as of `province_forecasts`; forecasts: a row a province and year; readings: as of
    `survey_readings`, with whether each was known; by: year of the aim; target_pct: None where it is half of the last
    rate.
    """

    provinces: pd.DataFrame
    forecasts: pd.DataFrame
    readings: pd.DataFrame
    known_by: date
    by: int
    target_pct: float | None

    @property
    def later(self):
        """Readings of the forecast's line that came out after the day: unit, as_of, rate_pct, and its q10, q50, q90."""
        lines = self.readings[self.readings["known"]].groupby("unit")["poverty_line"].last()
        came = self.readings[~self.readings["known"]]
        came = came[came["poverty_line"] == came["unit"].map(lines)]
        return came.merge(self.forecasts, on=["unit", "as_of"])[
            ["unit", "as_of", "rate_pct", "q10", "q50", "q90"]
        ]


def load_provinces(path=None):
    """The provinces, their regions, and where each stands on the tile map.

    Parameters
    ----------
    path : path-like, optional
        Default: data/viet-nam/provinces.csv.

    Returns
    -------
    DataFrame
        unit (of the reference data), name_vi, name_en, region, tile_row, tile_column, tile_vi, tile_en.
    """
    return pd.read_csv(path or FOLDER / "provinces.csv", keep_default_na=False)


def survey_readings():
    """The survey's readings of the poor to `LAST_YEAR`.

    Returns
    -------
    DataFrame
        unit, as_of, status, poverty_line, rate_pct, published (the usual lag where no day is known); a province's in
        the order of their instants.
    """
    rates = load_rates()
    own = rates[(rates["group"] == GROUP) & (rates["status"] == "poor") & (rates["year"] <= LAST_YEAR)]
    ends = [date(year, 12, 31) for year in own["year"]]
    return own.assign(
        as_of=pd.to_datetime(ends),
        poverty_line="survey_" + own["line"].str.replace("-", "_"),
        published=published(own, ends, GROUP),
    ).sort_values(["unit", "as_of"])[["unit", "as_of", "status", "poverty_line", "rate_pct", "published"]]


def province_forecasts(
    by=2015,
    target_pct=None,
    *,
    known_by=LAST_OUT,
    draws=20_000,
    seed=0,
    provinces=None,
    tell=lambda name: None,
):
    """Forecast each province from its own readings, its drift pooled towards the other provinces'.

    Parameters
    ----------
    by : int
        Year at whose end the aim is judged, the last that is forecast.
    target_pct : float, optional
        The aim: a rate of so many percent or less; default: half of each province's last rate.
    known_by : datetime.date
        Nothing that came out later informs a forecast: neither own readings nor other provinces'.
    draws, seed : int
    provinces : DataFrame, optional
        Default: all of `load_provinces`.
    tell : callable
        Is told each province's name when it is done.

    Returns
    -------
    ProvinceForecasts
        `provinces`: unit, name_vi, name_en, region, last_as_of, last_pct; past_from, past_to, past_pp (points a year
        over the readings of the newest line that has two, missing without); target_pct, by, required_pp (points a year
        to it, 0 where it is reached), expected_pp (of the median); q10, q50, q90 (percent at the end of `by`), chance
        (of the aim there). `forecasts`: unit, as_of, mean, q025 … q975, chance.

    Raises
    ------
    RefusedInput
        A day by which no province's rate was out, or later than that of the last reading that is used.

    Notes
    -----
    A province's own readings do not inform its prior. The line is the survey's (by consumption or income as the
    statistics office measures it), not that of the yearly reviews which plans promise by. No pace is taken across a
    change of line.
    """
    provinces = load_provinces() if provinces is None else provinces
    readings = survey_readings()
    readings = readings.assign(known=readings["published"] <= pd.Timestamp(known_by))
    first_out = readings.groupby("unit")["published"].min().loc[provinces["unit"]].max().date()
    if not first_out <= known_by <= LAST_OUT:
        near = min(max(known_by, first_out), LAST_OUT)
        raise RefusedInput(
            f"known_by: {known_by} is outside {first_out} to {LAST_OUT}, between which the readings to {LAST_YEAR} "
            f"came out; nearest: {near}"
        )
    rows, ahead = [], []
    for province in provinces.itertuples():
        own = readings[readings["unit"] == province.unit]
        known = own[own["known"]]
        made = forecast(
            known.drop(columns=["unit", "known"]),
            by,
            draws=draws,
            seed=seed,
            known_by=known_by,
            reference=GROUP,
            unit=province.unit,
            accept=["rates_are_shares"]
            if known["rate_pct"].max() < 1
            else (),  # a rich province's are that low
        )
        last = known.iloc[-1]
        aim = HALF * last["rate_pct"] if target_pct is None else target_pct
        chances = (made.draws["all", "poor"] <= aim).mean(axis=0)
        table = made.table[made.table["status"] == "poor"].drop(columns=["group", "status"])
        table = table.assign(unit=province.unit, chance=chances)
        ahead.append(table[["unit", *table.columns.drop("unit")]])
        rows.append(_row(province, known, last, aim, by, table.iloc[-1]))
        tell(province.name_en)
    own = readings[readings["unit"].isin(provinces["unit"])].reset_index(drop=True)
    return ProvinceForecasts(
        pd.DataFrame(rows), pd.concat(ahead, ignore_index=True), own, known_by, by, target_pct
    )


def _row(province, known, last, aim, by, end):
    left = by - last["as_of"].year
    return {
        "unit": province.unit,
        "name_vi": province.name_vi,
        "name_en": province.name_en,
        "region": province.region,
        "last_as_of": last["as_of"],
        "last_pct": last["rate_pct"],
        **_past(known),
        "target_pct": aim,
        "by": by,
        "required_pp": min(0.0, (aim - last["rate_pct"]) / left),
        "expected_pp": (end["q50"] - last["rate_pct"]) / left,
        **end[["q10", "q50", "q90", "chance"]],
    }


def _past(known):
    """The pace over the readings of the newest line that has two."""
    lines = [line for _, line in known.groupby("poverty_line", sort=False) if len(line) > 1]
    if not lines:
        return {"past_from": pd.NaT, "past_to": pd.NaT, "past_pp": np.nan}
    first, last = lines[-1].iloc[0], lines[-1].iloc[-1]
    years = last["as_of"].year - first["as_of"].year
    pace = (last["rate_pct"] - first["rate_pct"]) / years
    return {"past_from": first["as_of"], "past_to": last["as_of"], "past_pp": pace}
