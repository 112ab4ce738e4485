"""Packages made at the command line: from a spreadsheet, as one, and what is said of a bad one."""

import json
import re

import openpyxl
import pytest

from giamngheo import load_package, paths


def test_a_spreadsheet_is_handed_out_asked_about_and_becomes_a_package(command, tmp_path):
    status, out, _ = command(
        "new-package", tmp_path / "binh-minh", "--xlsx", "--from", paths.DATA / "an-giang"
    )
    workbook = tmp_path / "binh-minh" / "plan.xlsx"
    assert (status, out.strip()) == (0, str(workbook))
    book = openpyxl.load_workbook(workbook)
    book["plan"]["B4"] = "Tỉnh Bình Minh"
    book["poverty"]["A6"], book["poverty"]["A7"] = 2006, "3/4/2007"
    book.save(workbook)
    status, out, err = command("new-package", tmp_path / "binh-minh", "--from", workbook)
    assert (status, out) == (2, "")
    assert "sheet poverty, cell A6 (as_of): '2006' is the beginning or the end of a year" in err
    assert "cell A7 (as_of): '3/4/2007' can be two days; type 2007-03-04 or 2007-04-03" in err
    assert [path.name for path in workbook.parent.iterdir()] == ["plan.xlsx"]
    book["poverty"]["A7"], book["poverty"]["A23"] = "đầu năm 2007", "Nguồn: UBND tỉnh"
    households, book["poverty"]["F6"] = book["poverty"]["F6"].value, 100
    book.save(workbook)
    arguments = ("new-package", workbook.parent, "--from", workbook, "--year-is", "start")
    status, out, err = command(*arguments)
    assert (status, out) == (2, "") and "sheet poverty, cell F6 (households): 100 households of" in err
    status, out, err = command(*arguments, "--accept", "counts_contradict_rate")
    assert (status, out.strip()) == (0, str(workbook.parent))
    assert load_package(workbook.parent).labels.accepted == ("counts_contradict_rate",)
    for file in workbook.parent.glob("*[!x]"):
        file.unlink()
    book["poverty"]["F6"] = households
    book.save(workbook)
    status, out, err = command(*arguments)
    assert (status, out.strip()) == (0, str(workbook.parent))
    assert "A23 'Nguồn: UBND tỉnh'" in err
    package = load_package(workbook.parent)
    assert (package.name, package.labels.province_vi) == ("binh-minh", "Tỉnh Bình Minh")
    assert [str(row.as_of) for row in package.readings[:2]] == ["2005-12-31", "2006-12-31"]
    assert command("validate", "--package", workbook.parent)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "missing.xlsx"], "missing.xlsx: no such file"),
        (["--from", "README.md"], "a workbook ends in .xlsx; save it as one"),
        (["--from", "README.md", "--xlsx"], "a package's folder is expected"),
        (["--from", "{book}", "--year-is", "middle"], "unknown year_is 'middle'"),
        (["--xlsx", "--accept", "money_units"], "--accept: goes with --from PLAN.xlsx"),
        (["--accept", "money_units"], "accept: nothing here asks 'money_units'; leave it out"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_and_leaves_nothing(command, tmp_path, arguments, said):
    openpyxl.Workbook().save(tmp_path / "some.xlsx")
    arguments = [one.format(book=tmp_path / "some.xlsx") for one in arguments]
    status, out, err = command("new-package", tmp_path / "made", *arguments)
    assert (status, out) == (2, "") and said in err
    assert not (tmp_path / "made").exists()


def test_a_workbook_in_place_of_a_package_is_shown_the_way(command, tmp_path):
    openpyxl.Workbook().save(tmp_path / "plan.xlsx")
    status, _, err = command("validate", "--package", tmp_path / "plan.xlsx")
    assert status == 2 and "new-package DIR --from" in err


def test_a_sheet_is_forecast_as_the_same_file_is(command, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "series"
    for row in (
        ["Chỉ tiêu", "poverty_line", 2010, 2011, 2012],
        ["Tỷ lệ hộ nghèo (%)", "a", "12,5", 11, 10.1],
    ):
        book.active.append(row)
    book.save(tmp_path / "s.xlsx")
    rows = [f"{2010 + n}-12-31,poor,a,{rate}" for n, rate in enumerate(("12.5", "11", "10.1"))]
    (tmp_path / "s.csv").write_text("\n".join(["as_of,status,poverty_line,rate_pct", *rows]))
    options = ("--json", "--draws", "500", "--until", "2013")
    assert command("forecast", "--series", tmp_path / "s.xlsx", *options)[0] == 2
    sheet = command("forecast", "--series", tmp_path / "s.xlsx", "--year-is", "end", *options)
    assert sheet[0] == 0
    assert json.loads(sheet[1]) == json.loads(
        command("forecast", "--series", tmp_path / "s.csv", *options)[1]
    )


def test_help_teaches_what_a_workbook_may_hold(command):
    told = re.sub(r"\s+", " ", command("new-package", "--help")[1])
    for words in ("--from", "--xlsx", "--year-is", "cuối năm 2010", "a year a column", "asked about"):
        assert words in told
