"""Tables of money: by budget line, source and year."""

from giamngheo.language import number, rounded, say
from giamngheo.report.exhibits import Column, folded, stack, table
from giamngheo.report.trend.rates import first_upper

SOURCES = ("central", "provincial", "mobilised")


def line_names(package, lang):
    """Names of the budget lines: {line: name}."""
    return {row.line: getattr(row, f"name_{lang}") for row in package.budget}


def amount(value, lang):
    """Billion VND as written in tables, with up to two decimals (str)."""
    return number(rounded(value, 2).normalize() + 0, lang)


def years_text(years):
    """``2013–2015``, or the one year (str)."""
    years = sorted(years)
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def money_table(package, money, lang):
    """Money by budget line and source over the period, with what was planned where it differs.

    Parameters
    ----------
    package : Package
    money : Money
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    delivered, planned = money.by("line", "source"), money.by("line", which="planned")
    totals = money.by("line")
    whole = sum(totals.values())
    differs = money.delivered != money.planned
    columns = [Column(say("money.line", lang), False), Column(say("money.channel", lang), False)]
    columns += [Column(first_upper(say(f"source.{source}", lang))) for source in SOURCES]
    columns += [
        Column(say("money.delivered" if differs else "words.total", lang)),
        Column(say("money.share", lang)),
    ]
    columns += [Column(say("money.planned", lang))] if differs else []
    rows = []
    for row in sorted(package.budget, key=lambda r: -planned[r.line]):
        cells = [getattr(row, f"name_{lang}"), say(f"channel.{row.channel}", lang)]
        cells += [amount(delivered.get((row.line, source), 0), lang) for source in SOURCES]
        cells += [amount(totals[row.line], lang), _share(totals[row.line], whole, lang)]
        rows.append(cells + ([amount(planned[row.line], lang)] if differs else []))
    by_source = money.by("source")
    foot = [say("words.total", lang), "", *(amount(by_source.get(source, 0), lang) for source in SOURCES)]
    foot += [amount(whole, lang), _share(whole, whole, lang)]
    rows.append(foot + ([amount(sum(planned.values()), lang)] if differs else []))
    caption = say("money.caption_lines", lang, years=years_text(package.years))
    return table(caption, columns, rows, foot=1)


def money_tables(package, money, lang):
    """Money by line and source, and by year and source, folded (Exhibit).

    Parameters
    ----------
    package : Package
    money : Money
    lang : {"vi", "en"}
    """
    both = stack(money_table(package, money, lang), year_table(package, money, lang), kind="table")
    return folded(say("money.table_fold", lang), both)


def _share(part, whole, lang):
    return number(100 * part / whole if whole else 0, lang, 1)


def year_table(package, money, lang):
    """Money by year and source.

    Parameters
    ----------
    package : Package
    money : Money
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    cells, years = money.by("source", "year"), money.by("year")
    columns = [
        Column(say("money.year", lang), False),
        *(Column(first_upper(say(f"source.{s}", lang))) for s in SOURCES),
    ]
    columns.append(Column(say("words.total", lang)))
    rows = [
        [
            str(year),
            *(amount(cells.get((s, year), 0), lang) for s in SOURCES),
            amount(years.get(year, 0), lang),
        ]
        for year in package.years
    ]
    by_source = money.by("source")
    rows.append(
        [
            say("words.total", lang),
            *(amount(by_source.get(s, 0), lang) for s in SOURCES),
            amount(money.total, lang),
        ]
    )
    return table(say("money.year_caption", lang), columns, rows, foot=1)
