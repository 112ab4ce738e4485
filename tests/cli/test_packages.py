"""Packages made at the command line: from a spreadsheet, as one, and what is said of a bad one."""

import json
import re

import openpyxl
import pytest

from giamngheo import load_package, paths

SERIES = "Năm,Tỷ lệ hộ nghèo (%)\ncuối năm {},12.5\ncuối năm {},11\n"
BARE, ON_LINE = ("--from", "{series}", "--province", "Tỉnh Thử"), ("--accept", "national_line")
AIM = ("--target", "5", "--by", "2015")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_bare_series_becomes_a_package_on_the_national_line_once_that_is_said(command, tmp_path, suffix):
    file, folder = tmp_path / f"doc.{suffix}", tmp_path / "dong-thap"
    lines = [line.split(",") for line in SERIES.format(2011, 2012).splitlines()]
    if suffix == "csv":
        file.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        book.save(file)
    status, out, err = command("new-package", folder, "--from", file, *AIM, *ON_LINE)
    assert (status, out.strip()) == (0, str(folder))
    assert "province: Đồng Tháp, by the folder's name" in err and "one line of 0" in err
    assert f"{folder / 'poverty.csv'}, column households, in the row of 2012-12-31, such as 11000" in err
    package = load_package(folder)
    assert [(str(row.as_of), str(row.rate_pct), row.as_stated) for row in package.readings] == [
        ("2011-12-31", "12.5", "cuối năm 2011"),
        ("2012-12-31", "11", "cuối năm 2012"),
    ]
    assert {row.poor_vnd_month for row in package.poverty_lines} == {400_000, 500_000}
    assert [(row.target, str(row.value_pct), str(row.as_of)) for row in package.targets] == [
        ("poor_2015", "5", "2015-12-31")
    ]
    labels = package.labels
    assert (labels.province_en, labels.decision, str(labels.date)) == ("Dong Thap", file.name, "2013-05-31")
    assert (labels.first_year, labels.last_year, labels.accepted) == (2013, 2015, ("national_line",))
    assert (
        command("forecast", "--package", folder, "--draws", "500")[0] == 0
    )  # though no money can be simulated


def test_of_a_line_that_is_not_held_the_cells_to_type_are_named_by_both_doors(command, tmp_path):
    file, folder = tmp_path / "readings.csv", tmp_path / "made"
    file.write_text(SERIES.format(2021, 2022), encoding="utf-8")
    status, out, err = command(
        "new-package", folder, "--from", file, *BARE[2:], "--target", "5", "--by", "2025"
    )
    assert (status, out.strip()) == (0, str(folder))
    wanted = "lines.csv:2:poor_vnd_month: the cell is empty; poor_vnd_month is required: fill it in, such as 400000"
    assert f"to be typed before it can be used: {folder}/{wanted}" in err
    status, _, err = command("validate", "--package", folder)
    assert status == 2 and wanted in err
    lines = folder / "lines.csv"
    text = lines.read_text().replace("rural,,,", "rural,1500000,,2021-01-01")
    lines.write_text(text.replace("urban,,,", "urban,2000000,,2021-01-01"))
    status, out, _ = command("validate", "--package", folder)
    assert status == 0 and "no report made (audit and forecast can)" in out


def test_targets_may_stand_on_a_sheet_beside_the_readings(command, tmp_path):
    file, folder = tmp_path / "s.xlsx", tmp_path / "dong-thap"
    book = openpyxl.Workbook()
    book.active.title = "Hộ nghèo"
    for line in SERIES.format(2011, 2012).splitlines():
        book.active.append(line.split(","))
    targets = book.create_sheet("Chỉ tiêu")
    for row in (["Chỉ tiêu", "Đến cuối năm 2015"], ["Tỷ lệ hộ nghèo", "dưới 6%"]):
        targets.append(row)
    book.save(file)
    status, _, err = command("new-package", folder, "--from", file, *AIM, *ON_LINE)
    assert status == 2 and "--target, --by: the sheet Chỉ tiêu tells what is promised; leave them out" in err
    assert command("new-package", folder, "--from", file, *ON_LINE)[0] == 0
    package = load_package(folder)
    assert [(row.comparator, str(row.value_pct)) for row in package.targets] == [("<", "6")]
    assert (package.labels.first_year, package.labels.last_year) == (2013, 2015)
    book.create_sheet("Biểu 3").append(["x"])  # is it a plan whose sheets are not named as they should be?
    book.save(file)
    status, _, err = command("new-package", tmp_path / "other", "--from", file, *ON_LINE)
    assert status == 2 and "sheet plan: no such sheet; rename the one that is meant: Biểu 3" in err


def test_lines_named_by_their_years_are_asked_about_or_typed(command, tmp_path):
    file, folder, aim = tmp_path / "s.csv", tmp_path / "dong-thap", ("--target", "3", "--by", "2025")
    rows = ["Tháng,Tỷ lệ hộ nghèo (%),Chuẩn nghèo", "12/2015,12.5,2011-2015", "cuối năm 2016,14,2016-2020"]
    file.write_text("\n".join(rows), encoding="utf-8")
    arguments = ("new-package", folder, "--from", file, *aim, "--year-is", "end")
    status, _, err = command(*arguments)
    assert (
        status == 2
        and "s.csv:2:poverty_line: is '2011_2015' the national one of their time, qd09_2011" in err
    )
    status, _, err = command(*arguments, *ON_LINE)
    assert status == 0 and "lines.csv:4:poor_vnd_month: the cell is empty" in err and "valid_from" not in err
    assert "2016_2020,rural,,,2016-01-01,2020-12-31,series" in (folder / "lines.csv").read_text()
    text = (folder / "poverty.csv").read_text(encoding="utf-8")
    assert (
        "2015-12-31,12/2015,all,poor,qd09_2011,,12.5,,series,s.csv!B2" in text and str(tmp_path) not in text
    )


def test_a_series_that_would_stand_in_a_tables_place_is_refused(command, tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "poverty.csv").write_text(SERIES.format(2011, 2012), encoding="utf-8")
    status, _, err = command(
        "new-package", folder, "--from", folder / "poverty.csv", *BARE[2:], *AIM, *ON_LINE
    )
    assert status == 2 and "the package's own table goes there; rename it, such as readings.csv" in err
    assert (folder / "poverty.csv").read_text(encoding="utf-8").startswith("Năm")


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
        (["--from", "README.md"], "a workbook ends in .xlsx, a bare series in .csv; save it as one"),
        (["--from", "{text}"], "if it is a decision's text: giamngheo extract"),
        (["--from", "README.md", "--xlsx"], "a package's folder is expected"),
        (["--from", "{book}", "--year-is", "middle"], "unknown year_is 'middle'"),
        (["--xlsx", "--accept", "money_units"], "--accept: goes with --from PLAN.xlsx"),
        (["--target", "5"], "--target: goes with --from SERIES.csv"),
        (["--from", "{series}"], "--province: 'made' is no province's name"),
        (["--from", "{series}"], "as --target 5 --by 2014 (without one: giamngheo forecast --series"),
        ([*BARE, "--target", "5", "--by", "2011"], "--by: the end of 2011 is not ahead of the last reading"),
        ([*BARE, "--target", "500", "--by", "2015"], "--target: 500 is outside 0 to 100; nearest: 100"),
        (
            [*BARE, "--target", "5", "--by", "2015"],
            "are all readings on the national one of their time, qd09_2011",
        ),
        ([*BARE, *ON_LINE, "--target", "50", "--by", "2015"], "--accept target_above_readings"),
        (
            [*BARE, *ON_LINE, "--accept", "plan_date", "--target", "5", "--by", "2015"],
            "nothing here asks 'plan_date'",
        ),
        (["--accept", "money_units"], "accept: nothing here asks 'money_units'; leave it out"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_and_leaves_nothing(command, tmp_path, arguments, said):
    openpyxl.Workbook().save(tmp_path / "some.xlsx")
    (tmp_path / "some.csv").write_text(SERIES.format(2010, 2011), encoding="utf-8")
    (tmp_path / "some.txt").write_text("QUYẾT ĐỊNH\nVề việc giảm nghèo", encoding="utf-8")
    files = {"text": tmp_path / "some.txt"}
    arguments = [
        one.format(**files, book=tmp_path / "some.xlsx", series=tmp_path / "some.csv") for one in arguments
    ]
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
