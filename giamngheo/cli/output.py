"""What the commands print: results as plain dicts for ``--json``, and the same as tables for people."""

import json
import math
from datetime import date
from decimal import Decimal

DECIMALS = 6  # of rates and chances in JSON; more would only be noise of the draws
QUANTILES = ("mean", "q025", "q10", "q25", "q50", "q75", "q90", "q975")


def forecast_answer(forecast, package=None, group=None):
    """A forecast as ``forecast --json`` prints it.

    Parameters
    ----------
    forecast : Forecast or Case
    package : Package, optional
        Whose targets are judged; none for a bare series.
    group : str, optional
        Keep this population group only.

    Returns
    -------
    dict
        Rates in percent; the joint chance is that of all level targets of group all in one draw.
    """
    from giamngheo.simulation.targets import BOTH, target_chances, target_results

    trend = getattr(forecast, "trend", forecast)
    rows, targets, joint = forecast.table.to_dict("records"), [], None
    if package:
        targets = target_results(package, forecast).to_dict("records")
        joint = target_chances(package, forecast)[BOTH]
    return _plain(
        {
            "package": package.name if package else None,
            "origin": trend.origin,
            "poverty_line": trend.poverty_line,
            "known_by": trend.known_by,
            "reference": trend.reference,
            "comparators": {
                "group": trend.prior.group,
                "n_series": trend.prior.n_series,
                "series": list(trend.prior.series),
                "spreads_from": trend.prior.spreads_from,
            },
            "seed": trend.seed,
            "draws": trend.n_draws,
            "forecast": [row for row in rows if group in (None, row["group"])],
            "targets": [row for row in targets if group in (None, row["group"])],
            "joint_probability": joint if group in (None, "all") else None,
        }
    )


def simulation_answer(simulation):
    """A scenario as ``simulate --json`` prints it.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    dict
        As `forecast_answer`, of the scenario's own case; with the scenario, the chances under both cases, the
        baseline's, the money (billion VND over the programme, exact), what of it is expected to find no household
        (by line; empty without a count of households) and what would make each target an even bet.
    """
    from giamngheo.analysis.money_needed import break_even
    from giamngheo.inputs.judged import level_targets
    from giamngheo.simulation.targets import target_results

    package, case = simulation.package, simulation.own
    scenario, trend = case.scenario, case.trend
    baseline = target_results(package, trend)
    needed = break_even(package, case, seed=trend.seed)
    even = {target.target: needed.get(target.target) for target in level_targets(package)}
    own = {
        "scenario": scenario.id,
        "cases": cases(simulation),
        "baseline_probability": dict(zip(baseline["target"], baseline["probability"], strict=True)),
        "break_even": {
            key: found if found and found["share_of_plan"] is not None else None
            for key, found in even.items()
        },
    }
    # A fraction of a billion is the exact figure; the nearest double to it prints as such.
    money = {line: float(amount) for line, amount in case.money.by("line").items()}
    ended = case.spending.set_index("line")["unspent_bn_vnd"].drop("total", errors="ignore")
    amounts = {"money_delivered_bn": money, "money_unspent_bn": _plain(ended.to_dict())}
    return forecast_answer(case, package) | _plain(own) | amounts


def cases(simulation):
    """The chances of a `Simulation` by the name of each case of additionality (dict)."""
    from giamngheo.simulation.outcomes import CASES

    return {name: simulation.by_case[r] for r, name in CASES.items()}


def _plain(value):
    """Dates as ISO text, numbers rounded, numpy's as Python's, what is missing as None."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # pandas' timestamps too
        return value.strftime("%Y-%m-%d")
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float | Decimal):
        return None if value != value else round(float(value), DECIMALS)
    return value


def as_json(answer):
    """One JSON object as text; the same answer is the same bytes."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=1)


def as_text(answer, beside=None):
    """A forecast or simulation as tables for people.

    Parameters
    ----------
    answer : dict
        Of `forecast_answer` or `simulation_answer`.
    beside : dict of str to dict, optional
        Further columns of chances, as from `cases`: the readings cannot tell whether the plan continues the
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
        unspent = math.fsum(answer["money_unspent_bn"].values())
        money = (
            money
            | {"total": math.fsum(money.values())}
            | ({"of it not spent": unspent} if unspent >= 0.005 else {})
        )
        rows = [[line, f"{amount:.2f}"] for line, amount in money.items()]
        parts.append(columns([["delivered", "billion VND"], *rows]))
        even = [[target, _needs(needed)] for target, needed in answer["break_even"].items()]
        parts.append(columns([["for an even chance of", "needed"], *even]))
    return "\n\n".join(parts)


def _headline(answer):
    head = f"{answer['package'] or 'series'}: readings to {answer['origin']} on line {answer['poverty_line']}"
    scenario = [f"scenario {answer['scenario']}"] if "scenario" in answer else []
    used = answer["comparators"]
    known = f"prior {used['group']} ({used['n_series']} series) as known by {answer['known_by']}"
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
    of_all = sum(row["group"] == "all" for row in answer["targets"])
    if answer["joint_probability"] is not None and of_all > 1:
        own["both"] = ("these at once", answer["joint_probability"])
    rows = [
        [
            "all" if target == "both" and of_all > 2 else target,
            words,
            *(f"{100 * p:.1f} %" for p in (chance, *(b[target] for b in beside.values()))),
        ]
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
    return f"{even['share_of_plan']:.2f} times the plan's money" + (
        f", {exits:.1f} exits per billion VND" if exits else ""
    )


def columns(rows):
    """Rows of text set in columns: words in the first three to the left, all else to the right.

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


MOST_TOLD = 20  # problems of one kind


def verify_text(found):
    """What `runs.verify.verify` found, for people (str)."""
    lines = []
    for what, problems in found["problems"].items():
        lines.append(f"{what}: {'do not agree' if problems else 'agree'}")
        lines += [f"  {each}" for each in problems[:MOST_TOLD]]
        lines += [f"  … and {len(problems) - MOST_TOLD} more"] if len(problems) > MOST_TOLD else []
    if not found["agrees"]:
        lines.append("to make it anew: the command that wrote it; what still agrees is kept")
    return "\n".join(lines)


def tracking_answer(tracking):
    """A `Tracking` as ``track --json`` prints it (dict)."""
    from giamngheo.simulation.outcomes import CASES

    r = {case: r for r, case in CASES.items()}
    rows = tracking.chances.to_dict("records")
    sides = ("before", "after")
    return _plain(
        {
            "package": tracking.package,
            "draws": tracking.draws,
            "seed": tracking.seed,
            "origin": dict(zip(sides, tracking.origin, strict=True)),
            "known_by": dict(zip(sides, tracking.known_by, strict=True)),
            "readings": [
                row.model_dump(exclude={"households", "total_households"}) for row in tracking.readings
            ],
            "chances": [{"target": row["target"], "r": r[row.pop("case")]} | row for row in rows],
            "scores": tracking.scores.to_dict("records"),
            "required_pace": tracking.pace.to_dict("records"),
        }
    )


def tracking_text(answer):
    """A tracking for people, one sentence a line (str), from what `tracking_answer` gives."""
    package, origin, known_by = (answer[key] for key in ("package", "origin", "known_by"))
    lines = [
        f"{package}: readings to {origin['before']}, now to {origin['after']} (published by {known_by['after']})",
        *map(_score_line, answer["scores"]),
    ]
    for row in answer["chances"]:
        steps = "{before:.1%} before, {other_news:.1%} with what else came out since, {after:.1%} with the readings"
        end = " (decided)" if row["decided"] else ""
        lines.append(f"chance of {row['target']}, r = {row['r']}: {steps.format(**row)}{end}")
    lines.append("r = 1: the money continues the trend; r = 0: all of it is new")
    lines.append(
        "a reading also narrows the forecast: the chance of an outcome far off may fall after a good one"
    )
    return "\n".join([*lines, *map(_pace_line, answer["required_pace"])])


def _score_line(row):
    inside = next((f"inside its {p} %" for p in (50, 80, 95) if row[f"inside_{p}"]), "outside its 95 %")
    doubt = "; no draw went that far: a slipped digit?" if row["quantile"] in (0, 1) else ""
    return (
        "{group} {status} {as_of}: {rate_pct:.2f} %, forecast {median:.2f} % (error {error:+.2f} points), "
        "{inside} interval, at its {quantile:.0%} quantile{doubt}"
    ).format(**row, inside=inside, doubt=doubt)


def _pace_line(row):
    start = f"pace for {row['target']}: {row['before_pp']:+.2f} points a year"
    if row["after_pp"] is None:
        return f"{start}, its instant is past"
    seen = "" if row["observed_pp"] is None else f"; since the reading before: {row['observed_pp']:+.2f}"
    return f"{start}, now {row['after_pp']:+.2f}{seen}"
