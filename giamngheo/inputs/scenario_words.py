"""A scenario's keys as a reader knows them: ``funding.by_source.mobilised`` is the mobilised funds, 0.5 of it 50 %."""

from collections.abc import Mapping
from fractions import Fraction
from numbers import Real

from giamngheo.inputs.assumptions import load_register
from giamngheo.inputs.scenario_values import SHOCKS
from giamngheo.language import has_phrase, number, percent, say

COLUMNS = {
    "group": "scenario_group"
}  # key -> its column beside results, which have one of the key's own name
KEYS = ("delay_years", "phasing", "continuity", "shock", "growth", "group")


def parameter_name(path, lang, package):
    """What a key is called in the middle of a sentence.

    Parameters
    ----------
    path : sequence of str or int
        The keys that lead there, a year the last where there is one.
    lang : {"vi", "en"}
    package : Package
        Which names its budget lines.

    Returns
    -------
    str
        The key itself where it has no name.
    """
    keys = [str(key) for key in path]
    year = keys.pop() if len(keys) > 1 and keys[-1].isdigit() else ""
    match keys:
        case ["funding", ("all" | "keep_total") as key]:
            name = say(f"parameter.{key}", lang)
        case ["funding", ("by_source" | "by_channel" | "by_line") as table, part]:
            name = part_name(part, table, lang, package)
        case ["targeting", part]:
            name = say("parameter.targeting", lang, name=part_name(part, "targeting", lang, package))
        case ["assumptions", part, *which] if part in load_register():
            name = _meaning(part, lang) + "".join(f" ({each})" for each in which if each != "fixed")
        case [key] if key in KEYS:
            name = say(f"parameter.{key}", lang)
        case _:
            name = ".".join(keys)
    return f"{name} ({year})" if year else name


def _meaning(name, lang):
    meaning = getattr(load_register()[name], f"meaning_{lang}")
    return meaning[:1].lower() + meaning[1:]


def part_name(part, table, lang, package):
    """What a part of the money is called, by the key above it: a plan may have a line and a channel of one id.

    Parameters
    ----------
    part : str
        Id of a budget line, source, channel or family of channels.
    table : {"by_source", "by_channel", "by_line", "targeting"}
    lang, package
        As of `parameter_name`.

    Returns
    -------
    str
        The id itself where it has no name.
    """
    lines = {row.line: getattr(row, f"name_{lang}") for row in package.budget_lines}
    if table in ("by_line", "targeting") and part in lines:
        return lines[part]
    keys = (f"source.{part}",) if table == "by_source" else (f"channel.{part}", f"family.{part}")
    return next((say(key, lang) for key in keys if has_phrase(key)), part)


def parameter_value(path, value, lang, package):
    """What stands under a key, as a reader has it: shares in percent, choices in words.

    Parameters
    ----------
    path, lang, package
        As of `parameter_name`.
    value : number, bool or str

    Returns
    -------
    str
    """
    first = str(path[0])
    if isinstance(value, bool) or value in ("True", "False"):
        return say("parameter.yes" if str(value) == "True" else "parameter.no", lang)
    if isinstance(value, Real):
        is_share = first in ("funding", "targeting")
        return percent(100 * Fraction(str(value)), lang) if is_share else number(value, lang)
    value = str(value)
    if first == "phasing" and has_phrase(f"grid.phasing_{value}"):
        return say(f"grid.phasing_{value}", lang)
    if first == "shock" and value in SHOCKS:
        return _meaning(value, lang)
    if first == "group":
        own = value in package.labels.groups or not has_phrase(f"group.{value}")
        return package.labels.group_name(value)[lang] if own else say(f"group.{value}", lang)
    return value


def parameter_said(path, value, lang, package):
    """A key and its value: ``mobilised funds 50 %``; of several keys below it, one after the other (str)."""
    if isinstance(value, Mapping):
        return ", ".join(parameter_said((*path, key), each, lang, package) for key, each in value.items())
    return f"{parameter_name(path, lang, package)} {parameter_value(path, value, lang, package)}"
