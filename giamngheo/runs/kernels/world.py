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
from giamngheo.simulation.list_flows import published_flows, returns_if_permanent
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import make_ahead, shared_draws


def prepare(package, draws, seed):
    """Make ahead what every scenario of a package needs, for this process and those forked from it.

    Parameters
    ----------
    package : str
        Its folder, as a notebook's parameter.
    draws, seed : int
    """
    package = load_package(paths.find(package))
    scenario = scaled(
        load_scenario("full_plan", package), 0.5
    )  # any money but the plan's, which moves nothing
    shared = make_ahead(shared_draws(package, draws=draws, seed=seed))
    outcome = simulate(package, scenario, shared=shared)
    for case in outcome.cases.values():
        dict(case.draws)  # of every group
    plan_effect(package, load_scenario("full_plan", package), shared)  # beside each scenario's own
    returns_if_permanent(published_flows())
    few = shared_draws(package, draws=min(draws, DRAWS), seed=seed)
    few = make_ahead(replace(few, register=register_in_effect(few.register, outcome.trend.prior)))
    learned = learned_assumptions(outcome.trend)
    unchanged(package, scenario, few)  # the tornado of each scenario's turns changes the same assumptions
    ends(package, scenario, few, learned, TURNERS)
