"""Readings, for notebooks that have no page yet."""

from giamngheo.language import day, number, percent, say
from giamngheo.report.exhibits import Column, table
from giamngheo.report.places import locator_text


def first_upper(text):
    """The text with its first letter in upper case (str)."""
    return text[:1].upper() + text[1:]


def readings_table(package, lang):
    """Every reading of a package with its instant, as it was stated, and its place.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    first_year = {row.poverty_line: min(r.valid_from for r in package.lines if r.poverty_line ==
    row.poverty_line).year
                  for row in package.lines}  # fmt: skip
    columns = [
        Column(say("readings.as_of", lang), False),
        Column(say("readings.as_stated", lang), False),
        Column(say("readings.who", lang), False),
        Column(say("readings.line", lang), False),
        Column(say("readings.households", lang)),
        Column(say("readings.rate", lang)),
        Column(say("readings.persons", lang)),
        Column(say("readings.locator", lang), False),
    ]
    rows = [
        [
            day(row.as_of, lang),
            row.as_stated,
            first_upper(say(f"status.{row.status}_households", lang))
            + ("" if row.group == "all" else f", {say(f'group.{row.group}', lang)}"),
            say("readings.line_from", lang, year=str(first_year[row.poverty_line])),
            _or_dash(row.households, lang, 0),
            str(row.rate_pct).replace(".", "," if lang == "vi" else "."),
            _or_dash(row.persons, lang, 0),
            locator_text(row.locator, lang),
        ]
        for row in package.readings
    ]
    return table(say("readings.caption", lang), columns, rows)


def _or_dash(value, lang, decimals):
    return "–" if value is None else number(value, lang, decimals)


def implied_households(readings):
    """Total households that each count and rate imply, with the range that the rate's printed decimals allow.

    Parameters
    ----------
    readings : sequence of Reading

    Returns
    -------
    dict of str to list of dict
        By group: as_of, poverty_line, implied, low, high (households); readings of the poor alone.
    """
    series = {}
    for row in readings:
        if row.status != "poor" or not row.households or not row.rate_pct:
            continue
        rate = float(row.rate_pct)
        half = 0.5 * 10.0 ** min(row.rate_pct.as_tuple().exponent, 0)
        low, high = (100 * row.households / (rate + side) for side in (half, -half))
        series.setdefault(row.group, []).append(
            {"as_of": row.as_of, "poverty_line": row.poverty_line, "implied": 100 * row.households / rate,
             "low": low, "high": high}
        )  # fmt: skip
    return {group: sorted(rows, key=lambda r: r["as_of"]) for group, rows in series.items()}


def promise_text(target, lang):
    """A level target inside a sentence: ``tỷ lệ hộ nghèo xuống dưới 2 %``."""
    key = "answer.target_below" if target.comparator == "<" else "answer.target_at_most"
    who = say(f"answer.who_{target.status}", lang)
    return say(key, lang, who=who, value=percent(target.value_pct, lang))
