"""How money acts, and how much: what each line does, how far thresholds move, the plan's effect, the poverty gap."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from giamngheo.forecasting.scales import probit
from giamngheo.inputs.tables import Reading
from giamngheo.simulation.money import money, scaled
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


class PoorNow(NamedTuple):
    """The poor households of the last reading, and the reading that counted: itself, or an older one."""

    reading: Reading
    households: float
    counted: Reading


def poor_now(package):
    """Poor households at the last reading: as counted there, else its rate of all that the last count implies.

    A count on the line before is not of those who are poor on the line in force.

    Parameters
    ----------
    package : Package

    Returns
    -------
    PoorNow or None
        None where no reading has both a count and a rate.
    """
    counted, line = package.last_counted(), package.last_line[0].poverty_line
    own = [
        r
        for r in package.readings
        if (r.group, r.status, r.poverty_line) == ("all", "poor", line) and r.rate_pct
    ]
    if counted is None or counted.poverty_line == line or not own:
        return counted and PoorNow(counted, counted.households, counted)
    last = max(own, key=lambda reading: reading.as_of)
    return PoorNow(last, package.group_size("all") * float(last.rate_pct) / 100, counted)


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
    now = poor_now(package)
    if now is None:
        return None
    drawn, (rural, urban) = base.drawn, package.poor_lines_vnd_month
    line = drawn["rural_share"] * rural + (1 - drawn["rural_share"]) * urban
    ratio = poverty_gap_ratio(probit(float(now.reading.rate_pct) / 100), drawn["spread_below_line"])
    return ratio * line * 12 * drawn["persons_per_household"] * now.households / 1e9


def line_effects(package, scenario, shared):
    """What each budget line does for those it reaches, and how many of the poor that is, in the last year.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws

    Returns
    -------
    DataFrame
        A row a budget line, medians over the draws: line, channel, delivered_bn_vnd (of the whole period),
        poor_reached_pct (c: of all poor households), gain_pct (g: income gained by those reached, percent of the
        poverty line), left_a_year_later (share of the effect), group (who alone may receive it). A line that raises
        no measured income has a gain of 0 and no reach.
    """
    base, delivered = shared.counterfactual(scenario), money(package, scenario).by("line")
    effects = base.effects(scenario.targeting, None if scenario.group == "all" else scenario.group)
    places = tuple(range(base.first, len(base.trend.years)))
    population = base.population(places)
    spent, found = base.spent_of(effects, money(package, scenario).by("line", "year"), places), {}
    for effect in effects:
        stock = population.stocks[effect.reserved]
        times = spent[effect.line].poor[-1] / np.maximum(stock.poor[-1], 1e-9)
        covered = np.minimum(times, 1) * stock.poor[-1] / np.maximum(population.stocks[None].poor[-1], 1e-9)
        found[effect.line] = {
            "poor_reached_pct": 100 * np.median(covered),
            "gain_pct": 100 * np.median(effect.gain * np.maximum(times, 1)),
            "left_a_year_later": np.median(effect.persistence),
            "group": effect.reserved or "all",
        }
    nothing = {"poor_reached_pct": np.nan, "gain_pct": 0.0, "left_a_year_later": np.nan, "group": "all"}
    rows = [
        {"line": row.line, "channel": row.channel, "delivered_bn_vnd": float(delivered[row.line])}
        | found.get(row.line, nothing)
        for row in package.budget_lines
    ]
    return pd.DataFrame(rows)


def threshold_shifts(simulation):
    """How far a scenario lowers the thresholds of all households below those of the forecast.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    DataFrame
        case, status ("poor"; "poor_or_near_poor" where there are such readings), as_of, trend_pct and rate_pct
        (medians), shift_q10, shift_q50 and shift_q90 of ``z(trend) - z(scenario)`` in probits: by money, and by what
        else the scenario changes.
    """
    rows = []
    for name, case in simulation.named.items():
        for status in ("poor", "poor_or_near_poor"):
            if ("all", status) not in case.draws:
                continue
            trend, rate = case.trend.draws["all", status], case.draws["all", status]
            fallen = np.zeros_like(rate) if rate is trend else probit(trend / 100) - probit(rate / 100)
            ends = np.quantile(fallen, (0.1, 0.5, 0.9), axis=0)
            medians = {"trend_pct": np.median(trend, axis=0), "rate_pct": np.median(rate, axis=0)}
            when = {"case": name, "status": status, "as_of": pd.to_datetime(list(case.years))}
            shifts = dict(zip(("shift_q10", "shift_q50", "shift_q90"), ends, strict=True))
            rows.append(pd.DataFrame(when | medians | shifts))
    return pd.concat(rows, ignore_index=True)
