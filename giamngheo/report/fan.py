"""Readings and forecast of a rate in time: the fan charts that several notebooks show."""

import numpy as np
import pandas as pd

from giamngheo.dates import decimal_year
from giamngheo.inputs.judged import level_pair
from giamngheo.report import wording
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
)
from giamngheo.report.html import stack
from giamngheo.simulation.targets import met

SIZES = Sizes(wide=3.7, narrow=3.6)
COLUMNS = (
    "status",
    "series",
    "poverty_line",
    "as_of",
    "rate_pct",
    "q10_pct",
    "q25_pct",
    "q75_pct",
    "q90_pct",
)


def year_of(when):
    """Where an instant stands on an axis whose numbers mark the ends of years: 31 December 2010 at 2010."""
    if hasattr(when, "year") and not hasattr(when, "__len__"):
        return float(decimal_year(when)) - 1
    return np.array([float(decimal_year(each)) - 1 for each in when])


def of(table, status, group="all"):
    """Rows of a table of readings or forecasts for one group and status, in time's order (DataFrame)."""
    return table[(table["group"] == group) & (table["status"] == status)].sort_values("as_of", kind="stable")


def chart(page, table, history, status, *, other=None, meaning="new", top=None):
    """Readings and forecast of one status beside its target; `other` is a second forecast, whose median is dashed in.

    meaning: what the second one is: all of the money is "new", or the gap between the thresholds stays "fixed";
    top: upper end of the rate axis, the same wherever charts are compared.
    """
    target = level_pair(page.package).get(status)
    shown = frame(table, history, status, target, other, meaning)
    who = _who(page, status)
    return figure_exhibit(
        f"fan-{status}-all".replace("_", "-"),
        _title(page, shown, who, target),
        _caption(page, shown),
        _description(page, shown, who, target),
        lambda figure, narrow: draw(figure.subplots(), page, shown, target, top, narrow),
        SIZES,
        shown,
    )


def charts(page, simulations):
    """A fan chart a target, at one shared scale: r = 1 in full, the median of r = 0 dashed in."""
    tables, history = {r: s.table_of("all") for r, s in simulations.items()}, simulations[1].trend.history
    statuses = level_pair(page.package)
    top = shared_top(tables[1], history, statuses)
    return stack(*(chart(page, tables[1], history, s, other=tables[0], top=top) for s in statuses))


def picture(page, result):
    """The answer at a glance: a fan a target, and both cases of the money as lines with their names and chances."""
    targets, history = level_pair(page.package), result.cases[1].trend.history
    tables = {r: simulation.table_of("all") for r, simulation in result.cases.items()}
    top = shared_top(tables[1], history, targets)
    panels = {s: frame(tables[1], history, s, target, tables[0]) for s, target in targets.items()}

    def draw_all(figure, narrow):
        shape = (len(targets), 1) if narrow else (1, len(targets))
        axes = np.atleast_1d(figure.subplots(*shape)).ravel()
        for ax, (status, target) in zip(axes, targets.items(), strict=True):
            chances = {r: result.by_case[r][target.target] for r in result.cases}
            draw(ax, page, panels[status], target, top, narrow=True, chances=chances)
            who, told = _who(page, status), wording.target_text(target, page)
            ax.set_title(page.say("figure.picture_panel", who=who, target=told), fontsize=9.5)

    title = _picture_title(page, result, targets)
    broken = any(_parts(shown)[1]["poverty_line"].nunique() > 1 for shown in panels.values())
    notes = ["figure.picture_note", *(["figure.picture_break"] if broken else [])]
    note, shown = " ".join(map(page.say, notes)), pd.concat(panels.values(), ignore_index=True)
    words = page.say("figure.picture_desc")
    return figure_exhibit(
        "answer-picture", title, note, words, draw_all, Sizes(3.4, 6.4, across=True), shown, shared=True
    )


def _title(page, shown, who, target):
    """Where the median stands on the target's day, or on the last, and whether that meets the target (str)."""
    forecast, _, second, meaning = _parts(shown)
    days = list(forecast["as_of"])
    when = pd.Timestamp(target.as_of) if target is not None else days[-1]
    if when not in days:
        when, target = days[-1], None
    medians = [rows.set_index("as_of")["rate_pct"][when] for rows in (forecast, second) if rows is not None]
    if meaning == "fixed":
        ends = (page.percent(rate, 1) for rate in medians)
        rate = page.say("figure.fan_rate_fixed", **dict(zip(("rate", "other"), ends, strict=True)))
    else:
        low, high = (page.number(rate, 1) for rate in (min(medians), max(medians)))
        rate = f"{wording.ends_text(page, low, high)} %"
    words = {"who": who, "when": wording.when_text(when, page), "rate": rate}
    if target is None:
        return page.say("figure.fan_title", **words)
    held = [
        bool(met(target, {(target.group, target.status): np.array([[m]])}, [target.as_of])) for m in medians
    ]
    key = "met" if all(held) else "split" if any(held) else "missed"
    if key == "split":
        case = meaning if held[1] else "continued"
        words["case"] = page.say("figure.fan_if_fixed" if case == "fixed" else f"case.{case}")
        if meaning == "fixed" and held[0]:
            words["case"] = page.say("figure.fan_if_moving")
    return page.say(f"figure.fan_title_{key}", target=wording.target_text(target, page), **words)


def _who(page, status):
    return wording.first_upper(page.say(f"status.{status}"))


def _picture_title(page, result, targets):
    """The median rates at their targets' days beside these; each its own where they differ (str)."""
    items, days = [], {target.as_of for target in targets.values()}
    tail = "_dated" if len(days) > 1 else ""
    for status, target in targets.items():
        ends = (
            page.number(rate, 1)
            for rate in sorted(result.median(r, status, when=target.as_of) for r in (1, 0))
        )
        words = {"when": wording.when_text(target.as_of, page)} if tail else {}
        words |= {"who": page.say(f"status.{status}"), "target": wording.target_text(target, page)}
        rate = f"{wording.ends_text(page, *ends)} %"
        items.append(page.say(f"figure.picture_item{tail}", rate=rate, **words))
    words = {} if tail else {"when": wording.when_text(max(days), page)}
    return page.say(f"figure.picture_title{tail}", items="; ".join(items), **words)


def shared_top(table, history, statuses):
    """Upper end of a rate axis that holds all readings and 80 % bands of some statuses (float, percent)."""
    sources = ((history, "rate_pct"), (table, "q90"))
    return _round_up(max(of(rows, s)[column].max() for s in statuses for rows, column in sources))


def frame(table, history, status, target=None, other=None, meaning="new"):
    """What a fan chart draws: series "reading", "forecast" (its median and bands), `meaning`, "target" (DataFrame)."""
    names = {"q50": "rate_pct"} | {q: f"{q}_pct" for q in ("q10", "q25", "q75", "q90")}
    parts = {"reading": of(history, status), "forecast": of(table, status).rename(columns=names)}
    if other is not None:
        parts[meaning] = of(other, status)[["as_of", "q50"]].rename(columns=names)
    if target is not None:
        when, value = pd.to_datetime([target.as_of]), [float(target.value_pct)]
        parts["target"] = pd.DataFrame({"as_of": when, "rate_pct": value})
    rows = pd.concat([part.assign(series=name) for name, part in parts.items()], ignore_index=True)
    return rows.assign(status=status)[list(COLUMNS)]


def draw(ax, page, shown, target=None, top=None, narrow=False, chances=None):
    """Draw a fan chart from its frame on given axes; with both chances, by r, its lines bear the names of the cases."""
    fan, past, rival, meaning = _parts(shown)
    lines = list(past.groupby("poverty_line", sort=False)["as_of"].max().sort_values(kind="stable").index)
    start = past[past["poverty_line"] == lines[-1]].iloc[-1]
    x, bands = _fan_arrays(fan, start)
    ax.fill_between(x, bands["q10_pct"], bands["q90_pct"], color=BAND_80, linewidth=0)
    if not chances:
        ax.fill_between(x, bands["q25_pct"], bands["q75_pct"], color=BAND_50, linewidth=0)
    ax.plot(x, bands["rate_pct"], color=BLUE, linewidth=1.8)
    second = None
    if meaning:
        xr, second = _fan_arrays(rival, start)
        ax.plot(xr, second["rate_pct"], color=VERMILLION, linewidth=1.4, linestyle=(0, (4, 2)))
    labels = _named(page, bands, second, chances) if chances else _labels(page, bands, second, meaning)
    _readings(ax, page, past, lines, narrow)
    ceiling = max(top or 0, _round_up(max(bands["q90_pct"].max(), past["rate_pct"].max())))
    ax.set_ylim(0, ceiling)
    ax.set_xlim(min(year_of(past["as_of"].min()), x[-1] - 10) - (0.9 if narrow else 0.5), x[-1] + 0.02)
    if target is not None:
        level = float(target.value_pct)
        ax.axhline(level, color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
        words = page.say("figure.target", target=wording.target_text(target, page))
        left = ax.get_xlim()[0] + 0.1
        ax.text(left, level - ceiling * 0.012, words, fontsize=8.5, va="top", fontweight="bold")
        ax.axvline(year_of(target.as_of), color=PALE, linewidth=0.8, zorder=0)
    _right_labels(ax, labels, ceiling)
    _time_axis(ax, page, narrow, x[-1])
    number_ticks(ax.yaxis, page.lang, 0, " %")
    ax.grid(axis="y")


def _labels(page, bands, second, meaning):
    """What stands right of a fan: where, words, colour, whether in bold (list of tuple)."""
    ends = {name: values[-1] for name, values in bands.items()}
    median = page.say("figure.median_value", rate=page.percent(ends["rate_pct"], 1))
    labels = [
        (ends["rate_pct"], median, BLUE, True),
        ((ends["q75_pct"] + ends["q90_pct"]) / 2, "80 %", GREY, False),
        ((ends["q10_pct"] + ends["q25_pct"]) / 2, "80 %", GREY, False),
        ((ends["rate_pct"] + ends["q75_pct"]) / 2, "50 %", GREY, False),
    ]
    if meaning:
        last = second["rate_pct"][-1]
        words = page.say(f"figure.median_{meaning}", rate=page.percent(last, 1))
        labels.append((last, words, VERMILLION, True))
    return labels


def _named(page, bands, second, chances):
    """As `_labels`, for a fan whose lines bear the names of the cases, with their chances by r."""
    labels = [(bands["q90_pct"][-1], page.say("figure.picture_band"), GREY, False)]
    for r, case, values, colour in ((1, "continued", bands, BLUE), (0, "new", second, VERMILLION)):
        last = values["rate_pct"][-1]
        words = {"rate": page.percent(last, 1), "p": page.chance(chances[r])}
        labels.append((last, page.say(f"figure.picture_{case}", **words), colour, True))
    return labels


def _parts(shown):
    """Forecast, readings, second forecast and what it is, of a fan chart's frame."""
    by_series = dict(list(shown.groupby("series", sort=False)))
    meaning = next((name for name in ("new", "fixed") if name in by_series), None)
    return by_series["forecast"], by_series["reading"], by_series.get(meaning), meaning


def _fan_arrays(fan, start):
    """x and quantiles, from the last reading on the line that is forecast."""
    x, bands = year_of(fan["as_of"]), {q: fan[q].to_numpy(dtype=float) for q in COLUMNS[4:]}
    if year_of(start["as_of"]) < x[0]:
        x = np.append(year_of(start["as_of"]), x)
        bands = {q: np.append(float(start["rate_pct"]), values) for q, values in bands.items()}
    return x, bands


def _readings(ax, page, past, lines, narrow):
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
                page.number(rate, 2),
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
            page.say("figure.line_change"),
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
    lines = max(words.count("\n") for _, words, *_ in labels) + 1
    places = spread([y for y, *_ in labels], 10 * lines * ceiling / height)
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


def _time_axis(ax, page, narrow, last):
    ticks = np.arange(int(last), int(ax.get_xlim()[0]), -2 if narrow else -1)[::-1]
    ax.set_xticks(ticks, [str(t) for t in ticks])
    ax.get_xticklabels()[-1].set_fontweight("bold")
    ax.set_xlabel(page.say("figure.end_of_year"))


def _round_up(value):
    return float(np.ceil(value / 2) * 2)


def _caption(page, shown):
    _, past, _, meaning = _parts(shown)
    parts = [page.say("figure.fan_caption")]
    if past["poverty_line"].nunique() > 1:
        parts.append(page.say("figure.fan_break"))
    if meaning:
        parts.append(page.say(f"figure.fan_{meaning}"))
    return " ".join(parts)


def _description(page, shown, who, target):
    fan, past, rival, meaning = _parts(shown)
    last = fan.iloc[-1]
    text = page.say(
        "figure.fan_desc",
        who=who,
        n=str(len(past)),
        first=page.day(past["as_of"].min()),
        last=page.day(past["as_of"].max()),
        when=page.day(last["as_of"]),
        median=page.percent(last["rate_pct"], 1),
        low=page.percent(last["q10_pct"], 1),
        high=page.percent(last["q90_pct"], 1),
    )
    if meaning:
        median = page.percent(rival.iloc[-1]["rate_pct"], 1)
        text += " " + page.say(f"figure.fan_desc_{meaning}", median=median)
    if target is not None:
        text += " " + page.say("figure.fan_desc_target", target=wording.target_text(target, page))
    return text
