"""The cases shown beside the main one: one assumption, prior or part of the money changed at a time.

A table of cases has a row for each case of additionality and target: assumption, to (what it is changed to: "number" or
"percent" with the value, or a word), value, case ("continued", "new"), target (or "both"), chance (0..1).
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from giamngheo.dates import decimal_year
from giamngheo.forecasting.draws import override, values_at
from giamngheo.forecasting.scales import probit
from giamngheo.inputs.scenario import load_scenario
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import CASES, simulate
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import target_days

BASE = "base"  # the unchanged case
BEYOND = "gap_as_last"  # a case shown beside the ranges, not inside one
CONTINUITY = "continuity"  # r, where it stands among the assumptions: the scenario's key for it
MONEY = "share_of_plan"  # the multiple of the money delivered, where it stands among them
ENDS = (
    0.1,
    0.9,
)  # quantiles that stand for the ends of an assumption's range: of what is known after the readings
COLUMNS = ["assumption", "to", "value", "case", "target", "chance"]


def unchanged(package, scenario, shared):
    """The scenario itself as a table of cases.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws

    Returns
    -------
    DataFrame
        `COLUMNS`, of the assumption `BASE`.
    """
    return _table(_rows(BASE, BASE, np.nan, _simulated(package, scenario, shared)))


def variants(package, scenario, shared, learned, references=("vn-survey", "national-line", "wide")):
    """A scenario with one assumption at a time changed to a case that is named or rounded for a reader.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
        Left as it was.
    learned : mapping of str to ndarray
        As of `forecasting.learned.learned_assumptions`.
    references : sequence of str
        Other groups of comparable series.

    Returns
    -------
    DataFrame
        `COLUMNS`; for another group of series `to` is its name.
    """
    changes = [("hard_core_pct", "percent", core, {"hard_core_pct": {"fixed": core}}) for core in (0.6, 1.0)]
    for word, kept in (("constant", 1.0), ("returning", 0.0)):
        changes.append(("drift_persistence", word, np.nan, {"drift_persistence": {"fixed": kept}}))
    if (growth := observed_gap_growth(package)) is not None:
        still = {"gap_moves": shared.register["gap_moves"].alternative}
        changes.append(("gap_moves", "still", np.nan, still))
        changes.append((BEYOND, "as_last", np.nan, {"gap_drift": {"fixed": growth}}))
    for name in ("carry_over", "pass_through_relief", "return_credit"):
        for end in ENDS:
            value = float(f"{at_quantile(shared.register, name, end, learned):.2g}")
            changes.append((name, "number", value, {name: {"fixed": value}}))
    push = {"deadline_push": shared.register["deadline_push"].alternative}
    changes.append(("deadline_push", "push", np.nan, push))
    rows = []
    for *told, changed in changes:
        rows += _rows(*told, _simulated(package, _assuming(scenario, changed), shared.fork()))
    for group, result in by_reference(package, references, scenario=scenario, shared=shared).items():
        rows += _rows("reference", group, np.nan, result)
    return _table(rows)


def ends(package, scenario, shared, learned, names):
    """A scenario with each of some assumptions at its 10 % and its 90 % quantile, all others drawn.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
        Left as it was.
    learned : mapping of str to ndarray
        As of `forecasting.learned.learned_assumptions`.
    names : sequence of str

    Returns
    -------
    DataFrame
        `COLUMNS`.
    """
    rows = []
    for name in names:
        for value in (at_quantile(shared.register, name, quantile, learned) for quantile in ENDS):
            result = _simulated(package, fixed_at(scenario, {name: value}), shared.fork())
            rows += _rows(name, "number", value, result)
    return _table(rows)


def _simulated(package, scenario, shared):
    """A scenario in the years that its chances look at (Simulation)."""
    return simulate(package, scenario, shared=shared, years=target_days(package))


def _rows(assumption, to, value, result):
    return [
        (assumption, to, value, CASES[r], target, p)
        for r, chances in result.by_case.items()
        for target, p in chances.items()
    ]


def _table(rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def _assuming(scenario, changes):
    return scenario.model_copy(update={"assumptions": {**scenario.assumptions, **changes}})


def by_reference(package, groups, *, draws=20_000, seed=0, scenario=None, shared=None):
    """A scenario with the drift pooled towards each group of comparable series.

    Parameters
    ----------
    package : Package
    groups : sequence of str
        Of `forecasting.reference_series.LAG_MONTHS`, or "wide".
    draws, seed : int
    scenario : Scenario, optional
        Default: the full plan.
    shared : SharedDraws, optional
        It then gives draws and seed, and its trend the day and the assumptions.

    Returns
    -------
    dict of str to Simulation
    """
    shared = shared or shared_draws(package, draws=draws, seed=seed)
    scenario, trend, made = scenario or load_scenario("full_plan", package), shared.trend_under({}), {}
    for group in groups:
        own = trend if group == trend.reference else trend.refit(reference=group)
        made[group] = simulate(package, scenario, shared=shared.with_trend(own))
    return made


def observed_gap_growth(package):
    """Last observed yearly growth of ln(z_u - z_p), None without two readings of some poor and near-poor on the last
    line: where there is nobody there is no distance.

    Parameters
    ----------
    package : Package

    Returns
    -------
    float or None
    """
    line = package.last_line[0].poverty_line
    rates = {}
    for row in package.readings:
        if row.group == "all" and row.poverty_line == line and row.rate_pct:
            rates.setdefault(row.as_of, {})[row.status] = float(row.rate_pct) / 100
    days = sorted(day for day, found in rates.items() if set(found) == {"poor", "near_poor"})
    if len(days) < 2:
        return None
    gaps = [
        np.log(probit(rates[d]["poor"] + rates[d]["near_poor"]) - probit(rates[d]["poor"])) for d in days[-2:]
    ]
    return float((gaps[1] - gaps[0]) / float(decimal_year(days[-1]) - decimal_year(days[-2])))


def at_quantile(register, name, quantile, learned):
    """Value of an assumption at a quantile of what is known of it.

    Parameters
    ----------
    register : mapping of str to Assumption
    name : str
    quantile : float
    learned : mapping of str to ndarray
        As of `forecasting.learned.learned_assumptions`.

    Returns
    -------
    float
        After the readings, where they inform it; else of its distribution in the register, or of its alternative's.
        One that a scenario holds still has nothing to learn.
    """
    if name in learned and np.ptp(learned[name]):
        return float(np.quantile(learned[name], quantile))
    if open_range(register[name]):
        register = override(register, {name: register[name].alternative})
    return float(values_at(register[name], np.array([ndtri(quantile)]))[0])


def open_range(row):
    """Whether the register fixes an assumption but gives a distribution as its alternative (bool)."""
    return row.fixed is not None and (row.alternative or {}).get("distribution", "fixed") != "fixed"


def fixed_at(scenario, values):
    """The scenario with assumptions, or the share of the plan, at given numbers.

    Parameters
    ----------
    scenario : Scenario
    values : mapping of str to float
        By assumption, or `MONEY`.

    Returns
    -------
    Scenario
    """
    changed = _assuming(scenario, {name: {"fixed": value} for name, value in values.items() if name != MONEY})
    return scaled(changed, values[MONEY]) if MONEY in values else changed


def chances_at(package, scenario, shared):
    """Chances of a scenario under both cases of additionality.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws

    Returns
    -------
    dict of (str, str) to float
        By case and target (or "both").
    """
    by_case = _simulated(package, scenario, shared).by_case
    return {(CASES[r], target): p for r, found in by_case.items() for target, p in found.items()}
