"""The track record as a reader sees it: the file's numbers, losers marked, what lost and by how much."""

import pandas as pd
import pytest

from giamngheo.forecasting import reference_series
from giamngheo.language import LANGUAGES, number, say
from giamngheo.report import figures, tables


@pytest.fixture(scope="module")
def record():
    return reference_series.load_table("track_record")


def history(last=2, first=6):
    rows = [("old", f"{2000 + i}-12-31") for i in range(first)]
    rows += [("new", f"{2000 + first + i}-12-31") for i in range(last)]
    frame = pd.DataFrame(rows, columns=["poverty_line", "as_of"])
    return frame.assign(group="all", status="poor", rate_pct=9.0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_method_and_kind_has_a_name_and_its_number(record, lang):
    text = tables.track_table(record, lang).text
    for _, row in record.iterrows():
        assert number(row["crps_ratio"], lang, 2) in text
    shown = tables.choices_table(reference_series.load_table("track_variants"), lang).text
    assert shown.count("\n") > 12
    assert "KeyError" not in text + shown


def test_a_method_that_loses_to_the_last_value_says_so_wherever_it_is_shown(record):
    ratios = tables.track_ratios(record, "break + 2")
    losing = tables.losing_methods(ratios)
    assert "points" in losing and "last_value" not in losing and "chosen" not in losing
    rows = [
        {
            "method": method,
            "as_of": pd.Timestamp("2015-12-31"),
            "status": "poor",
            "q10": 1.0,
            "q50": 2.0,
            "q90": 3.0,
        }
        for method in ratios
        if method != "chosen"
    ]
    own = pd.DataFrame([rows[0] | {"group": "all"}])
    text = tables.rivals_table(pd.DataFrame(rows), own, "poor", "en", ratios, "break + 2").text
    marked = {line.split("  ")[0] for line in text.splitlines() if line.endswith(say("track.loses", "en"))}
    assert marked == {say(f"method.{method}", "en") for method in losing}
    chart = figures.rivals_chart(pd.DataFrame(rows), own, "poor", "en", losing=losing).text
    assert f"{say('method.points', 'en')}*" in chart and f"{say('method.last_value', 'en')}*" not in chart


def test_few_readings_are_stated_and_eight_on_the_line_are_not_few(record):
    assert "fewer than eight" in tables.track_sentences(record, history(), "en").text
    assert "fewer than eight" not in tables.track_sentences(record, history(last=8, first=0), "en").text


def test_where_ours_loses_is_said_with_its_number(record):
    worse = record.copy()
    mine = (worse["method"] == "ours, past only") & (worse["group"] == "id-survey")
    worse.loc[mine, "crps_ratio"] = 1.37
    text = tables.track_sentences(worse, history(), "en").text
    assert "Indonesia's provinces (1.37)" in text


def test_the_nearest_kind_of_series_is_that_of_the_break():
    assert tables.kind_of(history()) == "break + 2"
    assert tables.kind_of(history(last=0)) == "declining"


def test_an_own_gap_beats_a_fixed_one_on_the_lists_that_came():
    gaps = reference_series.load_table("near_poor_gap")
    assert gaps["own_gap_crps"].mean() < 0.7 * gaps["fixed_gap_crps"].mean()
    assert number(gaps["own_gap_crps"].mean(), "en", 2) in tables.gap_track_table(gaps, "en").text
