"""A package that is not there yet: the skeleton for another province, from the template or from a spreadsheet."""

import csv
import io
import json
import re
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.descriptor import DESCRIPTOR, NAME_PATTERN, write_descriptor
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.grammar import slug
from giamngheo.inputs.package import REQUIRED, TEMPLATE, Package, load_package, problems_together
from giamngheo.inputs.questions import unanswered
from giamngheo.inputs.readings import WORKBOOKS
from giamngheo.inputs.tables import TABLES

WORKBOOK = "plan.xlsx"


def new_package(path, source=None, year_is=None, accept=(), **aim) -> Path:
    """Write a data package for another province: a skeleton, whose placeholder figures validate, or a file's.

    Parameters
    ----------
    path : path-like
        The folder to make; its name becomes the package's.
    source : path-like, optional
        A workbook with a sheet a table, as `new_workbook` makes it; it may be all that lies in the folder. Or a bare
        series, a .csv or one sheet of readings.
    year_is : {"end", "start"}, optional
        The instant that a year alone stands for in the file.
    accept : iterable of str
        Ids of questions (`inputs.questions`) about the file's figures that are right as they stand; the package keeps
        them.
    **aim
        What a bare series does not tell: `province`, its name (str); `target`, the rate of the poor to be reached
        (percent), `by` the end of which year (int).

    Returns
    -------
    pathlib.Path
        The folder, written whole or not at all.

    Raises
    ------
    RefusedInput
        Something is there already, the name will not do, or what is wrong in the file, by sheet and cell; else what it
        makes one ask.
    """
    return lay_out(path, source, year_is, accept, **aim)[0]


def lay_out(path, source=None, year_is=None, accept=(), **aim) -> tuple[Path, list[str]]:
    """The same as `new_package`, with what its reader should be told (tuple of Path and list of str)."""
    from giamngheo.inputs.workbook.bare import TEXTS, Aim, is_series, lacks, read_bare
    from giamngheo.inputs.workbook.promises import ask_levels
    from giamngheo.inputs.workbook.reading import read_plan

    accept, aim = tuple(accept), Aim(**aim)
    source = None if source is None else paths.find(source).resolve()
    bare = source is not None and is_series(source, aim.target is not None)
    if not bare and (given := [name for name, value in aim._asdict().items() if value is not None]):
        raise RefusedInput(f"--{given[0]}: goes with --from SERIES.csv; a plan tells it itself")
    if source is None:
        unanswered((), accept, (), None)  # a skeleton makes one ask nothing
        return _made(path, _copy_template), []
    folder = check_folder(path, source)
    if source.suffix.lower() not in (*WORKBOOKS, *TEXTS):
        raise RefusedInput(
            f"{shown(source)}: a workbook ends in .xlsx, a bare series in .csv; save it as one"
        )
    if bare:
        if source.parent == folder.resolve() and source.suffix == ".csv" and source.stem in TABLES:
            raise RefusedInput(
                f"{shown(source)}: the package's own table goes there; rename it, such as readings.csv"
            )
        try:
            found = read_bare(source, folder.name, aim, year_is, accept)
        except RefusedInput as refusal:
            hint = f"if it is a decision's text: giamngheo extract {shown(source)} -o {shown(folder)}"
            text = source.suffix.lower() == ".txt"
            raise RefusedInput([*refusal.problems, *[hint] * text]) from None
    else:
        found = read_plan(source, year_is)
        ask_levels(found)
        _check_together(found, accept)
    typed = [] if any(map(lacks, found.tables["lines"].values())) else None
    made = _made(path, lambda made: _write_tables(made, found, accept), source, typed)
    return made, found.told + [f"to be typed before it can be used: {what}" for what in typed or ()]


def new_workbook(path, package: Package | None = None) -> Path:
    """Write the spreadsheet that a plan is typed into, with lists to choose from, units and an example.

    Parameters
    ----------
    path : path-like
        The folder to make, with plan.xlsx in it.
    package : Package, optional
        Whose tables to fill in.

    Returns
    -------
    pathlib.Path
        The workbook.

    Raises
    ------
    RefusedInput
        Something is there already, or the name will not do.
    """
    from giamngheo.inputs.workbook.template import template

    folder = check_folder(path)
    content = template(package)
    try:
        paths.write_atomically(folder / WORKBOOK, content)
    except OSError as error:
        raise RefusedInput(f"{shown(folder)}: cannot be made ({error.strerror})") from None
    return folder / WORKBOOK


def _copy_template(folder):
    """The template but for its claim, which a sheet shows as an example and which the first change would make false."""
    left = shutil.ignore_patterns("claims.csv")
    shutil.copytree(TEMPLATE, folder, ignore=left, dirs_exist_ok=True, copy_function=shutil.copyfile)


def check_folder(path, source=None):
    """The folder of a package to be made, which is not there, empty, or holds nothing but its workbook.

    Parameters
    ----------
    path : path-like
    source : Path, optional
        The workbook that the package is to be made from.

    Returns
    -------
    pathlib.Path
        Absolute.

    Raises
    ------
    RefusedInput
        Something is there already, or the name will not do.
    """
    folder = paths.absolute(Path(path).expanduser())
    plain = slug(folder.name, "-")
    if not re.fullmatch(NAME_PATTERN, folder.name):
        raise RefusedInput(
            f"'{folder.name}' is no package name (a-z, 0-9, -); nearest: '{plain or 'my-province'}'"
        )
    if folder.exists() and (not folder.is_dir() or any(one.resolve() != source for one in _lasting(folder))):
        raise RefusedInput(
            f"{shown(folder)}: exists already and is not written over; nearest: '{folder.name}-2'"
        )
    return folder


def _lasting(folder):
    """What lies in a folder, without the marks of a spreadsheet program that has a file open."""
    return [one for one in folder.iterdir() if not one.name.startswith(("~$", ".~lock"))]


def make_folder(folder, fill, put=Path.replace) -> Path:
    """Make a folder beside its place and put it there, so that it is there whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
    fill : callable
        Is handed the folder to fill.
    put : callable, optional
        Is handed it with its place.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    RefusedInput
        It cannot be made there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise RefusedInput(f"{shown(folder)}: cannot be made ({error.strerror})") from None
    try:
        fill(made)
        made.chmod(0o755)
        put(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return folder


def _made(path, fill, source=None, typed=None):
    """The folder, put in its place; what still has to be typed there goes to `typed`, where that is allowed."""
    folder = check_folder(path, source)

    def whole(made):
        try:
            fill(made)
            head = {"name": folder.name} | json.loads((made / DESCRIPTOR).read_text(encoding="utf-8"))
            (made / DESCRIPTOR).write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
            write_descriptor(made)
            load_package(made)
        except RefusedInput as error:  # nobody can look where this was found
            there = shown(folder if typed is not None else source or folder)
            problems = [what.replace(shown(made), there) for what in error.problems]
            if typed is None:
                raise RefusedInput(problems) from None
            typed.extend(problems)

    return make_folder(folder, whole, lambda made, place: _put(made, place, source))


def _put(made, folder, source):
    """Put the folder that was made in its place; a workbook that lies there stays beside what was made of it."""
    if source is None or source.parent != folder.resolve():
        made.replace(folder)
        return
    shutil.copy2(source, made)
    aside = made.with_name(f"{made.name}.before")
    folder.rename(aside)
    try:
        made.rename(folder)
    except BaseException:
        aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _write_tables(folder, found, accept):
    """The tables of a workbook as CSV files, without optional columns that are empty, the labels and the answers."""
    for table, model in TABLES.items():
        rows = found.tables[table].values()
        if not rows and table not in REQUIRED:
            continue
        columns = [
            column
            for column, info in model.model_fields.items()
            if info.is_required() or any(getattr(row, column) != info.default for row in rows)
        ]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_plain(getattr(row, column)) for column in columns] for row in rows)
        (folder / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8")
    labels = found.labels.model_dump(mode="json", exclude_none=True)
    labels["accepted"] = sorted({*found.labels.accepted, *accept})
    (folder / DESCRIPTOR).write_text(json.dumps({"giamngheo": labels}, ensure_ascii=False), encoding="utf-8")


def _plain(value):
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _check_together(found, accept):
    """Refuse what is wrong with a workbook's tables taken together, or makes one ask, by sheet and cell."""
    problems = problems_together(found.tables, found.labels, accept, found.place, found.asked)
    for table in TABLES:  # who types a sheet knows no files
        problems = [
            what.replace(f"in {table}.csv", f"on the sheet {found.sheet(table)}") for what in problems
        ]
    if problems:
        raise RefusedInput(problems + [note for note in found.told if "example" in note])
