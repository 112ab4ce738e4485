"""The what-if in a notebook: what is set is a scenario for Python, and the page's own module draws it."""

import base64
import json
import shutil
from dataclasses import replace
from fractions import Fraction

import pytest
import yaml
from helpers import CHROMIUM, needs_chromium

import giamngheo
from giamngheo import load_package, load_scenario, paths, simulate
from giamngheo.cli import commands
from giamngheo.inputs.errors import RefusedInput
from giamngheo.report.explore import what_if
from giamngheo.report.wording import Page
from giamngheo.simulation.shared_draws import shared_draws

HALF = """title: {vi: "Một nửa", en: "Half"}
funding:
  all: 0.5
  by_source: {"provincial": 0.8}
delay_years: 0.5
shock: {2014: flood_year}
assumptions:
  gap_moves: {fixed: 0.5}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A package that may be written to, and its shared draws."""
    folder = tmp_path_factory.mktemp("own") / "an-giang"
    shutil.copytree(paths.PACKAGE, folder)
    package = load_package(folder)
    return package, shared_draws(package, draws=400, seed=1)


@pytest.fixture
def explorer(own):
    package, shared = own
    made = giamngheo.explore(package, lang="en", shared=shared)
    yield made
    (package.path / "scenarios" / "mine.yml").unlink(missing_ok=True)


def test_what_is_set_is_a_scenario_for_every_other_call(own, explorer):
    package, shared = own
    assert explorer.scenario.changes == {} and explorer.scenario.title["vi"].endswith("(An Giang)")
    explorer.file = HALF
    keys = yaml.safe_load(HALF)
    assert explorer.scenario == load_scenario(keys, package)
    assert "funding.all 0.5" in repr(explorer)
    ours = simulate(package, explorer.scenario, shared=shared)
    assert ours.by_case == simulate(package, keys, shared=shared).by_case


def test_what_is_saved_is_a_scenario_of_the_package(own, explorer, monkeypatch, capsys):
    package, shared = own
    explorer.file = HALF
    path = explorer.save("mine")
    assert path == package.path / "scenarios" / "mine.yml"
    assert load_scenario("mine", package) == explorer.scenario
    command = ["giamngheo", "simulate", "--scenario", "mine", "--package", str(package.path), "--json"]
    monkeypatch.setattr("sys.argv", [*command, "--draws", "400", "--seed", "1"])
    monkeypatch.setattr(commands, "log_to_file", lambda: "a log")
    with pytest.raises(SystemExit) as end:
        commands.main()
    said = json.loads(capsys.readouterr().out)
    assert not end.value.code
    assert said["cases"]["new"] == pytest.approx(simulate(package, "mine", shared=shared).by_case[0])


def test_a_name_is_checked_and_never_taken_from_another_scenario(own, explorer):
    package, _ = own
    known = set((package.path / "scenarios").iterdir())
    path = explorer.save("mine", title="Mine")
    before = path.read_text(encoding="utf-8")
    explorer.file = HALF
    with pytest.raises(RefusedInput, match=r"mine\.yml is there already; nearest: .*overwrite=True"):
        explorer.save("mine")
    assert path.read_text(encoding="utf-8") == before and "Mine" in before
    explorer.save("mine", overwrite=True)
    assert load_scenario("mine", package).title["en"] == "Half"
    for name in ("double", "full_plan", "ethnic_minority_first"):
        with pytest.raises(RefusedInput, match="is there already"):
            explorer.save(name)
    with pytest.raises(RefusedInput, match=r"is there already; nearest: another name$"):
        explorer.save("double", overwrite=True)
    for name, near in (("Của tôi", "cua_toi"), ("../mine", "mine"), ("", "mine")):
        with pytest.raises(RefusedInput, match=f"is not an id.*nearest: '{near}'"):
            explorer.save(name, overwrite=True)
    assert set(path.parent.iterdir()) == known | {path}


def test_what_cannot_be_is_refused(own):
    package, shared = own
    with pytest.raises(RefusedInput, match="nearest: 'en'"):
        giamngheo.explore(package, lang="eng", shared=shared)
    uncounted = tuple(row.model_copy(update={"households": None}) for row in package.readings)
    with pytest.raises(RefusedInput, match=r"counts the poor households.*nearest: give households"):
        giamngheo.explore(replace(package, readings=uncounted))
    with pytest.raises(RefusedInput, match="load_package"):
        giamngheo.explore("data/an-giang")


def test_counts_on_the_older_line_are_enough(package):
    """Case: `report` took such a plan and broke in `07_explore`; the model counts households on any line."""
    line = package.last_line[0].poverty_line
    none = {"households": None}
    readings = (row.model_copy(update=none) if row.poverty_line == line else row for row in package.readings)
    older = replace(package, readings=tuple(readings))
    shared, counted = shared_draws(older, draws=200, seed=0), older.last_counted()
    assert counted.poverty_line != line
    model = giamngheo.explore(older, lang="en", shared=shared).given["model"]
    assert model["households"]["count"] == pytest.approx(100 * counted.households / float(counted.rate_pct))
    shown = what_if.panel(Page(older, "en"), simulate(older, shared=shared), shared)
    assert Page(older, "en").say("explore.without_counts") not in shown.text


def test_where_no_kernel_is_words_stand_in_its_place_and_the_page_has_a_link(own, explorer, monkeypatch):
    assert explorer._esm.startswith(what_if.module())  # the page's own, no copy
    monkeypatch.setenv(paths.SHOWN_FOR, "notebook")
    data, metadata = explorer._repr_mimebundle_()
    assert "once this cell is run" in data["text/html"] and metadata == {}
    assert explorer.model_id not in data["text/plain"] + data["text/html"]
    monkeypatch.setenv(paths.SHOWN_FOR, "page")
    _, metadata = explorer._repr_mimebundle_()
    assert '<a href="index.html#explore">' in metadata["giamngheo"]["page"]
    package, shared = own
    assert giamngheo.explore(package, shared=shared).given == {}, (
        "no model is made for a page that shows none"
    )


HELD = """(() => {
  const heard = [], values = given;
  const change = (name, value) => {
    if (values[name] === value) return;
    values[name] = value;
    heard.filter(([to]) => to === `change:${name}`).forEach(([, call]) => call());
  };
  return {
    get: name => values[name], set: change, save_changes: () => (values.saved = (values.saved ?? 0) + 1),
    on: (to, call) => heard.push([to, call]),
    off: (to, call) => heard.splice(heard.findIndex(each => each[1] === call), 1), heard, values,
  };
})()"""


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright to open pages with")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@needs_chromium
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_widget_writes_what_is_set_and_shows_what_is_written(own, browser, lang):
    package, shared = own
    explorer = giamngheo.explore(package, lang=lang, shared=shared)
    source = base64.b64encode(explorer._esm.encode()).decode()
    page, faults = browser.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.evaluate(
        f"""async ([source, given]) => {{
          const {{default: widget}} = await import('data:text/javascript;base64,' + source);
          window.held = {HELD};
          window.ends = [0, 1].map(() => {{
            const el = document.body.appendChild(document.createElement('div'));
            return widget.render({{model: held, el}});
          }});
        }}""",
        [source, {"given": explorer.given, "file": explorer.file}],
    )
    views = page.locator(".what-if").all()
    assert len(views) == 2 and page.evaluate("held.values.file").startswith("title:")
    one, other = (view.locator("input[type=range]").first for view in views)
    one.focus()
    page.keyboard.press("PageDown")
    page.wait_for_function("held.values.file.includes('all: ')")
    share = int(one.input_value())
    explorer.file = page.evaluate("held.values.file")
    assert 0 < share < 100 and set(explorer.scenario.funding.all.values()) == {Fraction(share, 100)}
    assert other.input_value() == str(share), "another view of it shows the same"
    page.evaluate("file => held.set('file', file)", HALF)
    assert one.input_value() == "50"
    chances = page.evaluate(
        """() => [...document.querySelectorAll('td[data-case="0"]')]
            .map(({dataset}) => [dataset.target, Number(dataset.chance)])"""
    )
    assert page.evaluate("location.hash") == "" and faults == []
    words = views[0].inner_text()
    assert "explorer.scenario" in words and ("Mức kinh phí" in words) == (lang == "vi")
    page.evaluate("ends.forEach(end => end())")
    assert page.evaluate("held.heard.length") == 0
    # On so few draws all of them are in the widget: its chances are those of the simulation.
    explorer.file = HALF
    ours = simulate(package, explorer.scenario, shared=shared).by_case[0]
    assert dict(chances) == pytest.approx(ours, abs=1.5 / shared.draws)
