"""Scenarios on a Dask cluster: done there as on one machine, sent back as files, put in their places here.

A worker needs the project of the same commit and lock and the package under the same path, but neither the folder of
results nor the keys to it. One that dies is replaced by those that are left, one that joins is given work.
"""

import contextlib
import hashlib
import importlib.util
import logging
import os
import queue
import re
import shutil
import sys
import tempfile
import threading
import uuid
from collections import deque
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.package import load_package
from giamngheo.runs.batch.folder import write_scenario
from giamngheo.runs.batch.plan import Task
from giamngheo.runs.notebook_run import FAILED, KILLED, one_line

ADDRESS = re.compile(r"local:(?P<processes>[1-9]\d{0,2})|(tcp|tls|ws|wss)://\S+")
PIECE = 20  # scenarios of results alone sent together, and done again where their worker dies
MOST_DEATHS = 3  # of workers that one scenario may kill on a cluster of ours
CONNECT_S = 5
# A worker that is down when Dask looks, 15 s after a death, is not brought back; ours dies and comes back often.
LASTING = {"distributed.deploy.lost-worker-timeout": "1h"}
CLOSED = ("closing", "closed")  # states of a client that does not come back


def check_address(address):
    """The number of processes that ``local:N`` asks for, None for a scheduler's address.

    Raises
    ------
    RefusedInput
        Neither of them, or the extra ``cluster`` is not installed.
    """
    found = ADDRESS.fullmatch(address)
    if not found:
        near = f"local:{os.cpu_count() or 1}"
        raise RefusedInput(
            f"--dask: '{address[:80]}' is no scheduler's address, such as tcp://10.0.0.1:8786; nearest: {near}"
        )
    if importlib.util.find_spec("distributed") is None:
        raise RefusedInput(
            "--dask: Dask is not installed; nearest: .venv/bin/pip install dask distributed (the extra cluster)"
        )
    return int(found["processes"]) if found["processes"] else None


@contextlib.contextmanager
def _client(address):
    """A client of the cluster at an address, or of one of our own that ends with it."""
    import dask
    from distributed import Client, LocalCluster

    own = check_address(address)
    with contextlib.ExitStack() as held:
        if own:
            held.enter_context(dask.config.set(LASTING))
            made = LocalCluster(
                n_workers=own,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                scheduler_kwargs={"allowed_failures": MOST_DEATHS - 1},
            )
            held.enter_context(made)
        try:
            client = held.enter_context(
                Client(made if own else address, timeout=CONNECT_S, set_as_default=False)
            )
        except OSError:
            raise RefusedInput(
                f"--dask {address}: no scheduler answers there; nearest: local:{os.cpu_count() or 1}"
            ) from None
        yield client


def execute(batch, todo, states, shown):
    """Do scenarios on the cluster of `Settings.dask`, as of `Batch.run`."""
    from distributed.client import ClosedClientError

    from giamngheo.runs.batch.running import CANCELLED, SKIPPED

    name = uuid.uuid4().hex
    with _client(batch.settings.dask) as client:
        if batch.settings.progress and not _threads(client):
            print(f"no worker yet; on each machine: dask worker {batch.settings.dask}", file=sys.stderr)
        with contextlib.suppress(ClosedClientError):
            _send_and_receive(batch, todo, states, shown, client, name)
        if client.status not in CLOSED:
            with contextlib.suppress(Exception):  # a worker that has just died has nothing to end
                client.run(end, name)
            return
        for state in states.values():
            if state["state"] in (CANCELLED, SKIPPED):
                state["error"] = "the scheduler is gone"


def _send_and_receive(batch, todo, states, shown, client, name):
    """Keep the cluster at work until all is done, or nothing further may begin, or it is gone for good."""
    from distributed import KilledWorker

    waiting, suspects = deque(_pieces(batch, todo, client)), deque()
    running, ended = {}, queue.SimpleQueue()
    there = replace(batch.settings, dask="", workers=1, progress=False)

    def send(piece, alone=False):
        for task, _ in piece:
            batch.begun(task, states)
        given = [(paths.as_parameter(task.package.path), task.keys, key) for task, key in piece]
        future = client.submit(do, name, there, given, batch.sources(), pure=False)
        running[future.key] = future, piece, alone
        future.add_done_callback(ended.put)

    while running or ((waiting or suspects) and not batch.stop.is_set()):
        if client.status in CLOSED:
            return
        # Two for each thread there is by now: none waits for work, and what is done does not pile up.
        while waiting and len(running) < 2 * max(1, _threads(client)) and not batch.stop.is_set():
            send(waiting.popleft())
        if suspects and not running and not batch.stop.is_set():
            send(suspects.popleft(), alone=True)
        try:
            future, piece, alone = running.pop(ended.get(timeout=0.5).key)  # so that Ctrl-C is heard
        except queue.Empty:
            continue
        try:
            pieces, runs, failed = future.result()
        except CancelledError:  # the scheduler was lost: sent again to the one that is there next
            (suspects if alone else waiting).appendleft(piece)
            continue
        except KilledWorker as death:
            if not alone:  # it, or what was in flight beside it: each by itself in the end
                suspects.extend([pair] for pair in piece)
                continue
            words = f"{death.allowed_failures + 1} workers died of it"
            pieces, runs, failed = {}, {}, {piece[0][1]: {"state": KILLED, "error": words}}
        except Exception as error:  # what came back is no answer
            pieces, runs, failed = {}, {}, _all_failed(piece, error)
        made = [batch.folder.pieces / each for each in pieces]
        try:
            for path in made:
                paths.write_atomically(path, pieces[path.name])
            for task, address in piece:
                if address in runs:
                    _put_in_place(batch, task, runs[address])
        except OSError as error:  # a full disk
            made, failed = [], _all_failed(piece, error)
        for task, address in piece:
            batch.ended(task, states, shown, failed.get(address), made=made)


def _threads(client):
    """How many threads the workers have that are there; 0 also while the scheduler does not answer."""
    with contextlib.suppress(Exception):  # which it does not in several ways
        return sum(client.nthreads().values())
    return 0


def _pieces(batch, todo, client):
    """What is sent together: a scenario with its pages, some of one package without."""
    size = 1
    if batch.settings.results_only:
        size = max(1, min(PIECE, -(-len(todo) // (4 * max(1, _threads(client))))))
    for package in dict.fromkeys(task.package.path for task, _ in todo):
        own = [pair for pair in todo if pair[0].package.path == package]
        yield from (own[start : start + size] for start in range(0, len(own), size))


def _put_in_place(batch, task, files):
    home = batch.folder.begin(task)
    write_scenario(home, task.keys)
    for name, content in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    batch.folder.finish(task, batch.run_address(task), digests)


# --- On a worker

_mine = threading.local()
_begun = {}  # name of a client's batch to those of this process


def do(name, settings, scenarios, sources):
    """Do scenarios on this machine.

    Parameters
    ----------
    name : str
        Of the batch that asks.
    settings : Settings
    scenarios : list of (str, dict, str)
        Package, keys and address of each.
    sources : str
        As of `Batch.sources`.

    Returns
    -------
    pieces : dict of str to bytes
        Results, by the names of their files.
    runs : dict of str to dict
        By address: the files of notebooks and pages by name.
    failed : dict of str to dict
        By address, what there is to say of those that did not end well. Nothing is raised: an error that cannot be
        read where it arrives would be waited for for ever.
    """
    try:
        todo = [
            (Task(number, load_package(paths.find(package)), keys["id"], keys), address)
            for number, (package, keys, address) in enumerate(scenarios)
        ]
        return _do(_batch(name, settings), todo, sources)
    except Exception as error:
        return {}, {}, _all_failed([(None, address) for *_, address in scenarios], error)


def _all_failed(piece, error):
    return {address: {"state": FAILED, "error": one_line(error)} for _, address in piece}


def _do(batch, todo, sources):
    if batch.sources() != sources or any(batch.address(task) != address for task, address in todo):
        raise RefusedInput(
            "this worker has other code, data or libraries than the batch; nearest: make env there"
        )
    states, folder = {}, batch.folder
    try:
        batch.do(todo, states)
        batch.check_unchanged()
        pieces = {path.name: path.read_bytes() for path in folder.pieces.glob("*.parquet")}
        runs = {
            address: _files_of(folder, task)
            for task, address in todo
            if task.number not in states and not batch.settings.results_only
        }
        return pieces, runs, {address: states[task.number] for task, address in todo if task.number in states}
    finally:
        for left in folder.out.iterdir():
            shutil.rmtree(left, ignore_errors=True)


def _files_of(folder, task):
    """The files of a run that its record names, but the scenario itself."""
    home, own = folder.run_of(task), ("record.json", f"{task.id}.yml")
    files = sorted(path for path in home.rglob("*") if path.is_file() and path.name not in own)
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def _batch(name, settings):
    """The batch of this thread, whose processes serve one piece after the other."""
    from distributed import get_worker

    from giamngheo.runs.batch.running import Batch

    of, held = getattr(_mine, "batch", (None, None))
    if of != name or held.stop.is_set() or not held.contents.unchanged():
        # Where Dask itself removes what a worker that was killed leaves.
        folder = tempfile.mkdtemp(prefix="giamngheo-", dir=get_worker().local_directory)
        held = Batch(None, Path(folder), settings)
        _mine.batch = name, held
        _begun.setdefault(name, []).append(held)
    return held


def end(name):
    """End the processes of a batch that is over."""
    from giamngheo.runs.kernels import provisioner

    for batch in _begun.pop(name, ()):
        batch.stop.set()
        batch.close()
        shutil.rmtree(batch.folder.out, ignore_errors=True)
    if not _begun:
        provisioner.close_server()
