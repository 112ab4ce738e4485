"""Scores of forecasts whose outcomes are known, and their means over units, every unit counting once."""

import numpy as np
import pandas as pd
from scoringrules import crps_ensemble


def of(draws, windows):
    """Scores of one method on each window and horizon, nan where nothing followed.

    Parameters
    ----------
    draws : ndarray (w, d, h)
        Percent.
    windows : backtest.Windows
        Whose `outcomes_pct` (w, h) came, after `rates_pct`.

    Returns
    -------
    dict of str to ndarray (w, h)
        crps (continuous ranked probability score, points; Gneiting and Raftery 2007), error (of the median), pit,
        cover_50, width_50 (also 80, 95), brier_75, brier_90 (below that percentage of the last value).
    """
    outcomes, last = windows.outcomes_pct, windows.rates_pct[:, -1, None]
    missing = np.isnan(outcomes)
    found = {
        "crps": crps_ensemble(outcomes, draws, m_axis=1),
        "error": np.abs(np.median(draws, axis=1) - outcomes),
        "pit": (draws < outcomes[:, None]).mean(1) + 0.5 * (draws == outcomes[:, None]).mean(1),
    }
    for level in (50, 80, 95):
        low, high = np.quantile(draws, [0.5 - level / 200, 0.5 + level / 200], axis=1)
        found[f"cover_{level}"] = ((outcomes >= low) & (outcomes <= high)).astype(float)
        found[f"width_{level}"] = high - low
    for share in (75, 90):
        threshold = share / 100 * last
        chance = (draws < threshold[:, None]).mean(1)
        found[f"brier_{share}"] = (chance - (outcomes < threshold)) ** 2
    return {name: np.where(missing, np.nan, values) for name, values in found.items()}


def by_unit(values, units):
    """Means over each unit's windows and horizons, so that every unit counts once (Series)."""
    return pd.DataFrame(values).groupby(np.asarray(units)).apply(lambda rows: np.nanmean(rows.to_numpy()))


def bootstrap_sd(values, units, other=None, resamples=500, seed=0):
    """Standard error over units of a balanced mean, or of the ratio of two.

    Parameters
    ----------
    values, other : ndarray (w, h)
    units : ndarray (w,)
    resamples, seed : int

    Returns
    -------
    float
    """
    top = by_unit(values, units).to_numpy()
    picks = np.random.default_rng(seed).integers(len(top), size=(resamples, len(top)))
    means = top[picks].mean(1)
    return float(np.std(means if other is None else means / by_unit(other, units).to_numpy()[picks].mean(1)))
