"""Figures of what the answer hangs on: the tornado, and the share of the variance by input."""

import numpy as np

from giamngheo.analysis.sensitivity.turning_points import BEYOND, joint_swings, sobol_rows
from giamngheo.language import has_phrase, number, percent, say
from giamngheo.report.figure_style import (
    BLUE,
    GREY,
    INK,
    SKY,
    VERMILLION,
    Sizes,
    figure_exhibit,
    number_ticks,
    wrapped,
)
from giamngheo.simulation.targets import level_pair

MOST_ROWS = 12
LOOKS = {1: (BLUE, "", "continued"), 0: (VERMILLION, "///", "new")}  # colour and hatching of a reading


def assumption_name(name, register, lang):
    """An assumption in a few words, in the middle of a sentence (str)."""
    for key in (f"sensitivity.name.{name}", f"sensitivity.sobol_name.{name}"):
        if has_phrase(key):
            return say(key, lang)
    return getattr(register[name], f"meaning_{lang}")


def joint_name(package, lang):
    """``the chance of both targets``, or of the one that there is (str)."""
    return say("sensitivity.joint_both" if len(level_pair(package)) > 1 else "sensitivity.joint_one", lang)


def tornado_chart(package, rows, register, lang):
    """How far each assumption takes the chance of all targets at once, one panel a reading of the money.

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
    moved = dict(list(joint_swings(rows).items())[:MOST_ROWS])
    names = [assumption_name(name, register, lang) for name in moved]
    readings = [r for r in LOOKS if any(r in found for found in moved.values())] or [1]
    title = say("sensitivity.tornado_title", lang, joint=joint_name(package, lang))
    words = "; ".join(
        say("sensitivity.tornado_desc", lang, name=name, **_ends_text(found, lang))
        for name, found in zip(names, moved.values(), strict=True)
    )
    most = max((high for found in moved.values() for _, _, high in found.values()), default=0.1)

    def draw(figure, narrow):
        shape = (len(readings), 1) if narrow else (1, len(readings))
        axes = np.atleast_1d(figure.subplots(*shape, sharex=True, sharey=not narrow))
        y = np.arange(len(moved))[::-1]
        for i, (ax, r) in enumerate(zip(axes, readings, strict=True)):
            colour, hatch, reading = LOOKS[r]
            for place, (name, found) in zip(y, moved.items(), strict=True):
                if r in found:
                    _bar(ax, place, found[r], colour, hatch, name == BEYOND, lang)
            bases = [found[r][0] for found in moved.values() if r in found]
            if bases:
                ax.axvline(100 * bases[0], color=INK, linewidth=1)
                ax.annotate(
                    number(100 * bases[0], lang, 0),
                    (100 * bases[0], len(moved) - 0.35),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                    fontweight="bold",
                )
            ax.set_title(say(f"case.{reading}", lang), fontsize=9)
            ax.set_xlim(-14 * most, 116 * most)
            ax.set_ylim(-0.7, len(moved))
            ax.grid(axis="x")
            ax.tick_params(axis="y", length=0)
            ax.set_xlabel(say("sensitivity.axis", lang))
            number_ticks(ax.xaxis, lang)
            ax.tick_params(axis="x", labelbottom=True)
            if narrow or i == 0:
                ax.set_yticks(y, [wrapped(name, 24 if narrow else 34) for name in names], fontsize=7.5)

    height = 0.34 * len(moved)
    return figure_exhibit(
        "tornado",
        title,
        say("sensitivity.tornado_figure_caption", lang),
        words,
        draw,
        Sizes(1.0 + height, 0.4 + len(readings) * (0.75 + 1.2 * height)),
    )


def _bar(ax, place, span, colour, hatch, beyond, lang):
    base, low, high = (100 * p for p in span)
    if high - low < 0.5:
        ax.plot(base, place, marker="|", color=colour, markersize=8)
        return
    look = (
        {"facecolor": "white"} if beyond else {"facecolor": SKY if not hatch else "#f3c3a6", "hatch": hatch}
    )
    ax.barh(place, high - low, left=low, height=0.5, edgecolor=colour, linewidth=0.9, **look)
    for value, side in ((low, -1), (high, 1)):
        if abs(value - base) < 0.5:
            continue
        ax.annotate(
            number(value, lang, 0),
            (value, place),
            xytext=(3 * side, 0),
            textcoords="offset points",
            ha="right" if side < 0 else "left",
            va="center",
            fontsize=7.5,
        )


def _ends_text(found, lang):
    """Lowest and highest chance under both readings, as words for a phrase (dict of str to str)."""
    return {
        key: "–"
        if r not in found
        else say(
            "sensitivity.from_to",
            lang,
            low=number(100 * found[r][1], lang, 0),
            high=number(100 * found[r][2], lang, 0),
        )
        for key, r in (("one", 1), ("zero", 0))
    }


def sobol_chart(results, status, register, lang):
    """Total and first-order index of each input that counts, one panel a reading of the money.

    Parameters
    ----------
    results : mapping of int to DataFrame
        r to indices, as of `analysis.sensitivity.sobol_indices.sobol`.
    status : str
        Whose rate it is.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    names, by_input, _, _ = sobol_rows(results)
    labels = [assumption_name(name, register, lang) for name in names]
    title = say("sensitivity.sobol_title", lang, who=say(f"status.{status}", lang))
    words = "; ".join(
        say("sensitivity.tornado_desc", lang, name=label, **_totals_text(by_input, name, lang))
        for name, label in zip(names, labels, strict=True)
    )

    def draw(figure, narrow):
        shape = (len(by_input), 1) if narrow else (1, len(by_input))
        axes = np.atleast_1d(figure.subplots(*shape, sharex=True, sharey=not narrow))
        y = np.arange(len(names))[::-1]
        for i, (ax, (r, frame)) in enumerate(zip(axes, by_input.items(), strict=True)):
            colour, _, reading = LOOKS[r]
            for place, name in zip(y, names, strict=True):
                if name not in frame.index:
                    continue
                first, total, bound = (
                    100 * frame.loc[name, key] for key in ("first", "total", "total_bound")
                )
                ax.plot([total - bound, total + bound], [place] * 2, color=colour, linewidth=1.6)
                ax.plot(first, place - 0.25, marker="D", markersize=4, mfc="white", color=GREY, zorder=3)
                ax.plot(total, place, marker="o", markersize=5, color=colour, zorder=4)
            ax.set_title(say(f"case.{reading}", lang), fontsize=9)
            ax.set_xlim(-4, 104)
            ax.set_ylim(-0.7, len(names) - 0.3)
            ax.grid(axis="x")
            ax.tick_params(axis="y", length=0)
            ax.set_xlabel(say("sensitivity.sobol_axis", lang))
            ax.tick_params(axis="x", labelbottom=True)
            number_ticks(ax.xaxis, lang)
            if narrow or i == 0:
                ax.set_yticks(y, [wrapped(label, 24 if narrow else 34) for label in labels], fontsize=7.5)

    height = 0.32 * len(names)
    return figure_exhibit(
        "sobol",
        title,
        say("sensitivity.sobol_figure_caption", lang),
        words,
        draw,
        Sizes(1.0 + height, 0.4 + len(by_input) * (0.75 + 1.2 * height)),
    )


def _totals_text(by_input, name, lang):
    return {
        key: percent(100 * by_input[r].loc[name, "total"], lang, 1)
        if r in by_input and name in by_input[r].index
        else "–"
        for key, r in (("one", 1), ("zero", 0))
    }
