"""The commands from a decision's text to a package. Nothing heavy is imported before the input was accepted."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.inputs.errors import shown

MOST_TOLD = 20  # proposals that a summary lists
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="What extract wrote.")]


def extract(
    decision: Annotated[
        Path, typer.Argument(metavar="DECISION.txt", help="A plan's text in Vietnamese, UTF-8.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to make, named like the package.")
    ],
):
    """Propose a package from a decision's text, to be confirmed."""
    from giamngheo.inputs.extraction.folder import lay_out, read_waiting
    from giamngheo.inputs.extraction.propose import propose_from
    from giamngheo.inputs.extraction.unread import NOT_READ
    from giamngheo.inputs.skeleton import check_folder

    check_folder(out)
    text, found = propose_from(paths.find(decision))
    from giamngheo.report.review_page import write_review

    folder = lay_out(out, text, found, write_review)
    waiting = read_waiting(folder)
    counts = {}
    for each in waiting:
        table = each.proposal.table
        counts[table] = counts.get(table, 0) + 1
    print(f"{shown(folder)}: " + ", ".join(f"{n} {table}" for table, n in counts.items()))
    _tell_left(folder, waiting)
    _tell_unread(folder / NOT_READ)


def _tell_unread(file):
    """Print what was seen in the text and is in no proposal."""
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    if rows:
        print(f"{len(rows)} not read, to be typed in where they matter; all of them in {shown(file)}")
    for row in rows[:MOST_TOLD]:
        print(f"  {row['kind']}, line {row['line']} of the text, {row['locator']}: {row['words']}")
    if len(rows) > MOST_TOLD:
        print(f"  … and {len(rows) - MOST_TOLD} more")


def confirm(
    folder: Folder,
    proposals: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROPOSAL]...",
            help="Such as poverty.3; all in which nothing is in doubt if none is named.",
        ),
    ] = None,
):
    """Confirm what extract has proposed; what is in doubt has to be named."""
    from giamngheo.inputs.extraction.folder import confirm as mark

    left = mark(folder, proposals or ())
    folder = paths.find(folder)
    if not left:
        print(f"{shown(folder)}: confirmed; next: giamngheo validate --package {shown(folder)}")
        return
    from giamngheo.report.review_page import write_review

    write_review(folder)
    _tell_left(folder, left)


def _tell_left(folder, waiting):
    doubtful = [each for each in waiting if each.proposal.confidence == "low"]
    print(
        f"{len(waiting)} to be confirmed, {len(doubtful)} of them in doubt; open {shown(folder / 'review.en.html')}"
    )
    for each in doubtful[:MOST_TOLD]:
        about = ", ".join(f"{column} ({why})" for column, why in each.proposal.doubts.items())
        print(f"  {each.name}, line {each.line} of the text: {about}")
    if len(doubtful) > MOST_TOLD:
        print(f"  … and {len(doubtful) - MOST_TOLD} more")
    print(f"to take what is sure: giamngheo confirm {shown(folder)}")
