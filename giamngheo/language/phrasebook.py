"""Sentences in both languages, from ``giamngheo/phrases/*.toml``: one table a phrase, ``vi`` and ``en``."""

import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

LANGUAGES = ("vi", "en")
PHRASES = Path(__file__).parent.parent / "phrases"


def _flat(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict) and not set(value) & set(LANGUAGES):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def phrase_files():
    """Paths of all phrase files, sorted.

    Returns
    -------
    list of pathlib.Path
    """
    return sorted(PHRASES.glob("*.toml"))


@cache
def phrases():
    """All phrases of all files.

    Returns
    -------
    dict
        ``{"section.key": {"vi": str, "en": str}}``.

    Raises
    ------
    ValueError
        A key stands in two files.
    """
    merged = {}
    for path in phrase_files():
        for key, value in _flat(tomllib.loads(path.read_text(encoding="utf-8"))):
            if key in merged:
                raise ValueError(f"phrase {key!r} stands twice, the second time in {path.name}")
            merged[key] = value
    return merged


def placeholders(text):
    """Names in braces that a phrase asks for.

    Parameters
    ----------
    text : str

    Returns
    -------
    set of str
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def has_phrase(key):
    """Whether a phrase exists.

    Parameters
    ----------
    key : str

    Returns
    -------
    bool
    """
    return key in phrases()


def say(key, lang, **values):
    """A phrase in one language with its values filled in.

    Parameters
    ----------
    key : str
        ``section.key`` of a phrase file.
    lang : {"vi", "en"}
    **values : str
        Words for the placeholders. Numbers are formatted by the caller (`number`, `percent`, `money`, `day`),
        so that none reaches a reader in Python's notation.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        No such phrase or language, or a placeholder without a value.
    TypeError
        A value that is not a string.
    """
    if key not in phrases():
        raise KeyError(f"no phrase {key!r} in giamngheo/phrases")
    template = phrases()[key][lang]
    for name, value in values.items():
        if not isinstance(value, str):
            raise TypeError(
                f"phrase {key!r}: {name} = {value!r} is not a string; format it with number() or day()"
            )
    missing = placeholders(template) - set(values)
    if missing:
        raise KeyError(f"phrase {key!r} also needs {', '.join(sorted(missing))}")
    return template.format(**values)
