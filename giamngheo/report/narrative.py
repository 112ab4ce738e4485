"""Sentences and panels of the report, generated from results in both languages."""

from giamngheo.report.conclusions import (
    compare_conclusion,
    compare_sentences,
    minority,
    question,
    trend_conclusion,
)
from giamngheo.report.sensitivity.text import (
    draws_note,
    map_sentence,
    sensitivity_conclusion,
    sobol_sentences,
    support_sentence,
    swing_sentence,
)
from giamngheo.report.trend.methods import limitations, methods, support_sentences, trust_intro

__all__ = [
    "compare_conclusion",
    "compare_sentences",
    "draws_note",
    "limitations",
    "map_sentence",
    "methods",
    "minority",
    "question",
    "sensitivity_conclusion",
    "sobol_sentences",
    "support_sentence",
    "support_sentences",
    "swing_sentence",
    "trend_conclusion",
    "trust_intro",
]
