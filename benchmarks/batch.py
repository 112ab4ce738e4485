"""A batch beside a loop over papermill, and a grid of ten thousand scenarios without notebooks.

Run: python benchmarks/batch.py [--loop 24] [--scenarios 24] [--long 120] [--sample 10000]. The loop executes the
notebook of each scenario by papermill.execute_notebook, in kernels as Jupyter starts them, and makes no page; the batch
makes one for each, and a longer one tells what grows with the scenarios and what is paid once. Whatever is measured on
fewer than are claimed is said to be a sample, and the whole is extrapolated from it.
"""

import argparse
import os
import resource
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path

from giamngheo import paths
from giamngheo.runs.batch.folder import write_scenario
from giamngheo.runs.batch.plan import make_plan
from giamngheo.runs.batch.running import Batch
from giamngheo.runs.batch.settings import Settings

AXIS = [round(0.4 + 0.05 * n, 2) for n in range(1_000)]
WHOLE = 10_000
PARENTS = (
    "giamngheo.report.batch_page",
    "giamngheo.runs.batch.tables",
    "giamngheo.runs.batch.whole",
    "giamngheo.runs.kernels.provisioner",
    "giamngheo.runs.publish",
    "nbformat",
)


def grid(count):
    """A grid of so many scenarios, or a few more."""
    by_source, delay = [0, 0.25, 0.5, 0.75, 1], [0, 1]
    n = -(-count // (len(by_source) * len(delay)))
    return {
        "grid": {"funding": {"all": AXIS[:n], "by_source": {"mobilised": by_source}}, "delay_years": delay}
    }


def loop(count, folder, draws):
    """Seconds a scenario of a papermill loop."""
    from papermill import execute_notebook

    plan = make_plan([grid(count)])
    start = time.perf_counter()
    for number in list(plan.numbers)[:count]:
        home = Path(folder)
        task = Batch(plan, home / "loop", Settings()).plan.task(number)
        keys = Batch(plan, home / "loop", Settings()).folder.begin(task)
        write_scenario(keys, task.keys)
        execute_notebook(
            paths.NOTEBOOKS / "03_scenario.ipynb",
            home / f"{task.id}.ipynb",
            {"scenario": str(keys / f"{task.id}.yml"), "lang": "en", "draws": draws},
            cwd=paths.NOTEBOOKS,
            progress_bar=False,
        )
    return (time.perf_counter() - start) / count


def import_ahead():
    """What a batch imports when it first needs it: it belongs to no notebook."""
    for name in PARENTS:
        import_module(name)


def batch(count, out, **settings):
    """Seconds a scenario of a batch, processor seconds a scenario of the parent, highest memory of all (MB)."""
    plan = make_plan([grid(count)])
    own = Batch(plan, out, Settings(progress=False, **settings))
    before, peak, own_cost, over = resource.getrusage(resource.RUSAGE_SELF), [0.0], [0.0], threading.Event()

    def watch():
        while not over.wait(2):
            peak[0] = max(peak[0], proportional_mb(family(os.getpid())))
            own_cost[0] = time.thread_time()

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    outcome = own.run()
    seconds = time.perf_counter() - start
    over.set()
    watcher.join()
    assert outcome.ok, outcome.failures[:3]
    after = resource.getrusage(resource.RUSAGE_SELF)
    parent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    parent = (parent - own_cost[0]) / len(plan)  # without this watching
    return seconds / len(plan), parent, peak[0], len(plan)


def family(pid):
    """A process and all that it started (list of int)."""
    found = [pid]
    for each in found:
        try:
            tasks = list(Path(f"/proc/{each}/task").iterdir())
        except OSError:
            continue
        for task in tasks:
            try:
                found += map(int, (task / "children").read_text().split())
            except OSError:  # it has just ended
                continue
    return found


def proportional_mb(pids):
    """Memory of some processes, shared pages counted once (MB)."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
            total += int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])
        except (OSError, StopIteration):  # it has just ended
            continue
    return total / 1024


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loop", type=int, default=24, help="scenarios of the papermill loop")
    parser.add_argument("--scenarios", type=int, default=24, help="scenarios of the batch with pages")
    parser.add_argument(
        "--long", type=int, default=0, help="scenarios of a longer batch with pages, 2 workers"
    )
    parser.add_argument("--sample", type=int, default=WHOLE, help="scenarios of the batch without notebooks")
    parser.add_argument("--draws", type=int, default=20_000, help="of the notebooks")
    options = parser.parse_args()
    import_ahead()
    with tempfile.TemporaryDirectory() as folder:
        if options.scenarios:
            each = {}
            for workers in (1, 2):
                out = Path(folder, f"batch-{workers}")
                each[workers], parent, peak, n = batch(
                    options.scenarios, out, langs=("en",), draws=options.draws, workers=workers
                )
                print(
                    f"batch of {n} with pages, {workers} worker(s): {each[workers]:.2f} s a scenario, parent "
                    f"{1e3 * parent:.1f} ms of processor a scenario, {peak:.0f} MB at most",
                    flush=True,
                )
            print(f"two workers against one: {each[1] / each[2]:.2f} times as fast")
            if options.long > n:
                out, settings = (
                    Path(folder, "batch-long"),
                    {"langs": ("en",), "draws": options.draws, "workers": 2},
                )
                whole, own, peak, many = batch(options.long, out, **settings)
                more = (own * many - parent * n) / (many - n)
                print(
                    f"batch of {many} with pages, 2 workers: {whole:.2f} s a scenario, {peak:.0f} MB at most; parent "
                    f"{1e3 * more:.1f} ms of processor for each scenario beyond {n}, {n * (parent - more):.2f} s once",
                    flush=True,
                )
            if options.loop:
                alone = loop(options.loop, folder, options.draws)
                ratios = ", ".join(f"{alone / each[w]:.1f} with {w}" for w in each)
                print(
                    f"papermill loop over {options.loop}: {alone:.2f} s a scenario; times as fast: {ratios}"
                )
        if options.sample:
            each, parent, peak, n = batch(
                options.sample, Path(folder, "results"), draws=10_000, workers=2, results_only=True
            )
            said = "" if n >= WHOLE else f"; extrapolated to {WHOLE:,}: {WHOLE * each / 60:.1f} min"
            print(
                f"results only, {n:,} scenarios x 10,000 draws, 2 workers: {n * each:.0f} s, {1e3 * each:.1f} ms each, "
                f"{peak:.0f} MB at most{said}"
            )


if __name__ == "__main__":
    main()
