"""Sentences about what the answer hangs on; every number generated from results."""

import numpy as np

from giamngheo.analysis.sensitivity.sobol_indices import BASELINE, CONTINUITY
from giamngheo.analysis.sensitivity.turning_points import BEYOND, SMALL, joint_swings, support_sums
from giamngheo.language import chance, number, percent, say
from giamngheo.report.exhibits import Exhibit, prose
from giamngheo.report.sensitivity.figures import assumption_name, joint_name
from giamngheo.report.sensitivity.tables import short, small_text, unit_text
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, level_pair

NOTHING = Exhibit("prose", "", "<span hidden></span>", "")
ASIDE = (BEYOND, CONTINUITY)  # told in another way: the answer is a pair over r
MOST_TOLD = 2  # verdicts named in the sentence of the first screen, which must leave room for the panels


def draws_note(many, few, lang):
    """How many draws stand behind the case shown and behind the changes from it (Exhibit).

    Parameters
    ----------
    many, few : int
    lang : {"vi", "en"}
    """
    return prose(say("sensitivity.draws", lang, many=number(many, lang), few=number(few, lang)), css="note")


def turn_sentence(package, found, register, lang):
    """The verdicts that cross one half inside the range of one assumption, for the first screen.

    Parameters
    ----------
    package : Package
    found : DataFrame
        As of `analysis.sensitivity.tornado.turns`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
        With nothing to read where no verdict turns.
    """
    items = turn_items(package, found, register, lang)
    if not items:
        return NOTHING
    return prose(say("sensitivity.turn_intro", lang, items="; ".join(items[:MOST_TOLD])))


def turn_items(package, found, register, lang):
    """Each verdict that crosses one half, in words, the largest change first (list of str)."""
    names = {target.target: _target_name(status, lang) for status, target in level_pair(package).items()}
    if len(names) > 1:
        names[BOTH] = say("sensitivity.target_both", lang)
    sides = found[found["side"] & found["target"].isin(list(names)) & (found["to"] == "number")]
    items = []
    for (name, value, target), part in sides.groupby(["assumption", "value", "target"], sort=False):
        told = [(chance(p, lang), number(int(r), lang)) for p, r in zip(part["at"], part["r"], strict=True)]
        if len(told) == 2 and told[0][0] == told[1][0]:
            chances = say("sensitivity.turn_same", lang, p=told[0][0])
        else:
            chances = ", ".join(say("sensitivity.turn_chance", lang, p=p, r=r) for p, r in told)
        condition = condition_text(name, value, register, lang)
        items.append(
            say("sensitivity.turn_item", lang, condition=condition, target=names[target], chances=chances)
        )
    return items


def _target_name(status, lang):
    return say(f"sensitivity.target_{status if status in ('poor', 'near_poor') else 'other'}", lang)


def condition_text(name, value, register, lang):
    """An assumption at a value, as the condition of a sentence.

    Parameters
    ----------
    name : str
    value : float
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    str
    """
    if name == CONTINUITY:
        return say("sensitivity.condition_continuity", lang)
    if name == "gap_drift":  # a logarithm a year
        sign = "minus" if value < 0 else "plus"
        change = percent(100 * abs(np.expm1(value)), lang, 1)
        return say(f"sensitivity.condition_gap_drift_{sign}", lang, x=change)
    if name == "hard_core_pct":
        return say("sensitivity.condition_hard_core_pct", lang, x=percent(short(value), lang))
    x = number(short(value), lang)
    if name == "deadline_push":
        return say("sensitivity.condition_deadline_push", lang, x=x)
    told = f"{x} {unit_text(name, register, lang)}"
    return say("sensitivity.condition", lang, name=assumption_name(name, register, lang), x=told)


def swing_sentence(package, rows, register, lang):
    """The three assumptions that move the chance of all targets at once most, and how far.

    Parameters
    ----------
    package : Package
    rows : list of dict
        As of `analysis.sensitivity.turning_points.one_each`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    joint = joint_name(package, lang)
    moved = [(name, found) for name, found in joint_swings(rows).items() if name not in ASIDE][:3]
    if not moved:
        return prose(say("sensitivity.nothing_moves", lang, joint=joint, small=small_text(lang)))
    items = [
        say(
            "sensitivity.three_item",
            lang,
            name=f"<b>{assumption_name(name, register, lang)}</b>",
            **_spans(rows, found, lang),
        )
        for name, found in moved
    ]
    return prose(say("sensitivity.three", lang, joint=joint, items=" · ".join(items)))


def _spans(rows, found, lang):
    """Lowest to highest joint chance under both readings, words for a phrase (dict of str to str)."""
    base = rows[0]["pair"].by_case
    words = {}
    for key, r in (("one", 1), ("zero", 0)):
        _, low, high = found.get(r, (None, base[r][BOTH], base[r][BOTH]))
        ends = {"low": number(100 * low, lang, 0), "high": number(100 * high, lang, 0)}
        words[key] = say("sensitivity.from_to", lang, **ends)
    return words


def map_sentence(package, grid, register, lang):
    """Which two assumptions are mapped, and between which chances they take the answer.

    Parameters
    ----------
    package : Package
    grid : DataFrame or None
        As of `analysis.sensitivity.turning_points.map_of_largest`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
        With nothing to read where there is no map.
    """
    if grid is None:
        return NOTHING
    joint = grid[grid["target"] == BOTH]
    words = {}
    for r in CASES:
        found = joint.loc[joint["r"] == r, "chance"]
        words |= {f"low{r}": chance(found.min(), lang), f"high{r}": chance(found.max(), lang)}
    names = dict(zip(("first", "second"), grid.columns[:2], strict=True))
    words |= {key: assumption_name(name, register, lang) for key, name in names.items()}
    return prose(say("sensitivity.map_intro", lang, joint=joint_name(package, lang), **words))


def sobol_sentences(results, status, lang):
    """What an index is, and how much of the variance the forecast itself has.

    Parameters
    ----------
    results : mapping of int to DataFrame
        r to indices, as of `analysis.sensitivity.sobol_indices.sobol`.
    status : str
        Whose rate it is.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    own = {r: frame.set_index("input").loc[BASELINE, "total"] for r, frame in results.items()}
    key = "sobol_found" if min(own.values()) > 0.5 else "sobol_found_plain"
    words = {"one": percent(100 * own[1], lang, 0), "zero": percent(100 * own[0], lang, 0)}
    what = say("sensitivity.sobol_what", lang, who=say(f"status.{status}", lang))
    return prose(what, say(f"sensitivity.{key}", lang, **words))


def support_sentence(package, supports, lang):
    """How much of the answer's movement rests on judgement.

    Parameters
    ----------
    package : Package
    supports : DataFrame
        As of `analysis.sensitivity.turning_points.by_support`.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    sums, joint = support_sums(supports, SMALL), joint_name(package, lang)
    if sums["judgement"]["share"] is None:
        return prose(say("sensitivity.nothing_moves", lang, joint=joint, small=small_text(lang)))
    counts = {
        "varied": sum(found["varied"] for found in sums.values()),
        "moving": sum(found["moving"] for found in sums.values()),
        "judged": sums["judgement"]["moving"],
    }
    return prose(
        say(
            "sensitivity.support_sentence",
            lang,
            joint=joint,
            share=percent(100 * sums["judgement"]["share"], lang, 0),
            small=small_text(lang),
            **{key: number(n, lang) for key, n in counts.items()},
        )
    )


def sensitivity_conclusion(package, rows, supports, found, register, lang):
    """What the answer hangs on most, how much of it is judged, and how many verdicts turn.

    Parameters
    ----------
    package : Package
    rows : list of dict
        As of `analysis.sensitivity.turning_points.one_each`.
    supports : DataFrame
        As of `analysis.sensitivity.turning_points.by_support`.
    found : DataFrame
        As of `analysis.sensitivity.tornado.turns`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    joint = joint_name(package, lang)
    moved = {name: span for name, span in joint_swings(rows).items() if name not in ASIDE}
    if not moved:
        return prose(say("sensitivity.conclusion_still", lang, joint=joint), css="conclusion")
    first, span = next(iter(moved.items()))
    known = [target.target for target in level_pair(package).values()]
    known += [BOTH] if len(known) > 1 else []
    sides = int(found.loc[found["target"].isin(known), "side"].sum())
    key = "conclusion_turned" if sides else "conclusion_firm"
    turned = say(f"sensitivity.{key}", lang, **({"n": number(sides, lang)} if sides else {}))
    return prose(
        say(
            "sensitivity.conclusion",
            lang,
            first=assumption_name(first, register, lang),
            joint=joint,
            share=percent(100 * support_sums(supports, SMALL)["judgement"]["share"], lang, 0),
            turned=turned,
            **_spans(rows, span, lang),
        ),
        css="conclusion",
    )
