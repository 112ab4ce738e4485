"""Questions and conclusions of the notebooks; every number generated from results."""

import numpy as np

from giamngheo.language import MINUS, chance, day, number, percent, points, rounded, say
from giamngheo.language import money as money_text
from giamngheo.report.answer.answer import when_text
from giamngheo.report.data.evidence import share_text
from giamngheo.report.exhibits import prose, stack
from giamngheo.report.scenario.money import years_text
from giamngheo.report.scenario.money_text import plan_total
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


def data_conclusion(audit, lang):
    """How many checks there were and how they ended (Exhibit)."""
    counts = {name: number(audit.summary[name], lang) for name in ("discrepancy", "note", "rounding", "ok")}
    return prose(say("conclusion.data", lang, n=number(len(audit.checks), lang), **counts), css="conclusion")


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
