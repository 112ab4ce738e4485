"""Sentences about the money, and about what a scenario does with it."""

from fractions import Fraction

import numpy as np

from giamngheo.inputs.assumptions import load_register
from giamngheo.language import day, has_phrase, households, number, percent, points, say
from giamngheo.language import money as money_text
from giamngheo.report.data.evidence import share_text
from giamngheo.report.exhibits import prose
from giamngheo.report.scenario.money import line_names, years_text
from giamngheo.simulation.money import SOURCES, exact_sources


def plan_total(package):
    """Planned billion VND over the period (Fraction)."""
    return sum(Fraction(row.total_3y) for row in package.budget)


def total_text(package, lang):
    """The planned money in words (str)."""
    return money_text(plan_total(package), lang)


def money_sentences(package, gap_bn, effect_pp, lang):
    """What the plan names, a year of it per poor household, its loans, the poverty gap beside it with the
    caution.

    Parameters
    ----------
    package : Package
    gap_bn : ndarray or None
        Draws of the poverty gap, billion VND a year.
    effect_pp : ndarray
        Draws of what the whole plan does to the final poor rate, percentage points.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    total, years = plan_total(package), len(package.years)
    sums = _source_sums(package)
    parts = ", ".join(
        say(
            "money.source_part_mobilised" if source == "mobilised" else "money.source_part",
            lang,
            source=say(f"source.{source}", lang),
            amount=money_text(round(float(value), 6), lang, 1 if value % 1 else 0),
            share=percent(100 * value / total, lang, 1),
        )
        for source, value in sums.items()
    )
    sentences = []
    counted = [
        row for row in package.readings if (row.group, row.status) == ("all", "poor") and row.households
    ]
    last = max(counted, key=lambda row: row.as_of, default=None)
    words = {"total": money_text(total, lang), "years": years_text(package.years), "sources": parts}
    if last is not None:
        each = _per_household(total, years, last.households, lang)
        text = households(last.households, lang)
        sentences.append(
            say(
                "money.sentence",
                lang,
                per_household=each,
                households=text,
                when=day(last.as_of, lang),
                **words,
            )
        )
    credit = sum(Fraction(row.total_3y) for row in package.budget if row.channel == "credit")
    if credit and last is not None:
        rest = total - credit
        each = _per_household(rest, years, last.households, lang)
        sentences.append(
            say(
                "money.credit",
                lang,
                credit=money_text(credit, lang),
                rest=money_text(rest, lang),
                per_household=each,
            )
        )
    if gap_bn is not None:
        low, middle, high = np.quantile(gap_bn, (0.1, 0.5, 0.9))
        sentences.append(
            say(
                "money.gap",
                lang,
                gap=money_text(middle, lang, -1),
                low=number(low, lang, -1),
                high=number(high, lang, -1),
            )
        )
    low, middle, high = np.quantile(effect_pp, (0.1, 0.5, 0.9))
    sentences.append(
        say(
            "money.effect",
            lang,
            effect=points(middle, lang, 1),
            low=number(low, lang, 1),
            high=number(high, lang, 1),
        )
    )
    return prose(*sentences)


def _per_household(billions, years, count, lang):
    return number(float(billions) * 1000 / years / count, lang, 1)


def _source_sums(package):
    sums = dict.fromkeys(SOURCES, 0)
    for row in package.budget:
        for source, value in exact_sources(row, len(package.years)).items():
            sums[source] += value
    return sums


def scenario_sentences(package, scenario, money, lang):
    """What a scenario changes, and what of the money it delivers.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    money : Money
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    changes = scenario_changes(package, scenario, lang)
    first = (
        say("scenario.changes", lang, changes="; ".join(changes))
        if changes
        else say("scenario.no_change", lang)
    )
    planned = sum(money.planned.values())
    values = {"delivered": _billions(money.total, lang), "planned": _billions(planned, lang)}
    share = percent(100 * money.total / planned, lang, 0) if planned else "–"
    return prose(first, say("money.scenario", lang, share=share, **values))


def _billions(value, lang):
    value = round(float(value), 6)
    return money_text(value, lang, 0 if value == int(value) else 1)


def scenario_changes(package, scenario, lang):
    """How a scenario differs from the full plan, a phrase a change (list of str).

    Parameters
    ----------
    package : Package
    scenario : Scenario
    lang : {"vi", "en"}
    """
    lines = line_names(package, lang)
    funding, told = scenario.funding, []
    told += _shares("scenario.change.all", funding.all, package.years, lang)
    for table in ("by_source", "by_channel", "by_line"):
        for key, shares in getattr(funding, table).items():
            told += _shares(
                "scenario.change.part", shares, package.years, lang, name=part_name(key, lines, lang)
            )
    if funding.keep_total:
        told.append(say("scenario.change.keep_total", lang))
    if scenario.delay_years:
        told.append(say("scenario.change.delay", lang, n=number(scenario.delay_years, lang)))
    if scenario.phasing != "even":
        told.append(say(f"scenario.change.{scenario.phasing}", lang))
    if scenario.continuity != 1:
        told.append(say("scenario.change.continuity", lang, r=number(scenario.continuity, lang)))
    told += [
        say(
            "scenario.change.targeting", lang, name=part_name(key, lines, lang), share=share_text(share, lang)
        )
        for key, share in scenario.targeting.items()
    ]
    told += [say("scenario.change.shock", lang, year=str(year)) for year in scenario.shock]
    told += [
        say("scenario.change.growth", lang, year=str(year), rate=percent(rate, lang))
        for year, rate in scenario.growth.items()
    ]
    if scenario.assumptions:
        names = ", ".join(assumption_name(name, lang) for name in scenario.assumptions)
        told.append(say("scenario.change.assumptions", lang, names=names))
    return told


def _shares(key, shares, years, lang, **words):
    by_year = {year: shares.get(year) for year in years if shares.get(year) is not None}
    told = []
    for share in dict.fromkeys(by_year.values()):
        inside = [year for year in by_year if by_year[year] == share]
        text = say(key, lang, share=share_text(share, lang), **words)
        whole = len(inside) == len(years)
        told.append(
            text
            if whole
            else say("scenario.change.years", lang, text=text, years=", ".join(map(str, inside)))
        )
    return told


def part_name(key, lines, lang):
    """Name of a budget line, source, channel or family of channels (str)."""
    if key in lines:
        return lines[key]
    keys = (f"source.{key}", f"channel.{key}", f"family.{key}")
    return next((say(name, lang) for name in keys if has_phrase(name)), key)


def assumption_name(name, lang):
    """Meaning of an assumption as the register words it (str)."""
    meaning = getattr(load_register()[name], f"meaning_{lang}")
    return meaning[:1].lower() + meaning[1:]
