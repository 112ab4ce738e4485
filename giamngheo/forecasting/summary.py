"""Draws summed up as a frame of mean and quantiles, and what of it a result shows of itself."""

import numpy as np
import pandas as pd

from giamngheo.inputs.errors import RefusedInput, unknown

QUANTILES = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.975}
ENDS = {name: QUANTILES[name] for name in ("q10", "q50", "q90")}  # of an 80 % interval, and its median
STATUSES = ("poor", "near_poor")  # shown and drawn if nothing is said


def summarise(draws, years):
    """Mean and quantiles of draws.

    Parameters
    ----------
    draws : mapping of (group, status) to ndarray (n_draws, n_years)
        Percent.
    years : sequence of datetime.date

    Returns
    -------
    DataFrame
        as_of, group, status, mean, q025, q10, q25, q50, q75, q90, q975.
    """
    tables = []
    for (group, status), values in draws.items():
        quantiles = np.quantile(values, list(QUANTILES.values()), axis=0)
        columns = {
            "as_of": pd.to_datetime(list(years)),
            "group": group,
            "status": status,
            "mean": values.mean(axis=0),
        }
        tables.append(pd.DataFrame(columns | dict(zip(QUANTILES, quantiles, strict=True))))
    return pd.concat(tables, ignore_index=True)


def of_group(draws, group):
    """The draws of one group, those of no other read (dict); an unknown group is refused."""
    groups = list(dict.fromkeys(name for name, _ in draws))
    if group not in groups:
        raise RefusedInput(unknown("group", group, groups))
    return {key: draws[key] for key in draws if key[0] == group}


def shown_rows(table):
    """The rows and columns of a table of rates that a result shows of itself (list of dict)."""
    own = table[(table["group"] == "all") & table["status"].isin(STATUSES)]
    return own[["as_of", "status", *ENDS]].to_dict("records")
