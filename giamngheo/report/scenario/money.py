"""Tables of money: by budget line, source and year."""

from giamngheo.language import number, rounded

SOURCES = ("central", "provincial", "mobilised")


def line_names(package, lang):
    """Names of the budget lines: {line: name}."""
    return {row.line: getattr(row, f"name_{lang}") for row in package.budget}


def amount(value, lang):
    """Billion VND as written in tables, with up to two decimals (str)."""
    return number(rounded(value, 2).normalize() + 0, lang)
