"""A batch on a Dask cluster: the same bytes whoever dies; the one scenario that kills its workers fails alone."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from helpers import digests

from giamngheo import paths, run_batch
from giamngheo.inputs.errors import RefusedInput
from giamngheo.runs.batch import by_notebook, calls, cluster
from giamngheo.runs.batch.address import Mirror, NotPut, reached
from giamngheo.runs.batch.plan import make_plan
from giamngheo.runs.batch.running import Batch
from giamngheo.runs.batch.settings import Settings

GRID = {"grid": {"funding": {"all": [0.5, 1]}, "delay_years": [0, 1]}}
IMPOSSIBLE = {"id": "impossible", "assumptions": {"carry_over": {"fixed": 5}}}  # found out when it is drawn
DEADLY = {"id": "deadly", "delay_years": 1}
TINY = """\
from giamngheo import simulate
from giamngheo.inputs.parameters import notebook_inputs
given = notebook_inputs(globals())
outcome = simulate(given.package, given.scenario, draws=given.draws, seed=given.seed)
outcome.by_case"""
# What every worker begins with: the notebook of two cells, and a scenario that takes its worker with it.
PRELOADED = """\
import os
from pathlib import Path
from giamngheo import paths
from giamngheo.runs.batch import cluster
paths.NOTEBOOKS = Path({notebooks!r})
do = vars(cluster).setdefault("really_do", cluster.do)
def may_die(name, settings, scenarios, sources):
    if any(keys["id"] == "deadly" for _, keys, _ in scenarios):
        os._exit(9)
    return do(name, settings, scenarios, sources)
cluster.do = may_die
"""
needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra cluster is not installed")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A folder with a notebook of two cells in the place of the scenarios' own."""
    folder = tmp_path_factory.mktemp("notebooks")
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    given = ("package = 'data/an-giang'", "scenario = 'full_plan'", "lang = 'vi'", "seed = 0", "draws = 100")
    cells = [
        "\n".join(line.replace(" =", ": int =" if line[-1].isdigit() else ": str =") for line in given),
        TINY,
    ]
    notebook.cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(cells)]
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, folder / f"{by_notebook.NOTEBOOK}.ipynb")
    return folder


@pytest.fixture(scope="module")
def workers(tiny, tmp_path_factory):
    """A cluster of two worker processes on loopback, each brought back when it dies."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    preload = tmp_path_factory.mktemp("preload") / "may_die.py"
    preload.write_text(PRELOADED.format(notebooks=str(tiny)))
    with (
        dask.config.set(cluster.LASTING),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
            local_directory=str(tmp_path_factory.mktemp("dask")),
            preload=[str(preload)],
            scheduler_kwargs={"allowed_failures": cluster.MOST_DEATHS - 1},
        ) as made,
    ):
        yield made


GIVEN = [GRID, "double", IMPOSSIBLE]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The folder of results that no cluster made."""
    return ran(GIVEN, tmp_path_factory.mktemp("here")).out


def ran(given, out, **settings):
    settings = {"draws": 100, "progress": False, "results_only": True, "workers": 1} | settings
    return Batch(make_plan(given), out, Settings(**settings)).run()


@pytest.fixture(scope="module")
def s3():
    """An S3 on loopback with one bucket, reached as any other: by what the environment says."""
    files = pytest.importorskip("s3fs").S3FileSystem
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            patched.setenv(name, "us-east-1")
        files().mkdir("bucket")
        yield files()
    files.clear_instance_cache()
    server.stop()


@needs_dask
def test_the_same_bytes_at_an_address_though_a_worker_is_killed_in_the_middle(
    workers, s3, here, tmp_path, monkeypatch
):
    killed, ended = [], Batch.ended

    def killing(self, *arguments, **how):
        if not killed:
            killed.append(workers.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)
        ended(self, *arguments, **how)

    address, how = "s3://bucket/some batch", {"draws": 100, "progress": False, "results_only": True}
    with pytest.warns(UserWarning, match="1 of 6 scenarios are not done: impossible"):
        with monkeypatch.context() as patched:
            patched.setattr(Batch, "ended", killing)
            patched.setattr(cluster, "PIECE", 1)
            frame = run_batch(GIVEN, out=address, dask=workers.scheduler_address, **how)
        assert killed and frame["scenario"].nunique() == 5
        s3.get(address, str(tmp_path / "first"), recursive=True)
        before = put_there(s3, f"{address}/.batch/pieces")
        s3.rm_file(gone := next(iter(before)))
        run_batch(GIVEN, out=address, workers=1, **how)
    after = put_there(s3, f"{address}/.batch/pieces")
    del before[gone]  # what it held may come back in another piece; the others are as they were
    assert len(before) >= 4 and {name: after.get(name) for name in before} == before
    assert not [name for name in s3.find(address) if "lock" in name or ".part" in name or ".trial" in name]
    s3.get(address, str(tmp_path / "second"), recursive=True)
    assert digests(tmp_path / "first") == digests(tmp_path / "second") == digests(here)


def put_there(files, address):
    """When each file at an address was put there (dict)."""
    found = files.find(address, detail=True, refresh=True)
    return {name: told["LastModified"] for name, told in found.items()}


@needs_dask
def test_notebooks_and_pages_are_those_of_one_machine(workers, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "NOTEBOOKS", tiny)
    how = {"results_only": False, "langs": ("en",)}
    there = ran(["double"], tmp_path / "there", dask=workers.scheduler_address, **how)
    assert there.failures == []
    assert ran(["double"], tmp_path / "here", **how).ok
    assert digests(tmp_path / "there") == digests(tmp_path / "here")
    assert (tmp_path / "there" / "an-giang" / "double" / "en.html").is_file()


@needs_dask
@pytest.mark.parametrize("other", ["address", "sources"])
def test_a_worker_of_other_code_is_not_believed(workers, tmp_path, monkeypatch, other):
    monkeypatch.setattr(Batch, other, lambda *_: "other")
    outcome = ran(["double"], tmp_path, dask=workers.scheduler_address)
    assert "other code" in outcome.failures[0][1]["error"]


@needs_dask
def test_a_scheduler_that_goes_away_ends_the_batch_and_what_is_done_is_kept(workers, tmp_path, monkeypatch):
    """The client closes, as it does by itself where it could not connect again."""
    clients, reach, ended = [], cluster._client, Batch.ended

    @contextlib.contextmanager
    def watched(address):
        with reach(address) as client:
            clients.append(client)
            yield client

    def closing(self, *arguments, **how):
        ended(self, *arguments, **how)
        clients[0].close()

    monkeypatch.setattr(cluster, "PIECE", 1)
    monkeypatch.setattr(cluster, "_client", watched)
    monkeypatch.setattr(Batch, "ended", closing)
    outcome = ran(GIVEN, tmp_path, dask=workers.scheduler_address)
    assert outcome.counts["ok"] == 1 and set(outcome.counts) == {"ok", "cancelled", "skipped"}
    assert {failure["error"] for _, failure in outcome.failures} == {"the scheduler is gone"}
    assert len(list(calls.Folder(tmp_path).whole_pieces())) == 1


@needs_dask  # the last of those that share the cluster, which it leaves with one worker
def test_a_scenario_that_kills_three_workers_fails_alone(workers, tmp_path, monkeypatch):
    """What is sent with it, and what is queued beside it on the one worker there is, comes through."""
    monkeypatch.setattr(cluster, "PIECE", 2)
    workers.scale(1)
    outcome = ran(["double", DEADLY, *GIVEN[:1], "flood_2014"], tmp_path, dask=workers.scheduler_address)
    assert dict(outcome.counts) == {"ok": 6, "killed": 1}
    ((task, failure),) = outcome.failures
    assert task.id == "deadly" and "3 workers died" in failure["error"]


@pytest.mark.parametrize(
    ("address", "words"), [("local:0", "local:"), ("10.0.0.1", "tcp://"), ("local:-1", "local:"), ("", None)]
)
def test_an_address_that_cannot_be_is_refused(address, words, monkeypatch):
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: object())
    if words is None:
        assert calls.make_settings(None, 100, 0, 1, True, True, False, address).dask == ""
        return
    with pytest.raises(RefusedInput, match=f"--dask.*{words}"):
        calls.make_settings(None, 100, 0, 1, True, True, False, address)


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RefusedInput, match="pip install dask distributed"):
        run_batch(["double"], dask="local:2", progress=False)


@needs_dask
def test_where_no_scheduler_answers_it_is_said(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(RefusedInput, match="no scheduler answers there"):
        run_batch(["double"], draws=100, dask=f"tcp://127.0.0.1:{port}", progress=False)


@needs_dask  # fsspec comes with it
def test_shards_that_begin_at_one_address_at_once_do_not_meet_in_their_trials(tmp_path, monkeypatch):
    """Case: one's trial was taken away, or fetched, by another."""
    from fsspec.implementations.local import LocalFileSystem

    address, put = f"file://{tmp_path}/there", LocalFileSystem.pipe_file
    begun = []

    def beside(self, path, *given, **more):
        put(self, path, *given, **more)
        if not begun:
            begun.append(path)
            Mirror(address, tmp_path / "second", alone=False).fetch()

    monkeypatch.setattr(LocalFileSystem, "pipe_file", beside)
    (tmp_path / "second").mkdir()
    Mirror(address, tmp_path / "first", alone=False)
    assert begun and not list((tmp_path / "second").iterdir()) and not list((tmp_path / "there").iterdir())


@needs_dask  # fsspec comes with it
@pytest.mark.parametrize("address", ["nonsense://bucket", "s3://", "gs:///"])
def test_an_address_that_cannot_be_written_to_is_refused_before_anything_is_computed(address):
    with pytest.raises(RefusedInput, match=f"--out {address}"):
        run_batch(["double"], out=address, draws=100, progress=False)


@needs_dask
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "does not exist; nearest: a bucket that is there"),
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:{closed}"},
            "Could not connect.*nearest: look at AWS_ENDPOINT_URL",
        ),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "nearest: set AWS_ACCESS_KEY_ID"),
    ],
    ids=["no bucket", "no endpoint", "no keys"],
)
def test_storage_that_cannot_be_reached_is_told_at_once(s3, changed, words, tmp_path, monkeypatch):
    """And not after all that botocore and s3fs try again for seconds."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in changed.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value.format(closed=closed))
    monkeypatch.setattr(calls, "_run", None)  # so far it does not come
    type(s3).clear_instance_cache()
    waited, sleep, loop = [], asyncio.sleep, s3.loop

    def noted(delay, *result):
        if asyncio.get_running_loop() is loop:  # Dask waits in another
            waited.append(delay)
        return sleep(delay, *result)

    monkeypatch.setattr(asyncio, "sleep", noted)
    start = time.process_time()
    with pytest.raises(RefusedInput, match=f"--out s3://nowhere/x: .*{words}"):
        run_batch(["double"], out="s3://nowhere/x", draws=100, progress=False)
    assert time.process_time() - start < 1.5 and not any(waited)


@needs_dask
def test_the_work_itself_tries_again_as_usual(s3):
    with reached("s3://bucket/retries") as (_, mirror):
        files = mirror._files
    assert files.config_kwargs == {} and files.retries == type(files).retries > 1
    assert not s3.find("bucket/retries")


@needs_dask  # fsspec comes with it
def test_what_cannot_be_put_in_the_end_has_failed_and_is_told_where_it_is_kept(monkeypatch):
    """Case: it was told as refused input, with status 2, after hours of work."""
    memory = pytest.importorskip("fsspec").filesystem("memory")

    def full(*_, **__):
        raise OSError("full " * 99)

    with pytest.raises(NotPut) as failed, reached("memory://full/batch") as (folder, _):
        (folder / "results.csv").write_text("a,b")
        monkeypatch.setattr(type(memory), "put", full)
    kept = Path(re.match("what was made is kept in (.*?), as", str(failed.value))[1])
    assert (kept / "results.csv").read_text() == "a,b" and not isinstance(failed.value, RefusedInput)
    assert "memory://full/batch: OSError: full" in str(failed.value)[:200]  # of what a command prints
    shutil.rmtree(kept)


@needs_dask  # fsspec comes with it
def test_an_address_is_one_in_capitals_too():
    """Case: S3://bucket/x was a folder S3: here."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    with reached("Memory://in/Capitals") as (folder, mirror):
        (folder / "results.csv").write_text("a,b")
    assert mirror and memory.cat("/in/Capitals/results.csv") == b"a,b"
    memory.rm("/in", recursive=True)


@needs_dask  # fsspec comes with it
def test_parts_of_a_batch_meet_at_an_address(here, tmp_path):
    """The last of them makes the table, whichever it is; what the first began after the second had fetched counts."""
    how = {"draws": 100, "results_only": True, "workers": 1, "progress": False}
    fsspec = pytest.importorskip("fsspec")
    files, out = fsspec.filesystem("memory"), "memory://shards/of one batch"

    def put_by(part):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the impossible one
            return run_batch(GIVEN, out=out, shard=f"{part}/2", **how)["scenario"].nunique()

    with reached(out, "1/2") as (folder, mirror):  # which has fetched when there is nothing
        assert put_by(2) in (2, 3)
        there = {name.removeprefix("/shards/of one batch/") for name in files.find(out)}
        assert not {"results.parquet", "manifest.json", "en/index.html"} & there and len(there) >= 2
        settings = Settings(draws=100, results_only=True, workers=1, progress=False)
        outcome = Batch(make_plan(GIVEN, shard="1/2"), folder, settings, "shard-1-of-2", mirror).run()
        assert {path.name for path in outcome.files} >= {"results.parquet", "manifest.json"}
    files.get(out, str(tmp_path / "there"), recursive=True)
    assert digests(tmp_path / "there") == digests(here)
    files.rm(out, recursive=True)
