"""The door of single tables and series: what is read, what is refused, and how a refusal reads."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo import paths
from giamngheo.inputs.descriptor import table_schema
from giamngheo.inputs.errors import RefusedInput, nearest
from giamngheo.inputs.grammar import is_missing
from giamngheo.inputs.parse import parse_count, parse_date, parse_number
from giamngheo.inputs.readings import read_series
from giamngheo.inputs.tables import CHANNELS, FAMILIES, TABLES, Reading, channel_family, read_table

AN_GIANG = paths.DATA / "an-giang"
SERIES = """as_of,status,poverty_line,rate_pct,households
2008-12-31,poor,old,7.20,720
2009-12-31,poor,old,5.81,581
2010-12-31,poor,old,3.59,359
2010-12-31,poor,new,9.28,928
2011-12-31,poor,new,7.84,784
2011-12-31,near_poor,new,6.10,610
"""


@pytest.fixture
def series(tmp_path):
    """Write a series and give its path."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "series.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def refusal(path):
    with pytest.raises(RefusedInput) as caught:
        read_series(path)
    return str(caught.value)


def test_printed_decimals_are_kept():
    rows = read_table(AN_GIANG / "poverty.csv", Reading)
    assert str(next(row for row in rows if row.as_of == date(2008, 12, 31)).rate_pct) == "7.20"
    assert rows[0].households == 58543
    assert rows[0].persons is None


def test_rows_are_frozen():
    row = read_table(AN_GIANG / "poverty.csv", Reading)[0]
    with pytest.raises(ValueError, match="frozen"):
        row.households = 1


@pytest.mark.parametrize("change", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), str.strip])
def test_byte_order_mark_windows_line_ends_and_no_last_line_end_are_read(series, change):
    assert read_series(series(change(SERIES))) == read_series(series(SERIES))


def test_a_packages_table_is_a_series_too():
    told = []
    rows = read_series(AN_GIANG / "poverty.csv", tell=told.append)
    assert len(rows) == 16 and not told
    assert {row.group for row in rows} == {"all", "ethnic_minority"}


def test_groups_and_counts_are_optional(series):
    (row,) = read_series(series("as_of,status,poverty_line,rate_pct\n2011-12-31,poor,new,7.84\n"))
    assert (row.group, row.households, row.rate_pct) == ("all", None, Decimal("7.84"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("7.20,720", "7,20,720", ["series.csv:2", "decimal comma", "rate_pct", "7.20"]),
        ("7.20,720", "abc,720", ["series.csv:2:rate_pct", "'abc' is not a number"]),
        ("7.20,720", "7.2O,720", ["series.csv:2:rate_pct", "letters", "write 7.20"]),
        ("7.20,720", "131.5,720", ["series.csv:2:rate_pct", "131.5", "nearest valid value: 100", "13.15"]),
        ("7.20,720", "-7.20,720", ["series.csv:2:rate_pct", "-7.20", "nearest valid value: 0"]),
        ("7.20,720", "nan,720", ["series.csv:2:rate_pct", "nan"]),
        ("7.20,720", "inf,720", ["series.csv:2:rate_pct", "inf"]),
        ("7.20,720", ",720", ["series.csv:2:rate_pct", "empty"]),
        ("7.84,784", "0.0784,784", ["series.csv:6:rate_pct", "fraction of one", "write 7.84"]),
        ("7.20,720", "7.20,58.543", ["series.csv:2:households", "58543 households of 7.20 percent"]),
        ("7.20,720", "7.20,720.5", ["series.csv:2:households", "whole number", "720"]),
        ("2008-12-31", "1/12/2008", ["series.csv:2:as_of", "type 2008-01-12 or 2008-12-01"]),
        ("2008-12-31", "2008", ["series.csv:2:as_of", "2008-12-31", "2007-12-31"]),
        ("2008-12-31", "2008-12-32", ["series.csv:2:as_of", "nearest: 2008-12-31"]),
        (
            "2008-12-31,poor",
            "poor,2008-12-31",
            ["series.csv:2:as_of", "series.csv:2:status", "nearest: 'poor'"],
        ),
        ("2008-12-31,poor", "2008-12-31,por", ["series.csv:2:status", "'por'", "nearest: 'poor'"]),
        ("2009-12-31,poor,old", "2008-12-31,poor,old", ["series.csv:3:as_of", "repeats row 2"]),
        ("as_of,status", "date,status", ["series.csv:1:date: unknown column", "missing column 'as_of'"]),
        ("rate_pct,households", "rate_pct,rates", ["series.csv:1:rates: unknown column 'rates'", "rate_pct"]),
        (",rate_pct,", ",rate,", ["missing column 'rate_pct'", "nearest column there: 'rate'"]),
        ("rate_pct,households", "rate_pct,rate_pct", ["twice"]),
        (
            "2010-12-31,poor,old",
            "2011-12-31,poor,old",
            ["series.csv:4:poverty_line", "mixes two lines", "'new'"],
        ),
        ("near_poor,new,6.10", "near_poor,new,96.10", ["series.csv:7:rate_pct", "103.94", "100"]),
        ("7.20,720", '7.20,"720', ["series.csv", "quotation marks"]),
    ],
)
def test_a_bad_cell_is_named_with_file_row_column_and_what_would_do(series, old, new, said):
    message = refusal(series(SERIES.replace(old, new, 1)))
    for words in said:
        assert words in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"as_of,status,poverty_line,rate_pct\n", "no reading"),
        ("as_of,status\nnăm".encode("utf-16")[:-1], "UTF-8"),
        (
            "as_of,status,poverty_line,rate_pct\n2011-12-31,nghèo,x,1\n".encode("cp1258", "replace"),
            "series.csv:2",
        ),
        (b"as_of\0,status\n", "zero byte"),
        (
            b"day;share\n2011-12-31;6,10\n",
            "no row names the columns; write one above the table: as_of, status, rate_pct",
        ),
        (
            b"as_of,status,poverty_line,rate_pct\n2011-12-31,near_poor,new,6.10\n",
            "no reading with status 'poor'",
        ),
    ],
)
def test_a_bad_file_is_refused_as_a_whole(series, content, said):
    assert said in refusal(series(content))


def test_a_missing_file_names_its_neighbour(series):
    path = series(SERIES)
    assert "no such file; nearest: 'series.csv'" in refusal(path.with_name("serie.csv"))
    assert "a folder" in refusal(path.parent)


def test_every_kind_of_problem_is_listed_once_up_to_twenty(series):
    header, *rows = SERIES.splitlines()
    broken = [row.replace("poor", "rich") for row in rows]
    message = refusal(series("\n".join([header, *broken])))
    assert message.count("unknown status") == 2  # rich and near_rich
    assert "; and 4 more of the same kind (row 3, row 4, row 5, …)" in message
    words = [f"19{year:02d}-12-31,{chr(97 + year % 26) * (1 + year // 26)},old,1,1" for year in range(60)]
    message = refusal(series("\n".join([header, *words])))
    assert message.count("unknown status") == 20
    assert "and 40 more" in message


@pytest.mark.parametrize("divider", ";\t|")
def test_a_series_is_read_however_its_cells_are_divided_and_written(series, divider):
    text = SERIES.replace(",", divider).replace(".", ",").replace("2008-12-31", "31/12/2008", 1)
    text = text.replace("2009-12-31", "cuối năm 2009").replace("7,84", "7,84 %").replace("old", "Old")
    assert read_series(series(text)) == read_series(series(SERIES))
    quoted = re.sub(r"(\d+\.\d+)", lambda number: f'"{number[0].replace(".", ",")}"', SERIES)
    assert read_series(series(quoted)) == read_series(series(SERIES))


def test_titles_notes_and_a_year_a_column_are_read_in_a_csv_too(series):
    text = """Tỷ lệ hộ nghèo tỉnh Bình Minh;;;;
;;;;ĐVT: %
STT;Chỉ tiêu;Năm 2010;Năm 2011;Đầu năm 2013
1;Tỷ lệ hộ nghèo;15,4;13,1;10,9
2;Số hộ nghèo;31.000;26.740;22.570
;;;;
Nguồn: niên giám
"""
    told = []
    rows = read_series(series(text), "end", tell=told.append)
    assert [(row.as_of.year, str(row.rate_pct), row.households) for row in rows] == [
        (2010, "15.4", 31000),
        (2011, "13.1", 26740),
        (2012, "10.9", 22570),
    ]
    assert any("row 7, column 1 'Nguồn: niên giám'" in line for line in told)
    assert "series.csv:3:Năm 2010" not in refusal(series(text)) and "--year-is" in refusal(series(text))


@pytest.mark.parametrize(
    "rates",
    [["0.1315", "0.1079"], ["0.0928", "7.84"], ["13.15", "10.79", "0.089"]],
)
def test_a_fraction_is_seen_without_counts(series, rates):
    rows = [f"{2005 + n}-12-31,poor,old,{rate}" for n, rate in enumerate(rates)]
    assert "fraction of one" in refusal(series("as_of,status,poverty_line,rate_pct\n" + "\n".join(rows)))


@pytest.mark.parametrize("rates", [["1.20", "0.95", "0.70"], ["0.80", "0.50"], ["3.1", "1.2", "0.41"]])
def test_a_small_percentage_is_no_fraction(series, rates):
    rows = [f"{2005 + n}-12-31,poor,old,{rate}" for n, rate in enumerate(rates)]
    assert len(read_series(series("as_of,status,poverty_line,rate_pct\n" + "\n".join(rows)))) == len(rates)


def test_two_lines_at_one_instant_are_no_mixture(series):
    assert len(read_series(series(SERIES))) == 6


@pytest.mark.parametrize("parse", [parse_number, parse_count, parse_date])
@given(st.one_of(st.text(), st.floats(), st.booleans(), st.none(), st.integers()))
def test_parsers_either_parse_or_say_why(parse, value):
    try:
        parse(value)
    except ValueError as reason:
        assert str(reason)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_plain_number_keeps_its_digits(value):
    assert str(parse_number(f"{value:f}")) == f"{value:f}"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_a_vietnamese_date_is_answered_with_its_iso_form(day):
    assert parse_date(day.isoformat()) == day
    with pytest.raises(ValueError, match=day.isoformat()):
        parse_date(f"{day.day}/{day.month}/{day.year}")


def test_nearest_always_answers_where_something_is_known():
    assert nearest("por", ["poor", "near_poor"]) == "poor"
    assert nearest("???", ["poor"]) == "poor"
    assert nearest("poor", []) is None
    assert nearest("qd107", ["qd167", "qd107_2013"]) == "qd107_2013"
    assert nearest("POOR", ["near_poor", "poor"]) == "poor"


def test_families_are_made_of_channels():
    assert channel_family("credit") == "income"
    assert channel_family("cash") is None
    assert all(channel in CHANNELS for members in FAMILIES.values() for channel in members)


@pytest.mark.parametrize("table", TABLES)
def test_schemas_have_a_description_and_a_unit_for_every_number(table):
    fields = table_schema(TABLES[table])["fields"]
    assert [field["name"] for field in fields] == list(TABLES[table].model_fields)
    for field in fields:
        assert field["description"]
        assert field["type"] in {"string", "number", "integer", "date"}
        assert ("unit" in field) == (field["type"] in {"number", "integer"})


def test_the_schema_carries_limits_and_keys():
    schema = table_schema(Reading)
    fields = {field["name"]: field for field in schema["fields"]}
    assert fields["rate_pct"]["constraints"] == {"required": True, "minimum": 0, "maximum": 100}
    assert fields["status"]["constraints"]["enum"] == ["poor", "near_poor"]
    assert "required" not in fields["persons"].get("constraints", {})
    assert schema["primaryKey"] == ["as_of", "group", "status", "poverty_line"]


def test_marks_that_people_write_for_nothing_are_known():
    marks = "-|–|—|..|…|:|*|_|?|N/A|#N/A|#DIV/0!|#REF!|#NAME?|NULL|nd|không có|Chưa công bố|không  rõ|KXĐ"
    assert [mark for mark in marks.split("|") if not is_missing(mark)] == []
    assert not any(map(is_missing, ["0", "-5", "#5", "một", "12*", "x1"]))
