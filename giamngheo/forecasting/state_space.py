"""The baseline model of one group: a latent level with a drift, and a gap between two thresholds.

Given the scale parameters everything is Gaussian, so each prior draw of them is conditioned exactly on the
readings, weighted by its marginal likelihood and resampled; only then are states and futures drawn. Where the readings
leave too few effective draws, the weights are brought in by steps and the scales moved in between. On the probit
scale a steady growth of roughly log-normal incomes under a fixed line is a straight line (Bourguignon 2003).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.scales import error_on_scale

CANDIDATES = 3_000
MIN_EFFECTIVE_DRAWS = 300
MOVES = 4  # of the scales after each step of the weights
STEP = 0.5  # of a move, in standard normals: 0 stands still, 1 starts afresh
LEVEL_SD = 3.0  # of the first level, on the probit scale: any share from 1e-6 to 1 - 1e-6


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


class Levels:
    """Levels at the instants of some rows as one Gaussian vector, given the scales of its parts.

    Windows of one shape may stand side by side: in leading axes of `instants`, `line_at` and `lines`.

    Parameters
    ----------
    instants : ndarray (…, s + 1)
        Years, ascending.
    line_at : ndarray (…, s + 1) of int
        The poverty line whose drift is in force on the way to each: 0, 1, … in order of introduction.
    index : ndarray (r,) of int
        The instant of each row.
    lines : ndarray (…, r) of int
        The line of each row; the newest is the last row's.
    drift : tuple of float or ndarray (…)
        Mean, standard deviation and yearly persistence of the fall.
    splice_sd : float
        Prior standard deviation of the offset of each earlier line.
    """

    def __init__(self, instants, line_at, index, lines, drift, splice_sd):
        mean, sd, persistence = (np.asarray(part)[..., None, None] for part in drift)
        self.steps = np.diff(instants)
        passed = (np.arange(self.steps.shape[-1]) < index[:, None]).astype(float)  # steps before each row
        years = passed * self.steps[..., None, :]  # spent in each step before each row
        self.walk = np.einsum("is,js->sij", passed, passed)
        # Drifts of two steps are alike by the years and by the changes of line between them; the last is that of
        # the year after the last instant.
        last, newest = instants[..., -1:], lines[..., -1:]
        middle = np.concatenate([(instants[..., 1:] + instants[..., :-1]) / 2, last + 0.5], axis=-1)
        line_of = np.concatenate([line_at[..., 1:], newest], axis=-1)
        alike = sd**2 * persistence ** np.abs(middle[..., :, None] - middle[..., None, :])
        apart = np.abs(line_of[..., :, None] - line_of[..., None, :])
        changes = np.arange(lines.max() + 1)[:, None, None]
        by_changes = np.where(apart[..., None, :, :] == changes, alike[..., None, :, :], 0.0)
        spent = years[..., None, :, :]
        self.drifts = spent @ by_changes[..., :-1, :-1] @ spent.swapaxes(-1, -2)
        self.with_drift = -(spent @ by_changes[..., :-1, -1:])[..., 0]  # of rows with the coming year's drift
        offset = (lines[..., :, None] == lines[..., None, :]) & (lines < newest)[..., None, :]
        self.fixed = LEVEL_SD**2 + splice_sd**2 * offset
        self.mean = -mean[..., 0] * years.sum(axis=-1)

    def carried(self, carry_over):
        """Share of the drifts' covariance that is left by changes of line between them (…, lines)."""
        return np.asarray(carry_over)[..., None] ** np.arange(self.drifts.shape[-3])

    def covariance(self, scale, tails, carry_over, noise_sd):
        """Of the rows, for each of m draws of the scales.

        Parameters
        ----------
        scale : ndarray (…, m)
            Of a year's innovation.
        tails : ndarray (m, s)
            Scale mixture of the innovations.
        carry_over : ndarray (m,) or (1,)
            Of the drift from line to line.
        noise_sd : ndarray (…, m or 1, n)
            Errors of the first n rows; the others are levels themselves.

        Returns
        -------
        ndarray (…, m, r, r)
        """
        variance = (scale**2)[..., None] * tails * self.steps[..., None, :]
        rows = self.mean.shape[-1]
        total = variance @ self.walk.reshape(-1, rows**2)
        total += self.carried(carry_over) @ self.drifts.reshape(*self.drifts.shape[:-2], rows**2)
        total = total.reshape(*total.shape[:-1], rows, rows)
        total += self.fixed[..., None, :, :]
        places = np.arange(noise_sd.shape[-1])
        total[..., places, places] += noise_sd**2 + 1e-10
        return total


class _Readings:
    """The readings of one group as a linear Gaussian model, given the scales."""

    def __init__(self, times, lines, values, fixed_sd, drift, splice_sd, persistence):
        instants, index = np.unique(times, return_inverse=True)
        # The drift in force on the way to an instant is that of the earliest line read there.
        line_at = np.array([lines[index == k].min() for k in range(len(instants))])
        # A last row, beside the readings, is the level at the last instant.
        index, rows = np.append(index, len(instants) - 1), np.append(lines, lines[-1])
        self.levels = Levels(instants, line_at, index, rows, (*drift, persistence), splice_sd)
        self.values, self.fixed_sd, self.drift = values, fixed_sd, drift
        self.intervals, self.residual = len(instants) - 1, values - self.levels.mean[:-1]

    def _covariance(self, scales):
        """Of readings and last level (m, n + 1, n + 1)."""
        error = error_on_scale(self.values, scales["observation_error"][:, None])
        noise = np.where(self.fixed_sd == 0, error, self.fixed_sd)
        return self.levels.covariance(scales["innovation_sd"], scales["tails"], scales["carry_over"], noise)

    def log_likelihood(self, scales):
        """Of each draw of the scales, up to a constant (m,)."""
        lower = np.linalg.cholesky(self._covariance(scales)[:, :-1, :-1])
        white = np.linalg.solve(lower, np.broadcast_to(self.residual[:, None], (*lower.shape[:2], 1)))[..., 0]
        return -0.5 * (white**2).sum(1) - np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1)

    def draw(self, scales, picks, effective, rng):
        """One draw of last level and drift for each pick of a draw of the scales (Posterior)."""
        total = self._covariance(scales)
        with_drift = self.levels.carried(scales["carry_over"]) @ self.levels.with_drift
        known = np.concatenate([total[:, :-1, -1:], with_drift[:, :-1, None]], axis=2)
        weight = np.linalg.solve(total[:, :-1, :-1], known)  # (m, n, 2)
        prior_mean = np.array([self.levels.mean[-1], self.drift[0]])
        level_mean, drift_mean = (prior_mean + self.residual @ weight).T
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
        error_sd = error_on_scale(level, posterior.observation_error)
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
