"""The cases shown beside the main one: one assumption, prior or part of the money changed at a time."""

from fractions import Fraction

import numpy as np

from giamngheo.forecasting.scales import poverty_gap_ratio, probit
from giamngheo.forecasting.trend import package_forecast
from giamngheo.inputs.scenario import load_scenario
from giamngheo.inputs.scenario_values import Yearly
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import outcome, simulate
from giamngheo.simulation.shared_draws import shared_draws

ENDS = (0.1, 0.9)  # quantiles that stand for the ends of an assumption's range


def without_channel(package, scenario, channel, shared):
    """A scenario without the money of one channel, under both readings (Outcome).

    Parameters
    ----------
    package : Package
    scenario : Scenario
    channel : str
        For example ``credit``, to see a plan without its loans.
    shared : SharedDraws
    """
    funding = scenario.funding
    none = Yearly({}, Fraction(0))
    changed = funding.model_copy(update={"by_channel": {**funding.by_channel, channel: none}})
    return outcome(package, scenario.model_copy(update={"funding": changed}), shared)


def poverty_gap_bn(package, world):
    """What all poor households lacked to reach the poverty line at the last reading, billion VND a year.

    Parameters
    ----------
    package : Package
    world : World

    Returns
    -------
    ndarray (n_draws,) or None
        None where no count of households is published.
    """
    counted = [
        row for row in package.readings if (row.group, row.status) == ("all", "poor") and row.households
    ]
    if not counted:
        return None
    last = max(counted, key=lambda row: row.as_of)
    last = next(
        row for row in counted if row.as_of == last.as_of and row.poverty_line == world.trend.poverty_line
    )
    drawn, (rural, urban) = world.drawn, package.poor_lines_vnd_month
    line = drawn["rural_share"] * rural + (1 - drawn["rural_share"]) * urban
    ratio = poverty_gap_ratio(probit(float(last.rate_pct) / 100), drawn["spread_below_line"])
    return ratio * line * 12 * drawn["persons_per_household"] * last.households / 1e9


def plan_effect(package, scenario, shared):
    """How far the whole plan, against no money, lowers the poor rate at the last instant, r = 1.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws

    Returns
    -------
    ndarray (n_draws,)
        Percentage points, >= 0.
    """
    whole = simulate(package, scenario, shared=shared)
    bare = simulate(package, scaled(scenario, 0), shared=shared)
    return bare.draws["all", "poor"][:, -1] - whole.draws["all", "poor"][:, -1]


def by_reference(package, groups, *, draws, seed):
    """The full plan's trend and a workbench on it, with the drift pooled towards each group of comparable
    series.

    Parameters
    ----------
    package : Package
    groups : sequence of str
        Of `forecasting.reference_series.LAG_MONTHS`, or "wide".
    draws, seed : int

    Returns
    -------
    dict of str to Outcome
    """
    made = {}
    for group in groups:
        trend = package_forecast(package, draws=draws, seed=seed, reference=group)
        shared = shared_draws(package, draws=draws, seed=seed).with_trend(trend)
        made[group] = outcome(package, load_scenario("full_plan", package), shared)
    return made


def observed_gap_growth(package):
    """Last observed yearly growth of ln(z_u - z_p), None without two readings of both statuses on the last
    line.

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
        if row.group == "all" and row.poverty_line == line:
            rates.setdefault(row.as_of, {})[row.status] = float(row.rate_pct) / 100
    days = sorted(day for day, found in rates.items() if set(found) == {"poor", "near_poor"})
    if len(days) < 2:
        return None
    gaps = [
        np.log(probit(rates[d]["poor"] + rates[d]["near_poor"]) - probit(rates[d]["poor"])) for d in days[-2:]
    ]
    return float((gaps[1] - gaps[0]) / ((days[-1] - days[-2]).days / 365.25))


def variants(package, scenario, shared, references=("vn-survey", "national-line", "wide")):
    """The full plan with one assumption changed at a time.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    references : sequence of str
        Other groups of comparable series.

    Returns
    -------
    list of dict
        assumption (key), to (kind of change), value (number, str or None), pair (Outcome); the unchanged case
        first.
    """
    rows = [_variant("base", "base", None, outcome(package, scenario, shared))]

    def changed(name, to, value, **changes):
        assumptions = {**scenario.assumptions, **changes}
        rows.append(
            _variant(
                name,
                to,
                value,
                outcome(package, scenario.model_copy(update={"assumptions": assumptions}), shared),
            )
        )

    for core in (0.6, 1.0):
        changed("hard_core_pct", "percent", core, hard_core_pct={"fixed": core})
    if (growth := observed_gap_growth(package)) is not None:
        changed("gap", "still", None, gap_moves=shared.register["gap_moves"].alternative)
        changed("gap", "as_last", None, gap_drift={"fixed": growth})
    for name in ("carry_over", "pass_through_relief", "return_credit"):
        drawn = shared.counterfactual(scenario).drawn[name]
        for end in np.quantile(drawn, ENDS):
            changed(name, "number", float(f"{end:.2g}"), **{name: {"fixed": float(f"{end:.2g}")}})
    changed("deadline_push", "push", None, deadline_push=shared.register["deadline_push"].alternative)
    for group, result in by_reference(package, references, draws=shared.draws, seed=shared.seed).items():
        rows.append(_variant("reference", "group", group, result))
    return rows


def _variant(assumption, to, value, result):
    return {"assumption": assumption, "to": to, "value": value, "pair": result}
