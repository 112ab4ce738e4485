"""Sentences and panels of the report, generated from results in both languages."""

from giamngheo.report.answer.answer import (
    answer,
    conclusion,
    header,
    pace_sentences,
    panels,
    scale_table,
    when_text,
)
from giamngheo.report.conclusions import (
    change_sentence,
    data_conclusion,
    minority,
    question,
    report_question,
    scenario_conclusion,
    trend_conclusion,
)
from giamngheo.report.scenario.money_text import money_sentences, plan_total, scenario_sentences, total_text
from giamngheo.report.sensitivity.text import (
    draws_note,
    map_sentence,
    sensitivity_conclusion,
    sobol_sentences,
    support_sentence,
    swing_sentence,
    turn_sentence,
)
from giamngheo.report.trend.methods import (
    glossary,
    limitations,
    methods,
    support_sentences,
    trust_intro,
)

__all__ = [
    "answer",
    "change_sentence",
    "conclusion",
    "data_conclusion",
    "draws_note",
    "glossary",
    "header",
    "limitations",
    "map_sentence",
    "methods",
    "minority",
    "money_sentences",
    "pace_sentences",
    "panels",
    "plan_total",
    "question",
    "report_question",
    "scale_table",
    "scenario_conclusion",
    "scenario_sentences",
    "sensitivity_conclusion",
    "sobol_sentences",
    "support_sentence",
    "support_sentences",
    "swing_sentence",
    "total_text",
    "trend_conclusion",
    "trust_intro",
    "turn_sentence",
    "when_text",
]
