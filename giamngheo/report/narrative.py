"""Sentences and panels of the report, generated from results in both languages."""

from giamngheo.report.conclusions import (
    compare_conclusion,
    compare_sentences,
    question,
)
from giamngheo.report.sensitivity.text import (
    draws_note,
    map_sentence,
    sensitivity_conclusion,
    sobol_sentences,
    support_sentence,
    swing_sentence,
)

__all__ = [
    "compare_conclusion",
    "compare_sentences",
    "draws_note",
    "map_sentence",
    "question",
    "sensitivity_conclusion",
    "sobol_sentences",
    "support_sentence",
    "swing_sentence",
]
