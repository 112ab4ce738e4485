"""How the trend is tried on its page: what is drawn and said is what the frames hold, in both languages."""

import re
from datetime import date

import numpy as np
import pytest
from helpers import assert_clean, assert_figure, faults_of, figures_drawn, rows_of
from numpy.testing import assert_allclose

from giamngheo import load_scenario, package_forecast
from giamngheo.analysis.left_out import forecasts_without_each_reading
from giamngheo.analysis.sensitivity.cases import by_reference
from giamngheo.analysis.variance_shares import variance_shares
from giamngheo.forecasting.learned import expected_readings
from giamngheo.forecasting.reference_series import load_table
from giamngheo.forecasting.rivals import METHODS, rival_forecasts, straight_lines
from giamngheo.report import quantiles
from giamngheo.report import variance_shares as width
from giamngheo.report.trend import (
    conclusion,
    expected,
    fans,
    learned,
    left_out,
    methods,
    minority,
    priors,
    residuals,
    rivals,
    track_record,
)
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import simulate, simulate_case
from giamngheo.simulation.shared_draws import shared_draws

DRAWS = 500


@pytest.fixture(scope="module")
def trend(package):
    return package_forecast(package, draws=DRAWS)


@pytest.fixture(scope="module")
def by_scale(package):
    return residuals.by_scale(straight_lines(package.frame("poverty")))


@pytest.fixture(scope="module")
def expectations(trend):
    return expected_readings(trend)


@pytest.fixture(scope="module")
def without_each(package, trend):
    return forecasts_without_each_reading(package, trend)


def axes_of(monkeypatch, make, name):
    """The panels of the wide drawing, by their titles' first line, and what was made."""
    made = []
    figure = figures_drawn(monkeypatch, lambda: made.append(make()))[f"{name}-wide"]
    return {ax.get_title(loc="left").split("\n")[0]: ax for ax in figure.axes}, made[0]


def segments(ax, width):
    """Lines of two points and of one width that are drawn level: (place, from, to), from the top down."""
    lines = [line for line in ax.get_lines() if line.get_linewidth() == width and len(line.get_xdata()) == 2]
    return sorted((line.get_ydata()[0], *sorted(line.get_xdata())) for line in lines)


def test_a_residual_above_the_line_is_drawn_above_it_on_every_scale(page, by_scale, monkeypatch):
    panels, made = axes_of(monkeypatch, lambda: residuals.chart(page, by_scale), "residuals-by-scale")
    assert_figure(made)
    for scale, rows in by_scale.groupby("scale"):
        ax = panels[page.say(f"residuals.scale_{scale}")]
        dots = ax.collections[-1].get_offsets()
        assert_allclose(dots[:, 0], rows["year"])
        slope = np.polyfit(rows["year"], rows["rate_pct"] - rows["residual_pp"], 1)[0]
        if scale == "points":  # by hand: points above the line over points a year
            assert_allclose(dots[:, 1], rows["residual_pp"] / abs(slope))
        assert_allclose(np.sign(dots[:, 1]), np.sign(rows["rate_pct"] - rows["fitted_pct"]))
        far = rows.loc[rows["residual_years"].abs().idxmax()]
        assert page.signed(far["residual_years"], 2) in [text.get_text() for text in ax.texts]


def test_the_straightest_scale_is_named_with_its_size(page, by_scale):
    own = by_scale[by_scale["scale"] == "points"]["residual_years"]
    text = residuals.sentence(page, by_scale).text
    assert page.say("residuals.of_points") in text.split(":")[0].split(";")[0]
    assert page.number(np.sqrt((own**2).mean()), 2) in text and "2010" in text
    level = by_scale.assign(residual_years=np.nan)
    assert residuals.sentence(page, level).text == page.say("residuals.level")
    two = residuals.by_scale(straight_lines(page.package.frame("poverty").iloc[:2]))
    assert residuals.sentence(page, two).text == page.say("residuals.straight")


def test_prior_and_posterior_are_drawn_and_told_as_they_are(page, trend, monkeypatch):
    table = trend.parameters
    panels, made = axes_of(monkeypatch, lambda: learned.chart(page, table), "prior-posterior")
    assert_figure(made)
    ax, rows = panels[""], made.table.to_dict("records")
    assert [row["parameter"] for row in rows] == [
        "drift", "innovation_sd", "observation_error", "carry_over", "splice", "gap_drift", "gap_spread",
    ]  # fmt: skip
    bars = segments(ax, 4)
    for n, row in enumerate(rows):
        (_, *before), (_, *after) = bars[2 * n : 2 * n + 2]
        whole = row["prior_q90"] - row["prior_q10"]
        assert_allclose(before, [0, 1])
        ends = [(row[f"posterior_{q}"] - row["prior_q10"]) / whole for q in ("q10", "q90")]
        assert_allclose(after, ends)
        assert (
            page.number(row["posterior_q50"], learned.DECIMALS[row["parameter"]])
            in ax.texts[n + 2].get_text()
        )
    told = learned.table(page, table)
    for cells, row in zip(rows_of(told.tables[0]), table.to_dict("records"), strict=True):
        decimals = learned.DECIMALS[row["parameter"]]
        for cell, when in zip(cells[2:4], ("prior", "posterior"), strict=True):
            low, middle, high = (page.number(row[f"{when}_{q}"], decimals) for q in ("q10", "q50", "q90"))
            assert cell == f"{middle} ({low}; {high})"
    drift = table[(table["group"] == "all") & (table["parameter"] == "drift")].iloc[0]
    text = learned.sentence(page, table).text
    assert page.say("learned.of_splice") in text and page.number(drift["posterior_q50"], 3) in text


def narrowed(parameters, **shares):
    """Parameters of which those named narrow by a share, all others widen by one percent."""
    table = parameters.copy()
    for end in ("prior_q10", "prior_q50", "prior_q90"):
        factor = 1 - table["parameter"].map(shares).fillna(-0.01)
        table[end.replace("prior", "posterior")] = factor * table[end]
    return table


def test_what_does_not_narrow_is_said_so_and_the_drift_is_told_once(page, trend):
    def text(**shares):
        return learned.sentence(page, narrowed(trend.parameters, **shares)).text

    drift, gap = page.say("learned.of_drift"), page.say("learned.of_gap_spread")
    wide = page.say("learned.found_drift_wide", before="", after="")[:30]
    most = page.say("learned.found", most=gap, by=page.percent(40))
    assert text(gap_spread=0.4, drift=0.2).startswith(most) and page.percent(20) in text(
        gap_spread=0.4, drift=0.2
    )
    for share in (-0.2, 0.001):
        assert text(gap_spread=0.4, drift=share).startswith(f"{most} {wide}")
    once = text(gap_spread=0.2, drift=0.4)
    assert once.count(drift) == 1 and page.percent(40) in once
    assert text().startswith(f"{page.say('learned.found_none')} {wide}")
    assert not re.search("[-−]\\d", text(drift=-0.2))


def test_each_reading_lies_on_what_the_others_expect(page, expectations, monkeypatch):
    panels, made = axes_of(monkeypatch, lambda: expected.chart(page, expectations), "expected-readings")
    assert_figure(made)
    ax, shown = panels[""], expectations[expectations["group"] == "all"]
    others, known = (shown[shown["given"] == given] for given in ("others", "all"))
    for width_, rows in ((2.2, others), (6, known)):
        assert_allclose([bar[1:] for bar in segments(ax, width_)], rows[["q10", "q90"]])
    dots = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == others["rate_pct"].tolist()
    red = [line.get_color() == "#D55E00" for line in dots]
    outside = ~others["pit"].between(0.1, 0.9)
    assert red == outside.tolist() and 0 < sum(red) < len(red)
    text = expected.sentence(page, expectations).text
    assert page.number(len(others) - sum(red)) in text and page.percent(3.59, 2) in text


def test_every_row_is_the_forecast_without_the_reading_that_it_names(page, without_each, monkeypatch):
    make = lambda: left_out.chart(page, without_each)  # noqa: E731
    panels, made = axes_of(monkeypatch, make, "left-out")
    assert_figure(made)
    for status, rows in without_each.groupby("status"):
        ax = panels[page.say(f"status.{status}")[:1].upper() + page.say(f"status.{status}")[1:]]
        bars = sorted(segments(ax, 3) + segments(ax, 2))
        assert_allclose([bar[1:] for bar in bars], rows[["q10", "q90"]])
        words = [text.get_text() for text in ax.texts]
        assert [word for word in words if "%" in word] == [page.chance(p) for p in rows["chance"]]
    names = [tick.get_text() for tick in next(iter(panels.values())).get_yticklabels()]
    left = without_each[without_each["status"] == "poor"]
    assert names[0] == page.say("left_out.nothing")
    for name, row in zip(names[1:], left.iloc[1:].to_dict("records"), strict=True):
        assert page.percent(row["left_pct"], 2) in name and str(row["left_as_of"].year) in name


def test_the_reading_that_moves_a_chance_most_is_named(page, without_each):
    text = left_out.sentences(page, without_each).text
    for _, rows in without_each.groupby("status"):
        base, moved = rows["chance"].iloc[0], rows.iloc[1:]
        most = moved.loc[(moved["chance"] - base).abs().idxmax()]
        assert page.percent(most["left_pct"], 2) in text and page.chance(most["chance"]) in text
    none = without_each.assign(chance=np.nan)
    assert left_out.sentences(page, none).text == page.say("left_out.none")


def test_where_no_target_is_reached_there_is_nothing_to_draw(page, package, without_each, monkeypatch):
    none = page.say("left_out.none")
    early = forecasts_without_each_reading(package, package_forecast(package, until=2013, draws=DRAWS))
    assert left_out.chart(page, early).text == none and left_out.sentences(page, early).text == none
    assert left_out.chart(page, without_each.iloc[:0]).text == none
    missed = without_each.copy()
    missed.loc[missed["status"] == "near_poor", ["q10", "q50", "q90", "chance"]] = np.nan
    panels, made = axes_of(monkeypatch, lambda: left_out.chart(page, missed), "left-out")
    assert len(panels) == 1 and set(made.table["status"]) == {"poor"}


def test_shares_of_the_variance_are_drawn_as_long_as_they_are(page, trend, shared, monkeypatch):
    full = simulate(page.package, load_scenario("full_plan", page.package), shared=shared)
    for shares in (variance_shares(trend), variance_shares(full)):
        panels, made = axes_of(
            monkeypatch, lambda shares=shares: width.chart(page, shares), "variance-shares"
        )
        assert_figure(made)
        cases = shares.groupby("case", sort=False) if "case" in shares else [(None, shares)]
        for status in ("poor", "near_poor"):
            ax = panels[page.say(f"status.{status}")[:1].upper() + page.say(f"status.{status}")[1:]]
            for bars, (_, rows) in zip(ax.containers, cases, strict=True):
                own = rows[rows["status"] == status].set_index("part")["share"]
                order = [
                    part for part in ("level", "drift", "shocks", "gap", "error", "money") if part in own
                ]
                assert_allclose([bar.get_width() for bar in bars], 100 * own[order])
        text = width.sentences(page, shares).text
        assert page.say("variance.of_drift") in text and page.say("variance.of_gap") in text


def test_a_rival_of_ones_own_stands_under_its_own_name(page, trend, monkeypatch):
    mine = {
        "Tốc độ $x$": lambda series, years: {
            "q10": 0.0 * years,
            "q50": 0.0 * years + 2,
            "q90": 0.0 * years + 4,
        }
    }
    record = load_table("track_record")
    usual = rivals.compared(trend, rival_forecasts(trend.history, 2015), record)
    rows = rivals.compared(trend, rival_forecasts(trend.history, 2015, own=mine), record)
    panels, made = axes_of(monkeypatch, lambda: rivals.chart(page, rows), "rivals-poor")
    assert_figure(made)
    ax = next(iter(panels.values()))
    assert ax.get_yticklabels()[-1].get_text() == "Tốc độ $x$"
    assert segments(ax, 2)[0] == (0, 0, 4)
    cells = rows_of(rivals.table(page, rows).tables[0])
    assert cells[-1] == ["Tốc độ $x$", *(page.number(x, 2) for x in (2, 0, 4)), "–"]
    assert len(cells) == len(METHODS) + 2
    assert rivals.sentences(page, rows).text == rivals.sentences(page, usual).text


@pytest.mark.parametrize(
    ("lang", "settings"),
    [
        ("en", {"reference": "national-line", "known_by": date(2012, 6, 30)}),
        (
            "vi",
            {
                "reference": "wide",
                "assumptions": {"gap_moves": {"fixed": 0}, "innovation_sd": {"fixed": 0.03}},
            },
        ),
        ("en", {"reference": "id-survey", "known_by": date(2012, 6, 30)}),  # nothing was published by then
    ],
    ids=["another group, earlier", "the wide prior, other assumptions", "a group without a series"],
)
def test_the_page_is_whole_under_another_prior(package, lang, settings, monkeypatch):
    page, made = Page(package, lang), []
    trend = package_forecast(package, draws=DRAWS, **settings)
    shared = shared_draws(package, draws=DRAWS).with_trend(trend)
    fixed = simulate_case(package, load_scenario("fixed_gap", package), shared=shared)
    results = by_reference(package, [settings["reference"], "vn-review"], shared=shared)
    compared = rivals.compared(trend, rival_forecasts(trend.history, 2015), load_table("track_record"))

    def make():
        expectations, left = expected_readings(trend), forecasts_without_each_reading(package, trend)
        made.extend([
            fans.charts(page, trend, fixed), quantiles.tables(page, {1: trend}),
            minority.section(page, trend, shared.register),
            learned.sentence(page, trend.parameters), learned.chart(page, trend.parameters),
            learned.table(page, trend.parameters), expected.sentence(page, expectations),
            expected.chart(page, expectations), left_out.sentences(page, left), left_out.chart(page, left),
            width.sentences(page, variance_shares(trend)), width.chart(page, variance_shares(trend)),
            rivals.chart(page, compared), track_record.sentences(page, load_table("track_record"), trend.history),
            priors.table(page, results), priors.support(page, shared.register, trend),
            methods.values(page, trend), conclusion.sentences(page, trend),
        ])  # fmt: skip

    figures = figures_drawn(monkeypatch, make)
    assert not [fault for name, figure in figures.items() for fault in faults_of(figure, name)]
    for exhibit in made:
        assert_clean(exhibit.html)
        assert not re.search(r"None|\bnan\b|<NA>|[{}]", exhibit.text)
    prior, text = trend.prior, "\n".join(exhibit.text for exhibit in made[-4:])
    assert page.day(trend.known_by) in text and page.number(prior.mean, 3) in text
    pooled = page.say("conclusion.pooled", n=page.number(prior.n_series), drift=page.number(prior.mean, 2))
    assert (pooled in text) == (prior.n_series > 0)
    assert ("21/01/2013" not in text and "21 January 2013" not in text) or trend.known_by == package.published
    assert fixed.trend.prior == prior


def test_the_numbers_behind_the_letters_are_those_of_the_prior(page, trend):
    shown = methods.values(page, trend)
    frame = shown.tables[0].frame.set_index("symbol")["value"]
    prior = trend.prior
    assert (frame["mean"], frame["sd"], frame["persistence"]) == (prior.mean, prior.sd, prior.persistence)
    cells = {row[1]: row[2] for row in rows_of(shown.tables[0])}
    assert cells[page.say("methods.meaning_sd")] == page.number(prior.sd, 3)
    assert page.percent(3.59) in shown.text and page.say("reference.vn-review") in shown.text
