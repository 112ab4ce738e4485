"""The baseline model of one group: a latent level with a drift, and a gap between two thresholds.

Given the scale parameters everything is Gaussian, so each prior draw of them is conditioned exactly on the
readings, weighted by its marginal likelihood and resampled; only then are states and futures drawn. Where the readings
leave too few effective draws, the weights are brought in by steps and the scales moved in between. On the probit
scale a steady growth of roughly log-normal incomes under a fixed line is a straight line (Bourguignon 2003).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

CANDIDATES = 3_000
MIN_EFFECTIVE_DRAWS = 300
MOVES = 4  # of the scales after each step of the weights
STEP = 0.5  # of a move, in standard normals: 0 stands still, 1 starts afresh
LEVEL_SD = 3.0  # of the first level, on the probit scale: any share from 1e-6 to 1 - 1e-6
MAX_OBSERVATION_SD = 0.25  # probit; keeps the published error of a rate near zero from swallowing it
_SQRT_2PI = np.sqrt(2 * np.pi)


class TooFewEffectiveDraws(RuntimeError):
    """The readings contradict the priors so much that importance weights rest on a handful of draws."""


@dataclass(frozen=True)
class Posterior:
    """Draws at the last instant: level, drift a year, scale of innovations, observation error, all (n_draws,).

    effective_draws: effective size of the importance weights, or distinct draws of the scales after tempering.
    """

    level: np.ndarray
    drift: np.ndarray
    innovation_sd: np.ndarray
    observation_error: np.ndarray
    effective_draws: float


def observation_sd(level, error_points):
    """Standard deviation on the probit scale of an error in points: ``e / (100 phi(z))``, capped.

    Parameters
    ----------
    level : array_like
        Probit of the share.
    error_points : array_like
        Standard deviation of the published rate in percentage points.

    Returns
    -------
    ndarray
    """
    density = np.exp(-0.5 * np.square(level)) / _SQRT_2PI
    return np.minimum(np.asarray(error_points) / (100 * density), MAX_OBSERVATION_SD)


def condition_level(times, lines, values, fixed_sd, drift, splice_sd, scales, rng, draws, persistence=1.0):
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
    drift : tuple of float
        Mean and standard deviation of the yearly fall, probit a year.
    splice_sd : float
        Prior standard deviation of the offset of each earlier line.
    scales : callable
        From standard normals (m, 3 + intervals) to a dict of prior draws: ``innovation_sd``, ``observation_error``
        (points) and ``carry_over`` (of the drift from line to line), each (m,), and ``tails`` (m, intervals), the scale
        mixture of Student t innovations.
    rng : numpy.random.Generator
    draws : int
    persistence : float
        Of a drift's distance from its mean, from year to year; 1: constant on a line.

    Returns
    -------
    Posterior
        Its drift is that in the middle of the year after the last instant.

    Raises
    ------
    TooFewEffectiveDraws
        The readings lie far outside what the priors expect.
    """
    model = _Readings(times, lines, values, fixed_sd, drift, splice_sd, persistence)
    normals = rng.standard_normal((CANDIDATES, 3 + model.intervals))
    log_likelihood = model.log_likelihood(scales(normals))
    weight, effective = _weights(log_likelihood)
    if effective < MIN_EFFECTIVE_DRAWS:
        normals, effective = _tempered(
            normals, log_likelihood, lambda x: model.log_likelihood(scales(x)), rng
        )
        weight = np.full(CANDIDATES, 1 / CANDIDATES)
    if effective < MIN_EFFECTIVE_DRAWS:
        raise TooFewEffectiveDraws(
            f"only {effective:.0f} effective draws of {CANDIDATES}: the readings lie far outside what the priors expect"
        )
    picks = _resample(weight, rng, draws)
    rng.shuffle(picks)
    unique, picks = np.unique(picks, return_inverse=True)  # moments once for each distinct draw of the scales
    return model.draw(scales(normals[unique]), picks, effective, rng)


class _Readings:
    """The readings of one group as a linear Gaussian model, given the scales."""

    def __init__(self, times, lines, values, fixed_sd, drift, splice_sd, persistence):
        instants, index = np.unique(times, return_inverse=True)
        self.gaps, self.values, self.fixed_sd, self.drift = np.diff(instants), values, fixed_sd, drift
        self.intervals, self.n_lines = len(self.gaps), int(lines[-1]) + 1
        # The drift in force on the way to an instant is that of the earliest line read there.
        line_at = np.array([lines[index == k].min() for k in range(len(instants))])
        # A last row, beside the readings, is the level at the last instant.
        index = np.append(index, self.intervals)
        passed = (np.arange(self.intervals)[None, :] < index[:, None]).astype(
            float
        )  # steps before each reading
        years = passed * self.gaps  # spent in each interval before each reading
        self.walk = np.einsum("ij,kj->jik", passed, passed).reshape(self.intervals, len(index) ** 2)
        # Drifts of two intervals are alike by the years and by the changes of line between them.
        middle = np.append((instants[1:] + instants[:-1]) / 2, instants[-1] + 0.5)
        line_of = np.append(line_at[1:], self.n_lines - 1)
        alike = persistence ** np.abs(np.subtract.outer(middle, middle))
        apart = np.abs(np.subtract.outer(line_of, line_of))
        by_changes = [np.where(apart == changes, alike, 0.0) for changes in range(self.n_lines)]
        self.drifts = drift[1] ** 2 * np.array([years @ part[:-1, :-1] @ years.T for part in by_changes])
        self.with_drift = -(drift[1] ** 2) * np.array([years @ part[:-1, -1] for part in by_changes])
        earlier = np.append(lines < self.n_lines - 1, False)
        line = np.append(lines, lines[-1])
        self.fixed_cov = LEVEL_SD**2 + splice_sd**2 * ((line[:, None] == line) & earlier[:, None])
        self.mean = -drift[0] * years.sum(axis=1)

    def _covariance(self, scales):
        """Of readings and last level (m, n + 1, n + 1), and of these with the last line's drift (m, n + 1)."""
        step_var = (scales["innovation_sd"] ** 2)[:, None] * scales["tails"] * self.gaps
        size = len(self.mean)
        carried = scales["carry_over"][:, None] ** np.arange(self.n_lines)
        total = step_var @ self.walk
        total += carried @ self.drifts.reshape(self.n_lines, -1)
        total = total.reshape(-1, size, size)
        total += self.fixed_cov
        with_drift = carried @ self.with_drift
        error = observation_sd(self.values, scales["observation_error"][:, None])
        noise = np.where(self.fixed_sd == 0, error, self.fixed_sd) ** 2
        places = np.arange(size - 1)
        total[:, places, places] += noise + 1e-10
        return total, with_drift

    def log_likelihood(self, scales):
        """Of each draw of the scales, up to a constant (m,)."""
        lower = np.linalg.cholesky(self._covariance(scales)[0][:, :-1, :-1])
        residual = (self.values - self.mean[:-1])[:, None]
        white = np.linalg.solve(lower, np.broadcast_to(residual, (len(lower), *residual.shape)))[..., 0]
        return -0.5 * (white**2).sum(1) - np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1)

    def draw(self, scales, picks, effective, rng):
        """One draw of last level and drift for each pick of a draw of the scales (Posterior)."""
        total, with_drift = self._covariance(scales)
        known = np.concatenate([total[:, :-1, -1:], with_drift[:, :-1, None]], axis=2)
        weight = np.linalg.solve(total[:, :-1, :-1], known)  # (m, n, 2)
        residual = self.values - self.mean[:-1]
        level_mean, drift_mean = (np.array([self.mean[-1], self.drift[0]]) + residual @ weight).T
        explained = np.einsum("mni,mnj->mij", known, weight)
        level_sd = np.sqrt(np.maximum(total[:, -1, -1] - explained[:, 0, 0], 1e-12))
        slope = (with_drift[:, -1] - explained[:, 0, 1]) / level_sd
        rest = np.sqrt(np.maximum(self.drift[1] ** 2 - explained[:, 1, 1] - slope**2, 0))
        first, second = rng.standard_normal((2, len(picks)))
        return Posterior(
            level=level_mean[picks] + level_sd[picks] * first,
            drift=drift_mean[picks] + slope[picks] * first + rest[picks] * second,
            innovation_sd=scales["innovation_sd"][picks],
            observation_error=scales["observation_error"][picks],
            effective_draws=float(effective),
        )


def _weights(log_likelihood, power=1.0):
    weight = np.exp(power * (log_likelihood - log_likelihood.max()))
    weight /= weight.sum()
    return weight, 1 / np.square(weight).sum()


def _resample(weight, rng, draws):
    """Places by systematic resampling, the least noisy unbiased one."""
    return np.searchsorted(np.cumsum(weight), (rng.random() + np.arange(draws)) / draws).clip(
        max=len(weight) - 1
    )


def _tempered(normals, log_likelihood, compute, rng):
    """Bring the likelihood in by steps that keep half the draws effective, moving the normals after each.

    The moves are those of Neal (1999), preconditioned Crank-Nicolson: they leave the standard normals as they are
    distributed, so that only the likelihood decides. The effective draws returned are the distinct ones at the end.
    """
    power = 0.0
    while power < 1:
        low, high = 0.0, 1 - power
        if _weights(log_likelihood, high)[1] < len(normals) / 2:
            for _ in range(30):
                middle = (low + high) / 2
                enough = _weights(log_likelihood, middle)[1] >= len(normals) / 2
                low, high = (middle, high) if enough else (low, middle)
            high = max(low, 1e-6)
        picks = _resample(_weights(log_likelihood, high)[0], rng, len(normals))
        normals, log_likelihood, power = normals[picks], log_likelihood[picks], power + high
        for _ in range(MOVES):
            size = STEP * rng.random(
                (len(normals), 1)
            )  # small and large moves: the likelihood narrows as it comes in
            proposed = np.sqrt(1 - size**2) * normals + size * rng.standard_normal(normals.shape)
            new = compute(proposed)
            taken = np.log(rng.random(len(normals))) < power * (new - log_likelihood)
            normals = np.where(taken[:, None], proposed, normals)
            log_likelihood = np.where(taken, new, log_likelihood)
    return normals, len(np.unique(normals[:, 0]))


def future_levels(posterior, steps, tail_draws, rng, error_sd=None, drift=None):
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

    drift : tuple of float, optional
        Mean, standard deviation and yearly persistence of the drift; without it, the drift stays as it is.

    Returns
    -------
    ndarray (k, n_draws)
        Probits, with the observation error of the published figure.
    """
    shape = (len(steps), len(posterior.level))
    span = np.asarray(steps)[:, None]
    moves = -_future_drifts(posterior.drift, steps, drift, rng) * span
    moves += posterior.innovation_sd * np.sqrt(tail_draws * span) * rng.standard_normal(shape)
    level = posterior.level + np.cumsum(moves, axis=0)
    if error_sd is None:
        error_sd = observation_sd(level, posterior.observation_error)
    return level + error_sd * rng.standard_normal(shape)


def _future_drifts(now, steps, drift, rng):
    if drift is None or drift[2] == 1:
        return now
    mean, sd, persistence = drift
    drifts = np.empty((len(steps), len(now)))
    for k in range(len(steps)):
        if k:
            kept = persistence ** ((steps[k] + steps[k - 1]) / 2)
            now = mean + kept * (now - mean) + sd * np.sqrt(1 - kept**2) * rng.standard_normal(len(now))
        drifts[k] = now
    return drifts


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
