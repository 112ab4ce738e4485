"""Figures of the plan: money by line and source, scenarios compared, the spread of a rate at the deadline."""

import numpy as np

from giamngheo.language import chance, percent, say
from giamngheo.report.figure_style import (
    BLUE,
    PALE,
    VERMILLION,
    Sizes,
    figure_exhibit,
    wrapped,
)


def _clipped(text, length):
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + " …"


def chance_dots(results, targets, lang):
    """Chances of each target under every scenario, one row a scenario: filled r = 1, open r = 0.

    Parameters
    ----------
    results : mapping of str to Outcome
        In the order shown.
    targets : sequence of (str, str)
        Column id and its heading, for example ("joint", "both").
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    title = say("figure.compare_title", lang)
    rows = [
        {
            "title": result.scenario.title[lang],
            "chances": {(key, r): p for r in result.shown for key, p in result.by_case[r].items()},
        }
        for result in results.values()
    ]
    highest = max((p for row in rows for p in row["chances"].values() if p is not None), default=0.1)
    limit = min(1.0, max(0.1, np.ceil(highest * 10.5) / 10))
    joint = targets[-1][0]
    words = "; ".join(
        f"{row['title']}: "
        + " / ".join(
            chance(row["chances"][joint, r], lang)
            for r in (1, 0)
            if row["chances"].get((joint, r)) is not None
        )
        for row in rows
    )

    def draw(figure, narrow):
        if narrow:
            axes = figure.subplots(len(targets), 1, sharex=True)
        else:
            axes = figure.subplots(1, len(targets), sharey=True)
        y = np.arange(len(rows))[::-1]
        for i, (ax, (column, heading)) in enumerate(zip(np.atleast_1d(axes), targets, strict=True)):
            for place, row in zip(y, rows, strict=True):
                _pair(ax, place, row["chances"].get((column, 1)), row["chances"].get((column, 0)))
            ax.set_title(heading, fontsize=9)
            ax.set_xlim(-limit * 0.04, limit * 1.02)
            ax.set_ylim(-0.7, len(rows) - 0.3)
            ax.grid(axis="both")
            ax.tick_params(axis="y", length=0)
            if narrow or i == 0:
                ax.set_yticks(
                    y,
                    [wrapped(row["title"], 26) if not narrow else _clipped(row["title"], 30) for row in rows],
                )
            ax.xaxis.set_major_formatter(lambda v, _: percent(round(100 * v, 6), lang, 0))
            ax.tick_params(axis="x", labelbottom=True)

    height = 0.27 * len(rows)
    return figure_exhibit(
        "scenarios",
        title,
        say("figure.compare_caption", lang),
        say("figure.compare_desc", lang, rows=words),
        draw,
        Sizes(0.8 + 1.15 * height, 1.0 + len(targets) * (0.5 + 0.7 * height)),
    )


def _pair(ax, place, one, zero):
    if one is not None and zero is not None:
        ax.plot([one, zero], [place, place], color=PALE, linewidth=2, zorder=1)
    if zero is not None:
        ax.plot(zero, place, marker="D", markersize=5, mfc="white", color=VERMILLION, mew=1.3, zorder=2)
    if one is not None:
        ax.plot(one, place, marker="o", markersize=5.5, color=BLUE, zorder=3)
