"""Scenarios by notebook: executed by papermill and made into pages in one process, each put in its place whole."""

import hashlib
import pickle
from base64 import b64decode, b64encode
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs import scenario_values as values
from giamngheo.runs.batch.folder import NEW_PIECES, write_scenario
from giamngheo.runs.execution import Job, execute_all, start_ahead
from giamngheo.runs.notebook_run import FAILED, one_line

NOTEBOOK = "03_scenario"
ASK = """\
from IPython.display import display
from giamngheo.simulation.results import result_rows
display({"application/json": result_rows(outcome)}, raw=True)"""


def execute(batch, todo, states, shown):
    """Execute scenarios' notebooks and make their pages, as of `Batch.run`."""
    if todo and batch.settings.warm:
        start_ahead()  # it imports while what each scenario needs is written
    langs, jobs, of_job = batch.settings.langs, [], []
    notebook = paths.NOTEBOOKS / f"{NOTEBOOK}.ipynb"
    for task, address in todo:
        home, holds = batch.folder.begin(task), values.canonical(task.keys)
        # As text that keeps what JSON does not, such as a year for a key.
        first = (
            f"{__name__}:scenario",
            {"folder": str(home), "keys": b64encode(pickle.dumps(task.keys)).decode()},
        )
        for lang in langs:
            arguments = {
                "package": batch.named(task.package.path),
                "scenario": f"{task.id}.yml",
                "lang": lang,
                "path": str(home / f"{lang}.ipynb"),
                "title": task.keys["title"][lang],
                "footer": batch.footer(task.package, lang),
                "address": address,
                "langs": langs,
            }
            jobs.append(
                Job(
                    notebook,
                    batch.parameters(task, lang),
                    home / f"{lang}.ipynb",
                    f"{task.id} {lang}",
                    home,
                    first=first,
                    ask=ASK if lang == langs[0] else "",
                    then=(f"{__name__}:page", arguments),
                    holds=holds,
                )
            )
            of_job.append(task)

    ends = {}

    def ended(number, run):
        task = of_job[number]
        own = ends.setdefault(task.number, {})
        own[number] = run
        if len(own) < len(langs):
            return
        del ends[task.number]
        bad = next((each for each in own.values() if not each.ok), None)
        if bad is not None:
            told = ("state", "error", "cell", "last_lines")
            failure = {name: getattr(bad, name) for name in told}
            batch.ended(task, states, shown, failure | {"notebook": str(bad.failed or "")})
            return
        files = {name: digest for each in own.values() for name, digest in each.made.items()}
        try:
            pieces = batch.folder.take_pieces(task)
            batch.folder.finish(task, batch.run_address(task), files)
        except OSError as error:  # a full disk
            batch.ended(task, states, shown, {"state": FAILED, "error": one_line(error)})
            return
        took = f"{sum(each.seconds for each in own.values()):.1f} s"
        batch.ended(task, states, shown, outcome=took, made=pieces)

    execute_all(
        jobs,
        workers=batch.settings.workers,
        progress=False,
        warm=batch.settings.warm,
        reuse=False,
        keep=False,
        shown_for="page",
        began=lambda number: batch.begun(of_job[number], states),
        ended=ended,
        stop=batch.stop,
        contents=batch.contents,
    )


# --- In the process that executes it


def scenario(folder, keys):
    """Write the scenario (its keys, pickled) that the notebook reads (`execution.Job.first`)."""
    write_scenario(Path(folder), pickle.loads(b64decode(keys)))


def page(notebook, answer, package, scenario, lang, path, title, footer, address, langs):
    """The page of one executed notebook and the tables behind it, beside it; its results, where asked, as a piece.

    Called in the process that executed it (`execution.Job.then`).

    Returns
    -------
    dict
        Name to hash of each file, from the notebook's folder.
    """
    from giamngheo.inputs.parameters import package_loaded
    from giamngheo.report.batch_page import Alone, run_page
    from giamngheo.report.columns import to_csv
    from giamngheo.report.wording import Page
    from giamngheo.runs.batch.tables import write_piece

    path = Path(path)
    made = Alone(lang, title, notebook)
    text = run_page(Page(package_loaded(package), lang), made, footer, langs)
    written = {f"{lang}.html": text} | {name: to_csv(table) for name, table in made.tables.items()}
    for name, content in written.items():
        paths.write_atomically(path.parent / name, content)
    if answer is not None:
        write_piece(path.parent / NEW_PIECES, {address: answer["application/json"]})
    names = (path.name, scenario, *written)
    return {name: hashlib.sha256((path.parent / name).read_bytes()).hexdigest() for name in names}
