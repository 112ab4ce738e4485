"""Where the figures come from: the package's documents, and the comparable series behind a prior."""

from giamngheo.forecasting.reference_series import load_table
from giamngheo.report.html import beside, table


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
    return beside(table("sources", page.say("sources_table.caption"), frame, columns, note=note, css="long"))


def references(page, known):
    """The comparable series that informed a prior, by kind and source; known: as of `known_readings` (Exhibit)."""
    frame = known.groupby(["group", "source"], sort=False, as_index=False).agg(
        series=("series_id", "nunique"),
        readings=("year", "size"),
        first_year=("year", "min"),
        last_year=("year", "max"),
    )
    names = load_table("sources").set_index("source")[f"name_{page.lang}"]
    frame["name"] = frame["source"].map(names)
    columns = [
        page.text_column("group", "trust.prior", lambda group: page.say(f"reference.{group}")),
        page.text_column("name", "sources_table.source"),
        page.number_column("series", "trust.n_series"),
        page.number_column("readings", "sources_table.readings"),
        page.text_column(
            ("first_year", "last_year"), "sources_table.years", lambda first, last: f"{first}–{last}"
        ),
    ]
    caption = page.say("sources_table.reference_caption")
    return table("comparable-series", caption, frame, columns, css="long")
