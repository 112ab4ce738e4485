"""Figures of the report: pure functions from results to inline SVG, each drawn for a page and for a phone."""

from giamngheo.report.fan import answer_picture, fan_chart, fan_charts, target_text, trend_charts
from giamngheo.report.scenario.plan_figures import (
    budget_bars,
    implied_households_chart,
    rate_histograms,
)
from giamngheo.report.sensitivity.figures import sobol_chart, tornado_chart
from giamngheo.report.trend.rivals import rival_rows, rivals_chart
from giamngheo.report.trend.track_charts import calibration_chart, track_chart

__all__ = [
    "answer_picture",
    "budget_bars",
    "calibration_chart",
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
