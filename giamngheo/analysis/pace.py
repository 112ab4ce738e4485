"""The pace that each target requires, against the pace observed from every base year."""

import numpy as np
import pandas as pd

from giamngheo.dates import decimal_year
from giamngheo.inputs.judged import level_targets
from giamngheo.simulation.targets import met

COLUMNS = ["target", "poverty_line", "base_as_of", "last_as_of", "observed_pp", "required_pp", "observed_pct"]
COLUMNS += ["required_pct", "ratio", "category"]
# Observed over required compound annual rate (open-sdg progress measure; Statistics Canada's cut-offs).
PACE_CATEGORIES = ((0.95, "on_track"), (0.60, "progressing"), (0.0, "limited"), (-np.inf, "worsening"))


def required_pace(package):
    """Observed against required pace of each level target, from every base year.

    Parameters
    ----------
    package : Package

    Returns
    -------
    DataFrame
        target, poverty_line, base_as_of, last_as_of, observed_pp (points a year, negative is a fall), required_pp,
        observed_pct, required_pct (compound annual rates; nan from 0 on), ratio (observed over required), category
        ("met", without a ratio, where the last reading meets the target). Of targets after the last reading.

    Notes
    -----
    The required pace starts from the last reading of the target's own line. A base on an earlier line measures the
    observed pace on that line alone: no difference is taken across a change of line.
    """
    readings = package.frame("poverty")
    rows = []
    for target in level_targets(package):
        own = readings[(readings["group"] == target.group) & (readings["status"] == target.status)]
        own = own[own["rate_pct"].notna()].sort_values("as_of", kind="stable")
        if own.empty:
            continue
        last = own[own["as_of"] == own["as_of"].max()].iloc[-1]
        if target.as_of <= last["as_of"].date():
            continue
        left = _years(last["as_of"], target.as_of)
        value = float(target.value_pct)
        required_pct = _compound(last["rate_pct"], value, left)
        now = {(target.group, target.status): np.array([[last["rate_pct"]]])}
        already = met(target, now, [target.as_of])[0]
        for line, series in own.groupby("poverty_line", sort=False):
            end = series.iloc[-1]
            for _, base in series.iloc[:-1].iterrows():
                span = _years(base["as_of"], end["as_of"])
                observed_pct = _compound(base["rate_pct"], end["rate_pct"], span)
                ratio = observed_pct / required_pct if required_pct and not already else np.nan
                category = next((name for least, name in PACE_CATEGORIES if ratio >= least), None)
                rows.append(
                    {
                        "target": target.target,
                        "poverty_line": line,
                        "base_as_of": base["as_of"],
                        "last_as_of": end["as_of"],
                        "observed_pp": (end["rate_pct"] - base["rate_pct"]) / span,
                        "required_pp": (value - last["rate_pct"]) / left,
                        "observed_pct": observed_pct,
                        "required_pct": required_pct,
                        "ratio": ratio,
                        "category": "met" if already else category,
                    }
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def _years(start, end):
    """Years from one instant to another, whole between ends of years (float)."""
    return float(decimal_year(end) - decimal_year(start))


def _compound(start, end, years):
    """The compound annual change from one rate to another, percent; of no rate from 0 on (nan)."""
    return 100 * ((end / start) ** (1 / years) - 1) if start and years > 0 else np.nan
