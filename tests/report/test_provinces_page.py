"""The page of all provinces."""

import pytest

from giamngheo.analysis.provinces import load_provinces, province_forecasts
from giamngheo.report.provinces_page import provinces_page
from giamngheo.report.wording import Page
from tests.helpers import assert_clean, read_aloud


@pytest.fixture(scope="module")
def made():
    return province_forecasts(2014, draws=200, provinces=load_provinces().head(3))


@pytest.mark.parametrize(("lang", "name"), [("vi", "Bắc Giang"), ("en", "Bac Giang")])
def test_map_multiples_and_table_name_each_province(made, lang, name):
    page = Page(None, lang)
    markup = provinces_page(page, *made, ["made"])
    assert_clean(markup)
    said = read_aloud(markup)
    assert said.count(name) >= 3
    for row in made[0].itertuples():
        assert said.count(page.number(row.q50, 1)) >= 2
    assert markup.count("<polygon") == 3 and "nan" not in said and "None" not in said


def test_a_page_links_to_the_languages_that_are_written(made):
    page = Page(None, "vi")
    assert 'href="../en/index.html"' in provinces_page(page, *made, [])
    assert "../en/" not in provinces_page(page, *made, [], ["vi"])
