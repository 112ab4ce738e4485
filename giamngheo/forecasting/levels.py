"""Levels at some instants on one or more poverty lines as one Gaussian vector."""

import numpy as np

from giamngheo.dates import decimal_year

LEVEL_SD = 3.0  # of the first level, on the probit scale: any share from 1e-6 to 1 - 1e-6


class Levels:
    """Levels at the instants of some rows as one Gaussian vector, given the scales of its parts.

    Parameters
    ----------
    instants : ndarray (s + 1,)
        Years, ascending.
    line_at : ndarray (s + 1,) of int
        The poverty line whose drift is in force on the way to each: 0, 1, … in order of introduction.
    index : ndarray (r,) of int
        The instant of each row.
    lines : ndarray (r,) of int
        The line of each row; the newest is the last row's.
    drift : Drift
        Of the fall.
    splice_sd : float
        Prior standard deviation of the offset of each earlier line.
    coming : ndarray (k,), optional
        Instants of coming drifts; default: half a year after the last instant.
    """

    def __init__(self, instants, line_at, index, lines, drift, splice_sd, coming=None):
        self.steps = np.diff(instants)
        s = len(self.steps)
        passed = (np.arange(s) < index[:, None]).astype(float)  # steps before each row
        years = passed * self.steps  # spent in each step before each row
        self.walk = np.einsum("is,js->sij", passed, passed)
        # Drifts of two steps are alike by the years and by the changes of line between them.
        ahead = instants[-1:] + 0.5 if coming is None else coming
        mean, alike = drift.moments(np.concatenate([(instants[1:] + instants[:-1]) / 2, ahead]))
        line_of = np.concatenate([line_at[1:], np.full(len(ahead), lines[-1])])
        apart = np.abs(line_of[:, None] - line_of)
        by_changes = np.where(apart == np.arange(lines.max() + 1)[:, None, None], alike, 0.0)
        self.drifts = years @ by_changes[:, :s, :s] @ years.T
        self.with_drift = -(years @ by_changes[:, :s, s:])  # of rows with the coming drifts
        self.coming_mean, self.coming = mean[s:], alike[s:, s:]
        offset = (lines[:, None] == lines) & (lines < lines[-1])
        self.fixed = LEVEL_SD**2 + splice_sd**2 * offset
        self.mean = -years @ mean[:s]

    def carried(self, carry_over):
        """Share of the drifts' covariance that is left by changes of line between them (m, lines)."""
        return np.asarray(carry_over)[:, None] ** np.arange(len(self.drifts))

    def covariance(self, scale, tails, carry_over, noise_sd):
        """Of the rows, for each of m draws of the scales.

        Parameters
        ----------
        scale : ndarray (m,)
            Of a year's innovation.
        tails : ndarray (m, s)
            Scale mixture of the innovations.
        carry_over : ndarray (m,) or (1,)
            Of the drift from line to line.
        noise_sd : ndarray (m, n)
            Errors of the first n rows; the others are levels themselves.

        Returns
        -------
        ndarray (m, r, r)
        """
        variance, rows = (scale**2)[:, None] * tails * self.steps, len(self.mean)
        total = variance @ self.walk.reshape(-1, rows**2)
        total += self.carried(carry_over) @ self.drifts.reshape(-1, rows**2)
        total = total.reshape(-1, rows, rows)
        total += self.fixed
        places = np.arange(noise_sd.shape[-1])
        total[:, places, places] += noise_sd**2 + 1e-10
        return total


def instants(dates):
    """Dates as numbers of the year, as of `giamngheo.dates.decimal_year` (ndarray)."""
    return np.array([float(decimal_year(when)) for when in dates])


def lines_in_order(readings):
    """The poverty lines of some readings, in the order of their last reading: the last one is forecast (list)."""
    return list(readings.groupby("poverty_line", sort=False)["as_of"].max().sort_values(kind="stable").index)
