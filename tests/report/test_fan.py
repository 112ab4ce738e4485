"""Fan charts and their numbers: what they say, what they draw, and what they never join."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from helpers import assert_clean, faults_of, figures_drawn, rows_of
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D

from giamngheo import load_scenario, paths
from giamngheo.language import LANGUAGES
from giamngheo.report import fan, quantiles
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import CASES, simulate

SHAPE = {"mean": 1, "q025": 0.5, "q10": 0.6, "q25": 0.8, "q50": 1, "q75": 1.2, "q90": 1.5, "q975": 1.7}


@pytest.fixture(params=LANGUAGES)
def page(package, request):
    return Page(package, request.param)


@pytest.fixture(scope="module")
def full(package, shared):
    return simulate(package, load_scenario("full_plan", package), shared=shared)


@pytest.fixture(scope="module")
def history(package):
    return package.frame("poverty")


def forecast_table(middles, statuses=("poor", "near_poor")):
    """A forecast for the ends of 2012 to 2015, around the same middles for each status."""
    rows = [
        {"as_of": pd.Timestamp(2012 + n, 12, 31), "group": "all", "status": status}
        | {name: factor * middle for name, factor in SHAPE.items()}
        for status in statuses
        for n, middle in enumerate(middles)
    ]
    return pd.DataFrame(rows)


FALLING = forecast_table([6, 5, 4, 3])


def all_charts(page, full):
    return fan.charts(page, full.cases), fan.picture(page, full)


def test_charts_are_whole_and_nothing_is_cut_or_overlaps(page, full, monkeypatch):
    made = []
    figures = figures_drawn(monkeypatch, lambda: made.extend(all_charts(page, full)))
    assert len(figures) == 2 * 3
    assert not [fault for name, figure in figures.items() for fault in faults_of(figure, name)]
    for exhibit in made:
        assert_clean(exhibit.html)


def test_the_same_chart_is_the_same_bytes_whatever_the_user_likes(package, full):
    page = Page(package, "vi")
    first = [exhibit.html for exhibit in all_charts(page, full)]
    likes = {"font.size": 20, "axes.facecolor": "red", "lines.linewidth": 9, "svg.fonttype": "path"}
    with mpl.rc_context(likes):
        assert [exhibit.html for exhibit in all_charts(page, full)] == first


def test_a_chart_says_what_it_shows(page, history):
    chart = fan.chart(page, FALLING, history, "poor", other=forecast_table([6, 4, 3, 2]))
    vi = page.lang == "vi"
    new_line = "đổi chuẩn nghèo" if vi else "new poverty line"
    for words in (
        "80 %",
        "50 %",
        "13,15" if vi else "13.15",
        new_line,
        "&lt; 2 %",
        page.say("figure.median_new", rate="2,0 %" if vi else "2.0 %"),
    ):
        assert words in chart.html
    assert chart.html.count(new_line) == 2  # once a width
    median = "trung vị 3,0 %" if vi else "median 3.0 %"
    assert median in chart.html and median in chart.text


def test_its_frame_is_what_is_drawn(package, history):
    shown = fan.chart(Page(package, "en"), FALLING, history, "poor", other=forecast_table([6, 4, 3, 2])).table
    by_series = dict(list(shown.groupby("series")))
    assert by_series["reading"]["rate_pct"].tolist() == fan.of(history, "poor")["rate_pct"].tolist()
    assert by_series["forecast"]["rate_pct"].tolist() == [6, 5, 4, 3]
    assert by_series["forecast"]["q90_pct"].tolist() == [9, 7.5, 6, 4.5]
    assert by_series["new"]["rate_pct"].tolist() == [6, 4, 3, 2]
    assert by_series["target"]["rate_pct"].tolist() == [2]


def places_drawn(ax):
    """Every point (n, 2) that a line, a marker or a band of a chart goes through, in the axes' data."""
    lines = [line.get_xydata() for line in ax.findobj(Line2D)]
    bands = [path.vertices for band in ax.findobj(PolyCollection) for path in band.get_paths()]
    pieces = [piece for each in ax.findobj(LineCollection) for piece in each.get_segments()]
    return np.concatenate([np.reshape(each, (-1, 2)) for each in (*lines, *bands, *pieces)])


def not_drawn(shown, ax, columns, factor=1.0):
    """The values of a chart's frame, times a factor, that are not drawn at their instants (list)."""
    places, found = places_drawn(ax), []
    for row in shown.to_dict("records"):
        here = np.abs(places[:, 0] - fan.year_of(pd.Series([row["as_of"]]))[0]) < 1e-6
        at = places[:, 1] if row["series"] == "target" else places[here, 1]  # a target is a rule across
        for name in columns:
            if row[name] == row[name] and not (np.abs(at - factor * row[name]) < 1e-9).any():
                found.append((row["series"], row["as_of"].year, name))
    return found


def test_every_value_of_its_frame_is_drawn_and_no_other(package, full, monkeypatch):
    """A value that is drawn one percent off fails here; one that is off in the frame, where pages are compared."""
    made, page = [], Page(package, "en")
    figures = figures_drawn(monkeypatch, lambda: made.extend(all_charts(page, full)))
    charts, picture = made
    frames = {f"fan-{table.name.split('-', 1)[1]}": table.frame for table in charts.tables}
    assert len(frames) == 2
    for width in ("wide", "narrow"):
        panels = zip(figures[f"answer-picture-{width}"].axes, ("poor", "near_poor"), strict=True)
        drawn = [
            (ax, picture.table[picture.table["status"] == s], ["rate_pct", "q10_pct", "q90_pct"])
            for ax, s in panels
        ]
        drawn += [
            (figures[f"{name}-{width}"].axes[0], frame, list(fan.COLUMNS[4:]))
            for name, frame in frames.items()
        ]
        for ax, frame, columns in drawn:
            assert not_drawn(frame, ax, columns) == []
            assert len(not_drawn(frame, ax, columns, 1.01)) >= frame[columns].notna().to_numpy().sum() - 1


def lines_drawn(ax):
    """Vertices (n, 2) in the axes' data of every line with a stroke; not the rules across a whole chart."""
    for line in ax.findobj(Line2D):
        if line.get_transform() == ax.transData and line.get_linestyle() not in ("None", "", " "):
            yield line.get_xydata()
    for lines in ax.findobj(LineCollection):
        yield from lines.get_segments()


def passes(vertices, points):
    """Whether a drawn line goes through any of some points."""
    for start, end in pairwise(vertices):
        along, length = end - start, float((end - start) @ (end - start))
        place = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points))
        if (np.abs(points - start - place[:, None] * along).max(axis=1) < 1e-6).any():
            return True
    return False


def test_readings_on_two_lines_are_never_joined(package, full, history, monkeypatch):
    page = Page(package, "en")
    figures = figures_drawn(
        monkeypatch, lambda: (all_charts(page, full), fan.chart(page, FALLING, history, "poor"))
    )
    poor = fan.of(history, "poor")
    readings = {
        line: np.column_stack([fan.year_of(rows["as_of"]), rows["rate_pct"].to_numpy(dtype=float)])
        for line, rows in poor.groupby("poverty_line")
    }
    assert len(readings) == 2
    for name in ("fan-poor-all-wide", "fan-poor-all-narrow", "answer-picture-wide", "answer-picture-narrow"):
        ax = figures[name].axes[0]
        found = [{line for line, at in readings.items() if passes(v, at)} for v in lines_drawn(ax)]
        assert max(map(len, found)) == 1, name
        assert set.union(*found) == set(readings), f"{name}: the readings of each line are drawn"


def test_a_series_on_one_line_without_target_or_rival_can_be_drawn(package, history):
    one_line = history[history["poverty_line"] == "qd09_2011"]
    chart = fan.chart(Page(replace(package, targets=()), "en"), FALLING, one_line, "near_poor")
    assert_clean(chart.html)
    assert "new poverty line" not in chart.html and "target" not in set(chart.table["series"])


def test_near_poor_and_poor_share_one_scale(package, full, monkeypatch):
    figures = figures_drawn(monkeypatch, lambda: all_charts(Page(package, "en"), full))
    assert len({ax.get_ylim() for figure in figures.values() for ax in figure.axes}) == 1


def test_instants_are_named_by_the_year_they_end():
    assert fan.year_of([date(2010, 12, 31), date(2012, 12, 31)]) == pytest.approx([2010, 2012])
    assert fan.year_of(date(2011, 6, 30)) == pytest.approx(2010.496, abs=0.01)


def test_quantiles_stand_for_every_status_and_case(page, full):
    made = quantiles.tables(page, full.cases)
    assert_clean(made.html)
    names = [(status, case) for status in ("poor", "near_poor") for case in CASES.values()]
    assert [tuple(table.frame[["status", "case"]].iloc[0]) for table in made.tables] == names
    for table, (status, case) in zip(made.tables, names, strict=True):
        r = {name: r for r, name in CASES.items()}[case]
        last = table.frame.iloc[-1]
        assert last["q50_pct"] == pytest.approx(full.median(r, status))
        assert rows_of(table)[-1][5] == page.number(last["q50_pct"], 2)


@pytest.mark.parametrize(
    ("last", "second", "meaning", "said"),
    [
        (3, 2.5, "new", "forecast 2.5 to 3.0 %, short of the target < 2 %"),
        (3, 1.5, "new", "forecast 1.5 to 3.0 %, which meets the target < 2 % only if the money comes on top"),
        (1.5, 1.5, "new", "forecast 1.5 %, which meets the target < 2 %"),
        (3, 2.5, "fixed", "forecast 3.0 % (2.5 % if the gap between the thresholds stands still), short of"),
    ],
)
def test_a_charts_title_says_whether_the_median_meets_the_target(
    package, history, monkeypatch, last, second, meaning, said
):
    monkeypatch.setenv(paths.SHOWN_FOR, "neither")  # nothing is rendered
    given = {"other": forecast_table([6, 5, 4, second]), "meaning": meaning}
    made = fan.chart(Page(package, "en"), forecast_table([6, 5, 4, last]), history, "poor", **given)
    assert made.title.startswith(f"Poverty rate at the end of 2015: {said}")
