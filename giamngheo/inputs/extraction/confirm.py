"""Proposals of a folder confirmed, corrected and taken away, and what the package still lacks."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from giamngheo import paths
from giamngheo.inputs.csv_rows import check_rows, read_text
from giamngheo.inputs.descriptor import (
    DESCRIPTOR,
    Labels,
    check_labels,
    keep_accepted,
    read_descriptor,
    table_schema,
    write_descriptor,
)
from giamngheo.inputs.errors import RefusedInput, shown, unknown
from giamngheo.inputs.extraction.folder import Waiting, read_waiting, write_table, write_waiting
from giamngheo.inputs.extraction.proposals import WAITING, Proposal
from giamngheo.inputs.extraction.unread import NOT_READ
from giamngheo.inputs.grammar import plain_letters
from giamngheo.inputs.package import problems_together
from giamngheo.inputs.package_faults import reference_unit_of
from giamngheo.inputs.tables import TABLES
from giamngheo.inputs.workbook.cells import plain
from giamngheo.inputs.workbook.xlsx import Cell

YEARS = ("first_year", "last_year")
UNKNOWN = "?"  # of the labels: what a package must have and the text does not say
_YEAR_IS = ", or say --year-is start or end for all"  # which a workbook's cells may be told
_ASKED = re.compile(r"(?P<name>[a-z]+\.[1-9]\d{0,5})(?:\.(?P<column>\w+)\s*=(?P<cell>.*))?", re.DOTALL)


class Lack(NamedTuple):
    """What keeps a package from loading: its row, or else its table, its column, if it is of one, and what is wrong."""

    name: str
    column: str
    what: str

    @property
    def cells(self):
        """The cells that it names, such as "value_pct=5.02", by column (dict of str to str)."""
        model = TABLES.get(self.name.partition(".")[0])
        named = re.findall(r"\b([a-z_]+)=([^\s,;]+)", self.what)
        return {column: cell for column, cell in named if model and column in model.model_fields}


def lacking(path, waiting=None) -> list[Lack]:
    """What a folder's package would lack if all that waits were confirmed as it stands.

    Parameters
    ----------
    path : path-like
    waiting : list of Waiting, optional
        As of `read_waiting`.

    Returns
    -------
    list of Lack
        Of single rows; where no row is at fault, of the tables taken together, questions among them.
    """
    folder = Path(paths.find(path))
    return _lacking(folder, read_waiting(folder) if waiting is None else waiting)[0]


def confirm(path, asked=(), drop=(), accept=()) -> list[Waiting]:
    """Confirm what is in no doubt and what is named; with the last of it the package becomes one like any other.

    All of it is done or nothing: no row is confirmed that cannot load, nor the last one of a package that cannot.

    Parameters
    ----------
    path : path-like
    asked : sequence of str
        Proposals that are right in spite of their doubts, as "poverty.3"; cells to correct, as
        "poverty.3.rate_pct=9.74", which leaves no doubt of the cell. The number after a table's last is a new row.
    drop : sequence of str
        Rows to take away.
    accept : sequence of str
        As of `load_package`.

    Returns
    -------
    list of Waiting
        Those that still wait.

    Raises
    ------
    RefusedInput
        No folder of proposals, an unknown name or column, or what the package lacks; then nothing was changed.
    """
    folder = Path(paths.find(path))
    before = read_waiting(folder)
    named, cells = _read(folder, asked, before)
    cells = _with_echoes(before, cells)
    waiting = _changed(folder, before, cells, drop)
    lacks, of_rows = _lacking(folder, waiting, accept)
    faulty = {lack.name for lack in lacks if of_rows}
    now = [_confirmed(each, named, faulty) for each in waiting]
    left = [each for each in now if not each.confirmed]
    meant = [lack for lack in lacks if of_rows and lack.name in named | cells.keys()]
    if meant or (lacks and not left):
        raise RefusedInput(_refusal(folder, waiting, meant or lacks))
    if accept and left:
        raise RefusedInput(
            f"--accept: {shown(folder)}: {len(left)} rows still wait; it goes with what confirms the last of them"
        )
    try:
        paths.try_to_write(folder)
    except OSError as error:
        raise RefusedInput(f"{shown(folder)}: cannot be written to ({error.strerror})") from None
    _write(folder, now, {name.partition(".")[0] for name in (*cells, *drop)})
    if left:
        return left
    write_descriptor(folder)
    if accept:
        keep_accepted(folder, accept)
    (folder / WAITING).unlink()
    (folder / NOT_READ).unlink(missing_ok=True)
    for page in folder.glob("review.*.html"):
        page.unlink()
    return []


def told(folder, waiting, lacks) -> list[str]:
    """What a package lacks, each with file, row, column, and what to type (list of str).

    Parameters
    ----------
    folder : Path
    waiting : list of Waiting
    lacks : list of Lack
    """
    rows = {each.name: each for each in waiting}
    return [_told(folder, rows, lack) for lack in lacks]


def _told(folder, rows, lack):
    each, table = rows.get(lack.name), lack.name.partition(".")[0]
    file = shown(folder / (DESCRIPTOR if table == "labels" else f"{table}.csv"))
    row = each.row if each and each.row else None
    place = ":".join(str(part) for part in (file, row, lack.column) if part)
    name = lack.name if each else _next(table, rows)
    cells = lack.cells or {lack.column or "COLUMN": "…"}
    typed = [f"{name}.{column}={cell}" for column, cell in cells.items()]
    typed = " ".join(
        f'"{each}"' if re.search("[<>]", each) else each for each in typed
    )  # which a shell would take
    return f"{place}: {lack.what} [{typed}]"


def _refusal(folder, waiting, lacks):
    head = f"{shown(folder)}: nothing was changed, since the package would not load; what it lacks"
    return [
        f"{head} (type what stands in brackets after giamngheo confirm {shown(folder)}, or --drop ROW):",
        *told(folder, waiting, lacks),
    ]


def _confirmed(each, named, faulty):
    sure = each.confirmed or not each.proposal.doubts or each.name in named
    return replace(each, confirmed=sure and each.name not in faulty)


def _checked(waiting):
    """The records by table and name; each fault begins with its row's name and its column."""
    tables, problems = {}, []
    for table, model in TABLES.items():
        rows = [
            (each.name, {column: cell or None for column, cell in each.proposal.cells.items()})
            for each in waiting
            if each.table == table
        ]
        try:
            tables[table] = check_rows(table, rows, model, "{}.{}".format)
        except RefusedInput as refusal:
            problems += refusal.problems
    if problems:
        raise RefusedInput(problems)
    return tables


def _lacking(folder, waiting, accept=()):
    """What is lacking, and whether it is of single rows (tuple of list, bool)."""
    problems = []
    labels = next(each for each in waiting if each.table == "labels")
    problems += (
        f"{labels.name}.{column}: was not found in the text; type it"
        for column, cell in labels.proposal.cells.items()
        if cell == UNKNOWN
    )
    try:
        about = check_labels(_head(folder, labels.proposal.cells), labels.name)
    except RefusedInput as refusal:
        problems += (f"{labels.name}.{problem.partition(': ')[2]}" for problem in refusal.problems)
    try:
        tables = _checked(waiting)
    except RefusedInput as refusal:
        problems += refusal.problems

    def place(table, name, column):
        return ".".join(filter(None, (name or (labels.name if table is None else f"{table}.0"), column)))

    together = () if problems else problems_together(tables, about, accept, place)
    return [_lack(problem) for problem in problems or together], bool(problems)


def _lack(problem):
    place, _, what = problem.partition(": ")
    table, number, *column = place.split(".", 2)
    return Lack(table if number == "0" else f"{table}.{number}", "".join(column), what)


def _head(folder, cells):
    """The labels of a descriptor with cells in their place (dict)."""
    given = read_descriptor(folder)[0]["giamngheo"]
    own = {column: cell for column, cell in cells.items() if isinstance(given.get(column, ""), str | int)}
    years = {column: int(own[column]) for column in YEARS if own.get(column, "").isdecimal()}
    return {column: cell for column, cell in (given | own | years).items() if cell != ""}


def _read(folder, asked, waiting):
    """What is asked: names that are right as they stand, and cells by name and column (tuple of set, dict)."""
    known = dict.fromkeys(each.name for each in waiting)
    named, cells, problems = set(), {}, []
    for word in asked:
        found = _ASKED.fullmatch(word)
        name = found["name"] if found else word.partition("=")[0]
        table = name.partition(".")[0]
        new = bool(found and found["cell"] is not None and table in TABLES and name == _next(table, known))
        if name not in known and not new:
            row, _, column = name.rpartition(".")
            what = f"no cell; write {name}=…" if row in known and column else unknown("proposal", name, known)
            problems.append(f"{shown(folder)}: {what}")
        elif found["column"] is None:
            named.add(name)
        else:
            known[name] = None
            try:
                cell = _cell(table, found["column"], found["cell"])
                if cells.setdefault(name, {}).setdefault(found["column"], cell) != cell:
                    problems.append(f"{name}.{found['column']}: typed twice; keep one")
            except ValueError as error:
                problems.append(f"{name}.{found['column']}: {str(error).removesuffix(_YEAR_IS)}")
    if problems:
        raise RefusedInput(problems)
    return named, cells


def _next(table, known):
    """The name of a row more."""
    numbers = [int(name.partition(".")[2]) for name in known if name.partition(".")[0] == table]
    return f"{table}.{max(numbers, default=0) + 1}"


def _cell(table, column, text):
    """A cell as its file has it, of what was typed as a spreadsheet's cell is."""
    if table == "labels":
        known = [name for name in Labels.model_fields if name not in ("groups", "accepted")]
        fields = {name: {"name": name, "type": "date" if name == "date" else "string"} for name in known}
    else:
        fields = {field["name"]: field for field in table_schema(TABLES[table])["fields"]}
    if column not in fields:
        raise ValueError(unknown("column", column, fields))
    return (plain(Cell(text.strip()), fields[column]) or "") if text.strip() else ""


def _with_echoes(waiting, cells):
    """Typed cells, and those that repeat a label that was typed: titles, the main document, the reference unit."""
    labels = next(each for each in waiting if each.table == "labels")
    typed, old = cells.get(labels.name, {}), labels.proposal.cells
    if not typed:
        return cells
    if "province_vi" in typed:
        typed = {"province_en": plain_letters(typed["province_vi"])} | typed
    new = old | typed

    def echo(text, lang):
        for before, after in zip(_said(old, lang), _said(new, lang), strict=True):
            text = text.replace(before, after, 1)
        return text

    own = {f"title_{lang}": echo(old[f"title_{lang}"], lang) for lang in ("vi", "en")}
    if "province_en" in typed:  # the province's own series must not inform its prior
        own["reference_unit"] = reference_unit_of(new["province_vi"]) or ""
    echoes = {labels.name: own | typed}
    for each in waiting:
        if each.table == "documents" and each.proposal.cells["document"] == old["main_document"]:
            repeated = {column: echo(each.proposal.cells[column], "vi") for column in ("title", "issuer")}
            repeated |= {"date": typed["date"]} if "date" in typed else {}
            echoes[each.name] = repeated | cells.get(each.name, {})
    return cells | echoes


def _said(labels, lang):
    """What titles say of a plan, in their order."""
    return labels[f"province_{lang}"], "-".join(labels[year] for year in YEARS), labels["decision"]


def _changed(folder, waiting, cells, drop):
    known = [each.name for each in waiting if each.table != "labels"]
    wrong = [unknown("row", name, known) for name in drop if name not in known]
    wrong += [f"{name} is corrected and dropped" for name in drop if name in cells]
    if wrong:
        raise RefusedInput(f"--drop: {shown(folder)}: {what}" for what in wrong)
    kept = []
    for each in waiting:
        typed = cells.get(each.name, {})
        doubts = {column: why for column, why in each.proposal.doubts.items() if column not in typed}
        own = replace(each.proposal, cells=each.proposal.cells | typed, doubts=doubts)
        if each.name not in drop:
            kept.append(replace(each, proposal=own))
    for name in cells.keys() - {each.name for each in waiting}:
        table, typed = name.partition(".")[0], cells[name]
        own = dict.fromkeys(TABLES[table].model_fields, "") | typed
        kept.append(Waiting(name, Proposal(table, own, {}), own, None, 0, True))
    return kept


def _write(folder, waiting, touched):
    """The changed tables, then what waits: whoever is interrupted finds a folder that still waits."""
    for table in touched & set(TABLES):
        rows = [each.proposal.cells for each in waiting if each.table == table]
        write_table(folder / f"{table}.csv", list(TABLES[table].model_fields), rows)
    if "labels" in touched:
        labels = next(each for each in waiting if each.table == "labels")
        descriptor = json.loads(read_text(folder / DESCRIPTOR))
        descriptor["giamngheo"] = _head(folder, labels.proposal.cells)
        paths.write_atomically(
            folder / DESCRIPTOR, json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
        )
    write_waiting(folder, waiting)
