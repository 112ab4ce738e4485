"""What one notebook job costs the parent process: its parameters checked, its address made, a kept result taken.

Run: python benchmarks/jobs.py. Prints milliseconds a job, alone and among many, and the ratio.
"""

import argparse
import tempfile
import time
from pathlib import Path

from giamngheo import paths
from giamngheo.runs import cache
from giamngheo.runs.execution import Job, execute_all

SCENARIOS = ("full_plan", "double", "central_only", "one_year_late")


def cost(n_jobs, folder):
    """Milliseconds a job; no kernel starts, since every result is there."""
    jobs = [
        Job(
            paths.NOTEBOOKS / "03_scenario.ipynb",
            {"scenario": SCENARIOS[n % len(SCENARIOS)], "seed": n},
            Path(folder, f"{n}.ipynb"),
        )
        for n in range(n_jobs)
    ]
    start = time.perf_counter()
    execute_all(jobs, workers=1, progress=False, warm=False)
    return 1_000 * (time.perf_counter() - start) / n_jobs


def main():
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--jobs", type=int, default=400)
    n_jobs = options.parse_args().jobs
    kept = (paths.NOTEBOOKS / "03_scenario.ipynb").read_bytes()
    cache.kept = lambda key: kept
    with tempfile.TemporaryDirectory() as folder:
        cost(1, folder)  # imports
        alone, many = cost(1, folder), cost(n_jobs, folder)
    print(f"a job alone {alone:.1f} ms, one of {n_jobs} {many:.2f} ms, ratio {alone / many:.1f}")


if __name__ == "__main__":
    main()
