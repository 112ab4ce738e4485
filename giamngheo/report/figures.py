"""Figures of the report: pure functions from results to inline SVG, each drawn for a page and for a phone."""

from giamngheo.report.comparison.allocation_dots import allocation_dots
from giamngheo.report.fan import target_text
from giamngheo.report.scenario.plan_figures import (
    chance_dots,
)
from giamngheo.report.sensitivity.figures import sobol_chart, tornado_chart

__all__ = [
    "allocation_dots",
    "chance_dots",
    "sobol_chart",
    "target_text",
    "tornado_chart",
]
