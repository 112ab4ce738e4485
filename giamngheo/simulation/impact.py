"""From money to shares below the lines: closed forms on draws, one budget line and year at a time.

A line reaches a share of the poor (and of the near-poor) with an income gain. Reach is nested: the households that one
line finds first are those that the others find first, and a household reached by several gains from all of them. Shares
below the poverty line L and the near-poor line U follow from a local log-normal of incomes below L and another between
L and U (Bourguignon 2003): the spread of the first is assumed, that of the second is ``ln(ratio) / (z_u - z_p)``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit


@dataclass(frozen=True)
class LineEffect:
    """What a billion VND of one line does; arrays are (n_draws,).

    households_per_bn: households reached by a billion VND; gain: income gained by a household reached, as a share of
    the poverty line; to_poor: share of those reached that are poor; near_share: share of the others that are near-poor;
    persistence: share of the effect left a year later; reserved: group that alone may receive it, or None.
    """

    line: str
    households_per_bn: np.ndarray
    gain: np.ndarray
    to_poor: np.ndarray
    near_share: np.ndarray
    persistence: np.ndarray
    reserved: str | None


@dataclass(frozen=True)
class Thresholds:
    """One group in the programme years: probits below L and below U, (n_years, n_draws), and spread (n_draws,)."""

    z_poor: np.ndarray
    z_upper: np.ndarray | None
    spread_below: np.ndarray
    log_ratio: float  # ln(U / L)


@dataclass(frozen=True)
class Stock:
    """Households that a line may reach, (n_years, n_draws), and their share among those of the group looked at."""

    poor: np.ndarray
    near_poor: np.ndarray
    poor_share: np.ndarray | float = 1.0
    near_share: np.ndarray | float = 1.0


def reach(effect, amount, stock):
    """How often over a line's money reaches the poor and the near-poor, before any cap.

    Parameters
    ----------
    effect : LineEffect
    amount : ndarray (n_years,)
        Billion VND.
    stock : Stock

    Returns
    -------
    tuple of ndarray (n_years, n_draws)
        Households reached over the stock of poor, and of near-poor. What finds no poor household left goes to the
        near-poor and others in the proportions that hold for the rest.
    """
    reached = _accumulated(amount, effect.persistence)
    reached *= effect.households_per_bn
    poor = reached * effect.to_poor
    others = (reached - np.minimum(poor, stock.poor)) * effect.near_share
    return poor / np.maximum(stock.poor, 1e-9), others / np.maximum(stock.near_poor, 1e-9)


def shares_after(thresholds, effects, amounts, stocks, planned):
    """Shares below the two lines once the money has acted.

    Parameters
    ----------
    thresholds : Thresholds
    effects : sequence of LineEffect
    amounts : mapping of str to ndarray (n_years,)
        Billion VND by line and year.
    stocks : mapping of (str or None) to Stock
        By the group that a line is reserved for.
    planned : mapping of str to tuple of ndarray
        `reach` of the planned money, by line: money reaches households first, and gives each of them more than the
        plan promises only beyond both their number and the plan's own reach.

    Returns
    -------
    tuple of ndarray (n_years, n_draws)
        Share poor; share poor or near-poor (None without a near-poor line).

    Notes
    -----
    With coverages sorted, ``c_1 >= c_2 >= …``, and cumulated gains ``G_j``, the share below a line after the money is
    the sum over j of ``(c_j - c_{j+1}) F(line - G_j)``, ``c_0 = 1`` and ``G_0 = 0``: exact for nested reach, and within
    3 % of independent reach for gains of the plan's size.
    """
    z, spread = thresholds.z_poor, thresholds.spread_below
    reached = [
        (reach(effect, amounts[effect.line], stocks[effect.reserved]), effect)
        for effect in effects
        if amounts[effect.line].any()
    ]
    poor = ndtr(z)
    steps = _steps([_covered(times[0], effect, stocks, planned, 0) for times, effect in reached])
    upper = None if thresholds.z_upper is None else ndtr(thresholds.z_upper)
    ratio = np.exp(thresholds.log_ratio)
    lower, left_band = poor.copy(), np.zeros_like(poor)
    for share, gain in steps:
        lower -= share * (poor - _below(z, -gain, spread))
        if (
            upper is not None and (over := gain > ratio - 1).any()
        ):  # some of the poor jump the whole band: rare
            stay = _below(z[over], ratio - 1 - gain[over], np.broadcast_to(spread, z.shape)[over])
            left_band[over] += share[over] * np.maximum(poor[over] - stay, 0)
    if upper is None:
        return lower, None
    spread_band = thresholds.log_ratio / np.maximum(thresholds.z_upper - z, 1e-9)
    after = upper - left_band
    for share, gain in _steps([_covered(times[1], effect, stocks, planned, 1) for times, effect in reached]):
        after -= share * (upper - np.clip(_below(z, ratio - 1 - gain, spread_band), poor, upper))
    return lower, np.maximum(after, lower)


def _covered(times, effect, stocks, planned, place):
    """Share of the group that a line reaches, and the gain of each."""
    stock = stocks[effect.reserved]
    room = np.maximum(planned[effect.line][place], 1)
    share = stock.near_share if place else stock.poor_share
    return np.minimum(times, 1) * share, effect.gain * np.maximum(times / room, 1)


def _steps(covered):
    """From (coverage, gain) by line to (share of households, their gain together), the best covered first."""
    covered.sort(key=lambda pair: -pair[0].mean())
    coverage, gain = [pair[0] for pair in covered], [pair[1] for pair in covered]
    for end in range(len(covered) - 1, 0, -1):  # bubbles: nearly sorted already, so few exchanges
        still = True
        for i in range(end):
            wrong = coverage[i] < coverage[i + 1]
            if wrong.any():
                still = False
                for values in (coverage, gain):
                    values[i], values[i + 1] = (
                        np.where(wrong, values[i + 1], values[i]),
                        np.where(wrong, values[i], values[i + 1]),
                    )
        if still:
            break
    together = 0.0
    for i, more in enumerate(gain):
        together = together + more
        yield coverage[i] - (coverage[i + 1] if i + 1 < len(coverage) else 0.0), together


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


def shift(z, share):
    """How far money moves a threshold: ``z - Phi^-1(P)`` in probits, never negative.

    Parameters
    ----------
    z : ndarray
        Probits before the money.
    share : ndarray
        Share below the threshold after it.

    Returns
    -------
    ndarray
    """
    return np.maximum(z - probit(share), 0)
