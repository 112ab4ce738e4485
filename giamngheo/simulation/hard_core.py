"""A hard core of households that growth does not lift: all others are forecast anew, from the readings less it."""

import numpy as np
import pandas as pd

from giamngheo.forecasting.draws import override, values_at
from giamngheo.forecasting.trend import conditioned, gap_ahead
from giamngheo.inputs.assumptions import load_register

MOST = 0.9  # of a group's lowest reading of the poor
STEPS = 3  # of a hard core that is drawn, from none on: at each of them the others are forecast
HIGH = 2.0  # standard normals: the quantile of a hard core at which its last step lies


def lifted(trend, row, core, picks=None):
    """Where those who can be lifted stand, group by group, when a hard core of all households cannot.

    Parameters
    ----------
    trend : Forecast
    row : Assumption
        The hard core, percent of households.
    core : ndarray (n,)
        Draws of it.
    picks : ndarray (n,) of int, optional
        The trend's draw beside each; default: all in order.

    Returns
    -------
    dict of str to (ndarray, ndarray or None, ndarray)
        Probits of the poor among those who can be lifted and ln of the distance to the near-poor (None without them),
        both (n_years, n), and the share of the group that cannot (n,).

    Notes
    -----
    A group's core is in proportion to its poor. The readings less the core, ``(p - c) / (1 - c)``, are conditioned on
    as the readings themselves, under the same prior and the same error in points. A fixed core is forecast as it is,
    one that is drawn at `STEPS` values: draws near one of them are moved by what the mean moves on the way to the
    next. Draws of two forecasts are paired by their rank in the last year, so that hard cores are compared draw by
    draw.
    """
    steps = _steps(trend, row)
    core, picks = core / 100, np.arange(trend.n_draws) if picks is None else picks
    nearest = np.abs(core - steps[:, None]).argmin(axis=0)
    largest, times, found = most(trend.history), relative(trend.history), {}

    def moved(values):
        mean = values.mean(axis=2)
        return values[nearest, :, picks].T + [np.interp(core, steps, at) - at[nearest] for at in mean.T]

    for group, paths in _forecasts(trend, steps).items():
        level, log_gap = (None if values is None else moved(values) for values in paths)
        found[group] = level, log_gap, np.minimum(core * times[group], largest[group])
    return found


def _steps(trend, row):
    """The hard cores at which a forecast is made, shares of all households (ndarray)."""
    if row.fixed is not None:
        return np.array([row.fixed / 100])
    high = min(float(values_at(row, np.array([HIGH]))[0]) / 100, most(trend.history).max())
    return np.linspace(0, high, STEPS + 1)


def most(readings):
    """The largest hard core of each group (Series of shares)."""
    poor = readings[readings["status"] == "poor"]
    return MOST * poor.groupby("group")["rate_pct"].min() / 100


def relative(readings):
    """Each group's rate of the poor over that of all, at the last instant and line of both; 1 if none (Series)."""
    poor = readings[readings["status"] == "poor"].sort_values("as_of", kind="stable")
    rates = poor.pivot_table(index=["as_of", "poverty_line"], columns="group", values="rate_pct", sort=False)
    if "all" not in rates:
        return pd.Series(1.0, index=poor["group"].unique())
    return rates.div(rates["all"], axis=0).ffill().iloc[-1].fillna(1.0)


def _forecasts(trend, steps):
    """Level and log_gap of each group at each step, (steps, n_years, n_draws), kept for the next who asks."""
    if trend.kept.get("steps") != steps.tolist():
        register = override(load_register(), trend.settings["assumptions"])
        same = trend.years, trend.prior, register, trend.seed, trend.n_draws
        made = [conditioned(_less(trend.history, c), *same)[1] if c else trend.paths for c in steps]
        paths = {
            group: [
                None
                if path[name] is None
                else np.stack([_paired(one[group][name], path[name]) for one in made])
                for name in ("level", "log_gap")
            ]
            for group, path in trend.paths.items()
        }
        trend.kept.update(steps=steps.tolist(), paths=paths)
    return trend.kept["paths"]


def gaps(trend, core):
    """The draws of `lifted`'s distance to the near-poor alone, in no order.

    Parameters
    ----------
    trend : Forecast
    core : float
        Share of all households.

    Returns
    -------
    dict of str to ndarray (n_years, n_draws) or None
        By group.
    """
    readings, found, last = _less(trend.history, core), {}, None
    register = override(load_register(), trend.settings["assumptions"])
    for group in trend.paths:
        rows = readings[readings["group"] == group]
        own, _ = gap_ahead(rows, trend.poverty_line, trend.years, register, trend.seed, trend.n_draws, group)
        found[group] = last = last if own is None else own
    return found


def _less(readings, core):
    """The readings of those who can be lifted."""
    share = np.minimum(
        core * readings["group"].map(relative(readings)), readings["group"].map(most(readings))
    )
    poor = readings["rate_pct"] - 100 * share * (readings["status"] == "poor")
    return readings.assign(rate_pct=poor / (1 - share))


def _paired(values, like):
    """The same draws in such an order that the last row rises as another's does."""
    rank = np.argsort(np.argsort(like[-1], kind="stable"), kind="stable")
    return values[:, np.argsort(values[-1], kind="stable")[rank]]
