"""How a rate is spread over the draws at its instant."""

import numpy as np
import pandas as pd

from giamngheo.report.figure_style import BLUE, INK, VERMILLION, Sizes, figure_exhibit, number_ticks, wrapped
from giamngheo.report.wording import first_target, promise_text, target_text
from giamngheo.simulation.outcomes import CASES

_LOOKS = {"continued": (BLUE, "-"), "new": (VERMILLION, (0, (4, 2)))}


def chart(page, outcome, bin_pct=0.25):
    """The rate of the first target, one outline a case, in steps of some percentage points."""
    target = first_target(page.package)
    place = outcome.cases[1].years.index(target.as_of)
    draws = {case: outcome.cases[r].draws[target.group, target.status][:, place] for r, case in CASES.items()}
    top = float(np.quantile(np.concatenate(list(draws.values())), 0.995))
    edges = np.arange(0, np.ceil(top / bin_pct) * bin_pct + bin_pct / 2, bin_pct)
    bins = pd.concat([_bins(case, values, edges) for case, values in draws.items()], ignore_index=True)
    who = page.say(f"status.{target.status}")
    chances = {f"p{r}": page.chance(outcome.by_case[r][target.target]) for r in CASES}

    shares = {case: rows["share_pct"].to_numpy() for case, rows in bins.groupby("case")}

    def draw(figure, narrow):
        ax = figure.subplots()
        for case, (colour, style) in _LOOKS.items():
            look = {
                "color": colour,
                "linestyle": style,
                "linewidth": 1.5,
            }
            ax.stairs(shares[case], edges, **look)
            if style == "-":
                ax.stairs(shares[case], edges, fill=True, color=colour, alpha=0.25, linewidth=0)
        for case, other, side in (("continued", "new", 1), ("new", "continued", -1)):
            lead = shares[case] - shares[other]  # its name where it stands clear of the other
            at, tight = int(np.argmax(lead)), narrow and side < 0  # a phone has no room left of it
            ax.annotate(
                wrapped(page.say(f"case.short_{case}"), 8 if narrow else 30),
                (0 if tight else edges[at + (side > 0)], shares[case][at]),
                xytext=(4 if tight else 4 * side, 2),
                textcoords="offset points",
                ha="left" if side > 0 or tight else "right",
                fontsize=8.5,
                color=_LOOKS[case][0],
                fontweight="bold",
            )
        level = float(target.value_pct)
        ax.axvline(level, color=INK, linewidth=1.2, linestyle=(0, (1, 1.5)))
        ax.set_xlim(0, edges[-1])
        ax.set_ylim(0, ax.get_ylim()[1] * 1.12)
        ax.annotate(
            page.say("figure.target", target=target_text(target, page)),
            (level, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            fontsize=8.5,
            fontweight="bold",
        )
        number_ticks(ax.xaxis, page.lang, 0, " %")
        number_ticks(ax.yaxis, page.lang, 0, " %")
        ax.set_xlabel(page.say("figure.spread_x", who=who))
        ax.set_ylabel(page.say("figure.spread_y"))

    return figure_exhibit(
        f"spread-{target.status}".replace("_", "-"),
        page.say("figure.spread_title", promise=promise_text(target, page), **chances),
        page.say("figure.spread_caption", step=page.points(bin_pct)),
        "; ".join(_described(page, case, values) for case, values in draws.items()),
        draw,
        Sizes(3.0, 3.2),
        bins,
    )


def _bins(case, values, edges):
    """How many draws lie in each bin, those beyond the last edge in the last."""
    counts, _ = np.histogram(np.clip(values, 0, edges[-1] - 1e-9), edges)
    share = 100 * counts / len(values)
    frame = {"case": case, "from_pct": edges[:-1], "to_pct": edges[1:], "draws": counts, "share_pct": share}
    return pd.DataFrame(frame)


def _described(page, case, values):
    low, middle, high = (page.percent(value, 1) for value in np.quantile(values, (0.1, 0.5, 0.9)))
    return page.say(
        "figure.spread_desc", label=page.say(f"case.short_{case}"), low=low, mid=middle, high=high
    )
