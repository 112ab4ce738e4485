"""The spreadsheet: numbers as numbers, text as text whatever it says, the same bytes each time."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from giamngheo.inputs.tables import SOURCES
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
    planned = budget_of(Page(package, lang))["planned_bn_vnd"]
    assert planned.sum() == pytest.approx(float(package.total_bn()), abs=1e-4)  # as stored


def budget_of(page):
    """The sheet of the budget, the only one that needs no notebook (DataFrame)."""
    (budget,) = sheets(page, {})
    return pd.DataFrame(
        budget.stored["rows"], columns=[column["name"] for column in budget.stored["columns"]]
    )


def test_a_line_without_sources_is_told_as_such(package):
    """Case: a plan of totals alone gave a sheet that summed to nothing."""
    nothing = dict.fromkeys(SOURCES, Decimal(0))
    first, *others = package.budget_lines
    bare = replace(package, budget_lines=(first.model_copy(update=nothing), *others))
    found = budget_of(Page(bare, "en"))
    own = found[found["line"] == first.name_en]
    assert set(own["source"]) == {"source not stated"} and len(own) == len(package.years)
    assert own["planned_bn_vnd"].sum() == pytest.approx(float(first.total_3y))
    assert found["planned_bn_vnd"].sum() == pytest.approx(float(package.total_bn()))


def test_a_fault_in_a_sheet_is_not_a_sheet_less(package):
    """Case: a KeyError of any kind, such as a phrase that is missing, let the sheet vanish."""
    readings = Table(
        "readings", "", pd.DataFrame({"group": ["all"], "locator": ["preamble 4"]}), ()
    ).as_json()
    with pytest.raises(KeyError, match="status"):
        sheets(Page(package, "en"), {("01_data", "readings"): readings})


@pytest.mark.parametrize(("several", "said"), [(True, "“Both” the rate"), (False, "")])
def test_the_sheet_of_chances_says_what_the_rate_of_all_targets_is(package, several, said):
    targets = [t for t in package.targets if several or t.status == "poor"]
    rows = [("poor_2015", "new", "chance", 0.1), ("both", "new", "chance", 0.1)]
    frame = pd.DataFrame(rows, columns=["target", "case", "measure", "value"])
    others = ("median_pct", "q10_pct", "q90_pct", "households_above", "break_even")
    frame = pd.concat([frame, *(frame.assign(measure=name) for name in others)])
    page = Page(replace(package, targets=tuple(targets)), "en")
    chances, _ = sheets(page, {("00_start_here", "panels"): Table("panels", "", frame).as_json()})
    assert said in chances.source and several == ("together" in chances.source)
