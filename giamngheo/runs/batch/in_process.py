"""Results without notebooks: scenarios in pieces, each computed by a worker process."""

import queue
import threading
from pathlib import Path

from giamngheo import paths
from giamngheo.runs.batch.worker import WorkerDied
from giamngheo.runs.notebook_run import FAILED, KILLED

PIECE = 50  # scenarios computed between two looks at the clock, and lost at most by a kill
MANY = 5_000_000  # draws of all scenarios together: compiling then takes less than it saves


def compute(batch, todo, states, shown):
    """Compute scenarios, as of `Batch.run`."""
    size = max(1, min(PIECE, -(-len(todo) // (2 * batch.settings.workers))))
    pieces, answers = queue.SimpleQueue(), queue.SimpleQueue()
    many = len(todo) * batch.settings.draws >= MANY
    n_pieces = 0
    for package in dict.fromkeys(task.package.path for task, _ in todo):
        own = [pair for pair in todo if pair[0].package.path == package]
        for start in range(0, len(own), size):
            pieces.put(own[start : start + size])
            n_pieces += 1

    def work():
        while not batch.stop.is_set():
            try:
                piece = pieces.get_nowait()
            except queue.Empty:
                break
            for task, _ in piece:
                batch.begun(task, states)
            answers.put((piece, *_compute_piece(batch, piece, many)))
        answers.put(None)

    threads = [
        threading.Thread(target=work, daemon=True) for _ in range(min(batch.settings.workers, n_pieces))
    ]
    for thread in threads:
        thread.start()
    working = len(threads)
    while working:
        try:
            answer = answers.get(timeout=0.5)  # so that Ctrl-C is heard
        except queue.Empty:
            continue
        if answer is None:
            working -= 1
            continue
        piece, failed, made = answer
        for task, address in piece:
            batch.ended(task, states, shown, failed.get(address), made=made)


def _compute_piece(batch, piece, many):
    """Address to failure of the scenarios of a piece that failed, and the results' files; many: as of `results`."""
    for last in (False, True):  # one that kills its process once may have been in the way of another program
        try:
            batch.check_unchanged()
            return _asked(batch, piece, many)
        except WorkerDied as death:
            if len(piece) > 1:  # any of them
                each = [_compute_piece(batch, [pair], many) for pair in piece]
                failed = {key: failure for own, _ in each for key, failure in own.items()}
                return failed, [path for _, made in each for path in made]
            if last:
                return {piece[0][1]: {"state": KILLED, "error": str(death)}}, []
        except Exception as error:
            return {address: {"state": FAILED, "error": str(error)} for _, address in piece}, []


def _asked(batch, piece, many):
    package = paths.as_parameter(piece[0][0].package.path)
    answer = batch.ask(
        package=package,
        draws=batch.settings.draws,
        seed=batch.settings.seed,
        scenarios=[(address, task.keys) for task, address in piece],
        many=many,
        stamps=batch.contents.stamps(),
    )
    failed = {key: {"state": FAILED, "error": text} for key, text in answer["failed"].items()}
    return failed, [Path(path) for path in answer["made"]]
