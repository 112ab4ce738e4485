"""Who answers for what, legal lines, and whether the files are those that the descriptor names."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from giamngheo.auditing.checks import Check, Shown

ALIKE = Fraction(5, 100)  # areas' thresholds move alike from line to line within five percent
ROUNDEST = 100_000  # VND, to which a law rounds its thresholds at the most


def duty_checks(package):
    """Agencies of every budget line.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package

    Yields
    ------
    Check
    """
    if not package.agencies:
        return
    by_line = {
        line.line: [row for row in package.agencies if row.line == line.line] for line in package.budget_lines
    }
    # A line is named in one place only where the document names others in two.
    usual = max(len(_sections(rows)) for rows in by_line.values()) if by_line else 0
    for line in package.budget_lines:
        rows = by_line[line.line]
        yield _leads(line, rows, min(usual, 2))
        yield from _implementing(line, rows)
    yield from _lineless(package)


def _name(line):
    return Shown("both", {"vi": line.name_vi, "en": line.name_en})


def _agencies(rows):
    """Agencies with the places that name them."""
    places = {}
    for row in rows:
        places.setdefault((row.agency_vi, row.agency_en), []).append(row.locator)
    said = {
        lang: "; ".join(f"{agency[i]} ({', '.join(where)})" for agency, where in places.items())
        for i, lang in enumerate(("vi", "en"))
    }
    return Shown("both", said), list(places)


def _sections(rows):
    """The sections of the text in which those named lead or implement (set of str)."""
    sections = {row.locator.split(".")[0] for row in rows if row.role in ("lead", "implementing")}
    return {section for section in sections if "table" not in section}


def _leads(line, rows, usual):
    shown, leads = _agencies([row for row in rows if row.role == "lead"])
    if len(leads) > 1:
        verdict, result = "two_leads", "discrepancy"
    elif not leads:
        verdict, result = "no_lead", "note"  # not told is no contradiction
    elif len(_sections(rows)) < usual:
        verdict, result = "named_once", "note"
    else:
        verdict, result = "one_lead", "ok"
    locators = dict.fromkeys(row.locator for row in rows if row.role == "lead") or {line.locator: None}
    return Check(
        id=f"lead.{line.line}",
        kind="roles",
        result=result,
        locator="; ".join(locators),
        stated=len(leads),
        recomputed=1,
        difference=len(leads) - 1,
        unit="agency",
        sentences=((f"roles.{verdict}", {"line": _name(line), "agencies": shown}),),
    )


def _implementing(line, rows):
    """ "Implementing" where the other lines say lead or partner."""
    places = {}
    for row in rows:
        places.setdefault(row.locator, []).append(row)
    for place, found in places.items():
        roles = {row.role for row in found}
        if "implementing" not in roles or len(roles) == 1:
            continue
        # The places of one agency are one, so only its name is shown.
        named = [row for row in found if row.role == "implementing"]
        values = {
            "line": _name(line),
            "place": Shown("text", place),
            "agencies": Shown(
                "both",
                {"vi": "; ".join(r.agency_vi for r in named), "en": "; ".join(r.agency_en for r in named)},
            ),
        }
        yield Check(
            id=f"implementing.{line.line}.{_slug(place)}",
            kind="roles",
            result="note",
            locator=place,
            stated=len(named),
            unit="agency",
            sentences=(("roles.implementing_as_" + ("partner" if "lead" in roles else "lead"), values),),
        )


def _slug(text):
    return "_".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _lineless(package):
    """Agencies that lead something for which the budget has no line."""
    with_line = {row.agency_en for row in package.agencies if row.line}
    leads = [row for row in package.agencies if row.role == "lead" and not row.line]
    shared = {row.locator for row in leads if row.agency_en in with_line}
    for row in leads:
        if row.agency_en in with_line or row.locator in shared:
            continue
        values = {
            "agency": Shown("both", {"vi": row.agency_vi, "en": row.agency_en}),
            "as_stated": Shown("text", row.as_stated),
        }
        yield Check(
            id=f"lead_without_line.{_slug(row.locator)}",
            kind="roles",
            result="note",
            locator=row.locator,
            stated=row.as_stated,
            sentences=(("roles.no_line", values),),
        )


def line_checks(package):
    """Thresholds of the poverty lines: near-poor over poor, and line after line, alike in every area.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package

    Yields
    ------
    Check
    """
    by_line = {}
    for row in sorted(package.poverty_lines, key=lambda row: (row.valid_from, row.poverty_line)):
        by_line.setdefault(row.poverty_line, []).append(row)
    for name, rows in by_line.items():
        having = [r for r in rows if r.near_poor_vnd_month]
        if having:
            ratios = [Fraction(r.near_poor_vnd_month, r.poor_vnd_month) for r in having]
            check = _alike(f"near_poor_threshold.{name}", "line.near_poor", rows[0], ratios, 0)
            if check.result != "ok" and _rounded(having):
                ((phrase, values),) = check.sentences
                check = replace(check, result="rounding", sentences=((f"{phrase[:-7]}rounded", values),))
            yield check
        round_thousands = all(
            not x % 1000 for r in rows for x in (r.poor_vnd_month, r.near_poor_vnd_month or 0)
        )
        if not round_thousands:
            yield Check(
                id=f"round_threshold.{name}",
                kind="poverty_line",
                result="discrepancy",
                locator=rows[0].legal_basis,
                unit="vnd",
                sentences=(("line.not_round", {"name": Shown("text", name)}),),
            )
    for (_, before), (name, after) in pairwise(list(by_line.items())):
        old = {r.area: r for r in before}
        both = [(old[r.area], r) for r in after if r.area in old]
        if both:
            steps = [Fraction(b.poor_vnd_month, a.poor_vnd_month) for a, b in both]
            yield _alike(f"threshold_step.{name}", "line.step", after[0], steps, ALIKE)
            yield _follows_on(name, both)


def _rounded(rows):
    """Whether one ratio, with thresholds rounded as finely as the finest, gives the near-poor one of every area."""
    finest = ROUNDEST
    while any(row.near_poor_vnd_month % finest for row in rows):
        finest //= 10
    ends = [
        (Fraction(2 * row.near_poor_vnd_month + side * finest, 2 * row.poor_vnd_month) for row in rows)
        for side in (-1, 1)
    ]
    return max(ends[0]) <= min(ends[1])


def _alike(name, phrase, row, ratios, tolerance):
    alike = max(ratios) / min(ratios) - 1 <= tolerance
    values = {"low": Shown("number", min(ratios), 2), "high": Shown("number", max(ratios), 2)}
    return Check(
        id=name,
        kind="poverty_line",
        result="ok" if alike else "discrepancy",
        locator=row.legal_basis,
        stated=ratios[0],
        recomputed=ratios[-1],
        difference=ratios[0] - ratios[-1],
        sentences=((phrase if alike else f"{phrase}_differs", values),),
    )


def _follows_on(name, both):
    gaps = [b for a, b in both if a.valid_to is None or a.valid_to + timedelta(days=1) != b.valid_from]
    row = both[0][1]
    return Check(
        id=f"line_dates.{name}",
        kind="poverty_line",
        result="discrepancy" if gaps else "ok",
        locator=row.legal_basis,
        stated=row.valid_from.isoformat(),
        unit="date",
        sentences=(("line.gap" if gaps else "line.follows_on", {"day": Shown("day", row.valid_from)}),),
    )


def file_checks(package):
    """Files against the checksums of the descriptor: one's own edit is told, and is no fault of the plan.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package

    Yields
    ------
    Check
    """
    for resource in package.descriptor.get("resources", ()):
        stated = resource.get("hash", "")
        if not stated.startswith("sha256:"):
            continue
        file = package.path / resource["path"]
        found = f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" if file.is_file() else None
        same = found == stated
        values = {"file": Shown("text", resource["path"]), "folder": Shown("text", package.path.name)}
        yield Check(
            id=f"file.{resource['name']}",
            kind="file",
            result="ok" if same else "note" if found else "discrepancy",
            locator=resource["path"],
            stated=stated,
            recomputed=found,
            unit="sha256",
            sentences=(("file.same" if same else "file.changed" if found else "file.missing", values),),
        )
