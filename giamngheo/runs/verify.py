"""Whether what lies in a folder is what was written there, and made from what is here now."""

import json
from types import SimpleNamespace

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.runs import cache
from giamngheo.runs.page_set import MANIFEST, RECORD, read_manifest, recorded

PAGES, DATA, CODE, LOCK = "pages", "data", "code", "lock"


def verify(folder, package=None):
    """Hold the files of a report or a batch against its manifest, and that against data, code and lock.

    Parameters
    ----------
    folder : Path
        With a manifest in it.
    package : Path, optional
        Where the package lies now; by default where it lay.

    Returns
    -------
    dict
        folder, agrees (bool), made_from (as of the manifest), problems: what does not agree, in words, by pages, data,
        code and lock.

    Raises
    ------
    RefusedInput
        A folder without a manifest.
    """
    folder = paths.absolute(folder)
    manifest = read_manifest(folder)
    if manifest is None:
        below = next((path.parent for path in sorted(folder.glob(f"*/{MANIFEST}"))), None)
        nearest = shown(below) if below else "a folder that giamngheo report or batch wrote"
        raise RefusedInput(f"{shown(folder)}: no {MANIFEST} that tells what is in it; nearest: {nearest}")
    was = manifest["made_from"]
    places = _places(folder, was["data"], package)
    found = {name: path for name, path in places.items() if (path / "datapackage.json").is_file()}
    now = cache.made_from([SimpleNamespace(name=name, path=path) for name, path in found.items()])
    problems = {
        PAGES: list(_files(folder, manifest)),
        DATA: [
            f"{name}: {'changed since' if name in found else 'not found'}, {shown(places[name])}"
            for name in was["data"]
            if was["data"][name] != now["data"].get(name)
        ],
        CODE: ["changed since"] if was["code"] != now["code"] else [],
        LOCK: ["changed since"] if was["lock"] != now["lock"] else [],
    }
    others = was["other_versions"].items()
    problems[LOCK] += [f"made with {name} {version}, which is not the lock's" for name, version in others]
    return {
        "folder": str(folder),
        "agrees": not any(problems.values()),
        "made_from": was,
        "problems": problems,
    }


def _places(folder, names, package):
    """Where each package lies."""
    told = {name: paths.DATA / name for name in names}
    for record in (*folder.glob("run.json"), *folder.glob("*/run.json")):
        try:
            told |= json.loads(record.read_text(encoding="utf-8"))["packages"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    if package is not None and len(names) == 1:
        told |= dict.fromkeys(names, package)
    return {name: paths.find(told[name]) for name in names}


def _files(folder, manifest):
    """What is missing, altered, or a page that the manifest does not know."""
    files = dict(manifest["files"])
    for entry in manifest["scenarios"] if isinstance(manifest["scenarios"], list) else ():
        if "run" in entry:
            files[f"{entry['run']}/{RECORD}"] = entry["record"]
            run = recorded(folder / entry["run"])
            files |= {f"{entry['run']}/{name}": digest for name, digest in run.items()}
    for name, digest in files.items():
        if (has := cache.hash_of(folder / name)) != digest:
            yield f"{name}: {'altered' if has else 'missing'}"
    for entry in manifest.get("left", ()):  # of an earlier batch, for a later one to take up
        files |= {
            f"{entry['run']}/{name}": digest for name, digest in recorded(folder / entry["run"]).items()
        }
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        if name not in files and not name.startswith("."):
            yield f"{name}: a page that is none of these"
