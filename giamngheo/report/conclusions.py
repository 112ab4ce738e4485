"""Questions and conclusions of the notebooks; every number generated from results."""

import numpy as np

from giamngheo.language import chance, day, number, percent, points, say
from giamngheo.report.exhibits import prose, stack
from giamngheo.report.trend.rates import quantile_table
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


def trend_conclusion(package, forecast, lang):
    """Where the rates go if the trend goes on, and what the drift was pooled towards.

    Parameters
    ----------
    package : Package
    forecast : Forecast
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    last = forecast.table[
        (forecast.table["group"] == "all") & (forecast.table["as_of"] == forecast.table["as_of"].max())
    ]
    by_status = {row["status"]: row for _, row in last.iterrows()}
    when = day(forecast.years[-1], lang)
    words = _rate_words("poor", by_status["poor"], lang) | {
        "who_poor": say("status.poor", lang),
        "when": when,
    }
    if "near_poor" not in by_status:
        return prose(say("conclusion.trend_one", lang, **words), css="conclusion")
    words |= _rate_words("near", by_status["near_poor"], lang) | {"who_near": say("status.near_poor", lang)}
    words |= {"n": number(forecast.prior.n_series, lang), "drift": number(forecast.prior.mean, lang, 2)}
    return prose(say("conclusion.trend", lang, **words), css="conclusion")


def _rate_words(name, row, lang):
    return {
        name: percent(row["q50"], lang, 1),
        f"{name}_low": number(row["q10"], lang, 1),
        f"{name}_high": percent(row["q90"], lang, 1),
    }


def minority(forecast, register, lang):
    """Forecasts of the groups that were never read on the last line, named as the assumption they are.

    Parameters
    ----------
    forecast : Forecast
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    parts = []
    for group in forecast.groups:
        if group == "all":
            continue
        low, middle, high = np.quantile(forecast.draws[group, "poor"][:, -1], (0.1, 0.5, 0.9))
        words = {
            "rate": percent(middle, lang, 1),
            "low": number(low, lang, 1),
            "high": percent(high, lang, 1),
        }
        words |= {
            "sd": number(register["group_splice_sd"].fixed, lang),
            "when": day(forecast.years[-1], lang),
        }
        parts.append(prose(say("minority.sentence", lang, group=say(f"group.{group}", lang), **words)))
        reading = say("case.short_continued", lang)
        parts.append(quantile_table(forecast.table, "poor", lang, group=group, reading=reading))
    return stack(*parts) if parts else prose(say("minority.none", lang))


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
