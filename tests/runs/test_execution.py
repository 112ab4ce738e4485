"""Running notebooks: what is refused before a kernel starts, what counts as done, what is not done twice."""

import errno
import hashlib
import io
import os
import sys
import threading
import time
import warnings
from pathlib import Path
from types import SimpleNamespace

import nbformat
import papermill
import pytest

from giamngheo import paths
from giamngheo.inputs import package, parameters
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.parameters import Door, notebook_inputs
from giamngheo.runs import cache, execution, notebook_run
from giamngheo.runs.execution import Job, execute, execute_all

PARAMETERS = "\n".join(
    f"{name}: {type(value).__name__} = {value!r}" for name, value in parameters.DEFAULTS.items()
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "EXECUTED", tmp_path / "cache" / "executed")
    monkeypatch.setattr(execution, "UNFINISHED", tmp_path / "cache" / "failed")


@pytest.fixture
def no_kernel(monkeypatch):
    def started(*args):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(execution, "forked", started)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"scenrio": "double"}, ["scenrio", "nearest: 'scenario'"]),
        ({"scenario": "dubble"}, ["dubble", "nearest: 'double'"]),
        ({"lang": "fr"}, ["fr", "vi, en"]),
        ({"draws": "20000"}, ["draws", "'20000'", "int"]),
        ({"draws": 20_000.0}, ["draws", "int"]),
        ({"draws": True}, ["draws", "True"]),
        ({"draws": 99}, ["draws", "nearest: 100"]),
        ({"draws": 10**7}, ["draws", "nearest: 1000000"]),
        ({"seed": -1}, ["seed", "nearest: 0"]),
        ({"package": "data/nowhere"}, ["nowhere"]),
        ({"package": ("a", "b")}, ["package", "str"]),
        ({"seed = 1; import os": 1}, ["unknown parameter"]),
    ],
)
def test_refused_before_a_kernel_starts(make_notebook, tmp_path, no_kernel, given, words):
    notebook = make_notebook("n", "1", parameters=PARAMETERS)
    start = time.monotonic()
    with pytest.raises(RefusedInput) as refused:
        execute(notebook, given, tmp_path / "out.ipynb")
    assert time.monotonic() - start < 1
    assert all(word in str(refused.value) for word in words), refused.value
    assert not (tmp_path / "out.ipynb").exists()


def test_parameters_are_read_from_the_notebook(make_notebook):
    notebook = make_notebook("n", "1", parameters='# words\nlang: str = "vi"\nseed: int = 0')
    assert parameters.declared_parameters(parameters.read_cells(notebook)) == {"lang": "vi", "seed": 0}


def test_every_job_is_checked_before_the_first_kernel(make_notebook, tmp_path, no_kernel):
    notebook = make_notebook("n", "1", parameters=PARAMETERS)
    jobs = [
        Job(notebook, {"seed": 1}, tmp_path / "1.ipynb"),
        Job(notebook, {"sead": 1}, tmp_path / "2.ipynb"),
    ]
    with pytest.raises(RefusedInput, match="sead"):
        execute_all(jobs, progress=False)


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize(
    ("source", "state", "error"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed", "DeadKernelError"),
        ("import sys; sys.exit(0)", "failed", "3 of 5 cells"),
        ("import time; time.sleep(60)", "timed_out", "CellTimeoutError"),
        ("1 / 0", "failed", "ZeroDivisionError: division by zero"),
    ],
    ids=["killed", "exit", "timeout", "raised"],
)
def test_what_stops_half_way_has_failed(make_notebook, tmp_path, warm, source, state, error):
    notebook = make_notebook("n", "1", source, "3")
    out = tmp_path / "out.ipynb"
    run = execute(notebook, {"seed": 1}, out, warm=warm, timeout=2)
    assert not run.ok and run.state == state and error in run.error and run.cell == 3
    assert run.cells == 4 and run.cells_done == 3  # parameters, injected parameters, "1"
    assert not out.exists()
    assert run.failed.exists()
    assert not execute(notebook, {"seed": 1}, out, warm=warm, timeout=2).kept  # a failure is not kept


def test_same_content_same_bytes_and_not_run_twice(make_notebook, tmp_path, monkeypatch):
    notebook = make_notebook("n", "seed", "import pandas as pd; pd.DataFrame({'a': [seed]})")
    outs = [tmp_path / f"{n}.ipynb" for n in range(3)]
    runs = [execute(notebook, {"seed": 7}, out, reuse=n > 1) for n, out in enumerate(outs)]
    assert [run.ok for run in runs] == [True, True, True]
    assert [run.kept for run in runs] == [False, False, True]
    assert len({hashlib.sha256(out.read_bytes()).hexdigest() for out in outs}) == 1
    cells = nbformat.read(outs[0], as_version=4).cells
    assert cells[1].id == notebook_run.INJECTED_ID and "seed = 7" in cells[1].source
    text = outs[0].read_text()
    assert '"papermill"' not in text and "iopub" not in text and str(tmp_path) not in text
    assert not execute(notebook, {"seed": 8}, outs[0]).kept
    monkeypatch.setattr(cache, "code_hash", lambda: "other code")
    assert not execute(notebook, {"seed": 7}, outs[0]).kept


def test_the_order_of_parameters_does_not_matter(make_notebook, tmp_path):
    notebook, given = make_notebook("n", "lang", parameters=PARAMETERS), {"seed": 7, "lang": "en"}
    outs = [tmp_path / f"{n}.ipynb" for n in range(2)]
    for out, ordered in zip(outs, (given, dict(reversed(given.items()))), strict=True):
        assert execute(notebook, ordered, out, reuse=False).ok
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_one_failure_does_not_stop_the_others(make_notebook, tmp_path, capsys):
    good, bad = make_notebook("good", "1"), make_notebook("bad", "1 / 0")
    jobs = [
        Job(path, {"seed": n}, tmp_path / f"{n}.ipynb", f"job {n}")
        for n, path in enumerate([good, bad, good])
    ]
    runs = execute_all(jobs, workers=2)
    assert [run.ok for run in runs] == [True, False, True]
    assert "ZeroDivisionError" in runs[1].error and runs[1].failed.exists()
    lines = capsys.readouterr().err.splitlines()
    assert sorted(line.split("]")[0] for line in lines) == [
        "[1/3",
        "[2/3",
        "[3/3",
    ]  # no terminal: plain lines
    assert any("job 1: cell" in line and "ZeroDivisionError" in line for line in lines)


def test_the_callers_folder_stays_and_the_notebook_runs_in_its_own(make_notebook, tmp_path, monkeypatch):
    notebook = make_notebook("n", "import os; os.getcwd()")
    monkeypatch.chdir("/")
    jobs = [Job(notebook, {"seed": n}, tmp_path / f"{n}.ipynb") for n in range(3)]
    assert all(run.ok for run in execute_all(jobs, progress=False))
    assert str(Path.cwd()) == "/"
    assert nbformat.read(tmp_path / "0.ipynb", as_version=4).cells[-1].outputs[0]["data"][
        "text/plain"
    ] == repr(str(tmp_path))


def test_notebook_inputs():
    inputs = notebook_inputs(
        {"package": "data/an-giang", "scenario": "double", "lang": "en", "seed": 0, "draws": 500}
    )
    assert (inputs.package.name, inputs.scenario.id) == ("an-giang", "double")
    assert (inputs.lang, inputs.seed, inputs.draws) == ("en", 0, 500)
    assert notebook_inputs({}).scenario.id == "full_plan"


def test_a_cell_that_unpacks_its_inputs_can_be_run_again():
    first = notebook_inputs({"scenario": "double", "known_by": "2012-06-30"})
    again = notebook_inputs(vars(first))
    assert again.package is first.package and vars(again) == vars(first)


@pytest.mark.parametrize(
    ("namespace", "word"),
    [
        (
            {
                "In": ["", 'scenario: str = "full_plan"', '# Parameters\nscenrio = "double"\n'],
                "scenrio": "double",
            },
            "scenrio",
        ),
        ({"In": ["", "lang: str = 'vi'", "# Parameters\nseed = 1\n"], "seed": 1}, "seed"),
        ({"lang": 3}, "lang"),
        ({"draws": "many"}, "draws"),
    ],
)
def test_notebook_inputs_refuses(namespace, word):
    with pytest.raises(RefusedInput, match=word):
        notebook_inputs(namespace)


def test_hashes_do_not_depend_on_place_and_see_every_change(tmp_path):
    for name in ("here", "there"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "a.csv").write_text("1\n")
        (tmp_path / name / "sub" / "b.csv").write_text("2\n")
    here, there = tmp_path / "here", tmp_path / "there"

    def hashed(folder):
        return cache.file_hash([folder], folder)

    assert hashed(here) == hashed(there)
    (there / "sub" / "b.csv").write_text("3\n")
    assert hashed(here) != hashed(there)
    (there / "sub" / "b.csv").write_text("2\n")
    (there / ".hidden").write_text("x")
    assert hashed(here) == hashed(there)
    (there / "c.csv").write_text("")
    assert hashed(here) != hashed(there)


def test_fingerprint_is_of_data_code_and_lock(monkeypatch, tmp_path):
    before = cache.fingerprint(paths.PACKAGE)
    assert before == cache.fingerprint("data/an-giang")
    monkeypatch.setattr(paths, "LOCK", tmp_path / "missing.lock")
    assert cache.fingerprint(paths.PACKAGE) != before


def test_the_oldest_kept_notebooks_go_first(monkeypatch):
    monkeypatch.setattr(cache, "KEPT", 2)
    for n, key in enumerate("abc"):
        cache.keep(key, f"{key}\n")
        os.utime(cache.EXECUTED / f"{key}.ipynb", (n, n))
    cache.keep("d", "d\n")
    assert cache.kept("a") is None and cache.kept("d") == b"d\n"


def test_what_a_process_that_died_left_half_written_among_the_kept_goes_after_a_while():
    young, old = (cache.EXECUTED / f".{name}.ipynb.1-2.part" for name in ("young", "old"))
    for left in (young, old):
        paths.write_atomically(left, "half")
    os.utime(old, (0, 0))
    cache.keep("a", "text")
    assert young.exists() and not old.exists()


@pytest.mark.parametrize("spoil", [lambda text: text.replace(b"13 %", b"93 %"), lambda text: text[:20]])
def test_what_was_kept_and_altered_or_cut_off_is_not_taken(spoil):
    cache.keep("a", "the chance is 13 %\n")
    path = cache.EXECUTED / "a.ipynb"
    assert cache.kept("a") == b"the chance is 13 %\n"
    path.write_bytes(spoil(path.read_bytes()))
    assert cache.kept("a") is None


def test_a_full_disk_keeps_nothing_and_stops_nothing(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(paths, "write_atomically", full)
    cache.keep("a", "text")
    assert cache.kept("a") is None


@pytest.mark.parametrize("reuse", [True, False])
def test_a_notebook_that_a_full_disk_does_not_take_fails_alone(make_notebook, tmp_path, monkeypatch, reuse):
    notebook, write = make_notebook("n", "1"), paths.write_atomically
    assert execute(notebook, {"seed": 0}, tmp_path / "kept.ipynb").ok

    def full(path, content):
        if path.name == "0.ipynb":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content)

    monkeypatch.setattr(paths, "write_atomically", full)
    jobs = [Job(notebook, {"seed": n}, tmp_path / f"{n}.ipynb") for n in range(2)]
    failed, ok = execute_all(jobs, progress=False, reuse=reuse, warm=False)
    assert failed.state == "failed" and os.strerror(errno.ENOSPC) in failed.error and ok.ok


@pytest.mark.parametrize("warm", [True, False])
def test_what_changes_while_a_notebook_runs_is_not_kept(make_notebook, tmp_path, monkeypatch, warm):
    """Else a page made from the new data would be found under the address of the old."""
    watched = tmp_path / "data.csv"
    watched.write_text("1")
    monkeypatch.setattr(cache, "code_files", lambda: [watched])
    notebook = make_notebook("n", f"import pathlib; pathlib.Path({str(watched)!r}).write_text('22')")
    contents = cache.Contents()
    run = execute(notebook, {"seed": 1}, tmp_path / "out.ipynb", warm=warm, contents=contents)
    assert not run.ok and run.error == execution.CHANGED and not (tmp_path / "out.ipynb").exists()
    assert not list(cache.EXECUTED.glob("*"))
    watched.write_text("1")  # even put back: what began before may have seen it
    assert contents.changed and not contents.unchanged() and not contents.heard(True)


@pytest.mark.parametrize("warm", [True, False])
def test_what_is_executed_of_a_notebook_is_what_the_address_says(make_notebook, tmp_path, monkeypatch, warm):
    """One that is saved meanwhile, as JupyterLab does, is the same as long as its cells are."""
    notebook, kept = make_notebook("n", "1"), []
    jobs = [Job(notebook, {"seed": n}, tmp_path / f"{n}.ipynb") for n in range(3)]
    monkeypatch.setattr(cache, "keep", lambda key, content: kept.append(content))

    def began(n):
        written = nbformat.read(make_notebook("n", "2" if n == 2 else "1"), as_version=4)
        written.cells[-1].outputs = [nbformat.v4.new_output("stream", text="seen\n")]
        nbformat.write(written, notebook)

    runs = execute_all(jobs, workers=1, progress=False, warm=warm, began=began)
    assert [run.ok for run in runs] == [True, True, False] and len(kept) == 2
    assert runs[2].error == execution.CHANGED and not runs[2].out.exists()


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("edited", ["child", "parent"])
def test_a_scenario_of_one_s_own_that_is_edited_meanwhile_is_not_kept(make_notebook, tmp_path, edited, warm):
    title = "title: {vi: Một, en: One}\n"
    (tmp_path / "parent.yml").write_text(f"{title}funding: {{all: 3}}\n")
    (tmp_path / "child.yml").write_text(f"{title}based_on: parent\n")
    edit = f"import pathlib; pathlib.Path({str(tmp_path / edited)!r} + '.yml').write_text({title!r})"
    notebook = make_notebook("n", edit, parameters=PARAMETERS)
    given = {"scenario": str(tmp_path / "child.yml")}
    run = execute(notebook, given, tmp_path / "out.ipynb", warm=warm)
    assert not run.ok and run.error == execution.CHANGED
    assert not (tmp_path / "out.ipynb").exists() and not list(cache.EXECUTED.glob("*"))


def test_every_distribution_of_the_lock_is_in_the_address(monkeypatch):
    installed = cache.installed_versions()
    assert {"numpy", "pyarrow", "nbclient", "jinja2"} <= set(installed) <= set(cache.pinned())
    notebook = paths.NOTEBOOKS / "01_data.ipynb"
    before = cache.Contents().address(notebook, {})
    monkeypatch.setattr(cache, "installed_versions", lambda: installed | {"jinja2": "0"})
    assert cache.Contents().address(notebook, {}) != before
    assert cache.made_from([])["other_versions"]["jinja2"] == "0"


def test_files_behind_links_count(tmp_path):
    folder, elsewhere = tmp_path / "package", tmp_path / "elsewhere"
    for each in (folder, elsewhere):
        each.mkdir()
    (elsewhere / "a.csv").write_text("1")
    (folder / "tables").symlink_to(elsewhere)
    (elsewhere / "round").symlink_to(folder)
    assert [path.name for path in cache.files_of(folder)] == ["a.csv"]
    before = cache.file_hash([folder], folder)
    (elsewhere / "a.csv").write_text("2")
    assert cache.file_hash([folder], folder) != before


def test_a_change_in_what_a_scenario_is_based_on_is_another_page(make_notebook, tmp_path, monkeypatch):
    (tmp_path / "parent.yml").write_text("title: {vi: Cha, en: Parent}\nfunding: {all: 3}\n")
    child = tmp_path / "child.yml"
    child.write_text("title: {vi: Con, en: Child}\nbased_on: parent\n")
    notebook = make_notebook("n", "1", parameters=PARAMETERS)
    addresses = []
    monkeypatch.setattr(cache, "kept", lambda key: addresses.append(key) or b"{}")
    for funding in (3, 3, 0):
        (tmp_path / "parent.yml").write_text(f"title: {{vi: Cha, en: Parent}}\nfunding: {{all: {funding}}}\n")
        execute(notebook, {"scenario": str(child)}, tmp_path / "out.ipynb", warm=False)
    assert addresses[0] == addresses[1] != addresses[2]


def test_a_scenario_is_found_where_the_kernel_stands(make_notebook, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.yml").write_text("title: {vi: Một, en: One}\ndelay_years: 1\n")
    source = "from giamngheo.inputs.parameters import notebook_inputs\nnotebook_inputs(globals()).scenario.delay_years"
    notebook = make_notebook("n", source, parameters=PARAMETERS)
    job = Job(notebook, {"scenario": "mine.yml"}, tmp_path / "out.ipynb", folder=tmp_path / "there")
    (run,) = execute_all([job], progress=False)
    assert run.ok and "1.0" in (tmp_path / "out.ipynb").read_text()


def test_what_is_asked_besides_leaves_no_trace(make_notebook, tmp_path):
    ask = "from IPython.display import display; display({'application/json': {'x': found}}, raw=True)"
    notebook = make_notebook("n", "found = 0.1 + seed")
    then = ("operator:or_", {})  # the notebook with what was displayed
    jobs = [
        Job(notebook, {"seed": 2}, tmp_path / name, ask=code, then=then if code else ())
        for name, code in (("plain", ""), ("asked", ask), ("wrong", ask.replace("found", "lost")))
    ]
    plain, asked, wrong = execute_all(jobs, progress=False, keep=False)
    assert plain.ok and asked.made["application/json"] == {"x": 2.1}
    assert (tmp_path / "plain").read_bytes() == (tmp_path / "asked").read_bytes()
    assert not wrong.ok and "lost" in wrong.error and not (tmp_path / "wrong").exists()


@pytest.mark.parametrize("warm", [True, False])
def test_what_is_then_to_be_done_is_done_with_notebook_and_answer(make_notebook, tmp_path, warm):
    jobs = [
        Job(make_notebook("n", "1"), {"seed": 2}, tmp_path / name, then=(f"operator:{name}", {}))
        for name in ("is_not", "add")
    ]
    done, wrong = execute_all(jobs, progress=False, keep=False, warm=warm)
    assert done.ok and done.made is True
    assert not wrong.ok and wrong.state == "failed" and "TypeError" in wrong.error


@pytest.mark.parametrize("warm", [True, False])
def test_what_is_first_to_be_done_is_done_before_the_notebook(make_notebook, tmp_path, warm):
    made = tmp_path / "made"
    notebook = make_notebook("n", f"import os; assert os.path.isdir({str(made)!r})")
    first = ("os:mkdir", {"path": str(made)})
    jobs = [Job(notebook, {"seed": n}, tmp_path / f"{n}.ipynb", first=first) for n in range(2)]
    done, wrong = execute_all(jobs, progress=False, keep=False, workers=1, warm=warm)
    assert done.ok
    assert not wrong.ok and wrong.state == "failed" and "FileExistsError" in wrong.error
    assert wrong.cells_done == 0 and not wrong.out.exists()


def test_a_failure_names_its_cell_and_what_it_printed(make_notebook, tmp_path):
    notebook = make_notebook("n", "1", "def f():\n    return 1 / 0\nf()")
    run = execute(notebook, {"seed": 1}, tmp_path / "out.ipynb")
    assert (run.state, run.cell) == ("failed", 3)
    assert (
        run.last_lines.splitlines()[-1] == "ZeroDivisionError: division by zero"
        and "\x1b" not in run.last_lines
    )


def test_a_killed_kernel_is_tried_once_more(make_notebook, tmp_path):
    mark = tmp_path / "been here"
    source = "\n".join(
        [
            "import os, pathlib",
            f"mark = pathlib.Path({str(mark)!r})",
            "if not mark.exists():",
            "    mark.touch()",
            "    os.kill(os.getpid(), 9)",
        ]
    )
    assert execute(make_notebook("n", source), {"seed": 1}, tmp_path / "out.ipynb").ok


def test_an_ordinary_kernel_that_never_begins_is_tried_once_more(make_notebook, tmp_path, monkeypatch):
    whole, begun = papermill.execute_notebook, []

    def begin(*given, **how):
        begun.append(given)
        if len(begun) == 1:
            raise RuntimeError("Kernel didn't respond in 60 seconds")
        return whole(*given, **how)

    monkeypatch.setattr(papermill, "execute_notebook", begin)
    monkeypatch.setattr(execution, "forked", lambda *_: None)
    assert execute(make_notebook("n", "1"), {"seed": 1}, tmp_path / "out.ipynb").ok and len(begun) == 2


def test_no_job_begins_once_stopped(make_notebook, tmp_path):
    stop, notebook = threading.Event(), make_notebook("n", "1")
    jobs = [Job(notebook, {"seed": n}, tmp_path / f"{n}.ipynb") for n in range(3)]
    runs = execute_all(jobs, workers=1, progress=False, stop=stop, ended=lambda n, run: stop.set())
    assert runs[0].ok and runs[-1] is None


def test_an_interrupt_ends_the_kernels_that_run_at_once(make_notebook, tmp_path):
    begun = tmp_path / "pid"
    runs_on = (
        f"import os, pathlib, time; pathlib.Path({str(begun)!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    waits = f"import pathlib, time\nwhile not pathlib.Path({str(begun)!r}).exists(): time.sleep(0.1)"
    jobs = [
        Job(make_notebook(f"n{n}", source), {}, tmp_path / f"{n}")
        for n, source in enumerate((waits, runs_on))
    ]

    def interrupted(n, run):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute_all(jobs, progress=False, ended=interrupted)
    end = time.monotonic() + 10
    while Path(f"/proc/{begun.read_text()}").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert time.monotonic() < end


def test_nothing_half_written(tmp_path, monkeypatch):
    target = tmp_path / "page.html"
    target.write_text("old")

    def broken(self, other):
        raise OSError("disk full")

    monkeypatch.setattr(type(target), "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        paths.write_atomically(target, "new")
    assert target.read_text() == "old" and list(tmp_path.glob(".page*")) == []


def test_no_word_where_standard_error_is_closed(monkeypatch, capsys):
    monkeypatch.setattr(execution.sys, "stderr", None)
    with execution.Progress(1, True) as shown:
        shown.step("a", "0.1 s")
    assert capsys.readouterr().out == ""


def test_a_bar_on_a_terminal(make_notebook, tmp_path, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    execute_all([Job(make_notebook("n", "1"), {"seed": 1}, tmp_path / "1.ipynb", "a job")], workers=1)
    assert "a job: 100%" in shown.getvalue() and "[1/1]" not in shown.getvalue()


@pytest.fixture
def kernel(monkeypatch):
    """As in a notebook's kernel."""
    shell = SimpleNamespace(kernel=object(), config={"IPKernelApp": {}})
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    for name in ("tqdm.auto", "tqdm.autonotebook"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_a_bar_of_widgets_in_a_notebook(kernel, monkeypatch, capsys):
    made = []
    bar = SimpleNamespace(
        update=made.append, set_description=made.append, close=lambda: made.append("closed")
    )
    monkeypatch.setattr("tqdm.auto.tqdm", lambda **how: made.append(how) or bar)
    with execution.Progress(2, True, "scenario") as shown:
        shown.step("double", "0.1 s")
    assert made == [{"total": 2, "unit": "scenario"}, "double", 1, "closed"]
    assert capsys.readouterr().err == ""


def test_a_bar_of_text_in_a_notebook_where_ipywidgets_is_missing(kernel, monkeypatch, capsys):
    monkeypatch.setattr("tqdm.notebook.IProgress", None)
    with warnings.catch_warnings(), execution.Progress(2, True, "scenario") as shown:
        warnings.simplefilter("error")
        shown.step("double", "0.1 s")
    told = capsys.readouterr().err
    assert "double:  50%" in told and "ipywidgets" not in told


def test_what_jobs_share_is_read_once(make_notebook, tmp_path, monkeypatch):
    """Ten thousand jobs must not load a package, or hash the code, ten thousand times."""
    notebook = make_notebook("n", "1", parameters=PARAMETERS)
    jobs = [Job(notebook, {"seed": n, "scenario": "double"}, tmp_path / f"{n}.ipynb") for n in range(20)]
    counted = {"load": 0, "code": 0, "data": 0}

    def counting(name, call):
        def wrapped(*arguments):
            counted[name] += 1
            return call(*arguments)

        return wrapped

    monkeypatch.setattr(package, "load_package", counting("load", package.load_package))
    monkeypatch.setattr(cache, "code_hash", counting("code", cache.code_hash))
    monkeypatch.setattr(cache, "data_hash", counting("data", cache.data_hash))
    monkeypatch.setattr(cache, "kept", lambda key: b"{}")
    runs = execute_all(jobs, progress=False, warm=False)
    assert all(run.kept for run in runs) and len(list(tmp_path.glob("*.ipynb"))) == 21
    assert counted == {"load": 1, "code": 1, "data": 1}


def test_what_a_batch_has_checked_is_not_read_again():
    notebook, given = paths.NOTEBOOKS / "03_scenario.ipynb", {"scenario": "nowhere.yml", "draws": 500}
    assert Door().check(notebook, given, scenario=False) == given
    with pytest.raises(RefusedInput, match="nowhere"):
        Door().check(notebook, given)
    for wrong in ({"draws": 1}, {"drws": 500}, {"draws": "500"}):
        with pytest.raises(RefusedInput):
            Door().check(notebook, wrong, scenario=False)
