"""`make env`: a .venv for this folder and this Python, from the lock; `make lock`: from the package index alone."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from giamngheo import paths

OLD, NEW = 1_000_000_000, 2_000_000_000  # times of change
pytestmark = pytest.mark.skipif(os.name == "nt", reason="make and its shell are not Windows'")


def environment_of(root):
    """The module .ci/environment.py of a project."""
    spec = importlib.util.spec_from_file_location("environment", root / ".ci" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dated(path, when):
    os.utime(path, (when, when))


@pytest.fixture
def project(tmp_path):
    """A project with all that `make env` looks at, whose .venv was just laid."""
    root = tmp_path / "Giảm nghèo"
    (root / ".ci").mkdir(parents=True)
    for name in ("Makefile", ".ci/environment.py"):
        shutil.copyfile(paths.ROOT / name, root / name)
    for name in ("requirements.lock", "pyproject.toml"):
        (root / name).write_text("", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    environment_of(root).record()
    dated(root / ".venv" / ".installed", NEW)
    return root


@pytest.fixture
def make_env(tmp_path):
    """Run ``make env`` with a Python that says what it is asked for, in place of laying 160 packages."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").write_text('#!/bin/sh\necho asked: "$@"\n', encoding="utf-8")
    (tmp_path / "bin" / "python3").chmod(0o755)
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "PYTHON", "MFLAGS"))
    }
    clean |= {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "LC_ALL": "C"}

    def run(root, *arguments):
        command = ["make", "-s", "env", *arguments]
        done = subprocess.run(command, cwd=root, env=clean, capture_output=True, encoding="utf-8", check=True)
        return done.stdout.strip()

    return run


ASKED = "asked: .ci/environment.py"


def test_a_venv_that_fits_is_left_alone(project, make_env):
    assert make_env(project) == ""
    link = project.with_name("link")
    link.symlink_to(project)
    assert make_env(link) == ""


def test_a_copied_or_moved_project_gets_a_venv_of_its_own(project, make_env, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(project, copy, symlinks=True)  # cp -a: the record keeps its time
    assert make_env(copy) == ASKED
    assert environment_of(copy).why_anew(False) == f"it belongs to {project}"
    moved = project.rename(tmp_path / "moved")
    assert make_env(moved) == ASKED
    assert environment_of(moved).why_anew(False) == f"it belongs to {project}"


def test_a_changed_lock_refreshes(project, make_env):
    for name in ("requirements.lock", "pyproject.toml", ".ci/environment.py"):
        dated(project / name, NEW + 1)
        assert make_env(project) == ASKED
        dated(project / name, OLD)
    assert make_env(project) == ""


def test_a_venv_whose_python_is_gone_is_laid_anew(project, make_env):
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert make_env(project) == ASKED
    assert environment_of(project).why_anew(False) == "its Python does not run any more"


def test_an_unfinished_venv_is_finished(project, make_env):
    (project / ".venv" / ".installed").unlink()
    assert make_env(project) == ASKED


def test_a_python_asked_for_by_name_is_the_one_used(project, make_env, monkeypatch):
    assert make_env(project, "PYTHON=python3") == f"{ASKED} --this-python"
    environment = environment_of(project)
    monkeypatch.setattr(environment, "run", lambda *_, **__: "")  # a pip that works
    assert environment.why_anew(True) == ""
    monkeypatch.setattr(environment, "this_python", lambda: "3.99.0 in /opt/python")
    assert "asked for is 3.99.0 in /opt/python" in environment.why_anew(True)
    assert environment.why_anew(False) == ""


def test_a_python_replaced_by_another_is_noticed(project, make_env):
    record = project / ".venv" / ".installed"
    record.write_text(f"{project}\n3.10.1 in /usr\n", encoding="utf-8")
    assert make_env(project) == ASKED
    assert "laid with Python 3.10.1" in environment_of(project).why_anew(False)


def test_a_python_newer_than_the_libraries_is_told_so(project, monkeypatch, capsys):
    environment = environment_of(project)
    shutil.rmtree(project / ".venv")
    monkeypatch.setattr(environment, "run", lambda *_, **__: "")
    environment.make_venv(False)
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(environment, "NEWEST", (3, 10))
    environment.make_venv(False)
    assert "newer than the locked libraries know (3.11 to 3.10)" in capsys.readouterr().out


# --- Where packages come from -------------------------------------------------------------------------


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """The project's own, where everything that can be configured points at folders of wheels."""
    configuration = tmp_path / "pip.conf"
    configuration.write_text(
        "[global]\nindex-url = file:///global\nextra-index-url = file:///extra file:///more\ntimeout = 7\n"
        "[install]\nindex-url = file:///install\n[download]\nindex-url = file:///download\n",
        encoding="utf-8",
    )
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels")
    monkeypatch.setenv("UV_CACHE_DIR", "/cache")
    module = environment_of(paths.ROOT)
    monkeypatch.setattr(module, "PIP", [sys.executable, "-m", "pip"])
    return module


def told(environment):
    return {key: value for key, value in environment.items() if key.startswith("UV_")}


def test_an_installation_looks_where_pip_is_configured_to(environment, monkeypatch):
    own = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_CACHE_DIR": "/cache", "UV_HTTP_TIMEOUT": "7"}
    everywhere = told(environment.uv_environment())
    assert everywhere == own | {
        "UV_DEFAULT_INDEX": "file:///install",
        "UV_INDEX": "file:///extra file:///more",
        "UV_FIND_LINKS": "/wheels",
    }
    one = told(environment.uv_environment(["index-url"]))
    assert one == own | {"UV_DEFAULT_INDEX": "file:///install", "UV_NO_CONFIG": "1"}
    monkeypatch.setenv("PIP_INDEX_URL", "file:///variable")
    environment.pip_settings.cache_clear()
    assert environment.pip_settings()["index-url"] == "file:///variable"


def test_the_lock_is_resolved_from_the_package_index_alone(environment, monkeypatch, tmp_path):
    for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, "file:///folder")
    calls = []

    def uv(*arguments, env):
        calls.append((arguments, told(env)))
        Path(arguments[arguments.index("-o") + 1]).write_text("new\n", encoding="utf-8")
        return ""

    monkeypatch.setattr(environment, "uv", uv)
    monkeypatch.setattr(environment, "LOCK", tmp_path / "requirements.lock")
    environment.LOCK.write_text("a==1 ; python_version > '3' \\\n    --hash=sha256:0\n", encoding="utf-8")
    environment.write_lock(keep=True)
    environment.write_lock(keep=False)
    for arguments, settings in calls:
        assert not {
            "UV_INDEX",
            "UV_EXTRA_INDEX_URL",
            "UV_DEFAULT_INDEX",
            "UV_INDEX_URL",
            "UV_FIND_LINKS",
        } & set(settings)
        assert settings["UV_NO_CONFIG"] == "1" and settings["UV_CACHE_DIR"] == "/cache"
        assert "--universal" in arguments and "--generate-hashes" in arguments
        # uv copies the hashes of a version it keeps from the file it writes to
        assert Path(arguments[arguments.index("-o") + 1]) != environment.LOCK
    assert ["--constraints" in arguments for arguments, _ in calls] == [True, False]
    assert environment.LOCK.read_text(encoding="utf-8") == "new\n"


def test_a_source_with_other_files_does_not_stop_an_installation(environment, monkeypatch, capsys):
    tried = []

    def lock_by_uv(where):
        tried.append(set(told(where)) & set(environment.SOURCES.values()))
        return "" if len(tried) == works_at else "the hashes differ"

    monkeypatch.setattr(environment, "uv_by_pip", lambda *_: "")
    monkeypatch.setattr(environment, "lock_by_uv", lock_by_uv)
    monkeypatch.setattr(environment, "run", lambda *_, **__: "pip failed")
    expected = [set(environment.SOURCES.values()), {"UV_DEFAULT_INDEX"}, set()]
    for works_at in (1, 2, 3):
        tried.clear()
        assert environment.install_lock() == ""
        assert tried == expected[:works_at]
    works_at = 4
    tried.clear()
    assert environment.install_lock() == "the hashes differ"
    assert "pip is slower" in capsys.readouterr().out


def test_what_has_no_wheel_for_a_platform_is_named(environment, monkeypatch):
    answers = ["Because argon2==1 has no\nusable wheels and", "Because cffi==2 has no usable wheels", ""]
    monkeypatch.setattr(environment, "uv", lambda *_, **__: answers.pop(0))
    assert environment.files_for("3.12", "x86_64-apple-darwin") == ("", ["argon2", "cffi"])
    answers = ["No solution: not on the index"]
    assert environment.files_for("3.12", "x86_64-apple-darwin") == ("No solution: not on the index", [])
