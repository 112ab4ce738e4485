"""One cell of text to a number or a date, or to the reason why not and the form that would do."""

import re
from datetime import date, timedelta
from decimal import Decimal

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
MOST_DIGITS = 30  # of a figure; those of any plan have fewer
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)


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
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity", "na", "n/a"}:
        raise ValueError(f"'{text}' is not a finite number; leave the cell empty if nothing was published")
    plain, why = _plain_form(text)
    raise ValueError(f"'{text}' {why}; write {plain}" if plain else f"'{text}' is not a number")


def _plain_form(text):
    """A guess at the plain form of a number that is not written plainly, and what is wrong with it."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    for pattern, why, change in (
        (r"[+-]?\d+(\.\d+)?%", "has a percent sign", lambda t: t[:-1]),
        (r"[+-]?\d+,\d+%?", "has a decimal comma", lambda t: t.rstrip("%").replace(",", ".")),
        (
            r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?",
            "has thousands dots",
            lambda t: t.replace(".", "").replace(",", "."),
        ),
        (r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", "has thousands commas", lambda t: t.replace(",", "")),
        (r"[+-]?\d+(\.\d+)?", "has spaces in it", lambda t: t),
        (r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}", "is in scientific notation", lambda t: f"{Decimal(t):f}"),
        (r"[+-]?\.\d+", "lacks the digit before the point", lambda t: t.replace(".", "0.")),
        (r"[+-]?\d+\.", "ends in a point", lambda t: t[:-1]),
        (
            r"[+-]?[\dOoIl]+(\.[\dOoIl]+)?",
            "has letters in it",
            lambda t: t.translate(str.maketrans("OoIl", "0011")),
        ),
    ):
        if re.fullmatch(pattern, bare, re.ASCII):
            return change(bare), why
    return None, ""


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
            guess = _date_or_none(year, day, month) or _last_day(year, month)
            raise ValueError(f"'{text}' is not a day of the calendar; nearest: {guess}") from None
    guess = _iso_guess(text)
    raise ValueError(f"'{text}' is not an ISO date; " + (f"write {guess}" if guess else "write YYYY-MM-DD"))


def _iso_guess(text):
    found = re.match(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$", text)
    if found:
        day, month, year = map(int, found.groups())
        return _date_or_none(year, month, day) or _date_or_none(year, day, month)
    found = re.match(r"(\d{4})[/.\-]?(\d{1,2})[/.\-]?(\d{1,2})(?:[T ]\d.*)?$", text)
    if found:
        return _date_or_none(*map(int, found.groups()))
    found = re.fullmatch(r"(cuối |đầu )?năm ((?:19|20)\d\d)", text.lower())
    if found:  # a plain "năm 2010" is mostly a beginning, but only its reader can tell
        end = f"{found[2]}-12-31"
        beginning = f"{int(found[2]) - 1}-12-31"
        return {"cuối ": end, "đầu ": beginning}.get(
            found[1], f"{beginning} for its beginning, {end} for its end"
        )
    if re.fullmatch(r"(19|20)\d\d", text):
        return f"{text}-12-31 for the end of the year, {int(text) - 1}-12-31 for its beginning"
    if re.fullmatch(r"\d{5}", text):  # a spreadsheet's day number
        return _EXCEL_EPOCH + timedelta(days=int(text))
    return None


def _date_or_none(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last_day(year, month):
    month = min(max(month, 1), 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
