"""The one place that checks notebooks' parameters, runs them and records how each ended."""

import logging
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.parameters import Door
from giamngheo.runs import cache

CELL_TIMEOUT_S = 600
LEAST_SHARED = 3  # notebooks that are worth computing ahead what they share
FAILED = paths.CACHE / "failed"
INJECTED_ID = "injected-parameters"  # papermill's own is random, and would show in a page's bytes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """How one execution ended. ``ok`` rests on what every cell left behind, not on papermill's metadata."""

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


@dataclass(frozen=True)
class Job:
    """One notebook to execute: its path, parameters, where the result goes, and what to call it meanwhile."""

    notebook: Path
    parameters: dict
    out: Path
    label: str = field(default="")


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
    jobs, *, workers=2, progress=True, warm=True, reuse=True, timeout=CELL_TIMEOUT_S, shown_for=""
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
    timeout : int
        Seconds that one cell may take.
    shown_for : {"", "page", "notebook"}
        Where figures will be seen; those of the other place are not drawn.

    Returns
    -------
    list of Run
        In the order of the jobs.

    Raises
    ------
    RefusedInput
    """
    door, contents, ready = Door(), cache.Contents(), []
    for job in jobs:
        notebook = paths.find(job.notebook)
        parameters = door.check(notebook, job.parameters)
        ready.append(_Ready(notebook, parameters, Path(job.out).absolute(), door.cells(notebook)))
    worlds = _worlds(ready, contents) if warm else [None] * len(ready)
    labels, runs = [job.label or each.notebook.stem for job, each in zip(jobs, ready, strict=True)], {}
    if warm:
        start_ahead()
    with ThreadPoolExecutor(workers) as pool, _Progress(len(ready), progress) as shown:
        futures = {
            pool.submit(
                _execute, each, contents, reuse, shown_for, warm=warm, world=world, timeout=timeout
            ): n
            for n, (each, world) in enumerate(zip(ready, worlds, strict=True))
        }
        try:
            for future in as_completed(futures):
                n = futures[future]
                runs[n] = future.result()
                shown.step(labels[n], runs[n])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [runs[n] for n in range(len(ready))]


@dataclass(frozen=True)
class _Ready:
    """A job that was checked."""

    notebook: Path
    parameters: dict
    out: Path
    cells: list


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


def _execute(job, contents, reuse, shown_for, **how):
    start = time.monotonic()
    n_code = sum(1 for cell in job.cells if cell["cell_type"] == "code" and cell["source"].strip())

    def ended(ok, n_done, **more):
        seconds = time.monotonic() - start
        run = Run(job.notebook.stem, job.parameters, job.out, ok, n_code, n_done, seconds, **more)
        log.info("%s", run)
        return run

    key = contents.address(job.cells, job.parameters, shown_for)
    done = cache.kept(key) if reuse else None
    if done is not None:
        paths.write_atomically(job.out, done)
        return ended(True, n_code, kept=True)
    record, error = _run(job.notebook, job.parameters, shown_for=shown_for, **how)
    error = error or _unfinished(record)
    if error:
        failed = FAILED / f"{job.notebook.stem}-{key[:12]}.ipynb"
        paths.write_atomically(failed, _as_text(record.notebook))
        log.error("%s %s: %s; left in %s", job.notebook.name, job.parameters, error, failed)
        return ended(False, len(record.done), error=error, failed=failed)
    done = _as_text(_tidy(record.notebook))
    cache.keep(key, done)
    paths.write_atomically(job.out, done)
    return ended(True, n_code)


def _run(notebook, parameters, *, timeout, **how):
    """What papermill left behind (`runs.kernels.engine.Record`), and what stopped it or ""."""
    import nbformat
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    from giamngheo.runs.kernels import engine

    record = engine.Record(nbformat.read(notebook, as_version=4))
    try:
        with tempfile.TemporaryDirectory() as folder:
            execute_notebook(
                notebook,
                Path(folder, "out.ipynb"),
                parameters,
                engine_name=engine.NAME,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=timeout,
                record=record,
                folder=notebook.parent,
                **how,
            )
    except PapermillExecutionError as error:
        return record, f"cell {error.exec_count}: {error.ename}: {error.evalue}"
    except Exception as error:  # whatever else stopped it, a dead kernel or a timeout: it is in the record
        log.debug("%s", notebook.name, exc_info=True)
        return record, " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return record, ""


def _unfinished(record):
    """Which cells did not run to their end, or ""."""
    cells = enumerate(record.notebook.cells)
    to_run = [n for n, cell in cells if cell.cell_type == "code" and cell.source.strip()]
    return "" if record.done == to_run else f"only {len(record.done)} of {len(to_run)} cells ran to their end"


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


class _Progress:
    """A bar on a terminal, plain lines elsewhere, nothing if not wanted."""

    def __init__(self, total, wanted):
        self.total, self.wanted, self.n, self.bar = total, wanted, 0, None

    def __enter__(self):
        self.wanted = self.wanted and sys.stderr is not None  # closed: 2>&-
        if self.wanted and sys.stderr.isatty():
            from tqdm import tqdm

            size = shutil.get_terminal_size()  # tqdm draws nothing where a terminal says that it has none
            shape = {"ncols": size.columns, "nrows": size.lines}
            self.bar = tqdm(total=self.total, unit="notebook", file=sys.stderr, **shape)
        return self

    def __exit__(self, *exception):
        if self.bar is not None:
            self.bar.close()

    def step(self, label, run):
        self.n += 1
        outcome = run.error if not run.ok else "kept" if run.kept else f"{run.seconds:.1f} s"
        if self.bar is not None:
            self.bar.set_description(label)
            self.bar.update()
        elif self.wanted:
            print(f"[{self.n}/{self.total}] {label}: {outcome}", file=sys.stderr, flush=True)


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
    with tempfile.TemporaryDirectory() as folder:
        jobs = [Job(path, {}, Path(folder, path.name)) for path in notebooks]
        runs = execute_all(jobs, reuse=False, shown_for="notebook")
        for path, run in zip(notebooks, runs, strict=True):
            if run.ok:
                paths.write_atomically(path, run.out.read_bytes())
    return runs


if __name__ == "__main__":
    sys.exit(0 if all(run.ok for run in store_outputs()) else 1)
