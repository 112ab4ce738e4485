"""Figures of the report: pure functions from results to inline SVG, each drawn for a page and for a phone."""

from types import SimpleNamespace

from giamngheo.report import fan, quantiles
from giamngheo.report.comparison.allocation_dots import allocation_dots
from giamngheo.report.fan import target_text
from giamngheo.report.scenario.plan_figures import (
    budget_bars,
    chance_dots,
    rate_histograms,
)
from giamngheo.report.sensitivity.figures import sobol_chart, tornado_chart
from giamngheo.report.wording import Page


def _page(targets, lang):
    return Page(SimpleNamespace(targets=tuple(targets.values())), lang)


def fan_charts(simulations, targets, lang):
    """As `fan.charts`, for notebooks that have no page yet."""
    return fan.charts(_page(targets, lang), simulations)


def answer_picture(result, targets, lang):
    """As `fan.picture`, for notebooks that have no page yet."""
    return fan.picture(_page(targets, lang), result)


def quantile_tables(results, targets, lang):
    """As `quantiles.tables`, for notebooks that have no page yet."""
    return quantiles.tables(_page(targets, lang), results)


__all__ = [
    "allocation_dots",
    "answer_picture",
    "budget_bars",
    "chance_dots",
    "fan_charts",
    "rate_histograms",
    "sobol_chart",
    "target_text",
    "tornado_chart",
]
