"""Sentences and panels of the report, generated from results in both languages."""

from giamngheo.report.conclusions import compare_conclusion, compare_sentences, question

__all__ = [
    "compare_conclusion",
    "compare_sentences",
    "question",
]
