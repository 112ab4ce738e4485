"""A population group beside all other households: both rates, the gap between them, and what a scenario in the
group's favour gives it and takes from the others.

The province and the group are simulated on their own; the others are what is left of the province when the group
is taken out, weighted by households, so that the parts add up to the whole in every draw.
"""

from fractions import Fraction

import numpy as np
import pandas as pd

from giamngheo.forecasting.draws import mean_and_quantiles
from giamngheo.simulation.money import with_multiples
from giamngheo.simulation.outcomes import CASES, at_case, simulate_case

PARTS = ("group", "rest", "all", "gap")
FULL_PLAN = "full_plan"
SUMMARY = ("mean", "q10", "q50", "q90")
LEVELS = ("scenario", "case", "who", *SUMMARY, "weight_pct", "impossible")
CHANGES = ("case", "who", *SUMMARY, "households")


def counted_groups(package, trend):
    """Groups that are forecast and whose number of households is known (tuple of str).

    Parameters
    ----------
    package : Package
    trend : Forecast
    """
    return tuple(group for group in trend.groups if group != "all" and package.group_size(group))


def parts(package, case, group):
    """Poverty rates of a group, of all other households and of all together at the last instant.

    Parameters
    ----------
    package : Package
    case : Case
        With counts of households.
    group : str

    Returns
    -------
    dict of str to ndarray (n_draws,)
        group, rest, all (percent of their own households), gap (group less rest, points), weight (the group's
        share of all households, 0..1) and households (of all).

    Notes
    -----
    The group keeps the number of households of its last reading (`Package.group_size`), as when money reaches it;
    all others grow. Group and province are drawn on their own, so that the group can, rarely, have more poor
    than the province and the rest a rate below zero: `impossible` counts such draws, none is clipped.
    """
    whole, own = (case.draws[name, "poor"][:, -1] for name in ("all", group))
    households = case.households[:, -1]
    weight = package.group_size(group) / households
    rest = (whole - weight * own) / (1 - weight)
    return {
        "group": own,
        "rest": rest,
        "all": whole,
        "gap": own - rest,
        "weight": weight,
        "households": households,
    }


def impossible(made):
    """Share of draws in which the group would have more poor than all households (float, 0..1)."""
    return float((made["rest"] < 0).mean())


def levels(package, results, group):
    """Rates of the group, the rest and all, and the gap, under some scenarios.

    Parameters
    ----------
    package : Package
    results : mapping of str to Simulation
    group : str

    Returns
    -------
    DataFrame
        scenario, case (of `CASES`), who (`PARTS`), mean, q10, q50, q90 (percent; points for the gap), weight_pct
        (the group's share of households, median), impossible (share of draws).
    """
    rows = []
    for name, result in results.items():
        for r, case in result.cases.items():
            made = parts(package, case, group)
            more = {"weight_pct": float(100 * np.median(made["weight"])), "impossible": impossible(made)}
            rows += [
                {"scenario": name, "case": CASES[r], "who": who} | mean_and_quantiles(made[who]) | more
                for who in PARTS
            ]
    return pd.DataFrame(rows)


def group_levels(package, results):
    """`levels` of each counted group under the full plan and, where it is among the results, under ``<group>_first``.

    Parameters
    ----------
    package : Package
    results : mapping of str to Simulation
        "full_plan" among them.

    Returns
    -------
    DataFrame
        group, and the columns of `levels`; empty where no group's households are counted.
    """
    found = []
    for group in _counted(package, results[FULL_PLAN]):
        chosen = {name: results[name] for name in (FULL_PLAN, f"{group}_first") if name in results}
        found.append(levels(package, chosen, group).assign(group=group))
    return _stacked(found, ("group", *LEVELS))


def group_changes(package, results, shared):
    """`changes` that the scenario ``<group>_first`` brings, for each counted group that has one among the results.

    Parameters
    ----------
    package : Package
    results : mapping of str to Simulation
        "full_plan" among them.
    shared : SharedDraws
        That all were simulated on.

    Returns
    -------
    DataFrame
        group, scenario, and the columns of `changes`; empty where there is none.
    """
    plan, found = results[FULL_PLAN], []
    for group in _counted(package, plan):
        if (name := f"{group}_first") in results:
            moved = changes(package, plan, results[name], group, shared)
            found.append(moved.assign(group=group, scenario=name))
    return _stacked(found, ("group", "scenario", *CHANGES))


def _counted(package, plan):
    case = plan.cases[1]
    return () if case.households is None else counted_groups(package, case.trend)


def _stacked(frames, columns):
    columns = list(columns)
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def changes(package, plan, other, group, shared):
    """What a scenario moves against the plan: for the group, for the others, for all.

    Parameters
    ----------
    package : Package
    plan, other : Simulation
    group : str
    shared : SharedDraws
        That both were simulated on.

    Returns
    -------
    DataFrame
        case (of `CASES`), who (`PARTS`), mean, q10, q50, q90 (points, draw by draw), households (mean change in
        poor households; NaN for the gap).

    Notes
    -----
    For the others, the lines reserved for the group are left as planned: they cannot reach the others, but the
    two local distributions, of the group and of all, differ a little, and that difference would fall on a rest
    which is taken by subtraction. So the parts' changes add up to that of all only up to this difference.
    """
    rows = []
    reserved = [row.line for row in package.budget_lines if row.group == group]
    for r, case in other.cases.items():
        old, new = (parts(package, pair.cases[r], group) for pair in (plan, other))
        delivered, planned = (case.money.by("line", which=which) for which in ("delivered", "planned"))
        back = {
            line: Fraction(planned[line]) / Fraction(delivered[line])
            for line in reserved
            if delivered[line] and planned[line] != delivered[line]
        }
        bare = new
        if back:
            kept = at_case(with_multiples(package, other.scenario, back), r)
            bare = parts(package, simulate_case(package, kept, shared=shared), group)
        moved = {who: new[who] - old[who] for who in ("group", "all")} | {"rest": bare["rest"] - old["rest"]}
        moved["gap"] = moved["group"] - moved["rest"]
        own = new["weight"] * new["households"]
        base = {"group": own, "rest": new["households"] - own, "all": new["households"]}
        for who in PARTS:
            count = float((moved[who] / 100 * base[who]).mean()) if who in base else np.nan
            rows.append(
                {"case": CASES[r], "who": who} | mean_and_quantiles(moved[who]) | {"households": count}
            )
    return pd.DataFrame(rows)
