"""All scenarios side by side: the chance of each target, the rates and the money."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from giamngheo.analysis.equity import FULL_PLAN
from giamngheo.inputs.judged import level_pair
from giamngheo.inputs.scenario import scenarios_left_out
from giamngheo.language import rounded
from giamngheo.report import html
from giamngheo.report.columns import MISSING, is_missing
from giamngheo.report.figure_style import BLUE, PALE, VERMILLION, Sizes, figure_exhibit, marks_key, wrapped
from giamngheo.report.wording import (
    amount_text,
    deadlines_text,
    first_target,
    first_upper,
    joint_name,
    of_cases,
    promise_text,
    target_heads,
)
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, above_target

MARKS = {
    "continued": {"marker": "o", "markersize": 5.5, "color": BLUE, "linestyle": ""},
    "new": {"marker": "D", "markersize": 5, "mfc": "white", "color": VERMILLION, "mew": 1.3, "linestyle": ""},
}


def dots(page, outcomes):
    """Chances of each target under every scenario, one row a scenario: filled r = 1, open r = 0."""
    heads = target_heads(page)
    frame = pd.DataFrame(
        [
            (name, outcome.scenario.title[page.lang], key, CASES[r], outcome.by_case[r][key])
            for name, outcome in outcomes.items()
            for key, _ in heads
            for r in outcome.shown
        ],
        columns=["scenario", "title", "target", "case", "chance"],
    )
    by = frame.set_index(["scenario", "target", "case"])["chance"].to_dict()
    titles = frame.drop_duplicates("scenario").set_index("scenario")["title"]
    limit = min(1.0, max(0.1, np.ceil(frame["chance"].max() * 10.5) / 10))
    joint = frame[frame["target"] == heads[-1][0]]
    words = "; ".join(
        f"{title}: " + " / ".join(map(page.chance, joint[joint["scenario"] == name]["chance"]))
        for name, title in titles.items()
    )

    ends = {}
    for r, case in CASES.items():
        chances = joint.loc[joint["case"] == case, "chance"]
        ends |= {f"low{r}": page.chance(chances.min()), f"high{r}": page.chance(chances.max())}

    def draw(figure, narrow):
        y = np.arange(len(titles))[::-1]
        axes = np.atleast_1d(figure.subplots(ncols=len(heads), sharey=True))
        for ax, (key, heading) in zip(axes, heads, strict=True):
            for place, name in zip(y, titles.index, strict=True):
                _pair(ax, place, *(by.get((name, key, case)) for case in CASES.values()))
            ax.set_title(wrapped(heading, 13) if narrow else heading, fontsize=9)
            ax.set_xlim(-limit * 0.04, limit * 1.02)
            ax.set_ylim(-0.7, len(titles) - 0.3)
            ax.grid(axis="x" if narrow else "both")
            ax.tick_params(axis="y", length=0)
            ax.xaxis.set_major_locator(MaxNLocator(2 if narrow else 4, steps=[1, 2, 5, 10]))
            ax.xaxis.set_major_formatter(lambda v, _: page.percent(round(100 * v, 6), 0))
        axes[0].set_yticks(y, [""] * len(y) if narrow else [wrapped(each, 28, 2) for each in titles])
        if narrow:  # the names over their rows, so that the panels keep side by side
            for ax in axes:
                ax.spines["left"].set_visible(False)
            look = {
                "fontsize": 8,
                "va": "center",
                "in_layout": False,
                "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            }
            for place, each in zip(y, titles, strict=True):
                axes[0].text(-limit * 0.04, place + 0.42, f" {wrapped(each, 48, 1)}", **look)
        marks_key(figure, axes[0], {case: page.say(f"case.short_{case}") for case in CASES.values()}, MARKS)

    height = 0.27 * len(titles)
    shown = figure_exhibit(
        "scenarios",
        page.say("figure.compare_title", joint=joint_name(page), **ends),
        page.say("figure.compare_caption", joint=joint_name(page)),
        page.say("figure.compare_desc", joint=first_upper(joint_name(page)), rows=words),
        draw,
        Sizes(1.0 + 1.15 * height, 1.2 + 1.45 * height, across=True),
        frame,
    )
    return html.beside(shown)


def _pair(ax, place, one, zero):
    if one is not None and zero is not None:
        ax.plot([one, zero], [place, place], color=PALE, linewidth=2, zorder=1)
    for value, case in ((zero, "new"), (one, "continued")):
        if value is not None:
            ax.plot(value, place, zorder=2, **MARKS[case])


def sentences(page, outcomes):
    """How far apart the scenarios lie that differ in money alone, and each beside the full plan."""
    first = first_target(page.package)
    target = first.target
    alike = [
        each
        for each in outcomes.values()
        if not each.scenario.assumptions and not each.scenario.shock and each.shown == tuple(CASES)
    ]
    words = {"target": promise_text(first, page)}
    for r, name in ((1, ""), (0, "0")):
        chances = [each.by_case[r][target] for each in alike]
        words |= {f"low{name}": page.chance(min(chances)), f"high{name}": page.chance(max(chances))}
    return html.stack(html.finding(page.say("compare.sentence_spread", **words)), _brief(page, outcomes))


def _brief(page, outcomes):
    """The chance of all targets at once under each scenario, with its change against the full plan."""
    key, plan = target_heads(page)[-1][0], outcomes[FULL_PLAN]
    rows = []
    for name, outcome in outcomes.items():
        row = {"scenario": name, "title": outcome.scenario.title[page.lang]}
        for r in outcome.shown:
            row[f"chance_{CASES[r]}"] = outcome.by_case[r][key]
            row[f"change_{CASES[r]}"] = outcome.by_case[r][key] - plan.by_case[r][key]
        rows.append(row | {"money_bn_vnd": float(outcome.cases[1].money.total)})

    def cell(name, p, change):
        if is_missing(p):
            return MISSING
        if name == FULL_PLAN:
            return page.chance(p)
        points = page.signed(rounded(100 * change, 0) + 0, 0)
        return page.say("compare.brief_change", p=page.chance(p), change=points)

    columns = [page.text_column("title", "compare.scenario")]
    for case in CASES.values():
        head = first_upper(page.say(f"case.short_{case}"))
        columns.append(page.column(("scenario", f"chance_{case}", f"change_{case}"), head, cell))
    columns.append(page.column("money_bn_vnd", "compare.money", lambda bn: amount_text(bn, page)))
    caption = page.say("compare.brief_caption", joint=first_upper(joint_name(page)))
    note = page.say("compare.brief_note")
    if unfit := [
        each.title[page.lang] for each in scenarios_left_out(page.package) if each.id not in outcomes
    ]:
        note += " " + page.say("compare.left_out", scenarios="; ".join(unfit))
    return html.table("scenarios-in-brief", caption, pd.DataFrame(rows), columns, note=note)


def table(page, outcomes):
    """Chances, rates, households above the targets and money of every scenario, under the cases it leaves open."""
    rows, targets = [], level_pair(page.package)
    for name, outcome in outcomes.items():
        row = {"scenario": name, "title": outcome.scenario.title[page.lang]}
        for r in outcome.shown:
            simulation, case = outcome.cases[r], CASES[r]
            row |= {f"chance_{key}_{case}": p for key, p in outcome.by_case[r].items()}
            row |= {
                f"{s}_pct_{case}": outcome.median(r, s, when=target.as_of) for s, target in targets.items()
            }
            row[f"households_above_{case}"] = above_target(page.package, simulation).get(BOTH)
        rows.append(row | {"money_bn_vnd": float(outcome.cases[1].money.total)})
    frame = pd.DataFrame(rows)

    def both(key, head, write):
        keys = tuple(f"{key}_{case}" for case in CASES.values())
        return page.column(keys, head, of_cases(write))

    columns = [page.text_column("title", "compare.scenario")]
    columns += [both(f"chance_{key}", head, page.chance) for key, head in target_heads(page)]
    columns += [
        both(f"{status}_pct", f"compare.rate_{status}", lambda rate: page.number(rate, 1))
        for status in targets
    ]
    columns.append(both("households_above", "compare.above", lambda n: page.number(n, -2)))
    columns.append(page.column("money_bn_vnd", "compare.money", lambda bn: amount_text(bn, page)))
    caption = page.say("compare.caption", joint=joint_name(page))
    note = page.say("compare.note", when=deadlines_text(page))
    return html.beside(html.table("scenarios-compared", caption, frame, columns, note=note))
