"""Kernels from the fork server: ordinary but for their start, and gone with whoever asked for them."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client import KernelManager

from giamngheo import paths
from giamngheo.report.pages import NOTEBOOK_ONLY
from giamngheo.runs import cache, execution
from giamngheo.runs.execution import Job, execute, execute_all
from giamngheo.runs.kernels import provisioner, server, world
from giamngheo.simulation import list_flows, shared_draws

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def last_output(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return cells[-1].outputs[0]["data"]["text/plain"]


def run(notebook, out, **options):
    done = execute(notebook, {}, out, reuse=False, **options)
    assert done.ok, done.error
    return last_output(out)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids, within=10):
    end = time.monotonic() + within
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(map(alive, pids))


def test_warm_kernel_comes_from_the_server_and_is_reseeded(make_notebook, tmp_path):
    notebook = make_notebook(
        "seeds", "import os, random, numpy as np; (os.getppid(), random.random(), np.random.rand())"
    )
    first, second = (eval(run(notebook, tmp_path / f"{n}.ipynb")) for n in range(2))
    assert first[0] == second[0] == provisioner.server()._process.pid
    assert first[1] != second[1] and first[2] != second[2]


def test_server_has_the_libraries_and_one_thread(make_notebook, tmp_path):
    notebook = make_notebook(
        "loaded",
        "import os, sys; (all(m in sys.modules for m in ('pandas', 'scipy.special', 'giamngheo.inputs.tables')),)",
    )
    assert eval(run(notebook, tmp_path / "out.ipynb")) == (True,)
    assert len(list(Path(f"/proc/{provisioner.server()._process.pid}/task").iterdir())) == 1


@pytest.mark.parametrize("warm", [True, False])
def test_users_settings_change_nothing(make_notebook, tmp_path, monkeypatch, warm):
    notebook = make_notebook(
        "settings", "import matplotlib.pyplot as plt; (plt.rcParams['font.size'], 'startup' in globals())"
    )
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("startup = True\n")
    (tmp_path / "rc").write_text("font.size: 33\n")
    (tmp_path / "start.py").write_text("startup = True\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "rc"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "start.py"))
    assert eval(run(notebook, tmp_path / "out.ipynb", warm=warm)) == (10.0, False)


def test_warm_and_ordinary_kernels_make_the_same_bytes(make_notebook, tmp_path):
    frame = "import pandas as pd; frame = pd.DataFrame({25 * n: [1, 2] for n in 'abcdef'}); frame"
    notebook = make_notebook("same", frame, "print('x')", "frame.plot()", "frame.plot()")
    written = nbformat.read(notebook, as_version=4)
    written.cells[-2].metadata["tags"] = [NOTEBOOK_ONLY]  # its figure stands on no page
    nbformat.write(written, notebook)
    options = {"reuse": False, "shown_for": "page"}
    for warm in (True, False):
        assert execute(notebook, {"seed": 3}, tmp_path / f"{warm}.ipynb", warm=warm, **options).ok
    assert (tmp_path / "True.ipynb").read_bytes() == (tmp_path / "False.ipynb").read_bytes()
    *_, unseen, seen = nbformat.read(tmp_path / "True.ipynb", as_version=4).cells
    assert [sorted(output.data) for output in unseen.outputs] == [["text/plain"], ["text/plain"]]
    assert [sorted(output.data) for output in seen.outputs] == [["text/plain"], ["image/png", "text/plain"]]


WORLD = "package: str = 'data/an-giang'\ndraws: int = 20_000\nseed: int = 0"
SHARED = """
import os
from giamngheo import load_package, paths, shared_draws
(os.getppid(), len(shared_draws(load_package(paths.find(package)), draws=draws, seed=seed)._inherited))
"""


@pytest.fixture
def in_worlds(make_notebook, tmp_path):
    """Runs notebooks of one package, three of each seed; gives for each its parent and what was made ahead."""
    notebook = make_notebook("shared", SHARED, parameters=WORLD)
    given = {"package": "data/an-giang", "draws": 200}
    jobs = [Job(notebook, given | {"seed": n % 2}, tmp_path / f"{n}.ipynb") for n in range(6)]

    def run_all(**options):
        runs = execute_all(jobs, progress=False, reuse=False, **options)
        assert all(run.ok for run in runs), runs
        return [eval(last_output(job.out)) for job in jobs]

    return run_all


def test_notebooks_that_share_much_are_forked_from_a_process_that_made_it(in_worlds):
    found = in_worlds()
    (even, n_even), (odd, n_odd) = found[:2]
    assert found == [(even, n_even), (odd, n_odd)] * 3 and n_even == n_odd > 20
    assert len({even, odd, provisioner.server()._process.pid}) == 3
    assert {n for _, n in in_worlds(warm=False)} == {0}
    assert in_worlds() == found  # still there


def test_a_dead_world_is_made_anew(in_worlds):
    (even, _), (odd, _), *_ = in_worlds()
    os.kill(even, signal.SIGKILL)
    assert gone([even])
    parents = [parent for parent, _ in in_worlds()]
    assert even not in parents and parents[1] == odd


def test_a_world_makes_the_same_bytes(tmp_path):
    given = {"draws": 200, "package": "data/an-giang", "seed": 0}
    notebook = paths.NOTEBOOKS / "03_scenario.ipynb"
    jobs = [
        Job(notebook, given | {"scenario": s}, tmp_path / s) for s in ("double", "hard_core", "fixed_gap")
    ]
    assert all(run.ok for run in execute_all(jobs, progress=False, reuse=False))
    for job in jobs[:2]:
        assert execute(notebook, job.parameters, tmp_path / "alone", reuse=False).ok
        assert (tmp_path / "alone").read_bytes() == job.out.read_bytes()


@pytest.fixture
def nothing_made():
    """Nothing made ahead, and nothing left of what a test makes."""
    kept = (shared_draws.made_ahead, list_flows.made_returns, list_flows.made_years)
    for each in kept:
        each.clear()
    yield kept
    for each in kept:
        each.clear()


def test_a_world_that_is_handed_over_is_the_one_that_was_made(nothing_made):
    given = {"package": "data/an-giang", "draws": 200, "seed": 5}
    world.prepare(**given)
    made = [dict(each._made) for each in shared_draws.made_ahead]
    flows = dict(list_flows.made_years)
    memory = os.memfd_create("world")
    maker = os.fork()
    if maker == 0:
        world.hand_over(memory)
        os._exit(0)
    for each in nothing_made:
        each.clear()
    assert world.take_over(os.pidfd_open(maker), memory, **given)
    os.waitpid(maker, 0)
    taken = [each._made for each in shared_draws.made_ahead]
    assert len(made) == 2 and [list(each) for each in taken] == [list(each) for each in made]
    assert list(list_flows.made_years) == list(flows) and list_flows.made_returns
    for one, other in zip(made, taken, strict=True):
        for key, value in one.items():
            for name in vars(value) if key[0] == "case" else ():
                old, new = getattr(value, name), getattr(other[key], name)
                if name == "draws":
                    assert all(same_array(old[each], new[each]) for each in old)
                elif name == "households":
                    assert same_array(old, new)
            if key[0] == "drawn":
                assert same_array(value, other[key])


def test_what_was_not_handed_over_to_its_end_is_not_taken_over(nothing_made):
    memory, maker = os.memfd_create("world"), os.fork()
    if maker == 0:
        os.write(memory, bytes(1_000))
        os._exit(0)
    given = {"package": "data/an-giang", "draws": 200, "seed": 5}
    assert not world.take_over(os.pidfd_open(maker), memory, **given)
    assert not any(nothing_made)
    os.waitpid(maker, 0)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(memory)


def test_where_nothing_can_be_handed_over_a_world_is_made_where_it_is_needed(monkeypatch):
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    monkeypatch.delattr(os, "memfd_create")
    with ours, theirs:
        assert server.begun_ahead(theirs) == []  # nothing was asked for
        ours.send(json.dumps({"prepare": {}}).encode())
        assert server.begun_ahead(theirs) == []


def same_array(old, new):
    order = (old.flags.c_contiguous, old.flags.f_contiguous)
    return old.tobytes() == new.tobytes() and order == (new.flags.c_contiguous, new.flags.f_contiguous)


def test_a_world_that_cannot_be_made_leaves_its_notebooks_alone(make_notebook, tmp_path, monkeypatch):
    server = provisioner.Server()
    monkeypatch.setattr(provisioner, "server", lambda: server)
    notebook, out = make_notebook("one", "1 + 1"), tmp_path / "out.ipynb"
    request = {"notebook": str(notebook), "parameters": {}, "out": str(out), "folder": str(tmp_path)}
    request |= {"failed": str(tmp_path / "failed"), "timeout": 60, "shown_for": "page"}
    request |= {"first": (), "ask": "", "then": ()}
    nowhere = {"package": "nowhere", "draws": 200, "seed": 0}
    common = execution._common(cache.Contents(), "page")
    assert execution.forked(request, 1, common, {"prepare": nowhere})["state"] == "ok"
    assert last_output(out) == "2"
    server.close()


def test_a_dead_server_is_replaced(make_notebook, tmp_path):
    notebook = make_notebook("ppid", "import os; os.getppid()")
    old = provisioner.server()._process
    old.kill()
    old.wait()
    assert int(run(notebook, tmp_path / "out.ipynb")) not in (old.pid, os.getpid())


def test_ordinary_kernel_where_forking_is_not_to_be_had(make_notebook, tmp_path, monkeypatch):
    notebook = make_notebook("ppid", "import os; os.getppid()")

    def no_server():
        raise provisioner.NoWarmKernel("not here")

    monkeypatch.setattr(provisioner, "server", no_server)
    assert int(run(notebook, tmp_path / "out.ipynb")) == os.getpid()


def test_a_process_killed_before_it_answers_is_no_warm_kernel(monkeypatch):
    server = object.__new__(provisioner.Server)
    server._control, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    server._sending = threading.Lock()
    monkeypatch.setattr(provisioner, "_line", lambda _: {"exit": -9})
    with theirs, server._control, pytest.raises(provisioner.NoWarmKernel, match="ended before it began"):
        server.fork({})


@pytest.mark.parametrize("kind", ["notebook", "kernel"])
def test_what_was_waited_for_too_long_does_not_run_besides(make_notebook, tmp_path, monkeypatch, kind):
    """Else a notebook ran twice onto the same file, and a kernel lived on that nobody knows of."""
    own, out = provisioner.Server(), tmp_path / "out.ipynb"
    notebook = make_notebook("n", f"import pathlib; pathlib.Path({str(tmp_path)!r}, str(seed)).touch()")
    request = {"notebook": str(notebook), "out": str(out), "cwd": str(tmp_path), "folder": str(tmp_path)}
    request |= {"failed": str(tmp_path / "failed"), "timeout": 60, "shown_for": "page"}
    request |= {"first": (), "ask": "", "then": ()}
    common = execution._common(cache.Contents(), "page")
    first = request | {"parameters": {"seed": 1}}
    if kind == "kernel":
        first = {"cwd": str(tmp_path), "ip": "127.0.0.1", "transport": "tcp", "key": "k"}
        first["ports"] = dict.fromkeys(provisioner.PORTS, 0)
    with monkeypatch.context() as patched:
        patched.setattr(provisioner, "START_TIMEOUT_S", 0.01)
        with pytest.raises(provisioner.NoWarmKernel, match="timed out"):
            own.fork(first, common=common)
    process, _ = own.fork(request | {"parameters": {"seed": 2}}, common=common)
    assert process.end(60)["state"] == "ok" and (tmp_path / "2").exists()
    children = Path(f"/proc/{own._process.pid}/task/{own._process.pid}/children")
    assert gone([int(pid) for pid in children.read_text().split()]) and not (tmp_path / "1").exists()
    own.close()


def test_one_that_answers_while_it_is_given_up_is_ended():
    ours, theirs = socket.socketpair()
    with subprocess.Popen(["sleep", "60"]) as process, theirs:
        assert server.answer(theirs, {"pid": process.pid, "ports": {}})
        provisioner._take_back(ours)
        assert process.wait(10) == -signal.SIGKILL and not server.answer(theirs, {"end": {}})


def test_no_fork_beside_another_thread():
    ours, theirs = socket.socketpair()
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    try:
        assert server.fork_or_refuse(theirs) is None
    finally:
        release.set()
        thread.join()
    assert "threads" in json.loads(ours.recv(1000))["error"]
    ours.close()


def test_interrupt_restart_and_shutdown(monkeypatch):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", provisioner.NAME)
    manager = KernelManager()
    spec = manager.kernel_spec
    manager.provisioner = provisioner.WarmProvisioner(kernel_id="", kernel_spec=spec, parent=manager)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        pid = manager.provisioner.pid
        assert isinstance(manager.provisioner.process, provisioner.Forked)
        client.execute("import time; time.sleep(60)")
        time.sleep(0.5)
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=10)["content"]["ename"] == "KeyboardInterrupt"
        manager.restart_kernel()
        client.wait_for_ready(timeout=60)
        assert manager.provisioner.pid != pid and gone([pid])
        client.execute("2 + 2")
        assert client.get_shell_msg(timeout=10)["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert gone([manager.provisioner.pid])


def test_server_and_kernels_die_with_their_parent(tmp_path):
    script = (
        "import time\n"
        "from jupyter_client import KernelManager\n"
        "from giamngheo.runs.kernels import provisioner\n"
        "manager = KernelManager()\n"
        "manager.provisioner = provisioner.WarmProvisioner(\n"
        "    kernel_id='', kernel_spec=manager.kernel_spec, parent=manager)\n"
        "manager.start_kernel()\n"
        "print(provisioner.server()._process.pid, manager.provisioner.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2 and all(map(alive, pids))
        parent.send_signal(signal.SIGKILL)
    assert gone(pids)


def test_connection_files_of_the_dead_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(provisioner, "CONNECTIONS", tmp_path)
    dead = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout.strip()
    for name in (f"{dead}-a.json", f"{os.getpid()}-b.json", "3f2a-c.json"):
        (tmp_path / name).write_text("{}")
    provisioner.sweep_connections.__wrapped__()
    assert [path.name for path in tmp_path.iterdir()] == [f"{os.getpid()}-b.json"]


def test_what_a_world_makes_ahead_is_what_03_scenario_offers_to_change():
    from giamngheo.runs.kernels.world import MINE

    cells = nbformat.read(paths.NOTEBOOKS / "03_scenario.ipynb", as_version=4).cells
    offered = next(line for cell in cells for line in cell.source.splitlines() if line.startswith("mine = "))
    assert eval(offered.removeprefix("mine = ")) == MINE
