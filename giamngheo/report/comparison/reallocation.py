"""The same total spread otherwise over the budget lines: for the joint chance, and against the poverty gap.

Every function takes a `Reallocation`, without lines where there is nothing to spread.
"""

import numpy as np
import pandas as pd

from giamngheo.language import rounded
from giamngheo.report import html
from giamngheo.report.columns import MISSING, is_missing
from giamngheo.report.figure_style import (
    BLUE,
    INK,
    PALE,
    VERMILLION,
    Sizes,
    figure_exhibit,
    marks_key,
    number_ticks,
    wrapped,
)
from giamngheo.report.wording import amount_text, case_text, joint_name, target_heads
from giamngheo.simulation.outcomes import CASES

ALLOCATIONS = ("plan", "joint", "gap", "shortfall")
PICTURED = ALLOCATIONS[:3]  # the figure's
_LOOKS = {
    "joint": {"marker": "o", "markersize": 5.5, "color": BLUE, "linestyle": ""},
    "gap": {"marker": "D", "markersize": 8, "mfc": "none", "color": VERMILLION, "mew": 1.4, "linestyle": ""},
}
_MARKS = {"low": " ↓", "high": " ↑", "": ""}


def sentences(page, found):
    """How far apart the two searches end, what they move and gain, and what has no effect to find."""
    if found.lines.empty:
        return html.prose(page.say("allocation.none"))
    lines, total = found.lines, sum(found.lines["plan_bn"])
    moved = {name: sum(abs(lines[f"{name}_bn"] - lines["plan_bn"])) / 2 for name in ("joint", "gap")}
    apart = sum(abs(lines["joint_bn"] - lines["gap_bn"])) / 2
    amounts = {f"moved_{name}": bn for name, bn in moved.items()} | {"total": total, "apart": apart}
    words = {name: page.money(float(bn), 0) for name, bn in amounts.items()}
    words |= {"share": page.percent(100 * apart / total, 1)}
    changes = found.outcomes.set_index(["draws", "allocation", "case"])["both_change"]
    for name, draws, case in (
        ("gain", "fresh", "continued"),
        ("gain0", "fresh", "new"),
        ("searched", "search", "continued"),
    ):
        words[name] = page.points(100 * changes[draws, "joint", case], 1)
    items = [page.say("allocation.close" if apart < total / 20 else "allocation.apart", **words)]
    if any(row.channel == "enabling" and row.total_3y for row in page.package.budget_lines):
        items.append(page.say("allocation.no_effect", channel=page.say("channel.enabling")))
    return html.bullets([*items, _decision(page, found), page.say("allocation.judgement")])


def _decision(page, found):
    """Households above the targets if one has to choose before r is known, and what each choice may regret (str)."""
    fresh = found.fresh["shortfall"].unstack("case").mean(axis=1)
    regret = found.fresh["regret"].unstack("case").max(axis=1)
    words = {f"expected_{name}": page.households(fresh[name], -2) for name in ("plan", "shortfall")}
    words |= {f"regret_{name}": page.households(regret[name], -1) for name in ALLOCATIONS}
    same = found.lines["joint_bn"].equals(found.lines["shortfall_bn"])
    return page.say("allocation.decision_same" if same else "allocation.decision", **words)


def dots(page, found):
    """Each line's money in the two best allocations over its plan: filled the joint chance, open the gap."""
    if found.lines.empty:
        return html.prose(page.say("allocation.none"))
    frame = _lines(page, found)
    rows = frame.to_dict("records")
    words = "; ".join(f"{row['name']}: {_amounts(page, row)}" for row in rows)
    most = frame[["joint_of_plan", "gap_of_plan"]].to_numpy().max()

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(rows))[::-1]
        for place, row in zip(y, rows, strict=True):
            least, highest = (float(row[end] / row["plan_bn"]) for end in ("low_bn", "high_bn"))
            ax.plot([least, highest], [place, place], color=PALE, linewidth=3, zorder=1)
            for order, (name, look) in enumerate(_LOOKS.items(), 2):
                ax.plot(row[f"{name}_of_plan"], place, zorder=order, **look)
            text = {"textcoords": "offset points", "fontsize": 8, "color": INK}
            if narrow:
                label = _short(row["name"], _amounts(page, row), 52)
                over = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5}}
                ax.annotate(label, (0, place + 0.2), xytext=(3, 1), va="bottom", **text, **over)
            else:
                ax.annotate(_amounts(page, row), (most, place), xytext=(12, 0), va="center", **text)
        ax.axvline(1, color=INK, linewidth=1, linestyle=(0, (1, 1.5)), zorder=0)
        labels = [""] * len(y) if narrow else [wrapped(row["name"], 40, 2) for row in rows]
        ax.set_yticks(y, labels)
        ax.set_xlim(0, most * (1.06 if narrow else 1.42))
        ax.set_ylim(-0.6, len(rows) - (0.1 if narrow else 0.4))
        ax.set_xticks(np.arange(0, most + 0.01, 0.5))
        ax.tick_params(axis="y", length=0)
        number_ticks(ax.xaxis, page.lang, None, "×")
        ax.set_xlabel(page.say("figure.allocation_x"))
        marks_key(figure, ax, {name: page.say(f"allocation.{name}") for name in _LOOKS}, _LOOKS)

    height = 0.33 * len(rows)
    return figure_exhibit(
        "allocation",
        _title(page, found),
        page.say("figure.allocation_caption"),
        page.say("figure.allocation_desc", rows=words),
        draw,
        Sizes(1.2 + height, 1.4 + 1.2 * height),
        frame,
    )


def _title(page, found):
    """What the allocation that is best for the chance makes of it in both cases, on fresh draws (str)."""
    key, _ = target_heads(page)[-1]
    chances = found.fresh[key]
    words = {
        f"{name}{r}": page.chance(chances[name, case])
        for name in ("plan", "joint")
        for r, case in CASES.items()
    }
    return page.say("figure.allocation_title", joint=joint_name(page), **words)


def _lines(page, found):
    """The lines with their names, the largest first (DataFrame)."""
    frame = found.lines.sort_values("plan_bn", ascending=False, kind="stable", ignore_index=True)
    frame.insert(1, "name", frame["line"].map(page.line_names))
    return frame


def _amounts(page, row):
    """Planned amount, and both others, billion VND."""
    plan, joint, gap = (page.number(rounded(row[f"{name}_bn"], 1).normalize() + 0) for name in PICTURED)
    return f"{plan} → {joint} | {gap}"


def _short(name, numbers, length):
    """Name and numbers on one line, the name cut at a space where both are too long."""
    room = length - len(numbers) - 3
    if len(name) > room:
        name = f"{name[: room - 2].rsplit(' ', 1)[0].rstrip(',')} …"
    return f"{name} · {numbers}"


def outcomes(page, found):
    """Chances and poverty gap under each allocation, on draws that the search did not see."""
    if found.lines.empty:
        return html.prose(page.say("allocation.none"))

    def change(times, decimals):
        def write(value, error):
            half = page.number(2 * times * error, decimals)
            return f"{page.signed(times * value, decimals)} ± {half}"

        return write

    measures = {
        key: (f"{page.say('panel.chance')}: {head}", lambda value, _: page.chance(value))
        for key, head in target_heads(page)
        if key in found.outcomes
    }
    measures |= {
        "both_change": (page.say("allocation.chance_change"), change(100, 1)),
        "poor_pct": (page.say("allocation.poor"), lambda value, _: page.number(value, 2)),
        "gap_pct": (page.say("allocation.gap_pct"), lambda value, _: page.number(value, 2)),
        "gap_pct_change": (page.say("allocation.gap_change"), change(1, 3)),
        "shortfall": (page.say("allocation.shortfall_households"), lambda n, _: page.number(n, -2)),
        "regret": (page.say("allocation.regret"), lambda n, _: page.number(n, -1)),
    }
    rows = [
        {"measure": measure, "case": case} | _measured(found.fresh, measure, case)
        for measure in measures
        for case in CASES.values()
    ]

    def cell(measure, value, error):
        return MISSING if is_missing(value) else measures[measure][1](value, error)

    columns = [
        page.text_column("measure", "", lambda measure: measures[measure][0]),
        page.text_column("case", "grid.case", lambda case: page.say(f"case.short_{case}")),
    ]
    for name in ALLOCATIONS:
        columns.append(page.column(("measure", name, f"{name}_se"), f"allocation.{name}", cell))
    seeds = {"search": str(found.seeds[0]), "fresh": str(found.seeds[1])}
    note = page.say("allocation.outcomes_note", case=case_text(found.r, page), **seeds)
    caption = page.say("allocation.outcomes_caption")
    return html.table("allocation-outcomes", caption, pd.DataFrame(rows), columns, note=note)


def _measured(fresh, measure, case):
    """A measure under each allocation in a case, with the standard error of a change; the plan's own is none."""
    row, change = {}, measure.endswith("_change")
    for name, one in fresh.xs(case, level="case").iterrows():
        none = change and name == "plan"
        row[name] = None if none else one[measure]
        row[f"{name}_se"] = one[measure.replace("_change", "_se")] if change and not none else None
    return row


def table(page, found):
    """Billion VND per line: planned, its bounds, best for the joint chance, best for the poverty gap."""
    if found.lines.empty:
        return html.prose(page.say("allocation.none"))
    lines = _lines(page, found)
    total = {"line": "total", "name": page.say("words.total")} | {
        f"{name}_bn": sum(lines[f"{name}_bn"]) for name in ALLOCATIONS
    }
    frame = pd.concat([lines, pd.DataFrame([total])], ignore_index=True)

    def amount(bn):
        return amount_text(bn, page)

    def found_amount(bn, bound):
        return amount(bn) + ("" if is_missing(bound) else _MARKS[bound])

    columns = [
        page.text_column("name", "money.line"),
        page.column("plan_bn", "money.planned", amount),
        page.column(
            ("line", "low_bn", "high_bn"),
            "allocation.bounds",
            lambda line, least, most: "" if line == "total" else f"{amount(least)}–{amount(most)}",
        ),
    ]
    columns += [
        page.column((f"{name}_bn", f"{name}_bound"), f"allocation.{name}", found_amount)
        for name in ALLOCATIONS[1:]
    ]
    low, high = (page.number(float(bound)) for bound in found.bounds)
    caption, note = page.say("allocation.caption"), page.say("allocation.note", low=low, high=high)
    whole = html.table("allocation-lines", caption, frame, columns, note=note, foot=1)
    return html.folded(page.say("allocation.fold"), whole)
