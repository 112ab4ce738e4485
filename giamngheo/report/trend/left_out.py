"""What hangs on a single reading: the forecast with each of them left out in turn."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from giamngheo.inputs.judged import level_pair
from giamngheo.report import html
from giamngheo.report.figure_style import BAND_50, BLUE, GREY, INK, Sizes, figure_exhibit, number_ticks
from giamngheo.report.wording import first_upper, target_text, when_text, with_range


def sentences(page, left):
    """For each target, which reading moves its chance most when it is left out, and to what."""
    said = [page.say("left_out.found", **words) for words in _spans(page, left)]
    return html.prose(*(said or [page.say("left_out.none")]))


def _spans(page, left):
    """The words for each target: its chance, from where to where it goes without a reading, and without which most."""
    for status, target in level_pair(page.package).items():
        rows = left[(left["status"] == status) & left["chance"].notna()]
        without = rows[rows["left_as_of"].notna()]
        if without.empty:
            continue
        base = rows["chance"].iloc[0]
        most = without.iloc[(without["chance"] - base).abs().argmax()]
        yield {
            "target": f"{page.say(f'status.{status}')} {target_text(target, page)}",
            "base": page.chance(base),
            "low": page.chance(without["chance"].min()),
            "high": page.chance(without["chance"].max()),
            "reading": _named(page, most),
            "to": page.chance(most["chance"]),
        }


def chart(page, left):
    """Median and 80 % interval of each target's rate with each reading left out, its chance at the right."""
    reached = set(left.loc[left["q50"].notna(), "status"])  # by the forecast, which may end before a target
    targets = {s: target for s, target in level_pair(page.package).items() if s in reached}
    if not targets:
        return html.prose(page.say("left_out.none"))
    left = left[left["status"].isin(targets)]
    panels = {status: left[left["status"] == status].to_dict("records") for status in targets}
    names = [_reading(page, row) for row in next(iter(panels.values()))]
    top = left["q90"].max()

    def draw(figure, narrow):
        shape = (len(panels), 1) if narrow else (1, len(panels))
        axes = np.atleast_1d(figure.subplots(*shape, sharex=True, sharey=not narrow)).ravel()
        for n, (ax, (status, rows)) in enumerate(zip(axes, panels.items(), strict=True)):
            base = rows[0]
            ax.axvline(base["q50"], color=BAND_50, linewidth=1, zorder=0)
            for place, row in enumerate(rows):
                if np.isnan(row["q50"]):
                    ax.text(
                        0.03,
                        place,
                        page.say("left_out.cannot"),
                        transform=ax.get_yaxis_transform(),
                        fontsize=8,
                    )
                    continue
                first = place == 0
                colour, ends = BLUE if first else GREY, [row["q10"], row["q90"]]
                ax.plot(ends, [place, place], color=colour, linewidth=3 if first else 2, alpha=0.5)
                ax.plot(row["q50"], place, "o", color=colour, markersize=6 if first else 4.5)
                ax.text(
                    1.0, place, page.chance(row["chance"]), transform=ax.get_yaxis_transform(), fontsize=8,
                    ha="right", va="center", color=colour, fontweight="bold" if first else "normal",
                )  # fmt: skip
            target = targets[status]
            ax.axvline(float(target.value_pct), color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
            who = first_upper(page.say(f"status.{status}"))
            ax.set_title(
                f"{who}\n{page.say('figure.target', target=target_text(target, page))}", fontsize=8.5
            )
            side = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "center", "fontsize": 8}
            ax.text(1.0, -1, page.say("left_out.chance"), **side)
            ax.set_ylim(len(rows) - 0.4, -1.5)
            ax.set_xlim(0, 1.3 * top)
            ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            number_ticks(ax.xaxis, page.lang, 0, " %")
            ax.tick_params(axis="x", labelbottom=True)
            ax.tick_params(axis="y", length=0)
            ax.grid(axis="x")
            if narrow or n == 0:
                ax.set_yticks(range(len(rows)), names, fontsize=8)
                ax.get_yticklabels()[0].set_fontweight("bold")

    told = "; ".join(
        f"{name}: " + ", ".join(_told(page, status, rows[n]) for status, rows in panels.items())
        for n, name in enumerate(names)
    )
    found = "; ".join(page.say("left_out.title_item", **words) for words in _spans(page, left))
    title = page.say("left_out.title", found=found) if found else page.say("left_out.none")
    words, height = f"{page.say('left_out.desc')} {told}", 0.2 * len(names)
    sizes = Sizes(0.8 + height, len(panels) * (0.8 + height))
    return figure_exhibit("left-out", title, page.say("left_out.caption"), words, draw, sizes, left)


def _reading(page, row):
    if row["left_line"] is None or row["left_line"] != row["left_line"]:
        return page.say("left_out.nothing")
    status = page.say(f"left_out.of_{row['left_status']}")
    rate = page.percent(row["left_pct"], 2)
    return page.say("left_out.reading", status=status, when=when_text(row["left_as_of"], page), rate=rate)


def _named(page, row):
    who, when = page.say(f"status.{row['left_status']}"), when_text(row["left_as_of"], page)
    return page.say("left_out.named", who=who, when=when, rate=page.percent(row["left_pct"], 2))


def _told(page, status, row):
    if np.isnan(row["q50"]):
        return page.say("left_out.cannot")
    rate = with_range(page, *(row[q] for q in ("q50", "q10", "q90")))
    return f"{page.say(f'status.{status}')} {rate}, {page.chance(row['chance'])}"
