"""All provinces at once: who they are, what was out when, and what is forecast of them."""

import json
from datetime import date

import frictionless
import pandas as pd
import pytest

from giamngheo.analysis import provinces
from giamngheo.analysis.provinces import (
    FOLDER,
    HALF,
    LAST_YEAR,
    load_provinces,
    province_forecasts,
    survey_readings,
)
from giamngheo.cli.provinces import FIRST_OUT, LAST_OUT
from giamngheo.inputs.descriptor import refresh_hashes
from giamngheo.inputs.errors import RefusedInput

DECIDED = date(2013, 1, 21)  # the day of An Giang's decision
WANTED = ["VNM:An Giang", "VNM:Lai Chau", "VNM:Binh Duong"]


def some():
    return load_provinces().query("unit in @WANTED")


@pytest.fixture(scope="module")
def three():
    return province_forecasts(2015, known_by=DECIDED, draws=300, provinces=some())


@pytest.fixture(scope="module")
def later():
    return province_forecasts(2015, 5.0, draws=300, provinces=some())


def test_the_folder_is_a_data_package_whose_checksums_hold(tmp_path):
    report = frictionless.Package(str(FOLDER / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "fieldName", "note"])[:5]
    descriptor = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    assert {each["path"] for each in descriptor["resources"]} == {file.name for file in FOLDER.glob("*.csv")}
    assert descriptor["licenses"] and all(each["path"] for each in descriptor["sources"])
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    refresh_hashes(tmp_path)
    assert (tmp_path / "datapackage.json").read_bytes() == (FOLDER / "datapackage.json").read_bytes()


def test_every_province_has_a_region_a_tile_of_its_own_and_readings():
    rows = load_provinces()
    assert len(rows) == 63 and rows["unit"].is_unique and rows["name_vi"].is_unique
    assert sorted(rows["region"].value_counts()) == [5, 6, 11, 13, 14, 14]
    assert not rows.duplicated(["tile_row", "tile_column"]).any()
    read = survey_readings()
    assert set(rows["unit"]) <= set(read["unit"]) and read["as_of"].max().year == LAST_YEAR
    assert read.groupby("unit").size().loc[rows["unit"]].min() >= 2


def test_only_what_had_come_out_informs_a_forecast(monkeypatch, three):
    """Readings that came out after the day may say what they like: no forecast moves."""
    readings = survey_readings()
    after = readings["published"] > pd.Timestamp(DECIDED)
    assert set(readings["as_of"].dt.year[after]) == {2012}
    monkeypatch.setattr(
        provinces,
        "survey_readings",
        lambda: readings.assign(rate_pct=readings["rate_pct"].where(~after, 99.0)),
    )
    again = province_forecasts(2015, known_by=DECIDED, draws=300, provinces=some())
    pd.testing.assert_frame_equal(again.provinces, three.provinces)
    pd.testing.assert_frame_equal(again.forecasts, three.forecasts)
    assert (again.later["rate_pct"] == 99).all() and len(again.later) == 2


def test_a_row_holds_the_last_reading_the_forecast_and_the_paces(three):
    rows = three.provinces
    assert (rows["last_as_of"].dt.year == 2010).all() and (rows["past_to"].dt.year == 2008).all()
    assert ((rows["q10"] <= rows["q50"]) & (rows["q50"] <= rows["q90"])).all()
    assert (rows["last_pct"] + 5 * rows["required_pp"]).tolist() == pytest.approx(
        (HALF * rows["last_pct"]).tolist()
    )
    assert (rows["last_pct"] + 5 * rows["expected_pp"]).tolist() == pytest.approx(rows["q50"].tolist())
    one = rows.set_index("unit").loc["VNM:An Giang"]
    assert one["past_pp"] == pytest.approx((8.5 - 9.7) / 2)
    assert set(three.forecasts["unit"]) == set(WANTED) and set(three.forecasts["as_of"].dt.year) == {
        *range(2011, 2016)
    }


def test_the_chance_is_that_of_the_aim_that_was_given(later):
    rows = later.provinces.set_index("unit")
    assert (rows["target_pct"] == 5).all()
    assert rows.loc["VNM:Binh Duong", ["chance", "required_pp"]].tolist() == [1, 0]
    assert rows.loc["VNM:Lai Chau", "chance"] == 0
    assert 0 < rows.loc["VNM:An Giang", "chance"] < 1
    assert (rows["q10"] < 5).tolist() == (rows["chance"] > 0.1).tolist()


def test_the_survey_of_2012_informs_a_forecast_unless_a_day_is_given(later):
    rows = later.provinces.set_index("unit")
    assert rows["last_as_of"].dt.year.to_dict() == {
        "VNM:An Giang": 2010,
        "VNM:Lai Chau": 2012,
        "VNM:Binh Duong": 2012,
    }
    assert rows.loc["VNM:Lai Chau", "past_from"].year == 2010 and later.later.empty


def test_a_forecast_is_held_against_later_readings_of_its_own_line_alone():
    early = province_forecasts(2013, known_by=date(2009, 1, 1), draws=100, provinces=some().head(1))
    assert (~early.readings["known"]).sum() > 1 and early.later["as_of"].dt.year.tolist() == [2008]


@pytest.mark.parametrize(
    ("day", "nearest"), [(date(2008, 1, 1), "2008-06-30"), (date(2016, 1, 1), "2014-06-30")]
)
def test_a_day_without_readings_or_past_those_used_is_refused(day, nearest):
    with pytest.raises(RefusedInput, match=nearest):
        province_forecasts(2015, known_by=day, draws=100, provinces=some())


def test_a_province_does_not_inform_its_own_prior(monkeypatch):
    asked, made = [], provinces.forecast
    monkeypatch.setattr(
        provinces,
        "forecast",
        lambda *args, **options: asked.append(options["unit"]) or made(*args, **options),
    )
    wanted = load_provinces().head(1)
    province_forecasts(2015, draws=100, provinces=wanted)
    assert asked == wanted["unit"].tolist()


def test_the_command_line_knows_the_days_before_anything_is_read():
    with pytest.raises(RefusedInput, match=f"outside {FIRST_OUT} to {LAST_OUT}"):
        province_forecasts(2015, known_by=date(1990, 1, 1), draws=100)
