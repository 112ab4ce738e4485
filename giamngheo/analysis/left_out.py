"""What hangs on a single reading: the forecast with each of them left out in turn."""

import numpy as np
import pandas as pd

from giamngheo.forecasting.levels import lines_in_order
from giamngheo.forecasting.state_space import TooFewEffectiveDraws
from giamngheo.forecasting.summary import ENDS
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.judged import level_pair
from giamngheo.simulation.targets import met


def forecasts_without_each_reading(package, trend, *, draws=None):
    """The forecast of all households with each of their readings left out in turn, all else as it was.

    Parameters
    ----------
    package : Package
    trend : Forecast
        Its readings, seed, prior and assumptions are those of each forecast.
    draws : int, optional
        Of each forecast, the first one too; default: as many as the trend has.

    Returns
    -------
    DataFrame
        left_as_of, left_line, left_status, left_pct: the reading left out, missing in the first rows, where none was;
        status, as_of (of the target), q10, q50, q90 (percent), target, chance (0..1). A row for each level target;
        without quantiles and chance where the others cannot be forecast from on the same poverty line, or not to the
        target.

    Notes
    -----
    A near-poor reading tells the model the gap above its reading of the poor, and is lost to it where that is left out.
    """
    readings, draws = trend.history[trend.history["group"] == "all"], draws or trend.n_draws
    lines = lines_in_order(readings)
    order = readings.assign(line=readings["poverty_line"].map(lines.index), near=readings["status"] != "poor")
    order = order.sort_values(["as_of", "line", "near"], kind="stable").index
    rows = _rows(package, trend, readings, draws, {})
    for place in order:
        left = readings.loc[place]
        names = {
            "left_as_of": "as_of",
            "left_line": "poverty_line",
            "left_status": "status",
            "left_pct": "rate_pct",
        }
        told = {name: left[column] for name, column in names.items()}
        rows += _rows(package, trend, readings.drop(index=place), draws, told)
    columns = ["left_as_of", "left_line", "left_status", "left_pct", "status", "as_of", *ENDS]
    return pd.DataFrame(rows, columns=[*columns, "target", "chance"])


def _rows(package, trend, readings, draws, told):
    try:
        found = trend.refit(readings, draws=draws)
    except (RefusedInput, TooFewEffectiveDraws):
        found = None
    if found is not None and found.poverty_line != trend.poverty_line:
        found = None  # without its only reading the line is gone
    rows = []
    for status, target in level_pair(package).items():
        row = told | {"status": status, "as_of": pd.Timestamp(target.as_of), "target": target.target}
        hit = None if found is None else met(target, found.draws, found.years)
        if hit is not None:
            values = found.draws["all", status][:, found.years.index(target.as_of)]
            row |= dict(zip(ENDS, np.quantile(values, list(ENDS.values())), strict=True))
            row["chance"] = float(hit.mean())
        rows.append(row)
    return rows
