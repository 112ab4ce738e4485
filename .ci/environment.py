"""Make or refresh .venv from requirements.lock: `make env` runs this with any Python from 3.11 on.

uv installs the lock in seconds; it is itself installed by pip, from its pinned and hashed entry in the lock,
and told what pip's configuration says, which it does not read. Where uv cannot do it, pip does. Bytecode is
compiled whatever PYTHONDONTWRITEBYTECODE says: without it every kernel starts some six seconds later.

A .venv works in the folder and with the Python it was laid for. Both are noted in it, so that a copied or moved
project, or another Python asked for by name, gets one of its own.

    environment.py               lay .venv, or refresh it, if need be
    environment.py --this-python the same, with the Python that runs this
    environment.py --fits        exit 0 if nothing has to be done (run by .venv's own Python, in milliseconds)
    environment.py --lock        resolve pyproject.toml into requirements.lock; --keep: without new versions
    environment.py --check       ask the index for a file of every locked package, for every Python and platform
"""

import ast
import functools
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
MADE_FROM = (LOCK, ROOT / "pyproject.toml", ROOT / ".ci" / "environment.py")
RECORD = VENV / ".installed"  # written last: the folder, and the Python, that .venv was laid for
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
OLDEST, NEWEST = (3, 11), (3, 14)  # the newest that the libraries have wheels for (make lock-check)
PLATFORMS = {
    "Linux x86-64": "x86_64-unknown-linux-gnu",
    "Linux arm64": "aarch64-unknown-linux-gnu",
    "macOS arm64": "aarch64-apple-darwin",
    "macOS x86-64": "x86_64-apple-darwin",
    "Windows x86-64": "x86_64-pc-windows-msvc",
}
# pip's setting -> the variable uv reads: where to look, and how to get there
SOURCES = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
CONNECTION = {
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
# What uv may still be told where it is to look at one index alone.
UV_KEPT = {"UV_CACHE_DIR", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_HTTP_RETRIES", *CONNECTION.values()}


def say(text):
    print(text, flush=True)


def run(command, **options):
    """Run a command. Returns "" if it worked, else what it had to say."""
    how = {"encoding": "utf-8", "errors": "replace", "stdin": subprocess.DEVNULL, **options}
    try:
        done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
    except OSError as error:
        return str(error)
    return (done.stdout.strip() or f"{command[0]} failed") if done.returncode else ""


def dotted(version):
    return ".".join(map(str, version))


# --- Laying .venv -------------------------------------------------------------------------------------


def this_python():
    return f"{dotted(sys.version_info[:3])} in {os.path.realpath(sys.base_prefix)}"


def python_of_venv():
    """As `this_python`, of .venv; "" if it does not run."""
    command = [str(PYTHON), "-IS", str(Path(__file__).resolve()), "--which"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return ""
    return os.fsdecode(done.stdout).strip()


def record():
    """Note that .venv is laid for this folder, and is all that the lock says."""
    RECORD.write_bytes(os.fsencode(f"{ROOT}\n{python_of_venv()}\n"))


def recorded():
    """The folder and the Python that .venv was laid for; "" for what is not known."""
    try:
        place, python = os.fsdecode(RECORD.read_bytes()).split("\n")[:2]
    except (OSError, ValueError):
        return "", ""
    return place, python


def is_elsewhere(place):
    """Whether a recorded folder is another than this one. One reached by another name is this one."""
    try:
        return bool(place) and not ROOT.samefile(place)
    except OSError:
        return True


def is_fresh():
    """Whether .venv was installed after the last change of what it is made from."""
    return RECORD.exists() and all(file.stat().st_mtime <= RECORD.stat().st_mtime for file in MADE_FROM)


def fits():
    """Whether nothing has to be done, as seen by the Python of .venv."""
    place, python = recorded()
    same_python = python.startswith(dotted(sys.version_info[:2]) + ".")
    return bool(place) and not is_elsewhere(place) and same_python and is_fresh()


def why_anew(this_python_wanted):
    """Why the .venv that is there cannot stay; "" if it can."""
    place, laid_with = recorded()
    python = python_of_venv()
    if is_elsewhere(place):
        return f"it belongs to {place}"
    if not python:
        return "its Python does not run any more"
    if laid_with and laid_with.split(".")[:2] != python.split(".")[:2]:
        return f"it was laid with Python {laid_with}, which is now {python}"
    if this_python_wanted and python != this_python():
        return f"it has Python {python}, asked for is {this_python()}"
    if run([*PIP, "--version"]):
        return "its pip does not work"
    return ""


def make_venv(this_python_wanted):
    """Lay .venv where there is none, or none that can stay."""
    if VENV.exists():
        why = why_anew(this_python_wanted)
        if not why:
            return
        say(f"Laying .venv anew: {why}")
    if sys.version_info[:2] > NEWEST:
        say(
            f"Python {dotted(sys.version_info[:2])} is newer than the locked libraries know ({dotted(OLDEST)} to "
            f"{dotted(NEWEST)}): what has no wheel for it is built, which takes compilers and long and may fail; "
            f"sooner done: make env PYTHON=python{dotted(NEWEST)}"
        )
    python = sys.executable
    if Path(sys.prefix) == VENV:  # it is about to be removed
        python = getattr(sys, "_base_executable", python)
    if run([python, "-m", "venv", "--clear", str(VENV)]):
        sys.exit("Python's venv module does not work here (on Debian: apt-get install python3-venv)")


def locked(name):
    """The lines of one package in the lock, hashes included."""
    lines = LOCK.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith(name + "=="))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "".join(lines[start:end])


@functools.lru_cache(maxsize=None)  # noqa: UP033  whoever runs this may have an older Python
def pip_settings():
    """Setting -> value, as pip is configured for an installation."""
    listing = subprocess.run(
        [*PIP, "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ).stdout
    found = {"global": {}, "install": {}, ":env:": {}}  # lowest precedence first
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, setting = key.rpartition(".")
        if section in found:
            found[section][setting] = str(ast.literal_eval(value))
    return found["global"] | found["install"] | found[":env:"]


def uv_environment(sources=tuple(SOURCES)):
    """Environment in which uv connects as pip is configured to.

    It looks in those of pip's configured sources that are named. Unless all are, nothing else that is configured
    counts either, uv's own settings included; without any, uv looks at the public package index alone.
    """
    settings = pip_settings()
    told = {"UV_INDEX_STRATEGY": "unsafe-best-match", "VIRTUAL_ENV": str(VENV)}
    for key, variable in {**CONNECTION, **{key: SOURCES[key] for key in sources}}.items():
        if key in settings:
            told[variable] = ("," if key == "find-links" else " ").join(settings[key].split())
    if set(sources) == set(SOURCES):
        return told | os.environ
    kept = {key: value for key, value in os.environ.items() if not key.startswith("UV_") or key in UV_KEPT}
    return told | kept | {"UV_NO_CONFIG": "1"}


def unconfigured_pip():
    """Environment in which pip looks at the public package index alone."""
    connection = {key: value for key, value in pip_settings().items() if key in CONNECTION}
    told = {f"PIP_{key.upper().replace('-', '_')}": value for key, value in connection.items()}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    return kept | told | {"PIP_CONFIG_FILE": os.devnull}


def uv(*arguments, **options):
    return run([str(PYTHON.with_name("uv")), "--quiet", "pip", *arguments], **options)


def uv_by_pip(environment=None):
    """Install the locked uv."""
    with tempfile.TemporaryDirectory() as folder:
        entry = Path(folder, "uv.txt")
        entry.write_text(locked("uv"), encoding="utf-8")
        command = [*PIP, "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(entry)]
        return run(command, env=environment)


def lock_by_uv(environment):
    command = ["install", "--python", str(PYTHON), "--require-hashes", "--compile-bytecode", "-r", str(LOCK)]
    return uv(*command, env=environment)


def install_lock():
    """Install every locked package, each file checked against its hashes. Returns "" or what went wrong first.

    From where pip is configured to look; the public index comes last, for where that has only other files.
    """
    configured = set(SOURCES) & set(pip_settings())
    failed = uv_by_pip() or lock_by_uv(uv_environment())
    if failed and configured - {"index-url"}:
        # uv takes a version from the first source that has it, though its files may not be the locked ones.
        failed = lock_by_uv(uv_environment(["index-url"])) and failed
    if failed:
        say("uv could not install it; pip is slower but may")
        failed = (
            run([*PIP, "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(LOCK)]) and failed
        )
    if failed and configured:
        say("Neither could pip, from where it is configured to look; the public package index may do")
        failed = (uv_by_pip(unconfigured_pip()) or lock_by_uv(uv_environment([]))) and failed
    return failed


def install_project():
    """Install the project itself, editable; nothing is fetched. Returns "" or what went wrong."""
    how = ["--no-deps", "--no-build-isolation", "-e", "."]
    return uv("install", "--python", str(PYTHON), "--offline", *how, env=uv_environment()) and run(
        [*PIP, "install", "--quiet", "--no-index", *how]
    )


def lay(this_python_wanted):
    """Make .venv what the lock says, if it is not."""
    if sys.version_info[:2] < OLDEST:
        here = dotted(sys.version_info[:3])
        sys.exit(f"giamngheo needs Python 3.11 or newer, this is {here}; try: make env PYTHON=python3.12")
    make_venv(this_python_wanted)
    if recorded()[0] and is_fresh():
        return
    say("Installing requirements.lock into .venv (the first time about a minute)")
    failed = install_lock() or install_project()
    if failed:
        sys.exit(f"{failed}\nThe packages could not be installed; is a package index within reach?")
    run([str(PYTHON), "-m", "compileall", "-q", "giamngheo"])
    record()


# --- The lock -----------------------------------------------------------------------------------------


def write_lock(keep):
    """Resolve pyproject.toml for every Python from `OLDEST` on and every platform.

    From the public package index alone, whatever is configured: local folders of wheels hold those of one
    machine. Into a new file, since uv takes the hashes of a version that it keeps from the old one.
    """
    options = ["--universal", "--python-version", dotted(OLDEST), "--generate-hashes", "--all-extras"]
    # One version of a package on every Python: the same numbers for everybody.
    options += ["--fork-strategy", "fewest"]
    quiet = ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
    with tempfile.TemporaryDirectory() as folder:
        resolved, versions = Path(folder, "resolved.txt"), Path(folder, "versions.txt")
        if keep:
            pinned = re.findall(r"^[^ ;\\]+==[^ ;\\]+", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
            versions.write_text("\n".join(pinned), encoding="utf-8")
            options += ["--constraints", str(versions)]
        failed = uv(
            *("compile", "pyproject.toml", *options, *quiet, "-o", str(resolved)), env=uv_environment([])
        )
        if failed:
            sys.exit(f"{failed}\nThe lock is as it was.")
        if LOCK.read_bytes() != resolved.read_bytes():
            LOCK.write_bytes(resolved.read_bytes())


def check_lock():
    """Ask the public index for a file of each locked package, for every Python and platform; say what is a source."""
    complete = True
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        for name, platform in PLATFORMS.items():
            failed, built = files_for(f"3.{minor}", platform)
            sources = f"; built from source: {', '.join(built)}" if built else ""
            say(failed or f"Python 3.{minor}, {name}: every package is there{sources}")
            complete = complete and not failed
    if not complete:
        sys.exit("The lock cannot be installed everywhere.")


def files_for(python, platform):
    """What went wrong or "", and the packages that have no wheel for a platform but a source."""
    there = ["--python-version", python, "--python-platform", platform, "--target", str(VENV / "not-made")]
    command = ["install", "--dry-run", "--no-deps", "--require-hashes", "--only-binary", ":all:", *there]
    built = []
    while True:
        from_source = [word for name in built for word in ("--no-binary", name)]
        failed = uv(*command, *from_source, "-r", str(LOCK), env=uv_environment([]))
        without = re.search(r"Because ([a-z0-9.-]+)==\S+ has no usable wheels", " ".join(failed.split()))
        if not without or without.group(1) in built:
            return failed, built
        built.append(without.group(1))


def main():
    options = sys.argv[1:]
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a path or a message beyond the locale's letters
    if "--which" in options:
        say(this_python())
    elif "--fits" in options:
        sys.exit(0 if fits() else 1)
    elif "--lock" in options:
        write_lock("--keep" in options)
    elif "--check" in options:
        check_lock()
    else:
        lay("--this-python" in options)


if __name__ == "__main__":
    main()
