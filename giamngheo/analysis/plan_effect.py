"""How much the plan moves, and how much is missing: its effect on the poor rate, and the poverty gap beside it."""

from giamngheo.forecasting.scales import probit
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.poverty_measures import poverty_gap_ratio


def plan_effect(package, scenario, shared):
    """How far a scenario's money, against none, lowers the poor rate at the last instant.

    Parameters
    ----------
    package : Package
    scenario : Scenario
        The full plan, for what the whole plan does.
    shared : SharedDraws

    Returns
    -------
    ndarray (n_draws,)
        Percentage points, >= 0.
    """
    whole = simulate_case(package, scenario, shared=shared)
    bare = simulate_case(package, scaled(scenario, 0), shared=shared)
    return bare.draws["all", "poor"][:, -1] - whole.draws["all", "poor"][:, -1]


def poverty_gap_bn(package, base):
    """What all poor households lacked to reach the poverty line at the last reading, billion VND a year.

    Parameters
    ----------
    package : Package
    base : Counterfactual

    Returns
    -------
    ndarray (n_draws,) or None
        None where no count of households is published.
    """
    last = package.last_counted()
    if last is None:
        return None
    drawn, (rural, urban) = base.drawn, package.poor_lines_vnd_month
    line = drawn["rural_share"] * rural + (1 - drawn["rural_share"]) * urban
    ratio = poverty_gap_ratio(probit(float(last.rate_pct) / 100), drawn["spread_below_line"])
    return ratio * line * 12 * drawn["persons_per_household"] * last.households / 1e9
