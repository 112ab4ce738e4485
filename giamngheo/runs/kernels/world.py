"""What the notebooks on one package share, computed before they are forked: trend, draws and counterfactuals."""

import mmap
import os
import pickle
from dataclasses import replace

from giamngheo import paths
from giamngheo.analysis.plan_effect import plan_effect
from giamngheo.analysis.sensitivity.cases import ends, unchanged
from giamngheo.analysis.sensitivity.tornado import DRAWS
from giamngheo.analysis.sensitivity.turning_points import TURNERS
from giamngheo.forecasting.learned import learned_assumptions
from giamngheo.forecasting.prior import register_in_effect
from giamngheo.inputs.package import load_package
from giamngheo.inputs.scenario import load_scenario
from giamngheo.simulation import list_flows
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import made_ahead, make_ahead, shared_draws
from giamngheo.simulation.targets import target_days

MINE = {
    "id": "my_own",
    "funding": {"all": 0.5},
}  # what 03_scenario offers to change, and shows beside its scenario


def prepare(package, draws, seed):
    """Make ahead what every scenario of a package needs, for this process and those forked from it.

    Parameters
    ----------
    package : str
        Its folder, as a notebook's parameter.
    draws, seed : int
    """
    package = load_package(paths.find(package))
    plan = load_scenario("full_plan", package)
    scenario = load_scenario(MINE, package)  # any money but the plan's, which moves nothing
    shared = make_ahead(shared_draws(package, draws=draws, seed=seed))
    outcome = simulate(package, scenario, shared=shared)
    for each in (outcome, simulate(package, plan, shared=shared)):  # beside each scenario's own
        for case in each.cases.values():
            dict(case.draws)  # of every group
    simulate(
        package, scenario, shared=shared, years=target_days(package)
    )  # as `compare` does, and of what is not lent
    list_flows.flows_by_case(outcome)  # of the year before the money
    plan_effect(package, plan, shared)
    list_flows.returns_if_permanent(list_flows.published_flows())
    few = shared_draws(package, draws=min(draws, DRAWS), seed=seed)
    few = make_ahead(replace(few, register=register_in_effect(few.register, outcome.trend.prior)))
    learned = learned_assumptions(outcome.trend)
    unchanged(package, scenario, few)  # the tornado of each scenario's turns changes the same assumptions
    ends(package, scenario, few, learned, TURNERS)


def hand_over(descriptor):
    """Put what `prepare` made here where another process can take it over.

    Parameters
    ----------
    descriptor : int
        Of an empty file in memory.
    """
    arrays = []
    made = made_ahead, list_flows.made_returns, list_flows.made_years
    head = pickle.dumps(made, pickle.HIGHEST_PROTOCOL, buffer_callback=lambda each: arrays.append(each.raw()))
    with os.fdopen(os.dup(descriptor), "wb") as file:
        pickle.dump((head, [len(each) for each in arrays]), file)
        for each in arrays:
            file.seek(_aligned(file.tell()))
            file.write(each)


def take_over(descriptor):
    """Hold what another process handed over as if it had been made here; its arrays stay where they are."""
    file = os.fdopen(descriptor, "rb")
    file.seek(0)  # its place is that of whoever wrote it
    head, sizes = pickle.load(file)
    place, arrays = file.tell(), []
    memory = memoryview(
        mmap.mmap(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    )
    for size in sizes:
        place = _aligned(place)
        arrays.append(memory[place : place + size])
        place += size
    ahead, returns, years = pickle.loads(head, buffers=arrays)
    made_ahead.extend(ahead)
    list_flows.made_returns.update(returns)
    list_flows.made_years.update(years)


def _aligned(place):
    return -(-place // 64) * 64  # as numpy's own arrays lie
