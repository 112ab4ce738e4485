"""YAML files as keys and values, and where each key stands."""

from functools import lru_cache

from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.errors import RefusedInput, shown

SUFFIXES = (".yml", ".yaml")
MAX_BYTES = 1_000_000


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
        if isinstance(node, yaml.MappingNode):
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


def _note_lines(node, place, lines, where):
    for key, value in node.value:
        here = (*place, getattr(key, "value", "?"))
        line = key.start_mark.line + 1
        if here in lines:
            raise RefusedInput(
                f"{where}:{line}: {'.'.join(map(str, here))}: the key stands there twice; keep one"
            )
        lines[here] = line
        if hasattr(value, "value") and value.id == "mapping":
            _note_lines(value, here, lines, where)
