"""Figures of the plan: money by line and source, scenarios compared, the spread of a rate at the deadline."""

import numpy as np
import seaborn as sns

from giamngheo.language import day, money, number, percent, say
from giamngheo.report.fan import target_text, year_of
from giamngheo.report.figure_style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    VERMILLION,
    Sizes,
    figure_exhibit,
    number_ticks,
)

# From light to dark, in the order of the legend: told apart without colour too.
SOURCE_COLOURS = {"central": "#bcdcf0", "provincial": ORANGE, "mobilised": "#00523d"}


def budget_bars(lines, amounts, lang, *, planned=None):
    """Money of the whole period by budget line, stacked by source, largest first.

    Parameters
    ----------
    lines : mapping of str to str
        Line id to its name in the reader's language.
    amounts : mapping of (line, source) to number
        Billion VND over the period.
    lang : {"vi", "en"}
    planned : mapping of line to number, optional
        Planned totals, marked where they differ from what is delivered.

    Returns
    -------
    Exhibit
    """
    totals = {line: float(sum(v for (name, _), v in amounts.items() if name == line)) for line in lines}
    plan = {line: float(planned[line]) if planned else totals[line] for line in lines}
    order = sorted(lines, key=lambda line: (-plan[line], list(lines).index(line)))
    whole = sum(totals.values())
    title = say("figure.budget_title", lang, total=money(round(whole, 6), lang, 1 if whole % 1 else 0))
    words = "; ".join(f"{lines[line]}: {number(round(totals[line], 6), lang, 1)}" for line in order)
    differs = any(abs(plan[line] - totals[line]) > 1e-6 for line in lines)
    caption = say("figure.budget_caption", lang)
    if differs:
        caption += " " + say("figure.budget_planned", lang)

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(order))[::-1]
        left = np.zeros(len(order))
        for source, colour in SOURCE_COLOURS.items():
            width = np.array([float(amounts.get((line, source), 0)) for line in order])
            ax.barh(
                y,
                width,
                left=left,
                height=0.5,
                edgecolor=GREY,
                linewidth=0.5,
                label=say(f"source.{source}", lang),
                color=colour,
            )
            left += width
        if differs:
            for place, line in zip(y, order, strict=True):
                if abs(plan[line] - totals[line]) > 1e-6:
                    ax.plot([plan[line]] * 2, [place - 0.38, place + 0.38], color=INK, linewidth=1.4)
        longest = max(max(plan.values()), max(left)) or 1
        for place, line, end in zip(y, order, left, strict=True):
            near = 1e-6 < plan[line] - end < 0.14 * longest  # the plan's mark is in the way of the number
            at = plan[line] if near else end
            ax.annotate(
                number(round(totals[line], 6), lang, 1 if round(totals[line], 6) % 1 else 0),
                (at, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
            )
        if narrow:
            ax.set_yticks(y, [""] * len(y))
            for place, line in zip(y, order, strict=True):
                ax.annotate(
                    _clipped(lines[line], 46),
                    (0, place + 0.3),
                    xytext=(0, 0),
                    textcoords="offset points",
                    va="bottom",
                    fontsize=8,
                )
            ax.set_ylim(-0.5, len(order) - 0.1)
        else:
            ax.set_yticks(y, [_clipped(lines[line], 44) for line in order])
            ax.set_ylim(-0.6, len(order) - 0.4)
        ax.set_xlim(0, longest * 1.12)
        ax.tick_params(axis="y", length=0)
        number_ticks(ax.xaxis, lang)
        ax.set_xlabel(say("unit.bn_vnd", lang))
        ax.grid(axis="x")
        figure.legend(
            *ax.get_legend_handles_labels(), loc="outside upper left", ncols=1 if narrow else 3, fontsize=8.5
        )

    return figure_exhibit("budget", title, caption, words, draw, Sizes(4.2, 5.6))


def _clipped(text, length):
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + " …"


def rate_histograms(simulations, target, lang):
    """How the rate of a target is spread over the draws at its instant, one outline a reading of the money.

    Parameters
    ----------
    simulations : mapping of int to Simulation
        By r.
    target : Target
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    when, status = target.as_of, target.status
    place = simulations[1].years.index(when)
    draws = [simulations[r].draws[target.group, status][:, place] for r in (1, 0)]
    labels = [say("case.continued", lang), say("case.new", lang)]
    who = say(f"status.{status}", lang)
    title = say("figure.spread_title", lang, who=who, when=day(when, lang))
    level = float(target.value_pct)
    top = float(np.quantile(np.concatenate(draws), 0.995))
    width = 0.25
    edges = np.arange(0, np.ceil(top / width) * width + width / 2, width)
    words = "; ".join(
        say(
            "figure.spread_desc",
            lang,
            label=label,
            low=percent(np.quantile(values, 0.1), lang, 1),
            mid=percent(np.quantile(values, 0.5), lang, 1),
            high=percent(np.quantile(values, 0.9), lang, 1),
        )
        for values, label in zip(draws, labels, strict=True)
    )

    def draw(figure, narrow):
        ax = figure.subplots()
        looks = [(BLUE, "-"), (VERMILLION, (0, (4, 2)))]
        for values, label, (colour, style) in zip(draws, labels, looks, strict=False):
            sns.histplot(
                x=np.clip(values, 0, edges[-1] - 1e-9),
                bins=edges,
                stat="percent",
                element="step",
                fill=style == "-",
                color=colour,
                linestyle=style,
                alpha=0.25,
                linewidth=1.5,
                ax=ax,
                label=label,
            )
        ax.axvline(level, color=INK, linewidth=1.2, linestyle=(0, (1, 1.5)))
        ax.set_xlim(0, edges[-1])
        ax.set_ylim(0, ax.get_ylim()[1] * 1.12)
        ax.annotate(
            say("figure.target", lang, target=target_text(target, lang)),
            (level, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            fontsize=8.5,
            fontweight="bold",
        )
        number_ticks(ax.xaxis, lang, 0, " %")
        number_ticks(ax.yaxis, lang, 0, " %")
        ax.set_xlabel(say("figure.spread_x", lang, who=who))
        ax.set_ylabel(say("figure.spread_y", lang))
        figure.legend(*ax.get_legend_handles_labels(), loc="outside upper left", ncols=1, fontsize=8.5)

    name = f"spread-{status}".replace("_", "-")
    return figure_exhibit(name, title, say("figure.spread_caption", lang), words, draw, Sizes(3.0, 3.2))


def implied_households_chart(series, lang):
    """Numbers of households that counts and rates imply, each with the range that the rate's rounding allows.

    Parameters
    ----------
    series : mapping of str to sequence of dict
        Group id to rows with as_of, implied, low, high (households).
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    words = "; ".join(
        f"{say(f'group.{group}', lang)}: "
        + ", ".join(f"{day(r['as_of'], lang)} {number(r['implied'], lang, 0)}" for r in rows)
        for group, rows in series.items()
    )

    def draw(figure, narrow):
        shape = (len(series), 1) if narrow else (1, len(series))
        axes = np.atleast_1d(figure.subplots(*shape)).ravel()
        for ax, (group, rows) in zip(axes, series.items(), strict=True):
            x = year_of([r["as_of"] for r in rows])
            y = np.array([r["implied"] for r in rows], dtype=float)
            spread = np.array(
                [[r["implied"] - r["low"], r["high"] - r["implied"]] for r in rows], dtype=float
            ).T
            ax.errorbar(x, y, yerr=spread, fmt="o", color=BLUE, markersize=4, capsize=2.5, linewidth=1)
            ax.set_title(say(f"group.{group}", lang))
            ax.set_ylim(0.9 * min(r["low"] for r in rows), 1.05 * max(r["high"] for r in rows))
            ax.set_xlim(x.min() - 0.5, x.max() + 0.5)
            ticks = np.arange(int(x.min()), int(x.max()) + 1, 1 if not narrow else 2)
            ax.set_xticks(ticks, [str(t) for t in ticks])
            number_ticks(ax.yaxis, lang)
            ax.grid(axis="y")
        axes[-1].set_xlabel(say("figure.end_of_year", lang))

    return figure_exhibit(
        "implied-households",
        say("figure.implied_title", lang),
        say("figure.implied_caption", lang),
        words,
        draw,
        Sizes(2.7, 4.6),
    )
