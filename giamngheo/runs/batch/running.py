"""A batch from its plan to its table: what is missing or changed is done, what failed is named, all else is kept."""

import contextlib
import errno
import hashlib
import json
import os
import platform
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache as cached
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs import scenario_values as values
from giamngheo.runs import cache
from giamngheo.runs.batch import by_notebook, in_process
from giamngheo.runs.batch.folder import Folder
from giamngheo.runs.batch.worker import Worker, WorkerDied
from giamngheo.runs.cache import CHANGED
from giamngheo.runs.notebook_run import OK
from giamngheo.runs.progress import Progress

CANCELLED, SKIPPED = "cancelled", "skipped"


@dataclass
class Outcome:
    """How a batch ended.

    counts: scenarios of this batch by state; kept: how many of those that are ok were so before; failures: (Task,
    failure) of those that are not, a failure being a dict of state, error, cell and last_lines; stopped: by Ctrl-C.
    """

    out: Path
    counts: Counter
    kept: int
    failures: list
    stopped: bool
    seconds: float
    files: list = field(default_factory=list)

    @property
    def ok(self):
        """Whether every scenario is done (bool)."""
        return set(self.counts) <= {OK}


class Batch:
    """One batch in one folder."""

    def __init__(self, plan, out, settings, part=None, mirror=None):
        self.plan, self.settings, self.part = plan, settings, part
        self.mirror = mirror  # puts what is done elsewhere, as of `runs.batch.address.reached`
        self.folder = Folder(out)
        self.contents = cache.Contents()
        self.stop, self.at_once = threading.Event(), threading.Event()  # nothing further begins; Ctrl-C twice
        self._asked = False  # by Ctrl-C
        self._workers, self._idle, self._lock = [], [], threading.Lock()
        self._footers, self._made_from = {}, None
        self.named = cached(paths.as_parameter)  # packages, each of which many scenarios are of
        self._notebook = paths.NOTEBOOKS / f"{by_notebook.NOTEBOOK}.ipynb"

    # --- Addresses

    def address(self, task):
        """What the results of a scenario rest on, as one hash (str)."""
        made_from = [task.content, self.contents.data(task.package.path), self.contents.code()]
        return self._hash([*made_from, self.settings.draws, self.settings.seed])

    def run_address(self, task):
        """What its notebooks and pages rest on (str)."""
        whole = values.canonical(task.keys)
        return self._hash(
            [
                self.contents.address(self._notebook, self.parameters(task, lang), "page", whole)
                for lang in self.settings.langs
            ]
        )

    def sources(self):
        """What of code is in the addresses of pages alone (str), the notebook's cells: "" where none are made."""
        return "" if self.settings.results_only else self.contents.sources(self._notebook)

    def check_unchanged(self):
        """Raise `RuntimeError` if data or code are not any more what the addresses say."""
        if not self.contents.unchanged():
            raise RuntimeError(CHANGED)

    def made_from(self):
        """What all of it rests on, as a manifest tells it (dict), as it was when first asked."""
        if self._made_from is None:
            parameters = {"draws": self.settings.draws, "seed": self.settings.seed}
            self._made_from = cache.made_from(self.plan.used) | parameters
        return self._made_from

    @staticmethod
    def _hash(made_from):
        return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()

    def parameters(self, task, lang):
        """The parameters of a scenario's notebook (dict)."""
        return {
            "package": self.named(task.package.path),
            "scenario": f"{task.id}.yml",
            "lang": lang,
            "seed": self.settings.seed,
            "draws": self.settings.draws,
        }

    def pending(self):
        """The scenarios that are not done, with the address of each (list of (Task, str))."""
        from giamngheo.runs.batch.tables import Pieces

        pieces = Pieces(self.folder)
        found = ((task, self.address(task)) for task in self.plan)
        return [(task, address) for task, address in found if not self.is_done(task, address, pieces)]

    def is_done(self, task, address, pieces):
        """Whether a scenario has its results and, if wanted, its pages, made from what is there now (bool)."""
        if address not in pieces:
            return False
        return self.settings.results_only or self.folder.is_whole(task, self.run_address(task))

    # --- Running

    def run(self):
        """Do what is missing or changed, and write what stands for the whole.

        Returns
        -------
        Outcome

        Raises
        ------
        RefusedInput
            A folder that cannot be written to, or in which another batch is at work.
        """
        began = time.monotonic()
        self.folder.check()
        with self.folder.locked(self.part):
            self.made_from()
            todo = self.pending()
            states, interrupted = {}, False
            try:
                with self._heeding_ctrl_c():
                    self.do(todo, states)
            except KeyboardInterrupt:
                interrupted = True
                with self._lock:
                    for worker in self._workers:
                        worker.kill()
            finally:
                self.close()
                for task, _ in todo:
                    self.folder.unmake(task)
            failures = [(task, states[task.number]) for task, _ in todo if task.number in states]
            for task, address in todo:
                if task.number in states and states[task.number]["state"] not in (SKIPPED, CANCELLED):
                    self.folder.note_failure(task, {"address": address} | states[task.number])
            with self.folder.merging():
                files = self._write_whole()
            self._list_beside()
            for (
                task,
                failure,
            ) in failures:  # only now: if the list could not be written the old one still links it
                if failure["state"] not in (SKIPPED, CANCELLED):
                    self.folder.drop(task)
            seconds = time.monotonic() - began
            counts = Counter({OK: len(self.plan) - len(failures)})
            counts.update(failure["state"] for _, failure in failures)
            kept = len(self.plan) - len(todo)
            outcome = Outcome(self.folder.out, +counts, kept, failures, self._asked, seconds, files)
            self._write_run_record(outcome)
        if interrupted:
            raise Interrupted(outcome)
        return outcome

    def do(self, todo, states):
        """Do scenarios; states: number of those that did not end well to what there is to say of them."""
        for task, _ in todo:
            states[task.number] = {"state": SKIPPED, "error": "not begun"}
        do = in_process.compute if self.settings.results_only else by_notebook.execute
        if self.settings.dask:
            from giamngheo.runs.batch.cluster import execute as do
        with Progress(len(todo), self.settings.progress, "scenario") as shown:
            do(self, todo, states, shown)

    def ended(self, task, states, shown, failure=None, outcome="", made=()):
        """Note how a scenario ended, and show it; made: the pieces that hold its results, if it ended well."""
        if failure is None:
            del states[task.number]
            self.folder.note_failure(task, None)
            if self.mirror is not None:
                self.mirror.try_to_put(*made, self.folder.run_of(task))
        else:
            states[task.number] = failure
            if os.strerror(errno.ENOSPC) in failure["error"]:
                self.stop.set()  # nothing that begins now could be kept
            outcome = f"{failure['state']}: {failure['error']}"
        shown.step(task.id, outcome or OK)

    @staticmethod
    def begun(task, states):
        """Until it ends a scenario that has begun is one that was cancelled."""
        states[task.number] = {"state": CANCELLED, "error": "stopped before its end"}

    @contextlib.contextmanager
    def _heeding_ctrl_c(self):
        """Ctrl-C once: nothing further begins; twice: at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def asked(signum, frame):
            if self._asked:
                self.at_once.set()
                raise KeyboardInterrupt
            self._asked = True
            self.stop.set()
            if sys.stderr is not None:
                print(
                    "\nstopping after what has begun; Ctrl-C again stops at once", file=sys.stderr, flush=True
                )

        before = signal.signal(signal.SIGINT, asked)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _worker(self):
        """A worker process that nobody asks anything."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if self.at_once.is_set():
                raise WorkerDied("stopped")
            self._workers.append(Worker())
            return self._workers[-1]

    def ask(self, **request):
        """An answer of a worker; one that dies is not asked again, and tells by `WorkerDied`."""
        worker = self._worker()
        try:
            return worker.ask(out=str(self.folder.out), **request)
        finally:
            if worker.alive:
                self._idle.append(worker)

    def close(self):
        """Let the workers end."""
        for worker in self._workers:
            worker.close()

    # --- What stands for the whole

    def footer(self, package, lang):
        """The lines of the run record at the foot of a page (list of str)."""
        from giamngheo.report.wording import Page
        from giamngheo.runs.publish import run_footer

        with self._lock:
            key = package.name, lang
            if key not in self._footers:
                page = Page(package, lang)
                lines = run_footer(page, self.settings.draws, self.settings.seed)
                self._footers[key] = [*lines[:-1], page.say("batch.run_again")]
            return self._footers[key]

    def _write_whole(self):
        """The table, the manifest and the index pages of all shards (list of Path).

        At an address, where nothing locks, a shard puts them only if all of it is there.
        """
        from giamngheo.runs.batch.whole import write_whole

        beside = self.mirror is not None and self.part is not None
        if beside:
            self.mirror.gather()
        files, counts = write_whole(self)
        if beside and counts[SKIPPED]:
            self.mirror.keep_here(files)
            return []
        return files

    def _list_beside(self):
        """List it among the reports of the folder that it stands in."""
        from giamngheo.runs.publish import list_beside

        list_beside(self.folder.out)

    def _write_run_record(self, outcome):
        """What differs from run to run."""
        record = {
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(outcome.seconds, 1),
            "machine": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "packages": {package.name: paths.as_parameter(package.path) for package in self.plan.used},
            "workers": self.settings.workers,
            "draws": self.settings.draws,
            "results_only": self.settings.results_only,
            "done_now": outcome.counts[OK] - outcome.kept,
            "kept": outcome.kept,
        }
        paths.write_atomically(outcome.out / "run.json", json.dumps(record, indent=1) + "\n")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C twice: what was done is kept, and told in ``outcome``."""

    def __init__(self, outcome):
        self.outcome = outcome
        super().__init__("stopped at once")
