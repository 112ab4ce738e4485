"""One notebook executed by papermill, and how it ended: in this process or by a kernel of its own."""

import contextlib
import importlib
import logging
import re
import threading
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput
from giamngheo.runs import cache

OK, FAILED, TIMED_OUT, KILLED = "ok", "failed", "timed_out", "killed"
ORDINARY, HERE = (
    "giamngheo",
    "giamngheo-here",
)  # engines, as of `runs.kernels.engine`: imported only where one runs
LAST_LINES = 12  # of a traceback
STATES = {"CellTimeoutError": TIMED_OUT, "DeadKernelError": KILLED}  # by what stopped a notebook
WIDGET_MIME = (
    "application/vnd.jupyter.widget-view+json"  # of a kernel that is gone: what stands beside it is shown
)
INJECTED_ID = "injected-parameters"  # papermill's own is random, and would show in a page's bytes

_ANSI = re.compile(r"\x1b\[[0-9;]*m")

log = logging.getLogger(__name__)


def run_notebook(request, engine, give_up=None):
    """Execute a notebook; it is written only if every cell ran to its end, where it failed to another place.

    Parameters
    ----------
    request : dict
        notebook, parameters, out, failed (paths as str), folder, first, ask, then, timeout, shown_for: as of
        `execution.Job` and `execution.execute_all`.
    engine : str
        `ORDINARY` or `HERE`.
    give_up : callable, optional
        Called in another thread, with the record and the seconds, when a cell takes too long; for an engine that cannot
        stop one itself.

    Returns
    -------
    dict
        state, cells_done and sources (`cache.source_hash` of what was executed) or, where it did not end well, error,
        cell, last_lines, failed; made: what `then` gave.
    """
    if failed := called(request, "first").get("error"):
        return {"state": FAILED, "error": failed, "cells_done": 0}
    record, stopped = _executed(request, engine, give_up)
    stopped = stopped or _unfinished(record)
    if stopped:
        return _left(request, record, stopped)
    notebook = _tidy(record.notebook, request["shown_for"])
    try:
        paths.write_atomically(Path(request["out"]), _as_text(notebook))
    except OSError as error:  # a full disk
        return {"state": FAILED, "error": one_line(error), "cells_done": len(record.done)}
    sources = notebook.metadata["giamngheo"]["source_sha256"]
    end = {"state": OK, "cells_done": len(record.done), "sources": sources}
    return end | called(request, "then", notebook, record.answer)


def called(request, name, *given):
    """What a function of a request's gave (made), or how it failed; nothing where there is none (dict)."""
    if not request[name]:
        return {}
    name, arguments = request[name]
    module, _, function = name.partition(":")
    try:
        return {"made": getattr(importlib.import_module(module), function)(*given, **arguments)}
    except Exception as error:
        log.exception("%s", request["notebook"])
        return {"state": FAILED, "error": one_line(error)}


def timed_out(request, record, seconds):
    """The end of a notebook one of whose cells took longer than it may (dict)."""
    text = f"CellTimeoutError: a cell took longer than {seconds} s"
    return _left(request, record, _stopped(record, text, TIMED_OUT))


def _left(request, record, stopped):
    """The end of a notebook that did not end well, which is left where `failed` says."""
    with contextlib.suppress(OSError):  # a full disk must not hide what went wrong
        paths.write_atomically(Path(request["failed"]), _as_text(record.notebook))
    return {"cells_done": len(record.done), "failed": request["failed"], **stopped}


def _executed(request, engine_name, give_up):
    """What papermill left behind (`runs.kernels.engine.Record`), and what stopped it: fields of an end, or None."""
    from papermill.exceptions import PapermillExecutionError

    from giamngheo.runs.kernels import engine

    record = engine.Record()
    seconds = request["timeout"]

    @contextlib.contextmanager
    def watch():
        timer = threading.Timer(seconds, give_up, (record, seconds))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    try:
        _execute(request, engine_name, record, watch)
    except PapermillExecutionError as error:
        text = _ANSI.sub("", "\n".join(error.traceback)).replace(f"{paths.ROOT}/", "")
        lines = text.splitlines()[-LAST_LINES:]
        text = f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        return record, _stopped(record, text, FAILED, "\n".join(lines))
    except Exception as error:  # whatever else stopped it, a dead kernel or a timeout: it is in the record
        log.debug("%s", request["notebook"], exc_info=True)
        # Plain RuntimeErrors of jupyter_client's: another program may have taken a port that was meant for it.
        never_began = any(words in str(error) for words in ("Kernel died", "Kernel didn't respond"))
        state = KILLED if never_began else STATES.get(type(error).__name__, FAILED)
        return record, _stopped(record, one_line(error), state)
    if record.refusal:
        return record, _stopped(record, f"asked after the last cell: {record.refusal}", FAILED)
    return record, None


def _execute(request, engine_name, record, watch):
    """Let papermill execute a notebook; where it fails before any engine has it, the record has it as it was."""
    import nbformat
    from papermill import execute_notebook

    try:
        execute_notebook(
            request["notebook"],
            None,
            request["parameters"],
            engine_name=engine_name,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=request["timeout"],
            record=record,
            watch=watch,
            **{name: request[name] for name in ("folder", "ask", "shown_for")},
        )
    finally:
        if record.notebook is None:
            record.notebook = nbformat.read(request["notebook"], as_version=4)


def one_line(error):
    """An error in one line (str); a refusal speaks for itself."""
    kind = "" if isinstance(error, RefusedInput) else f"{type(error).__name__}: "
    return " ".join(f"{kind}{error}".split())[:300]


def _stopped(record, error, state, last_lines=""):
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
    return _stopped(record, text, FAILED)


def _tidy(notebook, shown_for):
    """Leave nothing that differs between two runs on the same content, and a stamp of the sources run."""
    from giamngheo.runs.kernels.engine import PNG, undrawn

    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_MIME, None)
            if undrawn(cell, shown_for):
                output.get("data", {}).pop(PNG, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = INJECTED_ID
    notebook.metadata["giamngheo"] = {"source_sha256": cache.source_hash(notebook.cells)}
    return notebook


def _as_text(notebook):
    import nbformat

    return nbformat.writes(notebook) + "\n"
