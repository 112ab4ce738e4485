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
    """Numbers of households that counts and rates imply, each with the range that the rate's rounding allows."""
    frame = implied(page.package)
    series = list(frame.groupby("group", sort=False))
    words = "; ".join(
        f"{page.group(group)}: "
        + ", ".join(
            f"{page.day(row.as_of)} {page.number(row.implied_households, 0)}" for row in rows.itertuples()
        )
        for group, rows in series
    )

    def draw(figure, narrow):
        shape = (len(series), 1) if narrow else (1, len(series))
        axes = np.atleast_1d(figure.subplots(*shape)).ravel()
        for ax, (group, rows) in zip(axes, series, strict=True):
            x, size = year_of(list(rows["as_of"])), rows["implied_households"]
            low, high = rows["implied_low"], rows["implied_high"]
            ax.errorbar(
                x,
                size,
                yerr=[size - low, high - size],
                fmt="o",
                color=BLUE,
                markersize=4,
                capsize=2.5,
                linewidth=1,
            )
            ax.set_title(page.group(group))
            ax.set_ylim(0.9 * low.min(), 1.05 * high.max())
            ax.set_xlim(x.min() - 0.5, x.max() + 0.5)
            ticks = np.arange(int(x.min()), int(x.max()) + 1, 1 if not narrow else 2)
            ax.set_xticks(ticks, [str(t) for t in ticks])
            number_ticks(ax.yaxis, page.lang)
            ax.grid(axis="y")
        axes[-1].set_xlabel(page.say("figure.end_of_year"))

    return figure_exhibit(
        "implied-households",
        page.say("figure.implied_title"),
        page.say("figure.implied_caption"),
        words,
        draw,
        Sizes(2.7, 4.6),
        frame,
    )
