"""What the answer's movement rests on."""

import numpy as np
import pytest
from helpers import made_up

from giamngheo.analysis.sensitivity.support import JUDGED, by_support, support_sums


def test_supports_are_counted_and_their_shares_are_whole(found, register):
    supports = by_support(found)
    sums = support_sums(supports)
    assert sums["n"].sum() == len(supports) == len(register) + len(JUDGED)
    assert sums["share"].sum() == pytest.approx(1)
    swings = supports.set_index("assumption")["swing"]
    assert sums.loc["judgement", "swing"] >= swings["deadline_push"] > 0
    assert np.isnan(swings["wide_drift_mean"])  # fixed, without another case
    measured = sum(row.support == "measured" for row in found.register.values())
    assert sums.loc["measured", "n"] == measured


def test_each_assumption_swings_as_in_the_tornado(register):
    moved = made_up(0.4, ("hard_core_pct", 1.0, 0.3), ("persons_per_household", 4.0, 0.5), register=register)
    supports = by_support(moved).set_index("assumption")
    assert supports.loc["hard_core_pct", "swing_new"] == pytest.approx(0.05)  # half of the poverty target's
    assert supports.loc["persons_per_household", "support"] == "measured"
    assert support_sums(supports)["share"].tolist() == pytest.approx([0.5, 0, 0.5])


def test_where_nothing_moves_there_are_no_shares(register):
    sums = support_sums(by_support(made_up(0.3, ("hard_core_pct", 1.0, 0.3), register=register)))
    assert sums["swing"].sum() == 0 and sums["share"].isna().all()
