"""The look that figures share: labels that keep apart, texts that fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giamngheo.report import figure_style as style


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8), st.floats(0.1, 5))
def test_labels_are_kept_apart_and_in_order(positions, least):
    moved = style.spread(positions, least)
    order = np.argsort(np.asarray(positions), kind="stable")
    gaps = np.diff(np.asarray(moved)[order])
    assert (gaps >= least - 1e-6).all()
    if len(positions) == 1:
        assert moved == pytest.approx(positions)


@settings(max_examples=40, deadline=None)
@given(st.text(), st.integers(1, 30), st.integers(1, 4))
def test_no_line_of_a_label_is_longer_than_asked_and_what_is_left_out_is_told(text, width, most):
    lines = style.wrapped(text, width).split("\n")
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    cut = style.wrapped(text, width, most).split("\n")
    assert len(cut) <= most and (cut == lines or cut[-1].endswith("…"))


def test_a_name_is_text_in_a_figure_whatever_it_holds():
    def draw(figure, narrow):
        figure.subplots().set_title("$x^{$")

    assert "$x^{$" in style.figure_exhibit("f", "Title", "", "What it shows", draw, style.Sizes(2, 2)).html
