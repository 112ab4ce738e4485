"""The report: every notebook executed, every page written, whole or not at all, and printed if asked for.

What a cell's tags mean for pages stands in `giamngheo.report.pages`. A page's bytes depend on content alone: what
differs from run to run goes to ``run.json`` beside it. The tables behind the exhibits lie beside the pages as CSV,
the main ones in one spreadsheet too.
"""

import contextlib
import json
import platform
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.judged import check_reportable
from giamngheo.inputs.parameters import LANGS, check_out
from giamngheo.inputs.scenario import list_scenarios, load_scenario, scenarios_by_id
from giamngheo.report.columns import to_csv
from giamngheo.report.html import plain
from giamngheo.report.index_page import ONE_SCENARIO, TABLES, WORKBOOK, index_page, on_index, tables_page
from giamngheo.report.pages import SHARE, Made, notebook_page, share_picture, with_language_link
from giamngheo.report.reports_page import ABOUT, ADDRESSES, MARK, about, checked, reports_page
from giamngheo.report.spreadsheet import report_workbook
from giamngheo.report.wording import Page
from giamngheo.runs import cache, page_set
from giamngheo.runs.execution import Job, execute_all
from giamngheo.runs.locks import WORKSPACE, locked, workspace
from giamngheo.runs.printing import PDF, NotPrinted, print_page

ALWAYS = ("00_start_here", "01_data", "02_trend", "04_compare", "05_sensitivity", "06_batch", "07_explore")
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib", "seaborn", "nbconvert", "papermill")


class ReportFailed(RuntimeError):
    """A notebook did not run to its end; nothing was written."""


def write_report(
    package, langs, scenarios=None, out=paths.REPORTS, draws=20_000, seed=0, *, chromium=None, progress=True
):
    """Execute every notebook and write every page, in each language.

    Parameters
    ----------
    package : Package
    langs : sequence of {"vi", "en"}
    scenarios : sequence of str or Path, optional
        Names or files of the scenarios that get a page; default: all that the package can use. The full plan
        always has one.
    out : Path
        Pages go to ``<out>/<package>/<lang>/``.
    draws, seed : int
    chromium : str, optional
        The browser that prints each index page to PDF; without one what was printed before goes.
    progress : bool
        Say on standard error how far it is.

    Returns
    -------
    list of Path
        The index pages.

    Raises
    ------
    RefusedInput
        A scenario that cannot be, two files of one id, or a package without a target on a rate or without a count of
        households.
    ReportFailed
        A notebook that did not run to its end.
    NotPrinted
        The pages are written, but were not printed.
    """
    began = time.time()
    check_reportable(package)
    home = Path(out) / package.name
    check_out(home, beside=True)
    chosen = scenarios_by_id(scenarios or [name for name, *_ in list_scenarios(package)], package)
    made_from = cache.made_from([package]) | {"draws": draws, "seed": seed}
    with workspace() as folder:
        jobs = [job for lang in langs for job in _jobs(package, lang, chosen, folder, draws, seed)]
        runs = execute_all(jobs, progress=progress, shown_for="page")
        if failed := [run for run in runs if not run.ok]:
            raise ReportFailed("\n".join(map(_failure, failed)))
        with page_set.changing(home) as place:
            stays, files = page_set.earlier(place, made_from), {}
            linked = dict(stays.scenarios)
            for lang in langs:
                titles = {name: load_scenario(given, package).title[lang] for name, given in chosen.items()}
                linked[lang] = _in_order(stays.scenarios.get(lang, {}) | titles, package)
                page = Page(package, lang)
                files |= _pages(page, titles, linked[lang], folder / lang, draws, seed, langs, stays.files)
            files |= _linked(place, files, stays.files.keys(), package)
            record = json.dumps(
                _record(began, package, draws, seed, list(chosen)), indent=1, ensure_ascii=False
            )
            beside = {f"{lang}/run.json": record + "\n" for lang in langs}
            beside |= {f"{lang}/{PDF}": None for lang in LANGS if f"{lang}/index.html" not in stays.files}
            beside |= {f"{lang}/{PDF}": None for lang in langs}
            page_set.switch(place, files, beside, stays, made_from, linked)
            write_list(out)
            if chromium:
                _print(chromium, place, {lang: files[f"{lang}/index.html"] for lang in langs})
    return [home / lang / "index.html" for lang in langs]


def _failure(run):
    left = (
        f" (left in {run.failed})" if run.failed else ""
    )  # nothing is left where a file was changed meanwhile
    return f"{run.notebook} {run.parameters}: {run.error}{left}"


def _jobs(package, lang, chosen, folder, draws, seed):
    common = {"package": paths.as_parameter(package.path), "lang": lang}
    simulated = common | {"seed": seed, "draws": draws}
    for name in ALWAYS:
        notebook = paths.NOTEBOOKS / f"{name}.ipynb"
        parameters = common if name == "01_data" else simulated
        yield Job(notebook, parameters, folder / lang / f"{name}.ipynb", f"{lang} {name}")
    for scenario, name in chosen.items():
        given = name if not Path(name).suffix else paths.as_parameter(name)
        out = folder / lang / "scenario" / f"{scenario}.ipynb"
        notebook = paths.NOTEBOOKS / f"{ONE_SCENARIO}.ipynb"
        yield Job(notebook, simulated | {"scenario": given}, out, f"{lang} {ONE_SCENARIO} {scenario}")


def _pages(page, titles, linked, folder, draws, seed, langs, stays):
    """Name to content of every file of one language; titles: of the scenarios just made, linked: of all.

    langs: those that are made; stays: names of the files that are there.
    """

    def written(name):
        return [lang for lang in LANGS if lang in langs or f"{lang}/{name}" in stays]

    made = [Made(name, page.say(f"notebook.{name}"), _read(folder / f"{name}.ipynb")) for name in ALWAYS]
    made += [
        Made(f"scenario/{name}", title, _read(folder / "scenario" / f"{name}.ipynb"))
        for name, title in titles.items()
    ]
    footer = run_footer(page, draws, seed)
    files = {
        name: notebook_page(page, each, footer, written(name))
        for name, each in ((f"{each.name}.html", each) for each in made)
    }
    files |= {address: to_csv(table) for each in made for address, table in each.tables.items()}
    files[TABLES] = tables_page(page, made, footer, written(TABLES))
    frames = {
        (ONE_SCENARIO if each.name.startswith("scenario/") else each.name, table["name"]): table
        for each in on_index(made)
        for table in each.tables.values()
    }
    files[WORKBOOK] = report_workbook(page, frames, [plain(line) for line in footer])
    if share := share_picture(made[0].notebook):
        files[SHARE] = share
    shared = SHARE if share else ""
    files["index.html"] = index_page(page, made, linked, footer, shared, written("index.html"))
    chances = [
        row for table in made[0].tables.values() if table["name"] == "chances" for row in table["rows"]
    ]
    told = json.dumps(about(page, chances), indent=1, ensure_ascii=False) + "\n"
    return {ABOUT: told} | {f"{page.lang}/{name}": content for name, content in files.items()}


def _linked(home, files, stays, package):
    """Pages that stay, where only now there is the same in the other language to link to: name to content."""
    linked = {}
    for name in stays - files.keys():
        lang, _, address = name.partition("/")
        there = [other for other in LANGS if f"{other}/{address}" in files.keys() - stays]
        if there and address.endswith(".html"):
            text = (home / name).read_text(encoding="utf-8")
            linked[name] = with_language_link(text, address, Page(package, lang), there)
    return linked


def _print(chromium, home, pages):
    """Print the index pages, by language, beside themselves: all that can be, before a failure is told."""
    failed = []
    for lang, page in pages.items():
        try:
            paths.write_atomically(home / lang / PDF, print_page(chromium, page))
        except NotPrinted as error:
            failed.append(f"{lang}/{PDF}: {error}")
    if failed:
        raise NotPrinted(f"the pages in {home} are written, but not printed: {'; '.join(failed)}")


def list_beside(home):
    """Write the list anew of the folder that a batch's folder stands in, if there are reports in it.

    No batch fails for it: the list is made anew at the next report. A folder that goes in the end stands in none.
    """
    if Path(home).name.startswith(WORKSPACE):
        return
    folder = Path(home).resolve().parent
    with contextlib.suppress(OSError):
        if any(folder.glob(f"*/{ABOUT}")):
            with locked(folder, wait=True):
                write_list(folder)


def write_list(folder):
    """Write the pages that list the reports and batches in a folder, unless a page of another's is in their place."""
    reports, batches = {}, {}
    for home in sorted(Path(folder).iterdir()):
        # One may not enter it, or its facts are not there or of another version.
        with contextlib.suppress(OSError, ValueError):
            langs = [lang for lang in LANGS if (home / lang / "index.html").is_file()]
            manifest = page_set.read_manifest(home) if langs else None
            if manifest and isinstance(manifest.get("scenarios"), list):
                batches[home.name] = len(manifest["scenarios"]), langs
            elif manifest:
                reports[home.name] = checked((home / ABOUT).read_text(encoding="utf-8")), langs
    for lang, address in ADDRESSES.items():
        path = Path(folder) / address
        with contextlib.suppress(PermissionError):  # another user's
            if not path.exists() or MARK in path.read_text(encoding="utf-8", errors="replace"):
                paths.write_atomically(path, reports_page(lang, reports, batches))


def _in_order(titles, package):
    """Titles of scenarios by id, the package's own first and in its order."""
    own = [name for name, *_ in list_scenarios(package)]
    return {name: titles[name] for name in (*(n for n in own if n in titles), *titles)}


def _read(path):
    import nbformat

    return nbformat.read(path, as_version=4)


def run_footer(page, draws, seed):
    """The lines of the run record at the foot of a page (list of str)."""
    versions = ", ".join(f"{name} {version}" for name, version in locked_versions().items())
    parameters = {"package": page.package.name, "draws": page.number(draws), "seed": str(seed)}
    return [
        page.say("report.run_record", hash=cache.fingerprint(page.package.path)),
        page.say("report.run_parameters", **parameters),
        page.say("report.run_versions", versions=versions),
        page.say("report.run_again"),
    ]


def locked_versions():
    """Versions of the libraries that the numbers and pages rest on, from the lock (dict of str to str)."""
    pinned = cache.pinned()
    return {name: pinned[name] for name in LIBRARIES if name in pinned}


def _record(began, package, draws, seed, scenarios):
    """What differs from run to run: commit, state of the tree, time, machine, duration, where the package lies."""

    def git(*words):
        try:
            done = subprocess.run(
                ["git", *words], cwd=paths.ROOT, capture_output=True, text=True, check=False
            )
        except OSError:  # there is no git
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    status = git("status", "--porcelain")
    return {
        "commit": git("rev-parse", "HEAD"),
        "dirty": None if status is None else bool(status),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - began, 1),
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {package.name: paths.as_parameter(package.path)},
        "draws": draws,
        "seed": seed,
        "scenarios": scenarios,
    }
