"""`giamngheo explore`: what it opens, what it refuses, and how the server it started begins and ends."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from giamngheo import paths
from giamngheo.cli import exploring

# In the place of JupyterLab: says where it listens as a Jupyter server does, what it was given, and that it ended.
STAND_IN = """
import json, os, pathlib, signal, sys, time
place, runtime = (pathlib.Path(os.environ[name]) for name in ("PLACE", "JUPYTER_RUNTIME_DIR"))
if (place / "refuse").exists():
    print("[I 1 ServerApp] hello")
    print("[C 2 ServerApp] Running as root is not recommended.", flush=True)
    sys.exit(1)
def end(*_):
    (place / "ended").write_text("in order")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
given = {"argv": sys.argv, "token": os.environ["JUPYTER_TOKEN"], "group": os.getpgid(0)}
given |= {"runtime": str(runtime), "mode": oct(runtime.stat().st_mode & 0o777)}
(place / "given.json").write_text(json.dumps(given))
(runtime / f"jpserver-{os.getpid()}.json").write_text(json.dumps({"url": "http://127.0.0.1:5/"}))
time.sleep(60)
"""
SERVE = "import sys, pathlib; from giamngheo.cli.exploring import serve; serve(pathlib.Path(sys.argv[1]), 5, False)"


@pytest.fixture
def started(tmp_path):
    """``started()``, a process that serves a notebook by the stand-in, and the folder where that leaves word."""
    (tmp_path / "jupyterlab.py").write_text(STAND_IN)
    where = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{paths.ROOT}", "PLACE": str(tmp_path)}

    def start():
        return subprocess.Popen(
            [sys.executable, "-c", SERVE, str(tmp_path / "07_explore.ipynb")],
            env=os.environ | where,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start, tmp_path


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_server_is_on_loopback_its_token_off_the_command_line_and_it_ends_in_order(started, how):
    start, place = started
    process = start()
    address = process.stdout.readline().strip()
    given = json.loads((place / "given.json").read_text())
    assert address == f"http://127.0.0.1:5/lab/tree/07_explore.ipynb?token={given['token']}"
    assert len(given["token"]) >= 32 and not [word for word in given["argv"] if given["token"] in word]
    assert {"--ServerApp.ip=127.0.0.1", "--ServerApp.port=5", "--ServerApp.port_retries=0"} < set(
        given["argv"]
    )
    assert given["group"] != os.getpgid(0), "a Ctrl-C of the terminal is not for the server"
    process.send_signal(how)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 0 and "ending JupyterLab" in told and "Traceback" not in told
    assert (place / "ended").read_text() == "in order"
    assert given["mode"] == "0o700" and not Path(given["runtime"]).exists()


def test_a_server_that_does_not_start_is_told_with_its_own_word(started):
    start, place = started
    (place / "refuse").touch()
    _, told = start().communicate(timeout=30)
    assert "NotStarted: JupyterLab did not start: [C 2 ServerApp] Running as root" in told


def test_a_server_that_is_only_slow_is_not_told_as_ended(started, monkeypatch):
    _, place = started
    (place / "jupyterlab.py").write_text(
        "import time\nprint('[I 1 ServerApp] hello', flush=True)\ntime.sleep(60)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(place))
    monkeypatch.setattr(exploring, "START_S", 1.5)
    monkeypatch.setattr(exploring, "_ENDS", [])  # this process keeps its own signals
    with pytest.raises(exploring.NotStarted, match=r"did not start within 1.5 s: "):
        exploring.serve(place / "07_explore.ipynb", 5, False)


@pytest.fixture
def opened(monkeypatch):
    """Addresses that a browser was to open."""
    found = []
    monkeypatch.setattr(exploring.webbrowser, "open", found.append)
    return found


@pytest.fixture
def served(monkeypatch, tmp_path):
    """What was executed and what was served, in place of doing it."""
    found = []

    def execute(notebook, parameters, out, **options):
        found.append(parameters)
        out.parent.mkdir(parents=True)
        out.write_text("{}")
        return type("Run", (), {"ok": True})

    monkeypatch.setattr("giamngheo.runs.execution.execute", execute)
    monkeypatch.setattr(exploring, "FOLDER", tmp_path / "explore")
    monkeypatch.setattr(exploring, "serve", lambda *given: found.append(given))
    return found


def test_a_copy_is_served_and_stays_as_it_was_left(command, served, opened):
    before = (paths.NOTEBOOKS / "07_explore.ipynb").read_bytes()
    assert command("explore", "--lang", "en", "--no-browser")[0] == 0
    parameters, (copy, port, browser) = served
    assert parameters == {"package": "data/an-giang", "lang": "en"}
    assert (copy.name, port, browser) == ("07_explore.ipynb", 0, False) and opened == []
    copy.write_text("mine")
    assert command("explore", "--lang", "en")[0] == 0
    assert served[2:] == [(copy, 0, True)] and copy.read_text() == "mine"
    assert (paths.NOTEBOOKS / "07_explore.ipynb").read_bytes() == before


def test_another_package_of_the_name_or_other_data_have_a_copy_of_their_own(command, served, tmp_path):
    """Case: --package elsewhere/an-giang opened the notebook that was run on data/an-giang."""
    folder = shutil.copytree(paths.PACKAGE, tmp_path / "an-giang")

    def opened_copy(*of):
        assert command("explore", "--no-browser", *of)[0] == 0
        return served[-1][0]

    copies = [opened_copy(), opened_copy("--package", folder)]
    assert served[2]["package"] == str(folder)
    (folder / "scenarios" / "mine.yml").write_text("title: {vi: a, en: b}\nfunding: {all: 0.9}\n")
    assert opened_copy("--package", folder) == copies[1]  # as the notebook's own cells save a scenario
    (folder / "budget.csv").write_text((folder / "budget.csv").read_text(encoding="utf-8") + "\n")
    copies.append(opened_copy("--package", folder))
    assert len(set(copies)) == 3


def test_a_port_that_is_taken_is_refused_before_anything_starts(command, served):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, told = command("explore", "--port", port)
    assert status == 2 and f"--port: {port} cannot be had (address already in use)" in told and served == []
    status, _, told = command("explore", "--port", 70_000)
    assert status == 2 and "nearest: 65535" in told


def test_the_page_is_opened_at_its_what_if_or_what_makes_it_is_said(command, opened, tmp_path):
    status, out, _ = command("explore", "--page", "--lang", "en")
    address = (paths.REPORTS / "an-giang" / "en" / "index.html").as_uri() + "#explore"
    assert status == 0 and opened == [address] == [out.strip()]
    assert 'id="explore"' in Path(paths.REPORTS / "an-giang" / "en" / "index.html").read_text(
        encoding="utf-8"
    )
    assert command("explore", "--page", "--no-browser")[0] == 0 and len(opened) == 1
    status, _, told = command("explore", "--page", "--out", tmp_path)
    assert status == 2 and f"giamngheo report --lang vi --out {tmp_path}" in told and len(opened) == 1
    assert command("explore", "--lang", "fr")[0] == 2


def test_a_package_is_checked_as_for_every_command(command, opened, tmp_path):
    folder = shutil.copytree(paths.PACKAGE, tmp_path / "an-giang-2")
    status, _, told = command("explore", "--page", "--package", folder)
    assert status == 2 and "goes by its folder's name, an-giang-2" in told and "no such page yet" in told
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "mine.yml").write_text("title: {vi: a, en: b}\nfundin: {}\n")
    status, _, told = command("explore", "--page", "--package", folder)
    assert status == 2 and "mine.yml:2: fundin: unknown key" in told and opened == []
