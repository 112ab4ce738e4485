"""The look that figures share: labels that keep apart, texts that fit."""

import contextlib
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from PIL import Image

from giamngheo import paths
from giamngheo.report import figure_style as style
from giamngheo.report import lettering, svg


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


def drawn():
    def draw(figure, narrow):
        axes = figure.subplots()
        axes.plot([0, 1], [3, 4_000], label="a\nlonger")
        axes.set_title("two\nlines", loc="right")
        axes.set_ylabel("y")
        axes.annotate("a", (0.5, 5), rotation=30, ha="right")
        axes.annotate("a", (0.2, 5), fontsize=13)
        axes.text(0.1, 9, "a text that is broken into lines where it stands", wrap=True)
        style.number_ticks(axes.yaxis, "vi", 1, " %")
        figure.legend(loc="outside upper left")

    return style.figure_exhibit("x", "a", "", "b", draw, style.Sizes(2, 3)).outputs()[-1]


def test_what_is_measured_once_stands_where_matplotlib_has_it(monkeypatch):
    lettering._layouts.clear()
    first, again = drawn(), drawn()
    kept = len(lettering._layouts)
    assert first == again and kept
    monkeypatch.setattr(lettering, "_kept_layout", lettering._own_layout)
    monkeypatch.setattr(lettering, "_kept_font", lettering._own_font)
    monkeypatch.setattr(svg, "settled", contextlib.nullcontext)
    assert drawn() == first and len(lettering._layouts) == kept


def test_ticks_are_found_anew_where_their_axes_move_or_show_something_else():
    with style.house_style():
        axes = style.Sheet(figsize=(4, 4)).subplots()
        axis, renderer = axes.yaxis, RendererAgg(200, 200, 72)
        axes.set_ylim(0, 10)
        with lettering.settled():

            def seen():
                ticks = axis._update_ticks()
                boxes, _ = axis._get_ticklabel_bboxes(ticks, renderer)
                return [tick.get_loc() for tick in ticks], [box.bounds for box in boxes]

            first = seen()
            assert seen() == first
            axes.set_position([0.5, 0.5, 0.4, 0.4])
            moved = seen()
            axes.set_ylim(0, 1_000)
            other = seen()
            assert moved[1] != first[1] and other[0] != first[0]
            axes.set_position([0.125, 0.11, 0.775, 0.77])
            axes.set_ylim(0, 10)
            back = seen()
        assert seen() == back and back[0] == first[0]  # by matplotlib itself


def test_a_figure_made_ahead_is_one_made_when_it_is_needed(monkeypatch):
    monkeypatch.setattr(style, "_sheets", [])
    monkeypatch.setenv(paths.SHOWN_FOR, "page")

    def panels(figure, narrow):
        for ax in figure.subplots(2, 1, sharex=True):
            ax.plot([0, 1], [0, 1])

    def both():
        return drawn(), style.figure_exhibit("p", "a", "", "b", panels, style.Sizes(2, 3)).html

    fresh = both()
    style.make_sheets(4)
    assert both() == fresh and not style._sheets


def test_texts_of_others_figures_are_matplotlibs(monkeypatch):
    with style.house_style():
        assert Text._get_layout is lettering._kept_layout
        in_memory = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    assert Text._get_layout is lettering._own_layout
    own = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    assert isinstance(in_memory.fname, BytesIO) and isinstance(
        own.fname, str
    )  # a PDF takes the file of its fonts
    lettering._layouts.clear()
    monkeypatch.setattr(lettering, "MOST_LAYOUTS", 3)
    drawn()
    assert len(lettering._layouts) <= 3


def test_a_notebooks_picture_keeps_each_flat_colour(monkeypatch):
    """Case: the pale band of the fans became white in a palette of 24 colours."""
    monkeypatch.setenv(paths.SHOWN_FOR, "notebook")
    flat = (style.BAND_80, style.BAND_50, style.BLUE, style.VERMILLION, style.PALE, "#ffffff")

    def draw(figure, narrow):
        ax = figure.subplots()
        ax.fill_between([0, 1], 0, 3, color=style.BAND_80)
        ax.fill_between([0, 1], 1, 2, color=style.BAND_50)
        ax.plot([0, 1], [2, 1], color=style.BLUE)
        ax.plot([0, 1], [3, 1], color=style.VERMILLION, linestyle="--")
        ax.set_xlim(0, 1.4)
        ax.axvline(1.2, color=style.PALE, linewidth=4)

    made = style.figure_exhibit("f", "Title", "", "What it shows", draw, style.Sizes(3, 3))
    with Image.open(BytesIO(b64decode(made.picture.png))) as image:
        shown = {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in image.convert("RGB").getcolors()}
    assert {colour.lower() for colour in flat} <= shown and len(shown) <= style.COLOURS
