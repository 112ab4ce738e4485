"""A set of pages in one folder: known by a manifest, and switched as a whole, so that a kill leaves the old or the new.

The new set is written beside the old one, takes from it what is still true, and changes places with it by one rename.
What in the folder is no page of ours stays in it.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from giamngheo import __version__
from giamngheo.runs.cache import hash_of
from giamngheo.runs.locks import locked

MANIFEST = "manifest.json"
RECORD = "record.json"  # of a run in a batch: its address and the hashes of its files
RENAME_EXCHANGE, HERE = 2, -100  # of Linux's renameat2: both names at once, paths as they are


@dataclass(frozen=True)
class Earlier:
    """What of the set that is there was made from the same as the new one and is as it was written.

    files: name to hash; scenarios: those that have a page, id to title, by language.
    """

    files: dict = field(default_factory=dict)
    scenarios: dict = field(default_factory=dict)


def read_manifest(home):
    """The manifest of a folder (dict), None where there is none."""
    try:
        found = json.loads((Path(home) / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"made_from", "files"} <= found.keys() else None


def recorded(run):
    """The files of a batch's run, name to hash (dict), none where it has no record."""
    try:
        return dict(json.loads((Path(run) / RECORD).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


@contextlib.contextmanager
def changing(home):
    """Work on the set in a folder, others waiting; what a process that died left half made is removed."""
    home = Path(os.path.realpath(home))
    home.parent.mkdir(parents=True, exist_ok=True)
    with locked(home.parent, wait=True):
        old = _old(home)
        if old.is_dir() and not home.exists():  # it died between two renames
            old.replace(home)
        for left in (old, _new(home)):
            shutil.rmtree(left, ignore_errors=True)
        yield home


def _new(home):
    return home.with_name(f".{home.name}.new")


def _old(home):
    return home.with_name(f".{home.name}.old")


def earlier(home, made_from):
    """What of the set in a folder may stay in one made from this (Earlier)."""
    manifest = read_manifest(home)
    if manifest is None or manifest["made_from"] != made_from or not isinstance(manifest["scenarios"], dict):
        return Earlier()
    files = {name: digest for name, digest in manifest["files"].items() if hash_of(home / name) == digest}
    scenarios = {
        lang: {key: title for key, title in titles.items() if f"{lang}/scenario/{key}.html" in files}
        for lang, titles in manifest["scenarios"].items()
    }
    return Earlier(files, scenarios)


def switch(home, files, beside, stays, made_from, scenarios):
    """Put a new set in the place of the old one.

    Parameters
    ----------
    home : Path
        The folder, as `changing` gives it.
    files : dict of str to str or bytes
        The pages and what lies behind them, by their name in the folder.
    beside : dict of str to str, bytes or None
        What differs from run to run, and is no part of the set; of None what is there goes.
    stays : Earlier
    made_from : dict
    scenarios : dict
        Of all the set's, as of `Earlier`.
    """
    files = _as_bytes(files)
    digests = stays.files | {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {
        "giamngheo": __version__,
        "made_from": made_from,
        "scenarios": scenarios,
        "files": dict(sorted(digests.items())),
    }
    gone = {name for name, content in beside.items() if content is None}
    files |= _as_bytes({name: content for name, content in beside.items() if name not in gone})
    files[MANIFEST] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    before = (read_manifest(home) or {"files": {}})["files"]
    new = _new(home)
    try:
        new.mkdir()
        for path in home.rglob("*") if home.is_dir() else ():
            name = path.relative_to(home).as_posix()
            ours = name in gone or (name in before and name not in stays.files)
            if name not in files and not ours and (path.is_symlink() or not path.is_dir()):
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                _link(path, new / name)
        for name, content in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        if home.is_dir():
            shutil.copymode(home, new)
        _change_places(new, home)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if home.exists():
            shutil.rmtree(_old(home), ignore_errors=True)


def _as_bytes(files):
    return {name: text if isinstance(text, bytes) else text.encode("utf-8") for name, text in files.items()}


def _link(path, other):
    try:
        os.link(path, other, follow_symlinks=False)
    except OSError:  # a disk without links
        shutil.copy2(path, other, follow_symlinks=False)


def _change_places(new, home):
    if not home.exists():
        new.replace(home)
        return
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # a C library without it
            names = [os.fsencode(path) for path in (new, home)]
            if ctypes.CDLL(None).renameat2(HERE, names[0], HERE, names[1], RENAME_EXCHANGE) == 0:
                return
    home.replace(_old(home))  # for an instant there is no set; `changing` puts the old one back after a kill
    try:
        new.replace(home)
    except OSError:
        _old(home).replace(home)
        raise
