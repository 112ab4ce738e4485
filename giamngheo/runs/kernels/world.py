"""What the notebooks on one package share, computed before they are forked: trend, draws and counterfactuals."""

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
from giamngheo.simulation.list_flows import flows_by_case, published_flows, returns_if_permanent
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import make_ahead, shared_draws
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
    flows_by_case(outcome)  # of the year before the money
    plan_effect(package, plan, shared)
    returns_if_permanent(published_flows())
    few = shared_draws(package, draws=min(draws, DRAWS), seed=seed)
    few = make_ahead(replace(few, register=register_in_effect(few.register, outcome.trend.prior)))
    learned = learned_assumptions(outcome.trend)
    unchanged(package, scenario, few)  # the tornado of each scenario's turns changes the same assumptions
    ends(package, scenario, few, learned, TURNERS)
