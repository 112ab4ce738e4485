"""A plan typed into a spreadsheet: what is read, what is asked about, and the template there and back."""

import copy
import io
import subprocess
import sys
import time
import unicodedata
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from helpers import with_cell
from hypothesis import given, settings
from hypothesis import strategies as st

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.grammar import day_readings, number_readings, slug
from giamngheo.inputs.package import load_package
from giamngheo.inputs.readings import read_new_readings, read_series
from giamngheo.inputs.skeleton import lay_out, new_package, new_workbook
from giamngheo.inputs.tables import TABLES
from giamngheo.inputs.workbook.words import times
from giamngheo.inputs.workbook.xlsx import cell_name, read_sheets

# As a person of another province would type it: titles, a year a column, notes below, totals; made-up figures.
PLAN = {
    "Kế hoạch": [
        ["Mục", "Nội dung"],
        ["Tên tỉnh, tiếng Việt", "Tỉnh Bình Minh"],
        ["Tên tỉnh, tiếng Anh", "Binh Minh province"],
        ["Số quyết định", "12/QĐ-UBND"],
        ["Ngày ban hành", date(2013, 2, 20)],
        ["Văn bản chính", "kh_2013"],
        ["Năm đầu của kế hoạch", 2013],
        ["Năm cuối của kế hoạch", 2015],
        ["Tên kế hoạch, tiếng Việt", "Kế hoạch giảm nghèo tỉnh Bình Minh 2013-2015"],
        ["Tên kế hoạch, tiếng Anh", "Poverty-reduction plan of Binh Minh 2013-2015"],
    ],
    "Số liệu hộ nghèo": [
        ["KẾT QUẢ GIẢM NGHÈO TỈNH BÌNH MINH"],
        [],
        ["STT", "Chỉ tiêu", "Chuẩn nghèo", "cuối năm 2010", "đầu năm 2012", "31/12/2012"],
        [1, "Tổng số hộ", None, "201.300", "204.120", "207.050"],
        [2, "Số hộ nghèo", "chuan_2011", "31.000", "26.740", "22.570"],
        [3, "Tỷ lệ hộ nghèo (%)", "chuan_2011", "15,40", (0.131, "0.00%"), "10,90%"],
        [4, "Số hộ cận nghèo", "chuan_2011", "16.104", "16 942", "…"],
        [5, "Tỷ lệ hộ cận nghèo (%)", "chuan_2011", "8,00", 8.3, "n/a"],
        [6, "Số hộ thoát nghèo", None, None, "5.100", "5.000"],
        [],
        ["Nguồn: Sở Lao động - Thương binh và Xã hội tỉnh Bình Minh"],
        ["Ghi chú: số liệu giả định"],
    ],
    "Chuẩn nghèo": [
        ["poverty_line", "Khu vực", "Chuẩn nghèo, đồng/người/tháng", "Chuẩn cận nghèo, đồng/người/tháng"]
        + ["Hiệu lực từ", "Hiệu lực đến", "Căn cứ pháp lý"],
        ["chuan_2011", "Nông thôn", "400.000", "520.000", "01/01/2011", 42369, "qd09"],
        ["chuan_2011", "Thành thị", "500.000 đồng", 650000, "01/01/2011", "31/12/2015", "qd09"],
    ],
    "Targets": [
        ["target", "status", "comparator", "value_pct", "as_of", "pace_low_pp", "pace_high_pp"],
        ["ngheo_2015", "Hộ nghèo", "<", "6%", "cuối năm 2015", "1,5", "2"],
        ["can_ngheo_2015", "Cận nghèo", "≤", 5, "end of 2015"],
    ],
    "Budget": [
        ["Biểu kinh phí (tỷ đồng)"],
        [
            "line",
            "kind_table",
            "kind_text",
            "name_vi",
            "name_en",
            "Ngân sách trung ương",
            "Ngân sách tỉnh",
            "Huy động",
        ]
        + ["Tổng mỗi năm", "Tổng cả giai đoạn", "Kênh tác động"],
        ["tin_dung", "policy", "policy", "Tín dụng", "Credit", 120, "10,5", 0, "130,5 tỷ", 391.5, "credit"],
        ["y_te", "policy", "policy", "Y tế", "Health", "1.100", 20, 0, "1.120", "3.360", "cost_relief"],
        ["Tổng cộng", None, None, None, None, "1.220", "30,5", 0, "1.250,5", "3.751,5"],
    ],
    "documents": [
        ["document", "title", "issuer", "date", "licence"],
        ["kh_2013", "Quyết định 12/QĐ-UBND", "UBND tỉnh Bình Minh", date(2013, 2, 20), "public domain"],
        [
            "qd09",
            "Quyết định 09/2011/QĐ-TTg",
            "Thủ tướng Chính phủ",
            "ngày 30 tháng 01 năm 2011",
            "public domain",
        ],
    ],
}
SERIES = [["as_of", "status", "poverty_line", "rate_pct", "households"]]


def write(path, sheets):
    """A workbook as typed: text, numbers, days, and (number, format)."""
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if isinstance(value, tuple):
                    sheet.write_number(row, column, value[0], book.add_format({"num_format": value[1]}))
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, value, book.add_format({"num_format": "dd/mm/yyyy"}))
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write_number(row, column, value)
    book.close()
    return path


def refusal(folder, sheets, **options):
    """What is said of a workbook that is refused; nothing is left behind."""
    file = write(folder / "plan.xlsx", sheets)
    with pytest.raises(RefusedInput) as caught:
        new_package(folder / "made", file, **options)
    assert sorted(path.name for path in folder.iterdir()) == ["plan.xlsx"]
    return str(caught.value)


def series(folder, rows, name="series.xlsx", **options):
    return read_series(write(folder / name, {"series": rows}), **options)


# --- A plan, there and back ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("typed")
    made, told = lay_out(folder / "binh-minh", write(folder / "ke-hoach.xlsx", PLAN))
    return load_package(made), told


def test_a_plan_as_a_person_types_it_becomes_a_package(typed):
    package, _ = typed
    readings = {(row.as_of, row.status): (row.households, str(row.rate_pct)) for row in package.readings}
    assert readings == {
        (date(2010, 12, 31), "poor"): (31000, "15.40"),
        (date(2011, 12, 31), "poor"): (26740, "13.10"),
        (date(2012, 12, 31), "poor"): (22570, "10.90"),
        (date(2010, 12, 31), "near_poor"): (16104, "8.00"),
        (date(2011, 12, 31), "near_poor"): (16942, "8.3"),
    }
    first = package.readings[1]
    assert (first.as_stated, first.locator) == ("đầu năm 2012", "Số liệu hộ nghèo!E6")
    assert [row.total_3y for row in package.budget_lines] == [Decimal("391.5"), 3360]
    assert [row.value_pct for row in package.targets] == [6, 5]
    assert {row.valid_to for row in package.poverty_lines} == {date(2015, 12, 31)}
    assert package.poor_lines_vnd_month == (400000, 500000)
    assert package.published == date(2013, 2, 20)


def test_what_was_passed_over_or_concluded_is_told(typed):
    told = "\n".join(typed[1])
    for words in ("1.234,5", "A11 'Nguồn", "A12 'Ghi chú", "'Tổng cộng'", "B9 'Số hộ thoát nghèo'"):
        assert words in told


def test_a_package_comes_back_from_the_template_as_it_was(tmp_path):
    package = load_package(paths.DATA / "an-giang")
    workbook = new_workbook(tmp_path / "again", package)
    again = load_package(new_package(tmp_path / "again", workbook))
    assert again.labels == package.labels
    for table in TABLES:
        assert again.rows(table) == package.rows(table), table
        assert str(again.rows(table)) == str(package.rows(table)), table  # 7.20 with both its decimals
    assert workbook.exists()  # it stays beside what was made of it


def test_the_template_is_filled_in_over_its_example(tmp_path):
    workbook = new_workbook(tmp_path / "mau")
    with pytest.raises(RefusedInput, match="sheet plan: still holds the template's example"):
        new_package(tmp_path / "mau", workbook)
    skeleton = load_package(new_package(tmp_path / "ví-dụ".replace("í", "i").replace("ụ", "u")))
    book = openpyxl.load_workbook(workbook)
    book["plan"]["B4"] = "Tỉnh Mẫu"
    for table, model in TABLES.items():  # all but the example's cells are typed anew, one row lower
        for row, record in enumerate(skeleton.rows(table), 7):
            for column, name in enumerate(model.model_fields, 1):
                value = getattr(record, name)
                book[table].cell(row, column, float(value) if isinstance(value, Decimal) else value)
    book.save(workbook)
    made, told = lay_out(tmp_path / "mau", workbook)
    package = load_package(made)
    assert package.labels.province_vi == "Tỉnh Mẫu"
    for table in TABLES:
        assert package.rows(table) == skeleton.rows(table), table
    assert sum("the template's example" in line for line in told) == 8


def test_the_template_has_lists_units_notes_and_an_example_in_both_languages(tmp_path):
    book = openpyxl.load_workbook(new_workbook(tmp_path / "mau"))
    assert book.sheetnames == ["guide", "plan", *TABLES]
    for table, model in TABLES.items():
        sheet = book[table]
        heads = [cell.value for cell in sheet[5]]
        assert [head.split(" [")[0] for head in heads if head] == list(model.model_fields)
        assert sheet["A1"].value != sheet["A2"].value
        assert all(cell.value for row in (3, 4) for cell in sheet[row][: len(model.model_fields)])
    assert "rate_pct [percent]" in [cell.value for cell in book["poverty"][5]]
    lists = {str(one.formula1) for one in book["budget"].data_validations.dataValidation}
    assert any("credit" in one for one in lists)
    lists = {one.formula1 for one in book["poverty"].data_validations.dataValidation}
    assert any(one.startswith("=documents!") or one.startswith("documents!") for one in lists)
    assert book["poverty"]["G6"].value == 9.5
    assert (tmp_path / "mau" / "plan.xlsx").read_bytes() == new_workbook(tmp_path / "mau-2").read_bytes()


# --- What is asked about, and what is refused -----------------------------------------------------------

ASKED = {  # sheet, cell, what is typed there, what is said
    "a number of two": ("Budget", "F3", "1.234", ["sheet Budget, cell F3 (central)", "type 1234", "1.2340"]),
    "a day of two": ("Targets", "E2", "3/4/2015", ["cell E2 (as_of)", "2015-03-04 or 2015-04-03"]),
    "a year alone": ("Targets", "E2", 2015, ["cell E2 (as_of)", "'đầu năm 2015' (2014-12-31)", "--year-is"]),
    "a year in a cell of days": (
        "Targets",
        "E2",
        (2015, "dd/mm/yyyy"),
        ["cell E2 (as_of)", "'2015' is the beginning"],
    ),
    "a year alone as a head": ("Số liệu hộ nghèo", "E3", "Năm 2011", ["cell E3 (as_of)", "'cuối năm 2011'"]),
    "a day that a program made of 3.5": (
        "Budget",
        "G3",
        date(2013, 5, 3),
        ["cell G3 (provincial)", "format"],
    ),
    "a percentage of money": ("Budget", "G3", (0.2, "0%"), ["cell G3 (provincial)", "20% is a percentage"]),
    "another unit": ("Budget", "G3", "10,5 triệu", ["cell G3", "'triệu'", "billion VND a year"]),
    "a missing mark where a figure is needed": ("Targets", "D2", "n/a", ["cell D2 (value_pct)", "empty"]),
    "a dash of money": (
        "Budget",
        "G3",
        "-",
        ["cell G3", "'-': type 0 if nothing is planned", "empty"],
    ),
    "no number": ("Budget", "G3", "một ít", ["cell G3 (provincial)", "'một ít' is not a number"]),
    "half a household": ("Số liệu hộ nghèo", "D5", "31000,5", ["cell D5 (households)", "not a whole number"]),
    "words for an id": ("Targets", "A2", "Nghèo 2015", []),
    "an unknown word": ("Budget", "K3", "loan", ["cell K3 (channel)", "unknown channel 'loan'"]),
    "another head": ("Budget", "K2", "Kênh", ["cell K2: unknown column 'Kênh'"]),
    "a head that is gone": ("Targets", "E1", None, ["cell E1: cells under no head"]),
    "a figure twice": (
        "Số liệu hộ nghèo",
        "B8",
        "Tỷ lệ hộ nghèo (%)",
        ["repeats sheet Số liệu hộ nghèo, D6;"],
    ),
    "a part of the households": (
        "Số liệu hộ nghèo",
        "B6",
        "Tỷ lệ hộ nghèo nông thôn (%)",
        ["cell D6", "nông thôn"],
    ),
    "a number of nobody knows what": ("Số liệu hộ nghèo", "B6", "Hộ nghèo nói chung (thô)", ["cell D6"]),
    "tables that do not fit": ("Targets", "A3", "ngheo_2015", ["cell A3 (target): repeats row 2"]),
    "an unknown source": ("Chuẩn nghèo", "G2", "qd9", ["cell G2 (legal_basis)", "nearest: 'qd09'"]),
    "no such document": ("Kế hoạch", "B6", "kh_2014", ["unknown main document 'kh_2014'", "'kh_2013'"]),
    "years the wrong way": ("Kế hoạch", "B8", 2012, ["cell B8 (last_year): 2012 is before"]),
    "no province": ("Kế hoạch", "B2", None, ["cell B2 (province_vi): nothing is there"]),
    "a yes": ("Budget", "L2", "Ghi chú", []),
}


@pytest.mark.parametrize(("sheet", "cell", "value", "said"), ASKED.values(), ids=ASKED)
def test_a_cell_is_asked_about_by_sheet_and_name(tmp_path, sheet, cell, value, said):
    sheets = with_cell(PLAN, sheet, cell, value)
    if value == "1.234":  # with no other cell that shows how numbers are written
        sheets = {name: [[_plain(one) for one in row] for row in rows] for name, rows in sheets.items()}
    if not said:
        assert new_package(tmp_path / "made", write(tmp_path / "plan.xlsx", sheets)).is_dir()
        return
    message = refusal(tmp_path, sheets)
    for words in said:
        assert words in message


def _plain(value):
    """A text of a number as a number, but for the one that is asked about."""
    bare = value.rstrip("% tỷđồng") if isinstance(value, str) and value != "1.234" else ""
    styles = {} if day_readings(bare) else number_readings(bare)
    return float(styles.get("vi", next(iter(styles.values())))) if styles else value


def test_two_notations_in_one_workbook_settle_nothing(tmp_path):
    sheets = with_cell(PLAN, "Budget", "G3", "10.5")  # English, where all else is Vietnamese
    message = refusal(tmp_path, sheets)
    assert "cell F4 (central): '1.100' can be two numbers" in message
    assert "cell D5" not in message  # a count has no decimals: 31.000 households are one number only


@pytest.mark.parametrize(
    ("cell", "head"),
    [
        ("A1", "Biểu kinh phí (ĐVT: triệu đồng)"),
        ("A1", "Đơn vị tính: triệu đồng"),
        ("G2", "Ngân sách tỉnh (triệu đồng)"),
    ],
)
def test_money_in_another_unit_is_read_in_the_columns(tmp_path, cell, head):
    sheets = with_cell(PLAN, "Budget", cell, head)
    columns = range(5, 10) if cell == "A1" else (6,)
    for row in sheets["Budget"][2:4]:
        for at in columns:
            if row[at] != "130,5 tỷ":  # says its own unit
                number = number_readings(str(row[at])).get("vi", row[at])
                row[at] = f"{int(1000 * Decimal(number)):,}".replace(",", ".")
    sheets["Budget"][3][6] = "20.500"  # of one sheet in Vietnamese notation: 20 500 million
    made, told = lay_out(tmp_path / "made", write(tmp_path / "plan.xlsx", sheets))
    assert f"sheet Budget: money is read in million VND, as cell {cell} '{head}' says" in told
    credit, health = load_package(made).budget_lines
    assert (health.central, health.provincial) == (1100, Decimal("20.5"))
    assert (credit.central, credit.provincial) == (120, Decimal("10.5"))
    assert (credit.annual, credit.total_3y) == (Decimal("130.5"), Decimal("391.5"))


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "Biểu kinh phí (ngân sách nhà nước và vận động)"),
        (None, "Kinh phí (ngân đồng)"),
        (None, "Đơn vị thực hiện: Ngân hàng Chính sách xã hội"),
        (None, "Đơn vị: UBND huyện Triệu Sơn"),
        (None, "Đơn vị: huyện Triệu Sơn, tỷ lệ hộ nghèo 5 %"),
        (None, "Kinh phí (trong đó vay 500 triệu đồng; vốn khác 1.200 tỷ đồng)"),
        (None, "Kinh phí (tỷ lệ vốn, triệu hộ)"),
        (None, "Số hộ (nghìn hộ)"),
        (10**3, "Đơn vị tính: nghìn đồng"),
        (10**3, "Kinh phí (ngàn đồng/tháng)"),
        (10**6, "ĐVT: hộ, triệu đồng"),
        (10**6, "Kinh phí (ngân sách tỉnh, triệu VNĐ)"),
        (10**6, "BIỂU KINH PHÍ (TRIỆU ĐỒNG)"),
        (10**6, "Kinh phí (trieu dong)"),
        (10**6, "ĐVT: triệu"),
        (10**9, "Kinh phí (tỉ đồng)"),
        (10**9, "Đơn vị tính: tỷ đồng"),
        (10**9, "Budget (billion VND)"),
        (10**6, "Unit: VND million"),
    ],
)
def test_only_a_unit_of_money_says_what_numbers_count(count, text):
    assert times(text) == count
    assert times(unicodedata.normalize("NFD", text)) == count


@pytest.mark.parametrize(
    "title", ["Biểu kinh phí (ngân sách nhà nước và vận động)", "Đơn vị: UBND huyện Triệu Sơn"]
)
def test_money_under_a_title_without_a_unit_is_in_billions(tmp_path, title):
    made, told = lay_out(
        tmp_path / "made", write(tmp_path / "plan.xlsx", with_cell(PLAN, "Budget", "A1", title))
    )
    assert load_package(made).budget_lines[0].annual == Decimal("130.5")
    assert not any("money is read" in line for line in told)


QUESTIONS = {  # sheet, cell, what is typed there, what is said
    "counts_contradict_rate": (
        "Số liệu hộ nghèo",
        "D5",
        "3.100",
        ["sheet Số liệu hộ nghèo, cell D5 (households): 3100 households"],
    ),
    "money_units": ("Budget", "J3", "391.500", ["sheet Budget, cell J3 (total_3y): 391500 billion VND"]),
    "target_above_readings": ("Targets", "D2", "60%", ["sheet Targets, cell D2 (value_pct): < 60 percent"]),
    "plan_date": ("Kế hoạch", "B5", date(2019, 2, 20), ["sheet Kế hoạch, cell B5 (date): the plan of 2013"]),
}


@pytest.mark.parametrize(("sheet", "cell", "value", "said"), QUESTIONS.values(), ids=QUESTIONS)
def test_figures_that_contradict_each_other_are_asked_about_by_cell(
    tmp_path, request, sheet, cell, value, said
):
    sheets, check = with_cell(PLAN, sheet, cell, value), request.node.callspec.id
    sheets["documents"][1][3] = sheets["Kế hoạch"][4][1]
    message = refusal(tmp_path, sheets)
    for words in (*said, f"if it is so: --accept {check}"):
        assert words in message
    with pytest.raises(RefusedInput, match="accept: unknown question 'rates'; nearest: "):
        new_package(tmp_path / "made", tmp_path / "plan.xlsx", accept=["rates"])
    made = new_package(tmp_path / "made", tmp_path / "plan.xlsx", accept=[check])
    assert load_package(made).labels.accepted == (check,)  # and asks no more


def test_a_question_about_a_whole_column_names_its_head(tmp_path):
    sheets = copy.deepcopy(PLAN)
    sheets["Budget"][3][5:] = ["11.000", 20, 0, "11.020", "33.060", "cost_relief"]
    assert "sheet Budget, cell I2 (annual): 11150.5 billion VND a year" in refusal(tmp_path, sheets)


def test_no_refusal_names_a_folder_that_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr("giamngheo.inputs.skeleton.problems_together", lambda *_: [])
    message = refusal(tmp_path, with_cell(PLAN, "Budget", "J3", "391.500"))
    assert "plan.xlsx/budget.csv:2:total_3y" in message and ".made." not in message


def test_names_of_groups_and_answers_come_back_from_the_template(tmp_path):
    plan = copy.deepcopy(PLAN)
    plan["Kế hoạch"] += [
        ["groups.khmer.vi", "người Khmer = Khơ-me | Krom"],
        ["groups.khmer.en", "the Khmer"],
        [
            "Questions answered: the figures are right (ids after --accept), with commas between",
            "money_units",
        ],
    ]
    package = load_package(new_package(tmp_path / "made", write(tmp_path / "plan.xlsx", plan)))
    assert package.labels.group_name("khmer") == {"vi": "người Khmer = Khơ-me | Krom", "en": "the Khmer"}
    again = load_package(new_package(tmp_path / "again", new_workbook(tmp_path / "filled", package)))
    assert again.labels == package.labels and package.labels.accepted == ("money_units",)


def test_a_group_is_named_in_both_languages(tmp_path):
    plan = copy.deepcopy(PLAN)
    plan["Kế hoạch"] += [["groups.khmer.vi", "người Khmer"], ["groups.khmer.en"]]
    said = r"sheet Kế hoạch, cell B12 (groups.khmer.en): nothing is there; type the name of the group khmer"
    assert said in refusal(tmp_path, plan)


def test_a_year_alone_is_settled_for_all(tmp_path):
    sheets = with_cell(PLAN, "Số liệu hộ nghèo", "E3", 2011)
    file = write(tmp_path / "plan.xlsx", sheets)
    days = {row.as_of for row in load_package(new_package(tmp_path / "made", file, year_is="end")).readings}
    assert days == {date(2010, 12, 31), date(2011, 12, 31), date(2012, 12, 31)}


def test_sheets_that_lack_or_are_other_are_named(tmp_path):
    sheets = copy.deepcopy(PLAN)
    sheets["Kinh phí 2013"] = sheets.pop("Budget")
    assert "sheet budget: no such sheet; rename the one that is meant: Kinh phí 2013" in refusal(
        tmp_path, sheets
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "save it as .xlsx, without a password"),
        (b"as_of,status\n", "not a workbook"),
        (b"", "not a workbook"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path, content, said):
    (tmp_path / "plan.xlsx").write_bytes(content)
    with pytest.raises(RefusedInput, match=said):
        new_package(tmp_path / "made", tmp_path / "plan.xlsx")
    assert not (tmp_path / "made").exists()
    with pytest.raises(RefusedInput, match=r"no such file; nearest: 'plan.xlsx'"):
        new_package(tmp_path / "made", tmp_path / "plam.xlsx")


def altered(file, old, new, more=()):
    """A workbook whose parts hold other bytes, and some parts more."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            after.writestr(part, before.read(part).replace(old, new))
        for part, content in more:
            after.writestr(part, content)
    file.write_bytes(made.getvalue())


@pytest.mark.parametrize(
    ("old", "new", "more", "said"),
    [
        (b"<workbook ", b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook ", (), "not a workbook"),
        (b"", b"", [("xl/a.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>".encode("utf-16"))], "not a workbook"),
        (b"", b"", [("xl/media/image1.png", bytes(60_000_000))], "larger than a plan"),
        (b"", b"", [("xl/a.xml", b"<c />" * 1_000_001)], "more cells than a plan"),
    ],
)
def test_a_hostile_workbook_is_refused_unread(tmp_path, monkeypatch, old, new, more, said):
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("was read"))
    file = write(tmp_path / "series.xlsx", {"series": SERIES})
    altered(file, old, new, more)
    with pytest.raises(RefusedInput, match=said):
        read_sheets(file)


def test_a_damaged_sheet_is_refused_in_words(tmp_path):
    file = write(tmp_path / "series.xlsx", {"series": SERIES})
    altered(file, b"</sheetData>", b"")
    with pytest.raises(
        RefusedInput, match="not a workbook that can be read; open it in a spreadsheet program"
    ):
        read_sheets(file)


def test_stray_cells_and_joined_columns_cost_nothing(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "some.xlsx")
    sheet = book.add_worksheet("some")
    sheet.merge_range("A1:A60000", "all down")
    sheet.write("XFD1048576", 1)
    book.close()
    start = time.process_time()
    (sheet,) = read_sheets(tmp_path / "some.xlsx")
    assert {place: str(cell) for place, cell in sheet.cells.items()} == {
        (1, 1): "all down",
        (2**20, 2**14): "1",
    }
    assert sheet.anchor(9, 1) == (1, 1) and time.process_time() - start < 1


def test_more_joined_cells_than_a_plan_has_are_refused(tmp_path):
    write(tmp_path / "some.xlsx", {"some": [["wide"]]})
    ranges = "".join(f'<mergeCell ref="A{300 * at + 1}:ZZ{300 * at + 300}"/>' for at in range(30))
    altered(
        tmp_path / "some.xlsx", b"</sheetData>", f"</sheetData><mergeCells>{ranges}</mergeCells>".encode()
    )
    start = time.process_time()
    with pytest.raises(RefusedInput, match="more joined cells than a plan can have"):
        read_sheets(tmp_path / "some.xlsx")
    assert time.process_time() - start < 10


def test_numbers_are_as_their_formats_show_them(tmp_path):
    told = {
        (0.0928, "0.00%"): "9.28%",
        (0.1, "0%"): "10%",
        (7.2, "#,##0.00"): "7.20",
        (7.2, "0"): "7.2",
        (1200, '#,##0 "đồng"'): "1200",
        (40543, "dd/mm/yyyy"): "2010-12-31",
        (40543.75, "hh:mm dd/mm/yy"): "2010-12-31",
        (2010, "dd/mm/yyyy"): "2010",
        (0.5, "hh:mm"): "0.5 is shown as a day and is none; type the day as YYYY-MM-DD",
    }
    (sheet,) = read_sheets(write(tmp_path / "some.xlsx", {"some": [[cell] for cell in told]}))
    assert [cell.fault or str(cell) for _, cell in sorted(sheet.cells.items())] == list(told.values())


def test_a_workbook_outlives_a_folder_that_cannot_be_put_in_its_place(tmp_path, monkeypatch):
    (tmp_path / "made").mkdir()
    file = write(tmp_path / "made" / "plan.xlsx", PLAN)
    rename = Path.rename

    def failing(self, target):
        if Path(target).name == "made" and not self.name.endswith(".before"):
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"):
        new_package(tmp_path / "made", file)
    assert [path.name for path in tmp_path.iterdir()] == ["made"] and file.is_file()
    monkeypatch.undo()
    assert len(load_package(new_package(tmp_path / "made" / ".." / "made", file)).readings) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["made"] and file.is_file()


def test_a_folder_that_is_not_empty_is_not_written_over(tmp_path):
    file = write(tmp_path / "plan.xlsx", PLAN)
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine.txt").write_text("mine")
    with pytest.raises(RefusedInput, match="not written over"):
        new_package(tmp_path / "made", file)
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["mine.txt"]


# --- Series --------------------------------------------------------------------------------------------


def test_a_series_is_read_long_wide_and_with_years_down_the_side(tmp_path):
    long = [
        [*SERIES[0], "Nhóm hộ"],
        ["cuối năm 2010", "Hộ nghèo", "a", "15,4", "31.000", "Toàn tỉnh"],
        [40908, "poor", "a", 13.1, 26740],
        ["31/12/2012", "poor", "a", "10,9 %", None],
        [date(2012, 12, 31), "cận nghèo", "a", 8, "n/a"],
    ]
    wide = [
        ["", "poverty_line", "cuối năm 2010", "cuối năm 2011", date(2012, 12, 31)],
        ["Tỷ lệ hộ nghèo (%)", "a", 15.4, 13.1, 10.9],
        ["Số hộ nghèo", "a", 31000, 26740, None],
        ["Tỷ lệ hộ cận nghèo (%)", "a", None, "-", 8],
    ]
    down = [
        ["Thời điểm", "poverty_line", "Tỷ lệ hộ nghèo (%)", "Số hộ nghèo", "Tỷ lệ hộ cận nghèo (%)"],
        ["cuối năm 2010", "a", "15,4", "31.000", None],
        ["cuối năm 2011", "a", "13,1", "26.740", "…"],
        ["cuối năm 2012", "a", "10,9", "", "8,0"],
        ["* Số liệu sơ bộ"],
    ]
    readings = [set(map(repr_of, series(tmp_path, rows))) for rows in (long, wide, down)]
    assert readings[0] == readings[1] == readings[2]
    assert len(readings[0]) == 4


def test_a_column_of_units_says_whether_rates_or_counts_stand_in_a_row(tmp_path):
    rows = [
        ["TT", "Chỉ tiêu", "ĐVT", "cuối năm 2010", "cuối năm 2011"],
        [1, "Hộ nghèo", "Hộ", 31000, 26740],
        [2, "Hộ nghèo", "%", "15,4", "13,1"],
    ]
    assert [(one.rate_pct, one.households) for one in series(tmp_path, rows)] == [
        (Decimal("15.4"), 31000),
        (Decimal("13.1"), 26740),
    ]
    long = [["as_of", "status", "rate_pct", "ĐVT"], ["cuối năm 2010", "poor", 15.4, "%"]]
    with pytest.raises(RefusedInput, match="unknown column 'ĐVT'"):
        series(tmp_path, long)


def repr_of(reading):
    return reading.as_of, reading.status, reading.rate_pct, reading.households


def test_heads_on_two_rows_are_read_together(tmp_path):
    path = tmp_path / "series.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Số liệu")
    sheet.merge_range("A1:A2", "Chuẩn nghèo")
    sheet.merge_range("B1:C1", "Tỷ lệ hộ nghèo (%)")
    sheet.merge_range("D1:E1", "Số hộ nghèo")
    sheet.write_row("B2", ["cuối năm 2010", "cuối năm 2011", "cuối năm 2010", "cuối năm 2011"])
    sheet.write_row("A3", ["a", 15.4, 13.1, 31000, 26740])
    sheet.merge_range("A5:E5", "Nguồn: niên giám")
    book.close()
    assert [repr_of(row) for row in read_series(path)] == [
        (date(2010, 12, 31), "poor", Decimal("15.4"), 31000),
        (date(2011, 12, 31), "poor", Decimal("13.1"), 26740),
    ]


def test_all_households_stand_beside_each_rate(tmp_path):
    rows = [
        ["Chỉ tiêu", "poverty_line", "cuối năm 2010", "cuối năm 2011"],
        ["Tổng số hộ", None, 201300, 204120],
        ["Tỷ lệ hộ nghèo (%)", "a", 15.4, 13.1],
    ]
    assert [row.total_households for row in series(tmp_path, rows)] == [201300, 204120]


def test_what_a_title_says_is_taken_where_no_row_or_head_does(tmp_path):
    rows = [
        ["Tỷ lệ hộ nghèo các năm 2010-2011 (%)"],
        ["poverty_line", "cuối năm 2010", "cuối năm 2011"],
        ["a", 15.4, 13],
    ]
    assert [row.rate_pct for row in series(tmp_path, rows)] == [Decimal("15.4"), 13]
    with pytest.raises(RefusedInput, match="no reading in it"):
        series(tmp_path, rows[1:])


def test_rows_under_a_row_that_names_them_are_its_own(tmp_path):
    rows = [
        ["Chỉ tiêu", "poverty_line", "cuối năm 2010", "cuối năm 2011", "Giảm so với năm 2010"],
        ["Hộ nghèo"],
        ["- Số hộ", "a", 31000, 26000, 5000],
        ["- Tỷ lệ (%)", "a", 15.4, 13.1, 2.3],
        ["Trong đó: hộ nghèo DTTS"],
        ["- Tỷ lệ (%)", "a", 45.4, 43.1],
        ["Số hộ thoát nghèo", None, 900, 800],
    ]
    found = {(row.group, row.as_of.year): (row.rate_pct, row.households) for row in series(tmp_path, rows)}
    assert found["all", 2010] == (Decimal("15.4"), 31000)
    assert found["ethnic_minority", 2011] == (Decimal("43.1"), None)
    assert len(found) == 4


def test_a_bare_table_of_years_is_told_what_lacks(tmp_path):
    rows = [["Năm", "Tỷ lệ hộ nghèo (%)"], [2010, 15.4], [2011, 13.1]]
    with pytest.raises(
        RefusedInput, match=r"cell A2 \(as_of\): '2010' is the beginning or the end of a year"
    ):
        series(tmp_path, rows)
    assert [row.as_of.year for row in series(tmp_path, rows, year_is="start")] == [2009, 2010]
    rows[2][1] = 23.1
    with pytest.raises(
        RefusedInput, match=r"cell B3 .*was there a new poverty line\?.*--accept one_poverty_line"
    ):
        series(tmp_path, rows, year_is="end")
    assert len(series(tmp_path, rows, year_is="end", accept=["one_poverty_line"])) == 2
    rows = [[*row, word] for row, word in zip(rows, ("Chuẩn nghèo", "Chuẩn cũ", "Chuẩn mới"), strict=True)]
    assert [row.poverty_line for row in series(tmp_path, rows, year_is="end")] == ["chuan_cu", "chuan_moi"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["3/4/2011", "poor", "a", 10, None], "sheet series, cell A2 (as_of): '3/4/2011' can be two days"),
        ([2011, "poor", "a", 10, None], "cell A2 (as_of): '2011' is the beginning or the end"),
        (["cuối năm 2011", "poor", "a", "1.234", None], "cell D2 (rate_pct): '1.234' can be two numbers"),
        (["cuối năm 2011", "poor", "a", 131, None], "cell D2 (rate_pct): 131 is above the limit"),
        (["cuối năm 2011", "poor", "a", None, None], "cell D2 (rate_pct): the cell is empty"),
        (["cuối năm 2011", "poor", None, 13, None], "cell C2 (poverty_line): the cell is empty"),
        (["cuối năm 2011", "near_poor", "a", 13, None], "no reading with status 'poor'"),
    ],
)
def test_a_series_is_asked_about_by_cell(tmp_path, row, said):
    with pytest.raises(RefusedInput) as caught:
        series(tmp_path, [*SERIES, row])
    assert said in str(caught.value)


def test_a_series_that_contradicts_itself_is_asked_about_by_cell(tmp_path):
    rows = [*SERIES, ["cuối năm 2010", "poor", "a", 15.4, 31000], ["cuối năm 2011", "poor", "a", 13.1, 2674]]
    with pytest.raises(
        RefusedInput, match=r"sheet series, cell E3 \(households\): 2674 .*--accept counts_contra"
    ):
        series(tmp_path, rows)
    assert len(series(tmp_path, rows, accept=["counts_contradict_rate"])) == 2


def test_new_readings_come_from_a_sheet_too(tmp_path):
    rows = [["as_of", "status", "poverty_line", "rate_pct"], ["cuối năm 2012", "poor", "qd09_2011", "6,5"]]
    path = write(tmp_path / "next.XLSX", {"series": rows})
    (reading,) = read_new_readings(path, load_package())
    assert (reading.as_of, reading.rate_pct) == (date(2012, 12, 31), Decimal("6.5"))


# --- The grammar and the reader, against others ----------------------------------------------------------


@given(
    whole=st.integers(0, 9_999_999),
    decimals=st.text("0123456789", max_size=4),
    style=st.sampled_from(["vi", "en", "blanks"]),
)
def test_every_notation_has_its_number_among_its_readings(whole, decimals, style):
    text = f"{whole:,}" + (f".{decimals}" if decimals else "")
    text = {
        "vi": text.translate(str.maketrans(",.", ".,")),
        "en": text,
        "blanks": text.replace(",", "\u00a0"),
    }[style]
    readings = number_readings(text)
    assert Decimal(f"{whole}.{decimals}" if decimals else whole) in readings.values()
    assert (
        len(set(readings.values())) == 1 or len(text.translate(str.maketrans("", "", ".,")).lstrip("0")) >= 4
    )


@given(st.dates(date(1930, 1, 1), date(2098, 12, 31)))
def test_every_way_of_writing_a_day_has_it_among_its_readings(day):
    for text in (f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}", f"{day:%d.%m.%Y}"):
        assert day in day_readings(text) and len(day_readings(text)) <= 2
    assert day_readings(f"ngày {day.day} tháng {day.month} năm {day.year}") == [day]
    assert (
        day_readings(f"cuối năm {day.year}")
        == [date(day.year, 12, 31)]
        == day_readings(f"đầu năm {day.year + 1}")
    )
    last = date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)
    assert day_readings(f"cuối tháng {day.month}/{day.year}") == [last]


@settings(max_examples=12, deadline=None)
@given(
    rates=st.lists(st.decimals(1, 99, places=2), min_size=1, max_size=4, unique=True),
    total=st.integers(100_000, 5_900_000),  # counts that contradict their rates are asked about
    notation=st.sampled_from(["vi", "en", "number", "percent"]),
    days=st.sampled_from(["words", "slashes", "serial", "day"]),
    wide=st.booleans(),
    notes=st.booleans(),
)
def test_the_same_series_is_read_however_it_is_typed(
    tmp_path_factory, rates, total, notation, days, wide, notes
):
    counts = [int(total * rate / 100) for rate in rates]
    instants = [date(2005 + n, 12, 31) for n in range(len(rates))]

    def told(number):
        text = f"{number:,}"
        vi = text.translate(str.maketrans(",.", ".,"))
        percent = (float(number) / 100, "0.00%") if isinstance(number, Decimal) else float(number)
        return {"vi": vi, "en": text, "number": float(number), "percent": percent}[notation]

    def when(day):
        serial = (day - date(1899, 12, 30)).days
        return {"words": f"cuối năm {day.year}", "slashes": f"{day:%d/%m/%Y}", "serial": serial, "day": day}[
            days
        ]

    if wide and days != "serial":  # a number over a column is no day
        rows = [
            ["Chỉ tiêu", "poverty_line", *map(when, instants)],
            ["Tỷ lệ hộ nghèo (%)", "a", *map(told, rates)],
            ["Số hộ nghèo", "a", *map(told, counts)],
        ]
    else:
        rows = [*SERIES]
        rows += [
            [when(d), "poor", "a", told(r), told(n)] for d, r, n in zip(instants, rates, counts, strict=True)
        ]
    rows += [[], ["Nguồn: số liệu giả định, cuối năm 2012"]] if notes else []
    read = series(tmp_path_factory.mktemp("series"), rows)
    expected = [(d, "poor", r, n) for d, r, n in zip(instants, rates, counts, strict=True)]
    assert [repr_of(row) for row in read] == expected


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 30), st.integers(1, 60)),
        st.one_of(
            st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=12).filter(
                str.strip
            ),
            st.integers(-(10**9), 10**9),
            st.dates(date(1930, 1, 1), date(2100, 1, 1)),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_cells_are_those_that_openpyxl_writes_and_reads(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("cells") / "some.xlsx"
    book = openpyxl.Workbook()
    for (row, column), value in cells.items():
        cell = book.active.cell(row, column, value)
        cell.data_type = "s" if isinstance(value, str) else cell.data_type
    book.save(path)
    (sheet,) = read_sheets(path)
    expected = {place: value.strip() if isinstance(value, str) else value for place, value in cells.items()}
    assert {place: cell.value for place, cell in sheet.cells.items()} == expected


def test_formulas_are_taken_as_computed_and_errors_are_named(tmp_path):
    rows = [*SERIES, ["cuối năm 2010", "poor", "a", 15.4, 31000]]
    path = write(tmp_path / "series.xlsx", {"series": rows})
    book = openpyxl.load_workbook(path)
    book.active["D2"] = "=30.8/2"  # openpyxl keeps no result, as a program that computes nothing
    book.save(path)
    with pytest.raises(RefusedInput, match=r"cell D2 \(rate_pct\): holds a formula that was never computed"):
        read_series(path)
    for result, said in ((15.4, None), ("#DIV/0!", "holds the error #DIV/0!"), ("x", "the cell is empty")):
        made = xlsxwriter.Workbook(path)
        sheet = made.add_worksheet("series")
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
        sheet.write_formula("D2", "=30.8/2", None, result)
        made.close()
        altered(path, b"<v>x</v>", b"<v></v>")  # as '=""' is kept
        if said:
            with pytest.raises(RefusedInput, match=said):
                read_series(path)
        else:
            assert [row.rate_pct for row in read_series(path)] == [Decimal("15.4")]


def test_a_long_sheet_is_read_in_little_time(tmp_path):
    rows = [
        *SERIES,
        *([date(1950 + n % 70, 12, 31), "poor", f"a{n // 70}", 10.5, 1000] for n in range(5_000)),
    ]
    path = write(tmp_path / "series.xlsx", {"series": rows})
    start = time.process_time()
    with pytest.raises(RefusedInput, match="mixes two lines"):
        read_series(path)
    assert time.process_time() - start < 3


def test_cells_have_names():
    assert [cell_name(4, column) for column in (1, 26, 27, 702, 703)] == ["A4", "Z4", "AA4", "ZZ4", "AAA4"]


def test_vietnamese_letters_are_kept_in_an_id():
    assert (slug("Đồng Tháp", "-"), slug("lũ lớn"), slug("Đắk Lắk")) == ("dong-thap", "lu_lon", "dak_lak")


@pytest.mark.parametrize(
    ("content", "heavy"), [(None, []), (b"\xd0\xcf\x11\xe0", []), (PLAN, ["numpy", "openpyxl"])]
)
def test_the_door_to_a_workbook_waits_for_what_reads_it_alone(tmp_path, content, heavy):
    if content is PLAN:
        write(tmp_path / "plan.xlsx", with_cell(PLAN, "Targets", "E2", "3/4/2015"))
    elif content:
        (tmp_path / "plan.xlsx").write_bytes(content)
    code = f"""
import sys
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.skeleton import new_package
try:
    new_package({str(tmp_path / "made")!r}, {str(tmp_path / "plan.xlsx")!r})
except RefusedInput:
    print([name for name in ("pandas", "numpy", "openpyxl", "xlsxwriter") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=paths.ROOT, check=True
    )
    assert done.stdout.strip() == str(heavy)
