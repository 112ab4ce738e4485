"""The commands from a decision's text to a package. Nothing heavy is imported before the input was accepted."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.cli.options import Accept
from giamngheo.inputs.errors import shown

MOST_TOLD = 20  # of what waits, or is lacking
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
        counts[each.table] = counts.get(each.table, 0) + 1
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
    rows: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ROW | ROW.COLUMN=CELL]...",
            help="A row that is right in spite of its doubts, or a cell to correct.",
        ),
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", metavar="ROW", help="A row to take away; may be repeated.")
    ] = None,
    accept: Accept = None,
):
    """Confirm what extract has proposed, once it was held against the text.

    Open review.vi.html or review.en.html in DIR: it shows each row beside the words it rests on, and puts the command
    together. What is in no doubt is taken by every call; what is in doubt is named, corrected or dropped:

    \b
      giamngheo confirm DIR                          what is in no doubt
      giamngheo confirm DIR poverty.3                and row poverty.3, right as it stands
      giamngheo confirm DIR poverty.3.rate_pct=9.74  and that row with another figure
      giamngheo confirm DIR --drop poverty.4         and without row poverty.4

    A row that is lacking is typed under the number after the table's last (poverty.9.as_of=2015-12-31
    poverty.9.rate_pct=9.74 ...). What is corrected in DIR's CSV files counts as well. A call that would confirm what
    cannot load changes nothing, and says what is lacking. When nothing waits any more DIR is a package like any other.
    """
    from giamngheo.inputs.extraction.confirm import confirm as mark

    left = mark(folder, rows or (), drop or (), accept or ())
    folder = paths.find(folder)
    if not left:
        print(f"{shown(folder)}: confirmed, and valid; next: giamngheo report --package {shown(folder)}")
        return
    from giamngheo.inputs.extraction.folder import read_waiting
    from giamngheo.report.review_page import write_review

    write_review(folder)
    _tell_left(folder, read_waiting(folder))


def _tell_left(folder, waiting):
    """What waits, why, and what to type."""
    from giamngheo import language
    from giamngheo.inputs.extraction.confirm import lacking, told

    lacks = lacking(folder, waiting)
    doubtful = [each for each in waiting if not each.confirmed and each.proposal.doubts]
    sure = sum(not each.confirmed for each in waiting) - len(doubtful)
    print(
        f"{sum(each.confirmed for each in waiting)} rows confirmed, {sure} to be confirmed, {len(doubtful)} in doubt"
    )
    lines = []
    for each in doubtful:
        whys = {}
        for column, why in each.proposal.doubts.items():
            whys.setdefault(language.say(f"review.doubt.{why}", "en"), []).append(column)
        told_why = "; ".join(f"{', '.join(columns)}: {why}" for why, columns in whys.items())
        lines.append(f"{each.name}, line {each.line} of the text: {told_why}")
    _tell(lines)
    if lacks:
        print("the package still lacks:")
        _tell(told(folder, waiting, lacks))
    name = shown(folder)
    print(f"compare with the text and put the command together: {name}/review.vi.html, {name}/review.en.html")
    print(f"or type it: giamngheo confirm {name} (--help says how rows are named, corrected and dropped)")


def _tell(lines):
    for line in lines[:MOST_TOLD]:
        print(f"  {line}")
    if len(lines) > MOST_TOLD:
        print(f"  … and {len(lines) - MOST_TOLD} more")
