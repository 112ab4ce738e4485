"""Choices that no reading settles: each is run, and leaves the model as it was."""

from contextlib import ExitStack, contextmanager

import numpy as np
import pytest

from giamngheo import load_scenario, package_forecast
from giamngheo.analysis.sensitivity.cases import CONTINUITY, chances_at
from giamngheo.analysis.sensitivity.choices import CONSTANTS, LARGE, OF_TORNADO, PAST_MONEY, choices, constant
from giamngheo.analysis.sensitivity.tornado import anchor
from giamngheo.forecasting import drifts, pooling, prior
from giamngheo.forecasting.prior import published_prior
from giamngheo.simulation import counterfactual
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.shared_draws import SharedDraws, shared_draws
from giamngheo.simulation.targets import target_chances


@pytest.fixture(scope="module")
def made(package, found, shared):
    return choices(package, found, shared)


def test_every_choice_is_there_with_what_is_shipped(made, found):
    told = made.drop_duplicates("assumption").set_index("assumption")["shipped"]
    assert set(told.index) >= {*OF_TORNADO, *CONSTANTS, "gap_error"}
    assert (
        told["spreads_from"] == prior.BORROW_FROM
        and made.set_index("assumption").loc["spreads_from", "large"].any()
    )
    assert told["reference"] == "vn-review" and told["stretch"] == pooling.STRETCH and told[CONTINUITY] == 1
    assert told["drift_persistence"] == found.register["drift_persistence"].fixed
    assert not made.duplicated(["assumption", "to", "value", "case", "target"]).any()


def test_what_moves_a_chance_far_is_marked_and_stands_first(made):
    by_choice = made.groupby("assumption", sort=False)["change"].agg(lambda own: own.abs().max())
    assert by_choice.is_monotonic_decreasing
    assert set(made.loc[made["large"], "assumption"]) == set(by_choice.index[by_choice >= LARGE])
    assert {"reference", "drift_persistence", CONTINUITY} <= set(made.loc[made["large"], "assumption"])


def test_a_constant_is_changed_where_the_model_reads_it_and_put_back(package, made, found, shared):
    shipped, few = pooling.STRETCH, chances_at(package, found.scenario, shared)
    with constant(pooling, "STRETCH", 6):
        trend = package_forecast(package, draws=shared.draws, seed=shared.seed)
    again = package_forecast(package, draws=shared.draws, seed=shared.seed)
    assert again.prior != trend.prior
    assert shipped == pooling.STRETCH
    assert again.prior == shared.trend_under({}).prior
    other = SharedDraws(package, shared.draws, shared.seed, shared.register, trend)
    there = chances_at(package, found.scenario, other)
    rows = made[(made["assumption"] == "stretch") & (made["value"] == 6)]
    assert len(rows) == len(there)
    for row in rows.itertuples():
        key = row.case, row.target
        assert row.chance == pytest.approx(anchor(there[key], few[key], found.base[key]))


def test_a_constant_is_put_back_after_an_error_and_must_exist():
    with pytest.raises(RuntimeError), constant(pooling, "STRETCH", 6):
        raise RuntimeError
    assert pooling.STRETCH != 6
    with pytest.raises(AttributeError), constant(pooling, "STRECH", 6):
        pass


def test_past_money_beyond_the_plan_takes_the_plan_further_back(package, made, found, shared):
    """With r = 1.5 the trend holds more than the plan brings, so that full delivery falls short of it."""
    rows = made[made["assumption"] == CONTINUITY].set_index(["value", "target"])
    assert rows.loc[(PAST_MONEY, "poor_2015"), "change"] < 0 < rows.loc[(0.0, "poor_2015"), "change"]
    scenario = found.scenario.model_copy(update={"continuity": PAST_MONEY})
    chance = target_chances(package, simulate_case(package, scenario, shared=shared))["both"]
    few = chances_at(package, found.scenario, shared)["continued", "both"]
    expected = anchor(chance, few, found.base["continued", "both"])
    assert rows.loc[(PAST_MONEY, "both"), "chance"] == pytest.approx(expected)


# Constants that have no row, where the model reads each, and other values of it.
NO_ROW = {
    "TAILS_IN_SCALE": ((pooling,), (1.0, 2.0)),
    "KINDS": ((pooling,), (pooling.KINDS[:4], pooling.KINDS[-5:])),
    "_CENTRE": ((pooling,), ({"mean": (0.05, 0.03), "scale": (np.log(0.02), 1)},)),
    "_SPREAD": ((pooling,), (0.005,)),
    "PUT_BACK": ((counterfactual,), (0.5,)),
}
# Those that bear on a wide prior, or on provinces of one country alone.
NO_PART = {
    "WIDE_STAYS": ((prior,), (1.0,)),
    "LEAST_SERIES": ((prior,), (10,)),
    "CARRIED": ((drifts, pooling), (0.8,)),
    "FACTORS": ((pooling,), (pooling.FACTORS * 2,)),
    "FACTOR_SPREAD": ((pooling,), (2 * pooling.FACTOR_SPREAD,)),
    "FREE_SD": ((pooling,), (0.12,)),
    "SHOCKS": ((pooling,), (2 * pooling.SHOCKS,)),
}


@contextmanager
def changed(name, modules, value):
    with ExitStack() as together:
        for module in modules:
            together.enter_context(constant(module, name, value))
        yield


def test_constants_without_a_row_move_no_chance_far(package):
    """Of the plan and, where how much money there is counts, of twice of it."""
    plan, draws = load_scenario("full_plan", package), 4_000
    asked = plan, scaled(plan, 2)

    def chances():
        shared = shared_draws(package, draws=draws)
        return [p for each in asked for p in chances_at(package, each, shared).values()]

    before = np.array(chances())
    for name, (modules, values) in NO_ROW.items():
        for value in values:
            with changed(name, modules, value):
                assert np.abs(np.array(chances()) - before).max() < LARGE, (name, value)


def test_constants_that_have_no_part_in_the_prior_shown_leave_it_alone(package):
    def made():
        return published_prior("vn-review", package.published, package.reference_unit)

    shipped = made()
    for name, (modules, values) in NO_PART.items():
        for value in values:
            with changed(name, modules, value):
                assert made() == shipped, name
