"""A hard core stays, and the others are forecast from their own readings."""

import numpy as np
import pytest
from scipy.special import ndtr

from giamngheo import forecast
from giamngheo.forecasting.draws import override
from giamngheo.inputs.scenario import load_scenario
from giamngheo.simulation.baseline import before_money
from giamngheo.simulation.shared_draws import shared_draws

UNIFORM = {"distribution": "uniform", "low": 0, "high": 1.5}


@pytest.fixture(scope="module")
def shared(package):
    return shared_draws(package, draws=10_000)


def shares(shared, package, pct, assumed):
    """Shares of all households below the two lines, (2, n_years, n_draws), at a hard core in percent."""
    return ndtr(levels(shared, package, pct, assumed)["all"])


def levels(shared, package, pct, assumed=None):
    """Probits below the two lines by group, at a hard core in percent (fixed unless assumed otherwise)."""
    register = override(shared.register, {"hard_core_pct": {"fixed": pct} if assumed is None else assumed})
    drawn = {"hard_core_pct": np.full(shared.draws, pct), "shock_persistence": np.ones(shared.draws)}
    return before_money(shared.trend_under({}), load_scenario("full_plan", package), register, drawn)


def refit(trend, package, pct):
    """The same from a forecast of the readings less the core, by hand: another seed, the errors in its points."""
    core, rows = pct / 100, trend.history[trend.history["group"] == "all"]
    poor = rows["status"] == "poor"
    rates = ((rows["rate_pct"] - pct * poor) / (1 - core)).round(6)
    error = {"observation_error": {"distribution": "half_normal", "sd": 0.15 / (1 - core)}}
    own = forecast(
        rows.assign(rate_pct=rates),
        2015,
        draws=10_000,
        known_by=package.published,
        unit=package.reference_unit,
        assumptions=error,
    )
    return np.stack(
        [core + (1 - core) * own.draws["all", of].T / 100 for of in ("poor", "poor_or_near_poor")]
    )


@pytest.mark.parametrize(
    ("pct", "assumed"),
    [(pct, {"fixed": pct}) for pct in (0.5, 1.0, 2.0)] + [(pct, UNIFORM) for pct in (0.0, 0.35, 1.25)],
)
def test_a_hard_core_refits_the_drift_of_those_who_can_be_lifted(package, shared, pct, assumed):
    found, expected = (shares(shared, package, pct, assumed), refit(shared.trend_under({}), package, pct))
    medians = np.median([(z[0], z[1] - z[0]) for z in (found[:, -1], expected[:, -1])], axis=2)
    assert medians[0] == pytest.approx(medians[1], rel=0.01)
    assert (found[0, -1] < 0.02).mean() == pytest.approx((expected[0, -1] < 0.02).mean(), abs=0.006)
    assert found[:, 0].std(axis=1) == pytest.approx(expected[:, 0].std(axis=1), rel=0.1)
    assert (found[0] >= pct / 100).all()


def test_without_a_hard_core_nothing_moves_to_the_bit(package, shared):
    trend, none = shared.trend_under({}), {"shock_persistence": np.ones(1)}
    levels = before_money(trend, load_scenario("full_plan", package), shared.register, none)
    assert all(levels[group][0] is path["level"] for group, path in trend.paths.items())


def test_draws_of_different_hard_cores_are_compared_one_by_one(package, shared):
    made = [shares(shared, package, pct, UNIFORM)[0, -1] for pct in (0.0, 0.4, 0.8, 1.2)]
    assert (np.corrcoef(made)[0] > 0.99).all()


def test_a_hard_core_is_less_than_the_lowest_reading_of_each_group(package, shared):
    register = override(shared.register, {"hard_core_pct": {"fixed": 20}})
    drawn = {"hard_core_pct": np.full(shared.draws, 20.0), "shock_persistence": np.ones(shared.draws)}
    levels = before_money(shared.trend_under({}), load_scenario("full_plan", package), register, drawn)
    least = {"all": 0.9 * 0.0359, "ethnic_minority": 0.9 * 0.205}
    for group, (z_poor, z_upper) in levels.items():
        assert ndtr(z_poor).min() == pytest.approx(least[group], rel=0.1)
        assert (ndtr(z_poor) >= least[group]).all() and (z_upper >= z_poor).all()


def test_a_core_moves_no_group_by_more_than_its_own_part_of_it(package, shared):
    """Its rates rest on the readings of all where it has none on the new line, so that theirs less the core move it."""
    none, core = (
        ndtr(levels(shared, package, pct)["ethnic_minority"])[:, -1].mean(axis=1) for pct in (0.0, 1.0)
    )
    poor = package.frame("poverty").query("status == 'poor' and poverty_line == 'qd170_2005'")
    of = poor.pivot_table(index="as_of", columns="group", values="rate_pct").iloc[-1]
    part = 0.01 * of["ethnic_minority"] / of["all"]
    assert 0.05 < part < 0.06 and (abs(core - none) < part).all() and core[0] > none[0]
