"""Texts that explain: methods with formulas, glossary, limitations, support of the assumptions."""

from giamngheo.forecasting.state_space import CANDIDATES, MIN_EFFECTIVE_DRAWS
from giamngheo.forecasting.trend import register_in_effect
from giamngheo.language import day, has_phrase, number, percent, phrases, points, say
from giamngheo.report.data.evidence import support_counts
from giamngheo.report.exhibits import Exhibit, bullets, plain, prose, rich, stack
from giamngheo.simulation.counterfactual import PUT_BACK

METHOD_PARTS = ("dates", "level", "drift", "gap", "fit", "money", "r", "measures", "gap_ratio")
LIMITATIONS = ("few", "list", "nominal", "prior", "hindsight", "flows", "credit", "gap", "later")


def methods(package, forecast, most, lang):
    """Methods with formulas, enough to compute every number again.

    Parameters
    ----------
    package : Package
    forecast : Forecast
    most : number
        Largest multiple of the money that is looked at.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    prior = forecast.prior
    values = {
        "drift": {"known_by": day(forecast.known_by, lang)},
        "drift_formula": {
            "mean": number(prior.mean, lang, 3),
            "sd": number(prior.sd, lang, 3),
            "persistence": number(prior.persistence, lang, 2),
            "n": number(prior.n_series, lang),
        },
        "measures": {"most": number(most, lang)},
        "money_where": {"back": number(PUT_BACK, lang)},
    }
    parts = [prose(say("methods.intro", lang))]
    for name in METHOD_PARTS:
        texts = [say(f"methods.{name}", lang, **values.get(name, {})), *_document_notes(package, name, lang)]
        part = prose(*texts, title=say(f"methods.{name}_title", lang))
        if has_phrase(f"methods.{name}_formula"):
            formula = say(f"methods.{name}_formula", lang, **values.get(f"{name}_formula", {}))
            part = stack(part, _formula(formula))
        if has_phrase(f"methods.{name}_where"):
            part = stack(part, prose(say(f"methods.{name}_where", lang, **values.get(f"{name}_where", {}))))
        parts.append(part)
    literature = [say(key, lang) for key in phrases() if key.startswith("methods.reference_")]
    parts.append(bullets(literature, title=say("methods.references_title", lang)))
    return stack(*parts, kind="prose")


def _document_notes(package, part, lang):
    """What only this document says about a part of the method, where something is written down about it."""
    notes = []
    if part == "dates":
        key = f"document.{package.main_document.document}.dates"
        notes += [say(key, lang)] if has_phrase(key) else []
        notes += _break_notes(package, lang)
    if part == "r":
        key = f"document.{package.main_document.document}.continuity"
        notes += [say(key, lang)] if has_phrase(key) else []
    return notes


def _break_notes(package, lang):
    twice = {}
    for row in package.readings:
        if (row.group, row.status) == ("all", "poor"):
            twice.setdefault(row.as_of, []).append(row)
    starts = {row.poverty_line: row.valid_from for row in package.lines}
    return [
        say("methods.dates_break", lang, day=day(when, lang), old=percent(rows[0].rate_pct, lang),
            new=percent(rows[-1].rate_pct, lang))
        for when, found in sorted(twice.items())
        if len(rows := sorted(found, key=lambda row: starts[row.poverty_line])) > 1
    ]  # fmt: skip


def _formula(text):
    parts = [part.strip() for part in text.split(";  ")]
    lines = "<br>".join(rich(part, keep_together=False) for part in parts)
    return Exhibit("formula", "", f'<p class="formula">{lines}</p>', plain(text))


def limitations(forecast, lang):
    """What the report cannot say (Exhibit).

    Parameters
    ----------
    forecast : Forecast
    lang : {"vi", "en"}
    """
    values = {"prior": {"n": number(forecast.prior.n_series, lang)}}
    return bullets([say(f"limitations.{name}", lang, **values.get(name, {})) for name in LIMITATIONS])


def support_sentences(register, forecast, lang):
    """What is measured, published and judged, and how many draws the forecast rests on.

    Parameters
    ----------
    register : mapping of str to Assumption
    forecast : Forecast
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    used = register_in_effect(register, forecast.prior)
    counts = {name: number(n, lang) for name, n in support_counts(used).items()}
    effective = forecast.effective_draws["all"]
    return prose(
        say("trust.support_intro", lang, n=number(len(register), lang), **counts),
        say(
            "trust.effective",
            lang,
            n=number(effective, lang, -2),
            all=number(CANDIDATES, lang),
            least=number(MIN_EFFECTIVE_DRAWS, lang),
        ),
    )


def trust_intro(rivals, status, lang):
    """How far apart the usual forecasts lie (Exhibit).

    Parameters
    ----------
    rivals : DataFrame
        As of `forecasting.rivals.rival_forecasts`.
    status : str
    lang : {"vi", "en"}
    """
    rows = rivals[(rivals["status"] == status) & (rivals["as_of"] == rivals["as_of"].max())]
    width = rows["q90"] - rows["q10"]
    return prose(
        say(
            "trust.intro",
            lang,
            n=number(len(rows), lang),
            low=percent(rows["q50"].min(), lang, 1),
            high=percent(rows["q50"].max(), lang, 1),
            narrow=points(width.min(), lang, 1),
            wide=points(width.max(), lang, 1),
        )
    )
