"""A notebook in the process that was forked for it: executed, its page made, and how it ended told."""

import contextlib
import importlib
import json
import os
import threading

from giamngheo import paths
from giamngheo.runs import cache, notebook_run

SHEETS = 8  # drawings of a scenario's page
FIRST_USED = (
    "IPython.core.logger",
    "IPython.core.oinspect",
    "zmq.utils.garbage",
)  # imported by a kernel that begins


def run_here(connection, request):
    """Execute a notebook and answer on the connection how it ended.

    Parameters
    ----------
    connection : socket.socket
    request : dict
        As of `runs.notebook_run.run_notebook`, and stamps, as of `runs.cache.Contents.stamps`.
    """
    answering = threading.Lock()

    def answer(end):
        with contextlib.suppress(OSError):  # whoever asked may be gone
            connection.sendall(json.dumps({"end": end}).encode() + b"\n")

    def give_up(record, seconds):
        if answering.acquire(blocking=False):
            answer(notebook_run.timed_out(request, record, seconds))
            os._exit(0)

    end = notebook_run.run_notebook(request, notebook_run.HERE, give_up=give_up)
    if end["state"] == notebook_run.OK:
        end["unchanged"] = cache.are_as_stamped(request["stamps"])
    if answering.acquire(blocking=False):
        answer(end)


def warm_up():
    """Make ahead what every page needs: its templates, its exporter, its words, a drawing's fonts, its empty figures.

    And what libraries do when they are first used: the schema of notebooks, a frame's text.
    """
    import pandas as pd
    from nbformat import read, validate
    from nbformat.v4 import new_notebook

    from giamngheo.report.figure_style import Sizes, figure_exhibit, make_sheets
    from giamngheo.report.markdown import markdown_html
    from giamngheo.report.pages import template, warm_exporter
    from giamngheo.runs.batch.by_notebook import NOTEBOOK

    for name in FIRST_USED:
        importlib.import_module(name)
    template("page.html.j2")
    warm_exporter()
    figure_exhibit("a", "", "", "", lambda figure, _: figure.subplots().set_title("°"), Sizes(2, 2))
    make_sheets(SHEETS)
    validate(new_notebook())
    for cell in read(paths.NOTEBOOKS / f"{NOTEBOOK}.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown":
            markdown_html(cell.source)
    frame = pd.DataFrame({"a": [1]})
    frame.to_html(), frame.to_string(), frame.to_dict("records")
