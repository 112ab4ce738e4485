"""Forecasts of the poor and near-poor rates from a short series, known readings and published comparable series."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from giamngheo.forecasting.draws import draw, override, stream, values_at
from giamngheo.forecasting.drifts import Drift
from giamngheo.forecasting.learned import parameters
from giamngheo.forecasting.levels import instants, lines_in_order
from giamngheo.forecasting.plotting import fans
from giamngheo.forecasting.pooling import GroupPrior
from giamngheo.forecasting.prior import prior_in_effect
from giamngheo.forecasting.readings import checked_readings, known_by_day
from giamngheo.forecasting.reference_series import published
from giamngheo.forecasting.scales import on_scale, probit
from giamngheo.forecasting.state_space import Posterior, condition_level, future_levels, shares
from giamngheo.forecasting.summary import of_group, shown_rows, summarise
from giamngheo.inputs.assumptions import load_register
from giamngheo.inputs.display import words_and_table
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.package import check_package
from giamngheo.inputs.parameters import WIDE, as_day, check_until, check_value
from giamngheo.inputs.readings import answered


@dataclass(frozen=True, repr=False)
class Forecast:
    """A predictive distribution of the published rates at coming ends of year.

    ``draws`` maps (group, status) to percent of the group's households, (n_draws, n_years); poor + near_poor =
    poor_or_near_poor in every draw. ``paths`` maps a group to the probits behind them, (n_years, n_draws): level,
    log_gap, and of the level what the drift took (fallen) and what is error. ``posteriors`` maps a group to what was
    learned of its level and of its gap (None without near-poor readings). ``settings`` are those of the call that
    stand nowhere else: reference, assumptions, unit.
    """

    origin: date
    poverty_line: str
    known_by: date
    reference: str
    prior: GroupPrior
    seed: int
    n_draws: int
    years: tuple[date, ...]
    draws: Mapping = field(repr=False)
    paths: Mapping = field(repr=False)
    history: pd.DataFrame = field(repr=False)
    posteriors: Mapping = field(repr=False)
    settings: Mapping = field(repr=False)
    kept: dict = field(
        default_factory=dict, repr=False, compare=False
    )  # what was made of it and is asked for again

    @property
    def table(self):
        """Mean and quantiles in percent: as_of, group, status, mean, q025 … q975 (DataFrame)."""
        return summarise(self.draws, self.years)

    def table_of(self, group="all"):
        """The rows of `table` of one group (DataFrame)."""
        return summarise(of_group(self.draws, group), self.years)

    def __repr__(self):
        medians = (
            f"{status} {np.median(values[:, -1]):.2f} %"
            for (group, status), values in self.draws.items()
            if group == "all"
        )
        known = f"readings to {self.origin}, prior {self.comparators} as known by {self.known_by}"
        return f"Forecast: {known}, medians at {self.years[-1]}: {', '.join(medians)}"

    @property
    def comparators(self):
        """Which comparable series informed the prior, and how many, in a few words (str)."""
        prior, shown = self.prior, 3
        if not prior.n_series:
            return prior.group + (f" (no {self.reference} by then)" if self.reference != WIDE else "")
        names = ", ".join(prior.series[:shown]) + (", …" if prior.n_series > shown else "")
        lent = f", spreads from {prior.spreads_from}" if prior.spreads_from else ""
        return f"{prior.group} ({prior.n_series} series: {names}{lent})"

    def _repr_html_(self):
        return words_and_table(str(self), shown_rows(self.table))

    def plot(self, status=None, group="all", **options):
        """Draw the median, its 80 % interval and the readings; the arguments are those of `Simulation.plot`."""
        return fans({"median": self.table}, self, (), status, group, **options)

    @property
    def groups(self):
        """Groups that were forecast, in order."""
        return tuple(dict.fromkeys(group for group, _ in self.draws))

    @property
    def parameters(self):
        """Prior beside posterior of the parameters, as of `forecasting.learned.parameters` (DataFrame)."""
        return self._parameters.copy()

    @cached_property
    def _parameters(self):
        return parameters(self)  # the past levels are drawn for it, which takes a good part of a second

    def refit(self, readings=None, **changes):
        """The same forecast of other readings, or with other settings: until, draws, seed, known_by, reference, ….

        Parameters
        ----------
        readings : DataFrame, optional
            As of `forecast`; default: the same.
        **changes
            Arguments of `forecast`.

        Returns
        -------
        Forecast
        """
        same = {
            "until": self.years[-1].year,
            "draws": self.n_draws,
            "seed": self.seed,
            "known_by": self.known_by,
            **self.settings,
        }
        readings = self.history if readings is None else readings
        return forecast(readings, **same | changes)


def forecast(
    readings,
    until,
    *,
    draws=20_000,
    seed=0,
    known_by=None,
    reference="vn-review",
    assumptions=None,
    unit=None,
    rate="rate_pct",
    year_is="end",
    accept=(),
):
    """Forecast the poor and near-poor rates to the end of a year.

    Parameters
    ----------
    readings : DataFrame, Series, mapping, path-like, or sequence of SeriesReading or Reading
        A frame with as_of (dates, or text as YYYY-MM-DD), status (poor, near_poor), poverty_line, rate_pct (percent
        of households), optional group; other columns are not read. `year` may stand in place of as_of. A frame with
        neither status nor poverty_line, and a Series of rates by year or date, are of the poor on one line. Or a .csv
        file with such columns. The readings on the last poverty line are forecast; those on earlier lines inform the
        drift across a free splice.
    until : int
        Last year, its end; at most 50 years after the last reading.
    draws, seed : int
        100 to 1 000 000 draws; the same seed gives the same draws.
    known_by : datetime.date or str, optional
        Day of publication that neither the readings nor the comparable series may be later than. A reading came out
        on its `published` day, else by the usual lag of the reference's kind. Default: the day on which the last
        reading was out.
    reference : str or DataFrame
        Group of comparable series that the drift is pooled towards, "wide" for none, or such series themselves
        (series_id, year, rate_pct; optional unit, group, published). Where none of the group was published by then, the
        wide prior stands in.
    assumptions : mapping, optional
        Changes to the register, as in a scenario file.
    unit : str, optional
        Unit of the reference data that is being forecast and must not inform its own prior.
    rate : str
        Column of a frame that holds the rates.
    year_is : {"end", "start"}
        What a year without a day stands for: its 31 December, or that of the year before.
    accept : iterable of str
        Ids of questions that the door asks of figures that contradict each other, and that are right as they stand.

    Returns
    -------
    Forecast

    Raises
    ------
    RefusedInput
        Readings that a file would be refused for, in the same words; a year, a number of draws, a
        reference or a date that cannot be.

    Notes
    -----
    The model is that of `forecasting.state_space`; drift prior: `forecasting.prior.drift_prior`.
    """
    draws, seed = check_value("draws", draws), check_value("seed", seed)
    _check_reference(reference)
    kind = reference if isinstance(reference, str) else "given"
    readings = checked_readings(readings, rate, year_is, accept)
    readings, known_by = known_by_day(readings, as_day("known_by", known_by), kind)
    origin = readings["as_of"].max().date()
    check_until(until, origin)
    first = origin.year + (origin == date(origin.year, 12, 31))
    years = tuple(date(year, 12, 31) for year in range(first, until + 1))
    register = override(load_register(), assumptions or {})
    prior = prior_in_effect(reference, known_by, unit, register, assumptions or {})
    results, paths, posteriors = conditioned(readings, years, prior, register, seed, draws)
    settings = {"reference": reference, "assumptions": dict(assumptions or {}), "unit": unit}
    return Forecast(
        origin,
        lines_in_order(readings)[-1],
        known_by,
        kind,
        prior,
        seed,
        draws,
        years,
        results,
        paths,
        readings,
        posteriors,
        settings,
    )


def conditioned(readings, years, prior, register, seed, draws):
    """The `draws`, `paths` and `posteriors` of a `Forecast`, group by group, from readings that were checked."""
    line_order = lines_in_order(readings)
    results, paths, posteriors, log_gap, all_splice = {}, {}, {}, None, None
    for group in sorted(readings["group"].unique(), key=lambda name: name != "all"):
        rows = readings[readings["group"] == group]
        poor = rows[rows["status"] == "poor"].sort_values(["as_of", "poverty_line"], kind="stable")
        if poor.empty or not _linked(poor, line_order, all_splice):
            continue  # nothing tells where the group stands on the line that is forecast
        posterior = _level(poor, line_order, all_splice, prior, register, seed, draws, group)
        if group == "all":
            all_splice = _splice(poor, line_order)
        last = poor["as_of"].max()
        steps = _steps(max(last, _splice_instant(poor, line_order, all_splice, last)), years)
        tails = draw(register["tail_shape"], seed, (len(years), draws), f":{group}:future")
        drifts = posterior.coming(steps, stream(seed, f"drifts:{group}"))
        future = future_levels(posterior, steps, tails, stream(seed, f"future:{group}"), drifts=drifts)
        own_gap, of_gap = gap_ahead(rows, line_order[-1], years, register, seed, draws, group)
        if own_gap is not None:
            log_gap = (
                own_gap  # a group without near-poor readings takes the gap of the one before: an assumption
            )
        poor_share, upper_share = shares(future.level, log_gap)
        results[group, "poor"] = 100 * poor_share.T
        if upper_share is not None:
            results[group, "near_poor"] = 100 * (upper_share - poor_share).T
            results[group, "poor_or_near_poor"] = 100 * upper_share.T
        paths[group] = {**future._asdict(), "log_gap": log_gap}
        posteriors[group] = {"level": posterior, "gap": of_gap}
    return results, paths, posteriors


def _check_reference(reference):
    if not isinstance(reference, pd.DataFrame):
        check_value("reference", reference)
        return
    missing = [column for column in ("series_id", "year", "rate_pct") if column not in reference]
    if missing:
        raise RefusedInput(f"reference: missing column '{missing[0]}'; needed: series_id, year, rate_pct")


def _steps(last, years):
    return np.diff(instants([last, *years]))


def _splice_instant(poor, line_order, all_splice, last):
    """Where a group's assumed level on the new line stands, if it has no reading there."""
    return last if line_order[-1] in set(poor["poverty_line"]) or all_splice is None else all_splice[0]


def _splice(poor, line_order):
    """Instant and offset (probit) at which the last line and the one before were both read, or None."""
    if len(line_order) < 2:
        return None
    old, new = (poor[poor["poverty_line"] == line].set_index("as_of")["rate_pct"] for line in line_order[-2:])
    both = old.index.intersection(new.index)
    return (both[-1], float(probit(new[both[-1]] / 100) - probit(old[both[-1]] / 100))) if len(both) else None


def _linked(poor, line_order, all_splice):
    """Whether a group was read on the last line, or when all households were read on it and on the one before."""
    read = line_order[-1] in set(poor["poverty_line"])
    return read or (all_splice is not None and all_splice[0] in set(poor["as_of"]))


def _level(poor, line_order, all_splice, prior, register, seed, draws, group) -> Posterior:
    order = [line for line in line_order if line in set(poor["poverty_line"])]
    times, values = instants(poor["as_of"]), on_scale(poor["rate_pct"].to_numpy())[0]
    lines = np.array([order.index(line) for line in poor["poverty_line"]])
    fixed_sd = np.zeros(len(values))
    if order[-1] != line_order[-1]:
        at = poor["as_of"].to_numpy() == np.datetime64(all_splice[0])
        times, lines = np.append(times, times[at][-1]), np.append(lines, len(order))
        values = np.append(values, values[at][-1] + all_splice[1])
        fixed_sd = np.append(fixed_sd, register["group_splice_sd"].fixed)
    by_line = np.argsort(lines, kind="stable")

    def scales(normals):
        names = ("innovation_sd", "observation_error", "carry_over")
        drawn = {name: values_at(register[name], normals[:, place]) for place, name in enumerate(names)}
        if prior.scale is not None:
            drawn["innovation_sd"] = prior.scale * np.exp(prior.scale_spread * normals[:, 0])
        return drawn | {"tails": values_at(register["tail_shape"], normals[:, 3:])}

    return condition_level(
        times[by_line],
        lines[by_line],
        values[by_line],
        fixed_sd[by_line],
        prior.drift,
        register["splice_sd"].fixed,
        scales,
        stream(seed, f"level:{group}"),
        draws,
    )


def gap_ahead(rows, line, years, register, seed, draws, group):
    """Draws of ln(z_u - z_p) at the coming instants, (n_years, n_draws), and what was learned of it (Posterior).

    rows: a group's readings; line: the poverty line that is forecast. Both None without near-poor readings. The fixed
    gap (gap_moves 0) learns as always, and keeps the last distance.
    """
    rates = (
        rows[rows["poverty_line"] == line].pivot(index="as_of", columns="status", values="rate_pct").dropna()
    )
    if "near_poor" not in rates:
        return None, None
    rates = rates[(rates[["poor", "near_poor"]] > 0).all(axis=1)]  # no distance where there is nobody
    if rates.empty:
        return None, None
    gap = np.log(probit((rates["poor"] + rates["near_poor"]) / 100) - probit(rates["poor"] / 100))
    drift = register["gap_drift"]
    mean, sd = (drift.fixed, 0.0) if drift.fixed is not None else drift.parameters

    def scales(normals):
        still = {name: np.ones(len(normals)) for name in ("observation_error", "carry_over")}
        spread = values_at(register["gap_spread"], normals[:, 0])
        return {"innovation_sd": spread, "tails": np.ones_like(normals[:, 3:])} | still

    error_sd = register["gap_error"].fixed
    posterior = condition_level(
        instants(gap.index),
        np.zeros(len(gap), dtype=int),
        gap.to_numpy(),
        np.full(len(gap), error_sd),
        Drift(-mean, ((sd**2, 1.0),)),
        0.0,
        scales,
        stream(seed, f"gap:{group}"),
        draws,
    )
    moves = register["gap_moves"].fixed
    moved = replace(posterior, drift=moves * posterior.drift, innovation_sd=moves * posterior.innovation_sd)
    ones, rng = np.ones((len(years), draws)), stream(seed, f"gap:{group}:future")
    return future_levels(moved, _steps(gap.index[-1], years), ones, rng, error_sd).level, posterior


def package_forecast(
    package, *, until=None, draws=20_000, seed=0, known_by=None, reference="vn-review", assumptions=None
):
    """The forecast of a package's own readings, as it could be known on the day of its document.

    Parameters
    ----------
    package : Package
    until : int, optional
        Default: the year of the last target.
    draws, seed : int
    known_by : datetime.date or str, optional
        Default: the date of the package's document, by which all its readings were out.
    reference, assumptions
        As of `forecast`.

    Returns
    -------
    Forecast

    Raises
    ------
    RefusedInput
        As `forecast`.
    """
    readings = check_package(package).frame("poverty")
    usual = published(readings, list(readings["as_of"].dt.date), "vn-review")
    return forecast(
        readings.assign(published=usual.clip(upper=pd.Timestamp(package.published))),
        package.deadline.year if until is None else until,
        draws=draws,
        seed=seed,
        known_by=package.published if known_by is None else known_by,
        reference=reference,
        assumptions=assumptions,
        unit=package.reference_unit,
        accept=answered(package),
    )
