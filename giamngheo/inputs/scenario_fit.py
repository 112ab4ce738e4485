"""Whether a scenario fits a package: its years, budget lines, groups, sources, and the total it keeps."""

from fractions import Fraction
from math import prod

from giamngheo.inputs.assumptions import load_register
from giamngheo.inputs.errors import RefusedInput, shown, unknown
from giamngheo.inputs.tables import CHANNELS, SOURCES, channel_family


def check_scenario(scenario, package, file=None, lines=None):
    """Check a scenario against a package.

    Parameters
    ----------
    scenario : Scenario
    package : Package
    file : path-like, optional
        Where it was read, for the message.
    lines : dict, optional
        Key path to line of the file.

    Returns
    -------
    Scenario
        The same, with factors for every year spelled out by year.

    Raises
    ------
    RefusedInput
        An unknown year, budget line, group or assumption; a source where the plan tells none; a total that cannot be
        kept.
    """
    budget = [row.line for row in package.budget_lines]
    groups = list(dict.fromkeys(row.group for row in package.readings))
    last = max(row.as_of for row in package.readings)
    ahead = range(last.year + ((last.month, last.day) == (12, 31)), package.deadline.year + 1)
    funding = scenario.funding
    named = [("budget line", key, budget, ("funding", "by_line", key)) for key in funding.by_line]
    named += [
        ("channel or budget line", key, [*CHANNELS, *budget], ("targeting", key))
        for key in scenario.targeting
    ]
    named += [("group", scenario.group, groups, ("group",))]
    named += [("assumption", key, load_register(), ("assumptions", key)) for key in scenario.assumptions]
    named += [("year", year, package.years, ("funding", "all", year)) for year in funding.all]
    for table in ("by_source", "by_channel", "by_line"):
        for key, factors in getattr(funding, table).items():
            named += [("year", year, package.years, ("funding", table, key, year)) for year in factors]
    named += [("year", year, ahead, ("shock", year)) for year in scenario.shock]
    named += [("year", year, ahead, ("growth", year)) for year in scenario.growth]
    problems = [
        problem(file or f"scenario {scenario.id}", place, _unknown(what, word, known), lines or {})
        for what, word, known, place in named
        if word not in known
    ]
    problems += [
        problem(file or f"scenario {scenario.id}", place, what, lines or {})
        for place, what in (*_untold(funding, package), *_not_kept(funding, package))
    ]
    if problems:
        raise RefusedInput(problems)
    tables = {
        table: {key: factors.over(package.years) for key, factors in getattr(funding, table).items()}
        for table in ("by_source", "by_channel", "by_line")
    }
    spelled = funding.model_copy(update={"all": funding.all.over(package.years), **tables})
    return scenario.model_copy(update={"funding": spelled})


def _unknown(what, word, known):
    if what == "year":  # the nearest year is a matter of distance, not of spelling
        closest = min(known, key=lambda year: abs(year - word))
        return f"unknown year '{word}'; nearest: {closest} (known: {', '.join(map(str, known))})"
    return unknown(what, word, known)


def moves_sources(funding, package):
    """Whether shares of sources, if any are set, tell sources of the plan apart (bool)."""
    giving = {name for name in SOURCES if any(getattr(row, name) for row in package.budget_lines)}
    return not funding.by_source or (len(giving) > 1 and not giving.isdisjoint(funding.by_source))


def gives(package, source):
    """Whether a plan tells what each source gives to each line, and this one gives something (bool)."""
    lines = package.budget_lines
    return all(row.told for row in lines) and any(getattr(row, source) for row in lines)


def _untold(funding, package):
    """A share of a source where the plan does not tell what each source gives, as (place, what)."""
    untold = [row.line for row in package.budget_lines if not row.told]
    if funding.by_source and untold:
        yield (
            ("funding", "by_source"),
            f"the plan does not tell what each source gives to '{untold[0]}' (budget.csv); nearest: funding.all",
        )


def _not_kept(funding, package):
    """Lines named at equal cost that take more than there is, or leave no other to take it from."""
    if (
        not funding.keep_total or funding.by_source
    ):  # sources are as exact as `simulation.money`, which looks again
        return
    for year in package.years:
        named = rest = 0
        for row in package.budget_lines:
            tables = (
                funding.by_line.get(row.line),
                *(funding.by_channel.get(name) for name in (row.channel, channel_family(row.channel))),
            )
            amount = Fraction(row.total_3y) * funding.all.get(year, Fraction(1))
            share = prod(
                (table.get(year, Fraction(1)) for table in tables if table is not None), start=Fraction(1)
            )
            if any(table is not None for table in tables):
                named += amount * share - amount
            else:
                rest += amount
        if named > rest or (named and not rest):
            yield (
                ("funding", "keep_total"),
                f"the lines named take more than there is in {year}; nothing is left to take it from; nearest: false",
            )
            return


def problem(file, place, what, lines):
    """The sentence for what is wrong at a place of a scenario (str)."""
    texts = tuple(str(part) for part in place)
    line = next((lines[texts[:n]] for n in range(len(texts), 0, -1) if texts[:n] in lines), None)
    return f"{shown(file)}{f':{line}' if line else ''}: {'.'.join(texts)}: {what}"
