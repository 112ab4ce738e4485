"""Every scenario's results against those in tests/expected, which only `make expected` refreshes.

A change of model or data shows here as a change of numbers, to be looked at before it is committed.
"""

import csv

import pytest

from giamngheo import list_scenarios, load_package, load_scenario, paths
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import target_chances

DRAWS, SEED = 2_000, 0
EXPECTED = paths.ROOT / "tests" / "expected" / "scenarios.csv"
HEAD = ("scenario", "quantity", "unit", "value")
# A draw on the border of a target may fall to either side on another processor.
TOLERANCE = {"percent of households": 1e-4, "chance": 3 / DRAWS, "billion VND": 1e-9}


def results():
    """Rows of HEAD for every scenario of the package."""
    package = load_package()
    shared = shared_draws(package, draws=DRAWS, seed=SEED)
    for name, _, _ in list_scenarios(package):
        simulation = simulate_case(package, load_scenario(name, package), shared=shared)
        for target, chance in target_chances(package, simulation).items():
            yield name, "all targets at once" if target == "both" else target, "chance", chance
        for (group, status), draws in simulation.draws.items():
            yield name, f"{group} {status} at the deadline", "percent of households", draws[:, -1].mean()
        yield name, "money delivered", "billion VND", float(simulation.money.total)


def test_scenarios_give_what_is_expected(refresh_expected):
    rows = [(*row[:3], f"{row[3]:.10g}") for row in results()]
    if refresh_expected:
        with EXPECTED.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([HEAD, *rows])
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        head, *expected = map(tuple, csv.reader(lines))
    assert head == HEAD
    assert [row[:3] for row in rows] == [row[:3] for row in expected], (
        "other scenarios or targets: make expected"
    )
    moved = {
        row[:2]: (float(row[3]), float(was[3]))
        for row, was in zip(rows, expected, strict=True)
        if float(row[3]) != pytest.approx(float(was[3]), abs=TOLERANCE[row[2]], rel=0)
    }
    assert not moved, "quantity: (now, expected)"
