"""Readings in time: their instants, changes of the poverty line, how they fall, who is missing."""

import re
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median

from giamngheo.auditing.checks import Check, Shown, printed_rate
from giamngheo.auditing.printed import decimals, printed
from giamngheo.auditing.series import on_last_line, series
from giamngheo.dates import decimal_year

YEAR = re.compile(r"\b(19|20)\d\d\b")
EDGES = {"start": ("đầu", "beginning", "start"), "end": ("cuối", "end")}
UNEVEN = 2  # a yearly fall this many times the median one, or its inverse, stands out
STALE = Fraction(1, 2)  # years from the last reading to the plan's date


def reading_checks(package, readings):
    """Dates, change of line, falls and flows.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package
    readings : list of Dated

    Yields
    ------
    Check
    """
    by_series = series(readings)
    yield from _dates(readings)
    yield from _age(package, readings)
    for rows in by_series.values():
        yield from _line_changes(rows)
        yield from _decimals(rows)
        yield from _falls(rows)
    for group in {d.row.group: None for d in readings}:
        yield from _flows(by_series.get((group, "poor"), []), by_series.get((group, "near_poor"), []))
        if group != "all":
            yield from _group_share(by_series.get((group, "poor"), []), by_series.get(("all", "poor"), []))


def _series_values(dated):
    return {
        "group": dated.group,
        "status": Shown("phrase", f"status.{dated.row.status}"),
    }


def edge_of_year(as_stated):
    """Which end of which year the source's words mean.

    Parameters
    ----------
    as_stated : str
        "cuối năm 2010", "đầu năm 2012", "năm 2009", "end of 2010".

    Returns
    -------
    (year, edge) or None
        ``edge`` is "start", "end" or None for a bare year; None without a year.
    """
    year = YEAR.search(as_stated)
    if not year:
        return None
    words = set(re.findall(r"\w+", as_stated.lower()))
    found = [edge for edge, names in EDGES.items() if words & set(names)]
    return int(year[0]), found[0] if found else None


def _instant(year, edge):
    return date(year, 12, 31) if edge == "end" else date(year, 1, 1) - timedelta(days=1)


def _dates(readings):
    stated = [(d, edge_of_year(d.row.as_stated)) for d in readings]
    stated = [(d, *found) for d, found in stated if found]
    bare = [(d, year) for d, year, edge in stated if edge is None]
    at_start = [d for d, year in bare if d.row.as_of == _instant(year, "start")]
    convention = "start" if 2 * len(at_start) >= len(bare) else "end"
    for dated, year, edge in stated:
        follows = _instant(year, edge or convention)
        fits = dated.row.as_of == follows
        values = {
            "as_stated": Shown("text", dated.row.as_stated),
            "day": Shown("day", dated.row.as_of),
            "follows": Shown("day", follows),
        }
        yield Check(
            id=f"instant.{dated.row.group}.{dated.name}",
            kind="dates",
            result="ok" if fits else "discrepancy",
            locator=dated.row.locator,
            stated=dated.row.as_stated,
            recomputed=follows.isoformat(),
            unit="date",
            sentences=(("dates.fits" if fits else "dates.wrong", values),),
        )
    if at_start and convention == "start":
        yield _start_of_year(at_start, stated)


def _start_of_year(bare, stated):
    ends = [d for d, _, edge in stated if edge == "end"]
    beside = next(
        (d for d in ends for b in bare if b.row.group == d.row.group and b.time + 1 == d.time), None
    )
    first = bare[0]
    values = {
        "n": Shown("number", len(bare)),
        "as_stated": Shown("text", first.row.as_stated),
        "day": Shown("day", first.row.as_of),
        "beside": Shown("text", beside.row.as_stated if beside else first.row.as_stated),
    }
    return Check(
        id="start_of_year",
        kind="dates",
        result="note",
        locator=first.row.locator,
        stated=first.row.as_stated,
        recomputed=first.row.as_of.isoformat(),
        unit="date",
        sentences=(("dates.start_of_year_beside" if beside else "dates.start_of_year", values),),
    )


def _age(package, readings):
    if not readings:
        return
    last = max(readings, key=lambda d: d.time)
    age = decimal_year(package.published) - last.time
    months = int(12 * age)
    values = {
        "day": Shown("day", last.row.as_of),
        "published": Shown("day", package.published),
        "months": Shown("number", months),
    }
    yield Check(
        id="last_reading_age",
        kind="dates",
        result="ok" if age <= STALE else "note",
        locator=last.row.locator,
        stated=last.row.as_of.isoformat(),
        recomputed=package.published.isoformat(),
        difference=months,
        unit="month",
        sentences=(("dates.fresh" if age <= STALE else "dates.stale", values),),
    )


def _line_changes(rows):
    for before, after in pairwise(rows):
        if before.row.poverty_line == after.row.poverty_line:
            continue
        same = before.time == after.time
        values = _series_values(after) | {
            "day": Shown("day", after.row.as_of),
            "before": printed_rate(before.row),
            "after": printed_rate(after.row),
        }
        yield Check(
            id=f"line_change.{after.row.group}.{after.name}",
            kind="poverty_line",
            result="note",
            locator=f"{before.row.locator}; {after.row.locator}",
            stated=before.rate.value,
            recomputed=after.rate.value,
            difference=before.rate.value - after.rate.value,
            unit="percent",
            sentences=(("line.same_instant" if same else "line.changed", values),),
        )


def _decimals(rows):
    most = max(decimals(d.row.rate_pct) for d in rows)
    for dated in rows:
        places = decimals(dated.row.rate_pct)
        if places >= most:
            continue
        half = printed(dated.row.rate_pct).half_width
        values = _series_values(dated) | {
            "day": Shown("day", dated.row.as_of),
            "rate": printed_rate(dated.row),
            "half": Shown("points", half, places + 1),
            "most": Shown("number", most),
        }
        yield Check(
            id=f"decimals.{dated.row.group}.{dated.name}",
            kind="precision",
            result="note",
            locator=dated.row.locator,
            stated=dated.rate.value,
            unit="percent",
            tolerance=half,
            sentences=(("readings.fewer_decimals", values),),
        )


def _falls(rows):
    """Relative yearly falls of the count; those far from the median stand out."""
    counted = [d for d in rows if d.row.households]
    steps = [(a, b, _fall(a, b)) for a, b in pairwise(counted) if a.row.poverty_line == b.row.poverty_line]
    if len(steps) < 3:
        return
    middle = median(fall for _, _, fall in steps)
    for before, after, fall in steps:
        even = middle <= 0 or middle / UNEVEN <= fall <= middle * UNEVEN
        values = _series_values(after) | {
            "start": Shown("day", before.row.as_of),
            "end": Shown("day", after.row.as_of),
            "before": Shown("number", before.row.households),
            "after": Shown("household", after.row.households, 0),
            "fall": Shown("percent", 100 * fall, 1),
            "middle": Shown("percent", 100 * middle, 1),
        }
        phrase = "readings.even" if even else "readings.fast" if fall > middle else "readings.slow"
        yield Check(
            id=f"fall.{after.row.group}.{after.name}",
            kind="fall",
            result="ok" if even else "note",
            locator=after.row.locator,
            stated=100 * fall,
            recomputed=100 * middle,
            difference=100 * (fall - middle),
            unit="percent",
            sentences=((phrase, values),),
        )


def _fall(before, after):
    return (1 - Fraction(after.row.households, before.row.households)) / (after.time - before.time)


def _flows(poor, near):
    """Poor and near-poor over the same year on the same line, in households and in persons."""
    near_at = {d.row.as_of: d for d in near}
    for before, after in pairwise(poor):
        if before.row.poverty_line != after.row.poverty_line or not {
            before.row.as_of,
            after.row.as_of,
        } <= set(near_at):
            continue
        quartet = before, after, near_at[before.row.as_of], near_at[after.row.as_of]
        for unit in ("household", "person"):
            counts = [getattr(d.row, f"{unit}s") for d in quartet]
            if None not in counts and all(counts):
                yield _flow(quartet, unit, counts)


def _flow(quartet, unit, counts):
    before, after, _, last_near = quartet
    poor_fall, near_rise = counts[0] - counts[1], counts[3] - counts[2]
    both = counts[0] + counts[2]
    swelling = poor_fall > 0 and near_rise > 0
    values = {
        "start": Shown("day", before.row.as_of),
        "end": Shown("day", after.row.as_of),
        "poor_fall": Shown("number", poor_fall),
        "near_rise": Shown("number", near_rise),
        "net": Shown("number", poor_fall - near_rise),
        "share": Shown("percent", 100 * Fraction(near_rise, poor_fall) if poor_fall else Fraction(0), 0),
        "percent": Shown("percent", 100 * Fraction(poor_fall - near_rise, both), 1),
    }
    return Check(
        id=f"flow.{after.row.group}.{unit}.{after.row.poverty_line}.{after.row.as_of}",
        kind="flow",
        result="note" if swelling else "ok",
        locator=last_near.row.locator,
        stated=poor_fall,
        recomputed=near_rise,
        difference=poor_fall - near_rise,
        unit=unit,
        sentences=((f"flow.{unit}" if swelling else "flow.both_fall", values),),
    )


def _group_share(rows, everybody):
    """A group's share of the poor over time, and whether it was read on the last line."""
    at = {d.name: d for d in everybody}
    known = [(d, at[d.name]) for d in rows if d.name in at and d.row.households and at[d.name].row.households]
    if len(known) >= 2:
        yield _concentration(known)
    if rows and everybody and everybody[-1].time > rows[-1].time:
        last = rows[-1]
        values = _series_values(last) | {
            "day": Shown("day", last.row.as_of),
            "whole_day": Shown("day", everybody[-1].row.as_of),
            "n": Shown("number", len(on_last_line(everybody))),
        }
        yield Check(
            id=f"group_unread.{last.row.group}",
            kind="subgroup",
            result="note",
            locator=last.row.locator,
            stated=last.row.as_of.isoformat(),
            recomputed=everybody[-1].row.as_of.isoformat(),
            unit="date",
            sentences=(("subgroup.unread", values),),
        )


def _concentration(known):
    shares = [100 * Fraction(d.row.households, whole.row.households) for d, whole in (known[0], known[-1])]
    ratios = [d.rate / whole.rate for d, whole in (known[0], known[-1])]
    rising = shares[1] > shares[0]
    first, last = known[0][0], known[-1][0]
    values = _series_values(first) | {
        "start": Shown("day", first.row.as_of),
        "end": Shown("day", last.row.as_of),
        "before": Shown("percent", shares[0], 1),
        "after": Shown("percent", shares[1], 1),
        "ratio_before": Shown("number", ratios[0].value, 1),
        "ratio_after": Shown("number", ratios[1].value, 1),
    }
    return Check(
        id=f"group_share.{first.row.group}",
        kind="subgroup",
        result="note" if rising else "ok",
        locator=last.row.locator,
        stated=shares[0],
        recomputed=shares[1],
        difference=shares[0] - shares[1],
        unit="percent",
        sentences=(("subgroup.rising" if rising else "subgroup.falling", values),),
    )
