"""How straight the fall is on each scale: the residuals of a straight line on points, log, logit and probit."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from giamngheo.report import html
from giamngheo.report.figure_style import BLUE, GREY, INK, VERMILLION, Sizes, figure_exhibit, number_ticks


def by_scale(lines):
    """The residuals of straight lines in one measure, years of each line's own change (DataFrame).

    scale, year, rate_pct, fitted_pct, residual (on the scale), residual_pp (points), residual_years (residual over the
    line's slope a year; missing where the line is level). Above 0 the reading lies above the line.
    """
    frame = lines.residuals.drop(columns=["method", "fitted"])
    slopes = frame["scale"].map({scale: abs(fit.model.params["slope"]) for scale, fit in lines.items()})
    return frame.assign(residual_years=frame["residual"] / slopes.where(slopes > 1e-9))


def spreads(frame):
    """Root mean square of `residual_years` by scale, straightest first (Series)."""
    squares = frame.assign(square=frame["residual_years"] ** 2).groupby("scale")["square"].mean()
    return np.sqrt(squares).sort_values(kind="stable")


def sentence(page, frame):
    """On which scale the readings lie nearest to a straight line, and which reading lies farthest from it."""
    sizes = spreads(frame)
    if frame["year"].nunique() < 2:
        return html.prose(page.say("residuals.one_reading"))
    if sizes.isna().any():
        return html.prose(page.say("residuals.level"))
    if sizes.iloc[-1] < 0.005:  # as two readings always do
        return html.prose(page.say("residuals.straight"))
    own = frame[frame["scale"] == "probit"].set_index("year")["residual_years"]
    year = own.abs().idxmax()
    words = {
        "best": page.say(f"residuals.of_{sizes.index[0]}"),
        "least": page.number(sizes.iloc[0], 2),
        "worst": page.say(f"residuals.of_{sizes.index[-1]}"),
        "most": page.number(sizes.iloc[-1], 2),
        "own": page.number(sizes["probit"], 2),
        "year": str(year),
        "side": page.say("residuals.above" if own[year] > 0 else "residuals.below"),
        "far": page.number(abs(own[year]), 1),
    }
    return html.prose(page.say("residuals.found", **words))


def chart(page, frame):
    """Residuals of the line on every scale, side by side, the farthest of each with its number."""
    sizes = spreads(frame)
    if frame["year"].nunique() < 2 or sizes.isna().any():  # a level line has no years to measure in
        return html.prose()
    panels = dict(list(frame.groupby("scale", sort=False)))
    top = 1.45 * max(frame["residual_years"].abs().max(), 0.1)

    def draw(figure, narrow):
        shape = (2, 2) if narrow else (1, len(panels))
        axes = figure.subplots(*shape, sharex=True, sharey=True).flat
        for ax, (scale, rows) in zip(axes, panels.items(), strict=True):
            years, values = rows["year"].to_numpy(), rows["residual_years"].to_numpy()
            ax.axhline(0, color=INK, linewidth=0.8)
            ax.vlines(years, 0, values, color=GREY, linewidth=1)
            far = int(np.argmax(np.abs(np.nan_to_num(values))))
            colours = [VERMILLION if n == far else BLUE for n in range(len(years))]
            ax.scatter(years, values, s=22, color=colours, zorder=3)
            up = values[far] > 0
            ax.annotate(
                page.signed(values[far], 2),
                (years[far], values[far]),
                xytext=(0, 6 if up else -6),
                textcoords="offset points",
                ha="center",
                va="bottom" if up else "top",
                fontsize=8,
                color=VERMILLION,
            )
            name, size = page.say(f"residuals.scale_{scale}"), page.number(sizes[scale], 2)
            ax.set_title(f"{name}\n{page.say('residuals.rms', size=size)}", fontsize=8.5)
            ax.set_xlim(years[0] - 0.7, years[-1] + 0.7)
            ticks = years[:: -2 if narrow else -3][::-1]
            ax.set_xticks(ticks, [str(year) for year in ticks])
            ax.set_ylim(-top, top)
            ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            number_ticks(ax.yaxis, page.lang, 1)
            ax.grid(axis="y")
        figure.supylabel(page.say("residuals.axis"), fontsize=8.5)
        figure.supxlabel(page.say("figure.end_of_year"), fontsize=8.5)

    told = "; ".join(
        f"{page.say(f'residuals.scale_{scale}')}: "
        + " ".join(page.signed(value, 2) for value in rows["residual_years"])
        for scale, rows in panels.items()
    )
    title, caption = _title(page, sizes), page.say("residuals.caption")
    words = f"{page.say('residuals.desc')} {told}"
    return figure_exhibit("residuals-by-scale", title, caption, words, draw, Sizes(2.7, 4.2), frame)


def _title(page, sizes):
    """On which scale the readings lie nearest to a straight line, and on which least (str)."""
    if sizes.iloc[-1] < 0.005:
        return page.say("residuals.title_straight")
    words = {"best": page.say(f"residuals.of_{sizes.index[0]}"), "least": page.number(sizes.iloc[0], 2)}
    words |= {"worst": page.say(f"residuals.of_{sizes.index[-1]}"), "most": page.number(sizes.iloc[-1], 2)}
    return page.say("residuals.title", **words)
