"""Stored notebooks are what the code makes (nbval), are whole (the guard), and run for whoever runs them."""

import ast
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from papermill import execute_notebook
from papermill.exceptions import PapermillExecutionError

from giamngheo import load_package, paths
from giamngheo.inputs.parameters import DEFAULTS, LANGS, declared_parameters, read_cells
from giamngheo.inputs.scenario import is_id
from giamngheo.inputs.scenario_fit import gives
from giamngheo.inputs.skeleton import new_package
from giamngheo.report import pages
from giamngheo.report.html import TABLES_MIME
from giamngheo.runs import cache
from giamngheo.runs.batch.plan import make_plan
from giamngheo.runs.execution import Job, execute_all
from giamngheo.runs.kernels.provisioner import NAME

WARM = {
    "JUPYTER_DEFAULT_PROVISIONER_NAME": NAME,
    paths.SHOWN_FOR: "notebook",
}  # as `make notebooks-check` has it
NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
EXPECTED = [
    "00_start_here",
    "01_data",
    "02_trend",
    "03_scenario",
    "04_compare",
    "05_sensitivity",
    "06_batch",
    "07_explore",
]
SANITIZE = paths.ROOT / "tests" / "nbval_sanitize.cfg"
MOST_BYTES = 600_000
MOST_CODE = 24  # cells
CODE_A_WORD = 3  # code cells to a Markdown cell, in each language
PLAIN = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
)  # no branch, loop or def
COPIED = ("giamngheo", "data", "notebooks", "tests/nbval_sanitize.cfg", "requirements.lock", "pyproject.toml")
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


def problems(notebook):
    """What the guard has against a stored notebook (list of str): what nbval would let pass."""
    stored = nbformat.read(notebook, as_version=4)
    found = []
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    tagged = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
    if not tagged or tagged[0] is not code[0]:
        found.append("the first code cell is not tagged 'parameters'")
    if stored.metadata.get("giamngheo", {}).get("source_sha256") != cache.source_hash(read_cells(notebook)):
        found.append("the sources are not those that were run: make notebooks")
    if "papermill" in stored.metadata or "version" in stored.metadata.get("language_info", {}):
        found.append("metadata that differs from run to run: make notebooks")
    for n, cell in enumerate(code, 1):
        if cell.execution_count != n:
            found.append(f"cell {n} was not run in order")
        if ends_in_expression(cell.source) and not cell.outputs:
            found.append(f"cell {n} has no output")
        if any(output.output_type == "error" or output.get("name") == "stderr" for output in cell.outputs):
            found.append(f"cell {n} has an error or a word on stderr")
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(ast.parse(cell.source))):
            found.append(f"cell {n} defines what belongs into giamngheo/")
    return found


def ends_in_expression(source):
    """Whether a cell shows something: its last statement is a value that no name takes (`_ = x` does)."""
    statements = ast.parse(source).body
    return bool(statements) and isinstance(statements[-1], ast.Expr)


def nbval(*notebooks, root=paths.ROOT, **environment):
    """Run nbval in a process of its own; returns the finished process."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--nbval",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(root),
    ]
    sanitize = ["--nbval-sanitize-with", str(SANITIZE)]
    return subprocess.run(
        [*command, *sanitize, *map(str, notebooks)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)} | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path):
    """The project elsewhere, with a notebook or a figure that may be changed."""
    for name in COPIED:
        source, target = paths.ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


def tried_by_default(notebook, **known):
    """The scenarios and grids that a notebook's own assignments spell out, as `make_plan` takes them (list)."""
    for cell in read_cells(notebook):
        statements = ast.parse(cell["source"]).body if cell["cell_type"] == "code" else []
        for each in (each for each in statements if isinstance(each, ast.Assign)):
            with contextlib.suppress(NameError):  # what rests on results
                exec(compile(ast.Module([each], []), notebook.stem, "exec"), known)
    found = []
    for value in known.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and "funding" in each:
                found.append({"grid": {key: part for key, part in each.items() if key != "id"}})
            elif isinstance(each, str) and is_id(each) and list(paths.DATA.glob(f"scenarios/{each}.yml")):
                found.append(each)
    return found


@pytest.mark.parametrize(
    ("budget", "several"),
    [
        (("40,5,5,50", "40,5,5,50"), 60),
        (("40,5,5,50", "45,0,5,50", "30,10,0,40", "40,0,0,40", "4,1,0,5", "5,0,0,5"), 20),
        (("40,5,5,50", ",,,50"), 20),
    ],
    ids=["told", "nothing of the province", "untold"],
)
def test_what_notebooks_try_by_default_fits_a_plan_whose_sources_are(tmp_path, budget, several):
    folder = new_package(tmp_path / "trial")
    text = (folder / "budget.csv").read_text(encoding="utf-8")
    for before, after in zip(budget[::2], budget[1::2], strict=True):
        assert before in text
        text = text.replace(before, after)
    (folder / "budget.csv").write_text(text, encoding="utf-8")
    package = load_package(folder)
    tried = [each for path in NOTEBOOKS for each in tried_by_default(path, package=package, gives=gives)]
    assert {"one_year_late", "double"} <= {each for each in tried if isinstance(each, str)}
    plans = [make_plan([each], package) for each in tried]  # refuses what the plan cannot answer
    assert max(map(len, plans)) == several and len(plans) > 12


def test_the_notebooks_are_there():
    assert [path.stem for path in NOTEBOOKS][: len(EXPECTED)] == EXPECTED


@each_notebook
def test_guard(notebook):
    assert problems(notebook) == []


@each_notebook
def test_every_table_and_figure_keeps_the_frame_behind_it(notebook):
    """So that a changed value fails nbval, and stands in the files beside the page."""
    shown = [
        (cell["id"], data, data.get(TABLES_MIME, []))
        for cell in read_cells(notebook)
        for data in (output.get("data", {}) for output in cell.get("outputs", []))
        if pages.NOTEBOOK_ONLY not in pages.tags_of(cell)
    ]
    drawn = [
        (cell, tables)
        for cell, data, tables in shown
        if "image/png" in data or "<table" in "".join(data.get("text/html", ""))
    ]
    assert drawn and all(table["rows"] for _, tables in drawn for table in tables)
    assert not [cell for cell, tables in drawn if not tables]


@each_notebook
def test_a_notebook_is_seen_where_it_is_not_trusted_and_stays_small(notebook):
    """JupyterLab and GitHub strip SVG; what a page has in its place is no stored notebook's."""
    assert notebook.stat().st_size <= MOST_BYTES
    for cell in read_cells(notebook):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            assert "<svg" not in "".join(data.get("text/html", "")), cell["id"]
            assert "image/svg+xml" not in data and "giamngheo" not in output.get("metadata", {})
            assert not {"image/png", "text/html"} <= set(data), "the picture would not be shown"


def code_of(notebook):
    """The code cells of a notebook."""
    return [cell for cell in read_cells(notebook) if cell["cell_type"] == "code"]


def words_of(notebook):
    """The Markdown cells of a notebook as pairs of neighbours, Vietnamese and English, whatever tags they have."""
    cells = read_cells(notebook)
    runs = "".join("w" if cell["cell_type"] == "markdown" else " " for cell in cells).split()
    assert all(len(run) % 2 == 0 for run in runs), "a Markdown cell has no neighbour in the other language"
    words = [cell for cell in cells if cell["cell_type"] == "markdown"]
    return list(zip(words[::2], words[1::2], strict=True))


def names_in(source):
    """Names that a cell gives a value (set of str)."""
    named = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))
    return {node.id for node in named if isinstance(node.ctx, ast.Store)}


def is_knobs(source):
    """Whether a cell is of knobs: values written out, or a parameter's, each under a name, nothing else."""
    tree = ast.parse(source)
    made = any(isinstance(node, ast.Call | ast.Attribute | ast.Subscript) for node in ast.walk(tree))
    return not made and all(isinstance(statement, ast.Assign) for statement in tree.body)


@each_notebook
def test_a_notebook_is_a_paper_prose_before_code(notebook):
    code, words = code_of(notebook), words_of(notebook)
    assert len(code) <= MOST_CODE
    assert len(words) >= len(code) / CODE_A_WORD
    for lang in LANGS:
        stored = nbformat.read(notebook, as_version=4)
        (title, *_), reader = stored.cells, pages.for_reader(stored, lang)
        assert title.source.startswith("# ") and pages.NOTEBOOK_ONLY in title.metadata.tags
        kept = [cell for cell in reader.cells if cell.cell_type == "markdown"]
        assert kept and all(lang in pages.tags_of(cell) for cell in kept), "the other language is left out"


@each_notebook
def test_both_languages_say_the_same_in_the_same_place(notebook):
    for pair in words_of(notebook):
        tags = [set(pages.tags_of(cell)) for cell in pair]
        assert [each & set(LANGS) for each in tags] == [{"vi"}, {"en"}], pair[0]["id"]
        assert tags[0] - {"vi"} == tags[1] - {"en"}, pair[0]["id"]
        assert [cell["id"] for cell in pair] == [f"{pair[0]['id'][:-3]}-{lang}" for lang in LANGS]
        for each in (r"^#+(?= )", r"\$\$.+?\$\$|\$[^$\n]+\$", r"^\s*[-*\d]+[.]? ", r"^\|"):
            found = [re.findall(each, cell["source"], re.MULTILINE | re.DOTALL) for cell in pair]
            assert len(found[0]) == len(found[1]), (pair[0]["id"], found)
            if "#" in each:
                assert found[0] == found[1], (pair[0]["id"], "levels of headings")
        spans = [sorted(re.findall(r"`([^`]+)`", cell["source"])) for cell in pair]
        assert spans[0] == spans[1], (pair[0]["id"], spans)


@each_notebook
def test_a_translation_that_is_removed_is_noticed(notebook, monkeypatch):
    cells = read_cells(notebook)
    words = [n for n, cell in enumerate(cells) if cell["cell_type"] == "markdown"]
    assert words
    for n in words:
        monkeypatch.setattr(sys.modules[__name__], "read_cells", lambda _, n=n: cells[:n] + cells[n + 1 :])
        with pytest.raises(AssertionError):
            test_both_languages_say_the_same_in_the_same_place(notebook)


@each_notebook
def test_words_of_pages_name_no_code(notebook):
    """A page folds the code away; what speaks of a frame or a name in it is for those who have the notebook."""
    for pair in words_of(notebook):
        if pages.NOTEBOOK_ONLY not in pages.tags_of(pair[0]):
            assert not [cell["id"] for cell in pair if "`" in cell["source"]]


@each_notebook
def test_vietnamese_is_vietnamese_and_english_english(notebook):
    letters = re.compile("[ăâđêôơưạ-ỹ]", re.IGNORECASE)
    for vi, en in words_of(notebook):
        plain = [
            re.sub(r"`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", "", cell["source"], flags=re.DOTALL) for cell in (vi, en)
        ]
        assert letters.search(plain[0]) and not letters.search(plain[1].replace("đồng", "")), vi["id"]
        assert not re.search(r"</?[a-z]", " ".join(plain)), (vi["id"], "HTML")


@each_notebook
def test_cells_make_or_show_and_hold_no_logic(notebook):
    """What a cell ends with is a value that the guard asks an output of: a frame, an Exhibit, a plot, an object."""
    for cell in code_of(notebook):
        statements = ast.parse(cell["source"]).body  # a magic is no Python
        assert all(isinstance(statement, PLAIN) for statement in statements), cell["id"]
        called = {node.func.id for node in ast.walk(ast.parse(cell["source"])) if is_call_by_name(node)}
        assert not called & {"print", "display"}, cell["id"]
        assert not [output for output in cell["outputs"] if output["output_type"] == "stream"], cell["id"]
        if ends_in_expression(cell["source"]):
            assert not isinstance(statements[-1].value, ast.Constant), cell["id"]
        given = re.findall(r"\bgiven\.(?:package|scenario|lang|seed|draws)\b", cell["source"])
        assert not given or "notebook_inputs(" in cell["source"], f"{cell['id']}: unpack what is given once"


def is_call_by_name(node):
    """Whether a node of a syntax tree is a call such as ``print(x)``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


@each_notebook
def test_results_are_on_view_beside_what_is_drawn_of_them(notebook):
    """Frames, rounded so that nbval compares them, and a plot by a library of the field."""
    own = [cell for cell in code_of(notebook) if pages.NOTEBOOK_ONLY in pages.tags_of(cell)]
    shown = [(cell["id"], output["data"]) for cell in own for output in cell["outputs"]]
    frames = [data for _, data in shown if 'class="dataframe"' in "".join(data.get("text/html", ""))]
    assert len(frames) >= 3
    assert [data for _, data in shown if "image/png" in data], "no plot of a frame"
    for name, data in shown:
        assert not re.search(r"\d\.\d{7}|0x[0-9a-f]{6}", "".join(data["text/plain"])), name


@each_notebook
def test_knobs_have_names_and_a_meaning_and_are_used(notebook):
    parameters, *code = code_of(notebook)
    (knobs,) = [cell for cell in code if is_knobs(cell["source"])]
    after = code[code.index(knobs) + 1 :]
    used = {node.id for cell in after for node in ast.walk(ast.parse(cell["source"])) if is_read(node)}
    names = names_in(knobs["source"])
    assert names and names <= used
    assert all("#" in line for line in knobs["source"].splitlines() if re.match(r"\w+ = ", line))
    cells = read_cells(notebook)
    place = next(n for n, cell in enumerate(cells) if cell["id"] == knobs["id"])
    for cell in cells[place - 2 : place]:
        assert names <= set(re.findall(r"`(\w+)`", cell["source"])), cell["id"]
    *_, last = (pair for pair in words_of(notebook) if pages.NOTEBOOK_ONLY in pages.tags_of(pair[0]))
    told = set(re.findall(r"`(\w+)`", last[0]["source"]))
    assert told & names and told & names_in(parameters["source"]), (
        "what to change, and from where to run again"
    )


def is_read(node):
    """Whether a node of a syntax tree is a name whose value is taken."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


@each_notebook
def test_parameters_are_names_not_numbers(notebook):
    declared = declared_parameters(read_cells(notebook))
    assert declared and set(declared) <= set(DEFAULTS)
    assert all(type(value) is type(DEFAULTS[name]) for name, value in declared.items())
    assert declared["lang"] == "vi"


def test_stored_outputs_are_what_the_code_gives():
    with ThreadPoolExecutor(2) as pool:  # side by side: each runs one notebook at a time
        halves = [pool.submit(nbval, *half, **WARM) for half in (NOTEBOOKS[::2], NOTEBOOKS[1::2])]
    for done in (half.result() for half in halves):
        assert done.returncode == 0, done.stdout[-5000:]
        assert "failed" not in done.stdout and re.search(r"\d+ passed", done.stdout)


def test_plain_nbval_works_with_ordinary_kernels():
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", str(NOTEBOOKS[0])]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("JUPYTER_DEFAULT")
    }
    done = subprocess.run(command, cwd=paths.ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:]


def papermill_from(folder, notebook, *options):
    """Run `papermill NOTEBOOK out.ipynb OPTIONS` in a folder; its CompletedProcess."""
    command = [sys.executable, "-m", "papermill", paths.NOTEBOOKS / notebook, folder / "out.ipynb", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_plain_papermill_from_anywhere(tmp_path):
    done = papermill_from(tmp_path, "03_scenario.ipynb", "-p", "scenario", "double")
    assert done.returncode == 0, done.stderr[-3000:]
    code = [
        cell for cell in nbformat.read(tmp_path / "out.ipynb", as_version=4).cells if cell.cell_type == "code"
    ]
    assert all(cell.execution_count == n for n, cell in enumerate(code, 1))


def test_plain_papermill_refuses_a_name_it_does_not_know(tmp_path):
    done = papermill_from(tmp_path, "03_scenario.ipynb", "-p", "scenrio", "double")
    assert done.returncode != 0 and "RefusedInput" in done.stderr
    assert "'scenrio'" in done.stderr and "'scenario'" in done.stderr


@pytest.mark.parametrize(
    ("notebook", "name", "value"),
    [
        ("03_scenario", "scenario", "dubble"),
        ("03_scenario", "draws", "many"),
        ("02_trend", "reference", "national-lin"),
        ("02_trend", "known_by", "2012-06-31"),
    ],
)
def test_papermill_refuses_a_value_that_cannot_be(tmp_path, monkeypatch, notebook, name, value):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", NAME)
    path = paths.NOTEBOOKS / f"{notebook}.ipynb"
    with pytest.raises(PapermillExecutionError, match=f"RefusedInput.*'{value}'"):
        execute_notebook(path, tmp_path / "out.ipynb", {name: value}, progress_bar=False)


def test_the_trend_runs_under_another_prior_and_day_and_says_so(tmp_path):
    given = {"lang": "en", "reference": "national-line", "known_by": "2012-06-30", "draws": "500"}
    pairs = [word for name, value in given.items() for word in ("-p", name, value)]
    more = ["-y", "assumptions: {carry_over: {fixed: 1}}"]
    done = papermill_from(tmp_path, "02_trend.ipynb", *pairs, *more)
    assert done.returncode == 0, done.stderr[-3000:]
    text = shown(tmp_path / "out.ipynb")
    assert re.search(r"prior national-line \(\d+ series[^)]*\) as known by 2012-06-30", text)
    assert "30 June 2012" in text
    assert "21 January 2013" not in text and "2013-01-21" not in text


def test_english_runs_and_differs(tmp_path):
    # The very jobs of `make report`, so that what it has made need not be made again.
    jobs = [
        Job(path, declared_parameters(read_cells(path)) | {"lang": "en"}, tmp_path / path.name)
        for path in NOTEBOOKS
    ]
    runs = execute_all(jobs, progress=False)
    assert [run.error for run in runs] == [""] * len(jobs)
    for path in NOTEBOOKS:
        vi, en = shown(path), shown(tmp_path / path.name)
        assert vi != en
        assert re.search("[ăâđêôơưạảấầẩẫậ]", vi)


def shown(notebook):
    """All that a notebook's outputs say, as text."""
    cells = [
        cell
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    return json.dumps([cell["outputs"] for cell in cells], ensure_ascii=False)


def test_deleted_outputs_are_noticed(copy):
    for path in sorted((copy / "notebooks").glob("*.ipynb")):
        stored = nbformat.read(path, as_version=4)
        shown_cell = next(c for c in stored.cells if c.cell_type == "code" and c.outputs)
        shown_cell.outputs = []
        nbformat.write(stored, path)
        assert any("no output" in problem for problem in problems(path))


def test_changed_source_is_noticed(copy):
    path = copy / "notebooks" / "00_start_here.ipynb"
    stored = nbformat.read(path, as_version=4)
    stored.cells[-1].source += "\n"
    nbformat.write(stored, path)
    assert any("sources" in problem for problem in problems(path))


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [("data/an-giang/poverty.csv", "9.28", "9.38"), ("data/an-giang/budget.csv", "83.33", "83.34")],
)
def test_a_changed_figure_is_noticed(copy, file, before, after):
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    done = nbval(copy / "notebooks" / "01_data.ipynb", root=copy)
    assert done.returncode == 1 and re.search(r"\d+ failed", done.stdout), done.stdout[-3000:]


MUTATIONS = {  # what a notebook shows: file, before, after; and the cells of 02_trend that must fail for it
    "a residual's sign": (
        "giamngheo/forecasting/fits.py",
        "rates - fitted_pct",
        "fitted_pct - rates",
        {"lines", "residuals"},
    ),
    "a prior's spread": (
        "giamngheo/forecasting/learned.py",
        "mean + sd * _NORMALS, posterior.drift",
        "mean + 0.9 * sd * _NORMALS, posterior.drift",
        {"parameters-learned", "learned"},
    ),
    "a label": ("giamngheo/phrases/report.toml", "Biến động từng năm", "Biến động mỗi năm", {"width"}),
}


def test_what_a_notebook_shows_cannot_change_unnoticed(copy):
    for file, before, after, _ in MUTATIONS.values():
        text = (copy / file).read_text(encoding="utf-8")
        assert before in text
        (copy / file).write_text(text.replace(before, after), encoding="utf-8")
    notebook = copy / "notebooks" / "02_trend.ipynb"
    code = [cell["id"] for cell in read_cells(notebook) if cell["cell_type"] == "code"]
    done = nbval(notebook, root=copy, **WARM)
    failed = {code[int(n)] for n in re.findall(r"^FAILED \S+::Cell (\d+)", done.stdout, flags=re.MULTILINE)}
    assert failed == set.union(*(cells for *_, cells in MUTATIONS.values())), done.stdout[-3000:]
