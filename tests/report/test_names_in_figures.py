"""Names that a figure could read as code, or that could break its page, stand in it as text."""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pandas as pd
import pytest
from helpers import assert_figure, faults_of, figures_drawn, read_aloud

from giamngheo.report.comparison import overview, reallocation, scenario_panels
from giamngheo.report.scenario import budget
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import CASES

NAMES = (
    "$x^{$",
    "<script>alert(1)</script>",
    "a\x07b",  # XML knows no such letter
    "\u202eabc\u202c",
    "dài " * 75,
    "x" * 300,
    "]]> &amp; \"'",
    "\\frac{1}{0} %s {0}",
)


def hostile(package):
    """The plan with its lines named so (Package)."""
    lines = [
        row.model_copy(update={"name_vi": name, "name_en": name})
        for row, name in zip(package.budget_lines, NAMES, strict=False)
    ]
    return replace(package, budget_lines=(*lines, *package.budget_lines[len(lines) :]))


def spread_otherwise(package):
    """A reallocation that leaves every line as it is."""
    lines = [
        {"line": row.line}
        | dict.fromkeys(("plan_bn", "joint_bn", "gap_bn", "low_bn", "high_bn"), Fraction(row.total_3y))
        | {"joint_of_plan": 1.0, "gap_of_plan": 1.0}
        for row in package.budget_lines
    ]
    ways = pd.MultiIndex.from_product([["plan", "joint"], CASES.values()], names=["allocation", "case"])
    return SimpleNamespace(lines=pd.DataFrame(lines), fresh=pd.DataFrame({"both": 0.1}, index=ways))


def named(outcome, name):
    """A simulation under another title."""
    kept = {key: getattr(outcome, key) for key in ("shown", "by_case", "cases", "trend", "years")}
    return SimpleNamespace(scenario=SimpleNamespace(title={"vi": name, "en": name}), **kept)


@pytest.fixture(scope="module")
def made_of(package, full):
    """What makes a figure of each kind that holds names, by kind (dict)."""
    other = hostile(package)
    page = Page(other, "en")
    results = {"full_plan": full} | {f"s{n}": named(full, name) for n, name in enumerate(NAMES)}
    return {
        "budget": lambda: budget.chart(page, full.money),
        "allocation": lambda: reallocation.dots(page, spread_otherwise(other)),
        "scenarios": lambda: overview.dots(page, results),
        "scenario-panels": lambda: scenario_panels.chart(page, results),
    }


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("kind", ["budget", "allocation", "scenarios", "scenario-panels"])
def test_a_name_stands_in_a_figure_as_text(made_of, kind, monkeypatch):
    """Case 44: `$x^{$` was read as mathematics, and a control character made an SVG that is not well-formed."""
    made = []
    drawn = figures_drawn(monkeypatch, lambda: made.append(made_of[kind]()))
    assert_figure(made[0])
    assert not [fault for name, figure in drawn.items() for fault in faults_of(figure, name)]
    text = read_aloud(made[0].html)
    for name in NAMES:
        shown = "".join(letter for letter in name if letter.isprintable() or letter == " ")
        assert "".join(shown.split())[:12] in "".join(text.split())
    assert "\x07" not in made[0].html and "\u202e" not in made[0].html
