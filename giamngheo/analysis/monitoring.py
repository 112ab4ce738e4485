"""Yearly monitoring: what a new reading does to the chances, how the last forecast did, and the pace now
required.

The new reading joins the old ones in memory; a package on disk is never touched. Section IV.8.1(c) of the
decision asks for this following-up of the poverty target.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from giamngheo import paths
from giamngheo.analysis.pace import required_pace
from giamngheo.forecasting.readings import NAME, as_frame, cells
from giamngheo.forecasting.scales import probit
from giamngheo.forecasting.state_space import TooFewEffectiveDraws
from giamngheo.forecasting.trend import package_forecast
from giamngheo.inputs.display import words_and_table
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.judged import level_targets
from giamngheo.inputs.package import check_package
from giamngheo.inputs.parameters import check_value
from giamngheo.inputs.readings import NewReading, checked_new_readings, read_new_readings
from giamngheo.inputs.scenario import load_scenario
from giamngheo.inputs.tables import Reading
from giamngheo.inputs.workbook.cells import check_texts
from giamngheo.simulation.outcomes import CASES, simulate
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import BOTH, chances, met

WITHIN = {"50": (0.25, 0.75), "80": (0.1, 0.9), "95": (0.025, 0.975)}


@dataclass(frozen=True, repr=False, eq=False)
class Tracking:
    """What new readings did to the chances.

    origin, known_by: last reading and last publication, before and after.
    chances: target (or "both"), case, before, other_news (the old readings under the prior as known by the new day),
    after (all 0..1), decided.
    scores, of each reading that the last forecast reached: as_of, group, status, rate_pct, median (percent), error
    (points), quantile, inside_50, inside_80, inside_95.
    pace, the change a year that each target requires: target, before_pp, after_pp (missing once its instant is past),
    observed_pp (missing without a new reading), category.
    """

    package: str
    readings: tuple[NewReading, ...]
    origin: tuple[date, date]
    known_by: tuple[date, date]
    chances: pd.DataFrame
    scores: pd.DataFrame
    pace: pd.DataFrame
    draws: int
    seed: int
    before: object  # Forecast
    after: object  # Forecast, None once the last target's instant has been read

    def __repr__(self):
        moves = (
            f"{row.target} {row.before:.1%} to {row.after:.1%} {row.case}"
            for row in self.chances.itertuples()
        )
        return f"Tracking of {self.package}, readings to {self.origin[1]}, chances: {'; '.join(moves)}"

    def _repr_html_(self):
        return words_and_table(str(self), self.chances.to_dict("records"), decimals=3)


def track(package, readings, *, draws=20_000, seed=0, accept=()):
    """How new readings move the chances of a package's targets under its full plan.

    Parameters
    ----------
    package : Package
    readings : path-like, DataFrame, Series, mapping or sequence of NewReading
        Later than the package's last; what was published with them informs the prior. A frame has the columns of
        the file: as_of (or year, for its end), status, poverty_line, rate_pct, optional group, households, published.
        Rates alone, by year or date, are of the poor on the package's last line.
    draws, seed : int
    accept : iterable of str
        Ids of questions that the door asks of the new readings, and that are right as they stand.

    Returns
    -------
    Tracking

    Raises
    ------
    RefusedInput
        As `read_new_readings`, whatever the readings come in, and readings that no forecast can follow.

    Notes
    -----
    With r = 1 the full plan continues the trend. With r = 0 it lowers the two thresholds below the trend by
    what all its money does until a year, less what it had done by the last reading, which already shows it;
    the trend itself is learned from all readings alike.
    """
    draws, seed = check_value("draws", draws), check_value("seed", seed)
    if max(row.as_of for row in check_package(package).readings) >= package.last_due:
        raise RefusedInput(f"{package.name}: nothing is left to track after {package.last_due}")
    readings = _new_readings(package, readings, accept)
    day = max(package.published, *(row.known_by for row in readings))
    later = replace(package, readings=(*package.readings, *(_reading(package, row) for row in readings)))
    last = max(row.as_of for row in readings)
    known = (package, package.published), (package, day), (later, day)
    try:
        outlooks = [_outlook(one, known_by, draws, seed) for one, known_by in known]
    except TooFewEffectiveDraws as error:
        raise RefusedInput(f"no forecast follows the readings ({error}); a slipped digit?") from None
    before, _, after = (outlook.trend for outlook in outlooks)
    return Tracking(
        package.name,
        readings,
        (before.origin, last),
        (before.known_by, day),
        _chances(package, outlooks),
        _scores(before, readings),
        _paces(package, later, last),
        draws,
        seed,
        before,
        after,
    )


def _new_readings(package, readings, accept):
    """The readings in whatever they come, checked beside the package's (tuple of NewReading)."""
    if isinstance(readings, str | Path):
        return read_new_readings(paths.find(readings), package, accept=accept)
    frame = as_frame(readings, package.last_line[0].poverty_line)
    rows = check_texts(NAME, cells(frame, NewReading), NewReading)
    return tuple(checked_new_readings(NAME, rows, package, accept=accept).values())


def _reading(package, row):
    """A new reading as a row of the package."""
    values = row.model_dump(include={"as_of", "group", "status", "poverty_line", "households", "rate_pct"})
    source = {"document": package.labels.main_document, "locator": "new reading", "persons": None}
    return Reading(**values, **source, as_stated=row.as_of.isoformat())


@dataclass(frozen=True)
class _Outlook:
    """What is expected of a package as known by a day: its trend, and draws under each case of additionality."""

    package: object
    trend: object = None  # Forecast, None where the last target's instant has been read
    draws: dict = field(default_factory=dict)  # r to draws, without a case that cannot be simulated

    @property
    def last(self):
        """The day of the last reading."""
        return max(row.as_of for row in self.package.readings)

    def hits(self, r):
        """Target to whether it is met, draw by draw, or as read; without those of which nothing tells."""
        found = {target: self._hit(target, r) for target in level_targets(self.package)}
        return {target: hit for target, hit in found.items() if hit is not None}

    def _hit(self, target, r):
        if target.as_of <= self.last:
            key = target.as_of, target.group, target.status
            rows = [row for row in self.package.readings if (row.as_of, row.group, row.status) == key]
            read = {key[1:]: np.array([[float(rows[-1].rate_pct)]])} if rows else {}
            return met(target, read, (target.as_of,))
        return met(target, self.draws[r], self.trend.years) if r in self.draws else None


def _outlook(package, known_by, draws, seed):
    outlook = _Outlook(package)
    if outlook.last >= package.last_due:
        return outlook
    trend = package_forecast(package, draws=draws, seed=seed, known_by=known_by)
    if not package.group_size("all"):
        return replace(outlook, trend=trend, draws={1: trend.draws})
    # The plan is simulated from the last reading before its first year on, if the same rates were read by then.
    earlier = tuple(row for row in package.readings if row.as_of < date(package.years[0], 12, 31))
    start = replace(package, readings=earlier) if _read(earlier) == _read(package.readings) else package
    shared = shared_draws(start, draws=draws, seed=seed)
    if start.readings == package.readings:
        shared = shared.with_trend(trend)
    full = simulate(start, load_scenario("full_plan", package), shared=shared)
    by_case = {r: _after(full.cases[r], trend, outlook.last) for r in CASES}
    return replace(outlook, trend=trend, draws=by_case)


def _read(readings):
    """The rates above 0 that were read (set of group, status, poverty line)."""
    return {(row.group, row.status, row.poverty_line) for row in readings if row.rate_pct}


def _after(case, trend, last):
    """The trend's draws, moved by what the simulated money does after the last reading, which shows what it did."""
    if case.trend is trend:
        return case.draws
    places = [case.years.index(day) for day in trend.years]
    done = [place for place, day in enumerate(case.years) if day <= last]

    def moved(key):
        down = probit(case.trend.draws[key] / 100) - probit(case.draws[key] / 100)
        down = down[:, places] - (down[:, done[-1:]] if done else 0)
        return 100 * ndtr(probit(trend.draws[key] / 100) - down)

    draws = {key: moved(key) for key in trend.draws if key[1] != "near_poor"}
    for group, status in trend.draws:
        if status == "near_poor":
            poor, upper = (draws[group, name] for name in ("poor", "poor_or_near_poor"))
            draws[group, status] = np.maximum(upper - poor, 0)
    return draws


def _chances(package, outlooks):
    """Chances of each level target, and of all of group all at once, before and after."""
    common = {target for target in level_targets(package) if target.group == "all"}
    rows = []
    for r, case in CASES.items():
        hits = [outlook.hits(r) for outlook in outlooks]
        steps = [chances(found) for found in hits]
        told = [target.target for target in hits[0] if all(target in found for found in hits)]
        told += [BOTH] if common and all(common <= set(found) for found in hits) else []
        read = {target.target: hit.size == 1 for target, hit in hits[-1].items()}
        read[BOTH] = all(read.get(target.target) for target in common)
        rows += [(name, case, *(step[name] for step in steps), read[name]) for name in told]
    return pd.DataFrame(rows, columns=["target", "case", "before", "other_news", "after", "decided"])


def _scores(forecast, readings):
    """How the last forecast did on each reading that it reached."""
    rows = []
    for row in readings:
        values = forecast.draws.get((row.group, row.status))
        if values is None or row.as_of not in forecast.years:
            continue
        values, rate = values[:, forecast.years.index(row.as_of)], float(row.rate_pct)
        median = float(np.median(values))
        what = {"as_of": row.as_of, "group": row.group, "status": row.status}
        below = float((values < rate).mean() + (values == rate).mean() / 2)
        inside = {f"inside_{p}": bool(low <= below <= high) for p, (low, high) in WITHIN.items()}
        error = {"rate_pct": rate, "median": median, "error": rate - median}
        rows.append(what | error | {"quantile": below} | inside)
    columns = ["as_of", "group", "status", "rate_pct", "median", "error", "quantile"]
    return pd.DataFrame(rows, columns=[*columns, *(f"inside_{p}" for p in WITHIN)])


def _paces(package, later, last):
    """Points a year that each level target asks for, before and after, and those seen in between."""
    ahead = tuple(target for target in later.targets if target.as_of is None or target.as_of > last)
    with np.errstate(divide="ignore"):  # a rate of zero asks for nothing
        before, after = (
            {row["target"]: row for row in required_pace(one).to_dict("records")}  # the last base of each
            for one in (package, replace(later, targets=ahead))
        )
    rows = []
    for name, old in before.items():
        new, observed = after.get(name), None
        if new and new["last_as_of"] > old["last_as_of"]:
            observed = new["observed_pp"]
        rows.append((name, old["required_pp"], new and new["required_pp"], observed, new and new["category"]))
    frame = pd.DataFrame(rows, columns=["target", "before_pp", "after_pp", "observed_pp", "category"])
    return frame.astype({"after_pp": float, "observed_pp": float})
