"""Where the thresholds and the households stand before any difference in money."""

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit


def before_money(trend, group, scenario, register, drawn):
    """Probits below the two lines with shock, deadline push and hard core; the forecast's own where none is set.

    Parameters
    ----------
    trend : Forecast
    group : str
    scenario : Scenario
    register : mapping of str to Assumption
    drawn : mapping of str to ndarray (n_draws,)
        Draws of the register.

    Returns
    -------
    tuple of ndarray (n_years, n_draws)
        The second None without a near-poor line.
    """
    z_poor, log_gap = trend.paths[group]["level"], trend.paths[group]["log_gap"]
    z_upper = None if log_gap is None else z_poor + np.exp(log_gap)
    change = np.zeros_like(z_poor)
    for year, size in scenario.shock.items():
        size = drawn[size] if isinstance(size, str) else float(size)
        for place, day in enumerate(trend.years):
            if day.year >= int(year):
                change[place] += size * drawn["shock_persistence"] ** (day.year - int(year))
    if register["deadline_push"].fixed != 0:
        change[-1] -= drawn["deadline_push"]
    if change.any():
        z_poor, z_upper = z_poor + change, None if z_upper is None else z_upper + change
    if register["hard_core_pct"].fixed != 0:
        last_poor, last_upper = _last_shares(trend, group)
        z_poor = _above_core(z_poor, drawn["hard_core_pct"] / 100, last_poor)
        z_upper = None if z_upper is None else _above_core(z_upper, drawn["hard_core_pct"] / 100, last_upper)
    return z_poor, z_upper


def _last_shares(trend, group):
    """Last published shares below the two lines; for a group not read on the last line, its first median forecast."""
    rows = trend.history
    rows = rows[(rows["group"] == group) & (rows["poverty_line"] == trend.poverty_line)]
    if rows.empty:
        first = {
            status: np.median(trend.draws[group, status][:, 0]) / 100
            for name, status in trend.draws
            if name == group
        }
        return first["poor"], first.get("poor_or_near_poor", first["poor"])
    last = rows[rows["as_of"] == rows["as_of"].max()].set_index("status")["rate_pct"] / 100
    return last["poor"], last.sum()


def _above_core(z, core, last_share):
    """A threshold when a core of all households stays below it and the others move by the same probits."""
    core = np.minimum(core, 0.9 * last_share)
    start = probit((last_share - core) / (1 - core)) - probit(last_share)
    return probit(core + (1 - core) * ndtr(z + start))


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
        None where no count is published on the last line.
    """
    last = package.last_counted()
    if last is None or last.poverty_line != package.last_line[0].poverty_line:
        return None
    growth = [scenario.growth.get(day.year) for day in years]
    yearly = [
        drawn["household_growth_pct"] if g is None else np.full(len(drawn["rural_share"]), g) for g in growth
    ]
    factors = 1 + np.array(yearly) / 100
    factors[0] **= years[0].year - last.as_of.year  # the count may be older than the last reading
    return last.households / float(last.rate_pct) * 100 * np.cumprod(factors, axis=0)
