"""What `nested_reach` sums, compiled by numba: the same operations in the same order, hence the same to the last bit.

Of use where thousands of scenarios follow each other: compiling takes some seconds.
"""

import numpy as np
from numba import njit

from giamngheo.simulation import nested_reach
from giamngheo.simulation.nested_reach import (
    BELOW,
    DENSITY,
    FIRST,
    INVERSE,
    LEAST,
    LOG,
    MOST,
    OUTMOST,
    ROUNDING,
    SHIFT,
    TO_PROBIT,
    ZEROTH,
)

BLOCK = 512  # households side by side: a block's values stay in the processor's first caches
TABLES = INVERSE, LOG, BELOW, DENSITY


def use():
    """Let `nested_reach.lifted` take what is compiled, from now on in this process."""
    nested_reach.faster = _to_steps, _lifted_over


def _to_steps(coverage, gain, order):
    _order(coverage, gain, order)
    return (coverage, gain, order)


def _lifted_over(coverage, gain, order, z, steepness, low, high, top, over):
    return _sum(coverage, gain, order, z, steepness, low, high, top, over, *TABLES)


@njit(error_model="numpy")
def _order(coverage, gain, order):
    for start in range(0, coverage.shape[1], BLOCK):
        stop = min(start + BLOCK, coverage.shape[1])
        for end in range(len(order) - 1, 0, -1):
            still = True
            for i in range(end):
                c, next_c, g, next_g = (
                    coverage[order[i]],
                    coverage[order[i + 1]],
                    gain[order[i]],
                    gain[order[i + 1]],
                )
                wrong = 0
                for k in range(start, stop):
                    wrong += c[k] < next_c[k]
                if wrong:
                    still = False
                    for k in range(start, stop):
                        c_k, next_c_k, g_k, next_g_k = c[k], next_c[k], g[k], next_g[k]
                        swap = c_k < next_c_k
                        c[k] = next_c_k if swap else c_k
                        next_c[k] = c_k if swap else next_c_k
                        g[k] = next_g_k if swap else g_k
                        next_g[k] = g_k if swap else next_g_k
            if still:
                break
        for i in range(1, len(order)):
            c, before_c, g, before_g = (
                coverage[order[i]],
                coverage[order[i - 1]],
                gain[order[i]],
                gain[order[i - 1]],
            )
            for k in range(start, stop):
                before_c[k] -= c[k]
                g[k] += before_g[k]


@njit(error_model="numpy")
def _sum(shares, gains, order, z, steepness, low, high, top, over, inverse, log, below, density):
    total = np.zeros(len(z))
    income, off, found = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    bits, place = found.view(np.int64), np.empty(BLOCK, np.uint64)
    for start in range(0, len(z), BLOCK):
        n = min(BLOCK, len(z) - start)
        for row in order:
            share, gain = shares[row, start : start + n], gains[row, start : start + n]
            some = 0
            for k in range(n):
                income[k] = over - gain[k]
                found[k] = min(max(income[k], LEAST), MOST)
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
                x = min(max(x * steepness[start + k] + z[start + k], -OUTMOST), OUTMOST)
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
                x = min(max(x, low[start + k]), high[start + k])
                x = (high[start + k] - x) * share[k]
                total[start + k] += x if income[k] < top else 0.0
    return total
