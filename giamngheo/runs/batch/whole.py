"""What stands for a whole batch: one table, one manifest, one index page in each language."""

import contextlib
import json
import shutil
from collections import Counter
from pathlib import PurePosixPath

from giamngheo import __version__
from giamngheo.report.batch_page import MOST_LISTED, Listed, batch_page
from giamngheo.report.wording import Page
from giamngheo.runs import cache
from giamngheo.runs.batch.tables import Pieces, parameter, write_tables
from giamngheo.runs.notebook_run import OK
from giamngheo.runs.page_set import MANIFEST, RECORD, read_manifest, recorded

TABLES = ("results.parquet", "results.csv")


def write_whole(batch):
    """Write them from what is there of all shards, beside the old ones, which stay until all are there.

    The same content gives the same bytes.

    Parameters
    ----------
    batch : Batch

    Returns
    -------
    files : list of Path
        The table, the index pages and the manifest.
    counts : Counter
        Scenarios of all shards by state.
    """
    plan, folder, settings = batch.plan.whole(), batch.folder, batch.settings
    parameters, pieces, told = plan.parameters(), Pieces(folder), {}
    entries, listed, counts = [], [], Counter()

    def done():
        """Tasks that have results, with their address; on the way, what there is to say of each."""
        for task in plan:
            address = batch.address(task)
            state, entry = _state(batch, task, address, pieces)
            counts[state] += 1
            entries.append(entry)
            if len(listed) < MOST_LISTED or state != OK:
                listed.append((task, entry))
            if state == OK:
                yield task, address

    making = folder.making / "whole"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for task, rows in write_tables(making, done(), parameters, pieces):
        if len(told) < MOST_LISTED:
            told[task.number] = rows
    package, names = batch.plan.used[0], list(TABLES)
    for lang in settings.langs:
        page = Page(package, lang)
        rows = [_listed(task, entry, parameters, told.get(task.number, []), lang) for task, entry in listed]
        text = batch_page(page, rows, counts, batch.footer(package, lang), settings.langs)
        names.append(f"{lang}/index.html")
        (making / lang).mkdir()
        (making / names[-1]).write_text(text, encoding="utf-8")
    manifest = _manifest(batch, entries, counts, {name: cache.hash_of(making / name) for name in names})
    stale, stays = _of_before(folder.out, read_manifest(folder.out), manifest)
    if stays:
        manifest["left"] = stays
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (making / MANIFEST).write_text(text, encoding="utf-8")
    files = [folder.out / name for name in (*names, MANIFEST)]
    for path in files:
        if path.name == MANIFEST:  # last, so that after a kill what is stale is still known
            _remove(folder.out, stale)
        path.parent.mkdir(exist_ok=True)
        (making / path.relative_to(folder.out)).replace(path)
    shutil.rmtree(making)
    return files, counts


def _state(batch, task, address, pieces):
    """The state of a scenario, and its entry in the manifest."""
    entry = {
        "package": task.package.name,
        "scenario": task.id,
        "title": task.keys["title"],
        "address": address,
    }
    if batch.is_done(task, address, pieces):
        entry["state"] = OK
        if not batch.settings.results_only:
            run = batch.folder.run_of(task)
            entry["run"] = run.relative_to(batch.folder.out).as_posix()
            entry["record"] = cache.hash_of(run / RECORD)
        return OK, entry
    failure = batch.folder.failure(task, address) or {"state": "skipped", "error": ""}
    told = {key: failure.get(key) for key in ("state", "error", "cell", "last_lines") if failure.get(key)}
    return failure["state"], entry | told


def _of_before(out, before, now):
    """What the last batch in a folder (its manifest, or None) knew of it that is not this one's.

    Returns
    -------
    stale : dict of str to str
        Name to hash of what goes, what says what others are after these.
    stays : list of dict
        Entries of runs that were made from the same: another batch takes them up again.
    """
    try:
        stale = {name: digest for name, digest in before["files"].items() if name not in now["files"]}
        stays = []
        of_now = {f"{entry['package']}/{entry['scenario']}" for entry in now["scenarios"]}
        for entry in (*before["scenarios"], *before.get("left", ())):
            run = entry.get("run")
            if not run or (run in of_now and not now["results_only"]):
                continue
            if cache.hash_of(out / run / RECORD) != entry["record"]:  # gone, or made anew since
                continue
            if _may_be_taken_up(entry["package"], before, now):
                stays.append({key: entry[key] for key in ("package", "scenario", "run", "record")})
                continue
            files = recorded(out / run) | {RECORD: entry["record"]}
            stale |= {f"{run}/{name}": digest for name, digest in files.items()}
    except (KeyError, TypeError, AttributeError):  # none, or not of a batch
        return {}, []
    return stale, stays


def _remove(out, stale):
    """Remove what is as it was written; stale: name to hash."""
    folders, home = set(), out.resolve()
    for name, digest in stale.items():
        # A manifest may be another's: no path that leads out, nor through a link.
        if (out / name).resolve().is_relative_to(home) and cache.hash_of(out / name) == digest:
            with contextlib.suppress(OSError):  # another user's
                (out / name).unlink()
            folders |= {out / above for above in PurePosixPath(name).parents} - {out}
    for path in sorted(folders, reverse=True):  # what lies within one comes before it
        with contextlib.suppress(OSError):  # it holds something else
            path.rmdir()


def _may_be_taken_up(package, before, now):
    """Whether what one batch made of a package is, as far as the next one can tell, what it would be made of again."""
    was, other = before["made_from"], now["made_from"]
    data = other["data"].get(package, was["data"].get(package))
    alike = {**was, "data": None} == {**other, "data": None} and before["langs"] == now["langs"]
    return alike and was["data"].get(package) == data


def _manifest(batch, entries, counts, files):
    settings = batch.settings
    return {
        "giamngheo": __version__,
        "made_from": batch.made_from(),
        "langs": list(settings.langs),
        "results_only": settings.results_only,
        "counts": dict(sorted(counts.items())),
        "files": files,
        "scenarios": entries,
    }


def _listed(task, entry, parameters, rows, lang):
    columns = task.columns
    shown = {name: parameter(columns, name, kind) for name, kind in parameters.items()}
    shown = {name: str(value) if isinstance(value, bool) else value for name, value in shown.items()}
    href = f"../{entry['run']}/{lang}.html" if "run" in entry else ""
    title = task.keys["title"][lang]
    return Listed(
        task.package.name, task.id, title, shown, entry["state"], entry.get("error", ""), rows, href
    )
