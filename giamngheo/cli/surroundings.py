"""Where a command runs: streams that are closed or of another encoding, the log, the project it is run in."""

import contextlib
import logging
import os
import sys
from pathlib import Path

from giamngheo import paths

LOG = paths.CACHE / "logs" / "giamngheo.log"
MAX_LOG_BYTES = 1_000_000


def mend_streams():
    """Let nothing that is printed fail: a stream that is closed (2>&-), a letter that an encoding does not have."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  in place of the stream
        else:
            with contextlib.suppress(AttributeError):  # a stream of a notebook's or a test's
                stream.reconfigure(errors="backslashreplace")


def log_to_file():
    """Keep a log in the cache; do without one where that cannot be written.

    Returns
    -------
    str or Path
        Where it is.
    """
    root = logging.getLogger()
    try:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        if LOG.exists() and LOG.stat().st_size > MAX_LOG_BYTES:
            LOG.replace(LOG.with_suffix(".old.log"))
        handler = logging.FileHandler(
            LOG, encoding="utf-8", errors="backslashreplace"
        )  # names that are not UTF-8
    except OSError:
        root.addHandler(logging.NullHandler())
        return "none: the cache cannot be written to"
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return LOG


def say_more(wanted):
    """Say on standard error what goes into the log, if it is wanted."""
    log = logging.getLogger("giamngheo")
    if wanted and not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        log.addHandler(handler)
        log.setLevel(logging.DEBUG)


def say_project():
    """Say so where one stands in a project whose code and data are not those that are used.

    A copied project's environment, or one that is still activated, runs what it was laid for.
    """
    with contextlib.suppress(OSError):
        here = Path.cwd()
        found = next((each for each in (here, *here.parents) if not paths.lacks(each)), None)
        if found is not None and found.resolve() != paths.ROOT:
            print(
                f"giamngheo: the environment belongs to {paths.ROOT}, whose code and data it uses, and not to {found}; "
                f"nearest: make env in {found}",
                file=sys.stderr,
            )
