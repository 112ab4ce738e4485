"""Words and looks that the exhibits of this notebook share."""

import numpy as np

from giamngheo.analysis.sensitivity.cases import BEYOND, CONTINUITY
from giamngheo.analysis.sensitivity.tornado import CONTINUED, NEW, SMALL
from giamngheo.forecasting.learned import informed
from giamngheo.report.assumption_words import assumption_name, short, unit
from giamngheo.report.columns import MISSING
from giamngheo.report.figure_style import BLUE, VERMILLION, number_ticks, wrapped
from giamngheo.report.wording import first_upper

ASIDE = (BEYOND, CONTINUITY)  # told in another way: the answer is a pair over r
LOOKS = {CONTINUED: (BLUE, ""), NEW: (VERMILLION, "///")}  # colour and hatching of a case
NAMED_RANGES = {
    CONTINUITY: "sensitivity.to.new_money",
    "reference": "sensitivity.to.other_groups",
    "gap_moves": "sensitivity.to.still",
    "drift_persistence": "sensitivity.to.any_length",
    BEYOND: "sensitivity.to.as_last",
}


def small_text(page):
    """The least swing that is shown, in percentage points (str)."""
    return page.points(100 * SMALL, 0)


def headed(name, register, page):
    """An assumption in a few words at the head of a row (str); the letter r stays small."""
    words = assumption_name(name, register, page)
    return words if words.startswith("r,") else first_upper(words)


def range_text(name, found, page):
    """The range that a tornado took an assumption through, in words (str)."""
    if name in NAMED_RANGES:
        return page.say(NAMED_RANGES[name])
    low, high = (page.number(short(value)) for value in found.ranges.loc[name])
    span = page.say("sensitivity.span_unit", low=low, high=high, unit=unit(found.register[name], page))
    if name not in found.learned:
        return span
    told = informed(found.register[name], found.learned[name])
    return page.say("sensitivity.span_read" if told else "sensitivity.span_as_before", span=span)


def span_words(swings, page):
    """Lowest to highest chance in each case, from an assumption's swings, as `one` and `zero` of a phrase (dict)."""
    words = {"one": MISSING, "zero": MISSING}
    for row in swings.itertuples():
        ends = {"low": page.number(100 * row.low, 0), "high": page.number(100 * row.high, 0)}
        words["one" if row.case == CONTINUED else "zero"] = page.say("sensitivity.from_to", **ends)
    return words


def panels(page, figure, narrow, cases, labels, x_label, x_limits, room):
    """Panels side by side, one a case, with a row for each label from the top down: axes and case (generator)."""
    shape = (len(cases), 1) if narrow else (1, len(cases))
    axes = np.atleast_1d(figure.subplots(*shape, sharex=True, sharey=not narrow))
    for i, (ax, case) in enumerate(zip(axes, cases, strict=True)):
        ax.set_title(first_upper(page.say(f"case.short_{case}")), fontsize=9)
        ax.set_xlim(*x_limits)
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel(page.say(x_label))
        number_ticks(ax.xaxis, page.lang)
        ax.tick_params(axis="x", labelbottom=True)
        if narrow or i == 0:
            names = [wrapped(label, 24 if narrow else 34) for label in labels]
            ax.set_yticks(np.arange(len(labels))[::-1], names, fontsize=7.5)
        ax.set_ylim(-0.7, len(labels) - room)
        yield ax, case
