"""A package of proposals: written beside the text that it rests on, and confirmed row by row.

While `WAITING` lies in a package's folder nothing loads it. What a row says stands in its table, where a person may
correct it or take it away; `WAITING` keeps what was proposed, on which letters of `TEXT` it rests, and what is in
doubt. A cell that is no longer as it was proposed is a person's, and in no doubt. `NOT_READ`
lists what was seen in the text and is in no table.
"""

import csv
import io
import json
import re
from bisect import bisect_right
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.csv_rows import read_cells, read_text
from giamngheo.inputs.descriptor import DESCRIPTOR, read_descriptor, write_descriptor
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.extraction.proposals import WAITING, Proposal
from giamngheo.inputs.extraction.unread import COLUMNS, NOT_READ, unread
from giamngheo.inputs.extraction.vocabulary import GROUPS
from giamngheo.inputs.package import REQUIRED
from giamngheo.inputs.skeleton import check_folder, make_folder
from giamngheo.inputs.tables import TABLES

TEXT = "decision.txt"
_COLUMNS = ("proposal", "table", "cells", "doubts", "places", "line", "confirmed")
_ALIKE = 0.5  # of a proposal's cells: a row that holds so many of them is the proposal corrected


@dataclass(frozen=True)
class Waiting:
    """A proposal of a folder, or a row that a person has added to it.

    Parameters
    ----------
    name : str
        Such as "poverty.3".
    proposal : Proposal
        As it stands now, with the doubts that are left.
    proposed : dict of str to str
        The cells that were proposed.
    row : int or None
        Line of its table's file; None: not there yet, or of the labels.
    line : int
        Line of the text; 0: of none.
    confirmed : bool
    """

    name: str
    proposal: Proposal
    proposed: dict[str, str] = field(repr=False)
    row: int | None
    line: int
    confirmed: bool

    @property
    def table(self):
        """Name of its table, or "labels" (str)."""
        return self.proposal.table


def lay_out(path, text, found, finish=None) -> Path:
    """Write a package of proposals, whole or not at all.

    Parameters
    ----------
    path : path-like
        The folder to make; its name becomes the package's.
    text : Text
    found : list of Proposal
    finish : callable, optional
        Is handed the folder before it is put in its place, to write pages into it, and its place.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    RefusedInput
        Something is there already, or the name will not do.
    """
    folder = check_folder(path)

    def fill(made):
        paths.write_atomically(made / TEXT, text.kept)
        labels = next(each for each in found if each.table == "labels").cells
        years = {name: int(labels[name]) for name in ("first_year", "last_year")}
        head = {"name": folder.name, "giamngheo": labels | years | _names_of_groups(found)}
        paths.write_atomically(made / DESCRIPTOR, json.dumps(head, ensure_ascii=False, indent=2) + "\n")
        for table, model in TABLES.items():
            rows = [each.cells for each in found if each.table == table]
            if table != "claims":
                write_table(made / f"{table}.csv", list(model.model_fields), rows)
        write_descriptor(made)
        write_waiting(made, _waiting(text, found))
        write_table(made / NOT_READ, COLUMNS, map(asdict, unread(text, found)))
        if finish:
            finish(made, folder)

    return make_folder(folder, fill)


def _names_of_groups(found):
    """The names that the descriptor gives the plan's own groups (dict)."""
    named = {each.cells.get("group") for each in found} & GROUPS.keys() - {"ethnic_minority"}
    names = {
        name: {"vi": f"hộ {GROUPS[name][1]}", "en": f"{GROUPS[name][2]} households"} for name in sorted(named)
    }
    return {"groups": names} if names else {}


def read_waiting(path) -> list[Waiting]:
    """The rows of a folder as they stand, with what was proposed of them; proposals whose row is gone are left out.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of Waiting

    Raises
    ------
    RefusedInput
        No folder of proposals, or files of it that cannot be read.
    """
    folder = Path(paths.find(path))
    if not (folder / WAITING).is_file():
        made = (folder / DESCRIPTOR).is_file()
        what = (
            "nothing in it waits to be confirmed" if made else "no folder that giamngheo extract has written"
        )
        raise RefusedInput(f"{shown(folder)}: {what}")
    marks = {}
    for mark in csv.DictReader(io.StringIO(read_text(folder / WAITING))):
        try:
            proposed = {column: str(cell) for column, cell in json.loads(mark["cells"]).items()}
            places = {column: tuple(place) for column, place in json.loads(mark["places"]).items()}
            proposal = Proposal(mark["table"], proposed, places, json.loads(mark["doubts"]))
            if proposal.table not in ("labels", *TABLES) or not re.fullmatch(
                rf"{proposal.table}\.[1-9]\d*", mark["proposal"], re.ASCII
            ):
                raise ValueError(mark["proposal"])
            yes = mark["confirmed"] == "yes"
            each = Waiting(mark["proposal"], proposal, proposed, None, int(mark["line"]), yes)
            marks.setdefault(proposal.table, []).append(each)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise RefusedInput(
                f"{shown(folder / WAITING)}: {mark.get('proposal')}: changed by hand; give giamngheo extract again"
            ) from None
    head = {column: str(cell) for column, cell in read_descriptor(folder)[0]["giamngheo"].items()}
    found = [_standing(each, head, None) for each in marks.get("labels", ())]
    problems = []
    for table, model in TABLES.items():
        file = folder / f"{table}.csv"
        if table in REQUIRED or file.is_file():
            try:
                found += _of_table(table, marks.get(table, []), read_cells(file, model))
            except RefusedInput as refusal:
                problems += refusal.problems
    if problems:
        raise RefusedInput(problems)
    return found


def _of_table(table, marks, rows):
    """What waits of a table, in the order of its rows: each of them the proposal of its key, else one much alike."""
    standing, free = {}, {each.name: each for each in marks}
    for row, cells in rows.items():
        key = Proposal(table, cells, {}).key
        same = next((name for name, each in free.items() if each.proposal.key == key), None)
        if same:
            standing[row] = _standing(free.pop(same), cells, row)
    last = max((int(each.name.rpartition(".")[2]) for each in marks), default=0)
    for row in [row for row in rows if row not in standing]:
        shares = {name: _share(each.proposed, rows[row]) for name, each in free.items()}
        best = max(shares, key=shares.get, default=None)
        if best and shares[best] >= _ALIKE:
            standing[row] = _standing(free.pop(best), rows[row], row)
        else:
            last += 1
            own = Proposal(table, rows[row], {})
            standing[row] = Waiting(f"{table}.{last}", own, rows[row], row, 0, True)
    return [standing[row] for row in rows]


def _standing(each, cells, row):
    """What was proposed, as it now stands."""
    doubts = {
        c: why for c, why in each.proposal.doubts.items() if cells.get(c, "") == each.proposed.get(c, "")
    }
    own = replace(each.proposal, cells=cells, doubts=doubts)
    return replace(each, proposal=own, row=row)


def _share(proposed, cells):
    filled = [column for column, cell in proposed.items() if cell]
    return sum(cells.get(column) == proposed[column] for column in filled) / max(len(filled), 1)


def write_waiting(folder, waiting):
    """Write what waits of a folder anew.

    Parameters
    ----------
    folder : Path
    waiting : iterable of Waiting
    """
    marks = [
        {
            "proposal": each.name,
            "table": each.table,
            "cells": json.dumps(each.proposed, ensure_ascii=False),
            "doubts": json.dumps(each.proposal.doubts),
            "places": json.dumps(each.proposal.places),
            "line": each.line,
            "confirmed": "yes" if each.confirmed else "",
        }
        for each in waiting
    ]
    write_table(folder / WAITING, _COLUMNS, marks)


def _waiting(text, found):
    """The proposals as they begin to wait."""
    numbers, starts = {}, [0]
    for place, letter in enumerate(text.kept):
        if letter == "\n":
            starts.append(place + 1)
    for each in found:
        numbers[each.table] = n = numbers.get(each.table, 0) + 1
        line = bisect_right(starts, each.span[0])
        yield Waiting(f"{each.table}.{n}", each, each.cells, None, line, False)


def write_table(file, columns, rows):
    """Write rows of cells as a CSV file, whole or not at all.

    Parameters
    ----------
    file : Path
    columns : sequence of str
    rows : iterable of dict
    """
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    paths.write_atomically(file, buffer.getvalue())
