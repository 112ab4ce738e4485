"""The audit: the decision's findings and their numbers, broken identities, other packages, the contract."""

import csv
import importlib.util
import json
import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

from giamngheo import language, paths
from giamngheo.auditing import RESULTS, audit
from giamngheo.auditing.claims import claim_checks
from giamngheo.auditing.printed import exactly, printed, round_half_away
from giamngheo.auditing.readings import edge_of_year
from giamngheo.auditing.terms import BadTerms, Cells, parse
from giamngheo.dates import decimal_year
from giamngheo.inputs.package import ATTRIBUTES, load_package
from giamngheo.inputs.skeleton import new_package
from giamngheo.inputs.tables import Claim

AN_GIANG = paths.DATA / "an-giang"


@pytest.fixture(scope="module")
def found(package):
    return {check.id: check for check in audit(package).checks}


def changed(package, table, where, **cells):
    """The package with some cells of one row changed."""
    rows = list(package.rows(table))
    (index,) = [i for i, row in enumerate(rows) if all(getattr(row, k) == v for k, v in where.items())]
    rows[index] = rows[index].model_copy(update=cells)
    return replace(package, **{ATTRIBUTES.get(table, table): tuple(rows)})


LAST = {"as_of": date(2011, 12, 31), "status": "poor"}


# --- what the decision says and what follows


@pytest.mark.parametrize(
    ("check", "result", "stated", "recomputed"),
    [
        # the readings
        ("claim.fall_households", "ok", 39787, 39787),
        ("claim.fall_rate", "ok", "9.56", "9.56"),
        ("claim.mean_fall_rate", "ok", "1.91", "1.912"),
        ("claim.mean_fall_households", "discrepancy", 7958, "7957.4"),
        ("claim.em_fall_households", "ok", 3134, 3134),
        ("claim.em_mean_fall_rate", "rounding", "2.90", "2.906"),
        ("line_change.all.poor.qd09_2011.2010-12-31", "note", "3.59", "9.28"),
        ("flow.all.household.qd09_2011.2011-12-31", "note", 7341, 3474),
        ("flow.all.person.qd09_2011.2011-12-31", "note", 21362, 18916),
        # targets
        ("required_pace.near_poor_2015", "ok", None, "0.775"),
        ("required_pace_in_plan.near_poor_2015", "discrepancy", 1, Fraction(31, 30)),
        ("observed_pace.near_poor_2015", "discrepancy", "0.775", "-0.65"),
        ("required_pace.poor_2015", "note", "1.5", "1.46"),
        ("observed_pace.poor_2015", "note", "1.46", "1.44"),
        ("reach_slow.poor_2015", "note", 2, "3.34"),
        ("reach_fast.poor_2015", "note", 2, "-0.16"),
        ("reach_slow.near_poor_2015", "discrepancy", 3, "4.60"),
        ("pace_base.near_poor_2015.2010-12-31", "note", 3, "2.95"),
        ("observed_pace.poor_or_near_poor.all.2015-12-31", "note", "2.235", "0.79"),
        # promises
        ("year_against_period.housing.houses_a_year", "discrepancy", 3500, Fraction(10000, 3)),
        ("claim.cards_for_all_poor", "discrepancy", 150000, 175129),
        ("reach.credit.households_borrowing", "note", 20000, 41281),
        ("stock.electricity.household_years", "note", 90000, 3 * 41281),
        ("claim.electricity_cost", "ok", "32.40", "32.4"),
        ("claim.house_cost_before", "note", 25_000_000, 20_000_000),
        # money
        ("claim.text_credit_in_central", "discrepancy", 600, 540),
        ("claim.text_provincial", "ok", "137.49", "137.49"),
        ("claim.text_provincial_rest", "rounding", "137.49", "137.5"),
        ("claim.text_sources_sum", "rounding", 2155, "2154.99"),
        ("claim.table_policies_three_years", "rounding", 2098, "2097.99"),
        ("claim.table_projects_total_3y", "ok", 57, 57),
        ("budget_years.housing", "rounding", 250, "249.99"),
        ("claim.programme_marked", "note", None, 42),
    ],
)
def test_finding(found, check, result, stated, recomputed):
    check = found[check]
    exact = [None if x is None else Fraction(x) for x in (stated, recomputed)]
    assert check.result == result
    assert [check.stated, check.recomputed] == exact
    if None not in exact:
        assert abs(check.difference) == abs(exact[0] - exact[1])


@pytest.mark.parametrize(
    ("check", "result", "vi", "en"),
    [
        ("start_of_year", "note", "31/12/2005", "31 December 2005"),
        ("claim.mean_fall_households", "discrepancy", "7.957,4", "7,957.4"),
        ("households_implied.all.poor.qd170_2005.2009-12-31", "discrepancy", "523.029", "523,029"),
        ("households_still.ethnic_minority.poor.2005-12-31.2009-12-31", "note", "21.934", "21,934"),
        (
            "households_at.all.poor.qd09_2011.2011-12-31.near_poor.qd09_2011",
            "discrepancy",
            "6,10 %",
            "6.10 %",
        ),
        ("household_size_change.all.poor.qd09_2011.2011-12-31", "note", "4,04 thành 4,24", "4.04 to 4.24"),
        ("observed_pace.near_poor_2015", "discrepancy", "3.474 hộ", "3,474 households"),
        ("observed_pace.near_poor_2015", "discrepancy", "1,03", "1.03"),
        ("decimals.ethnic_minority.poor.qd170_2005.2009-12-31", "note", "26 %", "26 %"),
        ("group_share.ethnic_minority", "note", "24,3 %", "24.3 %"),
        ("claim.cards_for_all_poor", "discrepancy", "25.129", "25,129"),
        ("claim.decimal_mark", "discrepancy", "652.50", "652.50"),
        ("claim.sections", "discrepancy", "không có mục V", "no section V"),
        ("year_against_period.housing.houses_a_year", "discrepancy", "10.500", "10,500"),
        ("budget_kind.training", "discrepancy", "dự án", "a project"),
        ("lead.health", "discrepancy", "Sở Y tế (VIII.7)", "Department of Health (VIII.7)"),
        ("lead.em_land", "discrepancy", "Ban Dân tộc tỉnh", "Ethnic Minorities"),
        ("lead_without_line.viii_8", "note", "Sở Nông nghiệp", "Department of Agriculture"),
        ("uncounted", "note", "8 trong 13", "8 of 13"),
    ],
)
def test_finding_in_words(found, check, result, vi, en):
    check = found[check]
    assert check.result == result
    assert vi in check.message_vi
    assert en in check.message_en


def test_the_same_instant_needs_one_number_of_households(found):
    # 7.84 % of 41 281 poor and 6.10 % of 32 045 near-poor: the two ranges of all households do not meet.
    poor, near = (Decimal("7.84"), 41281), (Decimal("6.10"), 32045)
    low, high = (100 * n / (rate + sign * Decimal("0.005")) for (rate, n), sign in ((poor, 1), (near, -1)))
    assert low > high
    check = found["households_at.all.poor.qd09_2011.2011-12-31.near_poor.qd09_2011"]
    assert check.stated - check.recomputed == check.difference > check.tolerance > 0


def test_most_figures_agree(package):
    summary = audit(package).summary
    assert set(summary) == set(RESULTS)
    assert summary["ok"] > summary["note"] > summary["discrepancy"] > summary["rounding"] > 0


# --- noticing


@pytest.mark.parametrize(
    ("table", "where", "cells", "check"),
    [
        ("budget", {"line": "education"}, {"central": Decimal(91)}, "budget_sources.education"),
        ("budget", {"line": "electricity"}, {"total_3y": Decimal("32.5")}, "budget_years.electricity"),
        ("budget", {"line": "legal_aid"}, {"annual": Decimal("0.3")}, "claim.text_legal_aid_annual"),
        ("budget", {"line": "staff"}, {"provincial": Decimal("1.6")}, "claim.table_total_provincial"),
        ("poverty", LAST, {"rate_pct": Decimal("7.94")}, "households_implied.all.poor.qd09_2011.2011-12-31"),
        ("poverty", LAST, {"persons": 375129}, "household_size.all.poor.qd09_2011.2011-12-31"),
        ("poverty", LAST, {"as_stated": "cuối năm 2012"}, "instant.all.poor.qd09_2011.2011-12-31"),
        ("measures", {"what": "household_years"}, {"quantity": Decimal(91000)}, "claim.electricity_cost"),
        ("lines", {"poor_vnd_month": 400000}, {"poor_vnd_month": 410000}, "near_poor_threshold.qd09_2011"),
        ("claims", {"claim": "text_total"}, {"stated": Decimal(2165)}, "claim.text_total"),
        ("claims", {"claim": "sections"}, {"terms": "I, II, IV"}, "claim.sections"),
    ],
)
def test_a_changed_figure_is_noticed(package, found, table, where, cells, check):
    after = {c.id: c for c in audit(changed(package, table, where, **cells)).checks}
    assert after[check].result == "discrepancy"
    assert (after[check].result, after[check].message_en) != (found[check].result, found[check].message_en)


def test_a_repaired_figure_clears_its_finding(package):
    repaired = changed(package, "claims", {"claim": "mean_fall_households"}, stated=Decimal(7957))
    repaired = changed(repaired, "claims", {"claim": "sections"}, terms="I, II, III, IV, V, VI, VII, VIII")
    repaired = changed(repaired, "budget", {"line": "training"}, kind_text="project")
    after = {c.id: c.result for c in audit(repaired).checks}
    repaired_ids = ("claim.mean_fall_households", "claim.sections", "budget_kind.training")
    assert {after[check] for check in repaired_ids} == {"ok"}


def test_every_identity_of_the_table_breaks_with_any_of_its_figures(package):
    clean = audit(package).results()
    for line in package.budget_lines:
        for column in ("central", "provincial", "mobilised", "annual", "total_3y"):
            more = getattr(line, column) + Decimal("0.01")
            after = audit(changed(package, "budget", {"line": line.line}, **{column: more})).results()
            assert after != clean, (line.line, column)


def test_the_mutation_benchmark_on_a_sample(package):
    spec = importlib.util.spec_from_file_location(
        "audit_mutation", paths.ROOT / "benchmarks/audit_mutation.py"
    )
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    counts, missed = benchmark.measure(replace(package, descriptor={}), every=61)
    budget, poverty = counts["budget", "figures"], counts["poverty", "figures"]
    assert budget["noticed"] == budget["changes"] > 10
    assert poverty["both"] == poverty["revealable"] > 10
    assert not missed


def test_a_file_that_one_has_edited_is_a_hint_until_it_is_refreshed(tmp_path):
    """It is no fault of the plan; a file that is gone is one of the package."""
    folder = shutil.copytree(AN_GIANG, tmp_path / "an-giang")
    file = folder / "poverty.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("196491", "196492"), encoding="utf-8")
    checks = audit(load_package(folder)).checks
    (told,) = (c for c in checks if c.kind == "file" and c.result != "ok")
    assert (told.id, told.result) == ("file.poverty", "note") and "giamngheo refresh" in told.message_en
    assert len(checks) > 200
    (folder / "claims.csv").unlink()
    gone = replace(load_package(AN_GIANG), path=folder)
    assert {c.id: c.result for c in audit(gone).checks if c.kind == "file"}["file.claims"] == "discrepancy"


# --- any package


def test_a_new_package_audits_without_claims(tmp_path):
    new_package(tmp_path / "elsewhere")
    checks = audit(load_package(tmp_path / "elsewhere")).checks
    assert checks
    assert all(c.message_vi and c.message_en for c in checks)
    assert not [c for c in checks if c.result == "discrepancy"]  # nor where two lines name no agency


@pytest.mark.parametrize("left", ["claims", "measures", "agencies", "targets"])
def test_an_empty_table_only_means_fewer_checks(package, left):
    without = audit(replace(package, **{ATTRIBUTES.get(left, left): ()}))
    assert 0 < len(without.checks) < len(audit(package).checks)
    json.dumps(without.as_dict())


def test_readings_without_counts_or_near_zero(package):
    bare = [r.model_copy(update={"households": None, "persons": None}) for r in package.readings]
    json.dumps(audit(replace(package, readings=tuple(bare))).as_dict())
    zero = changed(package, "poverty", LAST, rate_pct=Decimal(0), households=0, persons=0)
    json.dumps(audit(zero).as_dict())
    one = replace(package, readings=package.readings[-1:], claims=())
    json.dumps(audit(one).as_dict())


# --- the contract


def test_json_contract(package):
    result = json.loads(json.dumps(audit(package).as_dict()))
    assert set(result) == {"checks", "summary"}
    keys = {"id", "kind", "result", "locator", "stated", "recomputed", "difference", "unit"}
    assert all(set(check) == keys | {"message_vi", "message_en"} for check in result["checks"])
    assert all(check["result"] in RESULTS for check in result["checks"])
    assert sum(result["summary"].values()) == len(result["checks"])
    assert len({check["id"] for check in result["checks"]}) == len(result["checks"])
    by_id = {check["id"]: check for check in result["checks"]}
    assert by_id["claim.mean_fall_households"]["recomputed"] == 7957.4
    assert by_id["claim.mean_fall_households"]["stated"] == 7958


def test_the_checks_are_a_frame_of_what_json_says(package):
    found = audit(package)
    assert found.table.replace({float("nan"): None}).to_dict("records") == found.as_dict()["checks"]
    assert found.table["result"].value_counts().to_dict() == {k: n for k, n in found.summary.items() if n}


def test_messages_in_both_languages(package):
    for check in audit(package).checks:
        for message in (check.message_vi, check.message_en):
            assert message.strip() == message
            assert message.endswith((".", "”."))
            assert not set("{}") & set(message), message
            assert "  " not in message
            assert "None" not in message
        assert check.locator
        assert re.search("[ạ-ỹăâđêôơưà-ỹ]", check.message_vi)


def test_phrases_ask_for_the_same_values_in_both_languages():
    tree = tomllib.loads((language.PHRASES / "audit.toml").read_text(encoding="utf-8"))["audit"]
    for section, phrases in tree.items():
        for key, texts in phrases.items():
            assert set(texts) == {"vi", "en"}, (section, key)
            assert language.placeholders(texts["vi"]) == language.placeholders(texts["en"]), (section, key)


def test_notes_stand_in_both_languages_with_known_placeholders():
    with (AN_GIANG / "claims.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert bool(row["note_vi"]) == bool(row["note_en"]), row["claim"]
            asked = [language.placeholders(row[f"note_{lang}"]) for lang in ("vi", "en")]
            assert asked[0] == asked[1] <= {"stated", "recomputed", "difference", "tolerance"}, row["claim"]
            assert row["terms"] or row["note_vi"] or row["kind"] == "figure", row["claim"]


def test_the_code_knows_no_province():
    texts = [p.read_text(encoding="utf-8") for p in (paths.ROOT / "giamngheo" / "auditing").glob("*.py")]
    texts.append((language.PHRASES / "audit.toml").read_text(encoding="utf-8"))
    for text in texts:
        assert not re.search(r"An Giang|58.?543|39.?787|2.?155|137[.,]49|175.?129", text)


# --- claims and their terms


def terms_of(package, terms, stated=None):
    _, _, right = parse(terms)
    return right(Cells(package), None if stated is None else printed(Decimal(stated)))


def test_terms_are_arithmetic_over_cells(package):
    assert terms_of(package, "1.5 + 2 * (3 - 1) / 4").value == Fraction(5, 2)
    assert terms_of(package, "sum(budget[*].annual)").value == Fraction("718.33")
    assert terms_of(package, "sum(budget[kind_table=project].total_3y)").value == 57
    assert terms_of(package, "count(budget[kind_text=policy].line)").value == 9
    assert terms_of(package, "-poverty[all,near_poor,2011-12-31].households").value == -32045
    dates = "poverty[all,poor,2011-12-31].as_of - poverty[all,poor,2009-12-31].as_of"
    assert terms_of(package, dates).value == 2
    assert terms_of(package, "stated", "2.90").value == Fraction(29, 10)
    relation, left, _ = parse("claims[text_total].stated <= 3")
    assert (relation, left(Cells(package), None).value) == ("<=", 2155)


@pytest.mark.parametrize(
    "terms",
    [
        "budget[nothing].annual",
        "budget[credit].colour",
        "budget[*].annual",
        "poverty[all,poor,2010-12-31].rate_pct",  # read on two lines
        "purse[credit].annual",
        "1 / 0",
        "1 / (poverty[all,poor,2011-12-31].rate_pct - 7.84)",
        "__import__('os').getcwd()",
        "budget[credit].annual ** 2",
        "2 if 1 else 3",
        "1 <= 2 <= 3",
        "1 +",
        "1e999",
        "(" * 500,
        "True",
        "'text'",
    ],
)
def test_bad_terms_are_reported_and_never_run(package, terms):
    with pytest.raises(BadTerms):
        terms_of(package, terms)
    with pytest.raises(BadTerms):
        terms_of(package, "stated")
    claim = Claim(claim="x", kind="sum", terms=terms, stated="1", unit="year", locator="nowhere")
    (check,) = claim_checks(replace(package, claims=(claim,)), Cells(package))
    assert check.result == "discrepancy"
    assert check.message_vi
    assert check.message_en


@pytest.mark.parametrize(
    ("kind", "terms", "stated", "result"),
    [
        ("sum", "1.2 + 1.3", "2.5", "ok"),
        ("sum", "1.2 + 1.33", "2.5", "rounding"),
        ("sum", "1.2 + 1.4", "2.5", "discrepancy"),
        ("mean", "10 / 3", "3.33", "ok"),
        ("mean", "10 / 3", "3.34", "discrepancy"),
        ("mean", "(7.0125 - poverty[all,poor,2010-12-31,qd170_2005].rate_pct) / 5", "0.69", "rounding"),
        ("coverage", "stated >= 5", "4", "discrepancy"),
        ("coverage", "stated >= 5", "5", "ok"),
        ("resource", "stated <= 5", "6", "note"),
        ("resource", "stated <= 5", "5", "ok"),
        ("unfunded", "3 * 5", None, "note"),
        ("versions", "a | a", None, "ok"),
        ("versions", "a | b", None, "discrepancy"),
        ("numbering", "1, 2, 4", None, "discrepancy"),
        ("numbering", "VIII, IX, X, XI", None, "ok"),
        ("numbering", "a, b", None, "discrepancy"),
    ],
)
def test_how_strictly_a_kind_is_held(package, kind, terms, stated, result):
    claim = Claim(claim="x", kind=kind, terms=terms, stated=stated, unit="year", locator="nowhere")
    (check,) = claim_checks(replace(package, claims=(claim,)), Cells(package))
    assert check.result == result


def test_printed_ranges_are_exact():
    rate = printed(Decimal("7.84"))
    assert (rate.low, rate.high) == (Fraction("7.835"), Fraction("7.845"))
    total = exactly(4128100) / rate
    assert total.low == 4128100 / Fraction("7.845")
    assert (rate - rate).low == -Fraction(1, 100)
    assert printed(200).half_width == Fraction(1, 2)
    assert exactly(200).half_width == 0
    assert round_half_away(Fraction("2.5"), 0) == 3
    assert round_half_away(Fraction("-2.345"), 2) == Fraction("-2.35")


def test_words_for_instants():
    assert edge_of_year("cuối năm 2010") == (2010, "end")
    assert edge_of_year("Đầu năm 2011") == (2011, "start")
    assert edge_of_year("Năm 2006") == (2006, None)
    assert edge_of_year("hiện nay") is None
    assert decimal_year(date(2010, 12, 31)) == 2011


def test_a_bare_year_may_mean_its_end_elsewhere(package):
    rows = [
        SimpleNamespace(**r.model_dump() | {"as_stated": f"năm {r.as_of.year}"})
        for r in package.readings
        if r.group == "all" and r.status == "poor" and r.poverty_line == "qd170_2005"
    ]
    checks = audit(replace(package, readings=tuple(rows), claims=())).checks
    assert {c.result for c in checks if c.id.startswith("instant.")} == {"ok"}
    assert "start_of_year" not in {c.id for c in checks}


# --- any figure that is let in


@pytest.mark.parametrize(
    "terms",
    [
        "poverty[all,poor,2011-12-31].as_stated",
        "poverty[all,poor,2011-12-31].__class__",
        "poverty[all,poor,2011-12-31].model_fields",
        "+".join("1" * 2_500),
        "*".join(["999999999999999999"] * 90),
    ],
)
def test_terms_that_are_no_figure_are_said_to_be_so(package, terms):
    claim = changed(package, "claims", {"claim": "fall_rate"}, terms=terms)
    check = {check.id: check for check in audit(claim).checks}["claim.fall_rate"]
    assert check.result == "discrepancy" and check.recomputed is None
    assert check.message_vi and check.message_en and json.dumps(check.as_dict())


@pytest.mark.parametrize("terms", ["1,99999999", "I,IX,IIIIIIIIIIIIIIIIIIX", "9999999999999,10000000000000"])
def test_a_numbering_of_millions_is_not_counted_out(package, terms):
    rows = [claim for claim in package.claims if claim.kind == "numbering"]
    check = next(claim_checks(replace(package, claims=(rows[0].model_copy(update={"terms": terms}),)), None))
    assert check.result == "discrepancy" and len(check.message_en) < 200


def test_nobody_in_the_households_and_figures_of_any_size(package):
    nobody = changed(package, "poverty", LAST, persons=0)
    assert {check.id: check.result for check in audit(nobody).checks}[
        "household_size.all.poor.qd09_2011.2011-12-31"
    ] == "discrepancy"
    measure = next(row for row in package.measures if row.unit == "household" and row.quantity and row.line)
    huge = changed(
        package, "measures", {"line": measure.line, "what": measure.what}, quantity=Decimal("9" * 30)
    )
    for check in audit(huge).checks:
        assert check.message_vi and check.message_en and "E+" not in check.message_en
    assert language.number(Decimal("9" * 40), "en") == ",".join(["9"] + ["999"] * 13)


def test_a_pace_is_told_of_its_group_and_by_one_count_of_years(package):
    target = next(one for one in package.targets if one.target == "poor_2015")
    paced = {"pace_low_pp": Decimal("0.5"), "pace_high_pp": Decimal(1), "group": "ethnic_minority"}
    own = [r for r in package.readings if (r.group, r.status) == ("ethnic_minority", "poor")]
    last = max(own, key=lambda r: r.as_of)
    rows = [r for r in package.readings if r not in own] + [
        last.model_copy(update={"as_of": date(2012, 12, 31)})
    ]
    targets = tuple(t.model_copy(update=paced) if t is target else t for t in package.targets)
    plan = replace(package, readings=tuple(rows), targets=targets, claims=())
    (told,) = (c.message_en for c in audit(plan).checks if c.id == "reach_slow.poor_2015")
    assert told.startswith(
        "At the lowest promised pace, 0.5 percentage points a year over 3 years, the poor (ethnic-"
    )


def test_a_lead_named_once_is_told_only_where_others_are_named_twice(package):
    once = [row for row in package.agencies if row.locator.startswith("V")]
    found = audit(replace(package, agencies=tuple(once), claims=())).checks
    assert not [c for c in found if "named in one place only" in c.message_en]
    assert [c for c in audit(package).checks if "named in one place only" in c.message_en]


def test_what_no_reading_counts_is_not_told_as_nought(package):
    """Case: "down 1.44 points (0 households)", and "0 households remain", of a plan that counts none."""
    bare = tuple(row.model_copy(update={"households": None, "persons": None}) for row in package.readings)
    for made, counted in ((audit(package), True), (audit(replace(package, readings=bare)), False)):
        paces = [check.sentences for check in made.checks if check.id.startswith("observed_pace")]
        assert len(paces) == 3
        assert all(any("households" in key for key, _ in told) is counted for told in paces)


def test_a_fall_over_two_years_is_told_by_the_year_and_a_sum_that_rises_rises(package):
    """Case: "from 10 % to 8 %: down 1", and a rise of both told as a fall of less than nothing."""
    last = package.last_line[0].poverty_line
    rates = {"poor": Decimal(12), "near_poor": Decimal(9)}
    readings = tuple(
        row.model_copy(update={"rate_pct": rates[row.status], "households": None})
        if (row.group, row.poverty_line, row.as_of) == ("all", last, max(r.as_of for r in package.readings))
        else row
        for row in package.readings
    )
    made = {check.id: check for check in audit(replace(package, readings=readings)).checks}
    told = made["observed_pace.poor_or_near_poor.all.2015-12-31"].sentences
    assert [key for key, _ in told] == ["pace.sum_rise"] and told[0][1]["seen"].value > 0
    assert "mỗi năm 6,27 điểm" in made["observed_pace.poor_or_near_poor.all.2015-12-31"].message_vi
    assert "a year" in made["observed_pace.poor_2015"].message_en.split(";")[0]
