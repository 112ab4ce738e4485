"""The page of all provinces: a tile map, small multiples, and a table of forecasts and paces."""

from giamngheo.analysis.provinces import load_provinces, survey_readings
from giamngheo.language import LANGUAGES
from giamngheo.report.columns import MISSING
from giamngheo.report.html import escape, shade_colour, table
from giamngheo.report.pages import page_of

_TILE, _GAP = 84, 4
_WIDE, _HIGH, _HEAD = 150, 84, 18  # of a small multiple, in pixels
_ABREAST = 6
_FIRST = 2005  # year at the left of a small multiple


def provinces_page(page, table_of_provinces, ahead, footer, langs=LANGUAGES):
    """The page in one language (HTML).

    Parameters
    ----------
    page : Page
        Without a package.
    table_of_provinces, ahead : DataFrame
        Of `analysis.provinces.province_forecasts`.
    footer : list of str
    langs : iterable of str
        In which the page is written, to link to the others.
    """
    until = ahead["as_of"].max().year
    links = [
        {"href": f"../{other}/index.html", "text": page.say("report.other_language"), "lang": other}
        for other in langs
        if other != page.lang
    ]
    title = page.say("provinces.title", n=page.number(len(table_of_provinces)), year=str(until))
    body = "\n".join(
        (
            _figure(_map(page, table_of_provinces, until), page.say("provinces.map", year=str(until))),
            _figure(_multiples(page, table_of_provinces, ahead), page.say("provinces.multiples")),
            _table(page, table_of_provinces, until).html,
        )
    )
    lead = page.say("provinces.lead", year=str(until))
    return page_of(page, title, lead, lead, links, body, footer)


def _figure(drawing, caption):
    return f'<figure class="across">{drawing}<figcaption>{escape(caption)}</figcaption></figure>'


def _svg(name, width, height, said, inside):
    return (
        f'<svg id="{name}" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(said)}" '
        f'font-size="11" font-family="sans-serif" fill="#1a1a1a">{inside}</svg>'
    )


def _map(page, rows, until):
    """A square a province where it lies, darker the higher the rate that is expected, with the number in it."""
    at = load_provinces().set_index("unit")
    most = rows["q50"].max()
    parts = []
    for row in rows.itertuples():
        x, y = (at.loc[row.unit, name] * (_TILE + _GAP) for name in ("tile_column", "tile_row"))
        y = y * 0.55
        parts.append(
            f'<g transform="translate({x:g},{y:g})"><rect width="{_TILE}" height="{_TILE * 0.5:g}" '
            f'fill="{shade_colour(row.q50 / most)}" stroke="#8a8a8a"/>'
            f'<text x="4" y="15" font-size="9.5">{escape(_short(page.name(row)))}</text>'
            f'<text x="4" y="34" font-size="14">{escape(page.number(row.q50, 1))}</text></g>'
        )
    width = (at["tile_column"].max() + 1) * (_TILE + _GAP)
    height = (at["tile_row"].max() + 1) * (_TILE + _GAP) * 0.55
    return _svg(
        "provinces-map", width, f"{height:g}", page.say("provinces.map", year=str(until)), "".join(parts)
    )


def _short(name):
    return (
        name
        if len(name) < 16
        else name.replace("Thành phố", "TP.").replace("Bà Rịa - ", "BR-").replace(" city", "")
    )


def _multiples(page, rows, ahead):
    """A small chart a province, all on one scale: readings as dots by line, the forecast as a line in a band."""
    readings = survey_readings()
    top = max(readings["rate_pct"].max(), ahead["q90"].max())
    last = ahead["as_of"].max().year
    parts = []
    for n, row in enumerate(rows.itertuples()):
        own, next_ = readings[readings["unit"] == row.unit], ahead[ahead["unit"] == row.unit]

        def place(when, rate):
            x = 6 + (when.year - _FIRST) / (last - _FIRST) * (_WIDE - 20)
            return f"{x:.1f},{_HEAD + (1 - rate / top) * (_HIGH - _HEAD - 4):.1f}"

        edges = [
            *zip(next_["as_of"], next_["q10"], strict=True),
            *list(zip(next_["as_of"], next_["q90"], strict=True))[::-1],
        ]
        band = " ".join(place(when, rate) for when, rate in edges)
        middle = " ".join(place(when, rate) for when, rate in zip(next_["as_of"], next_["q50"], strict=True))
        newest = own["poverty_line"].iloc[-1]
        dots = ""
        for each in own.itertuples():
            x, y = place(each.as_of, each.rate_pct).split(",")
            colour = "#0072b2" if each.poverty_line == newest else "#8a8a8a"
            dots += f'<circle cx="{x}" cy="{y}" r="2.4" fill="{colour}"/>'
        x, y = n % _ABREAST * _WIDE, n // _ABREAST * _HIGH
        parts.append(
            f'<g transform="translate({x},{y})"><text x="4" y="12">{escape(page.name(row))}</text>'
            f'<polyline points="4,{_HIGH - 4} {_WIDE - 10},{_HIGH - 4}" stroke="#d9d9d9" fill="none"/>'
            f'<polygon points="{band}" fill="#9cc9ec"/>'
            f'<polyline points="{middle}" stroke="#0072b2" fill="none"/>{dots}</g>'
        )
    height = (len(rows) + _ABREAST - 1) // _ABREAST * _HIGH
    return _svg(
        "provinces-multiples", _ABREAST * _WIDE, height, page.say("provinces.multiples"), "".join(parts)
    )


def _table(page, rows, until):
    def pp(x):
        return MISSING if x != x else page.signed(x, 2)

    columns = [
        page.text_column(f"name_{page.lang}", "provinces.province"),
        page.day_column("last_as_of", "provinces.last_as_of"),
        page.number_column("last_pct", "provinces.last", 1),
        page.number_column("q50", page.say("provinces.median", year=str(until)), 1),
        page.column(("q10", "q90"), "provinces.interval", lambda low, high: page.range(low, high)),
        page.column("observed_pp", "provinces.observed", pp),
        page.column("expected_pp", "provinces.expected", pp),
        page.column("required_pp", "provinces.required", pp),
    ]
    shown = rows.sort_values("q50", ascending=False)
    return table(
        "provinces",
        page.say("provinces.table", year=str(until)),
        shown,
        columns,
        note=page.say("provinces.note"),
    )
