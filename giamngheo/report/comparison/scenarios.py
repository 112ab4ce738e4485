"""Tables of scenarios: results, comparison, two inputs, money for a chance."""

from giamngheo.analysis.money_needed import MOST, MOST_MONEY
from giamngheo.language import chance, day, number, percent, say
from giamngheo.report.exhibits import Column, Exhibit, prose, stack, table
from giamngheo.report.fan import target_text
from giamngheo.report.scenario.money import amount
from giamngheo.report.trend.rates import promise_text
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, above_target, level_pair


def target_heads(package, lang):
    """Columns of targets: (id, heading), the joint one last when there are several."""
    targets = level_pair(package)
    heads = [
        (
            target.target,
            f"{say(f'status.{status}_short', lang)} {target_text(target, lang)}",
        )
        for status, target in targets.items()
    ]
    return heads + ([(BOTH, say("compare.both", lang))] if len(targets) > 1 else [])


def _pair_text(values, shown, lang, write):
    return " / ".join(write(values[r]) if r in shown else "–" for r in CASES)


def compare_table(package, results, lang):
    """All scenarios under both readings.

    Parameters
    ----------
    package : Package
    results : mapping of str to Outcome
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    heads = target_heads(package, lang)
    columns = [Column(say("compare.scenario", lang), False), *(Column(head) for _, head in heads)]
    columns += [Column(say(f"compare.rate_{status}", lang)) for status in level_pair(package)]
    columns += [Column(say("compare.above", lang)), Column(say("compare.money", lang))]
    rows = []
    for result in results.values():
        cells = [result.scenario.title[lang]]
        for key, _ in heads:
            values = {r: result.by_case[r][key] for r in CASES}
            cells.append(_pair_text(values, result.shown, lang, lambda p: chance(p, lang)))
        for status in level_pair(package):
            values = {r: result.median(r, status) for r in CASES}
            cells.append(_pair_text(values, result.shown, lang, lambda x: number(x, lang, 1)))
        above = {r: above_target(package, result.simulations[r]).get(BOTH) for r in CASES}
        cells.append(
            "–" if above[1] is None else _pair_text(above, result.shown, lang, lambda n: number(n, lang, -2))
        )
        cells.append(amount(result.simulations[1].money.total, lang))
        rows.append(cells)
    when = day(next(iter(results.values())).simulations[1].years[-1], lang)
    return table(say("compare.caption", lang), columns, rows, note=say("compare.note", lang, when=when))


def heat_tables(package, grid, lang):
    """The two-input tables: of all targets at once, then of each (Exhibit).

    Parameters
    ----------
    package : Package
    grid : mapping of (share, r) to {target or "both": probability}
    lang : {"vi", "en"}
    """
    promises = {target.target: promise_text(target, lang) for target in level_pair(package).values()}
    captions = {key: say("heat.caption", lang, target=text) for key, text in promises.items()}
    if len(captions) > 1:
        captions = {BOTH: say("heat.caption_both", lang)} | captions
    darkest = max(max(cell[key] for key in captions) for cell in grid.values())
    parts = [heat_table(grid, key, caption, darkest, lang) for key, caption in captions.items()]
    side_by_side = Exhibit("table", "", f'<div class="heats">{"".join(part.html for part in parts)}</div>',
                           "\n\n".join(part.text for part in parts))  # fmt: skip
    return stack(side_by_side, prose(say("heat.note", lang), css="note"), kind="table")


def heat_table(grid, key, caption, darkest, lang):
    """Chances for a share of the plan and r, darker for higher.

    Parameters
    ----------
    grid : mapping of (share, r) to {target: probability}
    key : str
        Target, or "both".
    caption : str
    darkest : float
        Chance with the darkest ground, the same in all tables that are compared.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    shares, readings = (list(dict.fromkeys(cell[place] for cell in grid)) for place in (0, 1))
    columns = [Column(say("heat.share", lang), False)]
    columns += [Column(say("heat.r", lang, r=number(r, lang))) for r in readings]
    rows, shades = [], {}
    for i, share in enumerate(shares):
        rows.append([percent(100 * share, lang, 0), *(chance(grid[share, r][key], lang) for r in readings)])
        shades |= {(i, j + 1): grid[share, r][key] / max(darkest, 0.2) for j, r in enumerate(readings)}
    return table(caption, columns, rows, shades=shades, css="heat")


def solver_table(package, solved, lang, *, without=None):
    """The multiple of the planned money that a given chance needs, with the loans and without them.

    Parameters
    ----------
    package : Package
    solved : mapping of (r, chance or "most") to mapping
        As of `analysis.sensitivity.cases.money_for_chances`.
    lang : {"vi", "en"}
    without : mapping, optional
        The same for the plan without its loans; left out where the plan lends nothing.

    Returns
    -------
    Exhibit
    """
    levels = sorted({level for _, level in solved if level != MOST})
    total = sum(row.total_3y for row in package.budget)
    cases = [("with", solved, float(total))]
    lent = sum(row.total_3y for row in package.budget if row.channel == "credit")
    if without is not None and lent:
        cases.append(("without", without, float(total - lent)))
    columns = [Column(say("solve.target", lang), False), Column(say("solve.reading", lang), False)]
    columns += [Column(say("solve.loans", lang), False)] if len(cases) > 1 else []
    columns += [Column(say("solve.chance", lang, p=percent(100 * level, lang, 0))) for level in levels]
    columns.append(Column(say("solve.at_most", lang, most=number(MOST_MONEY, lang))))

    def cell(times, money):
        if times is None:
            return say("solve.beyond", lang)
        if times == 0:
            return say("solve.zero", lang)
        return say("solve.times", lang, times=number(times, lang, 1), money=number(times * money, lang, -2))

    rows = []
    for key, head in target_heads(package, lang):
        for r, name in zip(CASES, ("continued", "new"), strict=True):
            for case, found, money in cases:
                cells = [head if key != BOTH else say("solve.both", lang), say(f"case.short_{name}", lang)]
                cells += [say(f"loans.{case}", lang)] if len(cases) > 1 else []
                cells += [cell(found[r, level][key], money) for level in levels]
                rows.append([*cells, chance(found[r, MOST][key], lang)])
    note = say("solve.note", lang, most=number(MOST_MONEY, lang))
    note += f" {say('solve.note_loans', lang)}" if len(cases) > 1 else ""
    return table(say("solve.caption", lang), columns, rows, note=note)
