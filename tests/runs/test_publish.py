"""Pages: in order, whole, the same bytes from the same content, readable on a phone, a screen and paper."""

import base64
import csv
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import page_words
import pytest
from helpers import CHROMIUM, DRAWS, SEED, Whole, needs_chromium, read_aloud
from PIL import Image
from PIL.ImageColor import getrgb

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.scenario import scenarios_by_id
from giamngheo.language import phrases, say
from giamngheo.report import index_page, spreadsheet
from giamngheo.report.figure_style import BAND_80
from giamngheo.runs import printing, publish
from giamngheo.runs.printing import print_page
from giamngheo.runs.publish import ReportFailed, write_report

LANGS = ("vi", "en")
each_lang = pytest.mark.parametrize("lang", LANGS)


def all_pages(home):
    """Path within the report to text, of every page."""
    return {
        path.relative_to(home).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(home.rglob("*.html"))
    }


def digests(home):
    """sha256 of every page."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in all_pages(home).items()}


def test_every_page_is_there(home):
    names = {f"{lang}/{name}.html" for lang in LANGS for name in ("index", "tables", *publish.ALWAYS)}
    names |= {f"{lang}/scenario/{name}.html" for lang in LANGS for name in ("full_plan", "double")}
    assert set(all_pages(home)) == names


def test_pages_are_whole_and_need_nothing_from_outside(home):
    for name, text in all_pages(home).items():
        whole = Whole()
        whole.feed(text)
        whole.close()
        assert whole.open == [], name
        assert len(whole.ids) == len(set(whole.ids)), name
        assert ("html", {"lang": name[:2]}) in whole.tags
        running = [
            attrs for tag, attrs in whole.tags if tag in ("script", "link", "iframe", "object", "form")
        ]
        own = [{"type": "application/json", "id": "what-if-data"}, {"type": "module"}]
        assert running == (own if name.endswith("index.html") else []), name
        (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
        allowed = re.findall(r'<script type="module">(.*?)</script>', text, flags=re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in allowed]
        told = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
        assert f"script-src {told};" in policy, name
        assert policy.startswith("default-src 'none';") and text.index(policy) < text.index("<title>"), name
        assert not re.search(r"@import|url\((?!#)|\son\w+=", text), name
        steps = [b - a for a, b in zip(whole.headings, whole.headings[1:], strict=False)]
        assert whole.headings[0] == 1 and whole.headings.count(1) == 1 and max(steps) <= 1, name
        for address in whole.addresses:
            if address.startswith("#"):
                assert address[1:] in whole.ids, f"{name}: {address}"
            else:
                file, _, place = address.partition("#")
                linked = (home / name).parent.joinpath(file)
                assert "://" not in address and linked.exists(), f"{name}: {address}"
                assert not place or f'id="{place}"' in linked.read_text(encoding="utf-8"), (
                    f"{name}: {address}"
                )
        for tag, attrs in whole.tags:
            if tag in ("svg", "img"):
                assert attrs.get("aria-labelledby") or attrs.get("aria-label") or attrs.get("alt"), name
            if tag == "th":
                assert attrs.get("scope") in ("col", "row"), name
        assert text.count("<table") == text.count("<caption>"), name
        assert not re.search(r"/(?:home|root|tmp|work|Users)/|\b0x[0-9a-f]{8}", text), name
        # Issue 12: an index page is at most 900 KB with the model of its what-if inside.
        assert len(text.encode()) < (900_000 if name.endswith("index.html") else 400_000), name


@each_lang
def test_the_index_says_what_it_must_in_order(home, lang):
    text = (home / lang / "index.html").read_text(encoding="utf-8")
    places = [text.index(f'id="{section}"') for section in index_page.SECTIONS]
    assert places == sorted(places)
    assert text.index("<script") > text.index('id="explore"')  # and a module waits for the rest of the page
    first = read_aloud(text[text.index("<main") : text.index('id="money"')])
    for words in (say("case.new", lang), say("case.continued", lang), "80 %", say("reading.title", lang)):
        assert words in first
    assert first.count(say("panel.break_even", lang)) == 3
    assert say("answer.unidentified", lang, n={"vi": "Tám", "en": "eight"}[lang]) in first
    number = {"vi": "2.155 tỷ đồng", "en": "2,155 billion VND"}[lang]
    assert number in read_aloud(text)
    for key in ("section.money", "section.audit", "glossary.title", "section.limitations", "section.run"):
        assert say(key, lang) in read_aloud(text)
    assert re.search(r"[0-9a-f]{64}", text) and f" {SEED}" in text


@each_lang
def test_the_index_is_short_in_a_reader_s_words_and_begins_each_section_with_its_finding(home, lang):
    text = (home / lang / "index.html").read_text(encoding="utf-8")
    assert page_words.faults(text, lang) == []


WRONG = {  # what the test above must see: in place of what, what, and the fault that is then found
    "r": ("</figcaption>", " (r = 1)</figcaption>", "picture|top: 'r'"),
    "probit": ("</caption>", " probit</caption>", "'probit'"),
    "draws in a drawing": ("</text>", " draws</text>", "'draws'"),
    "phân vị": ("</caption>", " phân vị</caption>", "'phân vị'"),
    "lần rút": ('<h2 id="money">', '<h2 id="money">lần rút ', "money: 'lần rút'"),
    "a long first screen": ("<figure", "<p>one two three four five</p>\n<figure", "before the picture"),
    "a long page": ("<footer", f"<p>{'word ' * page_words.MOST}</p><footer", "words: "),
    "no finding": ('<p class="finding">', "<p>", "and not with its finding"),
}


@each_lang
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_on_an_index_is_seen(home, lang, wrong):
    before, after, fault = WRONG[wrong]
    text = (home / lang / "index.html").read_text(encoding="utf-8")
    assert before in text
    found = page_words.faults(text.replace(before, after, 1), lang)
    vietnamese = re.search("[ạ-ỹ]", wrong)
    assert bool(found) == (lang == "vi" or not vietnamese), found
    assert not found or any(re.search(fault, each) for each in found), found


@each_lang
def test_what_left_the_index_is_reached_by_its_links(home, lang):
    """The audit's notes, all assumptions, the track record and the forecast by year: on a page, and in a file."""
    index = (home / lang / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="([^"#]+)(?:#[^"]*)?"', index))
    for name, key in (
        ("01_data.html", "audit_table.result.note"),
        ("02_trend.html", "track.coverage_caption"),
        ("02_trend.html", "trust.effective"),
        ("04_compare.html", "solve.caption"),
        ("04_compare.html", "allocation.fold"),
        ("05_sensitivity.html", "sensitivity.turn_caption"),
        ("scenario/full_plan.html", "quantiles.summary"),
        ("scenario/full_plan.html", "assumptions.caption"),
        ("00_start_here.html", "glossary.probit.meaning"),
    ):
        text = read_aloud((home / lang / name).read_text(encoding="utf-8"))
        assert name in linked and say_start(key, lang) in text, (name, key)
        assert say_start(key, lang) not in read_aloud(index) or key == "audit_table.result.note", key
    for file in ("01_data/audit-note", "02_trend/track-record-methods", "scenario/full_plan/assumptions"):
        assert f"tables/{file}.csv" in linked
    files = {path.relative_to(home / lang).as_posix() for path in (home / lang / "tables").rglob("*.csv")}
    listed = set(
        re.findall(r'href="(tables/[^"]+)"', (home / lang / "tables.html").read_text(encoding="utf-8"))
    )
    assert "tables.html" in linked and listed == {name for name in files if "/double/" not in name}


def say_start(key, lang):
    """A phrase up to its first placeholder, as it is read (str)."""
    return read_aloud(phrases()[key][lang].partition("{")[0]).strip()


def test_the_languages_differ_and_link_to_each_other(home):
    vi, en = ((home / lang / "index.html").read_text(encoding="utf-8") for lang in LANGS)
    assert vi != en
    assert 'href="../en/index.html"' in vi and 'href="../vi/index.html"' in en
    assert "13,15" in vi and "13.15" not in vi.split("<footer")[0].split('id="sources"')[0].replace(
        "13.15.", ""
    )
    assert "13.15" in en and "13,15" not in en


def test_what_differs_from_run_to_run_stands_beside_the_pages(home):
    for lang in LANGS:
        record = json.loads((home / lang / "run.json").read_text(encoding="utf-8"))
        assert {"commit", "dirty", "finished", "seconds", "machine"} <= set(record)
        for text in (text for name, text in all_pages(home).items() if name.startswith(lang)):
            assert record["finished"][:10] not in text
            assert not record["commit"] or record["commit"] not in text


def test_without_git_a_run_has_no_commit(package, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    record = publish._record(0, package, DRAWS, SEED, ["full_plan"])
    assert record["commit"] is None and record["dirty"] is None


def test_the_same_content_gives_the_same_bytes(home, package, tmp_path, monkeypatch):
    execute_all = (
        publish.execute_all
    )  # these two anew: most of the pages' tables and figures, and what takes draws

    def some_anew(jobs, **more):
        anew = [job.notebook.stem in ("02_trend", "03_scenario") for job in jobs]
        runs = {
            chosen: iter(
                execute_all(
                    [job for job, again in zip(jobs, anew, strict=True) if again is chosen],
                    **more,
                    reuse=not chosen,
                )
            )
            for chosen in (True, False)
        }
        return [next(runs[again]) for again in anew]

    monkeypatch.setattr(publish, "execute_all", some_anew)
    write_report(package, ["en"], ["double"], tmp_path, DRAWS, SEED, progress=False)
    alone = all_pages(tmp_path / "an-giang")
    assert alone.keys() == {name for name in all_pages(home) if name.startswith("en/")}
    for name, text in alone.items():  # case: links to the language that was not made
        whole = Whole()
        whole.feed(text)
        files = {address.partition("#")[0] for address in whole.addresses}
        assert all((tmp_path / "an-giang" / name).parent.joinpath(file).exists() for file in files), name
    monkeypatch.undo()
    write_report(package, ["vi"], ["double"], tmp_path, DRAWS, SEED, progress=False)
    assert digests(tmp_path / "an-giang") == digests(home)


def test_one_scenario_keeps_the_pages_of_the_others(home, package, tmp_path):
    out = tmp_path / "copy"
    shutil.copytree(home, out / "an-giang")
    write_report(package, ["en"], ["full_plan"], out, DRAWS, SEED, progress=False)
    assert digests(out / "an-giang") == digests(home)


def test_nothing_is_written_when_a_notebook_fails(package, tmp_path, monkeypatch):
    from giamngheo.runs.execution import Run

    def failing(jobs, **_):
        return [Run("02_trend", {}, job.out, False, 3, 1, 0.1, error="cell 2: ValueError: x") for job in jobs]

    monkeypatch.setattr(publish, "execute_all", failing)
    with pytest.raises(ReportFailed, match=r"02_trend {}: cell 2: ValueError: x\n"):  # and no "left in None"
        write_report(package, ["vi"], ["full_plan"], tmp_path, DRAWS, SEED, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_cannot_be_judged_is_refused_before_anything_runs(package, tmp_path, monkeypatch):
    from dataclasses import replace

    from giamngheo.inputs.errors import RefusedInput

    monkeypatch.setattr(publish, "execute_all", lambda *_, **__: pytest.fail("a notebook was run"))
    no_target = replace(package, targets=tuple(t for t in package.targets if not t.status))
    uncounted = replace(
        package, readings=tuple(r.model_copy(update={"households": None}) for r in package.readings)
    )
    june = [
        t.model_copy(update={"as_of": t.as_of.replace(month=6, day=30)}) for t in package.targets if t.status
    ]
    unread = [row for row in package.readings if row.status == "poor"]
    near = [t for t in package.targets if t.status == "near_poor"]
    for broken, file in (
        (no_target, "targets.csv has no"),
        (replace(package, targets=tuple(june)), "can be judged"),
        (replace(package, targets=tuple(near), readings=tuple(unread)), "can be judged"),
        (uncounted, "poverty.csv"),
    ):
        with pytest.raises(RefusedInput, match=file):
            write_report(broken, ["vi"], ["full_plan"], tmp_path, DRAWS, SEED, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_cannot_be_is_refused_before_anything_runs(package, tmp_path, monkeypatch):
    from giamngheo.inputs.errors import RefusedInput

    monkeypatch.setattr(publish, "execute_all", lambda *_, **__: pytest.fail("a notebook was run"))
    with pytest.raises(RefusedInput, match="double"):
        write_report(package, ["vi"], ["dubble"], tmp_path, DRAWS, SEED, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_bears_another_s_id_is_refused_before_anything_runs(package, tmp_path, monkeypatch):
    """Case: a tenth of the money, in a file called full_plan.yml, was told as the full plan."""
    monkeypatch.setattr(publish, "execute_all", lambda *_, **__: pytest.fail("a notebook was run"))
    text = "title: {vi: Một phần mười, en: A tenth}\nfunding: {all: 0.1}\n"
    for name in ("a/full_plan.yml", "a/tenth.yml", "b/tenth.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for names, other in ((["a/full_plan"], "full_plan"), (["a/tenth", "b/tenth"], "tenth")):
        given = [str(tmp_path / f"{name}.yml") for name in names]
        with pytest.raises(
            RefusedInput, match=f"--scenario {given[-1]}: '{other}' is .*/{other}.yml already"
        ):
            write_report(package, ["vi"], given, tmp_path / "out", DRAWS, SEED, progress=False)
    same = [str(tmp_path / "a" / ".." / "a" / "tenth.yml"), str(tmp_path / "a" / "tenth.yml"), "double"]
    plan = str(paths.DATA / "scenarios" / "full_plan.yml")
    assert scenarios_by_id([*same, plan], package) == {
        "full_plan": plan,
        "tenth": same[1],
        "double": "double",
    }
    assert not (tmp_path / "out").exists()


def test_a_scenario_of_one_s_own_gets_a_page(package, tmp_path):
    own = tmp_path / "half.yml"
    own.write_text("title: {vi: <i>Một nửa</i> & ít hơn, en: Half}\nfunding: {all: 0.5}\n", encoding="utf-8")
    write_report(package, ["vi"], [str(own)], tmp_path / "out", DRAWS, SEED, progress=False)
    home = tmp_path / "out" / "an-giang" / "vi"
    text = (home / "scenario" / "half.html").read_text(encoding="utf-8")
    assert "50 %" in text and "&amp; ít hơn" in text
    assert 'href="scenario/half.html"' in (home / "index.html").read_text(encoding="utf-8")


def test_the_table_behind_each_exhibit_lies_beside_the_page(home):
    for lang in LANGS:
        text = (home / lang / "02_trend.html").read_text(encoding="utf-8")
        linked = re.findall(r'href="(tables/[^"]+\.csv)"', text)
        assert linked and sorted(linked) == sorted(
            path.relative_to(home / lang).as_posix() for path in (home / lang / "tables/02_trend").iterdir()
        )
        index = (home / lang / "index.html").read_text(encoding="utf-8")
        for address in re.findall(r'href="(tables[^"]+)"', index):
            assert (home / lang / address).stat().st_size > 20, address
        deep = (home / lang / "scenario" / "double.html").read_text(encoding="utf-8")
        for address in re.findall(r'href="(\.\./tables/[^"]+)"', deep):
            assert (home / lang / "scenario" / address).resolve().is_file(), address


@each_lang
def test_each_figure_of_the_index_is_followed_by_its_data(home, lang):
    text = (home / lang / "index.html").read_text(encoding="utf-8")
    after = re.findall(r'</figure>\n?<p class="files">[^<]+<a href="([^"]+)"', text)
    assert len(after) == text.count("</figure>") > 3  # answer, budget, what would change it, record
    assert all((home / lang / address).is_file() for address in after)


@each_lang
def test_the_spreadsheet_holds_the_main_tables_and_the_numbers_of_the_files(home, lang):
    book = openpyxl.load_workbook(home / lang / "tables.xlsx")
    assert book.sheetnames == [say(f"sheet.{name}", lang) for name in ("contents", *spreadsheet.MAKERS)]
    for sheet in book:
        assert sheet["A1"].value and all(len(name.strip()) <= 31 for name in book.sheetnames)
    told = {sheet.title: list(sheet.iter_rows(min_row=4, values_only=True)) for sheet in book}
    assert {name: len(rows) for name, rows in told.items() if len(rows) < 6} == {}
    for name, file, columns in (
        ("chances", "00_start_here/chances", {2: "chance"}),
        ("readings", "01_data/readings", {5: "households", 6: "rate_pct"}),
        ("money_ends", "scenario/full_plan/money-ends", {1: "delivered_bn_vnd", 2: "poor_bn_vnd"}),
        ("track_record", "02_trend/track-record-coverage", {2: "mae_points", 5: "cover_80_pct"}),
        ("sensitivity", "05_sensitivity/tornado-table", {3: "base_chance", 5: "high_chance"}),
    ):
        kept = list(csv.DictReader((home / lang / f"tables/{file}.csv").read_text("utf-8-sig").splitlines()))
        for place, column in columns.items():
            numbers = sorted(float(row[column]) for row in kept if row[column])
            assert (
                sorted(row[place] for row in told[say(f"sheet.{name}", lang)] if row[place] is not None)
                == numbers
            )
    shown = {row[0] for row in told[say("sheet.scenarios", lang)]}
    assert not {"full_plan", "double"} & shown and say("case.new", lang) in {
        row[1] for row in told[say("sheet.chances", lang)]
    }


@each_lang
def test_a_link_that_is_passed_on_has_a_title_and_a_picture(home, lang):
    text = (home / lang / "index.html").read_text(encoding="utf-8")
    told = dict(re.findall(r'<meta property="og:(\S+)" content="([^"]+)">', text))
    assert f"<title>{told['title']}</title>" in text and len(told["description"]) > 50
    path = home / lang / told["image"]
    with Image.open(path) as picture:
        assert list(picture.size) == [int(told["image:width"]), int(told["image:height"])] == [1200, 630]
        drawn = [colour for _, colour in picture.convert("RGB").getcolors()]
        band = getrgb(BAND_80)  # the palest thing drawn is not lost among few colours
        assert min(max(abs(a - b) for a, b in zip(band, colour, strict=True)) for colour in drawn) < 6
    assert path.stat().st_size < 80_000
    assert 'property="og:' not in (home / lang / "02_trend.html").read_text(encoding="utf-8")


def test_the_lock_gives_the_versions_of_the_footer():
    versions = publish.locked_versions()
    assert {"numpy", "pandas", "matplotlib"} <= set(versions)
    assert all(re.fullmatch(r"[\d.]+(?:post\d+|rc\d+)?", version) for version in versions.values())


# Pages opened in a browser

MEASURE = """
<script>
addEventListener('load', () => setTimeout(() => {
  const found = {}, wide = document.documentElement.scrollWidth, width = innerWidth;
  found.overflow = wide - width;
  const shown = e => e.getClientRects().length && getComputedStyle(e).visibility === 'visible';
  const inBox = e => e.closest('.scroll, pre, svg, .skip, caption');
  const over = e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > width + 1;
  const words = [...document.querySelectorAll('p,li,h1,h2,h3,th,td,dt,dd,figcaption,summary')];
  found.cut = words.filter(e => shown(e) && !inBox(e) && over(e)).length;
  const drawings = [...document.querySelectorAll('figure svg')].filter(shown);
  found.drawings = drawings.map(e => e.getAttribute('class'));
  const sizes = [...document.querySelectorAll('figure svg text')].filter(shown).map(e =>
    parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getBoundingClientRect().width /
    e.ownerSVGElement.viewBox.baseVal.width);
  found.smallest = Math.min(...sizes);
  const p = document.querySelector('#methods ~ p'), range = document.createRange(); range.selectNodeContents(p);
  const tops = new Set([...range.getClientRects()].map(r => Math.round(r.top / 8)));
  found.characters = p.textContent.length / tops.size;
  const seen = [...document.querySelectorAll('#answer-picture svg')].filter(shown)[0].getBoundingClientRect();
  found.pictureTop = seen.top;
  found.pictureBottom = seen.bottom;
  const link = document.querySelector('nav.contents a');
  found.contentsFolded = !link.checkVisibility();
  scrollTo(0, 5000);
  found.contentsStay = link.getBoundingClientRect().top > 0;
  const heads = [...document.querySelectorAll('.panel')].map(e => Math.round(e.getBoundingClientRect().left));
  found.columns = new Set(heads).size;
  document.body.innerHTML = '<pre id=found>' + JSON.stringify(found) + '</pre>';
}, 0));
</script>
"""


def browse(tmp_path, *options):
    """Run Chromium with a profile of its own; returns what it printed."""
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--allow-file-access-from-files",
        f"--user-data-dir={tmp_path / 'profile'}",
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def measured(tmp_path, page, width, height=900):
    """What a page measures at a width: the page in a frame, so that narrow windows are narrow."""
    copied = tmp_path / "page.html"
    policy = '<meta http-equiv="Content-Security-Policy"'  # which lets no script run that stands after it
    copied.write_text(page.read_text(encoding="utf-8").replace(policy, MEASURE + policy), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<body style="margin:0"><iframe id="f" src="page.html" style="border:0;width:{width}px;height:{height}px">'
        "</iframe><script>addEventListener('load', () => setTimeout(() => document.body.append("
        "document.getElementById('f').contentDocument.getElementById('found').cloneNode(true)), 600))</script>",
        encoding="utf-8",
    )
    dom = browse(tmp_path, "--virtual-time-budget=5000", "--dump-dom", frame.as_uri())
    return json.loads(re.search(r'<pre id="found">(.*?)</pre>', dom).group(1))


@needs_chromium
@each_lang
def test_the_index_reads_well_on_a_phone(home, lang, tmp_path):
    found = measured(tmp_path, home / lang / "index.html", 390)
    assert found["overflow"] <= 0 and found["cut"] == 0
    assert set(found["drawings"]) == {"narrow"} and found["columns"] == 1
    assert found["smallest"] > 8.5  # CSS pixels
    assert found["pictureTop"] < 500 and found["contentsFolded"]


@needs_chromium
@each_lang
def test_the_index_reads_well_on_a_screen(home, lang, tmp_path):
    found = measured(tmp_path, home / lang / "index.html", 1280)
    assert found["overflow"] <= 0 and found["cut"] == 0
    assert set(found["drawings"]) == {"wide"} and found["columns"] == 3
    assert 55 <= found["characters"] <= 76
    assert found["pictureBottom"] < 720  # with the whole picture on the first screen
    assert found["contentsStay"] and not found["contentsFolded"]


@needs_chromium
def test_the_report_prints_and_tells_no_place_of_this_machine(home, tmp_path):
    printed = print_page(CHROMIUM, (home / "vi" / "index.html").read_text(encoding="utf-8"))
    assert printed.startswith(b"%PDF") and len(printed) > 50_000
    assert b"file:" not in printed and b"/URI" not in printed


def test_what_was_printed_does_not_outlive_its_page(home, package, tmp_path, monkeypatch):
    out = tmp_path / "copy" / "an-giang"
    shutil.copytree(home, out)
    for lang in LANGS:
        (out / lang / "report.pdf").write_bytes(b"of an earlier page")
    monkeypatch.setattr(publish, "_pages", lambda page, *_: {f"{page.lang}/index.html": "new"})
    monkeypatch.setattr(publish, "execute_all", lambda *_, **__: [])
    monkeypatch.setattr(publish, "print_page", lambda chromium, text: f"{chromium} {text}".encode())
    write_report(package, ["en"], ["full_plan"], out.parent, DRAWS, SEED, chromium="C", progress=False)
    assert [(out / lang / "report.pdf").read_bytes() for lang in LANGS] == [b"of an earlier page", b"C new"]
    write_report(package, ["en"], ["full_plan"], out.parent, DRAWS, SEED + 1, progress=False)
    assert not list(out.rglob("report.pdf"))


def test_a_chromium_that_fails_takes_no_page_with_it(package, tmp_path, monkeypatch):
    """Case: one that hung past its time threw away every page of the run."""
    hangs = tmp_path / "hangs"
    hangs.write_text("#!/bin/sh\nexec sleep 60\n")
    hangs.chmod(0o755)
    monkeypatch.setattr(publish, "_pages", lambda page, *_: {f"{page.lang}/index.html": "new"})
    monkeypatch.setattr(publish, "execute_all", lambda *_, **__: [])
    monkeypatch.setattr(printing, "PATIENCE_S", 0.1)
    out = tmp_path / "out"
    for chromium, words in (
        (hangs, "within 0.1 s"),
        ("/bin/false", "did not print"),
        (tmp_path / "no", "start"),
    ):
        with pytest.raises(printing.NotPrinted, match=f"are written, but not printed: vi/.*{words}.*en/"):
            write_report(
                package, LANGS, ["full_plan"], out, DRAWS, SEED, chromium=str(chromium), progress=False
            )
        assert [(out / "an-giang" / lang / "index.html").read_text() for lang in LANGS] == ["new", "new"]
    assert (out / "index.html").is_file() and not list(out.rglob("*.pdf"))


def test_pages_of_another_seed_do_not_stay_beside_the_new_ones(home, package, tmp_path, monkeypatch):
    """Case: pages of two seeds side by side, and the index said nothing of it."""
    out = tmp_path / "copy" / "an-giang"
    shutil.copytree(home, out)
    (out / "en" / "notes.txt").write_text("the user's own")
    monkeypatch.setattr(publish, "_pages", lambda page, *_: {f"{page.lang}/index.html": "new"})
    monkeypatch.setattr(publish, "execute_all", lambda *_, **__: [])
    write_report(package, ["en"], ["full_plan"], out.parent, DRAWS, SEED, progress=False)
    assert set(digests(out)) == set(digests(home))
    write_report(package, ["en"], ["full_plan"], out.parent, DRAWS, SEED + 1, progress=False)
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()) == [
        "en/index.html", "en/notes.txt", "en/run.json", "manifest.json", "vi/run.json",
    ]  # fmt: skip


def test_where_pages_go_is_tried_before_any_notebook_runs(package, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "execute_all", None)
    (tmp_path / "file").write_text("")
    (tmp_path / "out" / "an-giang" / "vi" / "index.html").mkdir(parents=True)
    (tmp_path / "out" / "taken" / "an-giang" / "vi" / "run.json").mkdir(parents=True)
    wrong = [tmp_path / name for name in ("file", "file/below", "x" * 300, "out", "out/taken")]
    for out in wrong:
        with pytest.raises(RefusedInput, match="--out"):
            write_report(package, LANGS, ["double"], out, DRAWS, SEED, progress=False)
    for number in (errno.ENOSPC, errno.EROFS, errno.EACCES):

        def refuses(path, content, number=number):
            raise OSError(number, os.strerror(number), str(path))

        monkeypatch.setattr(Path, "write_bytes", refuses)
        with pytest.raises(RefusedInput, match=f"--out: .*{os.strerror(number).lower()}"):
            write_report(package, LANGS, ["double"], tmp_path / "new", DRAWS, SEED, progress=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out"]
