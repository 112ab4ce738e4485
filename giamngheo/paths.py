"""Where things are, found from the project and never from the folder one happens to stand in."""

import hashlib
import os
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
PACKAGE = DATA / "an-giang"  # the package that every command defaults to
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
LOCK = ROOT / "requirements.lock"
HELD = ("data/reference", "notebooks")  # what a project holds that the code alone, installed, does not
CACHE_VARIABLE = "GIAMNGHEO_CACHE"
SHOWN_FOR = (
    "GIAMNGHEO_SHOWN_FOR"  # in a kernel's environment: whether a "page" or a "notebook" is made, else both
)


def lacks(folder):
    """What of a project a folder does not hold (list of str)."""
    return [name for name in HELD if not (folder / name).exists()]


def cache_folder(root, environment=os.environ):
    """Where executed notebooks, logs and matplotlib's font list are kept.

    Parameters
    ----------
    root : Path
        Of the project.
    environment : mapping of str to str

    Returns
    -------
    Path
        What `CACHE_VARIABLE` names; else the project's ``.cache``, which git ignores; for one that cannot be written
        to, and for code without a project, a folder of its own in the user's cache, else among temporary ones.
    """
    if named := environment.get(CACHE_VARIABLE):
        return absolute(named)
    own = root / ".cache"
    if not lacks(root) and os.access(own if own.exists() else root, os.W_OK):
        return own
    name = f"giamngheo-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"
    user = absolute(environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / name  # noqa: PTH111
    try:
        try_to_write(user)
    except OSError:  # nor has HOME any room
        return Path(tempfile.gettempdir()) / f"{name}-{getattr(os, 'getuid', lambda: 0)()}"
    return user


def find(path):
    """The existing path meant by a relative one: in the current folder, else in the project.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Path
        Absolute. What exists nowhere is placed in the current folder, for the message that will name it.
    """
    path = Path(path).expanduser()
    inside = ROOT / path
    return inside if not path.exists() and inside.exists() else absolute(path)


def absolute(path):
    """The path without ``..`` from the root of the file system; nothing is asked of the file system (Path)."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def as_parameter(path):
    """How a notebook is handed a path: from the project's root if inside it, as pages show it.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    str
    """
    path = find(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def try_to_write(folder):
    """Refuse a folder that cannot be made or written to; what was made for the trial is taken away again.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    OSError
        The system's own word, with the path.
    """
    folder = Path(folder)
    made = []
    try:
        for each in reversed([folder, *folder.parents]):
            if not each.is_dir():
                each.mkdir()
                made.append(each)
        trial = folder / f".trial-{os.getpid()}"
        try:
            trial.write_bytes(b" " * 65_536)  # a full disk takes an empty file
        finally:
            trial.unlink(missing_ok=True)
    finally:
        for each in reversed(made):
            each.rmdir()


def write_atomically(path, content):
    """Write a file so that it is there whole or not at all.

    Parameters
    ----------
    path : Path
        Its folder is made if missing.
    content : str or bytes
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


CACHE = cache_folder(ROOT)
