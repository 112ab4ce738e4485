"""Letters and ticks measured once: matplotlib measures them anew each time it asks, half of what a drawing costs.

What is kept here is what matplotlib would find again, so that no drawing changes by it.
"""

import os
from contextlib import contextmanager
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

from matplotlib import font_manager, ft2font
from matplotlib.axis import Axis
from matplotlib.text import Text

MOST_LAYOUTS = 4_096
_own_layout, _own_font, _layouts = Text._get_layout, font_manager._get_font, {}


@contextmanager
def measured_once():
    """Texts that are measured once, with fonts that are held in memory."""
    Text._get_layout, font_manager._get_font = _kept_layout, _kept_font
    try:
        yield
    finally:
        Text._get_layout, font_manager._get_font = _own_layout, _own_font


def _kept_layout(text, renderer):
    """`Text._get_layout`, measured once: it does not depend on where a text stands unless that wraps it."""
    if text.get_wrap():
        return _own_layout(text, renderer)
    key = (
        text.get_text(),
        type(renderer),
        text.get_figure(root=True).dpi,
        hash(text.get_fontproperties()),
        text.get_horizontalalignment(),
        text.get_verticalalignment(),
        text._get_multialignment(),
        text._linespacing,
        text.get_rotation(),
        text.get_rotation_mode(),
        text.get_parse_math(),
        text.get_usetex(),
    )
    if key not in _layouts:
        if len(_layouts) >= MOST_LAYOUTS:
            _layouts.clear()
        _layouts[key] = _own_layout(text, renderer)
    return _layouts[key]


@lru_cache(64)
def _kept_font(paths, **how):
    """`font_manager._get_font`, whose fonts seek and read their file for every letter that they measure."""
    font_manager.ft2font = SimpleNamespace(FT2Font=_in_memory)
    try:
        return _own_font.__wrapped__(paths, **how)
    finally:
        font_manager.ft2font = ft2font


os.register_at_fork(after_in_child=_kept_font.cache_clear)  # as matplotlib does with its own


def _in_memory(path, **how):
    return ft2font.FT2Font(BytesIO(_content(path)), **how)


@cache
def _content(path):
    return Path(path).read_bytes()


@contextmanager
def settled():
    """Axes that change no more but by where they stand: ticks and their boxes are found once a place."""
    own_ticks, own_boxes, found = Axis._update_ticks, Axis._get_ticklabel_bboxes, {}

    def place(axis):
        return axis.axes.bbox.bounds, tuple(axis.get_view_interval())

    def ticks(axis):
        if axis not in found or found[axis][0] != place(axis):
            found[axis] = place(axis), own_ticks(axis), []
        return found[axis][1]

    def boxes(axis, shown, renderer):
        ticks(axis)
        kept = found[axis][2]
        if not kept:
            kept.append(own_boxes(axis, shown, renderer))
        return kept[0]

    Axis._update_ticks, Axis._get_ticklabel_bboxes = ticks, boxes
    try:
        yield
    finally:
        Axis._update_ticks, Axis._get_ticklabel_bboxes = own_ticks, own_boxes
