"""The figures that compare scenarios: whole, the same bytes again, and nothing is cut or overlaps."""

import matplotlib as mpl
import pytest
from helpers import assert_figure, faults_of, figures_drawn

from giamngheo.analysis import allocation
from giamngheo.report import figures, tables
from giamngheo.simulation import outcomes

each_lang = pytest.mark.parametrize("lang", ["vi", "en"])


def all_figures(package, full, shared, lang):
    """Every figure that a page shows, on real results."""
    results = outcomes.outcomes(package, ["full_plan", "plan_is_new", "no_new_money", "fixed_gap"], shared)
    yield figures.chance_dots(results, tables.target_heads(package, lang), lang)
    spread = allocation.reallocate(package, full.scenario, draws=100, fresh_draws=100)
    yield figures.allocation_dots(tables.line_names(package, lang), spread, lang)


@each_lang
def test_figures_are_clean_and_come_in_two_widths(package, full, shared, lang):
    drawn = list(all_figures(package, full, shared, lang))
    for figure in drawn:
        assert_figure(figure)
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9}):
        second = [figure.html for figure in all_figures(package, full, shared, lang)]
    assert [figure.html for figure in drawn] == second


@each_lang
def test_no_text_is_cut_or_overlaps(package, full, shared, lang, monkeypatch):
    drawn = figures_drawn(monkeypatch, lambda: list(all_figures(package, full, shared, lang)))
    faults = [fault for name, figure in drawn.items() for fault in faults_of(figure, name)]
    assert len(drawn) == 4 and not faults, "\n".join(faults)
