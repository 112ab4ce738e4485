"""Tables of what money moves: value of each line, break-even, loans, and the same total spread otherwise."""

from giamngheo.language import chance, number, percent, points, say, signed
from giamngheo.language import money as money_text
from giamngheo.report.comparison.scenarios import target_heads
from giamngheo.report.exhibits import Column, bullets, folded, prose, table
from giamngheo.report.scenario.money import amount, line_names
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH

ALLOCATIONS = ("plan", "joint", "gap")
_NAMES = {1: "continued", 0: "new"}
_MARKS = {"low": " ↓", "high": " ↑", "": ""}
_SMALL = 0.05  # households a billion: below it a line is as good as without effect


def value_table(package, values, needed, lang):
    """Poor households fewer at the deadline, and points of the poverty rate, per money of each line.

    Parameters
    ----------
    package : Package
    values : DataFrame
        As of `analysis.cost_effectiveness.marginal_value`.
    needed : DataFrame
        As of `analysis.cost_effectiveness.needed_effect`.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if values.empty:
        return prose(say("value.none", lang))
    chosen = values[(values["basis"] == "average") & (values["outcome"] == "poor")]
    by = chosen.set_index(["unit", "r", "line"]).sort_index()
    names = line_names(package, lang)
    lines = [line for line in chosen["line"].unique() if line in names]
    lines.sort(key=lambda line: -by.loc[("households", 1, line), "mean"])
    sums = [name for name in ("total", "without_credit") if name in set(chosen["line"])]
    columns = [Column(say("money.line", lang), False), Column(say("compare.money", lang))]
    columns += [Column(say("value.exits", lang, r=number(r, lang))) for r in CASES]
    columns += [Column(say("value.mean", lang)), Column(say("value.points", lang))]
    rows = []
    for line in [*lines, *sums]:
        found = [by.loc[("households", r, line)] for r in CASES]
        in_points = [by.loc[("points", r, line), "mean"] * 100 for r in CASES]
        rows.append(
            [
                names.get(line) or say(f"value.{line}", lang),
                amount(found[0]["money_bn"], lang),
                *(_with_ends(row, lang) for row in found),
                _pair(_or_none(row["mean"], lang, 1) for row in found),
                _pair(_or_none(x, lang, 3) for x in in_points),
            ]
        )
    rows += _needed_rows(package, needed, lang)
    foot = len(rows) - len(lines)
    return table(say("value.caption", lang), columns, rows, note=say("value.note", lang), foot=foot)


def _needed_rows(package, needed, lang):
    """What the whole money would have to move for an even chance of the poverty target, as the last row."""
    found = needed[needed["status"] == "poor"] if len(needed) else needed
    if found.empty:
        return []
    by = found.drop_duplicates("r").set_index("r")["needed_per_bn"]
    cells = [number(by[r], lang, 1) if r in by else "–" for r in CASES]
    return [[say("value.needed", lang), "", *cells, "", ""]]


def _with_ends(row, lang):
    if row["q90"] < _SMALL:
        return "0"
    low, middle, high = (number(row[name], lang, 1) for name in ("q10", "q50", "q90"))
    return f"{middle} ({low}–{high})"


def _or_none(value, lang, decimals):
    return number(value, lang, decimals) if value else "0"


def _pair(texts):
    return " / ".join(texts)


def needed_table(package, needed, lang):
    """The effect that would make each target an even bet: per billion VND, and per poor household.

    Parameters
    ----------
    package : Package
    needed : DataFrame
        As of `analysis.cost_effectiveness.needed_effect`.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if needed.empty:
        return prose(say("value.none", lang))
    heads = dict(target_heads(package, lang))
    levels = [name.rsplit("_", 1)[1] for name in needed if name.startswith("income_vnd_")]
    columns = [Column(say("solve.target", lang), False), Column(say("solve.reading", lang), False)]
    columns += [Column(say(f"value.{name}", lang)) for name in ("needed_per_bn", "moved_per_bn")]
    columns += [Column(say("value.income", lang, p=percent(int(level), lang))) for level in levels]
    rows = []
    for row in needed.sort_values(["target", "r"], ascending=[False, False], kind="stable").to_dict(
        "records"
    ):
        cells = [heads[row["target"]], say(f"case.short_{_NAMES[row['r']]}", lang)]
        cells += [number(row[name], lang, 1) for name in ("needed_per_bn", "moved_per_bn")]
        cells += [_gain(row, level, lang) for level in levels]
        rows.append(cells)
    return table(say("value.needed_caption", lang), columns, rows, note=say("value.needed_note", lang))


def _gain(row, level, lang):
    income, household = row[f"income_vnd_{level}"], row[f"household_mvnd_{level}"]
    if income != income:  # a target on the near-poor: lifting the poor alone fills the band
        return "–"
    return f"{number(income / 1000, lang, 0)} ({number(household, lang, 1)})"


def loans_table(package, values, lang):
    """Money, exits per billion, poverty gap and chance with the loans and without them.

    Parameters
    ----------
    package : Package
    values : DataFrame
        As of `analysis.cost_effectiveness.credit_table`.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if values["money_bn"].nunique() < 2:
        return prose(say("value.no_loans", lang))
    last = target_heads(package, lang)[-1]
    names = ("poor", "gap", "exits")
    columns = [Column("", False), Column(say("solve.reading", lang), False)]
    columns += [Column(say("compare.money", lang)), Column(last[1])]
    columns += [Column(say(f"value.loans_{name}", lang)) for name in names]
    rows = []
    for case in ("with", "without"):
        for r in CASES:
            row = values[(values["credit"] == case) & (values["r"] == r)].iloc[0]
            cells = [say(f"loans.{case}", lang), say(f"case.short_{_NAMES[r]}", lang)]
            cells += [
                amount(row["money_bn"], lang),
                chance(row["both" if last[0] == BOTH else last[0]], lang),
            ]
            cells += [number(row["poor_pct"], lang, 1), number(row["gap_pct"], lang, 2)]
            ends = {name: row.get(f"exits_per_bn_{name}") for name in ("q10", "q50", "q90")}
            cells.append("–" if None in ends.values() else _with_ends(ends, lang))
            rows.append(cells)
    return table(say("value.loans_caption", lang), columns, rows, note=say("value.loans_note", lang))


def allocation_table(package, found, lang):
    """Billion VND per line: planned, its bounds, best for the joint chance, best for the poverty gap.

    Parameters
    ----------
    package : Package
    found : Reallocation or None
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if found is None:
        return prose(say("allocation.none", lang))
    names = line_names(package, lang)
    columns = [Column(say("money.line", lang), False), Column(say("money.planned", lang))]
    columns += [Column(say(f"allocation.{name}", lang)) for name in ("bounds", "joint", "gap")]
    rows = []
    for row in found.lines.sort_values("plan_bn", ascending=False, kind="stable").to_dict("records"):
        least, most = row["low_bn"], row["high_bn"]
        cells = [names[row["line"]], amount(row["plan_bn"], lang)]
        cells.append(f"{amount(least, lang)}–{amount(most, lang)}")
        cells += [amount(row[f"{name}_bn"], lang) + _MARKS[row[f"{name}_bound"]] for name in ("joint", "gap")]
        rows.append(cells)
    totals = {name: sum(found.lines[f"{name}_bn"]) for name in ALLOCATIONS}
    rows.append([say("words.total", lang), amount(totals["plan"], lang), ""])
    rows[-1] += [amount(totals[name], lang) for name in ("joint", "gap")]
    caption = say("allocation.caption", lang)
    whole = table(caption, columns, rows, note=say("allocation.note", lang), foot=1)
    return folded(say("allocation.fold", lang), whole)


def allocation_outcomes(package, found, lang):
    """Chances and poverty gap under each allocation, on draws that the search did not see.

    Parameters
    ----------
    package : Package
    found : Reallocation or None
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if found is None:
        return prose(say("allocation.none", lang))
    fresh = found.outcomes[found.outcomes["draws"] == "fresh"].set_index(["allocation", "r"])
    heads = [(key, head) for key, head in target_heads(package, lang) if key in fresh]
    columns = [Column("", False), *(Column(say(f"allocation.{name}", lang)) for name in ALLOCATIONS)]

    def row(name, write, plan_too=True):
        cells = [_pair(write(fresh.loc[(each, r)]) for r in CASES) for each in ALLOCATIONS]
        return [name, *(cells if plan_too else ["–", *cells[1:]])]

    rows = [
        row(f"{say('panel.chance', lang)}: {head}", lambda found, key=key: chance(found[key], lang))
        for key, head in heads
    ]
    rows += [
        row(say("allocation.chance_change", lang), lambda one: _change(one, "both", 100, 1, lang), False),
        row(say("allocation.poor", lang), lambda one: number(one["poor_pct"], lang, 2)),
        row(say("allocation.gap_pct", lang), lambda one: number(one["gap_pct"], lang, 2)),
        row(say("allocation.gap_change", lang), lambda one: _change(one, "gap_pct", 1, 3, lang), False),
    ]
    seeds = {"search": str(found.seeds[0]), "fresh": str(found.seeds[1])}
    note = say("allocation.outcomes_note", lang, r=number(found.r, lang, 0), **seeds)
    return table(say("allocation.outcomes_caption", lang), columns, rows, note=note)


def _change(row, key, times, decimals, lang):
    change = signed(times * row[f"{key}_change"], lang, decimals)
    return f"{change} ± {number(2 * times * row[f'{key}_se'], lang, decimals)}"


def allocation_sentences(package, found, lang):
    """What the two searches reward, how far apart they end, and what neither can say.

    Parameters
    ----------
    package : Package
    found : Reallocation or None
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if found is None:
        return prose(say("allocation.none", lang))
    lines, total = found.lines, sum(found.lines["plan_bn"])
    moved = {name: sum(abs(lines[f"{name}_bn"] - lines["plan_bn"])) / 2 for name in ("joint", "gap")}
    apart = sum(abs(lines["joint_bn"] - lines["gap_bn"])) / 2
    words = {f"moved_{name}": _whole(value, lang) for name, value in moved.items()}
    words |= {"total": _whole(total, lang), "apart": _whole(apart, lang)}
    words |= {"share": percent(100 * apart / total, lang, 1)}
    fresh = found.outcomes[found.outcomes["draws"] == "fresh"].set_index(["allocation", "r"])
    gained = [fresh.loc[("joint", r), "both_change"] for r in CASES]
    words |= {"gain": points(100 * gained[0], lang, 1), "gain0": points(100 * gained[1], lang, 1)}
    seen = found.outcomes[found.outcomes["draws"] == "search"].set_index(["allocation", "r"])
    flattered = seen.loc[("joint", 1), "both_change"]
    words |= {"searched": points(100 * flattered, lang, 1)}
    near = say("allocation.close" if apart < total / 20 else "allocation.apart", lang, **words)
    channel = say("channel.enabling", lang)
    items = [say("allocation.rewards", lang), near]
    if any(row.channel == "enabling" and row.total_3y for row in package.budget):
        items.append(say("allocation.no_effect", lang, channel=channel))
    items += [say("allocation.law", lang), say("allocation.judgement", lang)]
    return bullets(items)


def _whole(value, lang):
    return money_text(float(value), lang, 0)
