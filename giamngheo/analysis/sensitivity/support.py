"""What the answer's movement rests on: measured, published or judged, assumption by assumption."""

import pandas as pd

from giamngheo.analysis.sensitivity.cases import CONTINUITY
from giamngheo.analysis.sensitivity.tornado import CONTINUED, NEW, SMALL
from giamngheo.simulation.targets import BOTH

JUDGED = ("reference", CONTINUITY)  # choices of the model that stand in no register
SUPPORTS = ("judgement", "published", "measured")


def by_support(tornado):
    """What each assumption rests on and how far it moves the chance of all targets at once.

    Parameters
    ----------
    tornado : Tornado

    Returns
    -------
    DataFrame
        assumption, support, swing_continued, swing_new (chances, 0..1; missing where the register fixes the assumption
        and names no other range), swing (the larger), largest first within a support.
    """
    names = [*tornado.register, *JUDGED]
    both = tornado.swings[tornado.swings["target"] == BOTH]
    swings = both.pivot(index="assumption", columns="case", values="swing").reindex(names)[[CONTINUED, NEW]]
    supports = [tornado.register[name].support if name in tornado.register else "judgement" for name in names]
    frame = swings.add_prefix("swing_").rename_axis(columns=None).reset_index()
    frame.insert(1, "support", pd.Categorical(supports, SUPPORTS))
    frame["swing"] = frame[["swing_continued", "swing_new"]].max(axis=1)
    frame = frame.sort_values(["support", "swing"], ascending=[True, False], kind="stable", ignore_index=True)
    return frame.astype({"support": str})


def support_sums(supports):
    """Assumptions counted and their swings added, by what they rest on.

    Parameters
    ----------
    supports : DataFrame
        As of `by_support`.

    Returns
    -------
    DataFrame
        support (index: measured, published, judgement), n, varied, moving (by `SMALL` or more; counts), swing (sum,
        0..), share (of all swings, missing where nothing moves).
    """
    swings = supports.groupby("support")["swing"]
    sums = pd.DataFrame({"n": swings.size(), "varied": swings.count()})
    sums["moving"] = (supports["swing"] >= SMALL).groupby(supports["support"]).sum()
    sums["swing"] = swings.sum()
    sums = sums.reindex(SUPPORTS[::-1], fill_value=0)
    whole = sums["swing"].sum()
    return sums.assign(share=sums["swing"] / whole if whole else float("nan"))
