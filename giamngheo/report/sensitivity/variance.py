"""How much of a rate's variance each input accounts for: its Sobol indices."""

from giamngheo.analysis.sensitivity.sobol_indices import BASELINE, OTHERS, POINTS, TRIM, gathered
from giamngheo.analysis.sensitivity.tornado import CONTINUED, NEW, SMALL
from giamngheo.report.assumption_words import assumption_name
from giamngheo.report.columns import is_missing
from giamngheo.report.figure_style import GREY, Sizes, figure_exhibit
from giamngheo.report.html import prose
from giamngheo.report.html import table as shown_table
from giamngheo.report.sensitivity.words import LOOKS, headed, panels
from giamngheo.report.wording import case_text, first_upper
from giamngheo.simulation.outcomes import CASES


def sentences(page, indices, status):
    """How much of the variance of a status's rate the forecast itself has in each case."""
    own = indices[indices["input"] == BASELINE].set_index("case")["total"]
    key = "sobol_found" if own.min() > 0.5 else "sobol_found_plain"
    words = {"one": page.percent(100 * own[CONTINUED], 0), "zero": page.percent(100 * own[NEW], 0)}
    return prose(page.say(f"sensitivity.{key}", who=page.say(f"status.{status}"), **words))


def chart(page, indices, status, register):
    """Total and first-order index of each input that counts, one panel a case."""
    frame = gathered(indices)
    frame = frame[frame["input"] != OTHERS].drop(columns="inputs")
    names = frame["input"].unique().tolist()
    labels = [assumption_name(name, register, page) for name in names]
    frame.insert(2, "name", frame["input"].map(dict(zip(names, labels, strict=True))))
    totals = frame.set_index(["name", "case"])["total"].unstack()
    shares = (page.percent(100 * totals.loc[labels[0], case], 0) for case in (CONTINUED, NEW))
    largest = {"first": first_upper(labels[0])} | dict(zip(("one", "zero"), shares, strict=True))
    words = "; ".join(
        page.say(
            "sensitivity.tornado_desc",
            name=label,
            one=page.percent(100 * totals.loc[label, CONTINUED], 1),
            zero=page.percent(100 * totals.loc[label, NEW], 1),
        )
        for label in labels
    )

    def draw(figure, narrow):
        for ax, case in panels(
            page, figure, narrow, list(LOOKS), labels, "sensitivity.sobol_axis", (-4, 104), 0.3
        ):
            colour, _ = LOOKS[case]
            for row in frame[frame["case"] == case].itertuples():
                place = len(names) - 1 - names.index(row.input)
                first, total, bound = (100 * x for x in (row.first, row.total, row.total_bound))
                ax.plot([total - bound, total + bound], [place] * 2, color=colour, linewidth=1.6)
                ax.plot(first, place - 0.25, marker="D", markersize=4, mfc="white", color=GREY, zorder=3)
                ax.plot(total, place, marker="o", markersize=5, color=colour, zorder=4)

    height = 0.32 * len(names)
    return figure_exhibit(
        "sobol",
        page.say("sensitivity.sobol_title", who=page.say(f"status.{status}"), **largest),
        page.say("sensitivity.sobol_figure_caption"),
        words,
        draw,
        Sizes(1.0 + height, 0.4 + len(LOOKS) * (0.75 + 1.2 * height)),
        frame,
    )


def table(page, indices, status, register, points=POINTS):
    """Sobol indices of a status's rate in both cases, the small ones added up; points: of the Sobol sequence."""
    long = gathered(indices)
    kinds = ["first", "first_bound", "total", "total_bound"]
    frame = long.pivot(index=["input", "inputs"], columns="case", values=kinds)
    frame = frame.loc[long["input"].unique()]
    frame.columns = [f"{kind}_{case}" for kind, case in frame.columns]
    frame = frame.reset_index()
    others = frame["input"] == OTHERS

    def name(input_, n):
        if input_ == OTHERS:
            return page.say("sensitivity.sobol_rest", n=page.number(n))
        return headed(input_, register, page)

    def index(value, bound, total):
        if is_missing(bound):  # a sum
            return page.number(100 * value, 1)
        if not total:
            return page.number(0)
        return f"{page.number(100 * value, 1)} ± {page.number(100 * bound, 1)}"

    columns = [page.text_column(("input", "inputs"), "sensitivity.sobol_input", name)]
    columns += [
        page.column(
            (f"{kind}_{case}", f"{kind}_bound_{case}", f"total_{case}"),
            page.say(f"sensitivity.sobol_{kind}", case=case_text(r, page)),
            index,
        )
        for r, case in CASES.items()
        for kind in ("first", "total")
    ]
    note = page.say(
        "sensitivity.sobol_note",
        small=page.percent(100 * SMALL, 0),
        trim=page.percent(100 * TRIM, 1),
        points=page.number(points),
    )
    caption = page.say("sensitivity.sobol_caption", who=page.say(f"status.{status}"))
    return shown_table("indices", caption, frame, columns, note=note, foot=int(others.sum()))
