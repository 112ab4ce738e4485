"""The budget table against itself: sources, three years, headings, and what kind of money it is."""

from fractions import Fraction

from giamngheo.auditing.checks import Check, Shown, amount
from giamngheo.auditing.printed import exactly
from giamngheo.auditing.terms import SOURCES


def money_checks(package, cells):
    """Identities of every budget line, and shares of the whole.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package
    cells : giamngheo.auditing.terms.Cells

    Yields
    ------
    Check
    """
    years = len(package.years)
    for line in package.budget_lines:
        annual = cells.figure("budget", "annual", line.annual)
        if line.told:
            central, provincial, mobilised = (cells.figure("budget", c, getattr(line, c)) for c in SOURCES)
            yield _identity(line, "sources", annual, central + provincial + mobilised, {})
        total = cells.figure("budget", "total_3y", line.total_3y)
        yield _identity(line, "years", total, annual * exactly(years), {"years": Shown("number", years)})
        yield _kind(line)
    yield from _shares(package)


def _name(line):
    return Shown("both", {"vi": line.name_vi, "en": line.name_en})


def _identity(line, what, stated, follows, values):
    difference = stated.value - follows.value
    result = "ok" if not difference else "rounding" if stated.meets(follows) else "discrepancy"
    tolerance = stated.half_width + follows.half_width
    values = values | {
        "line": _name(line),
        "stated": amount(stated.value, "bn_vnd"),
        "follows": amount(follows.value, "bn_vnd"),
        "difference": amount(abs(difference), "bn_vnd"),
        "tolerance": amount(tolerance, "bn_vnd"),
    }
    return Check(
        id=f"budget_{what}.{line.line}",
        kind="budget_table",
        result=result,
        locator=line.locator,
        stated=stated.value,
        recomputed=follows.value,
        difference=difference,
        unit="bn_vnd",
        tolerance=tolerance,
        sentences=((f"budget.{what}_{result}", values),),
    )


def _kind(line):
    same = line.kind_table == line.kind_text
    values = {
        "line": _name(line),
        "in_table": Shown("phrase", f"line_kind.{line.kind_table}"),
        "in_text": Shown("phrase", f"line_kind.{line.kind_text}"),
    }
    return Check(
        id=f"budget_kind.{line.line}",
        kind="line_kind",
        result="ok" if same else "discrepancy",
        locator=line.locator,
        stated=line.kind_table,
        recomputed=line.kind_text,
        sentences=(("budget.kind_same" if same else "budget.kind_differs", values),),
    )


def _shares(package):
    """Whose money it is, what is lent and comes back, and what reaches households as cash."""
    total = Fraction(package.total_bn())
    yield from _by_source(package)
    for channel in ("credit", "cash"):
        part = Fraction(package.total_bn(channel))
        if not part or not total:
            continue
        all_of_it = channel == "cash" and part == total
        values = {
            "part": amount(part, "bn_vnd"),
            "rest": amount(total - part, "bn_vnd"),
            "total": amount(total, "bn_vnd"),
            "share": Shown("percent", 100 * part / total, 1),
        }
        yield Check(
            id=f"money_{channel}",
            kind="money",
            result="note",
            locator="; ".join(line.locator for line in package.budget_lines if line.channel == channel),
            recomputed=part,
            unit="bn_vnd",
            sentences=(("budget.cash_all" if all_of_it else f"budget.{channel}", values),),
        )


def _by_source(package):
    if not all(line.told for line in package.budget_lines):
        return
    a_year = {
        source: sum(Fraction(getattr(line, source)) for line in package.budget_lines) for source in SOURCES
    }
    whole = sum(a_year.values())
    if not whole:
        return
    values = {source: Shown("percent", 100 * part / whole, 1) for source, part in a_year.items()}
    sentences = [("budget.by_source", values)]
    if 2 * a_year["central"] > whole:
        sentences.append(("budget.elsewhere", {}))
    yield Check(
        id="money_sources",
        kind="money",
        result="note",
        locator="; ".join((package.budget_lines[0].locator, package.budget_lines[-1].locator)),
        recomputed=100 * a_year["central"] / whole,
        unit="percent",
        sentences=tuple(sentences),
    )
