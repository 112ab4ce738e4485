"""Make or refresh .venv from requirements.lock: `make env` runs this with any Python from 3.11 on.

uv installs the lock in seconds; it is itself installed by pip, from its pinned and hashed entry in the lock,
and told what pip's configuration says, which it does not read. Where uv cannot do it, pip does. Bytecode is
compiled whatever PYTHONDONTWRITEBYTECODE says: without it every kernel starts some six seconds later.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
# pip's setting -> the variable uv reads
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


def say(text):
    print(text, flush=True)


def run(command, **options):
    """Run a command; its output is shown only if it fails. Returns whether it worked."""
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    if done.returncode:
        say(done.stdout.strip())
    return done.returncode == 0


def make_venv():
    if sys.version_info < (3, 11):  # noqa: UP036  whoever runs this may have an older one
        here = sys.version.split()[0]
        sys.exit(f"giamngheo needs Python 3.11 or newer, this is {here}; try: make env PYTHON=python3.12")
    if PYTHON.exists() and subprocess.run([*PIP, "--version"], stdout=subprocess.DEVNULL).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not run([sys.executable, "-m", "venv", str(VENV)]):
        sys.exit("Python's venv module does not work here (on Debian: apt-get install python3-venv)")


def locked(name):
    """The lines of one package in the lock, hashes included."""
    lines = LOCK.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith(name + "=="))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "".join(lines[start:end])


def uv_environment():
    """Environment in which uv looks where pip is configured to look."""
    settings = {}
    listing = subprocess.run([*PIP, "config", "list"], stdout=subprocess.PIPE, text=True).stdout
    for line in listing.splitlines():  # lowest precedence first
        key, _, value = line.partition("=")
        settings[key.rpartition(".")[2]] = str(ast.literal_eval(value))
    environment = {"UV_INDEX_STRATEGY": "unsafe-best-match", "VIRTUAL_ENV": str(VENV)}
    for key, variable in UV_VARIABLES.items():
        if key in settings:
            values = settings[key].split()
            environment[variable] = ("," if key == "find-links" else " ").join(values)
    environment.update(os.environ)
    return environment


def install_with_uv():
    with tempfile.TemporaryDirectory() as folder:
        bootstrap = Path(folder, "uv.txt")
        bootstrap.write_text(locked("uv"), encoding="utf-8")
        if not run([*PIP, "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(bootstrap)]):
            return False
    uv = [str(PYTHON.with_name("uv")), "--quiet", "pip", "install", "--python", str(PYTHON)]
    environment = uv_environment()
    return run([*uv, "--require-hashes", "--compile-bytecode", "-r", str(LOCK)], env=environment) and run(
        [*uv, "--offline", "--no-deps", "--no-build-isolation", "-e", "."], env=environment
    )


def install_with_pip():
    return run([*PIP, "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(LOCK)]) and run(
        [*PIP, "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "-e", "."]
    )


def write_lock():
    """Resolve pyproject.toml for every Python from 3.11 on and every platform."""
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--all-extras", "--upgrade"]
    quiet = ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
    compile_ = [str(PYTHON.with_name("uv")), "--quiet", "pip", "compile", "pyproject.toml"]
    if not run([*compile_, *options, *quiet, "-o", str(LOCK)], env=uv_environment()):
        sys.exit("The lock is as it was.")


def main():
    if sys.argv[1:] == ["--lock"]:
        return write_lock()
    make_venv()
    say("Installing requirements.lock into .venv (the first time about half a minute)")
    if not install_with_uv():
        say("uv could not install it; pip is slower but may")
        if not install_with_pip():
            sys.exit("The packages could not be installed; is a package index within reach?")
    run([str(PYTHON), "-m", "compileall", "-q", "giamngheo"])


if __name__ == "__main__":
    main()
