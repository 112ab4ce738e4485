"""The page over many reports: all of a folder, in both languages, readable without scripts."""

import errno
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import Whole, read_aloud

from giamngheo import run_batch
from giamngheo.report.reports_page import about
from giamngheo.report.wording import Page
from giamngheo.runs import locks
from giamngheo.runs.publish import write_list

CASES = {"continued": 0.0, "new": 0.1}


@pytest.fixture
def facts(package):
    chances = {"poor_2015": 0.12, "near_poor_2015": 0.2, "both": 0.07}
    return about(
        Page(package, "vi"), [(case, t, p + more) for case, more in CASES.items() for t, p in chances.items()]
    )


def lay(folder, name, scenarios, langs, facts=None):
    for lang in langs:
        (folder / name / lang).mkdir(parents=True)
        (folder / name / lang / "index.html").write_text("")
    manifest = {"made_from": {}, "files": {}, "scenarios": scenarios}
    (folder / name / "manifest.json").write_text(json.dumps(manifest))
    if facts:
        (folder / name / "about.json").write_text(json.dumps(facts))


def rows(text):
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in text.split("<tr>")[2:]]
    return [[read_aloud(cell) for cell in row] for row in cells]


def test_it_lists_reports_and_batches_with_their_answers_and_pages(tmp_path, facts):
    lay(tmp_path, "an-giang", {"vi": {}}, ["vi", "en"], facts)
    lay(
        tmp_path,
        "other",
        {"vi": {}},
        ["en"],
        facts | {"province": {"vi": "<script>x</script>", "en": '"=1" ' + 300 * "x"}},
    )
    lay(tmp_path, "grid", [1, 2, 3], ["vi"])
    (tmp_path / "notes").mkdir()
    write_list(tmp_path)
    for address, sep, money in (("index.html", ",", "2.155"), ("index.en.html", ".", "2,155")):
        text = (tmp_path / address).read_text(encoding="utf-8")
        whole = Whole()
        whole.feed(text)
        assert whole.open == [] and text.count("<script>") == 1 and text.count("data-value") == 8
        first, second, third = rows(text.split("<script>")[0])
        assert first[0] == "An Giang" and first[2:6] == [
            "< 2 %: 12 % / 22 %",
            "≤ 3 %: 20 % / 30 %",
            "7 % / 17 %",
            money,
        ]
        assert second[0] == ("<script>x</script>" if sep == "," else '"=1" ' + 300 * "x")
        assert third[0].endswith("“grid”") and third[1].startswith("3 ") and third[2:6] == ["–"] * 4
        pages = [each for each in whole.addresses if each.endswith("/index.html")]
        assert all((tmp_path / page).is_file() for page in pages) and len(set(pages)) == 4


def test_one_target_has_no_chance_of_both(package):
    alone = replace(package, targets=tuple(t for t in package.targets if t.status != "near_poor"))
    rows = [("new", "poor_2015", 0.1), ("new", "both", 0.1)]
    assert about(Page(alone, "en"), rows)["both"] == {} != about(Page(package, "en"), rows)["both"]


def test_a_batch_among_reports_is_listed_and_one_elsewhere_leaves_no_page(tmp_path, facts, monkeypatch):
    from giamngheo.runs.batch.plan import make_plan
    from giamngheo.runs.batch.running import Batch
    from giamngheo.runs.batch.settings import Settings

    lay(tmp_path / "reports", "an-giang", {"vi": {}}, ["vi"], facts)
    lay(tmp_path / "reports", "odd", {"vi": {}}, ["vi"], [1])
    settings = Settings(draws=100, results_only=True, progress=False)
    for folder in ("reports", "elsewhere"):
        assert Batch(make_plan([{"id": "same"}]), tmp_path / folder / "grid", settings).run().ok
    before = (tmp_path / "reports" / "index.en.html").read_bytes()
    monkeypatch.setattr(locks.tempfile, "tempdir", str(tmp_path / "reports"))  # case: report --out /tmp
    assert len(run_batch([{"id": "same"}], draws=100, progress=False))
    assert (tmp_path / "reports" / "index.en.html").read_bytes() == before
    text = (tmp_path / "reports" / "index.en.html").read_text(encoding="utf-8")
    assert "grid/en/index.html" in text and "an-giang/vi/index.html" in text and "odd/" not in text
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["grid"]


def test_it_is_made_again_but_no_page_of_another_s_is_written_over(tmp_path, facts):
    (tmp_path / "index.en.html").write_text("the user's own")
    write_list(tmp_path)
    empty = (tmp_path / "index.html").read_text(encoding="utf-8")
    lay(tmp_path, "an-giang", {"vi": {}}, ["vi"], facts)
    write_list(tmp_path)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") != empty
    assert (tmp_path / "index.en.html").read_text(encoding="utf-8") == "the user's own"


def test_what_one_may_not_enter_read_or_replace_is_passed_over(tmp_path, facts, monkeypatch):
    """Case: report --out /tmp ended with status 1 for another user's folder, its pages written."""
    for name in ("an-giang", "closed"):
        lay(tmp_path, name, {"vi": {}}, ["vi"], facts)
    (tmp_path / "index.html").write_text("another user's")
    is_file, read_text = Path.is_file, Path.read_text

    def closed(ask):
        def asked(path, *given, **more):
            if tmp_path / "closed" in path.parents or path == tmp_path / "index.html":
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return ask(path, *given, **more)

        return asked

    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_file", closed(is_file))
        patched.setattr(Path, "read_text", closed(read_text))
        write_list(tmp_path)
    text = (tmp_path / "index.en.html").read_text(encoding="utf-8")
    assert "an-giang/vi/index.html" in text and "closed/" not in text
    assert (tmp_path / "index.html").read_text() == "another user's"


def test_a_report_from_before_there_were_facts_and_what_is_broken_are_left_out(tmp_path, facts):
    lay(tmp_path, "old", {"vi": {}}, ["vi"])
    lay(tmp_path, "broken", {"vi": {}}, ["vi"], facts)
    (tmp_path / "broken" / "about.json").write_text("{")
    odd = facts["targets"]["poor"]
    for n, told in enumerate(
        ({}, [], facts | {"targets": {"poor": {}}}, facts | {"targets": {"poor": odd | {"comparator": "?"}}},
         facts | {"date": "soon"}, facts | {"both": [0.1]}, facts | {"province": {"en": "x"}},
         facts | {"money_bn_vnd": "much"}, {"version": 2, "answer": 0.1}),
    ):  # fmt: skip
        lay(tmp_path, f"odd-{n}", {"vi": {}}, ["vi"], facts)
        (tmp_path / f"odd-{n}" / "about.json").write_text(json.dumps(told))
    write_list(tmp_path)
    assert rows((tmp_path / "index.html").read_text(encoding="utf-8").split("<script>")[0]) == []
