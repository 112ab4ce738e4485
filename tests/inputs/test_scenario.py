"""Scenario files: the ones that ship, merging, and refusals."""

import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.package import load_package
from giamngheo.inputs.scenario import Scenario, check_scenario, list_scenarios, load_scenario
from giamngheo.inputs.skeleton import new_package

REQUIRED = {
    *(
        "full_plan",
        "plan_is_new",
        "no_new_money",
        "central_only",
        "no_mobilised_money",
        "thirty_percent_short",
    ),
    *("one_year_late", "front_loaded", "credit_only", "income_lines_first", "ethnic_minority_first"),
    *("flood_2014", "double", "hard_core", "fixed_gap"),
}


@pytest.fixture
def scenario_file(tmp_path):
    def write(body, name="trial.yml", title="title: {vi: Thử, en: Trial}\n"):
        path = tmp_path / name
        path.write_bytes(body if isinstance(body, bytes) else (title + body).encode())
        return path

    return write


def test_the_scenarios_that_ship(package):
    found = list_scenarios(package)
    assert found[0][0] == "full_plan"
    assert {name for name, _, _ in found} >= REQUIRED
    for name, title, path in found:
        scenario = load_scenario(name, package)
        assert scenario.id == path.stem == name
        assert scenario.title == title
        assert set(title) == {"vi", "en"}
        assert path.read_text(encoding="utf-8").startswith("# What if")


def test_generic_scenarios_name_no_line():
    for path in (paths.DATA / "scenarios").glob("*.yml"):
        assert not load_scenario(path).funding.by_line


def test_full_plan_is_empty(package):
    scenario = load_scenario("full_plan", package)
    assert scenario == Scenario(id="full_plan", title=scenario.title)
    assert not scenario.funding.all
    assert (scenario.continuity, scenario.delay_years, scenario.phasing) == (1, 0, "even")


def test_a_factor_for_every_year_is_spelled_out_with_a_package(package):
    assert load_scenario("double", package).funding.all == {2013: 2, 2014: 2, 2015: 2}
    assert load_scenario("double").funding.all.get(2031) == 2
    assert check_scenario(load_scenario("double"), package) == load_scenario("double", package)


def test_factors_are_exact(package):
    assert load_scenario("thirty_percent_short", package).funding.all[2013] == Fraction(7, 10)


def test_what_the_others_change(package):
    assert load_scenario("plan_is_new", package).continuity == 0
    assert load_scenario("flood_2014", package).shock == {2014: "flood_year"}
    assert load_scenario("hard_core", package).assumptions == {"hard_core_pct": {"fixed": 1.0}}
    assert load_scenario("income_lines_first", package).funding.keep_total
    assert set(load_scenario("ethnic_minority_first", package).funding.by_line) == {
        "em_land",
        "infrastructure",
        "cash_support",
    }


def test_a_scenario_merges_over_the_one_it_is_based_on(package, scenario_file):
    scenario_file(
        "funding: {all: {2013: 0.5, 2014: 0.5}, by_source: {mobilised: 0}}\nphasing: front\n"
        "assumptions: {return_credit: {distribution: beta, a: 2, b: 20}, carry_over: {fixed: 0}}\n",
        "below.yml",
    )
    above = scenario_file(
        "based_on: below\nfunding: {all: {2014: 0.9}, by_source: {provincial: 2}}\n"
        "assumptions: {return_credit: {fixed: 0.1}}\n"
    )
    scenario = load_scenario(above, package)
    assert scenario.based_on == "below"
    assert scenario.phasing == "front"
    assert scenario.funding.all == {2013: Fraction(1, 2), 2014: Fraction(9, 10)}
    assert set(scenario.funding.by_source) == {"mobilised", "provincial"}
    assert scenario.assumptions == {"return_credit": {"fixed": 0.1}, "carry_over": {"fixed": 0.0}}


def test_the_design_pages_example_is_read(package, scenario_file):
    path = scenario_file(
        """based_on: full_plan                # another scenario; full_plan is the root
funding:
  all:       {2013: 0.7, 2014: 0.7, 2015: 0.7}
  by_source: {mobilised: 0}
  by_channel: {income: 1.2}
  by_line:   {housing: {2014: 0.5}}
delay_years: 0
phasing: even
continuity: 1
targeting: {}
shock: {2014: 0.05}
growth: {}
group: all
assumptions: {return_credit: {fixed: 0.1}}
"""
    )
    scenario = load_scenario(path, package)
    assert scenario.funding.by_line == {"housing": {2014: Fraction(1, 2)}}
    assert scenario.shock == {2014: 0.05}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("fundng: {all: 0}", ["trial.yml:2: fundng: unknown key", "nearest: 'funding'"]),
        ("funding: {by_sources: {central: 0}}", ["trial.yml:2: funding.by_sources", "nearest: 'by_source'"]),
        (
            "funding:\n  by_source: {centrl: 0}",
            ["trial.yml:3: funding.by_source.centrl", "nearest: 'central'"],
        ),
        ("funding: {by_channel: {credits: 0}}", ["unknown channel 'credits'", "nearest: 'credit'"]),
        ("funding: {by_line: {house: 0}}", ["unknown budget line 'house'", "nearest: 'housing'"]),
        ("funding: {all: {2016: 1}}", ["trial.yml:2: funding.all.2016", "nearest: 2015"]),
        ("funding: {all: {13: 1}}", ["'13' is not a year of four digits"]),
        ("funding: {all: -1}", ["funding.all", "nearest valid value: 0"]),
        ("funding: {all: yes}", ["'true' is a yes or no", "nearest: 1"]),
        ("funding: {all: .nan}", ["not a finite number"]),
        ("funding: {all: .inf}", ["not a finite number"]),
        ('funding: {all: "0,7"}', ["decimal comma; write 0.7"]),
        ("funding: {all: 0,0}", ["0,0 has a decimal comma; write 0.0"]),
        ("funding: {all: 70%}", ["percent sign; write 0.7"]),
        ("funding: {all: }", ["an empty value is not a number"]),
        ("funding: 0.7", ["trial.yml:2: funding", "keys are expected"]),
        ("funding: {keep_total: maybe}", ["not true or false"]),
        ("delay_years: -1", ["delay_years", "nearest valid value: 0"]),
        ("phasing: forward", ["unknown phasing 'forward'", "nearest: 'front'"]),
        ("continuity: 2.5", ["continuity", "nearest valid value: 2"]),
        ("continuity: true", ["continuity", "yes or no"]),
        ("targeting: {credit: 1.5}", ["targeting.credit", "nearest valid value: 1"]),
        ("targeting: {credt: 0.5}", ["unknown channel or budget line 'credt'", "nearest: 'credit'"]),
        ("shock: {2014: flod_year}", ["unknown shock 'flod_year'", "nearest: 'flood_year'"]),
        ("shock: {2020: 0.1}", ["unknown year '2020'", "nearest: 2015"]),
        ("shock: 0.1", ["a shock needs its year"]),
        ("growth: {2014: 200}", ["growth.2014", "nearest valid value: 20"]),
        ("group: khmer", ["unknown group 'khmer'"]),
        ("assumptions: {return_credits: {fixed: 0}}", ["assumption 'return_credits'", "'return_credit'"]),
        ("assumptions: {return_credit: 0.1}", ["{fixed: 0.1}"]),
        ("assumptions: {return_credit: {fixd: 0.1}}", ["nearest: 'fixed'"]),
        ("assumptions: {return_credit: {distribution: betta, a: 1, b: 2}}", ["nearest: 'beta'"]),
        ("assumptions: {return_credit: {distribution: beta, a: 1, c: 2}}", ["parameter of beta 'c'"]),
        ("assumptions: {return_credit: {distribution: beta, a: 1}}", ["beta needs the parameter 'b'"]),
        ("assumptions: {return_credit: {distribution: beta, a: 1, b: -2}}", ["must be positive"]),
        ("assumptions: {return_credit: {distribution: uniform, low: 2, high: 1}}", ["low 2 is above high 1"]),
        ("based_on: full_pln", ["unknown scenario 'full_pln'", "nearest: 'full_plan'"]),
        ("based_on: trial", ["based on this scenario itself"]),
        ("id: other", ["trial.yml:2: id", "remove this key"]),
        ("phasing: front\nphasing: back", ["trial.yml:3: phasing: the key stands there twice"]),
        ("funding: {all: [1, 2]", ["trial.yml", "not YAML"]),
        ("funding: !!python/object:os.system {}", ["not YAML"]),
        ("grid: {continuity: [0, 1]}", ["a grid file: use giamngheo batch"]),
    ],
)
def test_a_bad_scenario_is_refused_with_its_place(package, scenario_file, body, said):
    with pytest.raises(RefusedInput) as caught:
        load_scenario(scenario_file(body), package)
    for words in said:
        assert words in str(caught.value)


def nested(first, each):
    """Eight names, each of which repeats the one before it nine times."""
    return f"n0: &n0 {first}\n" + "".join(
        f"n{n}: &n{n} {each.format(', '.join([f'*n{n - 1}'] * 9))}\n" for n in range(1, 9)
    )


@pytest.mark.parametrize(
    "body",
    [
        nested("[x]", "[{}]") + "funding: *n8\n",
        nested("{k: 1}", "{{<<: [{}]}}"),
        "funding: &x [*x]\n",
        "funding: &x [*x, *x]\n",
        "funding: &x {<<: *x}\n",
    ],
    ids=["aliases", "merged", "itself", "itself twice", "merged itself"],
)
def test_aliases_that_swell_are_refused_at_once(scenario_file, body):
    start = time.process_time()
    with pytest.raises(RefusedInput, match="aliases"):
        load_scenario(scenario_file(body))
    assert time.process_time() - start < 2


def test_an_alias_stands_for_its_value(scenario_file, package):
    body = "growth: {2014: &g 0.1, 2015: *g}\n"
    assert load_scenario(scenario_file(body), package).growth[2015] == 0.1


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", "title: the key is missing"),
        ("title: Thử\n", "keys are expected"),
        ("title: {vi: Thử}\n", "the title in 'en' is missing"),
        ("title: {vi: Thử, en: no}\n", "put it in quotation marks"),
        ("title: {vi: Thử, fr: Essai}\n", "unknown language 'fr'"),
    ],
)
def test_a_title_in_both_languages_is_needed(scenario_file, title, said):
    with pytest.raises(RefusedInput, match=said):
        load_scenario(scenario_file("continuity: 0\n", title=title))


@pytest.mark.parametrize(
    "content", [b"", b"# only a comment\n", b"- 1\n- 2\n", b"\xff\xfe", b"{: :", b"a: \x07"]
)
def test_a_file_that_is_no_mapping_is_refused(scenario_file, content):
    with pytest.raises(RefusedInput, match=r"trial\.yml"):
        load_scenario(scenario_file(content))


def test_names_and_paths_that_lead_nowhere(package, scenario_file):
    with pytest.raises(RefusedInput, match="unknown scenario 'doubel'; nearest: 'double'"):
        load_scenario("doubel", package)
    with pytest.raises(RefusedInput, match=r"no such file; nearest: 'trial\.yml'"):
        load_scenario(scenario_file("").with_name("trail.yml"), package)
    with pytest.raises(RefusedInput, match=r"nearest: 'my_trial\.yml'"):
        load_scenario(scenario_file("", "My trial.yml"), package)
    with pytest.raises(RefusedInput, match="unknown scenario"):
        load_scenario("", package)


def test_a_loop_of_scenarios_is_refused(scenario_file):
    scenario_file("based_on: second\n", "first.yml")
    scenario_file("based_on: first\n", "second.yml")
    with pytest.raises(RefusedInput, match="based on this scenario itself"):
        load_scenario(scenario_file("based_on: first\n"))


def test_another_province_sees_the_scenarios_it_can_use(tmp_path):
    other = load_package(new_package(tmp_path / "other"))
    names = [name for name, _, _ in list_scenarios(other)]
    assert "training_first" in names
    assert "double" in names
    assert "flood_2014" not in names  # its years are others
    assert "ethnic_minority_first" not in names


KEYS = {"funding": {"by_source": {"provincial": 0.5}}, "delay_years": 1}


def test_keys_are_a_scenario_as_their_file_is(package, scenario_file):
    body = "funding:\n  by_source: {provincial: 0.5}\ndelay_years: 1\n"
    of_file = load_scenario(scenario_file(body), package)
    given = load_scenario(KEYS, package)
    assert (given.id, given.title, given.based_on) == ("mine", {"vi": "mine", "en": "mine"}, "full_plan")
    same = {"id": of_file.id, "title": of_file.title}
    assert given.model_copy(update=same) == of_file

    named = load_scenario({"id": "half", "title": "Half", **KEYS})
    assert (named.id, named.title) == ("half", {"vi": "Half", "en": "Half"})


def test_keys_may_be_based_on_another_scenario_and_are_left_as_they_were(package):
    keys = {"based_on": "thirty_percent_short", "funding": {"by_channel": {"credit": 0}}}
    found = load_scenario(keys, package)
    assert found.funding.all == dict.fromkeys(package.years, Fraction(7, 10))
    assert found.title["en"] == "mine" and keys == {
        "based_on": "thirty_percent_short",
        "funding": {"by_channel": {"credit": 0}},
    }


def test_a_scenario_and_numbers_of_numpy_are_taken(package):
    double = load_scenario("double")
    assert load_scenario(double) is double
    assert load_scenario(double, package) == load_scenario("double", package)
    shares = np.arange(3), np.linspace(0, 1, 3), np.float32([0, 0.5, 1])
    for share in (share for some in shares for share in some):
        assert load_scenario({"funding": {"all": share}}).funding.all.every == Fraction(float(share))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fundng": {}}, "scenario mine: fundng: unknown key 'fundng'; nearest: 'funding'"),
        ({"funding": {"al": 1}}, "scenario mine: funding.al: unknown key 'al'; nearest: 'all'"),
        ({"funding": 0.5}, "'0.5', where keys are expected"),
        ({"funding": {"all": -1}}, "'-1' is below the limit; nearest valid value: 0"),
        ({"funding": {"all": {2012: 1}}}, "unknown year '2012'; nearest: 2013"),
        ({"funding": {"by_line": {"hous": 1}}}, "unknown budget line 'hous'; nearest: 'housing'"),
        ({2013: 0.5}, "unknown key '2013'"),
        ({"id": "My half"}, "scenario My half: id: 'My half' is not an id .*nearest: 'my_half'"),
        ({"id": 5}, "'5' is not an id"),
        ({"based_on": "doubel"}, "based_on: unknown scenario 'doubel'; nearest: 'double'"),
        ({"title": {"vi": "Thử"}}, "the title in 'en' is missing"),
        ({"grid": {}}, "a grid"),
        (None, "an empty value is not a scenario's name.*nearest: 'full_plan'"),
        (["double"], "is not a scenario's name"),
    ],
)
def test_what_is_no_scenario_is_refused_in_the_words_of_a_file(package, given, said):
    with pytest.raises(RefusedInput, match=said):
        load_scenario(given, package)


def test_a_scenario_says_what_it_changes(package):
    told = {
        name: load_scenario(name, package) for name in ("full_plan", "flood_2014", "ethnic_minority_first")
    }
    assert repr(told["full_plan"]) == "Scenario full_plan: the plan in full and on time"
    assert repr(told["flood_2014"]) == "Scenario flood_2014: shock.2014 flood_year"
    assert "funding.by_line.em_land 2; " in str(told["ethnic_minority_first"])
    uneven = load_scenario(
        {"funding": {"all": {2013: 0.5, 2014: 1}}, "assumptions": {"hard_core_pct": {"fixed": 1}}}
    )
    assert uneven.changes == {
        "funding.all": "2013: 0.5, 2014: 1",
        "assumptions.hard_core_pct": "fixed: 1",
    }
    assert "<td>assumptions.hard_core_pct</td><td>fixed: 1</td>" in uneven._repr_html_()


def test_a_package_s_own_scenarios_are_checked_as_it_is_loaded(tmp_path):
    folder = new_package(tmp_path / "trial")
    for name, text in (
        ("bad", "title: {vi: a, en: a}\nfunding: {by_line: {helth: 0}}\n"),
        ("worse", "title: {vi: a, en: a}\nfunding: {all: {2035: 1}}\n"),
        ("many", "grid: {delay_years: [0, 1]}\n"),
    ):
        (folder / "scenarios" / f"{name}.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RefusedInput, match=r"bad.yml:2: funding.by_line.helth.*nearest: 'health'") as refused:
        load_package(folder)
    assert "worse.yml:2: funding.all.2035: unknown year" in str(refused.value) and "many" not in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("sources", "there"), [({"mobilised": 0}, {"central_only"}), ({"mobilised": 0, "provincial": 0}, set())]
)
def test_sources_that_give_nothing_or_all_make_no_scenario(package, sources, there):
    lines = tuple(row.model_copy(update=sources) for row in package.budget_lines)
    listed = {row.id for row in list_scenarios(replace(package, budget_lines=lines))}
    assert listed & {"central_only", "no_mobilised_money"} == there and "full_plan" in listed
