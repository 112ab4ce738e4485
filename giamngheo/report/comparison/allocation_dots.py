"""The money of each line in three allocations of the same total, as multiples of the plan."""

import numpy as np

from giamngheo.language import number, rounded, say
from giamngheo.report.exhibits import prose
from giamngheo.report.figure_style import (
    BLUE,
    INK,
    PALE,
    VERMILLION,
    Sizes,
    figure_exhibit,
    number_ticks,
    wrapped,
)


def allocation_dots(names, found, lang):
    """Each line's money in the two best allocations over its plan: filled the joint chance, open the gap.

    Parameters
    ----------
    names : mapping of str to str
        Line to its name in the reader's language.
    found : Reallocation or None
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if found is None:
        return prose(say("allocation.none", lang))
    lines = found.lines.sort_values("plan_bn", ascending=False, kind="stable").to_dict("records")
    words = "; ".join(f"{names[row['line']]}: {_amounts(row, lang)}" for row in lines)
    most = max(max(row["joint_of_plan"], row["gap_of_plan"]) for row in lines)

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(lines))[::-1]
        for place, row in zip(y, lines, strict=True):
            least, highest = (float(row[end] / row["plan_bn"]) for end in ("low_bn", "high_bn"))
            ax.plot([least, highest], [place, place], color=PALE, linewidth=3, zorder=1)
            ax.plot(row["joint_of_plan"], place, marker="o", markersize=5.5, color=BLUE, zorder=2)
            open_mark = {"mfc": "none", "color": VERMILLION, "mew": 1.4, "zorder": 3}
            ax.plot(row["gap_of_plan"], place, marker="D", markersize=8, **open_mark)
            text = {"textcoords": "offset points", "fontsize": 8, "color": INK}
            if narrow:
                label = _short(names[row["line"]], _amounts(row, lang), 52)
                over = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5}}
                ax.annotate(label, (0, place + 0.2), xytext=(3, 1), va="bottom", **text, **over)
            else:
                ax.annotate(_amounts(row, lang), (most, place), xytext=(12, 0), va="center", **text)
        ax.axvline(1, color=INK, linewidth=1, linestyle=(0, (1, 1.5)), zorder=0)
        labels = [""] * len(y) if narrow else [wrapped(names[row["line"]], 40) for row in lines]
        ax.set_yticks(y, labels)
        ax.set_xlim(0, most * (1.06 if narrow else 1.42))
        ax.set_ylim(-0.6, len(lines) - (0.1 if narrow else 0.4))
        ax.set_xticks(np.arange(0, most + 0.01, 0.5))
        ax.tick_params(axis="y", length=0)
        number_ticks(ax.xaxis, lang, None, "×")
        ax.set_xlabel(say("figure.allocation_x", lang))
        handles = [
            ax.plot([], [], marker="o", markersize=5.5, color=BLUE, linestyle="")[0],
            ax.plot([], [], marker="D", markersize=8, mfc="none", color=VERMILLION, mew=1.4, linestyle="")[0],
        ]
        texts = [say(f"allocation.{name}", lang) for name in ("joint", "gap")]
        figure.legend(handles, texts, loc="outside upper left", ncols=1 if narrow else 2, fontsize=8.5)

    height = 0.33 * len(lines)
    return figure_exhibit(
        "allocation",
        say("figure.allocation_title", lang),
        say("figure.allocation_caption", lang),
        say("figure.allocation_desc", lang, rows=words),
        draw,
        Sizes(1.2 + height, 1.4 + 1.2 * height),
    )


def _amounts(row, lang):
    """Planned amount, and both others, billion VND."""
    three = (number(rounded(row[f"{name}_bn"], 1).normalize() + 0, lang) for name in ("plan", "joint", "gap"))
    plan, joint, gap = three
    return f"{plan} → {joint} | {gap}"


def _short(name, numbers, length):
    """Name and numbers on one line, the name cut at a space where both are too long."""
    room = length - len(numbers) - 3
    if len(name) > room:
        name = f"{name[: room - 2].rsplit(' ', 1)[0].rstrip(',')} …"
    return f"{name} · {numbers}"
