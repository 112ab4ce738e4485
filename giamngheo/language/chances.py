"""Probabilities in whole percent, and as frequencies; the words for them are `report.wording`'s."""

from fractions import Fraction
from functools import lru_cache

from giamngheo.language.numbers import exact, percent, rounded

# What a frequency is said in: far enough apart that the error of a simulation seldom takes one to the next.
FREQUENCIES = (
    *((1, n) for n in (100, 50, 30, 20, 13, 10, 8, 6, 5, 4)),
    *((3, 10), (2, 5), (1, 2), (3, 5), (7, 10), (4, 5), (9, 10), (19, 20), (49, 50)),
)


@lru_cache(maxsize=65_536)  # a long list says few of them
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


def frequency(p, lang):
    """A probability as a simple frequency: ``khoảng 1/8``, ``about 1 in 8``; its ends as those of `chance`.

    The one nearest to the whole percent in which `chance` prints it, so that both can stand on one page.

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
    if not 0.01 <= p <= 0.99:
        return chance(p, lang)
    printed = rounded(100 * exact(p), 0)
    times, of = min(FREQUENCIES, key=lambda pair: abs(exact(printed) - Fraction(100 * pair[0], pair[1])))
    return f"khoảng {times}/{of}" if lang == "vi" else f"about {times} in {of}"
