"""The batch of all provinces: what it leaves, whole, and not made again where it is there."""

import json
from datetime import date

import pandas as pd
import pytest

from giamngheo.analysis.provinces import LAST_OUT, load_provinces
from giamngheo.cli.provinces import LAST_OUT as SAID
from giamngheo.runs import provinces
from giamngheo.runs.verify import verify

SMALL = {"known_by": date(2013, 1, 21), "draws": 200, "progress": False}  # the survey of 2012 came out later


@pytest.fixture(scope="module")
def few():
    with pytest.MonkeyPatch.context() as patched:
        rows = load_provinces().head(2)
        made = provinces.province_forecasts
        patched.setattr(
            provinces,
            "province_forecasts",
            lambda *args, **options: made(*args, **options | {"provinces": rows}),
        )
        yield patched


@pytest.fixture(scope="module")
def home(few, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    provinces.write_provinces(["vi", "en"], out, **SMALL)
    return out / "viet-nam"


def test_tables_and_a_page_in_each_language_are_what_their_manifest_says(home):
    assert verify(home)["agrees"]
    assert {"vi/index.html", "en/index.html"} <= set(
        json.loads((home / "manifest.json").read_text())["files"]
    )
    for name, rows in (("provinces", 2), ("forecasts", 10)):
        csv, parquet = pd.read_csv(home / f"{name}.csv"), pd.read_parquet(home / f"{name}.parquet")
        assert len(csv) == len(parquet) == rows and list(csv) == list(parquet)
        assert csv["q50"].tolist() == pytest.approx(parquet["q50"].tolist(), rel=1e-5)
    known = pd.read_parquet(home / "readings.parquet")
    assert set(known["as_of"].dt.year[~known["known"]]) == {2012}


def test_what_is_there_already_is_not_computed_again(home, monkeypatch):
    monkeypatch.setattr(provinces, "province_forecasts", None)
    kept = {path: path.stat().st_mtime_ns for path in home.rglob("*.*")}
    assert provinces.write_provinces(["vi", "en"], home.parent, **SMALL)
    assert kept == {path: path.stat().st_mtime_ns for path in home.rglob("*.*")}


def test_a_run_that_dies_leaves_the_old_set_and_another_aim_takes_its_place(few, home, monkeypatch):
    before = (home / "provinces.csv").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(provinces, "provinces_page", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            provinces.write_provinces(["vi"], home.parent, target_pct=5.0, **SMALL)
    assert (home / "provinces.csv").read_bytes() == before and verify(home)["agrees"]
    provinces.write_provinces(["vi"], home.parent, target_pct=5.0, **SMALL)
    assert set(pd.read_csv(home / "provinces.csv")["target_pct"]) == {5}
    assert not (home / "en").exists() and verify(home)["agrees"]


def test_the_command_names_the_day_that_is_meant_where_none_is_given():
    assert provinces.write_provinces.__kwdefaults__["known_by"] == LAST_OUT == date.fromisoformat(SAID)
