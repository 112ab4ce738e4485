"""Priors from comparable series: only what was published, never the series itself."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from giamngheo.forecasting.drifts import Drift
from giamngheo.forecasting.levels import Levels
from giamngheo.forecasting.pooling import Pool, borrowed, stretches
from giamngheo.forecasting.prior import BORROW_FROM, drift_prior, published_prior
from giamngheo.forecasting.reference_series import LAG_MONTHS, known_readings, load_rates
from giamngheo.inputs.errors import RefusedInput

DECISION = date(2013, 1, 21)


@pytest.fixture(scope="module")
def rates():
    return load_rates()


def test_nothing_published_later_is_known(rates):
    known = known_readings(rates, "vn-review", DECISION)
    # The review of 2012 came out on 13 May 2013, and with it what the rate of 2011 is derived from.
    assert known["year"].max() == 2010
    later = known_readings(rates, "vn-review", date(2013, 5, 13))
    assert later["year"].max() == 2012
    assert known_readings(rates, "vn-survey", DECISION)["year"].max() == 2010


def test_the_series_being_forecast_is_left_out(rates):
    assert "VNM:An Giang" in set(known_readings(rates, "vn-survey", DECISION)["unit"])
    assert "VNM:An Giang" not in set(known_readings(rates, "vn-survey", DECISION, "VNM:An Giang")["unit"])


def test_doubtful_readings_inform_nothing(rates):
    known = known_readings(rates, "vn-review", date(2030, 1, 1))
    assert not known["doubt"].fillna("").str.contains("inferred").any()


def test_every_group_of_the_file_has_a_lag(rates):
    assert set(rates["group"]) == set(LAG_MONTHS)


def test_known_drifts_come_back():
    rng = np.random.default_rng(1)
    drifts = rng.normal(0.08, 0.04, 200)
    years = np.arange(2000, 2011)
    rows = [
        {"series_id": str(i), "year": year, "rate_pct": 100 * ndtr(-0.5 - drift * (year - 2000))}
        for i, drift in enumerate(drifts)
        for year in years
    ]
    prior = drift_prior(pd.DataFrame(rows))
    assert prior.mean == pytest.approx(drifts.mean(), abs=0.002)
    assert prior.sd == pytest.approx(0.04, rel=0.2)
    assert prior.permanent > 0.85  # each fell evenly
    assert prior.n_series == 200


def test_a_gap_of_years_is_a_longer_step(rates):
    rows = pd.DataFrame({"series_id": ["a", "a"], "year": [2000, 2004], "rate_pct": 100 * ndtr([-1.0, -1.4])})
    lender = published_prior(BORROW_FROM, DECISION)
    prior = drift_prior(rows, lender)
    assert prior.mean == pytest.approx(0.1, abs=1e-9)
    assert (
        prior.sd > lender.sd and prior.drift.mean_sd > lender.drift.mean_sd
    )  # one fall tells little of the mean
    assert prior.drift.parts == lender.drift.parts
    assert prior.scale == lender.scale


def simulated(share, phi, n=150, years=16, spread=0.04, seed=2):
    """Series whose drift has a part that stays and one that returns."""
    rng, rows = np.random.default_rng(seed), []
    for i in range(n):
        stays, moves = rng.normal(0, spread * np.sqrt(share)), rng.normal(0, spread * np.sqrt(1 - share))
        z = [-0.5]
        for _ in range(years - 1):
            z.append(z[-1] - 0.05 - stays - moves + 0.01 * rng.standard_normal())
            moves = phi * moves + rng.normal(0, spread * np.sqrt((1 - share) * (1 - phi**2)))
        rows += [
            {"series_id": str(i), "year": 2000 + k, "rate_pct": 100 * ndtr(v)}
            for k, v in enumerate(z)
            if v > -2.5
        ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("share", "phi"), [(0.1, 0.5), (0.6, 0.5)])
def test_the_share_that_stays_is_learned_from_the_reference(share, phi):
    prior = drift_prior(simulated(share, phi))
    assert prior.permanent == pytest.approx(share, abs=0.2)
    assert prior.sd == pytest.approx(0.04, rel=0.2)


def test_the_uncertainty_of_the_mean_stays():
    sure = Drift(0.1, ((0.03**2, 0.5),))
    unsure = replace(sure, mean_variance=0.02**2)
    far = unsure.moments([2000, 2060])[1]
    assert far[0, 1] == pytest.approx(0.02**2)
    assert sure.moments([2000, 2060])[1][0, 1] < 1e-9


def test_the_mean_is_that_of_every_line():
    """A series' own departure is carried over in part, what is not known of the mean whole."""
    instants, line_at, rows, lines = (
        np.arange(4.0),
        np.array([0, 0, 1, 1]),
        np.array([1, 3]),
        np.array([0, 1]),
    )
    own, mean = Drift(0.1, ((0.03**2, 1.0),)), Drift(0.1, (), mean_variance=0.02**2)
    for drift, variance, share in ((own, 0.03**2, 0.4), (mean, 0.02**2, 1.0)):
        levels = Levels(instants, line_at, rows, lines, drift, 1.0)
        with_coming = (levels.carried([0.4]) @ levels.with_drift[..., 0])[0]
        # The first row has passed one year on the old line, the second that and two on the new one.
        assert with_coming == pytest.approx([-variance * share, -variance * (share + 2)])


def test_the_grid_of_persistences_is_averaged_not_replaced_by_its_mean():
    mixed = Drift(0.0, ((0.5, 0.4), (0.5, 0.9)))
    assert mixed.persistence == pytest.approx(0.65)
    lag = mixed.moments([0, 4])[1][0, 1]
    assert lag == pytest.approx((0.4**4 + 0.9**4) / 2) and lag > 1.5 * 0.65**4


def of_one_country(falls, n=40, spread=0.01, seed=0):
    """Provinces of one country whose common fall differs from period to period."""
    rng, rows = np.random.default_rng(seed), []
    for i in range(n):
        own, z = rng.normal(0, spread), -0.5
        for k, fall in enumerate([0.0, *falls]):
            z -= (fall + own) * 2 * (k > 0)
            row = {"series_id": f"s{i}", "unit": f"XYZ:{i}", "year": 2000 + 2 * k, "rate_pct": 100 * ndtr(z)}
            rows.append(row)
    return pd.DataFrame(rows)


def test_sisters_of_one_country_share_its_path_and_cannot_show_its_spread():
    lender = published_prior(BORROW_FROM, DECISION)
    prior = drift_prior(of_one_country([0.04]), lender)
    mean, sd = prior.drift.at(2002)
    assert mean == pytest.approx(0.04, abs=0.01)  # of the period that was seen: nearly known
    assert sd == pytest.approx(0.01, abs=0.008)
    assert prior.drift.at(2008)[1] > 2 * sd  # of another period it is not
    assert prior.spreads_from == BORROW_FROM


def test_a_path_that_moves_little_from_period_to_period_is_surer():
    lender = published_prior(BORROW_FROM, DECISION)
    even, uneven = (
        drift_prior(of_one_country(falls), lender)
        for falls in ([0.05, 0.05, 0.05, 0.05], [0.0, 0.1, 0.02, 0.09])
    )
    assert even.drift.at(2011)[1] < 0.8 * uneven.drift.at(2011)[1]


def test_a_line_that_moves_with_incomes_has_no_fall_of_its_own():
    fallen = simulated(0.3, 0.5, n=12, years=8)
    absolute, relative = (drift_prior(fallen.assign(group=name)) for name in (BORROW_FROM, "relative-line"))
    assert absolute.mean > 3 * absolute.drift.mean_sd
    assert relative.mean == 0 and relative.drift.mean_sd == 0
    still = {"means": np.zeros(1), "spread": 0.003}
    pieces = [piece for piece in stretches(fallen) if piece.series in ("0", "1", "2")]
    assert Pool(pieces, **still).prior().sd < Pool(pieces, means=np.zeros(1)).prior().sd


def test_leaving_a_unit_out_of_a_kept_pool_is_as_if_it_had_never_been(rates):
    unit = "AGO"
    without = known_readings(rates, "international-line", DECISION, unit)
    assert len(without) < len(known_readings(rates, "international-line", DECISION))
    kept, anew = published_prior("international-line", DECISION, unit), Pool(stretches(without)).prior()
    assert (kept.mean, kept.sd, kept.scale) == pytest.approx((anew.mean, anew.sd, anew.scale))
    assert kept.series == anew.series


def test_a_borrowed_mean_is_that_of_generalised_least_squares():
    lender = published_prior(BORROW_FROM, DECISION)
    rows = [{"series_id": s, "year": 2000 + k, "rate_pct": 100 * ndtr(-0.5 - fall * k)}
            for s, fall in (("a", 0.02), ("b", 0.06)) for k in range(5)]  # fmt: skip
    assert borrowed(stretches(pd.DataFrame(rows)), lender).mean == pytest.approx(0.04, abs=0.002)


def test_an_unknown_group_names_the_nearest(rates):
    with pytest.raises(RefusedInput, match="vn-review"):
        known_readings(rates, "vn-reviews", DECISION)


def test_no_series_is_refused(rates):
    with pytest.raises(RefusedInput, match="no series"):
        drift_prior(known_readings(rates, "id-survey", DECISION))
    assert published_prior("id-survey", DECISION) is None
