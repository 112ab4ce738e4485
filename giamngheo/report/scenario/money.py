"""Tables of money: by budget line, source and year."""

from giamngheo.language import number, rounded, say
from giamngheo.report.exhibits import Column, table
from giamngheo.report.places import locator_text
from giamngheo.report.trend.rates import first_upper

SOURCES = ("central", "provincial", "mobilised")


def line_names(package, lang):
    """Names of the budget lines: {line: name}."""
    return {row.line: getattr(row, f"name_{lang}") for row in package.budget}


def amount(value, lang):
    """Billion VND as written in tables, with up to two decimals (str)."""
    return number(rounded(value, 2).normalize() + 0, lang)


def printed_budget_table(package, lang):
    """The budget table with its printed figures (Exhibit).

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}
    """
    names = [*SOURCES, "annual", "total_3y"]
    heads = [first_upper(say(f"source.{name}", lang)) for name in SOURCES]
    heads += [say(f"budget_table.{name}", lang) for name in ("annual", "total_3y")]
    columns = [Column(say("money.line", lang), False), *(Column(head) for head in heads)]
    columns.append(Column(say("audit_table.where", lang), False))
    rows = [
        [getattr(row, f"name_{lang}"), *(number(getattr(row, name), lang) for name in names)]
        + [locator_text(row.locator, lang)]
        for row in package.budget
    ]
    return table(say("budget_table.caption", lang), columns, rows)
