"""The normal distribution function, its inverse and the logarithm, looked up.

The nearest value of scipy's or numpy's in a table, and a few terms of its Taylor series: within 3e-14, not relative
to the value. That is faster than theirs and needs additions and multiplications alone, so that `compiled` gives the
same to the last bit.
"""

import numpy as np
from scipy.special import ndtr, ndtri

LEAST = 2.0**-40  # income in poverty lines that counts as none
MOST = 2.0**10  # and the most that is looked up
OUTMOST = 9.0  # probits: beyond, a distribution function is 0 or 1

SHIFT = 44  # bits of a float64 that do not count: 256 numbers to a doubling are found by the others


def _middles(least, most):
    """The first bits of the least number, and the middles of all from there to the most that have other first bits."""
    first, last = (int(np.float64(each).view(np.int64) >> SHIFT) for each in (least, most))
    edges = (np.arange(first, last + 2) << SHIFT).view(np.float64)
    return first, (edges[:-1] + edges[1:]) / 2


FIRST, _INCOMES = _middles(LEAST, MOST)
INVERSE = 1 / _INCOMES
LOG = -np.log(INVERSE)

LEAST_SHARE = 1e-16  # probits are kept finite at 0 and 1
MOST_SHARE = 1 - LEAST_SHARE
FIRST_SHARE, MIDDLE = _middles(2.0**-54, 0.5)
PROBIT = ndtri(MIDDLE)
SLOPE = np.sqrt(2 * np.pi) * np.exp(PROBIT * PROBIT / 2)

# The normal distribution: 512 to a probit, found by rounding (what is added leaves no fraction).
TO_PROBIT = 512
ROUNDING = 1.5 * 2.0**52
_AT = np.arange(-OUTMOST * TO_PROBIT, OUTMOST * TO_PROBIT + 1) / TO_PROBIT
BELOW, DENSITY = ndtr(_AT), np.exp(-_AT * _AT / 2) / np.sqrt(2 * np.pi)
ZEROTH = int(OUTMOST * TO_PROBIT) - int(np.float64(ROUNDING).view(np.int64))

faster = None  # `_probit` of `compiled`, where it was asked for


def log(values):
    """Logarithms of numbers between `LEAST` and `MOST`."""
    place = values.view(np.int64) >> SHIFT
    place -= FIRST
    off = values * INVERSE.take(place)
    off -= 1
    found = off * -0.25
    for term in (1 / 3, -0.5, 1.0):
        found += term
        found *= off
    found += LOG.take(place)
    return found


def normal_below(z):
    """The standard normal distribution function; z is used up."""
    np.clip(z, -OUTMOST, OUTMOST, out=z)
    at = z * TO_PROBIT
    at += ROUNDING
    place = at.view(np.int64) + ZEROTH
    at -= ROUNDING
    at *= 1 / TO_PROBIT
    z -= at
    found = at * at
    found -= 1
    found *= z
    found *= -1 / 3
    found += at
    found *= z
    found *= -0.5
    found += 1
    found *= z
    found *= DENSITY.take(place)
    found += BELOW.take(place)
    return found


def probit(share):
    """Probit of a share (ndarray), as of `forecasting.scales.probit`."""
    return (faster or _probit)(share)


def _probit(share):
    share = np.clip(share, LEAST_SHARE, MOST_SHARE)
    low = np.minimum(share, 1 - share)
    place = low.view(np.int64) >> SHIFT
    place -= FIRST_SHARE
    low -= MIDDLE.take(place)
    low *= SLOPE.take(place)
    x = PROBIT.take(place)
    square = x * x
    found = square * 6
    found += 7
    found *= x
    found *= low
    found *= 1 / 24
    square *= 1 / 3
    square += 1 / 6
    found += square
    found *= low
    found += x * 0.5
    found *= low
    found += 1
    found *= low
    found += x
    return np.where(share > 0.5, -found, found)
