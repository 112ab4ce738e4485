"""Plans of any shape (tests/plans.py): what each step makes of them, carried through or refused in words.

    python benchmarks/plans.py [--plans 300] [--reports 30] [--batches 30] [--draws 100] [--seed 1]

Every plan is validated, audited, forecast, simulated and tracked; of those that come through some are made into
reports, and some run in batches of four scenarios. Prints how many each step carried through, the refusals by kind,
and each fault with the folder that shows it: a traceback, an exit status of 1, or on a page of either language a number
that is none, "None", an identifier or a place left unfilled. Exit status 1 if there is one.
"""

import argparse
import csv
import html
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter, defaultdict
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from plans import STEPS, go_through, plans, write

THROUGH, FAULT = "carried through", "fault"
WRONG = re.compile(
    r"\b(?:nan|inf|NaN|None(?! of the)|NaT|Infinity)\b|\b[a-z]+(?:_[a-z0-9]+)+\b"
    r"|\{[a-z_]+\}|\b[a-z]+(?:\.[a-z]+_[a-z_]+)+\b"
)
SCENARIOS = "grid:\n  funding: {all: [0.5, 1.5]}\n  phasing: [even, front]\n"


def kind(text):
    """A refusal without its places and figures (str)."""
    return re.sub(r"[\d.]+", "#", re.sub(r"^\S*/", "", text.splitlines()[0]))[:110]


def words_of(page):
    """What is read on a page: text, figures and what is said of them; no code, formula's source, file's name (str)."""
    text = re.sub(r"<(script|style|code|pre)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r'<span class="formula"[^>]*>|\b[\w-]+\.csv\b', " ", text)
    told = re.findall(r'\b(?:title|alt|aria-label)="([^"]*)"', text)
    text = html.unescape(" ".join([re.sub(r"<[^>]+>", " ", text), *told]))
    return re.sub(r"\b[a-z]+\[[^\]]*\](\.\w+)?", " ", text)  # a claim's terms that cannot be read are quoted


def page_faults(pages):
    """What stands on pages that no reader should meet (list of str)."""
    found = {
        (f"{page.parent.name}/{page.name}", word) for page in pages for word in WRONG.findall(words_of(page))
    }
    return [f"{name}: '{word}'" for name, word in sorted(found)]


def command(name, folder, *more):
    """Run a command on a plan: how it ended (str), and its fault if it did (list of str)."""
    words = [sys.executable, "-m", "giamngheo.cli.commands", name, "--package", str(folder), *map(str, more)]
    done = subprocess.run(words, capture_output=True, text=True)
    said = (done.stderr.strip().splitlines() or [""])[-1]
    if done.returncode == 0:
        return THROUGH, []
    if done.returncode == 2 and "refused: " in done.stderr:
        return done.stderr.partition("refused: ")[2], []
    return FAULT, [f"{folder}: {name}: exit {done.returncode}: {said[:400]}"]


def report(folder, out, draws):
    """Make a plan's report, both languages: how it ended (str), and its faults (list of str)."""
    came, faults = command("report", folder, "--draws", draws, "--scenario", "full_plan", "--out", out)
    found = page_faults((out / folder.name).rglob("*.html")) if came == THROUGH else []
    return FAULT if found else came, faults + [f"{folder}: report: {each}" for each in found]


def batch(folder, out, draws):
    """Run a small batch of a plan without pages of scenarios: how it ended (str), and its faults (list of str)."""
    grid, home = folder / "some.yml", out / f"batch-{folder.name}"
    grid.write_text(SCENARIOS, encoding="utf-8")
    came, faults = command("batch", folder, grid, "--results-only", "--draws", draws, "--out", home)
    found = page_faults(home.rglob("*.html")) if came == THROUGH else []
    for file in home.rglob("results.csv"):
        with file.open(encoding="utf-8", newline="") as rows:
            cells = {cell for row in csv.reader(rows) for cell in row}
        found += [f"{file.name}: '{cell}'" for cell in sorted(cells & {"nan", "inf", "-inf", "None"})]
    return FAULT if found else came, faults + [f"{folder}: batch: {each}" for each in found]


def main():
    """Draw the plans, run them, print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("plans", 300), ("reports", 30), ("batches", 30), ("draws", 100), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked, home = parser.parse_args(), Path(tempfile.mkdtemp(prefix="plans-"))
    outcomes, refusals, faults, through = defaultdict(Counter), Counter(), [], []
    warnings.simplefilter("ignore")

    def count(step, came):
        refused = came not in (THROUGH, FAULT)
        outcomes[step]["refused" if refused else came] += 1
        if refused:
            refusals[step, kind(came)] += 1

    def draw(number):
        """A plan by its own seed: from one to the next hypothesis changes but little, and the first is the simplest."""
        drawn = []

        @seed(number)
        @settings(
            max_examples=2,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(plans())
        def keep(plan):
            drawn.append(plan)

        keep()
        return drawn[-1]

    def run(number):
        folder = write(draw(number), home / f"plan-{number}")
        try:
            came = go_through(folder, asked.draws)
        except Exception as error:
            at = traceback.format_tb(error.__traceback__)[-1].strip()
            faults.append(f"{folder}: {type(error).__name__}: {error} {at}")
            print(faults[-1], flush=True)
            count("plan", FAULT)
            return
        for step, what in came.items():
            count(step, what or THROUGH)
        refused = next((what for step, what in came.items() if what and step != "track"), "")
        count("plan", refused or THROUGH)
        if not refused:
            through.append(folder)

    began = time.process_time()
    for number in range(asked.seed, asked.seed + asked.plans):
        run(number)
    print(f"{outcomes['plan'].total()} plans, {time.process_time() - began:.0f} CPU s", flush=True)
    for job, wanted in ((report, asked.reports), (batch, asked.batches)):
        for folder in through[:: max(len(through) // max(wanted, 1), 1)][:wanted]:
            came, found = job(folder, home / "out", asked.draws)
            count(job.__name__, came)
            faults += found
            print(f"{job.__name__} of {folder.name}: {kind(came)}", flush=True)
    print(f"{'':10}{THROUGH:>16}{'refused':>10}{FAULT:>8}")
    for step in (*STEPS, "plan", "report", "batch"):
        n = outcomes[step]
        print(f"{step:10}{n[THROUGH]:16}{n['refused']:10}{n[FAULT]:8}")
    for (step, told), n in refusals.most_common():
        if step != "plan":
            print(f"{n:5} {step}: {told}")
    print("\n".join(faults) or "no fault")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
