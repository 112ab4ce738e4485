"""The descriptor of a data package: read, and generated from the models and the files that are there.

It is a Frictionless Data Package; the schema of a table comes from its pydantic model.
"""

import csv
import hashlib
import json
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from giamngheo import paths
from giamngheo.inputs.csv_rows import read_text, sentences
from giamngheo.inputs.errors import RefusedInput, nearest, shown, unknown
from giamngheo.inputs.parse import parse_date
from giamngheo.inputs.tables import TABLES, Id, Row, Text, read_table

DESCRIPTOR = "datapackage.json"
LICENCES = [
    {
        "name": "CC0-1.0",
        "path": "https://creativecommons.org/publicdomain/zero/1.0/",
        "title": "Creative Commons Zero 1.0 (the figures are those of a public legal text)",
    }
]
TITLES = {
    "poverty": "Readings of the poor and near-poor",
    "lines": "Poverty lines",
    "targets": "Targets",
    "budget": "Budget table",
    "measures": "Physical promises and past results",
    "agencies": "Responsibilities of agencies",
    "claims": "Statements of the text about its own numbers",
    "documents": "Sources",
}
NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]


class GroupName(BaseModel):
    """A population group in each language, as in "5 % of …"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: Text
    en: Text


class Labels(BaseModel):
    """What a package is about: the `giamngheo` key of its descriptor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    province_vi: Text
    province_en: Text
    decision: Text
    date: Annotated[date, BeforeValidator(parse_date)]
    main_document: Id
    first_year: int = Field(ge=1990, le=2100, strict=True)
    last_year: int = Field(ge=1990, le=2100, strict=True)
    title_vi: Text
    title_en: Text
    reference_unit: Text | None = None
    groups: dict[Id, GroupName] = Field(default_factory=dict)
    accepted: tuple[Id, ...] = ()  # questions of the door that were answered

    def group_name(self, group) -> dict[str, str]:
        """What a population group is called in each language: by the package, else its id in words."""
        return (
            self.groups[group].model_dump()
            if group in self.groups
            else dict.fromkeys(("vi", "en"), group.replace("_", " "))
        )


def read_descriptor(folder):
    """Read and check a package's descriptor.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    tuple of (dict, str, Labels)
        The descriptor, the package's name, its labels.

    Raises
    ------
    RefusedInput
        No such file, no JSON, unknown or missing keys.
    """
    file = Path(folder) / DESCRIPTOR
    where = shown(file)
    if not file.exists():
        raise RefusedInput(f"{where}: no such file; a package's folder holds one (see giamngheo new-package)")
    try:
        descriptor = json.loads(read_text(file))
    except json.JSONDecodeError as error:
        raise RefusedInput(f"{where}:{error.lineno}:{error.colno}: not JSON ({error.msg})") from None
    except RecursionError:
        raise RefusedInput(f"{where}: nested too deeply") from None
    if not isinstance(descriptor, dict):
        raise RefusedInput(f"{where}: an object is expected at the top")
    resources = descriptor.get("resources", [])
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise RefusedInput(f"{where}: resources: a list of objects is expected")
    given = descriptor.get("giamngheo")
    if not isinstance(given, dict):
        near = nearest("giamngheo", descriptor)
        raise RefusedInput(f"{where}: key 'giamngheo' is missing or no object; nearest: '{near}'")
    try:
        name = _Named(name=descriptor.get("name")).name
    except ValidationError as error:
        values = {"name": descriptor.get("name")}
        raise RefusedInput(f"{where}: {each}" for each in sentences(error, _Named, values)) from None
    return descriptor, name, check_labels(given, where)


def check_labels(given, where) -> Labels:
    """Check what a package is about.

    Parameters
    ----------
    given : dict
        The `giamngheo` key of a descriptor.
    where : str
        What stands for it in a message.

    Returns
    -------
    Labels

    Raises
    ------
    RefusedInput
    """
    strange = [key for key in given if key not in Labels.model_fields]
    if strange:
        raise RefusedInput(f"{where}: giamngheo: " + unknown("key", strange[0], Labels.model_fields))
    try:
        labels = Labels(**given)
    except ValidationError as error:
        raise RefusedInput(f"{where}: {each}" for each in sentences(error, Labels, given)) from None
    if labels.last_year < labels.first_year:
        raise RefusedInput(
            f"{where}: last_year: {labels.last_year} is before first_year; nearest: {labels.first_year}"
        )
    return labels


class _Named(BaseModel):
    name: Name


def name_of(folder, otherwise=""):
    """The name that a package goes by: its folder's, so that a copy is not taken for what it was copied from.

    Parameters
    ----------
    folder : Path
    otherwise : str
        The name where none can be made of the folder's.

    Returns
    -------
    str
        In small letters without accents.
    """
    letters = unicodedata.normalize("NFD", folder.name.lower().replace("đ", "d"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9._-]+", "-", plain).strip("._-")[:64] or otherwise


def write_descriptor(path, name=None) -> Path:
    """Generate a package's datapackage.json anew: schemas from the models, sizes and sha256 from the files.

    Parameters
    ----------
    path : path-like
        The package's folder; of the descriptor that stands there the `giamngheo` key, the licences and what is not
        generated are kept.
    name : str, optional
        In place of the name that stands there.

    Returns
    -------
    pathlib.Path
        The file written, whole or not at all.

    Raises
    ------
    RefusedInput
        A bad descriptor or documents.csv, a folder that cannot be written to.
    """
    folder = paths.find(path)
    before, named, labels = read_descriptor(folder)
    made = _descriptor(folder, name or named, labels)
    kept = {key: value for key, value in before.items() if key not in made or key == "licenses"}
    _put(folder / DESCRIPTOR, made | kept)
    return folder / DESCRIPTOR


def _put(file, descriptor):
    try:
        paths.write_atomically(file, json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise RefusedInput(f"{shown(file)}: cannot be written ({error.strerror})") from None


def keep_accepted(folder, checks):
    """Write into a package's descriptor that some questions of the door were answered.

    Parameters
    ----------
    folder : path-like
    checks : iterable of str
        Their ids.
    """
    file = Path(folder) / DESCRIPTOR
    descriptor = json.loads(read_text(file))
    labels = descriptor["giamngheo"]
    labels["accepted"] = sorted({*labels.get("accepted", ()), *checks})
    _put(file, descriptor)


def holds_no_plan(folder):
    """Whether a folder has a descriptor but no table of a plan: data beside the packages, described by hand (bool)."""
    try:
        is_plan = "giamngheo" in json.loads(read_text(folder / DESCRIPTOR))
    except (RefusedInput, OSError, ValueError, TypeError):
        return False
    return not is_plan and not any((folder / f"{table}.csv").exists() for table in TABLES)


def refresh_hashes(folder):
    """Sizes and sha256 of the files of a descriptor that is written by hand, brought up to date.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Path
        The descriptor.

    Raises
    ------
    RefusedInput
        A file that is described and not there.
    """
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if not (folder / resource["path"]).is_file():
            raise RefusedInput(
                f"{shown(folder / DESCRIPTOR)}: describes '{resource['path']}', which is not there; "
                f"nearest: '{nearest(resource['path'], [file.name for file in folder.iterdir()])}'"
            )
        content = (folder / resource["path"]).read_bytes()
        resource |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    text = json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n"
    paths.write_atomically(folder / DESCRIPTOR, text)
    return folder / DESCRIPTOR


def _descriptor(folder, name, labels) -> dict[str, Any]:
    documents = read_table(folder / "documents.csv", TABLES["documents"])
    sources = [{"title": row.title} | ({"path": row.url} if row.url else {}) for row in documents]
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": labels.title_en,
        "languages": ["vi", "en"],
        "giamngheo": labels.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        "licenses": LICENCES,
        "sources": sources,
        "resources": [
            _resource(folder / f"{table}.csv") for table in TABLES if (folder / f"{table}.csv").exists()
        ],
    }


def _resource(file) -> dict[str, Any]:
    content = file.read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": file.stem,
        "title": TITLES[file.stem],
        "path": file.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": _present(table_schema(TABLES[file.stem]), content),
    }


def _present(schema, content):
    """A schema's fields in the order of the file's header, without optional columns that the file lacks."""
    header = next(csv.reader(content.decode("utf-8-sig", errors="replace").splitlines()), [])
    fields = {field["name"]: field for field in schema["fields"]}
    return schema | {"fields": [fields[name.strip()] for name in header if name.strip() in fields]}


def table_schema(model: type[Row]) -> dict[str, Any]:
    """The Frictionless Table Schema of a table.

    Parameters
    ----------
    model : type of Row
        KEY and REFERENCES, if it has them, become the keys.

    Returns
    -------
    dict
        Fields with name, type, description, unit and constraints; missing values; primary and foreign keys.
    """
    properties = model.model_json_schema()["properties"]
    fields = [_field(name, properties[name], model.model_fields[name]) for name in model.model_fields]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    required = {field["name"] for field in fields if field.get("constraints", {}).get("required")}
    if model.KEY and required.issuperset(model.KEY):
        schema["primaryKey"] = list(model.KEY)
    if model.REFERENCES:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": table, "fields": [key]}}
            for column, (table, key) in model.REFERENCES.items()
        ]
    return schema


def _field(name, described, info):
    leaves = list(_leaves(described))
    # A Decimal is offered as a number first and as a patterned string second, which no table needs.
    plain = next(leaf for leaf in leaves if leaf["type"] != "null")
    merged = plain | {key: value for key, value in described.items() if key != "anyOf"}
    field = {"name": name, "type": "date" if merged.get("format") == "date" else merged["type"]}
    field["description"] = info.description
    if unit := next(
        (leaf["unit"] for leaf in (described, *described.get("anyOf", [])) if "unit" in leaf), None
    ):
        field["unit"] = unit
    constraints = {key: merged[key] for key in ("minimum", "maximum", "enum", "pattern") if key in merged}
    constraints = {key: int(v) if isinstance(v, float) else v for key, v in constraints.items()}
    if not any(leaf["type"] == "null" for leaf in leaves):
        constraints = {"required": True} | constraints
    return field | ({"constraints": constraints} if constraints else {})


def _leaves(described):
    if "anyOf" not in described:
        yield described
    for option in described.get("anyOf", []):
        yield from _leaves(option)
