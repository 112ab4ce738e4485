"""The trend: known drifts come back, shares add up, and what cannot be forecast is refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampler import walkers
from scipy.special import ndtr, ndtri

from giamngheo import forecast, package_forecast
from giamngheo.forecasting import trend
from giamngheo.forecasting.reference_series import load_rates
from giamngheo.inputs.errors import RefusedInput

DECISION = date(2013, 1, 21)


def series(rates, start=2000, line="a", status="poor", years=None):
    years = years if years is not None else range(start, start + len(rates))
    return pd.DataFrame(
        {
            "as_of": [f"{year}-12-31" for year in years],
            "status": status,
            "poverty_line": line,
            "rate_pct": rates,
        }
    )


def final(result, group="all", status="poor"):
    """The last year's row of a forecast's table."""
    table = result.table
    return table[(table["group"] == group) & (table["status"] == status)].iloc[-1]


def steady(drift, n, level=-1.0):
    return 100 * ndtr(level - drift * np.arange(n))


@pytest.fixture(scope="module")
def decision(package):
    return package_forecast(package)


def test_every_household_is_counted_once_in_every_draw(decision):
    for group in decision.groups:
        poor, near, both = (decision.draws[group, s] for s in ("poor", "near_poor", "poor_or_near_poor"))
        assert (poor >= 0).all() and (near >= 0).all() and (both <= 100).all()
        assert_allclose(poor + near, both, atol=1e-12)


def test_the_same_seed_gives_the_same_draws_and_seed_nought_is_a_seed(package, decision):
    again = package_forecast(package)
    assert_array_equal(again.draws["all", "poor"], decision.draws["all", "poor"])
    other = package_forecast(package, seed=1)
    assert not np.array_equal(other.draws["all", "poor"], decision.draws["all", "poor"])


def test_the_table_is_that_of_the_draws(decision):
    row = final(decision)
    draws = decision.draws["all", "poor"][:, -1]
    assert row["mean"] == pytest.approx(draws.mean())
    assert row["q10"] == pytest.approx(np.quantile(draws, 0.1))
    assert list(decision.table.columns) == [
        "as_of", "group", "status", "mean", "q025", "q10", "q25", "q50", "q75", "q90", "q975",
    ]  # fmt: skip


def test_nothing_published_after_the_decision_changes_its_forecast(package, decision):
    assert decision.known_by == DECISION
    with_hindsight = package_forecast(package, known_by=date(2016, 12, 31))
    assert with_hindsight.prior != decision.prior
    assert decision.prior.series == ("VNM:review:qd170_2005",)


@pytest.mark.parametrize("drift", [0.05, 0.15])
def test_a_known_drift_comes_back(drift):
    readings, truth = series(steady(drift, 12)), -1.0 - drift * 15
    row = final(forecast(readings, 2015))
    assert row["q10"] < 100 * ndtr(truth) < row["q90"]  # drawn towards the nation's own fall, 0.11 a year
    for case in ({"reference": evenly_falling()}, {"assumptions": {"drift_persistence": {"fixed": 1}}}):
        row = final(forecast(readings, 2015, **case))
        assert ndtri(row["q50"] / 100) == pytest.approx(truth, abs=0.08)


def evenly_falling():
    """Series of a kind whose drifts differ and last."""
    drifts = np.linspace(0.02, 0.18, 20)
    rows = [
        series(steady(d, 10)).assign(series_id=f"s{i}", year=range(1990, 2000)) for i, d in enumerate(drifts)
    ]
    return pd.concat(rows, ignore_index=True)


def test_a_forecast_is_made_again_to_another_year(package):
    short = package_forecast(package, until=2013, draws=500)
    assert short.refit().years == short.years
    longer = short.refit(until=2015)
    assert_array_equal(longer.draws["all", "poor"], package_forecast(package, draws=500).draws["all", "poor"])


def test_parameters_are_found_once_and_not_changed_by_who_reads_them(package, monkeypatch):
    made = []
    monkeypatch.setattr(trend, "parameters", lambda of: made.append(of) or pd.DataFrame({"x": [1]}))
    result = package_forecast(package, draws=100)
    read = result.parameters
    read["x"] = 2
    assert result.parameters["x"].tolist() == [1] and len(made) == 1


def test_a_constant_series_forecasts_no_fall_beyond_its_interval():
    row = final(forecast(series([20.0] * 8), 2011))
    assert row["q025"] < 20 < row["q975"]


def test_one_reading_is_forecast_by_comparable_series_alone():
    alone, two = forecast(series([9.28]), 2005), forecast(series([10.5, 9.28]), 2005)
    assert alone.posteriors["all"]["level"].drift.mean() == pytest.approx(alone.prior.mean, abs=0.005)
    assert final(alone)["q975"] - final(alone)["q025"] > final(two)["q975"] - final(two)["q025"]
    assert len(alone.parameters)


def test_one_near_poor_reading_suffices():
    both = pd.concat([series([9.28, 7.84]), series([6.1], 2001, status="near_poor")])
    assert set(forecast(both, 2005).table["status"]) == {"poor", "near_poor", "poor_or_near_poor"}


def test_a_missing_year_is_a_gap_not_an_interpolation():
    years = [2000, 2001, 2002, 2004, 2005]
    whole = steady(0.1, 6)[[0, 1, 2, 4, 5]]
    gap = forecast(series(whole, years=years), 2009)
    filled = forecast(series(steady(0.1, 6)), 2009)
    close = gap.table["q50"].to_numpy() - filled.table["q50"].to_numpy()
    assert np.abs(close).max() < 0.4
    assert not np.array_equal(gap.table["q50"], filled.table["q50"])


def test_a_change_of_line_is_spliced_never_differenced():
    # The same welfare read on two lines: rates double at the change, the fall goes on.
    old, new = steady(0.1, 6, -1.5), 100 * ndtr(-1.0 - 0.1 * np.arange(5, 8))
    both = pd.concat([series(old), series(new, 2005, "b")])
    row = final(forecast(both, 2010))
    truth = 100 * ndtr(-1.0 - 0.1 * 10)
    assert row["q10"] < truth < row["q90"]
    shifted = pd.concat(
        [series(steady(0.1, 6, -0.5)), series(new, 2005, "b")]
    )  # another offset, the same falls
    other = final(forecast(shifted, 2010))
    assert other["q50"] == pytest.approx(row["q50"], rel=0.05)


def test_the_fixed_gap_keeps_the_last_distance_of_the_thresholds(package, decision):
    fixed = package_forecast(package, assumptions={"gap_moves": {"fixed": 0}}).paths["all"]["log_gap"]
    last = np.log(ndtri(0.1394) - ndtri(0.0784))
    assert np.median(fixed, axis=1) == pytest.approx([last] * 4, abs=0.03)
    assert decision.paths["all"]["log_gap"].std(axis=1)[-1] > 2 * fixed.std(axis=1)[-1]


def test_a_group_without_a_reading_on_the_new_line_starts_from_the_splice(decision):
    levels = decision.paths["ethnic_minority"]["level"][0]
    expected = ndtri(0.205) + (ndtri(0.0928) - ndtri(0.0359))
    assert expected - 0.4 < np.median(levels) < expected


@pytest.mark.parametrize(
    ("readings", "until", "message"),
    [
        (series([10.0, 9.0]).drop(columns="poverty_line"), 2005, "poverty_line"),
        (series([10.0, 131.5]), 2005, "131.5"),
        (pd.concat([series([10.0, 9.0]), series([8.0], 2001)]), 2005, "readings:2:as_of: repeats row 1"),
        (pd.concat([series([60.0, 60.0]), series([50.0], 2001, status="near_poor")]), 2005, "add up to 110"),
        (series([10.0, 9.0]), 1999, "nearest: 2002"),
    ],
)
def test_bad_readings_are_refused(readings, until, message):
    with pytest.raises(RefusedInput, match=message):
        forecast(readings, until)


def test_an_unknown_assumption_names_the_nearest(package):
    with pytest.raises(RefusedInput, match="gap_drift"):
        package_forecast(package, assumptions={"gap_drif": {"fixed": 0}})


def test_the_decisions_own_forecast_agrees_with_a_sampler(package, decision):
    """Both lines, the free splice and the drift that carries over, by Metropolis: no shared algebra."""
    rows = package.frame("poverty")
    rows = rows[(rows["group"] == "all") & (rows["status"] == "poor")].sort_values(["as_of", "poverty_line"])
    new = (rows["poverty_line"] == decision.poverty_line).to_numpy()
    rates_pct, year = rows["rate_pct"].to_numpy(), rows["as_of"].dt.year.to_numpy()
    at, y = year - year[0], ndtri(rates_pct / 100)
    density = np.exp(-0.5 * y**2) / np.sqrt(2 * np.pi)
    prior, n, ahead, rng, chains = (
        decision.prior,
        at.max() + 1,
        len(decision.years),
        np.random.default_rng(3),
        400,
    )
    # Drifts of the intervals, past and coming: on the old line until the instant read on both.
    on_new = np.arange(1, n + ahead) > at[new].min()
    apart = np.abs(np.subtract.outer(np.arange(n + ahead - 1), np.arange(n + ahead - 1)))
    across = on_new[:, None] != on_new

    def covariance(carried):
        kernel = sum(variance * persistence**apart for variance, persistence in prior.drift.parts)
        return kernel * np.where(across, carried[:, None, None], 1.0) + prior.drift.mean_variance

    def parts(
        theta,
    ):  # levels n, drifts n - 1, ln tails n - 1, ln scale, ln error, splice, logit of the share carried
        return np.split(theta, [n, 2 * n - 1, 3 * n - 2, 3 * n - 1, 3 * n, 3 * n + 1], axis=1)

    def log_posterior(theta):
        level, drift, tail, log_scale, log_error, splice, share = parts(theta)
        error = np.exp(log_error)
        sd = np.minimum(error / (100 * density), 0.25)
        rest = (y - level[:, at] - np.where(new, 0.0, splice)) / sd
        out = -0.5 * (rest**2).sum(1) - np.log(sd).sum(1)
        out += -0.5 * (error[:, 0] / 0.15) ** 2 + log_error[:, 0]  # half-normal, in its logarithm
        variance = np.exp(2 * log_scale + tail)
        moved = np.diff(level, axis=1) + drift
        out += -0.5 * (moved**2 / variance + np.log(variance)).sum(1)
        out += -(2 * tail + 2 * np.exp(-tail)).sum(1) - level[:, 0] ** 2 / 18 - splice[:, 0] ** 2 / 2
        out += -0.5 * ((log_scale[:, 0] - np.log(prior.scale)) / prior.scale_spread) ** 2
        carried = 1 / (1 + np.exp(-share[:, 0]))
        out += 4 * np.log(carried) + 6 * np.log1p(-carried)  # beta (4, 6), in its logit
        root = np.linalg.cholesky(covariance(carried)[:, : n - 1, : n - 1] + 1e-12 * np.eye(n - 1))
        white = np.linalg.solve(root, (drift - prior.mean)[..., None])[..., 0]
        return out - 0.5 * (white**2).sum(1) - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)

    def noise(size):
        return rng.standard_normal((chains, size))

    first = np.concatenate([y[~new] + 0.5, y[new][1:]])
    start = np.hstack([
        first + 0.02 * noise(n), prior.mean + 0.02 * noise(n - 1), 0.3 * noise(n - 1),
        np.log(prior.scale) + 0.3 * noise(1), np.log(0.1) + 0.3 * noise(1),
        -0.5 + 0.05 * noise(1), -0.4 + 0.3 * noise(1),
    ])  # fmt: skip
    found, learned = [], []
    for theta in walkers(log_posterior, start, 14_000, rng, keep_every=50):
        level, drift, _, log_scale, log_error, splice, share = parts(theta)
        learned.append(np.hstack([level, splice]))
        cov = covariance(1 / (1 + np.exp(-share[:, 0])))
        known, cross = cov[:, : n - 1, : n - 1] + 1e-12 * np.eye(n - 1), cov[:, : n - 1, n - 1 :]
        weight = np.linalg.solve(known, cross).swapaxes(1, 2)
        mean = prior.mean + (weight @ (drift - prior.mean)[..., None])[..., 0]
        root = np.linalg.cholesky(cov[:, n - 1 :, n - 1 :] - weight @ cross + 1e-12 * np.eye(ahead))
        coming = mean + (root @ noise(ahead)[..., None])[..., 0]
        tails = np.sqrt(2 / rng.gamma(2, size=(chains, ahead)))
        levels = level[:, -1:] + np.cumsum(np.exp(log_scale) * tails * noise(ahead) - coming, axis=1)
        sd = np.minimum(np.exp(log_error) / (100 * np.exp(-0.5 * levels**2) / np.sqrt(2 * np.pi)), 0.25)
        found.append(100 * ndtr(levels + sd * noise(ahead)))
    sampled, ours = np.concatenate(found), decision.draws["all", "poor"]
    for level in (0.1, 0.5, 0.9):
        assert_allclose(np.quantile(sampled, level, axis=0), np.quantile(ours, level, axis=0), rtol=0.05)
    assert (sampled[:, -1] < 2).mean() == pytest.approx((ours[:, -1] < 2).mean(), abs=0.012)
    past = decision.posteriors["all"]["level"].past(np.random.default_rng(0))
    theirs, mine = np.concatenate(learned), np.vstack([past.level, past.offset]).T
    assert_allclose(np.median(theirs, axis=0), np.median(mine, axis=0), atol=0.003)
    widths = (np.subtract(*np.quantile(each, (0.9, 0.1), axis=0)) for each in (theirs, mine))
    assert_allclose(*widths, rtol=0.12)


def test_a_reference_without_series_by_then_is_said(package):
    early = forecast(series([20.0, 18.0], years=[2001, 2002]), 2006, draws=100)
    assert early.known_by == date(2003, 5, 31)  # a review of 2002, five months on
    assert "prior wide (no vn-review by then)" in repr(early)
    assert "prior wide as known" in repr(package_forecast(package, draws=100, reference="wide"))


def test_a_day_of_publication_cuts_the_own_readings_too(package):
    early = package_forecast(package, draws=100, known_by="2010-06-30")
    assert str(early.origin) == "2009-12-31" and early.poverty_line == "qd170_2005"
    assert early.history["as_of"].max() == pd.Timestamp("2009-12-31")
    with pytest.raises(RefusedInput, match=r"no reading of the poor was out by 2006-03-30.*2006-05-31"):
        package_forecast(package, draws=100, known_by="2006-03-30")


def test_a_reading_came_out_on_its_own_day_if_one_is_given():
    readings = series([20.0, 18.0, 16.0]).assign(published=[None, None, "2005-01-01"])
    assert forecast(readings, 2006, draws=100).known_by == date(2005, 1, 1)
    assert forecast(readings, 2006, draws=100, known_by="2004-12-31").origin == date(2001, 12, 31)
    bare = series([20.0, 18.0, 16.0])
    assert forecast(bare, 2006, draws=100, reference="vn-survey").known_by == date(2004, 6, 30)


def test_the_name_of_a_line_costs_nothing():
    readings = [series([20.0, 16.0], years=[2010, 2012], line=line) for line in ("of_my_own", "l2011")]
    one, other = (forecast(each, 2016, draws=100, reference="vn-survey") for each in readings)
    assert one.prior == other.prior and one.prior.n_series > 100
    assert "vn-survey (121 series: VNM:" in repr(one)


def test_a_series_that_stood_still_for_long_is_expected_to_stand():
    for n, years in ((30, range(1982, 2012)), (2, (2010, 2011))):
        row = final(forecast(series([15.9] * n, years=years), 2015))
        if n == 30:
            assert row["q10"] < 15.9 < row["q90"]
            assert row["q50"] > 14
        else:
            assert row["q50"] < 12.5  # two readings still lean on the reference


def test_a_known_drift_is_given_back_more_surely_the_longer_the_series():
    misses, widths = [], []
    for n in (3, 8, 24):
        readings, truth = series(steady(0.03, n, -0.5), years=range(2012 - n, 2012)), -0.5 - 0.03 * (n + 3)
        row = final(forecast(readings, 2015))
        misses.append(abs(ndtri(row["q50"] / 100) - truth))
        widths.append(ndtri(row["q90"] / 100) - ndtri(row["q10"] / 100))
    assert misses[0] > misses[1] > misses[2] and misses[2] < 0.06
    assert widths[0] > widths[1] > widths[2]


def test_a_series_of_noughts_has_an_upper_end():
    row = final(forecast(series([0.0] * 5), 2008))
    assert 0.03 < row["q975"] < 2


def test_series_of_one_s_own_are_known_by_the_day_too(package):
    """What came out after the day informs no prior, and neither does the unit itself."""
    rates = load_rates()
    given = rates[(rates["group"] == "national-line") & (rates["status"] == "poor")]
    readings = package.frame("poverty")

    def prior(reference, **settings):
        return forecast(
            readings, 2015, draws=200, known_by="2013-01-21", reference=reference, **settings
        ).prior

    early = given[given["year"] <= 2011]
    assert prior(given) == prior(early) != prior(given.drop(columns="group"))
    bare = given.drop(columns="group")
    assert prior(bare) == prior(bare[bare["year"] <= 2012])
    late = early.assign(published="2014-01-01")
    with pytest.raises(RefusedInput, match="no series with two readings"):
        prior(late)
    one = early["unit"].iloc[0]
    assert prior(early, unit=one) == prior(early[early["unit"] != one])
