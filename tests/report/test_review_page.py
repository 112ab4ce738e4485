"""The review page: every proposal beside the letters that it rests on, in both languages, and the command it makes."""

import re
import shlex

import pytest

from giamngheo import load_package, paths
from giamngheo.cli import commands
from giamngheo.inputs.extraction.confirm import Lack
from giamngheo.inputs.extraction.folder import TEXT, lay_out, read_waiting
from giamngheo.inputs.extraction.propose import propose, propose_from
from giamngheo.inputs.extraction.text import as_text
from giamngheo.report.review_page import review_page, write_review
from giamngheo.report.review_text import MOST_LINES
from giamngheo.report.wording import Page
from tests.helpers import CHROMIUM, assert_clean, needs_chromium, read_aloud
from tests.inputs.test_confirm import PLAN

PLANS = paths.ROOT / "tests" / "inputs" / "plans"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    text, found = propose_from(PLANS / "bac-son" / "decision.txt")
    return lay_out(tmp_path_factory.mktemp("review") / "bac-son", text, found, write_review)


def card(markup, name):
    """What stands on a page of one row (str)."""
    return markup[markup.index(f'id="{name}"') :].partition("</section>")[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_proposal_leads_to_its_letters_and_back(folder, lang):
    markup = (folder / f"review.{lang}.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="http', markup)
    assert_clean(re.sub(r"<script>.*</script>|https?://", "", markup, flags=re.DOTALL))
    for each in read_waiting(folder):
        assert f'id="{each.name}"' in markup
        for column, (start, end) in each.proposal.places.items():
            anchor = f"at-{each.name}-{column}" if column else f"at-{each.name}"
            after = markup[markup.index(f'<span id="{anchor}"></span>') :]
            said = (folder / TEXT).read_text(encoding="utf-8")[start:end].partition("\n")[0]
            assert read_aloud(after[:8_000].partition("</p>")[0]).startswith(said)
    assert not re.search(r"\bNone\b|near_poor<|ethnic_minority<", markup)


@pytest.mark.parametrize(
    ("lang", "words", "other"),
    [
        ("vi", ["44.120", "31/12/2011", "hộ nghèo"], r",\d{3}\.?"),
        ("en", ["44,120", "31 December 2011", "poor households"], r"\.\d{3},?"),
    ],
)
def test_figures_and_days_are_written_as_the_language_does(folder, lang, words, other):
    markup = (folder / f"review.{lang}.html").read_text(encoding="utf-8")
    told = [read_aloud(cell) for cell in re.findall(r'<b class="is">(.*?)</b>', markup)]
    assert set(words) <= set(told)
    assert not [cell for cell in told if re.fullmatch(rf"\d+{other}\d*|\d{{4}}-\d\d-\d\d", cell)]


@pytest.mark.parametrize(("lang", "words"), [("vi", "chưa chắc chắn"), ("en", "in doubt")])
def test_what_is_in_doubt_says_why(folder, lang, words):
    waiting = read_waiting(folder)
    markup = review_page(Page(None, lang), "x", (folder / TEXT).read_text(encoding="utf-8"), waiting)
    low = [each for each in waiting if each.proposal.confidence == "low"]
    assert low
    for each in low:
        told = card(markup, each.name)
        assert words in told and 'class="why">(' in told and 'data-act="yes"' in told
        assert f'href="#{each.name}"><code>' in markup.partition('class="review"')[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_lacking_is_said_with_the_cell_to_fill_in(folder, lang):
    lacks = [
        Lack("poverty.1", "persons", "is empty"),
        Lack("budget", "", "no row"),
        Lack("targets.1", "locator", "bad"),
    ]
    markup = review_page(Page(None, lang), "x", "", read_waiting(folder), lacks)
    assert re.search(
        r'<li class="open lack">[^<]*<b class="is">[^<]*</b> <span class="why">', card(markup, "poverty.1")
    )
    head = markup.partition('class="review"')[0]
    assert head.count("<li>", head.index('class="lacks"')) == 4  # what is in doubt, and these
    assert ("no row" in head and "bad" in head) == (lang == "en")


@pytest.mark.parametrize(("lang", "words"), [("vi", "có thể là 5,02"), ("en", "perhaps 5.02")])
def test_a_cell_that_a_fault_names_is_open_with_it(folder, lang, words):
    lacks = [Lack("targets.1", "value_pct", "no level; lead to status=poor, comparator=<=, value_pct=5.02")]
    waiting = read_waiting(folder)
    first = next(each for each in waiting if each.name == "targets.1")
    first.proposal.cells.update(status="poor", comparator="", value_pct="")
    told = card(review_page(Page(None, lang), "x", "", waiting, lacks), "targets.1")
    assert words in told and told.count('<li class="open lack">') == 2


@pytest.mark.parametrize(("place", "typed"), [("a/bac-son", "a/bac-son"), ("a b/c", '"a b/c"')])
def test_the_page_says_what_to_type(folder, place, typed):
    markup = review_page(Page(None, "en"), place, "", read_waiting(folder))
    assert (
        read_aloud(markup).count(f"giamngheo confirm {typed}") == 6
    )  # by hand, and what the page puts together


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_was_not_read_leads_to_its_line(folder, lang):
    rows = [{"kind": "money", "line": "6", "locator": "preamble 1", "words": "12 tỷ <đồng>"}]
    text = (folder / TEXT).read_text(encoding="utf-8")
    markup = review_page(Page(None, lang), "x", text, read_waiting(folder), unread=rows)
    assert "“12 tỷ &lt;đồng&gt;”" in markup and 'href="#line-6"' in markup and 'id="line-6"' in markup


def test_of_a_long_text_the_lines_around_proposals_are_shown(folder):
    text = (folder / TEXT).read_text(encoding="utf-8") + "\ndòng thừa" * (MOST_LINES + 1)
    markup = review_page(Page(None, "vi"), "x", text, read_waiting(folder))
    assert markup.count("dòng thừa") < 5


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright to open pages with")
    with playwright.sync_playwright() as started:
        yield started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@needs_chromium
@pytest.mark.parametrize(("lang", "width"), [("vi", 360), ("en", 1366)])
def test_the_command_that_the_page_puts_together_makes_a_package(browser, tmp_path, monkeypatch, lang, width):
    monkeypatch.chdir(tmp_path)
    folder = lay_out(tmp_path / "hoa-phu", (text := as_text(PLAN)), propose(text), write_review)
    number = {"vi": ("700.000", "12,50"), "en": ("700,000", "12.50")}[lang]
    page = browser.new_page(viewport={"width": width, "height": 740})
    faults = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((folder / f"review.{lang}.html").as_uri())
    for name in ("poverty.1", "poverty.2", "poverty.3"):
        page.locator(f'[id="{name}"] [data-act=yes]').check()
    page.locator('[id="poverty.1"] [data-act=edit]').click()
    page.locator('[id="poverty.1"] [name=rate_pct]').fill(number[1])
    for name in ("lines.1", "lines.2"):
        page.locator(f'[id="{name}"] [name=poor_vnd_month]').fill(number[0])
    page.locator('[id="documents.1"] [data-act=drop]').check()
    page.locator('[id="documents.1"] [data-act=drop]').uncheck()
    page.locator('[id="documents.1"] [data-act=edit]').click()
    page.locator('[id="documents.1"] [name=accessed]').fill("5/3/2018" if lang == "vi" else "2018-03-05")
    page.locator("[data-form=new-budget]").click()  # and left as it is
    page.locator("[data-form=new-documents]").click()
    for name, words in {
        "document": "law",
        "title": "Luật “mới”",
        "issuer": "Quốc hội",
        "licence": "x",
    }.items():
        page.locator(f"[data-table=documents] [name={name}]").fill(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    left, command = page.locator(".bar p").inner_text(), page.locator(".bar code").inner_text()
    page.reload()
    assert page.locator(".bar code").inner_text() == command
    assert page.locator('[id="poverty.1"] [name=rate_pct]').input_value() == number[1]
    assert page.locator("[data-table=documents] [name=title]").is_visible()
    page.close()
    assert not faults and re.findall(r"\d+", left) == ["0", "0"]
    name, *call = shlex.split(command)
    monkeypatch.setattr("sys.argv", [name, *call])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == 0
    package = load_package(folder)
    assert {row.poor_vnd_month for row in package.poverty_lines} == {700_000}
    assert str(package.readings[0].rate_pct) == "12.50"
    assert "Luật “mới”" in {row.title for row in package.documents}
    assert str(package.main_document.accessed) == "2018-03-05"


@needs_chromium
def test_what_was_typed_is_kept_for_its_own_rows_alone_or_leaving_asks(browser, tmp_path):
    folder = lay_out(tmp_path / "hoa-phu", (text := as_text(PLAN)), propose(text), write_review)
    file, field = folder / "review.en.html", '[id="lines.1"] [name=poor_vnd_month]'
    page = browser.new_page()
    page.goto(file.as_uri())
    page.locator(field).fill("700,000")
    markup = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r'data-made="\w+"', 'data-made="other"', markup), encoding="utf-8")
    page.reload()
    assert page.locator(field).input_value() == ""
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error() }")
    page.reload()
    page.locator(field).press_sequentially("7")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    page.close()
