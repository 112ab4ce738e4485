"""What the text says about its own numbers (claims.csv), recomputed.

The grammar of the terms is in `auditing.terms`. The kind of a claim says how strictly it is held:

* ``sum``, ``difference``, ``product``, ``restated``: the stated figure equals what follows (``ok``), may
  differ by what rounding of the printed figures allows (``rounding``), or does not (``discrepancy``);
  ``mean``, ``ratio``, ``share``: the same, and what follows may have more decimals than were printed.
* ``coverage``: a promise that has to be enough: ``ok`` or ``discrepancy``.
* ``versions``: the ways in which the document puts one thing, divided by ``|``: ``discrepancy`` if there
  are two. ``numbering``: numerals as printed, divided by commas: ``discrepancy`` if one is missing.
* ``figure``: a figure that other claims use; no check.
* any other kind (``resource``, ``unfunded``, ``scope``, …) is a finding that a reader has to judge:
  ``note``; where its terms compare two sides, ``ok`` if the comparison holds.
"""

import re
from fractions import Fraction
from functools import partial

from giamngheo.auditing.checks import Check, Shown, amount
from giamngheo.auditing.printed import decimals, printed, round_half_away
from giamngheo.auditing.terms import BadTerms, parse

EXACT = ("sum", "difference", "product", "restated")
ROUNDED = ("mean", "ratio", "share")
FIGURES = ("stated", "recomputed", "difference", "tolerance")  # that a note has places for
LISTS = {"versions": "|", "numbering": ","}
MOST_NUMERALS = 1_000  # between the first and the last of a numbering
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}


def claim_checks(package, cells):
    """One check for each claim, in the order of the file.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package
    cells : giamngheo.auditing.terms.Cells

    Yields
    ------
    Check
    """
    for claim in package.claims:
        if claim.kind == "figure":
            continue
        if claim.terms:
            try:
                yield _list_check(claim) if claim.kind in LISTS else _computed(claim, cells)
            except BadTerms as error:
                yield _uncomputed(claim, error)
        else:
            note = _note(claim)
            yield _check(claim, "note", note=note, sentences=() if note else (("claim.bare", {}),))


def _check(claim, result, **fields):
    return Check(
        id=f"claim.{claim.claim}",
        kind=claim.kind,
        result=result,
        locator=claim.locator,
        unit=claim.unit or "",
        **fields,
    )


def _note(claim, values=None, known=()):
    """The package's own words, with figures filled in (dict of vi, en); None if it has none or one is not known."""
    words = {"vi": claim.note_vi, "en": claim.note_en}
    if not all(words.values()) or any(
        f"{{{figure}}}" in text for figure in FIGURES if figure not in known for text in words.values()
    ):
        return None
    return words if values is None else _Filled(words, values)


class _Filled(dict):
    """A note whose figures are formatted when it is read."""

    def __init__(self, texts, values):
        super().__init__(texts)
        self._values = values

    def __getitem__(self, lang):
        text = super().__getitem__(lang)
        for name, shown in self._values().items():
            if f"{{{name}}}" in text:
                text = text.replace(f"{{{name}}}", shown.read(lang))
        return text


def _uncomputed(claim, error):
    return _check(
        claim,
        "discrepancy",
        stated=None if claim.stated is None else Fraction(claim.stated),
        sentences=(("claim.uncomputed", {"what": Shown("text", error)}),),
        note=_note(claim) if claim.kind not in (*EXACT, *ROUNDED) else None,
    )


def _computed(claim, cells):
    relation, left, right = parse(claim.terms)
    said = None if claim.stated is None else printed(claim.stated)
    follows = right(cells, said)
    stated = said if left is None else left(cells, said)
    places = decimals(claim.stated) if claim.stated is not None else None
    holds, within = _verdict(claim.kind, relation, stated, follows, places)
    strict = claim.kind in (*EXACT, *ROUNDED)
    if stated is None:
        result = "note"
    elif holds:
        result = "ok"
    elif strict:
        result = "rounding" if within else "discrepancy"
    else:
        result = "discrepancy" if claim.kind == "coverage" else "note"
    difference = None if stated is None else stated.value - follows.value
    tolerance = (
        None
        if stated is None
        else follows.half_width + (stated.half_width if left or claim.kind in ROUNDED else 0)
    )
    values = partial(_shown, claim, stated, follows, difference, tolerance)
    note = _note(claim, values, FIGURES if stated is not None else ("recomputed",))
    standard = (
        (("claim." + _phrase(claim, result, stated, follows), values),)
        if strict or claim.kind == "coverage" or not note
        else ()
    )
    return _check(
        claim,
        result,
        stated=None if stated is None else stated.value,
        recomputed=follows.value,
        difference=difference,
        tolerance=tolerance,
        sentences=standard,
        note=note if result != "ok" or not standard or claim.kind in EXACT else None,
    )


def _verdict(kind, relation, stated, follows, places):
    """Whether a relation holds as printed, and whether it may hold given the printed decimals."""
    if stated is None:
        return False, False
    if relation == "<=":
        return stated.value <= follows.value, stated.low <= follows.high
    if relation == ">=":
        return stated.value >= follows.value, stated.high >= follows.low
    same = stated.value == follows.value
    if kind in ROUNDED and places is not None:
        same = same or round_half_away(follows.value, places) == stated.value
    return same, stated.meets(follows)


def _phrase(claim, result, stated, follows):
    if stated is None:
        return "note"
    if claim.kind == "coverage":
        return f"coverage_{result}"
    if claim.kind not in (*EXACT, *ROUNDED):
        return "ok" if stated.value == follows.value else "apart"
    if result == "ok" and stated.value != follows.value:
        return "ok_rounded"
    return f"{claim.kind}_ok" if result == "ok" and claim.kind in EXACT else result


def _shown(claim, stated, follows, difference, tolerance):
    places = None if claim.stated is None else decimals(claim.stated)
    more = places if places is None or follows.value == round_half_away(follows.value, places) else None
    return {
        "stated": Shown("text", "")
        if stated is None
        else amount(claim.stated or _neat(stated.value, claim.unit), claim.unit),
        "recomputed": amount(_neat(follows.value, claim.unit), claim.unit, more),
        "difference": Shown("text", "") if stated is None else amount(abs(difference), claim.unit),
        "tolerance": Shown("text", "") if stated is None else amount(tolerance, claim.unit),
    }


def _neat(value, unit):
    """Amounts of VND in whole thousands once they are large; other figures as they are."""
    if unit == "vnd" and abs(value) >= 10_000:
        return round_half_away(value / 1000, 0) * 1000
    return value


def _list_check(claim):
    parts = [part.strip() for part in claim.terms.split(LISTS[claim.kind])]
    if claim.kind == "versions":
        distinct, note = list(dict.fromkeys(parts)), _note(claim)
        values = {"parts": Shown("text", "; ".join(distinct))}
        return _check(
            claim,
            "discrepancy" if len(distinct) > 1 else "ok",
            stated=distinct[0],
            recomputed="; ".join(distinct[1:]) or distinct[0],
            sentences=() if note else (("claim.versions", values),),
            note=note,
        )
    missing = _missing(parts)
    values = {"missing": Shown("text", ", ".join(missing)), "parts": Shown("text", ", ".join(parts))}
    return _check(
        claim,
        "discrepancy" if missing else "ok",
        stated=", ".join(parts),
        recomputed=", ".join(missing) or None,
        sentences=(("claim.numbering_gap" if missing else "claim.numbering", values),),
        note=_note(claim),
    )


def _missing(parts):
    """Numerals missing between the first and the last printed one."""
    roman = all(re.fullmatch("[IVXL]{1,12}", part) for part in parts)
    if not roman and not all(re.fullmatch("[0-9]{1,9}", part) for part in parts):
        raise BadTerms(", ".join(parts))
    numbers = [_roman(part) if roman else int(part) for part in parts]
    if numbers[-1] - numbers[0] > MOST_NUMERALS:
        raise BadTerms(", ".join(parts))
    absent = [n for n in range(numbers[0], numbers[-1]) if n not in numbers]
    return [_numeral(n) if roman else str(n) for n in absent]


def _roman(text):
    values = [ROMAN[letter] for letter in text]
    return sum(-v if v < later else v for v, later in zip(values, [*values[1:], 0], strict=True))


def _numeral(n):
    steps = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, letters in steps:
        text, n = text + letters * (n // value), n % value
    return text
