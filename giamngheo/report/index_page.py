"""The index page, assembled from tagged cells of executed notebooks, and the list of all tables beside it.

Tags of cells:
 * ``report:<section>``: what the cell shows or says stands on the index page too, in the order of `SECTIONS`, the
   section's finding first; of what is left to the notebook's own page (`report.html.beside`) there is a link;
 * ``vi``, ``en``: a Markdown cell for readers of one language, left out of the other's pages;
 * ``notebook-only``: words, or what a cell shows, for those who have the notebook before them.
"""

from giamngheo.inputs.parameters import LANGS
from giamngheo.inputs.scenario import ROOT_ID
from giamngheo.language import say
from giamngheo.report.explore import what_if
from giamngheo.report.html import TABLES_MIME, escape, left_beside, page_html
from giamngheo.report.markdown import markdown_html
from giamngheo.report.pages import cell_anchor, for_reader, language_link, page_of, tags_of
from giamngheo.report.wording import header, kicker, province, report_question

FIRST_SCREEN = ("answer", "picture", "next")  # without headings: right under the title
SECTIONS = (
    *FIRST_SCREEN,
    "panels",
    "explore",
    "money",
    "what_if",
    "sensitivity",
    "trust",
    "audit",
    "assumptions",
    "methods",
    "limitations",
    "sources",
)
ONE_SCENARIO = "03_scenario"
WORKBOOK = "tables.xlsx"  # the main tables, a sheet each
TABLES = "tables.html"  # the list of the files of all tables
FINDING = '<p class="finding">'  # how the sentence begins that a section begins with


def by_section(made, lang):
    """What belongs on the index page of a language, as HTML by section, links among it (dict of str to list of str)."""
    found = {}
    for cell in for_reader(made.notebook, lang).cells:
        for tag in tags_of(cell):
            kind, _, section = tag.partition(":")
            if kind == "report":
                found.setdefault(section, []).extend(_shown(cell, made, lang))
    return found


def _shown(cell, made, lang):
    if cell["cell_type"] == "markdown":
        return [markdown_html(cell["source"])]
    shown = []
    for output in cell.get("outputs", []):
        words = left_beside(output)
        here = page_html(output, "index") + _data_of(output, made, lang)
        shown.append(_link_beside(words, cell, output, made) if words else here)
    return shown


def _link_beside(words, cell, output, made):
    """A link to a cell of a notebook's page, where something stands in full, and to the files of its tables."""
    addresses = [made.address_of(table) for table in output.get("data", {}).get(TABLES_MIME, [])]
    files = ", ".join(
        f'<a href="{address}" aria-label="{escape(words)} (CSV)">CSV</a>' for address in addresses
    )
    link = f'<a href="{made.name}.html#{cell_anchor(cell)}">{escape(words)}</a>'
    return f"{link} ({files})" if files else link


def _data_of(output, made, lang):
    """The line below a figure that links to its data (str), "" below anything else: a table shows its own."""
    tables = output.get("data", {}).get(TABLES_MIME, [])
    if not tables or not page_html(output).endswith("</figure>"):
        return ""
    links = " ".join(
        f'<a href="{made.address_of(table)}" aria-label="{escape(table["caption"])} (CSV)">CSV</a>'
        for table in tables
    )
    return f'\n<p class="files">{escape(say("report.table_files", lang))} {links}</p>'


def on_index(made):
    """The notebooks that the index page is made from, in their order: of the scenarios only the full plan's."""
    full = f"scenario/{ROOT_ID}"
    shown = [each for each in made if not each.name.startswith("scenario/") or each.name == full]
    return sorted(shown, key=lambda each: ONE_SCENARIO if each.name == full else each.name)


def index_page(page, made, scenarios, footer, share="", langs=LANGS):
    """The index page of one language (HTML): from notebooks, with links to scenarios by title and the run record.

    share: the file beside it that stands for it where its address is passed on, "" if there is none; langs: in which
    it is written.
    """
    outputs = [(each, by_section(each, page.lang)) for each in on_index(made)]
    parts, headed = [], []
    for name in SECTIONS:
        sources = [each for each, found in outputs if found.get(name)]
        if not sources:
            continue
        shown = [html for _, found in outputs for html in found.get(name, [])]
        if name in FIRST_SCREEN:
            parts += [f'<div id="{name}"></div>', *shown]
            continue
        headed.append(name)
        parts += _section(page, name, shown, sources)
    parts += _other_pages(made, scenarios, page)
    links, question = language_link("index.html", page, langs), report_question(page)
    contents = _contents([*headed, "pages"], page)
    body = "\n".join(parts)
    more = {"heading": kicker(page), "contents": contents, "script": what_if.script(), "share": share}
    return page_of(page, header(page), question, "", links, body, footer, **more)


def _section(page, name, shown, sources):
    """A section: its heading, what it found, the rest, and where it stands in full (list of str)."""
    first = [html for html in shown if html.startswith(FINDING)]
    if not first and page.has(f"finding.{name}"):
        first = [f"{FINDING}{escape(page.say(f'finding.{name}'))}</p>"]
    links = [html for html in shown if html.startswith("<a ")]
    rest = [html for html in shown if html not in (*first, *links)]
    named = [each for each in sources if f'href="{each.name}.html#' not in "".join(links)]
    links += [f'<a href="{each.name}.html">{escape(each.title)}</a>' for each in named]
    in_full = f'<p class="more">{escape(page.say("report.in_full"))} {" · ".join(links)}</p>'
    return [_heading(page, name), *first, *rest, in_full]


def _heading(page, name):
    """A heading that bears a link to itself (str)."""
    title = page.say("report.pages" if name == "pages" else f"section.{name}")
    label = escape(page.say("report.section_link", title=title))
    return f'<h2 id="{name}">{escape(title)} <a class="anchor" href="#{name}" aria-label="{label}">#</a></h2>'


def _contents(sections, page):
    titles = {name: page.say("report.pages" if name == "pages" else f"section.{name}") for name in sections}
    items = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in titles.items())
    label = escape(page.say("report.contents"))
    return (
        f'<nav class="contents" aria-label="{label}"><details><summary>{label}</summary>'
        f"<ul>{items}</ul></details></nav>"
    )


def _other_pages(made, scenarios, page):
    """What lies beside the index page: a page for each notebook and scenario, and the tables behind all of them."""
    notebooks = {f"{each.name}.html": each.title for each in made if not each.name.startswith("scenario/")}
    finding = f"{FINDING}{escape(page.say('finding.pages'))}</p>"
    return [
        _heading(page, "pages"),
        finding,
        _links(page.say("report.notebook_pages"), notebooks),
        _links(page.say("report.scenario_pages"), {f"scenario/{k}.html": v for k, v in scenarios.items()}),
        _links(
            page.say("report.tables"),
            {TABLES: page.say("report.table_list"), WORKBOOK: page.say("report.workbook")},
        ),
    ]


def tables_page(page, made, footer, langs=LANGS):
    """The page that lists the files of the tables behind all that is shown, notebook by notebook (HTML).

    langs: in which it is written.
    """
    parts = [f'<p><a href="{WORKBOOK}">{escape(page.say("report.workbook"))}</a></p>']
    for each in on_index(made):
        captions = {address: table["caption"] for address, table in each.tables.items()}
        if captions:
            parts.append(_links(each.title, captions, level=2))
    links = [
        {"href": "index.html", "text": page.say("report.index_link")},
        *language_link(TABLES, page, langs),
    ]
    title = f"{page.say('report.tables')} · {province(page)}"
    return page_of(page, title, title, "", links, "\n".join(parts), footer)


def _links(label, titles, level=3):
    items = "".join(f'<li><a href="{address}">{escape(title)}</a></li>' for address, title in titles.items())
    heading = f"<h{level}>{escape(label)}</h{level}>"
    return f'{heading}<nav aria-label="{escape(label)}"><ul>{items}</ul></nav>'
