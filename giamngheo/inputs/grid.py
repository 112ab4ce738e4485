"""Grids of scenarios: a YAML file whose key ``grid`` holds a scenario's keys, a list wherever several values are tried.

Every combination of the lists is a scenario. Its id is the file's name and a hash of its keys, so that a value that is
added to a list, or moved in it, leaves the ids of all others as they are.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

from giamngheo.inputs import scenario_values as values
from giamngheo.inputs.errors import RefusedInput, shown, unknown
from giamngheo.inputs.scenario import is_id, load_scenario, over, scenario_keys
from giamngheo.inputs.scenario_words import parameter_said
from giamngheo.inputs.yaml_keys import read_keys

TOP_KEYS = ("grid", "title")
GIVEN = "grid"  # what a grid that is not in a file is called
HASH_DIGITS = 12
LONGEST_NAME = 64 - HASH_DIGITS - 1


@dataclass(frozen=True)
class Grid:
    """Scenarios by number, each made when it is asked for.

    name: of the file; keys: as under ``grid``; axes: the lists in it, by the path of keys that leads there; where:
    what messages call it; folder: in which scenarios that it is based on are looked up first.
    """

    name: str
    keys: dict = field(repr=False)
    axes: dict[tuple, list]
    title: dict[str, str] = field(repr=False)
    where: str = GIVEN
    folder: Path | None = None
    lines: dict = field(default_factory=dict, repr=False)
    _bases: dict = field(default_factory=dict, repr=False, compare=False)
    _said: dict = field(default_factory=dict, repr=False, compare=False)

    def __len__(self):
        return prod(len(axis) for axis in self.axes.values())

    def package(self, number):
        """The package that a scenario is of, as the grid names it (str), None where it names none."""
        return self._point(number).get("package")

    def scenario(self, number, package):
        """The keys of a scenario, as of `scenario_keys`.

        Parameters
        ----------
        number : int
            From 0; the last axis of the grid moves fastest.
        package : Package

        Returns
        -------
        dict
        """
        point = self._point(number)
        point.pop("package", None)
        base = point.pop("based_on", None)
        below = self._base(base, package)
        words = {lang: "; ".join(self._words(number, lang, package)) for lang in self.title}
        title = {lang: f"{text}: {words[lang]}" if words[lang] else text for lang, text in self.title.items()}
        own = {"id": self._id(point, base), "title": title}
        return over(below, point) | own

    def _id(self, point, base):
        content = values.canonical(point | {"based_on": base}) + self.name[LONGEST_NAME:]
        return f"{self.name[:LONGEST_NAME]}_{hashlib.sha256(content.encode()).hexdigest()[:HASH_DIGITS]}"

    def _base(self, base, package):
        key = base, package.path
        if key not in self._bases:
            self._bases[key] = {} if base is None else scenario_keys(base, package, self.folder)
        return self._bases[key]

    def _places(self, number):
        """Place on each axis."""
        for path, axis in reversed(self.axes.items()):
            number, place = divmod(number, len(axis))
            yield path, place

    def _point(self, number):
        found = self.keys
        for path, place in self._places(number):
            found = _with(found, path, self.axes[path][place])
        return dict(found)

    def _words(self, number, lang, package):
        """The values taken on each axis in a reader's words."""
        for path, place in reversed(list(self._places(number))):
            if path == ("package",):
                continue
            key = lang, package.name, path, place
            if key not in self._said:
                self._said[key] = parameter_said(path, self.axes[path][place], lang, package)
            yield self._said[key]

    def check(self, packages):
        """Refuse a value on an axis that no scenario can have, each tried once beside the first of the others.

        Parameters
        ----------
        packages : mapping of str to Package
            By the name in the grid, None for the one that all others are of.

        Raises
        ------
        RefusedInput
            All that is wrong, with file, line and key.
        """
        problems, several = list(self._twice()), len(self.axes.get(("package",), ())) > 1
        for path, number in self.one_at_a_time():
            package = packages[self.package(number)]
            try:
                keys = self.scenario(number, package)
                load_scenario(keys, package)
            except RefusedInput as refusal:
                line = next((self.lines[p] for p in self._lines_of(path) if p in self.lines), None)
                place = f"{self.where}:{line}" if line else self.where
                place += f": package {package.name}" if several else ""
                name = f"scenario {keys['id']}: " if "keys" in locals() else ""
                problems += [f"{place}: {text.removeprefix(name)}" for text in refusal.problems]
        if problems:
            raise RefusedInput(dict.fromkeys(problems))

    def _twice(self):
        for path, axis in self.axes.items():
            seen = set()
            for value in axis:
                if (content := values.canonical(value)) in seen:
                    place = f"{self.where}: grid.{'.'.join(map(str, path))}"
                    yield f"{place}: {values.said(value)} stands there twice; keep one"
                seen.add(content)

    def one_at_a_time(self):
        """An axis' path and the number of a scenario in which a value of it stands, for all values of all axes.

        Of a grid over packages in each of them: what a key may be is another thing in another package.
        """
        yield (), 0
        alone, step, steps = [], len(self), {}
        for path, axis in self.axes.items():
            steps[path] = step = step // len(axis)
            alone += [(path, place * step) for place in range(1, len(axis))]
        yield from alone
        package = ("package",)
        for place in range(1, len(self.axes.get(package, ()))):
            yield from ((path, place * steps[package] + number) for path, number in alone if path != package)

    @staticmethod
    def _lines_of(path):
        whole = ("grid", *map(str, path))
        return [whole[:n] for n in range(len(whole), 0, -1)]


def is_grid(given):
    """Whether a file or a mapping is a grid (bool)."""
    raw = given if isinstance(given, Mapping) else read_keys(given)[0]
    return "grid" in raw


def read_grid(given):
    """Read a grid.

    Parameters
    ----------
    given : path-like or mapping
        A file, or what would stand in it.

    Returns
    -------
    Grid

    Raises
    ------
    RefusedInput
        A grid without a scenario, or with one twice; the scenarios themselves are looked at by `Grid.check`.
    """
    if isinstance(given, Mapping):
        raw, lines, name, where, folder = dict(given), {}, GIVEN, GIVEN, None
    else:
        file = Path(given)
        raw, lines = read_keys(file)
        name, where, folder = file.stem, shown(file), file.parent
    if not is_id(name):
        raise RefusedInput(f"{where}: {values.said(name)} is not an id (a-z, 0-9 and _)")
    for key in raw:
        if key not in TOP_KEYS:
            told = unknown("key", key, TOP_KEYS)
            raise RefusedInput(f"{where}: {told}; a scenario's keys stand under grid")
    keys = raw["grid"]
    if not isinstance(keys, Mapping) or not keys:
        raise RefusedInput(
            f"{where}: grid: it is empty; give a scenario's keys, a list where several values are tried"
        )
    axes = dict(_axes(keys))
    for path, axis in axes.items():
        place = f"{where}: grid.{'.'.join(map(str, path))}"
        if not axis:
            raise RefusedInput(f"{place}: an empty list; give a value, or leave the key out")
    title = raw.get("title", name)
    try:
        title = values.title({"vi": title, "en": title} if isinstance(title, str) else title)
    except values.Fault as fault:
        raise RefusedInput(f"{where}: title: {fault}") from None
    return Grid(name, dict(keys), axes, title, where, folder, lines)


def _axes(keys, path=()):
    for key, value in keys.items():
        if isinstance(value, Mapping):
            yield from _axes(value, (*path, key))
        elif isinstance(value, list | tuple):
            yield (*path, key), list(value)


def _with(keys, path, value):
    """The keys with a value put at a path; nothing that was given is changed."""
    key, *rest = path
    return {**keys, key: _with(keys[key], rest, value) if rest else value}
