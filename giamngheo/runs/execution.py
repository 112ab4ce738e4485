"""The one place that checks notebooks' parameters, runs them and records how each ended."""

import logging
import os
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.parameters import Door
from giamngheo.runs import cache
from giamngheo.runs.cache import CHANGED
from giamngheo.runs.locks import workspace
from giamngheo.runs.notebook_run import FAILED, KILLED, OK, ORDINARY, called, one_line, run_notebook
from giamngheo.runs.progress import Progress

CELL_TIMEOUT_S = 600
LEAST_SHARED = 3  # notebooks that are worth computing ahead what they share
UNFINISHED = paths.CACHE / "failed"  # notebooks that did not run to their end

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """How one execution ended. ``ok`` rests on what every cell left behind, not on papermill's metadata.

    state: "ok", "failed", "timed_out" or "killed"; cell: the place of the cell that did not end, last_lines: the end of
    what its error printed; made: what `Job.then` gave.
    """

    notebook: str
    parameters: dict
    out: Path
    ok: bool
    cells: int
    cells_done: int
    seconds: float
    error: str = ""
    kept: bool = False  # taken from an earlier run on the same content
    failed: Path | None = None  # where an unfinished notebook was left
    state: str = OK
    cell: int | None = None
    last_lines: str = ""
    made: object = None


@dataclass(frozen=True)
class Job:
    """One notebook to execute: its path, parameters, where the result goes, and what to call it meanwhile.

    folder: where its kernel stands, the notebook's own unless given; first: a function ("module:name") and its keyword
    arguments (what JSON holds), called before the notebook is executed, in the same process; ask: code
    that runs after the last cell and leaves no trace in the notebook; then: a function as `first`, called where all
    went well with the notebook and what `ask` displayed (dict by kind of output); what either raises fails the run;
    holds: what its scenario holds, as of `Door.scenario`, where package and scenario are checked already.
    """

    notebook: Path
    parameters: dict
    out: Path
    label: str = field(default="")
    folder: Path | None = None
    first: tuple = ()
    ask: str = ""
    then: tuple = ()
    holds: str = ""


def execute(notebook, parameters, out, **options):
    """Execute one notebook; the result is written to ``out`` only if every cell ran to its end.

    Parameters
    ----------
    notebook : str or Path
        Relative paths are found from the current folder, then from the project.
    parameters : mapping
        Checked before any kernel starts.
    out : str or Path
        The executed notebook; written whole or not at all.
    **options
        As of `execute_all`.

    Returns
    -------
    Run

    Raises
    ------
    RefusedInput
    """
    (run,) = execute_all([Job(notebook, dict(parameters), out)], progress=False, **options)
    return run


def execute_all(
    jobs,
    *,
    workers=2,
    progress=True,
    warm=True,
    reuse=True,
    keep=True,
    timeout=CELL_TIMEOUT_S,
    shown_for="",
    began=None,
    ended=None,
    stop=None,
    contents=None,
):
    """Execute notebooks side by side; one that fails does not stop the others.

    Parameters
    ----------
    jobs : sequence of Job
        All are checked before the first kernel starts; what they share is read, checked and hashed once.
    workers : int
    progress : bool
        A bar on a terminal, a line for each finished notebook elsewhere, both on standard error.
    warm : bool
        Fork the kernels from a process that has imported the libraries and computed what many notebooks on one
        package share, where that is possible.
    reuse : bool
        Take the result of an earlier run on the same content.
    keep : bool
        Keep the results for later runs on the same content.
    timeout : int
        Seconds that one cell may take.
    shown_for : {"", "page", "notebook"}
        Where figures will be seen; those of the other place are not drawn.
    began : callable, optional
        Called with the number of each job that begins, in the thread that runs it.
    ended : callable, optional
        Called with number and `Run` of each job, in the calling thread, one after the other.
    stop : threading.Event, optional
        Once it is set no further job begins.
    contents : cache.Contents, optional
        What the caller has hashed already, and what must not change until the last job has ended.

    Returns
    -------
    list of Run
        In the order of the jobs; None for one that never began.

    Raises
    ------
    RefusedInput
    """
    contents, ready = contents or cache.Contents(), []
    door = Door(contents.about_to_read)
    for job in jobs:
        notebook = paths.find(job.notebook)
        parameters = door.check(notebook, job.parameters, job.folder, scenario=not job.holds)
        scenario = job.holds or door.scenario(notebook, parameters, job.folder)
        places = {"out": Path(job.out).absolute(), "folder": Path(job.folder or notebook.parent)}
        checked = replace(job, notebook=notebook, parameters=parameters, **places)
        ready.append(_Ready(checked, door.cells(notebook), scenario))
        contents.sources(notebook)
    for package in {each.job.parameters.get("package", paths.PACKAGE) for each in ready}:
        contents.data(package)
    contents.code()
    worlds = _worlds(ready, contents) if warm else [None] * len(ready)
    labels, runs = [each.job.label or each.job.notebook.stem for each in ready], {}
    if warm:
        start_ahead()

    def begin(n, how):
        if stop is not None and stop.is_set():
            return None
        if began is not None:
            began(n)
        return _execute(ready[n], **how)

    options = {"contents": contents, "reuse": reuse, "keep": keep, "shown_for": shown_for, "warm": warm}
    halted = threading.Event()
    options |= {"timeout": timeout, "ending": [halted] if stop is None else [halted, stop]}
    options["common"] = _common(contents, shown_for) if warm else None
    pool = ThreadPoolExecutor(workers)
    try:
        with Progress(len(ready), progress) as shown:
            futures = {pool.submit(begin, n, options | {"world": world}): n for n, world in enumerate(worlds)}
            for future in as_completed(futures):
                n = futures[future]
                runs[n] = future.result()
                if runs[n] is not None:
                    shown.step(labels[n], _outcome(runs[n]))
                    if ended is not None:
                        ended(n, runs[n])
    except BaseException:  # at once: the kernels end with their server, and the threads that wait for them
        halted.set()
        pool.shutdown(wait=False, cancel_futures=True)
        if warm:
            from giamngheo.runs.kernels import provisioner

            provisioner.close_server()
        raise
    pool.shutdown()
    return [runs[n] for n in range(len(ready))]


@dataclass(frozen=True)
class _Ready:
    """A job that was checked, its paths absolute; cells of its notebook, and what its scenario holds."""

    job: Job
    cells: list
    scenario: str


def _worlds(ready, contents):
    """For each job what it shares with enough others (`runs.kernels.provisioner.Server.fork`), or None."""
    names = ("package", "draws", "seed")
    asked = [tuple(each.job.parameters.get(name) for name in names) for each in ready]
    often = {each for each, n in Counter(asked).items() if n >= LEAST_SHARED and None not in each}
    data = {each: contents.data(each[0]) for each in often}
    return [
        {"data": data[each], "prepare": dict(zip(names, each, strict=True))} if each in often else None
        for each in asked
    ]


def _common(contents, shown_for):
    """What is the same for all processes that are forked for notebooks (bytes): made once, for it is long."""
    from giamngheo.runs.kernels import provisioner

    surroundings = provisioner.page_environment(os.environ, shown_for)
    return provisioner.as_line({"env": surroundings, "stamps": contents.stamps()})


def _execute(ready, contents, reuse, keep, shown_for, warm, world, timeout, ending, common):
    job, start = ready.job, time.monotonic()
    n_code = sum(1 for cell in ready.cells if cell["cell_type"] == "code" and cell["source"].strip())

    def ended(end):
        seconds, end = time.monotonic() - start, {"state": OK, "cells_done": n_code} | end
        if "failed" in end:
            end["failed"] = Path(end["failed"])
        run = Run(
            job.notebook.stem, job.parameters, job.out, end["state"] == OK, n_code, seconds=seconds, **end
        )
        log.log(logging.INFO if run.ok else logging.ERROR, "%s", run)
        return run

    changed = {"state": FAILED, "error": CHANGED}
    if contents.changed:
        return ended(changed | {"cells_done": 0})
    key = contents.address(job.notebook, job.parameters, shown_for, ready.scenario)
    request = {
        "notebook": str(job.notebook),
        "parameters": job.parameters,
        "out": str(job.out),
        "failed": str(UNFINISHED / f"{job.notebook.stem}-{key[:12]}.ipynb"),
        "folder": str(job.folder),
        "timeout": timeout,
        "shown_for": shown_for,
        "first": job.first,
        "ask": job.ask,
        "then": job.then,
    }
    done = cache.kept(key) if reuse else None
    way = (common, world) if warm else None
    end = _kept(request, done) if done is not None else _run(request, len(ready.cells), way, ending)
    looked, executed = end.pop("unchanged", None), end.pop("sources", None)
    if executed not in (None, contents.sources(job.notebook)):
        contents.heard(False)
    if end["state"] == OK and not (contents.unchanged() if looked is None else contents.heard(looked)):
        job.out.unlink()
        return ended(changed)
    if keep and end["state"] == OK and done is None:
        cache.keep(key, job.out.read_text(encoding="utf-8"))
    return ended(end)


def _kept(request, content):
    """The end of a notebook whose result was kept from an earlier run."""
    try:
        paths.write_atomically(Path(request["out"]), content)
    except OSError as error:  # a full disk
        return {"state": FAILED, "error": one_line(error), "cells_done": 0}
    end = {"state": OK, "kept": True}
    if request["then"]:
        import nbformat

        end |= called(request, "then", nbformat.reads(content, as_version=4), None)
    return end


def _run(request, n_cells, way, ending):
    """The end of a notebook that is executed; a killed one once more: another program may have been in its way."""
    for to_fork in (way, None):
        end = forked(request, n_cells, *to_fork) if to_fork else None
        end = end or run_notebook(request, ORDINARY)
        if end["state"] != KILLED or any(event.is_set() for event in ending):
            break
    return end


def forked(request, n_cells, common, world):
    """How a notebook ended in a process forked for it (as of `run_notebook`), None where there is none to be had.

    unchanged: whether data and code are, after it read the last of them, what they were when the run began.
    """
    from giamngheo.runs.kernels import provisioner

    try:
        process, _ = provisioner.server().fork(request | {"cwd": request["folder"]}, world, common)
    except provisioner.NoWarmKernel as reason:
        log.info("an ordinary kernel instead of a forked process: %s", reason)
        return None
    end = process.end((n_cells + 1) * request["timeout"])
    return end or {"state": KILLED, "cells_done": 0, "error": "the process that ran it died"}


def _outcome(run):
    return run.error if not run.ok else "kept" if run.kept else f"{run.seconds:.1f} s"


def start_ahead():
    """Let the fork server import its libraries while this process imports its own."""
    from giamngheo.runs.kernels import provisioner

    provisioner.sweep_connections()
    try:
        provisioner.server()
    except provisioner.NoWarmKernel as reason:
        log.info("ordinary kernels instead of forked ones: %s", reason)


def store_outputs():
    """Execute the project's notebooks with their own parameters and store the outputs in place (`make notebooks`).

    Returns
    -------
    list of Run
    """
    notebooks = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
    with workspace() as folder:
        jobs = [Job(path, {}, folder / path.name) for path in notebooks]
        runs = execute_all(jobs, reuse=False, shown_for="notebook")
        for path, run in zip(notebooks, runs, strict=True):
            if run.ok:
                paths.write_atomically(path, run.out.read_bytes())
    return runs


if __name__ == "__main__":
    sys.exit(0 if all(run.ok for run in store_outputs()) else 1)
