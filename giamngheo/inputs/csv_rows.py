"""CSV files to frozen records; what is wrong becomes sentences: file, row, column, nearest valid value.

Standard library and pydantic only: a refusal must not wait for pandas.
"""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from giamngheo.inputs.errors import RefusedInput, nearest, shown, unknown
from giamngheo.inputs.grammar import is_missing, slug
from giamngheo.inputs.workbook.words import value_of


def read_text(path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its byte-order mark, as a spreadsheet saves "Unicode text".

    Parameters
    ----------
    path : path-like

    Returns
    -------
    str

    Raises
    ------
    RefusedInput
        No such file, an empty one, another encoding.
    """
    path = Path(path)
    name = shown(path)
    if not path.is_file():
        if path.is_dir():
            raise RefusedInput(f"{name}: a folder, where a file is expected")
        beside = path.parent.iterdir() if path.parent.is_dir() else ()
        alike = [p.name for p in beside if not path.suffix or p.suffix.lower() == path.suffix.lower()]
        near = nearest(path.name, sorted(alike))
        raise RefusedInput(f"{name}: no such file" + (f"; nearest: '{near}'" if near else ""))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RefusedInput(f"{name}: cannot be read ({error.strerror})") from None
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise RefusedInput(
            f"{name}:{row}: not UTF-8 text (byte {raw[error.start]:#04x}); save it as UTF-8"
        ) from None
    if not text.strip():
        raise RefusedInput(f"{name}: the file is empty")
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise RefusedInput(f"{name}:{row}: not a text file (it holds a zero byte); save it as UTF-8")
    return text


def read_rows(path, model: type[BaseModel]) -> dict[int, BaseModel]:
    """Read and check a CSV, one frozen record a row.

    Parameters
    ----------
    path : path-like
    model : type of pydantic.BaseModel
        Its fields are the columns; a field with a default may be left out. ``KEY``, if it has one, names
        the fields that no two rows may share.

    Returns
    -------
    dict of int to BaseModel
        Line number in the file to record.

    Raises
    ------
    RefusedInput
        Every problem found, each with file, row, column and the nearest valid value.
    """
    rows, problems = _read(path, model)
    return _checked(shown(path), rows.items(), model, problems)


def read_cells(path, model: type[BaseModel]) -> dict[int, dict[str, str]]:
    """Read a CSV whose cells may still be wrong or empty.

    Parameters
    ----------
    path : path-like
    model : type of pydantic.BaseModel
        As of `read_rows`.

    Returns
    -------
    dict of int to dict
        Line number in the file to cells by column, "" where one is empty.

    Raises
    ------
    RefusedInput
        No CSV, columns that the model does not know, rows of another width.
    """
    rows, problems = _read(path, model)
    if problems:
        raise RefusedInput(problems)
    return {row: {column: cell or "" for column, cell in cells.items()} for row, cells in rows.items()}


def _read(path, model):
    """The rows of a file, by their line, and what is wrong with the width of others."""
    name, text = shown(path), read_text(path)
    _check_divider(name, text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems = []
    try:
        header = [cell.strip() for cell in next(reader)]
        _check_header(name, header, model)
        return dict(_cells(name, reader, header, problems)), problems
    except csv.Error as error:
        raise RefusedInput(
            f"{name}:{reader.line_num}: not a CSV ({error}); check the quotation marks"
        ) from None


def check_rows(name: str, rows: Iterable, model: type[BaseModel], place=None) -> dict:
    """Check rows of cells that were not read from a CSV file, as those of one are.

    Parameters
    ----------
    name : str
        What stands for the file in a message.
    rows : iterable of (label, dict of str to (str or None))
        A row's label, unlike any other, and its cells by column, as text, None where there is nothing.
    model : type of pydantic.BaseModel
    place : callable, optional
        From a row's label and a column to what a message calls the cell; default: "name:label:column".

    Returns
    -------
    dict of label to BaseModel

    Raises
    ------
    RefusedInput
        As `read_rows`.
    """
    return _checked(name, rows, model, [], place)


def _cells(name, reader, header, problems):
    """The rows of a file as (line number, cells by column); those of another width go to the problems."""
    start = reader.line_num + 1
    for cells in reader:
        row, start = start, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(ragged(name, row, cells, header))
            continue
        yield row, {column: cell.strip() or None for column, cell in zip(header, cells, strict=True)}


def _checked(name, rows, model, problems, place=None):
    place = place or (lambda row, column: f"{name}:{row}:{column}")
    records, seen = {}, {}
    for row, values in rows:
        try:
            record = model.model_validate({k: v for k, v in values.items() if _given(model, k, v)})
        except ValidationError as error:
            problems += [f"{place(row, column)}: {what}" for column, what in faults(error, model, values)]
            continue
        records[row] = record
        key = tuple(getattr(record, field) for field in getattr(model, "KEY", ()))
        if key and seen.setdefault(key, row) != row:
            what = ", ".join(str(part) for part in key)
            problems.append(
                f"{place(row, model.KEY[0])}: repeats {'row' if isinstance(seen[key], int) else 'cell'} {seen[key]} "
                f"({what}); keep one of the two"
            )
    if problems:
        raise RefusedInput(problems)
    return records


def _given(model, column, value):
    """False for a column to ignore, and for an empty cell where the model has a default to fall back on."""
    field = model.model_fields.get(column)
    return field is not None and (value is not None or field.is_required())


def _check_divider(name, text):
    """Refuse columns that are divided by something other than commas, before quotation marks are looked at."""
    heads, *rest = text.lstrip().split("\n", 1)
    divider = next((sign for sign in ";\t|" if sign in heads), None)
    if divider and "," not in heads:
        found = re.search(r"\d+,\d+", rest[0]) if rest else None
        point = f", and decimal points ({found[0].replace(',', '.')} for {found[0]})" if found else ""
        raise RefusedInput(f"{name}:1: columns are divided by {divider!r}; use commas{point}")


UNNAMED = re.compile(r"Unnamed: \d+|\.\.\.\d+")  # pandas' and readr's word for a column without a name


def _check_header(name, header, model):
    known = list(model.model_fields)
    for place in [place for place, column in enumerate(header, 1) if not column or UNNAMED.fullmatch(column)]:
        where = (
            "a comma too many at the end of the row" if place == len(header) else "row numbers of a program?"
        )
        raise RefusedInput(f"{name}:1: column {place} has no name ({where}); take it out, or name it")
    strange = [column for column in header if column not in known]
    missing = [
        column for column in known if column not in header and model.model_fields[column].is_required()
    ]
    problems = [f"{name}:1:{column}: " + unknown("column", column, known) for column in strange]
    for column in missing:
        near = nearest(column, strange)
        hint = f"; nearest column there: '{near}'" if near else f"; columns needed: {', '.join(known)}"
        problems.append(f"{name}:1:{column}: missing column '{column}'{hint}")
    repeated = sorted({column for column in header if header.count(column) > 1})
    problems += [f"{name}:1:{column}: the column stands there twice; keep one" for column in repeated]
    if problems:
        raise RefusedInput(problems)


def ragged(name, row, cells, header):
    hint = ""
    for place in range(min(len(cells) - 1, len(header))):
        pair = cells[place].strip(), cells[place + 1].strip()
        if len(cells) == len(header) + 1 and all(re.fullmatch(r"\d+", part) for part in pair):
            hint = f" (a decimal comma in column {header[place]}? write {pair[0]}.{pair[1]})"
            break
    if len(cells) == len(header) + 1 and not cells[-1].strip():
        hint = " (a comma too many at the end of the row; take it out)"
    if len(cells) > len(header) and not hint:
        hint = " (text with commas needs quotation marks)"
    return f"{name}:{row}: {len(cells)} cells under {len(header)} columns{hint}"


def sentences(error: ValidationError, model: type[BaseModel], values: dict) -> list[str]:
    """What pydantic found, as "column: what (nearest valid value)", arguments as of `faults` (list of str)."""
    return [f"{column}: {what}" for column, what in faults(error, model, values)]


def faults(error: ValidationError, model: type[BaseModel], values: dict) -> list[tuple[str, str]]:
    """What pydantic found, by column.

    Parameters
    ----------
    error : pydantic.ValidationError
    model : type of pydantic.BaseModel
    values : dict of str to (str or None)
        The cells of the row.

    Returns
    -------
    list of (str, str)
        Column and what is wrong there (nearest valid value), one a column.
    """
    found = {}
    for fault in error.errors(include_url=False):
        context = fault.get("ctx", {})
        column = str(fault["loc"][0]) if fault["loc"] else context.get("column", "")
        found.setdefault(column, _sentence(fault, context, column, values.get(column), model))
    return list(found.items())


def _sentence(fault, context, column, cell, model):
    kind = fault["type"]
    if kind == "row":
        return context["what"]
    if cell is None:
        field = model.model_fields.get(column)
        such = f", such as {field.examples[0]}" if field and field.examples else ""
        return f"the cell is empty; {column} is required: fill it in{such}, or leave the row out"
    if isinstance(cell, str) and is_missing(cell):
        optional = type(None) in get_args(model.model_fields[column].annotation)
        return f"'{cell}' stands for nothing; leave the " + (
            "cell empty" if optional else "row out, or fill it in"
        )
    if kind == "literal_error":
        word = value_of(column, str(cell))
        known = _literals(model.model_fields[column].annotation)
        return unknown(column, cell, known) if word is None else f"unknown {column} '{cell}'; write '{word}'"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("less_than_equal", "greater_than_equal", "less_than", "greater_than"):
        bound = next(iter(context.values()))
        below = kind.startswith("greater")
        slip = (
            f", or {Decimal(cell) / 10} if a digit slipped" if column.endswith("_pct") and not below else ""
        )
        return f"{cell} is {'below' if below else 'above'} the limit; nearest valid value: {bound}{slip}"
    if kind == "string_pattern_mismatch":
        plain = slug(cell)
        return f"'{cell}' is not an id (a-z, 0-9 and _)" + (f"; write '{plain}'" if plain else "")
    return f"'{cell}': {fault['msg']}"


def _literals(annotation):
    values = [part for part in get_args(annotation) if isinstance(part, str)]
    return values or [word for part in get_args(annotation) for word in _literals(part)]
