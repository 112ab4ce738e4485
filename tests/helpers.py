"""What several tests need and the workbook does not."""

import copy
import hashlib
import html
import re
from html.parser import HTMLParser

import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from scipy.special import ndtr

from giamngheo.analysis.sensitivity.cases import BASE, COLUMNS
from giamngheo.analysis.sensitivity.tornado import Tornado
from giamngheo.report import columns, figure_style
from giamngheo.report.svg import svg_markup
from giamngheo.runs.printing import find_chromium
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH

CHROMIUM = find_chromium()
DRAWS, SEED = 300, 1  # of the report that tests read
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine to open pages with")


def settled(page):
    """A page of Playwright once what starts after its first paint has started: the what-if."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(() => setTimeout(done))))")
    return page


def read_aloud(markup):
    """What of a piece of HTML is read as text (str)."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


class Whole(HTMLParser):
    """Checks that tags close in order and collects ids and addresses."""

    VOID = ("br", "meta", "img", "link", "hr", "input")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.addresses, self.headings, self.tags = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.addresses += [attrs[name] for name in ("href", "src", "xlink:href") if name in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()


def parsed(markup):
    """The parsed piece of page, whole."""
    whole = Whole()
    whole.feed(markup)
    whole.close()
    assert whole.open == []
    return whole


def assert_clean(markup):
    """Nothing that runs, nothing from outside, no id twice, every reference resolved."""
    whole = parsed(markup)
    assert not re.search(r"<script|javascript:|\son\w+=|https?://|@import|url\((?!#)", markup)
    assert len(whole.ids) == len(set(whole.ids))
    for name in re.findall(r'(?:href="#|url\(#)([^")]+)', markup):
        assert name in whole.ids
    for _, attrs in whole.tags:
        for name in attrs.get("aria-labelledby", "").split():
            assert name in whole.ids
    return whole


def faults_of(figure, name):
    """Texts of a drawn figure that are cut or lie on each other, each named (list of str)."""
    with figure_style.house_style():
        return _faults(figure, name)


def _faults(figure, name):
    faults, canvas = [], FigureCanvasAgg(figure)
    canvas.draw()
    renderer, edge = canvas.get_renderer(), figure.bbox
    ticks = {tick for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks()}
    drawn = {tick for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for tick in axis._update_ticks()}
    left_out = {label for tick in ticks - drawn for label in (tick.label1, tick.label2)}
    inside = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in left_out
    ]
    for n, (words, box) in enumerate(inside):
        if box.x0 < edge.x0 - 1 or box.x1 > edge.x1 + 1 or box.y0 < edge.y0 - 1 or box.y1 > edge.y1 + 1:
            faults.append(f"{name}: {words!r} is cut")
        for other, second in inside[n + 1 :]:
            width = min(box.x1, second.x1) - max(box.x0, second.x0)
            height = min(box.y1, second.y1) - max(box.y0, second.y0)
            if width > 1.5 and height > 2.5:
                faults.append(f"{name}: {words!r} on {other!r}")
    return faults


def made_up(base, *cases, register, draws=10_000):
    """A tornado of given chances of the poverty target: of the unchanged case, then (assumption, value, chance)."""
    rows = [
        (assumption, BASE if assumption == BASE else "number", value, case, target, p)
        for assumption, value, chance in ((BASE, float("nan"), base), *cases)
        for case in CASES.values()
        for target, p in {"poor_2015": chance, "near_poor_2015": 0.3, BOTH: chance / 2}.items()
    ]
    return Tornado(None, register, draws, pd.DataFrame(rows, columns=COLUMNS))


def squared_shortfall(z_poor, spread):
    """Mean squared shortfall of the poor over the squared line, log-normal (Foster, Greer and Thorbecke 1984)."""
    first = np.exp(spread**2 / 2 - spread * z_poor) * ndtr(z_poor - spread) / ndtr(z_poor)
    second = np.exp(2 * spread**2 - 2 * spread * z_poor) * ndtr(z_poor - 2 * spread) / ndtr(z_poor)
    return 1 - 2 * first + second


def figures_drawn(monkeypatch, make):
    """The matplotlib figures behind what `make()` returns, by their id on the page (dict)."""
    found = {}

    def keep(figure, name, *others):
        found[name] = figure
        return svg_markup(figure, name, *others)

    with monkeypatch.context() as patched:
        patched.setattr(figure_style, "svg_markup", keep)
        make()
    return found


def cells_of(markup):
    """The cells of the tables in a piece of HTML as they are read: {head of the row: {head of the column: cell}}."""
    rows = [
        [read_aloud(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", markup)
    ]
    return {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[1:]}


def assert_figure(figure):
    """A figure that is whole, drawn for a page and for a phone, named and told to those who cannot see it."""
    whole = assert_clean(figure.html)
    drawings = [attrs for tag, attrs in whole.tags if tag == "svg"]
    assert {attrs["class"] for attrs in drawings} == {"wide", "narrow"}
    assert all(attrs["role"] == "img" for attrs in drawings)
    # Said once; the phone's drawing refers to it.
    assert figure.html.count("<title ") == figure.html.count("<desc ") == 1
    assert len(re.findall(r'aria-labelledby="[\w-]+-wide-t [\w-]+-wide-d"', figure.html)) == len(drawings)
    assert "figcaption" in figure.html and figure.title in figure.text
    assert len(figure.html) < 30_000 * len(drawings)


def rows_of(table):
    """The cells of a table as they are read (list of list of str)."""
    return columns.rows_of(table.frame, table.columns)


def digests(out):
    """What a batch's folder holds that does not differ from run to run: name to hash (dict)."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "run.json" and ".batch" not in path.parts
    }


def with_cell(plan, sheet, cell, value):
    """A workbook's rows by sheet with one cell, such as "D6", typed otherwise (dict)."""
    sheets = copy.deepcopy(plan)
    row, column = int(cell[1:]) - 1, ord(cell[0]) - 65
    sheets[sheet][row] += [None] * (column + 1 - len(sheets[sheet][row]))
    sheets[sheet][row][column] = value
    return sheets


def write_workbook(path, sheets):
    """A workbook as typed, from rows by sheet; the title of a sheet lies over joined cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if rows[0] and len(rows[0]) == 1:
            sheet.merge_cells("A1:H1")
    book.save(path)
    return path
