"""What a notebook costs with forked and with ordinary kernels, one after the other and two at a time.

Run: python benchmarks/kernels.py. Prints seconds a notebook and the ratio.
"""

import argparse
import tempfile
import time
from pathlib import Path

import nbformat

from giamngheo.runs.execution import Job, execute_all

REPEATS = 6
CELLS = (
    "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\nfrom giamngheo import words",
    "table = pd.DataFrame({'x': np.arange(5)})\ntable",
    "_, axes = plt.subplots()\n_ = axes.plot(table['x'])",
    *(f"table['x'].sum() + {n}" for n in range(12)),
)


def write_notebook(path):
    """A small notebook of the usual kind."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    first = nbformat.v4.new_code_cell("seed: int = 0", metadata={"tags": ["parameters"]})
    notebook.cells = [first, *(nbformat.v4.new_code_cell(source) for source in CELLS)]
    nbformat.write(notebook, path)


def cost(notebook, folder, warm, workers):
    """Seconds a notebook, the first of a process apart."""
    jobs = [Job(notebook, {"seed": n}, Path(folder, f"{n}.ipynb")) for n in range(REPEATS)]
    start = time.perf_counter()
    runs = execute_all(jobs, workers=workers, progress=False, warm=warm, reuse=False)
    assert all(run.ok for run in runs)
    return (time.perf_counter() - start) / REPEATS


def main():
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        notebook = Path(folder, "small.ipynb")
        write_notebook(notebook)
        cost(notebook, folder, True, 1)  # imports of this process, start of the fork server
        print(f"{'workers':>7} {'ordinary s':>11} {'forked s':>9} {'ratio':>6}")
        for workers in (1, 2):
            ordinary, forked = (cost(notebook, folder, warm, workers) for warm in (False, True))
            print(f"{workers:7} {ordinary:11.2f} {forked:9.2f} {ordinary / forked:6.1f}")


if __name__ == "__main__":
    main()
