"""One panel a target and one for all at once: chances as a pair, median rate, households, money for an even chance."""

import pandas as pd

from giamngheo.analysis.money_needed import MOST_MONEY
from giamngheo.inputs.judged import judged_targets, level_targets, targets_of_all
from giamngheo.report.columns import Table
from giamngheo.report.html import Exhibit, escape, finding, plain, prose, rich, stack, table
from giamngheo.report.wording import (
    deadlines_text,
    ends_text,
    promise_text,
    target_heads,
    together,
    told_apart,
    when_text,
)
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, CHANCE_SCALE, above_target

UNITS = {
    "chance": "probability",
    "median_pct": "percent",
    "q10_pct": "percent",
    "q90_pct": "percent",
    "households_above": "households",
    "break_even": "multiples of the plan",
    "exits_needed": "households a billion VND",
    "chance_hard_core": "probability",
    "chance_fixed_gap": "probability",
}


def numbers(page, outcome, variants, needs):
    """What the panels print, unrounded: target, case, measure, value, unit (DataFrame)."""
    targets = targets_of_all(page.package)
    rates = {target.target: (target.status, target.as_of) for target in targets}
    if len(targets) > 1:
        summed = "poor_or_near_poor" if len({target.status for target in targets}) > 1 else None
        rates[BOTH] = summed, max(target.as_of for target in targets)
    rows = []
    for r, case in CASES.items():
        above = above_target(page.package, outcome.cases[r])
        for key, (status, when) in rates.items():
            values = {"chance": outcome.by_case[r][key]}
            if status:
                low, high = outcome.interval(r, status, when=when)
                values |= {
                    "median_pct": outcome.median(r, status, when=when),
                    "q10_pct": low,
                    "q90_pct": high,
                }
            values |= {
                "households_above": above.get(key),
                "break_even": needs[key, r]["share_of_plan"],
                "exits_needed": needs[key, r]["exits_per_bn"],
            }
            values |= {f"chance_{name}": found.by_case[r][key] for name, found in variants.items()}
            rows += [(key, case, measure, value, UNITS[measure]) for measure, value in values.items()]
    frame = pd.DataFrame(rows, columns=["target", "case", "measure", "value", "unit"])
    return frame.astype({"value": float})


def side_by_side(page, outcome, variants, needs):
    """All panels of the full plan, what they found before them and how to read a chance after them.

    The variants "hard_core" and "fixed_gap", as far as the package has them, are in the frame alone.
    """
    targets = targets_of_all(page.package)
    if all(
        target.status == "poor" for target in targets
    ):  # the gap between the thresholds is about them alone
        variants = {name: found for name, found in variants.items() if name != "fixed_gap"}
    frame = numbers(page, outcome, variants, needs)
    values = frame.set_index(["target", "measure", "case"])["value"]
    heads = {
        target.target: (page.say(f"panel.{target.status}", target=told_apart(target, page)), target.as_of)
        for target in targets
    }
    if len(targets) > 1:
        heads[BOTH] = (
            together(page, "panel.both", "panel.all"),
            max(target.as_of for target in targets),
        )
    parts = [_panel(page, key, name, as_of, values[key]) for key, (name, as_of) in heads.items()]
    note = page.say("panel.note", most=page.number(MOST_MONEY))
    sections = "\n".join(f'<section class="panel">\n{part.html}\n</section>' for part in parts)
    one_by_one = "\n".join([*(part.notebook_html for part in parts), f"<p>{rich(note)}</p>"])
    markup = f'<div class="panels">\n{sections}\n</div>\n<p class="note">{rich(note)}</p>'
    text = "\n\n".join(part.text for part in parts)
    told = Table("panels", page.say("scenario_table.caption", when=deadlines_text(page)), frame)
    return stack(
        finding(_found(page, outcome)),
        Exhibit("", markup, f"{text}\n{note}", (told,), one_by_one),
        *_unjudged(page),
        how_to_read(page, outcome),
    )


def _unjudged(page):
    """The targets on a rate that are given no chance, by name (list of at most one Exhibit)."""
    judged = judged_targets(page.package)
    items = [
        page.say(
            "panel.unjudged_item",
            name=promise_text(target, page),
            group=page.group(target.group),
            when=when_text(target.as_of, page),
        )
        for target in level_targets(page.package)
        if target not in judged
    ]
    return [prose(page.say("panel.unjudged", items="; ".join(items)), css="note")] if items else []


def _found(page, outcome):
    """The chance of each target, from the case in which it is lower to the other (str)."""
    targets, items = targets_of_all(page.package), []
    names = {target.target: told_apart(target, page, promise_text(target, page)) for target in targets}
    if len(names) > 1:
        names[BOTH] = together(page, "panel.finding_both", "panel.finding_all")
    for key, name in names.items():
        ends = (page.chance(p) for p in sorted(outcome.by_case[r][key] for r in CASES))
        items.append(page.say("panel.finding_item", range=ends_text(page, *ends), name=name))
    return page.say("panel.finding", items="; ".join(items))


def _panel(page, key, name, as_of, values):
    chances = {r: values["chance", case] for r, case in CASES.items()}
    figures = "".join(
        f'<p class="chance {case}"><span class="mark" aria-hidden="true">{"●" if r else "◇"}</span> '
        f"<b>{escape(page.chance(chances[r]))}</b> {escape(page.chance_word(chances[r]))} "
        f"<small>{escape(page.say(f'case.{case}'))}</small></p>"
        for r, case in CASES.items()
    )
    caption = page.say("panel.caption", name=name, when=when_text(as_of, page))
    cells = pd.DataFrame(_rows(page, key, values), columns=["", *CASES.values()])
    columns = [page.text_column(""), *(page.column(case, f"case.short_{case}") for case in CASES.values())]
    shown = table("panel", caption, cells, columns, css="panel-table")
    words = "\n".join(
        f"{page.say(f'case.{case}')}: {page.chance(chances[r])} ({page.chance_word(chances[r])})"
        for r, case in CASES.items()
    )
    heading = f"<h3>{escape(name)}</h3>\n{figures}"
    html, notebook_html = f"{heading}{strip(page, chances)}{shown.html}", heading + shown.html
    return Exhibit(name, html, f"{name}\n{words}\n{shown.text}", notebook_html=notebook_html)


def _rows(page, key, values):
    """The rows below the chances: a name and what is written of each case."""

    def row(head, show, *measures, **words):
        cells = (show(*(values[measure, case] for measure in measures)) for case in CASES.values())
        return [page.say(f"panel.{head}", **words), *cells]

    if "median_pct" in values:  # targets of one status have no rate in common
        yield row("sum_rate" if key == BOTH else "rate", lambda x: page.percent(x, 1), "median_pct")
        yield row("interval", page.range, "q10_pct", "q90_pct")
    if values["households_above"].notna().all():
        yield row("households", lambda n: page.number(n, -2), "households_above")
    yield row("break_even", lambda times: _needed(page, times), "break_even")


def _needed(page, times):
    if times != times:  # no multiple that is believed
        return page.say("panel.break_even_none")
    if times == 0:
        return page.say("panel.break_even_zero")
    return page.say("panel.break_even_times", times=page.number(times, 1))


def strip(page, chances):
    """Both chances, by r, on a bar from 0 to 100 %: a filled dot for r = 1, an open diamond for r = 0 (SVG, str)."""
    label = escape(page.say("panel.strip", **{f"p{r}": page.chance(p) for r, p in chances.items()}))
    one, zero = (f"{8 + 224 * chances[r]:.1f}" for r in CASES)
    ticks = "".join(f'<path d="M{8 + 224 * t:g} 15v6" stroke="#6b6b6b"/>' for t in (0, 0.5, 1))
    words = "".join(
        f'<text x="{8 + 224 * t:g}" y="33" text-anchor="{anchor}">{100 * t:g} %</text>'
        for t, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )
    return (
        f'<svg class="strip" viewBox="0 0 240 36" role="img" aria-label="{label}" '
        f'font-family="\'DejaVu Sans\', Verdana, sans-serif" font-size="10" fill="#1a1a1a">'
        f'<path d="M8 14H232" stroke="#dddddd" stroke-width="6" '
        f'stroke-linecap="round"/>{ticks}<path d="M{zero} 8l6 6l-6 6l-6 -6z" fill="#fff" stroke="#D55E00" '
        f'stroke-width="2"/><circle cx="{one}" cy="14" r="5.5" fill="#0072B2"/>{words}</svg>'
    )


def how_to_read(page, outcome):
    """A box: what a chance says, both cases of the money, the error of simulation, and the scale of words."""
    key, _ = target_heads(page)[0]
    p, draws = outcome.by_case[1][key], outcome.cases[1].trend.n_draws
    words = {"p": page.chance(p), "frequency": page.frequency(p), "draws": page.number(draws)}
    words |= {"n": page.number(round(p * draws)), "trust": page.say("section.trust")}
    error = page.points(100 / draws**0.5, 1)  # two of a chance of one half
    told = [page.say("reading.frequency", **words), page.say("reading.error", error=error)]
    title, words_for = page.say("reading.title"), scale(page)
    body = "\n".join(f"<p>{rich(text)}</p>" for text in told)
    heading = f'<h3 id="reading">{escape(title)}</h3>'
    markup = (
        f'<section class="box" aria-labelledby="reading">\n{heading}\n{body}\n{words_for.html}\n</section>'
    )
    text = "\n".join([title, *map(plain, told), words_for.text])
    return Exhibit(title, markup, text, words_for.tables)


def scale(page):
    """The fixed scale of words for chances."""
    lower = [least for _, least in CHANCE_SCALE]
    frame = pd.DataFrame(
        {"from_chance": lower, "to_chance": [1.0, *lower[:-1]], "word": [name for name, _ in CHANCE_SCALE]}
    )

    def span(low, high):
        low_text, high_text = (page.percent(100 * p, 0) for p in (low, high))
        if high == 1:
            return page.say("panel.scale_from", low=low_text)
        if low == 0:
            return page.say("panel.scale_under", high=high_text)
        return page.say("panel.scale_between", low=low_text, high=high_text)

    columns = [
        page.text_column(("from_chance", "to_chance"), "panel.scale_chance", span),
        page.text_column("word", "panel.scale_word", lambda name: page.say(f"chance.{name}")),
    ]
    note = page.say("panel.scale_note")
    return table("scale", page.say("panel.scale_title"), frame, columns, note=note)
