"""Tables of a population group beside all other households, and of what favouring it gives and takes."""

from giamngheo.analysis.equity import PARTS, changes, counted_groups, levels
from giamngheo.language import chance, day, number, percent, say, signed
from giamngheo.report.comparison.scenarios import target_heads
from giamngheo.report.exhibits import Column, prose, stack, table
from giamngheo.report.trend.rates import first_upper
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH

FULL_PLAN = "full_plan"


def equity_tables(package, results, shared, lang):
    """Each counted group beside the rest under the plan, and under the scenario that puts it first.

    Parameters
    ----------
    package : Package
    results : mapping of str to Outcome
        The full plan, and as far as there is one, a scenario named ``<group>_first``.
    shared : SharedDraws
        That they were simulated on.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    plan, made = results[FULL_PLAN], []
    if plan.simulations[1].households is None:
        return prose(say("equity.none", lang))
    for group in counted_groups(package, plan.simulations[1].trend):
        first = results.get(f"{group}_first")
        chosen = {FULL_PLAN: plan} | ({} if first is None else {first.scenario.id: first})
        made.append(level_table(package, chosen, levels(package, chosen, group), group, lang))
        if first is not None:
            moved = changes(package, plan, first, group, shared)
            made += [
                change_table(package, plan, first, moved, group, lang),
                prose(change_sentence(plan, first, moved, group, lang)),
            ]
    return stack(*made, kind="table") if made else prose(say("equity.none", lang))


def level_table(package, results, found, group, lang):
    """Poverty rates of a group, of the rest and of all at the deadline, and the gap in points.

    Parameters
    ----------
    package : Package
    results : mapping of str to Outcome
    found : DataFrame
        As of `analysis.equity.levels`.
    group : str
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    by = found.set_index(["scenario", "r", "who"])
    cases = [(name, r) for name in results for r in CASES if r in results[name].shown]
    columns = [Column(say("equity.who", lang), False)]
    columns += [Column(f"{results[name].scenario.title[lang]}, r = {number(r, lang)}") for name, r in cases]
    rows = [
        [who_name(who, group, lang), *(_with_interval(by.loc[(name, r, who)], lang) for name, r in cases)]
        for who in PARTS
    ]
    when = day(results[FULL_PLAN].simulations[1].years[-1], lang)
    note = say(
        "equity.note",
        lang,
        group=say(f"group.{group}", lang),
        weight=percent(found["weight_pct"].iloc[0], lang, 1),
        size=number(package.group_size(group), lang, -2),
        impossible=percent(100 * found["impossible"].max(), lang, 1),
    )
    return table(say("equity.caption", lang, when=when), columns, rows, note=note)


def who_name(who, group, lang):
    """Name of a part of the province (str)."""
    named = {"group": f"group.{group}", "all": "group.all"}
    return first_upper(say(named.get(who, f"equity.{who}"), lang))


def _with_interval(row, lang):
    low, middle, high = (number(row[name], lang, 1) for name in ("q10", "q50", "q90"))
    return f"{middle} ({low}–{high})"


def change_table(package, plan, first, moved, group, lang):
    """What a scenario that puts a group first moves against the plan: rates, gap, households, chances.

    Parameters
    ----------
    package : Package
    plan, first : Outcome
    moved : DataFrame
        As of `analysis.equity.changes`.
    group : str
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    by = moved.set_index(["r", "who"])
    shown = [r for r in CASES if r in first.shown]
    columns = [Column(say("equity.who", lang), False)]
    columns += [Column(f"r = {number(r, lang)}") for r in shown]
    rows = []
    for who in PARTS:
        name = say("equity.change", lang, who=who_name(who, group, lang))
        rows.append([name, *(_change(by.loc[(r, who)], lang) for r in shown)])
    for who in ("group", "rest", "all"):
        name = say("equity.households", lang, who=who_name(who, group, lang))
        rows.append([name, *(signed(by.loc[(r, who), "households"], lang, -1) for r in shown)])
    for key, head in target_heads(package, lang):
        chances = [[pair.by_case[r][key] for pair in (plan, first)] for r in shown]
        name = f"{say('panel.chance', lang)}: {head}"
        rows.append([name, *(" → ".join(chance(p, lang) for p in both) for both in chances)])
    caption = say("equity.change_caption", lang, title=first.scenario.title[lang])
    count = by["households"]
    left = {r: count[r, "all"] - count[r, "group"] - count[r, "rest"] for r in CASES}
    words = {f"left{r}": number(abs(left[r]), lang, -1) for r in CASES}
    return table(caption, columns, rows, note=say("equity.change_note", lang, **words))


def _change(row, lang):
    low, middle, high = (signed(row[name], lang, 2) for name in ("q10", "q50", "q90"))
    return say("equity.interval", lang, middle=middle, low=low, high=high)


def change_sentence(plan, first, moved, group, lang):
    """What the scenario buys the group and costs the others, on average, and what the targets make of it (str).

    Parameters
    ----------
    plan, first : Outcome
    moved : DataFrame
    group : str
    lang : {"vi", "en"}
    """
    by = moved.set_index(["r", "who"])["mean"]
    words = {f"group{r}": signed(by[r, "group"], lang, 1) for r in CASES}
    words |= {f"rest{r}": signed(by[r, "rest"], lang, 2) for r in CASES}
    key = BOTH if plan.by_case[1][BOTH] is not None else next(iter(plan.by_case[1]))
    words |= {f"before{r}": chance(plan.by_case[r][key], lang) for r in CASES}
    words |= {f"after{r}": chance(first.by_case[r][key], lang) for r in CASES}
    return say(
        "equity.sentence",
        lang,
        title=first.scenario.title[lang],
        who=say(f"group.{group}", lang),
        **words,
    )
