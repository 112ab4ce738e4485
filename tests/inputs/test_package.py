"""Data packages: An Giang's figures, what is refused, the descriptor and a new package."""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from giamngheo import paths
from giamngheo.inputs.descriptor import keep_accepted, name_of, write_descriptor
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.package import REQUIRED, load_package
from giamngheo.inputs.skeleton import new_package
from giamngheo.inputs.tables import TABLES

AN_GIANG = paths.DATA / "an-giang"


@pytest.fixture
def copy(tmp_path):
    """A copy of An Giang's package that a test may spoil."""
    return shutil.copytree(AN_GIANG, tmp_path / "an-giang")


def spoil(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(folder):
    with pytest.raises(RefusedInput) as caught:
        load_package(folder)
    return str(caught.value)


def test_what_the_package_holds(package):
    assert (package.name, package.published) == ("an-giang", date(2013, 1, 21))
    assert package.years == (2013, 2014, 2015)
    assert package.deadline == date(2015, 12, 31)
    assert (len(package.readings), len(package.budget_lines)) == (16, 13)
    assert package.poor_lines_vnd_month == (400_000, 500_000)
    assert package.near_poor_ratio == pytest.approx(1.3)
    assert package.main_document.document == "qd107_2013"
    assert package.labels.province_vi == "An Giang"


def test_the_budget_adds_up_to_the_tables_printed_totals(package):
    def total(column, kind=None):
        return sum(getattr(row, column) for row in package.budget_lines if kind in (None, row.kind_table))

    columns = ("annual", "central", "provincial", "mobilised", "total_3y")
    as_printed = {
        "policy": ("699.33", "636", "43.33", "20", "2098"),
        "project": ("19", "16.5", "2.5", "0", "57"),
        None: ("718.33", "652.50", "45.83", "20", "2155"),
    }
    for kind, figures in as_printed.items():
        assert tuple(total(column, kind) for column in columns) == tuple(map(Decimal, figures))


def test_the_whole_and_the_part_of_a_channel(package):
    assert package.total_bn() == 2155
    assert package.total_bn("credit") == 600
    assert package.total_bn("none") == 0


def test_the_last_counted_reading_is_on_the_newer_line(package):
    last = package.last_counted()
    assert (last.as_of, last.households, last.poverty_line) == (date(2011, 12, 31), 41281, "qd09_2011")
    earlier = replace(package, readings=tuple(r for r in package.readings if r.as_of < last.as_of))
    twice = [r for r in earlier.readings if (r.group, r.status) == ("all", "poor") and r.as_of.year == 2010]
    assert {r.poverty_line for r in twice} == {"qd170_2005", "qd09_2011"}
    for readings in (earlier.readings, earlier.readings[::-1]):
        assert replace(earlier, readings=readings).last_counted().poverty_line == "qd09_2011"
    assert package.last_counted("ethnic_minority").as_of == date(2010, 12, 31)
    assert package.last_counted("nobody") is None


def test_promises_a_year(package):
    assert package.promise("credit") == (20_000, "household")
    assert package.promise("electricity") == (30_000, "household_year")
    assert package.promise("housing") == (pytest.approx(10_000 / 3), "house")
    assert package.promise("legal_aid") is None


def test_implied_size_of_a_group(package):
    assert package.group_size("ethnic_minority") == pytest.approx(4550 / 0.205)
    assert package.group_size("nobody") is None


def test_every_section_with_money_names_its_agencies(package):
    for row in package.budget_lines:
        assert {"lead", "implementing"} & {a.role for a in package.agencies if a.line == row.line}
    roles = {(a.line, a.agency_en, a.locator) for a in package.agencies if a.role == "lead"}
    assert ("health", "Department of Labour, Invalids and Social Affairs", "IV.2") in roles
    assert ("health", "Department of Health", "VIII.7") in roles


def test_frames_have_numbers_and_timestamps(package):
    frame = package.frame("poverty")
    assert frame["rate_pct"].dtype == "float64"
    assert frame["households"].dtype == "int64"
    assert str(frame["as_of"].dtype).startswith("datetime64")
    assert frame["rate_pct"].iloc[0] == 13.15
    for table in TABLES:
        assert list(package.frame(table).columns) == list(TABLES[table].model_fields)
    with pytest.raises(RefusedInput, match="nearest: 'poverty'"):
        package.frame("povrty")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("poverty.csv", "41281,7.84", "41281,0.0784", ["poverty.csv:16:rate_pct", "7.84"]),
        ("poverty.csv", "58543,13.15", "58543,131.5", ["poverty.csv:2:rate_pct", "13.15"]),
        ("poverty.csv", "58543,13.15", '58543,"13,15"', ["poverty.csv:2:rate_pct", "write 13.15"]),
        ("poverty.csv", "58543,", "58.543,", ["poverty.csv:2:households", "write 58543"]),
        (
            "poverty.csv",
            "2011-12-31,đầu năm 2012,all,poor,qd09_2011",
            "2011-12-31,đầu năm 2012,all,poor,qd170_2005",
            ["poverty.csv:16:as_of", "outside the line 'qd170_2005'", "nearest line: 'qd09_2011'"],
        ),
        (
            "poverty.csv",
            "2010-12-31,Đầu năm 2011,all,near_poor,qd09_2011",
            "2010-12-31,Đầu năm 2011,all,near_poor,qd170_2005",
            ["poverty.csv:15:status", "no near-poor threshold", "'qd09_2011'"],
        ),
        ("poverty.csv", "qd09_2011,48622", "qd09_2012,48622", ["poverty.csv:14:poverty_line", "'qd09_2011'"]),
        (
            "poverty.csv",
            ",qd107_2013,preamble 4",
            ",qd107,preamble 4",
            ["poverty.csv:2:document", "'qd107_2013'"],
        ),
        ("poverty.csv", "2011-12-31,", "2031-12-31,", ["poverty.csv:16:as_of", "qd09_2011"]),
        ("poverty.csv", "persons,", "person,", ["poverty.csv:1:person", "missing column 'persons'"]),
        ("lines.csv", "2011-01-01", "01/01/2011", ["lines.csv:4:valid_from", "write 2011-01-01"]),
        ("lines.csv", "520000", "390000", ["lines.csv:4:near_poor_vnd_month", "empty, or 400000 again"]),
        ("targets.csv", "<,2,", "<,0.02,", ["targets.csv:2:value_pct", "fraction", "2.00"]),
        ("targets.csv", "<,2,", "=<,2,", ["targets.csv:2:comparator", "nearest: '<'"]),
        ("targets.csv", "poor,<,2,2015-12-31", "poor,<,2,", ["targets.csv:2:as_of", "empty"]),
        ("budget.csv", "600,credit,all", "600,credits,all", ["budget.csv:2:channel", "'credit'"]),
        ("budget.csv", "180,10,10", "-180,10,10", ["budget.csv:2:central", "nearest valid value: 0"]),
        ("budget.csv", "health,policy", "credit,policy", ["budget.csv:3:line", "repeats row 2"]),
        ("measures.csv", "credit,house", "credits,house", ["measures.csv:2:line", "nearest: 'credit'"]),
        ("documents.csv", "2013-01-21", "2013-01-20", ["documents.csv:2:date", "2013-01-21"]),
        ("documents.csv", "qd107_2013", "qd107_2012", ["'qd107_2012'"]),
        ("datapackage.json", '"province_vi"', '"province"', ["datapackage.json", "nearest: 'province_vi'"]),
        ("datapackage.json", '"2013-01-21"', '"21/01/2013"', ["datapackage.json: date", "write 2013-01-21"]),
        ("datapackage.json", '"first_year": 2013', '"first_year": "x"', ["datapackage.json: first_year"]),
        ("datapackage.json", '"name": "an-giang"', '"name": "../x"', ["datapackage.json: name"]),
        ("datapackage.json", '"giamngheo"', '"giamnghe"', ["nearest: 'giamnghe'"]),
        ("datapackage.json", "{", "{,", ["datapackage.json:1", "not JSON"]),
    ],
)
def test_bad_input_is_refused_with_its_place(copy, file, old, new, said):
    spoil(copy, file, old, new)
    message = refusal(copy)
    for words in said:
        assert words in message


@pytest.mark.parametrize("file", ["datapackage.json", *(f"{table}.csv" for table in REQUIRED)])
def test_a_missing_file_is_refused(copy, file):
    (copy / file).unlink()
    assert f"{file}: no such file" in refusal(copy)


@pytest.mark.parametrize("file", ["datapackage.json", "poverty.csv"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x80abc", b"[]"])
def test_a_broken_file_is_refused(copy, file, content):
    (copy / file).write_bytes(content)
    assert file in refusal(copy)


def test_a_table_without_rows_is_refused(copy):
    header = (copy / "budget.csv").read_text(encoding="utf-8").splitlines()[0]
    (copy / "budget.csv").write_text(header + "\n", encoding="utf-8")
    assert "budget.csv: no row under the header" in refusal(copy)


def test_a_missing_folder_names_the_nearest(copy):
    assert f"no such package folder; nearest: '{copy}'" in refusal(copy.parent / "an-gian")
    assert "a file" in refusal(copy / "poverty.csv")
    assert "dict, where a folder is expected" in refusal({})


@pytest.mark.parametrize("written", ["Measures.csv", "POVERTY.CSV", "datapackage.JSON", "Scenarios"])
def test_a_file_in_other_letters_is_not_passed_over(copy, written):
    (copy / written.lower()).rename(copy / written)
    assert f"{written}: not read; rename it '{written.lower()}'" in refusal(copy)


def test_a_folder_whose_name_is_not_utf_8_is_refused_before_a_page_would_tell_it(copy):
    other = copy.rename(Path(os.fsdecode(os.fsencode(copy.parent) + b"/An \xf4ng")))
    assert "not UTF-8" in refusal(other)


def test_a_package_is_known_by_its_folder(copy):
    """Whatever its descriptor says: a copy must not write over the pages of what it was copied from."""
    assert load_package(copy.rename(copy.with_name("Đồng Tháp 2"))).name == "dong-thap-2"
    names = {"an-giang": "an-giang", "ĐỒNG.THÁP": "dong.thap", "省": "other", "x" * 200: "x" * 64}
    assert {name: name_of(Path(name), "other") for name in names} == names


def test_optional_tables_may_be_absent(copy):
    for table in ("claims", "measures", "agencies"):
        (copy / f"{table}.csv").unlink()
    package = load_package(copy)  # the descriptor still lists them
    assert (package.claims, package.measures, package.agencies) == ((), (), ())


def test_a_changed_file_is_no_refusal_but_shows_in_the_hash(copy, package):
    spoil(copy, "poverty.csv", "58543", "58544")
    assert load_package(copy).readings[0].households == 58544


def test_the_released_descriptor_is_what_the_models_and_files_make(copy):
    released = (AN_GIANG / "datapackage.json").read_bytes()
    assert write_descriptor(copy).read_bytes() == released


@pytest.mark.parametrize("write", [write_descriptor, lambda folder: keep_accepted(folder, ["money_units"])])
def test_a_descriptor_that_cannot_be_written_is_refused(copy, monkeypatch, write):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(paths, "write_atomically", denied)
    with pytest.raises(RefusedInput, match=r"datapackage.json: cannot be written \(Permission denied\)"):
        write(copy)


def test_frictionless_finds_the_package_valid(tmp_path):
    frictionless = pytest.importorskip("frictionless")
    for folder in (AN_GIANG, new_package(tmp_path / "mau")):
        report = frictionless.validate(str(folder / "datapackage.json"))
        assert report.valid, report.flatten(["type", "message"])


def test_frictionless_sees_a_figure_of_the_wrong_type(copy):
    frictionless = pytest.importorskip("frictionless")
    spoil(copy, "poverty.csv", "13.15", "131.5")
    assert not frictionless.validate(str(copy / "datapackage.json")).valid


def test_a_new_package_validates_and_is_not_written_over(tmp_path):
    folder = new_package(tmp_path / "deep" / "mau-1")
    package = load_package(folder)
    assert package.name == "mau-1"
    assert package.years == (2025, 2026, 2027)
    with pytest.raises(RefusedInput, match="exists already"):
        new_package(folder)
    with pytest.raises(RefusedInput, match="nearest: 'tinh-mau'"):
        new_package(tmp_path / "Tinh Mau")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep"]


def test_locators_and_hashes_are_complete(package):
    for table in ("poverty", "targets", "budget", "measures", "agencies", "claims"):
        assert all(row.locator for row in package.rows(table))
    for resource in package.descriptor["resources"]:
        assert resource["hash"].startswith("sha256:")


def test_csvs_are_tidy():
    for path in sorted(AN_GIANG.glob("*.csv")):
        raw = path.read_bytes()
        assert b"\r" not in raw
        assert raw.endswith(b"\n")
        assert not raw.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(raw.decode("utf-8").splitlines()))
        assert all(cell == cell.strip() for row in rows for cell in row)
    assert json.loads((AN_GIANG / "datapackage.json").read_text(encoding="utf-8"))["name"] == "an-giang"


def test_validation_is_quick_and_light(package):
    start = time.perf_counter()
    load_package()
    assert time.perf_counter() - start < 0.3
    code = (
        "import importlib, pkgutil, sys, giamngheo.inputs as inputs;"
        "names = [m.name for m in pkgutil.walk_packages(inputs.__path__, 'giamngheo.inputs.')];"
        "door = {name.split('.')[2]: importlib.import_module(name) for name in names};"
        "p = door['package'].load_package(); door['scenario'].list_scenarios(p);"
        "print(sorted({'pandas', 'numpy', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("province", "unit"),
    [
        ("Tỉnh An Giang", "VNM:An Giang"),
        ("TP. Hồ Chí Minh", "VNM:Ho Chi Minh city"),
        ("Thừa Thiên Huế", "VNM:Thua Thien-Hue"),
        ("Tỉnh Bà Rịa-Vũng Tàu", "VNM:Ba Ria - Vung Tau"),
        ("Tỉnh Bình Minh", None),
    ],
)
def test_a_province_s_own_series_is_found_however_it_is_written(package, province, unit):
    labels = package.labels.model_copy(update={"reference_unit": None, "province_vi": province})
    assert replace(package, labels=labels).reference_unit == unit
