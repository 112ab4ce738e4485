"""A notebook in the process that was forked for it: executed, its page made, and how it ended told."""

import contextlib
import json
import os
import threading

from giamngheo.runs import notebook_run


def run_here(connection, request):
    """Execute a notebook and answer on the connection how it ended.

    Parameters
    ----------
    connection : socket.socket
    request : dict
        As of `runs.notebook_run.run_notebook`.
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
    if answering.acquire(blocking=False):
        answer(end)


def warm_up():
    """Make ahead what every page needs: its templates, its exporter, a drawing's fonts."""
    from matplotlib.figure import Figure

    from giamngheo.report.figure_style import house_style
    from giamngheo.report.pages import template, warm_exporter
    from giamngheo.report.svg import svg_markup

    template("page.html.j2")
    warm_exporter()
    with house_style():
        figure = Figure()
        figure.subplots().set_title("°")
        svg_markup(figure, "a", "", "", "")
