"""Physical promises against the people they are for and the money that pays for them."""

from fractions import Fraction

from giamngheo.auditing.checks import Check, Shown, amount
from giamngheo.auditing.printed import HALF, exactly
from giamngheo.auditing.series import series
from giamngheo.dates import decimal_year

PEOPLE = {"household": "households", "house": "households", "household_year": "households"} | dict.fromkeys(
    ("person", "card", "pupil"), "persons"
)


def resource_checks(package, readings, cells):
    """Each quantity against the last readings, the target and its money; money without any quantity.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package
    readings : list of Dated
    cells : giamngheo.auditing.terms.Cells

    Yields
    ------
    Check
    """
    years = len(package.years)
    lines = {line.line: line for line in package.budget_lines}
    promises = [
        m
        for m in package.measures
        if m.line and m.quantity and m.unit in PEOPLE and m.per in ("year", "period")
    ]
    last = {key: rows[-1] for key, rows in series(readings).items()}
    seen = set()
    for measure in promises:
        line, a_year = (
            lines[measure.line],
            Fraction(measure.quantity) / (1 if measure.per == "year" else years),
        )
        first = (measure.line, measure.unit) not in seen
        seen.add((measure.line, measure.unit))
        if first:
            yield from _reach(package, measure, line, a_year, last)
        if first or measure.unit_cost_vnd is not None:
            yield _cost(cells, measure, line, a_year, years)
    yield from _two_rates(promises, lines, years)
    counted = {measure.line for measure in promises}
    uncounted = [line for line in package.budget_lines if line.line not in counted and line.annual]
    if uncounted:
        yield _uncounted(uncounted, len(package.budget_lines))


def _name(line):
    return Shown("both", {"vi": line.name_vi, "en": line.name_en})


def _people(reading, column):
    return getattr(reading.row, column) if reading else None


def _reach(package, measure, line, a_year, last):
    column = PEOPLE[measure.unit]
    poor, near = (last.get((line.group, status)) for status in ("poor", "near_poor"))
    need = _people(poor, column)
    if not need:
        return
    if measure.unit == "household_year":
        yield _household_years(package, measure, line, poor, a_year)
        return
    everyone = need + (_people(near, column) or 0)
    too_many = a_year > everyone
    unit = "household" if column == "households" else "person"
    values = {
        "line": _name(line),
        "a_year": amount(a_year, measure.unit, 0),
        "need": Shown(unit, need, 0),
        "day": Shown("day", poor.row.as_of),
        "share": Shown("percent", 100 * a_year / need, 0),
        "everyone": Shown(unit, everyone, 0),
        "share_everyone": Shown("percent", 100 * a_year / everyone, 0),
    }
    sentences = [("resource.too_many" if too_many else "resource.reach", values)]
    end = _left_at_target(package, poor, need)
    size = Fraction(poor.row.persons or 0, poor.row.households) if poor.row.households else 0
    if measure.unit == "pupil" and size and 2 * a_year > need:
        each = {"each": Shown("number", a_year / poor.row.households, 1), "size": Shown("number", size, 1)}
        sentences.append(("resource.pupils_each", values | each))
    if end and measure.per == "year" and a_year > end[1] and not too_many:
        more = {
            "end": Shown("day", end[0].as_of),
            "left": Shown(unit, end[1], -2),
            "target": Shown("percent", end[0].value_pct),
        }
        sentences.append(("resource.more_than_left", values | more))
    yield Check(
        id=f"reach.{measure.line}.{measure.what}",
        kind="resource",
        result="discrepancy" if too_many else "note",
        locator=measure.locator,
        stated=a_year,
        recomputed=need,
        difference=a_year - need,
        unit=measure.unit,
        sentences=tuple(sentences),
    )


def _left_at_target(package, reading, need):
    """The target on the rate of a reading, and how many it would leave if all households stay as many."""
    own = (reading.row.group, reading.row.status)
    targets = [
        t for t in package.targets if (t.group, t.status) == own and decimal_year(t.as_of) > reading.time
    ]
    if not targets or not reading.rate.value:
        return None
    target = max(targets, key=lambda t: t.as_of)
    return target, need * Fraction(target.value_pct) / reading.rate.value


def _household_years(package, measure, line, reading, a_year):
    """Household-years promised, beside a stock that stays and one that falls straight to the target."""
    promised = a_year * len(package.years)
    end = _left_at_target(package, reading, reading.row.households)
    stays = reading.row.households * len(package.years)
    values = {
        "line": _name(line),
        "promised": amount(promised, measure.unit, 0),
        "a_year": Shown("number", a_year, 0),
        "stays": Shown("number", stays),
        "day": Shown("day", reading.row.as_of),
        "need": Shown("household", reading.row.households, 0),
        "years": Shown("number", len(package.years)),
    }
    sentence = "resource.household_years"
    if end:
        span = decimal_year(end[0].as_of) - reading.time
        fall = (reading.row.households - end[1]) / span
        path = sum(reading.row.households - fall * (year - reading.time) for year in package.years)
        values["path"] = Shown("number", path, -2)
        sentence = "resource.household_years_path"
    return Check(
        id=f"stock.{measure.line}.{measure.what}",
        kind="resource",
        result="note" if promised < stays else "ok",
        locator=measure.locator,
        stated=promised,
        recomputed=stays,
        difference=promised - stays,
        unit=measure.unit,
        sentences=((sentence, values),),
    )


def _cost(cells, measure, line, a_year, years):
    """Quantity times unit cost against the line's money; without a unit cost, the one that money implies."""
    total = cells.figure("budget", "total_3y", line.total_3y)
    quantity = a_year * years
    implied = total / exactly(quantity) * exactly(10**9)
    values = {
        "line": _name(line),
        "quantity": amount(quantity, measure.unit, 0),
        "total": amount(total.value, "bn_vnd"),
        "years": Shown("number", years),
        "cost": amount(implied.value, "vnd", -3 if abs(implied.value) >= 10_000 else 0),
        "each": Shown("phrase", f"each.{measure.unit}"),
    }
    fields = {"result": "note", "recomputed": implied.value, "unit": "vnd"}
    phrase = "cost_implied"
    if measure.unit_cost_vnd is not None:
        stated, costs = Fraction(measure.unit_cost_vnd), quantity * Fraction(measure.unit_cost_vnd) / 10**9
        exact = stated == implied.value
        within = implied.low - HALF <= stated <= implied.high + HALF
        fields |= {
            "stated": stated,
            "difference": stated - implied.value,
            "tolerance": implied.half_width + HALF,
        }
        fields["result"] = "ok" if exact else "rounding" if within else "discrepancy"
        values |= {"cost": amount(stated, "vnd", 0), "costs": amount(costs, "bn_vnd")}
        phrase = "cost_ok" if exact else "cost_implied" if within else "cost_differs"
    return Check(
        id=f"unit_cost.{measure.line}.{measure.what}",
        kind="resource",
        locator=measure.locator,
        sentences=((f"resource.{phrase}", values),),
        **fields,
    )


def _two_rates(promises, lines, years):
    """One thing promised both a year and for the whole period."""
    periods = {(m.line, m.unit): m for m in reversed(promises) if m.per == "period"}
    for yearly in (m for m in promises if m.per == "year"):
        whole = periods.get((yearly.line, yearly.unit))
        if whole is None:
            continue
        a_year = Fraction(whole.quantity) / years
        same = a_year == Fraction(yearly.quantity)
        values = {
            "line": _name(lines[yearly.line]),
            "yearly": amount(yearly.quantity, yearly.unit, 0),
            "whole": amount(whole.quantity, whole.unit, 0),
            "years": Shown("number", years),
            "a_year": Shown("number", a_year, 0),
            "three": Shown("number", yearly.quantity * years, 0),
        }
        yield Check(
            id=f"year_against_period.{yearly.line}.{yearly.what}",
            kind="resource",
            result="ok" if same else "discrepancy",
            locator=yearly.locator,
            stated=Fraction(yearly.quantity),
            recomputed=a_year,
            difference=Fraction(yearly.quantity) - a_year,
            unit=yearly.unit,
            sentences=(("resource.two_rates_same" if same else "resource.two_rates_differ", values),),
        )


def _uncounted(lines, number):
    total = sum(Fraction(line.total_3y) for line in lines)
    values = {
        "n": Shown("number", len(lines)),
        "all": Shown("number", number),
        "total": amount(total, "bn_vnd"),
        "lines": Shown(
            "both", {"vi": "; ".join(x.name_vi for x in lines), "en": "; ".join(x.name_en for x in lines)}
        ),
    }
    return Check(
        id="uncounted",
        kind="unmatched",
        result="note",
        locator=f"{lines[0].locator}; {lines[-1].locator}" if len(lines) > 1 else lines[0].locator,
        stated=len(lines),
        recomputed=total,
        unit="bn_vnd",
        sentences=(("resource.uncounted", values),),
    )
