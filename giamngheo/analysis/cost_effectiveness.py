"""What a billion VND of each line moves, average and marginal; the plan with and without its loans."""

import numpy as np
import pandas as pd

from giamngheo.analysis.money_needed import CHANCES_ASKED
from giamngheo.analysis.target_years import target_years
from giamngheo.forecasting.draws import mean_and_quantiles
from giamngheo.forecasting.scales import probit
from giamngheo.simulation.money import credit_lines
from giamngheo.simulation.outcomes import CASES

STEP = 0.01  # of a line's money: the margin
OUTCOMES = ("poor", "poor_or_near_poor")


def marginal_value(package, scenario, shared):
    """What a billion VND of each line moves at the deadline, on average and at the margin.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws

    Returns
    -------
    DataFrame
        case (of `CASES`), line (also "total" and "without_credit"), money_bn, basis ("average": against none of it;
        "margin": one percent more), outcome ("poor", "poor_or_near_poor"), unit ("points", "households"; exits from
        the status, per billion VND), mean, q10, q50, q90. Lines without money are left out.
    """
    rows = []
    for r, asked in target_years(package, scenario, shared).items():
        now, amounts = asked.rates(), asked.money.by("line")
        for name, lines in _parts(package, amounts).items():
            cost = float(sum(amounts[line] for line in lines))
            for basis, multiple, spent in (("average", 0, -cost), ("margin", 1 + STEP, STEP * cost)):
                other = asked.rates(dict.fromkeys(lines, multiple))
                for status in OUTCOMES:
                    if ("all", status) in now:
                        points = (now["all", status] - other["all", status])[:, -1] / spent
                        units = {"points": points, "households": points / 100 * asked.households[-1]}
                        first = {"case": CASES[r], "line": name, "money_bn": cost, "basis": basis}
                        rows += [
                            first | {"outcome": status, "unit": unit} | mean_and_quantiles(values)
                            for unit, values in units.items()
                        ]
    columns = ["case", "line", "money_bn", "basis", "outcome", "unit", "mean", "q10", "q50", "q90"]
    return pd.DataFrame(rows, columns=columns)


def credit_table(package, scenario, shared):
    """The scenario with and without its loans: money, chances, rates, gap and exits per billion.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws

    Returns
    -------
    DataFrame
        credit ("with", "without"), case (of `CASES`), money_bn, a chance a target, "both", median poor_pct and
        poor_or_near_poor_pct, mean gap_pct, and exits_per_bn_… (mean, q10, q50, q90: poor households fewer at
        the deadline than with none of this money, per billion VND of it).
    """
    rows = []
    found = target_years(package, scenario, shared)
    for credit, multiples in (("with", {}), ("without", dict.fromkeys(credit_lines(package), 0))):
        for r, asked in found.items():
            rates, none = asked.rates(multiples), asked.rates(asked.all_times(0))
            cost = float(sum(bn for line, bn in asked.money.by("line").items() if line not in multiples))
            row = {"credit": credit, "case": CASES[r], "money_bn": cost} | asked.chances(multiples)
            for status in OUTCOMES:
                if ("all", status) in rates:
                    row[f"{status}_pct"] = float(np.median(rates["all", status][:, -1]))
            row |= {"gap_pct": float(asked.gap(multiples).mean())}
            if cost:
                fewer = (none["all", "poor"] - rates["all", "poor"])[:, -1]
                exits = fewer / 100 * asked.households[-1] / cost
                row |= {f"exits_per_bn_{name}": value for name, value in mean_and_quantiles(exits).items()}
            rows.append(row)
    return pd.DataFrame(rows)


def needed_effect(package, scenario, shared, chances=CHANCES_ASKED):
    """The effect at which the money would meet each target: per billion VND, and per poor household.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    chances : sequence of float
        0..1.

    Returns
    -------
    DataFrame
        case (of `CASES`), target, status, needed_per_bn (as of `TargetYears.exits_needed_per_bn`), moved_per_bn (what
        it does, median), and for the poor income_vnd_… and household_mvnd_… by chance in percent: what all who would be
        poor without the money would have to gain, VND a head a month and million VND a household a year. Empty
        without money.

    Notes
    -----
    With the same gain g (a share of the line) for every poor household, ``Phi(z + ln(1 - g) / s)`` of all stay
    poor; the gain a draw needs is ``1 - exp(-s (z - z*))``, and its quantiles are the chances.
    """
    rows = []
    for r, asked in target_years(package, scenario, shared).items():
        needed = asked.exits_needed_per_bn()
        now, none = asked.rates(), asked.rates(asked.all_times(0))
        for target in asked.targets if needed else ():
            before, after = (asked.at(target, rates) for rates in (none, now))
            fewer = (before - after) / 100 * asked.households[asked.years.index(target.as_of)]
            row = {"case": CASES[r], "target": target.target, "status": target.status}
            row |= {"needed_per_bn": needed[target.target]}
            row |= {"moved_per_bn": float(np.median(fewer) / float(asked.money.total))}
            if target.status == "poor":
                drawn, limit = asked.counterfactual.drawn, float(target.value_pct)
                row |= _gains_needed(package, drawn, before, limit, chances)
            rows.append(row)
    return pd.DataFrame(rows)


def _gains_needed(package, drawn, before_pct, limit_pct, chances):
    rural, urban = package.poor_lines_vnd_month
    line = drawn["rural_share"] * rural + (1 - drawn["rural_share"]) * urban
    down = np.maximum(probit(before_pct / 100) - probit(limit_pct / 100), 0)
    income = line * -np.expm1(-drawn["spread_below_line"] * down)
    household = income * 12 * drawn["persons_per_household"] / 1e6
    found = {}
    for chance in chances:
        key = round(100 * chance)
        found[f"income_vnd_{key}"] = float(np.quantile(income, chance))
        found[f"household_mvnd_{key}"] = float(np.quantile(household, chance))
    return found


def _parts(package, amounts):
    """Lines to look at together: each with money, all, and all that are not lent."""
    everything = [line for line, amount in amounts.items() if amount]
    parts = {line: [line] for line in everything}
    if everything:
        parts["total"] = everything
    spent = [line for line in everything if line not in credit_lines(package)]
    return parts | ({"without_credit": spent} if 0 < len(spent) < len(everything) else {})
