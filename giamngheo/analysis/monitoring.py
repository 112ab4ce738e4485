"""Yearly monitoring: what a new reading does to the chances, how the last forecast did, and the pace now
required.

The new reading joins the old ones in memory; a package on disk is never touched. Section IV.8.1(c) of the
decision asks for this following-up of the poverty target.
"""

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from scipy.special import ndtr

from giamngheo.analysis.pace import required_pace
from giamngheo.forecasting.scales import probit
from giamngheo.forecasting.state_space import TooFewEffectiveDraws
from giamngheo.forecasting.trend import package_forecast
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.readings import NewReading, new_reading_faults
from giamngheo.inputs.scenario import load_scenario
from giamngheo.inputs.tables import Reading
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import level_targets, met

WITHIN = {"50": (0.25, 0.75), "80": (0.1, 0.9), "95": (0.025, 0.975)}


def _score_line(row):
    inside = next((f"inside its {p} %" for p in WITHIN if row[f"inside_{p}"]), "outside its 95 %")
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


@dataclass(frozen=True)
class Tracking:
    """What new readings did to the chances.

    chances: one dict a target, and one for "both", and r (1: the money continues the trend; 0: all of it is
    new): before, other_news (the old readings under the prior as known by the new day), after; scores: one
    dict a reading that the last forecast reached; pace: one dict a target with the yearly change required
    before and after, points.
    """

    package: str
    readings: tuple[NewReading, ...]
    origin: tuple[date, date]
    known_by: tuple[date, date]
    chances: tuple[dict, ...]
    scores: tuple[dict, ...]
    pace: tuple[dict, ...]
    draws: int
    seed: int
    before: object = field(repr=False)  # Forecast
    after: object = field(repr=False)  # Forecast, None once the last target's instant has been read

    def as_dict(self):
        """The result as ``track --json`` prints it: plain numbers, dates as ISO text (dict)."""
        head = {"package": self.package, "draws": self.draws, "seed": self.seed}
        for name in ("origin", "known_by"):
            head[name] = dict(zip(("before", "after"), getattr(self, name), strict=True))
        read = [row.model_dump(exclude={"households", "total_households"}) for row in self.readings]
        parts = {"chances": self.chances, "scores": self.scores, "required_pace": self.pace}
        return _plain(head | {"readings": read} | parts)

    @property
    def text(self):
        """The result for people, one sentence a line (str)."""
        was, now = self.origin
        lines = [f"{self.package}: readings to {was}, now to {now} (published by {self.known_by[1]})"]
        lines += [_score_line(row) for row in self.scores]
        for row in self.chances:
            steps = "{before:.1%} before, {other_news:.1%} with what else came out since, {after:.1%} with the readings"
            end = " (decided)" if row["decided"] else ""
            lines.append(f"chance of {row['target']}, r = {row['r']}: {steps.format(**row)}{end}")
        lines.append("r = 1: the money continues the trend; r = 0: all of it is new")
        lines.append(
            "a reading also narrows the forecast: the chance of an outcome far off may fall after a good one"
        )
        lines += [_pace_line(row) for row in self.pace]
        return "\n".join(lines)


def track(package, readings, *, draws=20_000, seed=0):
    """How new readings move the chances of a package's targets under its full plan.

    Parameters
    ----------
    package : Package
    readings : sequence of NewReading
        Later than the package's last; what was published with them informs the prior.
    draws, seed : int

    Returns
    -------
    Tracking

    Raises
    ------
    RefusedInput
        As `read_new_readings`, and readings that no forecast can follow.

    Notes
    -----
    With r = 1 the full plan continues the trend. With r = 0 it lowers the two thresholds below the trend by
    what all its money does until a year, less what it had done by the last reading, which already shows it;
    the trend itself is learned from all readings alike.
    """
    if max(row.as_of for row in package.readings) >= package.deadline:
        raise RefusedInput(f"{package.name}: nothing is left to track after {package.deadline}")
    faults = new_reading_faults(package, dict(enumerate(readings, start=1)))
    problems = [f"reading {place}: {column}: {what}" for place, column, what in faults]
    if problems or not readings:
        raise RefusedInput(problems or "no new reading; at least one of the poor is needed")
    day = max(package.published, *(row.known_by for row in readings))
    later = replace(package, readings=(*package.readings, *(_reading(package, row) for row in readings)))
    last = max(row.as_of for row in readings)
    outlooks = []
    try:
        for one, known_by in ((package, package.published), (package, day), (later, day)):
            outlooks.append(_Outlook(one, known_by, draws, seed))
    except TooFewEffectiveDraws as error:
        raise RefusedInput(f"no forecast follows the readings ({error}); a slipped digit?") from None
    before, _, after = (outlook.trend for outlook in outlooks)
    found = (_chances(package, outlooks), _scores(before, readings), _paces(package, later, last))
    days = (before.origin, last), (before.known_by, day)
    return Tracking(package.name, tuple(readings), *days, *map(tuple, found), draws, seed, before, after)


def _reading(package, row):
    """A new reading as a row of the package."""
    values = row.model_dump(include={"as_of", "group", "status", "poverty_line", "households", "rate_pct"})
    source = {"document": package.labels.main_document, "locator": "new reading", "persons": None}
    return Reading(**values, **source, as_stated=row.as_of.isoformat())


class _Outlook:
    """Draws under r = 1 and r = 0 as known by a day, and the targets that a reading has decided."""

    def __init__(self, package, known_by, draws, seed):
        self.package, self.trend, self.draws = package, None, {1: None, 0: None}
        self.last = max(row.as_of for row in package.readings)
        if self.last >= package.deadline:
            return
        self.trend = package_forecast(package, draws=draws, seed=seed, known_by=known_by)
        self.draws[1] = self.trend.draws
        if package.group_size("all"):
            self.draws[0] = self._all_new(draws, seed)

    def _all_new(self, draws, seed):
        package, first = self.package, date(self.package.years[0], 12, 31)
        scenario = load_scenario("full_plan", package).model_copy(update={"continuity": 0.0})
        start = replace(package, readings=tuple(row for row in package.readings if row.as_of < first))
        trend = self.trend if start.readings == package.readings else None
        shared = shared_draws(start, draws=draws, seed=seed)
        result = simulate(start, scenario, shared=shared if trend is None else shared.with_trend(trend))
        if trend is not None:
            return dict(result.draws)
        return {key: self._shifted(result, key) for key in self.trend.draws}

    def _shifted(self, result, key):
        """The trend's draws, lowered by what the plan does after the last reading."""
        group, status = key
        if status == "near_poor":
            poor, upper = (self._shifted(result, (group, name)) for name in ("poor", "poor_or_near_poor"))
            return np.maximum(upper - poor, 0)
        down = probit(result.trend.draws[key] / 100) - probit(result.draws[key] / 100)
        places = [result.years.index(day) for day in self.trend.years]
        done = [place for place, day in enumerate(result.years) if day <= self.last]
        down = down[:, places] - (down[:, done[-1:]] if done else 0)
        return 100 * ndtr(probit(self.trend.draws[key] / 100) - down)

    def hit(self, target, r):
        """Whether a target is met, draw by draw, or as read; None where nothing tells."""
        if target.as_of <= self.last:
            key = target.as_of, target.group, target.status
            rows = [row for row in self.package.readings if (row.as_of, row.group, row.status) == key]
            read = {key[1:]: np.array([[float(rows[-1].rate_pct)]])} if rows else {}
            return met(target, read, (target.as_of,))
        return None if self.draws[r] is None else met(target, self.draws[r], self.trend.years)


def _chances(package, outlooks):
    """Chances of each level target, and of all of group all at once, before and after."""
    targets = level_targets(package)
    for r in (1, 0):
        hits = [{target.target: outlook.hit(target, r) for target in targets} for outlook in outlooks]
        common = [target for target in targets if target.group == "all"]
        for found in hits:
            whole = [found[target.target] for target in common]
            known = bool(whole) and all(hit is not None for hit in whole)
            found["both"] = np.logical_and.reduce(np.broadcast_arrays(*whole)) if known else None
        for name in hits[0]:
            values = [None if found[name] is None else float(found[name].mean()) for found in hits]
            if None not in values:
                row = dict(zip(("before", "other_news", "after"), values, strict=True))
                yield {"target": name, "r": r} | row | {"decided": hits[-1][name].size == 1}


def _scores(forecast, readings):
    """How the last forecast did on each reading that it reached."""
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
        yield what | error | {"quantile": below} | inside


def _paces(package, later, last):
    """Points a year that each level target asks for, before and after, and those seen in between."""
    ahead = tuple(target for target in later.targets if target.as_of is None or target.as_of > last)
    with np.errstate(divide="ignore"):  # a rate of zero asks for nothing
        before, after = (
            {row["target"]: row for row in required_pace(one).to_dict("records")}  # the last base of each
            for one in (package, replace(later, targets=ahead))
        )
    for name, old in before.items():
        row = {"target": name, "before_pp": old["required_pp"], "after_pp": None}
        row |= {"observed_pp": None, "category": None}
        if name in after:
            new = after[name]
            row["after_pp"] = new["required_pp"]
            row["category"] = "on_track" if new["required_pp"] >= 0 else new["category"]
            if new["last_as_of"] > old["last_as_of"]:
                row["observed_pp"] = new["observed_pp"]
        yield row


def _plain(value):
    """Dates as ISO text, numbers as Python's, rounded to where draws are noise."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | None) else round(float(value), 6)
