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
        core, fallen = drawn["hard_core_pct"] / 100, trend.paths[group]["fallen"]
        last_poor, last_upper = _last_shares(trend, group)
        z_poor = _above_core(z_poor, fallen, core, last_poor, _past_shares(trend, group, ("poor",)))
        if z_upper is not None:
            past = _past_shares(trend, group, ("poor", "near_poor"))
            z_upper = _above_core(z_upper, fallen, core, last_upper, past)
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


def _past_shares(trend, group, statuses):
    """Shares below a line, line by line, at the instants at which all its statuses were read (list of ndarray)."""
    rows = trend.history
    rows = rows[(rows["group"] == group) & rows["status"].isin(statuses)]
    by_line = (
        part.pivot(index="as_of", columns="status", values="rate_pct")
        .reindex(columns=list(statuses))
        .dropna()
        for _, part in rows.groupby("poverty_line", sort=False)
    )
    return [part.sum(axis=1).to_numpy() / 100 for part in by_line]


def _above_core(z, fallen, core, last_share, past):
    """A threshold when a core of all households stays below it, and the others move as their own readings did.

    The readings less the core fell by more probits than the readings themselves: the drift of those who can be lifted
    is larger by that ratio.
    """
    core = np.minimum(core, 0.9 * np.concatenate([[last_share], *past]).min())

    def lifted(share):
        return probit((share - core) / (1 - core))

    moved = [
        np.abs(np.diff([lifted(share) for share in shares], axis=0)) for shares in past if len(shares) > 1
    ]
    whole = [np.abs(np.diff(probit(shares))) for shares in past if len(shares) > 1]
    faster = np.concatenate(moved).sum(axis=0) / np.concatenate(whole).sum() if moved else 1.0
    start = lifted(last_share) - probit(last_share)
    return probit(core + (1 - core) * ndtr(z + start - (faster - 1) * fallen))


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
