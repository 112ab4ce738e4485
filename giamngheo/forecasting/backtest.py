"""The track record of forecasts from very short series: rolling origins, forecasts of many windows at once.

A window is what a forecaster had: a handful of yearly readings of one unit, at most one year missing, and, where the
poverty line changed, which line each was read on. What followed over four years is kept apart. Reference series never
include the unit that is forecast, nor, in the past-only record, a year later than the window's last.
"""

from dataclasses import dataclass, replace

import numpy as np

from giamngheo.forecasting.levels import Levels
from giamngheo.forecasting.pooling import PERSISTENCES, Pool, same_line, stretches
from giamngheo.forecasting.scales import ERROR_POINTS, SCALES, error_on_scale, on_scale

HORIZONS = np.arange(1, 5)
LEAST_LAST_RATE = 1.0  # percent: below it there is no poverty rate to halve
DECLINED = 0.9  # of the window's first rate, at most, in a declining series
ABSOLUTE = ("national-line", "international-line")
BREAK_FACTOR = 0.4  # of the new line's rates, read on an old one: 3.59 % beside 9.28 %
SPLICE_SD = 1.0  # on the probit scale
LEAST_STEP = 0.02  # logit a year: the spread of a series that stood still


@dataclass(frozen=True)
class Windows:
    """Windows of one length: unit, series_id, group (w,); years, lines, rates_pct (w, n); outcomes_pct (w, 4).

    lines counts poverty lines from 0; the last is forecast. outcomes_pct is nan where no reading followed.
    """

    unit: np.ndarray
    series_id: np.ndarray
    group: np.ndarray
    years: np.ndarray
    lines: np.ndarray
    rates_pct: np.ndarray
    outcomes_pct: np.ndarray

    def __len__(self):
        return len(self.unit)

    def __getitem__(self, chosen):
        return Windows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @property
    def origins(self):
        """Year of the last reading (w,)."""
        return self.years[:, -1]

    @property
    def declining(self):
        """Whether the rate had fallen by a tenth within the window (w,)."""
        return self.rates_pct[:, -1] <= DECLINED * self.rates_pct[:, 0]


@dataclass(frozen=True)
class Model:
    """One way of forecasting: scale of the drift, persistence a year, tails (d.f., inf: normal), weight of the drift.

    persistences: those between which the group decides; error_points: of a published rate;
    carry_over: of the drift to another line, the mean of the register's;
    pooled: the prior comes from the group (False: wide); scale_factor multiplies the group's scale of deviations;
    last_value: share of a pool given to "last value".
    """

    scale: str = "probit"
    persistences: tuple = PERSISTENCES
    error_points: float = ERROR_POINTS
    carry_over: float = 0.4
    degrees_of_freedom: float = 4.0
    pooled: bool = True
    scale_factor: float = 1.0
    last_value: float = 0.0


def usable(rates):
    """Readings of the poor that are not in doubt (DataFrame), ordered by series and year."""
    rows = rates[(rates["status"] == "poor") & rates["doubt"].isna()]
    return rows.sort_values(["series_id", "year"])


def rolling_windows(rates, n, gap_years=1):
    """Every window of n successive readings of a series that a reading follows within four years.

    Parameters
    ----------
    rates : DataFrame
        As from `forecasting.reference_series.load_rates`.
    n : int
        Readings.
    gap_years : int
        Years that may be missing within the window.

    Returns
    -------
    Windows
    """
    found = []
    for name, rows in usable(rates).groupby("series_id"):
        years, values = rows["year"].to_numpy(), rows["rate_pct"].to_numpy()
        after = dict(zip(years, values, strict=True))
        for start in range(len(years) - n + 1):
            window = slice(start, start + n)
            last = years[window][-1]
            outcomes = [after.get(last + ahead, np.nan) for ahead in HORIZONS]
            if last - years[start] > n - 1 + gap_years or values[window][-1] < LEAST_LAST_RATE:
                continue
            if np.isfinite(outcomes).any():
                first = rows.iloc[0]
                found.append((first["unit"], name, first["group"], years[window], values[window], outcomes))
    return _windows(found, np.zeros(n, dtype=int))


def break_windows(rates, n_old=5):
    """Windows of declining absolute series as after a change of line: n_old readings on an old line, two on the new.

    Both lines are read at the instant before the last. The old line reads `BREAK_FACTOR` of the new one's rate, a
    shift that is one of neither the probit nor the logit scale.
    """
    plain = rolling_windows(rates, n_old + 1)
    plain = plain[plain.declining & np.isin(plain.group, ABSOLUTE)]
    old, new = slice(0, n_old), slice(n_old - 1, n_old + 1)
    return replace(
        plain,
        years=np.hstack([plain.years[:, old], plain.years[:, new]]),
        rates_pct=np.hstack([BREAK_FACTOR * plain.rates_pct[:, old], plain.rates_pct[:, new]]),
        lines=np.hstack([np.zeros((len(plain), n_old), int), np.ones((len(plain), 2), int)]),
    )


def province_windows(rates, origin=2012):
    """Viet Nam's provinces in the living-standards survey: two readings on the old line, then those to the origin."""
    years_old, years_new = (
        (2006, 2008),
        tuple(year for year in (2010, 2012, 2013, 2014, 2015) if year <= origin),
    )
    found, rows = [], usable(rates[rates["group"] == "vn-survey"])
    for unit, own in rows.groupby("unit"):
        at = {
            (line[:4], year): rate
            for line, year, rate in zip(own["line"], own["year"], own["rate_pct"], strict=True)
        }
        wanted = [("2006", year) for year in years_old] + [("2011", year) for year in years_new]
        outcomes = [at.get(("2011", origin + ahead), np.nan) for ahead in HORIZONS]
        if all(key in at for key in wanted) and np.isfinite(outcomes).any():
            name = own.loc[own["line"].str.startswith("2011"), "series_id"].iloc[0]
            values = np.array([at[key] for key in wanted])
            if values[-1] >= LEAST_LAST_RATE:
                found.append((unit, name, "vn-survey", np.array(years_old + years_new), values, outcomes))
    return _windows(found, np.array([0] * len(years_old) + [1] * len(years_new)))


def window_priors(windows, rates, model=None, past_only=False):
    """The prior that each window's group gave without the window's unit.

    Parameters
    ----------
    windows : Windows
    rates : DataFrame
    model : Model, optional
    past_only : bool
        Only readings up to the window's last year; else all other units' readings.

    Returns
    -------
    ndarray (w, 5)
        Mean and standard deviation of the drift, median and log spread of the scale of deviations, persistence.
    """
    model = model or Model()
    readings, priors = usable(rates), np.empty((len(windows), 5))
    pools = {}
    for place, (group, unit) in enumerate(zip(windows.group, windows.unit, strict=True)):
        until = int(windows.origins[place]) if past_only else None
        if (group, until) not in pools:
            rows = readings[readings["group"] == group]
            line = rows.loc[rows["series_id"] == windows.series_id[place], "line"].iloc[0]
            pieces = stretches(same_line(rows, line, until), until)
            pools[group, until] = Pool(pieces, model.scale, model.persistences, model.error_points), {}
        pool, known = pools[group, until]
        if unit not in known:
            known[unit] = pool.prior(unit)
        prior = known[unit]
        priors[place] = prior.mean, prior.sd, prior.scale, prior.scale_spread, prior.persistence
    priors[:, 2] *= model.scale_factor
    if not model.pooled:
        priors[:, :2] = np.array([0.05, 0.06]) * SCALES[model.scale].unit
    return priors


def window_forecasts(windows, priors, model=None, draws=400, candidates=500, seed=0, chunk=50):
    """Predictive draws of our model for many windows.

    Given the scales all is Gaussian: candidates of them are weighted by each window's likelihood, and the futures drawn
    from the mixture. The candidates are common to all windows.

    Parameters
    ----------
    windows : Windows
    priors : ndarray (w, 5)
        As from `window_priors`.
    model : Model, optional
    draws, candidates, seed : int
    chunk : int
        Windows at a time.

    Returns
    -------
    ndarray (w, draws, 4)
        Percent, with the published figure's error.
    """
    model = model or Model()
    rng = np.random.default_rng(seed)
    n_steps = windows.years.shape[1] - 1 + len(HORIZONS)
    normal = rng.standard_normal(candidates)
    half = model.degrees_of_freedom / 2
    tails = np.ones((candidates, n_steps))
    if np.isfinite(half):
        tails = half / rng.gamma(half, size=(candidates, n_steps))
    out = np.empty((len(windows), draws, len(HORIZONS)))
    for start in range(0, len(windows), chunk):
        part = slice(start, start + chunk)
        out[part] = _mixture(windows[part], priors[part], model, normal, tails, draws, rng)
    if model.last_value:
        kept = round(draws * model.last_value)
        places = np.linspace(0, draws - 1, kept).astype(int)
        out[:, :kept] = last_value(windows, draws)[:, places]
    return out


def _mixture(windows, priors, model, normal, tails, draws, rng):
    scale = SCALES[model.scale]
    values, error = on_scale(windows.rates_pct, model.scale, model.error_points)
    deviation = priors[:, 2, None] * np.exp(priors[:, 3, None] * normal)
    levels = _levels(windows, priors)
    mean, n = levels.mean, values.shape[1]
    total = levels.covariance(deviation, tails, [model.carry_over], error[:, None])
    lower = np.linalg.cholesky(total[:, :, :n, :n])
    both = np.concatenate(
        [
            np.broadcast_to((values - mean[:, :n])[:, None, :, None], (*lower.shape[:3], 1)),
            total[:, :, :n, n:],
        ],
        3,
    )
    white = np.linalg.solve(lower, both)
    log_weight = -0.5 * (white[..., 0] ** 2).sum(-1) - np.log(np.diagonal(lower, axis1=2, axis2=3)).sum(-1)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    cumulative = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    ranks = (np.arange(draws) + rng.random((len(windows), 1))) / draws
    last = len(normal) - 1
    picks = np.stack([np.searchsorted(c, u).clip(max=last) for c, u in zip(cumulative, ranks, strict=True)])
    ahead = mean[:, None, n:] + np.einsum("wkni,wkn->wki", white[..., 1:], white[..., 0])
    spread = total[:, :, n:, n:] - white[..., 1:].swapaxes(2, 3) @ white[..., 1:]
    root = np.linalg.cholesky(spread + 1e-10 * np.eye(len(HORIZONS)))
    rows = np.arange(len(windows))[:, None]
    x = ahead[rows, picks]
    x += np.einsum("wdij,wdj->wdi", root[rows, picks], rng.standard_normal((*picks.shape, len(HORIZONS))))
    x += error_on_scale(x, model.error_points, model.scale) * rng.standard_normal(x.shape)
    return 100 * scale.back(x)


def _levels(windows, priors):
    """Of the readings and the four that follow (Levels)."""
    years = np.hstack([windows.years, windows.origins[:, None] + HORIZONS]).astype(float)
    lines = np.hstack([windows.lines, np.repeat(windows.lines[:, -1:], len(HORIZONS), axis=1)])
    mean, sd, _, _, persistence = priors.T
    return Levels(years, lines, np.arange(years.shape[1]), lines, (mean, sd, persistence), SPLICE_SD)


def last_value(windows, draws=400):
    """The last rate with a normal spread on the logit scale that its own yearly changes have (w, draws, 4) percent."""
    values, _ = on_scale(windows.rates_pct, "logit")
    years, same = np.diff(windows.years, axis=1), np.diff(windows.lines, axis=1) == 0
    squares = np.where(same, np.diff(values, axis=1) ** 2 / np.maximum(years, 1), np.nan)
    sd = np.sqrt(np.maximum(np.nanmean(squares, axis=1), LEAST_STEP**2))[:, None] * np.sqrt(HORIZONS)
    return _quantile_draws(values[:, -1:] + 0 * sd, sd, draws, SCALES["logit"].back)


def _quantile_draws(mean, sd, draws, back, quantile=None):
    z = SCALES["probit"].to((np.arange(draws) + 0.5) / draws) if quantile is None else quantile
    return 100 * back(mean[:, None] + sd[:, None] * z[:, None])


def _windows(found, lines):
    if not found:
        raise ValueError("no window in these readings")
    unit, name, group, years, values, outcomes = (np.array(column) for column in zip(*found, strict=True))
    return Windows(unit, name, group, years, np.tile(lines, (len(unit), 1)), values.astype(float), outcomes)
