"""What the commands print: results as plain dicts for ``--json``, and the same as tables for people."""

import json
import math
from datetime import date

DECIMALS = 6  # of rates and chances in JSON; more would only be noise of the draws
QUANTILES = ("mean", "q025", "q10", "q25", "q50", "q75", "q90", "q975")


def forecast_answer(forecast, package=None, group=None):
    """A forecast as ``forecast --json`` prints it.

    Parameters
    ----------
    forecast : Forecast or Simulation
    package : Package, optional
        Whose targets are judged; none for a bare series.
    group : str, optional
        Keep this population group only.

    Returns
    -------
    dict
        Rates in percent; the joint chance is that of all level targets of group all in one draw.
    """
    from giamngheo.targets import target_results

    trend = getattr(forecast, "trend", forecast)
    rows = forecast.table.to_dict("records")
    targets, joint = target_results(package, forecast.draws, forecast.years) if package else ([], None)
    return _plain(
        {
            "package": package.name if package else None,
            "origin": trend.origin,
            "poverty_line": trend.poverty_line,
            "known_by": trend.known_by,
            "reference": trend.reference,
            "seed": trend.seed,
            "draws": trend.n_draws,
            "forecast": [row for row in rows if group in (None, row["group"])],
            "targets": [row for row in targets if group in (None, row["group"])],
            "joint_probability": joint if group in (None, "all") else None,
        }
    )


def simulation_answer(simulation, package):
    """A simulation as ``simulate --json`` prints it.

    Parameters
    ----------
    simulation : Simulation
    package : Package

    Returns
    -------
    dict
        As `forecast_answer`, with the scenario, the baseline's chances, the money (billion VND over the
        programme, exact) and what would make each target an even bet.
    """
    from giamngheo.targets import break_even, target_results

    scenario, trend = simulation.scenario, simulation.trend
    baseline, _ = target_results(package, trend.draws, trend.years)
    own = {
        "scenario": scenario.id,
        "baseline_probability": {row["target"]: row["probability"] for row in baseline},
        "break_even": break_even(package, scenario, simulation, seed=trend.seed),
    }
    # A fraction of a billion is the exact figure; the nearest double to it prints as such.
    money = {line: float(amount) for line, amount in simulation.money.by("line").items()}
    return forecast_answer(simulation, package) | _plain(own) | {"money_delivered_bn": money}


def _plain(value):
    """Dates as ISO text, numbers rounded, numpy's as Python's."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # pandas' timestamps too
        return value.strftime("%Y-%m-%d")
    if hasattr(value, "item"):
        value = value.item()
    return round(value, DECIMALS) if isinstance(value, float) else value


def as_json(answer):
    """One JSON object as text; the same answer is the same bytes."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=1)


def chances(simulation, package):
    """The chance of each level target, and of all of group all at once under "all" (dict of str to float)."""
    from giamngheo.targets import target_results

    rows, joint = target_results(package, simulation.draws, simulation.years)
    return {row["target"]: row["probability"] for row in rows} | ({} if joint is None else {"all": joint})


def as_text(answer, beside=None):
    """A forecast or simulation as tables for people.

    Parameters
    ----------
    answer : dict
        Of `forecast_answer` or `simulation_answer`.
    beside : dict of str to dict, optional
        Further columns of chances, as from `chances`: the readings cannot tell whether the plan continues the
        trend or is all new, so both stand wherever a chance does.

    Returns
    -------
    str
    """
    parts = [_headline(answer), _rates(answer["forecast"])]
    if answer["targets"]:
        parts.append(_chances(answer, beside or {}))
    if "money_delivered_bn" in answer:
        money = answer["money_delivered_bn"]
        money = money | {"total": math.fsum(money.values())}
        rows = [[line, f"{amount:.2f}"] for line, amount in money.items()]
        parts.append(columns([["delivered", "billion VND"], *rows]))
        even = [[target, _needs(needed)] for target, needed in answer["break_even"].items()]
        parts.append(columns([["for an even chance of", "needed"], *even]))
    return "\n\n".join(parts)


def _headline(answer):
    head = f"{answer['package'] or 'series'}: readings to {answer['origin']} on line {answer['poverty_line']}"
    scenario = [f"scenario {answer['scenario']}"] if "scenario" in answer else []
    known = f"prior {answer['reference']} as known by {answer['known_by']}"
    return "; ".join([head, *scenario, known, f"{answer['draws']} draws, seed {answer['seed']}"])


def _rates(forecast):
    rows = [
        [row["as_of"], row["group"], row["status"], *(f"{row[name]:.2f}" for name in QUANTILES)]
        for row in forecast
    ]
    return columns([["percent of households", "group", "status", *QUANTILES], *rows])


def _chances(answer, beside):
    promise = "{group} {status} {comparator} {value_pct:g} % at {as_of}"
    own = {row["target"]: (promise.format(**row), row["probability"]) for row in answer["targets"]}
    if answer["joint_probability"] is not None:
        own["all"] = ("these at once", answer["joint_probability"])
    rows = [
        [target, words, *(f"{100 * p:.1f} %" for p in (chance, *(b[target] for b in beside.values())))]
        for target, (words, chance) in own.items()
    ]
    text = columns([["target", "promise", "chance", *beside], *rows])
    return text + (
        "\nThe readings cannot tell whether the plan continues the trend or is new." if beside else ""
    )


def _needs(even):
    if even is None:
        return "more money than the model can speak of"
    exits = even["exits_per_bn"]
    return f"{even['share_of_plan']:.2f} times the money" + (
        f", {exits:.1f} exits per billion VND" if exits else ""
    )


def columns(rows):
    """Rows of text set in columns, the first two to the left, the others to the right.

    Parameters
    ----------
    rows : list of list of str

    Returns
    -------
    str
    """
    widths = [max(len(row[n]) for row in rows if n < len(row)) for n in range(max(map(len, rows)))]
    lines = (
        "  ".join(
            cell.ljust(width) if n < 3 and not _is_number(cell) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=False))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _is_number(cell):
    return cell.replace(".", "", 1).replace(" %", "").isdigit()


def audit_text(audit):
    """An audit for people: what was found, worst first, then the count of each result.

    Parameters
    ----------
    audit : Audit

    Returns
    -------
    str
    """
    width = max((len(result) for result in audit.summary), default=0)
    lines = [
        f"{check.result:{width}}  {check.message_en} [{check.locator}; {check.id}]"
        for check in audit.findings
    ]
    return "\n".join([*lines, ", ".join(f"{count} {result}" for result, count in audit.summary.items())])
