"""Priors from comparable series: only what was published, never the series itself."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from giamngheo.forecasting.pooling import COMMON_SD
from giamngheo.forecasting.prior import drift_prior, published_prior
from giamngheo.forecasting.reference_series import LAG_MONTHS, known_readings, load_rates
from giamngheo.inputs.errors import RefusedInput

DECISION = date(2013, 1, 21)


@pytest.fixture(scope="module")
def rates():
    return load_rates()


def test_nothing_published_later_is_known(rates):
    known = known_readings(rates, "vn-review", DECISION)
    assert known["year"].max() == 2011  # the review of 2012 came out on 13 May 2013
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
    assert prior.persistence > 0.95  # each fell evenly
    assert prior.n_series == 200


def test_a_gap_of_years_is_a_longer_step(rates):
    rows = pd.DataFrame({"series_id": ["a", "a"], "year": [2000, 2004], "rate_pct": 100 * ndtr([-1.0, -1.4])})
    lender = known_readings(rates, "national-line", DECISION)
    prior = drift_prior(rows, lender)
    assert prior.mean == pytest.approx(0.1, abs=1e-9)
    assert prior.sd > drift_prior(lender).sd
    assert prior.scale == drift_prior(lender).scale


def test_sisters_of_one_country_share_its_deviations_and_cannot_show_them(rates):
    sisters = known_readings(rates, "vn-survey", DECISION)
    unrelated = sisters.assign(unit=sisters["unit"].str.replace(":", " "))
    shared, alone = drift_prior(sisters), drift_prior(unrelated)
    assert shared.mean == alone.mean
    assert shared.sd**2 - alone.sd**2 == pytest.approx(COMMON_SD**2 / 2)  # 2006 to 2008


def test_an_unknown_group_names_the_nearest(rates):
    with pytest.raises(RefusedInput, match="vn-review"):
        known_readings(rates, "vn-reviews", DECISION)


def test_no_series_is_refused(rates):
    with pytest.raises(RefusedInput, match="no series"):
        drift_prior(known_readings(rates, "id-survey", DECISION))
    assert published_prior("id-survey", DECISION) is None
