"""Pages from executed notebooks: one for each, what they have in common with every other page, and their pictures."""

import copy
import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from giamngheo.inputs.parameters import LANGS
from giamngheo.report.html import TABLES_MIME, escape, page_html, plain, rich
from giamngheo.report.markdown import markdown_html
from giamngheo.report.wording import province

NOTEBOOK_ONLY = "notebook-only"
SHARE, SHARE_PX, MARGIN_PX = "share.png", (1200, 630), 24  # the picture of a link that is passed on
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


def cell_anchor(cell):
    """The id of a cell's outputs on its notebook's page (str)."""
    return f"cell-{cell['id']}"


def language_link(address, page, langs):
    """The link to the same page in the other language, if it is among those that it is written in (list of dict)."""
    up = "../" * (address.count("/") + 1)
    text = page.say("report.other_language")
    return [
        {"href": f"{up}{other}/{address}", "text": text, "lang": other}
        for other in langs
        if other != page.lang
    ]


def with_language_link(text, address, page, langs):
    """A page that was written before the same in the other language, as it is with the link to that one (HTML)."""
    for link in language_link(address, page, langs):
        words = f'<a href="{link["href"]}" lang="{link["lang"]}" hreflang="{link["lang"]}">{escape(link["text"])}</a>'
        if words not in text:
            text = text.replace("</p>\n<h1", f"{words}</p>\n<h1", 1)  # the last of the links at the top
    return text


def notebook_page(page, made, footer, langs=LANGS):
    """The page of one executed notebook (HTML), with the lines of the run record; langs: in which it is written."""
    index = {"href": "../" * made.name.count("/") + "index.html", "text": page.say("report.index_link")}
    links = [index, *language_link(f"{made.name}.html", page, langs)]
    title = f"{made.title} · {province(page)}"
    return page_of(page, title, title, "", links, notebook_body(made, page), footer)


def notebook_body(made, page):
    """An executed notebook as the body of a page: words and outputs in full, code folded, links to the tables."""
    node, up = for_reader(made.notebook, page.lang), "../" * made.name.count("/")
    _fold_together(node)
    for cell in node.cells:
        cell.metadata["anchor"] = cell_anchor(cell)
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
    return _rendered(node, words)


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
    _rendered(new_notebook(cells=cells), {"code_words": "", "table_words": ""})


def _rendered(notebook, words):
    """A notebook by our template; nbconvert's own way parses the page again to name pictures and lend cells focus."""
    from nbconvert.exporters import TemplateExporter

    return TemplateExporter.from_notebook_node(_exporter(), notebook, resources=words)[0]


@cache
def _exporter():
    from nbconvert.exporters import HTMLExporter

    class Exporter(HTMLExporter):
        """Takes the notebook as it is: `for_reader` did what there is to do, on a copy."""

        def _preprocess(self, nb, resources):
            return nb, resources

    filters = {"page_html": page_html, "markdown_html": markdown_html}
    return Exporter(
        template_name="notebook",
        extra_template_basedirs=[str(TEMPLATES)],
        filters=filters,
        default_preprocessors=[],
    )


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


def share_picture(notebook):
    """A figure of an executed notebook as a PNG of the size that links are shown with (bytes), None without one."""
    from PIL import Image, ImageOps

    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        if 'id="answer-picture-wide"' in page_html(output) and "image/png" in output.get("data", {}):
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
