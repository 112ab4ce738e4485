"""Incomes near the poverty line: a local log-normal below it, and another between it and the near-poor line.

Only the share below each line is observed, so the spread below the poverty line is an assumption and the spread
of the band follows from the two shares: ``ln(ratio) / (z_u - z_p)`` (Bourguignon 2003 for the log-normal reading).
"""

import numpy as np
from scipy.special import ndtr, ndtri


def share_below(log_ratio, z_poor, spread):
    """Share of households whose income is below a multiple of the poverty line, on the log-normal through it.

    Parameters
    ----------
    log_ratio : array_like
        ln(income / poverty line); ``-inf`` for an income of zero or less.
    z_poor : array_like
        Probit of the share at or below the poverty line.
    spread : array_like
        Local standard deviation of log income, > 0.

    Returns
    -------
    ndarray
        ``Phi(z_poor + log_ratio / spread)``, a share in 0..1.
    """
    return ndtr(np.asarray(z_poor) + np.asarray(log_ratio) / np.asarray(spread))


def poverty_gap_ratio(z_poor, spread):
    """Mean shortfall of the poor as a share of the poverty line, under a log-normal below the line.

    Parameters
    ----------
    z_poor : array_like
        Probit of the share at or below the poverty line.
    spread : array_like
        Standard deviation of log income below the line.

    Returns
    -------
    ndarray
        ``1 - exp(s^2/2 - s z) Phi(z - s) / Phi(z)`` (the income gap ratio of Foster, Greer and Thorbecke 1984).
    """
    z, s = np.asarray(z_poor, dtype=float), np.asarray(spread, dtype=float)
    return 1 - np.exp(s * s / 2 - s * z) * ndtr(z - s) / ndtr(z)


def squared_gap_ratio(z_poor, spread):
    """Mean squared shortfall of the poor over the squared poverty line, under a log-normal below the line.

    Parameters
    ----------
    z_poor, spread : array_like
        As in `poverty_gap_ratio`.

    Returns
    -------
    ndarray
        ``1 - 2 E[y/L | poor] + E[(y/L)^2 | poor]`` (Foster, Greer and Thorbecke 1984, alpha = 2).
    """
    z, s = np.asarray(z_poor, dtype=float), np.asarray(spread, dtype=float)
    first = np.exp(s * s / 2 - s * z) * ndtr(z - s) / ndtr(z)
    second = np.exp(2 * s * s - 2 * s * z) * ndtr(z - 2 * s) / ndtr(z)
    return 1 - 2 * first + second


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
