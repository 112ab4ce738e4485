"""What a cell shows: escaped, kept together, whole, and with its frame."""

from base64 import b64decode
from io import BytesIO

import pandas as pd
import pytest
from helpers import assert_clean
from PIL import Image

from giamngheo import paths
from giamngheo.report import html
from giamngheo.report.columns import Column
from giamngheo.report.figure_style import PIXELS, Sizes, figure_exhibit


def test_phrases_are_escaped_but_for_four_tags():
    assert html.rich("<script>x</script> <b>1</b> a < 2") == (
        "&lt;script&gt;x&lt;/script&gt; <b>1</b> a &lt; 2"
    )
    assert html.rich("<b onclick='x'>") == "&lt;b onclick=&#x27;x&#x27;&gt;"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("là <b>8 %</b> (x)", '<b><span class="n">8 %</span></b>'),
        ("dưới < 2 % hộ", '<span class="n">&lt; 2 %</span>'),
        ("2.155 tỷ đồng", '<span class="n">2.155 tỷ đồng</span>'),
        ("230–350 tỷ đồng", '<span class="n">230–350 tỷ đồng</span>'),
        ("13.15 % poor", '<span class="n">13.15 %</span>'),
    ],
)
def test_a_number_and_its_unit_stay_on_one_line(text, kept):
    assert kept in html.rich(text)


def test_a_table_names_rows_columns_and_itself():
    frame = pd.DataFrame({"line": ["credit", "all"], "value": [600, 2155], "hidden": [1, None]})
    made = html.table(
        "money",
        "A <b>caption</b>",
        frame,
        [Column("line", "Line", numeric=False), Column("value", "Value", lambda x: f"{x:,}")],
        note="in billions",
        shades={(0, 1): 1.0},
        foot=1,
    )
    assert made.table.equals(frame.head(1)) and made.tables[0].name == "money"  # a total is no datum
    whole = assert_clean(made.html)
    scopes = [attrs.get("scope") for tag, attrs in whole.tags if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]
    assert "<caption><span>A <b>caption</b></span></caption>" in made.html and "<tfoot>" in made.html
    assert "background:#9cc9ec" in made.html
    assert made.text.splitlines() == [
        "A caption",
        "Line    Value",
        "credit    600",
        "all     2,155",
        "in billions",
    ]


def test_a_wide_table_carries_its_heads_for_a_phone_and_a_column_without_one_has_no_empty_head():
    names = ["", 'it\'s "x" <b>\\</b>; } c', "c", "d", "e"]
    frame = pd.DataFrame([range(5)], columns=list("abcde"))
    columns = [Column(key, head) for key, head in zip("abcde", names, strict=True)]
    made = html.table("t", "Caption", frame, columns, css="x")
    assert_clean(made.html)
    assert "<thead><tr><td></td><th " in made.html
    ((_, attrs),) = [each for each in assert_clean(made.html).tags if each[0] == "table"]
    style = "--h2:'it\\27 s \\22 x\\22  \\5c \\3b  \\7d  c';--h3:'c';--h4:'d';--h5:'e'"
    assert attrs == {"class": "rows x", "style": style}
    assert ' class="rows x">' in made.outputs()[0][0]["text/html"], "a notebook has no use for them"
    few = html.table("t", "Caption", frame, columns[:4])
    assert "<table>" in few.html


def test_an_exhibit_shows_as_page_and_as_rounded_text():
    (shown,) = html.prose("một <b>hai</b>", css="answer").outputs()
    assert shown == ({"text/html": '<p class="answer">một <b>hai</b></p>', "text/plain": "một hai"}, {})


def test_what_needs_the_style_sheet_is_plain_in_a_notebook_and_whole_on_a_page():
    ((data, metadata),) = html.Exhibit("", "<div>grid</div>", "grid", notebook_html="<p>grid</p>").outputs()
    assert data["text/html"] == "<p>grid</p>"
    assert html.page_html({"data": data, "metadata": metadata}) == "<div>grid</div>"


def test_a_figure_is_a_picture_of_its_own_in_a_notebook_and_sharp_on_a_page():
    """Markup of SVG is stripped where a notebook is not trusted; beside text/html no viewer takes the picture."""

    def draw(figure, narrow):
        figure.subplots().set_title("phone" if narrow else "wide")

    frame = pd.DataFrame({"x": [1]})
    figure = figure_exhibit("f", "Title", "How to read it.", "What it shows", draw, Sizes(2, 2), frame)
    whole = html.stack(html.prose("before"), figure, html.prose("after"))
    data, metadata = zip(*whole.outputs(), strict=True)
    assert ["image/png" in each for each in data] == [False, False, True, False]
    assert "text/html" not in data[2] and not any("<svg" in each.get("text/html", "") for each in data)
    with Image.open(BytesIO(b64decode(data[2]["image/png"]))) as picture:
        assert picture.width == PIXELS * metadata[2]["image/png"]["width"] > metadata[2]["image/png"]["width"]
    assert "wide" in data[2][html.LABELS_MIME] and data[2][html.TABLES_MIME][0]["rows"] == [[1]]
    assert data[1]["text/html"] == "<p><b>Title</b> How to read it.</p>"
    on_page = "".join(html.page_html({"data": d, "metadata": m}) for d, m in whole.outputs())
    assert on_page.count("How to read it.") == 1 and on_page.count("<svg") == 2
    assert on_page == whole.html.replace("\n<figure", "<figure").replace("</figure>\n", "</figure>")


@pytest.mark.parametrize("place", ["page", "notebook"])
def test_a_figure_is_drawn_for_where_it_is_seen_and_looks_the_same(monkeypatch, place):
    def draw(figure, narrow):
        figure.subplots(2).flat[0].set_ylabel("one label\nof two lines")

    def shown():
        return figure_exhibit("f", "Title", "", "What it shows", draw, Sizes(2, 2)).outputs()

    monkeypatch.delenv(paths.SHOWN_FOR, raising=False)
    whole = shown()
    monkeypatch.setenv(paths.SHOWN_FOR, place)
    alone = shown()
    pages = ["".join(html.page_html({"data": d, "metadata": m}) for d, m in each) for each in (whole, alone)]
    pictures = [[d["image/png"] for d, _ in each if "image/png" in d] for each in (whole, alone)]
    if place == "page":
        assert pages[1] == pages[0] and len(pictures[0]) == 1 and not pictures[1]
    else:
        assert pictures[1] == pictures[0] and "<svg" in pages[0] and "<svg" not in pages[1]


def test_a_figure_of_someone_s_own_stands_on_a_page():
    markup = html.page_html({"data": {"image/png": "AA\n==", "text/plain": "<Axes: x>"}})
    assert markup == '<img src="data:image/png;base64,AA==" alt="&lt;Axes: x&gt;">'


@pytest.mark.parametrize("depth", [0, 0.5, 1, 7])
def test_shades_leave_black_text_readable(depth):
    colour = html.shade_colour(depth)
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert (light + 0.05) / (0.0103 + 0.05) > 7
