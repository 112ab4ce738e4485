"""Both languages: everything that a report's reader sees passes through here.

Sentences live in ``phrases/*.toml``. Numbers have one rounding rule: half away from zero, applied to the
decimal digits of the value (5.25 -> 5,3; a float is read to 12 significant digits).
"""

from giamngheo.language.chances import chance, frequency
from giamngheo.language.numbers import (
    MINUS,
    day,
    exact,
    households,
    money,
    number,
    percent,
    points,
    rounded,
    signed,
)
from giamngheo.language.phrasebook import (
    LANGUAGES,
    PHRASES,
    has_phrase,
    phrase_files,
    phrases,
    placeholders,
    say,
)

__all__ = [
    "LANGUAGES",
    "MINUS",
    "PHRASES",
    "chance",
    "day",
    "exact",
    "frequency",
    "has_phrase",
    "households",
    "money",
    "number",
    "percent",
    "phrase_files",
    "phrases",
    "placeholders",
    "points",
    "rounded",
    "say",
    "signed",
]
