"""All that a plan's text lets one propose."""

from datetime import date

from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.extraction.about import labels
from giamngheo.inputs.extraction.budget import budget
from giamngheo.inputs.extraction.duties import agencies, measures
from giamngheo.inputs.extraction.lines import lines_and_documents
from giamngheo.inputs.extraction.reading_tables import readings_of_tables
from giamngheo.inputs.extraction.readings import is_promised, readings, said_once
from giamngheo.inputs.extraction.sections import sections
from giamngheo.inputs.extraction.targets import targets
from giamngheo.inputs.extraction.text import Text, read_decision
from giamngheo.inputs.tables import TABLES


def propose(text: Text):
    """Proposed rows for every table of a package, in the order of the tables, what it is about first.

    Parameters
    ----------
    text : Text

    Returns
    -------
    list of Proposal
    """
    about = labels(text)
    first, last = int(about.cells["first_year"]), int(about.cells["last_year"])
    unknown = "date" in about.doubts
    published = date(first, 12, 31) if unknown else date.fromisoformat(about.cells["date"])
    years = None if about.doubts.get("last_year") == "not_found" else last - first + 1
    tabled = readings_of_tables(text)
    late = [each for each in tabled if is_promised(*each, published)]
    read = readings(text, published, tabled)
    known = lines_and_documents(text, read, about)
    lines = budget(text, sections(text), years)
    found = [
        *said_once(read),
        *targets(text, last if years else None, late, years == 1, published),
        *(line.proposal for line in lines),
    ]
    found += [*measures(text, lines, read), *agencies(text, lines)]
    found += known
    _doubt_places(text, found)
    order = {table: n for n, table in enumerate(TABLES)}
    return [about, *sorted(found, key=lambda each: order[each.table])]


def _doubt_places(text, found):
    """Rows of a place whose numbering was not understood."""
    unsure = {place for each in text.paragraphs if not each.sure for place in (each.locator, each.section)}
    for each in found:
        if each.cells.get("locator") in unsure:
            each.doubts.setdefault("locator", "place")


def propose_from(path):
    """The text of a file and what it lets one propose.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    tuple of (Text, list of Proposal)

    Raises
    ------
    RefusedInput
        No Vietnamese text, or no plan: neither a reading, nor a promised level, nor a budget line.
    """
    text = read_decision(path)
    if "nghèo" in text.folded:
        found = propose(text)
        if any(each.table in ("poverty", "budget") or each.cells.get("status") for each in found):
            return text, found
    raise RefusedInput(
        f"{shown(path)}: no plan against poverty: no reading of poor households (“hộ nghèo … %”), no target and no "
        "budget line was found; give the plan's whole text, or type its figures into giamngheo new-package"
    )
