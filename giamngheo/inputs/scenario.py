"""Funding scenarios: small differences from the full plan, read from YAML and checked at the door.

A file is checked as written, merged over the scenario it is based on, then, where a package is given, checked
against its years, budget lines and groups. Shares of money are exact fractions.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from giamngheo import paths
from giamngheo.inputs import scenario_values as values
from giamngheo.inputs.display import words_and_table
from giamngheo.inputs.errors import RefusedInput, nearest, shown, unknown
from giamngheo.inputs.grammar import slug
from giamngheo.inputs.scenario_fit import check_scenario, moves_sources, problem
from giamngheo.inputs.scenario_values import Yearly
from giamngheo.inputs.tables import CHANNELS, FAMILIES, SOURCES
from giamngheo.inputs.yaml_keys import SUFFIXES, holds_grid, is_yaml, read_keys

ROOT_ID = "full_plan"
GIVEN_ID = "mine"  # of keys that are given without an id
GRID = "a grid file: use giamngheo batch"
MAX_FACTOR = 1_000  # times the plan
_ID = re.compile(r"[a-z0-9_]{1,64}")
_FROZEN = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
_share = values.by_year(values.within(0, MAX_FACTOR))
_reach = values.keyed("channel or budget line", None, values.within(0, 1))


def _checked(kind, check, **field):
    return Annotated[kind, BeforeValidator(check), Field(**field)]


def _mapping(check):
    return _checked(dict[str, Any], check, default_factory=dict)


def _number(low, high):
    return _checked(float, values.within(low, high, as_float=True))


def _text(value):
    if not isinstance(value, str) or not value:
        raise values.Fault(f"{values.said(value)} is not a name")
    return value


class Funding(BaseModel):
    """Share of the plan delivered, 0 or more; missing is 1; the factors for a sum of money multiply.

    all is a `Yearly` of Fraction; by_source, by_channel (channel or family) and by_line map a name to one.
    """

    model_config = _FROZEN

    all: _checked(Any, _share, default_factory=Yearly)
    by_source: _mapping(values.keyed("source", SOURCES, _share))
    by_channel: _mapping(values.keyed("channel", (*CHANNELS, *FAMILIES), _share))
    by_line: _mapping(values.keyed("budget line", None, _share))
    keep_total: bool = Field(default=False, strict=True)


class Scenario(BaseModel):
    """One funding scenario: what differs from the plan delivered in full and on time.

    delay_years 0 or more; continuity 0 to 2, above 1 where past money was larger; targeting shares 0 to 1; shock {year:
    probit, or the name of an assumption}; growth of the number of households, percent a year, a `Yearly` of float.
    """

    model_config = _FROZEN

    id: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    title: _checked(dict[str, str], values.title)
    based_on: Annotated[str, BeforeValidator(_text)] | None = None
    funding: Funding = Field(default_factory=Funding)
    delay_years: _number(0, 50) = 0.0
    phasing: Literal["even", "front", "back"] = "even"
    continuity: _number(0, 2) = 1.0
    targeting: _mapping(_reach)
    shock: _checked(dict[int, Any], values.shocks, default_factory=dict)
    growth: _checked(Any, values.by_year(values.within(-20, 20, as_float=True)), default_factory=Yearly)
    group: Annotated[str, BeforeValidator(_text)] = "all"
    assumptions: _mapping(values.keyed("assumption", None, values.assumption))

    def __repr__(self):
        changes = "; ".join(f"{key} {value}" for key, value in self.changes.items())
        return f"Scenario {self.id}: {changes or 'the plan in full and on time'}"

    __str__ = __repr__

    def _repr_html_(self):
        rows = [{"key": key, "value": value} for key, value in self.changes.items()]
        return words_and_table(f"Scenario {self.id}: {self.title['en']}", rows)

    @property
    def changes(self) -> dict[str, str]:
        """What differs from the plan delivered in full and on time, by key, in words."""
        found = values.differences(self).items()
        return {key: text for key, text in found if key.split(".")[0] not in ("id", "title", "based_on")}


def load_scenario(given, package=None) -> Scenario:
    """Read a scenario and all that it is based on.

    Parameters
    ----------
    given : str, path-like, mapping or Scenario
        An id, looked up in the package's scenarios and in data/scenarios; a .yml file; or the keys of such a file, to
        which an id may be added. Keys that are not in a file need no title.
    package : Package, optional
        Its years, budget lines and groups are then checked, a factor for every year spelled out by year.

    Returns
    -------
    Scenario

    Raises
    ------
    RefusedInput
        Names the file, the line, the key and the nearest valid value.
    """
    if isinstance(given, Scenario):
        return given if package is None else check_scenario(given, package)
    if isinstance(given, Mapping):
        where, raw, lines = _keys(given, _folders(package))
    elif isinstance(given, str | Path):
        where = _find(given, _folders(package))
        raw, lines = _merged(where, _folders(package), [])
    else:
        what = f"{values.said(given)} is not a scenario's name, its file, its keys or a Scenario"
        raise RefusedInput(f"scenario: {what}; nearest: '{ROOT_ID}'")
    scenario = _validated(where, raw, lines)
    return scenario if package is None else check_scenario(scenario, package, where, lines)


def scenario_keys(given, package=None, beside=None) -> dict[str, Any]:
    """The keys of a scenario over those of all that it is based on: what a file would hold that is based on nothing.

    Parameters
    ----------
    given : str, path-like, mapping or Scenario
        As of `load_scenario`.
    package : Package, optional
        Whose scenarios a name is looked up in.
    beside : path-like, optional
        A folder in which names are looked up first.

    Returns
    -------
    dict
        Plain values as YAML has them, id and title among them.

    Raises
    ------
    RefusedInput
    """
    folders = [*([] if beside is None else [Path(beside)]), *_folders(package)]
    if isinstance(given, Scenario):
        keys = {"id": given.id, **values.plain(given)}
    elif isinstance(given, Mapping):
        _, keys, _ = _keys(given, folders)
    else:
        keys, _ = _merged(_find(given, folders), folders, [])
    return {key: value for key, value in keys.items() if key != "based_on"}


def scenario_file(given, package=None) -> Path:
    """The file of a scenario, or of a grid, from its name or its path; refused if there is none."""
    return _find(given, _folders(package), grids=True)


def scenarios_by_id(given, package) -> dict[str, str]:
    """What names each scenario of a report, by id, the full plan first; two files of one id are refused."""
    chosen, files = {}, {}
    for name in (ROOT_ID, *given):
        key, file = load_scenario(name, package).id, scenario_file(name, package)
        if not file.samefile(files.setdefault(key, file)):
            other = f"'{key}' is {shown(files[key])} already"
            raise RefusedInput(f"--scenario {shown(file)}: {other}; give the file another name")
        chosen[key] = str(name)
    return chosen


def scenario_files(given, package=None) -> list[Path]:
    """The files that a scenario's name or path is read from: its own, and those of all that it is based on."""
    seen: list[Path] = []
    _merged(scenario_file(given, package), _folders(package), seen)
    return seen


class ListedScenario(NamedTuple):
    """A scenario that can be used: its id, its title in both languages, and its file."""

    id: str
    title: dict[str, str]
    file: Path

    def __repr__(self):
        return f"{self.id}: {self.title['en']}"


def list_scenarios(package=None) -> list[ListedScenario]:
    """The scenarios that a package can use.

    Parameters
    ----------
    package : Package, optional

    Returns
    -------
    list of ListedScenario
        full_plan first, then by id; without grids, and generic ones that name a year which the package lacks, or
        sources that give nothing or everything.

    Raises
    ------
    RefusedInput
        A file that is no scenario.
    """
    fitting, _ = _listed(package)
    return fitting


def scenarios_left_out(package) -> list[ListedScenario]:
    """The generic scenarios that `list_scenarios` leaves out: they do not fit the package, or change nothing of it."""
    _, unfit = _listed(package)
    return unfit


def _listed(package):
    """The scenarios that fit a package, and the generic ones that do not."""
    fitting: dict[str, ListedScenario] = {}
    unfit: dict[str, ListedScenario] = {}
    generic = paths.DATA / "scenarios"
    for folder in _folders(package):
        for file in sorted(path for path in folder.glob("*") if is_yaml(path)):
            if file.stem in fitting or "grid" in read_keys(file)[0]:
                continue
            scenario = load_scenario(file)
            listed, fits = ListedScenario(scenario.id, scenario.title, file), True
            if package is not None and folder == generic:
                fits = moves_sources(scenario.funding, package)
            try:
                if package is not None and fits:
                    check_scenario(scenario, package, file)
            except RefusedInput:
                if folder != generic:
                    raise
                fits = False
            (fitting if fits else unfit)[file.stem] = listed
    return [sorted(found.values(), key=lambda row: (row.id != ROOT_ID, row.id)) for found in (fitting, unfit)]


def check_own(package):
    """The package; what it cannot use of its own scenarios is refused before anything is run.

    Parameters
    ----------
    package : Package

    Returns
    -------
    Package
        The same.

    Raises
    ------
    RefusedInput
        Everything wrong with the scenarios in its folder.
    """
    problems = []
    for file in sorted(path for path in _folders(package)[0].glob("*") if is_yaml(path)):
        try:
            if "grid" not in read_keys(file)[0]:
                load_scenario(file, package)
        except RefusedInput as refusal:
            problems += refusal.problems
    if problems:
        raise RefusedInput(problems)
    return package


def _folders(package):
    own = paths.PACKAGE if package is None else package.path
    return [own / "scenarios", paths.DATA / "scenarios"]


def _find(name_or_path, folders, grids=False):
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "." in text or "/" in text:  # an id has neither
        if not is_id(Path(text).stem):  # before a file system is asked that knows no such long names
            raise RefusedInput(f"{values.said(Path(text).name)}: {_no_id(Path(text).stem, '.yml')}")
        file = paths.find(text)
        if file.is_file() and not is_yaml(file):
            raise RefusedInput(f"{shown(file)}: a scenario file ends in .yml; nearest: '{file.stem}.yml'")
        return file
    for folder in folders:
        for suffix in SUFFIXES:
            if is_id(text) and (folder / f"{text}{suffix}").is_file():
                return folder / f"{text}{suffix}"
    listed = (path for folder in folders for path in folder.glob("*") if is_yaml(path))
    known = {path.stem for path in listed if grids or not holds_grid(path)}
    known |= {path.name for path in Path().glob(f"{text}.*") if is_id(text) and is_yaml(path)}
    where = " or ".join(shown(folder) for folder in folders if folder.is_dir())
    raise RefusedInput(unknown("scenario", text, sorted(known)) + f" in {where}")


def is_id(text):
    """Whether a text can be a scenario's id (bool)."""
    return bool(_ID.fullmatch(text))


def _no_id(text, suffix=""):
    plain = slug(text)[:64]
    return f"{values.said(text)} is not an id (a-z, 0-9 and _); nearest: '{plain or GIVEN_ID}{suffix}'"


def _merged(file, folders, seen):
    """The keys of a file over those of the scenarios it is based on, and the lines of its own."""
    raw, lines = read_keys(file)
    if "id" in raw:
        raise RefusedInput(problem(file, ("id",), "the id is the file's name; remove this key", lines))
    seen.append(file)
    return _based(file, {"id": file.stem, **raw}, lines, [file.parent, *folders], seen), lines


def _keys(given, folders):
    """Keys that are not in a file: what stands for its name in a message, they over their base, no lines."""
    raw = {"id": GIVEN_ID, **given}
    where = f"scenario {raw['id']}"
    title = raw.get("title", str(raw["id"]))
    raw["title"] = {"vi": title, "en": title} if isinstance(title, str) else title
    return where, _based(where, raw, {}, folders, []), {}


def _based(where, raw, lines, folders, seen):
    """The keys over those of the scenarios that they are based on."""
    if "grid" in raw:
        raise RefusedInput(f"{shown(where)}: {GRID}")
    _validated(where, raw, lines)
    parent = raw.get("based_on", None if raw["id"] == ROOT_ID else ROOT_ID)
    if parent is None:
        return raw
    try:
        file = _find(parent, folders)
    except RefusedInput as refusal:
        raise RefusedInput(problem(where, ("based_on",), str(refusal), lines)) from None
    if file in seen:
        raise RefusedInput(
            problem(where, ("based_on",), f"'{parent}' is based on this scenario itself", lines)
        )
    below, _ = _merged(file, folders, seen)
    return over(below, raw) | {"based_on": parent}


def over(below, above, depth=0, key=None):
    """A deep merge; an assumption is replaced as a whole, for its parameters belong together."""
    if not (isinstance(below, dict) and isinstance(above, dict)) or (depth == 2 and key == "assumptions"):
        return above
    merged = dict(below)
    for name, value in above.items():
        merged[name] = over(below[name], value, depth + 1, key or name) if name in below else value
    return merged


def _validated(file, raw, lines):
    try:
        return Scenario.model_validate(raw)
    except ValidationError as error:
        raise RefusedInput(
            _sentence(file, fault, lines) for fault in error.errors(include_url=False)
        ) from None


def _sentence(file, fault, lines):
    place, kind, context = list(fault["loc"]), fault["type"], fault.get("ctx", {})
    cause = context.get("error")
    what = fault["msg"]
    if isinstance(cause, values.Fault):
        place, what = [*place, *cause.place], str(cause)
    elif kind in ("extra_forbidden", "invalid_key"):
        model = Funding if len(place) > 1 and place[0] == "funding" else Scenario
        what = unknown("key", place[-1], [name for name in model.model_fields if name != "id"])
    elif place == ["id"]:
        what = _no_id(str(fault["input"]))
    elif kind == "missing":
        what = "the key is missing; write title: {vi: …, en: …}"
    elif kind == "literal_error":
        what = unknown(str(place[-1]), fault["input"], ("even", "front", "back"))
    elif kind in ("model_type", "model_attributes_type"):
        what = f"{values.said(fault['input'])}, where keys are expected: {', '.join(Funding.model_fields)}"
    elif kind.startswith("bool"):
        near = nearest(str(fault["input"]).lower(), ("true", "false"))
        what = f"{values.said(fault['input'])} is not true or false; nearest: '{near}'"
    return problem(file, place, what, lines)
