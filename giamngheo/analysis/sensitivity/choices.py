"""Choices that no reading settles, and what each does to the chances: made by running them.

Those that stand in the register or in the scenario are taken from a tornado; run here are money of the past beyond the
plan, numbers of the register that have no range, and constants of the model that stand in no register.
"""

from contextlib import contextmanager

import numpy as np
import pandas as pd

from giamngheo.analysis.sensitivity.cases import COLUMNS, CONTINUITY, chances_at, fixed_at
from giamngheo.analysis.sensitivity.tornado import CONTINUED, anchor
from giamngheo.forecasting import levels, pooling, prior, scales
from giamngheo.forecasting.prior import forget_priors
from giamngheo.simulation.outcomes import at_case, simulate_case
from giamngheo.simulation.targets import target_chances, target_days

LARGE = 0.03  # a chance that moves by as much is told on the report's index page
PAST_MONEY = 1.5  # r where past spending was half as large again as the plan
OF_TORNADO = ("reference", "drift_persistence", CONTINUITY, "gap_moves", "hard_core_pct", "deadline_push")
ASSUMED = {
    "gap_error": (0.018, 0.072),
    "splice_sd": (0.5,),
}  # what the register holds fixed, halved and doubled
CONSTANTS = {  # where a constant of the model stands, and other values of it
    "level_sd": (levels, "LEVEL_SD", (1.5,)),
    "error_cap": (scales, "MAX_ERROR", (0.5,)),
    "stretch": (pooling, "STRETCH", (6,)),
    "least_rate": (pooling, "LEAST_RATE", (2.0,)),
    "spreads_from": (
        prior,
        "BORROW_FROM",
        ("international-line", "relative-line", "id-survey", "vn-survey"),
    ),
}


def choices(package, tornado, shared):
    """What each choice that no reading settles does to each chance.

    Parameters
    ----------
    package : Package
    tornado : Tornado
        With its variants: the case shown, and the choices that stand in the register or the scenario.
    shared : SharedDraws
        Of the tornado; left as it was.

    Returns
    -------
    DataFrame
        assumption (the choice), shipped (a number or the name of a group; missing where it is none), to, value, case,
        target (or "both"), base, chance (0..1), change (of the chance), large (whether a chance moves by `LARGE` or
        more under this alternative). The choice that moves a chance most first.
    """
    scenario, shared = tornado.scenario, shared.fork()
    few, rows = chances_at(package, scenario, shared), []

    def told(name, value, chances):
        to, value = (value, np.nan) if isinstance(value, str) else ("number", value)
        for key, chance in chances.items():
            moved = anchor(chance, few[key], tornado.base[key])
            rows.append(dict(zip(COLUMNS, (name, to, value, *key, moved), strict=True)))

    at_past = at_case(scenario, PAST_MONEY)
    past = target_chances(package, simulate_case(package, at_past, shared=shared, years=target_days(package)))
    told(CONTINUITY, PAST_MONEY, {(CONTINUED, target): chance for target, chance in past.items()})
    for name, values in ASSUMED.items():
        for value in values:
            told(name, value, chances_at(package, fixed_at(scenario, {name: value}), shared.fork()))
    for name, (module, attribute, values) in CONSTANTS.items():
        for value in values:
            with constant(module, attribute, value):
                anew = shared.with_trend(shared.trend_under({}).refit())
                told(name, value, chances_at(package, scenario, anew))
    changed = tornado.changed
    named = (changed["to"] != "number") | (
        changed["assumption"] == CONTINUITY
    )  # an end of a range is no choice
    rows = pd.DataFrame(rows)
    frame = pd.concat([changed[changed["assumption"].isin(OF_TORNADO) & named], rows], ignore_index=True)
    shipped = _shipped(tornado, shared.trend_under({}))
    frame.insert(1, "shipped", frame["assumption"].map(shipped).astype(object))
    frame.insert(frame.columns.get_loc("chance"), "base", tornado.before(frame))
    frame["change"] = frame["chance"] - frame["base"]
    most = frame["change"].abs().groupby([frame["assumption"], frame["to"], frame["value"]], dropna=False)
    frame["large"] = most.transform("max") >= LARGE
    rank = frame["change"].abs().groupby(frame["assumption"]).max()
    return frame.sort_values(
        "assumption", key=lambda names: -names.map(rank), kind="stable", ignore_index=True
    )


@contextmanager
def constant(module, name, value):
    """A constant of the model at another value as long as the block lasts, with no prior kept from before or after."""
    shipped = getattr(module, name)
    forget_priors()
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, shipped)
        forget_priors()


def _shipped(tornado, trend):
    """What the case shown has in place of each alternative (dict)."""
    fixed = {name: row.fixed for name, row in tornado.register.items()}
    constants = {name: getattr(module, attribute) for name, (module, attribute, _) in CONSTANTS.items()}
    return fixed | constants | {"reference": trend.reference, CONTINUITY: 1.0}
