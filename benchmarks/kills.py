"""A batch of scenarios whose processes are killed at random moments, and what it is resumed to.

Run: python benchmarks/kills.py [--batches 5] [--scenarios 24] [--draws 300] [--seed 0]. In each batch four processes
are killed by SIGKILL, one after the other, each at a random moment (so many scenarios done, and up to two seconds): a
kernel, the fork server, the world that kernels are forked from and the batch itself, which is then resumed.
Each end must be the same bytes as an undisturbed batch, with no scenario that was finished done twice, no process,
connection file or temporary folder left. Exit status 1 where one is not.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from batch import AXIS, family

from giamngheo import paths

VICTIMS = ("parent", "kernel", "server", "world")
MARK = "GIAMNGHEO_KILLS"
ENDED_WITHIN_S = 5


class Killed:
    """A batch as a command in surroundings of its own, to be watched and killed."""

    def __init__(self, given, out, draws, folder, notebooks=paths.NOTEBOOKS):
        self.out, self.temporary = Path(out), Path(folder) / "tmp"
        self.temporary.mkdir(exist_ok=True)
        begin = (
            "from pathlib import Path; from giamngheo import paths; from giamngheo.cli.commands import main"
        )
        begin += f"; paths.NOTEBOOKS = Path({str(notebooks)!r}); main()"
        self.command = [sys.executable, "-c", begin, "batch", str(given), "--out", str(out), "--json"]
        self.command += ["--draws", str(draws), "--lang", "en", "--workers", "2"]

    def start(self):
        """The running process of the batch."""
        environment = os.environ | {"TMPDIR": str(self.temporary), MARK: str(self.out)}
        return subprocess.Popen(
            self.command, cwd=paths.ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def end(self, process):
        """What it told once it ended (dict), None where it was killed before."""
        answer, _ = process.communicate()
        return json.loads(answer) if answer else None

    def processes(self):
        """Process ids of all that a batch in this folder started and that live."""
        mark, found = f"{MARK}={self.out}".encode(), []
        for home in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (home / "environ").read_bytes().split(b"\0") and is_alive(int(home.name)):
                    found.append(int(home.name))
            except OSError:  # another's, or it has just ended
                continue
        return found

    def finished(self):
        """Scenarios that are whole: name to the instant at which they were (dict)."""
        return {path.parent.name: path.stat().st_mtime_ns for path in self.out.glob("*/*/record.json")}

    def left(self):
        """What is left lying about, each named (list of str)."""
        end = time.monotonic() + ENDED_WITHIN_S
        while (living := self.processes()) and time.monotonic() < end:
            time.sleep(0.1)
        found = [f"process {pid}" for pid in living]
        found += [str(path) for path in self.temporary.iterdir()]
        found += [str(path) for path in self.out.rglob(".*.part")]
        found += [str(path) for path in (self.out / ".batch" / "making").rglob("*") if path.is_file()]
        for path in (paths.CACHE / "connections").glob("*-*.json"):
            if not is_alive(int(path.name.partition("-")[0])):
                found.append(str(path))
        return found


def is_alive(pid):
    """Whether a process runs (bool)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kinds(pid):
    """The processes of a batch by what they are (dict of str to list of int)."""
    found = {"parent": [pid]} | {name: [] for name in VICTIMS[1:]}
    for child in family(pid)[1:]:
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode()
            above = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        if "giamngheo.runs.kernels.server" in words:
            by_parent = {pid: "server"} | dict.fromkeys(found["server"], "world")
            found[by_parent.get(above, "kernel")].append(child)
    return found


def digests(out):
    """What a folder holds that does not differ from run to run: name to hash."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(out).rglob("*"))
        if path.is_file() and path.name != "run.json" and ".batch" not in path.parts
    }


def kill(killed, process, victim, done, chance):
    """Kill one of a kind once so many scenarios are done and up to two seconds are over; False if all ended before."""
    while process.poll() is None and len(killed.finished()) < done:
        time.sleep(0.05)
    time.sleep(chance.uniform(0, 2))
    while process.poll() is None:
        if there := kinds(process.pid)[victim]:
            os.kill(chance.choice(there), signal.SIGKILL)
            return True
        time.sleep(0.02)
    return False


def resume(killed):
    """Resume a batch until it ends well: times resumed, why, faults."""
    resumed, why, faults, told = 0, [], [], None
    while told is None or set(told["counts"]) != {"ok"}:
        if resumed == 3:
            return resumed, why, [*faults, "resumed in vain"]
        resumed += 1
        finished = killed.finished()
        told = killed.end(killed.start())
        faults += twice(killed, told, finished)
        why += [f"{row['state']}: {row['error']}" for row in told["failed"][:2]]
    return resumed, why, faults


def twice(killed, told, finished):
    """What is wrong if scenarios that were finished when a batch was begun were not kept (list of str)."""
    faults = []
    if told["kept"] < len(finished):
        faults.append(f"{len(finished)} were finished, {told['kept']} kept")
    if finished != {name: killed.finished().get(name) for name in finished}:
        faults.append("finished scenarios were done twice")
    return faults


def disturbed(killed, order, moments, chance):
    """Kill one of each kind: what was killed when, times resumed, why, faults."""
    process, finished, said, resumed = killed.start(), {}, [], 0
    for victim, done in zip(order, moments, strict=True):
        hit = kill(killed, process, victim, done, chance)
        said.append(f"{victim} after {done}" if hit else f"no {victim} left")
        if hit and victim == "parent":
            killed.end(process)
            process, finished, resumed = killed.start(), killed.finished(), resumed + 1
    told = killed.end(process)
    faults = twice(killed, told, finished)
    more, why, others = resume(killed) if set(told["counts"]) != {"ok"} else (0, [], [])
    why = [f"{row['state']}: {row['error']}" for row in told["failed"][:2]] + why
    return said, resumed + more, why, faults + others


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--scenarios", type=int, default=24)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args()
    chance, faulty = random.Random(options.seed), 0
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder, "g.yml")
        amounts = AXIS[: options.scenarios // 2]
        given.write_text(
            json.dumps({"grid": {"funding": {"all": amounts}, "delay_years": [0, 1]}}), encoding="utf-8"
        )
        whole = Killed(given, Path(folder, "whole"), options.draws, folder)
        start = time.monotonic()
        told = whole.end(whole.start())
        seconds = time.monotonic() - start
        expected = digests(whole.out)
        print(f"undisturbed: {told['counts']} in {seconds:.0f} s, {len(expected)} files", flush=True)
        for n in range(options.batches):
            order = chance.sample(VICTIMS, len(VICTIMS))
            moments = sorted(chance.sample(range(options.scenarios - 4), len(VICTIMS)))
            killed = Killed(given, Path(folder, f"batch-{n}"), options.draws, folder)
            start = time.monotonic()
            said, resumed, why, faults = disturbed(killed, order, moments, chance)
            seconds = time.monotonic() - start
            found = digests(killed.out)
            differ = [name for name in expected | found if expected.get(name) != found.get(name)]
            faults += [f"other bytes: {name}" for name in differ[:5]] + [
                f"left: {each}" for each in killed.left()
            ]
            faulty += bool(faults)
            print(
                f"batch {n + 1}, killed: {', '.join(said)}; resumed {resumed} times, {seconds:.0f} s{': ' * bool(why)}"
                f"{'; '.join(why)}\n  "
                + ("; ".join(faults) or "the same bytes, nothing twice, nothing left"),
                flush=True,
            )
    print(f"{options.batches - faulty} of {options.batches} batches of {len(VICTIMS)} kills without a fault")
    sys.exit(1 if faulty else 0)


if __name__ == "__main__":
    main()
