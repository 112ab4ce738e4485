"""The report that several files of tests read."""

import os

import pytest
from helpers import DRAWS, SEED

from giamngheo.runs.locks import locked
from giamngheo.runs.publish import write_report

LANGS = ("vi", "en")


@pytest.fixture(scope="session")
def home(package, tmp_path_factory):
    """A report in both languages with one scenario beside the full plan, made once for all of xdist's workers."""
    base = tmp_path_factory.getbasetemp()
    out = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "read" / "reports"
    out.mkdir(parents=True, exist_ok=True)
    with locked(out.parent, wait=True):
        if not (out / "an-giang").exists():
            index = write_report(package, LANGS, ["double"], out, DRAWS, SEED, progress=False)
            assert index == [out / "an-giang" / lang / "index.html" for lang in LANGS]
    return out / "an-giang"
