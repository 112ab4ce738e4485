"""Yearly exits, entries and re-entries of a forecast or simulation, calibrated to published list flows.

The model is that of `simulation.transitions`. Its two correlations come from the few reviews that published gross
flows: exits near 25 % a year need an autocorrelation of 0.96 to 0.995; 0.6 to 0.8, typical of incomes, would
have more than half of the poor leave the list each year.
"""

import hashlib
import pickle

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from giamngheo import paths
from giamngheo.forecasting.draws import draw, override
from giamngheo.inputs.assumptions import load_register
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.transitions import FLOWS, joint_below, lag_two, list_flows, returning

MOST_YEARS = 8  # kept: those of both cases of a scenario
MOST_DRAWS = 5_000  # quantiles of flows need no more
OF_NEAR_POOR = ("poor_to_near_poor", "poor_to_non_poor", "near_poor_to_poor", "near_poor_to_non_poor")
STOCKS = ("poor_at_start", "exit", "entry", "new_entry", "re_entry", "poor_at_end")  # what adds up


def published_flows():
    """Published list flows of other places, and the stocks that they are measured against.

    Returns
    -------
    DataFrame
        unit, year, flow (a name of `simulation.transitions.FLOWS`, or a stock: all_households, poor_before_start,
        poor_at_start, …), households, share_of_start_pct, address, doubt (derived figures say so).
    """
    path = paths.DATA / "reference" / "flows.csv"
    return pd.read_csv(path, dtype={"doubt": str}).fillna({"doubt": ""})


def calibrate(published):
    """The correlations that give each place's published exits and re-entries.

    Parameters
    ----------
    published : DataFrame
        As of `published_flows`: for each unit and year all_households, poor_at_start, poor_at_end and exit.
        Without poor_before_start, the year before is taken to have fallen as the year itself did (probits).

    Returns
    -------
    DataFrame
        unit, year, exit_pct and entry_pct (of the poor at the start), rho (1 where nobody enters, 0 where
        more leave than independence would have), re_entry_pct (of entries) and partial, NaN where no re-entry
        is published or no correlation gives as many.
    """
    rows = []
    for (unit, year), table in published.groupby(["unit", "year"], sort=False):
        counts = table.set_index("flow")["households"]
        share = counts / counts["all_households"]
        start, end, leaving = share["poor_at_start"], share["poor_at_end"], share["exit"]
        rho = _solve(_stay, start - leaving, (0.0, 1.0), ndtri(start), ndtri(end))
        row = {"unit": unit, "year": int(year), "exit_pct": 100 * leaving / start}
        row |= {"entry_pct": 100 * (end - start + leaving) / start, "rho": rho}
        row |= {"re_entry_pct": np.nan, "partial": np.nan}
        if "re_entry" in share:
            before = share.get("poor_before_start", ndtr(2 * ndtri(start) - ndtri(end)))
            row["re_entry_pct"] = 100 * share["re_entry"] / (end - start + leaving)
            row["partial"] = _solve(_back, share["re_entry"], (-0.999, 0.999), before, start, end, rho)
        rows.append(row)
    return pd.DataFrame(rows)


def _stay(rho, z_start, z_end):
    return float(joint_below(z_start, z_end, rho))


def _back(partial, before, start, end, rho):
    return float(returning(before, start, end, rho, partial))


def _solve(value, wanted, ends, *args):
    """Where an increasing function has a value, at an end if it stays on one side of it."""
    if value(ends[0], *args) >= wanted:
        return ends[0]
    if value(ends[1], *args) <= wanted:
        return ends[1]
    return brentq(lambda x: value(x, *args) - wanted, *ends, xtol=1e-10)


def returns_if_permanent(published):
    """What share of entries would be returns if positions had a permanent and a transitory part.

    Parameters
    ----------
    published : DataFrame
        As of `published_flows`.

    Returns
    -------
    DataFrame
        unit, re_entry_pct (published), least_pct (all of a move is permanent), most_pct (nothing is): percent of
        entries, for the places that publish returns, at the correlation that gives their exits.
    """
    text = published.to_csv(index=False)  # solved once for all scenarios
    if text not in made_returns:
        made_returns[text] = _solved_returns(published)
    return made_returns[text].copy()


made_returns = {}


def _solved_returns(published):
    rows = []
    for row in calibrate(published).dropna(subset="re_entry_pct").itertuples():
        table = published[(published["unit"] == row.unit) & (published["year"] == row.year)]
        counts = table.set_index("flow")["households"]
        share = counts / counts["all_households"]
        start, end = share["poor_at_start"], share["poor_at_end"]
        before = share.get("poor_before_start", ndtr(2 * ndtri(start) - ndtri(end)))
        ends = {"least_pct": 1.0, "most_pct": 0.0}
        back = {
            name: float(returning(before, start, end, row.rho, lag_two(row.rho, permanent)))
            for name, permanent in ends.items()
        }
        entry = end - start + share["exit"]
        rows.append({"unit": row.unit, "re_entry_pct": row.re_entry_pct})
        rows[-1] |= {name: 100 * value / entry for name, value in back.items()}
    return pd.DataFrame(rows, columns=["unit", "re_entry_pct", "least_pct", "most_pct"])


def yearly_flows(result, rho=None, partial=None, *, group="all"):
    """Every flow of every year of a forecast or simulation, from the last reading on.

    Parameters
    ----------
    result : Case or Forecast
    rho, partial : float or ndarray (n_draws,), optional
        Autocorrelation of the positions on the list and partial autocorrelation at lag two; default:
        ``list_autocorrelation`` and ``list_return`` as the scenario or the forecast assumes them, else the register's,
        calibrated to published flows.
    group : str

    Returns
    -------
    dict of datetime.date to dict of str to ndarray (n,)
        By the year's end and the names of `FLOWS`, percent of all households, draw by draw (the first
        `MOST_DRAWS`); "poor" and "near_poor" are the shares at the year's start. A group without readings on
        the last line starts a year later; one without near-poor readings has nobody there.

    Notes
    -----
    The shares are those of the published list, with its error: error in two reviews counts as a move.
    """
    rho, partial = (
        _assumed(result, name) if given is None else np.asarray(given)
        for name, given in (("list_autocorrelation", rho), ("list_return", partial))
    )
    rho, partial = (value[:MOST_DRAWS] if value.ndim else value for value in (rho, partial))
    points, flows = _points(result, group), {}
    for day in result.years:
        before, start = (points.get(_year_before(day, years)) for years in (2, 1))
        if start is None:
            continue
        made = _year(None if before is None else before[0], start, points[day], rho, partial)
        made = made | {"poor": start[0], "near_poor": np.subtract(start[1], start[0])}
        flows[day] = {name: 100 * np.asarray(values) for name, values in made.items()}
    return flows


def _year(*given):
    """`list_flows`; years before the money are those of every scenario, and of both cases."""
    key = hashlib.blake2b(
        pickle.dumps([None if each is None else np.asarray(each) for each in given], 5)
    ).digest()
    made = made_years.pop(key) if key in made_years else list_flows(*given)
    made_years[key] = made
    for oldest in list(made_years)[:-MOST_YEARS]:
        del made_years[oldest]
    return made


made_years = {}


def _assumed(result, name):
    """Draws of an assumption under those of a simulated scenario or a forecast."""
    if hasattr(result, "response"):
        return result.response.counterfactual.drawn[name]
    row = override(load_register(), result.settings["assumptions"])[name]
    return draw(row, result.seed, result.n_draws)


def flows_by_case(simulation):
    """`yearly_flows` of a scenario under each case of additionality that it leaves open.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    dict of int to dict
        By r.
    """
    return {r: yearly_flows(simulation.cases[r]) for r in simulation.shown}


def yearly_counts(case, flows):
    """The flows of all households as numbers of households, with the stock of poor before and after.

    Parameters
    ----------
    case : Case
    flows : mapping of datetime.date to mapping of str to ndarray
        As of `yearly_flows` of that case, group all.

    Returns
    -------
    dict of datetime.date to dict of str to ndarray (n,)
        Of all households at the year's end, as if all had been there at its start: poor_at_start and poor_at_end
        beside the names of `FLOWS`. Empty without a published count.
    """
    if case.households is None:
        return {}
    counts = {}
    for day, made in flows.items():
        place = case.years.index(day)
        every = case.households[: len(made["exit"]), place] / 100
        shares = {name: made[name] for name in FLOWS if name in made}
        shares |= {"poor_at_start": made["poor"]}
        shares |= {"poor_at_end": case.draws["all", "poor"][: len(made["exit"]), place]}
        counts[day] = {name: every * values for name, values in shares.items()}
    return counts


def mean_flows(simulation, flows):
    """Mean stocks and flows of every year, which add up as they do in each draw: start - exit + entry = end.

    Parameters
    ----------
    simulation : Simulation
    flows : mapping of int to mapping
        As of `flows_by_case` of that simulation.

    Returns
    -------
    DataFrame
        Households by case and year: poor_at_start, exit, entry, new_entry and re_entry (its parts, missing where the
        list is not known two years back), poor_at_end. Empty without a published count or flows.
    """
    rows = [
        {"case": CASES[r], "year": day.year}
        | {name: float(made[name].mean()) for name in STOCKS if name in made}
        for r, by_day in flows.items()
        for day, made in yearly_counts(simulation.cases[r], by_day).items()
    ]
    return pd.DataFrame(rows, columns=["case", "year", *STOCKS]).set_index(["case", "year"])


def shares_of_start(flows):
    """The flows of one year in percent of those of their status at its start.

    Parameters
    ----------
    flows : mapping of str to ndarray
        Of one year, as of `yearly_flows`.

    Returns
    -------
    dict of str to ndarray
        By the names of `FLOWS`; without those of the near-poor where nobody is.
    """
    two_lists = np.any(flows["near_poor"])
    return {
        name: 100 * flows[name] / np.maximum(flows[of], 1e-9)
        for name, of in FLOWS.items()
        if name in flows and (two_lists or name not in OF_NEAR_POOR)
    }


def published_outside(published, flows):
    """Published flows outside the model's 80 % interval of its first year.

    Parameters
    ----------
    published : DataFrame
        As of `published_flows`.
    flows : mapping of str to ndarray
        Of the first year, as of `yearly_flows`.

    Returns
    -------
    DataFrame
        flow, unit, year, doubt, published_pct, q10_pct, q50_pct, q90_pct, percent of those of its status at the start.
    """
    rows = []
    for name, shares in shares_of_start(flows).items():
        low, middle, high = np.quantile(shares, (0.1, 0.5, 0.9))
        told = published[(published["flow"] == name) & published["share_of_start_pct"].notna()]
        rows += [
            (name, row.unit, row.year, row.doubt, row.share_of_start_pct, low, middle, high)
            for row in told.itertuples()
            if not low <= row.share_of_start_pct <= high
        ]
    columns = ["flow", "unit", "year", "doubt", "published_pct", "q10_pct", "q50_pct", "q90_pct"]
    return pd.DataFrame(rows, columns=columns)


def _year_before(day, years):
    return day.replace(year=day.year - years)


def _points(result, group):
    """Shares poor, and poor or near-poor, at each instant: readings of the last line, then draws."""
    trend, draws = getattr(result, "trend", result), result.draws
    upper = "poor_or_near_poor" if (group, "poor_or_near_poor") in draws else "poor"
    rows = trend.history
    rows = rows[(rows["group"] == group) & (rows["poverty_line"] == trend.poverty_line)]
    read = rows.pivot(index="as_of", columns="status", values="rate_pct") / 100
    wanted = ["poor"] if upper == "poor" else ["poor", "near_poor"]
    read = read.reindex(columns=wanted).dropna()
    points = {day.date(): (row["poor"], row.sum()) for day, row in read.iterrows()}
    for place, day in enumerate(result.years):
        points[day] = tuple(draws[group, status][:MOST_DRAWS, place] / 100 for status in ("poor", upper))
    return points
