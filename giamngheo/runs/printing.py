"""A page on paper: printed to PDF by the Chromium that is installed, which reads the style for print."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from giamngheo.inputs.errors import RefusedInput

PDF = "report.pdf"  # beside the index page of each language
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE_S = 300  # on a busy machine too
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NotPrinted(RuntimeError):
    """A page was not printed; the pages themselves are written."""


def find_chromium():
    """Where the installed Chromium is (str), None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def require_chromium():
    """Where the installed Chromium is (str); a RefusedInput where there is none."""
    if path := find_chromium():
        return path
    raise RefusedInput(
        f"--pdf: no Chromium to print with (looked for {', '.join(NAMES)}); nearest: install one, "
        "or print index.html from any browser"
    )


def print_page(chromium, page):
    """A page as PDF.

    Parameters
    ----------
    chromium : str
        As of `require_chromium`.
    page : str
        HTML that needs no other file. Its links to files beside it are left out: they would hold this machine's path.

    Returns
    -------
    bytes

    Raises
    ------
    NotPrinted
        With what Chromium said last.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # what hung may write still
        html, out = Path(folder) / "index.html", Path(folder) / PDF
        html.write_text(re.sub(r'(<a [^>]*?)href="(?![#"]|https?:)[^"]*"', r"\1", page), encoding="utf-8")
        where = [f"--user-data-dir={folder}/profile", f"--print-to-pdf={out}", "--no-pdf-header-footer"]
        # Its sandbox refuses the system's administrator, as whom containers run.
        sandbox = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        command = [chromium, *OPTIONS, *sandbox, *where, html.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        except subprocess.TimeoutExpired:
            raise NotPrinted(f"Chromium did not end within {PATIENCE_S} s") from None
        except OSError as error:
            raise NotPrinted(f"Chromium did not start: {error}") from error
        if done.returncode or not out.is_file():
            raise NotPrinted(f"Chromium did not print: {done.stderr.strip()[-300:]}")
        return out.read_bytes()
