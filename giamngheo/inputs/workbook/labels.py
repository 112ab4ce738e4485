"""The sheet of keys and values: what a plan is, what its own groups are called, which questions were answered."""

import json
import re

from pydantic import ValidationError

from giamngheo.inputs.csv_rows import faults
from giamngheo.inputs.descriptor import DESCRIPTOR, Labels
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.grammar import slug, year_alone
from giamngheo.inputs.package import TEMPLATE
from giamngheo.inputs.workbook.cells import plain
from giamngheo.inputs.workbook.derived import IDS, Filling, by_name
from giamngheo.inputs.workbook.words import head_slug, named
from giamngheo.language import LANGUAGES, has_phrase, say

MAIN = "plan"  # the id of the plan's own document where the workbook names none
_GROUP = re.compile(rf"groups\.([a-z0-9_]{{1,64}})\.({'|'.join(LANGUAGES)})")
_KINDS = {"date": "date", "first_year": "integer", "last_year": "integer"}


def label_keys():
    """The labels that stand on the sheet: those with a name there (list of str)."""
    return [key for key in Labels.model_fields if has_phrase(f"workbook.column.{key}")]


def example_labels():
    """The labels that the template shows (Labels)."""
    return Labels(**json.loads((TEMPLATE / DESCRIPTOR).read_text(encoding="utf-8"))["giamngheo"])


def label_rows(labels):
    """Labels as the sheet has them: keys and values, a key each language for the name of a group.

    Parameters
    ----------
    labels : Labels

    Yields
    ------
    tuple of (str, value)
    """
    for key in label_keys():
        value = getattr(labels, key)
        yield key, ", ".join(value) or None if key == "accepted" else value
    for group, names in labels.groups.items():
        for lang in LANGUAGES:
            yield f"groups.{group}.{lang}", getattr(names, lang)


def read_labels(sheet, style, documents):
    """The labels of the sheet.

    Parameters
    ----------
    sheet : Sheet
    style : {"vi", "en"} or None
        As of `cells.plain`.
    documents : dict of label to Document or None
        Among which the main one is found by the decision's number; None: the workbook lists none.

    Returns
    -------
    tuple of (Labels, callable)
        And from a key to what a message calls its cell.

    Raises
    ------
    RefusedInput
        What cannot be read, what is missing, and the template's example left as it was.
    """
    at = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        key = _key(str(cell))
        if key is not None:
            at.setdefault(key, (row, column + 1))

    def place(key):
        return sheet.at(*at[key], key) if key in at else f"{sheet.whole} ({key})"

    values, problems = _period(sheet), []
    for key in [key for key in at if at[key] in sheet.cells]:
        field = {"name": key, "type": _KINDS.get(key, "string"), "constraints": {"required": True}}
        try:
            text = plain(sheet.cells[at[key]], field, style)
        except ValueError as error:
            problems.append(f"{place(key)}: {error}")
        else:
            whole = field["type"] == "integer"
            values[key] = year_alone(text) or text if whole else text
            if whole and not isinstance(values[key], int):
                problems.append(f"{place(key)}: '{text}' is not a year; type its four digits")
    if documents is None:
        values["main_document"] = slug(values.get("main_document", ""))[:IDS] or MAIN
    derive_labels(values, list((documents or {}).values()))
    waits = ("main_document", "date") if documents == {} else ()  # for documents that were refused themselves
    problems = problems or [
        f"{place(key)}: nothing is there; type the {_called(key)}{_row(key) if key not in at else ''}"
        for key in _needed(at)
        if key not in (*values, *waits)
    ]
    if problems:
        raise RefusedInput(problems)
    if not set(waits) <= values.keys():
        return None, place
    groups = {}
    for key in filter(_GROUP.fullmatch, list(values)):
        groups.setdefault(key.split(".")[1], {})[key.split(".")[2]] = values.pop(key)
    given = values | {"groups": groups, "accepted": re.findall(r"[^\s,;]+", values.get("accepted", ""))}
    try:
        labels = Labels(**given)
    except ValidationError as error:
        raise RefusedInput(f"{place(key)}: {what}" for key, what in faults(error, Labels, values)) from None
    if labels == example_labels():
        raise RefusedInput(f"{sheet.whole}: still holds the template's example; type what your plan is")
    if labels.last_year < labels.first_year:
        raise RefusedInput(
            f"{place('last_year')}: {labels.last_year} is before first_year {labels.first_year}"
        )
    return labels, place


def _period(sheet):
    """The first and last year of a row such as "Giai đoạn | 2021-2025" (dict of str to int)."""
    for (row, column), cell in sheet.cells.items():
        if head_slug(str(cell)) in named("period"):
            found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", str(sheet.cells.get((row, column + 1), "")))
            return (
                dict(zip(("first_year", "last_year"), map(int, found), strict=False))
                if len(found) == 2
                else {}
            )
    return {}


def _key(text):
    """The key that a cell names, None if it names none."""
    found = _GROUP.fullmatch(text.strip())
    return found[0] if found else next((key for key in label_keys() if head_slug(text) in named(key)), None)


def _needed(at):
    """Keys whose value must be there: those of every plan, and a group's name in each language."""
    groups = dict.fromkeys(key.split(".")[1] for key in at if _GROUP.fullmatch(key))
    return [key for key in label_keys() if Labels.model_fields[key].is_required()] + [
        f"groups.{group}.{lang}" for group in groups for lang in LANGUAGES
    ]


def _row(key):
    return "" if _GROUP.fullmatch(key) else f" in a row '{say(f'workbook.column.{key}', 'vi')}'"


def _called(key):
    found = _GROUP.fullmatch(key)
    return say(f"workbook.column.{key}", "en").lower() if not found else f"name of the group {found[1]}"


def derive_labels(values, documents):
    """Fill in what follows of a plan's labels: the main document and its day, names in English, a title.

    Parameters
    ----------
    values : dict of str to (str or int)
    documents : collection of Document
    """
    filling = Filling([])
    named = [
        row
        for row in documents
        if slug(values.get("decision", "")) and slug(values["decision"]) in slug(row.title)
    ] or [row for row in documents if row.date and str(row.date) == values.get("date")]
    if "main_document" in values:
        values["main_document"] = by_name(documents, "document").get(
            slug(values["main_document"])[:IDS], values["main_document"]
        )
    elif len(named or documents) == 1:
        filling.fill(values, "main_document", next(iter(named or documents)).document, "")
    main = next((row for row in documents if row.document == values.get("main_document")), None)
    filling.fill(values, "date", main and main.date, "")
    province, years = values.get("province_vi", ""), f"{values.get('first_year')}-{values.get('last_year')}"
    english = re.sub(r"^(tỉnh|thành phố)\s+", "", province, flags=re.I)
    filling.fill(
        values,
        "province_en",
        english and english + " province" * (province != english and province.lower().startswith("tỉnh")),
        "",
    )
    for lang in LANGUAGES:
        name = values.get(f"province_{lang}")
        made = name and say("workbook.instead.title", lang, province=name, years=years)
        filling.fill(values, f"title_{lang}", made, "")
