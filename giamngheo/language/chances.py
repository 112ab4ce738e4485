"""Probabilities in whole percent; the words for them are `report.wording`'s."""

from giamngheo.language.numbers import exact, percent


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
