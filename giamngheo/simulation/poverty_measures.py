"""Measures of how poor the poor are, under a log-normal of incomes below the line.

Only the share below a line is observed, so the spread of incomes below it is an assumption.
"""

import numpy as np
from scipy.special import ndtr


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
