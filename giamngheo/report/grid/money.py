"""Chance against money: every scenario of a grid, and those that no other beats."""

from giamngheo.report import html
from giamngheo.report.figure_style import BLUE, PALE, VERMILLION, Sizes, figure_exhibit, number_ticks
from giamngheo.report.grid.words import CHANCE, MONEY, parameter_columns
from giamngheo.report.wording import target_heads
from giamngheo.simulation.outcomes import CASES

MARKS = {CASES[1]: ("o", BLUE), CASES[0]: ("D", VERMILLION)}


def dots(page, chances, best):
    """All scenarios pale, those of the frontier (`analysis.frontier`) in colour and joined."""
    ends = best.groupby("case", sort=False).agg({MONEY: ["min", "max"], CHANCE: ["min", "max"]})
    words = {
        f"{end}_{name}{r}": write(ends.loc[CASES[r], (column, end)])
        for r in CASES
        for end in ("min", "max")
        for name, column, write in (("bn", MONEY, lambda bn: page.number(bn, 0)), ("p", CHANCE, page.chance))
    }

    def draw(figure, narrow):
        ax = figure.subplots()
        for case, (mark, colour) in MARKS.items():
            every, own = chances[chances["case"] == case], best[best["case"] == case]
            ax.scatter(every[MONEY], 100 * every[CHANCE], marker=mark, s=14, color=PALE, zorder=1)
            line = {"marker": mark, "markersize": 4.5, "linewidth": 1.2, "drawstyle": "steps-post"}
            ax.plot(own[MONEY], 100 * own[CHANCE], color=colour, zorder=2, **line)
            ax.annotate(
                page.say(f"case.short_{case}"),
                (own[MONEY].iloc[-1], 100 * own[CHANCE].iloc[-1]),
                xytext=(0, 7),
                textcoords="offset points",
                ha="right",
                color=colour,
            )
        ax.set_ylim(bottom=0, top=110 * chances[CHANCE].max() + 2)
        ax.set_xlabel(page.say("grid.money_axis"))
        ax.set_ylabel(page.say("grid.chance_axis"))
        ax.grid(axis="both")
        ax.locator_params(axis="x", nbins=4 if narrow else 7)
        number_ticks(ax.xaxis, page.lang)
        number_ticks(ax.yaxis, page.lang)

    return figure_exhibit(
        "frontier",
        page.say("grid.frontier_title", **words),
        page.say("grid.frontier_caption"),
        page.say("grid.frontier_desc", n=page.number(len(best)), **words),
        draw,
        Sizes(3.2, 3.0),
        best,
    )


def table(page, best):
    """The scenarios of the frontier, case by case from the least money to the most."""
    columns = [
        page.text_column("case", "grid.case", lambda case: page.say(f"case.short_{case}")),
        page.number_column(MONEY, "grid.money", 0),
        page.chance_column(CHANCE, target_heads(page)[-1][1]),
        *parameter_columns(page, best),
    ]
    shown = html.table("frontier-scenarios", page.say("grid.frontier_table"), best, columns)
    return html.folded(page.say("grid.frontier_fold"), shown)
