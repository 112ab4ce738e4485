"""A page that lists many things in one table, which sorts and filters with scripts and is readable without."""

from functools import cache

from markupsafe import Markup

from giamngheo.report.columns import MISSING
from giamngheo.report.html import head_style
from giamngheo.report.pages import TEMPLATES, template
from giamngheo.simulation.outcomes import CASES


def listing(page, heads, rows, caption, css="rows", **more):
    """The body of a page that lists (HTML).

    Parameters
    ----------
    page : Page
    heads : sequence of (str, bool) or (str, bool, str)
        Head of each column, whether it holds numbers, and what is told of it where one points at it.
    rows : sequence of dict
        cells: as of `cell`; href: where the first one leads, "" for nowhere; state: one of the states, "" if there are
        none.
    caption : str
    css : str
        Class of the table: "rows" stand one below the other on a phone, each cell after its head.
    more
        files, cut, failures: what else the template tells; states: key to name, to choose from.
    """
    words = {
        key: page.say(f"batch.{key}")
        for key in ("filter", "any_state", "state", "sort", "failures", "to_go_on")
    }
    return template("listing.html.j2").render(
        heads=[{"text": text, "numeric": numeric, "told": "".join(told)} for text, numeric, *told in heads],
        stacked=Markup(head_style(text for text, *_ in heads)),
        rows=rows,
        caption=caption,
        css=css,
        words=words,
        script=Markup(listing_script()),
        **more,
    )


@cache
def listing_script():
    """What sorts and filters, to be allowed by the page that the list stands in (str)."""
    return "\n" + (TEMPLATES / "listing.js").read_text(encoding="utf-8").strip() + "\n"


def cell(text, value=None, numeric=False, links=()):
    """A cell: its text, the number by which it is sorted if not by the text, links after the text (dict)."""
    return {"text": text, "value": value, "numeric": numeric, "links": links}


def chances_cell(page, by_case, before=""):
    """Both cases' chances in one cell, sorted by the first; by_case: pairs of case and chance; before: words before."""
    order = list(CASES.values())
    by_case = sorted(
        (pair for pair in by_case if pair[1] is not None),
        key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order),
    )
    if not by_case:
        return cell(MISSING, numeric=True)
    return cell(before + " / ".join(page.chance(p) for _, p in by_case), by_case[0][1], numeric=True)
