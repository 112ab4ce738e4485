"""Promised, required and observed pace of each target on a rate, in percentage points a year."""

from datetime import date, timedelta
from fractions import Fraction
from operator import le, lt

from giamngheo.auditing.checks import Check, Shown, amount, printed_rate
from giamngheo.auditing.printed import Printed, exactly
from giamngheo.auditing.series import on_last_line, series
from giamngheo.dates import decimal_year
from giamngheo.language import LANGUAGES

COMPARE = {"<": lt, "<=": le}
NEAR = Fraction(1, 4)  # percentage points: a pace that lands so close below its target was made for that base


def pace_checks(package, readings):
    """What each target needs, what is promised for it, and what was seen.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package
    readings : list of Dated

    Yields
    ------
    Check
    """
    by_series = series(readings)
    plan_start = date(package.years[0], 1, 1) - timedelta(days=1)
    levels = [t for t in package.targets if t.status and t.as_of and (t.group, t.status) in by_series]
    for target in levels:
        rows = on_last_line(by_series[target.group, target.status])
        if decimal_year(target.as_of) > rows[-1].time:
            yield from _target(target, rows, decimal_year(plan_start))
    yield from _together(levels, by_series)
    yield from _untargeted(levels, by_series)


def _needed(target, reading, since):
    return (reading.rate - exactly(target.value_pct)) / exactly(decimal_year(target.as_of) - since)


def _values(target, base):
    paces = {"pace_low": target.pace_low_pp, "pace_high": target.pace_high_pp}
    status = Shown("phrase", f"status.{target.status}")
    if target.group != "all":
        status = Shown("both", {lang: f"{status.read(lang)} ({base.group.read(lang)})" for lang in LANGUAGES})
    return {
        "status": status,
        "target": Shown("percent", target.value_pct),
        "base": printed_rate(base.row),
        "day": Shown("day", base.row.as_of),
        "until": Shown("day", target.as_of),
    } | {name: Shown("number", pace) for name, pace in paces.items() if pace is not None}


def _target(target, rows, plan_start):
    base, end = rows[-1], decimal_year(target.as_of)
    values = _values(target, base)
    paces = None not in (target.pace_low_pp, target.pace_high_pp)
    years = end - base.time
    needed = _needed(target, base, base.time)
    yield _against_promise(target, base, "required_pace", needed, years, values, paces)
    late = base.time < plan_start < end
    if late:
        yield _against_promise(
            target,
            base,
            "required_pace_in_plan",
            _needed(target, base, plan_start),
            end - plan_start,
            values,
            paces,
        )
    if paces:
        yield _slow_reach(target, base, years, end - plan_start if late else years, values)
        yield _fast_reach(target, base, years, values)
        yield from _made_for(target, rows, values)
    if len(rows) > 1:
        yield _observed(target, rows, needed, end - plan_start if late else years, values)


def _against_promise(target, base, name, needed, years, values, paces):
    low, high = (exactly(p) for p in (target.pace_low_pp, target.pace_high_pp)) if paces else (None, None)
    if not paces:
        verdict = "unpaced"
    elif needed.low > high.high:
        verdict = "faster"
    elif needed.high < low.low:
        verdict = "slower"
    else:
        verdict = "within"
    promised = {"faster": high, "slower": low}.get(verdict)
    return Check(
        id=f"{name}.{target.target}",
        kind="pace",
        result={"within": "ok", "faster": "discrepancy"}.get(verdict, "note"),
        locator=target.locator,
        stated=promised.value if promised else None,
        recomputed=needed.value,
        difference=promised.value - needed.value if promised else None,
        unit="percentage_point",
        tolerance=needed.half_width,
        sentences=(
            (
                f"pace.{verdict}",
                values
                | {"needed": amount(needed.value, "percentage_point"), "years": Shown("number", years)},
            ),
        ),
    )


def _meets(target, reached):
    return COMPARE[target.comparator](reached, Fraction(target.value_pct))


def _reached(base, pace, years):
    return base.rate - exactly(pace) * exactly(years)


def _slow_reach(target, base, years, plan_years, values):
    """Where the lowest promised pace leads, over the plan's years and from the last reading on."""
    at_last, in_plan = (_reached(base, target.pace_low_pp, span) for span in (years, plan_years))
    ends = [_meets(target, reached.value) for reached in (at_last, in_plan)]
    result, phrase = (
        ("ok", "reaches")
        if all(ends)
        else ("note", "misses_in_plan")
        if any(ends)
        else ("discrepancy", "misses")
    )
    if phrase == "misses" and years == plan_years:  # one way to count, and only "below" is missed by nothing
        phrase = "misses_by_nothing" if at_last.value == Fraction(target.value_pct) else "misses_alike"
    more = {
        "pace": Shown("points", target.pace_low_pp),
        "years": Shown("number", years),
        "plan_years": Shown("number", plan_years),
        "reached": Shown("percent", at_last.value, 2),
        "in_plan": Shown("percent", in_plan.value, 2),
    }
    return _reach_check("reach_slow", target, in_plan, result, phrase, values | more)


def _fast_reach(target, base, years, values):
    """Where the highest promised pace leads from the last reading."""
    reached = _reached(base, target.pace_high_pp, years)
    met = _meets(target, reached.value)
    result = "note" if reached.value < 0 else "ok" if met else "discrepancy"
    phrase = "below_zero" if reached.value < 0 else "reaches" if met else "misses_fast"
    more = {
        "pace": Shown("points", target.pace_high_pp),
        "years": Shown("number", years),
        "reached": Shown("percent", reached.value, 2),
    }
    return _reach_check("reach_fast", target, reached, result, phrase, values | more)


def _reach_check(name, target, reached, result, phrase, values):
    return Check(
        id=f"{name}.{target.target}",
        kind="pace",
        result=result,
        locator=target.locator,
        stated=Fraction(target.value_pct),
        recomputed=reached.value,
        difference=Fraction(target.value_pct) - reached.value,
        unit="percent",
        tolerance=reached.half_width,
        sentences=((f"pace.{phrase}", values),),
    )


def _made_for(target, rows, values):
    """An earlier reading from which the slow pace lands just below the target."""
    end = decimal_year(target.as_of)
    for earlier in rows[:-1]:
        years = end - earlier.time
        reached = (earlier.rate - exactly(target.pace_low_pp) * exactly(years)).value
        if not (_meets(target, reached) and Fraction(target.value_pct) - reached <= NEAR):
            continue
        more = {
            "earlier": printed_rate(earlier.row),
            "earlier_day": Shown("day", earlier.row.as_of),
            "years": Shown("number", years),
            "pace": Shown("points", target.pace_low_pp),
            "reached": Shown("percent", reached, 2),
        }
        yield Check(
            id=f"pace_base.{target.target}.{earlier.row.as_of}",
            kind="pace",
            result="note",
            locator=target.locator,
            stated=Fraction(target.value_pct),
            recomputed=reached,
            difference=Fraction(target.value_pct) - reached,
            unit="percent",
            sentences=(("pace.earlier_base", values | more),),
        )


def _observed(target, rows, needed, plan_years, values):
    before, after = rows[-2], rows[-1]
    seen = (before.rate - after.rate) / exactly(after.time - before.time)
    in_plan = (after.rate.value - Fraction(target.value_pct)) / plan_years
    verdict = "seen_enough" if seen.value >= needed.value else "seen_slow" if seen.value >= 0 else "seen_rise"
    more = {
        "start": Shown("day", before.row.as_of),
        "before": printed_rate(before.row),
        "seen": Shown("points", abs(seen.value), 2),
        "needed": amount(needed.value, "percentage_point"),
        "years": Shown("number", decimal_year(target.as_of) - after.time),
        "in_plan": Shown("points", in_plan, 2),
        "plan_years": Shown("number", plan_years),
    }
    return Check(
        id=f"observed_pace.{target.target}",
        kind="pace",
        result={"seen_enough": "ok", "seen_slow": "note", "seen_rise": "discrepancy"}[verdict],
        locator=f"{after.row.locator}; {target.locator}",
        stated=needed.value,
        recomputed=seen.value,
        difference=needed.value - seen.value,
        unit="percentage_point",
        tolerance=seen.half_width + needed.half_width,
        sentences=((f"pace.{verdict}", values | more), *_counted([before], [after])),
    )


def _counted(before, after):
    """What became of the number of households, where every reading counts them (tuple of sentences)."""
    counts = [[reading.row.households for reading in readings] for readings in (before, after)]
    if None in (*counts[0], *counts[1]):
        return ()
    was, left = map(sum, counts)
    words = {"change": Shown("household", abs(left - was), 0), "left": Shown("household", left, 0)}
    return ((f"pace.households_{'rose' if left > was else 'fell'}", words),)


def _together(levels, by_series):
    """Targets for the poor and the near-poor at one instant are a target for their sum."""
    poor = {(t.group, t.as_of): t for t in levels if t.status == "poor"}
    for near in (t for t in levels if t.status == "near_poor"):
        target = poor.get((near.group, near.as_of))
        if target is None:
            continue
        near_at = {(d.row.poverty_line, d.row.as_of): d for d in by_series[near.group, "near_poor"]}
        sums = [
            (p, near_at[p.row.poverty_line, p.row.as_of])
            for p in on_last_line(by_series[near.group, "poor"])
            if (p.row.poverty_line, p.row.as_of) in near_at
        ]
        if len(sums) > 1 and decimal_year(near.as_of) > sums[-1][0].time:
            yield _sum_check(target, near, sums)


def _sum_check(target, near, sums):
    rates = [p.rate + n.rate for p, n in sums]
    (first, _), (last, _) = sums[-2:]
    goal = Fraction(target.value_pct) + Fraction(near.value_pct)
    needed = (rates[-1].value - goal) / (decimal_year(near.as_of) - last.time)
    seen: Printed = (rates[-2] - rates[-1]) / exactly(last.time - first.time)
    enough = seen.value >= needed
    values = {
        "start": Shown("day", first.row.as_of),
        "day": Shown("day", last.row.as_of),
        "until": Shown("day", near.as_of),
        "before": Shown("percent", rates[-2].value, 2),
        "base": Shown("percent", rates[-1].value, 2),
        "goal": Shown("percent", goal),
        "needed": Shown("points", needed, 2),
        "seen": Shown("points", abs(seen.value), 2),
    }
    verdict = "sum_enough" if enough else "sum_slow" if seen.value >= 0 else "sum_rise"
    return Check(
        id=f"observed_pace.poor_or_near_poor.{near.group}.{near.as_of}",
        kind="pace",
        result="ok" if enough else "note",
        locator=f"{last.row.locator}; {near.locator}",
        stated=needed,
        recomputed=seen.value,
        difference=needed - seen.value,
        unit="percentage_point",
        tolerance=seen.half_width,
        sentences=((f"pace.{verdict}", values), *_counted(*sums[-2:])),
    )


def _untargeted(levels, by_series):
    """Groups that are read but have no target of their own."""
    aimed = {target.group for target in levels}
    for (group, status), rows in by_series.items():
        if group in aimed or status != "poor" or not aimed:
            continue
        last = rows[-1]
        values = {
            "group": last.group,
            "rate": printed_rate(last.row),
            "day": Shown("day", last.row.as_of),
        }
        yield Check(
            id=f"group_without_target.{group}",
            kind="subgroup",
            result="note",
            locator=last.row.locator,
            stated=last.rate.value,
            unit="percent",
            sentences=(("subgroup.untargeted", values),),
        )
