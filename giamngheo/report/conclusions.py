"""Questions and conclusions of the notebooks; every number generated from results."""

import numpy as np

from giamngheo.language import chance, day, number, points, say
from giamngheo.report.exhibits import prose
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, level_pair


def question(name, package, lang, **values):
    """The question a notebook answers.

    Parameters
    ----------
    name : {"start", "data", "trend", "scenario", "compare"}
    package : Package
    lang : {"vi", "en"}
    **values : str

    Returns
    -------
    Exhibit
    """
    return prose(say(f"question.{name}", lang, when=day(package.deadline, lang), **values), css="lead")


def compare_sentences(package, results, lang):
    """How far apart the scenarios lie that differ in money alone.

    Parameters
    ----------
    package : Package
    results : mapping of str to Outcome
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    target = next(iter(level_pair(package).values())).target
    alike = [
        p
        for p in results.values()
        if not p.scenario.assumptions and not p.scenario.shock and p.shown == tuple(CASES)
    ]
    spans = {r: [p.by_case[r][target] for p in alike] for r in CASES}
    return prose(
        say(
            "compare.sentence_spread",
            lang,
            low=chance(min(spans[1]), lang),
            high=chance(max(spans[1]), lang),
            low0=chance(min(spans[0]), lang),
            high0=chance(max(spans[0]), lang),
        )
    )


def compare_conclusion(results, effect_pp, lang):
    """The best and the worst scenario and what the whole plan moves.

    Parameters
    ----------
    results : mapping of str to Outcome
    effect_pp : ndarray
        Draws of the whole plan's effect, percentage points.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    both = [p for p in results.values() if p.shown == tuple(CASES)]
    ranked = sorted(both, key=lambda p: -p.by_case[1][BOTH])
    words = {}
    for name, result in (("best", ranked[0]), ("worst", ranked[-1])):
        words[name] = result.scenario.title[lang]
        words |= {f"{name}{r}": chance(result.by_case[r][BOTH], lang) for r in CASES}
    effect = points(np.median(effect_pp), lang, 1)
    return prose(
        say("conclusion.compare", lang, n=number(len(results), lang), effect=effect, **words),
        css="conclusion",
    )
