"""What the readings taught the model: each parameter before and after them."""

from giamngheo.forecasting.summary import ENDS
from giamngheo.report import html
from giamngheo.report.figure_style import BLUE, GREY, PALE, Sizes, figure_exhibit, wrapped

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

    def name(parameter, line, group):
        words = _name(page, parameter, line)
        return words if group == "all" else f"{words}, {page.group(group)}"

    columns = [
        page.text_column(("parameter", "poverty_line", "group"), "learned.parameter", name),
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
    """Which of the whole province's parameters the readings narrowed most, and what they did to the drift."""
    rows = parameters[(parameters["group"] == "all") & ~parameters["parameter"].isin(FLAT)]
    most, by = _narrowest(rows)
    drift = rows.assign(narrower=100 * _narrower(rows)).set_index("parameter").loc["drift"]
    words = {
        "most": page.say(f"learned.of_{most}"),
        "by": page.percent(by, 0),
        "drift": page.percent(drift["narrower"], 0),
        "before": page.number(drift["prior_q50"], 3),
        "after": page.number(drift["posterior_q50"], 3),
    }
    if round(by) <= 0:  # by a percentage that is said
        said = ["found_none", "found_drift_wide"]
    elif most == "drift":
        said = ["found_drift_most"]
    else:
        said = ["found", "found_drift" if round(drift["narrower"]) > 0 else "found_drift_wide"]
    return html.prose(" ".join(page.say(f"learned.{key}", **words) for key in said))


def chart(page, parameters):
    """Posterior of each parameter of the whole province on the place of its prior, with its numbers at the right."""
    rows = parameters[(parameters["group"] == "all") & ~parameters["parameter"].isin(FLAT)]
    shown = rows.to_dict("records")

    def draw(figure, narrow):
        ax = figure.subplots()
        ax.axvspan(0, 1, color=PALE, alpha=0.5, linewidth=0)
        for place, row in enumerate(shown):
            start, width = row["prior_q10"], row["prior_q90"] - row["prior_q10"]
            for when, y, colour in (("prior", place - 0.16, GREY), ("posterior", place + 0.16, BLUE)):
                # A prior without width is a fixed number: all of it stands at its median.
                low, middle, high = ((row[f"{when}_{q}"] - start) / width if width else 0.5 for q in ENDS)
                ax.plot([low, high], [y, y], color=colour, linewidth=4, alpha=0.45)
                ax.plot(middle, y, "o", color=colour, markersize=4.5)
                if place == 0:
                    above = when == "prior"
                    ax.annotate(
                        page.say(f"learned.{when}_short"),
                        (low, y),
                        xytext=(0, 3 if above else -3),
                        textcoords="offset points",
                        va="bottom" if above else "top",
                        fontsize=7.5,
                        color=colour,
                    )
            words = _interval(page, row["parameter"], *(row[f"posterior_{q}"] for q in ENDS))
            ax.annotate(
                words,
                (1, place),
                xycoords=("axes fraction", "data"),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5 if narrow else 8,
                color=BLUE,
                annotation_clip=False,
            )
        names = [_name(page, row["parameter"], row["poverty_line"]) for row in shown]
        ax.set_yticks(range(len(shown)), [wrapped(name, 15 if narrow else 40) for name in names])
        ax.set_ylim(len(shown) - 0.5, -0.7)
        ax.set_xticks([0, 1], [page.percent(10), page.percent(90)])
        ax.set_xlabel(page.say("learned.axis"))
        ax.tick_params(axis="y", length=0)

    told = "; ".join(
        f"{_name(page, row['parameter'], row['poverty_line'])}: {_change(page, row)}" for row in shown
    )
    most, by = _narrowest(rows)
    words = {"most": page.say(f"learned.of_{most}"), "by": page.percent(by, 0)}
    title = page.say("learned.title" if round(by) > 0 else "learned.title_none", **words)
    caption = page.say("learned.chart_caption")
    sizes = Sizes(0.7 + 0.34 * len(shown), 0.7 + 0.5 * len(shown))
    words = f"{page.say('learned.desc')} {told}"
    return figure_exhibit("prior-posterior", title, caption, words, draw, sizes, rows)


def _name(page, parameter, line):
    """What a parameter is called; of several earlier lines each offset bears its line's first year (str)."""
    words = page.say(f"learned.{parameter}")
    starts = {row.poverty_line: row.valid_from.year for row in page.package.poverty_lines}
    return f"{words} ({starts[line]})" if len(starts) > 2 and line in starts else words


def _interval(page, parameter, *ends):
    low, middle, high = (page.number(value, DECIMALS[parameter]) for value in ends)
    return f"{middle} ({low}; {high})"


def _change(page, row):
    ends = ((row[f"{when}_{q}"] for q in ENDS) for when in ("prior", "posterior"))
    return " → ".join(_interval(page, row["parameter"], *each) for each in ends)


def _narrowest(parameters):
    """The parameter whose interval shrank most, and by how many percent (str, float)."""
    narrower = 100 * _narrower(parameters)
    most = narrower.argmax()
    return parameters["parameter"].iloc[most], narrower.iloc[most]


def _narrower(parameters):
    """By how much of itself the 80 % interval shrank (Series)."""
    widths = {w: parameters[f"{w}_q90"] - parameters[f"{w}_q10"] for w in ("prior", "posterior")}
    return 1 - widths["posterior"] / widths["prior"].where(widths["prior"] > 0)
