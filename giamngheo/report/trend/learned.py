"""What the readings taught the model: each parameter before and after them."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from giamngheo.report import html
from giamngheo.report.figure_style import BLUE, GREY, Sizes, figure_exhibit, number_ticks, wrapped

ENDS = ("q10", "q50", "q90")
# Decimals of a parameter in a table; the levels' priors are flat and not drawn.
DECIMALS = {
    "level": 2,
    "drift": 3,
    "innovation_sd": 3,
    "observation_error": 2,
    "carry_over": 2,
    "splice": 3,
    "gap": 3,
    "gap_drift": 3,
    "gap_spread": 3,
}
FLAT = ("level", "gap")


def table(page, parameters):
    """Median and 80 % interval of every parameter before and after the readings, folded."""
    frame = parameters.assign(narrower=_narrower(parameters))

    def name(parameter, group):
        words = _name(page, parameter)
        return words if group == "all" else f"{words}, {page.say(f'group.{group}')}"

    columns = [
        page.text_column(("parameter", "group"), "learned.parameter", name),
        page.text_column(
            "unit", "learned.unit", lambda unit: page.say(f"learned.unit_{unit.replace(' ', '_')}")
        ),
        *(
            page.column(
                ("parameter", *(f"{when}_{q}" for q in ENDS)),
                f"learned.{when}",
                lambda *values: _interval(page, *values),
            )
            for when in ("prior", "posterior")
        ),
        page.column("narrower", "learned.narrower", lambda share: page.percent(100 * share, 0)),
    ]
    caption, note = page.say("learned.caption"), page.say("learned.note")
    return html.folded(caption, html.table("parameters", caption, frame, columns, note=note))


def sentence(page, parameters):
    """What the readings narrowed most and least, of the whole province's parameters."""
    rows = parameters[(parameters["group"] == "all") & ~parameters["parameter"].isin(FLAT)]
    narrower = _narrower(rows).set_axis(rows["parameter"])
    drift = rows.set_index("parameter").loc["drift"]
    words = {
        "most": page.say(f"learned.of_{narrower.idxmax()}"),
        "by": page.percent(100 * narrower.max(), 0),
        "drift": page.percent(100 * narrower["drift"], 0),
        "before": page.number(drift["prior_q50"], 3),
        "after": page.number(drift["posterior_q50"], 3),
    }
    return html.prose(page.say("learned.found", **words))


def chart(page, parameters):
    """Prior above posterior of each parameter of the whole province in its own unit: 80 % interval and median."""
    rows = parameters[(parameters["group"] == "all") & ~parameters["parameter"].isin(FLAT)]
    shown = rows.to_dict("records")

    def draw(figure, narrow):
        across = 2 if narrow else 4
        axes = figure.subplots(-(-len(shown) // across), across, squeeze=False)
        for ax in axes.flat[len(shown) :]:
            ax.remove()
        for n, (ax, row) in enumerate(zip(axes.flat, shown, strict=False)):
            for place, when, colour in ((1, "prior", GREY), (0, "posterior", BLUE)):
                low, middle, high = (row[f"{when}_{q}"] for q in ENDS)
                ax.plot([low, high], [place, place], color=colour, linewidth=5, alpha=0.4)
                ax.plot(middle, place, "o", color=colour, markersize=5)
            ax.set_ylim(-0.6, 1.6)
            words = [page.say(f"learned.{when}_short") for when in ("posterior", "prior")]
            ax.set_yticks([0, 1], words if n % across == 0 else ["", ""])
            ax.tick_params(axis="y", length=0)
            unit = page.say(f"learned.unit_{row['unit'].replace(' ', '_')}")
            title = wrapped(page.say(f"learned.{row['parameter']}"), 22)
            ax.set_title(title, fontsize=8, loc="left")
            ax.set_xlabel(unit, fontsize=7.5)
            ax.margins(x=0.12)
            ax.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
            step = np.diff(ax.get_xticks()).min()
            number_ticks(ax.xaxis, page.lang, max(0, int(np.ceil(-np.log10(step) - 1e-9))))
            ax.grid(axis="x")

    told = "; ".join(f"{_name(page, row['parameter'])}: {_change(page, row)}" for row in shown)
    title, caption = page.say("learned.title"), page.say("learned.chart_caption")
    high = -(-len(shown) // 4), -(-len(shown) // 2)
    sizes = Sizes(0.2 + 1.45 * high[0], 0.2 + 1.3 * high[1])
    return figure_exhibit(
        "prior-posterior", title, caption, f"{page.say('learned.desc')} {told}", draw, sizes, rows
    )


def _name(page, parameter):
    return page.say(f"learned.{parameter}")


def _interval(page, parameter, *ends):
    low, middle, high = (page.number(value, DECIMALS[parameter]) for value in ends)
    return f"{middle} ({low}; {high})"


def _change(page, row):
    ends = ((row[f"{when}_{q}"] for q in ENDS) for when in ("prior", "posterior"))
    return " → ".join(_interval(page, row["parameter"], *each) for each in ends)


def _narrower(parameters):
    """By how much of itself the 80 % interval shrank (Series)."""
    widths = {w: parameters[f"{w}_q90"] - parameters[f"{w}_q10"] for w in ("prior", "posterior")}
    return 1 - widths["posterior"] / widths["prior"].where(widths["prior"] > 0)
