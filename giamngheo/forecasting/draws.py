"""Draws from the register of assumptions.

Each assumption draws standard normals from a stream of its own, keyed by its name, and takes the quantiles that those
have: changing one leaves all others as they were, so that scenarios are compared under common random numbers.
"""

import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from scipy.special import betaincinv, gammainccinv, ndtr, ndtri

from giamngheo.inputs.assumptions import KINDS, checked_parameters
from giamngheo.inputs.errors import RefusedInput, nearest

# Distribution to its value at a standard normal x: with that quantile of the distribution.
VALUES = {
    "fixed": lambda x, value: np.full_like(x, value),
    "normal": lambda x, mean, sd: mean + sd * x,
    "lognormal": lambda x, median, sigma: median * np.exp(sigma * x),
    "uniform": lambda x, low, high: low + (high - low) * ndtr(x),
    "bernoulli": lambda x, p: (ndtr(x) < p).astype(float),
    "beta": lambda x, a, b: _interpolated(x, "beta", a, b),
    "inverse_gamma": lambda x, a, b: b * _interpolated(x, "inverse_gamma", a),
    "half_normal": lambda x, sd: sd * _interpolated(x, "half_normal"),
    "normal_positive": lambda x, mean, sd: mean + sd * _interpolated(x, "truncated", -mean / sd),
}
_GRID = np.linspace(-8, 8, 1601)
_QUANTILES = {
    "beta": lambda u, a, b: betaincinv(a, b, u),
    "inverse_gamma": lambda u, a: 1 / gammainccinv(a, u),
    "half_normal": lambda u: ndtri(0.5 + u / 2),
    "truncated": lambda u, low: ndtri(ndtr(low) + u * ndtr(-low)),
}


def values_at(assumption, x):
    """Values of an assumption at standard normals: the quantiles that those have.

    Parameters
    ----------
    assumption : Assumption
    x : ndarray

    Returns
    -------
    ndarray
        Of the shape of x, in the assumption's unit.
    """
    return VALUES[assumption.distribution](x, *assumption.parameters)


def draw(assumption, seed, size, part=""):
    """Draws from an assumption's own stream.

    Parameters
    ----------
    assumption : Assumption
    seed : int
    size : int or tuple of int
    part : str
        Where in the model, when one assumption is drawn more than once.

    Returns
    -------
    ndarray
        In the assumption's unit.
    """
    return values_at(assumption, stream(seed, assumption.name + part).standard_normal(size))


def stream(seed, name):
    """The random generator of one named part of the model under one seed (numpy.random.Generator)."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def override(register, changes: Mapping, where="assumptions"):
    """The register with some assumptions replaced.

    Parameters
    ----------
    register : dict of str to Assumption
    changes : mapping of str to mapping
        ``{name: {"fixed": 0.1}}`` or ``{name: {"distribution": "beta", "a": 2, "b": 20}}``.
    where : str
        Place named in an error.

    Returns
    -------
    dict of str to Assumption

    Raises
    ------
    RefusedInput
        An unknown name, distribution or parameter.
    """
    changed = dict(register)
    for name, change in changes.items():
        if name not in register:
            raise RefusedInput(f"{where}: unknown assumption '{name}'; nearest: '{nearest(name, register)}'")
        change = dict(change)
        if set(change) == {"fixed"}:
            change = {"distribution": "fixed", "value": change["fixed"]}
        kind = change.pop("distribution", None)
        parameters = checked_parameters(kind, change, f"{where}: {name}")
        changed[name] = _within(
            replace(register[name], distribution=kind, parameters=parameters), f"{where}: {name}"
        )
        allowed = KINDS.get(name)
        if allowed and kind not in allowed:
            raise RefusedInput(
                f"{where}: {name} is {' or '.join(allowed)}, not {kind}; nearest: '{allowed[0]}'"
            )
    return changed


def _within(assumption, where):
    # Values beyond four standard normals are rarer than one draw in ten thousand: shapes are checked up to there.
    low, high = sorted(values_at(assumption, np.array([-4.0, 4.0])))
    for value, bound, wrong in (
        (low, assumption.least, low < assumption.least),
        (high, assumption.most, high > assumption.most),
    ):
        if wrong:
            raise RefusedInput(f"{where}: {value:g} is beyond what it can be; nearest valid value: {bound:g}")
    return assumption


@cache
def _table(name, *parameters):
    # Quantiles without a quick closed form, once a process; linear in between, to about 1e-4 of a value.
    return np.nan_to_num(_QUANTILES[name](ndtr(_GRID), *parameters), posinf=1e300)


def _interpolated(x, name, *parameters):
    table = _table(name, *parameters)
    # The grid is even: its cell is a division, several times quicker than the search of np.interp.
    place = np.clip((x - _GRID[0]) * ((len(_GRID) - 1) / (_GRID[-1] - _GRID[0])), 0, len(_GRID) - 1.000001)
    cell = place.astype(np.intp)
    return table[cell] + (place - cell) * np.diff(table)[cell]


def mean_and_quantiles(values):
    """Mean and quantiles of draws.

    Parameters
    ----------
    values : ndarray (n_draws,)

    Returns
    -------
    dict of str to float
        mean, q10, q50, q90, to nine decimals: no effect is 0, not the last bit of a quantile.
    """
    found = [values.mean(), *np.quantile(values, (0.1, 0.5, 0.9))]
    clean = [round(float(value), 9) + 0.0 for value in found]
    return dict(zip(("mean", "q10", "q50", "q90"), clean, strict=True))
