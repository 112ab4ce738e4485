"""Addresses by content: what a page is made from, as one hash, and the executed notebooks kept under it."""

import contextlib
import hashlib
import json
import logging
import os
import re
import sys
import threading
import time
from functools import cache
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.parameters import read_cells

EXECUTED = paths.CACHE / "executed"
LEFT_S = 3600  # so old a file that is half written is nobody's who lives
KEPT = 400  # executed notebooks; the ones unused for longest go first
CHANGED = "data or code changed since the run began: run it again"
SHARED_DATA = ("assumptions.csv", "reference", "scenarios")

log = logging.getLogger(__name__)


def hash_of(path):
    """sha256 of a file's content (str), empty where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def files_of(top):
    """The files of a folder, those behind links too, in order; a file is its own; what is hidden does not count.

    Parameters
    ----------
    top : Path

    Returns
    -------
    list of Path
        Without those of a folder that is linked from within itself; empty where there is nothing.
    """
    if not top.is_dir():
        return [top] if top.is_file() else []
    found, seen = [], set()
    for folder, below, names in os.walk(top, followlinks=True):
        real = os.path.realpath(folder)
        below[:] = sorted(n for n in below if real not in seen and n != "__pycache__" and n[0] != ".")
        found += [Path(folder, name) for name in names if real not in seen and name[0] != "."]
        seen.add(real)
    return sorted(path for path in found if path.is_file())


def file_hash(files, base):
    """Hash of files by name and content.

    Parameters
    ----------
    files : iterable of Path
        Files, or folders with all they hold, as of `files_of`.
    base : Path
        Names are taken relative to it, so that a hash does not depend on where the project stands.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for path in (path for top in files for path in files_of(top)):
        name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def code_files():
    """The workbook's code, phrases, templates and lock: files and folders (list of Path)."""
    return [paths.ROOT / "giamngheo", paths.LOCK]


def data_files(package):
    """A package's folder and the data that all packages share: files and folders (list of Path)."""
    return [Path(package), *(paths.DATA / name for name in SHARED_DATA)]


def code_hash():
    """Hash of the workbook's code, phrases, templates and lock."""
    return file_hash(code_files(), paths.ROOT)


def data_hash(package):
    """Hash of a package's folder and of the data that all packages share.

    Parameters
    ----------
    package : Path
    """
    own, *shared = data_files(package)
    return file_hash([own], own) + file_hash(shared, paths.ROOT)


def made_from(packages):
    """What pages are made from, apart from their parameters, as a manifest tells it.

    Parameters
    ----------
    packages : iterable of Package

    Returns
    -------
    dict
        data (hash by package), code and lock: hashes that are the same wherever the project stands; other_versions: of
        installed distributions that are not those of the lock.
    """
    wanted = pinned()
    others = {name: has for name, has in installed_versions().items() if has != wanted.get(name)}
    data = {package.name: data_hash(package.path) for package in packages}
    return {"data": data, **_workbook_hashes(), "other_versions": others}


def _workbook_hashes():
    """Hashes of code, with the sources of all notebooks, and of the lock (dict)."""
    notebooks = [source_hash(read_cells(path)) for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))]
    code = [file_hash(code_files()[:1], paths.ROOT), *notebooks]
    return {"code": _sha256(json.dumps(code).encode()), "lock": file_hash([paths.LOCK], paths.ROOT)}


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
    return _sha256("".join([data_hash(paths.find(package)), *_workbook_hashes().values()]).encode())


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def pinned():
    """The versions in the lock, by distribution (dict of str to str)."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", _lock_text(), flags=re.MULTILINE))


def _lock_text():
    return paths.LOCK.read_text(encoding="utf-8") if paths.LOCK.is_file() else ""


@cache
def installed_versions():
    """Versions of the lock's distributions that are installed, by name (dict of str to str)."""
    found = {}
    for folder in sys.path:
        for path in sorted(Path(folder).glob("*.dist-info")):  # a tenth of the time of asking for each
            name, _, version = path.name.removesuffix(".dist-info").partition("-")
            found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
    return {name: found[name] for name in pinned() if name in found}


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
    return _sha256(json.dumps(sources).encode())


class Contents:
    """What many notebooks are made from, hashed once: data, code and versions as they stood when a run began."""

    def __init__(self):
        self._hashed, self._stamps, self._lock = {}, {}, threading.Lock()
        self.changed = False  # as far as `unchanged` has seen

    def _once(self, key, make):
        with self._lock:
            if key not in self._hashed:
                self._hashed[key] = make()
            return self._hashed[key]

    def data(self, package):
        """`data_hash` of a package (str or Path), once."""

        def made():
            found = paths.find(package)
            self._stamped(data_files(found))
            return data_hash(found)

        return self._once(os.fspath(package), made)

    def _stamped(self, tops):
        now = {os.fspath(path): _stamp(path) for top in tops for path in files_of(top)}
        self._stamps = now | self._stamps  # of a file that was read before, as it was then

    def about_to_read(self, files):
        """Stamp files of which an address will tell what is read now (list of Path)."""
        with self._lock:
            self._stamped(files)

    def sources(self, notebook):
        """`source_hash` of a notebook (Path), once: what a kernel executes must be the same."""
        return self._once(("sources", notebook), lambda: source_hash(read_cells(notebook)))

    def unchanged(self):
        """Whether no file that was hashed was written to since (bool): a kernel reads it as it is now."""
        with self._lock:
            self.changed |= not are_as_stamped(self._stamps)
            return not self.changed

    def heard(self, unchanged):
        """The same (bool), where a notebook's own process has looked, by `are_as_stamped`, after all that it read."""
        with self._lock:
            self.changed |= not unchanged
            return not self.changed

    def stamps(self):
        """The files that were hashed, each with what changes when it is written to (dict)."""
        with self._lock:
            return dict(self._stamps)

    def address(self, notebook, parameters, shown_for="", scenario=""):
        """Address of an executed notebook: cells, parameters, data, code, lock and installed versions.

        Parameters
        ----------
        notebook : Path
            Its stored outputs do not count.
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
        made_from = [
            self.sources(notebook),
            sorted(parameters.items()),
            shown_for,
            self.data(parameters.get("package", paths.PACKAGE)),
            scenario,
            self.code(),
        ]
        return _sha256(json.dumps(made_from).encode())

    def code(self):
        """Hash of code, lock, Python and the installed versions of all that the lock names (str)."""

        def made():
            self._stamped(code_files())
            return _sha256(json.dumps([code_hash(), sys.version_info[:2], installed_versions()]).encode())

        return self._once("the code", made)


def are_as_stamped(stamps):
    """Whether files are as `Contents.stamps` has them (bool)."""
    return all(_stamp(path) == stamp for path, stamp in stamps.items())


def _stamp(path):
    try:
        status = os.stat(path)  # noqa: PTH116, of text: hundreds of files, and a path's own takes longer
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size]  # as JSON gives it back


def kept(key):
    """The executed notebook kept under an address (bytes), or None if there is none or it was altered since."""
    path = EXECUTED / f"{key}.ipynb"
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    with contextlib.suppress(OSError):
        path.touch()
    return content if digest == _sha256(content).encode() else None


def keep(key, content):
    """Keep an executed notebook (text) under its address, its digest before it; drop those unused for longest.

    Where that cannot be done it is not kept: a full disk costs the next run time, and this one nothing.
    """
    content = content.encode("utf-8")
    try:
        paths.write_atomically(EXECUTED / f"{key}.ipynb", _sha256(content).encode() + b"\n" + content)
        by_use = sorted(EXECUTED.glob("*.ipynb"), key=lambda path: path.stat().st_mtime)
        for path in by_use[:-KEPT]:
            path.unlink()
        for left in EXECUTED.glob(".*.part"):  # of a process that died while it wrote
            if time.time() - left.stat().st_mtime > LEFT_S:
                left.unlink()
    except FileNotFoundError:  # another process is at it too
        pass
    except OSError as error:
        log.warning("not kept: %s", error)
