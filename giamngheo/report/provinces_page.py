"""The page of all provinces: two tile maps, a table of forecasts and paces, and a small chart of each by region."""

from datetime import date

import numpy as np
from markupsafe import Markup

from giamngheo.analysis.provinces import load_provinces
from giamngheo.inputs.parameters import LANGS
from giamngheo.report.columns import MISSING, is_missing
from giamngheo.report.html import rich
from giamngheo.report.listing import cell, listing, listing_script
from giamngheo.report.pages import language_link, page_of, template
from giamngheo.report.province_drawings import CHANCES, RATES, legend_marks, multiple, tile_map, top_of
from giamngheo.report.wording import first_upper
from giamngheo.simulation.targets import chance_class

TABLES = ("provinces", "forecasts", "readings")  # frames whose files lie beside the pages
LIKELY = ("likely", "very_likely", "virtually_certain")
LOW_PCT = 5  # rates below it are counted
NAMED = 3  # provinces of the highest rates that a sentence names


def provinces_page(page, made, footer, langs=LANGS):
    """The page in one language (HTML).

    Parameters
    ----------
    page : Page
        Without a package.
    made : ProvinceForecasts
    footer : list of str
    langs : iterable of str
        In which the page is written, to link to the others.
    """
    rows = made.provinces.sort_values(["q50", "unit"], ascending=[False, True])
    links = language_link("index.html", page, langs)
    body = template("provinces.html.j2").render(
        maps=_maps(page, made, rows),
        map_finding=Markup(rich(_map_finding(page, made, rows))),
        table=Markup(_table(page, made, rows)),
        table_finding=Markup(rich(_pace_finding(page, made, rows))),
        note=Markup(rich(page.say("provinces.note"))),
        later=Markup(rich(_later_finding(page, made))),
        legend=_legend(page, made),
        regions=_regions(page, made),
        methods=[Markup(rich(text)) for text in _methods(page, made)],
        files=Markup(_files(page)),
        words={
            key: page.say(f"provinces.{key}")
            for key in ("maps", "paces", "charts", "method", "charts_caption")
        },
    )
    title = _title(page, made, rows)
    lead = page.say(
        "provinces.lead", n=page.number(len(rows)), day=page.day(made.known_by), last=_last_years(rows)
    )
    return page_of(page, title, lead, lead, links, body, footer, script=listing_script())


def _title(page, made, rows):
    """What is likely, in a sentence."""
    likely = sum(chance_class(p) in LIKELY for p in rows["chance"])
    words = {"year": str(made.by), "aim": _aim(page, made)}
    if likely:
        return first_upper(page.say("provinces.title", **words, count=_count(page, likely, len(rows))))
    best = rows.loc[rows["chance"].idxmax()]
    words |= {"all": page.number(len(rows)), "best": page.chance(best["chance"]), "name": _name(page, best)}
    return page.say("provinces.title_none", **words)


def _count(page, n, of):
    """``12 of 63 provinces``, or all of them (str)."""
    key = "provinces.count_all" if n == of else "provinces.count_of"
    return page.say(key, n=page.number(n), all=page.number(of))


def _aim(page, made):
    """The aim as it stands after "to" or "có khả năng" (str)."""
    if made.target_pct is None:
        return page.say("provinces.aim_half")
    return page.say("provinces.aim_rate", value=page.percent(made.target_pct))


def _name(page, row):
    return row[f"name_{page.lang}"]


def _last_years(rows):
    """The years of the last readings known, the commonest first (str)."""
    return ", ".join(str(year) for year in rows["last_as_of"].dt.year.value_counts().index)


def _map_finding(page, made, rows):
    highest = [
        f"{_name(page, row)} ({page.percent(row['q50'], 1)})" for _, row in rows.head(NAMED).iterrows()
    ]
    return page.say(
        "provinces.map_finding",
        year=str(made.by),
        names=", ".join(highest),
        n=page.number(int((rows["q50"] < LOW_PCT).sum())),
        low=page.percent(LOW_PCT),
    )


def _maps(page, made, rows):
    tiles = load_provinces().set_index("unit")
    return [
        {
            "title": page.say(f"provinces.{name}_map", year=str(made.by), aim=_aim(page, made)),
            "svg": Markup(
                tile_map(
                    page,
                    f"provinces-{name}",
                    rows,
                    tiles,
                    numbers,
                    scale,
                    show,
                    page.say(f"provinces.{name}_legend"),
                )
            ),
        }
        for name, numbers, scale, show in (
            ("rate", rows["q50"], RATES, lambda x: page.number(x, 1)),
            ("chance", 100 * rows["chance"], CHANCES, lambda x: _brief(page, x)),
        )
    ]


def _brief(page, percent):
    """A chance as it fits a tile, its ends as those of `page.chance` (str)."""
    return "<1" if percent < 1 else ">99" if percent > 99 else page.number(percent, 0)


def _pace_finding(page, made, rows):
    """How many have to go faster than is forecast, and by how much in the middle of all."""
    missed, falling = rows["q50"] > rows["target_pct"], rows["expected_pp"] < 0
    words = {
        "count": _count(page, int(missed.sum()), len(rows)),
        "aim": _aim(page, made),
        "year": str(made.by),
    }
    ratios = (rows["required_pp"] / rows["expected_pp"].where(falling)).fillna(np.inf)
    times = ratios.where(missed, 0).median()  # who gets there as forecast need not go faster
    if not 1 < times < np.inf:
        return page.say("provinces.pace_finding", **words)
    return page.say("provinces.pace_finding_times", **words, times=page.number(times, 1))


def _later_finding(page, made):
    """How the forecast fared where a later reading is there, "" where none is."""
    later = made.later
    if later.empty:
        return ""
    below, above = (later["rate_pct"] < later["q10"]).sum(), (later["rate_pct"] > later["q90"]).sum()
    counts = {"inside": len(later) - below - above, "all": len(later), "below": below, "above": above}
    off = (later["rate_pct"] - later["q50"]).mean()
    return page.say(
        "provinces.later_finding",
        off=page.say(f"provinces.{'lower' if off < 0 else 'higher'}", points=page.points(abs(off), 1)),
        year=", ".join(map(str, sorted(set(later["as_of"].dt.year)))),
        day=page.day(made.known_by),
        **{name: page.number(int(n)) for name, n in counts.items()},
    )


def _table(page, made, rows):
    year = str(made.by)
    pasts = rows[["past_from", "past_to"]].drop_duplicates()
    last = rows["last_as_of"].dt.year.unique()
    heads = [
        (page.say("provinces.province"), False),
        (page.say("provinces.region_head"), False),
        (
            page.say("provinces.last") if len(last) > 1 else page.say("provinces.last_of", year=str(last[0])),
            True,
        ),
        (page.say("provinces.median", year=year), True),
        (page.say("provinces.interval"), True),
        (page.say("provinces.target", year=year), True),
        (page.say("provinces.past"), True),
        (page.say("provinces.expected"), True),
        (page.say("provinces.required"), True),
        (page.say("provinces.chance"), True),
    ]
    shown = []
    for row in rows.to_dict("records"):
        cells = [
            cell(_name(page, row)),
            cell(page.say(f"provinces.region.{row['region']}_short")),
            cell(
                _dated(page.number(row["last_pct"], 1), row["last_as_of"].year, last), row["last_pct"], True
            ),
            cell(page.number(row["q50"], 1), row["q50"], True),
            cell(page.range(row["q10"], row["q90"]), row["q90"] - row["q10"], True),
            cell(page.number(row["target_pct"], 1), row["target_pct"], True),
            cell(_past(page, row, pasts), None if is_missing(row["past_pp"]) else row["past_pp"], True),
            cell(page.signed(row["expected_pp"], 2), row["expected_pp"], True),
            cell(page.signed(row["required_pp"], 2), row["required_pp"], True),
            cell(page.chance(row["chance"]), row["chance"], True),
        ]
        shown.append({"cells": cells, "href": f"#{_anchor(row)}", "state": ""})
    past = "" if len(pasts) > 1 else _years(pasts.iloc[0])
    caption = page.say("provinces.table", year=year, past=past and f" ({past})")
    return listing(page, heads, shown, caption, css="sticky")


def _dated(text, when, several):
    """A cell's text, with when it is of where a column's cells are of several times (str)."""
    return f"{text} ({when})" if len(several) > 1 else text


def _past(page, row, several):
    if is_missing(row["past_pp"]):
        return MISSING
    return _dated(page.signed(row["past_pp"], 2), _years(row), several)


def _years(row):
    return "" if is_missing(row["past_from"]) else f"{row['past_from'].year}–{row['past_to'].year}"


def _anchor(row):
    return "p-" + "".join(c for c in row["name_en"].lower().replace(" ", "-") if c.isascii())


def _legend(page, made):
    marks = legend_marks()
    if made.readings["known"].all():
        del marks["later"]
    return [
        {"svg": Markup(svg), "text": page.say(f"provinces.mark_{name}", day=page.day(made.known_by))}
        for name, svg in marks.items()
    ]


def _regions(page, made):
    """The charts of each region, those of one on one scale, from the highest rate to the lowest."""
    rows = made.provinces.sort_values(["q50", "unit"], ascending=[False, True])
    for region in rows.groupby("region")["q50"].median().sort_values(ascending=False).index:
        own = rows[rows["region"] == region]
        readings = made.readings[made.readings["unit"].isin(own["unit"])]
        ahead = made.forecasts[made.forecasts["unit"].isin(own["unit"])]
        top = top_of(max(readings["rate_pct"].max(), ahead["q90"].max()))
        yield {
            "name": page.say(f"provinces.region.{region}"),
            "scale": page.say("provinces.scale", top=page.percent(top)),
            "charts": [
                {
                    "id": _anchor(row),
                    "name": _name(page, row),
                    "told": page.say(
                        "provinces.told",
                        year=str(made.by),
                        median=page.number(row["q50"], 1),
                        interval=page.range(row["q10"], row["q90"]),
                    ),
                    "svg": Markup(
                        multiple(
                            page,
                            row,
                            readings[readings["unit"] == row["unit"]],
                            ahead[ahead["unit"] == row["unit"]],
                            top,
                        )
                    ),
                }
                for row in own.to_dict("records")
            ],
        }


def _methods(page, made):
    aim = page.say("provinces.method_half") if made.target_pct is None else page.say("provinces.method_given")
    day = page.day(made.known_by)
    first = made.readings["as_of"].min()
    known = made.readings[made.readings["known"]]["as_of"].max()
    return [
        page.say("provinces.method_clock", day=day, first=str(first.year), last=str(known.year)),
        page.say("provinces.method_line"),
        page.say("provinces.method_model"),
        aim,
        page.say("provinces.method_past"),
        *([page.say("provinces.method_ha_noi")] if date(2008, 8, 1) < known.date() else []),
    ]


def _files(page):
    named = {
        name: " / ".join(f'<a href="../{name}.{end}">{name}.{end}</a>' for end in ("csv", "parquet"))
        for name in TABLES
    }
    text = rich(page.say("provinces.files", **{name: f"@{name}@" for name in TABLES}))
    for name, markup in named.items():
        text = text.replace(f"@{name}@", markup)
    return text
