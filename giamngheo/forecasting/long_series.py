"""A long series read one instant after the other: a Kalman filter over all draws of the scales at once.

The same model as the dense covariance of `forecasting.levels`, at a cost that grows with the number of readings and not
with its cube (Durbin and Koopman 2012, section 4.3). The state is the level, each part of the drift that returns at a
rate of its own, and the offset of each earlier line.
"""

import numpy as np

from giamngheo.forecasting.levels import LEVEL_SD


class LongSeries:
    """Readings of one group in order of time, for `state_space`.

    Parameters
    ----------
    instants : ndarray (s + 1,)
        Years, ascending.
    line_at : ndarray (s + 1,) of int
        The poverty line whose drift is in force on the way to each.
    index, lines : ndarray (n,) of int
        Instant and line of each reading.
    newest : int
        The line that is forecast.
    drift : Drift
        Of the fall, without periods of a country: given those it is no Markov process.
    splice_sd : float
        Prior standard deviation of the offset of each earlier line.
    """

    def __init__(self, instants, line_at, index, lines, newest, drift, splice_sd):
        self.steps, self.middles = np.diff(instants), (instants[1:] + instants[:-1]) / 2
        self.changes = np.diff(np.append(line_at[1:], newest))  # of line after each step
        self.read_at = [np.flatnonzero(index == k) for k in range(len(instants))]
        self.lines, self.newest = lines, newest
        variance = {(1.0, False): drift.mean_variance}  # one mean for all lines: no change leaves it behind
        for part, kept in (*drift.parts, *drift.common):
            variance[kept, newest > 0] = variance.get((kept, newest > 0), 0.0) + part
        self.kept, self.left_behind = np.array([*variance]).T
        self.variance = np.array([*variance.values()])
        self.parts = slice(1, 1 + len(self.kept))
        self.start = np.array([LEVEL_SD**2, *self.variance, *[splice_sd**2] * newest])

    def filtered(self, residual, scales, noise_sd):
        """What the readings tell of the last state, and how likely they are.

        Parameters
        ----------
        residual : ndarray (n,)
            Readings less their prior means.
        scales : dict
            As of `state_space.condition_level`, for m draws.
        noise_sd : ndarray (m, n)

        Returns
        -------
        tuple of ndarray
            Log-likelihood (m,), mean (d, m) and covariance (d, d, m) of the state, the drift's parts being those in the
            middle of the last step.
        """
        m, places = len(noise_sd), np.arange(len(self.start))
        mean, noise = np.zeros((len(self.start), m)), (noise_sd**2 + 1e-10).T
        spread = np.zeros((len(self.start), len(self.start), m))
        spread[places, places] = self.start[:, None]
        innovation = (scales["innovation_sd"] ** 2 * scales["tails"].T) * self.steps[:, None]
        found, parts = np.zeros(m), self.parts
        for k, read in enumerate(self.read_at):
            if k > 1:
                left = self._left(self.middles[k - 1] - self.middles[k - 2], self.changes[k - 2], scales)
                mean[parts] *= left
                spread[parts] *= left[:, None]
                spread[:, parts] *= left
                spread[places[parts], places[parts]] += self.variance[:, None] * (1 - left**2)
            if k:
                mean[0] -= self.steps[k - 1] * mean[parts].sum(0)
                spread[0] -= self.steps[k - 1] * spread[parts].sum(0)
                spread[:, 0] -= self.steps[k - 1] * spread[:, parts].sum(1)
                spread[0, 0] += innovation[k - 1]
            for i in read:
                seen = [0] if self.lines[i] == self.newest else [0, parts.stop + self.lines[i]]
                known = spread[seen].sum(0)
                variance = known[seen].sum(0) + noise[i]
                off, gain = residual[i] - mean[seen].sum(0), known / variance
                mean += gain * off
                spread -= gain[:, None] * known
                found -= 0.5 * (off**2 / variance + np.log(variance))
        return found, mean, spread

    def ahead(self, instants, mean, spread, scales):
        """Last level and the drifts at some coming instants, less their prior means, given the filtered state.

        Returns
        -------
        tuple of ndarray
            Mean (m, 1 + k) and covariance (m, 1 + k, 1 + k).
        """
        m = mean.shape[1]
        seen = np.zeros((m, 1 + len(instants), len(self.start)))
        seen[:, 0, 0] = 1
        for j, when in enumerate(instants):
            left = self._left(when - self.middles[-1], self.changes[-1], scales)
            seen[:, 1 + j, self.parts] = np.broadcast_to(left, (len(self.kept), m)).T
        total = seen @ np.moveaxis(spread, 2, 0) @ seen.swapaxes(1, 2)
        later, lag = seen[:, 1:, self.parts], np.abs(np.subtract.outer(instants, instants))
        total[:, 1:, 1:] += (self.variance * self.kept ** lag[..., None]).sum(-1)
        total[:, 1:, 1:] -= (later * self.variance) @ later.swapaxes(1, 2)
        return (seen @ mean.T[..., None])[..., 0], total

    def _left(self, years, changes, scales):
        """Share of each part of the drift that is left after some years and changes of line (parts, m or 1)."""
        left = self.kept[:, None] ** years
        return left * scales["carry_over"] ** (changes * self.left_behind[:, None]) if changes else left
