"""A thousand scenarios on two cores: time, its growth, memory; and how soon one what-if change answers.

Scenarios differ in money by line, source and year, timing, reading of the money and targeting; some differ in
an assumption or a shock as well and need a counterfactual of their own. A pool of forked workers shares the forecast
and the draws. Memory is the sum of the proportional set sizes of all processes, at its highest.
"""

import argparse
import multiprocessing
import os
import random
import resource
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from giamngheo import load_package, load_scenario
from giamngheo.inputs.scenario_values import Yearly
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import target_chances

SHARED = {}  # what workers inherit


def variant(full, package, number, mixed):
    """Scenario of a number: the same number, the same scenario."""
    rng = random.Random(number)
    by_line = {
        row.line: Yearly({year: Fraction(rng.randint(0, 40), 20) for year in package.years})
        for row in rng.sample(package.budget_lines, 4)
    }
    by_source = {"mobilised": Yearly(dict.fromkeys(package.years, Fraction(rng.randint(0, 20), 20)))}
    changes = {
        "id": f"trial_{number}",
        "funding": full.funding.model_copy(update={"by_line": by_line, "by_source": by_source}),
        "continuity": float(number % 2),
        "delay_years": rng.choice((0.0, 0.0, 0.5, 1.0)),
        "phasing": rng.choice(("even", "front", "back")),
    }
    if number % 5 == 0:
        changes["targeting"] = {"credit": rng.choice((0.3, 0.5, 0.7))}
    if mixed and number % 10 == 0:
        changes["assumptions"] = {"return_credit": {"fixed": rng.randint(1, 30) / 100}}
    if mixed and number % 10 == 5:
        changes["shock"] = {2014: rng.randint(1, 20) / 100}
    return full.model_copy(update=changes)


def answer(number):
    """Chances under one scenario, and the rates' medians."""
    package, shared, full, mixed = (SHARED[name] for name in ("package", "shared", "full", "mixed"))
    result = simulate_case(package, variant(full, package, number, mixed), shared=shared)
    medians = [float(np.median(result.draws["all", status][:, -1])) for status in ("poor", "near_poor")]
    return [*target_chances(package, result).values(), *medians]


def proportional_mb(pids):
    """Memory of some processes, shared pages counted once (MB)."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:  # it has just ended
            continue
        total += int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])
    return total / 1024


def timed(count, workers):
    """Seconds, processor seconds and highest memory (MB) of so many scenarios on a pool of forked workers."""
    peak, over, before = [0.0], threading.Event(), cpu_seconds()
    start = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        pids = [os.getpid(), *(child.pid for child in multiprocessing.active_children())]

        def watch():
            while not over.wait(0.1):
                peak[0] = max(peak[0], proportional_mb(pids))

        watcher = threading.Thread(target=watch)
        watcher.start()
        done = pool.map(answer, range(count), chunksize=max(count // (4 * workers), 1))
        seconds = time.perf_counter() - start
        over.set()
        watcher.join()
        pool.close()
        pool.join()
    assert len(done) == count
    return seconds, cpu_seconds() - before, peak[0]


def cpu_seconds():
    """Processor time of the children that have ended: what a busy machine leaves as it is."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def what_if(repeats):
    """Milliseconds from one changed number to the chances, in a process that has shown the page (median)."""
    times = []
    for number in range(repeats):
        start = time.perf_counter()
        answer(10_001 + 2 * number)  # odd: its counterfactual is there already
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--counts", type=int, nargs="+", default=[125, 250, 500, 1_000])
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mixed", action="store_true", help="a fifth need a counterfactual of their own")
    options = parser.parse_args()
    package = load_package()
    full = load_scenario("full_plan", package)
    start = time.perf_counter()
    shared = shared_draws(package, draws=options.draws, seed=0)
    SHARED.update(package=package, shared=shared, full=full, mixed=options.mixed)
    for number in (1, 2):  # the two readings of the money
        answer(number)
    print(
        f"prepared in {time.perf_counter() - start:.2f} s; {options.draws} draws, {options.workers} workers"
    )
    print(f"one what-if change: {what_if(15):.0f} ms")
    print(f"{'scenarios':>9} {'seconds':>8} {'ms each':>8} {'cpu ms':>8} {'peak MB':>8}")
    seconds, processor = [], []
    for count in options.counts:
        took, cpu, peak = timed(count, options.workers)
        seconds.append(took)
        processor.append(cpu)
        row = f"{count:>9} {took:>8.1f} {1e3 * took / count:>8.1f} {1e3 * cpu / count:>8.1f} {peak:>8.0f}"
        print(row, flush=True)
    if len(seconds) > 1:
        for name, values in (("seconds", seconds), ("processor seconds", processor)):
            slope, fixed = np.polyfit(options.counts, values, 1)
            power = np.polyfit(np.log(options.counts), np.log(values), 1)[0]
            print(f"{name}: {1e3 * slope:.1f} ms a scenario, {fixed:.2f} once; grow as scenarios^{power:.2f}")


if __name__ == "__main__":
    main()
