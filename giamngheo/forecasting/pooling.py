"""Priors by partial pooling: what the series of one kind say about the drift and the yearly deviations of another.

Within a stretch of a few readings, yearly changes on the model's scale have a mean fall b, yearly deviations of
scale s, and the errors of the published rates; b varies about m with spread tau and drifts back to m with persistence
phi; ln s varies about ln s0 with spread sigma. Given (tau, s, phi) the likelihood of m is Gaussian, so that each
stretch is one small table and leaving a unit out is a subtraction. The prior averages over a grid (hierarchical Bayes),
under weak priors centred on no fall. Missing years are longer steps, never filled in. Sisters of one country share that
country's own deviations and cannot show them: the mean of such a group is less certain than their number says.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from giamngheo.forecasting.scales import ERROR_POINTS, SCALES, on_scale

SAME_LINE_SERIES = 5  # as many series on the very same line make a reference of their own
STRETCH = 10  # readings; a drift is that of two plans' length, not of half a century
LEAST_RATE = 0.5  # percent; below it a rate printed with one decimal says nothing about its fall
COMMON_SD = 0.02  # probit a year, of a whole country's series about their drift; 0.03 scores alike
TAILS_IN_SCALE = 2**0.5  # standard deviation of a Student t with 4 d.f. of scale 1
PERSISTENCES = (0.4, 0.6, 0.8, 0.9, 1.0)  # phi, as likely as one another before a group is seen
_SPREADS = np.array([0.002, 0.005, 0.01, 0.02, 0.03, 0.045, 0.065])  # tau, on the probit scale
_SCALES = np.geomspace(0.006, 0.25, 12)  # s
_SCALE_SPREADS = np.array([0.3, 0.6, 0.9])  # sigma
_MEANS = np.linspace(-0.06, 0.16, 45)  # m
_CENTRE = {"mean": (0.0, 0.03), "sd": (np.log(0.01), 1.0), "scale": (np.log(0.04), 1.0)}


@dataclass(frozen=True)
class GroupPrior:
    """Prior of a new series of a kind, on the scale: normal drift a year, log-normal scale of its deviations.

    persistence: of a drift's distance from the mean, from year to year. scale: of Student t deviations with 4 d.f.;
    None where it is left to the register of assumptions.
    """

    mean: float
    sd: float
    scale: float | None
    scale_spread: float | None
    persistence: float
    n_series: int
    group: str = "given"


def stretches(rates, until=None):
    """Series cut into stretches of at most `STRETCH` readings, sharing an end, the latest ones whole.

    Parameters
    ----------
    rates : DataFrame
        series_id, unit, year, rate_pct.
    until : int, optional
        Last year that is known.

    Returns
    -------
    list of (unit, series_id, years, rates_pct)
    """
    rows = rates[rates["rate_pct"] >= LEAST_RATE]
    if until is not None:
        rows = rows[rows["year"] <= until]
    pieces = []
    for name, series in rows.sort_values("year").groupby("series_id"):
        years, values = series["year"].to_numpy(dtype=float), series["rate_pct"].to_numpy()
        end = len(years)
        while end >= 2:
            start = max(0, end - STRETCH)
            pieces.append((series["unit"].iloc[0], name, years[start:end], values[start:end]))
            end = start + 1 if start else 0
    return pieces


def same_line(rows, line, until=None):
    """The readings on one poverty line where enough series had two of them by then, else all.

    Parameters
    ----------
    rows : DataFrame
        As `stretches` takes them, with line.
    line : str or None
        The line of the series that is forecast.
    until : int, optional

    Returns
    -------
    DataFrame
    """
    same = rows[rows["line"] == line]
    known = same if until is None else same[same["year"] <= until]
    return same if (known.groupby("series_id").size() >= 2).sum() > SAME_LINE_SERIES else rows


class Pool:
    """Likelihoods of the stretches of one group, ready to leave any unit out.

    Parameters
    ----------
    pieces : list
        As from `stretches`.
    scale : str
    persistences : tuple of float
        Of a drift from year to year, as likely as one another beforehand; 1: constant within a stretch.
    error_points : float
        Of a published rate.
    """

    def __init__(self, pieces, scale="probit", persistences=PERSISTENCES, error_points=ERROR_POINTS):
        self.unit_of_scale = SCALES[scale].unit
        self.units = np.array([piece[0] for piece in pieces])
        self.series = np.array([piece[1] for piece in pieces])
        weight = np.array([1 / np.sqrt((self.units == unit).sum()) for unit in self.units])
        tables = [_log_likelihood(pieces, scale, phi, error_points) for phi in persistences]
        self.persistences = np.array(persistences)
        self.log_likelihood = weight[:, None, None, None, None, None] * np.stack(tables, axis=1)
        self.total = self.log_likelihood.sum(axis=0)
        self.common_variance = (_common_sd(pieces) * self.unit_of_scale) ** 2

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
        log_weight = self.total - self.log_likelihood[left_out].sum(axis=0) + _LOG_HYPERPRIOR
        weight = np.exp(log_weight - log_weight.max())  # (persistence, scale, its spread, drift spread, mean)
        weight /= weight.sum()
        mean = float((weight * _MEANS).sum())
        spread2 = (weight * _SPREADS[:, None] ** 2).sum() + (weight * (_MEANS - mean) ** 2).sum()
        unit = self.unit_of_scale
        return GroupPrior(
            mean=mean * unit,
            sd=float(np.sqrt(spread2 * unit**2 + self.common_variance)),
            scale=float(np.exp((weight * np.log(_SCALES)[:, None, None, None]).sum()))
            * unit
            / TAILS_IN_SCALE,
            scale_spread=float((weight * _SCALE_SPREADS[:, None, None]).sum()),
            persistence=float(weight.sum(axis=(1, 2, 3, 4)) @ self.persistences),
            n_series=len(np.unique(self.series[~left_out])),
        )


def borrowed(pieces, other):
    """The prior of a group with too few series to show its spreads, which it takes from another (GroupPrior).

    Its mean is the precision-weighted one of its own stretches, given the other's spreads (generalised least squares).

    Parameters
    ----------
    pieces : list
        As from `stretches`, one at least.
    other : GroupPrior
        On the probit scale.
    """
    information, weighted = 0.0, 0.0
    for _, _, years, rates in pieces:
        spreads, scales = np.array([other.sd]), np.array([other.scale * TAILS_IN_SCALE])
        values, error = on_scale(rates[None])
        moments = _moments(years[None], values, error, other.persistence, spreads, scales)
        weighted, information = weighted + moments[0, 0, 0, 1], information + moments[0, 0, 0, 2]
    return replace(
        other,
        mean=float(weighted / information),
        sd=float(np.sqrt(other.sd**2 + 1 / information)),
        n_series=len({name for _, name, _, _ in pieces}),
    )


def _common_sd(pieces):
    countries = {str(unit).split(":")[0] for unit, *_ in pieces}
    years = np.concatenate([years for _, _, years, _ in pieces])
    return COMMON_SD / np.sqrt(np.ptp(years)) if len(countries) == 1 else 0.0


PRIOR_COLUMNS = tuple(field.name for field in fields(GroupPrior) if field.name != "group")


def _log_hyperprior():
    mean, sd, scale = _CENTRE["mean"], _CENTRE["sd"], _CENTRE["scale"]
    return -0.5 * (
        ((_MEANS - mean[0]) / mean[1]) ** 2
        + ((np.log(_SPREADS) - sd[0]) / sd[1])[:, None] ** 2
        + ((np.log(_SCALES) - scale[0]) / scale[1])[:, None, None, None] ** 2
    )


def _log_likelihood(pieces, scale, persistence, error_points):
    """Of each stretch at each point of the grid (stretch, scale, scale spread, drift spread, mean)."""
    unit = SCALES[scale].unit
    moments = np.empty((len(pieces), len(_SPREADS), len(_SCALES), 3))
    lengths = np.array([len(years) for _, _, years, _ in pieces])
    for n in np.unique(lengths):
        places = np.flatnonzero(lengths == n)
        years = np.array([pieces[i][2] for i in places])
        values, error = on_scale(np.array([pieces[i][3] for i in places]), scale, error_points)
        moments[places] = _moments(years, values, error, persistence, unit * _SPREADS, unit * _SCALES)
    ll0, slope, curvature = np.moveaxis(moments, -1, 0)
    at = unit * _MEANS
    by_scale = ll0[..., None] + slope[..., None] * at - 0.5 * curvature[..., None] * at**2
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


def _moments(years, values, error, persistence, spreads, scales):
    """Log-likelihood at a mean of nought, its slope and its curvature there (n, spreads, scales, 3)."""
    steps, changes, variance = np.diff(years), np.diff(values), error**2
    n = steps.shape[1]
    i = np.arange(n)
    noise = np.zeros((len(steps), n, n))
    noise[:, i, i] = variance[:, 1:] + variance[:, :-1]
    noise[:, i[:-1], i[1:]] = noise[:, i[1:], i[:-1]] = -variance[:, 1:-1]
    middle = (years[:, 1:] + years[:, :-1]) / 2
    drift = persistence ** np.abs(middle[:, :, None] - middle[:, None]) * steps[:, :, None] * steps[:, None]
    total = (
        noise[:, None, None]
        + (spreads**2)[:, None, None, None] * drift[:, None, None]
        + (scales**2)[:, None, None] * np.eye(n) * steps[:, None, None, None]
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


_LOG_HYPERPRIOR = _log_hyperprior()
