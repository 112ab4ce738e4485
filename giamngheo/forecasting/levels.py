"""Levels at some instants on one or more poverty lines as one Gaussian vector."""

import numpy as np

from giamngheo.dates import decimal_year

LEVEL_SD = 3.0  # of the first level, on the probit scale: any share from 1e-6 to 1 - 1e-6


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


def instants(dates):
    """Dates as numbers of the year, as of `giamngheo.dates.decimal_year` (ndarray)."""
    return np.array([float(decimal_year(when)) for when in dates])


def lines_in_order(readings):
    """The poverty lines of some readings, in the order of their last reading: the last one is forecast (list)."""
    return list(readings.groupby("poverty_line", sort=False)["as_of"].max().sort_values(kind="stable").index)
