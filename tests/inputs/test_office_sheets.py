"""Workbooks shaped as provincial offices make them: heads over heads, months, a table beside, districts below."""

import copy
from datetime import datetime

import openpyxl
import pytest
from helpers import write_workbook as write

from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.package import load_package
from giamngheo.inputs.readings import read_series
from giamngheo.inputs.skeleton import lay_out

ABOUT = [
    ["Tỉnh", "Tỉnh Bình Minh"],
    ["Số quyết định", "45/QĐ-UBND"],
    ["Ngày ban hành", "15/02/2012"],
    ["Từ năm", 2012],
    ["Đến năm", 2015],
]
MONEY = [["Nội dung", "Tổng cả giai đoạn"], ["Chính sách tín dụng ưu đãi hộ nghèo", "120"]]

POVERTY = [
    ["BIỂU 01: KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO"],
    [
        "TT",
        "Thời điểm",
        "Tổng số hộ",
        "Hộ nghèo",
        None,
        "Hộ cận nghèo",
        None,
        "Ghi chú",
        None,
        "Huyện",
        "Hộ nghèo",
    ],
    [None, None, None, "Số hộ", "Tỷ lệ (%)", "Số hộ", "Tỷ lệ (%)", None, None, "Huyện A", 5000],
    [
        1,
        datetime(2010, 12, 1),
        "204.120",
        "31.630",
        "15,50 %",
        "16.330",
        "8,00 %",
        "chuẩn mới",
        None,
        "Huyện B",
        9,
    ],
    [2, datetime(2011, 12, 1), "207.050", "27.950", "13,50 %", "16.560", "8,00 %"],
    [],
    ["Người lập biểu", None, None, None, None, "GIÁM ĐỐC"],
]
LINES = [
    [
        "Khu vực",
        "Chuẩn hộ nghèo (đồng/người/tháng)",
        "Chuẩn hộ cận nghèo (đồng/người/tháng)",
        "Áp dụng từ",
        "Áp dụng đến",
    ],
    ["Nông thôn", "400.000", "520.000", "01/01/2011", "31/12/2015"],
    ["Thành thị", "500.000", "650.000", "01/01/2011", "31/12/2015"],
]
TARGETS = [
    ["TT", "Chỉ tiêu", "ĐVT", "Hiện trạng 2011", "Kế hoạch cuối năm 2013", "Mục tiêu đến cuối năm 2015"],
    [1, "Tỷ lệ hộ nghèo", "%", "13,5", "10", "< 7"],
    [2, "Hộ nghèo được cấp thẻ BHYT", "%", "95", "-", "100"],
]
JOINED = ("A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:G2", "H2:H3")


@pytest.fixture(scope="module")
def sheets():
    tables = {"Hộ nghèo": POVERTY, "Chuẩn nghèo": LINES, "Mục tiêu": TARGETS, "Kinh phí": MONEY}
    return {"Thông tin chung": ABOUT} | tables


def workbook(folder, sheets):
    file = write(folder / "plan.xlsx", sheets)
    book = openpyxl.load_workbook(file)
    for span in JOINED:
        book["Hộ nghèo"].merge_cells(span)
    for cell in ("B4", "B5"):
        book["Hộ nghèo"][cell].number_format = "mm/yyyy"
    book["Hộ nghèo"].column_dimensions["C"].hidden = True
    book.save(file)
    return file


@pytest.fixture(scope="module")
def made(sheets, tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    path, told = lay_out(folder / "binh-minh", workbook(folder, sheets), year_is="end")
    return load_package(path), "\n".join(told)


def test_counts_and_rates_under_whom_they_are_of_are_readings(made):
    assert [
        (str(one.as_of), one.as_stated, one.status, one.households, str(one.rate_pct))
        for one in made[0].readings
    ] == [
        ("2010-12-31", "12/2010", "poor", 31630, "15.50"),
        ("2010-12-31", "12/2010", "near_poor", 16330, "8.00"),
        ("2011-12-31", "12/2011", "poor", 27950, "13.50"),
        ("2011-12-31", "12/2011", "near_poor", 16560, "8.00"),
    ]
    assert "J3 'Huyện A': a table beside this one" in made[1] and "A7 'Người lập biểu'" in made[1]
    assert "sheet Hộ nghèo, column C: hidden, and read" in made[1]


def test_a_month_shown_without_its_day_is_asked_about(sheets, tmp_path):
    with pytest.raises(RefusedInput) as caught:
        lay_out(tmp_path / "made", workbook(tmp_path, sheets))
    said = "cell B4 (as_of): '12/2010' is the beginning or the end of a month; type 2010-11-30 or 2010-12-31, or say"
    assert said in str(caught.value)


def test_a_line_without_a_name_is_named_by_its_year(made):
    assert {row.poverty_line for row in made[0].poverty_lines} == {"line_2011"}
    assert {row.poverty_line for row in made[0].readings} == {"line_2011"}


def test_each_year_that_something_is_promised_by_is_a_target_and_what_was_reached_is_none(made):
    assert [
        (one.target, one.status, one.comparator, str(one.value_pct), str(one.as_of))
        for one in made[0].targets
    ] == [
        ("poor_2013", "poor", "<=", "10", "2013-12-31"),
        ("poor_2015", "poor", "<", "7", "2015-12-31"),
        ("ho_ngheo_duoc_cap_the_bhyt", None, ">=", "100", "2015-12-31"),
    ]
    assert "D1 'Hiện trạng 2011': not what is promised" in made[1]


def series(folder, *rows):
    told = []
    file = write(folder / "s.xlsx", {"Sheet1": [["TỶ LỆ HỘ NGHÈO"], *rows], "Sheet2": [[]]})
    readings = read_series(file, "end", tell=told.append)
    return [(str(one.as_of), one.status, str(one.rate_pct)) for one in readings], "\n".join(told)


def test_of_districts_below_the_province_only_the_province_is_read(tmp_path):
    head, all_of_it = ["TT", "Chỉ tiêu", "12/2010", "12/2011"], [1, "Toàn tỉnh", "15,5", "13,5"]
    districts = [2, "Huyện A", "18,0", "16,0"], [3, "Huyện B", "12,0", "11,0"]
    found = [("2010-12-31", "poor", "15.5"), ("2011-12-31", "poor", "13.5")]
    readings, told = series(tmp_path, head, all_of_it, *districts)
    assert readings == found
    assert told.count("B4 'Huyện A': not said to be of all households, as 'Toàn tỉnh' would") == 1
    assert series(tmp_path, head, [1, "Tỉnh Bình Minh", *all_of_it[2:]])[0] == found  # the only row there is
    with pytest.raises(RefusedInput, match="which row is of the whole province"):
        series(tmp_path, head, *districts)


def test_a_day_in_words_is_no_note(tmp_path):
    rows = ["Thời điểm", "Tỷ lệ hộ nghèo (%)"], ["ngày 31 tháng 12 năm 2010", "15,5"], ["31/12/2011", "13,5"]
    assert len(series(tmp_path, *rows)[0]) == 2


def test_columns_of_areas_under_the_poor_are_not_all_households(sheets, tmp_path):
    rows = [["Thời điểm", "Hộ nghèo", None], [None, "Nông thôn", "Số hộ"], ["cuối năm 2011", 20_000, 27_950]]
    file = write(tmp_path / "plan.xlsx", sheets | {"Hộ nghèo": rows})
    book = openpyxl.load_workbook(file)
    book["Hộ nghèo"].merge_cells("B1:C1")
    book.save(file)
    with pytest.raises(RefusedInput, match="cell B2: unknown column 'Nông thôn'"):
        lay_out(tmp_path / "made", file)


LATER = {
    "THÔNG TIN CHUNG": [
        ["Tỉnh/thành phố", "Tỉnh Sơn Hà"],
        ["Số, ký hiệu văn bản", "123/KH-UBND"],
        ["Ngày, tháng, năm ban hành", datetime(2022, 5, 30)],
        ["Giai đoạn", "2021-2025"],
    ],
    "HỘ NGHÈO": [
        ["STT", "Chỉ tiêu", "Đơn vị", "Cuối năm 2020", "Cuối năm 2021"],
        [None, "Chuẩn nghèo", None, "2016-2020", "2021-2025"],
        [1, "Hộ nghèo", "Hộ", 7004, 13025],
        [None, "Tỷ lệ", "%", 6.8, 12.5],
        [2, "Hộ cận nghèo", "Hộ", 7622, 9378],
        [None, "Tỷ lệ", "%", 7.4, 9.0],
        [3, "Hộ nghèo DTTS", "Hộ", 3600, 7000],
    ],
    "CHUẨN NGHÈO": [
        ["Giai đoạn", "Khu vực", "Chuẩn nghèo", "Chuẩn cận nghèo", "Văn bản quy định"],
        ["2016-2020", "Nông thôn", "700.000 đồng", "1.000.000 đồng", "Quyết định 1/QĐ-TTg"],
        ["2021-2025", "Nông thôn", "1.500.000 đồng", "1.500.000 đồng", "Nghị định 2/NĐ-CP"],
    ],
    "MỤC TIÊU": [
        ["TT", "Mục tiêu", "Đến cuối năm 2025"],
        [1, "Giảm tỷ lệ hộ nghèo bình quân hằng năm", "1,5 - 2%/năm"],
        [2, "Tỷ lệ hộ nghèo", "Còn dưới 5%"],
        [3, "Thu nhập bình quân hộ nghèo tăng", "2 lần"],
    ],
    "KINH PHÍ": [
        ["KINH PHÍ GIAI ĐOẠN 2021-2025 (triệu đồng)"],
        ["TT", "Dự án/Tiểu dự án", "Tổng cộng", "NSTW", "NSĐP", "Vốn khác"],
        ["I", "Dự án 1: Hỗ trợ phát triển sản xuất", 120_000, 100_000, 15_000, 5_000],
    ],
}


def test_a_plan_of_sheets_in_an_offices_own_words(tmp_path):
    path, told = lay_out(tmp_path / "son-ha", write(tmp_path / "plan.xlsx", LATER))
    package, told = load_package(path), "\n".join(told)
    labels = package.labels
    assert (labels.decision, str(labels.date), labels.first_year, labels.last_year) == (
        *("123/KH-UBND", "2022-05-30"),
        *(2021, 2025),
    )
    assert [
        (one.status, one.poverty_line, one.households, str(one.rate_pct)) for one in package.readings
    ] == [
        ("poor", "2016_2020", 7004, "6.8"),
        ("poor", "2021_2025", 13025, "12.5"),
        ("near_poor", "2016_2020", 7622, "7.4"),
        ("near_poor", "2021_2025", 9378, "9"),
    ]
    assert "B4 'Tỷ lệ': of 'Hộ nghèo', the row above it" in told
    assert "D7 '3600': a count of ethnic_minority without its rate" in told
    assert [
        (one.poor_vnd_month, str(one.valid_from), str(one.valid_to), one.legal_basis)
        for one in package.poverty_lines
    ] == [
        (700_000, "2016-01-01", "2020-12-31", "quyet_dinh_1_qd_ttg"),
        (1_500_000, "2021-01-01", "2025-12-31", "nghi_dinh_2_nd_cp"),
    ]
    assert [
        (one.target, one.comparator, str(one.value_pct), str(one.pace_low_pp)) for one in package.targets
    ] == [
        ("poor_2025", "<", "5", "1.5"),
        ("thu_nhap_binh_quan_ho_ngheo_tang", None, "None", "None"),
    ]
    assert "cell C2 (pace_low_pp): the fall to 'Tỷ lệ hộ nghèo'" in told and "whose unit is lần" in told
    (line,) = package.budget_lines
    assert (str(line.total_3y), str(line.central), line.channel) == ("120", "20", "livelihood")


def test_a_fall_of_a_group_that_is_not_read_says_what_lacks(tmp_path):
    sheets = copy.deepcopy(LATER)
    sheets["MỤC TIÊU"][1] = [1, "Tỷ lệ hộ nghèo DTTS giảm", "3%/năm"]
    with pytest.raises(RefusedInput, match=r"no reading of group 'ethnic_minority' .poor. tells from where"):
        lay_out(tmp_path / "made", write(tmp_path / "plan.xlsx", sheets))
