"""The register of assumptions as a table, and what two pages need of it."""

from fractions import Fraction

from giamngheo.language import percent


def support_counts(register):
    """How many assumptions are measured, published, judged: {support: count}."""
    counts = {"measured": 0, "published": 0, "judgement": 0}
    for row in register.values():
        counts[row.support] += 1
    return counts


def share_text(share, lang):
    """A share as percent without needless decimals (str)."""
    return percent(100 * Fraction(share), lang, 0 if Fraction(share) * 100 % 1 == 0 else 1)
