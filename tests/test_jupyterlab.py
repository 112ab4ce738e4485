"""Notebooks in a real JupyterLab, as someone sees them who opens them untrusted, runs them, and works in them."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from secrets import token_hex

import nbformat
import pytest
from helpers import CHROMIUM, needs_chromium

from giamngheo import paths
from giamngheo.runs.kernels.provisioner import NAME as WARM

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright to drive JupyterLab with")
pytestmark = needs_chromium

NAMES = [path.stem for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))]
each_notebook = pytest.mark.parametrize("name", NAMES)
START_S, RUN_S = 60, 180  # on a busy machine too
POLL_MS = 100
ON_TOP = ".jp-NotebookPanel:not(.lm-mod-hidden)"

SETTINGS = {
    "config/jupyter_lab_config.json": {
        "ServerApp": {"ip": "127.0.0.1", "port": 0, "open_browser": False, "allow_root": True},
        "LabApp": {
            "expose_app_in_browser": True,
            "extension_manager": "readonly",
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "news_url": None,
        },
    },
    # Cells out of sight are in the page too.
    "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
}
# Opened or, if it is open, shown; resolves once its kernel answers and its cells are drawn.
SHOW = """async path => {
  const panel = await jupyterapp.commands.execute('docmanager:open', {path});
  await panel.context.ready;
  await panel.revealed;
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
  await Promise.all(panel.content.widgets.map(cell => cell.ready));
}"""
# What the menu's items call, not waited for: all notebooks run side by side.
START = "command => { jupyterapp.shell.currentWidget.run = jupyterapp.commands.execute(command); }"
FINISH = "() => jupyterapp.shell.currentWidget.run"
IDLE = "() => !jupyterapp.shell.currentWidget.node.textContent.includes('[*]:')"
DRAWN = """() => {
  const panel = jupyterapp.shell.currentWidget;
  const code = panel.content.widgets.filter(cell => cell.model.type === 'code');
  const shown = cell => cell.node.querySelectorAll('.jp-OutputArea-output').length;
  return code.every(cell => shown(cell) >= cell.model.outputs.length)
    && [...panel.node.querySelectorAll('img')].every(image => image.complete);
}"""
LOOK = """() => {
  const panel = jupyterapp.shell.currentWidget.node;
  const all = selector => [...panel.querySelectorAll('.jp-OutputArea-output ' + selector)];
  const box = e => { const {width, height} = e.getBoundingClientRect(); return [width, height]; };
  const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT), words = [];
  while (texts.nextNode())
    if (texts.currentNode.parentElement.closest('.jp-OutputArea-output.jp-RenderedHTMLCommon'))
      words.push(texts.currentNode.data);
  return {
    images: all('img').map(e => [...box(e), e.naturalWidth, e.closest('.jp-OutputArea-output').clientWidth]),
    tables: all('table').filter(e => !e.closest('details:not([open])')).map(box),
    drawn: all('svg text').filter(e => box(e)[0] && !e.closest('.what-if')).map(e => e.textContent),
    words,
    errors: [...panel.querySelectorAll('[data-mime-type$="error"], [data-mime-type$="stderr"]')]
      .map(e => e.textContent),
    prompts: [...panel.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.textContent),
  };
}"""
CONTENTS = """async wanted => {
  const pane = '.jp-TableOfContents .jp-tocItem-content';
  const listed = () => [...document.querySelectorAll(pane)].map(e => e.textContent);
  for (let n = 0; n < 100 && !wanted.every(heading => listed().includes(heading)); n++)
    await new Promise(go => setTimeout(go, 100));  // the pane fills a while after the notebook
  return listed();
}"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A copy of what `make lab` shows of the project, its notebooks with few draws."""
    root = tmp_path_factory.mktemp("lab") / "project"
    shutil.copytree(paths.DATA, root / "data")
    shutil.copy(paths.ROOT / "README.md", root)
    for path in paths.NOTEBOOKS.glob("*.ipynb"):
        write(root / "notebooks" / path.name, few_draws(nbformat.read(path, as_version=4)))
    return root


def write(path, notebook):
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)


def blank(cells):
    """A notebook of these cells, for our kernel."""
    kernel = {"name": "python3", "display_name": "Python 3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def few_draws(notebook):
    """The notebook with as many figures, of as few draws and points as its parameters and knobs may be."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = re.sub(r"(?m)^(\w*draws|points)(: int)? = \d[\d_]*", r"\1\2 = 256", cell.source)
    return notebook


@pytest.fixture(scope="module")
def address(root):
    """The address, token and all, of a JupyterLab started as `make lab` does but with settings of its own."""
    home, token = root.with_name("home"), token_hex()
    for name, values in SETTINGS.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(json.dumps(values), encoding="utf-8")
    places = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "MPLCONFIGDIR": paths.CACHE / "matplotlib",
        "PYTHONPATH": paths.ROOT,
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment |= {name: str(place) for name, place in places.items()}
    environment |= {"JUPYTER_TOKEN": token, "JUPYTER_DEFAULT_PROVISIONER_NAME": WARM}
    command, settings = lab_command()
    environment |= settings
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=root,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield f"{url_of(home, server)}?token={token}"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def lab_command():
    """What `make lab` runs, from `jupyter` on (list of str), and what it sets in the environment (dict)."""
    command = ["make", "--dry-run", "lab"]
    printed = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout
    (line,) = (line for line in printed.splitlines() if "/jupyter " in line)
    words = shlex.split(line)
    place = next(n for n, word in enumerate(words) if word.endswith("/jupyter"))
    return ["jupyter", *words[place + 1 :]], dict(word.split("=", 1) for word in words[:place])


def url_of(home, server):
    """Where a server listens, once it does (str)."""
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        for path in (home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # half written
                return json.loads(path.read_text(encoding="utf-8"))["url"]
        time.sleep(0.1)
    raise AssertionError((home / "log").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def outside():
    """Addresses that were asked for beyond the server (list of str)."""
    return []


@pytest.fixture(scope="module")
def lab(address, outside):
    """The page of JupyterLab, opened at the address that `make lab` prints."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(1000 * RUN_S)
        server = address.partition("?")[0]

        def refuse(route):
            outside.append(route.request.url)
            route.abort()

        page.route(lambda url: not url.startswith((server, "data:", "blob:")), refuse)
        page.goto(address)
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
        call(page, "() => jupyterapp.commands.execute('toc:show-panel')")
        yield page
        browser.close()


def call(page, function, argument=None):
    """What a JavaScript function, which may be asynchronous, gives in a page."""
    late = f"(_, no) => setTimeout(no, {1000 * RUN_S}, Error('it took too long'))"
    return page.evaluate(f"given => Promise.race([({function})(given), new Promise({late})])", argument)


def show(page, path):
    """Open a notebook, or bring it to the top."""
    call(page, SHOW, path)


def look(page):
    """What is seen of the notebook on top."""
    page.wait_for_function(DRAWN, polling=POLL_MS)
    return call(page, LOOK)


def faults(seen, figures):
    """What is wrong with a notebook on the screen, of which so many outputs are figures (list of str)."""
    found = [] if len(seen["images"]) == figures else [f"{len(seen['images'])} images, {figures} figures"]
    for width, height, natural, room in seen["images"]:
        if not (natural and width and height and width <= room + 1):
            found.append(f"an image of {natural} px shown with {width} by {height} px where {room} px are")
    found += [f"a table of {size} px" for size in seen["tables"] if not all(size)]
    found += [f"a drawing's text: {text}" for text in seen["drawn"]]
    together = (re.search(r"(?:(?:19|20)\d\d\s*){2,}", text) for text in seen["words"])
    found += [f"run together: {years.group()}" for years in together if years]
    return found + [f"error: {text}" for text in seen["errors"]]


def figures_of(notebook):
    """How many outputs of a notebook are figures."""
    return sum(
        "image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    )


@pytest.fixture(scope="module")
def seen(lab):
    """Name -> what is seen of a notebook opened untrusted, and after Run All Cells. They run side by side."""
    found = {}
    for name in reversed(NAMES):  # the last ones take longest
        show(lab, f"notebooks/{name}.ipynb")
        trust = lab.get_attribute(".jp-StatusItem-trust", "title")
        contents = call(lab, CONTENTS, headings(stored(name)))
        found[name] = {"trust": trust, "contents": contents, "opened": look(lab)}
        call(lab, START, "notebook:run-all-cells")
    for name in NAMES:
        show(lab, f"notebooks/{name}.ipynb")
        call(lab, FINISH)
        found[name]["run"] = look(lab)
    return found


def stored(name):
    return nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)


def headings(notebook):
    """The headings of a notebook's text, in order (list of str)."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [line.strip("# ") for text in texts for line in text.splitlines() if line.startswith("#")]


def test_make_lab_opens_the_first_notebook_with_the_project_in_reach(lab, address):
    server, _, token = address.partition("?")
    assert lab.request.get(address).url.startswith(f"{server}lab/tree/notebooks/00_start_here.ipynb")
    listed = lab.request.get(f"{server}api/contents?{token}").json()["content"]
    assert {entry["name"] for entry in listed} == {"README.md", "data", "notebooks"}


@each_notebook
def test_opened_untrusted_every_figure_and_table_is_there(seen, name):
    assert seen[name]["trust"].startswith("Notebook not trusted: 0 of")
    figures = figures_of(stored(name))
    assert figures and faults(seen[name]["opened"], figures) == []


@each_notebook
def test_headings_fill_the_contents_pane(seen, name):
    wanted = headings(stored(name))
    assert len(wanted) > 2 and [heading for heading in wanted if heading not in seen[name]["contents"]] == []


@each_notebook
def test_after_run_all_the_same_and_no_error(seen, name):
    after = seen[name]["run"]
    assert faults(after, figures_of(stored(name))) == []
    assert after["prompts"] == [f"[{n}]:" for n in range(1, len(after["prompts"]) + 1)]


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DRAWING = "<svg width='90' height='90'><text y='20'>2005</text><text y='40'>2006</text></svg>"


def test_what_is_not_seen_is_noticed(lab, root):
    cells = []
    for source, data, metadata in (
        ("", {"text/html": f"<figure>{DRAWING}</figure>"}, {}),
        ("", {"image/png": "AAAA"}, {}),
        ("", {"image/png": PIXEL}, {"image/png": {"width": 3000, "unconfined": True}}),
        (f'from IPython.display import HTML\nHTML("{DRAWING}")', {"text/html": "<table></table>"}, {}),
        ("1 / 0", {"text/html": "<p>From 2005 to 2012</p>"}, {}),
    ):
        cell = nbformat.v4.new_code_cell(source)
        cell.outputs = [nbformat.v4.new_output("display_data", data, metadata=metadata)]
        cells.append(cell)
    write(root / "bad.ipynb", blank(cells))
    show(lab, "bad.ipynb")
    noticed = ("2 images", "an image of 0 px", "an image of 1 px shown with 3000", "a table", "run together")
    found = faults(look(lab), figures=3)
    assert all(map(str.startswith, found, noticed)) and len(found) == len(noticed), found
    call(lab, START, "notebook:run-all-cells")
    call(lab, FINISH)
    after = " ".join(faults(look(lab), figures=0))
    assert "a drawing's text: 2005" in after and "ZeroDivisionError" in after


def test_a_knob_is_turned_and_the_notebook_run_from_there(seen, lab):
    show(lab, "notebooks/00_start_here.ipynb")
    lab.locator(ON_TOP).locator(".cm-line", has_text="share_delivered = 0.7").first.click()
    lab.keyboard.press("Home")
    lab.keyboard.type("share_delivered = 0.4  # ")
    call(lab, START, "notebook:run-all-below")
    call(lab, FINISH)
    before, after = seen["00_start_here"]["run"], look(lab)
    assert faults(after, len(before["images"])) == []
    assert after["words"] != before["words"]


# What a kernel gives for an expression, as text.
ASK = """async expression => {
  const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
  const reply = await kernel.requestExecute({code: '', user_expressions: {asked: expression}}).done;
  const {data, evalue} = reply.content.user_expressions.asked;
  if (!data) throw new Error(evalue);
  return data['text/plain'];
}"""
SET = "dict(explorer.scenario.funding.all), simulate(package, explorer.scenario, shared=shared).by_case"
CHANCES = """[...jupyterapp.shell.currentWidget.node.querySelectorAll('.what-if td[data-case]')]
    .map(({dataset}) => [Number(dataset.case), dataset.target, Number(dataset.chance)])"""


def test_the_what_if_is_set_by_hand_and_read_in_python(seen, lab):
    show(lab, "notebooks/07_explore.ipynb")
    panel = lab.locator(ON_TOP).locator(".what-if")
    slider = panel.locator("input[type=range]").first
    slider.focus()
    for _ in range(2):
        lab.keyboard.press("PageDown")
    share = int(slider.input_value())
    assert 0 < share < 100
    names, funding, end = {"Fraction": Fraction, "__builtins__": {}}, {}, time.monotonic() + RUN_S
    while (
        set(funding.values()) != {Fraction(share, 100)} and time.monotonic() < end
    ):  # kept once it is at rest
        funding, by_case = eval(call(lab, ASK, SET), names)
    assert set(funding.values()) == {Fraction(share, 100)}
    panel.locator("output:not(:empty)").wait_for(state="attached")  # and told aloud
    # The notebook has so few draws here that the widget holds all of them.
    found = lab.evaluate(f"() => {CHANCES}")
    assert len(found) == 6
    for case, target, chance in found:
        assert chance == pytest.approx(by_case[case][target], abs=1.5 / 256)
    call(lab, START, "notebook:run-all-below")
    call(lab, FINISH)
    assert faults(look(lab), figures_of(stored("07_explore"))) == []


# What a researcher types, a line a cell.
TYPED = """\
import giamngheo, sys, pandas as pd
package = giamngheo.load_package()
late = {"id": "late", "funding": {"by_source": {"provincial": 0.5}}, "delay_years": 1}
compared = giamngheo.compare([late, "full_plan", "double", "no_new_money"], package, draws=1_000)
compared.sort_values("chance_both", ascending=False)
simulation = giamngheo.simulate(package, late, draws=1_000)
simulation.table.query("status == 'poor' and group == 'all'").pivot(index="as_of", columns="case", values="q50").plot()
simulation.plot();
compared.to_csv("compared.csv", index=False)
len(pd.read_csv("compared.csv")), len(pd.read_csv("data/an-giang/poverty.csv")) > 8
giamngheo.forecast(pd.Series([13.2, 11.4, 9.9], index=[2010, 2011, 2012]), until=2014).table
sys.executable
"""


def test_a_researcher_works_in_a_notebook_of_their_own(lab, root):
    write(root / "own.ipynb", blank([nbformat.v4.new_code_cell()]))
    show(lab, "own.ipynb")
    cells = lab.locator(ON_TOP).locator(".jp-CodeCell")
    cells.locator(".cm-content").click()
    for line in TYPED.splitlines():
        lab.keyboard.insert_text(line)
        lab.keyboard.press("Shift+Enter")
    lab.wait_for_function(IDLE, polling=POLL_MS)
    after = look(lab)
    assert faults(after, figures=2) == [] and after["prompts"][-2] == f"[{len(TYPED.splitlines())}]:"
    said = [text.strip("'\n") for text in cells.locator("[data-mime-type='text/plain']").all_inner_texts()]
    assert said[-1] == sys.executable and "(8, True)" in said
    assert (root / "compared.csv").is_file()


def test_nothing_is_asked_of_anyone_else(seen, outside):
    assert outside == []
