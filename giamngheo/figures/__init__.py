"""Figures of the report: pure functions from results to inline SVG, each drawn for a page and for a phone."""

from giamngheo.figures.plan import budget_bars, chance_dots, implied_households_chart, rate_histograms
from giamngheo.figures.rivals import rival_rows, rivals_chart
from giamngheo.figures.trend import answer_picture, fan_chart, fan_charts, target_text, trend_charts

__all__ = [
    "answer_picture",
    "budget_bars",
    "chance_dots",
    "fan_chart",
    "fan_charts",
    "implied_households_chart",
    "rate_histograms",
    "rival_rows",
    "rivals_chart",
    "target_text",
    "trend_charts",
]
