"""All provinces at once: who they are, what is read, and what is forecast."""

import pytest

from giamngheo.analysis import provinces
from giamngheo.analysis.provinces import AIM, LAST_YEAR, load_provinces, province_forecasts, survey_readings


@pytest.fixture(scope="module")
def three():
    wanted = load_provinces().query("unit in ['VNM:An Giang', 'VNM:Lai Chau', 'VNM:Binh Duong']")
    return province_forecasts(2015, draws=300, provinces=wanted)


def test_every_province_has_a_tile_of_its_own_and_readings():
    rows = load_provinces()
    assert len(rows) == 63 and rows["unit"].is_unique and rows["name_vi"].is_unique
    assert not rows.duplicated(["tile_row", "tile_column"]).any()
    read = survey_readings()
    assert set(rows["unit"]) <= set(read["unit"]) and read["as_of"].max().year == LAST_YEAR
    assert read.groupby("unit").size().loc[rows["unit"]].min() >= 2


def test_a_row_holds_the_last_reading_the_forecast_and_the_paces(three):
    rows, ahead = three
    assert ((rows["q10"] <= rows["q50"]) & (rows["q50"] <= rows["q90"])).all()
    years = 2015 - rows["last_as_of"].dt.year
    assert (rows["last_pct"] + rows["required_pp"] * years).tolist() == pytest.approx(
        (AIM * rows["last_pct"]).tolist()
    )
    assert (rows["last_pct"] + rows["expected_pp"] * years).tolist() == pytest.approx(rows["q50"].tolist())
    one = rows.set_index("unit").loc["VNM:An Giang"]
    assert (
        one["last_as_of"].year == 2010 and one["observed_pp"] != one["observed_pp"]
    )  # one reading on its line
    assert set(ahead["unit"]) == set(rows["unit"])


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
