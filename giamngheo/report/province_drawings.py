"""What is drawn on the page of all provinces: tile maps and the small chart of one province, as SVG by hand.

Sixty-three figures of matplotlib would cost more than the forecasts they show.
"""

from dataclasses import dataclass
from itertools import pairwise

from giamngheo.language import rounded
from giamngheo.report.figure_style import BLUE, GREY, INK
from giamngheo.report.html import escape

TILE_WIDE, TILE_HIGH, GAP = 40, 40, 1  # a phone shows eight side by side, their letters at eleven pixels
LETTERS = 5  # that fit a tile in any font
LEGEND_ROW = 7  # of the tile map, where its left is empty
WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 160, 96, 22, 154, 7, 78  # of a small chart, in pixels on a phone
FIRST = 2006  # year at its left
BAND, TARGET = "#b9d8ee", "#b34a00"
TOPS = (1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 100)
FONT = "font-family=\"system-ui,Roboto,'Noto Sans','DejaVu Sans',sans-serif\""


@dataclass(frozen=True)
class Scale:
    """Classes of a map: lower edges in percent, and of each class its ground and the colour of letters on it."""

    edges: tuple[float, ...]
    colours: tuple[tuple[str, str], ...]
    decimals: int

    def place(self, percent):
        """The class of a number as it is printed (int)."""
        return sum(rounded(percent, self.decimals) >= edge for edge in self.edges)


LIGHT = "#ffffff"
RATES = Scale(
    (3, 5, 10, 20),
    (("#f3f7fb", INK), ("#c9dff0", INK), ("#8fc1e3", INK), ("#2f7ab8", LIGHT), ("#08407e", LIGHT)),
    1,
)
# The edges of the words for chances, the widest class of the unlikely in two; what is about even is pale.
CHANCES = Scale(
    (10, 20, 33, 66, 90),
    (
        ("#8c3a00", LIGHT),
        ("#e08b3e", INK),
        ("#f8d3a8", INK),
        ("#f5f5f2", INK),
        ("#8fc1e3", INK),
        ("#08407e", LIGHT),
    ),
    0,
)


def tile_map(page, name, rows, tiles, numbers, scale, show, legend):
    """A square a province about where it lies, coloured by class, with its name and the number in it (SVG).

    rows: a row a province; tiles: as of `load_provinces`, by unit; numbers: in percent, one a row; show: a number as
    text; legend: the heading of the classes, which are counted.
    """
    parts = []
    for row, percent in zip(rows.to_dict("records"), numbers, strict=True):
        tile = tiles.loc[row["unit"]]
        x, y = tile["tile_column"] * (TILE_WIDE + GAP), tile["tile_row"] * (TILE_HIGH + GAP)
        ground, ink = scale.colours[scale.place(percent)]
        full = row[f"name_{page.lang}"]
        lines = _two_lines(tile[f"tile_{page.lang}"] or full)
        names = "".join(
            f'<text x="20" y="{12 + 11 * n}"{_fitted(line)}>{escape(line)}</text>'
            for n, line in enumerate(lines)
        )
        number = show(percent)
        parts.append(
            f'<g transform="translate({x},{y})" fill="{ink}"><title>{escape(f"{full}: {number}")}</title>'
            f'<rect width="{TILE_WIDE}" height="{TILE_HIGH}" fill="{ground}" stroke="{GREY}" stroke-width=".6"/>'
            f'{names}<text x="20" y="36" font-weight="600">{escape(number)}</text></g>'
        )
    told = escape(legend.replace("\n", " "))
    width = (tiles["tile_column"].max() + 1) * (TILE_WIDE + GAP)
    height = (tiles["tile_row"].max() + 1) * (TILE_HIGH + GAP)
    return (
        f'<svg id="{name}" viewBox="-1 -1 {width + 1} {height + 1}" role="img" aria-label="{told}" {FONT} '
        f'font-size="11" text-anchor="middle">{"".join(parts)}{_classes(page, numbers, scale, legend)}</svg>'
    )


def _two_lines(name):
    first, _, rest = name.partition(" ")
    return [first, rest]


def _fitted(line):
    """How a long word is kept inside its tile, whatever the letters of the reader's machine."""
    return f' textLength="{TILE_WIDE - 3}" lengthAdjust="spacingAndGlyphs"' if len(line) > LETTERS else ""


def _classes(page, numbers, scale, legend):
    """The legend, where the map is empty: each class with how many provinces are in it."""
    y = LEGEND_ROW * (TILE_HIGH + GAP) + 14
    lines = [
        f'<text y="{y + 13 * n}" font-weight="600">{escape(text)}</text>'
        for n, text in enumerate(legend.split("\n"))
    ]
    y += 13 * len(lines) + 5
    edges = [page.number(edge) for edge in scale.edges]
    names = [page.say("provinces.class_below", high=edges[0])]
    names += [page.say("words.range", low=low, high=high) for low, high in pairwise(edges)]
    names += [page.say("provinces.class_from", low=edges[-1])]
    places = [scale.place(x) for x in numbers]
    for n, (ground, _) in enumerate(scale.colours):
        counted = page.say("provinces.class_count", name=names[n], n=page.number(places.count(n)))
        lines.append(
            f'<rect y="{y + 17 * n - 9}" width="14" height="11" fill="{ground}" stroke="{GREY}" stroke-width=".6"/>'
            f'<text x="20" y="{y + 17 * n}">{escape(counted)}</text>'
        )
    return f'<g text-anchor="start" fill="{INK}">{"".join(lines)}</g>'


def top_of(rate):
    """The upper end of an axis that holds a rate (int)."""
    return next(top for top in TOPS if top >= rate)


def multiple(page, row, readings, ahead, top):
    """The small chart of a province (SVG): readings by line, the forecast from the last one known, and the aim.

    row: mapping of the table of provinces; readings, ahead: its own; top: the upper end of its axis, percent.
    """
    by = row["by"]

    def x_of(year):
        return LEFT + 6 + (year - FIRST) / (by - FIRST) * (RIGHT - LEFT - 12)

    def y_of(rate):
        return BOTTOM - rate / top * (BOTTOM - TOP)

    def points(years, rates):
        return " ".join(f"{x_of(year):.1f},{y_of(rate):.1f}" for year, rate in zip(years, rates, strict=True))

    start, last = row["last_as_of"].year, row["last_pct"]
    years = [start, *ahead["as_of"].dt.year]
    low, middle, high = ([last, *ahead[name]] for name in ("q10", "q50", "q90"))
    newest = readings["poverty_line"].iloc[-1]
    changed = readings["as_of"].dt.year[readings["poverty_line"] != newest].max()
    first_new = readings["as_of"].dt.year[readings["poverty_line"] == newest].min()
    parts = [_axes(page, x_of, start, by, top)]
    if changed == changed:
        x = x_of((changed + first_new) / 2)
        parts.append(f'<path d="M{x:.1f} {TOP}V{BOTTOM}" stroke="#9a9a9a" stroke-dasharray="2 3"/>')
    parts.append(f'<polygon points="{points([*years, *years[::-1]], [*low, *high[::-1]])}" fill="{BAND}"/>')
    parts.append(
        f'<polyline points="{points(years, middle)}" stroke="{BLUE}" stroke-width="1.6" fill="none"/>'
    )
    if row["target_pct"] <= top:
        x, y = x_of(by), y_of(row["target_pct"])
        parts.append(f'<path d="M{x - 7:.1f} {y:.1f}h13" stroke="{TARGET}" stroke-width="2.2"/>')
    for reading in readings.itertuples():
        at = x_of(reading.as_of.year), y_of(reading.rate_pct)
        kind = "later" if not reading.known else "newest" if reading.poverty_line == newest else "before"
        parts.append(_dot(*at, kind))
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(_told(page, row, readings))}" {FONT} '
        f'font-size="11" fill="{INK}">{"".join(parts)}</svg>'
    )


def _axes(page, x_of, start, by, top):
    lines = "".join(
        f'<path d="M{LEFT} {BOTTOM - share * (BOTTOM - TOP):.1f}H{RIGHT}" stroke="{colour}"/>'
        for share, colour in ((0, "#8a8a8a"), (0.5, "#e2e2e2"), (1, "#e2e2e2"))
    )
    ends = f'<g text-anchor="end"><text x="{LEFT - 3}" y="{BOTTOM + 3}">0</text>'
    ends += f'<text x="{LEFT - 3}" y="{TOP + 5}">{escape(page.number(top))}</text></g>'
    years = f'<text x="{LEFT - 8}" y="{HIGH - 3}">{FIRST}</text>'
    if LEFT + 28 < x_of(start) < RIGHT - 32:  # else it would lie on another
        years += f'<text x="{x_of(start):.1f}" y="{HIGH - 3}" text-anchor="middle">{start}</text>'
    years += f'<text x="{RIGHT + 4}" y="{HIGH - 3}" text-anchor="end">{by}</text>'
    return lines + ends + years


def _told(page, row, readings):
    """The chart for those who do not see it (str)."""
    read = ", ".join(f"{each.as_of.year}: {page.percent(each.rate_pct, 1)}" for each in readings.itertuples())
    name = row[f"name_{page.lang}"]
    words = {"median": page.percent(row["q50"], 1), "interval": page.range(row["q10"], row["q90"])}
    return f"{name}. {read}. {page.say('provinces.told', year=str(row['by']), **words)}"


def _dot(x, y, kind):
    if kind == "later":
        diamond = f"M{x:.1f} {y - 3.6:.1f}l3.6 3.6l-3.6 3.6l-3.6 -3.6z"
        return f'<path d="{diamond}" fill="#fff" stroke="{INK}" stroke-width="1.2"/>'
    fill, stroke = (BLUE, BLUE) if kind == "newest" else ("#fff", GREY)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.8" fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>'


def legend_marks():
    """The marks of a small chart, each alone (dict of str to SVG)."""
    band = f'<path d="M1 3h24v8h-24z" fill="{BAND}"/><path d="M1 7h24" stroke="{BLUE}" stroke-width="1.6"/>'
    inside = {
        "before": _dot(13, 7, "before"),
        "newest": _dot(13, 7, "newest"),
        "later": _dot(13, 7, "later"),
        "forecast": band,
        "target": f'<path d="M6 7h14" stroke="{TARGET}" stroke-width="2.2"/>',
        "change": '<path d="M13 0v14" stroke="#9a9a9a" stroke-dasharray="2 3"/>',
    }
    return {
        name: f'<svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true">{mark}</svg>'
        for name, mark in inside.items()
    }
