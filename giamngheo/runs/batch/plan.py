"""What a batch is to do: scenarios by number, read and checked before anything runs or is imported for it."""

import glob
import json
import os
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs import scenario_values as values
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.grid import Grid, is_grid, read_grid
from giamngheo.inputs.package import load_package
from giamngheo.inputs.scenario import Scenario, list_scenarios, load_scenario, scenario_file, scenario_keys
from giamngheo.inputs.yaml_keys import is_yaml

MOST = 100_000  # scenarios of one batch; more go into shards
RESERVED = ("vi", "en")  # folders of the index pages


@dataclass(frozen=True)
class Task:
    """One scenario of a batch: its number, its package, its id and its keys, based on nothing any more."""

    number: int
    package: object
    id: str
    keys: dict = field(repr=False)

    @property
    def name(self):
        """Package and id (str)."""
        return f"{self.package.name}/{self.id}"

    @property
    def content(self):
        """All that its results rest on of the scenario, as one text (str); the title does not count."""
        return values.canonical(
            {key: value for key, value in self.keys.items() if key not in ("id", "title")}
        )

    @property
    def columns(self):
        """Its parameters by column (dict), as of `flat`."""
        return flat(self.keys)


@dataclass(frozen=True)
class Plan:
    """The scenarios of a batch.

    sources: (package, Grid, or the keys of one scenario); numbers: those of this shard; packages: by name.
    """

    sources: list = field(repr=False)
    numbers: Sequence[int]
    packages: dict

    def __len__(self):
        return len(self.numbers)

    def __iter__(self):
        return map(self.task, self.numbers)

    @cached_property
    def _ends(self):
        """Number after the last of each source."""
        return list(accumulate(_size(source) for _, source in self.sources))

    @property
    def total(self):
        """Scenarios of all shards (int)."""
        return self._ends[-1]

    @cached_property
    def used(self):
        """The packages that its scenarios are of, in the order of ``packages`` (list)."""
        names = {self.task(number).package.name for number in self._one_of_each()}
        by_name = {package.name: package for package in self.packages.values()}
        return [package for name, package in by_name.items() if name in names]

    def whole(self):
        """The same with the scenarios of all shards (Plan)."""
        return Plan(self.sources, range(self.total), self.packages)

    def task(self, number):
        """The task of a number (Task)."""
        place = bisect_right(self._ends, number)
        package, source = self.sources[place]
        if not isinstance(source, Grid):
            return Task(number, package, source["id"], source)
        own = number - (self._ends[place] - len(source))
        named = source.package(own)
        package = package if named is None else self.packages[named]
        keys = source.scenario(own, package)
        return Task(number, package, keys["id"], keys)

    def parameters(self):
        """The columns of parameters, in the order of first use, with the kind of each: float, bool or str (dict)."""
        kinds = {}
        for number in self._one_of_each():
            for column, value in self.task(number).columns.items():
                kind = bool if isinstance(value, bool) else str if isinstance(value, str) else float
                kinds[column] = kind if kinds.get(column, kind) is kind else str
        return kinds

    def _one_of_each(self):
        """Numbers of scenarios in which every key and value of every source stands at least once."""
        for (_, source), end in zip(self.sources, self._ends, strict=True):
            start = end - _size(source)
            yield from (
                (start + n for _, n in source.one_at_a_time()) if isinstance(source, Grid) else (start,)
            )


def _size(source):
    return len(source) if isinstance(source, Grid) else 1


NAMED = {"group": "scenario_group"}  # key -> column, where results have one of the key's own name


def flat(keys, prefix=""):
    """The keys of a scenario as columns, ``funding.by_source.mobilised`` (dict of str to number, text or bool)."""
    found = {}
    for key, value in keys.items():
        if not prefix and key in ("id", "title"):
            continue
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            name = f"{prefix}{key}"
            found[NAMED.get(name, name)] = value if isinstance(value, bool | str) else float(value)
    return found


def make_plan(given=None, package=paths.PACKAGE, shard=None):
    """Read and check what a batch is to do.

    Parameters
    ----------
    given : sequence, optional
        Each a scenario's name, its file, a folder of them, a glob pattern, a grid file, the keys of a scenario or of a
        grid, or a Scenario. Default: all scenarios of the package.
    package : str, path-like or Package
        Of the scenarios that name none.
    shard : str, optional
        "K/N": every N-th scenario from the K-th, 1 to N.

    Returns
    -------
    Plan

    Raises
    ------
    RefusedInput
        All that is wrong with any of them.
    """
    package = package if hasattr(package, "readings") else load_package(paths.find(package))
    packages, problems = {None: package, package.name: package}, []
    sources, listed, refused = [], _listed(given, package), 0
    for each in listed:
        try:
            sources.append(_source(each, package, packages))
        except RefusedInput as refusal:
            problems += refusal.problems
            refused += 1
    if refused and len(listed) > 1:
        words = f"{refused} of {len(listed)} are not understood, and nothing was run"
        problems.insert(0, f"{words}; mend them or take them away, then the same again:")
    sources = list(dict(sources).items())
    problems += _twice(sources)
    if problems:
        raise RefusedInput(dict.fromkeys(problems))
    plan = Plan([source for _, source in sources], range(0), packages)
    numbers = _shard(shard, plan.total)
    if not numbers:
        raise RefusedInput(
            f"--shard {shard}: none of {plan.total} scenarios is in it; nearest: 1/{plan.total}"
        )
    if len(numbers) > MOST:
        parts = -(-plan.total // MOST)
        raise RefusedInput(
            f"{len(numbers):,} scenarios, and a batch holds at most {MOST:,}; nearest: --shard 1/{parts}"
        )
    for _, grid in plan.sources:
        if isinstance(grid, Grid):
            grid.check(packages)
    return Plan(plan.sources, numbers, packages)


def _shard(shard, total):
    if shard is None:
        return range(total)
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", str(shard))
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise RefusedInput(f"--shard: {values.said(shard)} is not a part K/N with K from 1 to N, such as 1/8")
    return range(int(found[1]) - 1, total, int(found[2]))


def _listed(given, package):
    """What was given, folders and patterns spelled out."""
    if given is None or (isinstance(given, list | tuple) and not given):
        return [row.file for row in list_scenarios(package)]
    alone = isinstance(given, str | Path | Mapping | Scenario)
    listed = []
    for each in [given] if alone else given:
        if isinstance(each, Mapping | Scenario):
            listed.append(each)
            continue
        text = str(each)
        if os.path.isdir(text):  # noqa: PTH112  False for a name too long to be one
            found = sorted(path for path in Path(text).iterdir() if is_yaml(path))
        elif glob.has_magic(text) and not os.path.exists(text):  # noqa: PTH110
            found = sorted(map(Path, glob.glob(text) or glob.glob(text, root_dir=paths.ROOT)))  # noqa: PTH207
            found = [path for path in found if is_yaml(path)]
        else:
            listed.append(each)
            continue
        if not found:
            raise RefusedInput(f"{values.said(text)}: no scenario in it (a file that ends in .yml)")
        listed += found
    return listed


def _source(given, package, packages):
    """What makes a source one, and (package, Grid or keys)."""
    if isinstance(given, str | Path):
        given = scenario_file(given, package)
        key = str(given.resolve())
        if is_grid(given):
            return key, _grid(read_grid(given), package, packages)
        load_scenario(given, package)
        return key, (package, scenario_keys(given, package))
    if isinstance(given, Mapping) and is_grid(given):
        return id(given), _grid(read_grid(given), package, packages)
    keys = scenario_keys(given, package)
    load_scenario(keys, package)
    return id(given), (package, json.loads(json.dumps(keys, default=float)) if _odd(keys) else keys)


def _odd(keys):
    """Whether keys hold what YAML does not, such as numpy's numbers."""
    return any(type(value) not in (int, float, bool, str) for value in _leaves(keys))


def _leaves(keys):
    for value in keys.values():
        yield from _leaves(value) if isinstance(value, Mapping) else (value,)


def _grid(grid, package, packages):
    """The grid with the packages that it names."""
    named = grid.axes.get(("package",), [grid.keys["package"]] if "package" in grid.keys else [])
    seen = {}
    for name in named:
        other = load_package(paths.find(name))
        if (first := seen.setdefault(other.path.resolve(), name)) != name:
            raise RefusedInput(f"{grid.where}: package: '{first}' and '{name}' are one; keep one of them")
        if packages.setdefault(other.name, other).path != other.path:
            raise RefusedInput(f"{grid.where}: two packages are called '{other.name}'; rename one of them")
        packages[name] = other
    return package, grid


def _twice(sources):
    """What two scenarios or grids of one name are told."""
    seen = {}
    for key, (package, source) in sources:
        name = (package.name, source.name if isinstance(source, Grid) else source["id"])
        where = shown(key) if isinstance(key, str) else name[1]
        if name in seen:
            yield f"two are called '{name[1]}': {seen[name]} and {where}; rename one of them"
        seen[name] = where
        if package.name in RESERVED:
            yield f"{package.name}: a package cannot be called so in a batch; rename it"
