"""The chosen forecast beside its rivals, and how each of them did elsewhere."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from giamngheo.forecasting.rivals import METHODS
from giamngheo.inputs.judged import level_pair
from giamngheo.report import html
from giamngheo.report.fan import of
from giamngheo.report.figure_style import BLUE, GREEN, GREY, INK, Sizes, figure_exhibit, number_ticks, wrapped
from giamngheo.report.trend import track_record
from giamngheo.report.wording import first_upper, target_text, when_text, with_range

CHOSEN = "chosen"
QUANTILES = {"q50": "median_pct", "q10": "low_pct", "q90": "high_pct"}


def beside(trend, fits):
    """Forecasts by all fits at the forecast's last year: they go by years, and have none of a year read already."""
    year, last = trend.years[-1].year, fits.series.index[-1]
    return fits.forecast(max(year, last + 1)).iloc[: None if year > last else 0]


def compared(trend, others, record):
    """The chosen forecast of the poor rate, first, and its rivals at the last instant (DataFrame).

    method, as_of, median_pct, low_pct, high_pct (80 %), kind (of series in the track record that comes nearest) and
    crps_ratio there, over that of the last value (missing for a rival of one's own).
    """
    own = of(trend.table, "poor").iloc[[-1]].assign(method=CHOSEN)
    kind = track_record.kind_of(trend.history)
    rows = pd.concat([own, others[others["as_of"] == own["as_of"].iloc[0]]], ignore_index=True)
    ratios = track_record.ratios(record, kind)
    rows = rows.assign(kind=kind, crps_ratio=rows["method"].map(ratios)).rename(columns=QUANTILES)
    return rows[["method", "as_of", *QUANTILES.values(), "kind", "crps_ratio"]]


def sentences(page, rows):
    """How far apart the usual forecasts lie."""
    usual = rows[rows["method"].isin(METHODS)]
    if usual.empty:
        return html.prose(page.say("trust.year_read" if _is_read(page, rows) else "trust.one_reading"))
    words = {
        "n": page.number(len(usual)),
        "low": page.percent(usual["median_pct"].min(), 1),
        "high": page.percent(usual["median_pct"].max(), 1),
    }
    return html.prose(page.say("trust.intro", **words))


def chart(page, rows):
    """Median and 80 % interval of every method, those that lost to the last value elsewhere marked."""
    losing = rows["crps_ratio"] > 1
    names = [_name(page, m) + "*" * lost for m, lost in zip(rows["method"], losing, strict=True)]
    caption = page.say("figure.rivals_caption")
    if losing.any():
        caption += f" {page.say('figure.rivals_losing')}"
    drawn = rows.to_dict("records")
    spans = [_interval(page, row) for row in drawn]
    told = "; ".join(f"{name}: {span}" for name, span in zip(names, spans, strict=True))
    target = level_pair(page.package).get("poor")

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(drawn))[::-1]
        for place, row, span in zip(y, drawn, spans, strict=True):
            chosen, ends = row["method"] == CHOSEN, [row["low_pct"], row["high_pct"]]
            colour = BLUE if chosen else GREY if row["method"] in METHODS else GREEN
            ax.plot(ends, [place, place], color=colour, linewidth=4 if chosen else 2, alpha=0.45)
            look = {"marker": "o" if chosen else "D", "markersize": 6 if chosen else 4.5}
            ax.plot(row["median_pct"], place, color=colour, **look)
            ax.annotate(
                span,
                (row["high_pct"], place),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
        words = [wrapped(name, 20) if narrow else name for name in names]
        ax.set_yticks(y, words)
        ax.get_yticklabels()[0].set_fontweight("bold")
        ax.set_ylim(-0.6, len(drawn) - 0.4)
        longest = rows["high_pct"].max()
        ax.set_xlim(-0.03 * longest, longest * (1.6 if narrow else 1.3))
        if target is not None:
            ax.axvline(float(target.value_pct), color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
            head = page.say("figure.target", target=target_text(target, page))
            ax.set_title(head, fontsize=8.5, loc="left")
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        number_ticks(ax.xaxis, page.lang, 0, " %")
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)

    usual = rows.loc[rows["method"].isin(METHODS), "median_pct"].dropna()
    words = {"who": first_upper(page.say("status.poor")), "when": when_text(rows["as_of"].iloc[0], page)}
    words |= {"own": page.percent(rows["median_pct"].iloc[0], 1)}
    alone = "_read" if _is_read(page, rows) else "_alone"
    if not usual.empty:
        words |= {"low": page.number(usual.min(), 1), "high": page.percent(usual.max(), 1)}
    shown = figure_exhibit(
        "rivals-poor",
        page.say(f"figure.rivals_title{alone if usual.empty else ''}", **words),
        caption,
        f"{page.say('figure.rivals_desc')} {told}",
        draw,
        Sizes(0.5 + 0.3 * len(rows), 0.6 + 0.35 * len(rows)),
        rows,
    )
    return html.beside(shown)


def table(page, rows):
    """Median and 80 % interval of every method with how it did elsewhere, folded."""
    columns = [page.text_column("method", "trust.method", lambda method: _name(page, method))]
    heads = zip(QUANTILES.values(), ("median", "low", "high"), strict=True)
    columns += [page.number_column(key, f"trust.{head}", 2) for key, head in heads]
    columns.append(track_record.ratio_column(page, "crps_ratio", "track.rival_ratio"))
    when, who = page.day(rows["as_of"].iloc[0]), first_upper(page.say("status.poor"))
    caption = page.say("trust.rivals_caption", who=who, when=when)
    note = page.say("track.rival_note", group=page.say(f"track_group.{rows['kind'].iloc[0]}"))
    return html.folded(caption, html.table("rivals", caption, rows, columns, note=note))


def _is_read(page, rows):
    """Whether a reading of the forecast's last year, before its end, leaves methods that go by years nothing to do."""
    read = (row.as_of for row in page.package.readings if (row.group, row.status) == ("all", "poor"))
    return max(read).year >= rows["as_of"].iloc[0].year


def _name(page, method):
    """A method's name in words; one of one's own is its own."""
    return page.say(f"method.{method}") if method in (CHOSEN, *METHODS) else method


def _interval(page, row):
    return with_range(page, *(row[name] for name in QUANTILES.values()))
