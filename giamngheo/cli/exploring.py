"""The command that opens the what-if: in a JupyterLab of one's own on loopback, or on the report's page."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.cli.options import Out, Package
from giamngheo.cli.packages import checked_inputs
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.parameters import read_cells

NOTEBOOK = "07_explore"
FOLDER = paths.CACHE / "explore"
HOST, ANY = "127.0.0.1", 0
START_S, END_S, POLL_S = 120, 20, 0.1


class NotStarted(RuntimeError):
    """JupyterLab ended before it served anything, or did not in time."""


def explore(
    package: Package = paths.PACKAGE,
    page: Annotated[
        bool, typer.Option("--page", help="The what-if of the report's page instead, without a notebook.")
    ] = False,
    lang: Annotated[str, typer.Option("--lang", metavar="vi|en", help="The language.")] = "vi",
    out: Out = paths.REPORTS,
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="Of JupyterLab; any free one if not said.")
    ] = ANY,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or print the address alone.")
    ] = True,
):
    """Open the what-if in JupyterLab, or on the report's page."""
    loaded = checked_inputs(package, lang=lang).package
    if page:
        address = _page(loaded, lang, out)
        print(address)
        if browser:
            webbrowser.open(address)
        return
    _check_free(port)
    serve(_copy(loaded, lang), port, browser)


def _page(package, lang, out):
    """The address of the what-if on a report's page (str)."""
    path = paths.absolute(out) / package.name / lang / "index.html"
    if not path.is_file():
        own = "" if package.path == paths.PACKAGE else f" --package {shown(package.path)}"
        elsewhere = "" if out == paths.REPORTS else f" --out {shown(out)}"
        made = f"giamngheo report{own} --lang {lang}{elsewhere}"
        raise RefusedInput(f"{shown(path)}: there is no such page yet; it is made by: {made}")
    return f"{path.as_uri()}#explore"


def _check_free(port):
    if not ANY <= port < 65_536:
        raise RefusedInput(f"--port: {port} is out of range 1 … 65535; nearest: {min(max(port, 1), 65_535)}")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            why = error.strerror.lower()
            raise RefusedInput(f"--port: {port} cannot be had ({why}); nearest: leave --port out") from None


def _copy(package, lang):
    """The notebook executed for a package and a language, in a folder of its own; as it was left if it is there.

    So the project's own notebook, whose stored outputs are checked, stays as it is when JupyterLab saves.
    """
    from giamngheo.runs.execution import execute

    notebook = paths.NOTEBOOKS / f"{NOTEBOOK}.ipynb"
    parameters = {"package": paths.as_parameter(package.path), "lang": lang}
    copy = FOLDER / f"{package.name}-{lang}-{_version(notebook, parameters, package)}" / notebook.name
    if not copy.exists():
        print("running the notebook once", file=sys.stderr)
        run = execute(notebook, parameters, copy, shown_for="notebook")
        if not run.ok:
            raise NotStarted(f"{NOTEBOOK}: {run.error}")
    return copy


def _version(notebook, parameters, package):
    """A hash of what a copy is made from (str); not of scenarios, which its own cells save in the package."""
    from giamngheo.runs.cache import file_hash, source_hash

    own = sorted(path for path in package.path.iterdir() if path.suffix in (".csv", ".json"))
    shared = [paths.DATA / "assumptions.csv", paths.DATA / "reference"]
    made_from = [source_hash(read_cells(notebook)), parameters["package"]]
    made_from += [file_hash(own, package.path), file_hash(shared, paths.DATA)]
    return hashlib.sha256(" ".join(made_from).encode()).hexdigest()[:8]


def serve(notebook, port=ANY, browser=True):
    """Serve a notebook by a JupyterLab on loopback until it ends or is interrupted; nothing of it is left then.

    Parameters
    ----------
    notebook : Path
        The folder that it stands in is the server's root.
    port : int
        `ANY` for a free one.
    browser : bool
        Let JupyterLab open one.

    Raises
    ------
    NotStarted

    Notes
    -----
    The token is handed on in the environment, to the browser in a file that its user alone can read: every user of a
    machine sees command lines.
    """
    token = token_hex()
    settings = {
        "ip": HOST,
        "port": port,
        "port_retries": 0,
        "root_dir": notebook.parent,
        "open_browser": browser,
        "allow_root": getattr(os, "geteuid", lambda: 1)() == 0,  # as whom containers run
    }
    options = [f"--ServerApp.{name}={value}" for name, value in settings.items()]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        *options,
        f"--LabApp.default_url=/lab/tree/{notebook.name}",
    ]
    with (
        tempfile.TemporaryDirectory(prefix="giamngheo-lab-") as runtime,  # this user alone can read it
        (Path(runtime) / "log").open("w+", encoding="utf-8", errors="replace") as said,
    ):
        environment = {"JUPYTER_TOKEN": token, "JUPYTER_RUNTIME_DIR": runtime, paths.SHOWN_FOR: "notebook"}
        for signalled in _ENDS:
            signal.signal(signalled, _interrupt)
        # In a session of its own: a Ctrl-C is for this process, which ends the server in order.
        own = {"start_new_session": True, "env": os.environ | environment, "stdin": subprocess.DEVNULL}
        server = subprocess.Popen(command, stdout=said, stderr=said, **own)
        try:
            url = _url(server, Path(runtime))
            if url is None:
                late = f" within {START_S} s" if server.poll() is None else ""
                raise NotStarted(f"JupyterLab did not start{late}: {_last(said)}")
            print(f"{url}lab/tree/{notebook.name}?token={token}", flush=True)
            print(f"Ctrl-C ends it; the notebook is kept as {shown(notebook)}", file=sys.stderr)
            server.wait()
        except KeyboardInterrupt:
            print("ending JupyterLab", file=sys.stderr)
        finally:
            _end(server)


_ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _interrupt(*_):
    raise KeyboardInterrupt


def _url(server, runtime):
    """Where a server listens, once it does (str), None where it ended before that or took longer than `START_S`."""
    told = runtime / f"jpserver-{server.pid}.json"
    end = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < end:
        try:
            return json.loads(told.read_text(encoding="utf-8"))["url"]
        except (OSError, ValueError):  # not yet, or half written
            time.sleep(POLL_S)
    return None


def _last(said):
    """What a server said last before it ended, its complaints if there are any (str)."""
    said.seek(0)
    lines = [line.strip() for line in said if line.strip()]
    worst = [line for line in lines if line.startswith(("[C", "[E"))]
    return " ".join((worst or lines)[-1:]) or "it said nothing"


def _end(server):
    """Let a server end its kernels and itself; take it down if it does not."""
    if server.poll() is not None:
        return
    for signalled in _ENDS:
        signal.signal(signalled, signal.SIG_IGN)  # it ends already
    server.terminate()
    try:
        server.wait(END_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
