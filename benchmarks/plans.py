"""Plans of any shape (tests/plans.py): how many are carried through, how many refused in words; reports of some.

    python benchmarks/plans.py [--plans 300] [--reports 30] [--draws 200] [--seed 1]

Prints what came of them by kind, and each fault with the folder that shows it: a traceback, or on a page of either
language a number that is none, "None", or an identifier. Exit status 1 if there is one.
"""

import argparse
import html
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from plans import go_through, plans, write

WRONG = re.compile(r"\b(?:nan|inf|NaN|None|Infinity)\b|\b[a-z]+(?:_[a-z0-9]+)+\b")


def kind(text):
    """A refusal without its places and figures (str)."""
    return re.sub(r"[\d.]+", "#", re.sub(r"^\S*/", "", text.splitlines()[0]))[:110]


def words_of(page):
    """What is read on a page: no scripts, styles, code, addresses (str)."""
    text = re.sub(
        r"<(script|style|code|pre|svg)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S
    )
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def reported(folder, out, draws):
    """Make a package's report; the faults of its pages and of the command (list of str)."""
    command = [sys.executable, "-m", "giamngheo.cli.commands", "report", "--package", str(folder)]
    command += ["--draws", str(draws), "--scenario", "full_plan", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1]
        return [] if done.returncode == 2 else [f"report: exit {done.returncode}: {said[:400]}"]
    pages = sorted((out / folder.name).rglob("*.html"))
    found = {(page.name, word) for page in pages for word in WRONG.findall(words_of(page))}
    return [f"{name}: '{word}'" for name, word in sorted(found)]


def main():
    """Draw the plans, run them, print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("plans", 300), ("reports", 30), ("draws", 200), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked, home = parser.parse_args(), Path(tempfile.mkdtemp(prefix="plans-"))
    outcomes, faults, through = Counter(), [], []
    warnings.simplefilter("ignore")

    @seed(asked.seed)
    @settings(
        max_examples=asked.plans,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(plans())
    def run(plan):
        folder = write(plan, home / f"plan-{outcomes.total()}")
        try:
            told = go_through(folder, asked.draws)
        except Exception as error:
            faults.append(
                f"{folder}: {type(error).__name__}: {error} {traceback.format_tb(error.__traceback__)[-1]}"
            )
            told = "fault"
        outcomes[kind(told)] += 1
        if told == "through":
            through.append(folder)

    began = time.process_time()
    run()
    print(f"{outcomes.total()} plans, {time.process_time() - began:.0f} CPU s")
    for told, n in outcomes.most_common():
        print(f"{n:5} {told}")
    step = max(len(through) // max(asked.reports, 1), 1)
    for folder in through[::step][: asked.reports]:
        found = reported(folder, home / "out", asked.draws)
        print(f"report of {folder.name}: {len(found)} faults", flush=True)
        faults += [f"{folder}: {each}" for each in found]
    print("\n".join(faults) or "no fault")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
