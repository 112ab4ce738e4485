"""The spreadsheet: numbers as numbers, text as text whatever it says, the same bytes each time."""

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from giamngheo.report.columns import DAY, Column, Table
from giamngheo.report.spreadsheet import Sheet, sheet_name, sheets, workbook
from giamngheo.report.wording import Page

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\"quoted\" 'twice'",
    "\u202eabc\u202c", "https://example.org", "{=1}", "dài " * 75,
]  # fmt: skip


def made(texts):
    frame = pd.DataFrame(
        {"text": texts, "as_of": date(2012, 12, 31), "money_bn_vnd": [0.5 + n for n in range(len(texts))]}
    )
    columns = (
        Column("text", "Tên"),
        Column("as_of", "Ngày", number_format=DAY),
        Column("money_bn_vnd", "Tỷ đồng"),
    )
    return Table("t", texts[0], frame, columns).as_json()


def test_text_stays_text_and_numbers_are_numbers():
    book = openpyxl.load_workbook(
        io.BytesIO(workbook([Sheet("Tên", HOSTILE[0], made(HOSTILE))], HOSTILE[0], HOSTILE, "0"))
    )
    sheet = book["Tên"]
    assert [cell.value for cell in sheet[3]] == ["Tên", "Ngày", "Tỷ đồng"]
    for row, text in enumerate(HOSTILE, start=4):
        name, day, money = sheet[row]
        assert (name.value, name.data_type, name.hyperlink) == (text, "s", None)
        assert day.value.date() == date(2012, 12, 31) and day.number_format == DAY
        assert (money.value, money.data_type) == (0.5 + row - 4, "n")
    told = [cell for each in book for row in each.iter_rows() for cell in row if cell.value in HOSTILE]
    assert len(told) == 2 * len(HOSTILE) + 4 and {cell.data_type for cell in told} == {"s"}


def test_the_same_tables_give_the_same_bytes():
    assert len({workbook([Sheet("a", "", made(["x"]))], "t", [], "0") for _ in range(2)}) == 1


def test_a_sheet_has_a_name_that_a_spreadsheet_bears():
    taken = set()
    names = [
        sheet_name(name, taken) for name in ("a/b:[c]*?\\", "A/B", "a b", "dài " * 75, "dài " * 75, "''", "")
    ]
    assert names == [
        "a b  c",
        "A B",
        "a b-2",
        "dài dài dài dài dài dài dài dài",
        "dài dài dài dài dài dài dài-2",
        "-",
        "--2",
    ]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_given_needs_no_notebook_and_adds_up(package, lang):
    (budget,) = sheets(Page(package, lang), {})
    place = [column["name"] for column in budget.stored["columns"]].index("planned_bn_vnd")
    assert sum(row[place] for row in budget.stored["rows"]) == pytest.approx(
        float(package.total_bn()), abs=0.02
    )  # the means are printed to two decimals
