"""Places in a document, in the reader's language."""

import re

from giamngheo.language import say

_PLACES = (
    (re.compile(r"^preamble (\d+)"), "preamble"),
    (re.compile(r"^article (\d+)"), "article"),
    (re.compile(r"^budget table note"), "table_note"),
    (re.compile(r"^budget table (\S+)"), "table_row"),
    (re.compile(r"^budget table$"), "table_whole"),
    (re.compile(r" item (\d+)"), "item"),
)


def locator_text(locator, lang):
    """A place in a document in the reader's language.

    Parameters
    ----------
    locator : str
        For example ``preamble 4``, ``I.2 item 1``, ``budget table I.3``; several are separated by ``; ``.
    lang : {"vi", "en"}

    Returns
    -------
    str
    """
    parts = []
    for part in locator.split("; "):
        for pattern, key in _PLACES:
            part = pattern.sub(
                lambda found, key=key: say(
                    f"locator.{key}", lang, **({"n": found.group(1)} if found.groups() else {})
                ),
                part,
            )
        parts.append(part)
    return "; ".join(parts)
