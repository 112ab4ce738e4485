"""Scenarios side by side: a row a scenario and case, of the very numbers that each alone gives."""

from dataclasses import replace

import pytest

from giamngheo import compare, load_scenario, package_forecast, paths, simulate
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation import comparison, outcomes
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import above_target

HALF = {"funding": {"all": 0.5}}


def test_a_row_says_what_the_simulation_alone_says(package, shared):
    frame = compare(["full_plan", "double"], package, shared=shared)
    assert list(zip(frame["scenario"], frame["case"], strict=True)) == [
        (name, case) for name in ("full_plan", "double") for case in CASES.values()
    ]
    for name in ("full_plan", "double"):
        alone = simulate(package, name, shared=shared)
        for r, case in CASES.items():
            row = frame[(frame["scenario"] == name) & (frame["case"] == case)].iloc[0]
            for target, chance in alone.by_case[r].items():
                assert row[f"chance_{target}"] == chance
            for target, households in above_target(package, alone.cases[r]).items():
                assert row[f"households_above_{target}"] == households
            for status in ("poor", "near_poor"):
                assert row[f"{status}_pct"] == alone.median(r, status)
            assert row["money_delivered_bn_vnd"] == float(alone.money.total)


def test_whatever_a_simulation_takes_may_stand_in_the_list(package, shared):
    some = [
        "full_plan",
        paths.DATA / "scenarios" / "double.yml",
        HALF,
        {"id": "flood", "shock": {2014: "flood_year"}},
        {"funding": {"all": 0.7}},
        load_scenario("hard_core"),
        simulate(package, "no_new_money", shared=shared),
    ]
    frame = compare(some, package, shared=shared)
    ids = ["full_plan", "double", "mine", "flood", "mine_2", "hard_core", "no_new_money"]
    assert list(frame["scenario"].unique()) == ids
    money = frame.drop_duplicates("scenario").set_index("scenario")["money_delivered_bn_vnd"]
    assert money.loc[["mine", "mine_2", "no_new_money"]].tolist() == pytest.approx([1077.5, 1508.5, 0])
    assert "id" not in HALF


def test_a_case_that_a_scenario_closes_has_no_row(package, shared):
    frame = compare(["plan_is_new", {"continuity": 0.5}], package, shared=shared)
    assert frame["case"].tolist() == ["new", "continued", "new", "r = 0.5"]


def test_a_simulation_gives_package_draws_and_seed(package):
    one = simulate(package, "double", draws=200, seed=3)
    frame = compare([one, "full_plan"])
    both = compare(["double", "full_plan"], package, draws=200, seed=3)
    assert frame.equals(both)


@pytest.mark.parametrize(
    ("scenarios", "said"),
    [
        (["double", "full_plan", "double"], "two are called 'double'"),
        ([{"id": "mine"}, {"id": "mine"}], "two are called 'mine'"),
        (["dubble"], "nearest: 'double'"),
        ("double", "scenarios: str, where a list of them is expected"),
        (HALF, "scenarios: dict, where a list"),
        ([], "scenarios: nothing, where a list"),
        (5, "scenarios: int, where a list"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(package, shared, scenarios, said):
    with pytest.raises(RefusedInput, match=said):
        compare(scenarios, package, shared=shared)


def test_all_are_checked_before_one_is_simulated(package, shared, monkeypatch):
    for module in (comparison, outcomes):
        monkeypatch.setattr(module, "simulate", lambda *args, **settings: pytest.fail("simulated"))
    for call in (compare, lambda names, package, shared: outcomes.simulate_all(package, names, shared)):
        with pytest.raises(RefusedInput, match="nearest: 'double'"):
            call(["full_plan", "dubble"], package=package, shared=shared)


def test_what_is_not_drawn_alike_is_refused(package, shared):
    with pytest.raises(RefusedInput, match="scenarios: Package, where a list"):
        compare(package, ["double"])
    few = simulate(package, "double", draws=200)
    with pytest.raises(RefusedInput, match="double has 200 draws of seed 0, the others 1000 of seed 0"):
        compare(["full_plan", few], package, shared=shared)
    early = simulate(package, "double", shared=shared, years=shared.trend_under({}).years[:1])
    with pytest.raises(RefusedInput, match="double was simulated at 2012-12-31 alone"):
        compare([early], package, shared=shared)
    other = replace(package, readings=package.readings[:-1])
    elsewhere = simulate(other, "double", shared=shared_draws(other, draws=shared.draws, seed=shared.seed))
    with pytest.raises(RefusedInput, match=r"^shared: "):
        compare(["full_plan", elsewhere], package, shared=shared)


def test_a_median_is_that_of_the_target_s_year(package, shared):
    longer = package_forecast(package, until=package.deadline.year + 3, draws=shared.draws, seed=shared.seed)
    (first, *_) = compare(["full_plan"], package, shared=shared).to_dict("records")
    (later, *_) = compare(["full_plan"], package, shared=shared.with_trend(longer)).to_dict("records")
    assert later["poor_pct"] == pytest.approx(first["poor_pct"], rel=0.1)
