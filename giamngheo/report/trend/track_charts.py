"""The forecast's track record: its score beside the rivals', and where in their distributions the outcomes fell."""

import numpy as np
from matplotlib.ticker import MultipleLocator

from giamngheo.language import number, say
from giamngheo.report.figure_style import BLUE, GREY, INK, Sizes, figure_exhibit, number_ticks, wrapped

OURS, PAST_ONLY, BASE = "ours", "ours, past only", "last value"


def track_chart(record, lang):
    """Score of every method on every kind of series, over that of the last value; ours with past readings only.

    Parameters
    ----------
    record : DataFrame
        data/reference/track_record.csv.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    ratios = record.pivot(index="group", columns="method", values="crps_ratio")
    groups = list(ratios[PAST_ONLY].sort_values().index)
    names = [say(f"track_group.{group}", lang) for group in groups]
    others = ratios.drop(columns=[OURS, PAST_ONLY, BASE])
    words = "; ".join(
        f"{name}: {number(ratios.loc[group, PAST_ONLY], lang, 2)} "
        f"({number(others.loc[group].min(), lang, 2)}–{number(others.loc[group].max(), lang, 2)})"
        for name, group in zip(names, groups, strict=True)
    )

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(groups))[::-1]
        ax.axvline(1, color=INK, linewidth=1, linestyle=(0, (4, 2)))
        for place, group in zip(y, groups, strict=True):
            found = others.loc[group].dropna()
            ax.plot(found, np.full(len(found), place), "D", color=GREY, markersize=4, alpha=0.55)
            ax.plot(ratios.loc[group, PAST_ONLY], place, "o", color=BLUE, markersize=8)
            ax.annotate(
                number(ratios.loc[group, PAST_ONLY], lang, 2), (ratios.loc[group, PAST_ONLY], place),
                xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8, fontweight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )  # fmt: skip
        ax.set_yticks(y, [wrapped(name, 18) if narrow else name for name in names])
        ax.set_ylim(-0.5, len(groups) - 0.2)
        ax.set_xlim(0, 1.05 * others.max().max())
        ax.set_title(say("track.chart_line", lang), fontsize=8.5, loc="left")
        ax.xaxis.set_major_locator(MultipleLocator(0.5))
        number_ticks(ax.xaxis, lang, 1)
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)

    return figure_exhibit(
        "track-record",
        say("track.chart_title", lang),
        say("track.chart_caption", lang),
        say("track.chart_desc", lang) + " " + words,
        draw,
        Sizes(3.2, 4.2),
    )


def calibration_chart(record, lang, method=PAST_ONLY):
    """Outcomes by tenth of the forecast distribution, one panel a kind of series; even columns are calibrated.

    Parameters
    ----------
    record : DataFrame
        data/reference/track_record.csv: group, method, pit_deciles_pct.
    lang : {"vi", "en"}
    method : str

    Returns
    -------
    Exhibit
    """
    rows = record[record["method"] == method]
    panels = [
        (say(f"track_group.{row['group']}", lang), np.array(row["pit_deciles_pct"].split(), dtype=float))
        for _, row in rows.iterrows()
    ]
    words = "; ".join(f"{name}: {' '.join(number(v, lang) for v in tenths)}" for name, tenths in panels)

    def draw(figure, narrow):
        across = 2 if narrow else 4
        axes = figure.subplots(-(-len(panels) // across), across, sharex=True, sharey=True, squeeze=False)
        top = max(tenths.max() for _, tenths in panels)
        for place, ax in enumerate(axes.flat):
            if place >= len(panels):
                ax.set_visible(False)
                continue
            name, tenths = panels[place]
            ax.bar(
                np.arange(10) + 0.5, tenths, width=0.86, color=BLUE, alpha=0.55, edgecolor=GREY, linewidth=0.4
            )
            ax.axhline(10, color=INK, linewidth=1, linestyle=(0, (4, 2)))
            ax.set_title(wrapped(name, 22), fontsize=8, loc="left")
            ax.set_xticks([0, 5, 10], ["0", number(0.5, lang, 1), "1"])
            ax.set_ylim(0, top * 1.08)
            number_ticks(ax.yaxis, lang, 0, " %")
            ax.grid(axis="y")

    return figure_exhibit(
        "calibration",
        say("track.calibration_title", lang),
        say("track.calibration_caption", lang),
        say("track.calibration_desc", lang) + " " + words,
        draw,
        Sizes(3.2, 5.4),
    )
