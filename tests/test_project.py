"""The project as a newcomer finds it: what is listed, locked, ignored and said."""

import ast
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import giamngheo
from giamngheo import __version__, paths
from giamngheo.inputs.errors import RefusedInput

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = paths.LOCK.read_text(encoding="utf-8")
# Packages with binary wheels, wherever this runs; those installed here are found by their wheels.
BINARY = {
    *(
        "numpy",
        "scipy",
        "pandas",
        "matplotlib",
        "statsmodels",
        "pyyaml",
        "psutil",
        "cffi",
        "contourpy",
        "kiwisolver",
    ),
    *(
        "debugpy",
        "charset-normalizer",
        "pillow",
        "fonttools",
        "pydantic-core",
        "markupsafe",
        "pyzmq",
        "tornado",
    ),
    *(
        "argon2-cffi-bindings",
        "rpds-py",
        "wrapt",
        "pywinpty",
        "aiohttp",
        "frozenlist",
        "multidict",
        "propcache",
    ),
    *("yarl", "grimp", "ruff", "uv", "playwright", "greenlet"),
}
MACHINE_PATH = re.compile(r"/(?:work|root|home|tmp|Users)/[A-Za-z]")


def tracked():
    """Files that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no git: what is tracked cannot be told")
    if listed.returncode:
        pytest.skip("not a git clone: what is tracked cannot be told")
    return [path for name in listed.stdout.splitlines() if (path := paths.ROOT / name).is_file()]


def name_of(requirement):
    return re.sub(r"[-_.]+", "-", Requirement(requirement).name).lower()


def locked():
    """Name -> version of every entry of the lock."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ ;\\]+)", LOCK, re.MULTILINE))


def test_environment_yml_points_at_pyproject():
    environment = yaml.safe_load((paths.ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, last = environment["dependencies"]
    assert [re.split("[<>=]", entry)[0] for entry in conda] == ["python", "pip"]
    assert PROJECT["requires-python"] == conda[0].removeprefix("python")
    (editable,) = last["pip"]
    extras = re.fullmatch(r"-e \.\[([a-z,]+)\]", editable).group(1).split(",")
    assert set(extras) <= set(EXTRAS)


def test_lock_holds_all_that_pyproject_asks_for():
    versions = locked()
    for requirement in [*PROJECT["dependencies"], *(entry for extra in EXTRAS.values() for entry in extra)]:
        parsed = Requirement(requirement)
        assert parsed.specifier.contains(versions[name_of(requirement)]), requirement


def test_lock_is_pinned_hashed_and_without_addresses():
    entries = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) > 100
    assert all("==" in entry.splitlines()[0] and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|file:|--index|--find-links|@ ", LOCK)
    assert len(locked()) == len(entries), "one version of each, so that all Pythons give the same numbers"


def entries(lock):
    """Name -> the entry of the lock, hashes included."""
    return {text.partition("==")[0]: text for text in re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]}


def with_binary_wheels():
    """Normalised names of installed packages whose wheel is for some machines only."""
    tags = {
        name_of(found.metadata["Name"]): re.findall(
            r"^Tag: (\S+)", found.read_text("WHEEL") or "", re.MULTILINE
        )
        for found in metadata.distributions()
    }
    return {name for name, own in tags.items() if any(not tag.endswith("-none-any") for tag in own)}


def of_one_machine(lock):
    """Packages with binary wheels of which the lock holds a single file: that of the machine that wrote it."""
    binary = BINARY | with_binary_wheels()
    return {name for name, text in entries(lock).items() if name in binary and text.count("--hash=") == 1}


def test_lock_holds_the_files_of_every_platform():
    found = with_binary_wheels()
    assert {"numpy", "scipy", "ruff"} <= found and "seaborn" not in found
    assert set(entries(LOCK)) >= BINARY
    assert of_one_machine(LOCK) == set()
    alone = re.sub(
        r"^(numpy==.*?sha256:\w+)(?: \\\n    --hash=\S+)+", r"\1", LOCK, flags=re.MULTILINE | re.DOTALL
    )
    assert of_one_machine(alone) == {"numpy"}


def imported(folder):
    """Import name of each package outside the standard library -> a file that imports it."""
    found = {}
    for path in sorted((paths.ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            found |= {name.partition(".")[0]: path.name for name in names}
    own = {
        "giamngheo",
        "tests",
        *(path.stem for own in ("tests", "benchmarks") for path in (paths.ROOT / own).glob("*.py")),
    }
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names | own}


@pytest.mark.parametrize(
    ("folder", "extras"), [("giamngheo", ("cluster", "fast")), ("tests", ("test", "cluster"))]
)
def test_what_is_imported_is_declared(folder, extras):
    declared = {name_of(entry) for entry in PROJECT["dependencies"]}
    declared |= {name_of(entry) for extra in extras for entry in EXTRAS[extra]}
    of = metadata.packages_distributions()
    missing = {
        name: path
        for name, path in imported(folder).items()
        if not declared & {name_of(distribution) for distribution in of.get(name, [name])}
    }
    assert missing == {}


def test_what_is_installed_is_what_is_locked():
    versions = locked()
    for requirement in [*PROJECT["dependencies"], *EXTRAS["test"]]:
        name = name_of(requirement)
        assert metadata.version(name) == versions[name], f"{name}: run make env"


def test_version_is_said_once():
    assert __version__ == PROJECT["version"]
    changes = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert __version__ in changes or "Unreleased" in changes


def test_entry_point_of_the_provisioner():
    entries = metadata.entry_points(group="jupyter_client.kernel_provisioners", name="giamngheo-warm")
    assert [entry.load().__name__ for entry in entries] == ["WarmProvisioner"]


def test_no_tracked_file_names_a_folder_of_some_machine():
    found = []
    for path in tracked():
        if path.suffix in (".png", ".jpg") or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(paths.ROOT)}: {hit.group()}" for hit in MACHINE_PATH.finditer(text)]
    assert not found


def test_no_module_is_longer_than_two_ideas():
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in tracked() if path.suffix == ".py"
    }
    long = {
        str(path.relative_to(paths.ROOT)): n
        for path, n in lengths.items()
        if n > 400 and "giamngheo" in path.parts
    }
    assert not long


def test_make_help_lists_the_targets():
    done = subprocess.run(["make", "help"], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    for target in (
        "env",
        "report",
        "test",
        "notebooks",
        "notebooks-check",
        "expected",
        "pictures",
        "lint",
        "lab",
        "clean",
        "lock",
        "lock-check",
    ):
        assert f"make {target} " in done.stdout


def test_readme_says_how_to_begin():
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    assert "make report" in readme and "make test" in readme
    for image in re.findall(r"!\[[^\]]*\]\(([^)#?]+)\)", readme):
        assert "://" in image or (paths.ROOT / image).is_file(), image


def test_top_of_the_package_imports_nothing_heavy():
    script = "import sys, giamngheo; print([m for m in ('pandas', 'numpy', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_folder_of_the_report_is_kept_from_the_others():
    contracts = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    (kept,) = (row["modules"] for row in contracts["contracts"] if row["type"] == "independence")
    folders = {path.parent.name for path in (paths.ROOT / "giamngheo" / "report").glob("*/__init__.py")}
    assert {name.rpartition(".")[2] for name in kept} == folders


# --- Where it runs


@pytest.fixture
def project(tmp_path):
    """A project that holds its data and notebooks."""
    for name in paths.HELD:
        (tmp_path / "project" / name).mkdir(parents=True)
    return tmp_path / "project"


def test_the_cache_goes_where_it_can_be_written(project, tmp_path, monkeypatch):
    user, nowhere = {"XDG_CACHE_HOME": str(tmp_path / "user")}, {"XDG_CACHE_HOME": "/proc/nowhere"}
    assert paths.cache_folder(project, user) == project / ".cache"
    assert paths.cache_folder(project, user | {paths.CACHE_VARIABLE: "/there"}) == Path("/there")
    monkeypatch.setattr(paths.os, "access", lambda path, mode: False)  # a project that is only read
    own = paths.cache_folder(project, user)
    assert own.parent == tmp_path / "user" and own.name != paths.cache_folder(tmp_path, user).name
    assert paths.cache_folder(project, nowhere).parent == Path(tempfile.gettempdir())
    assert not (project / ".cache").exists() and not own.parent.exists()


def test_code_without_its_project_keeps_nothing_beside_itself(tmp_path, monkeypatch):
    """A plain `pip install` must not write into site-packages."""
    (tmp_path / "site-packages").mkdir()
    user = {"XDG_CACHE_HOME": str(tmp_path / "user")}
    assert paths.cache_folder(tmp_path / "site-packages", user).parent == tmp_path / "user"


@pytest.mark.parametrize("call", ["simulate", "load_package", "run_batch"])
def test_code_without_its_project_says_that_a_checkout_is_needed(tmp_path, monkeypatch, call):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    with pytest.raises(
        RefusedInput, match=r"without data/reference and notebooks.*nearest: clone the project"
    ):
        getattr(giamngheo, call)


def test_a_notebook_s_kernel_has_room_for_fonts_without_a_home():
    """Else matplotlib says so on standard error, in a cell whose output nbval compares."""
    script = "import conftest, matplotlib; print(matplotlib.get_configdir())"
    clean = {
        name: value for name, value in os.environ.items() if name not in ("MPLCONFIGDIR", "XDG_CONFIG_HOME")
    }
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=paths.ROOT, env=clean | {"HOME": "/proc/x"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(paths.CACHE / "matplotlib") and done.stderr == ""
