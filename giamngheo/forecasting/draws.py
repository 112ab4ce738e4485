"""The register of every number that a plan does not give, and draws from it.

Each assumption draws standard normals from a stream of its own, keyed by its name, and takes the quantiles that those
have: changing one leaves all others as they were, so that scenarios are compared under common random numbers.
"""

import csv
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import betaincinv, gammainccinv, ndtr, ndtri

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput, nearest

# distribution -> (parameters in order, value at a standard normal x, with that quantile of the distribution)
DISTRIBUTIONS = {
    "fixed": (("value",), lambda x, value: np.full_like(x, value)),
    "normal": (("mean", "sd"), lambda x, mean, sd: mean + sd * x),
    "lognormal": (("median", "sigma"), lambda x, median, sigma: median * np.exp(sigma * x)),
    "uniform": (("low", "high"), lambda x, low, high: low + (high - low) * ndtr(x)),
    "bernoulli": (("p",), lambda x, p: (ndtr(x) < p).astype(float)),
    "beta": (("a", "b"), lambda x, a, b: _interpolated(x, "beta", a, b)),
    "inverse_gamma": (("a", "b"), lambda x, a, b: b * _interpolated(x, "inverse_gamma", a)),
    "half_normal": (("sd",), lambda x, sd: sd * _interpolated(x, "half_normal")),
    "normal_positive": (
        ("mean", "sd"),
        lambda x, mean, sd: mean + sd * _interpolated(x, "truncated", -mean / sd),
    ),
}
# Assumptions that the model cannot draw from any distribution.
KINDS = {
    "gap_drift": ("normal", "fixed"),
    **dict.fromkeys(
        (
            "splice_sd",
            "gap_error",
            "gap_moves",
            "group_splice_sd",
            "drift_persistence",
            "wide_drift_mean",
            "wide_drift_sd",
        ),
        ("fixed",),
    ),
}
_GRID = np.linspace(-8, 8, 1601)
_QUANTILES = {
    "beta": lambda u, a, b: betaincinv(a, b, u),
    "inverse_gamma": lambda u, a: 1 / gammainccinv(a, u),
    "half_normal": lambda u: ndtri(0.5 + u / 2),
    "truncated": lambda u, low: ndtri(ndtr(low) + u * ndtr(-low)),
}


@dataclass(frozen=True)
class Assumption:
    """One number that the plan does not give: its distribution, what supports it, and a stated alternative.

    alternative is a change as `override` takes it, None where no other case is shown; least and most bound its values.
    """

    name: str
    meaning_vi: str
    meaning_en: str
    unit: str
    distribution: str
    parameters: tuple[float, ...]
    alternative: dict | None
    least: float
    most: float
    support: str
    reference: str
    moves: str

    @property
    def fixed(self):
        """The value of a fixed assumption, None for one that is drawn."""
        return self.parameters[0] if self.distribution == "fixed" else None

    def at(self, x):
        """Values at standard normals: the quantiles that those have.

        Parameters
        ----------
        x : ndarray

        Returns
        -------
        ndarray
        """
        return DISTRIBUTIONS[self.distribution][1](x, *self.parameters)

    def draw(self, seed, size, part=""):
        """Draws from the assumption's own stream.

        Parameters
        ----------
        seed : int
        size : int or tuple of int
        part : str
            Where in the model, when one assumption is drawn more than once.

        Returns
        -------
        ndarray
        """
        return self.at(stream(seed, self.name + part).standard_normal(size))


def stream(seed, name):
    """The random generator of one named part of the model under one seed (numpy.random.Generator)."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def load_register(path=None):
    """Read the register of assumptions.

    Parameters
    ----------
    path : path-like, optional
        Default: data/assumptions.csv of the project.

    Returns
    -------
    dict of str to Assumption

    Raises
    ------
    RefusedInput
        An unknown distribution or parameter, with the nearest known one.
    """
    path = Path(path or paths.DATA / "assumptions.csv")
    register = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{path.name} row {number}"
            parameters = _ordered(row["distribution"], _given(row.pop("parameters")), where)
            kind, _, rest = row.pop("alternative").partition(" ")
            if kind:
                _ordered(kind, _given(rest), f"{where} alternative")
            register[row["name"]] = Assumption(
                parameters=parameters,
                alternative={"distribution": kind} | _given(rest) if kind else None,
                least=float(row.pop("least") or -np.inf),
                most=float(row.pop("most") or np.inf),
                **row,
            )
    return register


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
        parameters = _ordered(kind, change, f"{where}: {name}")
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
    low, high = sorted(assumption.at(np.array([-4.0, 4.0])))
    for value, bound, wrong in (
        (low, assumption.least, low < assumption.least),
        (high, assumption.most, high > assumption.most),
    ):
        if wrong:
            raise RefusedInput(f"{where}: {value:g} is beyond what it can be; nearest valid value: {bound:g}")
    return assumption


def _given(text):
    pairs = (part.split("=") for part in text.replace(" ", "").split(";") if part)
    return {name: float(value) for name, value in pairs}


def _ordered(distribution, given, where):
    if distribution not in DISTRIBUTIONS:
        raise RefusedInput(
            f"{where}: unknown distribution '{distribution}'; nearest: '{nearest(str(distribution), DISTRIBUTIONS)}'"
        )
    names = DISTRIBUTIONS[distribution][0]
    if set(given) != set(names):
        raise RefusedInput(
            f"{where}: {distribution} takes {', '.join(names) or 'nothing'}, not {', '.join(given)}"
        )
    try:
        values = tuple(float(given[name]) for name in names)
    except (TypeError, ValueError):
        raise RefusedInput(f"{where}: {distribution} takes numbers, not {given}") from None
    if not all(np.isfinite(values)):
        raise RefusedInput(f"{where}: {distribution} takes finite numbers, not {given}")
    return values


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
