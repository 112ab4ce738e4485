"""The baseline model of one group: a latent level with a drift, and a gap between two thresholds.

Given the scale parameters everything is Gaussian, so each prior draw of them is conditioned exactly on the
readings, weighted by its marginal likelihood and resampled; only then are states and futures drawn. Where the readings
leave too few effective draws, the weights are brought in by steps and the scales moved in between. On the probit
scale a steady growth of roughly log-normal incomes under a fixed line is a straight line (Bourguignon 2003).
"""

from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.importance import resample, tempered, weights
from giamngheo.forecasting.levels import Levels
from giamngheo.forecasting.long_series import LongSeries
from giamngheo.forecasting.scales import error_on_scale

CANDIDATES = 3_000
MIN_EFFECTIVE_DRAWS = 300
LONG = 24  # readings from which one after the other costs less than all at once


class TooFewEffectiveDraws(RuntimeError):
    """The readings contradict the priors so much that importance weights rest on a handful of draws."""


@dataclass(frozen=True)
class Posterior:
    """Draws at the last instant: level, drift a year, scale of innovations, observation error, share of the drift that
    a change of line carries over, all (n_draws,) and equally likely.

    effective_draws: effective size of the importance weights, or distinct draws of the scales after tempering.
    """

    level: np.ndarray
    drift: np.ndarray
    innovation_sd: np.ndarray
    observation_error: np.ndarray
    carry_over: np.ndarray
    effective_draws: float
    _given: tuple = field(repr=False)  # readings, distinct draws of the scales, the one behind each draw

    def past(self, rng):
        """What the same draws hold of the past: levels at the instants read, offsets of earlier lines (Past)."""
        readings, scales, picks = self._given
        return readings.past(scales, picks, self.level, self.drift, rng)

    def coming(self, steps, rng):
        """Drifts of the same draws in each of some coming steps.

        Parameters
        ----------
        steps : ndarray (k,)
            Years, the first from the last instant.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray (k, n_draws)
        """
        readings, scales, picks = self._given
        return readings.coming(scales, picks, self.level, self.drift, steps, rng)

    def left_out(self, rng):
        """What each reading would have been expected to be, had it alone not been known.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        ndarray (n, n_draws)
            On the scale, in the order of the readings, with the error of a reading.

        Notes
        -----
        Exact given the scales: with K the covariance of the readings and r how far they lie from their mean, the
        others expect reading i at ``y_i - (K^-1 r)_i / K^-1_ii`` with variance ``1 / K^-1_ii`` (Sundararajan and
        Keerthi 2001). The scales have learned from it too: they are weighted by ``1 / p(y_i | others)`` (Gelfand 1996).
        """
        readings, scales, picks = self._given
        return readings.left_out(scales, picks, rng)


class Past(NamedTuple):
    """Of each draw: instants (years), level at each (s, n_draws), offset of each earlier line (lines, n_draws)."""

    instants: np.ndarray
    level: np.ndarray
    offset: np.ndarray


class Future(NamedTuple):
    """Published levels at the coming instants, what of them the drift took since the last reading, what is error.

    All (k, n_draws), in probits; level = level at the last reading - fallen + yearly deviations + error.
    """

    level: np.ndarray
    fallen: np.ndarray
    error: np.ndarray


def condition_level(times, lines, values, fixed_sd, drift, splice_sd, scales, rng, draws):
    """Draws of level and drift at the last instant, given probits of a share read on one or more poverty lines.

    Parameters
    ----------
    times : ndarray (n,)
        Instants in years, ascending within a line.
    lines : ndarray (n,) of int
        0, 1, … in order of introduction; the last is the line that is forecast.
    values : ndarray (n,)
        Probits of the readings.
    fixed_sd : ndarray (n,)
        Known standard deviation of a value, 0 for one with the published rates' error.
    drift : Drift
        Of the yearly fall, probit a year.
    splice_sd : float
        Prior standard deviation of the offset of each earlier line.
    scales : callable
        From standard normals (m, 3 + intervals) to a dict of prior draws: ``innovation_sd``, ``observation_error``
        (points) and ``carry_over`` (of the drift from line to line), each (m,), and ``tails`` (m, intervals), the scale
        mixture of Student t innovations.
    rng : numpy.random.Generator
    draws : int

    Returns
    -------
    Posterior
        Its drift is that in the middle of the year after the last instant.

    Raises
    ------
    TooFewEffectiveDraws
        The readings lie far outside what the priors expect.
    """
    kind = _InOrder if len(values) >= LONG and not drift.periods else _Readings
    model = kind(times, lines, values, fixed_sd, drift, splice_sd)
    normals = rng.standard_normal((CANDIDATES, 3 + model.intervals))
    log_likelihood = model.log_likelihood(scales(normals))
    weight, effective = weights(log_likelihood)
    if effective < MIN_EFFECTIVE_DRAWS:
        normals, effective = tempered(normals, log_likelihood, lambda x: model.log_likelihood(scales(x)), rng)
        weight = np.full(CANDIDATES, 1 / CANDIDATES)
    if effective < MIN_EFFECTIVE_DRAWS:
        raise TooFewEffectiveDraws(
            f"only {effective:.0f} effective draws of {CANDIDATES}: the readings lie far outside what the priors expect"
        )
    picks = resample(weight, rng, draws)
    rng.shuffle(picks)
    unique, picks = np.unique(picks, return_inverse=True)  # moments once for each distinct draw of the scales
    return model.draw(scales(normals[unique]), picks, effective, rng)


class _Readings:
    """The readings of one group as a linear Gaussian model, given the scales."""

    def __init__(self, times, lines, values, fixed_sd, drift, splice_sd):
        instants, index = np.unique(times, return_inverse=True)
        # The drift in force on the way to an instant is that of the earliest line read there.
        line_at = np.array([lines[index == k].min() for k in range(len(instants))])
        # A last row, beside the readings, is the level at the last instant.
        index, rows = np.append(index, len(instants) - 1), np.append(lines, lines[-1])
        self._levels_of = partial(Levels, instants, line_at, drift=drift, splice_sd=splice_sd)
        self.levels = self._levels_of(index, rows)
        self.instants, self.line_at, self.index, self.lines = instants, line_at, index, rows
        self.values, self.fixed_sd = values, fixed_sd
        self.intervals, self.residual = len(instants) - 1, values - self.levels.mean[:-1]

    def _covariance(self, scales, levels=None):
        """Of readings and last level (m, n + 1, n + 1), or of the rows of other levels that begin with the readings."""
        levels, noise = levels or self.levels, self._noise(scales)
        return levels.covariance(scales["innovation_sd"], scales["tails"], scales["carry_over"], noise)

    def _noise(self, scales):
        """Standard deviation of each reading's error (m, n)."""
        error = error_on_scale(self.values, scales["observation_error"][:, None])
        return np.where(self.fixed_sd == 0, error, self.fixed_sd)

    def log_likelihood(self, scales):
        """Of each draw of the scales, up to a constant (m,)."""
        lower = np.linalg.cholesky(self._covariance(scales)[:, :-1, :-1])
        white = np.linalg.solve(lower, np.broadcast_to(self.residual[:, None], (*lower.shape[:2], 1)))[..., 0]
        return -0.5 * (white**2).sum(1) - np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1)

    def _last(self, scales):
        """Mean (m, 2) and covariance (m, 2, 2) of last level and drift, given the readings and the scales."""
        total = self._covariance(scales)
        with_drift = self.levels.carried(scales["carry_over"]) @ self.levels.with_drift[..., 0]
        known = np.concatenate([total[:, :-1, -1:], with_drift[:, :-1, None]], axis=2)
        weight = np.linalg.solve(total[:, :-1, :-1], known)  # (m, n, 2)
        prior_mean = np.array([self.levels.mean[-1], self.levels.coming_mean[0]])
        left = -np.einsum("mni,mnj->mij", known, weight)
        left[:, 0, 0] += total[:, -1, -1]
        left[:, [0, 1], [1, 0]] += with_drift[:, -1:]
        left[:, 1, 1] += self.levels.coming[0, 0]
        return prior_mean + self.residual @ weight, left

    def draw(self, scales, picks, effective, rng):
        """One draw of last level and drift for each pick of a draw of the scales (Posterior)."""
        mean, left = self._last(scales)
        level_mean, drift_mean = mean.T
        level_sd = np.sqrt(np.maximum(left[:, 0, 0], 1e-12))
        slope = left[:, 0, 1] / level_sd
        rest = np.sqrt(np.maximum(left[:, 1, 1] - slope**2, 0))
        first, second = rng.standard_normal((2, len(picks)))
        return Posterior(
            level=level_mean[picks] + level_sd[picks] * first,
            drift=drift_mean[picks] + slope[picks] * first + rest[picks] * second,
            innovation_sd=scales["innovation_sd"][picks],
            observation_error=scales["observation_error"][picks],
            carry_over=scales["carry_over"][picks],
            effective_draws=float(effective),
            _given=(self, scales, picks),
        )

    def past(self, scales, picks, level, drift, rng):
        """Draws of the past given the readings, the scales and each draw's own last level and drift (Past)."""
        n, newest, end = len(self.values), self.lines[-1], self.intervals
        # Beside the readings: the last instant on each earlier line, then all earlier instants and the last on this.
        index = np.concatenate([self.index[:n], np.full(newest, end), np.arange(end + 1)])
        lines = np.concatenate([self.lines[:n], np.arange(newest), np.full(end + 1, newest)])
        levels = self._levels_of(index, lines)
        rows = len(lines) - 1
        drawn = self._hidden(levels, slice(n, rows), scales, picks, level, drift, rng)
        earlier = np.vstack([drawn[:, newest:].T, level])
        return Past(self.instants, earlier, drawn[:, :newest].T - level)

    def coming(self, scales, picks, level, drift, steps, rng):
        """As of `Posterior.coming`."""
        ahead = self._ahead(steps)
        levels, rows = self._levels_of(self.index, self.lines, coming=ahead), len(self.index)
        return self._hidden(levels, slice(rows + 1, None), scales, picks, level, drift, rng).T

    def _ahead(self, steps):
        """Instants of the coming drifts: half a year after the last reading, then the middle of each step."""
        ends = self.instants[-1] + np.cumsum(steps)
        return np.append(self.instants[-1] + 0.5, ends - np.asarray(steps) / 2)

    def _hidden(self, levels, hidden, scales, picks, level, drift, rng):
        """Draws of some of the levels' rows, then of their coming drifts, given the readings, last level and drift."""
        rows, n = len(levels.mean), len(self.values)
        size = rows + len(levels.coming)
        total = np.empty((len(scales["innovation_sd"]), size, size))
        total[:, :rows, :rows] = self._covariance(scales, levels)
        crossed = np.tensordot(levels.carried(scales["carry_over"]), levels.with_drift, 1)
        total[:, :rows, rows:], total[:, rows:, :rows] = crossed, crossed.swapaxes(1, 2)
        total[:, rows:, rows:] = levels.coming
        mean = np.append(levels.mean, levels.coming_mean)
        known = np.r_[:n, rows - 1, rows]  # readings, last level, drift
        cross = total[:, known, hidden]
        weight = np.linalg.solve(total[:, known[:, None], known], cross)
        left = total[:, hidden, hidden] - cross.swapaxes(1, 2) @ weight
        drawn = (mean[hidden] + self.residual @ weight[:, :n])[picks]
        drawn += weight[picks, n] * (level - mean[rows - 1])[:, None]
        drawn += weight[picks, n + 1] * (drift - mean[rows])[:, None]
        return drawn + _deviations(left, picks, rng)

    def left_out(self, scales, picks, rng):
        """As of `Posterior.left_out`."""
        precision = np.linalg.inv(self._covariance(scales)[:, :-1, :-1])
        own = np.diagonal(precision, axis1=1, axis2=2)
        step, sd = (
            (precision @ self.residual) / own,
            1 / np.sqrt(own),
        )  # step: reading less what the others expect
        log_density = -0.5 * (step / sd) ** 2 - np.log(sd)
        found = np.empty((len(self.values), len(picks)))
        for i, value in enumerate(self.values):
            weight, _ = weights(-log_density[picks, i])
            chosen = picks[resample(weight, rng, len(picks))]
            found[i] = value - step[chosen, i] + sd[chosen, i] * rng.standard_normal(len(picks))
        return found


class _InOrder(_Readings):
    """The same of a long series, read one instant after the other."""

    def __init__(self, times, lines, values, fixed_sd, drift, splice_sd):
        super().__init__(times, lines, values, fixed_sd, drift, splice_sd)
        self.drift = drift
        self.series = LongSeries(
            self.instants, self.line_at, self.index[:-1], lines, lines[-1], drift, splice_sd
        )

    def log_likelihood(self, scales):
        return self.series.filtered(self.residual, scales, self._noise(scales))[0]

    def _last(self, scales):
        return self._given(scales, self._ahead([]))

    def _given(self, scales, ahead):
        """Mean and covariance of last level and coming drifts, given the readings and the scales."""
        _, *state = self.series.filtered(self.residual, scales, self._noise(scales))
        mean, left = self.series.ahead(ahead, *state, scales)
        return np.append(self.levels.mean[-1], self.drift.moments(ahead)[0]) + mean, left

    def coming(self, scales, picks, level, drift, steps, rng):
        mean, total = self._given(scales, self._ahead(steps))
        cross = total[:, :2, 2:]
        weight = np.linalg.solve(total[:, :2, :2], cross)
        known = np.stack([level, drift], axis=1) - mean[picks, :2]
        drawn = mean[picks, 2:] + (known[:, None] @ weight[picks])[:, 0]
        left = total[:, 2:, 2:] - cross.swapaxes(1, 2) @ weight
        return (drawn + _deviations(left, picks, rng)).T


def _deviations(covariance, picks, rng):
    """Normals of the covariance that each draw picks (n_draws, k)."""
    variance, axes = np.linalg.eigh(covariance)
    root = axes * np.sqrt(np.maximum(variance, 0))[:, None]
    return (root[picks] @ rng.standard_normal((len(picks), root.shape[1], 1)))[..., 0]


def future_levels(posterior, steps, tail_draws, rng, error_sd=None, drifts=None):
    """Published levels at each of the coming instants.

    Parameters
    ----------
    posterior : Posterior
    steps : ndarray (k,)
        Years between the coming instants, the first from the last reading.
    tail_draws : ndarray (k, n_draws)
        Scale mixture of the Student t innovations (ones for normal ones).
    rng : numpy.random.Generator
    error_sd : float, optional
        Observation error on the scale itself; without it, that of the posterior's error in points.
    drifts : ndarray (k, n_draws), optional
        In each step, as of `Posterior.coming`; without it, the drift stays as it is.

    Returns
    -------
    Future
        With the observation error of the published figure.
    """
    shape = (len(steps), len(posterior.level))
    span = np.asarray(steps)[:, None]
    moves = -(posterior.drift if drifts is None else drifts) * span
    fallen = -np.cumsum(moves, axis=0)
    moves += posterior.innovation_sd * np.sqrt(tail_draws * span) * rng.standard_normal(shape)
    level = posterior.level + np.cumsum(moves, axis=0)
    if error_sd is None:
        error_sd = error_on_scale(level, posterior.observation_error)
    error = error_sd * rng.standard_normal(shape)
    return Future(level + error, fallen, error)


def shares(level, log_gap=None):
    """Shares of households, ordered in every draw.

    Parameters
    ----------
    level : ndarray (k, n_draws)
        Probits of the share of poor households.
    log_gap : ndarray (k, n_draws), optional
        ln of the distance in probits to the share of poor and near-poor households.

    Returns
    -------
    tuple of ndarray
        Share poor, and share poor or near-poor (None without a gap).
    """
    return ndtr(level), None if log_gap is None else ndtr(level + np.exp(log_gap))
