"""Where the money of lines goes, and what it does, compiled by numba: the same to the last bit.

They are the operations of `spending`, `nested_reach` and `looked_up` in the same order, on rows that stay in the
processor's caches.

Of use where thousands of scenarios follow each other: compiling takes some seconds.
"""

import numpy as np
from numba import njit

from giamngheo.simulation import looked_up, nested_reach, spending
from giamngheo.simulation.looked_up import (
    BELOW,
    DENSITY,
    FIRST,
    FIRST_SHARE,
    INVERSE,
    LEAST,
    LEAST_SHARE,
    LOG,
    MIDDLE,
    MOST,
    MOST_SHARE,
    OUTMOST,
    PROBIT,
    ROUNDING,
    SHIFT,
    SLOPE,
    TO_PROBIT,
    ZEROTH,
)

BLOCK = 512  # households side by side: a block's values stay in the processor's first caches
TABLES = INVERSE, LOG, BELOW, DENSITY


def use():
    """Let `nested_reach`, `spending` and `looked_up` take what is compiled, from now on in this process."""
    nested_reach.faster = _cover, _to_steps, _lifted_over
    spending.faster = _taken
    looked_up.faster = _probit


def _cover(paid, stock, gain, *into):
    _cover_rows(*map(np.atleast_2d, (paid, stock, gain)), *into)


def _to_steps(coverage, gain, order):
    _order(coverage, gain, order)
    return (coverage, gain, order)


def _lifted_over(coverage, gain, order, z, steepness, low, high, top, over):
    return _sum(coverage, gain, order, z, steepness, low, high, top, over, *TABLES)


def _taken(households, share, stock, planned, ceiling):
    taken = np.empty(np.broadcast_shapes(households.shape, stock.shape))
    _take_rows(*map(np.atleast_2d, (households, share, stock, planned, ceiling)), taken)
    return taken


def _probit(share):
    return _probits(np.ravel(share), MIDDLE, SLOPE, PROBIT).reshape(np.shape(share))


@njit(error_model="numpy")
def _row(values, row):  # of what broadcasts
    return values[row if len(values) > 1 else 0]


@njit(error_model="numpy")
def _within(x, least, most):  # what is no number too: it would be looked up outside the tables
    x = x if x > least else least
    return x if x < most else most


@njit(error_model="numpy")
def _cover_rows(paid, stock, gain, coverage, gained):
    for row in range(len(coverage)):
        paid_, stock_, gain_ = _row(paid, row), _row(stock, row), _row(gain, row)
        c, g = coverage[row], gained[row]
        for k in range(len(c)):
            times = paid_[k] / max(stock_[k], 1e-9)
            c[k] = min(times, 1.0)
            g[k] = max(times, 1.0) * gain_[k]


@njit(error_model="numpy")
def _take_rows(households, share, stock, planned, ceiling, taken):
    for row in range(len(taken)):
        households_, share_, stock_ = _row(households, row), _row(share, row), _row(stock, row)
        planned_, ceiling_, into = _row(planned, row), _row(ceiling, row), taken[row]
        for k in range(len(into)):
            aimed, promised = households_[k] * share_[k], planned_[k] * stock_[k]
            more = min(aimed - promised, (ceiling_[k] - 1) * stock_[k])
            into[k] = min(aimed, stock_[k]) + (more if aimed > promised else 0.0)


@njit(error_model="numpy")
def _order(coverage, gain, order):
    for start in range(0, coverage.shape[1], BLOCK):
        part = slice(start, min(start + BLOCK, coverage.shape[1]))
        end = len(order) - 1
        while end > 0:
            last = 0
            for i in range(end):
                c, next_c = coverage[order[i], part], coverage[order[i + 1], part]
                wrong = 0
                for k in range(len(c)):
                    wrong += c[k] < next_c[k]
                if wrong:
                    last = i
                    g, next_g = gain[order[i], part], gain[order[i + 1], part]
                    for k in range(len(c)):
                        c_k, next_c_k, g_k, next_g_k = c[k], next_c[k], g[k], next_g[k]
                        swap = c_k < next_c_k
                        c[k] = next_c_k if swap else c_k
                        next_c[k] = c_k if swap else next_c_k
                        g[k] = next_g_k if swap else g_k
                        next_g[k] = g_k if swap else next_g_k
            end = last
        for i in range(1, len(order)):
            c, before_c = coverage[order[i], part], coverage[order[i - 1], part]
            g, before_g = gain[order[i], part], gain[order[i - 1], part]
            for k in range(len(c)):
                before_c[k] -= c[k]
                g[k] += before_g[k]


@njit(error_model="numpy")
def _probits(share, middle, slope, probit):
    found, low, off = np.empty(len(share)), np.empty(BLOCK), np.empty(BLOCK)
    bits, place = low.view(np.int64), np.empty(BLOCK, np.uint64)
    for start in range(0, len(share), BLOCK):
        part = slice(start, min(start + BLOCK, len(share)))
        given, into = share[part], found[part]
        for k in range(len(given)):
            kept = _within(given[k], LEAST_SHARE, MOST_SHARE)
            low[k] = min(kept, 1 - kept)
        for k in range(len(given)):
            place[k] = np.uint64((bits[k] >> SHIFT) - FIRST_SHARE)
        for k in range(len(given)):
            off[k] = (low[k] - middle[place[k]]) * slope[place[k]]
        for k in range(len(given)):
            into[k] = probit[place[k]]
        for k in range(len(given)):
            x, t = into[k], off[k]
            square = x * x
            x = (
                (((square * 6 + 7) * x * t * (1 / 24) + (square * (1 / 3) + 1 / 6)) * t + x * 0.5) * t + 1
            ) * t + x
            into[k] = -x if given[k] > 0.5 else x
    return found


@njit(error_model="numpy")
def _sum(shares, gains, order, z, steepness, low, high, top, over, inverse, log, below, density):
    total = np.zeros(len(z))
    income, off, found = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    bits, place = found.view(np.int64), np.empty(BLOCK, np.uint64)
    for start in range(0, len(z), BLOCK):
        n = min(BLOCK, len(z) - start)
        part = slice(start, start + n)
        z_, steepness_, low_, high_, into = z[part], steepness[part], low[part], high[part], total[part]
        for row in order:
            share, gain = shares[row, part], gains[row, part]
            some = 0
            for k in range(n):
                income[k] = over - gain[k]
                found[k] = _within(income[k], LEAST, MOST)
                some += (income[k] < top) & (share[k] > 0)
            if not some:
                continue
            for k in range(n):
                place[k] = np.uint64((bits[k] >> SHIFT) - FIRST)
            for k in range(n):
                off[k] = found[k] * inverse[place[k]]
            for k in range(n):
                found[k] = log[place[k]]
            for k in range(n):
                x = off[k] - 1
                x = (((x * -0.25 + 1 / 3) * x + -0.5) * x + 1.0) * x + found[k]
                x = _within(x * steepness_[k] + z_[k], -OUTMOST, OUTMOST)
                found[k] = x * TO_PROBIT + ROUNDING
                off[k] = x
            for k in range(n):
                place[k] = np.uint64(bits[k] + ZEROTH)
            for k in range(n):
                at = (found[k] - ROUNDING) * (1 / TO_PROBIT)
                x = off[k] - at
                found[k] = ((((at * at - 1) * x * (-1 / 3) + at) * x) * -0.5 + 1) * x
            for k in range(n):
                off[k] = density[place[k]]
            for k in range(n):
                found[k] = found[k] * off[k]
            for k in range(n):
                off[k] = below[place[k]]
            for k in range(n):
                x = found[k] + off[k]
                x = x if income[k] > LEAST else 0.0
                x = min(max(x, low_[k]), high_[k])
                x = (high_[k] - x) * share[k]
                into[k] += x if (income[k] < top) & (share[k] > 0) else 0.0
    return total
