"""Pages for all readers: with a screen reader, by keys alone, in the dark, on a phone, on paper."""

import io
import itertools
import json
import re

import pytest
from helpers import CHROMIUM, needs_chromium, settled

from giamngheo.report.batch_page import STATES, Listed, batch_page
from giamngheo.report.reports_page import reports_page
from giamngheo.report.wording import Page
from giamngheo.runs.publish import ALWAYS

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright to open pages with")
pypdf = pytest.importorskip("pypdf", reason="no pypdf to read what was printed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core to look at pages with")
pytestmark = needs_chromium

each_lang = pytest.mark.parametrize("lang", ["vi", "en"])
LISTS = ("batch", "reports")  # pages that list many things
LOOKED_AT = ("index", "tables", *ALWAYS, "scenario/full_plan", *LISTS)
PHONE, SCREEN, PAPER = 360, 1280, 680  # CSS pixels; A4 without our margins
PAPER_HEIGHT = 1001

OPEN = "() => document.querySelectorAll('details').forEach(each => each.open = true)"
# What stands out of the window, and is in no box that scrolls, can be focused and has a name.
OUTSIDE = """() => [...document.querySelectorAll('body :not(svg *, math *, .skip)')]
  .filter(each => each.getClientRects().length && !each.parentElement.closest('[tabindex="0"][aria-label]'))
  .filter(each => { const box = each.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
  .map(each => each.outerHTML.slice(0, 200))"""
WIDE_TABLES = """() => [...document.querySelectorAll('table')]
  .filter(each => each.getBoundingClientRect().width > each.parentElement.clientWidth + 1)
  .map(each => each.caption.textContent)"""
# Signs where a figure, table or row begins and ends and in a table's head, too small to be seen and to move anything.
MARK = """most => [...document.querySelectorAll('figure, table')].map((each, n) => {
  const sign = (place, text, position = 'absolute', side = 'prepend') => {
    const span = document.createElement('span');
    span.style = `font-size:1px;position:${position}`;
    span.textContent = text;
    place[side](span);
  };
  const head = each.tHead?.rows[0].cells[0], isNamed = each.caption?.offsetWidth > 1;
  sign(isNamed ? each.caption.firstElementChild : head ?? each, `[A${n}]`);
  sign(head ? [...each.tBodies[0].rows].at(-1).cells[0] : each.querySelector('figcaption'), `[Z${n}]`);
  if (head) sign(head, `[H${n}]`, 'static');  // what is out of the flow does not stand in a repeated head
  [...(each.tBodies?.[0].rows ?? [])].forEach((row, k) => {
    const longest = [...row.cells].reduce((a, b) => a.textContent.length < b.textContent.length ? b : a);
    sign(row.cells[0], `[R${n}.${k}]`);
    sign(longest, `[S${n}.${k}]`, 'absolute', 'append');
  });
  return [n, each.parentElement.getBoundingClientRect().height > most, Boolean(head)];
})"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(home, package, tmp_path_factory):
    """Where the pages of each language lie, among them the list of a batch in which not all went well."""
    folder = tmp_path_factory.mktemp("pages")
    for lang in ("vi", "en"):
        (folder / lang).symlink_to(home / lang, target_is_directory=True)
        page = Page(package, lang)
        rows = [
            {"group": "all", "status": status, "case": "new", "chance": 0.1, "chance_both": 0.05}
            for status in ("poor", "near_poor")
        ]
        rows = [row | {"money_delivered_bn_vnd": 2155.0} for row in rows]
        listed = [
            Listed(
                "an-giang",
                f"s{n}",
                "Một phần " * (n + 1),
                {"delay_years": float(n)},
                state,
                "x" * 300,
                rows if n == 0 else [],
            )
            for n, state in enumerate(STATES)
        ]
        text = batch_page(page, listed, dict.fromkeys(STATES, 1), ["r"])
        (folder / f"{lang}-batch.html").write_text(text, encoding="utf-8")
        facts = json.loads((home / "about.json").read_text(encoding="utf-8"))
        north = facts | {"province": {"vi": "Bắc Giang", "en": "Bac Giang"}, "money_bn_vnd": 9.5}
        reports = {"an-giang": (facts, ["vi", "en"]), "bac-giang": (north, ["vi"])}
        text = reports_page(lang, reports, {"grid": (60, ["vi", "en"])})
        (folder / f"{lang}-reports.html").write_text(text, encoding="utf-8")
    return folder


def address(folder, lang, name):
    path = folder / f"{lang}-{name}.html" if name in LISTS else folder / lang / f"{name}.html"
    return path.as_uri()


@pytest.fixture
def opened(browser):
    """Opens an address at a width, everything that folds unfolded."""
    pages = []

    def open_page(address, width, **how):
        page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True, **how)
        pages.append(page)
        page.goto(address)
        settled(page).evaluate(OPEN)
        return page

    yield open_page
    for page in pages:
        page.close()


COLOURS = ["color-contrast", "link-in-text-block"]  # rules, nearly all of axe's time
AXE = """options => axe.run(document, {resultTypes: ['violations'], ...options}).then(({violations}) =>
  violations.map(({id, nodes}) => [id, nodes[0].html.slice(0, 200)]))"""
# Leaves two of each kind of element: what is coloured alike need not be looked at a hundred times.
THIN = """() => {
  const seen = new Map(), looks = ['class', 'style', 'fill', 'opacity'];
  const kind = each => each === document.body ? '' : [
    kind(each.parentElement), each.tagName, ...looks.map(name => each.getAttribute(name))].join();
  for (const each of [...document.querySelectorAll('body *')].reverse()) {
    if (each.children.length) continue;
    const n = (seen.get(kind(each)) ?? 0) + 1;
    seen.set(kind(each), n);
    if (n > 2) each.remove();
  }
}"""


def violations(page):
    """What axe-core finds on a page at both widths, its colours in both schemes too, and where (list of list)."""
    found, widths = [], (PHONE, SCREEN)
    page.evaluate(axe.Axe().axe_script)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        rules = {rule: {"enabled": False} for rule in COLOURS}
        found += [[width, *each] for each in page.evaluate(AXE, {"rules": rules})]
    page.evaluate(THIN)
    for width, scheme in itertools.product(widths, ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [[width, scheme, *each] for each in page.evaluate(AXE, {"runOnly": COLOURS})]
    return found


@each_lang
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing(opened, folder, lang, name):
    assert violations(opened(address(folder, lang, name), PHONE)) == []


def test_what_axe_has_to_find_is_found(opened, tmp_path):
    pale = "<p>dark</p>" * 5 + "<p class=pale>pale</p>" * 5 + "<p style='color:#bbb;background:#fff'>pale</p>"
    dark = "@media (prefers-color-scheme: dark) { .pale { color: #bbb; } }"
    (tmp_path / "bad.html").write_text(f"<style>{dark}</style>{pale}<img src='data:,'>")
    found = violations(opened((tmp_path / "bad.html").as_uri(), PHONE))
    for width in (PHONE, SCREEN):
        assert {"image-alt", "html-has-lang"} <= {each[1] for each in found if each[0] == width}
        told = [each[1:] for each in found if each[:1] == [width] and "color-contrast" in each]
        assert [scheme for scheme, *_ in told] == ["light", "dark"]
        assert "style=" in told[0][2] and 'class="pale"' in told[1][2]


@each_lang
def test_no_table_is_wider_than_a_phone_and_nothing_stands_out(opened, folder, lang):
    """Case: the pace table of 02_trend was cut off."""
    names = [
        *LISTS,
        *(path.relative_to(folder / lang).with_suffix("") for path in (folder / lang).rglob("*.html")),
    ]
    assert len(names) > 8
    for name in names:
        page = opened(address(folder, lang, name), PHONE)
        assert page.evaluate(OUTSIDE) == [], name
        assert page.evaluate(WIDE_TABLES) == [], name


def test_a_wide_table_tells_a_phone_what_each_cell_is(opened, folder):
    page = opened(address(folder, "en", "02_trend"), PHONE)
    label = page.evaluate("() => getComputedStyle(document.querySelector('.rows td'), '::before').content")
    assert label == '"to: "'
    page.set_viewport_size({"width": SCREEN, "height": 900})
    label = page.evaluate("() => getComputedStyle(document.querySelector('.rows td'), '::before').content")
    assert label == "none"


@pytest.mark.parametrize(("lang", "name"), [("vi", "index"), ("en", "02_trend"), ("vi", "batch")])
def test_on_paper_no_table_or_figure_is_cut(opened, folder, lang, name):
    page = opened(address(folder, lang, name), PAPER)
    page.emulate_media(media="print")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PAPER
    assert page.evaluate(WIDE_TABLES) == []
    marked = page.evaluate(MARK, PAPER_HEIGHT)
    sheets = [
        sheet.extract_text()
        for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    ]
    for n, is_long, has_head in marked:
        on = {sign: [k for k, text in enumerate(sheets) if f"[{sign}{n}]" in text] for sign in "AHZ"}
        assert len(on["A"]) == len(on["Z"]) == 1, (n, on)
        assert is_long or on["A"] == on["Z"], (n, on)
        if has_head:  # it stands again on each further sheet
            assert on["H"] == list(range(on["A"][0], on["Z"][0] + 1)), (n, on)
    begin, end = ([set(re.findall(rf"\[{s}(\d+\.\d+)\]", text)) for text in sheets] for s in "RS")
    assert begin == end and any(begin)


def test_the_list_of_reports_sorts_and_filters_by_keys(opened, folder):
    page = opened(address(folder, "en", "reports"), SCREEN)

    def listed():
        return page.locator("tbody tr:visible th").all_inner_texts()

    assert listed() == ["An Giang", "Bac Giang", "Batch “grid”"]
    page.get_by_role("button", name="Money").press("Enter")
    assert listed() == ["Bac Giang", "An Giang", "Batch “grid”"]
    assert page.locator("th[aria-sort=ascending]").inner_text() == "Money"
    page.get_by_role("searchbox").fill("giang 2,155")
    assert listed() == ["An Giang"]
