"""Scales on which a share moves evenly: to the scale and back, and what a printed rate's error is there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

ERROR_POINTS = 0.15  # of a published rate: revisions of 0.1 to 0.25 points were seen
MAX_ERROR = 0.25  # on the scale itself; keeps the error of a rate near zero from swallowing it


@dataclass(frozen=True)
class Scale:
    """A scale on which drifts are carried: from a share, back to it, its slope there, its unit in probits."""

    to: Callable
    back: Callable
    slope: Callable
    unit: float


SCALES = {
    "probit": Scale(ndtri, ndtr, lambda x: np.exp(-0.5 * np.square(x)) / np.sqrt(2 * np.pi), 1.0),
    "logit": Scale(logit, expit, lambda x: expit(x) * expit(-x), 1.9),
    "log": Scale(np.log, lambda x: np.exp(np.minimum(x, 0)), np.exp, 1.6),
    "points": Scale(lambda p: p, lambda x: np.clip(x, 0, 1), np.ones_like, 0.25),
}


def probit(share):
    """Probit of a share, kept finite at 0 and 1.

    Parameters
    ----------
    share : array_like
        Share in 0..1.

    Returns
    -------
    ndarray
        ``Phi^-1(share)``, within about ±8.2.
    """
    return ndtri(np.clip(share, 1e-16, 1 - 1e-16))


def error_on_scale(values, error_points, scale="probit"):
    """Standard deviation on a scale of an error in points, ``e / (100 slope)``, at most `MAX_ERROR`.

    Parameters
    ----------
    values : array_like
        On the scale.
    error_points : array_like
        Standard deviation of the published rate, percentage points.
    scale : str
        A key of `SCALES`.

    Returns
    -------
    ndarray
    """
    return np.minimum(np.asarray(error_points) / (100 * SCALES[scale].slope(values)), MAX_ERROR)


def on_scale(rates_pct, scale="probit", error_points=ERROR_POINTS):
    """Values of rates on a scale, and the standard deviation of their published error there.

    Parameters
    ----------
    rates_pct : ndarray
        Percent.
    scale : str
        A key of `SCALES`.
    error_points : float
        Standard deviation of a published rate, percentage points.

    Returns
    -------
    tuple of ndarray
    """
    values = SCALES[scale].to(np.clip(np.asarray(rates_pct, dtype=float) / 100, 2e-4, 1 - 2e-4))
    return values, error_on_scale(values, error_points, scale)
