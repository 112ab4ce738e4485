"""A set of pages: whatever stops its making, the old one or the new one is there, whole."""

import errno
import os
import signal
from pathlib import Path

import pytest

from giamngheo.runs import page_set
from giamngheo.runs.locks import WORKSPACE, locked, workspace

LANGS = ("vi", "en")
OLD, NEW = {"seed": 0}, {"seed": 1}


def write(home, made_from=OLD, word="old", names=("full_plan", "double"), langs=LANGS):
    """Write a small set."""
    with page_set.changing(home) as place:
        stays = page_set.earlier(place, made_from)
        files = {f"{lang}/index.html": word for lang in langs}
        files |= {f"{lang}/scenario/{name}.html": f"{word} {name}" for lang in langs for name in names}
        titles = {lang: stays.scenarios.get(lang, {}) | dict.fromkeys(names, "T") for lang in langs}
        beside = {f"{lang}/run.json": "{}" for lang in langs}
        page_set.switch(place, files, beside, stays, made_from, stays.scenarios | titles)


def content(home):
    """Name to text of all that is there."""
    return {path.relative_to(home).as_posix(): path.read_text() for path in home.rglob("*") if path.is_file()}


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "an-giang")
    (tmp_path / "an-giang" / "notes.txt").write_text("the user's own")
    return tmp_path / "an-giang"


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    """What the new set is, if nothing stops it."""
    folder = tmp_path_factory.mktemp("new") / "an-giang"
    write(folder, NEW, "new", ["full_plan"], ["en"])
    return content(folder)


def pages_of(found):
    return {name: text for name, text in found.items() if not name.endswith(("notes.txt", "run.json"))}


def test_what_is_of_the_same_stays_and_what_is_not_goes(home, new):
    before = content(home)
    write(home, OLD, "old", ["full_plan"], ["en"])
    assert content(home) == before
    write(home, NEW, "new", ["full_plan"], ["en"])
    assert pages_of(content(home)) == pages_of(new) and (home / "notes.txt").read_text() == "the user's own"


def test_what_lies_beside_a_set_comes_and_goes_with_it(home):
    for beside, there in (({"vi/report.pdf": b"%PDF"}, True), ({}, True), ({"vi/report.pdf": None}, False)):
        with page_set.changing(home) as place:
            page_set.switch(place, {}, beside, page_set.earlier(place, OLD), OLD, {})
        assert (home / "vi" / "report.pdf").exists() is there
        assert "vi/report.pdf" not in page_set.read_manifest(home)["files"]


def test_a_page_that_was_altered_is_not_of_the_set_any_more(home):
    (home / "en" / "scenario" / "double.html").write_text("altered")
    write(home, OLD, "old", ["full_plan"], ["en"])
    assert not (home / "en" / "scenario" / "double.html").exists()
    manifest = page_set.read_manifest(home)
    assert set(manifest["scenarios"]["en"]) == {"full_plan"} and "double" in manifest["scenarios"]["vi"]


KILLED_IN = [
    (Path, "mkdir", 1),
    (os, "link", 1),
    *((Path, "write_bytes", n) for n in (1, 2, 4)),
    (page_set, "_change_places", 1),
    (page_set.shutil, "rmtree", 3),
]


@pytest.mark.parametrize("by_one_rename", [True, False])
@pytest.mark.parametrize(("owner", "call", "nth"), KILLED_IN, ids=lambda value: str(value)[-12:])
def test_a_kill_leaves_the_old_set_or_the_new_one(home, new, monkeypatch, owner, call, nth, by_one_rename):
    old = pages_of(content(home))
    if not by_one_rename:
        monkeypatch.setattr(page_set.sys, "platform", "darwin")
    pid = os.fork()
    if pid == 0:  # killed when the call is made for the n-th time
        real, calls = getattr(owner, call), []

        def dies(*arguments, **more):
            calls.append(1)
            if len(calls) == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **more)

        setattr(owner, call, dies)
        try:
            write(home, NEW, "new", ["full_plan"], ["en"])
        finally:
            os._exit(0)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert pages_of(content(home)) in (old, pages_of(new))
    with page_set.changing(home):
        assert [path.name for path in home.parent.iterdir()] == ["an-giang"]


def test_a_kill_between_two_renames_is_made_good(home, monkeypatch):
    old = content(home)
    home.replace(home.with_name(".an-giang.old"))
    (home.with_name(".an-giang.new") / "en").mkdir(parents=True)
    with page_set.changing(home):
        assert content(home) == old and [path.name for path in home.parent.iterdir()] == ["an-giang"]


@pytest.mark.parametrize("nth", [1, 3, 5])
def test_a_full_disk_leaves_the_old_set(home, monkeypatch, nth):
    old, calls, real = content(home), [], Path.write_bytes

    def full(path, data):
        calls.append(path)
        if len(calls) == nth:
            real(path, data[:1])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write(home, NEW, "new")
    assert content(home) == old and [path.name for path in home.parent.iterdir()] == ["an-giang"]


def test_a_link_to_the_folder_stays_a_link(home, tmp_path):
    link = tmp_path / "elsewhere" / "an-giang"
    link.parent.mkdir()
    link.symlink_to(home)
    write(link, NEW, "new")
    assert link.is_symlink() and content(home)["en/index.html"] == "new"


def test_the_workspaces_of_the_dead_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("dead", "young", "living"):
        (tmp_path / f"{WORKSPACE}{name}").mkdir()
    for name in ("dead", "living"):
        os.utime(tmp_path / f"{WORKSPACE}{name}", (0, 0))
    with locked(tmp_path / f"{WORKSPACE}living"), workspace() as own:
        left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"{WORKSPACE}young", f"{WORKSPACE}living", own.name} and not own.exists()
