"""Probabilities in whole percent and in the fixed scale of words."""

from giamngheo.language.numbers import exact, percent
from giamngheo.language.phrasebook import say

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
