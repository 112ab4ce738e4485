"""Each reading beside what the model expected of it."""

from giamngheo.forecasting.learned import ALL, OTHERS
from giamngheo.report import html
from giamngheo.report.figure_style import BLUE, GREY, VERMILLION, Sizes, figure_exhibit, number_ticks
from giamngheo.report.wording import first_upper, when_text

INSIDE = (0.1, 0.9)


def sentence(page, expected):
    """How many readings lie in the interval that the others give them, and which lie outside."""
    rows = _of_all(expected, OTHERS)
    outside = rows[~rows["pit"].between(*INSIDE)]
    found = [page.say("expected.found", **_counted(page, expected))]
    if len(outside):
        listed = "; ".join(_told(page, row) for row in outside.itertuples())
        found.append(page.say("expected.outside", readings=listed))
    return html.prose(" ".join(found))


def chart(page, expected):
    """Each reading of the whole province as a dot on what the model expects: of the others alone, and knowing it."""
    sets = [
        (key, rows) for key, rows in _of_all(expected, OTHERS).groupby(["status", "poverty_line"], sort=False)
    ]
    known = _of_all(expected, ALL).set_index(["status", "poverty_line", "as_of"])
    top = max(rows[["q90", "rate_pct"]].max().max() for _, rows in sets)

    def draw(figure, narrow):
        ax, place, ticks, names = figure.subplots(), 0.0, [], []
        for (status, _), rows in sets:
            ax.text(
                0.01, place - 0.1, _head(page, status, rows), transform=ax.get_yaxis_transform(), fontsize=8,
                fontweight="bold", va="center",
            )  # fmt: skip
            for row in rows.itertuples():
                place += 1
                both = known.loc[(status, row.poverty_line, row.as_of)]
                ax.plot([row.q10, row.q90], [place, place], color=GREY, linewidth=2.2, alpha=0.55)
                ax.plot([both["q10"], both["q90"]], [place, place], color=BLUE, linewidth=6, alpha=0.3)
                inside = INSIDE[0] <= row.pit <= INSIDE[1]
                ax.plot(row.rate_pct, place, "o", color=BLUE if inside else VERMILLION, markersize=5)
                if not inside:
                    ends = (row.q10, row.q90, row.rate_pct, both["q10"], both["q90"])
                    right = max(ends) < 0.6 * top
                    ax.annotate(
                        page.say("expected.quantile", share=page.percent(100 * row.pit, 0)),
                        (max(ends) if right else min(ends), place),
                        xytext=(6 if right else -6, 0),
                        textcoords="offset points",
                        ha="left" if right else "right",
                        va="center",
                        fontsize=8,
                        color=VERMILLION,
                    )
                ticks.append(place)
                names.append(page.day(row.as_of) if not narrow else str(row.as_of.year))
            place += 1.2
        ax.set_yticks(ticks, names)
        ax.set_ylim(place - 0.5, -0.7)
        ax.set_xlim(0, 1.05 * top)
        number_ticks(ax.xaxis, page.lang, 0, " %")
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)

    shown = expected[expected["group"] == "all"]
    told = "; ".join(_told(page, row) for _, rows in sets for row in rows.itertuples())
    title, caption = page.say("expected.title", **_counted(page, expected)), page.say("expected.caption")
    words = f"{page.say('expected.desc')} {told}"
    lines = 1.2 * len(sets) + sum(len(rows) for _, rows in sets)
    sizes = Sizes(0.5 + 0.21 * lines, 0.5 + 0.23 * lines)
    return figure_exhibit("expected-readings", title, caption, words, draw, sizes, shown)


def _counted(page, expected):
    rows = _of_all(expected, OTHERS)
    return {"n": page.number(len(rows)), "inside": page.number(int(rows["pit"].between(*INSIDE).sum()))}


def _of_all(expected, given):
    return expected[(expected["group"] == "all") & (expected["given"] == given)]


def _head(page, status, rows):
    who, first = first_upper(page.say(f"status.{status}_households")), rows["as_of"].min()
    return page.say("expected.head", who=who, first=str(first.year), last=str(rows["as_of"].max().year))


def _told(page, row):
    return page.say(
        "expected.one",
        who=page.say(f"status.{row.status}"),
        when=when_text(row.as_of, page),
        rate=page.percent(row.rate_pct, 2),
        low=page.number(row.q10, 1),
        high=page.percent(row.q90, 1),
    )
