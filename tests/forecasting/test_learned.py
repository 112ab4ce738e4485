"""What a forecast learned: prior beside posterior, and each reading beside what was expected of it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr, ndtri

from giamngheo import forecast, package_forecast
from giamngheo.forecasting.draws import draw
from giamngheo.forecasting.learned import expected_readings, informed


@pytest.fixture(scope="module")
def decision(package):
    return package_forecast(package, draws=5_000)


def test_priors_are_those_of_the_register_and_of_the_comparable_series(decision, register):
    table = decision.parameters.set_index(["group", "parameter"]).loc["all"]
    ends = ["prior_q10", "prior_q50", "prior_q90"]
    prior = decision.prior
    z = ndtri([0.1, 0.5, 0.9])
    assert_allclose(table.loc["drift", ends].astype(float), prior.mean + prior.sd * z)
    assert_allclose(
        table.loc["innovation_sd", ends].astype(float), prior.scale * np.exp(prior.scale_spread * z)
    )
    assert_allclose(table.loc["splice", ends].astype(float), z)
    for name in ("observation_error", "carry_over", "gap_drift", "gap_spread"):
        drawn = np.quantile(draw(register[name], 0, 200_000), (0.1, 0.5, 0.9))
        assert_allclose(table.loc[name, ends].astype(float), drawn, rtol=0.02, atol=1e-3)


def test_posteriors_are_the_quantiles_of_the_draws_that_forecast(decision):
    table = decision.parameters.set_index(["group", "parameter"]).loc["all"]
    level, gap = (decision.posteriors["all"][of] for of in ("level", "gap"))
    learned = {
        "level": 100 * ndtr(level.level), "drift": level.drift, "innovation_sd": level.innovation_sd,
        "observation_error": level.observation_error, "carry_over": level.carry_over,
        "gap": np.exp(gap.level), "gap_drift": -gap.drift, "gap_spread": gap.innovation_sd,
    }  # fmt: skip
    for name, values in learned.items():
        ends = table.loc[name, ["posterior_q10", "posterior_q50", "posterior_q90"]].astype(float)
        assert_allclose(ends, np.quantile(values, (0.1, 0.5, 0.9)))
    assert table.loc["splice", "poverty_line"] == "qd170_2005"
    # The instant read on both lines fixes the splice, the old line's outlier pulls at it.
    apart = ndtri(0.0359) - ndtri(0.0928)
    assert table.loc["splice", "posterior_q10"] < apart < table.loc["splice", "posterior_q90"]
    assert table.loc["gap_drift", "posterior_q50"] > table.loc["gap_drift", "prior_q50"]  # it widened in 2011


def test_what_readings_cannot_tell_stays_as_the_prior_has_it(decision):
    row = decision.parameters.set_index(["group", "parameter"]).loc[("all", "carry_over")]
    for q in ("q10", "q50", "q90"):
        assert row[f"posterior_{q}"] == pytest.approx(row[f"prior_{q}"], abs=0.03)


def test_parameters_follow_what_is_assumed(package):
    wide = package_forecast(package, draws=500, reference="wide", assumptions={"gap_moves": {"fixed": 0}})
    table = wide.parameters.set_index(["group", "parameter"]).loc["all"]
    assert table.loc["drift", "prior_q50"] == 0.05
    assert table.loc["innovation_sd", "prior_q50"] == pytest.approx(0.05)
    assert "gap" in table.index and "gap_drift" not in table.index


def test_every_reading_is_held_against_what_was_expected(decision, package):
    found, readings = expected_readings(decision), package.frame("poverty")
    keys = ["group", "as_of", "poverty_line", "status", "rate_pct"]
    for known in ("all", "others"):
        shown = found[found["given"] == known][keys].sort_values(keys).reset_index(drop=True)
        pd.testing.assert_frame_equal(shown, readings[keys].sort_values(keys).reset_index(drop=True))
    assert ((found["q10"] < found["q50"]) & (found["q50"] < found["q90"])).all()
    near = found[(found["given"] == "all") & (found["group"] == "all")]
    assert (near["rate_pct"].between(near["q10"], near["q90"])).all()
    inside = found["rate_pct"].between(found["q10"], found["q90"])
    assert_array_equal(inside, found["pit"].between(0.1, 0.9))


def test_the_reading_that_stands_out_is_found_where_it_was_left_out(decision):
    found = expected_readings(decision)
    found = found[(found["group"] == "all") & (found["as_of"] == "2010-12-31")]
    pit = found[found["poverty_line"] == "qd170_2005"].set_index("given")["pit"]
    assert pit["others"] < 0.05 < 0.2 < pit["all"]


def test_an_error_of_nought_is_replicated_to_the_digit():
    rates = 100 * ndtr(-1.0 - 0.1 * np.arange(6))
    readings = pd.DataFrame(
        {
            "as_of": [f"{2000 + n}-12-31" for n in range(6)],
            "status": "poor",
            "poverty_line": "a",
            "rate_pct": rates,
        }
    )
    found = expected_readings(
        forecast(readings, 2008, draws=500, assumptions={"observation_error": {"fixed": 0}})
    )
    kept = found[found["given"] == "all"]
    assert_allclose(kept["q50"], rates, atol=0.01)
    others = found[found["given"] == "others"]
    assert (others["q10"] < rates).all() and (rates < others["q90"]).all()


@pytest.mark.parametrize(
    ("move", "spread", "told"),
    [(0, 1, False), (0.05, 0.97, False), (0, 1.3, False), (0.2, 1, True), (0, 0.9, True)],
)
def test_readings_tell_something_where_they_narrow_or_move_an_assumption(register, move, spread, told):
    row = register["gap_drift"]
    mean, sd = row.parameters
    draws = mean + sd * (move + spread * np.random.default_rng(0).standard_normal(20_000))
    assert informed(row, draws) is told
