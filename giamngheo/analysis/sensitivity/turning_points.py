"""What the answer hangs on: the support of every assumption, how far it moves the answer, where it turns it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import logit

from giamngheo.analysis.sensitivity.sobol_indices import CONTINUITY
from giamngheo.analysis.sensitivity.tornado import (
    anchor,
    anchored,
    chance_map,
    chances_at,
    ends,
    fixed_at,
    swing_table,
    turns,
)
from giamngheo.forecasting.trend import register_in_effect
from giamngheo.simulation.outcomes import CASES, outcome
from giamngheo.simulation.targets import BOTH

# Looked at for the first screen; the tornado takes all.
TURNERS = ("gap_drift", "hard_core_pct", "deadline_push")
BEYOND = "gap_as_last"  # a case shown beside the ranges, not inside one
JUDGED = ("reference", CONTINUITY)  # choices of the model that stand in no register
SMALL = 0.01  # swings of a chance, and shares of a variance, below this are folded or added up
LEAST = 1e-4  # a chance is kept this far from 0 and 1 where odds are taken
RANK = {"judgement": 0, "published": 1, "measured": 2}


def quick_rows(package, base, shared):
    """The unchanged case and the ends of the few assumptions that turn conclusions, in a second.

    Parameters
    ----------
    package : Package
    base : Outcome
        The case shown, from all draws.
    shared : SharedDraws
        Of `DRAWS` draws.

    Returns
    -------
    list of dict
        As of `tornado`, anchored at the case shown.
    """
    shared = shared.fork()
    plain = outcome(package, base.scenario, shared)
    first = {"assumption": "base", "to": "base", "value": None, "pair": plain}
    return anchored([first, *ends(package, base.scenario, shared, TURNERS)], base)


def in_effect(shared, shown):
    """A workbench whose register says what the forecast used: estimates from comparable series, where there are any.

    Parameters
    ----------
    shared : SharedDraws
    shown : Outcome
        The case shown; its forecast knows the prior that it took.

    Returns
    -------
    SharedDraws
        The scale of a year's deviation and the persistence of the drift are the prior's, and "measured".
    """
    prior = shown.simulations[1].trend.prior
    return replace(shared, register=register_in_effect(shared.register, prior))


def one_each(rows):
    """The rows of a tornado under the register's own names, what lies beyond a range set apart.

    Parameters
    ----------
    rows : list of dict
        As of `tornado`, whose "gap" stands still (the alternative of gap_moves) or widens as in its last year.

    Returns
    -------
    list of dict
        "gap" is now "gap_moves" or `BEYOND`.
    """
    names = {("gap", "still"): "gap_moves", ("gap", "as_last"): BEYOND}
    return [
        row | {"assumption": names.get((row["assumption"], row["to"]), row["assumption"])} for row in rows
    ]


def turns_inside(rows, draws):
    """Conclusions that turn round inside the range of one assumption.

    Parameters
    ----------
    rows : list of dict
        As of `one_each`; the case beside the ranges is left out.
    draws : int

    Returns
    -------
    DataFrame
        As of `analysis.sensitivity.tornado.turns`.
    """
    return turns([row for row in rows if row["assumption"] != BEYOND], draws)


def map_of_largest(package, base, shared, table):
    """The chances over the two assumptions that matter most, anchored at the case shown.

    Parameters
    ----------
    package : Package
    base : Outcome
        The case shown, from all draws.
    shared : SharedDraws
        Of fewer draws.
    table : DataFrame
        As of `by_support`.

    Returns
    -------
    DataFrame or None
        As of `tornado.chance_map`, its first two columns the assumptions; None with fewer than two.
    """
    two = largest(table)
    return chance_map(package, base.scenario, shared, *two, base=base) if len(two) == 2 else None


def spans(rows):
    """Lowest and highest number that each assumption was set to.

    Parameters
    ----------
    rows : list of dict
        As of `tornado`.

    Returns
    -------
    dict of str to tuple of float
        Assumptions that were set to numbers alone or among others.
    """
    found = {}
    for row in rows[1:]:
        if row["to"] in ("number", "percent"):
            found.setdefault(row["assumption"], []).append(float(row["value"]))
    return {name: (min(values), max(values)) for name, values in found.items()}


def by_support(rows, register):
    """What each assumption rests on and how far it moves the chance of all targets at once.

    Parameters
    ----------
    rows : list of dict
        As of `one_each`.
    register : mapping of str to Assumption

    Returns
    -------
    DataFrame
        assumption, support, moves (which result hangs on it), swing_1, swing_0, swing (the larger; 0..1, missing
        where the register fixes the assumption and names no other range), largest first within a support.
    """
    table = swing_table(rows)
    joint = table[table["target"] == BOTH].pivot(index="assumption", columns="r", values="swing")
    found = []
    for name in [*register, *JUDGED]:
        row = register.get(name)
        support = row.support if row else "judgement"
        moves = row.moves if row else "chance of every target"
        found.append((name, support, moves, *(joint[r].get(name) if r in joint else None for r in CASES)))
    frame = pd.DataFrame(found, columns=["assumption", "support", "moves", "swing_1", "swing_0"])
    frame[["swing_1", "swing_0"]] = frame[["swing_1", "swing_0"]].astype(float)
    frame["swing"] = frame[["swing_1", "swing_0"]].max(axis=1)
    frame["_rank"] = frame["support"].map(RANK)
    frame = frame.sort_values(["_rank", "swing"], ascending=[True, False], kind="stable", ignore_index=True)
    return frame.drop(columns="_rank")


def support_sums(table, small):
    """Assumptions counted and their swings added, by what they rest on.

    Parameters
    ----------
    table : DataFrame
        As of `by_support`.
    small : float
        Least swing that counts as moving the answer.

    Returns
    -------
    dict of str to dict
        "measured", "published", "judgement" to n, varied, moving (counts), swing (sum, 0..), share (of all swings,
        None where nothing moves).
    """
    whole = float(table["swing"].sum())
    sums = {}
    for name in RANK:
        own = table.loc[table["support"] == name, "swing"]
        swing = float(own.sum())
        counts = {"n": len(own), "varied": int(own.notna().sum()), "moving": int((own >= small).sum())}
        sums[name] = counts | {"swing": swing, "share": swing / whole if whole else None}
    return sums


def largest(table, n=2):
    """The assumptions of the register that move the chance of all targets at once most.

    Parameters
    ----------
    table : DataFrame
        As of `by_support`.
    n : int

    Returns
    -------
    list of str
        Of those with a range of numbers: no choice of the model and no case beside a range.
    """
    numbers = table[~table["assumption"].isin((*JUDGED, "gap_moves")) & (table["swing"] > 0)]
    return numbers.sort_values("swing", ascending=False, kind="stable")["assumption"].head(n).tolist()


def joint_swings(rows):
    """Base, low and high of the chance of all targets at once, assumption by assumption, the largest first.

    Parameters
    ----------
    rows : list of dict
        As of `one_each`.

    Returns
    -------
    dict of str to dict of int to (float, float, float)
        Assumption to r to base, low, high; those that swing by `SMALL` or more under a reading.
    """
    found = swing_table(rows)
    joint = found[found["target"] == BOTH]
    order = joint.groupby("assumption", sort=False)["swing"].max()
    names = order[order >= SMALL].sort_values(ascending=False, kind="stable").index
    return {
        name: {
            int(row.r): (row.base, row.low, row.high)
            for row in joint[joint["assumption"] == name].itertuples()
        }
        for name in names
    }


def sobol_rows(results):
    """Inputs whose total index reaches `SMALL` under a reading, and all others added up.

    Parameters
    ----------
    results : mapping of int to DataFrame
        r to indices, as of `analysis.sensitivity.sobol_indices.sobol`.

    Returns
    -------
    tuple
        Names, largest first; r to indices by input (DataFrame); r to (first, total) of the rest; count of the rest.
    """
    by_input = {r: frame.set_index("input") for r, frame in results.items()}
    largest = {}
    for frame in by_input.values():
        for name, total in frame["total"].items():
            largest[name] = max(largest.get(name, 0), total)
    names = sorted((n for n in largest if largest[n] >= SMALL), key=lambda n: -largest[n])
    rest = {
        r: tuple(float(frame[column].drop(names, errors="ignore").sum()) for column in ("first", "total"))
        for r, frame in by_input.items()
    }
    return names, by_input, rest, len(largest) - len(names)


def crossings(package, base, shared, rows, found, steps=2):
    """Where inside its range an assumption takes a chance across one half.

    Parameters
    ----------
    package : Package
    base : Outcome
        The case shown, from all draws.
    shared : SharedDraws
        The one of the rows.
    rows : list of dict
        As of `analysis.sensitivity.tornado.anchored`.
    found : DataFrame
        As of `analysis.sensitivity.tornado.turns`; only rows with side are looked at.
    steps : int
        Values looked at between the two ends of a range, before the last interpolation (on log odds).

    Returns
    -------
    dict of (str, int, str) to float
        (assumption, r, target) to the value; left out where the assumption is no number of the register, or the
        chance lies on the far side at both ends.
    """
    values, shared = {}, shared.fork()
    few = outcome(package, base.scenario, shared).by_case
    sides = found[found["side"] & (found["to"] == "number") & found["assumption"].isin(list(shared.register))]
    for name, r, target in sides[["assumption", "r", "target"]].itertuples(index=False):
        known = {
            float(row["value"]): _log_odds(row["pair"].by_case[r][target])
            for row in rows
            if row["assumption"] == name and row["to"] in ("number", "percent")
        }
        for step in range(steps + 1):
            bracket = _bracket(known)
            if bracket is None:
                break
            low, high = bracket
            middle = low - known[low] * (high - low) / (known[high] - known[low])
            if step == steps:
                values[name, r, target] = middle
            else:
                chances = chances_at(package, fixed_at(base.scenario, {name: middle}), shared)
                moved = anchor(chances[r][target], few[r][target], base.by_case[r][target])
                known[middle] = _log_odds(moved)
    return values


def _bracket(known):
    """Two neighbouring values between which the log odds change their sign, None where they never do."""
    return next((pair_ for pair_ in pairwise(sorted(known)) if known[pair_[0]] * known[pair_[1]] < 0), None)


def _log_odds(chance):
    return logit(np.clip(chance, LEAST, 1 - LEAST))
