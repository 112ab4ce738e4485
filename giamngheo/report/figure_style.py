"""The look that all figures share, and the step from a drawing to an exhibit.

Every figure is drawn twice, for a page and for a phone, because one drawing shrunk to 390 pixels cannot be
read; a notebook shows the page's as a PNG. Colours are Okabe and Ito's, told apart by colour-blind readers;
marks and words always carry the meaning too.
"""

from base64 import b64encode
from collections import namedtuple
from contextlib import contextmanager
from functools import cache
from io import BytesIO

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from giamngheo.language import number
from giamngheo.report.columns import Table
from giamngheo.report.html import Exhibit, Picture, escape, plain, rich, shown_on
from giamngheo.report.lettering import measured_once
from giamngheo.report.svg import lay_out, svg_markup

BLUE, ORANGE, GREEN, VERMILLION, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9"
OF_CASE = {"continued": BLUE, "new": VERMILLION}
INK, GREY, PALE = "#1a1a1a", "#6b6b6b", "#dddddd"
BAND_80, BAND_50 = "#cfe4f3", "#93c4e6"

WIDE_IN, ACROSS_IN, NARROW_IN = 7.0, 9.2, 3.7
TICKS = 16  # that axes have ahead
NOTEBOOK_DPI = 96  # a wide figure fills most of a notebook's cell; more pixels take more bytes
PIXELS, COLOURS = 1.5, 24  # of a notebook's PNG: a pixel that it is shown on, and in all
Sizes = namedtuple(
    "Sizes", "wide narrow across", defaults=(False,)
)  # heights in inches; across the whole page

_RC = {
    "text.parse_math": False,  # a name may hold anything
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "text.color": INK,
    "text.hinting": "no_hinting",  # so that a PNG's letters are as wide as those that the page was laid out for
    "axes.labelcolor": INK,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "giamngheo",
    "path.simplify": False,
    "axes.facecolor": "none",
    "lines.solid_capstyle": "butt",
    "figure.constrained_layout.use": True,
}


@contextmanager
def house_style():
    """Our own settings from matplotlib's defaults, whatever the user's matplotlibrc says."""
    with mpl.rc_context(), measured_once():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        yield


class Sheet(Figure):
    """An empty figure that may have its one pair of axes already: with their ticks a fifth of what a drawing costs."""

    def subplots(self, *shape, **how):
        """Axes (see `Figure.subplots`); without a shape those made ahead, if there are any."""
        if self.axes and not (shape or how):
            return self.axes[0]
        if self.axes:
            self.clear()
        return super().subplots(*shape, **how)


_sheets = []  # made ahead


def make_sheets(count):
    """Make figures ahead, for this process and those forked from it, with axes of many ticks."""
    with house_style():
        for _ in range(count):
            sheet = Sheet()
            axes = sheet.subplots()
            for axis in (axes.xaxis, axes.yaxis):
                axis.get_major_ticks(TICKS)
            _sheets.append(sheet)


def _sheet(width, height):
    """An empty figure of a size in inches."""
    sheet = _sheets.pop() if _sheets else Sheet()
    sheet.set_size_inches(width, height)
    return sheet


def figure_exhibit(name, title, caption, description, draw, sizes, frame=None, shared=False):
    """Draw for a page and for a phone and wrap both as one figure.

    Parameters
    ----------
    name : str
        Id of the figure, unique on a page: letters, digits, hyphens.
    title : str
        What the figure shows.
    caption : str
        How to read it; may be empty.
    description : str
        What a reader who cannot see it is told.
    draw : callable
        ``draw(figure, narrow)`` draws on an empty matplotlib Figure, whose axes it takes from ``figure.subplots``:
        one made ahead has them already, and would show them empty.
    sizes : Sizes
        Heights in inches, and whether it takes the whole width of the page.
    frame : DataFrame
        What is drawn, one fact a column.
    shared : bool
        Whether a page needs it as a picture too, for those who pass on its address.

    Returns
    -------
    Exhibit
        Its plain text is title and description.
    """
    drawings, written, picture = [], (plain(title), plain(description)), None
    with house_style():
        wide = _sheet(ACROSS_IN if sizes.across else WIDE_IN, sizes.wide)
        draw(wide, False)
        if shown_on("page"):
            narrow = _sheet(NARROW_IN, sizes.narrow)
            draw(narrow, True)
            drawings.append(svg_markup(wide, f"{name}-wide", *written, "wide"))
            drawings.append(svg_markup(narrow, f"{name}-narrow", *written, "narrow", f"{name}-wide"))
        if shown_on("notebook"):
            picture = _picture(wide)
        elif shared:
            picture = _picture(wide, few=False)
    words = f"<b>{rich(title, False)}</b>" + (f" {rich(caption)}" if caption else "")
    markup = "\n".join(drawings)
    css = ' class="across"' if sizes.across else ""
    html = f'<figure id="{escape(name)}"{css}>\n{markup}\n<figcaption>{words}</figcaption>\n</figure>'
    tables = () if frame is None else (Table(name, plain(title), frame),)
    return Exhibit(plain(title), html, "\n".join(written), tables, f"<p>{words}</p>", picture)


def _picture(figure, few=True):
    """The drawing as a PNG of more pixels than a notebook shows it on, everything where the page has it."""
    lay_out(figure)
    figure.patch.set(visible=True, facecolor="white")
    figure.set_dpi(PIXELS * NOTEBOOK_DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    buffer = BytesIO()
    (_few_colours(pixels) if few else pixels).save(buffer, "PNG", compress_level=9)
    labels = [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    width = round(figure.get_figwidth() * NOTEBOOK_DPI)
    return Picture(b64encode(buffer.getvalue()).decode(), width, tuple(labels))


def _few_colours(pixels):
    """The image in its own most frequent colours, a third of the bytes: figures are flat areas and their edges.

    A general palette merges neighbours, and a pale band with the paper under it.
    """
    red, green, blue = np.moveaxis(np.asarray(pixels).astype(np.uint32), 2, 0)
    found, where, counts = np.unique(red << 16 | green << 8 | blue, return_inverse=True, return_counts=True)
    parts = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.int32)
    kept = parts[np.argsort(-counts, kind="stable")[:COLOURS]]
    nearest = ((parts[:, None] - kept) ** 2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    image = Image.fromarray(nearest[where].reshape(pixels.size[::-1]))
    image.putpalette(kept.astype(np.uint8).tobytes())
    return image


def number_ticks(axis, lang, decimals=0, suffix=""):
    """Tick labels written as the language writes numbers.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
    lang : str
    decimals : int
    suffix : str
    """
    written = cache(lambda value: number(value, lang, decimals) + suffix)  # asked twenty times a drawing
    axis.set_major_formatter(lambda value, _: written(round(value, 6)))


def marks_key(figure, ax, names, marks):
    """What the marks of a chart mean, above it, each name in the colour of its mark.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    ax : matplotlib.axes.Axes
    names : mapping of str to str
        By key of a mark.
    marks : mapping of str to dict
        How `Axes.plot` draws it.
    """
    handles = [ax.plot([], [], **marks[key])[0] for key in names]
    look = {"fontsize": 8.5, "handletextpad": 0.3, "columnspacing": 1.2}
    look["labelcolor"] = [handle.get_color() for handle in handles]
    ncols = len(names) if sum(map(len, names.values())) < 45 else 1  # a phone has room for that many letters
    figure.legend(handles, list(names.values()), loc="outside upper left", ncols=ncols, **look)


def spread(positions, least):
    """Move labels apart along one axis until neighbours are at least a distance from each other.

    Parameters
    ----------
    positions : sequence of float
        Where the labels want to stand.
    least : float
        Smallest distance between two of them.

    Returns
    -------
    list of float
        New positions in the order given, as near to the old ones as the pool-adjacent-violators rule allows.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    blocks = []  # [mean of (position - rank * least), count]
    for rank, i in enumerate(order):
        blocks.append([positions[i] - rank * least, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            value, count = blocks.pop()
            before, n = blocks.pop()
            blocks.append([(before * n + value * count) / (n + count), n + count])
    flat = [value for value, count in blocks for _ in range(count)]
    moved = [0.0] * len(positions)
    for rank, i in enumerate(order):
        moved[i] = flat[rank] + rank * least
    return moved


def wrapped(text, width, most=None):
    """Text broken at spaces into lines of at most `width` characters; a longer word is broken too.

    Parameters
    ----------
    text : str
    width : int
    most : int, optional
        Lines at most; the last one then ends in an ellipsis where more would follow.

    Returns
    -------
    str
    """
    lines = [""]
    for word in text.split():
        for start in range(0, len(word), width):
            part = word[start : start + width]
            if lines[-1] and (start or len(lines[-1]) + len(part) + 1 > width):
                lines.append(part)
            else:
                lines[-1] = f"{lines[-1]} {part}".strip()
    if most and len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: width - 2]} …"]
    return "\n".join(lines)
