"""Figures of the report: pure functions from results to inline SVG, each drawn for a page and for a phone."""

from giamngheo.figures.allocation import allocation_dots
from giamngheo.figures.plan import budget_bars, chance_dots, implied_households_chart, rate_histograms
from giamngheo.figures.rivals import rival_rows, rivals_chart
from giamngheo.figures.sensitivity import sobol_chart, tornado_chart
from giamngheo.figures.track import calibration_chart, track_chart
from giamngheo.figures.trend import answer_picture, fan_chart, fan_charts, target_text, trend_charts

__all__ = [
    "allocation_dots",
    "answer_picture",
    "budget_bars",
    "calibration_chart",
    "chance_dots",
    "fan_chart",
    "fan_charts",
    "implied_households_chart",
    "rate_histograms",
    "rival_rows",
    "rivals_chart",
    "sobol_chart",
    "target_text",
    "tornado_chart",
    "track_chart",
    "trend_charts",
]
