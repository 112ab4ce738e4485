"""What a billion VND of each line moves, average and marginal; the plan with and without its loans."""

import numpy as np
import pandas as pd

from giamngheo.analysis.target_years import deadlines
from giamngheo.forecasting.scales import probit
from giamngheo.inputs.scenario_values import Yearly
from giamngheo.simulation.money import money
from giamngheo.simulation.targets import met

CREDIT = "credit"  # channel of loans, which are repaid and so not spent
STEP = 0.01  # of a line's money: the margin
OUTCOMES = ("poor", "poor_or_near_poor")
QUANTILES = {"q10": 0.1, "q50": 0.5, "q90": 0.9}


def with_multiples(package, scenario, multiples, name=None):
    """The scenario with the money of some lines multiplied, exactly.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    multiples : mapping of str to Fraction
        By line.
    name : str, optional
        Id of the new scenario.

    Returns
    -------
    Scenario
        With a factor for each of these lines and years; one at equal cost gets factors for all lines.
    """
    funding, ratio = scenario.funding, {}
    if funding.keep_total:  # else a changed line would be made up for by the others
        timely = scenario.model_copy(update={"delay_years": 0.0})
        free = timely.model_copy(update={"funding": funding.model_copy(update={"keep_total": False})})
        kept, loose = (money(package, each).by("line", "year") for each in (timely, free))
        ratio = {cell: kept[cell] / loose[cell] for cell in kept if loose[cell]}
    by_line = dict(funding.by_line)
    for line in multiples if not ratio else [row.line for row in package.budget]:
        old = by_line.get(line, Yearly())
        by_line[line] = Yearly(
            {
                year: old.get(year, 1) * ratio.get((line, year), 1) * multiples.get(line, 1)
                for year in package.years
            }
        )
    funding = funding.model_copy(update={"by_line": by_line, "keep_total": False})
    return scenario.model_copy(update={"funding": funding, "id": name or scenario.id})


def without_credit(package, scenario):
    """The scenario with no loan delivered (Scenario); a repaid loan is not spent, so both are shown."""
    return with_multiples(package, scenario, dict.fromkeys(credit_lines(package), 0), "without_credit")


def credit_lines(package):
    """Budget lines that are lent, not spent (tuple of str)."""
    return tuple(row.line for row in package.budget if row.channel == CREDIT)


def marginal_value(package, scenario, shared, readings=(1, 0)):
    """What a billion VND of each line moves at the deadline, on average and at the margin.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    readings : sequence of float
        Values of r.

    Returns
    -------
    DataFrame
        r, line (also "total" and "without_credit"), money_bn, basis ("average": against none of it; "margin":
        one percent more), outcome ("poor", "poor_or_near_poor"), unit ("points", "households"; exits from the
        status, per billion VND), mean, q10, q50, q90. Lines without money are left out.
    """
    rows = []
    for r, deadline in deadlines(package, scenario, shared, readings).items():
        now, amounts = deadline.rates(), deadline.money.by("line")
        for name, lines in _parts(package, amounts).items():
            cost = float(sum(amounts[line] for line in lines))
            for basis, multiple, spent in (("average", 0, -cost), ("margin", 1 + STEP, STEP * cost)):
                other = deadline.rates(dict.fromkeys(lines, multiple))
                for status in OUTCOMES:
                    if ("all", status) in now:
                        points = (now["all", status] - other["all", status])[:, -1] / spent
                        row = {"r": r, "line": name, "money_bn": cost, "basis": basis, "outcome": status}
                        rows += _described(row, points, deadline.households[-1])
    return pd.DataFrame(rows)


def credit_table(package, scenario, shared, readings=(1, 0)):
    """The scenario with and without its loans: money, chances, rates, gap and exits per billion.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    readings : sequence of float
        Values of r.

    Returns
    -------
    DataFrame
        r, credit ("with", "without"), money_bn, a chance a target, "both", median poor_pct and
        poor_or_near_poor_pct, mean gap_pct, and exits_per_bn_… (mean, q10, q50, q90: poor households fewer at
        the deadline than with none of this money, per billion VND of it).
    """
    rows = []
    lent = credit_lines(package)
    for r, deadline in deadlines(package, scenario, shared, readings).items():
        amounts = deadline.money.by("line")
        none = deadline.rates(dict.fromkeys(amounts, 0))["all", "poor"][:, -1]
        for credit, multiples in (("with", {}), ("without", dict.fromkeys(lent, 0))):
            rates = deadline.rates(multiples)
            cost = float(sum(amount for line, amount in amounts.items() if line not in multiples))
            row = {"r": r, "credit": credit, "money_bn": cost}
            row |= {each.target: float(met(each, rates, deadline.years).mean()) for each in deadline.targets}
            row |= {"both": float(deadline.hits(multiples).mean())}
            for status in OUTCOMES:
                if ("all", status) in rates:
                    row[f"{status}_pct"] = float(np.median(rates["all", status][:, -1]))
            row |= {"gap_pct": float(deadline.gap(multiples).mean())}
            if cost:
                exits = (none - rates["all", "poor"][:, -1]) / 100 * deadline.households[-1] / cost
                row |= {f"exits_per_bn_{name}": value for name, value in _summary(exits).items()}
            rows.append(row)
    return pd.DataFrame(rows)


def needed_effect(package, scenario, shared, chances=(0.5, 0.8, 0.9), readings=(1, 0)):
    """The effect at which the money would meet each target: per billion VND, and per poor household.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    chances : sequence of float
        0..1.
    readings : sequence of float
        Values of r.

    Returns
    -------
    DataFrame
        r, target, status, needed_per_bn (households of that status that a billion VND must take off the list for
        the median to meet the target, over what no money gives), moved_per_bn (what it does, median), and for the
        poor income_vnd_… and household_mvnd_… by chance in percent: what all who would be poor without the money
        would have to gain, VND a head a month and million VND a household a year. Empty without money.

    Notes
    -----
    With the same gain g (a share of the line) for every poor household, ``Phi(z + ln(1 - g) / s)`` of all stay
    poor; the gain a draw needs is ``1 - exp(-s (z - z*))``, and its quantiles are the chances.
    """
    rows = []
    for r, deadline in deadlines(package, scenario, shared, readings).items():
        amounts = deadline.money.by("line")
        cost = float(sum(amounts.values()))
        if not cost:
            continue
        now, none = deadline.rates(), deadline.rates(dict.fromkeys(amounts, 0))
        for target in deadline.targets:
            place, limit = deadline.years.index(target.as_of), float(target.value_pct)
            before, after = (rates["all", target.status][:, place] for rates in (none, now))
            households = deadline.households[place]
            missing = max(np.median(before) - limit, 0) / 100 * np.median(households)
            row = {"r": r, "target": target.target, "status": target.status}
            row |= {"needed_per_bn": float(missing / cost)}
            row |= {"moved_per_bn": float(np.median((before - after) / 100 * households) / cost)}
            if target.status == "poor":
                row |= _gains_needed(package, deadline.world.drawn, before, limit, chances)
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


def _described(row, points, households):
    units = {"points": points, "households": points / 100 * households}
    return [row | {"unit": unit} | _summary(values) for unit, values in units.items()]


def _summary(values):
    found = [values.mean(), *np.quantile(values, list(QUANTILES.values()))]
    clean = [
        round(float(value), 9) + 0.0 for value in found
    ]  # no effect is 0, not the last bit of a quantile
    return dict(zip(("mean", *QUANTILES), clean, strict=True))
