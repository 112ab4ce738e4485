"""Choices that no reading settles: each is run, and leaves the model as it was."""

import pytest

from giamngheo import package_forecast
from giamngheo.analysis.sensitivity.cases import CONTINUITY, chances_at
from giamngheo.analysis.sensitivity.choices import CONSTANTS, LARGE, OF_TORNADO, PAST_MONEY, choices, constant
from giamngheo.analysis.sensitivity.tornado import anchor
from giamngheo.forecasting import pooling
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.shared_draws import SharedDraws
from giamngheo.simulation.targets import target_chances


@pytest.fixture(scope="module")
def made(package, found, shared):
    return choices(package, found, shared)


def test_every_choice_is_there_with_what_is_shipped(made, found):
    told = made.drop_duplicates("assumption").set_index("assumption")["shipped"]
    assert set(told.index) >= {*OF_TORNADO, *CONSTANTS, "gap_error"}
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
