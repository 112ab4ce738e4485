"""Sentences and panels of the report, generated from results in both languages."""

from giamngheo.report.conclusions import (
    compare_conclusion,
    compare_sentences,
    minority,
    question,
    trend_conclusion,
)
from giamngheo.report.trend.methods import limitations, methods, support_sentences, trust_intro

__all__ = [
    "compare_conclusion",
    "compare_sentences",
    "limitations",
    "methods",
    "minority",
    "question",
    "support_sentences",
    "trend_conclusion",
    "trust_intro",
]
