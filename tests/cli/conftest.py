"""Commands run in the process of the test."""

import sys

import pytest

from giamngheo.cli import commands


def giamngheo(monkeypatch, capsys, *arguments):
    """Run a command in this process: exit status, standard output, standard error."""
    monkeypatch.setattr(sys, "argv", ["giamngheo", *map(str, arguments)])
    monkeypatch.setattr(commands, "_log_to_file", lambda: "a log")
    try:
        commands.main()
        status = 0
    except SystemExit as end:
        status = end.code or 0
    return status, *capsys.readouterr()


@pytest.fixture
def command(monkeypatch, capsys):
    return lambda *arguments: giamngheo(monkeypatch, capsys, *arguments)
