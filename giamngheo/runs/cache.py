"""Addresses by content: what a page is made from, as one hash, and the executed notebooks kept under it."""

import contextlib
import hashlib
import json
import sys
import threading
from functools import cache
from importlib import metadata
from pathlib import Path

from giamngheo import paths

EXECUTED = paths.CACHE / "executed"
KEPT = 400  # executed notebooks; the ones unused for longest go first
SHARED_DATA = ("assumptions.csv", "reference", "scenarios")
# A page made with other versions than the lock's is another page.
WATCHED_LIBRARIES = (
    "numpy",
    "scipy",
    "pandas",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "ipython",
    "ipykernel",
)


def file_hash(files, base):
    """Hash of files by name and content.

    Parameters
    ----------
    files : iterable of Path
        Files, or folders with all they hold; what is missing or hidden does not count.
    base : Path
        Names are taken relative to it, so that a hash does not depend on where the project stands.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for top in files:
        found = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in found:
            name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
            if path.is_file() and "__pycache__" not in name and not path.name.startswith("."):
                digest.update(f"{name}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def code_hash():
    """Hash of the workbook's code, phrases, templates and lock."""
    return file_hash([paths.ROOT / "giamngheo", paths.LOCK], paths.ROOT)


def data_hash(package):
    """Hash of a package's folder and of the data that all packages share.

    Parameters
    ----------
    package : Path
    """
    package = Path(package)
    shared = [paths.DATA / name for name in SHARED_DATA]
    return file_hash([package], package) + file_hash(shared, paths.ROOT)


def fingerprint(package):
    """One hash of data, code and lock, for the foot of a page.

    Parameters
    ----------
    package : str or Path

    Returns
    -------
    str
        64 hexadecimal digits; the same wherever the project stands.
    """
    return hashlib.sha256((data_hash(paths.find(package)) + code_hash()).encode()).hexdigest()


def source_hash(cells):
    """Hash of a notebook's sources, without outputs and without the cell that papermill injects.

    Parameters
    ----------
    cells : list of dict

    Returns
    -------
    str
    """
    own = [cell for cell in cells if "injected-parameters" not in cell["metadata"].get("tags", [])]
    sources = [[cell["cell_type"], cell["source"], cell["metadata"].get("tags", [])] for cell in own]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


@cache
def installed_versions():
    """Versions of the libraries that results rest on, in the order of `WATCHED_LIBRARIES` (tuple of str)."""
    return tuple(metadata.version(name) for name in WATCHED_LIBRARIES)


class Contents:
    """What many notebooks are made from, hashed once: data, code and versions as they stood when a run began."""

    def __init__(self):
        self._hashed, self._lock = {}, threading.Lock()

    def _once(self, key, make):
        with self._lock:
            if key not in self._hashed:
                self._hashed[key] = make()
            return self._hashed[key]

    def data(self, package):
        """`data_hash` of a package (str or Path), once."""
        package = paths.find(package)
        return self._once(package, lambda: data_hash(package))

    def address(self, cells, parameters, shown_for="", scenario=""):
        """Address of an executed notebook: cells, parameters, data, code, lock and installed versions.

        Parameters
        ----------
        cells : list of dict
            The notebook's cells; stored outputs do not count.
        parameters : mapping
            As given; ``package`` may name a folder outside the project.
        shown_for : str
            As of `runs.execution.execute_all`.
        scenario : str
            What the scenario holds, all that it is based on included, as of `inputs.parameters.Door.scenario`.

        Returns
        -------
        str
        """
        package = paths.find(parameters.get("package", paths.PACKAGE))
        made_from = [
            self._once(id(cells), lambda: source_hash(cells)),
            sorted(parameters.items()),
            shown_for,
            self.data(package),
            scenario,
            *self.code(),
        ]
        return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()

    def code(self):
        """Code, lock, Python and installed versions (list)."""
        return [self._once("code", code_hash), sys.version_info[:2], installed_versions()]


def kept(key):
    """The executed notebook kept under an address (bytes), or None if there is none or it was altered since."""
    path = EXECUTED / f"{key}.ipynb"
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
        path.touch()
    except OSError:
        return None
    return content if digest == _digest(content) else None


def _digest(content):
    return hashlib.sha256(content).hexdigest().encode()


def keep(key, content):
    """Keep an executed notebook (text) under its address, its digest before it; drop those unused for longest."""
    content = content.encode("utf-8")
    paths.write_atomically(EXECUTED / f"{key}.ipynb", _digest(content) + b"\n" + content)
    with contextlib.suppress(FileNotFoundError):  # another process is at it too
        by_use = sorted(EXECUTED.glob("*.ipynb"), key=lambda path: path.stat().st_mtime)
        for path in by_use[:-KEPT]:
            path.unlink()
