"""Whether pages, data, code and lock still agree: what is altered is named, what is whole is not."""

import json
import shutil
from types import SimpleNamespace

import pytest

from giamngheo import paths
from giamngheo.cli.output import verify_text
from giamngheo.inputs.errors import RefusedInput
from giamngheo.runs import cache, page_set
from giamngheo.runs.verify import verify


@pytest.fixture
def data(package, tmp_path):
    """A package that lies elsewhere."""
    return shutil.copytree(package.path, tmp_path / "data")


@pytest.fixture
def home(data, tmp_path):
    """A small report on it."""
    made_from = cache.made_from([SimpleNamespace(name="an-giang", path=data)]) | {"draws": 100, "seed": 0}
    record = json.dumps({"packages": {"an-giang": str(data)}})
    with page_set.changing(tmp_path / "reports" / "an-giang") as place:
        files = {"en/index.html": "<p>13 %</p>", "en/tables/a.csv": "a\n"}
        page_set.switch(place, files, {"en/run.json": record}, page_set.Earlier(), made_from, {"en": {}})
    return tmp_path / "reports" / "an-giang"


def test_what_is_whole_agrees(home):
    found = verify(home)
    assert found["agrees"] and found["problems"] == {"pages": [], "data": [], "code": [], "lock": []}
    assert verify_text(found).splitlines() == [f"{what}: agree" for what in found["problems"]]


def spoiled(what, home, data, monkeypatch):
    if what == "altered":
        (home / "en" / "index.html").write_text("<p>93 %</p>")
    elif what == "cut off":
        (home / "en" / "tables" / "a.csv").write_text("")
    elif what == "gone":
        (home / "en" / "index.html").unlink()
    elif what == "another's":
        (home / "en" / "old.html").write_text("of another seed")
    elif what == "data":
        (data / "poverty.csv").write_text("")
    elif what == "data gone":
        shutil.rmtree(data)
    elif what == "code":
        monkeypatch.setattr(cache, "code_files", lambda: [paths.LOCK, paths.LOCK])
    elif what == "lock":
        monkeypatch.setattr(paths, "LOCK", paths.ROOT / "README.md")


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("altered", "pages", "en/index.html: altered"),
        ("cut off", "pages", "en/tables/a.csv: altered"),
        ("gone", "pages", "en/index.html: missing"),
        ("another's", "pages", "en/old.html: a page that is none of these"),
        ("data", "data", "an-giang: changed since"),
        ("data gone", "data", "an-giang: not found"),
        ("code", "code", "changed since"),
        ("lock", "lock", "changed since"),
    ],
)
def test_what_does_not_agree_is_named(home, data, monkeypatch, what, kind, words):
    spoiled(what, home, data, monkeypatch)
    found = verify(home)
    assert not found["agrees"]
    assert [name for name, problems in found["problems"].items() if problems] == [kind]
    assert found["problems"][kind][0].startswith(words) and words in verify_text(found)


def test_data_that_were_moved_are_found_where_one_says(home, data, tmp_path):
    data.replace(tmp_path / "moved")
    assert not verify(home)["agrees"] and verify(home, tmp_path / "moved")["agrees"]


def test_a_folder_without_a_manifest_is_refused_with_the_nearest(home, tmp_path):
    with pytest.raises(RefusedInput, match=r"nearest: .*an-giang"):
        verify(home.parent)
    with pytest.raises(RefusedInput, match=r"no manifest\.json"):
        verify(tmp_path / "nowhere")
