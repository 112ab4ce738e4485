"""What stands for a whole batch: one table, one manifest, one index page in each language."""

import json
from collections import Counter

from giamngheo import __version__, paths
from giamngheo.report.batch_page import MOST_LISTED, Listed, batch_page
from giamngheo.report.wording import Page
from giamngheo.runs.batch.tables import Pieces, file_hash, parameter, write_tables
from giamngheo.runs.execution import OK

TABLES = ("results.parquet", "results.csv")


def write_whole(batch):
    """Write them from what is there of all shards; the same content gives the same bytes.

    Parameters
    ----------
    batch : Batch

    Returns
    -------
    list of Path
        The table, the manifest and the index pages.
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

    for task, rows in write_tables(folder.out, done(), parameters, pieces):
        if len(told) < MOST_LISTED:
            told[task.number] = rows
    _write_manifest(batch, entries, counts)
    files = [folder.out / name for name in (*TABLES, "manifest.json")]
    package = batch.plan.packages[None]
    for lang in settings.langs:
        page = Page(package, lang)
        rows = [_listed(task, entry, parameters, told.get(task.number, []), lang) for task, entry in listed]
        text = batch_page(page, rows, counts, batch.footer(package, lang))
        files.append(folder.out / lang / "index.html")
        paths.write_atomically(files[-1], text)
    return files


def _state(batch, task, address, pieces):
    """The state of a scenario, and its entry in the manifest."""
    entry = {
        "package": task.package.name,
        "scenario": task.id,
        "title": task.keys["title"],
        "address": address,
    }
    if batch.is_done(task, address, pieces):
        run = (
            {}
            if batch.settings.results_only
            else {"run": batch.folder.run_of(task).relative_to(batch.folder.out)}
        )
        return OK, entry | {"state": OK} | {key: path.as_posix() for key, path in run.items()}
    failure = batch.folder.failure(task, address) or {"state": "skipped", "error": ""}
    told = {key: failure.get(key) for key in ("state", "error", "cell", "last_lines") if failure.get(key)}
    return failure["state"], entry | told


def _write_manifest(batch, entries, counts):
    settings, out = batch.settings, batch.folder.out
    names = {package.name: package for package in batch.plan.packages.values()}
    manifest = {
        "giamngheo": __version__,
        "draws": settings.draws,
        "seed": settings.seed,
        "langs": list(settings.langs),
        "results_only": settings.results_only,
        "packages": {name: batch.contents.data(package.path) for name, package in names.items()},
        "counts": dict(sorted(counts.items())),
        "files": {name: file_hash(out / name) for name in TABLES},
        "scenarios": entries,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    paths.write_atomically(out / "manifest.json", text)


def _listed(task, entry, parameters, rows, lang):
    columns = task.columns
    shown = {name: parameter(columns, name, kind) for name, kind in parameters.items()}
    shown = {name: str(value) if isinstance(value, bool) else value for name, value in shown.items()}
    href = f"../{entry['run']}/{lang}.html" if "run" in entry else ""
    title = task.keys["title"][lang]
    return Listed(
        task.package.name, task.id, title, shown, entry["state"], entry.get("error", ""), rows, href
    )
