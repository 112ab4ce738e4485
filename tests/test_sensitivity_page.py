"""What the answer hangs on, as a page shows it: the numbers of the results, in order, and nothing where nothing is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers import assert_clean
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from test_sensitivity import ishigami, known_ishigami

from giamngheo import load_package, load_scenario
from giamngheo.analysis.sensitivity import tornado, turning_points
from giamngheo.analysis.sensitivity.sobol_indices import BASELINE, TRIM, indices, sobol
from giamngheo.inputs.assumptions import load_register
from giamngheo.language import number, percent
from giamngheo.report import figure_style as style
from giamngheo.report import figures, narrative, tables
from giamngheo.report import turning_points as turning_sentence
from giamngheo.report.sensitivity import figures as sensitivity_figures
from giamngheo.report.sensitivity import tables as sensitivity_tables
from giamngheo.report.svg import svg_markup
from giamngheo.report.wording import Page
from giamngheo.simulation import outcomes
from giamngheo.simulation.outcomes import Outcome
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import BOTH

LANGS = ("vi", "en")
each_lang = pytest.mark.parametrize("lang", LANGS)
DRAWS = 1_000


@pytest.fixture(scope="module")
def package():
    return load_package()


@pytest.fixture(scope="module")
def register():
    return load_register()


def without_near_poor(package):
    """The package as a province would give it that has no near-poor target."""
    return replace(package, targets=tuple(t for t in package.targets if t.status != "near_poor"))


def found_for(package):
    """All that the page is made of, from few draws."""
    shared, fewer = (shared_draws(package, draws=draws, seed=0) for draws in (2 * DRAWS, DRAWS))
    shown = outcomes.outcome(package, load_scenario("full_plan", package), shared)
    fewer = turning_points.in_effect(fewer, shown)
    names = ("gap_drift", "deadline_push", "hard_core_pct", "return_credit", "value_relief")
    made = tornado.tornado(package, shown.scenario, fewer, names)
    rows = turning_points.one_each(tornado.anchored(made, shown))
    supports = turning_points.by_support(rows, fewer.register)
    turned = turning_points.turns_inside(rows, DRAWS)
    values = {"deadline_push": (0.02, 0.11), "hard_core_pct": (0.0, 1.0), "gap_drift": (-0.03, 0.09)}
    two = turning_points.largest(supports)
    grid = tornado.chance_map(
        package, shown.scenario, fewer, *two, values={name: values[name] for name in two}, base=shown
    )
    return {
        "package": package,
        "shown": shown,
        "fewer": fewer,
        "rows": rows,
        "supports": supports,
        "turned": turned,
        "halves": turning_points.crossings(package, shown, fewer, rows, turned),
        "grid": grid,
        "indices": {r: sobol(package, shown.scenario, shared, points=64, r=r) for r in (1, 0)},
    }


@pytest.fixture(scope="module")
def found(package):
    return found_for(package)


@pytest.fixture(scope="module")
def alone(package):
    return found_for(without_near_poor(package))


def exhibits(found, register, lang):
    """Everything on the page."""
    package, rows = found["package"], found["rows"]
    return [
        narrative.swing_sentence(package, rows, register, lang),
        figures.tornado_chart(package, rows, register, lang),
        tables.tornado_table(package, rows, register, lang),
        tables.turns_table(package, found["turned"], found["halves"], register, lang),
        narrative.draws_note(2 * DRAWS, DRAWS, lang),
        narrative.map_sentence(package, found["grid"], register, lang),
        tables.map_tables(package, found["grid"], register, lang),
        narrative.sobol_sentences(found["indices"], "poor", lang),
        figures.sobol_chart(found["indices"], "poor", register, lang),
        tables.sobol_table(found["indices"], "poor", register, lang, 64),
        narrative.support_sentence(package, found["supports"], lang),
        tables.support_table(package, found["supports"], lang),
        tables.sceptic_table(package, found["supports"], rows, register, lang),
        tables.sceptic_rest(found["supports"], rows, register, lang),
        turning_sentence.sentence(Page(package, lang), found["turned"], register),
        narrative.sensitivity_conclusion(package, rows, found["supports"], found["turned"], register, lang),
    ]


@each_lang
@pytest.mark.parametrize("which", ["found", "alone"])
def test_the_page_is_whole_with_and_without_a_near_poor_target(which, register, lang, request):
    found = request.getfixturevalue(which)
    for exhibit in exhibits(found, register, lang):
        assert_clean(exhibit.html)
        for hole in ("None", "nan", "{", "_"):
            assert hole not in exhibit.text.replace("_pct", ""), exhibit.text
    text = "\n".join(exhibit.text for exhibit in exhibits(found, register, lang))
    both = "both targets" if lang == "en" else "cả hai mục tiêu"
    assert (both in text) == (which == "found")


def test_what_the_forecast_estimated_counts_as_measured(found, register):
    prior = found["shown"].simulations[1].trend.prior
    row = found["fewer"].register["innovation_sd"]
    assert row.parameters == (prior.scale, prior.scale_spread) and row.support == "measured"
    assert register["innovation_sd"].support == "judgement"  # the register itself is left as it was
    sums = turning_points.support_sums(found["supports"], 0.01)
    assert sums["measured"]["n"] == sum(row.support == "measured" for row in found["fewer"].register.values())


def row(chance, assumption="base", value=None):
    chances = {r: {"poor_2015": chance, "near_poor_2015": 0.3, BOTH: chance / 2} for r in (1, 0)}
    return {"assumption": assumption, "to": "number", "value": value, "pair": Outcome(None, {}, chances)}


def test_a_case_shown_from_more_draws_keeps_the_factor_of_the_odds():
    base = Outcome(None, {}, row(0.5)["pair"].by_case)
    moved = tornado.anchored([row(0.4), row(0.4, "a", 1.0), row(0.8, "b", 2.0)], base)
    assert [r["pair"].by_case[1]["poor_2015"] for r in moved[:2]] == [0.5, 0.5]
    chance = moved[2]["pair"].by_case[1]["poor_2015"]
    assert chance / (1 - chance) == pytest.approx(0.8 / 0.2 / (0.4 / 0.6))
    assert tornado.anchor(0.0, 0.4, 0.5) == 0.0 and tornado.anchor(0.3, 0.0, 0.5) == 0.3


def test_what_lies_beside_a_range_is_no_part_of_it():
    rows = [row(0.3), row(0.9, "gap") | {"to": "as_last", "value": None}, row(0.4, "gap") | {"to": "still"}]
    named = turning_points.one_each(rows)
    assert [r["assumption"] for r in named] == ["base", turning_points.BEYOND, "gap_moves"]
    assert turning_points.BEYOND not in set(turning_points.turns_inside(named, 10_000)["assumption"])
    assert turning_points.BEYOND in turning_points.joint_swings(named)


@each_lang
def test_nothing_is_said_where_nothing_turns(package, register, lang):
    rows = [row(0.3), row(0.31, "hard_core_pct", 1.0)]
    turned = turning_points.turns_inside(rows, 10_000)
    assert turning_sentence.sentence(Page(package, lang), turned[:0], register).text == ""
    same = turning_points.turns_inside([row(0.3), row(0.3, "hard_core_pct", 1.0)], 10_000)
    assert not same["side"].any()
    assert turning_sentence.sentence(Page(package, lang), same, register).text == ""
    supports = turning_points.by_support([row(0.3), row(0.3, "hard_core_pct", 1.0)], register)
    assert turning_points.largest(supports) == []
    assert tables.map_tables(package, None, register, lang).text
    assert narrative.map_sentence(package, None, register, lang).text == ""
    assert narrative.support_sentence(package, supports, lang).text


@each_lang
def test_a_verdict_that_turns_is_told_with_its_numbers(package, register, lang):
    turned = turning_points.turns_inside([row(0.3), row(0.62, "hard_core_pct", 1.25)], 10_000)
    text = turning_sentence.sentence(Page(package, lang), turned, register).text
    for words in (percent(62, lang, 0), percent(1.25, lang), "r = 1", "r = 0"):
        assert words in text
    other = turning_points.turns_inside([row(0.3), row(0.62, "gap_drift", -0.05)], 10_000)
    assert ("xích lại" if lang == "vi" else "drew together") in turning_sentence.sentence(
        Page(package, lang), other, register
    ).text
    shown = tables.turns_table(package, turned, {("hard_core_pct", 1, "poor_2015"): 0.5}, register, lang).text
    assert number(0.5, lang) in shown


def test_the_value_of_an_even_chance_is_found_where_the_chance_is_even(found):
    package, scenario = found["package"], found["shown"].scenario
    few = outcomes.outcome(package, scenario, found["fewer"]).by_case
    assert found["halves"]
    for (name, r, target), value in found["halves"].items():
        low, high = turning_points.spans(found["rows"])[name]
        assert low <= value <= high
        fixed = tornado.fixed_at(scenario, {name: value})
        chance = tornado.chances_at(package, fixed, found["fewer"])[r][target]
        shown = tornado.anchor(chance, few[r][target], found["shown"].by_case[r][target])
        assert shown == pytest.approx(0.5, abs=0.04)


@each_lang
def test_the_tornado_holds_the_numbers_of_the_rows(found, register, lang):
    text = tables.tornado_table(found["package"], found["rows"], register, lang).text
    swings = turning_points.joint_swings(found["rows"])
    widest = [max(high - low for _, low, high in span.values()) for span in swings.values()]
    assert widest == sorted(widest, reverse=True)
    for name, span in swings.items():
        line = next(
            line for line in text.splitlines() if line.lower().startswith(_name(name, register, lang))
        )
        for _, low, high in span.values():
            assert sensitivity_tables.span_text(low, high, lang) in line
    assert "value_relief" not in swings


def _name(name, register, lang):
    return sensitivity_figures.assumption_name(name, register, lang).lower()


@each_lang
def test_every_assumption_stands_in_the_sceptics_table_once(found, register, lang):
    large = tables.sceptic_table(found["package"], found["supports"], found["rows"], register, lang).text
    rest = tables.sceptic_rest(found["supports"], found["rows"], register, lang).text
    starts = [line.lower() for line in f"{large}\n{rest}".splitlines()]
    for name in [*register, *turning_points.JUDGED]:
        words = _name(name, register, lang)
        assert sum(line.startswith(words + "  ") or line.startswith(words + " ") for line in starts) >= 1, (
            name
        )
    assert len(found["supports"]) == len(register) + len(turning_points.JUDGED)


def test_supports_are_counted_and_their_shares_are_whole(found, register):
    sums = turning_points.support_sums(found["supports"], 0.01)
    assert sum(s["n"] for s in sums.values()) == len(register) + len(turning_points.JUDGED)
    assert sum(s["share"] for s in sums.values()) == pytest.approx(1)
    swings = found["supports"].set_index("assumption")["swing"]
    assert sums["judgement"]["swing"] >= swings["deadline_push"] > 0
    assert np.isnan(swings["wide_drift_mean"])  # fixed, without another case


@each_lang
def test_known_indices_stand_in_the_table_in_their_order(register, lang):
    names = ("return_credit", "hard_core_pct", "value_relief")
    first, total = known_ishigami()
    results = {r: indices(ishigami, names, points=1_024) for r in (1, 0)}
    lines = tables.sobol_table(results, "poor", register, lang, 1_024).text.splitlines()
    places = [
        next(n for n, line in enumerate(lines) if line.lower().startswith(_name(name, register, lang)))
        for name in names
    ]
    assert places == sorted(places) == [2, 3, 4]
    for name, place in zip(names, places, strict=True):
        found = results[1].set_index("input").loc[name]
        assert number(100 * found["first"], lang, 1) in lines[place]
        assert f"{number(100 * found['total'], lang, 1)} ± " in lines[place]
        assert found["total"] == pytest.approx(total[names.index(name)], abs=0.05)
        assert found["first"] == pytest.approx(first[names.index(name)], abs=0.05)


@each_lang
def test_small_indices_are_added_up(register, lang):
    weights = np.array([3.0, 0.1, 0.05])
    names = ("return_credit", "hard_core_pct", "value_relief")
    results = {1: indices(lambda u: u @ weights, names, points=256)}
    shown, _, rest, others = turning_points.sobol_rows(results)
    assert shown == ["return_credit"] and others == 2
    assert rest[1][1] == pytest.approx(results[1]["total"][1:].sum())
    text = tables.sobol_table(results, "poor", register, lang).text
    assert ("2 đầu vào khác" if lang == "vi" else "2 other inputs") in text


def test_with_r_held_at_one_money_has_no_part_in_the_variance(found):
    one, zero = (found["indices"][r].set_index("input")["total"] for r in (1, 0))
    assert one["return_credit"] == 0 < zero["return_credit"]
    assert one.idxmax() == zero.idxmax() == BASELINE
    assert 0 < TRIM < 0.01 and "continuity" not in one.index


def test_the_quick_rows_of_the_first_screen_are_those_of_the_page(found):
    quick = turning_points.quick_rows(found["package"], found["shown"], found["fewer"])
    page = {(r["assumption"], r["value"]): r["pair"].by_case for r in found["rows"]}
    for each in quick[1:]:
        assert page[each["assumption"], each["value"]] == each["pair"].by_case
    assert quick[0]["pair"].by_case == found["shown"].by_case


@each_lang
def test_no_text_is_cut_or_overlaps(found, register, lang, monkeypatch):
    faults = []

    def check(figure, name, *others):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer, edge = canvas.get_renderer(), figure.bbox
        axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
        drawn = {tick for axis in axes for tick in axis._update_ticks()}
        unshown = {tick for axis in axes for tick in axis.get_major_ticks()} - drawn
        left_out = {label for tick in unshown for label in (tick.label1, tick.label2)}
        texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t not in left_out]
        faults.extend(f"{name}: {words!r} is cut" for words, box in boxes if not _inside(box, edge))
        for n, (words, box) in enumerate(boxes):
            for other, second in boxes[n + 1 :]:
                width = min(box.x1, second.x1) - max(box.x0, second.x0)
                height = min(box.y1, second.y1) - max(box.y0, second.y0)
                if width > 1.5 and height > 2.5:
                    faults.append(f"{name}: {words!r} on {other!r}")
        return svg_markup(figure, name, *others)

    monkeypatch.setattr(style, "svg_markup", check)
    figures.tornado_chart(found["package"], found["rows"], register, lang)
    figures.sobol_chart(found["indices"], "poor", register, lang)
    assert not faults, "\n".join(faults)


def _inside(box, edge):
    return box.x0 >= edge.x0 - 1 and box.x1 <= edge.x1 + 1 and box.y0 >= edge.y0 - 1 and box.y1 <= edge.y1 + 1


def test_the_map_is_anchored_at_the_case_shown(found):
    first, second = found["grid"].columns[:2]
    assert set(found["grid"]["r"]) == {1, 0} and len(found["grid"]) == 2 * 2 * 2 * 3
    assert found["grid"]["chance"].between(0, 1).all() and {first, second} <= set(
        found["supports"]["assumption"]
    )
    assert isinstance(found["turned"], pd.DataFrame)
