"""Sentences and numbers in Vietnamese and English: everything that a report's reader sees passes through here.

Sentences live in ``phrases/*.toml``, one table a phrase (``[section.key]`` with ``vi`` and ``en``). Numbers have one
rounding rule: half away from zero, applied to the decimal digits of the value as Python prints it (5.25 -> 5,3).
"""

import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from string import Formatter

LANGUAGES = ("vi", "en")
PHRASES = Path(__file__).parent / "phrases"
MINUS = "\N{MINUS SIGN}"
EN_MONTHS = ("January February March April May June July August September October November December").split()

# Lower bound of each class, highest first; after the IPCC's calibrated language (Mastrandrea et al. 2010).
CHANCE_CLASSES = (
    ("virtually_certain", 0.99),
    ("very_likely", 0.90),
    ("likely", 0.66),
    ("about_even", 0.33),
    ("unlikely", 0.10),
    ("very_unlikely", 0.01),
    ("exceptionally_unlikely", 0.0),
)


@cache
def _file_phrases(path):
    with path.open("rb") as file:
        return tomllib.load(file)


def _flat(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict) and not set(value) & set(LANGUAGES):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def phrase_files():
    """Paths of all phrase files, sorted.

    Returns
    -------
    list of pathlib.Path
    """
    return sorted(PHRASES.glob("*.toml"))


@cache
def phrases():
    """All phrases of all files.

    Returns
    -------
    dict
        ``{"section.key": {"vi": str, "en": str}}``.

    Raises
    ------
    ValueError
        A key stands in two files.
    """
    merged = {}
    for path in phrase_files():
        for key, value in _flat(_file_phrases(path)):
            if key in merged:
                raise ValueError(f"phrase {key!r} stands twice, the second time in {path.name}")
            merged[key] = value
    return merged


def _phrase(key):
    # The file named after the section first: a refusal at the door should not parse the glossary.
    own = PHRASES / f"{key.split('.')[0]}.toml"
    if own.exists():
        node = _file_phrases(own)
        for part in key.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if isinstance(node, dict) and set(LANGUAGES) <= set(node):
            return node
    if key not in phrases():
        raise KeyError(f"no phrase {key!r} in giamngheo/phrases")
    return phrases()[key]


def placeholders(text):
    """Names in braces that a phrase asks for.

    Parameters
    ----------
    text : str

    Returns
    -------
    set of str
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def has_phrase(key):
    """Whether a phrase exists.

    Parameters
    ----------
    key : str

    Returns
    -------
    bool
    """
    return key in phrases()


def say(key, lang, **values):
    """A phrase in one language with its values filled in.

    Parameters
    ----------
    key : str
        ``section.key`` of a phrase file.
    lang : {"vi", "en"}
    **values : str
        Words for the placeholders. Numbers are formatted by the caller (`number`, `percent`, `money`, `day`), so that
        none reaches a reader in Python's notation.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        No such phrase or language, or a placeholder without a value.
    TypeError
        A value that is not a string.
    """
    template = _phrase(key)[lang]
    for name, value in values.items():
        if not isinstance(value, str):
            raise TypeError(
                f"phrase {key!r}: {name} = {value!r} is not a string; format it with number() or day()"
            )
    missing = placeholders(template) - set(values)
    if missing:
        raise KeyError(f"phrase {key!r} also needs {', '.join(sorted(missing))}")
    return template.format(**values)


def exact(x):
    """The value as an exact rational, a float read by its shortest decimal string.

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
    return Fraction(repr(float(x)))


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
    result = Decimal(whole).scaleb(-decimals).quantize(Decimal(1).scaleb(-max(decimals, 0)), ROUND_HALF_UP)
    return -result if value < 0 and whole else result


def _shortest(x):
    text = format(x, "f") if isinstance(x, Decimal) else format(Decimal(repr(float(x))), "f")
    return len(text.partition(".")[2].rstrip("0"))


def number(x, lang, decimals=None):
    """A number as the language writes it: 58.543 and 13,15 in Vietnamese, 58,543 and 13.15 in English.

    Parameters
    ----------
    x : int, float, Decimal, Fraction or numpy scalar
    lang : {"vi", "en"}
    decimals : int, optional
        Digits after the decimal sign (negative: round to tens, hundreds, ...). Left out: as many as the value has,
        two for a fraction that has no end.

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
    text = format(abs(value), ",f")
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


def chance(p, lang):
    """A probability in whole percent, with the ends of the scale named: ``dưới 1 %``, ``trên 99 %``.

    Parameters
    ----------
    p : float
        0..1.
    lang : {"vi", "en"}

    Returns
    -------
    str

    Raises
    ------
    ValueError
        Outside 0..1.
    """
    p = float(p)
    if not 0 <= p <= 1:
        raise ValueError(f"a chance lies between 0 and 1, not at {p}")
    if p < 0.01:
        return "dưới 1 %" if lang == "vi" else "under 1 %"
    if p > 0.99:
        return "trên 99 %" if lang == "vi" else "over 99 %"
    return percent(100 * exact(p), lang, 0)


def chance_key(p):
    """Class of a probability on the fixed scale of words.

    Parameters
    ----------
    p : float
        0..1.

    Returns
    -------
    str
        A key of ``CHANCE_CLASSES``.

    Raises
    ------
    ValueError
        Outside 0..1.
    """
    if not 0 <= float(p) <= 1:
        raise ValueError(f"a chance lies between 0 and 1, not at {p}")
    return next(key for key, lower in CHANCE_CLASSES if float(p) >= lower)


def chance_word(p, lang):
    """The calibrated word for a probability; a number always stands beside it.

    Parameters
    ----------
    p : float
        0..1.
    lang : {"vi", "en"}

    Returns
    -------
    str
    """
    return say(f"chance.{chance_key(p)}", lang)
