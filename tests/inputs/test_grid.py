"""Grids: every combination once, ids that stay, and what is refused before anything is computed."""

import time
from dataclasses import replace
from math import prod

import pytest

from giamngheo import load_scenario
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.grid import is_grid, read_grid

KEYS = {
    "funding": {"all": [0.5, 1], "by_source": {"mobilised": [0, 1]}},
    "delay_years": [0, 1, 2],
    "phasing": "front",
}


def ids(package, **keys):
    grid = read_grid({"grid": keys})
    return [grid.scenario(n, package)["id"] for n in range(len(grid))]


def test_every_combination_once(package):
    grid = read_grid({"grid": KEYS})
    made = [grid.scenario(n, package) for n in range(len(grid))]
    taken = {
        (keys["funding"]["all"], keys["funding"]["by_source"]["mobilised"], keys["delay_years"])
        for keys in made
    }
    assert len(grid) == len(made) == len(taken) == len({keys["id"] for keys in made}) == 12
    assert all(load_scenario(keys, package).phasing == "front" for keys in made)
    assert grid.keys == KEYS  # nothing of what was given is changed
    assert made[1]["title"]["en"] == "grid: all money 50 %; mobilised funds 0 %; years late 1"
    assert made[1]["title"]["vi"] == "grid: toàn bộ kinh phí 50 %; nguồn vận động 0 %; số năm chậm 1"


def test_ids_stay_when_the_grid_grows_or_is_written_otherwise(package):
    few = ids(package, delay_years=[0, 1], continuity=[1.0])
    more = ids(package, continuity=[0, 1], delay_years=[2, 1, 0])
    assert set(few) < set(more) and len(set(more)) == 6


def test_a_grid_stands_on_its_base_as_a_file_does(package, tmp_path):
    (tmp_path / "base.yml").write_text("title: {vi: Nền, en: Base}\ndelay_years: 1\nfunding: {all: 0.5}\n")
    file = tmp_path / "two.yml"
    file.write_text("grid:\n  based_on: [base, double]\n  funding: {by_source: {mobilised: [0, 1]}}\n")
    assert is_grid(file) and not is_grid(tmp_path / "base.yml")
    grid = read_grid(file)
    grid.check({None: package})
    first = grid.scenario(0, package)
    assert first["funding"] == {"all": 0.5, "by_source": {"mobilised": 0}} and first["delay_years"] == 1
    assert grid.scenario(2, package)["funding"]["all"] == 2 and "based_on" not in first
    assert first["id"].startswith("two_")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("grid:\n", "empty"),
        ("grid: {}\n", "empty"),
        ("grid:\n  delay_years: []\n", "grid.delay_years: an empty list"),
        ("grid:\n  delay_years: [1, 1.0]\n", "twice"),
        ("grid:\n  delay_yeers: [0, 1]\n", "nearest: 'delay_years'"),
        ("grid:\n  delay_years: [0, -1]\n", "grid.yml:2: delay_years: '-1'"),
        ("grid:\n  funding:\n    by_line: {housng: [0, 1]}\n", "nearest: 'housing'"),
        ("grid:\n  delay_years: [0, 1]\n  based_on: [full_plan, dubble]\n", "nearest: 'double'"),
        ("delay_years: 1\ngrid:\n  continuity: [0, 1]\n", "stand under grid"),
        ("grid:\n  - 1\n", "empty"),
        ("title: 3\ngrid:\n  continuity: [0, 1]\n", "title"),
    ],
)
def test_refused_with_place_and_the_nearest(package, tmp_path, text, words):
    file = tmp_path / "grid.yml"
    file.write_text(text)
    with pytest.raises(RefusedInput) as refused:
        read_grid(file).check({None: package})
    assert words in str(refused.value) and "grid.yml" in str(refused.value)


def test_a_grid_of_a_million_is_read_and_checked_at_once(package):
    axis = [n / 10 for n in range(100)]
    start = time.monotonic()
    grid = read_grid({"grid": {"funding": {"all": axis, "by_source": {"mobilised": axis, "central": axis}}}})
    grid.check({None: package})
    assert len(grid) == prod([100] * 3) and grid.scenario(999_999, package)["funding"]["all"] == 9.9
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("funding: [{all: 0.5}, {by_line: {legal_aid: 2}}]", "unknown budget line 'legal_aid'"),
        ("based_on: [full_plan, ethnic_minority_first]", "unknown scenario 'ethnic_minority_first'"),
    ],
    ids=["a line", "a scenario"],
)
def test_what_one_package_of_several_lacks_is_refused_at_its_line(package, tmp_path, text, words):
    """Case: each value was tried in the first package alone; in the other it failed once the batch had begun."""
    (tmp_path / "other" / "scenarios").mkdir(parents=True)
    (tmp_path / "other" / "scenarios" / "a_grid.yml").write_text("grid: {delay_years: [0, 1]}\n")
    lines = tuple(line for line in package.budget_lines if line.line != "legal_aid")
    other = replace(package, name="other", path=tmp_path / "other", budget_lines=lines)
    file = tmp_path / "g.yml"
    file.write_text(f"grid:\n  package: [one, other]\n  delay_years: [0, 1]\n  {text}\n")
    read_grid(file).check({"one": package, "other": package})
    with pytest.raises(RefusedInput) as refused:
        read_grid(file).check({"one": package, "other": other})
    (told,) = refused.value.problems
    assert told.startswith(f"{file}:4: package other: ") and words in told and "a_grid" not in told
