"""Plans of any shape are carried through, or refused at the door in words; by kinds, and as hypothesis draws them."""

import re
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from plans import go_through, plans, write

from giamngheo import forecast, load_package, package_forecast, simulate
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.package import accept_questions
from giamngheo.inputs.scenario import list_scenarios, load_scenario
from giamngheo.inputs.skeleton import new_package
from giamngheo.language.phrasebook import phrases
from giamngheo.report.scenario import budget
from giamngheo.report.wording import Page


@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(plan=plans())
def test_a_plan_of_any_shape_is_carried_through_or_refused(tmp_path_factory, plan):
    with warnings.catch_warnings(action="ignore"):
        go_through(write(plan, tmp_path_factory.mktemp("plan") / "trial"), draws=100)


@pytest.fixture
def skeleton(tmp_path):
    return new_package(tmp_path / "trial")


def changed(folder, table, *changes):
    """The skeleton with some text of a table changed, loaded."""
    file = folder / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("to", [("1000000", "1250000"), ("", "")])
def test_money_leaves_the_distance_of_near_poor_under_the_same_line(skeleton, to):
    thresholds = zip((",1300000,", ",1625000,"), (f",{each}," for each in to), strict=True)
    case = simulate(load_package(changed(skeleton, "lines", *thresholds)), "double", draws=200).cases[1]
    before, after = case.response.counterfactual.levels["all"], case.response._levels(None, "all")
    poor, upper = (z - was for z, was in zip(after, before, strict=True))
    assert poor == pytest.approx(upper, abs=1e-6) and poor.min() < -1e-3


def test_groups_are_any_and_bear_the_package_s_name(skeleton):
    text = (skeleton / "poverty.csv").read_text(encoding="utf-8")
    more = (
        "".join(
            f"{row.replace(',all,', ',mountain_districts,').replace(',5880,', ',900,').replace(',8120,', ',1100,')}\n"
            for row in text.splitlines()
            if ",all,poor," in row and row[:4] in ("2022", "2024")
        )
        .replace("23500", "3700")
        .replace("5.88", "18.00")
        .replace("8.12", "22.00")
    )
    (skeleton / "poverty.csv").write_text(text + more, encoding="utf-8")
    package = load_package(skeleton)
    assert package_forecast(package, draws=100).groups == ("all", "mountain_districts")
    assert Page(package, "vi").group("mountain_districts") == "mountain districts"
    descriptor = skeleton / "datapackage.json"
    named = (
        '"giamngheo": {"groups": {"mountain_districts": {"vi": "huyện miền núi", "en": "hill districts"}},'
    )
    descriptor.write_text(
        descriptor.read_text(encoding="utf-8").replace('"giamngheo": {', named, 1), encoding="utf-8"
    )
    assert Page(load_package(skeleton), "vi").group("mountain_districts") == "huyện miền núi"


def test_sources_that_are_not_told_are_nobody_s(skeleton):
    package = load_package(changed(skeleton, "budget", (",40,5,5,", ",,,,"), (",30,10,0,", ",0,0,0,")))
    assert simulate(package, draws=100).money.by("source") == {
        "central": 12,
        "provincial": 3,
        "mobilised": 0,
        "untold": 270,
    }
    changed(skeleton, "budget", (",4,1,0,", ",,,,"))
    page, effect = Page(load_package(skeleton), "en"), np.ones(100)
    assert "it does not tell what each source gives" in budget.sentences(page, None, effect).text
    assert "0.0 %" not in budget.sentences(page, None, effect).text
    with pytest.raises(RefusedInput, match="does not tell what each source gives to 'credit'"):
        load_scenario("central_only", package)
    assert not {"central_only", "no_mobilised_money"} & {row.id for row in list_scenarios(package)}


def test_a_promised_fall_is_refused_with_the_level_it_leads_to(skeleton):
    changed(skeleton, "targets", (",poor,<,3,2027-12-31,1,", ",,,,2027-12-31,1,"))
    with pytest.raises(
        RefusedInput, match=r"targets.csv:2:value_pct.*comparator=<=, value_pct=2.88, as_of=2027-12-31"
    ):
        load_package(skeleton)


def test_a_promised_fall_that_leads_below_nought_is_not_offered_as_a_level(skeleton):
    changed(skeleton, "targets", (",poor,<,3,2027-12-31,1,", ",,,,2027-12-31,3,"))
    with pytest.raises(RefusedInput, match=r"lead to nothing before 2027-12-31; look at the pace"):
        load_package(skeleton)


def test_plan_years_that_were_read_and_no_money(skeleton):
    changed(
        skeleton,
        "budget",
        ("40,5,5,50,150", "0,0,0,0,0"),
        ("30,10,0,40,120", "0,0,0,0,0"),
        ("4,1,0,5,15", "0,0,0,0,0"),
    )
    descriptor = skeleton / "datapackage.json"
    early = descriptor.read_text(encoding="utf-8").replace('"first_year": 2025', '"first_year": 2023')
    descriptor.write_text(early, encoding="utf-8")
    found = simulate(load_package(skeleton), draws=100)
    assert found.years[0].year == 2025 and found.money.total == 0
    assert found.by_case[1] == found.by_case[0]


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("poverty", ("6930,6.93", "693,6.93"), "counts_contradict_rate"),
        ("poverty", ("5880,5.88,23500", "5880,5.88,2350"), "persons_and_households"),
        ("budget", (",50,150,credit", ",50000,150000,credit"), "money_units"),
        ("targets", ("<,3,", "<,100,"), "target_above_readings"),
        ("targets", ("4,2027-12-31", "4,2017-12-31"), "target_before_plan"),
    ],
)
def test_figures_that_contradict_each_other_are_asked_about(skeleton, table, change, check):
    changed(skeleton, table, change)
    with pytest.raises(RefusedInput, match=f"{table}.csv:.*--accept {check}"):
        load_package(skeleton)
    asked = {check, "money_for_a_household"} if table == "budget" else {check}
    assert load_package(skeleton, accept=asked)
    accept_questions(skeleton, asked)
    assert set(load_package(skeleton).labels.accepted) == asked
    with pytest.raises(RefusedInput, match="accept: unknown question 'rates'"):
        load_package(skeleton, accept=["rates"])


def test_a_series_is_asked_the_same(tmp_path):
    file = tmp_path / "s.csv"
    rows = "2010-12-31,poor,a,15.40,63400,412000\n2011-12-31,poor,a,1.210,51100,422000\n"
    file.write_text(
        f"as_of,status,poverty_line,rate_pct,households,total_households\n{rows}", encoding="utf-8"
    )
    with pytest.raises(
        RefusedInput, match=r"s.csv:3:rate_pct: .* are 12.11 percent.*--accept counts_contradict_rate"
    ):
        forecast(file, 2013, draws=100)
    assert len(forecast(file, 2013, draws=100, accept=["counts_contradict_rate"]).table)


def test_no_phrase_tells_a_plan_s_span_or_place():
    told = [text for each in phrases().values() for text in each.values()]
    assert not [
        text for text in told if re.search(r"three years|ba năm|An Giang|2013|2015", text, re.IGNORECASE)
    ]
