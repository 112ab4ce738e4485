"""Questions and conclusions of the notebooks; every number generated from results."""

import numpy as np

from giamngheo.language import MINUS, chance, day, number, percent, points, rounded, say
from giamngheo.language import money as money_text
from giamngheo.report.answer.answer import when_text
from giamngheo.report.data.evidence import share_text
from giamngheo.report.exhibits import prose
from giamngheo.report.scenario.money import years_text
from giamngheo.report.scenario.money_text import plan_total
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


def report_question(package, lang):
    """What the report asks, for the line under its title (str)."""
    targets = level_pair(package)
    left = []
    for status, target in targets.items():
        key = "target.below" if target.comparator == "<" else "target.at_most"
        value = say(key, lang, value=percent(target.value_pct, lang))
        left.append(say(f"target.left_{status}", lang, amount=value))
    deadline = max((target.as_of for target in targets.values()), default=package.deadline)
    return say(
        "report.question",
        lang,
        total=money_text(plan_total(package), lang),
        years=years_text(package.years),
        deadline=when_text(deadline, lang),
        targets=f" {say('words.and', lang)} ".join(left),
    )


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


def scenario_conclusion(package, result, full, lang):
    """What a scenario comes to, and how far that is from the full plan.

    Parameters
    ----------
    package : Package
    result, full : Outcome
        Of the scenario and of the full plan.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    targets = level_pair(package)
    key = BOTH if len(targets) > 1 else next(iter(targets.values())).target
    words = {"who": say("status.poor", lang)} | {f"p{r}": chance(result.by_case[r][key], lang) for r in CASES}
    if result.scenario.id == "full_plan":
        words |= {f"m{r}": percent(result.median(r, "poor"), lang, 1) for r in CASES}
        return prose(say("conclusion.full", lang, **words), css="conclusion")
    for r in CASES:
        difference = result.median(r, "poor") - full.median(r, "poor")
        words |= {f"d{r}": _signed_points(difference, lang), f"f{r}": chance(full.by_case[r][key], lang)}
    return prose(
        say("conclusion.scenario", lang, title=result.scenario.title[lang], **words), css="conclusion"
    )


def _signed_points(difference, lang):
    text = points(abs(difference), lang, 2)
    return text if not rounded(difference, 2) else f"{MINUS if difference < 0 else '+'}{text}"


def change_sentence(package, share, changed, full, lang):
    """What the one number of the tour does.

    Parameters
    ----------
    package : Package
    share : float
        Share of the planned money delivered.
    changed, full : Outcome
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    target = next(iter(level_pair(package).values()))
    return prose(
        say(
            "change.sentence",
            lang,
            share=share_text(str(share), lang),
            who=say(f"status.{target.status}", lang),
            when=day(target.as_of, lang),
            rate=percent(changed.median(0, target.status), lang, 1),
            full=percent(full.median(0, target.status), lang, 1),
            p=chance(changed.by_case[0][target.target], lang),
            p_full=chance(full.by_case[0][target.target], lang),
        )
    )
