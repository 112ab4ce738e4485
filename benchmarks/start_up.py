"""How soon the command line says a first word, against `python -c "import typer"`, and what it imports.

Run: python benchmarks/start_up.py. Prints ratios; exits 1 if a claim of README fails.
"""

import argparse
import statistics
import subprocess
import sys
import time

REPEATS = 15
HEAVY = ("pandas", "numpy", "scipy", "matplotlib", "statsmodels", "papermill", "jupyter_client")
COMMANDS = {
    "--help": (["--help"], 2.0),
    "--version": (["--version"], 2.0),
    "unknown scenario": (["simulate", "--scenario", "dubble"], None),
    "unknown language": (["report", "--lang", "fr"], None),
    "year in the past": (["forecast", "--until", "2010"], None),
}
RUN = "import sys; sys.argv = ['giamngheo', *{arguments!r}]\nfrom giamngheo.cli.commands import main\n{body}"
WATCH = "try:\n    main()\nexcept SystemExit:\n    pass\nprint([m for m in {heavy!r} if m in sys.modules])"
LIMIT_S = 1.0


def seconds(code):
    """Wall time of one fresh interpreter."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.perf_counter() - start


def main():
    """Measure in turn, so that a busy moment hits all alike; print medians."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    codes = {"import typer": "import typer"}
    codes |= {
        name: RUN.format(arguments=arguments, body="main()") for name, (arguments, _) in COMMANDS.items()
    }
    times = {name: [] for name in codes}
    for name in codes:
        seconds(codes[name])  # once unmeasured: file caches
    for _ in range(REPEATS):
        for name, code in codes.items():
            times[name].append(seconds(code))
    base = statistics.median(times["import typer"])
    print(f"{'':18} {'median s':>9} {'ratio':>6}  heavy imports")
    print(f"{'import typer':18} {base:9.3f} {1:6.2f}")
    failed = False
    for name, (arguments, most) in COMMANDS.items():
        median = statistics.median(times[name])
        watch = RUN.format(arguments=arguments, body=WATCH.format(heavy=HEAVY))
        done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)
        heavy = done.stdout.splitlines()[-1]
        print(f"{name:18} {median:9.3f} {median / base:6.2f}  {heavy}")
        failed |= heavy != "[]" or median > LIMIT_S or (most is not None and median / base > most)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
