"""Moves of households between the lists of poor, near-poor and others, from the shares at two instants.

A household's latent position on the list is standard normal at every review; those of two reviews a year
apart are bivariate normal with autocorrelation rho, so that both instants' shares and rho give every move in
closed form by Owen's T. Net change needs no rho; gross moves do. What is read is a list, far stickier than
incomes.

Re-entry needs a third instant, and with it the partial autocorrelation at lag two, p: the correlation of the
position two reviews ago with this one's, given the one between. p = 0 is a permanent part alone (a move lasts
until another undoes it); p = rho / (1 + rho) a fixed permanent part and a transitory one that is gone a year
later (`lag_two`); below 0, households that move go on in the same direction, and few return.
"""

import numpy as np
from scipy.special import ndtr, owens_t

from giamngheo.forecasting.scales import probit

# flow -> status at the start that its percentage is of
FLOWS = {
    "exit": "poor",
    "poor_to_near_poor": "poor",
    "poor_to_non_poor": "poor",
    "near_poor_to_poor": "near_poor",
    "near_poor_to_non_poor": "near_poor",
    "entry": "poor",
    "new_entry": "poor",
    "re_entry": "poor",
}
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_LEAST = 1e-12  # of a variance: correlations of one


def joint_below(first, second, rho):
    """Probability that two standard normals are both below a threshold, by Owen's T.

    Parameters
    ----------
    first, second : array_like
        Thresholds, probits; finite.
    rho : array_like
        Correlation, -1..1.

    Returns
    -------
    ndarray
        ``(Phi(h) + Phi(k)) / 2 - T(h, a_h) - T(k, a_k) - d``, d = 1/2 where h and k differ in sign (Owen
        1956), else 0.
    """
    # Adding zero makes a negative zero positive: the slope's sign depends on it.
    values = (np.asarray(value, dtype=float) + 0.0 for value in (first, second, rho))
    h, k, rho = np.broadcast_arrays(*values)
    spread = np.sqrt(np.maximum((1 - rho) * (1 + rho), 1e-300))
    corner = np.sqrt((1 - rho) / np.maximum(1 + rho, 1e-300))  # the limit where both thresholds are 0

    def slope(one, other):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value = ((other - one) / one + (1 - rho)) / spread
        return np.where((one == 0) & (other == 0), corner, value)

    across = np.where((h >= 0) != (k >= 0), 0.5, 0.0)
    below = ndtr(h), ndtr(k)
    both = sum(below) / 2 - owens_t(h, slope(h, k)) - owens_t(k, slope(k, h)) - across
    return np.clip(both, np.maximum(sum(below) - 1, 0), np.minimum(*below))


def transitions(start, end, rho):
    """Shares of households by status at the start (rows) and at the end (columns): poor, near-poor, others.

    Parameters
    ----------
    start, end : tuple of array_like
        Share poor, and share poor or near-poor, 0..1, at the two instants.
    rho : array_like
        Autocorrelation, 0..1.

    Returns
    -------
    ndarray (..., 3, 3)
        Rows add up to the start's shares, columns to the end's, to rounding error; nothing is negative.
    """
    values = (np.asarray(value, dtype=float) for value in (*start, *end, rho))
    *bounds, rho = np.broadcast_arrays(*values)
    starts, ends = bounds[:2], bounds[2:]
    # P(start below the i-th line, end below the j-th); line 0 has nobody below it, line 3 everybody.
    below = np.zeros((*rho.shape, 4, 4))
    below[..., 3, 3] = 1
    for i, before in enumerate(starts, start=1):
        below[..., i, 3] = before
        for j, after in enumerate(ends, start=1):
            below[..., 3, j] = after
            both = joint_below(probit(before), probit(after), rho)
            below[..., i, j] = np.clip(both, np.maximum(before + after - 1, 0), np.minimum(before, after))
    return np.maximum(np.diff(np.diff(below, axis=-1), axis=-2), 0)


def lag_two(rho, permanent):
    """Partial autocorrelation at lag two of a permanent and a transitory part.

    Parameters
    ----------
    rho : array_like
        Autocorrelation at lag one, 0 < rho < 1.
    permanent : array_like
        Share of the variance of a year's move that is permanent, 0..1: the permanent part follows a
        first-order autoregression, the transitory part is new each year.

    Returns
    -------
    ndarray
        0 where all is permanent, ``rho / (1 + rho)`` where nothing is.
    """
    rho, permanent = np.asarray(rho, dtype=float), np.asarray(permanent, dtype=float)
    # phi, the permanent part's own autocorrelation, solves permanent = rho (1 - phi) / (phi (1 - rho)).
    phi = rho / (rho + permanent * (1 - rho))
    return (rho * phi - rho**2) / (1 - rho**2)


def returning(before, start, end, rho, partial):
    """Share of households that were poor two reviews ago, not at the last and are poor now.

    Parameters
    ----------
    before, start, end : array_like
        Share poor at three instants a year apart, 0..1.
    rho : array_like
        Autocorrelation from one to the next, 0..1; at 1 nobody moves against the rest, and households return only
        where the share between is below both others.
    partial : array_like
        Partial autocorrelation at lag two, -1..1.

    Returns
    -------
    ndarray
        To about 1e-7; where partial is below -0.9, to 1e-4 as it nears -1.

    Notes
    -----
    ``P(X0 < z0, X1 >= z1, X2 < z2)`` as a function of t, the correlation of X0 and X2: at t = 1 they are one position,
    which gives ``P(X0 < min(z0, z2), X1 >= z1)``; from there down to the assumed t it falls by the integral of
    ``phi_2(z0, z2; t) Phi(c(t))`` (Plackett 1954), c(t) being ``(E[X1 | X0 = z0, X2 = z2] - z1) / sd``. With Phi(c)
    held at its value at t = 1 that is bivariate normal; the rest is smooth, a Gauss-Legendre sum over the angle
    arccos t.
    """
    z0, z1, z2, rho, partial = np.broadcast_arrays(probit(before), probit(start), probit(end), rho, partial)
    low, middle, square = np.minimum(z0, z2), rho * (z0 + z2) / 2, rho * rho
    angle = np.arccos(square + partial * (1 - square))  # of t
    still = ndtr((middle - z1) / np.sqrt(np.maximum(1 - square, _LEAST)))
    apart, together = np.square(z0 - z2) / 8, np.square(z0 + z2) / 8
    total = np.zeros(z0.shape)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        less = np.maximum(np.square(np.sin(angle * (node + 1) / 4)), 1e-300)  # (1 - t) / 2
        more = 1 - less
        between = (middle / more - z1) / np.sqrt(np.maximum(1 - square / more, _LEAST))
        total += weight * np.exp(-apart / less - together / more) * (ndtr(between) - still)
    ever = ndtr(low) - joint_below(low, z1, rho)
    moved = still * (ndtr(low) - joint_below(z0, z2, np.cos(angle)))
    return np.maximum(ever - moved - total * angle / (4 * np.pi), 0)


def list_flows(before, start, end, rho, partial):
    """Every flow of one year, as a share of all households.

    Parameters
    ----------
    before : array_like or None
        Share poor a year before the start; None leaves re-entries and new entries out.
    start, end : tuple of array_like
        Share poor, and share poor or near-poor.
    rho, partial : array_like
        As in `transitions` and `returning`.

    Returns
    -------
    dict of str to ndarray
        By the names of `FLOWS`; exits less entries are the fall in the share of poor.

    Notes
    -----
    A re-entry is a household poor two reviews ago, out at the last and in now. One that was out for longer is
    a new entry here and a re-entry in the official count, as far as the list remembers.
    """
    cell = transitions(start, end, rho)
    flows = {
        "exit": cell[..., 0, 1] + cell[..., 0, 2],
        "poor_to_near_poor": cell[..., 0, 1],
        "poor_to_non_poor": cell[..., 0, 2],
        "near_poor_to_poor": cell[..., 1, 0],
        "near_poor_to_non_poor": cell[..., 1, 2],
        "entry": cell[..., 1, 0] + cell[..., 2, 0],
    }
    if before is not None:
        flows["re_entry"] = np.minimum(returning(before, start[0], end[0], rho, partial), flows["entry"])
        flows["new_entry"] = flows["entry"] - flows["re_entry"]
    return {name: flows[name] for name in FLOWS if name in flows}
