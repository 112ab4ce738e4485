"""What a plan's text says that no proposal rests on: money, rates, quantities and agencies, by their place."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from giamngheo.inputs.extraction.duties import QUANTITY, ROLE
from giamngheo.inputs.extraction.money import costs, sums
from giamngheo.inputs.extraction.numbers import NUMBER
from giamngheo.inputs.extraction.tables import tables

NOT_READ = "not_read.csv"  # beside the proposals, for the person who confirms them
COLUMNS = ("kind", "line", "locator", "words")
_RATE = re.compile(rf"{NUMBER}\s*%")
_KINDS = {
    "money": lambda words: [(each.start, each.end) for each in (*sums(words), *costs(words))],
    "rate": lambda words: [m.span() for m in _RATE.finditer(words)] if "nghèo" in words else [],
    "quantity": lambda words: [m.span() for m in QUANTITY.finditer(words)],
}
_MOST_WORDS = 160
_BEFORE = 60  # letters shown before a figure


@dataclass(frozen=True)
class Unread:
    """One thing seen and not understood: "money", "rate", "quantity", "agency" or "table", and where it stands."""

    kind: str
    line: int
    locator: str
    words: str


def unread(text, found):
    """What was seen in a text and is in none of its proposals, in the order of the text.

    Parameters
    ----------
    text : Text
    found : list of Proposal

    Returns
    -------
    list of Unread
    """
    rested = _joined(place for each in found if each.table != "labels" for place in each.places.values())
    agencies = _joined(each.span for each in found if each.table == "agencies")
    lines = [0, *(m.end() for m in re.finditer("\n", text.kept))]
    starts, left = [paragraph.start for paragraph in text.paragraphs], []
    for paragraph in text.paragraphs:
        if paragraph.zone == "title" or paragraph.locator == "decision":
            continue
        at = paragraph.start
        for kind, seen in _KINDS.items():
            spans = ((at + start, at + end) for start, end in sorted(seen(paragraph.folded)))
            first = next((start for start, end in spans if not _rests(start, end, rested)), None)
            if first is not None:
                begin = at if first - at < _BEFORE else text.folded.find(" ", first - _BEFORE) + 1
                left.append((kind, first, paragraph.locator, begin, min(paragraph.end, begin + _MOST_WORDS)))
        role = ROLE.search(paragraph.folded)
        if role and not _rests(at, paragraph.end, agencies):
            end = min(paragraph.end, at + _MOST_WORDS)
            left.append(("agency", at + role.start(), paragraph.locator, at, end))
    for table in tables(text):
        start, end = table.rows[0][0].start, table.rows[-1][-1].end
        n = bisect_right(starts, start) - 1
        if n >= 0 and not _rests(start, end, rested):
            left.append(("table", start, text.paragraphs[n].section, start, min(end, start + _MOST_WORDS)))
    return [
        Unread(kind, bisect_right(lines, start), locator, text.words(begin, end))
        for kind, start, locator, begin, end in sorted(left, key=lambda each: each[1])
    ]


def _joined(places):
    """Places as stretches that do not overlap, in order: (starts, ends)."""
    starts, ends = [], []
    for start, end in sorted(places):
        if ends and start <= ends[-1]:
            ends[-1] = max(end, ends[-1])
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _rests(start, end, joined):
    """Whether a stretch shares a letter with what cells rest on (bool)."""
    n = bisect_right(joined[1], start)
    return n < len(joined[0]) and joined[0][n] < end
