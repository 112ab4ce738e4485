"""Pages from executed notebooks: one for each, and the index page assembled from their tagged cells.

Tags of cells:
 * ``report:<section>``: what the cell shows or says stands on the index page too, in the order of `SECTIONS`, the
   section's finding first; of what is left to the notebook's own page (`report.html.beside`) there is a link;
 * ``vi``, ``en``: a Markdown cell for readers of one language, left out of the other's pages;
 * ``notebook-only``: words, or what a cell shows, for those who have the notebook before them.
"""

import copy
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from giamngheo.inputs.parameters import LANGS
from giamngheo.language import say
from giamngheo.report.explore import what_if
from giamngheo.report.html import TABLES_MIME, escape, left_beside, page_html, plain, rich
from giamngheo.report.markdown import markdown_html
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
FULL_PLAN = "full_plan"
NOTEBOOK_ONLY = "notebook-only"
WORKBOOK = "tables.xlsx"  # the main tables, a sheet each
TABLES = "tables.html"  # the list of the files of all tables
FINDING = '<p class="finding">'  # how the sentence begins that a section begins with
SHARE, SHARE_PX, MARGIN_PX = (
    "share.png",
    (1200, 630),
    24,
)  # the picture of a link that is passed on: what most take
TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Made:
    """One executed notebook of one language: its name on the page's address, its title, and the notebook."""

    name: str
    title: str
    notebook: object

    @property
    def tables(self):
        """The tables behind its exhibits by their file's address beside the index page (dict of str to dict)."""
        stored = [
            table
            for cell in self.notebook["cells"]
            for output in cell.get("outputs", [])
            for table in output.get("data", {}).get(TABLES_MIME, [])
        ]
        found = {}
        for table in stored:
            address = self.address_of(table)
            if found.setdefault(address, table) != table:
                raise ValueError(f"{self.name}: two tables are named {table['name']!r}")
        return found

    def address_of(self, table):
        """Where a stored table's file lies, seen from the index page (str)."""
        return f"tables/{self.name}/{table['name']}.csv"


def for_reader(notebook, lang):
    """The notebook as a reader of one language has it on a page: without the other's words and what is no page's."""
    from nbconvert.preprocessors import TagRemovePreprocessor

    node = copy.deepcopy(notebook)
    for cell in node.cells:
        if cell.cell_type == "markdown" and NOTEBOOK_ONLY in tags_of(cell):
            cell.metadata["tags"] = [*tags_of(cell), *LANGS]
    others = {other for other in LANGS if other != lang}
    keep = TagRemovePreprocessor(remove_cell_tags=others, remove_all_outputs_tags={NOTEBOOK_ONLY})
    return keep.preprocess(node, {})[0]


def tags_of(cell):
    """Tags of a cell (list of str)."""
    return cell.get("metadata", {}).get("tags", [])


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
    link = f'<a href="{made.name}.html#{_anchor(cell)}">{escape(words)}</a>'
    return f"{link} ({files})" if files else link


def _anchor(cell):
    """The id of a cell's outputs on its notebook's page (str)."""
    return f"cell-{cell['id']}"


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
    full = f"scenario/{FULL_PLAN}"
    shown = [each for each in made if not each.name.startswith("scenario/") or each.name == full]
    return sorted(shown, key=lambda each: ONE_SCENARIO if each.name == full else each.name)


def index_page(page, made, scenarios, footer, share=""):
    """The index page of one language (HTML): from notebooks, with links to scenarios by title and the run record.

    share: the file beside it that stands for it where its address is passed on, "" if there is none.
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
    links, question = [_language_link("index.html", page, depth=0)], report_question(page)
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


def tables_page(page, made, footer):
    """The page that lists the files of the tables behind all that is shown, notebook by notebook (HTML)."""
    parts = [f'<p><a href="{WORKBOOK}">{escape(page.say("report.workbook"))}</a></p>']
    for each in on_index(made):
        captions = {address: table["caption"] for address, table in each.tables.items()}
        if captions:
            parts.append(_links(each.title, captions, level=2))
    links = [
        {"href": "index.html", "text": page.say("report.index_link")},
        _language_link(TABLES, page, depth=0),
    ]
    title = f"{page.say('report.tables')} · {province(page)}"
    return page_of(page, title, title, "", links, "\n".join(parts), footer)


def _links(label, titles, level=3):
    items = "".join(f'<li><a href="{address}">{escape(title)}</a></li>' for address, title in titles.items())
    heading = f"<h{level}>{escape(label)}</h{level}>"
    return f'{heading}<nav aria-label="{escape(label)}"><ul>{items}</ul></nav>'


def _language_link(address, page, depth):
    other = "en" if page.lang == "vi" else "vi"
    return {
        "href": f"{'../' * (depth + 1)}{other}/{address}",
        "text": page.say("report.other_language"),
        "lang": other,
    }


def notebook_page(page, made, footer):
    """The page of one executed notebook (HTML), with the lines of the run record."""
    depth = made.name.count("/")
    links = [
        {"href": "../" * depth + "index.html", "text": page.say("report.index_link")},
        _language_link(f"{made.name}.html", page, depth),
    ]
    title = f"{made.title} · {province(page)}"
    return page_of(page, title, title, "", links, notebook_body(made, page), footer)


def notebook_body(made, page):
    """An executed notebook as the body of a page: words and outputs in full, code folded, links to the tables."""
    node, up = for_reader(made.notebook, page.lang), "../" * made.name.count("/")
    _fold_together(node)
    for cell in node.cells:
        cell.metadata["anchor"] = _anchor(cell)
        cell.metadata["tables"] = [
            {
                "href": up + made.address_of(table),
                "text": page.say("report.table_file", caption=table["caption"]),
                "name": f"{table['name']}.csv",
            }
            for output in cell.get("outputs", [])
            for table in output.get("data", {}).get(TABLES_MIME, [])
        ]
    words = {"code_words": page.say("report.code"), "table_words": page.say("report.table_files")}
    body, _ = _exporter().from_notebook_node(node, resources=words)
    return body


def _fold_together(notebook):
    """Leave out the code cells that show nothing on a page, their code with that of the next one that does."""
    kept, before = [], []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            kept.append(cell)
            continue
        before.append(cell.source)
        if cell.outputs:
            cell.source, before = "\n\n".join(before), []
            kept.append(cell)
    notebook.cells = kept


def warm_exporter():
    """Make the exporter, which reads its templates, and let it make a page of nothing."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    cells = [new_markdown_cell("$x$"), new_code_cell("1")]
    _exporter().from_notebook_node(new_notebook(cells=cells), resources={"code_words": "", "table_words": ""})


@cache
def _exporter():
    from nbconvert.exporters import HTMLExporter

    filters = {"page_html": page_html, "markdown_html": markdown_html}
    return HTMLExporter(template_name="notebook", extra_template_basedirs=[str(TEMPLATES)], filters=filters)


@cache
def template(name):
    """A template of the pages, by its file's name."""
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template(name)


def page_of(
    page, title, description, lead, links, body, footer, heading=None, contents="", script="", share=""
):
    """A page of whatever body (HTML), its heading the title if it has none of its own, with a list of contents.

    Nothing runs in it but a script of these very letters; share: the picture of its address where that is passed on.
    """
    from markupsafe import Markup

    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    words = {"skip": page.say("report.skip"), "run": page.say("section.run")}
    return (
        template("page.html.j2").render(
            lang=page.lang,
            title=plain(title),
            kicker=heading,
            contents=Markup(contents),
            description=plain(description),
            lead=Markup(rich(lead)) if lead else "",
            links=links,
            body=Markup(body),
            record=_record(footer),
            css=Markup(_css()),
            script=Markup(f"'sha256-{digest}'" if script else "'none'"),
            words=words,
            share=share,
            share_px=SHARE_PX,
        )
        + "\n"
    )


def _record(footer):
    """The lines of the run record as markup."""
    from markupsafe import Markup

    return [Markup(rich(line, False)) for line in footer]


@cache
def _css():
    return (TEMPLATES / "page.css").read_text(encoding="utf-8").strip()


def picture_file(notebook, name="answer-picture"):
    """A figure of an executed notebook as an SVG file of its own (str), None where the notebook has no such figure."""
    shown = "".join(page_html(output) for cell in notebook["cells"] for output in cell.get("outputs", []))
    found = re.search(rf'<svg id="{name}-wide".*?</svg>', shown, flags=re.DOTALL)
    if found is None:
        return None
    opening = '<svg xmlns="http://www.w3.org/2000/svg" width="1008" style="background:#fff" '
    return found.group().replace("<svg ", opening, 1) + "\n"


def share_picture(notebook, name="answer-picture"):
    """A figure of an executed notebook as a PNG of the size that links are shown with (bytes), None without one."""
    from PIL import Image, ImageOps

    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        if f'id="{name}-wide"' in page_html(output) and "image/png" in output.get("data", {}):
            with Image.open(BytesIO(b64decode(output["data"]["image/png"]))) as drawn:
                room = [side - 2 * MARGIN_PX for side in SHARE_PX]
                small = ImageOps.contain(drawn.convert("RGB"), room, Image.Resampling.LANCZOS)
            sheet, buffer = Image.new("RGB", SHARE_PX, "white"), BytesIO()
            sheet.paste(
                small, tuple((side - own) // 2 for side, own in zip(SHARE_PX, small.size, strict=True))
            )
            sheet.quantize(64, method=Image.Quantize.FASTOCTREE).save(buffer, "PNG", compress_level=9)
            return buffer.getvalue()
    return None
