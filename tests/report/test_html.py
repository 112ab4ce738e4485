"""What a cell shows: escaped, kept together, whole, and with its frame."""

import pandas as pd
import pytest
from helpers import assert_clean

from giamngheo.report import html
from giamngheo.report.columns import Column


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


def test_an_exhibit_shows_as_page_and_as_rounded_text():
    bundle = html.prose("một <b>hai</b>", css="answer")._repr_mimebundle_()
    assert bundle == {"text/html": '<p class="answer">một <b>hai</b></p>', "text/plain": "một hai"}


@pytest.mark.parametrize("depth", [0, 0.5, 1, 7])
def test_shades_leave_black_text_readable(depth):
    colour = html.shade_colour(depth)
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert (light + 0.05) / (0.0103 + 0.05) > 7
