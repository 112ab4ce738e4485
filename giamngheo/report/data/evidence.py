"""The register of assumptions as a table, and what two pages need of it."""

from fractions import Fraction

from giamngheo.forecasting.draws import override
from giamngheo.forecasting.trend import register_in_effect
from giamngheo.language import number, percent, say
from giamngheo.report import assumption_words
from giamngheo.report.exhibits import Column, folded, table
from giamngheo.report.wording import Page


def assumptions_table(register, lang, *, prior=None, changed=()):
    """The register: every number that the plan does not give.

    Parameters
    ----------
    register : mapping of str to Assumption
    lang : {"vi", "en"}
    prior : GroupPrior, optional
        Of the forecast: what comparable series show goes before the register.
    changed : mapping of str to mapping
        What a scenario sets instead; it is shown in bold.

    Returns
    -------
    Exhibit
    """
    page = Page(None, lang)
    heads = ("meaning", "distribution", "alternative", "unit", "support", "reference", "moves")
    columns = [Column(say(f"assumptions.{head}", lang), False) for head in heads]
    rows, used = [], register if prior is None else register_in_effect(register, prior)
    used = used | {name: override(register, {name: change})[name] for name, change in changed.items()}
    for name, row in used.items():
        meaning = getattr(row, f"meaning_{lang}")
        distribution = assumption_words.distribution_text(row, page)
        rows.append(
            [
                f"<b>{meaning}</b>" if name in changed else meaning,
                f"<b>{distribution}</b>" if name in changed else distribution,
                _alternative_text(register, row, page),
                assumption_words.unit(row, page),
                say(f"support.{row.support}", lang),
                assumption_words.grounds(row, page),
                assumption_words.moves(row, page),
            ]
        )
    note = say("assumptions.intro", lang)
    register_table = table(say("assumptions.caption", lang), columns, rows, note=note, css="long")
    return folded(say("assumptions.fold", lang, n=number(len(rows), lang)), register_table)


def _alternative_text(register, row, page):
    if row.alternative is None:
        return "–"
    return assumption_words.distribution_text(override(register, {row.name: row.alternative})[row.name], page)


def support_counts(register):
    """How many assumptions are measured, published, judged: {support: count}."""
    counts = {"measured": 0, "published": 0, "judgement": 0}
    for row in register.values():
        counts[row.support] += 1
    return counts


def share_text(share, lang):
    """A share as percent without needless decimals (str)."""
    return percent(100 * Fraction(share), lang, 0 if Fraction(share) * 100 % 1 == 0 else 1)
