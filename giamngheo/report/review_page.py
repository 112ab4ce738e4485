"""The review page of a package of proposals: the decision's text on one side, what was read from it on the other."""

import json
from bisect import bisect_right
from itertools import groupby, pairwise

from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.descriptor import DESCRIPTOR
from giamngheo.inputs.extraction.folder import TEXT, read_waiting
from giamngheo.inputs.parameters import LANGS
from giamngheo.paths import write_atomically
from giamngheo.report.html import escape
from giamngheo.report.pages import page_of
from giamngheo.report.wording import Page, locator_text

MOST_LINES = 4_000  # of text shown whole; of a longer one those around proposals
_AROUND = 2
_UNSAID = ("locator", "document", "licence", "licence_vi", "accessed", "url", "main_document")
_CODES = ("status", "group", "channel", "role", "per")  # columns whose cells have names in the phrases
_STYLE = """<style>
header,main,footer{max-width:110rem}
.review{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1.5rem;height:94vh}
.review>*{overflow-y:auto;height:100%}
.review h2{margin-top:0;border:0}
.source p{margin:.15rem 0;max-width:none;font-size:.9rem;white-space:pre-wrap}
.source small{color:var(--soft);display:inline-block;min-width:2.6rem}
.source a{background:var(--wash);border-bottom:2px solid var(--blue);color:inherit;text-decoration:none}
.source a.low{border-bottom-color:var(--orange)}
.proposal{border-left:4px solid var(--blue);padding:.1rem .8rem;margin:.8rem 0}
.proposal.low{border-left-color:var(--orange)}
.proposal.done{opacity:.6}
.proposal h3{margin:.1rem 0}
.proposal ul{margin:.2rem 0;padding-left:1rem}
:target{outline:3px solid var(--orange);outline-offset:2px}
@media (max-width:60rem){.review{grid-template-columns:1fr;height:auto}.review>*{height:60vh}}
</style>"""


def write_review(folder):
    """Write a folder's review page in both languages.

    Parameters
    ----------
    folder : Path
        Of proposals.

    Returns
    -------
    list of pathlib.Path
    """
    text, waiting = read_text(folder / TEXT), read_waiting(folder)
    name = json.loads(read_text(folder / DESCRIPTOR))[
        "name"
    ]  # the folder's own, while it is made, is another
    pages = [folder / f"review.{lang}.html" for lang in LANGS]
    for lang, file in zip(LANGS, pages, strict=True):
        write_atomically(file, review_page(Page(None, lang), name, text, waiting))
    return pages


def review_page(page, name, text, waiting):
    """The review page in one language (HTML).

    Parameters
    ----------
    page : Page
        Without a package.
    name : str
        Of the folder.
    text : str
        As it was read.
    waiting : list of Waiting
    """
    other = "en" if page.lang == "vi" else "vi"
    links = [{"href": f"review.{other}.html", "text": page.say("report.other_language"), "lang": other}]
    open_ = [each for each in waiting if not each.confirmed]
    doubtful = [each for each in open_ if each.proposal.confidence == "low"]
    title = page.say("review.title", name=name)
    lead = page.say("review.lead", open=page.number(len(open_)), doubtful=page.number(len(doubtful)))
    said = escape(page.say("review.text"))
    commands = ["giamngheo confirm DIR", "giamngheo confirm DIR poverty.3 targets.1"]
    how = "".join(f"<li>{escape(page.say(f'review.step_{n}'))}</li>" for n in (1, 2, 3))
    body = (
        f"{_STYLE}<ol>{how}</ol><pre>{escape(chr(10).join(commands))}</pre>"
        f'<div class="review"><section class="source" tabindex="0" aria-label="{said}">'
        f"<h2>{said}</h2>{_source(page, text, waiting)}</section>"
        f'<section tabindex="0" aria-label="{escape(page.say("review.proposals"))}">'
        f"{_proposals(page, waiting)}</section></div>"
    )
    return page_of(page, title, lead, lead, links, body, [page.say("review.made")])


def _source(page, text, waiting):
    """The text line by line, what a proposal rests on linked to the proposal."""
    spans = sorted(
        (start, end, f"{each.name}-{column}" if column else each.name, each)
        for each in waiting
        for column, (start, end) in each.proposal.places.items()
        if 0 <= start < end <= len(text)
    )
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
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
            parts.append(f"<p><small>{n + 1}</small>{_marked(text, start, end, by_line.get(n, ()))}</p>")
    return "\n".join(parts)


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
            low = ' class="low"' if each.proposal.confidence == "low" else ""
            words = f'<a href="#{escape(each.name)}" title="{escape(each.name)}"{low}>{words}</a>'
        pieces.append(here + words)
    return "".join(pieces)


def _proposals(page, waiting):
    parts = []
    for table, group in groupby(waiting, key=lambda each: each.proposal.table):
        parts.append(f"<h2>{escape(page.say(f'review.table.{table}'))}</h2>")
        parts += [_proposal(page, each) for each in group]
    return "\n".join(parts)


def _proposal(page, each):
    proposal = each.proposal
    state = page.say("review.confirmed" if each.confirmed else f"review.{proposal.confidence}")
    where = proposal.cells.get("locator")
    head = ", ".join(
        filter(
            None,
            (locator_text(where, page) if where else "", page.say("review.line", n=page.number(each.line))),
        )
    )
    cells = "".join(_cell(page, each, column) for column in proposal.cells)
    css = f"proposal {proposal.confidence}{' done' if each.confirmed else ''}"
    return (
        f'<section class="{css}" id="{escape(each.name)}"><h3>{escape(each.name)} '
        f'<small><a href="#at-{escape(_anchor(each))}">{escape(head)}</a> · {escape(state)}</small></h3>'
        f"<ul>{cells}</ul></section>"
    )


def _anchor(each):
    """The name of the first place of a proposal."""
    column = min(each.proposal.places, key=lambda name: each.proposal.places[name])
    return f"{each.name}-{column}" if column else each.name


def _cell(page, each, column):
    value, doubt = each.proposal.cells[column], each.proposal.doubts.get(column)
    other = "en" if page.lang == "vi" else "vi"
    if (
        column in _UNSAID
        or column.endswith(f"_{other}")
        or (not value and not doubt)
        or not page.has(f"review.column.{column}")
    ):
        return ""
    shown = page.say(f"{column}.{value}") if column in _CODES and page.has(f"{column}.{value}") else value
    shown = escape(shown or page.say("review.nothing"))
    if column in each.proposal.places:
        shown = f'<a href="#at-{escape(each.name)}-{column}">{shown}</a>'
    why = f" <em>({escape(page.say(f'review.doubt.{doubt}'))})</em>" if doubt else ""
    return f"<li>{escape(page.say(f'review.column.{column}'))}: <b>{shown}</b>{why}</li>"
