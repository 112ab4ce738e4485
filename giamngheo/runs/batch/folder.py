"""A batch's folder: who may work in it, the results kept in pieces, and the runs that are whole.

What is kept is known by content: a piece of results bears the hash of its bytes for a name, a run's folder the hash of
each of its files, and both the address of what they were made from. What was altered or cut off is made anew.
"""

import contextlib
import hashlib
import json
import shutil

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.parameters import check_out
from giamngheo.runs.cache import hash_of
from giamngheo.runs.locks import locked
from giamngheo.runs.page_set import RECORD

STATE = ".batch"
DIGITS = 32  # of a piece's hash
NEW_PIECES = "pieces"  # in the folder where a run is made: results that count only if it ends well


def piece_name(content):
    """The name of the file of a piece of results (str)."""
    return f"{hashlib.sha256(content).hexdigest()[:DIGITS]}.parquet"


def write_scenario(home, keys):
    """Write a scenario in full into the folder of its run; its file's name (str)."""
    import yaml

    name = f"{keys['id']}.yml"
    own = {key: value for key, value in keys.items() if key != "id"}
    paths.write_atomically(home / name, yaml.safe_dump(own, allow_unicode=True, sort_keys=False))
    return name


class Folder:
    """Where a batch writes."""

    def __init__(self, out):
        self.out = paths.absolute(out)
        self.state = self.out / STATE
        self.pieces, self.failures, self.making = (
            self.state / name for name in ("pieces", "failed", "making")
        )
        self.plan = self.state / "plan.json"
        self._finished = {}  # runs that this very process put in their place -> address

    def check(self):
        """Refuse a folder that cannot be written to, and leave nothing in it."""
        check_out(self.out)

    @contextlib.contextmanager
    def locked(self, part=None):
        """Work in the folder: alone, or on one part of the batch beside others on theirs.

        The system frees the lock of a process that died.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(locked(self.state / "lock", shared=part is not None))
                if part is not None:
                    held.enter_context(locked(self.state / f"lock-{part}"))
            except BlockingIOError:
                where = shown(self.out)
                raise RefusedInput(
                    f"--out {where}: another batch is at work there; nearest: another --out"
                ) from None
            if part is None:
                self.sweep()
            yield

    def merging(self):
        """Write what stands for the whole batch, one at a time (a context)."""
        return locked(self.state / "lock-merge", wait=True)

    def sweep(self):
        """Remove what a batch that was killed has left half made."""
        shutil.rmtree(self.making, ignore_errors=True)
        for left in (*self.state.rglob(".*.part"), *self.out.glob(".run.json.*.part")):
            left.unlink(missing_ok=True)

    # --- Results in pieces

    def whole_pieces(self):
        """The pieces that are what they were when they were written (of Path, bytes); others are removed."""
        for path in sorted(self.pieces.glob("*.parquet")):
            content = path.read_bytes()
            if piece_name(content) == path.name:
                yield path, content
            else:
                path.unlink()

    def take_pieces(self, task):
        """Take the results that were made with a scenario's run (list of Path)."""
        made = self.making_of(task) / NEW_PIECES
        self.pieces.mkdir(parents=True, exist_ok=True)
        taken = [path.replace(self.pieces / path.name) for path in sorted(made.glob("*.parquet"))]
        if taken:
            shutil.rmtree(made, ignore_errors=True)
        return taken

    # --- Runs

    def run_of(self, task):
        """The folder of a scenario's run (Path)."""
        return self.out / task.package.name / task.id

    def making_of(self, task):
        """Where it is made, before it takes its place (Path)."""
        return self.making / task.package.name / task.id

    def unmake(self, task):
        """Remove what is there of a run that is made."""
        home = self.making_of(task)
        if home.exists():
            shutil.rmtree(home, ignore_errors=True)
        return home

    def is_whole(self, task, address):
        """Whether a run was made from this address and has all its files as they were (bool)."""
        home = self.run_of(task)
        if self._finished.get(home) == address:
            return True
        try:
            record = json.loads((home / RECORD).read_text(encoding="utf-8"))
            return record["address"] == address and all(
                hash_of(home / name) == digest for name, digest in record["files"].items()
            )
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def begin(self, task):
        """An empty folder to make a run in (Path)."""
        home = self.unmake(task)
        home.mkdir(parents=True)
        return home

    def finish(self, task, address, files):
        """Put a run that is whole in its place; files: name to hash."""
        home, place = self.making_of(task), self.run_of(task)
        scenario = f"{task.id}.yml"
        last = {scenario: files.get(scenario) or hash_of(home / scenario)}
        files = {name: digest for name, digest in sorted(files.items()) if name != scenario} | last
        record = {"address": address, "files": files}
        (home / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        self.drop(task)
        place.parent.mkdir(parents=True, exist_ok=True)
        home.replace(place)
        self._finished[place] = address

    def drop(self, task):
        """Take away an earlier run of a scenario."""
        place = self.run_of(task)
        self._finished.pop(place, None)
        if place.exists():
            away = self.making / f"old-{task.package.name}-{task.id}"
            away.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(away, ignore_errors=True)
            place.replace(away)
            shutil.rmtree(away, ignore_errors=True)

    # --- Failures

    def note_failure(self, task, failure):
        """Remember how a scenario failed (dict with its address); None forgets it."""
        path = self.failures / f"{task.package.name}.{task.id}.json"
        if failure is None:
            path.unlink(missing_ok=True)
        else:
            paths.write_atomically(path, json.dumps(failure, ensure_ascii=False, indent=1))

    def failure(self, task, address):
        """How a scenario failed that was made from this address (dict), or None."""
        path = self.failures / f"{task.package.name}.{task.id}.json"
        try:
            failure = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return failure if failure.get("address") == address else None
