"""Batches: what is refused before anything runs, how each scenario ends, what is kept and what is made anew."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
import yaml
from helpers import Whole, digests

from giamngheo import paths, run_batch, simulate
from giamngheo.inputs.errors import RefusedInput
from giamngheo.runs import cache
from giamngheo.runs.batch import by_notebook, calls, worker
from giamngheo.runs.batch.folder import Folder
from giamngheo.runs.batch.plan import flat, make_plan
from giamngheo.runs.batch.running import Batch
from giamngheo.runs.batch.settings import Settings
from giamngheo.runs.batch.whole import TABLES
from giamngheo.simulation.results import result_rows
from giamngheo.simulation.shared_draws import shared_draws

DRAWS = 100
THOUSAND = [k / 1000 for k in range(1000)]
GRID = {"grid": {"funding": {"all": [0.5, 1]}, "delay_years": [0, 1]}}
IMPOSSIBLE = {"id": "impossible", "assumptions": {"carry_over": {"fixed": 5}}}  # found out when it is drawn
TINY = """\
import os
import sys
from giamngheo import simulate
from giamngheo.inputs.parameters import notebook_inputs
given = notebook_inputs(globals())
"""
ENDINGS = {"raises": "1 / 0", "leaves": "sys.exit(0)", "dies": "os.kill(os.getpid(), 9)"}
LAST = """\
{endings}
outcome = simulate(given.package, given.scenario, draws=given.draws, seed=given.seed)
outcome.by_case
"""


def results_only(given, out, **settings):
    return Batch(
        make_plan(given), out, Settings(draws=DRAWS, results_only=True, progress=False, **settings)
    ).run()


def manifest(out):
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def scenario_file(folder, name, keys=""):
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yml"
    path.write_text(f"title: {{vi: Một, en: One}}\n{keys}", encoding="utf-8")
    return path


# --- Refused before anything runs


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["dubble"], ["'double'"]),
        (["../../x"], ["no such file"]),
        (["<script>"], ["unknown scenario"]),
        (["=cmd()"], ["unknown scenario"]),
        (["x" * 300], ["unknown scenario"]),
        (["x" * 300 + ".yml"], ["is not an id"]),
        (["=cmd().yml"], ["is not an id", "cmd.yml"]),
        (["../../x.yml"], ["no such file"]),
        (["no/such/*.yml"], ["no scenario in it"]),
        ([{"id": "../../x"}], ["is not an id"]),
        ([{"grid": {}}], ["empty"]),
        ([{"grid": {"delay_years": [n / 30_000 for n in range(300_000)]}}], ["at most", "--shard 1/3"]),
        ([{"grid": {"funding": {"all": THOUSAND}, "continuity": THOUSAND}}], ["1,000,000", "--shard 1/10"]),
        ([{"id": "a"}, {"id": "a"}], ["two are called 'a'"]),
        ([{"id": "a", "delay_yeers": 1}, "dubble"], ["'delay_years'", "'double'"]),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_refused_with_all_that_is_wrong(given, words):
    start = time.monotonic()
    with pytest.raises(RefusedInput) as refused:
        make_plan(given)
    assert time.monotonic() - start < 1.5
    assert all(word in str(refused.value) for word in words), refused.value


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1/0", "a/b", "1", "2/1000"])
def test_a_shard_that_cannot_be(shard):
    with pytest.raises(RefusedInput, match="--shard"):
        make_plan(["double"], shard=shard)


def test_folders_patterns_and_names_twice(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, name in ((one, "a"), (one, "b"), (two, "a")):
        scenario_file(folder, name, "delay_years: 1\n")
    (one / "g.yml").write_text("grid: {continuity: [0, 1]}\n")
    (one / "notes.txt").write_text("")
    assert [task.id[:2] for task in make_plan([one])] == ["a", "b", "g_", "g_"]
    assert len(make_plan([one, one / "a.yml", f"{one}/*.yml"])) == 4  # a file given twice is one
    with pytest.raises(RefusedInput, match=r"two are called 'a': .*one/a.yml and .*two/a.yml"):
        make_plan([one, two])
    scenario_file(one, "bad", "delay_yeers: 1\n")
    scenario_file(one, "Worse", "delay_yeers: 1\n")
    with pytest.raises(RefusedInput) as refused:
        make_plan([one])
    assert "bad.yml:2" in str(refused.value) and "Worse" in str(refused.value)
    assert refused.value.problems[0].startswith("2 of 5 are not understood, and nothing was run")


def test_shards_are_the_whole_once(package):
    whole = [task.name for task in make_plan([GRID, "double"])]
    parts = [[task.name for task in make_plan([GRID, "double"], shard=f"{k}/3")] for k in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == sorted(whole) and len(whole) == 5


def test_where_it_goes_is_tried_first_and_nothing_is_left(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / ("x" * 300), Path("/proc/nowhere")):
        with pytest.raises(RefusedInput, match="--out"):
            run_batch(["double"], out=out, results_only=True, progress=False)
    monkeypatch.setattr(calls.shutil, "disk_usage", lambda path: SimpleNamespace(free=10**4))
    for only, nearest in ((False, "--results-only, or another"), (True, "another")):
        settings = calls.make_settings(None, DRAWS, 0, 1, only, True, False)
        with pytest.raises(RefusedInput, match=f"MB are needed.*nearest: {nearest} --out"):
            calls.foresee(make_plan([GRID]), tmp_path / "new", settings)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_pages_of_what_cannot_be_judged_are_refused_and_its_results_are_not(tmp_path, package, monkeypatch):
    """Case: every scenario failed in its notebook, where nothing is said of the plan."""
    plan, none = make_plan(["double"]), [target for target in package.targets if not target.status]
    aimless = replace(package, targets=tuple(none))
    lacking = replace(plan, packages={None: aimless, "an-giang": aimless})
    monkeypatch.setattr(calls, "make_plan", lambda *_: lacking)
    with pytest.raises(RefusedInput, match=r"an-giang: targets\.csv has no target on a rate of all"):
        run_batch(["double"], out=tmp_path, results_only=False, progress=False)
    assert list(tmp_path.iterdir()) == []
    only = calls.make_settings(None, DRAWS, 0, 1, True, True, False)
    calls.check_pages(lacking, only)
    to_others = replace(plan, packages={None: replace(aimless, name="other"), "an-giang": package})
    calls.check_pages(to_others, replace(only, results_only=False))


# --- Results


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A batch of results with a scenario that cannot be, and its outcome."""
    out = tmp_path_factory.mktemp("batch") / "with spaces và dấu"
    return out, results_only([GRID, "double", IMPOSSIBLE], out)


def test_every_state_is_told_and_a_failure_stops_no_other(done):
    out, outcome = done
    assert dict(outcome.counts) == {"ok": 5, "failed": 1} and not outcome.ok
    ((task, failure),) = outcome.failures
    assert task.id == "impossible" and "carry_over: 5 is beyond what it can be" in failure["error"]
    told = {row["scenario"]: row for row in manifest(out)["scenarios"]}
    assert told["impossible"]["state"] == "failed" and "carry_over" in told["impossible"]["error"]
    assert manifest(out)["counts"] == {"failed": 1, "ok": 5}
    assert {path.name for path in outcome.files} >= {
        "results.parquet",
        "results.csv",
        "manifest.json",
        "index.html",
    }


def test_results_are_those_of_the_simulation_to_the_last_bit(done, package):
    frame = pd.read_parquet(done[0] / "results.parquet")
    own = frame[frame["scenario"] == "double"]
    rows = result_rows(simulate(package, "double", shared=shared_draws(package, draws=DRAWS)))
    expected = pd.DataFrame(rows)
    for name in (
        "mean",
        "q025",
        "q50",
        "chance",
        "households_above_mean",
        "chance_both",
        "money_delivered_bn_vnd",
    ):
        pd.testing.assert_series_equal(
            own[name].reset_index(drop=True), expected[name], check_exact=True, check_dtype=False
        )


def test_every_parameter_is_a_column(done):
    frame = pd.read_parquet(done[0] / "results.parquet")
    by_scenario = frame.groupby("scenario", sort=False)[["funding.all", "delay_years"]].first()
    grid = by_scenario[by_scenario.index.str.startswith("grid_")]
    assert set(map(tuple, grid.to_numpy())) == {(0.5, 0), (0.5, 1), (1, 0), (1, 1)}
    assert tuple(by_scenario.loc["double"]) == (2, 0)  # the plan's where it names none
    table = pd.read_csv(done[0] / "results.csv")
    assert list(table.columns) == list(frame.columns) and len(table) == len(frame)
    assert (table["mean"] == frame["mean"]).all()
    assert (done[0] / "results.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_parameters_of_a_year_and_of_every_year(tmp_path):
    given = [
        {"id": "a", "funding": {"all": {2013: 0.5, 2014: 1}}, "shock": {2014: "flood_year"}},
        {"id": "b", "funding": {"all": 0.7, "keep_total": True}, "phasing": "front"},
        {"id": "c", "assumptions": {"return_credit": {"fixed": 0.1}}},
    ]
    frame = run_batch(given, draws=DRAWS, workers=1, progress=False).groupby("scenario").first()
    assert list(frame["funding.all.2013"]) == [0.5, 0.7, 1]
    assert frame["funding.all"].isna().tolist() == [True, False, False]
    assert list(frame["phasing"]) == ["even", "front", "even"]
    assert list(frame["funding.keep_total"]) == [False, True, False]
    assert (
        frame.loc["a", "shock.2014"] == "flood_year"
        and frame.loc["c", "assumptions.return_credit.fixed"] == 0.1
    )
    assert flat({"id": "a", "title": {"vi": "x"}, "delay_years": 1}) == {"delay_years": 1.0}


def test_a_rerun_does_what_is_missing_or_changed_and_no_more(tmp_path):
    scenario_file(tmp_path, "parent", "funding: {all: 3}\n")
    child = scenario_file(tmp_path, "child", "based_on: parent\n")
    other, out = scenario_file(tmp_path, "other", "delay_years: 1\n"), tmp_path / "out"
    assert results_only([child, other], out).kept == 0
    before = digests(out)
    assert results_only([child, other], out).kept == 2 and digests(out) == before
    scenario_file(tmp_path, "parent", "funding: {all: 0}\n")
    assert results_only([child, other], out).kept == 1
    frame = pd.read_parquet(out / "results.parquet").set_index("scenario")
    assert set(frame.loc["child", "money_delivered_bn_vnd"]) == {0.0}
    scenario_file(tmp_path, "parent", "funding: {all: 3}\n")
    assert results_only([child, other], out).kept == 2 and digests(out) == before


@pytest.mark.parametrize("spoil", ["altered", "cut off", "gone"])
def test_a_piece_that_was_altered_or_cut_off_is_made_anew(tmp_path, spoil):
    results_only(["double"], tmp_path)
    before = digests(tmp_path)
    (piece,) = Folder(tmp_path).pieces.glob("*.parquet")
    content = piece.read_bytes()
    if spoil == "gone":
        piece.unlink()
    else:
        piece.write_bytes(content[:-9] if spoil == "cut off" else content.replace(b"poor", b"rich", 1))
    (tmp_path / "results.parquet").unlink()
    assert results_only(["double"], tmp_path).kept == 0
    assert digests(tmp_path) == before


def test_shards_and_single_scenarios_make_the_whole(done, tmp_path):
    given = [GRID, "double", IMPOSSIBLE]
    for k in (2, 1):
        plan = make_plan(given, shard=f"{k}/2")
        Batch(
            plan, tmp_path, Settings(draws=DRAWS, results_only=True, progress=False), part=f"shard-{k}"
        ).run()
        if k == 2:
            assert manifest(tmp_path)["counts"] == {"failed": 1, "ok": 2, "skipped": 3}
    assert digests(tmp_path) == digests(done[0])


def test_a_loop_over_what_is_pending_makes_the_whole(tmp_path):
    given, settings = ["double", "flood_2014"], Settings(draws=DRAWS, results_only=True, progress=False)
    whole, out = tmp_path / "whole", tmp_path / "out"
    results_only(given, whole)
    with pytest.raises(RefusedInput, match="no batch was begun there"):
        calls.pending(out)
    calls.keep_plan(given, paths.PACKAGE, out, settings)
    while tasks := calls.pending(out):
        assert calls.run_one(list(tasks)[-1], out).ok
    assert digests(out) == digests(whole)
    with pytest.raises(RefusedInput, match="'double'"):
        calls.run_one("dubble", out)


def test_a_loop_over_what_is_pending_does_the_scenarios_of_every_package(tmp_path):
    other = tmp_path / "other"
    shutil.copytree(paths.PACKAGE, other)
    given = tmp_path / "two.yml"
    given.write_text(
        yaml.safe_dump({"grid": {"package": [str(paths.PACKAGE), str(other)], "delay_years": [0, 1]}})
    )
    settings, out = Settings(draws=DRAWS, results_only=True, progress=False), tmp_path / "out"
    calls.keep_plan([given], paths.PACKAGE, out, settings)
    todo = list(calls.pending(out))
    assert len(set(todo)) == 4
    with pytest.raises(RefusedInput, match="several packages of the batch have it; nearest: an-giang/"):
        calls.run_one(todo[0].partition("/")[2], out)
    assert all(calls.run_one(name, out).ok for name in todo) and not calls.pending(out)
    given.write_text(
        yaml.safe_dump({"grid": {"package": [str(other), f"{other}/../other"], "delay_years": [0, 1]}})
    )
    with pytest.raises(RefusedInput, match="are one; keep one of them"):
        make_plan([given])


def test_a_grid_of_another_package_alone_has_nothing_to_do_with_the_default_one(tmp_path):
    """Case: it bore the name of An Giang, and `verify` named An Giang's data when they changed."""
    other = shutil.copytree(paths.PACKAGE, tmp_path / "other")
    words = (other / "datapackage.json").read_text(encoding="utf-8")
    (other / "datapackage.json").write_text(words.replace('"An Giang"', '"Elsewhere"'), encoding="utf-8")
    results_only({"grid": {"package": [str(other)], "delay_years": [0, 1]}}, tmp_path / "out")
    assert list(manifest(tmp_path / "out")["made_from"]["data"]) == ["other"]
    assert list(json.loads((tmp_path / "out" / "run.json").read_text())["packages"]) == ["other"]
    text = (tmp_path / "out" / "en" / "index.html").read_text(encoding="utf-8")
    assert "Elsewhere" in text and "An Giang" not in text


def test_a_refused_batch_leaves_the_plan_of_the_one_at_work(tmp_path):
    settings = Settings(draws=DRAWS, results_only=True, progress=False)
    calls.keep_plan(["double"], paths.PACKAGE, tmp_path, settings)
    before = Folder(tmp_path).plan.read_bytes()
    with Folder(tmp_path).locked():
        calls.keep_plan(["double"], paths.PACKAGE, tmp_path, settings)
        with pytest.raises(RefusedInput, match="another batch is at work"):
            calls.keep_plan(["half"], paths.PACKAGE, tmp_path, settings)
    assert Folder(tmp_path).plan.read_bytes() == before


def test_a_number_in_a_column_of_words_too_has_all_its_digits(tmp_path):
    results_only({"grid": {"shock": [{2014: 0.0512345678}, {2014: "flood_year"}, {2014: 0}]}}, tmp_path)
    found = pd.read_csv(tmp_path / "results.csv", dtype=str, keep_default_na=False)["shock.2014"]
    assert list(found.unique()) == ["0.0512345678", "flood_year", "0"]


def test_what_a_kill_left_half_written_goes_and_the_user_s_own_stays(tmp_path):
    left = [tmp_path / name for name in (".run.json.1-2.part", ".batch/.plan.json.1-2.part", ".own.part")]
    for path in left:
        paths.write_atomically(path, "half")
    results_only(["double"], tmp_path)
    assert [path.exists() for path in left] == [False, False, True]


def test_results_of_data_that_changed_while_they_were_computed_are_not_kept(tmp_path):
    package = tmp_path / "an-giang"
    shutil.copytree(paths.PACKAGE, package)
    contents = cache.Contents()
    contents.data(package)
    stamps = contents.stamps()
    readings = (package / "poverty.csv").read_text(encoding="utf-8")
    (package / "poverty.csv").write_text(readings + "\n", encoding="utf-8")
    scenarios = [("address", {"id": "half", "title": {"vi": "n", "en": "h"}, "funding": {"all": 0.5}})]
    with pytest.raises(RuntimeError, match="changed since the run began"):
        worker.results(str(tmp_path / "out"), str(package), DRAWS, 0, scenarios, stamps)
    assert not list(tmp_path.glob("out/**/*.parquet"))


def test_a_grid_over_groups_has_a_column_of_its_own_for_them(tmp_path):
    results_only([{"grid": {"group": ["all", "ethnic_minority"], "funding": {"all": [0.5]}}}], tmp_path)
    table = pd.read_parquet(tmp_path / "results.parquet")
    assert set(table["scenario_group"]) == {"all", "ethnic_minority"}
    assert set(table["group"].dropna()) == {"all"}


def test_what_a_grid_lists_may_be_mappings_and_its_name_long(tmp_path):
    given, name = tmp_path / "grid.yml", "a" * 55
    text = "grid:\n  shock: [{2014: flood_year}, {2014: 0.12}, {}]\n"
    given.write_text(text, encoding="utf-8")
    assert len(make_plan([given])) == 3
    files = [tmp_path / f"{name}{end}.yml" for end in "xy"]
    for file in files:
        file.write_text(text, encoding="utf-8")
    ids = [task.id for task in make_plan(files)]
    assert len(set(ids)) == 6


def test_two_batches_in_one_folder_exclude_each_other(tmp_path):
    folder, same = Folder(tmp_path), Folder(tmp_path)
    with folder.locked(), pytest.raises(RefusedInput, match="another batch"), same.locked("shard-1"):
        pass
    with folder.locked("shard-1"), same.locked("shard-2"):
        for part in (None, "shard-2"):
            with pytest.raises(RefusedInput, match="another batch"), Folder(tmp_path).locked(part):
                pass


def test_a_dead_process_keeps_no_lock(tmp_path):
    script = (
        "import os, sys; from giamngheo.runs.batch.folder import Folder\n"
        "with Folder(sys.argv[1]).locked(): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], cwd=paths.ROOT, check=False)
    half = Folder(tmp_path).making / "an-giang" / "half"
    half.mkdir(parents=True)
    with Folder(tmp_path).locked():
        assert not half.exists()


def test_a_worker_that_is_killed_is_replaced(tmp_path, monkeypatch):
    """The first request kills the process, as the memory of a machine that runs out would."""
    asked = []
    ask = Batch.ask

    def killing(self, **request):
        asked.append(request)
        if len(asked) == 1:
            self._idle.append(self._worker())
            self._idle[-1].kill()
        return ask(self, **request)

    monkeypatch.setattr(Batch, "ask", killing)
    assert results_only(["double", "flood_2014"], tmp_path, workers=1).ok
    assert len(asked) >= 2


def test_a_scenario_that_kills_its_process_fails_alone(tmp_path, monkeypatch):
    """It is tried twice; what was asked together with it comes through, and no other answer is waited for."""
    ask, asked = Batch.ask, []

    def dying(self, *, scenarios, **request):
        ids = [keys["id"] for _, keys in scenarios]
        if {"deadly", "odd"} & set(ids):
            asked.append(ids)
            if asked.count(["odd"]) == 2:
                raise RuntimeError("no answer")
            raise worker.WorkerDied("the process ended with -9")
        return ask(self, scenarios=scenarios, **request)

    monkeypatch.setattr(Batch, "ask", dying)
    given = [{"id": name, "delay_years": n} for n, name in enumerate(("one", "deadly", "odd", "two"))]
    outcome = results_only(given, tmp_path, workers=1)
    assert dict(outcome.counts) == {"ok": 2, "killed": 1, "failed": 1}
    told = {task.id: failure["error"] for task, failure in outcome.failures}
    assert told == {"deadly": "the process ended with -9", "odd": "no answer"}
    assert asked.count(["deadly"]) == 2


@pytest.fixture(scope="module")
def forty(tmp_path_factory):
    """A grid of 40, and the folder of its results, undisturbed."""
    folder = tmp_path_factory.mktemp("forty")
    axis = ", ".join(str(n / 40) for n in range(40))
    (folder / "g.yml").write_text(f"grid: {{delay_years: [{axis}]}}\n")
    results_only([folder / "g.yml"], folder / "whole")
    return folder / "g.yml", folder / "whole"


def begun(grid, out):
    """The process of a batch, one scenario at a time, once two are done."""
    script = (
        "from giamngheo.cli.commands import main\n"
        "from giamngheo.runs.batch import in_process; in_process.PIECE = 1; main()"
    )
    command = ["batch", grid, "--out", out, "--draws", DRAWS, "--results-only", "--json", "--workers", 1]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, command)],
        cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not process.stderr.readline().startswith("[2/"):
        assert process.poll() is None
    return process


def test_a_killed_batch_is_resumed_to_the_same_bytes(forty, tmp_path):
    grid, whole = forty
    process = begun(grid, tmp_path)
    children = Path(f"/proc/{process.pid}/task").glob("*/children")
    workers = [pid for path in children for pid in path.read_text().split()]
    process.kill()
    process.communicate()
    done = len(list(Folder(tmp_path).pieces.glob("*.parquet")))
    resumed = results_only([grid], tmp_path)
    assert (
        resumed.ok and 2 <= resumed.kept < 40 and resumed.kept >= done and digests(tmp_path) == digests(whole)
    )
    assert workers and not any(
        Path(f"/proc/{pid}").exists() for pid in workers
    )  # they end with what began them


def test_ctrl_c_once_ends_in_order_and_the_rest_can_be_resumed(forty, tmp_path):
    grid, whole = forty
    process = begun(grid, tmp_path)
    process.send_signal(signal.SIGINT)
    answer, _ = process.communicate(timeout=60)
    told = json.loads(answer)
    assert process.returncode == 130 and told["stopped"] and 2 <= told["counts"]["ok"] < 40
    resumed = results_only([grid], tmp_path)
    assert resumed.ok and resumed.kept == told["counts"]["ok"] and digests(tmp_path) == digests(whole)


def test_in_python_a_frame_and_a_warning():
    with pytest.warns(UserWarning, match="1 of 5 scenarios are not done: impossible"):
        frame = run_batch([GRID, IMPOSSIBLE], draws=DRAWS, progress=False)
    assert frame["scenario"].nunique() == 4
    assert frame.attrs["failed"][0]["scenario"] == "impossible"


def test_what_it_will_take_is_foreseen(done, tmp_path):
    plan = make_plan([GRID, "double"])
    for only, out, to_do in ((True, tmp_path, 5), (True, done[0], 0), (False, tmp_path, 5)):
        seen = calls.foresee(plan, out, calls.make_settings(None, DRAWS, 0, 2, only, True, False))
        assert (seen.scenarios, seen.to_do) == (5, to_do) and (seen.seconds > 0) == bool(to_do)


# --- Notebooks and pages


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A notebook of two cells in the place of the scenarios' own, which ends as the scenario's name says."""
    folder = tmp_path_factory.mktemp("notebooks")
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    parameters = "\n".join(
        f"{name}: {type(value).__name__} = {value!r}"
        for name, value in {
            "package": "data/an-giang",
            "scenario": "full_plan",
            "lang": "vi",
            "seed": 0,
            "draws": 100,
        }.items()
    )
    endings = "\n".join(f"if given.scenario.id == {name!r}: {code}" for name, code in ENDINGS.items())
    sources = (parameters, TINY, LAST.format(endings=endings))
    notebook.cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, folder / f"{by_notebook.NOTEBOOK}.ipynb")
    return folder


@pytest.fixture
def tiny_notebook(tiny, monkeypatch):
    monkeypatch.setattr(paths, "NOTEBOOKS", tiny)


def by_notebooks(given, out, **settings):
    return Batch(make_plan(given), out, Settings(draws=DRAWS, progress=False, **settings)).run()


def test_notebooks_pages_and_the_same_results_as_without_them(tiny_notebook, done, tmp_path):
    given = [GRID, "double", *({"id": name, "delay_years": 2} for name in ENDINGS)]
    outcome = by_notebooks(given, tmp_path)
    assert dict(outcome.counts) == {"ok": 5, "failed": 2, "killed": 1}
    told = {task.id: failure for task, failure in outcome.failures}
    assert "ZeroDivisionError" in told["raises"]["error"] and told["raises"]["cell"] == 3
    assert "division by zero" in told["raises"]["last_lines"] and "cells ran" in told["leaves"]["error"]
    assert sorted(path.name for path in (tmp_path / "an-giang").iterdir()) == sorted(
        task.id for task in make_plan([GRID, "double"])
    )
    assert not list(tmp_path.rglob(".*.part")) and not list(Folder(tmp_path).making.glob("*/*"))
    frames = [pd.read_parquet(out / "results.parquet") for out in (tmp_path, done[0])]
    pd.testing.assert_frame_equal(frames[0], frames[1][list(frames[0].columns)], check_exact=True)
    for lang in ("vi", "en"):
        assert (tmp_path / "an-giang" / "double" / f"{lang}.html").is_file()
    # resumed: what failed alone is tried again
    before = digests(tmp_path)
    again = by_notebooks(given, tmp_path)
    assert again.kept == 5 and digests(tmp_path) == before
    # a page that was altered is made anew
    page = tmp_path / "an-giang" / "double" / "vi.html"
    page.write_text(page.read_text(encoding="utf-8").replace("<", "< ", 1), encoding="utf-8")
    assert by_notebooks([GRID, "double"], tmp_path).kept == 4
    assert {k: v for k, v in digests(tmp_path).items() if "double" in k} == {
        k: v for k, v in before.items() if "double" in k
    }


def test_the_same_bytes_whatever_the_number_of_workers(tiny_notebook, tmp_path):
    given = {"grid": {"funding": {"all": [0.5, 0.75, 1, 2]}, "delay_years": [0, 1, 2, 3]}}
    made = []
    for workers in (1, 2, 8):
        assert (
            by_notebooks([given], tmp_path / str(workers), langs=("en",), workers=workers).counts["ok"] == 16
        )
        made.append(digests(tmp_path / str(workers)))
    assert made[0] == made[1] == made[2] and sum(name.endswith(".ipynb") for name in made[0]) == 16
    results_only([given], tmp_path / "only", workers=8)
    only = digests(tmp_path / "only")
    assert {name: only[name] for name in TABLES} == {name: made[0][name] for name in TABLES}


def test_a_run_stands_for_itself(tiny_notebook, tmp_path):
    """Its folder holds the scenario in full, and the notebook names that file and no folder of this machine."""
    parent = scenario_file(tmp_path, "parent", "funding: {all: 0.5}\n")
    child = scenario_file(tmp_path, "child", "based_on: parent\ndelay_years: 1\n")
    by_notebooks([child], tmp_path / "out", langs=("en",), warm=False)
    home = tmp_path / "out" / "an-giang" / "child"
    parent.unlink()
    assert make_plan([home / "child.yml"]).task(0).columns == {"funding.all": 0.5, "delay_years": 1.0}
    text = (home / "en.ipynb").read_text(encoding="utf-8")
    assert "child.yml" in text and str(tmp_path) not in text and "result_rows" not in text


def test_whatever_is_killed_the_batch_ends_in_the_same_bytes(tiny, tiny_notebook, tmp_path, monkeypatch):
    """One of each kind of its processes, one after the other, and the batch itself at last."""
    monkeypatch.syspath_prepend(paths.ROOT / "benchmarks")
    import kills

    chance, given = random.Random(0), tmp_path / "g.yml"
    given.write_text(json.dumps({"grid": {"delay_years": [n / 40 for n in range(40)]}}))
    out = kills.Killed(given, tmp_path / "out", DRAWS, tmp_path, tiny)
    process = out.start()
    for done, victim in ((0, "kernel"), (2, "server"), (5, "world"), (8, "parent")):
        assert kills.kill(out, process, victim, done, chance)
    assert out.end(process) is None and len(out.finished()) >= 8
    assert (*kills.resume(out), out.left()) == (1, [], [], [])
    by_notebooks([given], tmp_path / "whole", langs=("en",))
    assert digests(out.out) == digests(tmp_path / "whole")


@pytest.mark.parametrize("place", ["page", "notebook", "finish"])
def test_a_full_disk_stops_the_batch_and_costs_nothing_that_was_done(
    tiny_notebook, tmp_path, monkeypatch, place
):
    by_notebooks(["double", "flood_2014"], tmp_path, langs=("en",))
    before, begun = digests(tmp_path), []

    def full(*made, **request):
        begun.append(request)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def full_of_notebooks(path, content, write=paths.write_atomically):
        (full if path.name == "en.ipynb" else write)(path, content)

    with monkeypatch.context() as patched:
        if place == "notebook":
            patched.setattr(paths, "write_atomically", full_of_notebooks)
        else:
            patched.setattr(by_notebook if place == "page" else Folder, place, full)
        outcome = by_notebooks([GRID, "double"], tmp_path, langs=("en",), workers=1, warm=False)
    assert 1 <= len(begun) <= 2 and not outcome.ok and not outcome.stopped and outcome.counts["ok"] == 1
    assert by_notebooks(["double", "flood_2014"], tmp_path, langs=("en",)).kept == 2
    assert digests(tmp_path) == before


def test_results_of_data_that_changed_meanwhile_do_not_count(tiny_notebook, tmp_path, monkeypatch):
    """Else they would be found under the address of the old."""
    watched, out, page = tmp_path / "code", tmp_path / "out", by_notebook.page
    watched.write_text("1")
    monkeypatch.setattr(cache, "code_files", lambda: [watched])

    def changing(*made, **request):
        watched.write_text("22")
        return page(*made, **request)

    monkeypatch.setattr(by_notebook, "page", changing)
    outcome = by_notebooks(["double"], out, langs=("en",), warm=False)
    assert not outcome.ok and "changed" in outcome.failures[0][1]["error"]
    assert not list(Folder(out).pieces.glob("*")) and not list(out.glob("*/double"))


def test_pages_that_a_later_batch_does_not_make_go_and_what_can_be_taken_up_stays(tiny_notebook, tmp_path):
    """Case: pages of a language or a scenario that were left, of which `verify` said that they are none of these."""
    from giamngheo.runs.verify import verify

    by_notebooks(["double", "flood_2014"], tmp_path, warm=False)
    (tmp_path / "vi" / "notes.txt").write_text("the user's own")
    (tmp_path / "an-giang" / "flood_2014" / "en.html").write_text("changed by the user")
    by_notebooks(["double", "flood_2014"], tmp_path, langs=("en",), warm=False)
    assert [path.name for path in (tmp_path / "vi").iterdir()] == ["notes.txt"]
    assert not list(tmp_path.glob("an-giang/*/vi.html")) and verify(tmp_path)["agrees"]
    text = (tmp_path / "an-giang" / "double" / "en.html").read_text(encoding="utf-8")
    assert 'href="../../en/index.html"' in text and "vi.html" not in text
    for _ in range(2):
        by_notebooks(["double"], tmp_path, langs=("en",), warm=False)
        assert verify(tmp_path)["agrees"]
    assert by_notebooks(["double", "flood_2014"], tmp_path, langs=("en",), warm=False).kept == 2
    flood = tmp_path / "an-giang" / "flood_2014"
    (flood / "notes.txt").write_text("the user's own")
    Batch(make_plan(["double"]), tmp_path, Settings(("en",), DRAWS, 1, warm=False, progress=False)).run()
    assert [path.name for path in flood.iterdir()] == ["notes.txt"] and verify(tmp_path)["agrees"]


def test_a_manifest_of_another_deletes_nothing_outside_and_a_run_made_since_stays_whole(tmp_path):
    from giamngheo.runs.batch.whole import _of_before, _remove

    out, run = tmp_path / "out", tmp_path / "out" / "an-giang" / "double"
    run.mkdir(parents=True)
    (tmp_path / "mine.txt").write_text("mine")
    (out / "linked").symlink_to(tmp_path)
    mine = cache.hash_of(tmp_path / "mine.txt")
    names = [str(tmp_path / "mine.txt"), "../mine.txt", "linked/mine.txt"]
    (run / "en.html").write_text("made after that manifest")
    record = {"address": "new", "files": {"en.html": cache.hash_of(run / "en.html")}}
    (run / "record.json").write_text(json.dumps(record))
    entry = {"package": "an-giang", "scenario": "double", "run": "an-giang/double", "record": "another"}
    base = {"made_from": {"data": {}, "draws": 100}, "langs": ["en"]}
    before = base | {"files": dict.fromkeys(names, mine), "scenarios": [entry]}
    now = base | {"made_from": {"data": {}, "draws": 200}, "files": {}, "scenarios": [], "results_only": True}
    _remove(out, _of_before(out, before, now)[0])
    assert (tmp_path / "mine.txt").exists() and len(list(run.iterdir())) == 2


# --- The list


def test_the_index_reads_without_scripts_and_escapes(tmp_path):
    title = {"vi": "<script>alert(1)</script>", "en": "=cmd()"}
    results_only([{"id": "odd", "title": title, "delay_years": 1}, "double", IMPOSSIBLE], tmp_path)
    for lang in ("vi", "en"):
        text = (tmp_path / lang / "index.html").read_text(encoding="utf-8")
        whole = Whole()
        whole.feed(text)
        whole.close()
        assert whole.open == [] and text.count("<script>") == 1
        body = text.split("<script>")[0]
        assert body.count("<tr data-state=") == 3 and 'data-state="failed"' in body
        assert "carry_over" in body  # what failed is named with its reason
        assert all(
            (tmp_path / lang / name).resolve().exists() for name in whole.addresses if name.startswith("../")
        )
    assert "alert(1)" not in (tmp_path / "results.csv").read_text(encoding="utf-8")


def test_the_command_ends_with_the_right_status(tmp_path):
    scenario_file(tmp_path, "impossible", "assumptions: {carry_over: {fixed: 5}}\n")
    script = "from giamngheo.cli.commands import main; main()"
    base = [
        sys.executable,
        "-c",
        script,
        "batch",
        "--results-only",
        "--draws",
        "100",
        "--out",
        str(tmp_path / "out"),
    ]
    ends = {
        ("double",): (0, "1 ok"),
        ("double", str(tmp_path / "impossible.yml")): (
            1,
            "to go on: mend what is named, then the same command again",
        ),
        ("double", "dubble"): (2, "'double'"),
        ("--dry-run", "double", "full_plan"): (0, "2 scenarios"),
    }
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(paths.ROOT), os.environ.get("PYTHONPATH", "")])
    }
    for arguments, (status, words) in ends.items():
        ended = subprocess.run(
            [*base, *arguments], capture_output=True, text=True, env=environment, check=False
        )
        assert ended.returncode == status and words in ended.stdout + ended.stderr, ended.stderr
    assert (tmp_path / "out" / ".batch" / "plan.json").is_file()


def test_a_batch_s_folder_is_verified(done, tiny, tmp_path, monkeypatch):
    from giamngheo.runs.verify import verify

    assert verify(done[0])["agrees"]
    monkeypatch.setattr(paths, "NOTEBOOKS", tiny)
    assert verify(done[0])["problems"]["code"] == ["changed since"]
    by_notebooks(["double"], tmp_path, langs=("en",))
    assert verify(tmp_path)["agrees"]
    page = tmp_path / "an-giang" / "double" / "en.html"
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    (tmp_path / "results.csv").write_text("")
    assert verify(tmp_path)["problems"]["pages"] == [
        "results.csv: altered", "an-giang/double/en.html: altered",
    ]  # fmt: skip
