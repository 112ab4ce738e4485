"""The pace that a target requires beside the one observed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from giamngheo.analysis.pace import required_pace


def test_the_category_of_the_pace_turns_with_the_base_year(package):
    pace = required_pace(package)
    poor = pace[pace["target"] == "poor_2015"]
    assert poor["required_pct"].round(1).unique().tolist() == [-28.9]
    assert set(poor["category"]) == {"on_track", "progressing", "limited"}
    near = pace[pace["target"] == "near_poor_2015"].iloc[0]
    assert near["category"] == "worsening"
    assert near["required_pp"] == pytest.approx(-0.775)
    assert near["observed_pp"] == pytest.approx(0.65)


@pytest.mark.parametrize(
    ("comparator", "value", "met"),
    [("<=", "7", True), ("<=", "6.10", True), ("<", "6.10", False), ("<=", "6", False)],
)
def test_what_the_last_reading_meets_is_met_and_not_worsening(package, comparator, value, met):
    """Case: a rate that rose below its target was worsening, since what was required was a rise."""
    changes = {"near_poor_2015": {"comparator": comparator, "value_pct": Decimal(value)}}
    targets = tuple(t.model_copy(update=changes.get(t.target, {})) for t in package.targets)
    pace = required_pace(replace(package, targets=targets)).set_index("target").loc[["near_poor_2015"]]
    assert (pace["category"] == "met").all() == met
    assert pace["ratio"].isna().all() or not met


def test_no_pace_is_measured_across_the_change_of_line(package):
    pace = required_pace(package)
    old = pace[pace["poverty_line"] == "qd170_2005"]
    assert (old["last_as_of"] == "2010-12-31").all()
