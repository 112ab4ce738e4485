"""Proposals confirmed, corrected, dropped and added: all of a call or nothing, and never a package that cannot load."""

import shlex
import shutil

import pytest

from giamngheo import load_package, paths
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.extraction.confirm import confirm, lacking
from giamngheo.inputs.extraction.folder import lay_out, read_waiting
from giamngheo.inputs.extraction.propose import propose
from giamngheo.inputs.extraction.text import as_text

PLAN = """KẾ HOẠCH
GIẢM NGHÈO BỀN VỮNG TỈNH HÒA PHÚ GIAI ĐOẠN 2018-2020
(kèm theo Quyết định số 5/QĐ-UBND ngày 02 tháng 3 năm 2018 của UBND tỉnh Hòa Phú)
Cuối năm 2016 có 24.000 hộ nghèo, tỷ lệ 12%.
Cuối năm 2017 có 20.000 hộ nghèo, tỷ lệ 10%; hộ cận nghèo 12.000 hộ, tỷ lệ 6%.
I. Mục tiêu:
- Tỷ lệ hộ nghèo đến cuối năm 2020 còn 5%.
II. Chính sách:
1. Chính sách hỗ trợ y tế:
Kinh phí: 60 tỷ đồng/năm, trong đó ngân sách trung ương 50 tỷ đồng, ngân sách tỉnh 10 tỷ đồng.
"""
NAMED = ["poverty.1", "poverty.2", "poverty.3"]  # on a line that is not known, but for its name
THRESHOLDS = ["lines.1.poor_vnd_month=100000", "lines.2.poor_vnd_month=200.000"]
THRESHOLDS += ["lines.1.near_poor_vnd_month=150.000", "lines.2.near_poor_vnd_month=260000 đồng"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("made") / "hoa-phu", (text := as_text(PLAN)), propose(text))


@pytest.fixture
def proposed(made, tmp_path):
    return shutil.copytree(made, tmp_path / "hoa-phu")


def left_alone(folder, *call, **more):
    """The words of a refusal that changes no file of the folder (str)."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(RefusedInput) as refused:
        confirm(folder, *call, **more)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    return str(refused.value)


def test_a_row_that_cannot_load_is_not_confirmed(proposed):
    empty = {(lack.name, lack.column) for lack in lacking(proposed)}
    assert empty == {("lines.1", "poor_vnd_month"), ("lines.2", "poor_vnd_month")}
    said = left_alone(proposed, [*NAMED, "lines.1"])
    assert "lines.csv:2:poor_vnd_month: the cell is empty" in said and "[lines.1.poor_vnd_month=…]" in said
    left = confirm(proposed, NAMED)
    assert [each.name for each in left] == ["lines.1", "lines.2"]
    assert {each.name for each in read_waiting(proposed) if not each.confirmed} == {"lines.1", "lines.2"}


def test_the_last_row_is_not_confirmed_while_the_package_cannot_load(proposed):
    early = [f"lines.{n}.valid_to=31/12/2016" for n in (1, 2)]
    said = left_alone(proposed, [*NAMED, *THRESHOLDS, *early])
    assert "poverty.csv:3:as_of: 2017-12-31 is outside the line" in said and "[poverty.2.as_of=…]" in said
    said = left_alone(proposed, [*NAMED, *THRESHOLDS], ["budget.1"])
    assert "budget.csv: no row under the header" in said
    assert confirm(proposed, [*NAMED, *THRESHOLDS]) == []
    package = load_package(proposed)
    assert [row.near_poor_vnd_month for row in package.poverty_lines] == [150_000, 260_000]
    assert not {"proposals.csv", "review.vi.html"} & {file.name for file in proposed.iterdir()}


def test_cells_that_a_fault_names_are_told_as_they_are_typed(proposed):
    pace = ["targets.1.value_pct=", "targets.1.comparator=", "targets.1.status=", "targets.1.pace_low_pp=1"]
    said = left_alone(proposed, [*NAMED, *THRESHOLDS, *pace])
    told = said.rpartition("[")[2].partition("]")[0]
    assert (
        told
        == 'targets.1.status=poor "targets.1.comparator=<=" targets.1.value_pct=7 targets.1.as_of=2020-12-31'
    )
    pace = [each for each in pace if each.endswith("1")]
    assert confirm(proposed, [*NAMED, *THRESHOLDS, *pace, *shlex.split(told)]) == []


def test_a_question_of_the_door_is_answered_with_the_last_row(proposed):
    asked = [*NAMED, *THRESHOLDS, "poverty.2.persons=900.000"]  # 45 in a household
    said = left_alone(proposed, asked)
    check = said.rpartition("--accept ")[2].split()[0]
    assert "still wait" in left_alone(proposed, NAMED, accept=[check])
    assert confirm(proposed, asked, accept=[check]) == []
    assert load_package(proposed).labels.accepted == (check,)


@pytest.mark.parametrize("by", ["call", "file"])
def test_a_corrected_cell_is_in_no_doubt_whichever_it_is(proposed, by):
    """The poverty line is part of what tells a reading from others: its row stays the proposal that it was."""
    if by == "call":
        confirm(proposed, ["poverty.1.poverty_line=qd_2016", "poverty.1.as_of=cuối năm 2016"])
    else:
        file = proposed / "poverty.csv"
        rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
        rows[1] = rows[1].replace("line_2016", "qd_2016")
        file.write_text("".join([rows[0], *reversed(rows[1:])]), encoding="utf-8")
        confirm(proposed)
    first = next(each for each in read_waiting(proposed) if each.name == "poverty.1")
    assert first.confirmed and not first.proposal.doubts
    assert first.proposal.cells["poverty_line"] == "qd_2016" and first.proposed["poverty_line"] == "line_2016"
    assert first.proposal.places  # still at its words


def test_rows_are_added_and_dropped(proposed):
    more = [
        "as_of=31/12/2014",
        "as_stated=cuối năm 2014",
        "group=all",
        "status=hộ nghèo",
        "poverty_line=line_2016",
    ]
    more += ["households=28.000", "rate_pct=14,0", "document=qd5_2018", "locator=preamble 1"]
    asked = [*NAMED, *THRESHOLDS, *(f"poverty.4.{cell}" for cell in more)]
    assert "outside the line" in left_alone(proposed, asked)
    asked += [f"lines.{n}.valid_from=2014-01-01" for n in (1, 2)]
    assert confirm(proposed, asked, ["poverty.1"]) == []
    rows = {str(row.as_of): (row.households, str(row.rate_pct)) for row in load_package(proposed).readings}
    assert rows["2014-12-31"] == (28_000, "14.0") and "2016-12-31" not in rows


def test_what_repeats_a_label_follows_it(tmp_path):
    text = as_text(PLAN.replace("TỈNH HÒA PHÚ ", "").replace(" của UBND tỉnh Hòa Phú", ""))
    folder = lay_out(tmp_path / "unnamed", text, propose(text))
    assert ("labels.1", "province_vi") in {(lack.name, lack.column) for lack in lacking(folder)}
    assert "labels.1.province_vi=…" in left_alone(folder, ["labels.1"])
    confirm(folder, ["labels.1.province_vi=Cà Mau", "labels.1.date=13/3/2018"])
    cells = {each.name: each.proposal.cells for each in read_waiting(folder)}
    labels, document = cells["labels.1"], cells["documents.1"]
    assert (labels["province_en"], labels["reference_unit"]) == ("Ca Mau", "VNM:Ca Mau")
    assert labels["title_vi"].startswith("Kế hoạch giảm nghèo Cà Mau 2018-2020: số liệu của 5/QĐ-UBND")
    assert "plan of Ca Mau 2018-2020" in labels["title_en"] and document["issuer"] == "UBND Cà Mau"
    assert document["date"] == labels["date"] == "2018-03-13"


def test_a_row_added_by_hand_waits_for_nobody(proposed):
    file = proposed / "documents.csv"
    file.write_text(file.read_text(encoding="utf-8") + "law,A law,A government,,,x,,\n", encoding="utf-8")
    own = next(each for each in read_waiting(proposed) if each.proposal.cells.get("document") == "law")
    assert own.confirmed and not own.proposal.places
    assert own.name not in [each.name for each in confirm(proposed)]


REFUSED = {
    "column": (["poverty.1.rate=9"], "nearest: 'rate_pct'"),
    "two_numbers": (["poverty.1.rate_pct=9.740"], "type 9740 for the one, 9.7400 for the other"),
    "two_instants": (["poverty.1.as_of=2016"], "'cuối năm 2016' \\(2016-12-31\\)$"),
    "not_the_next": (["poverty.9.rate_pct=9"], "unknown proposal 'poverty.9'"),
    "of_the_labels": (["labels.1.last_year=2010"], "2010 is before first_year"),
    "no_day": (["labels.1.date=hôm qua"], "not an ISO date"),
    "word": (["targets.1.status=poorer"], "nearest: 'poor'"),
    "no_cell": (["poverty.1.rate_pct"], "no cell; write poverty.1.rate_pct=…"),
    "twice": (["poverty.1.rate_pct=9", "poverty.1.rate_pct=8"], "poverty.1.rate_pct: typed twice; keep one"),
}


@pytest.mark.parametrize(("asked", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_typed_wrong_changes_nothing(proposed, asked, words):
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(left_alone(proposed, asked))


@pytest.mark.parametrize("drop", ["labels.1", "poverty.9"])
def test_what_is_not_there_is_not_dropped(proposed, drop):
    assert f"unknown row '{drop}'" in left_alone(proposed, drop=[drop])


def test_a_folder_that_cannot_be_written_to_is_refused(proposed, monkeypatch):
    def full(folder):
        raise OSError(28, "no space left")

    monkeypatch.setattr(paths, "try_to_write", full)
    assert "cannot be written to (no space left)" in left_alone(proposed)


@pytest.mark.parametrize(
    ("mark", "other"), [("poverty.1,", "poverty.x,"), (",poverty,", ",nothing,"), ("{", "[")]
)
def test_marks_that_were_changed_by_hand_are_refused(proposed, mark, other):
    file = proposed / "proposals.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(mark, other, 1), encoding="utf-8")
    assert "changed by hand; give giamngheo extract again" in left_alone(proposed)


def test_a_table_that_is_no_csv_is_refused_before_anything_is_confirmed(proposed):
    file = proposed / "poverty.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",12,", ",12,5,"), encoding="utf-8")
    assert "poverty.csv:2: 11 cells under 10 columns" in left_alone(proposed)
