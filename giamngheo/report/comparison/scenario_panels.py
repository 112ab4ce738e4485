"""Small multiples of all scenarios: where each takes the rate of the first target, one panel a scenario."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from giamngheo.analysis.equity import FULL_PLAN
from giamngheo.report import fan, html
from giamngheo.report.figure_style import (
    BAND_80,
    GREY,
    INK,
    OF_CASE,
    Sizes,
    figure_exhibit,
    number_ticks,
    spread,
    wrapped,
)
from giamngheo.report.wording import first_target, first_upper, promise_text, target_text, when_text
from giamngheo.simulation.outcomes import CASES

QUANTILES = {"rate_pct": 0.5, "q10_pct": 0.1, "q90_pct": 0.9}


def chart(page, outcomes):
    """The rate of the first target under every scenario at one scale, both cases of the money, in the order given.

    What the scenarios share starts from the last reading; a thin line in each panel is the full plan's median in the
    case in which the money only keeps the fall going.
    """
    target = first_target(page.package)
    frame = rates(page, outcomes, target)
    panels = dict(list(frame.groupby("scenario", sort=False)))
    plan = frame[(frame["scenario"] == FULL_PLAN) & (frame["case"] == "continued")]
    years = fan.year_of(sorted(frame["as_of"].unique()))
    top = 1.25 * frame["q90_pct"].max()
    level, signs = float(target.value_pct), target_text(target, page)

    def draw(figure, narrow):
        across = 2 if narrow else 5
        axes = figure.subplots(-(-len(panels) // across), across, sharex=True, sharey=True, squeeze=False)
        for ax in axes.flat[len(panels) :]:
            ax.set_visible(False)
        for n, (ax, rows) in enumerate(zip(axes.flat, panels.values(), strict=False)):
            ax.plot(years[[0, -1]], [level, level], color=INK, linewidth=0.9, linestyle=(0, (1, 1.5)))
            ax.plot(years, plan["rate_pct"], color=GREY, linewidth=0.8)
            _cases(page, ax, years, rows, top)
            ax.set_title(wrapped(rows["title"].iloc[0], 23, 2), fontsize=8)
            ax.set_ylim(0, top)
            ax.set_xlim(years[0], years[-1] + 0.45 * np.ptp(years))
            ax.set_xticks(ends := years[[0, -1]], [f"{year:.0f}" for year in ends])
            ax.tick_params(labelsize=8, labelbottom=n + across >= len(panels))
            ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            number_ticks(ax.yaxis, page.lang, 0, " %")
            ax.grid(axis="y")
            if not n:
                for k, case in enumerate(OF_CASE):
                    words = page.say(f"case.short_{case}")
                    head = {"ha": "right", "va": "top", "fontsize": 8, "color": OF_CASE[case]}
                    ax.text(1, 1 - 0.13 * k, words, transform=ax.transAxes, **head)
                marked = signs if narrow else page.say("figure.target", target=signs)
                ax.text(years[0] + 0.1, level - 0.02 * top, marked, fontsize=8, va="top", fontweight="bold")

    rows = -(-len(panels) // 5), -(-len(panels) // 2)
    shown = figure_exhibit(
        "scenario-panels",
        _title(page, outcomes, target),
        page.say("figure.multiples_caption", status=page.say(f"status.{target.status}")),
        _description(page, frame, target.status),
        draw,
        Sizes(0.4 + 1.7 * rows[0], 0.4 + 1.6 * rows[1], across=True),
        frame.drop(columns="title"),
    )
    return html.beside(shown)


def rates(page, outcomes, target):
    """From the last reading to the target's day: median, 80 % band and chance under every scenario (DataFrame)."""
    parts = []
    for name, outcome in outcomes.items():
        last = fan.of(outcome.trend.history, target.status).iloc[-1]
        coming = [day for day in outcome.years if day <= target.as_of]
        for r in outcome.shown:
            draws = outcome.cases[r].draws["all", target.status][:, : len(coming)]
            values = np.quantile(draws, list(QUANTILES.values()), axis=0)
            start = pd.DataFrame(
                {"as_of": [last["as_of"]]} | {q: [float(last["rate_pct"])] for q in QUANTILES}
            )
            rows = pd.DataFrame({"as_of": pd.to_datetime(coming)} | dict(zip(QUANTILES, values, strict=True)))
            rows = pd.concat([start, rows], ignore_index=True)
            rows = rows.assign(chance=outcome.by_case[r][target.target])
            rows.insert(0, "case", CASES[r])
            rows.insert(0, "title", outcome.scenario.title[page.lang])
            rows.insert(0, "scenario", name)
            parts.append(rows)
    return pd.concat(parts, ignore_index=True)


def _cases(page, ax, years, rows, top):
    """Band and lines of a scenario's cases, with their names, last medians and chances at the ends."""
    labels = []
    for case, own in rows.groupby("case", sort=False):
        if case == rows["case"].iloc[0]:
            ax.fill_between(years, own["q10_pct"], own["q90_pct"], color=BAND_80, linewidth=0, zorder=0)
        style = {"linewidth": 1.5} if case == "continued" else {"linewidth": 1.3, "linestyle": (0, (4, 2))}
        ax.plot(years, own["rate_pct"], color=OF_CASE[case], **style)
        labels.append((own["rate_pct"].iloc[-1], case, own["chance"].iloc[-1]))
    places = spread([at for at, *_ in labels], 0.13 * top)
    for place, (at, case, chance) in zip(places, labels, strict=True):
        words = page.number(at, 1)
        ax.annotate(
            f"{words} ({page.chance(chance)})",
            (years[-1], place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=OF_CASE[case],
        )


def _title(page, outcomes, target):
    """How many scenarios give the target an even chance or more, case by case (str)."""
    words = {"promise": promise_text(target, page)}
    for r in CASES:
        shown = [outcome for outcome in outcomes.values() if r in outcome.shown]
        held = [outcome.by_case[r][target.target] >= 0.5 for outcome in shown]
        words |= {f"k{r}": page.number(sum(held)), f"n{r}": page.number(len(shown))}
    return page.say("figure.multiples_title", **words)


def _description(page, frame, status):
    last = frame.groupby(["scenario", "case"], sort=False).last()
    told = "; ".join(
        f"{rows['title'].iloc[0]}: "
        + " / ".join(
            f"{page.percent(row.rate_pct, 1)}, {page.chance(row.chance)}" for row in rows.itertuples()
        )
        for _, rows in last.groupby("scenario", sort=False)
    )
    words = {"who": first_upper(page.say(f"status.{status}")), "when": when_text(frame["as_of"].max(), page)}
    return page.say("figure.multiples_desc", rows=told, **words)
