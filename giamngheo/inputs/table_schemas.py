"""A pydantic model of a row to the Frictionless Table Schema of its table."""

from typing import Any

from pydantic import BaseModel


def table_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The Frictionless Table Schema of a table.

    Parameters
    ----------
    model : type of pydantic.BaseModel
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
