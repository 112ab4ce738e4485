"""One cell of text to a number or a date, or to the reason why not and the form that would do."""

import re
from datetime import date, timedelta
from decimal import Decimal

from giamngheo.inputs.grammar import (
    day_or_none,
    day_readings,
    edge_of_year,
    number_readings,
    year_alone,
)

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
MOST_DIGITS = 30  # of a figure; those of any plan have fewer
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)


def parse_number(value):
    """A decimal number as printed; text must be plain ("13.15").

    Parameters
    ----------
    value : str, int, float or Decimal

    Returns
    -------
    Decimal

    Raises
    ------
    ValueError
        Anything else, with the plain form where one can be guessed.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"{value!r} is not a number")
    text = value.strip() if isinstance(value, str) else str(value)
    if len(text) > MOST_DIGITS:
        raise ValueError(f"'{text[:12]}…' has {len(text)} digits; nearest: a figure of at most {MOST_DIGITS}")
    if _PLAIN_NUMBER.fullmatch(text):
        return Decimal(text)
    if not isinstance(value, str):
        number = Decimal(text)
        if number.is_finite():
            return number
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise ValueError(f"'{text}' is not a finite number; leave the cell empty if nothing was published")
    plain, why = _plain_form(text)
    raise ValueError(f"'{text}' {why}; write {plain}" if plain else f"'{text}' is not a number")


def _plain_form(text):
    """The plain forms of a number that is not written plainly, joined by "or", and what is wrong with it."""
    bare = re.sub(r"\s", "", text)
    for pattern, why, change in (
        (r"[+-]?\d+\.", "ends in a point", lambda t: t[:-1]),
        (r"['\"‘’“”«»].*", "has quotation marks", lambda t: t.strip("'\"‘’“”«»")),
        (
            r"[+-]?[\dOoIl]*[OoIl][\dOoIl]*(\.[\dOoIl]+)?|[+-]?[\dOoIl]+\.[\dOoIl]*[OoIl][\dOoIl]*",
            "has letters in it",
            lambda t: t.translate(str.maketrans("OoIl", "0011")),
        ),
    ):
        if re.fullmatch(pattern, bare, re.ASCII) and number_readings(change(bare)):
            return " or ".join(f"{number:f}" for number in number_readings(change(bare)).values()), why
    number = text.strip().removesuffix("%").rstrip()
    readings = number_readings(number) or number_readings(bare.removesuffix("%"))
    forms = list(dict.fromkeys(f"{found:f}" for found in readings.values()))
    if len(forms) > 1:
        return " or ".join(forms), "can be two numbers"
    whys = (
        ("%" in text, "has a percent sign"),
        (re.search(r"[eE]", bare), "is in scientific notation"),
        (re.search(r"\d\s+\d", text.strip()), "has spaces in it"),
        (re.fullmatch(r"[+-]?\.\d+", bare), "lacks the digit before the point"),
        (re.fullmatch(r"[+-]?\d*,\d+", bare), "has a decimal comma"),
        (True, "has thousands dots" if "." in bare.split(",")[0] else "has thousands commas"),
    )
    return (forms[0], next(why for there, why in whys if there)) if forms else (None, "")


def parse_count(value):
    """A whole number; text must be digits only ("58543").

    Parameters
    ----------
    value : str, int or Decimal

    Returns
    -------
    int

    Raises
    ------
    ValueError
    """
    text = value.strip() if isinstance(value, str) else value
    # 58.543 and 58,543 are how a count is printed, so they are read as thousands before anything else.
    if isinstance(text, str) and re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", text, re.ASCII):
        raise ValueError(f"'{text}' has a thousands separator; write {re.sub('[.,]', '', text)}")
    number = parse_number(value)
    if number != int(number):
        raise ValueError(f"'{text}' is not a whole number; nearest: {round(number)}")
    if isinstance(text, str) and "." in text:
        raise ValueError(f"'{text}' is not written as a whole number; write {int(number)}")
    return int(number)


def parse_date(value):
    """A date, written YYYY-MM-DD.

    Parameters
    ----------
    value : str or datetime.date

    Returns
    -------
    datetime.date

    Raises
    ------
    ValueError
        Anything else, with the ISO form where one can be guessed.
    """
    if isinstance(value, date):
        return value
    text = str(value).strip()
    iso = _ISO_DATE.fullmatch(text)
    if iso:
        year, month, day = map(int, iso.groups())
        if not 1900 <= year <= 2100:
            raise ValueError(f"'{text}': a year from 1900 to 2100 is expected")
        try:
            return date(year, month, day)
        except ValueError:
            guess = day_or_none(year, day, month) or _last_day(year, month)
            raise ValueError(f"'{text}' is not a day of the calendar; nearest: {guess}") from None
    guess = _iso_guess(text)
    raise ValueError(f"'{text}' is not an ISO date; " + (f"write {guess}" if guess else "write YYYY-MM-DD"))


def _iso_guess(text):
    text = text.strip("'\"‘’“”«» ")
    year = year_alone(text)
    if year:  # a plain "năm 2010" is mostly a beginning, but only its reader can tell
        return f"{edge_of_year(year, 'end')} for the end of the year, {edge_of_year(year, 'start')} for its beginning"
    return " or ".join(map(str, day_readings(text)))


def _last_day(year, month):
    month = min(max(month, 1), 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
