"""Tables of what each result rests on: measured, published or judged, and how far it moves the answer."""

import numpy as np

from giamngheo.analysis.sensitivity.turning_points import RANK, SMALL, spans, support_sums
from giamngheo.forecasting.trend import ESTIMATED
from giamngheo.language import number, percent, say
from giamngheo.report.assumption_words import grounds, moves
from giamngheo.report.exhibits import Column, folded, prose, table
from giamngheo.report.sensitivity.figures import joint_name
from giamngheo.report.sensitivity.tables import headed, range_text, small_text
from giamngheo.report.trend.rates import first_upper
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import CASES


def support_table(package, supports, lang):
    """Measured, published, judgement: how many assumptions, how many of them matter, and their swings added.

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
    sums = support_sums(supports, SMALL)
    columns = [
        Column(say("sensitivity.support_head", lang), False),
        Column(say("sensitivity.support_n", lang)),
        Column(say("sensitivity.support_moving", lang, small=small_text(lang))),
        Column(say("sensitivity.support_sum", lang)),
        Column(say("sensitivity.support_share", lang)),
    ]
    cells = [
        [
            first_upper(say(f"support.{name}", lang)),
            number(found["n"], lang),
            number(found["moving"], lang),
            number(100 * found["swing"], lang, 0),
            "–" if found["share"] is None else percent(100 * found["share"], lang, 0),
        ]
        for name, found in sorted(sums.items(), key=lambda item: -RANK[item[0]])
    ]
    caption = say("sensitivity.support_caption", lang, joint=joint_name(package, lang))
    return table(caption, columns, cells, note=say("sensitivity.support_note", lang))


def sceptic_table(package, supports, rows, register, lang):
    """The assumptions that move the joint chance: their support, how far they move it, what hangs on them.

    Parameters
    ----------
    package : Package
    supports : DataFrame
        As of `analysis.sensitivity.turning_points.by_support`.
    rows : list of dict
        As of `analysis.sensitivity.turning_points.one_each`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
        Those that move it by `SMALL` or more; a sentence where none does.
    """
    words = {"joint": joint_name(package, lang), "small": small_text(lang)}
    large = supports[supports["swing"] >= SMALL]
    if large.empty:
        return prose(say("sensitivity.nothing_moves", lang, **words))
    return _sceptic_rows(
        large, spans(rows), say("sensitivity.sceptic_caption", lang, **words), register, lang
    )


def sceptic_rest(supports, rows, register, lang):
    """The assumptions that hardly move the joint chance or are held fixed, as of `sceptic_table`, folded.

    Parameters
    ----------
    supports : DataFrame
    rows : list of dict
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    rest = supports[~(supports["swing"] >= SMALL)]
    fold = say("sensitivity.sceptic_fold", lang, n=number(len(rest), lang), small=small_text(lang))
    caption = say("sensitivity.sceptic_rest_caption", lang)
    return folded(fold, _sceptic_rows(rest, spans(rows), caption, register, lang))


def _sceptic_rows(supports, ranges, caption, register, lang):
    keys = ("assumption", "support_head", "plausible", "sceptic_swing", "sceptic_moves", "sceptic_why")
    columns = [Column(say(f"sensitivity.{key}", lang), key == "sceptic_swing") for key in keys]
    cells = []
    for row in supports.to_dict("records"):
        name, still = row["assumption"], np.isnan(row["swing"])
        swings = [row[f"swing_{r}"] for r in CASES if not np.isnan(row[f"swing_{r}"])]
        cells.append(
            [
                headed(name, register, lang),
                say(f"support.{row['support']}", lang),
                say("sensitivity.fixed", lang) if still else range_text(name, ranges, register, lang),
                "–" if still else "; ".join(number(100 * swing, lang, 0) for swing in swings),
                _moves_text(name, register, lang),
                _grounds_text(name, register, lang),
            ]
        )
    return table(caption, columns, cells, css="long")


def _moves_text(name, register, lang):
    page = Page(None, lang)
    return moves(register[name], page) if name in register else page.say("sensitivity.moves_every")


def _grounds_text(name, register, lang):
    page, key = Page(None, lang), f"sensitivity.grounds.{name}"
    estimated = name in register and register[name].reference == ESTIMATED
    return page.say(key) if page.has(key) and not estimated else grounds(register[name], page)
