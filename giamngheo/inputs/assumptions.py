"""The register of every number that a plan does not give: its distribution, and what supports it.

What is drawn from it stands in `giamngheo.forecasting.draws`; here a refusal waits for no heavy library.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput, nearest

# Distribution to its parameters, in order, and what each may be.
DISTRIBUTIONS = {
    "fixed": {"value": "any"},
    "normal": {"mean": "any", "sd": "not negative"},
    "lognormal": {"median": "positive", "sigma": "not negative"},
    "uniform": {"low": "any", "high": "any"},
    "bernoulli": {"p": "from 0 to 1"},
    "beta": {"a": "positive", "b": "positive"},
    "inverse_gamma": {"a": "positive", "b": "positive"},
    "half_normal": {"sd": "not negative"},
    "normal_positive": {"mean": "any", "sd": "positive"},
}
LIMITS = {
    "any": lambda value: True,
    "positive": lambda value: value > 0,
    "not negative": lambda value: value >= 0,
    "from 0 to 1": lambda value: 0 <= value <= 1,
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


COUNTED = "counted by the package"  # the reference of an assumption that a package's own readings give


@dataclass(frozen=True)
class Assumption:
    """One number that the plan does not give: its distribution, what supports it, and a stated alternative.

    alternative is a change as `override` takes it, None where no other case is shown; least and most bound its values;
    unit, reference and moves are English, and empty in Vietnamese where a register does not translate them.
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
    unit_vi: str = ""
    reference_vi: str = ""
    moves_vi: str = ""

    @property
    def fixed(self):
        """The value of a fixed assumption, None for one that is drawn."""
        return self.parameters[0] if self.distribution == "fixed" else None


def load_register(path=None) -> dict[str, Assumption]:
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
    state = path.stat()
    return dict(_read(path, state.st_mtime_ns, state.st_size))


def register_of(package) -> dict[str, Assumption]:
    """The register with what a package's readings count in place of what was counted elsewhere.

    Parameters
    ----------
    package : Package

    Returns
    -------
    dict of str to Assumption
        Persons in a poor household are those of its last counted reading, where that counts persons too.
    """
    register, last, name = load_register(), package.last_counted(), "persons_per_household"
    if last and last.persons:
        row, size = register[name], float(round(Fraction(last.persons, last.households), 2))
        if row.least <= size <= row.most:
            _, sd = row.parameters
            register[name] = replace(row, parameters=(size, sd), reference=COUNTED, reference_vi=COUNTED)
    return register


@lru_cache(maxsize=2)  # asked for by every forecast and every check of a scenario
def _read(path, *state):
    register = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{path.name} row {number}"
            parameters = checked_parameters(row["distribution"], _given(row.pop("parameters")), where)
            kind, _, rest = row.pop("alternative").partition(" ")
            if kind:
                checked_parameters(kind, _given(rest), f"{where} alternative")
            register[row["name"]] = Assumption(
                parameters=parameters,
                alternative={"distribution": kind} | _given(rest) if kind else None,
                least=float(row.pop("least") or "-inf"),
                most=float(row.pop("most") or "inf"),
                **row,
            )
    return register


def _given(text):
    pairs = (part.split("=") for part in text.replace(" ", "").split(";") if part)
    return {name: float(value) for name, value in pairs}


def checked_parameters(distribution: str, given: Mapping, where: str) -> tuple[float, ...]:
    """The parameters of a distribution in order, each within its limits.

    Parameters
    ----------
    distribution : str
    given : mapping of str to number
    where : str
        Place named in an error.

    Returns
    -------
    tuple of float

    Raises
    ------
    RefusedInput
        An unknown distribution, a missing or unknown parameter, no finite number, one beyond its limits.
    """
    if distribution not in DISTRIBUTIONS:
        near = nearest(str(distribution), DISTRIBUTIONS)
        raise RefusedInput(f"{where}: unknown distribution '{distribution}'; nearest: '{near}'")
    limits = DISTRIBUTIONS[distribution]
    if set(given) != set(limits):
        raise RefusedInput(f"{where}: {distribution} takes {', '.join(limits)}, not {', '.join(given)}")
    try:
        values = {name: float(given[name]) for name in limits}
    except (TypeError, ValueError):
        raise RefusedInput(f"{where}: {distribution} takes numbers, not {given}") from None
    if not all(map(math.isfinite, values.values())):
        raise RefusedInput(f"{where}: {distribution} takes finite numbers, not {given}")
    for name, limit in limits.items():
        if not LIMITS[limit](values[name]):
            raise RefusedInput(f"{where}: {name}: {values[name]:g} must be {limit}")
    return tuple(values.values())
