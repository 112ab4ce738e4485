"""A package of proposals: written beside the text that it rests on, and confirmed row by row.

While `WAITING` lies in a package's folder nothing but this loads it. A row's cells stand in its table alone, where a
person corrects them or takes the row away; `WAITING` says on which letters of `TEXT` each rests, and what is in doubt.
`NOT_READ` lists what was seen in the text and is in no table.
"""

import csv
import io
import json
from bisect import bisect_right
from dataclasses import asdict, dataclass
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.descriptor import DESCRIPTOR, read_descriptor, write_descriptor
from giamngheo.inputs.errors import RefusedInput, shown, unknown
from giamngheo.inputs.extraction.proposals import WAITING, Proposal
from giamngheo.inputs.extraction.unread import COLUMNS, NOT_READ, unread
from giamngheo.inputs.extraction.vocabulary import GROUPS
from giamngheo.inputs.skeleton import check_folder, make_folder
from giamngheo.inputs.tables import TABLES

TEXT = "decision.txt"
_COLUMNS = ("proposal", "table", "key", "confidence", "doubts", "places", "line", "confirmed")
_DIVIDER = " | "  # of the cells of a key


@dataclass(frozen=True)
class Waiting:
    """A proposal of a folder: its name, such as "poverty.3", its row as it stands now, and whether it is confirmed."""

    name: str
    proposal: Proposal
    line: int
    confirmed: bool


def lay_out(path, text, found, finish=None) -> Path:
    """Write a package of proposals, whole or not at all.

    Parameters
    ----------
    path : path-like
        The folder to make; its name becomes the package's.
    text : Text
    found : list of Proposal
    finish : callable, optional
        Is handed the folder before it is put in its place, to write pages into it.

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
                _write(made / f"{table}.csv", list(model.model_fields), rows)
        write_descriptor(made)
        _write(made / WAITING, _COLUMNS, _marks(text, found))
        _write(made / NOT_READ, COLUMNS, map(asdict, unread(text, found)))
        if finish:
            finish(made)

    return make_folder(folder, fill)


def _names_of_groups(found):
    """The names that the descriptor gives the plan's own groups (dict)."""
    named = {each.cells.get("group") for each in found} & GROUPS.keys() - {"ethnic_minority"}
    names = {
        name: {"vi": f"hộ {GROUPS[name][1]}", "en": f"{GROUPS[name][2]} households"} for name in sorted(named)
    }
    return {"groups": names} if names else {}


def read_waiting(path) -> list[Waiting]:
    """The proposals of a folder with their rows as they stand in its tables; those whose row is gone are left out.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of Waiting

    Raises
    ------
    RefusedInput
        No folder of proposals, or a descriptor that cannot be read.
    """
    folder = Path(paths.find(path))
    if not (folder / WAITING).is_file():
        made = (folder / DESCRIPTOR).is_file()
        what = (
            "nothing in it waits to be confirmed" if made else "no folder that giamngheo extract has written"
        )
        raise RefusedInput(f"{shown(folder)}: {what}")
    rows = {table: _rows(folder / f"{table}.csv", model.KEY) for table, model in TABLES.items()}
    head = read_descriptor(folder)[0]["giamngheo"]
    found = []
    for mark in csv.DictReader(io.StringIO(read_text(folder / WAITING))):
        cells = {k: str(v) for k, v in head.items()} if mark["table"] == "labels" else None
        cells = cells or rows.get(mark["table"], {}).get(mark["key"])
        if cells is None:
            continue
        try:
            places = {name: tuple(place) for name, place in json.loads(mark["places"]).items()}
            proposal = Proposal(mark["table"], cells, places, json.loads(mark["doubts"]))
            found.append(Waiting(mark["proposal"], proposal, int(mark["line"]), mark["confirmed"] == "yes"))
        except (ValueError, TypeError, KeyError):
            raise RefusedInput(
                f"{shown(folder / WAITING)}: {mark.get('proposal')}: changed by hand; give giamngheo extract again"
            ) from None
    return found


def confirm(path, names=()) -> list[Waiting]:
    """Mark proposals as confirmed; with the last of them the package becomes one like any other, its text beside it.

    Parameters
    ----------
    path : path-like
    names : sequence of str
        Of proposals; none: all in which nothing is in doubt.

    Returns
    -------
    list of Waiting
        Those that still wait.

    Raises
    ------
    RefusedInput
        No folder of proposals, or an unknown name.
    """
    folder = Path(paths.find(path))
    waiting = read_waiting(folder)
    known = {each.name: each for each in waiting}
    wrong = [unknown("proposal", name, known) for name in names if name not in known]
    if wrong:
        raise RefusedInput(f"{shown(folder)}: {what}" for what in wrong)
    now = set(names) or {each.name for each in waiting if each.proposal.confidence == "high"}
    left = [each for each in waiting if not each.confirmed and each.name not in now]
    if left:
        marks = list(csv.DictReader(io.StringIO(read_text(folder / WAITING))))
        kept = [mark | {"confirmed": "yes"} if mark["proposal"] in now else mark for mark in marks]
        _write(folder / WAITING, _COLUMNS, [mark for mark in kept if mark["proposal"] in known])
        return left
    write_descriptor(folder)
    (folder / WAITING).unlink()
    (folder / NOT_READ).unlink(missing_ok=True)
    for page in folder.glob("review.*.html"):
        page.unlink()
    return []


def _marks(text, found):
    numbers, starts = {}, [0]
    for place, letter in enumerate(text.kept):
        if letter == "\n":
            starts.append(place + 1)
    for each in found:
        numbers[each.table] = numbers.get(each.table, 0) + 1
        yield {
            "proposal": f"{each.table}.{numbers[each.table]}",
            "table": each.table,
            "key": _DIVIDER.join(each.key),
            "confidence": each.confidence,
            "doubts": json.dumps(each.doubts),
            "places": json.dumps(each.places),
            "line": bisect_right(starts, each.span[0]),
            "confirmed": "",
        }


def _rows(file, key):
    if not file.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(read_text(file), newline=""))
    cells = ({k: (v or "").strip() for k, v in row.items() if k} for row in rows)
    return {_DIVIDER.join(row.get(column, "") for column in key): row for row in cells}


def _write(file, columns, rows):
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    paths.write_atomically(file, buffer.getvalue())
