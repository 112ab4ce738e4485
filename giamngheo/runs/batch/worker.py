"""The processes that compute results, each asked by lines of JSON on its standard input.

They stand in the surroundings of a notebook's kernel, so that a result is the same to the last bit whether a notebook
computed it or one of them.
"""

import contextlib
import json
import os
import subprocess
import sys
from functools import cache, lru_cache

from giamngheo import paths
from giamngheo.runs.notebook_run import one_line


class WorkerDied(RuntimeError):
    """The process ended before it answered."""


class Worker:
    """Our end of one process; it ends when we close it or die."""

    def __init__(self):
        from giamngheo.runs.kernels.provisioner import server_environment

        logs = paths.CACHE / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / "workers.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(os.getpid())],
                env=server_environment(os.environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for us
            )

    def ask(self, **request):
        """Let it compute `results`, and wait for the answer (dict); an error in it is raised as `RuntimeError`."""
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (OSError, ValueError):
            line = ""
        if not line:
            raise WorkerDied(f"the process ended with {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    @property
    def alive(self):
        """Whether it can be asked (bool)."""
        return self._process.poll() is None

    def kill(self):
        """End it at once."""
        self._process.kill()

    def close(self):
        """Let it end."""
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


# --- In the process


@lru_cache(maxsize=2)  # pieces come package by package
def _shared(package, draws, seed):
    from giamngheo.inputs.package import load_package
    from giamngheo.simulation.shared_draws import shared_draws

    return shared_draws(load_package(paths.find(package)), draws=draws, seed=seed)


@cache
def _compile():
    """Let what follows be computed by compiled code, where numba is installed (the extra ``fast``)."""
    with contextlib.suppress(ImportError):
        from giamngheo.simulation import compiled

        compiled.use()


def results(out, package, draws, seed, scenarios, stamps, many=False):
    """Results of scenarios of one package, kept in one piece.

    Parameters
    ----------
    out : str
    package : str
    draws, seed : int
    scenarios : list of (str, dict)
        Address and keys.
    stamps : dict
        As of `runs.cache.Contents.stamps`: what is read must be what the addresses tell of.
    many : bool
        Whether so many are to follow that it is worth some seconds to compile for them.

    Returns
    -------
    dict
        failed: address to error; made: the pieces' paths.
    """
    from giamngheo.inputs.scenario import load_scenario
    from giamngheo.runs.batch.folder import Folder
    from giamngheo.runs.batch.tables import write_piece
    from giamngheo.runs.cache import CHANGED, are_as_stamped
    from giamngheo.simulation.outcomes import simulate
    from giamngheo.simulation.results import result_rows

    if many:
        _compile()
    shared, found, failed = _shared(package, draws, seed), {}, {}
    for address, keys in scenarios:
        if os.getppid() != PARENT:
            os._exit(1)
        try:
            simulation = simulate(shared.package, load_scenario(keys, shared.package), shared=shared)
            found[address] = result_rows(simulation)
        except Exception as error:
            failed[address] = one_line(error)
    if not are_as_stamped(stamps):
        raise RuntimeError(CHANGED)
    made = [str(write_piece(Folder(out).pieces, found))] if found else []
    return {"failed": failed, "made": made}


PARENT = os.getppid()


def main():
    """Answer each line, until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = results(**request)
        except Exception as error:
            import traceback

            traceback.print_exc()
            answer = {"error": one_line(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
