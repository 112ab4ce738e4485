"""Shared by the tests: a notebook in a few words, and the switch that refreshes expected results."""

import builtins
import sys

import nbformat
import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--refresh-expected", action="store_true", help="write tests/expected anew (make expected)"
    )


@pytest.fixture
def refresh_expected(request):
    return request.config.getoption("--refresh-expected")


@pytest.fixture
def make_notebook(tmp_path):
    """Write a notebook: ``make_notebook("name", "1 + 1", parameters="seed: int = 0")`` gives its path."""

    def make(name, *sources, parameters="seed: int = 0"):
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters")
        cells = (nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources))
        notebook.cells = [first, *cells]
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    return make


@pytest.fixture(autouse=True, scope="session")
def no_sum_of_floats():
    """Refuse sum() of floats in the workbook: Python 3.12 gives another last digit than 3.11; math.fsum does not."""
    plain = builtins.sum

    def checked(items, /, start=0):
        if not sys._getframe(1).f_globals.get("__name__", "").startswith("giamngheo"):
            return plain(items, start)
        items = list(items)
        assert len(items) < 3 or not any(type(item) is float for item in items), "math.fsum for floats"
        return plain(items, start)

    builtins.sum = checked
    yield
    builtins.sum = plain
