"""The audit: a document's figures held against each other.

The decision carries its own redundancy: counts against rates, sums against rows, text against table, a year
against three, promise against resources. Each `Check` says what was stated, what follows from the other
figures, the difference, and what rounding allows. Nothing here knows a province: what only one document
says (a missing section, a policy without money) stands in its claims.csv.
"""

from giamngheo.auditing.checks import RESULTS, Audit, Check, Shown, by_consequence
from giamngheo.auditing.claims import claim_checks
from giamngheo.auditing.counts import count_checks
from giamngheo.auditing.duties import duty_checks, file_checks, line_checks
from giamngheo.auditing.money import money_checks
from giamngheo.auditing.pace import pace_checks
from giamngheo.auditing.readings import reading_checks
from giamngheo.auditing.resources import resource_checks
from giamngheo.auditing.series import dated
from giamngheo.auditing.terms import Cells

__all__ = ["RESULTS", "Audit", "Check", "Shown", "audit"]


def audit(package) -> Audit:
    """Hold a package's figures against each other.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package

    Returns
    -------
    Audit
        Checks of files, claims, readings, counts, poverty lines, targets, resources, money and agencies,
        those of most consequence first.
    """
    readings, cells = dated(package), Cells(package)
    parts = (
        file_checks(package),
        claim_checks(package, cells),
        reading_checks(package, readings),
        count_checks(readings),
        line_checks(package),
        pace_checks(package, readings),
        resource_checks(package, readings, cells),
        money_checks(package, cells),
        duty_checks(package),
    )
    return Audit(tuple(by_consequence(check for part in parts for check in part)))
