"""Where the thresholds and the households stand before any difference in money."""

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit
from giamngheo.simulation.hard_core import lifted


def before_money(trend, scenario, register, drawn, picks=None):
    """Probits below the two lines with shock, deadline push and hard core; the forecast's own where none is set.

    Parameters
    ----------
    trend : Forecast
    scenario : Scenario
    register : mapping of str to Assumption
    drawn : mapping of str to ndarray (n_draws,)
        Draws of the register.
    picks : ndarray (n_draws,) of int, optional
        The trend's draw beside each; default: all in order.

    Returns
    -------
    dict of str to tuple of ndarray (n_years, n_draws)
        By group; the second None without a near-poor line.
    """
    change, found = _change(trend, scenario, register, drawn), {}
    core = register["hard_core_pct"]
    lifted_of = lifted(trend, core, drawn["hard_core_pct"], picks) if core.fixed != 0 else {}
    for group, path in trend.paths.items():
        z_poor, log_gap = path["level"], path["log_gap"]
        if picks is not None:
            z_poor, log_gap = z_poor[:, picks], None if log_gap is None else log_gap[:, picks]
        z_poor, log_gap, still = lifted_of.get(group, (z_poor, log_gap, None))
        levels = z_poor, None if log_gap is None else z_poor + np.exp(log_gap)
        if change is not None:
            levels = tuple(None if z is None else z + change for z in levels)
        if still is not None:
            levels = tuple(None if z is None else probit(still + (1 - still) * ndtr(z)) for z in levels)
        found[group] = levels
    return found


def _change(trend, scenario, register, drawn):
    """What shock and deadline push do to a threshold (ndarray (n_years, n_draws) or None)."""
    change = np.zeros((len(trend.years), len(drawn["shock_persistence"])))
    for year, size in scenario.shock.items():
        size = drawn[size] if isinstance(size, str) else float(size)
        for place, day in enumerate(trend.years):
            if day.year >= int(year):
                change[place] += size * drawn["shock_persistence"] ** (day.year - int(year))
    if register["deadline_push"].fixed != 0:
        change[-1] -= drawn["deadline_push"]
    return change if change.any() else None


def household_counts(package, years, scenario, drawn):
    """Households of group all at the coming ends of year, from the last published count and its rate.

    Parameters
    ----------
    package : Package
    years : sequence of datetime.date
        Ends of year.
    scenario : Scenario
    drawn : mapping of str to ndarray (n_draws,)
        Draws of the register.

    Returns
    -------
    ndarray (n_years, n_draws) or None
        None where no count is published: which line it was made on does not matter to the number of all households.
    """
    last = package.last_counted()
    if last is None:
        return None
    growth = [scenario.growth.get(day.year) for day in years]
    yearly = [
        drawn["household_growth_pct"] if g is None else np.full(len(drawn["rural_share"]), g) for g in growth
    ]
    factors = 1 + np.array(yearly) / 100
    factors[0] **= years[0].year - last.as_of.year  # the count may be older than the last reading
    return last.households / float(last.rate_pct) * 100 * np.cumprod(factors, axis=0)
