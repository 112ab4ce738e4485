"""Printed numbers: a value together with all values that would have been printed the same.

A figure printed as 7.84 may be anything from 7.835 to 7.845, so whatever follows from it is an interval
too. The tolerance that rounding allows is that interval's, never a number chosen by hand. Arithmetic is
exact (rationals).
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

HALF = Fraction(1, 2)
HALVES = tuple(HALF / 10**places for places in range(20))


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure and the range that its printed decimals leave open.

    Parameters
    ----------
    value, low, high : Fraction
        The figure as printed, and the ends of its range (in the figure's own unit).
    """

    value: Fraction
    low: Fraction
    high: Fraction

    def __add__(self, other):
        if self.low is self.high and other.low is other.high:
            return _exact(self.value + other.value)
        return Printed(self.value + other.value, self.low + other.low, self.high + other.high)

    def __sub__(self, other):
        if self.low is self.high and other.low is other.high:
            return _exact(self.value - other.value)
        return Printed(self.value - other.value, self.low - other.high, self.high - other.low)

    def __neg__(self):
        return Printed(-self.value, -self.high, -self.low)

    def __mul__(self, other):
        if self.low is self.high and other.low is other.high:
            return _exact(self.value * other.value)
        if other.low == other.high and other.low >= 0:
            return Printed(self.value * other.value, self.low * other.low, self.high * other.low)
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Printed(self.value * other.value, min(ends), max(ends))

    def __truediv__(self, other):
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("a divisor that may be zero")
        if other.low is other.high:
            return self * _exact(1 / other.value)
        return self * Printed(1 / other.value, 1 / other.high, 1 / other.low)

    @property
    def half_width(self):
        """Half of the range, the tolerance that rounding allows (same unit as the figure)."""
        return (self.high - self.low) / 2

    def meets(self, other):
        """Whether some value is possible for both figures."""
        return self.low <= other.high and other.low <= self.high

    def common(self, other):
        """The values possible for both figures, or None."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Printed((low + high) / 2, low, high) if low <= high else None


def _exact(value):
    return Printed(value, value, value)


def exactly(x):
    """A figure without rounding, such as a count.

    Parameters
    ----------
    x : int, Decimal or Fraction

    Returns
    -------
    Printed
    """
    return _exact(Fraction(x))


def decimals(x):
    """Number of printed decimals.

    Parameters
    ----------
    x : int, Decimal or Fraction

    Returns
    -------
    int
        0 for whole numbers, also those written 2E+3.
    """
    return max(0, -x.as_tuple().exponent) if isinstance(x, Decimal) else 0


def printed(x, places=None):
    """A figure as wide as its last printed decimal.

    Parameters
    ----------
    x : int, Decimal or Fraction
    places : int, optional
        Decimals that count; left out: those printed.

    Returns
    -------
    Printed
    """
    value = Fraction(x)
    places = decimals(x) if places is None else places
    half = HALVES[places] if places < len(HALVES) else HALF / 10**places
    return Printed(value, value - half, value + half)


def round_half_away(x, places):
    """Round half away from zero.

    Parameters
    ----------
    x : Fraction
    places : int

    Returns
    -------
    Fraction
    """
    scale = 10**places
    whole = (2 * abs(x) * scale + 1) // 2
    return Fraction(whole, scale) if x >= 0 else -Fraction(whole, scale)
