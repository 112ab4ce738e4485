"""What would forecast better: candidates chosen on half the units, shown on the other half.

    python benchmarks/candidates.py                   every candidate (about ten minutes of CPU)
    python benchmarks/candidates.py "drift halved"    some of them, by name
    --windows 12   most windows of a length, group and half     --same-year   sisters' readings of that year known

A unit is of the half by which a candidate is chosen where the CRC-32 of its name is even. Each line is the paired
difference of CRPS to the forecast as it is, over that of the last value, with its standard error over units: below
nought the candidate is better. Provinces of one country share its path: there both halves are one country, and the
standard error says nothing of another. "Two lines" are countries with readings of the same years on the international
line and on their own: a change between two real lines, of which no verdict is asked.
"""

import argparse
import sys
import time
import zlib
from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
from forecast import window_sets

from giamngheo.forecasting import backtest as bt
from giamngheo.forecasting import pooling, prior, scores, trend
from giamngheo.forecasting.reference_series import load_rates
from giamngheo.forecasting.scales import on_scale

DRAWS = 400
CHOOSING = 0  # of CRC-32 modulo 2
PROVINCES = ("id-survey", "vn-survey from 2012", "vn-survey to 2016")
TWO_LINES = "two lines"
KEY = ["group", "series", "origin", "length", "ahead"]


def recent(years):
    """Readings of the last so many years alone."""
    known = prior.known_readings

    def kept(*arguments):
        rows = known(*arguments)
        return rows[rows["year"] > rows["year"].max() - years] if len(rows) else rows

    return [(prior, "known_readings", kept)]


def changed(change):
    """The prior in effect with another drift."""
    made = trend.prior_in_effect

    def other(*arguments):
        found = made(*arguments)
        return replace(found, drift=change(found.drift))

    return [(trend, "prior_in_effect", other)]


def narrowed(share):
    return changed(lambda drift: replace(drift, parts=tuple((share**2 * v, kept) for v, kept in drift.parts)))


def returning(persistence):
    """A country's departure, all of what returns of it by one persistence."""
    common = pooling._common

    def quick(spans, seen, noise, drift):
        return common(spans, seen, noise, drift.returning_by(persistence))

    return [(pooling, "_common", quick)]


def persistences(*found):
    kinds = tuple((share, phi) for share in (0.0, 0.33, 0.67) for phi in found) + ((1.0, 1.0),)
    return [(pooling, "KINDS", kinds)]


def error(points):
    return [(pooling, "on_scale", lambda rates: on_scale(rates, error_points=points))]


CANDIDATES = {  # name -> (what stands in place of what, groups that it can move: None all)
    "comparators of the last 8 years": (recent(8), None),
    "spread of own drifts halved": (narrowed(0.5), None),
    "mean fall halved": (changed(lambda drift: replace(drift, mean=drift.mean / 2)), None),
    "drifts that may return within a year": (persistences(0.0, 0.3, 0.6, 0.9), None),
    "error of comparable rates 0.4 points": (error(0.4), None),
    "a country's departure returns within a year": (returning(0.0), PROVINCES),
    "a country's departure keeps 0.3 a year": (returning(0.3), PROVINCES),
    "a country's departures may be small": (
        [(pooling, "FACTORS", np.array([0.01, 0.03, 0.06, 0.125, 0.25, 0.5, 1.0])), (pooling, "FACTOR_SPREAD", 1e3)],
        PROVINCES,
    ),
    "relative lines fall as others do": (
        [(pooling, "STILL", {}), (prior, "STILL", {})],
        ("relative-line",),
    ),
}  # fmt: skip


def line_windows(rates, n_old):
    """Windows of units with two real lines: n_old readings on the international one, two on the country's own."""
    rows = bt.usable(rates)
    international, national = (
        rows[rows["group"] == group].pivot(index="unit", columns="year", values="rate_pct")
        for group in ("international-line", "national-line")
    )
    found = []
    for unit in national.index.intersection(international.index):
        own, other = national.loc[unit].dropna(), international.loc[unit].dropna()
        for before, last in zip(own.index, own.index[1:], strict=False):
            old = other[other.index <= before].iloc[-n_old:]
            outcomes = [own.get(last + ahead, np.nan) for ahead in bt.HORIZONS]
            near = last - before <= 2 and before in other.index and before - old.index[0] <= n_old
            near = near and len(old) == n_old and min(*old, own[last]) >= bt.LEAST_LAST_RATE
            if near and np.isfinite(outcomes).any():
                years = np.array([*old.index, before, last])
                values = np.array([*old, own[before], own[last]])
                found.append((unit, unit, "national-line", years, values, outcomes))
    return bt._windows(found, np.array([0] * n_old + [1, 1]))


def sampled(windows, most, seed):
    """At most so many windows, as even over units as can be."""
    order = np.random.default_rng(seed).permutation(len(windows))
    turn = pd.Series(windows.unit[order]).groupby(windows.unit[order]).cumcount()
    return windows[np.sort(order[np.argsort(turn, kind="stable")][:most])]


def halves(rates, most):
    """(group, half, Windows) of each set and half, a sample of each."""
    sets = [*window_sets(rates), (TWO_LINES, line_windows(rates, 4)), (TWO_LINES, line_windows(rates, 5))]
    for number, (group, windows) in enumerate(sets):
        of = np.array([zlib.crc32(str(unit).encode()) % 2 for unit in windows.unit])
        for half in (CHOOSING, 1 - CHOOSING):
            if (of == half).any():
                yield group, half, sampled(windows[of == half], most, number)


def in_order(sets):
    """Set and place of every window, by reference group and origin."""
    places = ((of, place) for of, (*_, windows) in enumerate(sets) for place in range(len(windows)))
    return sorted(places, key=lambda at: (sets[at[0]][-1].group[at[1]], sets[at[0]][-1].origins[at[1]]))


def scored(sets, replaced, same_year):
    """CRPS of the forecast under a candidate and of the last value, a row a window and year ahead (DataFrame)."""
    frames = []
    with ExitStack() as stack:
        for module, name, value in replaced:
            stack.enter_context(patch.object(module, name, value))
        prior.forget_priors()
        drawn = [np.empty((len(windows), DRAWS, len(bt.HORIZONS))) for *_, windows in sets]
        for of, place in in_order(sets):  # a day's pool of comparable series is made once
            found = bt.window_forecast(sets[of][-1], place, same_year, draws=DRAWS)
            drawn[of][place] = found.draws["all", "poor"]
        for (group, half, windows), draws in zip(sets, drawn, strict=True):
            ours, base = (scores.of(made, windows) for made in (draws, bt.last_value(windows)))
            place, ahead = np.nonzero(np.isfinite(windows.outcomes_pct))
            frame = {"group": group, "half": half, "unit": windows.unit[place], "series": windows.series_id[place],
                     "origin": windows.origins[place], "length": windows.years.shape[1], "ahead": ahead + 1,
                     "crps": ours["crps"][place, ahead], "base": base["crps"][place, ahead],
                     "pit": ours["pit"][place, ahead], "cover_80": ours["cover_80"][place, ahead]}  # fmt: skip
            frames.append(pd.DataFrame(frame))
    prior.forget_priors()
    return pd.concat(frames, ignore_index=True)


def compared(candidate, shipped):
    """A row a group and half: units, ratio to the last value, paired difference and its standard error over units."""
    both = candidate.merge(shipped[[*KEY, "crps"]], on=KEY, suffixes=("", "_shipped"))
    rows = []
    for (group, half), part in both.groupby(["group", "half"], sort=False):
        unit = part.groupby("unit")[["crps", "crps_shipped", "base", "pit", "cover_80"]].mean()
        base, step = unit["base"].mean(), unit["crps"] - unit["crps_shipped"]
        row = {"group": group, "half": "choosing" if half == CHOOSING else "other", "units": len(unit)}
        row |= {"ratio": unit["crps"].mean() / base, "difference": step.mean() / base}
        row |= {"se": step.std() / np.sqrt(len(unit)) / base, "mean_pit": unit["pit"].mean()}
        rows.append(row | {"cover_80_pct": 100 * unit["cover_80"].mean()})
    return pd.DataFrame(rows).set_index(["group", "half"]).round(3)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="candidate", help=", ".join(CANDIDATES))
    parser.add_argument("--windows", type=int, default=12)
    parser.add_argument("--same-year", action="store_true")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.names) - set(CANDIDATES)
    if unknown:
        parser.error(f"unknown candidate {sorted(unknown)[0]!r}; there are: {', '.join(CANDIDATES)}")
    sets, started = list(halves(load_rates(), chosen.windows)), time.process_time()
    shipped = scored(sets, [], chosen.same_year)
    print(f"As it is\n{compared(shipped, shipped).drop(columns=['difference', 'se']).to_string()}")
    for name in chosen.names or CANDIDATES:
        replaced, groups = CANDIDATES[name]
        moved = [row for row in sets if groups is None or row[0] in groups]
        print(
            f"\n{name}\n{compared(scored(moved, replaced, chosen.same_year), shipped).to_string()}",
            flush=True,
        )
    print(f"\n{time.process_time() - started:.0f} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
