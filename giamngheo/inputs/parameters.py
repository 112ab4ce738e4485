"""The workbook's parameters: what a notebook or a command may be given, and what is refused at the door."""

import ast
import csv
import json
import os
import re
import tempfile
from datetime import date, datetime
from functools import cache
from numbers import Integral
from pathlib import Path
from types import ModuleType, SimpleNamespace

from giamngheo import paths
from giamngheo.inputs import scenario_values
from giamngheo.inputs.assumptions import load_register
from giamngheo.inputs.errors import RefusedInput, unknown
from giamngheo.inputs.parse import parse_date
from giamngheo.inputs.yaml_keys import is_yaml

LANGS = ("vi", "en")
MIN_DRAWS, MAX_DRAWS = 100, 1_000_000
MAX_SEED = 2**63 - 1
MAX_YEARS_AHEAD = 50  # after the last reading: farther on the interval is nearly all there is
WIDE = "wide"  # the reference that leans on no comparable series
DEFAULTS = {
    "package": "data/an-giang",
    "scenario": "full_plan",
    "lang": LANGS[0],
    "seed": 0,
    "draws": 20_000,
    "reference": "vn-review",
    "known_by": "",  # a date; empty: the day of the package's document
    "assumptions": {},  # changes to the register, as in a scenario file
}
_loaded = {}  # packages by folder
EXAMPLES = {"known_by": "2012-12-31", "assumptions": {"innovation_sd": {"fixed": 0.05}}}


def check_value(name, value):
    """Refuse a value of one of the workbook's parameters that is of a wrong type or out of range.

    Parameters
    ----------
    name : str
        A key of ``DEFAULTS``; other names are not looked at.
    value : object

    Returns
    -------
    object
        The value, a whole number as int.

    Raises
    ------
    RefusedInput
    """
    if name not in DEFAULTS:
        return value
    default = DEFAULTS[name]
    if not _is_like(value, default):
        wanted = {str: "a text", int: "a whole number", dict: "a mapping of names"}[type(default)]
        raise RefusedInput(f"{name}: {value!r} is not {wanted}, such as {EXAMPLES.get(name, default)!r}")
    if name == "lang" and value not in LANGS:
        raise RefusedInput(unknown("language", value, LANGS))
    if name == "reference" and value not in reference_groups():
        raise RefusedInput(unknown("reference", value, reference_groups()))
    if name == "known_by":
        as_day("known_by", value)
    if name == "assumptions":
        _check_assumptions(value)
    limits = {"seed": (0, MAX_SEED), "draws": (MIN_DRAWS, MAX_DRAWS)}
    if name in limits:
        low, high = limits[name]
        if not low <= value <= high:
            raise RefusedInput(
                f"{name}: {value} is out of range {low} … {high}; nearest: {min(max(value, low), high)}"
            )
    return int(value) if isinstance(default, int) else value


def _is_like(value, default):
    """Whether a value is a text or a whole number as the default is; numpy's whole numbers are such too."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    return whole if isinstance(default, int) else isinstance(value, type(default))


def check_until(until, last, name="until"):
    """Refuse a last year that no forecast from a reading goes to.

    Parameters
    ----------
    until : int
    last : datetime.date
        Of the last reading.
    name : str
        Of the parameter, for the message.

    Raises
    ------
    RefusedInput
    """
    low = last.year + ((last.month, last.day) == (12, 31))
    high = last.year + MAX_YEARS_AHEAD
    if not _is_like(until, low):
        raise RefusedInput(f"{name}: {until!r} is not a year, a whole number such as {low}")
    if not low <= until <= high:
        raise RefusedInput(
            f"{name} {until}: out of range {low} … {high} ({MAX_YEARS_AHEAD} years after the last reading, {last}: "
            f"farther on an interval says nothing); nearest: {min(max(until, low), high)}"
        )


def as_day(name, value):
    """A day given as a date or as text.

    Parameters
    ----------
    name : str
        Of the parameter, for the message.
    value : datetime.date, str or None
        Text as YYYY-MM-DD.

    Returns
    -------
    datetime.date or None
        None for None and for empty text.

    Raises
    ------
    RefusedInput
        With the form that would do, where it can be guessed.
    """
    if value != value:  # pandas' NaT, which is a date by its type
        raise RefusedInput(f"{name}: {value} is not a day; write YYYY-MM-DD")
    try:
        day = None if value is None or value == "" else parse_date(value)
        return day.date() if isinstance(day, datetime) else day
    except ValueError as error:
        raise RefusedInput(f"{name}: {error}") from None


@cache
def reference_groups():
    """Groups of comparable series that a trend can be pooled towards, `WIDE` among them (tuple of str)."""
    with (paths.DATA / "reference" / "rates.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(sorted({row["group"] for row in csv.DictReader(lines)} | {WIDE}))


def _check_assumptions(changes):
    register = load_register()
    for name, change in changes.items():
        if name not in register:
            raise RefusedInput("assumptions: " + unknown("assumption", name, register))
        try:
            scenario_values.assumption(change)
        except scenario_values.Fault as fault:
            raise RefusedInput(f"assumptions: {name}: {fault}") from None


def check_out(folder, beside=False):
    """Refuse a folder for results, or a cache, that cannot be made or written to, before anything is computed.

    Parameters
    ----------
    folder : Path
    beside : bool
        The folder above it must be written to as well: a new one is made there.

    Raises
    ------
    RefusedInput
    """
    if re.match(r"(?i)[a-z][a-z0-9+.-]+:/", str(folder)):
        raise RefusedInput(
            f"--out {folder}: an address, to which only a batch goes; nearest: giamngheo batch … --out, or a folder"
        )
    folder = paths.absolute(folder)
    for each in ([folder.parent] if beside else []) + [folder]:
        if told := _not_written(each):
            there = (above for above in folder.parents if os.path.isdir(above))  # noqa: PTH112  bears long names
            open_ = next((above for above in there if os.access(above, os.W_OK)), tempfile.gettempdir())
            raise RefusedInput(f"--out: {told}; nearest: a folder in {open_}")
    if told := _not_written(paths.CACHE):
        elsewhere = Path(tempfile.gettempdir()) / "giamngheo-cache"
        raise RefusedInput(f"the cache: {told}; nearest: {paths.CACHE_VARIABLE}={elsewhere}")
    files = (
        path for path in folder.rglob("*.*") if path.suffix in (".html", ".json", ".csv", ".xlsx", ".pdf")
    )
    if in_the_way := next((path for path in files if path.is_dir()), None):
        raise RefusedInput(f"--out: {in_the_way} is a folder, where a file goes; nearest: another --out")


def _not_written(folder):
    """Why a folder cannot be written to (str), None where it can."""
    try:
        paths.try_to_write(folder)
    except OSError as error:
        what = "a file is in the way" if isinstance(error, FileExistsError) else error.strerror.lower()
        return f"{scenario_values.said(error.filename or folder)}: {what}"


def load_inputs(values):
    """Load what parameters name.

    Parameters
    ----------
    values : mapping
        Any of `DEFAULTS`, which stand in for missing ones; or what was loaded of them before.

    Returns
    -------
    types.SimpleNamespace
        package (Package), scenario (Scenario), lang, seed, draws, reference, known_by (datetime.date), assumptions.

    Raises
    ------
    RefusedInput
        Names what is wrong, where, and the nearest valid value.
    """
    from giamngheo.inputs.package import Package, load_package
    from giamngheo.inputs.scenario import Scenario, load_scenario

    values = DEFAULTS | dict(values)
    for name, value in values.items():
        if not isinstance(value, Package | Scenario | date):  # a cell that is run again finds what it loaded
            check_value(name, value)
    package, scenario = values["package"], values["scenario"]
    if not isinstance(package, Package):
        package = _loaded[folder] = load_package(folder := paths.find(package))
    scenario = scenario if isinstance(scenario, Scenario) else scenario_source(scenario)
    loaded = {
        "package": package,
        "scenario": load_scenario(scenario, package),
        "known_by": as_day("known_by", values["known_by"]) or package.published,
    }
    return SimpleNamespace(**{name: values[name] for name in DEFAULTS} | loaded)


def package_loaded(name):
    """The package of a name as the inputs of a notebook in this process have it, else read now (Package)."""
    from giamngheo.inputs.package import load_package

    folder = paths.find(name)
    return _loaded.get(folder) or load_package(folder)


def scenario_source(name):
    """A scenario's name as it is; a path made absolute."""
    return paths.find(name) if is_yaml(Path(name)) else name


def notebook_inputs(namespace):
    """What a notebook works with: its first cell after the parameters calls this with ``globals()``.

    Parameters
    ----------
    namespace : mapping
        The notebook's globals: its parameters, and in a kernel the sources of the cells run so far (``In``).

    Returns
    -------
    types.SimpleNamespace
        As of `load_inputs`.

    Raises
    ------
    RefusedInput
        A value or a name that is not known, with the nearest that is.
    """
    declared, injected = _names_in_cells(namespace.get("In", ()))
    if declared:
        _check_names(injected, declared)
    given = {name: namespace[name] for name in DEFAULTS if name in namespace}
    # A module of our own may bear a parameter's name.
    return load_inputs({name: value for name, value in given.items() if not isinstance(value, ModuleType)})


def _names_in_cells(sources):
    """Names declared with a type (the parameters cell), and names that the cell papermill injects assigns."""
    declared, injected = {}, {}
    for source in sources:
        try:
            statements = ast.parse(source).body
        except SyntaxError:  # a magic
            continue
        declared |= {s.target.id: None for s in statements if isinstance(s, ast.AnnAssign)}
        if source.startswith("# Parameters\n"):
            targets = [t for s in statements if isinstance(s, ast.Assign) for t in s.targets]
            injected |= {t.id: None for t in targets if isinstance(t, ast.Name)}
    return declared, injected


def _check_names(given, declared, where=""):
    for name in given:
        if name not in declared:
            raise RefusedInput(where + unknown("parameter", name, declared))


def read_cells(notebook):
    """The cells of a notebook file (list of dict), each source in one piece."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in cells]


def declared_parameters(cells):
    """Names, in order, and default values that a notebook's parameters cell declares.

    Parameters
    ----------
    cells : list of dict
        As of `read_cells`.

    Returns
    -------
    dict
        Empty if no cell is tagged ``parameters``.
    """
    source = next((c["source"] for c in cells if "parameters" in c["metadata"].get("tags", [])), "")
    statements = [s for s in ast.parse(source).body if isinstance(s, ast.AnnAssign)]
    return {s.target.id: ast.literal_eval(s.value) for s in statements}


class Door:
    """Checks the parameters of many notebooks, reading each once; before a scenario, `about_to_read` has its files."""

    def __init__(self, about_to_read=lambda files: None):
        self._cells, self._declared, self._packages, self._scenarios = {}, {}, {}, {}
        self._about_to_read = about_to_read

    def cells(self, notebook):
        """The cells of a notebook (list of dict)."""
        if notebook not in self._cells:
            self._cells[notebook] = read_cells(notebook)
            self._declared[notebook] = declared_parameters(self._cells[notebook])
        return self._cells[notebook]

    def check(self, notebook, parameters, folder=None, scenario=True):
        """Refuse parameters that a notebook does not declare, of another type, or that name nothing.

        Parameters
        ----------
        notebook : Path
        parameters : mapping
        folder : Path, optional
            Where the notebook will stand when it runs: a scenario's file is looked up there first.
        scenario : bool
            Whether package and scenario are read; not where whoever asks has done so.

        Returns
        -------
        dict
            The parameters in the order of the notebook's own cell, so that the injected one is always the same.

        Raises
        ------
        RefusedInput
        """
        self.cells(notebook)
        declared = self._declared[notebook]
        _check_names(parameters, declared, where=f"{Path(notebook).name}: ")
        for name, value in parameters.items():
            if type(value) is not type(declared[name]):
                wanted = type(declared[name]).__name__
                raise RefusedInput(f"{Path(notebook).name}: {name}: {value!r} is not of type {wanted}")
        values = self._values(notebook, parameters)
        for name, value in values.items():
            check_value(name, value)
        if scenario:
            self._load(values["package"], *self._where(values["scenario"], folder))
        return {name: parameters[name] for name in declared if name in parameters}

    def _values(self, notebook, parameters):
        given = DEFAULTS | self._declared[notebook] | dict(parameters)
        return {name: given[name] for name in DEFAULTS}

    def scenario(self, notebook, parameters, folder=None):
        """What the scenario of checked parameters holds, all that it is based on included, as one text (str)."""
        values = self._values(notebook, parameters)
        return self._scenarios[values["package"], *self._where(values["scenario"], folder)]

    @staticmethod
    def _where(scenario, folder):
        """A scenario's name or path, and the folder it is found in."""
        beside = folder is not None and Path(scenario).suffix and (folder / scenario).is_file()
        return scenario, folder if beside else None

    def _load(self, package, scenario, folder):
        from giamngheo.inputs.package import load_package
        from giamngheo.inputs.scenario import load_scenario, scenario_files, scenario_keys

        if package not in self._packages:
            self._packages[package] = load_package(paths.find(package))
        if (package, scenario, folder) not in self._scenarios:
            source = scenario_source(scenario) if folder is None else folder / scenario
            self._about_to_read(scenario_files(source, self._packages[package]))
            load_scenario(source, self._packages[package])
            keys = scenario_keys(source, self._packages[package])
            self._scenarios[package, scenario, folder] = scenario_values.canonical(keys)
