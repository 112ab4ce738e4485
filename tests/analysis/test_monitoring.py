"""A year of monitoring, played with INVENTED readings; and the readings that are refused."""

import functools
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pytest

from giamngheo import load_package, load_scenario, package_forecast
from giamngheo.analysis.monitoring import track
from giamngheo.cli import commands
from giamngheo.cli.output import as_json, tracking_answer, tracking_text
from giamngheo.forecasting.reference_series import LAG_MONTHS
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.readings import REVIEW_MONTHS, NewReading, read_new_readings
from giamngheo.simulation.outcomes import CASES, simulate_case
from giamngheo.simulation.targets import target_chances

DRAWS = 3_000
HEADER = "as_of,status,poverty_line,rate_pct,group,published\n"


def invented(year, poor, near_poor):
    """A made-up reading of both statuses; no real one after the decision is used anywhere."""
    common = {"as_of": date(year, 12, 31), "poverty_line": "qd09_2011"}
    rates = {"poor": poor, "near_poor": near_poor}
    return [NewReading(status=name, rate_pct=Decimal(str(rate)), **common) for name, rate in rates.items()]


@pytest.fixture(scope="module")
def good_year(package):
    return track(package, invented(2012, 5.2, 5.0), draws=DRAWS)


@pytest.fixture(scope="module")
def bad_year(package):
    return track(package, invented(2012, 7.6, 6.4), draws=DRAWS)


def by_target(tracking, r):
    rows = tracking.chances[tracking.chances["case"] == CASES[r]]
    return {row["target"]: row for row in rows.to_dict("records")}


def test_the_chances_before_are_those_of_forecast_and_simulation(package, good_year):
    scenario = load_scenario("plan_is_new", package)
    results = {
        1: package_forecast(package, draws=DRAWS),
        0: simulate_case(package, scenario, draws=DRAWS),
    }
    for r, result in results.items():
        found = {name: row["before"] for name, row in by_target(good_year, r).items()}
        assert found == target_chances(package, result)


def test_a_good_year_raises_the_chances_and_a_bad_one_lowers_them(good_year, bad_year):
    for r in (1, 0):
        good, bad = by_target(good_year, r), by_target(bad_year, r)
        assert set(good) == {"poor_2015", "near_poor_2015", "both"}
        for name in good:
            assert good[name]["after"] > good[name]["other_news"] > bad[name]["after"]
    for year in (good_year, bad_year):
        assert year.chances["after"].between(0, 1).all() and not year.chances["decided"].any()


def test_new_money_helps_after_the_reading_too(good_year):
    old, new = (by_target(good_year, r) for r in (1, 0))
    assert all(new[name]["after"] > old[name]["after"] for name in old)


def test_the_last_forecast_is_scored(package, good_year):
    forecast = package_forecast(package, draws=DRAWS)
    poor = good_year.scores.set_index("status").loc["poor"]
    draws = forecast.draws["all", "poor"][:, 0]
    assert poor["quantile"] == pytest.approx((draws < 5.2).mean())
    assert poor["error"] == pytest.approx(5.2 - np.median(draws))
    for width, (low, high) in {"50": (25, 75), "80": (10, 90), "95": (2.5, 97.5)}.items():
        inside = np.percentile(draws, low) <= 5.2 <= np.percentile(draws, high)
        assert poor[f"inside_{width}"] == inside
    assert len(good_year.scores) == 2


def test_the_required_pace_follows_the_reading(good_year):
    poor = good_year.pace.set_index("target").loc["poor_2015"]
    assert poor["before_pp"] == pytest.approx((2 - 7.84) / 4)
    assert poor["after_pp"] == pytest.approx((2 - 5.2) / 3)
    assert poor["observed_pp"] == pytest.approx(5.2 - 7.84)
    assert poor["category"] == "on_track"


def test_the_prior_knows_what_was_public_with_the_reading(package, good_year):
    known_by = good_year.known_by
    assert known_by == (package.published, date(2013, 5, 31))
    assert good_year.before.known_by == package.published
    assert good_year.after.known_by == date(2013, 5, 31)
    early = [row.model_copy(update={"published": date(2013, 2, 1)}) for row in invented(2012, 6.4, 5.6)]
    assert track(package, early, draws=500).known_by[1] == date(2013, 2, 1)
    assert LAG_MONTHS["vn-review"] == REVIEW_MONTHS


def test_the_package_is_left_alone(package, good_year):
    assert len(package.readings) == len(load_package().readings) == 16
    assert good_year.after.origin == date(2012, 12, 31)
    assert len(good_year.after.history) == len(good_year.before.history) + 2


def test_a_reading_as_forecast_moves_little_beside_a_surprise(package, bad_year):
    """What is learned from a median year is mostly that the interval narrows."""
    table = package_forecast(package, draws=DRAWS).table
    first = table[(table["as_of"].dt.year == 2012) & (table["group"] == "all")]
    rates = first.set_index("status")["q50"].round(2)
    usual = by_target(track(package, invented(2012, rates["poor"], rates["near_poor"]), draws=DRAWS), 1)
    for name, row in by_target(bad_year, 1).items():
        assert abs(usual[name]["after"] - usual[name]["other_news"]) < row["other_news"] - row["after"]


def test_halfway_the_money_already_spent_is_in_the_reading(package):
    years = [*invented(2012, 6.0, 5.4), *invented(2013, 4.6, 4.7)]
    found = track(package, years, draws=DRAWS)
    old, new = (by_target(found, r) for r in (1, 0))
    for name in old:
        assert new[name]["after"] >= old[name]["after"]
    assert [day.year for day in found.scores["as_of"]] == [2012, 2012, 2013, 2013]
    assert found.after.years == (date(2014, 12, 31), date(2015, 12, 31))


def test_at_the_deadline_readings_decide(package):
    found = track(package, invented(2015, 1.8, 3.2), draws=DRAWS)
    for r in (1, 0):
        rows = by_target(found, r)
        assert {name: row["after"] for name, row in rows.items()} == {
            "poor_2015": 1.0,
            "near_poor_2015": 0.0,
            "both": 0.0,
        }
        assert all(row["decided"] for row in rows.values())
    assert found.after is None
    assert found.pace["after_pp"].isna().all()
    last = package.readings[-2].model_copy(update={"as_of": date(2015, 12, 31), "rate_pct": Decimal("1.8")})
    with pytest.raises(RefusedInput, match="nothing is left"):
        track(replace(package, readings=(*package.readings, last)), invented(2016, 1, 1)[:1])


def test_it_prints_as_json_and_for_people(good_year):
    answer = json.loads(as_json(tracking_answer(good_year)))
    assert answer["origin"] == {"before": "2011-12-31", "after": "2012-12-31"}
    assert {row["target"] for row in answer["chances"]} == {"poor_2015", "near_poor_2015", "both"}
    assert {row["r"] for row in answer["chances"]} == set(CASES)
    assert answer["scores"][0]["inside_95"] in (True, False)
    assert (
        len(tracking_text(answer).splitlines()) == 1 + 2 + 6 + 2 + 2
    )  # readings, scores, chances, what r is, pace


def test_a_slipped_digit_is_asked_about(package):
    found = track(package, invented(2012, 64, 5.6), draws=500)
    assert "a slipped digit?" in tracking_text(tracking_answer(found))


def test_readings_come_in_the_columns_of_poverty_csv_too(package, tmp_path):
    file = tmp_path / "reading.csv"
    file.write_text(
        "as_of,as_stated,group,status,poverty_line,households,rate_pct,persons,document,locator\n"
        "2012-12-31,cuối năm 2012,all,poor,qd09_2011,33000,6.24,140000,invented,nowhere\n",
        encoding="utf-8",
    )
    (reading,) = read_new_readings(file, package)
    assert (reading.rate_pct, reading.households) == (Decimal("6.24"), 33000)
    assert reading.known_by == date(2013, 5, 31)
    found = track(package, [reading], draws=500)
    near = found.pace.set_index("target").loc["near_poor_2015"]
    assert np.isnan(near["observed_pp"]) and near["after_pp"] == near["before_pp"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2011-12-31,poor,qd09_2011,6.4,,", "not after the last reading.*nearest: 2012-12-31"),
        ("2012-12-31,poor,qd170_2005,6.4,,", "another line.*nearest: 'qd09_2011'"),
        ("2012-12-31,poor,qd90_2011,6.4,,", "unknown poverty line 'qd90_2011'; nearest: 'qd09_2011'"),
        ("2012-12-31,poor,qd09_2011,106.4,,", "above the limit; nearest valid value: 100, or 10.64"),
        ("2012-12-31,poor,qd09_2011,-1,,", "below the limit"),
        ("2012-12-31,poor,qd09_2011,0.064,,", "fraction of one.*write 6.4"),
        ("2012-12-31,poorest,qd09_2011,6.4,,", "unknown status 'poorest'; nearest: 'poor'"),
        ("2012-12-31,near_poor,qd09_2011,6.4,,", "no reading of the poor"),
        ("2012-12-31,poor,qd09_2011,6.4,khmer,", "unknown group 'khmer'"),
        ("2012-12-31,poor,qd09_2011,6.4,,2012-06-01", "before the reading"),
        ("2017-12-31,poor,qd09_2011,6.4,,", "after the line 'qd09_2011'"),
        ("1/12/2012,poor,qd09_2011,6.4,,", "can be two days; type 2012-01-12 or 2012-12-01"),
        ("", "no reading in it"),
    ],
)
def test_what_will_not_do_is_refused_with_the_nearest_that_would(package, tmp_path, row, words):
    file = tmp_path / "reading.csv"
    file.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(RefusedInput, match=words) as refusal:
        read_new_readings(file, package)
    assert "reading.csv" in str(refusal.value)


def test_a_sheet_is_tracked_once_what_it_makes_one_ask_is_answered(command, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["as_of", "status", "poverty_line", "rate_pct", "households"],
        [2012, "poor", "qd09_2011", "6,4", 11000],
        [2012, "near_poor", "qd09_2011", "5,6", None],
        ["Nguồn: Sở LĐTBXH"],
    ):
        book.active.append(row)
    book.save(file := tmp_path / "r.xlsx")
    command = functools.partial(command, "--reading", file, "--draws", 500)
    status, _, told = command()
    assert status == 2 and "is the beginning or the end" in told
    status, _, told = command("--year-is", "end")
    assert status == 2 and "r.xlsx: sheet Sheet, cell E2 (households)" in told
    assert "--accept counts_contradict_rate" in told
    status, _, told = command("--year-is", "end", "--accept", "counts_contradict_rate")
    assert (
        status == 0
        and "numbers that are text are read as 1.234,5" in told
        and "not read: sheet Sheet" in told
    )


def test_what_was_answered_at_the_door_is_not_asked_again_by_the_forecast(package):
    rows = list(package.readings)
    at = next(n for n, row in enumerate(rows) if row.households and row.status == "poor")
    rows[at] = rows[at].model_copy(update={"households": rows[at].households // 3})
    assert package_forecast(replace(package, readings=tuple(rows)), draws=100).origin == date(2011, 12, 31)


def test_python_is_refused_what_a_file_is(package):
    with pytest.raises(RefusedInput, match="not after the last reading"):
        track(package, invented(2010, 9, 5))
    with pytest.raises(RefusedInput, match="no reading in it"):
        track(package, [])


@pytest.fixture
def command(monkeypatch, capsys):
    """Run ``giamngheo track`` in this process: exit status, standard output, standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["giamngheo", "track", *map(str, arguments)])
        monkeypatch.setattr(commands, "log_to_file", lambda: "a log")
        try:
            commands.main()
            status = 0
        except SystemExit as end:
            status = end.code or 0
        return status, *capsys.readouterr()

    return run


def test_the_command_prints_one_json_object_or_lines(command, tmp_path):
    file = tmp_path / "reading.csv"
    file.write_text(HEADER + "2012-12-31,poor,qd09_2011,6.4,,\n", encoding="utf-8")
    status, out, _ = command("--reading", file, "--draws", 500, "--json")
    assert status == 0
    assert {"package", "readings", "chances", "scores", "required_pace"} <= set(json.loads(out))
    status, out, _ = command("--reading", file, "--draws", 500)
    assert status == 0 and "chance of poor_2015, r = 0" in out


def test_the_command_refuses_before_anything_heavy_is_imported(tmp_path):
    file = tmp_path / "reading.csv"
    file.write_text(HEADER + "2011-12-31,poor,qd09_2011,6.4,,\n", encoding="utf-8")
    code = (
        "import sys; from giamngheo.cli import commands as cli; cli.log_to_file = lambda: ''\n"
        "try: cli.main()\n"
        "finally: print([name for name in ('numpy', 'pandas', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "track", "--reading", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and done.stdout.strip() == "[]"
    assert "refused" in done.stderr and "not after the last reading" in done.stderr


def test_a_file_a_frame_and_rows_are_the_same_readings(package, good_year, tmp_path):
    rates = {"poor": 5.2, "near_poor": 5.0}
    frame = pd.DataFrame(
        {"year": 2012, "status": list(rates), "poverty_line": "qd09_2011", "rate_pct": rates.values()}
    )
    dated = frame.drop(columns="year").assign(as_of=date(2012, 12, 31), published=pd.NaT)
    file = tmp_path / "reading.csv"
    dated.to_csv(file, index=False)
    for given in (frame, dated, file, str(file)):
        told = track(package, given, draws=DRAWS)
        pd.testing.assert_frame_equal(told.chances, good_year.chances)
        assert told.readings == good_year.readings
    assert track(package, frame.assign(rate_pct=["5,2", "5.0"]), draws=DRAWS).readings == good_year.readings
    with pytest.raises(RefusedInput, match=r"readings:1:rate_pct: '5\.O' has letters in it; write 5\.0"):
        track(package, frame.assign(rate_pct=["5.2", "5.O"]))
    with pytest.raises(
        RefusedInput, match=r"readings:6:as_of: 2011-12-31 is not after the last .* \(row 7\)"
    ):
        track(package, frame.assign(year=2011).set_axis([6, 7]))
    with pytest.raises(RefusedInput, match="readings: float, where a DataFrame"):
        track(package, 5.2)


def test_rates_alone_are_of_the_poor_on_the_last_line(package):
    alone = {
        row.poverty_line: row.rate_pct for row in track(package, pd.Series({2012: 6.4}), draws=500).readings
    }
    assert alone == {"qd09_2011": Decimal("6.4")}
    assert (
        track(package, {2012: 6.4}, draws=500).readings
        == track(package, invented(2012, 6.4, 5)[:1], draws=500).readings
    )
