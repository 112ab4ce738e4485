"""What moves the answer most: a tornado, maps of two assumptions, and conclusions that turn round.

One assumption at a time, or two, at given values, all others drawn; `sobol_indices` lets all vary at once.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from giamngheo.analysis.sensitivity.cases import ENDS, variants
from giamngheo.analysis.sensitivity.sobol_indices import CONTINUITY, open_range
from giamngheo.forecasting.draws import override, values_at
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import CASES, Outcome, outcome
from giamngheo.simulation.targets import BOTH, CHANCE_SCALE, chance_class

MONEY = "share_of_plan"
DRAWS = 4_000  # of a tornado: what it shows are differences to the case shown, on the same draws
GRID = (0.1, 0.3, 0.5, 0.7, 0.9)  # quantiles of a map
SURE = 2.0  # standard errors by which a conclusion must turn


def tornado(package, scenario, shared, names=None):
    """Chances with one assumption at a time at the ends of its range, all others drawn.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    names : sequence of str, optional
        Default: every assumption of the register that is not fixed, or that has an alternative distribution.

    Returns
    -------
    list of dict
        As of `analysis.sensitivity.cases.variants`, whose rows come first (what the first screen shows); then two
        rows for each further assumption, at its 10 % and 90 % quantiles.
    """
    shared = shared.fork()
    outcome(package, scenario, shared)  # what all cases share is drawn once
    rows = variants(package, scenario, shared.fork())
    seen = {row["assumption"] for row in rows}
    wanted = [
        name
        for name in names or _uncertain(shared.register)
        if name not in seen or open_range(shared.register[name])
    ]
    return rows + ends(package, scenario, shared, wanted)


def ends(package, scenario, shared, names):
    """Chances with each of some assumptions at its 10 % and its 90 % quantile, all others drawn.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    names : sequence of str

    Returns
    -------
    list of dict
        assumption, to, value, pair, as of `analysis.sensitivity.cases.variants`, without the unchanged case.
    """
    rows, shared = [], shared.fork()
    outcome(package, scenario, shared)
    for name in names:
        for quantile in ENDS:
            value = at_quantile(shared.register, name, quantile)
            chances = chances_at(package, fixed_at(scenario, {name: value}), shared)
            rows.append(
                {"assumption": name, "to": "number", "value": value, "pair": Outcome(scenario, {}, chances)}
            )
    return rows


def anchored(rows, base):
    """Rows of few draws with the case shown taken from many: the same factors of the odds, applied to it.

    Parameters
    ----------
    rows : list of dict
        As of `tornado`, the unchanged case first.
    base : Outcome
        The unchanged case, from more draws.

    Returns
    -------
    list of dict
        The same rows; every chance lies between 0 and 1 and the unchanged case is `base`.
    """
    few = rows[0]["pair"].by_case
    moved = []
    for row in rows:
        found = row["pair"].by_case
        chances = {
            r: {key: anchor(p, few[r][key], base.by_case[r][key]) for key, p in found[r].items()}
            for r in found
        }
        moved.append(row | {"pair": Outcome(row["pair"].scenario, {}, chances)})
    return moved


def anchor(chance, few, many):
    """A chance of few draws moved as the unchanged case moves with more: the factor of the odds is kept.

    Parameters
    ----------
    chance, few, many : float
        Of the changed case, of the unchanged one on the same draws, and of the unchanged one on more.

    Returns
    -------
    float
        0..1; `many` where nothing changed, and the chance as it is where odds have no end.
    """
    if chance == few:
        return many
    if not 0 < few < 1 or not 0 < many < 1 or not 0 < chance < 1:
        return chance
    odds = chance / (1 - chance) * (many / (1 - many)) / (few / (1 - few))
    return odds / (1 + odds)


def swing_table(rows):
    """The tornado as a table: how far each assumption moves each chance.

    Parameters
    ----------
    rows : list of dict
        As of `tornado` or `analysis.sensitivity.cases.variants`.

    Returns
    -------
    DataFrame
        assumption, r, target (or "both"), base, low, high (chances, 0..1), swing; largest of "both" first.
    """
    base, table = rows[0]["pair"].by_case, []
    grouped = {}
    for row in rows[1:]:
        grouped.setdefault(row["assumption"], []).append(row["pair"].by_case)
    for name, found in grouped.items():
        for r in CASES:
            for target, chance in base[r].items():
                reached = [chances[r][target] for chances in found] + [chance]
                low, high = min(reached), max(reached)
                table.append((name, r, target, chance, low, high, high - low))
    for target in base[1]:
        ends = [base[r][target] for r in CASES]
        table.append((CONTINUITY, 1, target, ends[0], min(ends), max(ends), abs(ends[0] - ends[1])))
    frame = pd.DataFrame(table, columns=["assumption", "r", "target", "base", "low", "high", "swing"])
    rank = frame[frame["target"] == BOTH].groupby("assumption")["swing"].max()
    return frame.sort_values(
        "assumption", key=lambda column: -column.map(rank), kind="stable", ignore_index=True
    )


def turns(rows, draws):
    """Conclusions that turn round inside the plausible range of one assumption.

    Parameters
    ----------
    rows : list of dict
        As of `tornado`.
    draws : int
        Behind each chance; a change within the Monte-Carlo error of a chance is no turn.

    Returns
    -------
    DataFrame
        assumption, r, target, base, at (the chance that lies furthest off), value and to (the assumption
        there, as in the row), from_word, to_word (keys of `simulation.targets.CHANCE_WORDS`), words (steps of
        that scale), side (whether the chance crosses one half). Crossings of one half first, then the most
        steps. The choice of r counts as an assumption.
    """
    base, found = rows[0]["pair"].by_case, []
    scale = [word for word, _ in CHANCE_SCALE]
    cases = [
        (row["assumption"], row["to"], row["value"], r, row["pair"].by_case[r])
        for row in rows[1:]
        for r in CASES
    ]
    cases.append((CONTINUITY, "number", 0, 1, base[0]))
    for name, to, value, r, chances in cases:
        for target, chance in base[r].items():
            new = chances[target]
            error = np.sqrt(max(chance * (1 - chance), 1 / draws) / draws)
            words = chance_class(chance), chance_class(new)
            side = (chance < 0.5) != (new < 0.5)
            if abs(new - chance) <= SURE * error or (words[0] == words[1] and not side):
                continue
            steps = abs(scale.index(words[1]) - scale.index(words[0]))
            found.append((name, r, target, chance, new, value, to, *words, steps, side))
    columns = [
        "assumption",
        "r",
        "target",
        "base",
        "at",
        "value",
        "to",
        "from_word",
        "to_word",
        "words",
        "side",
    ]
    frame = pd.DataFrame(found, columns=columns)
    frame["_far"] = (frame["at"] - frame["base"]).abs()
    frame = frame.sort_values(["side", "words", "_far"], ascending=False, kind="stable").drop(columns="_far")
    return frame.drop_duplicates(["assumption", "r", "target"], ignore_index=True)


def chance_map(package, scenario, shared, first, second, *, values=None, base=None):
    """Chances over a grid of two assumptions, all others drawn.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    first, second : str
        Assumptions of the register, or "share_of_plan" (multiple of the money delivered).
    values : mapping of str to sequence of number, optional
        Values of each; default: the quantiles `GRID` of its range, and 0 to 2 for the share of the plan.
    base : Outcome, optional
        The case shown, from more draws: the map is anchored at it.

    Returns
    -------
    DataFrame
        The two values under their names, r, target (or "both"), chance; one row each.
    """
    values = values or {}
    axes = [values.get(name) or _axis(shared.register, name) for name in (first, second)]
    rows, shared = [], shared.fork()
    few = outcome(package, scenario, shared).by_case
    for one in axes[0]:
        row = shared.fork()  # the trend of a row of the map is made once
        for two in axes[1]:
            at = {first: one, second: two}
            chances = outcome(package, fixed_at(scenario, at), row).by_case
            rows += [
                at
                | {"r": r, "target": target}
                | {"chance": anchor(chance, few[r][target], base.by_case[r][target]) if base else chance}
                for r, found in chances.items()
                for target, chance in found.items()
            ]
    return pd.DataFrame(rows)


def _axis(register, name):
    if name == MONEY:
        return (0.0, 0.5, 1.0, 1.5, 2.0)
    return tuple(at_quantile(register, name, quantile) for quantile in GRID)


def _uncertain(register):
    return [name for name, row in register.items() if row.fixed is None or open_range(row)]


def at_quantile(register, name, quantile):
    """Value of an assumption at a quantile of its distribution, or of its alternative's (float)."""
    if open_range(register[name]):
        register = override(register, {name: register[name].alternative})
    return float(values_at(register[name], np.array([ndtri(quantile)]))[0])


def fixed_at(scenario, values):
    """The scenario with assumptions, or the share of the plan, at given numbers."""
    numbers = {name: {"fixed": value} for name, value in values.items() if name != MONEY}
    changed = scenario.model_copy(update={"assumptions": {**scenario.assumptions, **numbers}})
    return scaled(changed, values[MONEY]) if MONEY in values else changed


def chances_at(package, scenario, shared):
    """Chances of a scenario, r to {target or "both": probability}, on a workbench left as it was (dict)."""
    return outcome(package, scenario, shared.fork()).by_case
