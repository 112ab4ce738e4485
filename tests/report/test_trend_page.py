"""The page of the trend: every number stands beside the name it belongs to, losers are marked, nothing is cut."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers import assert_clean, cells_of, faults_of, figures_drawn, rows_of

from giamngheo import load_scenario, package_forecast, paths
from giamngheo.analysis.pace import required_pace
from giamngheo.analysis.sensitivity import cases
from giamngheo.forecasting.reference_series import load_table
from giamngheo.forecasting.rivals import METHODS, fit_rivals, rival_forecasts
from giamngheo.language import LANGUAGES
from giamngheo.report.columns import MISSING
from giamngheo.report.trend import (
    conclusion,
    falls,
    fans,
    methods,
    minority,
    pace,
    priors,
    rivals,
    track_record,
)
from giamngheo.report.wording import Page, first_upper
from giamngheo.simulation.outcomes import simulate_case

OURS, EARLIER, LAST_VALUE = "ours", "ours, earlier years only", "last value"


@pytest.fixture(params=LANGUAGES)
def page(package, request):
    return Page(package, request.param)


@pytest.fixture(scope="module")
def record():
    return load_table("track_record")


@pytest.fixture(scope="module")
def trend(package):
    return package_forecast(package, draws=1_000)


@pytest.fixture(scope="module")
def compared(package, trend, record):
    return rivals.compared(trend, rival_forecasts(trend.history, package.deadline.year), record)


@pytest.fixture(scope="module")
def by_group(package):
    return cases.by_reference(package, ["vn-review", "wide"], draws=500, seed=0)


@pytest.fixture(scope="module")
def fixed(package):
    return simulate_case(package, load_scenario("fixed_gap", package), draws=500)


def history(last=2, first=6):
    rows = [("old", f"{2000 + i}-12-31") for i in range(first)]
    rows += [("new", f"{2000 + first + i}-12-31") for i in range(last)]
    frame = pd.DataFrame(rows, columns=["poverty_line", "as_of"])
    return frame.assign(group="all", status="poor", rate_pct=9.0)


def group_name(page, group):
    return first_upper(page.say(f"track_group.{group}"))


def method_name(page, method):
    return page.say(f"track_method.{method.replace(', ', '_').replace(' ', '_')}")


def ratio_text(page, ratio):
    if pd.isna(ratio):
        return "–"
    return page.number(ratio, 2) + (f" {page.say('track.loses')}" if ratio > 1 else "")


def test_everything_is_whole_and_no_table_bears_the_name_of_another(
    page, trend, fixed, record, compared, by_group, register, monkeypatch
):
    made = []

    def make():
        made.extend([
            falls.table(page, trend.history), fans.charts(page, trend, fixed),
            pace.table(page, required_pace(page.package)),
            rivals.sentences(page, compared), rivals.chart(page, compared), rivals.table(page, compared),
            track_record.sentences(page, record, trend.history), track_record.chart(page, record),
            track_record.table(page, record), track_record.calibration(page, record),
            track_record.coverage(page, record),
            track_record.near_poor_gap(page, load_table("near_poor_gap")), priors.table(page, by_group),
            priors.support(page, register, trend), minority.section(page, trend, register),
            methods.values(page, trend), conclusion.sentences(page, trend),
        ])  # fmt: skip

    figures, names = figures_drawn(monkeypatch, make), []
    assert not [fault for name, figure in figures.items() for fault in faults_of(figure, name)]
    for exhibit in made:
        assert_clean(re.sub(r"https?://[^<\s]+", "", exhibit.html))
        assert not re.search(r"None|\bnan\b|<NA>|[{}]", exhibit.text)
        names += [table.name for table in exhibit.tables]
    assert len(names) == len(set(names))


def test_falls_never_cross_a_change_of_line(page, trend):
    shown = falls.table(page, trend.history)
    poor = trend.history[(trend.history["group"] == "all") & (trend.history["status"] == "poor")]
    assert len(shown.table) == len(poor) - poor["poverty_line"].nunique()
    assert (shown.table["change_points"] < 0).all()
    last = shown.table.iloc[-1]
    assert last["change_points"] == pytest.approx(7.84 - 9.28)
    assert page.signed(7.84 - 9.28, 2) in shown.text.splitlines()[-2]


def test_every_method_stands_beside_its_own_score_in_every_kind_of_series(page, record):
    cells = cells_of(track_record.table(page, record).html)
    for _, row in record.iterrows():
        shown = cells[method_name(page, row["method"])][group_name(page, row["group"])]
        assert shown == ratio_text(page, row["crps_ratio"]), (row["group"], row["method"])
    assert len(cells) == record["method"].nunique() + 1  # and the units


def test_the_records_titles_count_kinds_of_series(page, record, compared, monkeypatch):
    monkeypatch.setenv(paths.SHOWN_FOR, "neither")  # nothing is rendered
    ours = record[record["method"] == track_record.EARLIER]
    won, whole = int((ours["crps_ratio"] < 1).sum()), len(ours)
    told = {"vi": f"Ở {won} trong {whole} loại chuỗi", "en": f"In {won} of {whole} kinds of series"}
    assert track_record.chart(page, record).title.startswith(told[page.lang])
    inside = [sum(map(float, tenths.split()[1:-1])) for tenths in ours["pit_deciles_pct"]]
    title = track_record.calibration(page, record).title
    assert page.number(min(inside), 0) in title and page.number(max(inside), 0) in title
    title = rivals.chart(page, compared).title
    assert page.number(compared["median_pct"].iloc[0], 1) in title


def test_every_dot_of_the_record_is_that_of_its_method(page, record, monkeypatch):
    figures = figures_drawn(monkeypatch, lambda: track_record.chart(page, record))
    ax = figures["track-record-wide"].axes[0]
    places = {
        tick.get_text(): place for place, tick in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    }
    dots = [(line.get_marker(), line.get_ydata()[0], sorted(line.get_xdata())) for line in ax.get_lines()[1:]]
    for group, rows in record.groupby("group"):
        scores, place = (
            rows.set_index("method")["crps_ratio"].dropna(),
            places[page.say(f"track_group.{group}")],
        )
        assert ("o", place, [scores[EARLIER]]) in dots
        assert ("D", place, sorted(scores.drop([OURS, EARLIER, LAST_VALUE]))) in dots


def test_every_tenth_is_drawn_where_it_belongs(page, record, monkeypatch):
    figures = figures_drawn(monkeypatch, lambda: track_record.calibration(page, record))
    rows = record[record["method"] == EARLIER].set_index("group")["pit_deciles_pct"]
    panels = {ax.get_title(loc="left").replace("\n", " "): ax for ax in figures["calibration-wide"].axes}
    for group, tenths in rows.items():
        heights = [bar.get_height() for bar in panels[page.say(f"track_group.{group}")].patches]
        assert heights == [float(tenth) for tenth in tenths.split()]


def test_errors_and_coverage_are_those_of_the_record(page, record):
    shown = track_record.coverage(page, record)
    kept, table = record.set_index(["group", "method"]), shown.tables[0]
    for row, cells in zip(table.frame.to_dict("records"), rows_of(table), strict=True):
        own, last = kept.loc[(row["group"], row["method"])], kept.loc[(row["group"], LAST_VALUE)]
        name = page.say("track.earlier") if row["method"] == EARLIER else group_name(page, row["group"])
        assert cells[:3] == [name, page.number(own["mae_points"], 2), page.number(last["mae_points"], 2)]
        assert cells[4] == f"{page.number(own['cover_80_pct'], 0)} ± {page.number(2 * own['cover_80_se'], 0)}"
        assert cells[8] == f"{page.number(own['brier_90'], 3)} ({page.number(last['brier_90'], 3)})"
    assert set(table.frame["group"]) == set(record["group"])


def test_every_year_ahead_stands_with_and_without_the_same_year(page, record):
    table = track_record.coverage(page, record).tables[1]
    kept = record.set_index(["group", "method"])
    for row, cells in zip(table.frame.to_dict("records"), rows_of(table), strict=True):
        own = kept.loc[(row["group"], row["method"])]
        for cell, name, decimals in ((cells[1], "crps_ratio", 2), (cells[2], "cover_80", 0)):
            values = [
                own[f"{name}_{ahead}"] for ahead in (1, 2, 3, 4)
            ]  # missing: nothing was published so far ahead
            assert cell.split(" · ") == [MISSING if np.isnan(x) else page.number(x, decimals) for x in values]
        assert cells[3] == own["pit_deciles_pct"]
    assert set(table.frame["method"]) == {OURS, EARLIER}


def test_where_usual_forecasts_need_more_readings_the_title_says_so(page, trend, record):
    last = trend.history[(trend.history["as_of"] == "2011-12-31") & (trend.history["group"] == "all")]
    one = trend.refit(last[last["status"] == "poor"])
    rows = rivals.compared(one, rival_forecasts(one.history, 2015), record)
    made = rivals.chart(page, rows)
    assert "nan" not in made.text + made.title + rivals.table(page, rows).text
    assert page.say("figure.rivals_title_alone", who="", when="", own="").rpartition(";")[2] in made.title


def test_where_the_year_that_is_forecast_was_read_before_its_end_the_page_says_so(page, package, record):
    rows = [row for row in package.readings if row.group == "all" and row.status == "poor"]
    rows = [row.model_copy(update={"as_of": row.as_of.replace(month=11, day=30)}) for row in rows]
    page = Page(replace(package, readings=tuple(rows)), page.lang)
    trend = package_forecast(page.package, until=rows[-1].as_of.year, draws=200)
    others = rivals.beside(trend, fit_rivals(trend.history))
    assert len(trend.years) == 1 and not len(others)
    compared = rivals.compared(trend, others, record)
    title = rivals.chart(page, compared).title
    assert page.say("figure.rivals_title_read", who="", when="", own="").rpartition(";")[2] in title
    assert rivals.sentences(page, compared).text == page.say("trust.year_read")
    day = rows[-1].as_of.replace(year=rows[-1].as_of.year + 1, month=6)
    other = rows[-1].model_copy(update={"as_of": day, "group": "other"})  # of whom the rivals are not
    page = Page(replace(package, readings=(*package.readings, other)), page.lang)
    due = compared.assign(as_of=compared["as_of"] + pd.DateOffset(years=1))
    assert rivals.sentences(page, due).text == page.say("trust.one_reading")


def test_rivals_stand_beside_their_own_scores_and_those_that_lost_are_marked(page, record, compared):
    theirs = {
        "chosen": EARLIER, "last_value": LAST_VALUE, "drift": "drift", "points": "straight line, points",
        "log": "straight line, log", "logit": "straight line, logit", "damped_trend": "damped ETS",
        "local_linear_trend": "local linear trend",
    }  # fmt: skip
    assert set(compared["method"]) == {"chosen", *METHODS}
    kept = record[record["group"] == "break + 2"].set_index("method")["crps_ratio"]
    cells, chart = cells_of(rivals.table(page, compared).html), rivals.chart(page, compared).text
    for _, row in compared.iterrows():
        ratio, name = kept[theirs[row["method"]]], page.say(f"method.{row['method']}")
        shown = list(cells[name].values())
        assert shown == [
            *(page.number(row[q], 2) for q in ("median_pct", "low_pct", "high_pct")),
            ratio_text(page, ratio),
        ]
        assert (f"{name}*: " in chart) == (ratio > 1), row["method"]
    assert 0 < (compared["crps_ratio"] > 1).sum() < len(compared) - 2


def test_few_readings_are_stated_and_eight_on_the_line_are_not_few(package, record):
    page = Page(package, "en")
    assert "fewer than eight" in track_record.sentences(page, record, history()).text
    assert "fewer than eight" not in track_record.sentences(page, record, history(last=8, first=0)).text


def test_where_ours_loses_is_said_with_its_number(package, record):
    worse = record.copy()
    mine = (worse["method"] == EARLIER) & (worse["group"] == "id-survey")
    worse.loc[mine, "crps_ratio"] = 1.37
    text = track_record.sentences(Page(package, "en"), worse, history()).text
    assert "Indonesia's provinces (1.37)" in text


def test_the_nearest_kind_of_series_is_that_of_the_break():
    assert track_record.kind_of(history()) == "break + 2"
    assert track_record.kind_of(history(last=0)) == "declining"


def test_an_own_gap_beats_a_fixed_one_on_the_lists_that_came(page):
    gaps = load_table("near_poor_gap")
    assert gaps["own_gap_crps"].mean() < 0.7 * gaps["fixed_gap_crps"].mean()
    shown = track_record.near_poor_gap(page, gaps)
    for cells, (_, row) in zip(rows_of(shown.tables[0]), gaps.iterrows(), strict=True):
        assert cells[1] == page.percent(row["near_poor_pct"], 2)
        for cell, case in zip(cells[2:], ("own_gap", "fixed_gap"), strict=True):
            median, score = page.percent(row[f"{case}_median_pct"], 2), page.number(row[f"{case}_crps"], 2)
            assert cell == f"{median} ({score})"
    means = [page.number(gaps[f"{case}_crps"].mean(), 2) for case in ("own_gap", "fixed_gap")]
    assert list(cells_of(shown.html)[page.say("track.mean_score")].values()) == ["", *means]


def test_each_prior_stands_beside_the_forecast_that_it_gives(page, by_group):
    table = priors.table(page, by_group).tables[0]
    for (group, result), row, cells in zip(
        by_group.items(), table.frame.to_dict("records"), rows_of(table), strict=True
    ):
        prior = result.cases[1].trend.prior
        assert (row["reference"], row["n_series"], row["drift_mean"]) == (group, prior.n_series, prior.mean)
        assert row["poor_pct"] == result.median(1, "poor")
        pair = [page.chance(result.by_case[r]["both"]) for r in (1, 0)]
        assert cells[-1] == " / ".join(pair)


def test_a_group_never_read_on_the_line_is_named_as_an_assumption(page, trend, register):
    made = minority.section(page, trend, register)
    middle = np.median(trend.draws["ethnic_minority", "poor"][:, -1])
    assert page.percent(middle, 1) in made.text and page.say("group.ethnic_minority") in made.text
    alone = replace(trend, draws={key: value for key, value in trend.draws.items() if key[0] == "all"})
    assert minority.section(page, alone, register).text == page.say("minority.none")


def test_the_conclusion_tells_one_rate_where_only_one_was_forecast(page, trend):
    both = conclusion.sentences(page, trend).text
    poor = replace(trend, draws={("all", "poor"): trend.draws["all", "poor"]})
    one = conclusion.sentences(page, poor).text
    near = page.percent(np.median(trend.draws["all", "near_poor"][:, -1]), 1)
    assert near in both and near not in one
