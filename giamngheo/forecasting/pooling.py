"""Priors by partial pooling: what the series of one kind say about the drift and the yearly deviations of another.

Yearly changes on the model's scale have a mean fall, yearly deviations of scale s, and the errors of the published
rates. The fall varies about m with spread tau: a share of its variance stays, the rest returns by a persistence phi;
ln s varies about ln s0 with spread sigma. Given (tau, share, phi, s) the likelihood of m is Gaussian, so that each
stretch is one small table and leaving a unit out is a subtraction. The prior averages over a grid (hierarchical Bayes)
under weak priors centred on no fall, which the mean of relative lines does not leave (`STILL`): the autocovariance of
the drift over the grid of shares and persistences, not at their means. Missing years are longer steps, never filled in.

Sisters of one country share that country's departures and cannot show their spread. Their own spreads are those about
the country's mean of each period; the country's path is that of a country on a national line (`forecasting.drifts`).
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from giamngheo.forecasting.drifts import CARRIED, Drift
from giamngheo.forecasting.scales import on_scale

STRETCH = 30  # readings; what stays of a drift is seen over a generation, not over two plans
LEAST_RATE = 0.5  # percent; below it a rate printed with one decimal says nothing about its fall
TAILS_IN_SCALE = 2**0.5  # standard deviation of a Student t with 4 d.f. of scale 1
# Share of the drift's variance that stays, and phi of what returns: as likely as one another before a group is seen.
KINDS = tuple((share, phi) for share in (0.0, 0.33, 0.67) for phi in (0.4, 0.6, 0.8, 0.9)) + ((1.0, 1.0),)
# A country's departures beside those of countries on national lines, which also hold what their surveys miss.
FACTORS = np.array([0.125, 0.25, 0.5, 1.0])
FACTOR_SPREAD = np.log(2)
FREE_SD = 0.06  # probit a year, of a country's own mean fall; as wide as the wide prior
SHOCKS = np.array([0.002, 0.005, 0.01, 0.02, 0.04])  # of a single year of a whole country
_SPREADS = np.array([0.002, 0.005, 0.01, 0.02, 0.03, 0.045, 0.065])  # tau, on the probit scale
_SCALES = np.geomspace(0.006, 0.25, 12)  # s
_SCALE_SPREADS = np.array([0.3, 0.6, 0.9])  # sigma
_MEANS = np.linspace(-0.06, 0.16, 45)  # m
_SPREAD = 0.01  # tau, as far as it is known before a group is seen
_CENTRE = {"mean": (0.0, 0.03), "scale": (np.log(0.04), 1.0)}
# By group, of `Pool`: a share of the median moves with incomes, so that its rates do not fall by themselves.
STILL = {"relative-line": {"means": np.zeros(1), "spread": 0.003}}


@dataclass(frozen=True)
class GroupPrior:
    """Prior of a new series of a kind, on the probit scale: its drift, and the log-normal scale of its deviations.

    scale: of Student t deviations with 4 d.f.; None where it is left to the register of assumptions. series: those that
    it was learned from; spreads_from: the kind that lent its spreads. now: the instant (years) of `mean` and `sd`.
    """

    drift: Drift
    scale: float | None
    scale_spread: float | None
    series: tuple[str, ...] = ()
    group: str = "given"
    spreads_from: str | None = None
    now: float = 0.0

    @property
    def mean(self):
        """Mean fall a year, in the year after the last comparable reading."""
        return self.drift.at(self.now)[0]

    @property
    def sd(self):
        """Standard deviation of the fall in that year."""
        return self.drift.at(self.now)[1]

    @property
    def persistence(self):
        """As of `Drift.persistence`."""
        return self.drift.persistence

    @property
    def permanent(self):
        """As of `Drift.permanent`."""
        return self.drift.permanent

    @property
    def n_series(self):
        """Number of series that it was learned from."""
        return len(self.series)


PRIOR_COLUMNS = ("mean", "sd", "permanent", "persistence", "scale", "scale_spread", "n_series")


class Piece(NamedTuple):
    """A stretch of one series: years, values on the scale and the errors of the rates there, each (n,).

    changes: of the group's poverty line since the series' own, as far as the readings show.
    """

    unit: str
    series: str
    years: np.ndarray
    values: np.ndarray
    error: np.ndarray
    changes: int = 0

    @property
    def country(self):
        """The country of a unit such as VNM:An Giang."""
        return str(self.unit).split(":")[0]


def stretches(rates):
    """Series cut into stretches of at most `STRETCH` readings, sharing an end, the latest ones whole.

    Parameters
    ----------
    rates : DataFrame
        series_id, year, rate_pct, optional unit.

    Returns
    -------
    list of Piece
    """
    rows = rates[rates["rate_pct"] >= LEAST_RATE]
    rows = rows if "unit" in rows else rows.assign(unit=rows["series_id"])
    lines = list(rows.groupby("line")["year"].max().sort_values().index[::-1]) if "line" in rows else []
    pieces = []
    for name, series in rows.sort_values("year").groupby("series_id"):
        years = (
            series["year"].to_numpy(dtype=float) + 1
        )  # the end of a year is the instant at which the next begins
        values, error = on_scale(series["rate_pct"].to_numpy())
        line = series["line"].iloc[0] if lines else None
        changes, end = lines.index(line) if line in lines else 0, len(years)
        while end >= 2:
            start = max(0, end - STRETCH)
            part = slice(start, end)
            pieces.append(
                Piece(series["unit"].iloc[0], name, years[part], values[part], error[part], changes)
            )
            end = start + 1 if start else 0
    return pieces


class Pool:
    """Likelihoods of the stretches of one group, ready to leave any unit out.

    Parameters
    ----------
    pieces : list of Piece
    means : ndarray
        Those that the group's mean fall may have.
    spread : float, optional
        Centre of the weak prior on tau, probit a year; default: `_SPREAD`.
    """

    def __init__(self, pieces, means=_MEANS, spread=None):
        self.units = np.array([piece.unit for piece in pieces])
        self.series = np.array([piece.series for piece in pieces])
        self.means, self.now = means, _now(pieces)
        weight = np.array([1 / np.sqrt((self.units == unit).sum()) for unit in self.units])
        tables = [_log_likelihood(pieces, kind, means) for kind in KINDS]
        self.log_likelihood = weight[:, None, None, None, None, None] * np.stack(tables, axis=1)
        self.total = self.log_likelihood.sum(axis=0) + _log_hyperprior(
            means, _SPREAD if spread is None else spread
        )

    def prior(self, without=None):
        """The prior that the group gives, one unit left out.

        Parameters
        ----------
        without : str, optional
            The unit being forecast.

        Returns
        -------
        GroupPrior
        """
        left_out = self.units == without
        log_weight = self.total - self.log_likelihood[left_out].sum(axis=0)
        weight = np.exp(log_weight - log_weight.max())  # (kind, scale, its spread, drift spread, mean)
        weight /= weight.sum()
        mean = float((weight * self.means).sum())
        variance = (weight * _SPREADS[:, None] ** 2).sum(axis=(1, 2, 3, 4))  # by kind
        stays, returning = 0.0, {}
        for (share, phi), part in zip(KINDS, variance, strict=True):
            stays += share * part
            returning[phi] = returning.get(phi, 0.0) + (1 - share) * part
        parts = [(float(stays), 1.0)] + [(float(part), phi) for phi, part in returning.items() if phi < 1]
        return GroupPrior(
            Drift(mean, tuple(parts), mean_variance=float((weight * (self.means - mean) ** 2).sum())),
            scale=float(np.exp((weight * np.log(_SCALES)[:, None, None, None]).sum())) / TAILS_IN_SCALE,
            scale_spread=float((weight * _SCALE_SPREADS[:, None, None]).sum()),
            series=tuple(map(str, np.unique(self.series[~left_out]))),
            now=self.now,
        )


def borrowed(pieces, other):
    """The prior of a group with too few series to show its spreads, which it takes from another (GroupPrior).

    Its mean is the precision-weighted one of its own stretches, given the other's spreads (generalised least squares);
    n stretches of one unit tell as much as ``sqrt(n)`` of different ones.

    Parameters
    ----------
    pieces : list of Piece
        One at least.
    other : GroupPrior
    """
    information, weighted = 0.0, 0.0
    own = replace(other.drift, mean_variance=0.0)  # how far units lie from their mean, wherever that is
    count = Counter(piece.unit for piece in pieces)
    for piece in pieces:
        steps, total = np.diff(piece.years), _noise(piece.error[None])[0]
        middle = (piece.years[1:] + piece.years[:-1]) / 2
        total = total + own.moments(middle)[1] * np.outer(steps, steps)
        total += np.diag((other.scale * TAILS_IN_SCALE) ** 2 * steps)
        weight = np.linalg.solve(total, steps) / np.sqrt(count[piece.unit])
        weighted, information = weighted - weight @ np.diff(piece.values), information + weight @ steps
    drift = replace(own, mean=float(weighted / information), mean_variance=float(1 / information))
    series = tuple(sorted({piece.series for piece in pieces}))
    return replace(other, drift=drift, series=series, now=_now(pieces), spreads_from=other.group)


def sisters(pieces, other):
    """The prior of a further unit of one country, whose common path is that of a country of another group.

    Parameters
    ----------
    pieces : list of Piece
        Of units of one country.
    other : GroupPrior
        Of countries.

    Returns
    -------
    GroupPrior
    """
    falls = {}
    for piece in pieces:
        for span, change in zip(_spans(piece), np.diff(piece.values), strict=True):
            falls.setdefault(span, []).append(-change / (span[1] - span[0]))
    apart = []
    for piece in pieces:
        spans = _spans(piece)
        rest = np.diff(piece.values) + [np.mean(falls[span]) * (span[1] - span[0]) for span in spans]
        lost = [len(falls[span]) / max(len(falls[span]) - 1, 1) for span in spans]  # with the mean
        apart.append(piece._replace(values=np.append(0.0, np.cumsum(rest * np.sqrt(lost)))))
    own = Pool(apart, means=np.zeros(1)).prior()
    spread = own.drift.spread**2
    step = (own.scale * TAILS_IN_SCALE) ** 2
    spans = sorted(falls)
    seen = np.array([np.mean(falls[span]) for span in spans])
    noise = np.array([(spread + step / (span[1] - span[0])) / len(falls[span]) for span in spans])
    common, shock = _common(spans, seen, noise, other.drift)
    periods = tuple(
        (float(start), float(end), float(fall), float(error + shock / (end - start)), changes)
        for (start, end, changes), fall, error in zip(spans, seen, noise, strict=True)
    )
    drift = Drift(other.drift.mean, own.drift.parts, common, periods)
    scale = float(
        np.sqrt(own.scale**2 + shock / TAILS_IN_SCALE**2)
    )  # a unit has its own deviations and its country's
    return replace(own, drift=drift, scale=scale, spreads_from=other.group)


def _spans(piece):
    return [(start, end, piece.changes) for start, end in zip(piece.years, piece.years[1:], strict=False)]


def _common(spans, seen, noise, other):
    """Parts of a country's path, another's made larger or smaller by what its periods show, and its yearly variance."""
    start, end, changes = np.array(spans).T
    middle, rest = (start + end) / 2, seen - other.mean
    squares, log_weight = np.array([(f**2, e**2) for f in FACTORS for e in SHOCKS]), []
    for factor, shock in squares:
        parts = (*_times(other.of_a_country, factor), (FREE_SD**2, 1.0))
        total = Drift(0.0, parts).moments(middle)[1] * CARRIED ** np.abs(changes[:, None] - changes)
        total += np.diag(noise + shock / (end - start))
        log_density = -0.5 * (rest @ np.linalg.solve(total, rest) + np.linalg.slogdet(total)[1])
        log_weight.append(log_density - 0.125 * (np.log(factor) / FACTOR_SPREAD) ** 2)
    weight = np.exp(np.array(log_weight) - max(log_weight))
    factor, shock = weight @ squares / weight.sum()
    return (*_times(other.of_a_country, float(factor)), (FREE_SD**2, 1.0)), float(shock)


def _times(parts, factor):
    return tuple((variance * factor, kept) for variance, kept in parts)


def one_country(pieces):
    """Whether all stretches are those of units of one country (bool)."""
    return len({piece.country for piece in pieces}) == 1


def _now(pieces):
    return float(max(piece.years[-1] for piece in pieces)) + 0.5


def _log_hyperprior(means, spread):
    mean, scale = _CENTRE["mean"], _CENTRE["scale"]
    return -0.5 * (
        ((means - mean[0]) / mean[1]) ** 2
        + (np.log(_SPREADS) - np.log(spread))[:, None] ** 2
        + ((np.log(_SCALES) - scale[0]) / scale[1])[:, None, None, None] ** 2
    )


def _log_likelihood(pieces, kind, means):
    """Of each stretch at each point of the grid (stretch, scale, scale spread, drift spread, mean)."""
    moments = np.empty((len(pieces), len(_SPREADS), len(_SCALES), 3))
    lengths = np.array([len(piece.years) for piece in pieces])
    for n in np.unique(lengths):
        places = np.flatnonzero(lengths == n)
        years, values, error = (
            np.array([getattr(pieces[i], name) for i in places]) for name in ("years", "values", "error")
        )
        moments[places] = _moments(years, values, error, kind)
    ll0, slope, curvature = np.moveaxis(moments, -1, 0)
    by_scale = ll0[..., None] + slope[..., None] * means - 0.5 * curvature[..., None] * means**2
    # A stretch's own scale is averaged over its log-normal distribution in the group.
    weight = np.exp(
        -0.5
        * ((np.log(_SCALES) - np.log(_SCALES)[:, None, None]) / _SCALE_SPREADS[:, None])
        ** 2  # (s0, sigma, s)
    )
    weight /= weight.sum(axis=-1, keepdims=True)
    top = by_scale.max(axis=2, keepdims=True)
    averaged = np.einsum("abs,itsm->iabtm", weight, np.exp(by_scale - top), optimize=True)
    return np.log(np.maximum(averaged, 1e-300)) + top[:, :, 0][:, None, None]


def _moments(years, values, error, kind):
    """Log-likelihood at a mean of nought, its slope and its curvature there (n, spreads, scales, 3)."""
    share, persistence = kind
    steps, changes = np.diff(years), np.diff(values)
    middle = (years[:, 1:] + years[:, :-1]) / 2
    alike = share + (1 - share) * persistence ** np.abs(middle[:, :, None] - middle[:, None])
    drift = alike * steps[:, :, None] * steps[:, None]
    total = (
        _noise(error)[:, None, None]
        + (_SPREADS**2)[:, None, None, None] * drift[:, None, None]
        + (_SCALES**2)[:, None, None] * np.eye(steps.shape[1]) * steps[:, None, None, None]
    )
    lower = np.linalg.cholesky(total)
    both = np.broadcast_to(np.stack([changes, -steps], -1)[:, None, None], (*total.shape[:-1], 2))
    white = np.linalg.solve(lower, both)
    log_det = np.log(np.diagonal(lower, axis1=-2, axis2=-1)).sum(-1)
    return np.stack(
        [
            -0.5 * (white[..., 0] ** 2).sum(-1) - log_det,
            (white[..., 0] * white[..., 1]).sum(-1),
            (white[..., 1] ** 2).sum(-1),
        ],
        axis=-1,
    )


def _noise(error):
    """Covariance of the errors of successive changes (n, steps, steps)."""
    variance, n = error**2, error.shape[1] - 1
    noise, i = np.zeros((len(error), n, n)), np.arange(n)
    noise[:, i, i] = variance[:, 1:] + variance[:, :-1]
    noise[:, i[:-1], i[1:]] = noise[:, i[1:], i[:-1]] = -variance[:, 1:-1]
    return noise
