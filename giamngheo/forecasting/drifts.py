"""A drift over time as a Gaussian process: a part that stays, parts that return, and what sisters of one country share.

The fall of a unit in year t is ``m + c(t) + b + u(t)``: b is the unit's own and stays; u returns to nought. For
provinces of one country, c(t) is the country's own departure from m, seen in each period that its provinces report and
as uncertain between and after them as a country's drift is. The uncertainty of m stays, and so belongs to b.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

CARRIED = 0.4  # of a country's departure to another poverty line, the mean of the register's `carry_over`


@dataclass(frozen=True)
class Drift:
    """Mean fall a year and its autocovariance, a sum of ``variance * persistence ** years``; 1: a part that stays.

    common: such parts of a whole country's departure from the mean; periods: start and end (years), mean fall a year of
    the country's units in it, the variance of that mean, and how many changes of the poverty line came after it.
    """

    mean: float
    parts: tuple[tuple[float, float], ...]
    common: tuple[tuple[float, float], ...] = ()
    periods: tuple[tuple[float, float, float, float, int], ...] = ()

    def moments(self, instants):
        """Mean (k,) and covariance (k, k) of the drift at some instants (years)."""
        at = np.asarray(instants, dtype=float)
        mean, covariance = np.full(len(at), float(self.mean)), _covariance(self.parts, at, at)
        if not self.periods:
            return mean, covariance + _covariance(self.common, at, at)
        start, end, fall, variance, changes = np.array(self.periods).T
        seen = (start + end) / 2
        cross = _covariance(self.common, seen, at) * CARRIED ** changes[:, None]
        alike = _covariance(self.common, seen, seen) * CARRIED ** np.abs(changes[:, None] - changes)
        weight = np.linalg.solve(alike + np.diag(variance), cross)
        covariance += _covariance(self.common, at, at) - cross.T @ weight
        return mean + (fall - self.mean) @ weight, covariance

    def at(self, instant):
        """Mean and standard deviation of the drift at one instant."""
        mean, covariance = self.moments([instant])
        return float(mean[0]), float(np.sqrt(covariance[0, 0]))

    @property
    def permanent(self):
        """Share of the variance of a unit's own drift that stays."""
        whole = math.fsum(variance for variance, _ in self.parts)
        return math.fsum(variance for variance, kept in self.parts if kept == 1) / whole if whole else 1.0

    @property
    def persistence(self):
        """What is left a year later of the part that returns, on average over its parts; 1 without one."""
        returning = [part for part in self.parts if part[1] < 1]
        whole = math.fsum(variance for variance, _ in returning)
        return math.fsum(variance * kept for variance, kept in returning) / whole if whole else 1.0

    def returning_by(self, persistence):
        """The same drift, all that returns doing so by one persistence."""

        def changed(parts):
            return tuple((variance, kept if kept == 1 else persistence) for variance, kept in parts)

        return replace(self, parts=changed(self.parts), common=changed(self.common))

    def less_certain(self, variance):
        """The same drift, its mean uncertain by a variance: that stays."""
        return replace(self, parts=(*self.parts, (variance, 1.0)))


def _covariance(parts, one, other):
    lag, total = np.abs(one[:, None] - other), 0.0
    for variance, kept in parts:
        total = total + variance * kept**lag
    return total + np.zeros_like(lag)
