"""The page of all provinces."""

import re
from dataclasses import replace
from datetime import date

import pytest

from giamngheo.analysis.provinces import load_provinces, province_forecasts
from giamngheo.report.province_drawings import CHANCES, RATES, TARGET, Scale, multiple
from giamngheo.report.provinces_page import _pace_finding, provinces_page
from giamngheo.report.wording import Page
from tests.helpers import assert_clean, read_aloud


@pytest.fixture(scope="module")
def made():
    return province_forecasts(2014, known_by=date(2013, 1, 21), draws=200, provinces=load_provinces().head(3))


def without_script(markup):
    return markup.split("<script>")[0] + markup.split("</script>")[-1]


@pytest.mark.parametrize(("lang", "name"), [("vi", "Bắc Giang"), ("en", "Bac Giang")])
def test_maps_charts_and_table_name_each_province(made, lang, name):
    page = Page(None, lang)
    markup = without_script(provinces_page(page, made, ["made"]))
    assert_clean(markup)
    said = read_aloud(markup)
    assert said.count(name) >= 4  # a tile of each map, its row, its chart
    for row in made.provinces.itertuples():
        assert said.count(page.number(row.q50, 1)) >= 3
        assert page.signed(row.required_pp, 2) in said and page.chance(row.chance) in said
    assert markup.count("<polygon") == 3 and not re.search(
        r"\bnan\b|None(?! of the)|provinces\.(?!csv|parquet)", said
    )


def test_the_title_says_what_is_likely(made):
    def title(*chances, target=None):
        rows = made.provinces.assign(chance=chances)
        markup = provinces_page(Page(None, "en"), replace(made, provinces=rows, target_pct=target), [])
        return read_aloud(re.search("<h1>(.*?)</h1>", markup)[1])

    assert title(0.1, 0.2, 0.3).startswith("None of the 3 provinces is likely to halve") and "30 %" in title(
        0.1, 0.2, 0.3
    )
    assert title(0.1, 0.66, 0.9).endswith("2 of 3 provinces")
    assert "to 5 % or less" in title(0.7, 0.8, 0.9, target=5.0) and title(0.7, 0.8, 0.9).endswith(
        "all 3 provinces"
    )


def test_a_later_reading_is_drawn_apart_and_told_of(made):
    drawn = provinces_page(Page(None, "en"), made, [])
    assert "inform no forecast" in drawn and "of 2, " in read_aloud(drawn)  # none of An Giang came out later
    later = province_forecasts(2014, draws=200, provinces=load_provinces().head(2))
    assert "inform no forecast" not in provinces_page(Page(None, "en"), later, [])


def test_who_is_forecast_to_get_there_need_not_go_faster(made):
    def told(**columns):
        found = replace(made, provinces=made.provinces.assign(**columns), target_pct=5.0)
        return _pace_finding(Page(None, "en"), found, found.provinces)

    rising = {"target_pct": 5.0, "q50": [6.0, 2.5, 2.5], "expected_pp": [-1.0, 0.2, -0.2]}
    assert "1 of 3 provinces" in told(
        **rising, required_pp=[-2.0, 0.0, 0.0]
    )  # the second rises, and stays below
    all_miss = told(target_pct=5.0, q50=6.0, expected_pp=[-1.0, -0.5, 0.1], required_pp=-1.5)
    assert "all 3 provinces" in all_miss and "half of all provinces at least 3.0 times" in all_miss


def test_a_target_beyond_the_scale_is_not_drawn_at_its_end(made):
    row, ahead = made.provinces.iloc[0].to_dict(), made.forecasts[made.forecasts["unit"] == "VNM:An Giang"]
    own = made.readings[made.readings["unit"] == "VNM:An Giang"]
    for target, drawn in ((5.0, True), (30.0, False)):
        assert (TARGET in multiple(Page(None, "en"), row | {"target_pct": target}, own, ahead, 15)) is drawn


@pytest.mark.parametrize("scale", [RATES, CHANCES])
def test_letters_on_a_tile_can_be_read(scale: Scale):
    def light(colour):
        shares = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05

    assert len(scale.colours) == len(scale.edges) + 1
    for ground, ink in scale.colours:
        assert max(light(ground), light(ink)) / min(light(ground), light(ink)) >= 4.5


def test_a_tile_is_of_the_class_that_its_printed_number_is_of():
    assert RATES.place(19.96) == RATES.place(20) and RATES.place(19.94) == RATES.place(10)
    assert CHANCES.place(9.6) == CHANCES.place(10)


def test_a_page_links_to_the_languages_that_are_written(made):
    page = Page(None, "vi")
    assert 'href="../en/index.html"' in provinces_page(page, made, [])
    assert "../en/" not in provinces_page(page, made, [], ["vi"])
