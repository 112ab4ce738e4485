"""The address of what is kept, held against what a kernel really reads."""

import json
import shutil
import sys
from importlib import metadata
from pathlib import Path

import nbformat
import pytest

from giamngheo import paths
from giamngheo.runs import cache
from giamngheo.runs.execution import execute

WATCH = """\
import sys
opened = set()
def _watch(event, given):
    if event == "open" and isinstance(given[0], str) and not str(given[1] or "").startswith(("w", "a", "x")):
        opened.add(given[0])
sys.addaudithook(_watch)"""
TELL = """\
import json, os, pathlib
found = [os.path.abspath(path) for path in sorted(opened)]
modules = sorted({{m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)}})
pathlib.Path({out!r}).write_text(json.dumps([found, modules]))"""
READ_BY_KERNELS = (".cache", "__pycache__")  # what a kernel keeps for itself, and code compiled


@pytest.fixture(scope="module")
def package_folder(package, tmp_path_factory):
    """A package elsewhere, of which a table is a link and so is the folder of its scenarios."""
    folder = tmp_path_factory.mktemp("address")
    copied = shutil.copytree(package.path, folder / "an-giang")
    (copied / "poverty.csv").rename(folder / "real.csv")
    (copied / "poverty.csv").symlink_to(folder / "real.csv")
    (copied / "scenarios").rename(folder / "real-scenarios")
    (copied / "scenarios").symlink_to(folder / "real-scenarios")
    parent = "title: {vi: Cha, en: Parent}\nfunding: {all: 0.5}\n"
    (folder / "real-scenarios" / "parent.yml").write_text(parent)
    (folder / "child.yml").write_text("title: {vi: Con, en: Child}\nbased_on: parent\n")
    return copied


@pytest.mark.parametrize("name", ["01_data", "03_scenario"])
def test_what_a_kernel_reads_is_in_the_address(package_folder, tmp_path, name):
    notebook = nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)
    tell = TELL.format(out=str(tmp_path / "read.json"))
    first, last = (nbformat.v4.new_code_cell(source) for source in (WATCH, tell))
    notebook.cells = [first, *notebook.cells, last]
    nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    given = {"package": str(package_folder), "lang": "en"}
    scenario = package_folder.parent / "child.yml"
    if name == "03_scenario":
        given |= {"draws": 100, "seed": 0, "scenario": str(scenario)}
    run = execute(tmp_path / f"{name}.ipynb", given, tmp_path / "out.ipynb", reuse=False, keep=False)
    assert run.ok, run.error
    opened, modules = json.loads((tmp_path / "read.json").read_text())
    read = {Path(path) for path in opened if not any(part in path for part in READ_BY_KERNELS)}
    tops = (paths.ROOT, package_folder.parent)
    ours = {path.resolve() for path in read if any(path.is_relative_to(top) for top in tops)}
    ours = {path for path in ours if path.is_file() and not path.is_relative_to(sys.prefix)}
    in_address = [*cache.code_files(), *cache.data_files(package_folder)]
    covered = {path.resolve() for top in in_address for path in cache.files_of(top)}
    assert ours >= {package_folder.parent / "real.csv", paths.DATA / "assumptions.csv"}
    # The scenario, and all that it is based on, is in the address as `Door.scenario` tells it.
    assert ours - covered <= {scenario}
    assert not _not_locked(modules)


def _not_locked(modules):
    """Distributions of imported modules that the lock does not name."""
    by_top, pinned = metadata.packages_distributions(), cache.pinned()
    tops = {
        Path(path).relative_to(folder).parts[0].removesuffix(".py")
        for path in modules
        for folder in sys.path
        if folder.endswith("site-packages") and Path(path).is_relative_to(folder)
    }
    names = {name.lower().replace("_", "-").replace(".", "-") for top in tops for name in by_top.get(top, ())}
    return names - set(pinned) - {"giamngheo", "setuptools"}  # which loads itself at every start
