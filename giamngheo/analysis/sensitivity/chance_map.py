"""The chances over two assumptions at once, all others drawn."""

import pandas as pd

from giamngheo.analysis.sensitivity.cases import MONEY, at_quantile, chances_at, fixed_at
from giamngheo.analysis.sensitivity.tornado import anchor
from giamngheo.inputs.errors import RefusedInput, unknown

GRID = (0.1, 0.3, 0.5, 0.7, 0.9)  # quantiles of an assumption
SHARES = (0.0, 0.5, 1.0, 1.5, 2.0)  # of the plan


def chance_grid(package, tornado, shared, names=None, values=None):
    """Chances over a grid of two assumptions, anchored at the case that a tornado shows.

    Parameters
    ----------
    package : Package
    tornado : Tornado
    shared : SharedDraws
        Of the tornado; left as it was.
    names : (str, str), optional
        Assumptions of the register, or "share_of_plan" (multiple of the money delivered). Default: the two that move
        the chance of all targets at once most.
    values : mapping of str to sequence of number, optional
        Of each; default: the quantiles `GRID` of its range, or `SHARES`.

    Returns
    -------
    DataFrame
        The two values under their names, case, target (or "both"), chance; empty, without the two, where fewer than two
        assumptions move it.

    Raises
    ------
    RefusedInput
        A name that is no assumption.
    """
    names, values = names or tornado.largest(2), values or {}
    if len(names) < 2:
        return pd.DataFrame(columns=["case", "target", "chance"])
    if wrong := set(names) - {MONEY, *tornado.register}:
        raise RefusedInput("map: " + unknown("assumption", min(wrong), (MONEY, *tornado.register)))
    first, second = (values.get(name) or _axis(tornado, name) for name in names)
    rows, shared = [], shared.fork()
    few = chances_at(package, tornado.scenario, shared)
    for one in first:
        row = shared.fork()  # the trend of a row of the map is made once
        for two in second:
            at = dict(zip(names, (one, two), strict=True))
            there = chances_at(package, fixed_at(tornado.scenario, at), row)
            for (case, target), chance in there.items():
                moved = anchor(chance, few[case, target], tornado.base[case, target])
                rows.append(at | {"case": case, "target": target, "chance": moved})
    return pd.DataFrame(rows)


def _axis(tornado, name):
    if name == MONEY:
        return SHARES
    return tuple(at_quantile(tornado.register, name, quantile, tornado.learned) for quantile in GRID)
