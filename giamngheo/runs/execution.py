"""The one place that checks notebooks' parameters, runs them and records how each ended."""

import contextlib
import logging
import re
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
from giamngheo.runs.locks import workspace
from giamngheo.runs.progress import Progress

CELL_TIMEOUT_S = 600
LEAST_SHARED = 3  # notebooks that are worth computing ahead what they share
FAILED = paths.CACHE / "failed"
OK, FAILED_STATE, TIMED_OUT, KILLED = "ok", "failed", "timed_out", "killed"
LAST_LINES = 12  # of a traceback
STATES = {"CellTimeoutError": TIMED_OUT, "DeadKernelError": KILLED}  # by what stopped a notebook
CHANGED = "data or code changed since the run began: run it again"
INJECTED_ID = "injected-parameters"  # papermill's own is random, and would show in a page's bytes

_ANSI = re.compile(r"\x1b\[[0-9;]*m")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """How one execution ended. ``ok`` rests on what every cell left behind, not on papermill's metadata.

    state: "ok", "failed", "timed_out" or "killed"; cell: the place of the cell that did not end, last_lines: the end of
    what its error printed; answer: what the cell asked for in `Job.ask` displayed (dict by kind of output).
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
    answer: dict | None = None


@dataclass(frozen=True)
class Job:
    """One notebook to execute: its path, parameters, where the result goes, and what to call it meanwhile.

    folder: where its kernel stands, the notebook's own unless given; ask: code that runs after the last cell and leaves
    no trace in the notebook, what it displays is the run's `answer`.
    """

    notebook: Path
    parameters: dict
    out: Path
    label: str = field(default="")
    folder: Path | None = None
    ask: str = ""


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
    then=None,
    ended=None,
    stop=None,
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
    then : callable, optional
        Called with number and `Run` of each job that ended well, in the thread that ran it; what it raises fails it.
    ended : callable, optional
        Called with number and `Run` of each job, in the calling thread, one after the other.
    stop : threading.Event, optional
        Once it is set no further job begins.

    Returns
    -------
    list of Run
        In the order of the jobs; None for one that never began.

    Raises
    ------
    RefusedInput
    """
    door, contents, ready = Door(), cache.Contents(), []
    for job in jobs:
        notebook = paths.find(job.notebook)
        parameters = door.check(notebook, job.parameters, job.folder)
        scenario = door.scenario(notebook, parameters, job.folder)
        out, folder = Path(job.out).absolute(), Path(job.folder or notebook.parent)
        ready.append(_Ready(notebook, parameters, out, door.cells(notebook), scenario, folder, job.ask))
    worlds = _worlds(ready, contents) if warm else [None] * len(ready)
    labels, runs = [job.label or each.notebook.stem for job, each in zip(jobs, ready, strict=True)], {}
    if warm:
        start_ahead()

    def begin(n, how):
        if stop is not None and stop.is_set():
            return None
        if began is not None:
            began(n)
        return _execute(ready[n], then=then, number=n, **how)

    options = {"contents": contents, "reuse": reuse, "keep": keep, "shown_for": shown_for, "warm": warm}
    halted = threading.Event()
    options |= {"timeout": timeout, "halted": halted}
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
            _close_server()
        raise
    pool.shutdown()
    return [runs[n] for n in range(len(ready))]


@dataclass(frozen=True)
class _Ready:
    """A job that was checked."""

    notebook: Path
    parameters: dict
    out: Path
    cells: list
    scenario: str
    folder: Path
    ask: str


def _worlds(ready, contents):
    """For each job what it shares with enough others (`runs.kernels.provisioner.Server.fork`), or None."""
    names = ("package", "draws", "seed")
    asked = [tuple(each.parameters.get(name) for name in names) for each in ready]
    often = {each for each, n in Counter(asked).items() if n >= LEAST_SHARED and None not in each}
    data = {each: contents.data(each[0]) for each in often}
    return [
        {"data": data[each], "prepare": dict(zip(names, each, strict=True))} if each in often else None
        for each in asked
    ]


def _execute(job, contents, reuse, keep, shown_for, then, number, halted, **how):
    start = time.monotonic()
    n_code = sum(1 for cell in job.cells if cell["cell_type"] == "code" and cell["source"].strip())

    def ended(ok, n_done, **more):
        seconds = time.monotonic() - start
        run = Run(job.notebook.stem, job.parameters, job.out, ok, n_code, n_done, seconds, **more)
        log.info("%s", run)
        return run

    key = contents.address(job.cells, job.parameters, shown_for, job.scenario)
    if not contents.unchanged():
        return ended(False, 0, state=FAILED_STATE, error=CHANGED)
    done = cache.kept(key) if reuse else None
    if done is not None:
        paths.write_atomically(job.out, done)
        return ended(True, n_code, kept=True)
    for _ in range(2):  # one that was killed is tried once more: it may have been in another program's way
        record, stopped = _run(job, shown_for=shown_for, **how)
        stopped = stopped or _unfinished(record)
        if stopped is None or stopped["state"] != KILLED or halted.is_set():
            break
    if stopped:
        failed = FAILED / f"{job.notebook.stem}-{key[:12]}.ipynb"
        with contextlib.suppress(OSError):  # a full disk must not hide what went wrong
            paths.write_atomically(failed, _as_text(record.notebook))
        log.error("%s %s: %s; left in %s", job.notebook.name, job.parameters, stopped["error"], failed)
        return ended(False, len(record.done), failed=failed, **stopped)
    if not contents.unchanged():
        return ended(False, n_code, state=FAILED_STATE, error=CHANGED)
    done = _as_text(_tidy(record.notebook))
    if keep:
        cache.keep(key, done)
    paths.write_atomically(job.out, done)
    run = ended(True, n_code, answer=record.answer)
    if then is None:
        return run
    try:
        then(number, run)
    except Exception as error:
        log.exception("%s %s", job.notebook.name, job.parameters)
        return replace(run, ok=False, state=FAILED_STATE, error=_one_line(error))
    return run


def _outcome(run):
    return run.error if not run.ok else "kept" if run.kept else f"{run.seconds:.1f} s"


def _run(job, *, timeout, **how):
    """What papermill left behind (`runs.kernels.engine.Record`), and what stopped it: fields of a `Run`, or None."""
    import nbformat
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    from giamngheo.runs.kernels import engine

    record = engine.Record(nbformat.read(job.notebook, as_version=4))
    try:
        execute_notebook(
            job.notebook,
            None,
            job.parameters,
            engine_name=engine.NAME,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=timeout,
            record=record,
            folder=job.folder,
            ask=job.ask,
            **how,
        )
    except PapermillExecutionError as error:
        text = _ANSI.sub("", "\n".join(error.traceback)).replace(f"{paths.ROOT}/", "")
        lines = text.splitlines()[-LAST_LINES:]
        text = f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        return record, _stopped(record, text, FAILED_STATE, "\n".join(lines))
    except Exception as error:  # whatever else stopped it, a dead kernel or a timeout: it is in the record
        log.debug("%s", job.notebook.name, exc_info=True)
        died_early = "Kernel died" in str(error)  # a plain RuntimeError of jupyter_client's
        state = KILLED if died_early else STATES.get(type(error).__name__, FAILED_STATE)
        return record, _stopped(record, _one_line(error), state)
    if record.refusal:
        return record, _stopped(record, f"asked after the last cell: {record.refusal}", FAILED_STATE)
    return record, None


def _one_line(error):
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _stopped(record, error, state, last_lines=""):
    """What stopped a notebook, as fields of a `Run`."""
    undone = [n for n in _to_run(record) if n not in record.done]
    return {
        "error": error,
        "state": state,
        "cell": undone[0] if undone else None,
        "last_lines": last_lines,
    }


def _to_run(record):
    """Places of the cells that run."""
    cells = enumerate(record.notebook.cells)
    return [n for n, cell in cells if cell.cell_type == "code" and cell.source.strip()]


def _unfinished(record):
    """What stopped a notebook that did not run to its end without an error (`_stopped`), or None."""
    to_run = _to_run(record)
    if record.done == to_run:
        return None
    text = f"only {len(record.done)} of {len(to_run)} cells ran to their end"
    return _stopped(record, text, FAILED_STATE)


def _tidy(notebook):
    """Leave nothing that differs between two runs on the same content, and a stamp of the sources run."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = INJECTED_ID
    notebook.metadata["giamngheo"] = {"source_sha256": cache.source_hash(notebook.cells)}
    return notebook


def _as_text(notebook):
    import nbformat

    return nbformat.writes(notebook) + "\n"


def start_ahead():
    """Let the fork server import its libraries while this process imports its own."""
    from giamngheo.runs.kernels import provisioner

    try:
        provisioner.server()
    except provisioner.NoWarmKernel as reason:
        log.info("ordinary kernels instead of forked ones: %s", reason)


def _close_server():
    from giamngheo.runs.kernels import provisioner

    provisioner.close_server()


def store_outputs(notebooks=None):
    """Execute notebooks with their own parameters and store the outputs in place (`make notebooks`).

    Parameters
    ----------
    notebooks : sequence of Path, optional
        Default: all of the project's.

    Returns
    -------
    list of Run
    """
    notebooks = notebooks or sorted(paths.NOTEBOOKS.glob("*.ipynb"))
    with workspace() as folder:
        jobs = [Job(path, {}, folder / path.name) for path in notebooks]
        runs = execute_all(jobs, reuse=False, shown_for="notebook")
        for path, run in zip(notebooks, runs, strict=True):
            if run.ok:
                paths.write_atomically(path, run.out.read_bytes())
    return runs


if __name__ == "__main__":
    sys.exit(0 if all(run.ok for run in store_outputs()) else 1)
