"""The readings of a package, and the numbers of households that their counts and rates imply."""

import numpy as np
import pandas as pd

from giamngheo.report import html
from giamngheo.report.fan import year_of
from giamngheo.report.figure_style import BLUE, Sizes, figure_exhibit, number_ticks
from giamngheo.report.wording import first_upper, locator_text


def table(page):
    """Every reading with its instant, as it was stated, and its place (Exhibit)."""
    frame = page.package.frame("poverty")
    frame["decimals"] = [-row.rate_pct.as_tuple().exponent for row in page.package.readings]
    starts = page.package.frame("lines").groupby("poverty_line")["valid_from"].min().dt.year
    frame["line_from"] = frame["poverty_line"].map(starts)
    columns = [
        page.day_column("as_of", "readings.as_of"),
        page.text_column("as_stated", "readings.as_stated"),
        page.text_column(("status", "group"), "readings.who", lambda *who: _who(*who, page)),
        page.text_column(
            "line_from", "readings.line", lambda year: page.say("readings.line_from", year=str(year))
        ),
        page.number_column("households", "readings.households", 0),
        page.column(("rate_pct", "decimals"), "readings.rate", page.number),
        page.number_column("persons", "readings.persons", 0),
        page.text_column("locator", "readings.locator", lambda place: locator_text(place, page)),
    ]
    return html.table("readings", page.say("readings.caption"), frame, columns)


def _who(status, group, page):
    who = first_upper(page.say(f"status.{status}_households"))
    return who if group == "all" else f"{who}, {page.group(group)}"


def implied(package):
    """Numbers of all households that each count and rate of the poor imply, as far as the rate's decimals tell.

    Parameters
    ----------
    package : Package

    Returns
    -------
    DataFrame
        group, as_of, poverty_line, households (poor, counted), rate_pct, implied_households and the least and the most
        that the rate's rounding allows (implied_low, implied_high), by group in order of instants.
    """
    columns = ["group", "as_of", "poverty_line", "households", "rate_pct"]
    columns += ["implied_households", "implied_low", "implied_high"]
    rows = []
    for row in package.readings:
        if row.status != "poor" or not row.households or not row.rate_pct:
            continue
        rate, half = float(row.rate_pct), 0.5 * 10.0 ** min(row.rate_pct.as_tuple().exponent, 0)
        sizes = (100 * row.households / each for each in (rate, rate + half, rate - half))
        rows.append((row.group, row.as_of, row.poverty_line, row.households, rate, *sizes))
    frame = pd.DataFrame(rows, columns=columns)
    groups = {group: place for place, group in enumerate(frame["group"].unique())}
    order = frame.assign(group=frame["group"].map(groups)).sort_values(["group", "as_of"], kind="stable")
    return frame.loc[order.index].reset_index(drop=True)


def implied_chart(page):
    """Numbers of households that counts and rates imply, over each group's first, with what the rounding allows."""
    frame = implied(page.package)
    first = frame.groupby("group")["implied_households"].transform("first")
    shares = {name: 100 * frame[f"implied_{name}"] / first for name in ("households", "low", "high")}
    frame = frame.assign(**{f"{name}_of_first_pct": share for name, share in shares.items()})
    series = list(frame.groupby("group", sort=False))
    words = "; ".join(
        f"{page.group(group)}: "
        + ", ".join(
            f"{page.day(row.as_of)} {page.number(row.implied_households, 0)}" for row in rows.itertuples()
        )
        for group, rows in series
    )
    low, high = frame["low_of_first_pct"].min(), frame["high_of_first_pct"].max()

    def draw(figure, narrow):
        shape = (len(series), 1) if narrow else (1, len(series))
        axes = np.atleast_1d(figure.subplots(*shape, sharey=True)).ravel()
        for ax, (group, rows) in zip(axes, series, strict=True):
            x, size = year_of(list(rows["as_of"])), rows["households_of_first_pct"]
            ends = [size - rows["low_of_first_pct"], rows["high_of_first_pct"] - size]
            ax.errorbar(x, size, yerr=ends, fmt="o", color=BLUE, markersize=4, capsize=2.5, linewidth=1)
            for place in dict.fromkeys((0, len(rows) - 1)):
                ax.annotate(
                    page.number(rows["implied_households"].iloc[place], -2),
                    (x[place], rows[f"{'high' if place else 'low'}_of_first_pct"].iloc[place]),
                    xytext=(0, 5 if place else -5),
                    textcoords="offset points",
                    ha="right" if place else "left",
                    va="bottom" if place else "top",
                    fontsize=8,
                )
            ax.set_title(page.group(group))
            ax.set_ylim(low - 4, high + 6)
            ax.set_xlim(x.min() - 0.5, x.max() + 0.5)
            ticks = np.arange(int(x.min()), int(x.max()) + 1, 1 if not narrow else 2)
            ax.set_xticks(ticks, [str(t) for t in ticks])
            ax.tick_params(axis="y", labelleft=True)
            number_ticks(ax.yaxis, page.lang, 0, " %")
            ax.grid(axis="y")
        axes[-1].set_xlabel(page.say("figure.end_of_year"))

    return figure_exhibit(
        "implied-households",
        _implied_title(page, frame),
        page.say("figure.implied_caption"),
        words,
        draw,
        Sizes(2.7, 4.6),
        frame,
    )


def _implied_title(page, frame):
    """The largest step from one instant to the next, which a count of households does not take (str)."""
    earlier = frame.groupby("group")[["as_of", "implied_households"]].shift()
    step = 100 * (frame["implied_households"] / earlier["implied_households"] - 1)
    step = step[frame["as_of"] > earlier["as_of"]]
    if step.empty:
        return page.say("figure.implied_title_none")
    at = step.abs().idxmax()
    return page.say(
        "figure.implied_title",
        group=page.group(frame["group"][at]),
        change=page.signed(step[at], 1),
        before=page.day(earlier["as_of"][at]),
        after=page.day(frame["as_of"][at]),
    )
