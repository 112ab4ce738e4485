"""Pages from executed notebooks: one for each, and the index page assembled from their tagged cells."""

import copy
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from giamngheo.language import has_phrase, say
from giamngheo.report.exhibits import escape, plain, rich
from giamngheo.report.wording import Page, header, report_question

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
TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Made:
    """One executed notebook of one language: its name on the page's address, and the notebook."""

    name: str
    title: str
    notebook: object


def section_of(cell):
    """Section of a cell and whether it belongs on the index page, (None, False) where no tag says so.

    Parameters
    ----------
    cell : mapping
        A notebook's cell.

    Returns
    -------
    tuple of (str or None, bool)
    """
    for tag in cell.get("metadata", {}).get("tags", []):
        kind, _, section = tag.partition(":")
        if section and kind in ("report", "section"):
            return section, kind == "report"
    return None, False


def tagged_outputs(notebook):
    """HTML of the outputs that belong on the index page, by section.

    Parameters
    ----------
    notebook : mapping
        An executed notebook.

    Returns
    -------
    dict of str to list of str
    """
    found = {}
    for cell in notebook["cells"]:
        section, on_index = section_of(cell)
        if on_index:
            found.setdefault(section, []).extend(_html(output) for output in cell.get("outputs", []))
    return found


def _html(output):
    data = output.get("data", {})
    return data.get("text/html") or f"<pre>{escape(data.get('text/plain', output.get('text', '')))}</pre>"


def index_page(package, lang, made, scenarios, footer):
    """The index page of one language.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}
    made : sequence of Made
        Executed notebooks; of the scenarios' only the full plan's outputs are taken.
    scenarios : mapping of str to str
        Scenarios to link to, with their titles.
    footer : sequence of str
        Lines of the run record.

    Returns
    -------
    str
        HTML.
    """
    full = f"scenario/{FULL_PLAN}"
    shown = [page for page in made if not page.name.startswith("scenario/") or page.name == full]
    outputs = [tagged_outputs(page.notebook) for page in sorted(shown, key=_notebook_order)]
    found = {name: [html for part in outputs for html in part.get(name, [])] for name in SECTIONS}
    present = [name for name in SECTIONS if found[name]]
    parts = []
    for name in present:
        heading = escape(say(f"section.{name}", lang))
        # The answer needs no heading of its own: it stands right under the title.
        parts.append(f'<div id="{name}"></div>' if name == "answer" else f'<h2 id="{name}">{heading}</h2>')
        parts += found[name]
        if name == FIRST_SCREEN[-1]:
            later = [other for other in present if other not in FIRST_SCREEN]
            parts.append(_contents(later, lang))
    notebooks = {page.name: page.title for page in shown if page.name != full}
    parts.append(_other_pages(notebooks, {f"scenario/{k}": v for k, v in scenarios.items()}, lang))
    page = Page(package, lang)
    title, question = header(page), report_question(page)
    links = [_language_link("index.html", lang, depth=0)]
    return _page(lang, title, question, question, links, "\n".join(parts), footer)


def _notebook_order(page):
    return ONE_SCENARIO if page.name.startswith("scenario/") else page.name


def _contents(sections, lang):
    items = "".join(
        f'<li><a href="#{name}">{escape(say(f"section.{name}", lang))}</a></li>' for name in sections
    )
    items += f'<li><a href="#pages">{escape(say("report.pages", lang))}</a></li>'
    label = escape(say("report.contents", lang))
    return f'<nav class="contents" aria-label="{label}"><p><b>{label}</b></p><ul>{items}</ul></nav>'


def _other_pages(notebooks, scenarios, lang):
    parts = [f'<h2 id="pages">{escape(say("report.pages", lang))}</h2>']
    for key, pages in (("notebook_pages", notebooks), ("scenario_pages", scenarios)):
        label = escape(say(f"report.{key}", lang))
        items = "".join(
            f'<li><a href="{name}.html">{escape(title)}</a></li>' for name, title in pages.items()
        )
        parts.append(f'<h3>{label}</h3><nav aria-label="{label}"><ul>{items}</ul></nav>')
    return "\n".join(parts)


def _language_link(page, lang, depth):
    other = "en" if lang == "vi" else "vi"
    return {
        "href": f"{'../' * (depth + 1)}{other}/{page}",
        "text": say("report.other_language", lang),
        "lang": other,
    }


def notebook_page(package, lang, made, footer):
    """The page of one executed notebook.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}
    made : Made
    footer : sequence of str
        Lines of the run record.

    Returns
    -------
    str
        HTML.
    """
    depth = made.name.count("/")
    links = [
        {"href": "../" * depth + "index.html", "text": say("report.index_link", lang)},
        _language_link(f"{made.name}.html", lang, depth),
    ]
    title = f"{made.title} · {getattr(package.labels, f'province_{lang}')}"
    return _page(lang, title, title, "", links, notebook_body(made.notebook, lang), footer)


def notebook_body(notebook, lang):
    """An executed notebook as the body of a page: outputs in full, code folded, a heading for each section.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    lang : {"vi", "en"}

    Returns
    -------
    str
        HTML.
    """
    node = copy.deepcopy(notebook)
    current, seen = None, {}
    for cell in node.cells:
        section, _ = section_of(cell)
        if section in (None, current):
            continue
        current = section
        seen[section] = seen.get(section, 0) + 1
        text = say(f"section.{section}", lang) if has_phrase(f"section.{section}") else section
        anchor = section if seen[section] == 1 else f"{section}-{seen[section]}"
        cell.metadata["section_heading"] = {"id": anchor, "text": text}
    body, _ = _exporter().from_notebook_node(node, resources={"code_words": say("report.code", lang)})
    return body


@cache
def _exporter():
    from nbconvert.exporters import HTMLExporter

    return HTMLExporter(template_name="notebook", extra_template_basedirs=[str(TEMPLATES)])


@cache
def _page_template():
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("page.html.j2")


def _page(lang, title, description, lead, links, body, footer):
    from markupsafe import Markup

    words = {"skip": say("report.skip", lang), "run": say("section.run", lang)}
    return (
        _page_template().render(
            lang=lang,
            title=plain(title),
            description=plain(description),
            lead=Markup(rich(lead)) if lead else "",
            links=links,
            body=Markup(body),
            record=[Markup(rich(line, False)) for line in footer],
            css=Markup(_css()),
            words=words,
        )
        + "\n"
    )


@cache
def _css():
    return (TEMPLATES / "page.css").read_text(encoding="utf-8").strip()


def picture_file(notebook, name="answer-picture"):
    """A figure of an executed notebook as an SVG file of its own.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    name : str
        Id of the figure.

    Returns
    -------
    str or None
        None where the notebook has no such figure.
    """
    shown = "".join(_html(output) for cell in notebook["cells"] for output in cell.get("outputs", []))
    found = re.search(rf'<svg id="{name}-wide".*?</svg>', shown, flags=re.DOTALL)
    if found is None:
        return None
    opening = '<svg xmlns="http://www.w3.org/2000/svg" width="1008" style="background:#fff" '
    return found.group().replace("<svg ", opening, 1) + "\n"
