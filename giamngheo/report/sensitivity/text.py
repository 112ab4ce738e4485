"""Sentences about what the answer hangs on; every number generated from results."""

from giamngheo.analysis.sensitivity.sobol_indices import BASELINE, CONTINUITY
from giamngheo.analysis.sensitivity.turning_points import BEYOND, SMALL, joint_swings, support_sums
from giamngheo.language import chance, number, percent, say
from giamngheo.report.exhibits import Exhibit, prose
from giamngheo.report.sensitivity.figures import assumption_name, joint_name
from giamngheo.report.sensitivity.tables import small_text
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, level_pair

NOTHING = Exhibit("prose", "", "<span hidden></span>", "")
ASIDE = (BEYOND, CONTINUITY)  # told in another way: the answer is a pair over r


def draws_note(many, few, lang):
    """How many draws stand behind the case shown and behind the changes from it (Exhibit).

    Parameters
    ----------
    many, few : int
    lang : {"vi", "en"}
    """
    return prose(say("sensitivity.draws", lang, many=number(many, lang), few=number(few, lang)), css="note")


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
