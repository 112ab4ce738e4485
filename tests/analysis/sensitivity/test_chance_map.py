"""Chances over two assumptions."""

import pytest
from helpers import made_up

from giamngheo.analysis.sensitivity.chance_map import chance_grid
from giamngheo.analysis.sensitivity.tornado import tornado
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.targets import BOTH


def test_the_map_agrees_with_the_chances_at_its_own_points(package, shown, shared):
    plain = simulate(package, shown.scenario, shared=shared)
    few = tornado(package, plain, shared, ["hard_core_pct"])
    values = {"hard_core_pct": (0.0, 1.0), "share_of_plan": (0.5, 1.0)}
    grid = chance_grid(package, few, shared, list(values), values)
    assert grid.columns[:2].tolist() == list(values)
    chance = grid.set_index([*values, "case", "target"])["chance"]
    for row in plain.chances.itertuples():
        assert chance[0.0, 1.0, row.case, row.target] == row.chance
    for case in ("continued", "new"):
        assert chance[1.0, 1.0, case, "poor_2015"] < chance[0.0, 1.0, case, "poor_2015"]
        assert chance[0.0, 0.5, case, BOTH] <= chance[0.0, 1.0, case, BOTH]


def test_a_map_is_anchored_at_the_case_shown(package, shared, found):
    values = {"hard_core_pct": (0.0,), "share_of_plan": (1.0,)}
    grid = chance_grid(package, found, shared, list(values), values)
    assert len(grid) == 2 * 3
    for row in grid.itertuples():
        assert row.chance == pytest.approx(found.base[row.case, row.target])


def test_there_is_no_map_of_fewer_than_two(package, shared, register):
    grid = chance_grid(package, made_up(0.3, ("rural_share", 0.9, 0.4), register=register), shared)
    assert grid.empty and list(grid) == ["case", "target", "chance"]


def test_a_name_that_is_no_assumption_is_refused_with_the_nearest(package, found, shared):
    with pytest.raises(RefusedInput, match=r"'hard_cor'; nearest: 'hard_core_pct'"):
        chance_grid(package, found, shared, ["hard_cor", "share_of_plan"])
