"""Pages: outputs in their sections, code folded, headings, links to the tables behind them."""

import copy
import re

import nbformat
import pytest

from giamngheo import paths
from giamngheo.inputs.parameters import LANGS
from giamngheo.language import phrases
from giamngheo.report import index_page, pages
from giamngheo.report.html import TABLES_MIME, Exhibit, Picture, beside, folded, left_beside, page_html
from giamngheo.report.wording import Page

STORED = {"name": "pace", "caption": "Pace & more", "columns": [{"name": "a", "head": "A"}], "rows": [[1]]}


def cell(tags, html="<p>x</p>", source="x", tables=()):
    """An executed cell that shows a piece of page."""
    data = {"text/html": html, "text/plain": "x"} | ({TABLES_MIME: tables} if tables else {})
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    return nbformat.v4.new_code_cell(source, outputs=[output], metadata={"tags": tags}, execution_count=1)


def markdown(text, *tags):
    """A Markdown cell with its tags."""
    return nbformat.v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def test_outputs_are_taken_by_their_tags():
    notebook = nbformat.v4.new_notebook(
        cells=[
            markdown("# x", "notebook-only"),
            cell(["report:money"], "<p>a</p>"),
            cell([], "<p>c</p>"),
            markdown("$x$ là", "vi", "report:money"),
            markdown("$x$ is", "en", "report:money"),
            cell(["report:money"], "<p>d</p>"),
            cell(["report:audit"], "<p>e</p>"),
            cell(["report:audit", "notebook-only"], "<p>f</p>"),
        ]
    )
    x = '<p><math display="inline"><mrow><mi>x</mi></mrow></math> '
    for lang, word in (("vi", "là"), ("en", "is")):
        found = index_page.by_section(pages.Made("01_data", "Data", notebook), lang)
        assert found == {"money": ["<p>a</p>", f"{x}{word}</p>\n", "<p>d</p>"], "audit": ["<p>e</p>"]}


def test_what_is_left_beside_is_a_link_to_where_it_stands_and_to_its_files(package):
    left = cell(["report:money"], "<details>x</details>", tables=[STORED])
    left.outputs[0].metadata["giamngheo"] = {"page": "<details>x</details>", "beside": "Pace & more"}
    notebook = nbformat.v4.new_notebook(cells=[cell(["report:money"], "<p>a</p>"), left])
    made = pages.Made("01_data", "Data", notebook)
    plain, link = index_page.by_section(made, "en")["money"]
    assert plain == "<p>a</p>"
    assert f'<a href="01_data.html#cell-{left.id}">Pace &amp; more</a>' in link
    assert 'href="tables/01_data/pace.csv"' in link and 'aria-label="Pace &amp; more (CSV)"' in link
    assert f'<div id="cell-{left.id}">' in pages.notebook_body(made, Page(package, "en"))


def test_an_exhibit_left_beside_shows_itself_on_its_notebook_s_page():
    shown = beside(Exhibit("Rates, %: median (80 %)", "<p>x</p>", "x"))
    ((data, metadata),) = shown.outputs()
    assert page_html({"data": data, "metadata": metadata}) == "<p>x</p>"
    assert left_beside({"metadata": metadata}) == "Rates, %"
    assert left_beside({"metadata": folded("All of it", shown).outputs()[0][1]}) == "All of it"


def test_a_figure_left_beside_is_a_link_on_the_index_page_too():
    shown = beside(Exhibit("Six rivals: they agree", "<figure></figure>", "x", picture=Picture("", 1, ())))
    (_, caption), (_, metadata) = shown.outputs()
    assert (left_beside({"metadata": caption}), left_beside({"metadata": metadata})) == ("", "Six rivals")
    assert page_html({"metadata": metadata}) == "<figure></figure>"


def test_a_section_begins_with_its_finding_and_links_to_where_it_stands_in_full(package):
    cells = [cell(["report:money"], "<p>a</p>"), cell(["report:money"], '<p class="finding">b</p>')]
    made = [pages.Made("01_data", "Data", nbformat.v4.new_notebook(cells=cells))]
    html = index_page.index_page(Page(package, "en"), made, {}, [])
    section = html[html.index('<h2 id="money">') : html.index('<h2 id="pages">')]
    assert re.search(r'#</a></h2>\s*<p class="finding">b</p>\s*<p>a</p>', section)
    assert 'class="anchor" href="#money"' in section and '<a href="01_data.html">Data</a>' in section
    assert '<nav class="contents"' in html and 'href="#money"' in html[: html.index("<main")]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_notebook_becomes_a_page_with_its_code_folded(package, lang):
    notebook = nbformat.v4.new_notebook(
        cells=[
            markdown("# not shown", "notebook-only", lang),
            markdown("## Một *chữ*", "vi"),
            markdown("## A *word*", "en"),
            markdown("$$a < b$$"),
            cell(["report:money"], "<p>a</p>", "1 < 2  # <b>"),
            cell([], "<p>b</p>"),
            cell(["notebook-only"], "<p>c</p>", "frame"),
            markdown("after"),
            cell([], "<p>d</p>", "draw(frame)"),
        ]
    )
    before = copy.deepcopy(notebook)
    html = pages.notebook_body(pages.Made("02_trend", "Trend", notebook), Page(package, lang))
    assert notebook == before
    assert "not shown" not in html and "<p>c</p>" not in html
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html) == [
        {"vi": "Một <em>chữ</em>", "en": "A <em>word</em>"}[lang]
    ]
    assert (
        re.search('<span [^>]*class="formula"[^>]*><math display="block">', html)
        and "http" not in html
        and "$" not in html
    )
    assert "1 &lt; 2  # &lt;b&gt;" in html and html.count('<details class="code">') == 3
    assert (
        "<code>frame\n\ndraw(frame)</code></pre>" in html
    )  # what shows nothing here is with what it leads to
    assert html.index("<p>a</p>") < html.index("1 &lt; 2") < html.index("<p>b</p>")


def test_a_page_is_what_nbconvert_would_write():
    from bs4 import BeautifulSoup
    from nbconvert.exporters import HTMLExporter

    notebook = nbformat.read(paths.NOTEBOOKS / "03_scenario.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.metadata["anchor"] = cell["id"]
    words = {"code_words": "Code & more", "table_words": "Tables"}
    theirs = HTMLExporter.from_notebook_node(pages._exporter(), notebook, resources=words)[0]
    assert str(BeautifulSoup(pages._rendered(notebook, words), "html.parser")) == theirs


def test_a_page_links_to_the_tables_behind_its_exhibits(package):
    notebook = nbformat.v4.new_notebook(cells=[cell(["report:trust"], tables=[STORED])])
    for name, address in (
        ("02_trend", "tables/02_trend/pace.csv"),
        ("scenario/x", "../tables/scenario/x/pace.csv"),
    ):
        made = pages.Made(name, "Trend", notebook)
        html = pages.notebook_body(made, Page(package, "en"))
        assert f'<a href="{address}" title="Data of: Pace &amp; more">pace.csv</a>' in html
        assert made.tables == {address.removeprefix("../"): STORED}


def test_two_tables_of_one_name_are_refused():
    other = STORED | {"rows": [[2]]}
    twice = nbformat.v4.new_notebook(cells=[cell([], tables=[STORED]), cell([], tables=[other])])
    with pytest.raises(ValueError, match="pace"):
        _ = pages.Made("02_trend", "Trend", twice).tables


def test_a_notebook_without_the_picture_has_none():
    assert pages.share_picture(nbformat.v4.new_notebook(cells=[cell(["report:money"])])) is None


def test_every_section_has_a_heading_and_no_other_is_named():
    named = {key for key in phrases() if key.startswith("section.")}
    headed = [name for name in index_page.SECTIONS if name not in index_page.FIRST_SCREEN]
    assert named == {f"section.{name}" for name in (*headed, "run")}


def test_every_tag_of_the_notebooks_is_known():
    for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        for part in nbformat.read(path, as_version=4).cells:
            for tag in pages.tags_of(part):
                kind, _, section = tag.partition(":")
                plain = tag in (*LANGS, pages.NOTEBOOK_ONLY, "parameters")
                assert plain or (kind == "report" and section in index_page.SECTIONS), tag
