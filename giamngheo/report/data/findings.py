"""What the document's figures say about each other: the findings of the audit, in tables and in one sentence."""

from fractions import Fraction

import pandas as pd

from giamngheo.auditing import RESULTS
from giamngheo.report.html import finding, folded, prose, stack, table
from giamngheo.report.wording import locator_text

LONGEST_TEXT = 28  # of a stated text in a table; checksums are longer
AGREES = RESULTS[-1]


def tables(page, audit):
    """Findings worst first: discrepancies open, the rest folded; what agrees is left to `agreeing` (Exhibit)."""
    counts = {result: page.number(audit.summary[result]) for result in RESULTS}
    intro = finding(page.say("audit_table.intro", n=page.number(len(audit.checks)), **counts))
    return stack(intro, *(_of(page, audit, result) for result in RESULTS if result != AGREES))


def agreeing(page, audit):
    """The checks whose figures agree, folded (Exhibit)."""
    return _of(page, audit, AGREES)


def _of(page, audit, result):
    checks = [check for check in audit.checks if check.result == result]
    if not checks:
        return prose()
    words = {"result": page.say(f"audit_table.result.{result}"), "n": page.number(len(checks))}
    found = _table(page, result, checks, page.say("audit_table.caption_result", **words))
    if result == "discrepancy":
        return found
    return folded(page.say("audit_table.fold", **words), found, "unprinted" if result == AGREES else "")


def _table(page, result, checks, caption):
    frame = pd.DataFrame(
        {
            "check": [check.id for check in checks],
            "kind": [check.kind for check in checks],
            "message": [check.message(page.lang) for check in checks],
            "locator": [check.locator for check in checks],
            "stated": pd.Series([_given(check.stated) for check in checks], dtype="object"),
            "recomputed": pd.Series([_given(check.recomputed) for check in checks], dtype="object"),
            "unit": [check.unit for check in checks],
        }
    )
    columns = [
        page.text_column("message", "audit_table.message"),
        page.text_column("locator", "audit_table.where", lambda place: locator_text(place, page)),
    ]
    if result == AGREES:  # in words the others tell their figures themselves
        columns += [
            page.column(key, f"audit_table.{key}", lambda value: value_text(value, page))
            for key in ("stated", "recomputed")
        ]
    return table(f"audit-{result}", caption, frame, columns, css="long", row_heads=0)


def _given(value):
    return None if value == "" else value


def value_text(value, page):
    """A stated or recomputed value: a number to two decimals, text as it is but not longer than a cell (str)."""
    if isinstance(value, str) and page.has(f"audit.line_kind.{value}"):
        return page.say(f"audit.line_kind.{value}")
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
    value = Fraction(value)
    decimals = next((n for n in range(2) if (value * 10**n).denominator == 1), 2)
    return page.number(value, decimals)


def conclusion(page, audit):
    """How many checks there were and how they ended (Exhibit)."""
    counts = {result: page.number(audit.summary[result]) for result in RESULTS}
    words = page.say("conclusion.data", n=page.number(len(audit.checks)), **counts)
    return prose(words, css="conclusion")
