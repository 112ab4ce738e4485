"""Tables of what the report rests on: audit findings, assumptions, promises, responsibilities, sources."""

from fractions import Fraction

from giamngheo.forecasting.draws import DISTRIBUTIONS
from giamngheo.language import day, has_phrase, number, percent, say
from giamngheo.report.exhibits import Column, folded, prose, stack, table
from giamngheo.report.fan import target_text
from giamngheo.report.places import locator_text

LONGEST_TEXT = 28  # of a stated text in a table; checksums are longer
RESULTS = ("discrepancy", "note", "rounding", "ok")  # worst first


def value_text(value, lang):
    """A stated or recomputed value as written in a table: a number to two decimals, text as it is (str)."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
    value = Fraction(value)
    for decimals in range(3):
        if (value * 10**decimals).denominator == 1:
            return number(value, lang, decimals)
    return number(value, lang, 2)


def audit_tables(audit, lang):
    """Findings worst first: discrepancies and notes open, the rest folded.

    Parameters
    ----------
    audit : Audit
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    counts = {result: number(audit.summary[result], lang) for result in RESULTS}
    total = number(len(audit.checks), lang)
    parts = [prose(say("audit_table.intro", lang, n=total, **counts))]
    for result in RESULTS:
        checks = [check for check in audit.checks if check.result == result]
        if not checks:
            continue
        name = say(f"audit_table.result.{result}", lang)
        caption = say("audit_table.caption_result", lang, result=name, n=counts[result])
        found = _findings(checks, caption, lang, messages=result != "ok")
        fold = say("audit_table.fold", lang, result=name, n=counts[result])
        css = "unprinted" if result == "ok" else ""
        parts.append(found if result == "discrepancy" else folded(fold, found, css))
    return stack(*parts, kind="table")


def _findings(checks, caption, lang, messages):
    heads = ("message", "where") if messages else ("message", "where", "stated", "recomputed")
    columns = [Column(say(f"audit_table.{head}", lang), head in ("stated", "recomputed")) for head in heads]
    rows = []
    for check in checks:
        row = [check.message(lang), locator_text(check.locator, lang)]
        if not messages:
            row += [value_text(check.stated, lang), value_text(check.recomputed, lang)]
        rows.append(row)
    return table(caption, columns, rows, css="long", row_heads=0)


def distribution_text(assumption, lang):
    """An assumption's distribution in words and numbers.

    Parameters
    ----------
    assumption : Assumption
    lang : {"vi", "en"}

    Returns
    -------
    str
    """
    kind = assumption.distribution
    names = DISTRIBUTIONS[kind][0]
    values = {n: number(_bare(v), lang) for n, v in zip(names, assumption.parameters, strict=True)}
    return say(f"distribution.{kind}", lang, **values)


def _bare(value):
    return int(value) if value == int(value) else value


def _told(key, fallback, lang):
    return say(key, lang) if has_phrase(key) else fallback


def support_counts(register):
    """How many assumptions are measured, published, judged: {support: count}."""
    counts = {"measured": 0, "published": 0, "judgement": 0}
    for row in register.values():
        counts[row.support] += 1
    return counts


def targets_table(package, lang):
    """Every target of the plan, also those without a figure.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    columns = [Column(say(f"targets_table.{head}", lang), False) for head in ("name", "value")]
    columns.append(Column(say("audit_table.where", lang), False))
    rows = [
        [
            getattr(row, f"name_{lang}") or row.target,
            target_text(row, lang) if row.value_pct is not None else say("targets_table.none", lang),
            locator_text(row.locator, lang),
        ]
        for row in package.targets
    ]
    return table(say("targets_table.caption", lang), columns, rows)


def measures_table(package, lang, names):
    """Every quantity the plan promises.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}
    names : mapping of str to str
        Budget lines' names.

    Returns
    -------
    Exhibit
    """
    columns = [Column(say("money.line", lang), False), Column(say("measures_table.what", lang), False)]
    columns += [Column(say("measures_table.quantity", lang)), Column(say("measures_table.per", lang), False)]
    columns += [Column(say("measures_table.cost", lang)), Column(say("audit_table.where", lang), False)]
    rows = []
    for row in package.measures:
        quantity = "–" if row.quantity is None else number(row.quantity, lang)
        unit = (
            ""
            if row.quantity is None
            else " " + _told(f"measure_unit.{row.unit}", row.unit.replace("_", " "), lang)
        )
        rows.append(
            [
                names.get(row.line, say("agencies_table.whole", lang)),
                _told(f"measure.{row.what}", row.what.replace("_", " "), lang),
                (quantity + unit).strip(),
                say(f"per.{row.per}", lang),
                "–" if row.unit_cost_vnd is None else number(row.unit_cost_vnd, lang),
                locator_text(row.locator, lang),
            ]
        )
    caption = say("measures_table.caption", lang)
    return folded(caption, table(caption, columns, rows, css="long"))


def agencies_table(package, lang, names):
    """Who leads, carries out and supports each line.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}
    names : mapping of str to str
        Budget lines' names.

    Returns
    -------
    Exhibit
    """
    columns = [Column(say("money.line", lang), False)]
    columns += [Column(say(f"role.{role}", lang), False) for role in ("lead", "implementing", "partner")]
    by_line = {}
    for row in package.agencies:
        agencies = by_line.setdefault(row.line, {}).setdefault(row.role, [])
        name = getattr(row, f"agency_{lang}")
        if name not in agencies:
            agencies.append(name)
    rows = [
        [
            names.get(line, say("agencies_table.whole", lang)),
            *("; ".join(roles.get(role, [])) or "–" for role in ("lead", "implementing", "partner")),
        ]
        for line, roles in by_line.items()
    ]
    caption = say("agencies_table.caption", lang)
    return folded(caption, table(caption, columns, rows, css="long"))


def sources_table(package, lang):
    """Documents of a package.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    heads = ("title", "issuer", "date", "licence", "address")
    columns = [Column(say(f"sources_table.{head}", lang), False) for head in heads]
    rows = [
        [
            row.title,
            row.issuer,
            "–" if row.date is None else day(row.date, lang),
            _told(f"licence.{row.licence}", row.licence, lang),
            "–" if row.url is None else row.url.partition("://")[2],
        ]
        for row in package.documents
    ]
    licences = ", ".join(licence["name"] for licence in package.descriptor.get("licenses", [])) or "–"
    note = say("sources_table.licence_note", lang, licences=licences)
    return table(say("sources_table.caption", lang), columns, rows, note=note, css="long")


def reference_table(known, lang):
    """The comparable series that informed a prior, by kind and source.

    Parameters
    ----------
    known : sequence of DataFrame
        As of `forecasting.reference_series.known_readings`: series_id, group, source, year.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    columns = [Column(say("trust.prior", lang), False), Column(say("sources_table.source", lang), False)]
    columns += [Column(say("trust.n_series", lang)), Column(say("sources_table.readings", lang))]
    columns.append(Column(say("sources_table.years", lang), False))
    rows = [
        [
            say(f"reference.{group}", lang),
            _told(f"reference_source.{source}", source, lang),
            number(part["series_id"].nunique(), lang),
            number(len(part), lang),
            f"{part['year'].min()}–{part['year'].max()}",
        ]
        for frame in known
        for (group, source), part in frame.groupby(["group", "source"], sort=False)
    ]
    return table(say("sources_table.reference_caption", lang), columns, rows, css="long")


def share_text(share, lang):
    """A share as percent without needless decimals (str)."""
    return percent(100 * Fraction(share), lang, 0 if Fraction(share) * 100 % 1 == 0 else 1)
