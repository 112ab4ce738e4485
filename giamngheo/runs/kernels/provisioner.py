"""Our end of the fork server, and a Jupyter kernel provisioner that takes kernels from it, or starts ordinary ones."""

import asyncio
import atexit
import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

from giamngheo import paths

START_TIMEOUT_S = 60  # the first kernel waits for the server's imports, on a busy machine too
PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")
CONNECTIONS = paths.CACHE / "connections"
NAME = "giamngheo-warm"
NOTHING = b"{}\n"  # as a line

log = logging.getLogger(__name__)


class NoWarmKernel(RuntimeError):
    """The fork server cannot give a kernel; an ordinary one will do."""


@cache
def sweep_connections():
    """Remove the connection files that a process which has died left behind; once."""
    for path in CONNECTIONS.glob("*-*.json"):
        owner = path.name.partition("-")[0]
        try:
            os.kill(int(owner), 0)
        except (ValueError, OverflowError, ProcessLookupError):
            path.unlink(missing_ok=True)
        except PermissionError:  # it lives, and is another user's
            pass


class Server:
    """Our end of a fork server: started once a process, gone when that process closes its socket or dies."""

    def __init__(self):
        self.owner = os.getpid()
        self._sending = threading.Lock()
        self._control, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        logs = paths.CACHE / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-P",
            "-m",
            "giamngheo.runs.kernels.server",
            str(theirs.fileno()),
            str(os.getpid()),
        ]
        with (logs / "kernels.log").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=paths.CACHE,
                env=server_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for us
            )
        theirs.close()
        atexit.register(self.close)

    @property
    def usable(self):
        """Whether it lives and is ours, not our parent process's."""
        return self.owner == os.getpid() and self._process.poll() is None

    def fork(self, request, world=None, common=NOTHING):
        """Ask for a kernel, or for a process that runs a notebook.

        Parameters
        ----------
        request : dict
            env, cwd, and as for `runs.kernels.server.run_kernel`, `runs.kernels.forked.run_here`.
        world : dict, optional
            What the process shares with others: data (a hash of what it is made from) and prepare, the arguments of
            `runs.kernels.world.prepare`.
        common : bytes
            What of the request is the same for many (`as_line`).

        Returns
        -------
        Forked, dict
            The running process, and a kernel's ports.

        Raises
        ------
        NoWarmKernel
        """
        ours, theirs = socket.socketpair()
        try:
            with self._sending, theirs:
                socket.send_fds(self._control, [json.dumps(world or {}).encode()], [theirs.fileno()])
            ours.sendall(common + as_line(request))
            ours.settimeout(START_TIMEOUT_S)
            answer = _line(ours) or {"error": "the fork server has ended"}
            if "pid" not in answer:  # one that was killed before it answered has an exit status alone
                raise NoWarmKernel(answer.get("error", "the process ended before it began"))
        except OSError as error:
            _take_back(ours)
            raise NoWarmKernel(str(error)) from error
        except NoWarmKernel:
            ours.close()
            raise
        return Forked(answer["pid"], ours), answer["ports"]

    def close(self):
        """End the server and with it its kernels."""
        if self.owner == os.getpid():
            self._control.close()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()


def server_environment(environment):
    """Environment of the fork server: one thread, and settings of ours in place of the user's.

    Parameters
    ----------
    environment : mapping of str to str

    Returns
    -------
    dict
    """
    return page_environment(environment) | {
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        # Arrays of draws come and go by the thousand: glibc keeps their memory, up to 64 MB, instead of asking anew.
        "MALLOC_MMAP_THRESHOLD_": str(2**25),
        "MALLOC_TRIM_THRESHOLD_": str(2**26),
        # What ipykernel sets before a notebook imports matplotlib.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def page_environment(environment, shown_for=""):
    """Environment of a kernel that makes pages: nothing of the user's that would change a page.

    Parameters
    ----------
    environment : mapping of str to str
    shown_for : str
        As of `runs.execution.execute_all`.

    Returns
    -------
    dict
    """
    users = (
        "MATPLOTLIBRC",
        "MPLBACKEND",
        "PYTHONSTARTUP",
        "PYTHONWARNINGS",
        "PYTHONOPTIMIZE",
        paths.SHOWN_FOR,
    )
    shown = {paths.SHOWN_FOR: shown_for} if shown_for else {}
    return (
        {name: value for name, value in environment.items() if name not in users}
        | shown
        | {
            "IPYTHONDIR": str(paths.CACHE / "ipython"),
            "MPLCONFIGDIR": str(paths.CACHE / "matplotlib"),
            "OPENBLAS_NUM_THREADS": "1",  # and the last digit of a sum does not depend on the machine's cores
            "PYTHONHASHSEED": "0",
            "TZ": "UTC",
        }
    )


def as_line(request):
    """A request, or a part of it, as the fork server's children read it (bytes)."""
    return json.dumps(request).encode() + b"\n"


def _line(connection):
    """One line of JSON, and nothing after it, as an object; None where there is no more."""
    line = b""
    while not line.endswith(b"\n"):
        seen = connection.recv(65_536, socket.MSG_PEEK)
        if not seen:
            return None
        line += connection.recv(seen.find(b"\n") + 1 or len(seen))
    return json.loads(line)


def _take_back(connection):
    """Withdraw a request that waited too long: a process that has not answered can no more, one that has is ended."""
    with contextlib.suppress(OSError), connection:
        connection.shutdown(socket.SHUT_RD)
        if pid := (_line(connection) or {}).get("pid"):
            os.kill(pid, signal.SIGKILL)


class Forked:
    """A process of the fork server's, with the part of `subprocess.Popen` that `LocalProvisioner` uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid, connection):
        self.pid, self.returncode, self._connection = pid, None, connection

    def poll(self):
        """Exit status, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout=None):
        """Exit status, once it has ended."""
        if self.returncode is None:
            end = select.poll()
            end.register(self._connection, select.POLLIN)
            if not end.poll(None if timeout is None else 1000 * timeout):
                raise subprocess.TimeoutExpired("kernel", timeout)
            self._read_end()
        return self.returncode

    def _read_end(self):
        self._connection.settimeout(None)
        # No word from the server: it was killed, and its kernels with it.
        self.returncode = (_line(self._connection) or {"exit": -signal.SIGKILL})["exit"]
        self._connection.close()

    def end(self, timeout):
        """How the notebook of this process ended (dict), None where the process died before it told."""
        self._connection.settimeout(timeout)
        try:
            told = _line(self._connection) or {}
        except OSError:  # it hangs where no thread of its own can stop it
            os.kill(self.pid, signal.SIGKILL)
            told = {}
        self._connection.close()
        return told.get("end")

    def send_signal(self, signum):
        """Signal the process if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self):
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)


_server = None
_starting = threading.Lock()


def server():
    """The fork server of this process, started if need be.

    Returns
    -------
    Server

    Raises
    ------
    NoWarmKernel
        Not on Linux, or the project's folder cannot be written to.
    """
    global _server
    if sys.platform != "linux" or not hasattr(socket, "send_fds"):
        raise NoWarmKernel("kernels are forked on Linux only")
    with _starting:
        if _server is None or not _server.usable:
            try:
                _server = Server()
            except OSError as error:
                raise NoWarmKernel(str(error)) from error
        return _server


def close_server():
    """End the fork server of this process, if there is one, and its kernels with it."""
    if _server is not None:
        _server.close()


class WarmProvisioner(LocalProvisioner):
    """Starts this interpreter's Python kernels by forking; any other kernel as `LocalProvisioner` does."""

    _had_ports = False

    async def launch_kernel(self, cmd, **kwargs):
        """Launch a kernel (see `LocalProvisioner`)."""
        if self._is_ours(cmd):
            try:
                self.process, ports = await asyncio.to_thread(lambda: server().fork(self._request(kwargs)))
            except NoWarmKernel as reason:
                log.info("an ordinary kernel instead of a forked one: %s", reason)
            else:
                self._had_ports = True
                self.pid = self.pgid = self.process.pid
                self.cwd = kwargs.get("cwd")
                self.connection_info = self.connection_info | ports
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    def _is_ours(self, cmd):
        encrypted = "curve_secretkey" in self.connection_info
        return cmd[0] == sys.executable and "ipykernel_launcher" in cmd and not encrypted

    def _request(self, kwargs):
        info = self.connection_info
        # A kernel takes ports that are free when it binds them; restarted, it keeps those its clients know.
        ports = {name: info[name] if self._had_ports else 0 for name in PORTS}
        return {
            "env": dict(kwargs.get("env") or os.environ),
            "cwd": str(kwargs.get("cwd") or Path.cwd()),
            "ip": info["ip"],
            "transport": info["transport"],
            "key": info["key"].decode(),
            "ports": ports,
        }

    async def pre_launch(self, **kwargs):
        """Prepare a launch; ports are the kernel's to choose, so none are set aside for it."""
        if self.parent is not None:
            self.parent.cache_ports = False
        return await super().pre_launch(**kwargs)

    async def wait(self):
        """Wait for the end of the kernel."""
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        return await super().wait()
