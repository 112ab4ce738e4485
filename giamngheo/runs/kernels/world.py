"""What the notebooks on one package share, computed before they are forked: trend, draws and counterfactuals."""

import mmap
import os
import pickle
import select
from dataclasses import replace

from giamngheo import paths
from giamngheo.analysis.plan_effect import plan_effect
from giamngheo.analysis.sensitivity.cases import ends, unchanged
from giamngheo.analysis.sensitivity.tornado import DRAWS
from giamngheo.analysis.sensitivity.turning_points import TURNERS
from giamngheo.forecasting.learned import learned_assumptions
from giamngheo.forecasting.prior import register_in_effect
from giamngheo.forecasting.trend import package_forecast
from giamngheo.inputs.package import load_package
from giamngheo.inputs.scenario import ROOT_ID, load_scenario
from giamngheo.simulation import list_flows
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import made_ahead, make_ahead, shared_draws
from giamngheo.simulation.targets import target_days

MINE = {
    "id": "my_own",
    "funding": {"all": 0.5},
}  # what 03_scenario offers to change, and shows beside its scenario
WHOLE = b"handed over"  # stands first once all of it is there
ALIGNED = 64  # bytes, as numpy's own arrays lie
LEAST_DRAWS = 100


def prepare(package, draws, seed):
    """Make ahead what every scenario of a package needs, for this process and those forked from it.

    Parameters
    ----------
    package : str
        Its folder, as a notebook's parameter.
    draws, seed : int
    """
    package = load_package(paths.find(package))
    plan = load_scenario(ROOT_ID, package)
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


def hand_over(memory):
    """Put what `prepare` made here where another process can take it over.

    Parameters
    ----------
    memory : int
        Descriptor of an empty file in memory.
    """
    arrays = []
    made = made_ahead, list_flows.made_returns, list_flows.made_years
    head = pickle.dumps(made, pickle.HIGHEST_PROTOCOL, buffer_callback=lambda each: arrays.append(each.raw()))
    with os.fdopen(os.dup(memory), "wb") as file:
        file.seek(ALIGNED)
        pickle.dump((head, [len(each) for each in arrays]), file)
        for each in arrays:
            file.seek(_aligned(file.tell()))
            file.write(each)
    os.pwrite(memory, WHOLE, 0)


def take_over(process, memory, package, draws, seed):
    """Hold what another process hands over as if it had been made here; its arrays stay where they are.

    Parameters
    ----------
    process : int
        Descriptor of the process that calls `hand_over` and ends.
    memory : int
        As of `hand_over`; both are closed.
    package, draws, seed
        As of `prepare`.

    Returns
    -------
    bool
        Whether it was handed over.
    """
    # Meanwhile what libraries and our own caches keep of a forecast, which is not handed over.
    package_forecast(load_package(paths.find(package)), draws=LEAST_DRAWS, seed=seed)
    select.select([process], [], [])
    os.close(process)
    with os.fdopen(memory, "rb") as file:
        if file.seek(0) or file.read(ALIGNED)[: len(WHOLE)] != WHOLE:
            return False
        head, sizes = pickle.load(file)
        place, arrays = file.tell(), []
        access = {"flags": mmap.MAP_PRIVATE, "prot": mmap.PROT_READ | mmap.PROT_WRITE}
        whole = memoryview(mmap.mmap(memory, 0, **access))
    for size in sizes:
        place = _aligned(place)
        arrays.append(whole[place : place + size])
        place += size
    ahead, returns, years = pickle.loads(head, buffers=arrays)
    made_ahead.extend(ahead)
    list_flows.made_returns.update(returns)
    list_flows.made_years.update(years)
    return True


def _aligned(place):
    return -(-place // ALIGNED) * ALIGNED
