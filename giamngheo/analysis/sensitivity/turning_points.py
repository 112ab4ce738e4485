"""Conclusions that turn round inside the range of one assumption, and the value at which they do."""

from itertools import pairwise

import numpy as np
from scipy.special import logit

from giamngheo.analysis.sensitivity.cases import BEYOND, chances_at, fixed_at
from giamngheo.analysis.sensitivity.tornado import anchor
from giamngheo.simulation.targets import CHANCE_SCALE, chance_class

# Looked at for the first screen, in a second; the tornado takes all.
TURNERS = ("gap_drift", "hard_core_pct", "deadline_push")
SURE = 2.0  # standard errors by which a conclusion must turn
LEAST = 1e-4  # a chance is kept this far from 0 and 1 where odds are taken


def turns(tornado):
    """Conclusions that turn round inside the plausible range of one assumption.

    Parameters
    ----------
    tornado : Tornado
        The case beside the ranges is left out; a change within the Monte-Carlo error of a chance is no turn.

    Returns
    -------
    DataFrame
        assumption, case, target, base, at (the chance that lies furthest off), to, value (the assumption there),
        from_word, to_word (keys of `simulation.targets.CHANCE_SCALE`), words (steps of that scale), side (whether the
        chance crosses one half). Crossings of one half first, then the most steps. The choice of r counts as an
        assumption.
    """
    scale = [word for word, _ in CHANCE_SCALE]
    rows = tornado.changed[tornado.changed["assumption"] != BEYOND].rename(columns={"chance": "at"})
    rows.insert(rows.columns.get_loc("at"), "base", tornado.before(rows))
    for column, chance in (("from_word", "base"), ("to_word", "at")):
        rows[column] = rows[chance].map(chance_class)
    rows["words"] = (rows["to_word"].map(scale.index) - rows["from_word"].map(scale.index)).abs()
    rows["side"] = (rows["base"] < 0.5) != (rows["at"] < 0.5)
    rows["far"] = (rows["at"] - rows["base"]).abs()
    variance = np.maximum(rows["base"] * (1 - rows["base"]), 1 / tornado.draws)
    beyond_noise = rows["far"] > SURE * np.sqrt(variance / tornado.draws)
    found = rows[beyond_noise & (rows["side"] | (rows["words"] > 0))]
    found = found.sort_values(["side", "words", "far"], ascending=False, kind="stable").drop(columns="far")
    return found.drop_duplicates(["assumption", "case", "target"], ignore_index=True)


def crossings(package, tornado, shared, steps=2):
    """The turns, with the value at which an assumption takes a chance across one half.

    Parameters
    ----------
    package : Package
    tornado : Tornado
    shared : SharedDraws
        Of the tornado; left as it was.
    steps : int
        Values looked at between the two ends of a range, before the last interpolation (on log odds).

    Returns
    -------
    DataFrame
        As of `turns`, with even_at: missing where no half is crossed, the assumption is no number of the register, or
        the chance lies on the far side at both ends.
    """
    found, shared = turns(tornado), shared.fork()
    changed = tornado.changed.set_index(["assumption", "case", "target"]).sort_index()
    few = chances_at(package, tornado.scenario, shared)

    def even_at(row):
        if not (row.side and row.to == "number" and row.assumption in tornado.register):
            return np.nan
        key = row.case, row.target
        own = changed.loc[(row.assumption, *key)].dropna(subset="value")
        known = dict(zip(own["value"], _log_odds(own["chance"]), strict=True))
        for step in range(steps + 1):
            bracket = _bracket(known)
            if bracket is None:
                return np.nan
            low, high = bracket
            middle = low - known[low] * (high - low) / (known[high] - known[low])
            if step < steps:
                there = fixed_at(tornado.scenario, {row.assumption: middle})
                chance = chances_at(package, there, shared.fork())[key]
                known[middle] = _log_odds(anchor(chance, few[key], tornado.base[key]))
        return middle

    return found.assign(even_at=[even_at(row) for row in found.itertuples()])


def _bracket(known):
    """Two neighbouring values between which the log odds change their sign, None where they never do."""
    return next((two for two in pairwise(sorted(known)) if known[two[0]] * known[two[1]] < 0), None)


def _log_odds(chance):
    return logit(np.clip(chance, LEAST, 1 - LEAST))
