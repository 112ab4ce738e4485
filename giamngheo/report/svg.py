"""Matplotlib's SVG made fit for a page: no dates, no outside addresses, unique ids, short numbers, styles
written once.

Coordinates are rounded to a tenth of a point, which no eye sees, so that the last digit of a float on
another machine does not change a page's bytes. Clipping is dropped: our figures keep inside their axes by
their limits.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from functools import lru_cache
from io import StringIO

from matplotlib.backends.backend_svg import FigureCanvasSVG

from giamngheo.report.lettering import settled

_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
# What XML has no letter for, and marks that turn the direction of what stands after them.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_HREF = "{http://www.w3.org/1999/xlink}href"
_FONTS = "'DejaVu Sans', Verdana, sans-serif"
_GEOMETRY = {"d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform", "points", "cx", "cy", "r"}
_DEFAULT_STYLE = {
    "stroke-linejoin": "miter",
    "stroke-width": "1",
    "stroke-miterlimit": "100000",
    "opacity": "1",
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def svg_markup(figure, name, title, description, css, told_by=""):
    """A figure as one inline ``<svg>`` element.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Id of the element and prefix of every id in it, unique on a page.
    title, description : str
        What a screen reader says.
    css : str
        Class of the element.
    told_by : str
        Id of a drawing on the same page that says title and description already, seen or not.

    Returns
    -------
    str
    """
    buffer = StringIO()
    lay_out(figure)
    figure.patch.set_visible(False)
    # Straight to the canvas: savefig would draw everything once more to find out the layout.
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with settled():
        FigureCanvasSVG(figure).print_svg(buffer, metadata=nothing)
    root = ET.fromstring(_UNSEEN.sub("", buffer.getvalue()))
    drawn = [child for child in root if _tag(child) != "metadata"]
    counted = Counter(style for child in drawn for style in _styles(child))
    often = sorted((style for style, n in counted.items() if n > 1 and style), key=lambda s: (-counted[s], s))
    classes = {style: _letters(place) for place, style in enumerate(often)}
    used = _references(root)
    body = "".join(_markup(child, used, name, classes) for child in drawn)
    rules = "".join(f"#{name} .{letters}{{{_renamed(style, name)}}}" for style, letters in classes.items())
    width, height = (_short(x) for x in root.get("viewBox").split()[2:])
    words = f'<title id="{name}-t">{_text(title)}</title><desc id="{name}-d">{_text(description)}</desc>'
    told = told_by or name
    return (
        f'<svg id="{name}" class="{css}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{told}-t {told}-d" font-family="{_FONTS}" stroke-linejoin="round">'
        f"{'' if told_by else words}<style>{rules}</style>{body}</svg>"
    )


def lay_out(figure):
    """Put everything where it stands on a page, once and for good: it costs as much as the drawing.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    """
    if (engine := figure.get_layout_engine()) is None:
        return
    figure.set_dpi(72)  # an SVG's
    FigureCanvasSVG(figure)
    with settled():
        engine.execute(figure)
    figure.set_layout_engine("none")


def _tag(element):
    return element.tag.rpartition("}")[2]


def _letters(place):
    return (_letters(place // 26 - 1) if place >= 26 else "") + _LETTERS[place % 26]


def _references(root):
    found = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key in (_HREF, "href"):
                found.add(value.removeprefix("#"))
            elif key != "clip-path":
                found.update(_REFERENCE.findall(value))
    return found


def _short(x, decimals=2):
    text = f"{round(float(x), decimals):.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _renamed(text, name):
    return _REFERENCE.sub(lambda found: f"url(#{name}-{found.group(1)})", text)


@lru_cache(1_024)
def _style(text):
    parts = dict(part.strip().split(": ", 1) for part in text.split(";") if ": " in part)
    parts.pop("font-family", None)
    kept = ";".join(f"{k}:{v}" for k, v in parts.items() if _DEFAULT_STYLE.get(k) != v)
    return _NUMBER.sub(lambda found: _short(found.group()), kept)


def _styles(element):
    for child in element.iter():
        if "style" in child.attrib:
            yield _style(child.attrib["style"])


def _geometry(value):
    value = _NUMBER.sub(lambda found: _short(found.group(), 1), value)
    value = re.sub(r"\s+", " ", value).strip()
    value = re.sub(r"rotate\(-?0(?: [^)]*)?\)", "", value)
    return re.sub(r" ?([A-Za-z]) ?", r"\1", value) if re.match(r"^[Mm] ", value) else value


def _attributes(element, used, name, classes):
    for key, value in element.attrib.items():
        if key == "id":
            if value in used:
                yield "id", f"{name}-{value}"
        elif key in (_HREF, "href"):
            yield "href", f"#{name}-{value.removeprefix('#')}"
        elif key == "style":
            style = _style(value)
            if style in classes:
                yield "class", classes[style]
            elif style:
                yield "style", _renamed(style, name)
        elif key in _GEOMETRY:
            if value := _geometry(value):
                yield key, value
        elif key != "clip-path":
            yield key, _renamed(value, name)


def _markup(element, used, name, classes):
    tag = _tag(element)
    if tag in ("clipPath", "style"):
        return ""
    attributes = "".join(f' {k}="{_text(v)}"' for k, v in _attributes(element, used, name, classes))
    inside = _text((element.text or "").strip() if tag != "text" else element.text or "")
    inside += "".join(_markup(child, used, name, classes) for child in element)
    if tag in ("g", "defs") and not inside:
        return ""
    if tag == "g" and not attributes:
        return inside
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _text(value):
    return (
        _UNSEEN.sub("", value)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
    )
