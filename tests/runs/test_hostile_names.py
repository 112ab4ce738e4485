"""A whole report of another province, all of whose names would do harm: everywhere they are text."""

import csv
import json

import openpyxl
import pytest
import yaml
from helpers import CHROMIUM, Whole, needs_chromium, settled

from giamngheo.inputs.package import load_package
from giamngheo.inputs.skeleton import new_package
from giamngheo.runs.publish import ALWAYS, write_report

BAD = (
    "=cmd() <script>window.foreign = 1</script><img src=x onerror=window.foreign=1> \"'&amp; \u202etfel\u202c "
    "$x^{$ **b** [l](javascript:x) `c` {name} %s </title></style> "
)
CONTROL, LONG = "\x07\x1b", "dài " * 75  # no YAML holds control characters
TEXTS = ("name_vi", "name_en", "agency_vi", "agency_en", "title", "issuer", "as_stated", "locator")
PAGES = ("index", "tables", *ALWAYS, "scenario/full_plan", "scenario/bad")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The report, in English, of the skeleton of a package with those names and of a scenario with such a title."""
    folder = new_package(tmp_path_factory.mktemp("bad") / "bad")
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for n, row in enumerate(rows):
            row |= {key: f"{BAD}{CONTROL}{path.stem} {n} {LONG}" for key in TEXTS if row.get(key)}
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    path = folder / "datapackage.json"
    head = json.loads(path.read_text(encoding="utf-8"))
    labels = dict.fromkeys(("province_vi", "province_en", "title_vi", "title_en"), f"{BAD}{CONTROL}{LONG}")
    head["giamngheo"] |= labels | {"decision": f"{BAD}{CONTROL}"}
    path.write_text(json.dumps(head), encoding="utf-8")
    own = {"title": {"vi": BAD + LONG, "en": BAD + LONG}, "funding": {"all": 0.5}}
    scenario = folder.parent / "bad.yml"
    scenario.write_text(yaml.safe_dump(own, allow_unicode=True), encoding="utf-8")
    out = folder.parent / "reports"
    write_report(load_package(folder), ["en"], [str(scenario)], out, 200, 1, progress=False)
    return out / "bad"


def test_on_every_page_they_are_text(home):
    for page in (home.parent / "index.html", *(home / "en" / f"{name}.html" for name in PAGES)):
        text = page.read_text(encoding="utf-8")
        whole = Whole()
        whole.feed(text)
        whole.close()
        scripts = {"index": 2 if page.parent.name == "en" else 1}.get(page.stem, 0)
        assert whole.open == [] and [tag for tag, _ in whole.tags].count("script") == scripts, page
        assert not any(name.startswith("on") for _, attrs in whole.tags for name in attrs), page
        assert not [address for address in whole.addresses if address.startswith("javascript")], page
        assert "=cmd() &lt;script&gt;" in text and "<script>window" not in text, page


def test_in_the_spreadsheet_they_are_text(home):
    cells = [
        cell
        for sheet in openpyxl.load_workbook(home / "en" / "tables.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert sum(str(cell.value).startswith("=cmd() <script>") for cell in cells) > 3


@needs_chromium
def test_in_a_browser_nothing_of_them_runs(home):
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright to open pages with")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        page, faults = browser.new_page(viewport={"width": 360, "height": 740}), []
        page.on("console", lambda said: faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith("file:") or faults.append(asked.url))
        for path in (home.parent / "index.html", *(home / "en" / f"{name}.html" for name in PAGES)):
            page.goto(path.as_uri())
            assert page.evaluate("window.foreign") is None and page.locator("img[src=x]").count() == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert "=cmd() <script>window.foreign = 1</script>" in page.inner_text("body"), path
        page.goto((home / "en" / "index.html").as_uri())
        settled(page).evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        line = page.locator("#what-if label", has_text="budget 0")
        assert line.is_visible() and BAD in line.text_content()
        browser.close()
    assert faults == []
