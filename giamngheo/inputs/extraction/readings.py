"""Readings of the poor and near-poor in running text and in tables."""

import re
from dataclasses import replace
from datetime import date

from giamngheo.inputs.extraction.lines import mentions, said_near
from giamngheo.inputs.extraction.marks import SIGN
from giamngheo.inputs.extraction.numbers import (
    instants,
)
from giamngheo.inputs.extraction.proposals import Proposal, by_key
from giamngheo.inputs.extraction.reading_words import moved, readings_in

_ITEM = re.compile(rf"\s*{SIGN}")
_EXPECTED = re.compile(r"\bước|dự kiến|dự báo")
_OF_THEM = re.compile(
    r"\s*(?:trong (?:số|đó|tổng)|riêng)\b"
)  # goes on with the instant of the paragraph before


def readings(text, published: date | None, tabled):
    """Proposed readings, as often as they are said, with what their dates put in doubt.

    Parameters
    ----------
    text : Text
    published : datetime.date or None
        Day of the decision: what lies after it is a target.
    tabled : list of (Paragraph, Reading)
        Those of the tables.

    Returns
    -------
    list of Proposal
    """
    found, intro, told = [], None, None  # the latest reading of the paragraphs before, and its paragraph
    for paragraph in text.paragraphs:
        words = paragraph.folded
        if not _ITEM.match(words):  # a list goes on with the instant of what it stands under
            named = instants(words, paragraph.start) if words.rstrip().endswith(":") else ()
            intro = named[-1] if named else None
        whom = _whom(paragraph)
        if whom is None or "%" not in words or paragraph.topic == "aims":
            continue
        moment = moved(intro, -paragraph.start) if intro and _ITEM.match(words) else None
        before = told and (_OF_THEM.match(words) or told[0].headings[:1] == paragraph.headings[:1] != ())
        before = moved(told[1].instant, told[0].start - paragraph.start) if before else None
        here = readings_in(words, moment, whom)
        for each in here:
            if each.instant is None and before and "households" in each.values:
                each.instant = before
                each.doubts["as_of"] = "instant_before"
            before = each.instant or before
            found.append((paragraph, each))
        latest = max(
            (each for each in here if each.instant), key=lambda each: each.instant.as_of, default=None
        )
        told = (paragraph, latest) if latest else told
    kept = []
    for paragraph, each in [*found, *tabled]:
        known = each.instant or ("households" in each.values and each.doubts.get("group") != "area")
        late = published and is_promised(paragraph, each, published)
        if "rate_pct" in each.values and known and not late:
            kept.append((paragraph, each))
    said = mentions(text)
    for paragraph, each in kept:
        spans = [*each.places.values(), *([(each.instant.start, each.instant.end)] if each.instant else [])]
        start, end = min(s for s, _ in spans), max(e for _, e in spans)
        near = said_near(text, said, paragraph.start + start, paragraph.start + end)
        each.line = near and near[2]
    _settle_plain_years(kept)
    return [_proposal(text, paragraph, each) for paragraph, each in _without_areas(kept)]


def is_promised(paragraph, each, published):
    """Whether a rate is of a day after a decision's; what is told of the year's end in November is counted (bool).

    Parameters
    ----------
    paragraph : Paragraph
    each : Reading
    published : datetime.date

    Returns
    -------
    bool
    """
    if each.instant is None or each.instant.as_of <= published:
        return False
    begin, end = max(0, each.instant.start - 30), max(0, each.instant.end + 20)
    counted = published.month > 10 and each.instant.as_of == date(published.year, 12, 31)
    return not counted or paragraph.topic != "results" or bool(_EXPECTED.search(paragraph.folded, begin, end))


def _whom(paragraph):
    """Whom a paragraph's figures are about where they do not say, None where it tells of no poverty (str)."""
    if "nghèo" in paragraph.folded:
        return "poor"
    above = paragraph.headings[-1] if paragraph.topic == "results" and paragraph.headings else ""
    if ("hộ nghèo" not in above and "cận nghèo" not in above) or not instants(paragraph.folded):
        return None
    return "poor" if "hộ nghèo" in above else "near_poor"


def said_once(proposals):
    """Readings without a second of the same instant, group, status and line; counts are held against rates.

    Parameters
    ----------
    proposals : list of Proposal

    Returns
    -------
    list of Proposal
    """
    kept = by_key(proposals)
    _check_totals(kept)
    return kept


def _without_areas(found):
    """The readings without those of a part of the province where one of the whole stands beside it."""

    def key(each):
        return each.instant and each.instant.as_of, each.status

    wholes = {(p.start, key(each)) for p, each in found if each.doubts.get("group") != "area"}
    return [
        (p, each)
        for p, each in found
        if each.doubts.get("group") != "area" or (p.start, key(each)) not in wholes
    ]


def _settle_plain_years(found):
    """ "năm 2010" is its end, unless another reading of that instant says something else: then its beginning."""
    dated = {}
    for _, each in found:
        if each.instant and not each.instant.plain:
            key = each.group, each.status, each.instant.as_of, each.line
            dated.setdefault(key, each.values["rate_pct"])
    runs = {}
    for paragraph, each in found:
        if each.instant and each.instant.plain:
            runs.setdefault((paragraph.start, each.group), []).append(each)
    for run in runs.values():
        ends = [_said(dated, each, each.instant.as_of) for each in run]
        starts = [_said(dated, each, _year_before(each.instant.as_of)) for each in run]
        beginning = False in ends and False not in starts
        settled = beginning or ((True in ends or False in starts) and False not in ends)
        for each in run:
            moment = each.instant
            if beginning:
                law_day = moment.as_of.replace(month=1, day=1)
                each.instant = replace(moment, as_of=_year_before(moment.as_of), law_day=law_day)
            elif not settled:
                each.doubts.setdefault("as_of", "plain_year")


def _said(dated, each, day):
    """Whether a dated reading of that instant says the same (True), another rate (False), or there is none (None)."""
    rates = [
        rate
        for (group, status, as_of, line), rate in dated.items()
        if (group, status, as_of) == (each.group, each.status, day)
        and (line is None or each.line is None or line == each.line)
    ]
    return None if not rates else each.values["rate_pct"] in rates


def _year_before(day):
    return date(day.year - 1, 12, 31)


def _proposal(text, paragraph, each):
    at, moment = paragraph.start, each.instant
    places = {column: (at + start, at + end) for column, (start, end) in each.places.items()}
    cells = {
        "as_of": "",
        "as_stated": "",
        "group": each.group,
        "status": each.status,
        "poverty_line": str(moment.law_day or moment.as_of) if moment else "",  # settled with the lines
        "households": each.values.get("households", ""),
        "rate_pct": each.values["rate_pct"],
        "persons": each.values.get("persons", ""),
        "document": "",
        "locator": paragraph.locator,
    }
    doubts = dict(each.doubts)
    if moment:
        places["as_of"] = at + moment.start, at + moment.end
        cells |= {"as_of": str(moment.as_of), "as_stated": text.words(*places["as_of"])}
    else:
        doubts["as_of"] = "no_instant"
    return Proposal("poverty", cells, places, doubts)


def _check_totals(proposals):
    """Counts against rates: a total of households far from the others' puts both cells in doubt."""
    totals = {}
    for each in proposals:
        if each.cells["households"] and float(each.cells["rate_pct"]):
            total = 100 * float(each.cells["households"]) / float(each.cells["rate_pct"])
            totals.setdefault(each.cells["group"], []).append((total, each))
    for group in totals.values():
        middle = sorted(total for total, _ in group)[len(group) // 2]
        for total, each in group:
            if not 0.75 * middle < total < 1.33 * middle:
                each.doubts.setdefault("households", "total")
