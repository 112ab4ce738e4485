"""What a notebook cell shows: a piece of page with the same content as plain text beside it.

The plain text is rounded as a reader sees it, so that nbval compares the numbers a reader is told and not the
last digit of a float.
"""

import html
import re
from dataclasses import dataclass
from unicodedata import east_asian_width

ALLOWED_TAGS = ("b", "i", "sub", "sup")
_ALLOWED = re.compile(rf"&lt;(/?(?:{'|'.join(ALLOWED_TAGS)}))&gt;")
# A number and its unit stay on one line in running text.
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_QUANTITY = re.compile(
    r"(?:(?:[≤≥±−+]|&lt;|&gt;) ?)?\d[\d.,]*(?:–\d[\d.,]*)? "
    r"(?:%|tỷ đồng|đồng|hộ\b|billion VND|VND\b|households\b)"
    rf"|\br = [\d.,]*\d|\d{{1,2}} (?:{_MONTHS}) \d{{4}}"
)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Exhibit:
    """A figure, table or text of a report: HTML without scripts or outside addresses, and plain text."""

    kind: str
    title: str
    html: str
    text: str

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": self.text}

    def __str__(self):
        return self.text


def escape(text):
    """Text made safe for HTML.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return html.escape(text, quote=True)


def rich(text, keep_together=True):
    """HTML of a phrase: escaped, but for ``<b> <i> <sub> <sup>`` without attributes.

    Parameters
    ----------
    text : str
    keep_together : bool
        Keep a number and its unit on one line.

    Returns
    -------
    str
    """
    safe = _ALLOWED.sub(r"<\1>", escape(text))
    if not keep_together:
        return safe
    return _QUANTITY.sub(lambda found: f'<span class="n">{found.group()}</span>', safe)


def plain(text):
    """Plain text of a phrase: the tags that `rich` lets through are taken out.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return re.sub(rf"</?(?:{'|'.join(ALLOWED_TAGS)})>", "", text)


def prose(*paragraphs, css="", title=""):
    """Paragraphs of text.

    Parameters
    ----------
    *paragraphs : str
        Phrases, already in the reader's language.
    css : str
        Class of each paragraph.
    title : str
        A heading of the third level above them.

    Returns
    -------
    Exhibit
    """
    mark = f' class="{css}"' if css else ""
    body = "\n".join(f"<p{mark}>{rich(text)}</p>" for text in paragraphs)
    return titled(Exhibit("prose", title, body, "\n\n".join(plain(text) for text in paragraphs)))


def bullets(items, title=""):
    """An unordered list.

    Parameters
    ----------
    items : sequence of str
    title : str

    Returns
    -------
    Exhibit
    """
    body = "<ul>\n" + "\n".join(f"<li>{rich(text)}</li>" for text in items) + "\n</ul>"
    return titled(Exhibit("prose", title, body, "\n".join(f"- {plain(text)}" for text in items)))


def definitions(pairs, title=""):
    """A list of terms and what they mean.

    Parameters
    ----------
    pairs : sequence of (str, str)
    title : str

    Returns
    -------
    Exhibit
    """
    body = "\n".join(f"<dt>{rich(term)}</dt><dd>{rich(meaning)}</dd>" for term, meaning in pairs)
    text = "\n".join(f"{plain(term)}: {plain(meaning)}" for term, meaning in pairs)
    return titled(Exhibit("prose", title, f"<dl>\n{body}\n</dl>", text))


def titled(exhibit):
    """The exhibit with its title as a heading of the third level, if it has one."""
    if not exhibit.title:
        return exhibit
    heading = f"<h3>{escape(plain(exhibit.title))}</h3>"
    return Exhibit(
        exhibit.kind, exhibit.title, f"{heading}\n{exhibit.html}", f"{exhibit.title}\n{exhibit.text}"
    )


def stack(*exhibits, kind="stack"):
    """Exhibits one below the other as one.

    Parameters
    ----------
    *exhibits : Exhibit
    kind : str

    Returns
    -------
    Exhibit
    """
    title = exhibits[0].title if exhibits else ""
    return Exhibit(kind, title, "\n".join(e.html for e in exhibits), "\n\n".join(e.text for e in exhibits))


def folded(summary, exhibit, css=""):
    """An exhibit that opens on demand.

    Parameters
    ----------
    summary : str
        What stands where it is folded.
    exhibit : Exhibit
    css : str
        Class; "unprinted" stays folded on paper.

    Returns
    -------
    Exhibit
    """
    body = f"<details{_css(css)}><summary>{rich(summary)}</summary>\n{exhibit.html}\n</details>"
    return Exhibit(exhibit.kind, exhibit.title, body, f"{plain(summary)}\n{exhibit.text}")


@dataclass(frozen=True)
class Column:
    """Head of a table's column; numeric ones are set flush right."""

    head: str
    numeric: bool = True


def table(caption, columns, rows, *, note="", css="", row_heads=1, shades=None, foot=0):
    """A table for the page and for plain text.

    Parameters
    ----------
    caption : str
        What the table shows, its unit included.
    columns : sequence of Column
    rows : sequence of sequence of str
        Cells as the reader sees them.
    note : str
        A line below the table.
    css : str
        Further classes.
    row_heads : int
        How many leading cells name the row (0 or 1).
    shades : mapping of (int, int) to float, optional
        (row, column) -> depth of background 0..1; the number stands in the cell, so colour is never alone.
    foot : int
        How many last rows are totals.

    Returns
    -------
    Exhibit
    """
    shades = shades or {}
    head = "".join(f'<th scope="col"{_css("r" if c.numeric else "")}>{rich(c.head)}</th>' for c in columns)
    lines = [_row(i, row, columns, row_heads, shades) for i, row in enumerate(rows)]
    body, total = (lines[:-foot], lines[-foot:]) if foot else (lines, [])
    bottom = f"<tfoot>\n{chr(10).join(total)}\n</tfoot>" if total else ""
    below = f'\n<p class="note">{rich(note)}</p>' if note else ""
    markup = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(plain(caption))}">'
        f"<table{_css(css)}>\n<caption><span>{rich(caption)}</span></caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{chr(10).join(body)}\n</tbody>{bottom}\n</table></div>{below}"
    )
    text = plain(caption) + "\n" + aligned([[plain(c.head) for c in columns], *rows], columns)
    return Exhibit("table", plain(caption), markup, text + (f"\n{plain(note)}" if note else ""))


def _css(names):
    return f' class="{names}"' if names else ""


def _row(i, row, columns, row_heads, shades):
    cells = []
    for j, (cell, column) in enumerate(zip(row, columns, strict=True)):
        if j < row_heads:
            cells.append(f'<th scope="row">{rich(cell)}</th>')
            continue
        shade = f' style="background:{shade_colour(shades[i, j])}"' if (i, j) in shades else ""
        cells.append(f"<td{_css('r' if column.numeric else '')}{shade}>{rich(cell, not column.numeric)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def shade_colour(depth):
    """A light blue for black text: white at 0, #9cc9ec at 1 (contrast with #1a1a1a stays above 9).

    Parameters
    ----------
    depth : float
        0..1.

    Returns
    -------
    str
        ``#rrggbb``.
    """
    depth = min(max(float(depth), 0.0), 1.0)
    return "#" + "".join(f"{round(255 + depth * (end - 255)):02x}" for end in (156, 201, 236))


def aligned(rows, columns):
    """Rows as plain text in columns.

    Parameters
    ----------
    rows : sequence of sequence of str
    columns : sequence of Column

    Returns
    -------
    str
    """
    rows = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]

    def padded(cell, width, numeric):
        gap = " " * (width - _width(cell))
        return gap + cell if numeric else cell + gap

    lines = (
        "  ".join(padded(c, w, k.numeric) for c, w, k in zip(row, widths, columns, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def _width(text):
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def text_of(markup):
    """What of a piece of HTML is read as text, for tests and plain versions.

    Parameters
    ----------
    markup : str

    Returns
    -------
    str
    """
    return html.unescape(_TAG.sub("", markup))
