"""The chosen forecast beside its rivals."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from giamngheo.language import day, number, say
from giamngheo.report.fan import of, target_text
from giamngheo.report.figure_style import BLUE, GREY, INK, Sizes, figure_exhibit, number_ticks, wrapped


def rivals_chart(rivals, own, status, lang, *, target=None, losing=()):
    """Forecasts of one status for the last year by every method: median and 80 % interval, the chosen one
    first.

    Parameters
    ----------
    rivals : DataFrame
        method, as_of, status, q10, q50, q90 (percent).
    own : DataFrame
        The chosen forecast's table.
    status : str
    lang : {"vi", "en"}
    target : object, optional
    losing : set of str
        Methods that lost to the last value elsewhere, marked.

    Returns
    -------
    Exhibit
    """
    rows = rival_rows(rivals, own, status)
    marks = ["*" if row["method"] in losing else "" for row in rows]
    names = [say(f"method.{row['method']}", lang) + mark for row, mark in zip(rows, marks, strict=True)]
    caption = say("figure.rivals_caption", lang) + (
        f" {say('figure.rivals_losing', lang)}" if any(marks) else ""
    )
    when = day(rows[0]["as_of"], lang)
    title = say("figure.rivals_title", lang, who=say(f"status.{status}", lang), when=when)
    words = (
        say("figure.rivals_desc", lang)
        + " "
        + "; ".join(f"{name}: {_interval(row, lang)}" for name, row in zip(names, rows, strict=True))
    )

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(rows))[::-1]
        for place, row in zip(y, rows, strict=True):
            mine = row["method"] == "chosen"
            colour = BLUE if mine else GREY
            ax.plot(
                [row["q10"], row["q90"]], [place, place], color=colour, linewidth=4 if mine else 2, alpha=0.45
            )
            ax.plot(
                row["q50"], place, marker="o" if mine else "D", color=colour, markersize=6 if mine else 4.5
            )
            ax.annotate(
                _interval(row, lang),
                (row["q90"], place),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
        ax.set_yticks(y, [wrapped(name, 20) if narrow else name for name in names])
        ax.get_yticklabels()[0].set_fontweight("bold")
        ax.set_ylim(-0.6, len(rows) - 0.4)
        longest = max(row["q90"] for row in rows)
        ax.set_xlim(-0.03 * longest, longest * (1.6 if narrow else 1.3))
        if target is not None:
            ax.axvline(float(target.value_pct), color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
            words = say("figure.target", lang, target=target_text(target, lang))
            ax.set_title(words, fontsize=8.5, loc="left")
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        number_ticks(ax.xaxis, lang, 0, " %")
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)

    return figure_exhibit(
        f"rivals-{status}".replace("_", "-"),
        title,
        caption,
        words,
        draw,
        Sizes(2.9, 3.4),
    )


def rival_rows(rivals, own, status):
    """The chosen forecast and its rivals at the last instant, as dicts in the order shown.

    Parameters
    ----------
    rivals, own : DataFrame
    status : str

    Returns
    -------
    list of dict
        method ("chosen" first), as_of, q10, q50, q90.
    """
    last = of(own, status).iloc[-1]
    rows = [{"method": "chosen", **{k: last[k] for k in ("as_of", "q10", "q50", "q90")}}]
    others = rivals[(rivals["status"] == status) & (rivals["as_of"] == last["as_of"])]
    return rows + others[["method", "as_of", "q10", "q50", "q90"]].to_dict("records")


def _interval(row, lang):
    median, low, high = (number(row[name], lang, 1) for name in ("q50", "q10", "q90"))
    return f"{median} ({low}–{high})"
