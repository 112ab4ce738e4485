"""Values of a scenario file, checked one by one; a fault knows its place below the key it was found under."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any

from giamngheo.inputs.assumptions import DISTRIBUTIONS, LIMITS
from giamngheo.inputs.errors import nearest, unknown
from giamngheo.inputs.grammar import number_readings

SHOCKS = ("flood_year",)


class Fault(ValueError):
    """What is wrong with a value, and the keys that lead to it.

    Parameters
    ----------
    what : str
    place : iterable of str or int
    """

    def __init__(self, what: str, place: Iterable = ()):
        super().__init__(what)
        self.place = tuple(place)


class Yearly(dict):
    """Values by year; ``every`` is the value of each year that is not named.

    Parameters
    ----------
    values : mapping of int to number
    every : number, optional
        None: a year not named has no value of its own.
    """

    def __init__(self, values=(), every=None):
        super().__init__(values)
        self.every = every

    def get(self, year, default=None):
        """The value of a year, else that of every year, else the default."""
        return super().get(year, default if self.every is None else self.every)

    def over(self, years):
        """The same values with each of the years named (Yearly)."""
        return self if self.every is None else Yearly({year: self.get(year) for year in years})

    def __bool__(self):
        return bool(len(self)) or self.every is not None

    def __eq__(self, other):
        return dict(self) == other and self.every == getattr(other, "every", None)

    __hash__ = None

    def __repr__(self):
        return f"Yearly({dict(self)!r}, every={self.every!r})"


def number(value: Any) -> Fraction:
    """A finite number of YAML as an exact fraction; a boolean or text is none.

    Parameters
    ----------
    value : object

    Returns
    -------
    fractions.Fraction

    Raises
    ------
    Fault
    """
    if isinstance(value, bool):
        raise Fault(f"'{str(value).lower()}' is a yes or no, not a number; nearest: {int(value)}")
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Real | Decimal):  # numpy's too
        decimal = Decimal(str(value))
        if not decimal.is_finite():
            raise Fault(f"'{value}' is not a finite number")
        return Fraction(decimal)
    text = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(r"-?\d+([.,]\d+)?\s*%", text):
        share = Decimal(text.strip(" %").replace(",", ".")) / 100
        raise Fault(f"'{text}' has a percent sign; write {share.normalize():f}")
    if re.fullmatch(r"-?\d+,\d+", text):
        raise Fault(f"'{text}' has a decimal comma; write {text.replace(',', '.')}")
    if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        raise Fault(f"'{text}' is text, not a number; write {text} without quotation marks")
    if readings := number_readings(text.rstrip("% ")):
        forms = " or ".join(dict.fromkeys(f"{found:f}" for found in readings.values()))
        raise Fault(f"{said(value)} is text, not a number as YAML has it; write {forms}")
    raise Fault(f"{said(value)} is not a number")


def said(value: Any) -> str:
    """A value as an error quotes it."""
    text = str(value)
    return "an empty value" if value is None else f"'{text if len(text) < 60 else text[:57] + '…'}'"


def differences(model, prefix="") -> dict[str, str]:
    """What of a model's fields differs from their defaults, by the keys that lead there, as text."""
    found: dict[str, str] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if value == field.get_default(call_default_factory=True):
            continue
        if hasattr(value, "model_fields_set"):
            found |= differences(value, f"{prefix}{name}.")
        elif isinstance(value, Mapping) and not isinstance(value, Yearly):
            found |= {f"{prefix}{name}.{key}": _told(each) for key, each in value.items()}
        else:
            found[prefix + name] = _told(value)
    return found


def plain(model) -> dict[str, Any]:
    """What of a model's fields differs from their defaults, as YAML holds it: a fraction as the nearest decimal."""
    return {
        name: _plain(value)
        for name, field in type(model).model_fields.items()
        if (value := getattr(model, name)) != field.get_default(call_default_factory=True) and name != "id"
    }


def _plain(value):
    if hasattr(value, "model_fields_set"):
        return plain(value)
    if isinstance(value, Yearly) and value.every is not None:
        return _plain(value.every)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, bool | str) or not isinstance(value, Real):
        return value
    return int(value) if value == int(value) else float(value)


def canonical(keys) -> str:
    """Keys and values as one text, the same for whatever is the same: in any order, with 1 for 1.0."""
    return json.dumps(even(keys), sort_keys=True, default=str)


def even(value):
    """A value with whole numbers as such, and texts for keys."""
    if isinstance(value, Mapping):
        return {str(key): even(each) for key, each in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _told(value):
    if isinstance(value, Yearly) and (value.every is not None or len(set(value.values())) == 1):
        value = next(iter(value.values()), value.every)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_told(each)}" for key, each in value.items())
    return f"{float(value):g}" if isinstance(value, Real) and not isinstance(value, bool) else str(value)


def within(low, high, as_float=False):
    """A check that a value is a number from low to high; returns it as a Fraction or a float."""

    def check(value):
        exact = number(value)
        if not low <= exact <= high:
            side, limit = ("below", low) if exact < low else ("above", high)
            raise Fault(f"{said(value)} is {side} the limit; nearest valid value: {limit}")
        return float(exact) if as_float else exact

    return check


def by_year(check):
    """A check of one value for every year, or of {year: value}; returns a `Yearly`."""

    def parse(value):
        if isinstance(value, Yearly):
            return value
        if isinstance(value, Mapping):
            return Yearly({year(key): placed(key, check, each) for key, each in value.items()})
        return Yearly(every=check(value))

    return parse


def year(value) -> int:
    """A year of four digits."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{4}", str(value)):
        raise Fault(f"{said(value)} is not a year of four digits", (value,))
    return int(value)


def placed(key, check, value):
    """The checked value; a fault in it gets the key put before its place."""
    try:
        return check(value)
    except Fault as fault:
        raise Fault(str(fault), (key, *fault.place)) from None


def keyed(what, known, check):
    """A check of {key: value} with known keys (None: any text); returns a dict."""

    def parse(value):
        if not isinstance(value, Mapping):
            raise Fault(f"{said(value)}, where keys are expected, each a {what}")
        for key in value:
            if known is not None and key not in known:
                raise Fault(unknown(what, key, known), (key,))
        return {str(key): placed(key, check, each) for key, each in value.items()}

    return parse


def title(value) -> dict[str, str]:
    """A title in both languages, {"vi": …, "en": …}."""
    found = keyed("language", ("vi", "en"), lambda text: text)(value)
    for lang in ("vi", "en"):
        if lang not in found:
            raise Fault(f"the title in '{lang}' is missing; write title: {{vi: …, en: …}}")
        if not isinstance(found[lang], str) or not found[lang].strip():
            raise Fault(f"{said(found[lang])} is no title; put it in quotation marks", (lang,))
    return found


def shocks(value) -> dict:
    """{year: size on the probit scale or the name of an assumption}."""
    if not isinstance(value, Mapping):
        raise Fault(f"{said(value)}: a shock needs its year, such as {{2014: flood_year}}")
    return dict(by_year(_shock)(value))


def _shock(value):
    if isinstance(value, str) and re.search(r"[a-z]", value):
        if value not in SHOCKS:
            raise Fault(unknown("shock", value, SHOCKS) + ", or write a number (probit)")
        return value
    return within(-3, 3, as_float=True)(value)


def assumption(value) -> dict:
    """{fixed: x}, or {distribution: name} with that distribution's parameters."""
    if not isinstance(value, Mapping):
        raise Fault(f"{said(value)}: write {{fixed: {value}}} or {{distribution: …}}")
    if "fixed" in value:
        kind, limits = "fixed", {"fixed": "any"}
    elif "distribution" in value:
        kind = value["distribution"]
        if kind not in DISTRIBUTIONS:
            raise Fault(unknown("distribution", kind, DISTRIBUTIONS), ("distribution",))
        limits = DISTRIBUTIONS[kind]
    else:
        near = nearest(next(iter(value), "fixed"), ("fixed", "distribution"))
        raise Fault(f"'fixed' or 'distribution' is needed; nearest: '{near}'")
    for key in value:
        if key not in limits and not (key == "distribution" and kind != "fixed"):
            raise Fault(unknown(f"parameter of {kind}", key, limits), (key,))
    parameters = {key: _parameter(kind, key, limits[key], value) for key in limits}
    if kind == "uniform" and parameters["low"] > parameters["high"]:
        raise Fault(f"low {parameters['low']:g} is above high {parameters['high']:g}", ("low",))
    return ({} if kind == "fixed" and "fixed" in value else {"distribution": kind}) | parameters


def _parameter(kind, key, limit, value):
    if key not in value:
        raise Fault(f"{kind} needs the parameter '{key}'")
    exact = placed(key, number, value[key])
    if not LIMITS[limit](exact):
        raise Fault(f"{float(exact):g} must be {limit}", (key,))
    return float(exact)
