"""Several scenarios side by side, draw by draw on common random numbers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.judged import judged_targets, level_pair
from giamngheo.inputs.package import Package, load_package
from giamngheo.inputs.scenario import GIVEN_ID, Scenario, load_scenario
from giamngheo.simulation.outcomes import CASES, Simulation, simulate
from giamngheo.simulation.shared_draws import of_package, shared_draws
from giamngheo.simulation.targets import above_target, target_chances, target_days


def compare(scenarios, package=None, *, draws=None, seed=None, shared=None):
    """Simulate several scenarios and set their chances, rates and money side by side.

    Parameters
    ----------
    scenarios : sequence of str, path-like, mapping, Scenario or Simulation
        As of `simulate`, mixed at will; keys without an id are called mine, mine_2 and so on.
    package : Package, optional
        Default: that of `shared` or of a Simulation among them, else the project's own.
    draws, seed : int, optional
        Default: those of a Simulation among them, else 20 000 and 0.
    shared : SharedDraws, optional
        Shared work of many scenarios of the package; it then gives draws and seed.

    Returns
    -------
    DataFrame
        One row a scenario and case of additionality that it leaves open: scenario, case ("continued", "new", or
        "r = 0.5" where a scenario sets it), money_delivered_bn_vnd, chance_<target> and chance_both (0..1),
        <status>_pct (median rate at its target's date, percent), households_above_<target> and
        households_above_both (median; only with counts).

    Raises
    ------
    RefusedInput
        Two scenarios of one id; simulations of another package, number of draws or seed, or without the
        years of the targets; what `simulate` refuses.
    """
    scenarios = _listed(scenarios)
    first = next((each for each in scenarios if isinstance(each, Simulation)), None)
    if shared is None:
        package = package or (first.package if first else load_package())
        draws = draws if draws is not None else first.trend.n_draws if first else 20_000
        seed = seed if seed is not None else first.trend.seed if first else 0
        shared = shared_draws(package, draws=draws, seed=seed)
    elif package is not None:
        of_package(shared, package)
    given = {}
    for each in scenarios:  # all are checked before one is simulated
        one = _checked(each, shared, given)
        name = one.scenario.id if isinstance(one, Simulation) else one.id
        if name in given:
            raise RefusedInput(
                f"scenarios: two are called '{name}'; give one of them another id, or leave it out"
            )
        given[name] = one
    made = (
        one
        if isinstance(one, Simulation)
        else simulate(shared.package, one, shared=shared, years=target_days(shared.package))
        for one in given.values()
    )
    return pd.DataFrame([row for one in made for row in _rows(one)])


def _listed(scenarios):
    alone = isinstance(scenarios, str | Mapping | Scenario | Simulation | Package)
    try:
        listed = None if alone else list(scenarios)
    except TypeError:
        listed = None
    if not listed:
        what = "nothing" if listed == [] else type(scenarios).__name__
        so = "compare(['full_plan', 'double'], package)"
        raise RefusedInput(f"scenarios: {what}, where a list of them is expected first, such as {so}")
    return listed


def _checked(each, shared, given):
    """A simulation of the same draws, or a scenario that the package can use (Simulation or Scenario)."""
    if isinstance(each, Simulation):
        known, wanted = (each.trend.n_draws, each.trend.seed), (shared.draws, shared.seed)
        if known != wanted:
            raise RefusedInput(
                f"scenarios: {each.scenario.id} has {known[0]} draws of seed {known[1]}, the others {wanted[0]} of "
                f"seed {wanted[1]}; give its Scenario instead, so that all are compared draw by draw"
            )
        of_package(shared, each.package)
        if not {target.as_of for target in judged_targets(each.package)} <= {*each.years}:
            only = ", ".join(map(str, each.years))
            raise RefusedInput(
                f"scenarios: {each.scenario.id} was simulated at {only} alone, and targets are due on other days; give "
                "its Scenario instead"
            )
        return each
    if isinstance(each, Mapping) and "id" not in each and GIVEN_ID in given:
        free = next(n for n in range(2, len(given) + 3) if f"{GIVEN_ID}_{n}" not in given)
        each = {"id": f"{GIVEN_ID}_{free}", **each}
    return load_scenario(each, shared.package)


def _rows(one):
    package = one.package
    closed = {CASES[r] for r in CASES if r not in one.shown}
    for name, case in one.named.items():
        if name in closed:
            continue
        row = {"scenario": one.scenario.id, "case": name, "money_delivered_bn_vnd": float(case.money.total)}
        row |= {f"chance_{key}": p for key, p in target_chances(package, case).items()}
        for status, target in level_pair(package).items():
            at = case.years.index(target.as_of)
            row[f"{status}_pct"] = float(np.median(case.draws["all", status][:, at]))
        row |= {f"households_above_{key}": n for key, n in above_target(package, case).items()}
        yield row
