"""Numbers, amounts and dates as each language writes them, with one rounding rule: half away from zero."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

MINUS = "\N{MINUS SIGN}"
EN_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def exact(x):
    """The value as an exact rational; a float is read to 12 significant digits, so that 0.7749999999999999 is
    0.775.

    Parameters
    ----------
    x : int, float, Decimal, Fraction or numpy scalar

    Returns
    -------
    fractions.Fraction

    Raises
    ------
    ValueError
        Not a finite number.
    """
    if isinstance(x, (int, Decimal, Fraction)):
        return Fraction(x)
    return Fraction(format(float(x), ".12g"))


def rounded(x, decimals):
    """Round half away from zero.

    Parameters
    ----------
    x : int, float, Decimal, Fraction or numpy scalar
    decimals : int
        Digits after the decimal sign; negative ones round to tens, hundreds, ...

    Returns
    -------
    decimal.Decimal
    """
    value = exact(x)
    scaled = abs(value) * Fraction(10) ** decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    # From digits: arithmetic of decimals would round to 28 of them, or refuse.
    result = Decimal(f"{whole * 10 ** max(-decimals, 0)}E-{max(decimals, 0)}")
    return result.copy_negate() if value < 0 and whole else result


def _shortest(x):
    text = format(x if isinstance(x, Decimal) else Decimal(format(float(x), ".12g")), "f")
    return len(text.partition(".")[2].rstrip("0"))


def number(x, lang, decimals=None):
    """A number as the language writes it: 58.543 and 13,15 in Vietnamese, 58,543 and 13.15 in English.

    Parameters
    ----------
    x : int, float, Decimal, Fraction or numpy scalar
    lang : {"vi", "en"}
    decimals : int, optional
        Digits after the decimal sign (negative: round to tens, hundreds, ...). Left out: as many as the value
        has, two for a fraction that has no end.

    Returns
    -------
    str
    """
    if decimals is None:
        if isinstance(x, Fraction):
            decimals = 0 if x.denominator == 1 else 2
        else:
            decimals = 0 if isinstance(x, int) else _shortest(x)
    value = rounded(x, decimals)
    text = format(value.copy_abs(), ",f")
    if lang == "vi":
        text = text.translate(str.maketrans(",.", ".,"))
    elif lang != "en":
        raise KeyError(f"no language {lang!r}; there are vi and en")
    return (MINUS if value < 0 else "") + text


def signed(x, lang, decimals=None):
    """A number with its sign always written, zero without one.

    Parameters
    ----------
    x, lang, decimals
        As in `number`.

    Returns
    -------
    str
    """
    text = number(x, lang, decimals)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def percent(x, lang, decimals=None):
    """A share that is already in percent: ``percent(13.15, "vi")`` is ``13,15 %``.

    Parameters
    ----------
    x : number
        Percent.
    lang : {"vi", "en"}
    decimals : int, optional

    Returns
    -------
    str
    """
    return f"{number(x, lang, decimals)} %"


def points(x, lang, decimals=None):
    """A difference of two rates in percentage points.

    Parameters
    ----------
    x : number
    lang : {"vi", "en"}
    decimals : int, optional

    Returns
    -------
    str
    """
    text = number(x, lang, decimals)
    unit = {
        "vi": "điểm phần trăm",
        "en": "percentage point" if text in ("1", MINUS + "1") else "percentage points",
    }
    return f"{text} {unit[lang]}"


def money(x, lang, decimals=None):
    """An amount in billion VND: ``2.155 tỷ đồng``, ``2,155 billion VND``.

    Parameters
    ----------
    x : number
        Billion VND.
    lang : {"vi", "en"}
    decimals : int, optional

    Returns
    -------
    str
    """
    return f"{number(x, lang, decimals)} {'tỷ đồng' if lang == 'vi' else 'billion VND'}"


def households(x, lang, decimals=0):
    """A number of households: ``58.543 hộ``, ``58,543 households``.

    Parameters
    ----------
    x : number
    lang : {"vi", "en"}
    decimals : int
        -2 in sentences about forecasts (hundreds), 0 for counts.

    Returns
    -------
    str
    """
    text = number(x, lang, decimals)
    return f"{text} {'hộ' if lang == 'vi' else 'household' if text == '1' else 'households'}"


def day(when, lang):
    """A date: ``31/12/2011``, ``31 December 2011``.

    Parameters
    ----------
    when : datetime.date or anything with year, month and day
    lang : {"vi", "en"}

    Returns
    -------
    str
    """
    when = date(when.year, when.month, when.day)
    if lang == "vi":
        return f"{when:%d/%m/%Y}"
    return f"{when.day} {EN_MONTHS[when.month - 1]} {when.year}"
