"""Which scenarios no other beats."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.analysis.frontier import frontier

FRAME = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20
)


@given(FRAME)
def test_the_frontier_is_what_its_definition_says(rows):
    frame = pd.DataFrame(rows, columns=["case", "money", "chance"])
    found = frontier(frame, "money", "chance", "case")
    points = set(map(tuple, frame.to_numpy().tolist()))
    beaten = {
        (case, money, chance)
        for case, money, chance in points
        if any(c == case and m <= money and p >= chance and (m, p) != (money, chance) for c, m, p in points)
    }
    assert sorted(map(tuple, found.to_numpy().tolist())) == sorted(points - beaten)  # each once, in order


def test_the_first_of_two_alike_is_kept_and_nothing_given_is_changed():
    frame = pd.DataFrame({"case": "a", "money": [2.0, 1.0, 1.0], "chance": [0.5, 0.4, 0.4]}, index=[7, 8, 9])
    before = frame.copy()
    assert list(frontier(frame, "money", "chance", "case").index) == [8, 7]
    pd.testing.assert_frame_equal(frame, before)
    assert frontier(frame.head(0), "money", "chance", "case").empty


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="gain"):
        frontier(pd.DataFrame({"case": ["a"], "money": [1]}), "money", "gain", "case")
