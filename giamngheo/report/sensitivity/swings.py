"""How far each assumption, changed alone, moves the answer: the tornado."""

import pandas as pd

from giamngheo.analysis.sensitivity.cases import BASE, BEYOND
from giamngheo.analysis.sensitivity.tornado import CONTINUED
from giamngheo.report.assumption_words import assumption_name
from giamngheo.report.columns import is_missing
from giamngheo.report.figure_style import INK, SKY, Sizes, figure_exhibit
from giamngheo.report.html import finding, folded, prose
from giamngheo.report.html import table as shown_table
from giamngheo.report.sensitivity.words import (
    ASIDE,
    LOOKS,
    headed,
    panels,
    range_text,
    small_text,
    span_words,
)
from giamngheo.report.wording import first_upper, joint_name, target_heads
from giamngheo.simulation.outcomes import CASES

MOST_ROWS = 8
MOST_TOLD = 3


def sentence(page, found):
    """The three assumptions that move the chance of all targets at once most in a tornado, and how far."""
    joint = joint_name(page)
    told = found.joint[~found.joint["assumption"].isin(ASIDE)]
    names = told["assumption"].unique()[:MOST_TOLD]
    if not len(names):
        return finding(page.say("sensitivity.nothing_moves", joint=joint, small=small_text(page)))
    first, *rest = (f"<b>{assumption_name(name, found.register, page)}</b>" for name in names)
    then = page.say("sensitivity.three_rest", names=f" {page.say('words.and')} ".join(rest)) if rest else ""
    words = span_words(told[told["assumption"] == names[0]], page)
    return finding(page.say("sensitivity.three", joint=joint, first=first, rest=then, **words))


def _title(page, found):
    """The assumption that moves the chance of all targets at once most, and how far (str)."""
    told = found.joint[~found.joint["assumption"].isin(ASIDE)]
    if told.empty:
        return page.say("sensitivity.nothing_moves", joint=joint_name(page), small=small_text(page))
    name = told["assumption"].iloc[0]
    words = {"first": first_upper(assumption_name(name, found.register, page)), "joint": joint_name(page)}
    return page.say(
        "sensitivity.tornado_title", **words, **span_words(told[told["assumption"] == name], page)
    )


def draws_note(page, many, few):
    """How many draws stand behind the case shown and behind the changes from it."""
    text = page.say("sensitivity.draws", many=page.number(many), few=page.number(few))
    return prose(text, css="note")


def chart(page, found):
    """How far each assumption takes the chance of all targets at once, one panel a case."""
    names = found.joint["assumption"].unique()[:MOST_ROWS].tolist()
    labels = [assumption_name(name, found.register, page) for name in names]
    frame = found.joint[found.joint["assumption"].isin(names)].drop(columns=["target", "swing"])
    frame.insert(1, "name", frame["assumption"].map(dict(zip(names, labels, strict=True))))
    words = "; ".join(
        page.say("sensitivity.tornado_desc", name=name, **span_words(swings, page))
        for name, swings in frame.groupby("name", sort=False)
    )
    cases = [case for case in LOOKS if case in set(frame["case"])] or [CONTINUED]
    most = frame["high"].max() if names else 0.1

    def draw(figure, narrow):
        limits = (-14 * most, 116 * most)
        for ax, case in panels(page, figure, narrow, cases, labels, "sensitivity.axis", limits, 0):
            own = frame[frame["case"] == case]
            for row in own.itertuples():
                _bar(page, ax, len(names) - 1 - names.index(row.assumption), row)
            if len(own):
                base = 100 * own["base"].iloc[0]
                ax.axvline(base, color=INK, linewidth=1)
                ax.annotate(
                    page.number(base, 0),
                    (base, len(names) - 0.35),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                    fontweight="bold",
                )

    height = 0.34 * len(names)
    return figure_exhibit(
        "tornado",
        _title(page, found),
        page.say("sensitivity.tornado_figure_caption"),
        words,
        draw,
        Sizes(1.0 + height, 0.4 + len(cases) * (0.75 + 1.2 * height)),
        frame,
    )


def _bar(page, ax, place, row):
    colour, hatch = LOOKS[row.case]
    base, low, high = (100 * p for p in (row.base, row.low, row.high))
    if high - low < 0.5:
        ax.plot(base, place, marker="|", color=colour, markersize=8)
        return
    filled = {"facecolor": "#f3c3a6", "hatch": hatch} if hatch else {"facecolor": SKY}
    look = {"facecolor": "white"} if row.assumption == BEYOND else filled
    ax.barh(place, high - low, left=low, height=0.5, edgecolor=colour, linewidth=0.9, **look)
    for value, side in ((low, -1), (high, 1)):
        if abs(value - base) >= 0.5:
            ax.annotate(
                page.number(value, 0),
                (value, place),
                xytext=(3 * side, 0),
                textcoords="offset points",
                ha="right" if side < 0 else "left",
                va="center",
                fontsize=7.5,
            )


def table(page, found):
    """How far each assumption takes the chance of each target, those that move the joint chance most first, folded."""
    heads = target_heads(page)
    swings = found.swings.set_index(["assumption", "case", "target"])[["low", "high"]]
    base = {
        f"{target}_{case}_{end}": p for (case, target), p in found.base.items() for end in ("low", "high")
    }
    rows = [{"assumption": BASE, "name": page.say("sensitivity.base_row"), "range": None} | base]
    for name in found.joint["assumption"].unique():
        words = {"name": headed(name, found.register, page), "range": range_text(name, found, page)}
        spans = swings.loc[name].stack()
        ends = {f"{target}_{case}_{end}": p for (case, target, end), p in spans.items()}
        rows.append({"assumption": name} | words | ends)
    columns = [
        page.text_column("name", "sensitivity.assumption"),
        page.text_column("range", "sensitivity.plausible"),
    ]
    for target, head in heads:
        keys = tuple(f"{target}_{case}_{end}" for case in CASES.values() for end in ("low", "high"))
        columns.append(page.column(keys, head, lambda *ends: _spans_text(page, ends)))
    note = page.say("sensitivity.tornado_note", joint=joint_name(page), small=small_text(page))
    caption = page.say("sensitivity.tornado_caption")
    chances = {name: f"{name}_chance" for name in ("base", "low", "high")}
    tidy = found.swings.rename(columns=chances | {"swing": "swing_of_chance"})
    whole = shown_table(
        "tornado-table", caption, pd.DataFrame(rows), columns, note=note, css="long", tidy=tidy
    )
    return folded(page.say("sensitivity.tornado_fold"), whole)


def _spans_text(page, ends):
    """Chances in whole percent, without a unit: ``1–12; 3``, one where both ends round to the same (str)."""
    spans = zip(ends[::2], ends[1::2], strict=True)
    return "; ".join(span_text(page, *span) for span in spans if not is_missing(span[0]))


def span_text(page, low, high):
    """Two chances in whole percent, without a unit: ``1–12``, or one where they round to the same (str)."""
    ends = [page.number(100 * p, 0) for p in (low, high)]
    return ends[0] if ends[0] == ends[1] else page.say("words.range", low=ends[0], high=ends[1])
