"""The command line: what it hands on, how it ends, and how soon it refuses."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from giamngheo import __version__, load_package, paths
from giamngheo.cli import commands

HEAVY = ("pandas", "numpy", "scipy", "matplotlib", "statsmodels", "papermill", "jupyter_client", "nbformat")
SERIES = """as_of,status,poverty_line,rate_pct
2009-12-31,poor,a,12.5
2010-12-31,poor,a,11
2011-12-31,poor,a,10.1
"""


@pytest.fixture
def series(tmp_path):
    path = tmp_path / "series.csv"
    path.write_text(SERIES)
    return path


# --- Refusals ------------------------------------------------------------------------------------------

REFUSED = [
    (["simulate", "--scenario", "dubble"], ["dubble", "'double'"]),
    (["simulate"], ["--scenario"]),
    (["simulate", "--scenario", "missing.yml"], ["missing.yml"]),
    (["run", "--scenario", "dubble"], ["'double'"]),
    (["report", "--scenario", "full_plan", "--scenario", "dubble"], ["'double'"]),
    (["report", "--lang", "fr"], ["fr", "vi, en"]),
    (["report", "--draws", "99"], ["99", "nearest: 100"]),
    (["report", "--draws", "many"], ["--draws", "valid integer"]),
    (["report", "--seed", "-1"], ["-1", "nearest: 0"]),
    (["report", "--package", "data/nowhere"], ["nowhere"]),
    (["report", "--out", "README.md"], ["README.md"]),
    (["run", "--scenario", "double", "--out", "s3://bucket/x"], ["an address", "giamngheo batch"]),
    (["report", "--out", "S3://bucket/x"], ["an address", "giamngheo batch"]),
    (["report", "--sead", "1"], ["--sead"]),
    (["forecast", "--until", "2010"], ["2010", "nearest: 2012"]),
    (["forecast", "--until", "20155"], ["20155", "nearest: 2061"]),
    (["forecast", "--group", "ethnic"], ["'ethnic'", "'ethnic_minority'"]),
    (["forecast", "--reference", "vn-survy"], ["'vn-survy'", "'vn-survey'"]),
    (["forecast", "--known-by", "21/01/2013"], ["21/01/2013", "2013-01-21"]),
    (["forecast", "--series", "missing.csv"], ["missing.csv"]),
    (["forecast", "--draws", "10000000"], ["nearest: 1000000"]),
    (["audit", "--package", "data/an-gian"], ["an-gian"]),
    (["forcast"], ["forcast"]),
    (["provinces", "--by", "2012"], ["2012", "nearest: 2013"]),
    (["provinces", "--target", "120"], ["--target", "nearest: 100"]),
    (["provinces", "--known-by", "21/01/2013"], ["21/01/2013", "2013-01-21"]),
    (
        ["provinces", "--known-by", "2001-01-01"],
        ["--known-by: 2001-01-01", "2008-06-30 to 2014-06-30; nearest: 2008"],
    ),
    (["extract", "missing.txt", "-o", "plan"], ["missing.txt", "no such file"]),
    (["extract", "README.md", "-o", "Đồng Nai"], ["no package name"]),
    (["confirm", "data/an-giang"], ["nothing in it waits"]),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED, ids=lambda value: " ".join(value)[:40])
def test_refused_with_a_word_on_what_and_the_nearest(command, arguments, words):
    start = time.monotonic()
    status, out, err = command(*arguments)
    assert time.monotonic() - start < 1
    assert (status, out) == (2, "")
    assert all(word in err for word in words), err
    assert "Traceback" not in err


def test_a_bad_series_is_refused_by_row_and_column(command, series):
    series.write_text(SERIES.replace("12.5", "131.5"))
    status, _, err = command("forecast", "--series", series)
    assert status == 2 and "series.csv" in err and "2" in err and "rate_pct" in err


WATCH = """
import sys
from giamngheo.cli import commands as cli
sys.argv = ["giamngheo", *{arguments!r}]
try:
    cli.main()
except SystemExit as end:
    print("status", end.code or 0)
print("heavy", [name for name in {heavy!r} if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["simulate", "--scenario", "dubble"], 2),
        (["report", "--lang", "fr"], 2),
        (["forecast", "--until", "2010"], 2),
        (["scenarios"], None),
        (["validate"], None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_no_heavy_import_before_the_input_was_accepted(arguments, status):
    script = WATCH.format(arguments=arguments, heavy=HEAVY)
    start = sum(os.times()[2:4])  # of children, in processor time: other processes may keep one waiting
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert sum(os.times()[2:4]) - start < 1.5  # a second, and a slow machine
    assert "heavy []" in done.stdout
    assert status is None or f"status {status}" in done.stdout


@pytest.mark.parametrize(("closed", "shown"), [("2>&-", True), (">&- 2>&-", False)])
def test_a_closed_standard_stream_is_no_reason_to_fail(closed, shown):
    script = "from importlib.metadata import entry_points as e; e(name='giamngheo')['giamngheo'].load()()"
    for arguments, expected, words in (
        (["scenarios"], 0, "full_plan"),
        (["simulate", "--scenario", "dubble"], 2, ""),
    ):
        command = ["sh", "-c", f'"$@" {closed}', "sh", sys.executable, "-c", script, *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=paths.ROOT, check=False)
        assert done.returncode == expected
        assert done.stdout.startswith(words) if shown and words else done.stdout == ""


def test_the_name_of_a_file_that_is_not_utf_8_is_borne(tmp_path):
    """As from an old Vietnamese zip; in a terminal of another encoding too."""
    path = os.fsencode(tmp_path) + b"/kh\xf4ng.csv"
    Path(os.fsdecode(path)).write_text(SERIES.replace("12.5", "131.5"))
    script = "from giamngheo.cli.commands import main; main()"
    for encoding in ("utf-8", "ascii", "cp1258"):
        clean = os.environ | {"PYTHONIOENCODING": encoding, paths.CACHE_VARIABLE: str(tmp_path / "cache")}
        command = [sys.executable, "-c", script, "forecast", "--series", path]
        done = subprocess.run(command, cwd=paths.ROOT, env=clean, capture_output=True, check=False)
        assert done.returncode == 2 and b"ng.csv:2:" in done.stderr and b"Traceback" not in done.stderr
    assert b"ng.csv" in (tmp_path / "cache" / "logs" / "giamngheo.log").read_bytes()


def test_whose_code_is_used_is_said_in_another_project(tmp_path, monkeypatch, capsys, command):
    """A copied project's .venv, or one still activated, runs what it was laid for."""
    for name in paths.HELD:
        (tmp_path / "copy" / name).mkdir(parents=True)
    (tmp_path / "copy" / "below").mkdir()
    for folder, said in ((tmp_path, False), (paths.ROOT, False), (tmp_path / "copy" / "below", True)):
        monkeypatch.chdir(folder)
        status, out, err = command("scenarios")
        assert status == 0 and "full_plan" in out
        assert (f"belongs to {paths.ROOT}" in err and f"make env in {tmp_path / 'copy'}" in err) is said, err


def test_a_copied_package_goes_by_its_folder_and_is_refreshed(command, tmp_path):
    assert command("new-package", tmp_path / "first")[0] == 0
    second = shutil.copytree(tmp_path / "first", tmp_path / "Bản sao đầu")
    assert load_package(second).name == "ban-sao-dau"
    (second / "claims.csv").unlink(missing_ok=True)
    descriptor = json.loads((second / "datapackage.json").read_text())
    own = {"licenses": [{"name": "CC-BY-4.0"}], "contributors": [{"title": "One"}]}
    (second / "datapackage.json").write_text(json.dumps(descriptor | own))
    file = second / "poverty.csv"
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    status, out, err = command("audit", "--package", second, "--json")
    told = {check["id"]: check["result"] for check in json.loads(out)["checks"]}
    assert status == 0 and "goes by its folder's name, ban-sao-dau" in err and told["file.poverty"] == "note"
    assert command("refresh", second)[0] == 0
    status, out, err = command("audit", "--package", second, "--json")
    told = {check["id"]: check["result"] for check in json.loads(out)["checks"]}
    assert (status, err, told["file.poverty"]) == (0, "", "ok")
    kept = json.loads((second / "datapackage.json").read_text())
    assert {key: kept[key] for key in own} == own and kept["name"] == "ban-sao-dau"
    file.write_text("")
    assert command("refresh", second)[0] == 2


# --- Answers ------------------------------------------------------------------------------------------


def test_version_and_help(command):
    assert command("--version")[1].strip() == f"giamngheo {__version__}"
    status, out, _ = command("--help")
    assert status == 0 and "giamngheo report" in out and "Exit status" in out
    for name in ("report", "validate", "audit", "forecast", "simulate", "scenarios", "run", "new-package"):
        assert command(name, "--help")[0] == 0


def test_every_command_can_say_more(command, monkeypatch):
    """Case: batch, explore, extract, confirm, refresh, provinces and new-package had no such option."""
    listed = command("--help")[1].partition("Commands:\n")[2].partition("\n\n")[0]
    names = [line.split()[0] for line in listed.splitlines() if line[2] != " "]
    assert len(names) == 16
    for name in names:
        assert "--verbose" in command(name, "--help")[1], name
    monkeypatch.setattr(commands.log, "handlers", [])
    status, _, err = command("batch", "dubble", "--verbose")
    assert status == 2 and re.match(r"\d\d:\d\d:\d\d refused: unknown scenario", err)


def test_forecast_json_is_the_contract(command):
    arguments = ["forecast", "--json", "--draws", "500", "--seed", "0"]
    status, out, err = command(*arguments)
    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert list(answer) == [
        *("package", "origin", "poverty_line", "known_by", "reference", "comparators", "seed", "draws"),
        *("forecast", "targets", "joint_probability"),
    ]
    assert (answer["package"], answer["origin"], answer["seed"]) == ("an-giang", "2011-12-31", 0)
    assert list(answer["forecast"][0]) == [
        *("as_of", "group", "status", "mean", "q025", "q10", "q25", "q50", "q75", "q90", "q975")
    ]
    assert {row["status"] for row in answer["forecast"]} == {"poor", "near_poor", "poor_or_near_poor"}
    assert [row["as_of"] for row in answer["forecast"]][-1] == "2015-12-31"
    assert list(answer["targets"][0]) == [
        *("target", "group", "status", "comparator", "value_pct", "as_of", "probability")
    ]
    assert {row["target"] for row in answer["targets"]} >= {"poor_2015", "near_poor_2015"}
    assert answer["joint_probability"] <= min(row["probability"] for row in answer["targets"])
    assert command(*arguments)[1] == out  # same seed, same bytes
    assert json.loads(command(*arguments[:-1], "1")[1])["forecast"] != answer["forecast"]


def test_simulate_json_is_the_contract_and_full_plan_the_forecast(command):
    options = ["--json", "--draws", "500", "--seed", "4"]
    forecast = json.loads(command("forecast", *options)[1])
    status, out, err = command("simulate", "--scenario", "full_plan", *options)
    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert {name: answer[name] for name in forecast} == forecast
    own = {
        "scenario",
        "cases",
        "baseline_probability",
        "money_delivered_bn",
        "money_unspent_bn",
        "break_even",
    }
    assert set(answer) - set(forecast) == own
    targets = {row["target"]: row["probability"] for row in answer["targets"]}
    assert answer["baseline_probability"] == targets
    assert answer["cases"]["continued"] == targets | {"both": answer["joint_probability"]}
    assert set(answer["cases"]) == {"continued", "new"}
    assert sum(answer["money_delivered_bn"].values()) == pytest.approx(2155, abs=1e-9)
    assert set(answer["money_unspent_bn"]) == set(answer["money_delivered_bn"])
    assert sum(answer["money_unspent_bn"].values()) < 1
    assert set(answer["break_even"]) == set(targets)
    assert all(
        even is None or set(even) == {"share_of_plan", "exits_per_bn"}
        for even in answer["break_even"].values()
    )
    assert command("simulate", "--scenario", "full_plan", *options)[1] == out


def test_a_group_alone(command):
    answer = json.loads(command("forecast", "--json", "--draws", "500", "--group", "ethnic_minority")[1])
    assert {row["group"] for row in answer["forecast"]} == {"ethnic_minority"}
    assert answer["joint_probability"] is None


def test_a_bare_series_runs_four_years_on(command, series):
    status, out, err = command("forecast", "--series", series, "--json", "--draws", "500")
    answer = json.loads(out)
    assert status == 0, err
    assert answer["package"] is None and answer["targets"] == [] and answer["joint_probability"] is None
    assert [row["as_of"][:4] for row in answer["forecast"]] == ["2012", "2013", "2014", "2015"]
    until = json.loads(
        command("forecast", "--series", series, "--json", "--draws", "500", "--until", "2013")[1]
    )
    assert [row["as_of"][:4] for row in until["forecast"]] == ["2012", "2013"]


def test_text_for_people_prints_the_pair(command):
    status, out, _ = command("simulate", "--scenario", "double", "--draws", "500")
    assert status == 0 and "continued     new" in out and "billion VND" in out
    status, out, _ = command("forecast", "--draws", "500")
    assert status == 0 and "continued     new" in out


def test_money_that_finds_no_household_is_told(command, tmp_path):
    path = tmp_path / "much.yml"
    path.write_text("title: {vi: Nhiều, en: Much}\nfunding: {all: 20}\n", encoding="utf-8")
    options = ["simulate", "--scenario", str(path), "--draws", "200"]
    text, answer = command(*options)[1], json.loads(command(*options, "--json")[1])
    unspent = sum(answer["money_unspent_bn"].values())
    assert 100 < answer["money_unspent_bn"]["em_land"] < unspent < 20 * 2155
    assert re.search(rf"^of it not spent +{unspent:.2f}$", text, re.MULTILINE)


def test_one_target_is_not_said_twice(command, tmp_path):
    _, folder, _ = command("new-package", tmp_path / "trial")
    rows = (tmp_path / "trial" / "targets.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "trial" / "targets.csv").write_text("".join(rows[:2]), encoding="utf-8")
    for told in (["simulate", "--scenario", "double"], ["forecast"]):
        _, out, _ = command(*told, "--package", folder.strip(), "--draws", 200)
        assert "poor_2027 " in out and not re.search(r"^(both|all) ", out, re.MULTILINE)


def test_json_and_text_say_the_same_numbers(command):
    options = ["simulate", "--scenario", "double", "--draws", "500"]
    text, answer = command(*options)[1], json.loads(command(*options, "--json")[1])
    rows = {row["target"]: row["probability"] for row in answer["targets"]} | {
        "both": answer["joint_probability"]
    }
    for target, chance in rows.items():
        line = next(line for line in text.splitlines() if line.startswith(target))
        pair = [answer["cases"][case][target] for case in ("continued", "new")]
        assert re.findall(r"([\d.]+) %(?: |$)", line)[-3:] == [f"{100 * p:.1f}" for p in (chance, *pair)]
    for line, amount in answer["money_delivered_bn"].items():
        assert re.search(rf"^{line} +{amount:.2f}$", text, re.MULTILINE)
    for row in answer["forecast"]:
        assert f"{row['q50']:.2f}" in next(
            line
            for line in text.splitlines()
            if line.split()[:3] == [row["as_of"], row["group"], row["status"]]
        )


def test_audit_strict_and_json(command):
    status, out, _ = command("audit", "--json")
    answer = json.loads(out)
    assert status == 0 and set(answer) == {"checks", "summary"}
    strict, _, _ = command("audit", "--strict")
    assert strict == (1 if answer["summary"]["discrepancy"] else 0)


def test_scenarios_one_a_line(command):
    lines = command("scenarios")[1].splitlines()
    assert lines[0].startswith("full_plan\t") and len(lines) >= 13
    assert all(len(line.split("\t")) == 2 for line in lines)


def test_a_new_package_is_laid_out_and_validates(command, tmp_path):
    assert command("new-package", tmp_path / "long-xuyen")[0] == 0
    status, out, err = command("validate", "--package", tmp_path / "long-xuyen")
    assert status == 0 and "valid" in out, err


# --- Pages ------------------------------------------------------------------------------------------


@pytest.fixture
def written(monkeypatch):
    """What write_report is called with."""
    from giamngheo.runs import execution, publish

    calls = []

    def write_report(package, langs, scenarios, out, draws, seed, chromium):
        calls.append((package.name, langs, scenarios, out, draws, seed, *([chromium] if chromium else [])))
        return []

    monkeypatch.setattr(publish, "write_report", write_report)
    monkeypatch.setattr(execution, "start_ahead", lambda: None)
    return calls


def test_report_hands_on_its_options(command, written, tmp_path):
    assert command("report")[0] == 0
    assert command("report", "--lang", "en", "--scenario", "double", "--out", tmp_path, "--seed", "3")[0] == 0
    assert command("run", "--scenario", "double", "--lang", "en", "--lang", "en", "--draws", "500")[0] == 0
    assert written == [
        ("an-giang", ["vi", "en"], None, paths.REPORTS, 20_000, 0),
        ("an-giang", ["en"], ["double"], tmp_path, 20_000, 3),
        ("an-giang", ["en"], ["double"], paths.REPORTS, 500, 0),
    ]


def test_a_file_named_as_the_full_plan_is_refused_before_anything_starts(command, written, tmp_path):
    file = tmp_path / "full_plan.yml"
    file.write_text("title: {vi: Ít, en: Little}\nfunding: {all: 0.1}\n", encoding="utf-8")
    for name in ("report", "run"):
        status, out, err = command(name, "--scenario", file, "--out", tmp_path)
        assert (status, out, written) == (2, "", []) and f"{file}: 'full_plan' is" in err


def test_a_title_of_several_lines_is_one_line_of_a_list(command, tmp_path):
    """Case: cut -f1 gave the second line of a title as a scenario's id."""
    folder = shutil.copytree(paths.DATA / "an-giang", tmp_path / "an-giang")
    (folder / "scenarios" / "long.yml").write_text(
        'title: {vi: Một, en: "A\\nlong\\ttitle"}\ndelay_years: 1\n'
    )
    assert "long\tA long title\n" in command("scenarios", "--package", folder)[1]
    arguments = ["long", "--package", folder, "--out", tmp_path / "out", "--results-only", "--dry-run"]
    assert command("batch", *arguments)[0] == 0
    assert command("scenarios", "--pending", "--out", tmp_path / "out")[1] == "long\tA long title\n"


def test_a_machine_of_many_cores_gets_as_many_workers_as_there_may_be(tmp_path):
    """Case: on 384 cores the default was refused, and 384 offered as the nearest."""
    many = "import os, sys; os.cpu_count = lambda: 384; from giamngheo.cli.commands import main; main()"
    ends = []
    for arguments in (["--dry-run"], ["--workers", "0"]):
        given = ["batch", "double", "--results-only", "--out", tmp_path / "out", *arguments]
        done = subprocess.run([sys.executable, "-c", many, *given], capture_output=True, text=True)
        ends.append((done.returncode, done.stdout + done.stderr))
    assert ends[0][0] == 0 and ends[1][0] == 2, ends
    assert ends[1][1].endswith("workers: 0 is not a number of processes; nearest: 256\n")


def test_what_a_batch_s_plan_settles_is_refused_in_its_folder(command, written, tmp_path):
    """Case: run --draws 500 in the folder of a batch of 100 was of 100, and --lang fr was not even looked at."""
    batch = ["double", "--results-only", "--draws", "100", "--out", tmp_path]
    assert command("batch", *batch, "--dry-run")[0] == 0
    one = ["run", "--scenario", "double", "--out", tmp_path]
    for given in (["--draws", "20000"], ["--lang", "fr", "--seed", "1"], ["--package", "nowhere"]):
        status, out, err = command(*one, *given)
        assert (status, out) == (
            2,
            "",
        ) and f"nearest: giamngheo run --scenario double --out {tmp_path}" in err
        assert all(name in err for name in given if name.startswith("--")) and "batch's folder" in err
    status, out, err = command("scenarios", "--pending", "--out", tmp_path, "--package", "nowhere")
    assert (status, out) == (2, "") and "--package: " in err and "scenarios --pending --out" in err
    assert command("scenarios", "--pending", "--out", tmp_path)[1].startswith("double\t")
    status, out, _ = command(*one)
    assert (status, written) == (0, []) and out.startswith("1 ok")
    assert command("scenarios", "--pending", "--out", tmp_path)[1] == ""


def test_a_report_is_printed_by_the_chromium_there_is_and_refused_before_anything_without(
    command, written, monkeypatch
):
    from giamngheo.runs import printing

    monkeypatch.setattr(printing.shutil, "which", lambda name: f"/bin/{name}" if "google" in name else None)
    assert command("report", "--lang", "vi", "--pdf")[0] == 0
    assert written == [("an-giang", ["vi"], None, paths.REPORTS, 20_000, 0, "/bin/google-chrome")]
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    start = time.monotonic()
    status, out, err = command("report", "--pdf", "--package", "data/nowhere")
    assert time.monotonic() - start < 1 and (status, out, len(written)) == (2, "", 1)
    assert "no Chromium" in err and "nearest: install one" in err and "nowhere" not in err


def test_verify_ends_with_1_where_something_does_not_agree(command, tmp_path):
    from giamngheo.runs import cache, page_set

    with page_set.changing(tmp_path / "an-giang") as home:
        made_from = cache.made_from([load_package()])
        page_set.switch(home, {"en/index.html": "13 %"}, {}, page_set.Earlier(), made_from, {"en": {}})
    assert command("verify", home)[:2] == (0, "pages: agree\ndata: agree\ncode: agree\nlock: agree\n")
    (home / "en" / "index.html").write_text("93 %")
    status, out, _ = command("verify", home, "--json")
    assert status == 1 and json.loads(out)["problems"]["pages"] == ["en/index.html: altered"]
    status, out, err = command("verify", tmp_path)
    assert (status, out) == (2, "") and str(home) in err


def test_what_ran_and_failed_is_one_line_and_the_log(command, monkeypatch, written):
    from giamngheo.runs import publish

    def fails(*arguments, **more):
        raise OSError("no space left\non the device")

    monkeypatch.setattr(publish, "write_report", fails)
    status, out, err = command("report")
    assert (status, out) == (1, "")
    assert err == "giamngheo: failed: OSError: no space left on the device (log: a log)\n"


# --- From a decision's text ----------------------------------------------------------------------------


def test_a_decision_becomes_a_package_once_it_is_confirmed(command, tmp_path):
    plan, folder = paths.ROOT / "tests/inputs/plans/bac-son/decision.txt", tmp_path / "bac-son"
    status, out, _ = command("extract", plan, "-o", folder)
    assert status == 0 and "5 poverty" in out and "review.en.html" in out
    assert {"review.vi.html", "review.en.html", "decision.txt"} <= {each.name for each in folder.iterdir()}
    for other in (["validate"], ["audit"], ["forecast"], ["simulate", "--scenario", "full_plan"]):
        status, out, err = command(*other, "--package", folder)
        assert (status, out) == (2, "") and f"giamngheo confirm {folder}" in err
    status, out, _ = command("confirm", folder)
    named = re.findall(r"^  (\S+), line", out, flags=re.MULTILINE)
    assert status == 0 and named
    assert command("confirm", folder, "poverty.99")[0] == 2
    status, out, _ = command("confirm", folder, *named)
    assert status == 0 and f"report --package {folder}" in out
    assert not list(folder.glob("review.*"))
    assert command("validate", "--package", folder)[1].startswith(
        "bac-son: valid; 5 readings, 2 targets, 4 budget"
    )
    assert command("extract", plan, "-o", folder)[0] == 2  # nothing is written over


def test_what_is_no_plan_leaves_nothing_behind(command, tmp_path):
    (tmp_path / "plan.docx").write_bytes(b"PK\x03\x04 and so on")
    status, out, err = command("extract", tmp_path / "plan.docx", "-o", tmp_path / "plan")
    assert (status, out) == (2, "") and "plain text" in err
    assert [each.name for each in tmp_path.iterdir()] == ["plan.docx"]


def test_a_plan_without_counts_is_valid_and_told_that_no_money_can_be_simulated(command, tmp_path):
    folder = tmp_path / "bare"
    assert command("new-package", folder)[0] == 0
    assert "no money can be simulated" not in command("validate", "--package", folder)[1]
    rows = list(csv.DictReader((folder / "poverty.csv").open(encoding="utf-8")))
    with (folder / "poverty.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, rows[0])
        table.writeheader()
        table.writerows(row | {"households": "", "persons": ""} for row in rows)
    status, out, _ = command("validate", "--package", folder)
    assert status == 0 and "no money can be simulated" in out
    status, _, err = command("simulate", "--package", folder, "--scenario", "full_plan")
    assert status == 2 and "give households" in err


def test_a_plan_without_a_target_to_judge_is_valid_and_told_that_no_report_can_be_made(command, tmp_path):
    folder = tmp_path / "aimless"
    assert command("new-package", folder)[0] == 0
    assert "no report can be made" not in command("validate", "--package", folder)[1]
    targets = folder / "targets.csv"
    targets.write_text(
        targets.read_text(encoding="utf-8").replace("2027-12-31", "2027-06-30"), encoding="utf-8"
    )
    status, out, _ = command("validate", "--package", folder)
    assert status == 0 and "no report can be made" in out


def test_a_plan_whose_targets_are_of_what_is_not_read_is_told_as_report_refuses_it(
    command, written, tmp_path
):
    """Case: a target on the near-poor alone, whom nothing reads: valid without a word, and refused by report."""
    folder = shutil.copytree(paths.DATA / "an-giang", tmp_path / "an-giang")
    for name, taken in (("poverty.csv", ",all,near_poor,"), ("targets.csv", "\npoor_2015,")):
        text = (folder / name).read_text(encoding="utf-8")
        kept = [line for line in text.splitlines(keepends=True) if taken not in f"\n{line}"]
        (folder / name).write_text("".join(kept), encoding="utf-8")
    status, told, _ = command("validate", "--package", folder)
    assert status == 0 and "no report can be made (audit, forecast and simulate can); nearest: give" in told
    assert command("simulate", "--scenario", "double", "--package", folder, "--draws", "200")[0] == 0
    for name in ("report", "run"):
        status, out, err = command(
            name, "--package", folder, "--scenario", "double", "--out", tmp_path / "out"
        )
        assert (status, out, written) == (2, "", []) and told.splitlines()[-1] in err
    assert not (tmp_path / "out").exists()


def test_a_folder_beside_which_nothing_can_be_made_is_refused_before_anything_starts(
    command, written, monkeypatch, tmp_path
):
    """A new set of pages is made beside the old one: the folder above it is tried as well."""

    def try_to_write(folder):
        if folder == tmp_path:
            raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(paths, "try_to_write", try_to_write)
    status, out, err = command("report", "--out", tmp_path)
    assert (status, out, written) == (2, "", []) and "permission denied; nearest:" in err


def test_what_a_sheet_of_a_series_holds_beside_it_is_told(command, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["as_of", "status", "poverty_line", "rate_pct"],
        ["31/12/2011", "poor", "a", "6,4"],
        ["Nguồn: Sở LĐTBXH"],
    ):
        book.active.append(row)
    book.save(file := tmp_path / "s.xlsx")
    status, out, told = command("forecast", "--series", file, "--until", 1990)
    assert (status, out) == (2, "") and "not read: sheet Sheet" in told
    assert "numbers that are text are read as 1.234,5" in told
