"""The documents of a workbook without a sheet of them: the plan by its number, and what other sheets name."""

from giamngheo import paths
from giamngheo.inputs.grammar import slug
from giamngheo.inputs.tables import TABLES, Document, read_table
from giamngheo.inputs.workbook.derived import IDS, by_name
from giamngheo.language import LANGUAGES, say


def documents_of(labels, layouts):
    """The documents that a plan's labels and tables name.

    Parameters
    ----------
    labels : Labels
    layouts : dict of str to Layout
        By table.

    Returns
    -------
    dict of int to Document
        The plan first; a legal text that the project holds as it holds it, others by the words that name them, with no
        issuer, day or licence, since none is told.
    """
    columns = {
        table: [column for column, (other, _) in model.REFERENCES.items() if other == "documents"]
        for table, model in TABLES.items()
    }
    named = dict.fromkeys(
        str(record[column].cell)
        for table, layout in layouts.items()
        for column in columns[table]
        for record in layout.records
        if column in record
    )
    held = {row.document: row for row in read_table(paths.PACKAGE / "documents.csv", Document)}
    ids, found = by_name(held.values(), "document"), {}
    own = [
        text for text in named if slug(text) == labels.main_document or slug(labels.decision) in slug(text)
    ]
    found[labels.main_document] = _document(
        labels.main_document, max(own, key=len, default=labels.decision), labels.date
    )
    for text in named:
        one = held.get(ids.get(slug(text)[:IDS])) or _document(slug(text)[:IDS], text, None)
        if text not in own and text != say("workbook.instead.licence", "vi"):
            found.setdefault(one.document, one)
    return dict(enumerate(found.values()))


def _document(name, title, day):
    words = {lang: say("workbook.instead.licence", lang) for lang in LANGUAGES}
    return Document(
        document=name,
        title=title,
        issuer=words["vi"],
        date=day,
        url=None,
        licence=words["en"],
        licence_vi=words["vi"],
        accessed=None,
    )


def told(documents):
    """What is said of documents that no sheet lists (list of str)."""
    main, *others = documents.values()
    rest = (
        f"; others by the names that the sheets give them: {', '.join(row.title for row in others)}"
        if others
        else ""
    )
    return [
        f"no sheet documents: the plan is called '{main.title}', its issuer and licence are not stated{rest}"
    ]
