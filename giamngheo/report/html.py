"""What a notebook cell shows: a piece of page, the same content as plain text, and the frames behind it.

The plain text is rounded as a reader sees it, so that nbval compares the numbers a reader is told and not the
last digit of a float.

A notebook is seen without our style sheet, and where it is not trusted (a fresh clone in JupyterLab, GitHub's
viewer) without SVG: there a figure is a PNG in an output of its own. What stands on a page in an output's place
travels in its metadata, which nbval does not compare and stored notebooks do not keep. Drawing takes time, so that
`paths.SHOWN_FOR` in the environment says for which of the two a notebook is run; without it, for both.
"""

import html
import os
import re
from dataclasses import dataclass, replace

from giamngheo import paths
from giamngheo.report.columns import Table, aligned, rows_of

ALLOWED_TAGS = ("b", "i", "sub", "sup")
MOST_WORDS = 9  # of a link to what is left beside, if its first clause says enough
MOST_ABREAST, MOST_SHADED = 4, 7  # columns that a phone shows beside each other, and of a map
TABLES_MIME = "application/vnd.giamngheo.tables+json"  # the frames, for the files beside a page and for nbval
LABELS_MIME = "application/vnd.giamngheo.labels+json"  # what is written in a figure, for nbval
_ALLOWED = re.compile(rf"&lt;(/?(?:{'|'.join(ALLOWED_TAGS)}))&gt;")
# A number and its unit stay on one line in running text.
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_QUANTITY = re.compile(
    r"(?:(?:[≤≥±−+]|&lt;|&gt;) ?)?\d[\d.,]*(?:–\d[\d.,]*)? "
    r"(?:%|tỷ đồng|đồng|hộ\b|billion VND|VND\b|households\b)"
    rf"|\br = [\d.,]*\d|\d{{1,2}} (?:{_MONTHS}) \d{{4}}"
)


@dataclass(frozen=True)
class Picture:
    """A figure as a notebook shows it: base64 of a PNG, its width on a screen, and all that is written in it."""

    png: str
    width_px: int
    labels: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Exhibit:
    """A figure, table or text of a report: HTML without scripts or outside addresses, plain text, and its frames.

    A figure has a `picture` for notebooks beside its caption in `notebook_html`; other exhibits have a `notebook_html`
    where their `html` needs the page's style sheet. What `stack` makes shows its `parts` one by one. On the index page
    `index_html` stands instead of `html` (what has scripts), or a link of the words `beside` where something is left to
    its notebook's page.
    """

    title: str
    html: str
    text: str
    tables: tuple[Table, ...] = ()
    notebook_html: str | None = None
    picture: Picture | None = None
    parts: tuple["Exhibit", ...] = ()
    index_html: str | None = None
    beside: str = ""

    @property
    def table(self):
        """The frame behind it, the first where there are several in `tables`, None behind words (DataFrame)."""
        return self.tables[0].frame if self.tables else None

    def outputs(self):
        """What a notebook cell shows of it, as pairs of (data by MIME type, metadata) (list of tuple of dict)."""
        if self.parts:
            return [output for part in self.parts for output in part.outputs()]
        shown = _words_left(self.html if self.notebook_html is None else self.notebook_html)
        kept = {TABLES_MIME: [table.as_json() for table in self.tables]} if self.tables else {}
        if self.picture is None:
            places = _on_page(self.html, self.index_html, self.beside)
            on_page = {} if shown == self.html and not (self.index_html or self.beside) else places
            return [({"text/html": shown, "text/plain": self.text} | kept, on_page)]
        caption = {"text/html": shown, "text/plain": self.title}
        size = {"width": self.picture.width_px, "alt": self.text}
        data = {
            "image/png": self.picture.png,
            "text/plain": self.text,
            LABELS_MIME: list(self.picture.labels),
        }
        return [
            (caption, _on_page("")),
            (data | kept, {"image/png": size} | _on_page(self.html, self.index_html, self.beside)),
        ]

    def _ipython_display_(self):
        from IPython.display import display

        for data, metadata in self.outputs():
            display(data, metadata=metadata, raw=True)

    def __repr__(self):
        kept = ", ".join(f"{table.name} {table.frame.shape}" for table in self.tables)
        return f"Exhibit {self.title!r}" + (f", tables: {kept}" if kept else "")

    def __str__(self):
        return self.text


def _words_left(html):
    """Without our style sheet JupyterLab sets every cell flush right, words too, and stacks no cells."""
    html = re.sub(r'<table class="rows([^"]*)" style="[^"]*">', r'<table class="rows\1">', html)
    return re.sub(r'<(td|th scope="row"|th scope="col")>', r'<\1 style="text-align:left">', html)


def shown_on(place):
    """Whether what is made is wanted there: on a "page" or in a "notebook" (bool)."""
    return os.environ.get(paths.SHOWN_FOR, place) == place


def _on_page(html, index=None, beside=""):
    places = {"page": html} | ({"index": index} if index else {}) | ({"beside": beside} if beside else {})
    return {"giamngheo": places} if shown_on("page") else {}


def page_html(output, place="page"):
    """What stands on a page, or on the "index" page, in the place of a cell's output (str)."""
    data, ours = output.get("data", {}), output.get("metadata", {}).get("giamngheo", {})
    if "page" in ours:
        return ours.get(place, ours["page"])
    if "text/html" in data:
        return data["text/html"]
    text = escape(data.get("text/plain", output.get("text", "")))
    if "image/png" in data:  # a figure of someone's own
        return f'<img src="data:image/png;base64,{data["image/png"].replace(chr(10), "")}" alt="{text}">'
    return f"<pre>{text}</pre>"


def left_beside(output):
    """The words of the link that stands on the index page in the place of a cell's output, "" where it stays (str)."""
    return output.get("metadata", {}).get("giamngheo", {}).get("beside", "")


def escape(text):
    """Text made safe for HTML."""
    return html.escape(text, quote=True)


def rich(text, keep_together=True):
    """HTML of a phrase: escaped, but for `ALLOWED_TAGS` without attributes; a number and its unit stay on one line."""
    safe = _ALLOWED.sub(r"<\1>", escape(text))
    if not keep_together:
        return safe
    return _QUANTITY.sub(lambda found: f'<span class="n">{found.group()}</span>', safe)


def plain(text):
    """Plain text of a phrase: the tags that `rich` lets through are taken out."""
    return re.sub(rf"</?(?:{'|'.join(ALLOWED_TAGS)})>", "", text)


def prose(*paragraphs, css="", title="", tables=()):
    """Paragraphs of text (Exhibit), each of a class, under a heading of the third level, with the frames told of."""
    mark = f' class="{css}"' if css else ""
    body = "\n".join(f"<p{mark}>{rich(text)}</p>" for text in paragraphs)
    return titled(Exhibit(title, body, "\n\n".join(plain(text) for text in paragraphs), tuple(tables)))


def bullets(items, tables=()):
    """An unordered list (Exhibit)."""
    body = "<ul>\n" + "\n".join(f"<li>{rich(text)}</li>" for text in items) + "\n</ul>"
    return Exhibit("", body, "\n".join(f"- {plain(text)}" for text in items), tuple(tables))


def definitions(pairs):
    """A list of terms and what they mean (Exhibit)."""
    body = "\n".join(f"<dt>{rich(term)}</dt><dd>{rich(meaning)}</dd>" for term, meaning in pairs)
    text = "\n".join(f"{plain(term)}: {plain(meaning)}" for term, meaning in pairs)
    # JupyterLab floats a <dt>, so that one of two lines carries the next term with it.
    listed = "\n".join(f"<li><b>{rich(term)}</b>: {rich(meaning)}</li>" for term, meaning in pairs)
    return Exhibit("", f"<dl>\n{body}\n</dl>", text, notebook_html=f"<ul>\n{listed}\n</ul>")


def titled(exhibit):
    """The exhibit with its title as a heading of the third level, if it has one."""
    if not exhibit.title:
        return exhibit
    heading = f"<h3>{escape(plain(exhibit.title))}</h3>"
    return replace(exhibit, html=f"{heading}\n{exhibit.html}", text=f"{exhibit.title}\n{exhibit.text}")


def stack(*exhibits):
    """Exhibits one below the other as one."""
    title = exhibits[0].title if exhibits else ""
    tables = tuple(table for exhibit in exhibits for table in exhibit.tables)
    html, text = "\n".join(e.html for e in exhibits), "\n\n".join(e.text for e in exhibits)
    return Exhibit(title, html, text, tables, parts=exhibits)


def heats(tables):
    """Shaded tables side by side where there is room for them (Exhibit)."""
    whole = stack(*tables)
    body = f'<div class="heats">{"".join(table.html for table in tables)}</div>'
    return Exhibit("", body, whole.text, whole.tables)


def beside(exhibit, words=""):
    """An exhibit that the index page leaves to its notebook's page: there a link of these words or its title."""
    words = re.split(r"[:(]", plain(words or exhibit.title))[0].strip()
    return replace(exhibit, beside=words if len(words.split()) <= MOST_WORDS else words.split(", ")[0])


def folded(summary, exhibit, css=""):
    """An exhibit that opens on demand, on its notebook's page alone; of the class "unprinted" it stays so on paper."""
    body = f"<details{_css(css)}><summary>{rich(summary)}</summary>\n{exhibit.html}\n</details>"
    text = f"{plain(summary)}\n{exhibit.text}"
    return beside(Exhibit(exhibit.title, body, text, exhibit.tables), summary)


def finding(text):
    """What a section found, in a sentence that it begins with (Exhibit)."""
    return prose(text, css="finding")


def table(name, caption, frame, columns, *, note="", css="", row_heads=1, shades=None, foot=0, tidy=None):
    """A table for the page and for plain text, with the frame it shows.

    Parameters
    ----------
    name : str
        Of its files, unique in a notebook.
    caption : str
        What the table shows, its unit included.
    frame : DataFrame
        A row of it is a row of the table.
    columns : sequence of Column
    note : str
        A line below the table.
    css : str
        Further classes.
    row_heads : int
        How many leading cells name the row (0 or 1).
    shades : mapping of (int, int) to float, optional
        (row, column) -> depth of background 0..1; the number stands in the cell, so colour is never alone.
    foot : int
        How many last rows are totals, which are shown but not kept.
    tidy : DataFrame, optional
        What is kept in place of the frame, where its rows are a pivot of this.

    Returns
    -------
    Exhibit
    """
    rows, shades = rows_of(frame, columns), shades or {}
    head = "".join(
        f'<th scope="col"{_css("r" if c.numeric else "")}>{rich(c.head)}</th>' if c.head else "<td></td>"
        for c in columns
    )
    lines = [_row(i, row, columns, row_heads, shades) for i, row in enumerate(rows)]
    body, total = (lines[:-foot], lines[-foot:]) if foot else (lines, [])
    bottom = f"<tfoot>\n{chr(10).join(total)}\n</tfoot>" if total else ""
    below = f'\n<p class="note">{rich(note)}</p>' if note else ""
    markup = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(plain(caption))}">'
        f"<table{_stacked(columns, css)}>\n<caption><span>{rich(caption)}</span></caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{chr(10).join(body)}\n</tbody>{bottom}\n</table></div>{below}"
    )
    cells = [[plain(cell) for cell in row] for row in [[c.head for c in columns], *rows]]
    text = plain(caption) + "\n" + aligned(cells, columns)
    kept = Table(
        name, plain(caption), frame.head(len(frame) - foot) if tidy is None else tidy, tuple(columns)
    )
    return Exhibit(plain(caption), markup, text + (f"\n{plain(note)}" if note else ""), (kept,))


def _stacked(columns, css):
    """What a table's tag says of its look: on a phone a wide one stands as a list of rows, each cell after its head."""
    most = MOST_SHADED if "heat" in css.split() else 0 if "long" in css.split() else MOST_ABREAST
    if len(columns) <= most:
        return _css(css)
    return _css(f"rows {css}".strip()) + head_style(plain(column.head) for column in columns)


def head_style(heads):
    """The heads of a table as attribute `style`, from which `page.css` writes them before cells on a phone (str)."""
    named = [(n, re.sub(r"[^\w .,:/%()-]", _css_escape, head)) for n, head in enumerate(heads, 1) if head]
    return ' style="' + ";".join(f"--h{n}:'{head}'" for n, head in named) + '"'


def _css_escape(found):
    return f"\\{ord(found.group()):x} "


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
    """A light blue for black text: white at 0, #9cc9ec at 1 (contrast with #1a1a1a stays above 9), ``#rrggbb``."""
    depth = min(max(float(depth), 0.0), 1.0)
    return "#" + "".join(f"{round(255 + depth * (end - 255)):02x}" for end in (156, 201, 236))
