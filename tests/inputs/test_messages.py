"""What people really write, and what each door answers: what to type."""

import re
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from giamngheo.forecasting.readings import checked_readings
from giamngheo.inputs import questions
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.readings import read_series
from giamngheo.inputs.scenario import list_scenarios, load_scenario, scenario_file
from giamngheo.inputs.skeleton import new_package

ROW = {"as_of": "2011-12-31", "status": "poor", "poverty_line": "a", "rate_pct": "12.5", "households": "1250"}
CELLS = {  # column, what is written, what every door says; nothing: every door reads it
    "a decimal comma": ("rate_pct", "12,5", ""),
    "one of two numbers": ("rate_pct", "1,234", "can be two numbers; type"),
    "a percent sign": ("rate_pct", "12.5 %", ""),
    "thousands dots": ("households", "58.543", ""),
    "thousands commas": ("households", "58,543", ""),
    "blanks": ("households", "58 543", ""),
    "an exponent": ("rate_pct", "1e1", ""),
    "curly quotes": ("rate_pct", "“12.5”", "has quotation marks; write 12.5"),
    "not available": ("rate_pct", "n/a", "stands for nothing; leave the row out"),
    "a dash": ("rate_pct", "-", "stands for nothing; leave the row out"),
    "an ellipsis": ("rate_pct", "…", "stands for nothing; leave the row out"),
    "không có": ("rate_pct", "không có", "stands for nothing; leave the row out"),
    "nothing where a cell may be empty": ("households", "n/a", ""),
    "an empty cell": ("rate_pct", "", "fill it in, or leave the row out"),
    "a Vietnamese day": ("as_of", "31/12/2011", ""),
    "one of two days": ("as_of", "3/4/2011", "2011-03-04 or 2011-04-03"),
    "words": ("as_of", "cuối năm 2011", ""),
    "words with a month": ("as_of", "ngày 30 tháng 6 năm 2011", ""),
    "a serial": ("as_of", "40908", ""),
    "a year": ("as_of", "2011", "'2011' is the beginning or the end of a year"),
    "a quoted day": ("as_of", "'2011-12-31'", "write 2011-12-31"),
    "a word in Vietnamese": ("status", "Hộ nghèo", ""),
    "letters in a name": ("poverty_line", "chuẩn đồng-tháp", ""),
}


@pytest.mark.parametrize(("column", "text", "said"), CELLS.values(), ids=CELLS)
def test_a_cell_is_read_or_answered_with_what_to_type_alike_by_every_door(tmp_path, column, text, said):
    row = ROW | {column: text}
    file = tmp_path / "series.csv"
    pd.DataFrame([row]).to_csv(file, index=False)
    book = xlsxwriter.Workbook(tmp_path / "series.XLSX")
    sheet = book.add_worksheet("series")
    sheet.write_row(0, 0, row)
    sheet.write_row(1, 0, row.values(), None)
    book.close()
    if not said:
        (of_file,), (of_sheet,) = read_series(file), read_series(tmp_path / "series.XLSX")
        assert of_file == of_sheet
        frame = checked_readings(pd.DataFrame([row]))
        assert frame["as_of"].dt.date.tolist() == [of_file.as_of]
        assert frame["rate_pct"].tolist() == [float(of_file.rate_pct)]
        return
    with pytest.raises(RefusedInput) as by_file:
        read_series(file)
    with pytest.raises(RefusedInput) as by_frame:
        checked_readings(pd.DataFrame([row]))
    assert f"series.csv:2:{column}: " in str(by_file.value) and said in str(by_file.value)
    assert str(by_frame.value).split(": ", 1)[1] == str(by_file.value).split(": ", 1)[1]
    with pytest.raises(RefusedInput, match=rf"sheet series, cell {'ABCDE'[list(row).index(column)]}2"):
        read_series(tmp_path / "series.XLSX")


@pytest.mark.parametrize("years", [[2010, 2011], ["2010", "2011"], [2010.0, 2011.0]])
def test_years_for_days_are_refused_alike_by_every_door(tmp_path, years):
    frame = pd.DataFrame({"as_of": years, "status": "poor", "poverty_line": "a", "rate_pct": [10.0, 9.0]})
    frame.assign(as_of=[str(int(year)) for year in map(float, years)]).to_csv(tmp_path / "s.csv", index=False)
    with pytest.raises(RefusedInput, match="'2010' is the beginning or the end of a year") as by_frame:
        checked_readings(frame)
    with pytest.raises(RefusedInput) as by_file:
        read_series(tmp_path / "s.csv")
    said = [error.value.problems[0].split(": ", 1)[1] for error in (by_frame, by_file)]
    assert said[0] == said[1]


TABLES = {
    "semicolons in quotes": ('"as_of";"status";"rate_pct"\n"2010-12-31";"poor";"15,40"\n', ""),
    "bars": ("as_of|status|poverty_line|rate_pct\n2010-12-31|poor|a|15.4\n", ""),
    "tabs": ("as_of\tstatus\trate_pct\n2010-12-31\tpoor\t15.4\n", ""),
    "row numbers": (",as_of,status,poverty_line,rate_pct\n0,2010-12-31,poor,a,15.4\n", ""),
    "a comma at the end": ("as_of,status,poverty_line,rate_pct,\n2010-12-31,poor,a,15.4,\n", ""),
    "commas at the ends": ("as_of,status,poverty_line,rate_pct\n2010-12-31,poor,a,15.4,\n", ""),
    "a decimal comma among commas": (
        "as_of,status,poverty_line,rate_pct\n2010-12-31,poor,a,15,4\n",
        "series.csv:2: 5 cells under 4 columns (a decimal comma in column rate_pct? write 15.4)",
    ),
    "a cell that lacks": (
        "as_of,status,poverty_line,rate_pct\n2010-12-31,poor,15.4\n",
        "series.csv:2: 3 cells under 4 columns",
    ),
    "a column that lacks": (
        "as_of;rate_pct\n2010-12-31;15,4\n",
        "missing column 'status'; add one, headed status or 'Nghèo hay cận nghèo'",
    ),
    "row numbers as pandas names them": (
        "Unnamed: 0,as_of,status,poverty_line,rate_pct\n0,2010-12-31,poor,a,15.4\n",
        "",
    ),
}


@pytest.mark.parametrize(("text", "said"), TABLES.values(), ids=TABLES)
def test_a_table_divided_otherwise_is_read_or_answered(tmp_path, text, said):
    (tmp_path / "series.csv").write_text(text)
    if not said:
        (row,) = read_series(tmp_path / "series.csv")
        assert float(row.rate_pct) == 15.4
        return
    with pytest.raises(RefusedInput) as caught:
        read_series(tmp_path / "series.csv")
    assert said in str(caught.value)


YAML = {
    "a decimal comma in braces": ("funding: {by_source: {provincial: 0,5}}", "provincial: 0,5", "write 0.5"),
    "one among years": ("funding: {all: {2013: 0,7, 2014: 0,8}}", "funding.all.2013: 0,7", "write 0.7"),
    "one behind thousands": ("funding: {all: 1.500,5}", "1.500,5 has a decimal comma", "write 1500.5"),
    "one before a percent sign": ("funding: {all: 70,5 %}", "decimal comma", "write 0.705"),
    "a comma in a text": ("based_on: {x: Nửa, một phần}", "a comma divides", "'Nửa, một phần' in quotation"),
    "a number of base 16": ("funding: {all: 0x1F}", "YAML reads 0x1F as 31", "in digits"),
    "one in a block": ("funding:\n  all: 0,7", "decimal comma", "write 0.7"),
    "an exponent": ("funding: {all: 1e3}", "'1e3'", "write 1000"),
    "an octal": ("funding: {all: 0700}", "octal number, 448", "write 700"),
    "an octal year": ("shock: {02014: 0.1}", "octal", "write 2014"),
    "base 60": ("delay_years: 1:30", "base 60", "quotation marks"),
    "a number in quotation marks": ('funding: {all: "0.7"}', "text, not a number", "write 0.7"),
    "a Vietnamese number in quotation marks": ('delay_years: "1.234,5"', "text", "write 1234.5"),
    "a percentage": ("funding: {all: 70%}", "percent sign", "write 0.7"),
}


@pytest.mark.parametrize(("text", "said", "also"), YAML.values(), ids=YAML)
def test_yaml_that_is_read_otherwise_than_written_is_answered(tmp_path, text, said, also):
    file = tmp_path / "mine.yml"
    file.write_text(f"title: {{vi: Một, en: One}}\n{text}\n", encoding="utf-8")
    with pytest.raises(RefusedInput) as caught:
        load_scenario(file)
    assert "mine.yml:" in str(caught.value) and said in str(caught.value) and also in str(caught.value)


@pytest.mark.parametrize(
    ("commas", "refused"), [("[0,5, 1]", True), ("[0, 5, 1]", False), ("[0,5,1]", False)]
)
def test_a_list_with_both_kinds_of_commas_is_asked_about(tmp_path, commas, refused):
    from giamngheo.inputs.yaml_keys import read_keys

    (tmp_path / "grid.yml").write_text(f"grid:\n  funding: {{all: {commas}}}\n")
    if refused:
        with pytest.raises(
            RefusedInput, match=r"grid.yml:2: grid.funding.all: 0,5: write 0\.5 .* 0, 5 if two"
        ):
            read_keys(tmp_path / "grid.yml")
    else:
        assert read_keys(tmp_path / "grid.yml")[0]["grid"]["funding"]["all"] == [0, 5, 1]


@pytest.mark.parametrize("name", ["half.YML", "half.Yaml", "half.yaml"])
def test_a_scenario_file_may_end_in_capitals(tmp_path, name, package):
    (tmp_path / name).write_text("title: {vi: Nửa, en: Half}\nfunding: {all: 0.5}\n", encoding="utf-8")
    assert scenario_file(str(tmp_path / name)).name == name
    assert load_scenario(tmp_path / name, package).id == "half"
    assert len(list_scenarios(package)) > 10


def test_names_keep_their_letters_in_what_is_offered(tmp_path):
    with pytest.raises(RefusedInput, match="nearest: 'dong-thap'"):
        new_package(tmp_path / "Đồng Tháp")
    with pytest.raises(RefusedInput, match=r"nearest: 'lu_lon.yml'"):
        load_scenario("lũ lớn.yml")
    with pytest.raises(RefusedInput, match=r"'HALF' is not an id .*nearest: 'half.yml'"):
        load_scenario("HALF.YML")


@pytest.mark.parametrize(
    ("there", "asked", "said"),
    [
        ("half.YML", "half.yml", "no such file; nearest: 'half.YML'"),
        ("half.txt", "half.txt", "ends in .yml; nearest: 'half.yml'"),
        ("half.yml", "half", "unknown scenario 'half'; nearest: 'half.yml'"),
    ],
)
def test_a_scenario_file_that_is_there_is_what_is_offered(tmp_path, monkeypatch, there, asked, said):
    (tmp_path / there).write_text("title: {vi: Nửa, en: Half}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RefusedInput) as caught:
        load_scenario(asked)
    assert said in str(caught.value)


def test_an_answer_to_what_nothing_asks_is_refused_in_other_words_than_one_to_no_question(tmp_path):
    assert set(re.findall(r'Question\("(\w+)"', Path(questions.__file__).read_text())) == set(
        questions.CHECKS
    )
    (tmp_path / "rates.csv").write_text("as_of,status,rate_pct\n2011-12-31,poor,12.5\n")
    for check, said in (
        ("money_units", "accept: nothing here asks 'money_units'; leave it out"),
        ("money_unit", "accept: unknown question 'money_unit'; nearest: 'money_units'"),
    ):
        with pytest.raises(RefusedInput, match=said):
            read_series(tmp_path / "rates.csv", accept=[check])
