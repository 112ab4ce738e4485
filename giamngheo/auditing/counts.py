"""Counts against rates and persons: the number of all households that a reading implies, and how it moves."""

from fractions import Fraction
from itertools import groupby, pairwise

from giamngheo.auditing.checks import Check, Shown, printed_rate
from giamngheo.auditing.series import series

# Bounds of judgement, wide enough for any province: households of a province shrink by no more than half a
# percent and grow by no more than four percent a year; a household has 2.5 to 7 persons; poor and near-poor
# ones differ, and either changes in a year, by no more than two percent.
GROWTH = (Fraction(-1, 200), Fraction(4, 100))
PERSONS = (Fraction(5, 2), Fraction(7))
SIZE_STEP = Fraction(2, 100)
STILL = 3  # so many readings in a row on one total are no coincidence


def count_checks(readings):
    """Implied totals, household sizes and subgroups.

    Parameters
    ----------
    readings : list of Dated

    Yields
    ------
    Check
    """
    counted = [d for d in readings if d.total is not None]
    for rows in series(counted).values():
        yield from _steps(rows)
        yield from _still(rows)
    yield from _instants(counted)
    yield from _sizes(readings)
    yield from _subgroups(counted)


def _who(dated):
    return {
        "group": dated.group,
        "status": Shown("phrase", f"status.{dated.row.status}"),
    }


def _range(total):
    return {"low": Shown("number", total.low, 0), "high": Shown("number", total.high, 0)}


def _steps(rows):
    """Growth of the implied total between two readings at different instants."""
    for before, after in pairwise(rows):
        years = after.time - before.time
        if not years:
            continue
        slowest = (after.total.low / before.total.high - 1) / years
        fastest = (after.total.high / before.total.low - 1) / years
        possible = slowest <= GROWTH[1] and fastest >= GROWTH[0]
        growth = 100 * (after.total.value / before.total.value - 1) / years
        rate = 100 * after.row.households / before.total.value
        values = _who(after) | {
            "start": Shown("day", before.row.as_of),
            "end": Shown("day", after.row.as_of),
            "before": Shown("number", before.total.value, 0),
            "after": Shown("number", after.total.value, 0),
            "growth": Shown("signed", growth, 1),
            "fell": Shown("points", before.rate.value - after.rate.value, 2),
            "rate": Shown("percent", rate, 2),
            "printed_rate": printed_rate(after.row),
        }
        yield Check(
            id=f"households_implied.{after.row.group}.{after.name}",
            kind="denominator",
            result="ok" if possible else "discrepancy",
            locator=after.row.locator,
            stated=before.total.value,
            recomputed=after.total.value,
            difference=before.total.value - after.total.value,
            unit="household",
            tolerance=before.total.half_width + after.total.half_width,
            sentences=(("denominator.step" if possible else "denominator.jump", values),),
        )


def _still(rows):
    """Readings in a row that one and the same total explains."""
    runs = []
    for dated in rows:
        shared = runs[-1][1].common(dated.total) if runs else None
        if shared is None:
            runs.append(([dated], dated.total))
        else:
            runs[-1] = ([*runs[-1][0], dated], shared)
    for members, shared in runs:
        if len(members) < STILL:
            continue
        first, last = members[0], members[-1]
        values = (
            _who(first)
            | _range(shared)
            | {
                "n": Shown("number", len(members)),
                "start": Shown("day", first.row.as_of),
                "end": Shown("day", last.row.as_of),
            }
        )
        yield Check(
            id=f"households_still.{first.row.group}.{first.row.status}.{first.row.as_of}.{last.row.as_of}",
            kind="denominator",
            result="note",
            locator=first.row.locator,
            recomputed=shared.value,
            unit="household",
            tolerance=shared.half_width,
            sentences=(("denominator.still", values),),
        )


def _instant(dated):
    return dated.row.group, dated.row.as_of


def _line_and_instant(dated):
    return dated.row.group, dated.row.poverty_line, dated.row.as_of


def _instants(readings):
    """Readings at one instant have to mean one number of households."""
    for _, found in groupby(sorted(readings, key=_instant), key=_instant):
        for one, other in pairwise(list(found)):
            yield _same_total(one, other)


def _same_total(one, other):
    same = one.total.meets(other.total)
    apart = max(one.total.low, other.total.low) - min(one.total.high, other.total.high)
    values = {
        "day": Shown("day", one.row.as_of),
        "group": one.group,
        "one": Shown("phrase", f"status.{one.row.status}"),
        "other": Shown("phrase", f"status.{other.row.status}"),
        "one_rate": printed_rate(one.row),
        "other_rate": printed_rate(other.row),
        "one_low": Shown("number", one.total.low, 0),
        "one_high": Shown("number", one.total.high, 0),
        "other_low": Shown("number", other.total.low, 0),
        "other_high": Shown("number", other.total.high, 0),
        "apart": Shown("household", apart, 0),
        "step": Shown("points", max(one.rate.half_width, other.rate.half_width) * 2),
    }
    lines = "lines" if one.row.poverty_line != other.row.poverty_line else "statuses"
    return Check(
        id=f"households_at.{one.row.group}.{one.name}.{other.row.status}.{other.row.poverty_line}",
        kind="denominator",
        result="ok" if same else "discrepancy",
        locator=other.row.locator,
        stated=one.total.value,
        recomputed=other.total.value,
        difference=one.total.value - other.total.value,
        unit="household",
        tolerance=one.total.half_width + other.total.half_width,
        sentences=(("denominator.one_instant" if same else f"denominator.two_totals_{lines}", values),),
    )


def _sizes(readings):
    """Persons per household, between the statuses and from year to year."""
    sized = [d for d in readings if d.row.persons is not None and d.row.households]
    for dated in sized:
        size = Fraction(dated.row.persons, dated.row.households)
        inside = PERSONS[0] <= size <= PERSONS[1]
        yield Check(
            id=f"household_size.{dated.row.group}.{dated.name}",
            kind="household_size",
            result="ok" if inside else "discrepancy",
            locator=dated.row.locator,
            recomputed=size,
            unit="person",
            sentences=(("size.one" if inside else "size.strange", _who(dated) | _size(dated, size)),),
        )
    sized = [d for d in sized if d.row.persons]
    for _, found in groupby(sorted(sized, key=_line_and_instant), key=_line_and_instant):
        for one, other in pairwise(list(found)):
            yield _size_check("household_size_apart", "size.apart", one, other)
    for rows in series(sized).values():
        for before, after in pairwise(rows):
            if before.row.poverty_line == after.row.poverty_line:
                yield _size_check("household_size_change", "size.change", before, after)


def _size(dated, size):
    return {"day": Shown("day", dated.row.as_of), "size": Shown("number", size, 2)}


def _size_check(prefix, phrase, one, other):
    sizes = [Fraction(d.row.persons, d.row.households) for d in (one, other)]
    change = sizes[1] / sizes[0] - 1
    near = abs(change) <= SIZE_STEP
    values = _who(one) | {
        "other_status": Shown("phrase", f"status.{other.row.status}"),
        "start": Shown("day", one.row.as_of),
        "day": Shown("day", other.row.as_of),
        "before": Shown("number", sizes[0], 2),
        "after": Shown("number", sizes[1], 2),
        "change": Shown("signed", 100 * change, 1),
        "households_change": Shown(
            "signed", 100 * (Fraction(other.row.households, one.row.households) - 1), 1
        ),
        "persons_change": Shown("signed", 100 * (Fraction(other.row.persons, one.row.persons) - 1), 1),
    }
    return Check(
        id=f"{prefix}.{other.row.group}.{other.name}",
        kind="household_size",
        result="ok" if near else "note",
        locator=other.row.locator,
        stated=sizes[0],
        recomputed=sizes[1],
        difference=sizes[0] - sizes[1],
        unit="person",
        sentences=((phrase if near else f"{phrase}_note", values),),
    )


def _subgroups(readings):
    """A group can have neither more poor nor more households than everybody."""
    everybody = {d.name: d for d in readings if d.row.group == "all"}
    for dated in readings:
        whole = everybody.get(dated.name)
        if dated.row.group == "all" or whole is None:
            continue
        share = 100 * Fraction(dated.row.households, whole.row.households)
        fits = dated.row.households <= whole.row.households and dated.total.low <= whole.total.high
        yield Check(
            id=f"subgroup.{dated.row.group}.{dated.name}",
            kind="subgroup",
            result="ok" if fits else "discrepancy",
            locator=dated.row.locator,
            recomputed=share,
            unit="percent",
            sentences=(
                (
                    "subgroup.fits" if fits else "subgroup.too_many",
                    _who(dated)
                    | {
                        "day": Shown("day", dated.row.as_of),
                        "count": Shown("household", dated.row.households, 0),
                        "share": Shown("percent", share, 1),
                    },
                ),
            ),
        )
