"""Figures of rates in time: fan charts, rival forecasts, implied numbers of households."""

import numpy as np

from giamngheo.dates import decimal_year
from giamngheo.language import chance, day, number, percent, say
from giamngheo.report.exhibits import stack
from giamngheo.report.figure_style import (
    BAND_50,
    BAND_80,
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    VERMILLION,
    Sizes,
    figure_exhibit,
    number_ticks,
    spread,
    wrapped,
)

RATE_FIGURE = Sizes(wide=3.7, narrow=3.6)
_COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "="}


def year_of(when):
    """Where an instant stands on an axis whose numbers mark the ends of years: 31 December 2010 at 2010."""
    if hasattr(when, "year") and not hasattr(when, "__len__"):
        return float(decimal_year(when)) - 1
    return np.array([float(decimal_year(each)) - 1 for each in when])


def target_text(target, lang):
    """A level target in signs: ``< 2 %``.

    Parameters
    ----------
    target : object with comparator and value_pct
    lang : {"vi", "en"}

    Returns
    -------
    str
    """
    return f"{_COMPARATORS[target.comparator]} {percent(target.value_pct, lang)}"


def of(table, status, group="all"):
    """Rows of a forecast table for one group and status, in time's order.

    Parameters
    ----------
    table : DataFrame
    status, group : str

    Returns
    -------
    DataFrame
    """
    return table[(table["group"] == group) & (table["status"] == status)].sort_values("as_of", kind="stable")


def fan_chart(table, history, status, lang, *, target=None, other=None, meaning="new", group="all", top=None):
    """Readings and forecast of one status: median, 50 and 80 % bands, target, change of poverty line.

    Parameters
    ----------
    table : DataFrame
        as_of, group, status, q10, q25, q50, q75, q90 in percent of households.
    history : DataFrame
        Readings: as_of, group, status, poverty_line, rate_pct.
    status : {"poor", "near_poor"}
    lang : {"vi", "en"}
    target : object, optional
        comparator, value_pct, as_of.
    other : DataFrame, optional
        A second forecast, whose median is dashed in.
    meaning : {"new", "fixed"}
        What the second one is: all of the money is new (r = 0), or the gap between the thresholds stands
        still.
    group : str
    top : float, optional
        Upper end of the rate axis, the same wherever charts are compared.

    Returns
    -------
    Exhibit
    """
    fan, past = of(table, status, group), of(history, status, group)
    rival = None if other is None else of(other, status, group)
    who = say(f"status.{status}", lang)
    title = say("figure.fan_title", lang, who=_first_upper(who), group=_of_group(group, lang))

    def draw(figure, narrow):
        draw_fan(
            figure.subplots(),
            fan,
            past,
            lang,
            target=target,
            rival=rival,
            meaning=meaning,
            top=top,
            narrow=narrow,
        )

    return figure_exhibit(
        f"fan-{status}-{group}".replace("_", "-"),
        title,
        _fan_caption(past, rival, meaning, lang),
        _fan_description(fan, past, rival, meaning, target, who, lang),
        draw,
        RATE_FIGURE,
    )


def fan_charts(simulations, targets, lang):
    """A fan chart a target, at one shared scale: r = 1 in full, the median of r = 0 dashed in.

    Parameters
    ----------
    simulations : mapping of int to Simulation
        By r.
    targets : mapping of str to Target
        By status.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    tables, history = (
        {r: simulation.table for r, simulation in simulations.items()},
        simulations[1].trend.history,
    )
    top = shared_top(tables[1], history, targets)
    return stack(
        *(
            fan_chart(tables[1], history, status, lang, target=target, other=tables[0], top=top)
            for status, target in targets.items()
        ),
        kind="figure",
    )


def trend_charts(trend, fixed, targets, lang):
    """A fan chart of the trend for each status that was forecast, the near-poor one with the fixed-gap median.

    Parameters
    ----------
    trend : Forecast
    fixed : Simulation
        Of the case in which the gap between the thresholds stands still.
    targets : mapping of str to Target
        By status.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    table, history = trend.table, trend.history
    statuses = [status for status in ("poor", "near_poor") if ("all", status) in trend.draws]
    top = shared_top(table, history, statuses)
    others = {"near_poor": {"other": fixed.table, "meaning": "fixed"}}
    return stack(
        *(
            fan_chart(table, history, s, lang, target=targets.get(s), top=top, **others.get(s, {}))
            for s in statuses
        ),
        kind="figure",
    )


def shared_top(table, history, statuses):
    """Upper end of a rate axis that holds all readings and 80 % bands of some statuses (float, percent)."""
    highest = [of(frame, status)[column].max() for status in statuses for frame, column in
               ((history, "rate_pct"), (table, "q90"))]  # fmt: skip
    return _round_up(max(highest))


def draw_fan(ax, fan, past, lang, *, target=None, rival=None, meaning="new", top=None, narrow=False):
    """Draw a fan chart on given axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    fan, past, rival : DataFrame
        Rows of one group and status: forecast, readings, second forecast (or None).
    lang, target, meaning, top
        As of `fan_chart`.
    narrow : bool
        Few ticks, small numbers.
    """
    lines = list(past.groupby("poverty_line", sort=False)["as_of"].max().sort_values(kind="stable").index)
    newest = past[past["poverty_line"] == lines[-1]]
    start = newest.iloc[-1] if len(newest) else None
    x, bands = _fan_arrays(fan, start)
    ends = {name: values[-1] for name, values in bands.items()}
    ax.fill_between(x, bands["q10"], bands["q90"], color=BAND_80, linewidth=0)
    ax.fill_between(x, bands["q25"], bands["q75"], color=BAND_50, linewidth=0)
    ax.plot(x, bands["q50"], color=BLUE, linewidth=1.8)
    labels = [
        (ends["q50"], say("figure.median_value", lang, rate=percent(ends["q50"], lang, 1)), BLUE, True),
        ((ends["q75"] + ends["q90"]) / 2, "80 %", GREY, False),
        ((ends["q10"] + ends["q25"]) / 2, "80 %", GREY, False),
        ((ends["q50"] + ends["q75"]) / 2, "50 %", GREY, False),
    ]
    if rival is not None:
        xr, rb = _fan_arrays(rival, start)
        ax.plot(xr, rb["q50"], color=VERMILLION, linewidth=1.4, linestyle=(0, (4, 2)))
        words = say(f"figure.median_{meaning}", lang, rate=percent(rb["q50"][-1], lang, 1))
        labels.append((rb["q50"][-1], words, VERMILLION, True))
    _readings(ax, past, lines, narrow, lang)
    ceiling = max(top or 0, _round_up(max(bands["q90"].max(), past["rate_pct"].max())))
    ax.set_ylim(0, ceiling)
    first = min([year_of(past["as_of"].min())] if len(past) else [x[0]])
    ax.set_xlim(min(first, x[-1] - 10) - (0.9 if narrow else 0.5), x[-1] + 0.02)
    if target is not None:
        level = float(target.value_pct)
        ax.axhline(level, color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
        words = say("figure.target", lang, target=target_text(target, lang))
        left = ax.get_xlim()[0] + 0.1
        ax.text(left, level - ceiling * 0.012, words, fontsize=8.5, va="top", fontweight="bold")
        ax.axvline(year_of(target.as_of), color=PALE, linewidth=0.8, zorder=0)
    _right_labels(ax, labels, ceiling)
    _time_axis(ax, narrow, x[-1], lang)
    number_ticks(ax.yaxis, lang, 0, " %")
    ax.grid(axis="y")


def answer_picture(result, targets, lang):
    """The answer at a glance: a fan chart a target, its chance under both readings of the money in the title.

    Parameters
    ----------
    result : Outcome
        Of the full plan.
    targets : mapping of str to Target
        By status.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    tables = {r: simulation.table for r, simulation in result.simulations.items()}
    history = result.simulations[1].trend.history
    top = shared_top(tables[1], history, targets)
    both = {r: chances.get("both") for r, chances in result.by_case.items()}
    notes = [say("figure.picture_note", lang)]
    if len(targets) > 1:
        notes.append(say("figure.picture_both", lang, **{f"j{r}": chance(p, lang) for r, p in both.items()}))

    def draw(figure, narrow):
        shape = (len(targets), 1) if narrow else (1, len(targets))
        axes = np.atleast_1d(figure.subplots(*shape)).ravel()
        for ax, (status, target) in zip(axes, targets.items(), strict=True):
            fan, rival = (of(tables[r], status) for r in (1, 0))
            draw_fan(ax, fan, of(history, status), lang, target=target, rival=rival, top=top, narrow=True)
            words = {f"p{r}": chance(result.by_case[r][target.target], lang) for r in (1, 0)}
            who = _first_upper(say(f"status.{status}", lang))
            head = say("figure.picture_panel", lang, who=who, target=target_text(target, lang), **words)
            ax.set_title(head, fontsize=9)
        figure.supxlabel("\n".join(wrapped(part, 52) if narrow else part for part in notes), fontsize=8)

    title = say("figure.picture_title", lang)
    return figure_exhibit("answer-picture", title, "", f"{title}. {' '.join(notes)}", draw, Sizes(3.8, 6.8))


def _first_upper(text):
    return text[:1].upper() + text[1:]


def _of_group(group, lang):
    return "" if group == "all" else say("figure.of_group", lang, group=say(f"group.{group}", lang))


def _fan_arrays(fan, start):
    """x and quantiles, from the last reading on the line that is forecast."""
    x = year_of(fan["as_of"])
    bands = {q: fan[q].to_numpy(dtype=float) for q in ("q10", "q25", "q50", "q75", "q90")}
    if start is not None and year_of(start["as_of"]) < x[0]:
        x = np.append(year_of(start["as_of"]), x)
        bands = {q: np.append(float(start["rate_pct"]), values) for q, values in bands.items()}
    return x, bands


def _readings(ax, past, lines, narrow, lang):
    looks = [{"marker": "s", "color": GREY, "mfc": "white"}, {"marker": "o", "color": BLUE, "mfc": BLUE}]
    for line, look in zip(lines, looks[-len(lines) :], strict=False):
        rows = past[past["poverty_line"] == line]
        x, y = year_of(rows["as_of"]), rows["rate_pct"].to_numpy(dtype=float)
        ax.plot(x, y, markersize=4.5, linewidth=0.9, zorder=5, **look)
        above = True
        for n, (at, rate) in enumerate(zip(x, y, strict=True)):
            # Numbers of neighbours that lie nearly level go above and below in turn.
            level = bool(n) and abs(rate - y[n - 1]) < 0.05 * y.max()
            above = not above if level else True
            # Where the line falls into a point, its number stands clear of it to the right.
            falling = not level and (rate < y[n - 1] if n else rate > y[min(1, len(y) - 1)])
            ax.annotate(
                number(rate, lang, 2),
                (at, rate),
                xytext=(3 if falling else 0, 3 if falling else 5 if above else -6),
                textcoords="offset points",
                ha="left" if falling else "center",
                va="bottom" if above else "top",
                fontsize=7 if narrow else 8,
                color=GREY if look["marker"] == "s" else INK,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3, "alpha": 0.7},
            )
    for line in lines[1:]:
        at = year_of(past[past["poverty_line"] == line]["as_of"].min())
        ax.axvline(at, color=ORANGE, linewidth=1, linestyle=(0, (3, 2)), zorder=1)
        ax.annotate(
            say("figure.line_change", lang),
            (at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            fontsize=8.5,
            color="#8a5a00",
        )


def _right_labels(ax, labels, ceiling):
    """Labels right of the last year, kept apart: bands, medians."""
    rows = ax.get_subplotspec().get_gridspec().nrows
    height = ax.figure.get_size_inches()[1] * 72 * 0.75 / rows
    places = spread([y for y, *_ in labels], 10 * ceiling / height)
    for place, (_, words, colour, heavy) in zip(places, labels, strict=True):
        ax.annotate(
            words,
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=colour,
            fontweight="bold" if heavy else "normal",
            annotation_clip=False,
        )


def _time_axis(ax, narrow, last, lang):
    step = 2 if narrow else 1
    ticks = np.arange(int(last), int(ax.get_xlim()[0]), -step)[::-1]
    ax.set_xticks(ticks, [str(t) for t in ticks])
    ax.get_xticklabels()[-1].set_fontweight("bold")
    ax.set_xlabel(say("figure.end_of_year", lang))


def _round_up(value):
    return float(np.ceil(value / 2) * 2)


def _fan_caption(past, rival, meaning, lang):
    parts = [say("figure.fan_caption", lang)]
    if past["poverty_line"].nunique() > 1:
        parts.append(say("figure.fan_break", lang))
    if rival is not None:
        parts.append(say(f"figure.fan_{meaning}", lang))
    return " ".join(parts)


def _fan_description(fan, past, rival, meaning, target, who, lang):
    last = fan.iloc[-1]
    text = say(
        "figure.fan_desc",
        lang,
        who=_first_upper(who),
        n=str(len(past)),
        first=day(past["as_of"].min(), lang),
        last=day(past["as_of"].max(), lang),
        when=day(last["as_of"], lang),
        median=percent(last["q50"], lang, 1),
        low=percent(last["q10"], lang, 1),
        high=percent(last["q90"], lang, 1),
    )
    if rival is not None:
        text += " " + say(f"figure.fan_desc_{meaning}", lang, median=percent(rival.iloc[-1]["q50"], lang, 1))
    if target is not None:
        text += " " + say("figure.fan_desc_target", lang, target=target_text(target, lang))
    return text
