"""A decision's text on its review page: line by line with the places of proposals, and quoted beside one."""

from bisect import bisect_right
from itertools import pairwise

from giamngheo.report.html import escape

MOST_LINES = 4_000  # of text shown whole; of a longer one those around proposals
_AROUND, _QUOTED = 2, 120  # lines; letters on each side of a quoted place


def source_html(page, text, waiting):
    """The text line by line, what a proposal rests on linked to the proposal."""
    spans = sorted(
        (start, end, f"{each.name}-{column}" if column else each.name, each)
        for each in waiting
        for column, (start, end) in each.proposal.places.items()
        if 0 <= start < end <= len(text)
    )
    lines = _lines(text)
    starts = [start for start, _ in lines]
    by_line = {}
    for span in spans:
        for n in range(bisect_right(starts, span[0]) - 1, bisect_right(starts, span[1] - 1)):
            by_line.setdefault(n, []).append(span)
    kept = range(len(lines))
    if len(lines) > MOST_LINES:
        near = {n + step for n in by_line for step in range(-_AROUND, _AROUND + 1)}
        kept = sorted(near & set(kept))
    parts, last = [], -1
    for n in kept:
        start, end = lines[n]
        if n > last + 1:
            parts.append(f"<p>{escape(page.say('review.left_out'))}</p>")
        last = n
        if text[start:end].strip():
            parts.append(
                f'<p id="line-{n + 1}"><small>{n + 1}</small>'
                f"{_marked(text, start, end, by_line.get(n, ()))}</p>"
            )
    return "\n".join(parts)


def _lines(text):
    """First and last letter of each line of a text (list of tuple)."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    return lines


def _marked(text, start, end, spans):
    cuts = sorted({start, end, *(min(max(cut, start), end) for span in spans for cut in span[:2])})
    pieces = []
    for first, last in pairwise(cuts):
        over = [span for span in spans if span[0] <= first and span[1] >= last]
        here = "".join(f'<span id="at-{escape(span[2])}"></span>' for span in over if span[0] == first)
        words = escape(text[first:last])
        if over:
            # The shortest span says most closely what the letters are for.
            _, _, _, each = min(over, key=lambda span: span[1] - span[0])
            low = ' class="low"' if each.proposal.doubts else ""
            of = " ".join(dict.fromkeys(escape(span[3].name) for span in over))
            words = f'<a href="#{escape(each.name)}" data-of="{of}"{low}>{words}</a>'
        pieces.append(here + words)
    return "".join(pieces)


def quote_html(text, proposal):
    """The words that a proposal rests on, for a screen that cannot show the text beside it."""
    places, windows = (
        sorted({(start, min(end, start + 3 * _QUOTED)) for start, end in proposal.places.values()}),
        [],
    )
    for start, end in places:
        begin, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        stop = stop if stop >= 0 else len(text)
        if start - begin > _QUOTED:
            begin = max(begin, text.find(" ", start - _QUOTED, start))
        if stop - end > _QUOTED:
            stop = max(end, text.rfind(" ", end, end + _QUOTED))
        if windows and begin <= windows[-1][1]:
            windows[-1][1] = max(stop, windows[-1][1])
        else:
            windows.append([begin, stop])
    said = []
    for begin, stop in windows:
        cuts = sorted({begin, stop, *(min(max(cut, begin), stop) for place in places for cut in place)})
        on = [any(start <= one and other <= end for start, end in places) for one, other in pairwise(cuts)]
        words = [escape(text[one:other]) for one, other in pairwise(cuts)]
        pieces = (f"<b>{each}</b>" if yes else each for each, yes in zip(words, on, strict=True))
        said.append("".join(pieces).strip())
    return f'<p class="quote">“{" … ".join(said)}”</p>' if said else ""
