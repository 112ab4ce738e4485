"""Pages from executed notebooks: one for each, and the index page assembled from their tagged cells.

Tags of cells:
 * ``report:<section>``: what the cell shows or says stands on the index page too, in the order of `SECTIONS`;
 * ``vi``, ``en``: a Markdown cell for readers of one language, left out of the other's pages;
 * ``notebook-only``: words, or what a cell shows, for those who have the notebook before them.
"""

import copy
import re
from base64 import b64decode
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from giamngheo.inputs.parameters import LANGS
from giamngheo.language import say
from giamngheo.report.html import TABLES_MIME, escape, page_html, plain, rich
from giamngheo.report.markdown import markdown_html
from giamngheo.report.wording import header, report_question

SECTIONS = (
    "answer",
    "panels",
    "picture",
    "money",
    "what_if",
    "sensitivity",
    "trust",
    "audit",
    "assumptions",
    "methods",
    "glossary",
    "limitations",
    "sources",
)
ONE_SCENARIO = "03_scenario"
FULL_PLAN = "full_plan"
FIRST_SCREEN = ("answer", "panels")
NOTEBOOK_ONLY = "notebook-only"
WORKBOOK = "tables.xlsx"  # the main tables, a sheet each
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
    """What belongs on the index page of a language, as HTML by section (dict of str to list of str)."""
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
    return [page_html(output) + _data_of(output, made, lang) for output in cell.get("outputs", [])]


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
    shown = on_index(made)
    outputs = [by_section(each, page.lang) for each in shown]
    found = {name: [html for part in outputs for html in part.get(name, [])] for name in SECTIONS}
    present = [name for name in SECTIONS if found[name]]
    parts = []
    for name in present:
        heading = escape(page.say(f"section.{name}"))
        # The answer needs no heading of its own: it stands right under the title.
        parts.append(f'<div id="{name}"></div>' if name == "answer" else f'<h2 id="{name}">{heading}</h2>')
        parts += found[name]
        if name == FIRST_SCREEN[-1]:
            parts.append(_contents([other for other in present if other not in FIRST_SCREEN], page))
    parts.append(_beside(made, shown, scenarios, page))
    question = report_question(page)
    links = [_language_link("index.html", page, depth=0)]
    return page_of(page, header(page), question, question, links, "\n".join(parts), footer, share=share)


def _contents(sections, page):
    items = "".join(
        f'<li><a href="#{name}">{escape(page.say(f"section.{name}"))}</a></li>' for name in sections
    )
    items += f'<li><a href="#pages">{escape(page.say("report.pages"))}</a></li>'
    label = escape(page.say("report.contents"))
    return f'<nav class="contents" aria-label="{label}"><p><b>{label}</b></p><ul>{items}</ul></nav>'


def _beside(made, shown, scenarios, page):
    """What lies beside the index page: a page for each notebook and scenario, and the tables behind what it shows."""
    parts = [f'<h2 id="pages">{escape(page.say("report.pages"))}</h2>']
    notebooks = {each.name: each.title for each in made if not each.name.startswith("scenario/")}
    by_kind = {
        "notebook_pages": notebooks,
        "scenario_pages": {f"scenario/{k}": v for k, v in scenarios.items()},
    }
    for key, pages in by_kind.items():
        parts.append(
            _links(page.say(f"report.{key}"), {f"{name}.html": title for name, title in pages.items()})
        )
    tables = {address: table["caption"] for each in shown for address, table in each.tables.items()}
    if tables:
        workbook = f'<p><a href="{WORKBOOK}">{escape(page.say("report.workbook"))}</a></p>'
        listed = _links(page.say("report.tables"), tables, f"{workbook}\n")
        parts.append(
            f"<details><summary>{escape(page.say('report.tables_fold'))}</summary>\n{listed}\n</details>"
        )
    return "\n".join(parts)


def _links(label, titles, first=""):
    items = "".join(f'<li><a href="{address}">{escape(title)}</a></li>' for address, title in titles.items())
    return f'<h3>{escape(label)}</h3>{first}<nav aria-label="{escape(label)}"><ul>{items}</ul></nav>'


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
    title = f"{made.title} · {getattr(page.package.labels, f'province_{page.lang}')}"
    return page_of(page, title, title, "", links, notebook_body(made, page), footer)


def notebook_body(made, page):
    """An executed notebook as the body of a page: words and outputs in full, code folded, links to the tables."""
    node, up = for_reader(made.notebook, page.lang), "../" * made.name.count("/")
    _fold_together(node)
    for cell in node.cells:
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


def page_of(page, title, description, lead, links, body, footer, share=""):
    """A page of whatever body (HTML); share: the picture of its address where that is passed on."""
    from markupsafe import Markup

    words = {"skip": page.say("report.skip"), "run": page.say("section.run")}
    return (
        template("page.html.j2").render(
            lang=page.lang,
            title=plain(title),
            description=plain(description),
            lead=Markup(rich(lead)) if lead else "",
            links=links,
            body=Markup(body),
            record=_record(footer),
            css=Markup(_css()),
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
