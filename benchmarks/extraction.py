"""How much of a plan's text is read rightly: cells of readings, targets and budget against tables that are known.

``python benchmarks/extraction.py`` scores the plans that the tests hold; ``… TEXT.txt DIR`` a text against a package,
such as that of Decision 107/QĐ-UBND, which the project does not hold, against data/an-giang.
"""

import csv
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.extraction.propose import propose_from

PLANS = paths.ROOT / "tests" / "inputs" / "plans"
KEYS = {  # what tells a row, then what is compared
    "poverty": (
        ("as_of", "group", "status", "poverty_line"),
        ("households", "rate_pct", "persons", "locator"),
    ),
    "targets": (
        ("status", "group", "locator", "value_pct"),
        ("comparator", "as_of", "pace_low_pp", "pace_high_pp"),
    ),
    "budget": (
        ("locator",),
        ("kind_table", "central", "provincial", "mobilised", "annual", "total_3y", "channel", "group"),
    ),
}


def score(text, folder):
    """Cells of a text that are right, of those of the tables in a folder, and those wrong without a doubt.

    Parameters
    ----------
    text, folder : path-like

    Returns
    -------
    dict of str to (int, int)
        By table, cells right and cells there are.
    list of str
        Each cell that is wrong; "!" before those of a row with a high confidence.
    """
    _, found = propose_from(text)
    counts, wrong = {}, []
    for table, (key, compared) in KEYS.items():
        rows = list(csv.DictReader((Path(folder) / f"{table}.csv").open(encoding="utf-8")))
        proposed = {_key(each.cells, key): each for each in found if each.table == table}
        expected = {_key(row, key): row for row in rows}
        right = 0
        columns = [*key, *compared]
        for name, row in expected.items():
            each = proposed.get(name)
            for column in columns:
                if each is not None and _same(each.cells[column], row[column]):
                    right += 1
                else:
                    sure = each is not None and each.confidence == "high"
                    got = each.cells[column] if each else "no such row"
                    wrong.append(
                        f"{'! ' if sure else ''}{table} {name} {column}: {got!r}, not {row[column]!r}"
                    )
        for name in proposed.keys() - expected.keys():
            sure = "! " if proposed[name].confidence == "high" else ""
            wrong.append(f"{sure}{table} {name}: a row too many")
        counts[table] = right, len(expected) * len(columns)
    return counts, wrong


def _key(cells, columns):
    return tuple(_plain(cells[column]) for column in columns)


def _plain(value):
    try:
        return str(Decimal(value).normalize())
    except InvalidOperation:
        return value


def _same(one, other):
    return any(_plain(one) == _plain(choice) for choice in other.split("|"))


def main(arguments):
    """Print the scores."""
    cases = [arguments] if arguments else [(plan / "decision.txt", plan) for plan in sorted(PLANS.iterdir())]
    for text, folder in cases:
        counts, wrong = score(text, folder)
        right, there = (sum(each[n] for each in counts.values()) for n in (0, 1))
        print(f"{Path(folder).name}: {right}/{there} cells right ({right / there:.1%})", counts)
        print("\n".join(f"  {line}" for line in wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
