"""Where the figures come from: the package's documents, and the comparable series behind a prior."""

import pandas as pd

from giamngheo.report.html import table


def documents(page):
    """The documents of the package (Exhibit)."""
    frame = page.package.frame("documents")
    frame["licence_shown"] = [
        (page.lang == "vi" and row.licence_vi) or row.licence for row in page.package.documents
    ]
    columns = [
        page.text_column("title", "sources_table.title"),
        page.text_column("issuer", "sources_table.issuer"),
        page.day_column("date", "sources_table.date"),
        page.text_column("licence_shown", "sources_table.licence"),
        page.text_column("url", "sources_table.address", lambda url: url.partition("://")[2]),
    ]
    licences = ", ".join(licence["name"] for licence in page.package.descriptor.get("licenses", [])) or "–"
    note = page.say("sources_table.licence_note", licences=licences)
    return table("sources", page.say("sources_table.caption"), frame, columns, note=note, css="long")


def references(page, known):
    """The comparable series that informed a prior, by kind and source; known: frames of `known_readings` (Exhibit)."""
    rows = [
        (group, source, part["series_id"].nunique(), len(part), part["year"].min(), part["year"].max())
        for frame in known
        for (group, source), part in frame.groupby(["group", "source"], sort=False)
    ]
    frame = pd.DataFrame(rows, columns=["group", "source", "series", "readings", "first_year", "last_year"])
    columns = [
        page.text_column("group", "trust.prior", lambda group: page.say(f"reference.{group}")),
        page.text_column("source", "sources_table.source", lambda name: _source_name(name, page)),
        page.number_column("series", "trust.n_series"),
        page.number_column("readings", "sources_table.readings"),
        page.text_column(
            ("first_year", "last_year"), "sources_table.years", lambda first, last: f"{first}–{last}"
        ),
    ]
    caption = page.say("sources_table.reference_caption")
    return table("comparable-series", caption, frame, columns, css="long")


def _source_name(source, page):
    key = f"reference_source.{source}"
    return page.say(key) if page.has(key) else source
