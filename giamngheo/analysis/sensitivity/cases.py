"""What the report tells of simulations: every scenario under both readings of the money, and what moves the
answer.

Nothing in a plan's figures identifies r, so a scenario is always simulated with r = 1 and r = 0 and told as a
pair.
"""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from giamngheo.forecasting.draws import load_register
from giamngheo.forecasting.scales import poverty_gap_ratio, probit
from giamngheo.inputs.scenario import load_scenario
from giamngheo.inputs.scenario_values import Yearly
from giamngheo.simulation.counterfactual import Workbench, package_forecast
from giamngheo.simulation.outcomes import simulate, workbench
from giamngheo.simulation.targets import (
    MOST_MONEY,
    SOLVER_DRAWS,
    MoneyCurve,
    exits_needed_per_bn,
    households_above,
    level_targets,
    scaled,
    target_results,
)

READINGS = (1, 0)  # r: the money continues the trend; all of it is new
BOTH = "both"
MOST = "most"  # in place of a chance: the most money that is believed
_TREND = ("trend", repr({}))  # where a workbench keeps the trend under the register's own assumptions
ENDS = (0.1, 0.9)  # quantiles that stand for the ends of an assumption's range


@dataclass(frozen=True)
class Pair:
    """A scenario under r = 1 and r = 0.

    chances: r to {target: probability, "both": joint probability or None}; shown: the readings that the
    scenario leaves open, both unless it sets r itself.
    """

    scenario: object
    simulations: dict = field(repr=False)
    chances: dict
    shown: tuple = READINGS

    def median(self, r, status, group="all"):
        """Median rate at the last instant, percent (float)."""
        return float(np.median(self.simulations[r].draws[group, status][:, -1]))

    def interval(self, r, status, group="all"):
        """80 % prediction interval at the last instant, percent (tuple of float)."""
        return tuple(np.quantile(self.simulations[r].draws[group, status][:, -1], (0.1, 0.9)).tolist())


def pair(package, scenario, bench):
    """Simulate a scenario under both readings of the money.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    bench : Workbench

    Returns
    -------
    Pair
    """
    simulations, chances = {}, {}
    for r in READINGS:
        result = simulate(package, scenario.model_copy(update={"continuity": float(r)}), bench=bench)
        rows, joint = target_results(package, result.draws, result.years)
        simulations[r] = result
        chances[r] = {row["target"]: row["probability"] for row in rows} | {BOTH: joint}
    shown = READINGS if scenario.continuity == 1 else tuple(r for r in READINGS if r == scenario.continuity)
    return Pair(scenario, simulations, chances, shown or READINGS)


def without_channel(package, scenario, channel, bench):
    """A scenario without the money of one channel, under both readings (Pair).

    Parameters
    ----------
    package : Package
    scenario : Scenario
    channel : str
        For example ``credit``, to see a plan without its loans.
    bench : Workbench
    """
    funding = scenario.funding
    none = Yearly({}, Fraction(0))
    changed = funding.model_copy(update={"by_channel": {**funding.by_channel, channel: none}})
    return pair(package, scenario.model_copy(update={"funding": changed}), bench)


def pairs(package, scenarios, bench):
    """Simulate several scenarios under both readings, by their names.

    Parameters
    ----------
    package : Package
    scenarios : sequence of str
    bench : Workbench

    Returns
    -------
    dict of str to Pair
        Highest chance of all targets at once (r = 1) first; equal ones in the order given.
    """
    made = {name: pair(package, load_scenario(name, package), bench) for name in scenarios}

    order = sorted(made, key=lambda name: -(made[name].chances[1][BOTH] or 0))
    return {name: made[name] for name in order}


def level_pair(package):
    """The level targets of all households, as far as there are any (dict of status to Target)."""
    return {target.status: target for target in level_targets(package) if target.group == "all"}


def above_target(package, simulation):
    """Median households above each level target and above both together.

    Parameters
    ----------
    package : Package
    simulation : Simulation

    Returns
    -------
    dict of str to float
        By target, and "both": the two excesses added draw by draw. Empty without counts.
    """
    draws = households_above(package, simulation)
    medians = {target: float(np.median(values)) for target, values in draws.items()}
    return medians | ({BOTH: float(np.median(sum(draws.values())))} if draws else {})


def even_chance(package, result, *, seed=0):
    """What an even chance of each target, and of both, needs under both readings of the money.

    Parameters
    ----------
    package : Package
    result : Pair
    seed : int

    Returns
    -------
    dict of (str, int) to dict
        (target or "both", r) to share_of_plan (multiple of the money, None beyond the model's range) and
        exits_per_bn (households a billion VND must move, None where it has no meaning).
    """
    needs = {}
    for r in READINGS:
        scenario = result.scenario.model_copy(update={"continuity": float(r)})
        curve = MoneyCurve(package, scenario, seed=seed)
        shares = curve.needed(0.5)
        exits = exits_needed_per_bn(package, curve, result.simulations[r])
        for key, share in shares.items():
            needs[key, r] = {"share_of_plan": share, "exits_per_bn": exits.get(key)}
    return needs


def money_for_chances(package, scenario, levels, *, seed=0, bench=None):
    """The multiple of the money that each chance needs, and the chances at the most money that is believed.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    levels : sequence of float
        Chances, 0..1.
    seed : int
    bench : Workbench, optional
        Shared work; it then gives seed and draws.

    Returns
    -------
    dict
        (r, level) to {target or "both": multiple or None}; (r, "most") to {target or "both": chance}.
    """
    bench = bench or workbench(package, draws=SOLVER_DRAWS, seed=seed)
    solved = {}
    for r in READINGS:
        curve = MoneyCurve(package, scenario.model_copy(update={"continuity": float(r)}), bench=bench)
        solved |= {(r, level): curve.needed(level) for level in levels}
        solved[r, MOST] = curve.chances(float(MOST_MONEY))
    return solved


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


def plan_effect(package, scenario, bench):
    """How far the whole plan, against no money, lowers the poor rate at the last instant, r = 1.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    bench : Workbench

    Returns
    -------
    ndarray (n_draws,)
        Percentage points, >= 0.
    """
    whole = simulate(package, scenario, bench=bench)
    bare = simulate(package, scaled(scenario, 0), bench=bench)
    return bare.draws["all", "poor"][:, -1] - whole.draws["all", "poor"][:, -1]


def two_inputs(package, scenario, bench, shares=(0, 0.5, 0.7, 1, 1.5, 2), readings=(1, 0.5, 0)):
    """Chances for every pair of a share of the plan delivered and r.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    bench : Workbench
    shares : sequence of float
        Multiples of the scenario's money.
    readings : sequence of float
        Values of r.

    Returns
    -------
    dict
        (share, r) to {target: probability, "both": joint probability}.
    """
    grid = {}
    for share in shares:
        changed = scaled(scenario, Fraction(str(share)))
        for r in readings:
            result = simulate(package, changed.model_copy(update={"continuity": float(r)}), bench=bench)
            rows, joint = target_results(package, result.draws, result.years)
            grid[share, r] = {row["target"]: row["probability"] for row in rows} | {BOTH: joint}
    return grid


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
    dict of str to Pair
    """
    made = {}
    for group in groups:
        trend = package_forecast(package, draws=draws, seed=seed, reference=group)
        bench = Workbench(package, draws, seed, load_register(), {_TREND: trend})
        made[group] = pair(package, load_scenario("full_plan", package), bench)
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


def variants(package, scenario, bench, references=("vn-survey", "national-line", "wide")):
    """The full plan with one assumption changed at a time.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    bench : Workbench
    references : sequence of str
        Other groups of comparable series.

    Returns
    -------
    list of dict
        assumption (key), to (kind of change), value (number, str or None), pair (Pair); the unchanged case
        first.
    """
    rows = [_variant("base", "base", None, pair(package, scenario, bench))]

    def changed(name, to, value, **changes):
        assumptions = {**scenario.assumptions, **changes}
        rows.append(
            _variant(
                name,
                to,
                value,
                pair(package, scenario.model_copy(update={"assumptions": assumptions}), bench),
            )
        )

    for core in (0.6, 1.0):
        changed("hard_core_pct", "percent", core, hard_core_pct={"fixed": core})
    if (growth := observed_gap_growth(package)) is not None:
        changed("gap", "still", None, gap_moves=bench.register["gap_moves"].alternative)
        changed("gap", "as_last", None, gap_drift={"fixed": growth})
    for name in ("carry_over", "pass_through_relief", "return_credit"):
        drawn = bench.world(scenario).drawn[name]
        for end in np.quantile(drawn, ENDS):
            changed(name, "number", float(f"{end:.2g}"), **{name: {"fixed": float(f"{end:.2g}")}})
    changed("deadline_push", "push", None, deadline_push=bench.register["deadline_push"].alternative)
    for group, result in by_reference(package, references, draws=bench.draws, seed=bench.seed).items():
        rows.append(_variant("reference", "group", group, result))
    return rows


def _variant(assumption, to, value, result):
    return {"assumption": assumption, "to": to, "value": value, "pair": result}
