"""The what-if inside a page, in a browser: its numbers are Python's, it answers at once, and it asks nobody else."""

import base64
import json
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from helpers import CHROMIUM, needs_chromium, settled

from giamngheo import load_package, paths
from giamngheo.cli import commands
from giamngheo.forecasting.draws import draw, override
from giamngheo.inputs.scenario import load_scenario
from giamngheo.inputs.skeleton import new_package
from giamngheo.language import say
from giamngheo.report import pages
from giamngheo.report.explore import what_if
from giamngheo.report.wording import Page
from giamngheo.simulation.counterfactual import counterfactual
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.portable import picked, portable_model
from giamngheo.simulation.response import Response
from giamngheo.simulation.shared_draws import shared_draws
from giamngheo.simulation.targets import households_above, target_chances

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright to open pages with")
pytestmark = needs_chromium

LANGS = ("vi", "en")
MOST_OFF = 0.002  # of a chance: 0.2 points
ANSWER_MS, SHARES = 50, (0.1, 0.5, 0.9)  # of a drag, and how far along a control it goes
SHOWN = """[...document.querySelectorAll('#what-if td[data-case]')]
    .map(({dataset}) => [dataset.case, dataset.target, Number(dataset.chance)])"""
GO = """async fragment => {
  const heard = new Promise(resolve => addEventListener('hashchange', () => setTimeout(resolve), {once: true}));
  location.hash = fragment;
  await heard;
}"""
MESSAGE = ".what-if-message"


class Whole:
    """A package with all that its page is made from."""

    def __init__(self, package, folder, draws):
        self.package, self.folder = package, folder
        self.shared = shared_draws(package, draws=draws, seed=0)
        self.full = simulate(package, "full_plan", shared=self.shared)
        self.model = portable_model(self.full, self.shared)
        self.picks, self._drawn = picked(self.full, self.model["n"]), {}

    def page(self, lang, package=None):
        """The file of a page that holds the panel and little else."""
        page = Page(package or self.package, lang)
        full, shared = (replace(each, package=page.package) for each in (self.full, self.shared))
        shown = what_if.panel(page, full, shared)
        html = pages.page_of(page, "What if", "", "", [], shown.index_html, [], script=what_if.script())
        path = self.folder / f"{lang}.html"
        path.write_text(html, encoding="utf-8")
        return path

    def on_same_draws(self, keys, r):
        """Chances and median households above, by the package's own response on the draws that the page carries."""
        scenario, shared = load_scenario(keys, self.package), self.shared
        register = override(shared.register, scenario.assumptions)
        drawn = {name: self.drawn(row) for name, row in register.items()}
        trend = shared.trend_under({k: v for k, v in scenario.assumptions.items() if k == "gap_moves"})
        found = counterfactual(self.package, trend, scenario, register, drawn, r, self.picks)
        response, groups = Response(found, scenario), {each["group"] for each in self.model["targets"]}
        rates = {key: values for group in groups for key, values in response.rates(group=group).items()}
        case = SimpleNamespace(draws=rates, years=trend.years, households=found.households.T)
        above = households_above(self.package, case)
        return target_chances(self.package, case), {key: float(np.median(n)) for key, n in above.items()}

    def drawn(self, row):
        key = row.name, row.distribution, row.parameters
        if key not in self._drawn:
            self._drawn[key] = draw(row, self.shared.seed, self.shared.draws)[self.picks]
        return self._drawn[key]


@pytest.fixture(scope="module")
def whole(package, tmp_path_factory):
    return Whole(package, tmp_path_factory.mktemp("what_if"), 20_000)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser):
    """Open a file without a network: ``visit(path, fragment)`` gives its page; its faults are none at the end."""
    faults, contexts = [], []

    def go(path, fragment="", faultless=True, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        opened = context.new_page()
        if faultless:
            opened.on("console", lambda said: faults.append(said.text))
            opened.on("pageerror", lambda error: faults.append(str(error)))
            opened.on(
                "request", lambda asked: asked.url.startswith(("file:", "blob:")) or faults.append(asked.url)
            )
        context.set_offline(True)
        opened.goto(path.as_uri() + fragment)
        return settled(opened) if options.get("java_script_enabled", True) else opened

    yield go
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def module(browser, whole):
    """The module alone, with the model: ``module("toYaml(model, given, …)", given)``."""
    opened = browser.new_page()
    source = base64.b64encode(what_if.module().encode()).decode()
    load = """async ([source, packed]) => {
        window.module = await import('data:text/javascript;base64,' + source);
        window.model = module.unpack(packed);
    }"""
    opened.evaluate(load, [source, whole.model])
    yield lambda code, given=None: opened.evaluate(f"given => {{ with (module) return {code}; }}", given)
    opened.close()


def shown(opened, fragment):
    """Chances that the page shows under a setting: {case: {target: chance}}."""
    opened.evaluate(GO, fragment)
    return now(opened)


def now(opened):
    """Chances that the page shows: {case: {target: chance}}."""
    found = {}
    for case, target, chance in opened.evaluate(f"() => {SHOWN}"):
        found.setdefault(float(case), {})[target] = chance
    return found


def settings(n, seed=12):
    """Ends of addresses with random settings, those of one hard core and gap side by side: each takes a forecast."""
    rng = np.random.default_rng(seed)
    names = {
        "s": ("central", "provincial", "mobilised"),
        "c": ("credit", "cost_relief", "cash"),
        "l": ("em_land", "health"),
    }
    found = []
    for number in range(n):
        parts = [f"core={[0.5, 1.5, 2][number % 3]}"] if number % 4 == 0 else []
        parts += [f"gap={[0, 0.5][number % 2]}"] if number % 5 < 2 else []
        years = (
            [f"y={rng.integers(0, 301)}"]
            if rng.random() < 0.5
            else [f"y{year}={rng.integers(0, 301)}" for year in (2013, 2014, 2015)]
        )
        parts += years + [
            f"{short}.{rng.choice(of)}={rng.integers(0, 301)}"
            for short, of in names.items()
            if rng.random() < 0.5
        ]
        parts += [f"delay={rng.integers(1, 13) / 4}"] if rng.random() < 0.4 else []
        parts += [f"r={rng.choice([0, 0.25, 0.6])}"] if rng.random() < 0.5 else []
        parts += (
            [f"shock={rng.integers(2012, 2016)}:{rng.choice(['flood_year', '0.1'])}"]
            if rng.random() < 0.4
            else []
        )
        parts += [f"growth={rng.integers(-20, 41) / 10}"] if rng.random() < 0.4 else []
        found.append("&".join(["what-if", *parts]))
    return sorted(found)


def keys_of(module, fragment):
    """The scenario's keys of a setting, by the file that the page would write."""
    text = module("toYaml(model, fromFragment(model, given), {vi: 'x', en: 'x'})", fragment)
    return yaml.safe_load(text)


def test_the_chances_are_those_of_python_on_the_same_draws(whole, visit, module):
    opened, off = visit(whole.page("en")), {}
    for fragment in settings(40):
        keys = keys_of(module, fragment)
        for r, chances in shown(opened, fragment).items():
            ours, _ = whole.on_same_draws(keys, r)
            assert set(ours) == set(chances)
            off[fragment, r] = max(abs(chances[key] - ours[key]) for key in ours)
    assert len(off) >= 80 and max(off.values()) <= MOST_OFF, max(off.items(), key=lambda pair: pair[1])
    assert np.mean(list(off.values())) < MOST_OFF / 5


def test_the_module_counts_households_as_python_does(whole, module):
    for fragment in settings(5, seed=3):
        keys, found = (
            keys_of(module, fragment),
            module("evaluate(model, fromFragment(model, given), 0.3)", fragment),
        )
        _, ours = whole.on_same_draws(keys, 0.3)
        for key, n in ours.items():
            assert found["above"][key] == pytest.approx(n, abs=100)


def test_the_few_draws_stand_for_all(whole, module):
    for fragment in ("what-if&gap=1", *settings(4, seed=5)):
        keys = keys_of(module, fragment) | {"id": "mine"}
        simulation = simulate(whole.package, keys, shared=whole.shared)
        for r in (1, 0):
            found = module("evaluate(model, fromFragment(model, given[0]), given[1]).chances", [fragment, r])
            for key, p in simulation.by_case[r].items():
                error = np.sqrt(max(p * (1 - p), 0.001) / whole.model["n"])
                limit = 0.0015 if fragment == "what-if&gap=1" else 3 * error  # the plan: picked for it
                assert found[key] == pytest.approx(p, abs=limit), (fragment, r, key)


def test_the_model_is_small(whole):
    assert len(json.dumps(whole.model, separators=(",", ":"))) <= 300_000
    assert whole.model["n"] == 2_000


@pytest.mark.parametrize("years", [5, 10])
def test_the_model_of_a_longer_plan_is_as_small(package, years):
    last = package.labels.first_year + years - 1
    ends = {"as_of": date(last, 12, 31)}
    targets = tuple(row.model_copy(update=ends) if row.as_of else row for row in package.targets)
    labels = package.labels.model_copy(update={"last_year": last})
    longer = replace(package, targets=targets, labels=labels)
    shared = shared_draws(longer, draws=2_000, seed=0)
    model = portable_model(simulate(longer, "full_plan", shared=shared), shared)
    assert len(json.dumps(model, separators=(",", ":"))) <= 300_000
    assert model["programme"][-1] == last and model["n"] >= 1_000


DRAG = """([place, share]) => {
  const input = document.querySelectorAll('#what-if input[type=range]')[place];
  input.value = Number(input.min) + (Number(input.max) - Number(input.min)) * share;
  input.dispatchEvent(new Event('input'));
  void document.body.offsetHeight;  // laid out too
}"""


def test_a_drag_is_answered_at_once(whole, visit):
    """In processor time of the page's own thread: other work on this machine adds to what a clock would say."""
    opened = visit(whole.page("en"))
    session = opened.context.new_cdp_session(opened)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent_ms():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def took(place, share):
        before = spent_ms()
        opened.evaluate(DRAG, [place, share])
        return spent_ms() - before

    controls = opened.locator("#what-if input[type=range]").count()
    medians = [np.median([took(place, share) for share in SHARES]) for place in range(controls)]
    assert controls > 20 and min(medians) > 0 and max(medians) < ANSWER_MS, medians


def test_the_file_is_a_scenario_that_the_command_line_takes(whole, visit, tmp_path, monkeypatch, capsys):
    opened = visit(
        whole.page("vi"),
        "#what-if&y=50&s.mobilised=0&c.credit=150&delay=0.5&shock=2014:flood_year&growth=1.5&gap=0.5",
    )
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Tải về tệp kịch bản").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert load_scenario(path, whole.package).title["vi"] == "Thử đổi kinh phí và điều kiện (An Giang)"
    monkeypatch.setattr(
        sys, "argv", ["giamngheo", "simulate", "--scenario", str(path), "--json", "--draws", "20000"]
    )
    monkeypatch.setattr(commands, "log_to_file", lambda: "a log")
    with pytest.raises(SystemExit) as end:
        commands.main()
    said = json.loads(capsys.readouterr().out)
    assert not end.value.code
    for case, name in ((1.0, "continued"), (0.0, "new")):
        for key, p in now(opened)[case].items():
            assert p == pytest.approx(said["cases"][name][key], abs=3 * np.sqrt(p * (1 - p) / 2_000))
    other = visit(whole.page("vi"))
    other.set_input_files("#what-if input[type=file]", path)
    other.get_by_text("Đã mở kịch bản “Thử đổi kinh phí và điều kiện (An Giang)”.").wait_for()
    assert now(other) == now(opened) and other.url == opened.url


BROKEN = (
    "y=301",
    "y=half",
    "n=1",
    "core=0.3",
    "shock=1999:flood_year",
    "l.__proto__=5",
    "s.central",
    "%E0%A4%A",
)


def test_an_address_keeps_the_setting_and_a_broken_one_is_told(whole, visit, module):
    for fragment in settings(40):
        again = module("toFragment(model, fromFragment(model, given))", fragment)
        assert module("fromFragment(model, given)", again) == module("fromFragment(model, given)", fragment)
    opened = visit(whole.page("en"))
    plan = now(opened)
    slider = opened.get_by_label("All of the money")
    slider.focus()
    for _ in range(3):
        opened.keyboard.press("PageDown")
    assert "of 2,155 billion VND" in slider.get_attribute("aria-valuetext")
    opened.wait_for_url("**#what-if&y=*")
    assert now(opened) != plan
    assert now(visit(whole.page("en"), "#" + opened.url.partition("#")[2])) == now(opened)
    opened.get_by_role("button", name="Back to the plan").click()
    assert now(opened) == plan and "#" not in opened.url
    for broken in BROKEN:
        assert shown(opened, f"what-if&{broken}") == plan and "cannot be read" in opened.inner_text(
            MESSAGE
        ), broken
        assert shown(opened, "what-if&y=0") != plan and not opened.inner_text(MESSAGE)
    assert now(visit(whole.page("en"), "#methods")) == plan


def test_a_link_to_a_section_keeps_the_setting_in_the_address(whole, visit):
    opened = visit(whole.page("en"), "#what-if&y=50")
    address, chances = opened.url, now(opened)
    opened.evaluate(
        """() => {
          const section = '<h2 id="far" style="margin-top:4000px">x</h2>';
          document.querySelector('main').insertAdjacentHTML('beforeend', section);
          document.querySelector('main').insertAdjacentHTML('afterbegin', '<a href="#far">to it</a>');
        }"""
    )
    before = opened.evaluate("scrollY")
    opened.get_by_text("to it").click()
    opened.wait_for_function("address => location.href === address", arg=address)
    assert opened.evaluate("scrollY") > before + 1000 and now(opened) == chances
    assert now(visit(whole.page("en"), "#" + opened.url.partition("#")[2])) == chances


HALF = """title: {vi: Một nửa, en: Half}
funding:
  by_source: {provincial: 0.5}  # half
delay_years: 1
shock: {2014: flood_year}
"""
BLOCKS = """title: {vi: 'a', en: "b"}
funding:
  all:
    2014: 0
  by_channel: {income: 0.5, credit: 2}
  keep_total: false
"""
FILES = {  # to the setting's address, or to what the refusal names
    HALF: "what-if&s.provincial=50&delay=1&shock=2014:flood_year",
    BLOCKS: "what-if&y2013=100&y2014=0&y2015=100&c.livelihood=50&c.training=50",
    "assumptions:\n  hard_core_pct: {fixed: 1.0}\ncontinuity: 0.25\n": "what-if&r=0.25&core=1",
    "funding: {all: 2}\nphasing: front\n": "phasing",
    "funding: {all: 2, keep_total: true}\n": "keep_total",
    "funding: {all: 4}\n": "all",
    "funding: {by_line: {nothing: 2}}\n": "by_line: nothing",
    "funding: [1, 2]\n": "[1, 2]",
    "assumptions: {return_credit: {fixed: 0.1}}\n": "return_credit",
    "shock: {2014: 0.1, 2015: 0.1}\n": "shock",
    "based_on: double\n": "based_on",
    "<b>not</b> yaml": "<b>not</b> yaml",
    "funding: 0.5\n": "funding",
    "funding: {by_source: 0.5}\n": "by_source",
    "funding: {by_line: 3}\n": "by_line",
    "funding: {by_channel: {constructor: 1}}\n": "by_channel: constructor",
    "assumptions: 1\n": "assumptions",
    "shock: {}\n": "shock",
    "shock: 2014\n": "shock",
    "shock: {2014: {size: 0.1}}\n": "shock",
    "funding: {by_channel: {income: 3, credit: 3}}\n": "by_channel: credit: 900 %",
    "funding: {by_channel: {credit: 4, income: 0.5}}\n": "what-if&c.livelihood=50&c.training=50&c.credit=200",
}


@pytest.mark.parametrize("text", FILES)
def test_a_file_is_read_as_it_is_or_refused_with_the_key(module, text):
    read = "try { return toFragment(model, fromYaml(model, given).setting); } catch (fault) { return fault.message; }"
    found, told = module(f"(() => {{ {read} }})()", text), FILES[text]
    if told.startswith("what-if&"):
        assert module("fromFragment(model, given)", found) == module("fromFragment(model, given)", told)
    else:
        assert told in found.split(": ") if told.isidentifier() else told in found


def test_names_that_yaml_takes_for_values_stay_names(module):
    names = {"no": 50, "on": 20, "null": 10, "1e3": 0}
    text = module("toYaml(model, {...plan(model), lines: given}, {vi: 'x', en: 'x'})", names)
    assert yaml.safe_load(text)["funding"]["by_line"] == {key: share / 100 for key, share in names.items()}


def test_the_scenarios_that_serve_every_province_are_read_as_python_reads_them(whole, module):
    for name in (
        "thirty_percent_short",
        "credit_only",
        "one_year_late",
        "plan_is_new",
        "fixed_gap",
        "flood_2014",
    ):
        scenario = load_scenario(name, whole.package)
        text = (paths.DATA / "scenarios" / f"{name}.yml").read_text(encoding="utf-8")
        ask = "(({setting}) => evaluate(model, setting, setting.continuity).chances)(fromYaml(model, given))"
        ours, _ = whole.on_same_draws(scenario, scenario.continuity)
        assert module(ask, text) == pytest.approx(ours, abs=MOST_OFF), name


def test_only_the_page_s_own_script_runs(whole, visit, tmp_path):
    text = whole.page("en").read_text(encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(text.replace("</main>", "<script>window.foreign = 1</script></main>"), encoding="utf-8")
    opened = visit(path, faultless=False)
    assert opened.evaluate("window.foreign") is None and now(opened)
    path.write_text(text.replace("const AROUND", "window.foreign = 1; const AROUND"), encoding="utf-8")
    changed = visit(path, faultless=False)
    assert changed.evaluate("window.foreign") is None and now(changed) == {}
    assert changed.locator("#what-if table").is_visible()


def test_where_it_cannot_run_the_table_is_shown(whole, visit, tmp_path):
    path = tmp_path / "page.html"
    text = whole.page("en").read_text(encoding="utf-8")
    path.write_text(text.replace('"columns":', '"rows":'), encoding="utf-8")
    assert visit(path, faultless=False).locator("#what-if tbody tr").count() == 4


@pytest.mark.parametrize("lang", LANGS)
def test_without_scripts_there_is_a_table_of_the_main_cases(whole, visit, lang):
    opened = visit(whole.page(lang), java_script_enabled=False)
    rows = opened.locator("#what-if tbody tr")
    assert rows.count() == 4 and opened.locator("#what-if table").is_visible()
    chance = (
        f"{100 * whole.full.by_case[1]['poor_2015']:.0f} % / {100 * whole.full.by_case[0]['poor_2015']:.0f} %"
    )
    assert rows.first.locator("td").first.inner_text() == chance
    assert visit(whole.page(lang)).locator("#what-if table").count() == 1


def test_the_legend_tells_of_what_is_drawn(whole, visit):
    opened, dotted = visit(whole.page("en"), "#what-if&y=50"), say("explore.word.legend_plan", "en")
    assert opened.locator("#what-if path.plan").count() == 2 and dotted in opened.inner_text("#what-if")
    shown(opened, "what-if&y=50&r=0.5")
    assert opened.locator("#what-if path.plan").count() == 0 and dotted not in opened.inner_text("#what-if")


def test_small_numbers_are_told_as_such(whole, visit, module):
    opened = visit(whole.page("en"), "#what-if&delay=1")
    assert opened.get_by_label("The money comes late").get_attribute("aria-valuetext") == "one year late"
    ask = "evaluate(model, fromFragment(model, given), 0).above.poor_2015"
    low, high = 0, 300  # percent of the money: between these, the median goes from many to none
    while not 0 < module(ask, f"what-if&y={(low + high) / 2}") < 50:
        many = module(ask, f"what-if&y={(low + high) / 2}") > 0
        low, high = ((low + high) / 2, high) if many else (low, (low + high) / 2)
    shown(opened, f"what-if&y={(low + high) / 2}")
    told = opened.inner_text("#what-if td[data-case='0'][data-target=poor_2015]")
    assert "fewer than 50 households above" in told and "no household above" not in told


def test_a_reading_stands_at_its_day(whole):
    day = {date(2010, 12, 31): date(2011, 6, 30)}
    moved = [
        row.model_copy(update={"as_of": day.get(row.as_of, row.as_of)}) for row in whole.package.readings
    ]
    page = Page(replace(whole.package, readings=tuple(moved)), "en")
    readings = what_if.handed(page, whole.full, whole.shared)["readings"]
    assert {each["at"] for each in readings} == {2010.496, 2011}


def test_half_of_the_money_is_told_by_what_moves_and_by_how_many_targets_there_are(whole):
    def sentence(package, *chances):
        full, half = (SimpleNamespace(by_case={r: {"both": p} for r, p in each.items()}) for each in chances)
        return what_if._half(Page(package, "en"), {"full": full, "half": half})

    one = replace(whole.package, targets=tuple(row for row in whole.package.targets if row.status == "poor"))
    told = sentence(whole.package, {1: 0.004, 0: 0.5}, {1: 0.001, 0: 0.25})
    assert "meets both targets stays at under 1 % if" in told and "and goes from 50 % to 25 % if" in told
    assert "meets the target goes from" in sentence(one, {1: 0.4, 0: 0.5}, {1: 0.1, 0: 0.25})
    cases = {"full": simulate(one, "full_plan", shared=replace(whole.shared, package=one))}
    assert "All targets" not in what_if.cases_table(Page(one, "en"), cases).text


@pytest.mark.parametrize("lang", LANGS)
def test_names_from_the_package_are_text(whole, visit, lang, tmp_path):
    hostile = (
        "</script><script>window.foreign = 1</script><img src=x onerror=alert(1)> \"'& \u202eright\u202c "
        + "dài " * 75
    )
    lines = tuple(
        row.model_copy(update={"name_vi": hostile, "name_en": hostile}) for row in whole.package.budget_lines
    )
    labels = whole.package.labels.model_copy(update={"province_vi": hostile, "province_en": hostile})
    package = replace(whole.package, budget_lines=lines, labels=labels)
    opened = visit(whole.page(lang, package), viewport={"width": 360, "height": 740})
    opened.evaluate(
        "() => document.querySelectorAll('#what-if details').forEach(each => { each.open = true; })"
    )
    label = opened.locator("#what-if label", has_text="onerror").first
    assert label.text_content() == hostile and label.is_visible()
    assert (
        opened.locator("#what-if img, #what-if script").count() == 0
        and opened.evaluate("window.foreign") is None
    )
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    with opened.expect_download() as download:
        opened.locator("#what-if .what-if-buttons button").nth(1).click()
    path = tmp_path / "what_if.yml"
    download.value.save_as(path)
    assert hostile.strip() in load_scenario(path, package).title[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_worked_by_keyboard_told_aloud_and_left_off_paper(whole, visit, lang):
    opened = visit(whole.page(lang), viewport={"width": 360, "height": 740})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    scale = "e => 11 * e.getBoundingClientRect().width / e.viewBox.baseVal.width"
    assert opened.locator("#what-if svg").first.evaluate(scale) > 10  # CSS pixels of the smallest text
    for control in opened.locator("#what-if input, #what-if select").all():
        assert opened.locator(f"label[for={control.get_attribute('id')}]").count() == 1
    slider = opened.locator("#what-if input[type=range]").first
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") != before and "99" in slider.get_attribute("aria-valuetext")
    opened.locator("#what-if output", has_text=say("explore.word.continued", lang)).wait_for(state="attached")
    opened.emulate_media(media="print")
    assert "99" in opened.locator(".what-if-differs").inner_text()  # on paper, what is set in words
    assert (
        not opened.locator(".what-if-controls").is_visible() and opened.locator("#what-if table").is_visible()
    )


def test_a_target_of_a_group_is_judged_among_the_group(package, visit, tmp_path):
    own = {"target": "minority", "group": "ethnic_minority", "value_pct": Decimal(15)}
    target = next(row for row in package.targets if row.status == "poor").model_copy(update=own)
    whole = Whole(replace(package, targets=(*package.targets, target)), tmp_path, 1_000)
    for r, chances in now(visit(whole.page("en"), "#what-if&y=50&l.em_land=300&r=0.5")).items():
        ours, _ = whole.on_same_draws({"funding": {"all": 0.5, "by_line": {"em_land": 3}}}, r)
        assert 0 < ours["minority"] < 1 and chances == pytest.approx(ours, abs=MOST_OFF)


def test_programme_years_already_read_are_left_to_the_readings(package, visit, tmp_path):
    labels = package.labels.model_copy(update={"first_year": 2011})  # read to the end of 2011
    whole = Whole(replace(package, labels=labels), tmp_path, 1_000)
    found = now(visit(whole.page("en"), "#what-if&y=50&l.em_land=300"))
    assert set(found) == {1, 0}
    for r, chances in found.items():
        ours, _ = whole.on_same_draws({"funding": {"all": 0.5, "by_line": {"em_land": 3}}}, r)
        assert 0 < ours["poor_2015"] < 1 and chances == pytest.approx(ours, abs=MOST_OFF)


def test_of_two_targets_for_one_status_no_household_is_counted_twice(package, module, tmp_path):
    own = {"target": "poor_1", "value_pct": Decimal(1)}
    stricter = next(row for row in package.targets if row.status == "poor").model_copy(update=own)
    whole = Whole(replace(package, targets=(*package.targets, stricter)), tmp_path, 1_000)
    for r in (1, 0):
        found = module("evaluate(unpack(given[0]), plan(given[0]), given[1]).above", [whole.model, r])
        _, ours = whole.on_same_draws({}, r)
        assert found == pytest.approx(ours, abs=100) and ours["poor_1"] > ours["poor_2015"] > 0


def test_another_province_has_its_own(visit, tmp_path):
    """Other years, sources, lines and targets; then without a near-poor line, and without counts."""
    whole = Whole(load_package(new_package(tmp_path / "vi-du")), tmp_path, 1_000)
    opened = visit(whole.page("vi"), "#what-if&y2025=50&s.central=80&l.health=200&core=0.5&gap=0")
    keys = {
        "funding": {"all": {2025: 0.5}, "by_source": {"central": 0.8}, "by_line": {"health": 2}},
        "assumptions": {"hard_core_pct": {"fixed": 0.5}, "gap_moves": {"fixed": 0}},
    }
    for r, chances in now(opened).items():
        assert chances == pytest.approx(
            whole.on_same_draws(keys, r)[0], abs=0.01
        )  # fewer draws: coarser quantiles
    poor = [row for row in whole.package.readings if row.status == "poor"]
    lines = [row.model_copy(update={"near_poor_vnd_month": None}) for row in whole.package.poverty_lines]
    targets = [row for row in whole.package.targets if row.status == "poor"]
    plain = replace(whole.package, readings=tuple(poor), poverty_lines=tuple(lines), targets=tuple(targets))
    alone = Whole(plain, tmp_path, 1_000)
    opened = visit(alone.page("en"), "#what-if&y=50")
    for r, chances in now(opened).items():
        assert set(chances) == {"poor_2027"}
        assert chances["poor_2027"] == pytest.approx(
            alone.on_same_draws({"funding": {"all": 0.5}}, r)[0]["poor_2027"], abs=MOST_OFF
        )
    assert opened.get_by_label("near-poor threshold").count() == 0
    uncounted = replace(plain, readings=tuple(row.model_copy(update={"households": None}) for row in poor))
    left_out = what_if.panel(Page(uncounted, "en"), None, None)
    assert left_out.index_html is None and "left out of this page" in left_out.text
