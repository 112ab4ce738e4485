"""The fork server: imports the libraries once, then becomes a ready kernel, or runs a notebook, each time it is asked.

Over its one socket comes a message with a descriptor: the child's own socket. On that the child reads the
request (two lines of JSON: what many have in common, its own) and answers with its process id (a kernel with its
ports), a notebook's process at its end with how it ended (`runs.kernels.forked`); when it is gone, the server writes
its exit status. The message is empty JSON, or names a world (`runs.kernels.world`): a process forked once from the
server, that has computed what its notebooks share and from which they are forked in the server's place. A world that is
asked for before the server has imported much is computed by a process of its own meanwhile, and handed over.
Forking is sound only from a single thread: nothing here, nothing imported may start another.
"""

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import selectors
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

LIBRARIES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.inprocess.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.magics.execution",
    "psutil",
    "tornado.platform.asyncio",
    "matplotlib_inline.config",
    "pandas",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "giamngheo.runs.batch.by_notebook",
    "giamngheo.runs.batch.folder",
    "giamngheo.runs.batch.tables",
    "giamngheo.runs.kernels.engine",
    "giamngheo.runs.kernels.forked",
    "papermill",
    "nbconvert.exporters",
)
WORLD = "giamngheo.runs.kernels.world"
OURS_LEFT_OUT = ("cli", "runs")
PR_SET_PDEATHSIG = 1
PARENT_CHECK_S = 2.0
NO_WORLD = b"{}"
LONGEST_MESSAGE = 8_192


def import_everything():
    """Import what notebooks import; what cannot be imported is left to the notebook to complain about."""
    import giamngheo

    sys.modules["debugpy"] = None  # nobody debugs these kernels, and it would be half of a kernel's start
    ours = [m.name for m in pkgutil.walk_packages(giamngheo.__path__, "giamngheo.")]
    for name in (*LIBRARIES, *(n for n in ours if n.split(".")[1] not in OURS_LEFT_OUT)):
        try:
            importlib.import_module(name)
        except Exception:
            print(f"not imported ahead: {name}", file=sys.stderr)
            traceback.print_exc()
    importlib.import_module("giamngheo.language").phrases()  # read once for all kernels
    importlib.import_module("giamngheo.runs.kernels.forked").warm_up()
    gc.collect()
    gc.freeze()  # keep the pages shared between the kernels
    gc.set_threshold(50_000, 10, 10)  # a notebook lives for seconds: what it leaves is looked for less often


class Maker(NamedTuple):
    """A process that computes the world of a message ahead: its descriptor, and that of what it hands over."""

    message: bytes
    process: int
    memory: int

    def close(self):
        """Close both descriptors here."""
        os.close(self.process)
        os.close(self.memory)


def begun_ahead(control):
    """Compute the world that was asked for already, if one was, in a process of its own.

    Parameters
    ----------
    control : socket.socket

    Returns
    -------
    list of Maker
        One, or none where no world was asked for yet or the system has no way of handing it over.
    """
    try:
        importlib.import_module(WORLD)
        message = control.recv(LONGEST_MESSAGE, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        if message in (b"", NO_WORLD):
            return []
        memory = os.memfd_create("world")
    except BlockingIOError:
        return []
    except Exception:  # such as a Python that was built for an old system
        traceback.print_exc()
        return []
    pid = fork_or_refuse(None)
    if pid == 0:
        control.close()
        make_world(message, memory)
    if pid is None:
        os.close(memory)
        return []
    return [Maker(message, os.pidfd_open(pid), memory)]


def make_world(message, memory):
    """In the child: compute a world, hand it over, and end; what fails here is computed where it is needed."""
    try:
        begin_child()
        world = importlib.import_module(WORLD)
        world.prepare(**json.loads(message)["prepare"])
        world.hand_over(memory)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def serve(control, parent, makers=()):
    """Fork a kernel for every descriptor that comes, until the parent closes its end or dies.

    Parameters
    ----------
    control : socket.socket
    parent : int
        Process id of whoever started this.
    makers : sequence of Maker
        As of `begun_ahead`.
    """
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    running = {}  # descriptor of the process -> (process id, socket of the kernel)
    worlds = {}  # message -> (process id, our end of its socket)
    makers = {maker.message: maker for maker in makers}

    def let_go():
        """In a child: keep nothing of what is open here."""
        for open_here in (selector, control, *(other for _, other in (*running.values(), *worlds.values()))):
            open_here.close()
        for descriptor in running:
            os.close(descriptor)
        for maker in makers.values():
            maker.close()

    while os.getppid() == parent:
        for key, _ in selector.select(PARENT_CHECK_S):
            if key.fileobj is not control:
                report_end(selector, key.fd, *running.pop(key.fd))
                continue
            message, descriptors, _, _ = socket.recv_fds(control, LONGEST_MESSAGE, 1)
            if not message:
                for pid, world in worlds.values():
                    world.close()
                    os.waitpid(pid, 0)
                return
            connection = socket.socket(fileno=descriptors[0])
            if message != NO_WORLD and passed_on(message, connection, worlds, makers, let_go):
                continue
            pid = fork_or_refuse(connection)
            if pid == 0:
                let_go()
                serve_one(connection)
            elif pid:
                process = os.pidfd_open(pid)
                running[process] = (pid, connection)
                selector.register(process, selectors.EVENT_READ)


def passed_on(message, connection, worlds, makers, let_go):
    """Whether a world took over a kernel's socket; one that is not there yet is begun."""
    if message not in worlds:
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        maker = makers.pop(message, None)
        pid = fork_or_refuse(None)
        if pid == 0:
            let_go()
            for other in (connection, ours):
                other.close()
            live_as_world(theirs, message, maker)
        theirs.close()
        if maker is not None:
            maker.close()
        if pid is None:
            ours.close()
            return False
        worlds[message] = pid, ours
    pid, world = worlds[message]
    try:
        socket.send_fds(world, [NO_WORLD], [connection.fileno()])
    except OSError:  # it has died
        world.close()
        os.waitpid(pid, 0)
        del worlds[message]
        return False
    connection.close()
    return True


def live_as_world(control, message, maker):
    """In the child: compute or take over what a world's notebooks share, serve their kernels, and never return."""
    try:
        server = begin_child()
        try:
            world, what = importlib.import_module(WORLD), json.loads(message)["prepare"]
            if maker is None or not world.take_over(maker.process, maker.memory, **what):
                world.prepare(**what)
        except Exception:  # its notebooks will say what is wrong, or compute it themselves
            traceback.print_exc()
        gc.collect()
        gc.freeze()
        serve(control, server)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def begin_child():
    """What every forked process does first; the process id of the one it was forked from, without which it ends."""
    parent = os.getppid()
    os.setsid()  # signals to its group reach what it starts, and nothing else
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # the parent died before the line above
    return parent


def fork_or_refuse(connection):
    """Process id of the child, 0 in the child, None (and whoever asked is told) if there are more threads than one."""
    n_threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if n_threads > 1 and connection is None:
        return None
    if n_threads > 1:
        answer(connection, {"error": f"{n_threads} threads in the fork server"})
        connection.close()
        return None
    return os.fork()


def answer(connection, message):
    """Send one line of JSON; whether it was sent (bool), for whoever asked may be gone."""
    try:
        connection.sendall(json.dumps(message).encode() + b"\n")
    except OSError:
        return False
    return True


def report_end(selector, process, pid, connection):
    """Tell a kernel's owner how it ended, and forget it."""
    selector.unregister(process)
    os.close(process)
    _, status = os.waitpid(pid, 0)
    answer(connection, {"exit": os.waitstatus_to_exitcode(status)})
    connection.close()


def serve_one(connection):
    """In the child: turn into an ordinary ipykernel, or run a notebook, and never return."""
    status = 1
    try:
        server = begin_child()
        lines = connection.makefile("r", encoding="utf-8")
        request = json.loads(lines.readline()) | json.loads(lines.readline())
        settle(request)
        if "notebook" in request:
            begin_for(connection, {})
            importlib.import_module("giamngheo.runs.kernels.forked").run_here(connection, request)
        else:
            run_kernel(connection, request, server)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:
        traceback.print_exc()
        answer(connection, {"error": traceback.format_exc(limit=3)})
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)  # whatever happens, a child never returns into the server's loop


def begin_for(connection, ports):
    """Say which process this is, or end: who waits no more has found another way, and would have all of it twice."""
    if not answer(connection, {"pid": os.getpid(), "ports": ports}):
        sys.exit(1)


def settle(request):
    """Take the surroundings that a request asks for: env and cwd."""
    ours = ("IPYTHONDIR", "MPLCONFIGDIR", "MPLBACKEND", "OPENBLAS_NUM_THREADS", "JE_ARROW_MALLOC_CONF")
    environment = request["env"] | {name: os.environ[name] for name in ours}
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(request["cwd"])
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def run_kernel(connection, request, server):
    """Serve one kernel until it is shut down.

    Parameters
    ----------
    connection : socket.socket
        Where process id and ports are answered once the kernel listens.
    request : dict
        ip, transport, key, ports (0 = any that is free).
    server : int
        Process id without which the kernel may not live on.
    """
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    class WarmKernelApp(IPKernelApp):
        """Takes its connection from the request, and no settings from the user's files."""

        def load_config_file(self, *args, **kwargs):
            """Nobody's but ours."""

        def init_connection_file(self):
            """There is none; the ports are answered instead."""

        def write_connection_file(self, **kwargs):
            ports = {name: getattr(self, name) for name in request["ports"]}
            begin_for(connection, ports)
            connection.close()

    config = Config()
    config.HistoryManager.enabled = False
    app = WarmKernelApp.instance(config=config, log_level="ERROR", exec_PYTHONSTARTUP=False)
    app.parent_handle = server  # the class read JPY_PARENT_PID long ago, in another process
    app.ip, app.transport = request["ip"], request["transport"]
    app.session.key = request["key"].encode()
    for name, port in request["ports"].items():
        setattr(app, name, port)
    app.initialize([])
    importlib.import_module("giamngheo.runs.kernels.engine").ready_as_a_kernel(app.shell)
    app.start()


def main():
    """``python -m giamngheo.runs.kernels.server DESCRIPTOR PARENT``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control, parent = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    control.set_inheritable(False)
    makers = begun_ahead(control)
    import_everything()
    serve(control, parent, makers)
    os._exit(0)  # at once, and the kernels with it


if __name__ == "__main__":
    main()
