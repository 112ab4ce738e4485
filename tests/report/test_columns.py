"""Columns: one specification gives the page, the text, the CSV and the spreadsheet."""

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from helpers import rows_of

from giamngheo.report.columns import MOST_PADDED, Column, Table, aligned, plain_value, to_csv
from giamngheo.report.html import table
from giamngheo.report.wording import Page

FRAME = pd.DataFrame(
    {
        "as_of": [date(2010, 12, 31), date(2011, 12, 31)],
        "rate_pct": [9.284, None],
        "low": [0.1, 0.25],
        "high": [0.3, 0.5],
        "what": ["=1+1", "đất"],
    }
)


@pytest.fixture
def shown(package):
    page = Page(package, "vi")
    columns = [
        page.day_column("as_of", "readings.as_of"),
        page.number_column("rate_pct", "%", 1),
        page.column(("low", "high"), "80 %", lambda low, high: f"{page.chance(low)} – {page.chance(high)}"),
        page.text_column("what", "What"),
    ]
    return table("falls", "A <b>caption</b>", FRAME, columns)


def test_cells_are_written_as_the_language_writes_them(shown):
    assert rows_of(shown.tables[0]) == [
        ["31/12/2010", "9,3", "10 % – 30 %", "=1+1"],
        ["31/12/2011", "–", "25 % – 50 %", "đất"],
    ]
    assert '<td class="r">9,3</td>' in shown.html and "31/12/2010" in shown.text
    assert shown.table.equals(FRAME) and shown.title == "A caption"


def test_columns_of_plain_text_stand_below_each_other_unless_a_cell_is_very_long():
    columns = [Column("a", "A", numeric=False), Column("b", "B")]
    assert aligned([["A", "B"], ["xx", "1"], ["x", "12"]], columns).split("\n") == [
        "A    B",
        "xx   1",
        "x   12",
    ]
    short, long = aligned([["x", "1"], ["x" * 300, "2"]], columns).split("\n")
    assert long == "x" * 300 + "  2" and short == "x".ljust(MOST_PADDED) + "  1"


def test_the_files_hold_the_frame_itself(shown):
    stored = shown.tables[0].as_json()
    text = to_csv(stored)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0] == {
        "as_of": "2010-12-31",
        "rate_pct": "9.284",
        "low": "0.1",
        "high": "0.3",
        "what": "=1+1",
    }
    assert rows[1]["rate_pct"] == ""


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (0.1 + 0.2, 0.3),
        (58543.0, 58543),
        (2155.004, 2155),
        (1234567.891, 1234567.89),
        (Fraction(1, 3), 0.333333),
        (Decimal("13.15"), 13.15),
        (True, True),
        (float("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (pd.Timestamp("2011-12-31"), "2011-12-31"),
        ("x", "x"),
    ],
)
def test_values_are_kept_plain(value, kept):
    assert plain_value(value) == kept and type(plain_value(value)) is type(kept)


def test_a_name_that_is_no_file_s_is_refused():
    with pytest.raises(ValueError, match="small letters"):
        Table("a b", "", FRAME, (Column("low", "Low"),))
