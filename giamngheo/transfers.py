"""From money to shares below the lines: closed forms on draws, one budget line and year at a time.

A line reaches a share of the poor (and of the near-poor) with an income gain; more money reaches more of them, up to
the stock, and then gives each more. Shares below the poverty line L and the near-poor line U follow from the local
log-normals of `giamngheo.incomes`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from giamngheo.incomes import probit


@dataclass(frozen=True)
class LineEffect:
    """What a billion VND of one line does; arrays are (n_draws,).

    households_per_bn: households reached by a billion VND; gain: income gained by a household reached, as a share of
    the poverty line; to_poor, to_near_poor: shares of those reached; persistence: share of the effect left a year
    later; reserved: group that alone may receive it, or None.
    """

    line: str
    households_per_bn: np.ndarray
    gain: np.ndarray
    to_poor: np.ndarray
    to_near_poor: np.ndarray
    persistence: np.ndarray
    reserved: str | None


@dataclass(frozen=True)
class Thresholds:
    """One group in the programme years: probits below L and below U, (n_years, n_draws), and spread (n_draws,)."""

    z_poor: np.ndarray
    z_upper: np.ndarray | None
    spread_below: np.ndarray
    log_ratio: float  # ln(U / L)


def shares_after(thresholds, effects, amounts, overlap, stocks):
    """Shares below the two lines once the money has acted.

    Parameters
    ----------
    thresholds : Thresholds
    effects : sequence of LineEffect
    amounts : mapping of str to ndarray (n_years,)
        Billion VND by line and year.
    overlap : ndarray (n_draws,)
        0: lines reach households independently; 1: only the line that lifts most counts.
    stocks : mapping
        (reserved group or None, status) to the households of that kind, (n_years, n_draws), and
        (reserved group, status, "share") to their share among those of this group.

    Returns
    -------
    tuple of ndarray (n_years, n_draws)
        Share poor; share poor or near-poor (None without a near-poor line).
    """
    z, spread = thresholds.z_poor, thresholds.spread_below
    poor = ndtr(z)
    upper = None if thresholds.z_upper is None else ndtr(thresholds.z_upper)
    keep = _Kept(z.shape, overlap)
    if upper is not None:
        ratio = np.exp(thresholds.log_ratio)
        spread_band = thresholds.log_ratio / np.maximum(thresholds.z_upper - z, 1e-9)
        band = np.maximum(upper - poor, 1e-15)
        keep_band, jump = _Kept(z.shape, overlap), _Kept(z.shape, overlap)
    for effect in effects:
        amount = amounts[effect.line]
        if not amount.any():
            continue
        reached = _accumulated(amount, effect.persistence)
        reached *= effect.households_per_bn
        coverage, gain = _coverage(reached * effect.to_poor, effect, stocks, "poor")
        keep.lower_by(coverage * (1 - _below(z, -gain, spread) / poor))
        if upper is None:
            continue
        over = gain > ratio - 1
        if over.any():  # some of the poor jump the whole band: rare, so only there
            lifted = np.zeros_like(gain)
            still = _below(z[over], ratio - 1 - gain[over], np.broadcast_to(spread, z.shape)[over])
            lifted[over] = coverage[over] * (1 - np.minimum(still / poor[over], 1))
            jump.lower_by(lifted)
        coverage, gain = _coverage(reached * effect.to_near_poor, effect, stocks, "near_poor")
        stays = np.clip((_below(z, ratio - 1 - gain, spread_band) - poor) / band, 0, 1)
        keep_band.lower_by(coverage * (1 - stays))
    lower = poor * keep.share()
    if upper is None:
        return lower, None
    return lower, np.maximum(poor * jump.share() + band * keep_band.share(), lower)


class _Kept:
    """Share not lifted, over lines: a mixture of independent reach and full overlap."""

    def __init__(self, shape, overlap):
        self.product, self.least, self.overlap = np.ones(shape), np.ones(shape), overlap

    def lower_by(self, lifted):
        kept = 1 - lifted
        self.product *= kept
        np.minimum(self.least, kept, out=self.least)

    def share(self):
        return self.product + self.overlap * (self.least - self.product)


def _below(z_poor, income, spread):
    """Share with less than (1 + income) poverty lines; none at or below an income of zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return ndtr(z_poor + np.log1p(np.maximum(income, -1.0)) / spread)


def _accumulated(amount, persistence):
    """Billion VND at work in each year: this year's, and what is left of earlier years', (n_years, n_draws)."""
    at_work = np.empty((len(amount), len(persistence)))
    left = 0.0
    for year, value in enumerate(amount):
        left = value + persistence * left
        at_work[year] = left
    return at_work


def _coverage(reached, effect, stocks, status):
    """Share of the group's stock that is reached, and the gain of each: reach first, then value."""
    stock = stocks[effect.reserved, status]
    times = reached / np.maximum(stock, 1e-9)
    coverage = np.minimum(times, 1)
    gain = effect.gain * np.maximum(times, 1)
    share = stocks.get((effect.reserved, status, "share"))
    return (coverage if share is None else coverage * share), gain


def shift(z_trend, share):
    """How far money moves a threshold below its trend: ``z - Phi^-1(P)`` in probits, never negative.

    Parameters
    ----------
    z_trend : ndarray
    share : ndarray
        Share below the threshold after the money.

    Returns
    -------
    ndarray
    """
    return np.maximum(z_trend - probit(share), 0)
