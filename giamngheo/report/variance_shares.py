"""Where the width of a forecast comes from: the shares of its variance, part by part."""

import numpy as np
import pandas as pd

from giamngheo.analysis.variance_shares import PARTS
from giamngheo.inputs.judged import level_pair
from giamngheo.report import html
from giamngheo.report.figure_style import OF_CASE, Sizes, figure_exhibit, number_ticks, wrapped
from giamngheo.report.wording import ends_text, first_upper


def sentences(page, shares):
    """The largest part of the variance of each rate that has a target, case by case."""
    said = []
    for status, rows in _by_status(page, shares):
        for case, own in rows.groupby("case", sort=False, dropna=False):
            first, second = own.sort_values("share", ascending=False).head(2).to_dict("records")
            words = {
                "who": page.say(f"status.{status}"),
                "when": page.day(first["as_of"]),
                "first": page.say(f"variance.of_{first['part']}"),
                "share": page.percent(100 * first["share"], 0),
                "second": page.say(f"variance.of_{second['part']}"),
                "next": page.percent(100 * second["share"], 0),
            }
            text = page.say("variance.found", **words)
            both = rows["case"].nunique() > 1
            said.append(
                page.say("variance.in_case", case=page.say(f"case.{case}"), found=text) if both else text
            )
    return html.prose(" ".join(said))


def chart(page, shares):
    """The share of each part of the variance, one panel a rate; both cases of the money where there are two."""
    panels = dict(_by_status(page, shares))
    cases = [case for case in OF_CASE if case in set(shares.get("case", ()))] or [None]
    parts = [part for part in PARTS if part in set(shares["part"])]
    first = next(iter(panels.values()))
    free = parts.index(first.groupby("part")["share"].max().idxmin())  # its short bars leave room for names
    names = [page.say(f"variance.{part}") for part in parts]

    def draw(figure, narrow):
        shape = (len(panels), 1) if narrow else (1, len(panels))
        axes = np.atleast_1d(figure.subplots(*shape, sharex=True, sharey=not narrow)).ravel()
        for n, (ax, (status, rows)) in enumerate(zip(axes, panels.items(), strict=True)):
            height = 0.7 / len(cases)
            for k, case in enumerate(cases):
                own = rows if case is None else rows[rows["case"] == case]
                values = 100 * own.set_index("part")["share"].reindex(parts)
                y = np.arange(len(parts)) + (k - (len(cases) - 1) / 2) * height
                colour = OF_CASE[case or "continued"]
                hatch = "///" if case == "new" else None
                ax.barh(
                    y,
                    values,
                    height * 0.9,
                    color=colour,
                    alpha=0.55,
                    hatch=hatch,
                    edgecolor="white",
                    linewidth=0,
                )
                for row, (place, value) in enumerate(zip(y, values, strict=True)):
                    if value == value:
                        words = page.percent(abs(value) if abs(value) < 0.5 else value, 0)
                        if case and n == 0 and row == free:
                            words += f"   {page.say(f'case.short_{case}')}"
                        ax.annotate(
                            words, (max(value, 0), place), xytext=(3, 0), textcoords="offset points",
                            va="center", fontsize=8, color=colour,
                        )  # fmt: skip
            ax.set_title(wrapped(first_upper(page.say(f"status.{status}")), 30), fontsize=9)
            ax.set_xlim(0, 100)
            ax.set_ylim(len(parts) - 0.5, -0.5)
            number_ticks(ax.xaxis, page.lang, 0, " %")
            ax.tick_params(axis="x", labelbottom=True)
            ax.tick_params(axis="y", length=0)
            ax.grid(axis="x")
            if narrow or n == 0:
                ax.set_yticks(range(len(parts)), [wrapped(name, 24) for name in names])

    shown = shares[shares["status"].isin(list(panels))]
    told = "; ".join(
        f"{page.say(f'status.{row.status}')}, {page.say(f'variance.{row.part}')}"
        + (f" ({page.say(f'case.short_{row.case}')})" if "case" in shown else "")
        + f": {page.percent(100 * row.share, 0)}"
        for row in shown.itertuples()
    )
    title = page.say(
        "variance.chart_title", items="; ".join(_largest(page, *panel) for panel in panels.items())
    )
    words, height = f"{page.say('variance.desc')} {told}", (0.22 + 0.12 * len(cases)) * len(parts)
    sizes = Sizes(0.6 + height, len(panels) * (0.55 + height))
    return figure_exhibit("variance-shares", title, page.say("variance.caption"), words, draw, sizes, shown)


def _largest(page, status, rows):
    """The largest part of a rate's variance, from the case in which it is less to the other (str)."""
    by = rows.groupby("part")["share"]
    first = by.mean().idxmax()
    ends = (page.number(100 * share, 0) for share in (by.min()[first], by.max()[first]))
    words = {"who": page.say(f"status.{status}"), "first": page.say(f"variance.of_{first}")}
    return page.say("variance.chart_item", share=f"{ends_text(page, *ends)} %", **words)


def table(page, shares):
    """The share of each part of the variance in percent, a row a part, a column a rate and case of the money."""
    told = list(_by_status(page, shares))
    frame, columns = pd.DataFrame({"part": [part for part in PARTS if part in set(shares["part"])]}), []
    for status, rows in told:
        for case, own in rows.groupby("case", sort=False, dropna=False):
            key = status if case != case or case is None else f"{status}_{case}"
            frame[f"{key}_pct"] = 100 * frame["part"].map(own.set_index("part")["share"])
            head = first_upper(page.say(f"status.{status}"))
            head += f", {page.say(f'case.short_{case}')}" if key != status else ""
            columns.append(page.column(f"{key}_pct", head, lambda x: page.percent(x, 0), number_format="0"))
    parts = page.text_column("part", "", lambda part: page.say(f"variance.{part}"))
    shown = shares[shares["status"].isin([status for status, _ in told])]
    title = page.say("variance.title", when=page.day(shares["as_of"].iloc[0]))
    note = page.say("variance.caption")
    return html.table("variance-shares", title, frame.fillna(0.0), [parts, *columns], note=note, tidy=shown)


def _by_status(page, shares):
    """Rows of each rate that has a target, of all there are where none has."""
    wanted = [s for s in level_pair(page.package) if s in set(shares["status"])] or list(
        shares["status"].unique()
    )
    for status in wanted:
        rows = shares[shares["status"] == status]
        yield status, rows if "case" in rows else rows.assign(case=None)
