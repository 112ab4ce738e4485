"""YAML files as keys and values, and where each key stands."""

import re
from functools import lru_cache
from pathlib import Path

from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.grammar import number_readings

SUFFIXES = (".yml", ".yaml")
MAX_BYTES = 1_000_000


def is_yaml(path):
    """Whether a path ends as a YAML file does, in small letters or capitals (bool)."""
    return Path(path).suffix.lower() in SUFFIXES


def holds_grid(file):
    """Whether a file is a grid, whatever else it is (bool)."""
    try:
        return "grid" in read_keys(file)[0]
    except RefusedInput:
        return False


def read_keys(file):
    """Read a YAML file.

    Parameters
    ----------
    file : path-like

    Returns
    -------
    dict, dict
        The mapping in it, and the line of each of its keys by the path of keys that leads there (tuple of str).

    Raises
    ------
    RefusedInput
        What is not YAML, not a mapping, too large, or names a key twice.
    """
    return _parsed(read_text(file), shown(file))


@lru_cache(maxsize=32)  # many scenarios are based on one
def _parsed(text, where):
    import yaml

    if len(text) > MAX_BYTES:
        raise RefusedInput(f"{where}: larger than a scenario can be ({MAX_BYTES} bytes)")
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        lines: dict[tuple, int] = {}
        if node is not None:
            _check_aliases(node, len(text), where)
            _note_lines(node, (), lines, where)
        raw = None if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise RefusedInput(f"{where}{place}: not YAML ({what})") from None
    except (ValueError, TypeError, RecursionError) as error:
        if isinstance(error, RefusedInput):
            raise
        raise RefusedInput(f"{where}: not YAML ({error})") from None
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(raw, dict):
        raise RefusedInput(f"{where}: no keys in it; a scenario has at least title: {{vi: …, en: …}}")
    return raw, lines


def _check_aliases(root, length, where):
    """Refuse aliases that repeat more than a file is long: those of aliases swell, one of itself never ends."""
    left = 2 * length + 1  # "a," is a key and a value, of one letter
    waiting = [root] if root.id != "scalar" else []
    while waiting:
        node = waiting.pop()
        parts = node.value if node.id == "sequence" else [one for pair in node.value for one in pair]
        left -= len(parts) + sum(len(one.value) for one in parts if one.id == "scalar")
        if left < 0:
            raise RefusedInput(f"{where}: aliases (*) in it repeat too much; write out what they stand for")
        waiting += [one for one in parts if one.id != "scalar"]


def _note_lines(node, place, lines, where):
    """Note the line of each key; refuse keys that stand twice, and numbers that YAML reads otherwise than written."""
    told = _told(where, node, place)
    if node.id == "scalar":
        _check_number(node, told)
    elif node.id == "sequence":
        _check_commas(node, told)
        for n, each in enumerate(node.value):
            _note_lines(each, (*place, str(n)), lines, where)
    else:
        before = None
        for key, value in node.value:
            here = (*place, getattr(key, "value", "?"))
            if node.flow_style and before and _is_alone(key, value) and (what := _cut(before[1], key)):
                raise RefusedInput(f"{_told(where, key, (*place, before[0]))} {what}")
            told, before = _told(where, key, here), (key.value, value)
            if here in lines:
                raise RefusedInput(f"{told} the key stands there twice; keep one")
            lines[here] = key.start_mark.line + 1
            _check_number(key, told)
            _note_lines(value, here, lines, where)


def _told(where, node, place):
    return f"{where}:{node.start_mark.line + 1}: {'.'.join(map(str, place))}:"


def _is_alone(key, value):
    """Whether what stands between two commas of braces is no key with a colon."""
    return value.id == "scalar" and value.style is None and value.start_mark.index == key.end_mark.index


def _cut(value, key):
    """What a comma in braces has cut in two, a number or a text, in words; "" if it is neither."""
    if value.id != "scalar" or value.style or not value.value:
        return ""
    whole = f"{value.value},{key.value}"
    if (number := number_readings(whole.rstrip("% ")).get("vi")) is not None:
        plain = f"{number / 100 if whole.endswith('%') else number:f}"
        return f"{whole} has a decimal comma; write {plain}"
    if value.tag.endswith(":str") or not re.fullmatch(r"[a-z_]+", key.value):
        return f"a comma divides what stands in braces; write '{value.value}, {key.value}' in quotation marks"
    return ""


def _is_digits(node):
    return node.id == "scalar" and node.style is None and re.fullmatch(r"-?\d+", node.value)


def _check_commas(node, told):
    """Refuse a list of which some commas have a blank behind them and some stand between digits: [0,5, 1]."""
    pairs = list(zip(node.value, node.value[1:], strict=False))
    close = [(one, two) for one, two in pairs if two.start_mark.index == one.end_mark.index + 1]
    close = [(one, two) for one, two in close if _is_digits(one) and _is_digits(two)]
    if node.flow_style and close and len(close) < len(pairs):
        one, two = close[0]
        raise RefusedInput(
            f"{told} {one.value},{two.value}: write {one.value}.{two.value} if a decimal comma is meant, "
            f"{one.value}, {two.value} if two numbers are"
        )


def _check_number(node, told):
    """Refuse a plain number that YAML reads as another one: 0700 is 448 to it, 0x1F is 31, 1:30 is 90."""
    if node.id != "scalar" or node.style is not None or not node.tag.endswith((":int", ":float")):
        return
    octal = re.fullmatch(r"([+-]?)0[0-7_]+", node.value)
    if octal:
        raise RefusedInput(
            f"{told} YAML reads {node.value} as an octal number, {int(node.value.replace('_', ''), 8)}; "
            f"write {int(node.value.replace('_', ''))}"
        )
    if re.fullmatch(r"[+-]?0[xb][0-9a-fA-F_]+", node.value):
        raise RefusedInput(
            f"{told} YAML reads {node.value} as {int(node.value, 0)}; write the number in digits"
        )
    if ":" in node.value:
        raise RefusedInput(
            f"{told} YAML reads {node.value} as a number of base 60; write the number with a point, or the text in "
            "quotation marks"
        )
