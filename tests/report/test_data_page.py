"""The page of the figures and their audit: what its tables and its figure say, in both languages, of any province."""

import re
from dataclasses import replace

import pytest
from helpers import assert_clean, faults_of

from giamngheo.auditing import audit
from giamngheo.forecasting import reference_series
from giamngheo.inputs.package import load_package
from giamngheo.inputs.skeleton import new_package
from giamngheo.language import LANGUAGES
from giamngheo.report import figure_style
from giamngheo.report.data import budget, findings, promises, readings, sources
from giamngheo.report.html import stack
from giamngheo.report.svg import svg_markup
from giamngheo.report.wording import Page, locator_text


@pytest.fixture(params=LANGUAGES)
def page(package, request):
    return Page(package, request.param)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Another province's package, whose measures have no names and whose licences are not translated."""
    made = load_package(new_package(tmp_path_factory.mktemp("other") / "mau"))
    bare = {"name_vi": None, "name_en": None}
    return replace(
        made,
        measures=tuple(row.model_copy(update=bare | {"unit": "card_year"}) for row in made.measures),
        documents=tuple(row.model_copy(update={"licence_vi": None}) for row in made.documents),
    )


def tables_of(page):
    known = reference_series.known_readings(
        reference_series.load_rates(), "vn-review", page.package.published, page.package.reference_unit
    )
    return [
        readings.table(page),
        promises.targets(page),
        promises.measures(page),
        promises.agencies(page),
        budget.table(page),
        findings.tables(page, audit(page.package)),
        findings.agreeing(page, audit(page.package)),
        sources.documents(page),
        sources.references(page, known),
    ]


@pytest.mark.parametrize("whose", ["package", "other"])
def test_tables_are_whole(page, whose, request):
    names = set()
    for exhibit in tables_of(Page(request.getfixturevalue(whose), page.lang)):
        assert_clean(re.sub(r"https?://[^<\s]+", "", exhibit.html))
        assert not re.search(r"None|\bnan\b|<NA>|\{", exhibit.text)
        for table in exhibit.tables:
            assert table.name not in names and len(table.frame)
            names.add(table.name)


def test_readings_stand_as_they_were_printed(page):
    made = readings.table(page)
    comma = "," if page.lang == "vi" else "."
    for printed in ("13.15", "7.20", "9.28"):
        assert printed.replace(".", comma) in made.text
    assert made.table["rate_pct"].iloc[0] == 13.15
    assert {2006, 2011} == set(made.table["line_from"])


def test_counts_and_rates_imply_all_households(package):
    frame = readings.implied(package)
    first = frame[frame["group"] == "all"].iloc[0]
    assert first["implied_households"] == pytest.approx(58543 / 0.1315)
    assert (100 * frame["households"] / frame["rate_pct"]).tolist() == pytest.approx(
        frame["implied_households"].tolist()
    )
    allowed = first["implied_low"], first["implied_high"]
    assert allowed == pytest.approx((58543 / 0.13155, 58543 / 0.13145))
    for _, rows in frame.groupby("group"):
        assert rows["as_of"].is_monotonic_increasing
    uncounted = replace(
        package, readings=tuple(row.model_copy(update={"households": None}) for row in package.readings)
    )
    assert readings.implied(uncounted).empty


def test_the_figure_draws_its_frame_and_nothing_is_cut(page, monkeypatch):
    faults, points = [], []

    def check(figure, name, *others):
        faults.extend(faults_of(figure, name))
        points.append([y for ax in figure.axes for y in ax.containers[0].lines[0].get_ydata()])
        return svg_markup(figure, name, *others)

    monkeypatch.setattr(figure_style, "svg_markup", check)
    made = readings.implied_chart(page)
    assert_clean(made.html)
    assert faults == []
    assert points == [made.table["households_of_first_pct"].tolist()] * 2


def test_a_promise_has_its_own_name_or_its_id_with_spaces(page, other):
    vietnamese = page.lang == "vi"
    ours = promises.measures(page).table.set_index("what")
    assert ours.loc["pupils_supported", "name"] == (
        "học sinh được hỗ trợ" if vietnamese else "pupils supported"
    )
    assert ours.loc["pupils_supported", "unit_name"] == ("học sinh" if vietnamese else "pupils")
    assert ours.loc["officers_per_commune", "unit_name"] == ("cán bộ/xã" if vietnamese else "a commune")
    theirs = promises.measures(Page(other, page.lang))
    assert theirs.table["name"].tolist() == ["households borrowing", "health cards"]
    assert set(theirs.table["unit_name"]) == {"card year"}
    assert "_" not in theirs.text


def test_agencies_are_named_once_for_a_line_and_role(page):
    frame = promises.agencies(page).table
    assert frame["line"].is_unique
    for cell in frame[list(promises.ROLES)].stack().dropna():
        names = cell.split("; ")
        assert len(names) == len(set(names))


def test_findings_are_those_of_the_audit_worst_first(page):
    found = audit(page.package)
    made = stack(findings.tables(page, found), findings.agreeing(page, found))
    results = [table.name.removeprefix("audit-") for table in made.tables]
    assert results == [result for result in findings.RESULTS if found.summary[result]]
    for result, table in zip(results, made.tables, strict=True):
        assert table.frame["check"].tolist() == [c.id for c in found.checks if c.result == result]
    assert str(found.summary["discrepancy"]) in findings.conclusion(page, found).text


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (2155, "2.155", "2,155"),
        (0.5, "0,5", "0.5"),
        (1 / 3, "0,33", "0.33"),
        ("x" * 40, "x" * 27 + "…", None),
    ],
)
def test_stated_values_have_two_decimals_at_most(package, value, vi, en):
    assert findings.value_text(value, Page(package, "vi")) == vi
    assert findings.value_text(value, Page(package, "en")) == (en or vi)


def test_licences_are_in_the_reader_s_language_where_translated(page, other):
    ours = sources.documents(page).table["licence_shown"]
    assert set(ours.str.startswith("văn bản pháp luật")) == {page.lang == "vi"}
    assert set(sources.documents(Page(other, page.lang)).table["licence_shown"]) == {
        "public domain (legal text)"
    }


def test_locators_are_put_into_words(page):
    words = {"preamble 4": "mở đầu, đoạn 4", "budget table I.3": "biểu kinh phí I.3", "article 2": "Điều 2"}
    words |= {"part 2.I.1": "phần 2.I.1", "heading 2.1": "đề mục thứ 2.1"}
    for locator, vietnamese in words.items():
        assert locator_text(locator, page) == (vietnamese if page.lang == "vi" else locator)
    assert "item" not in locator_text("I.2 item 1; IV.1", Page(page.package, "vi"))
