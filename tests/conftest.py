"""Shared by the tests: An Giang's package, draws on it, a notebook in a few words, the switch for expected results."""

import builtins
import sys

import nbformat
import pytest

from giamngheo import load_package, load_scenario
from giamngheo.analysis.sensitivity.tornado import tornado
from giamngheo.inputs.assumptions import load_register
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import shared_draws


def pytest_addoption(parser):
    parser.addoption(
        "--refresh-expected", action="store_true", help="write tests/expected anew (make expected)"
    )


LONG = ("test_notebooks", "test_publish", "test_jupyterlab", "test_kernels")  # files that take minutes


def pytest_collection_modifyitems(items):
    """The longest files first, so that no core waits for another's last file."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


@pytest.fixture(scope="session")
def package():
    """An Giang's package, frozen."""
    return load_package()


@pytest.fixture(scope="session")
def register():
    """The register of assumptions."""
    return load_register()


@pytest.fixture(scope="session")
def shared(package):
    """Draws on An Giang that are enough to compare, and quick."""
    return shared_draws(package, draws=1_000, seed=0)


@pytest.fixture(scope="session")
def full(package, shared):
    """The full plan under both cases."""
    return simulate(package, load_scenario("full_plan", package), shared=shared)


@pytest.fixture(params=["vi", "en"])
def page(request, package):
    """A page in each language."""
    return Page(package, request.param)


@pytest.fixture(scope="session")
def shown(package):
    """The full plan from more draws than `shared`, as a page shows it."""
    return simulate(
        package, load_scenario("full_plan", package), shared=shared_draws(package, draws=2_000, seed=0)
    )


@pytest.fixture(scope="session")
def found(package, shown, shared):
    """The tornado of the full plan."""
    return tornado(package, shown, shared)


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
