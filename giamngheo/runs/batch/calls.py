"""What a command, a notebook or a cluster's scheduler asks of a batch: to run it, to foresee it, one scenario of it."""

import json
import os
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput, shown, unknown
from giamngheo.inputs.judged import check_reportable
from giamngheo.inputs.parameters import LANGS, check_value
from giamngheo.inputs.scenario import Scenario
from giamngheo.runs.batch.address import reached
from giamngheo.runs.batch.folder import Folder
from giamngheo.runs.batch.plan import make_plan
from giamngheo.runs.locks import workspace

OUT = paths.REPORTS / "batch"
MOST_WORKERS = 256
WORKERS = min(os.cpu_count() or 1, MOST_WORKERS)  # where no number is given
# What a scenario takes and leaves on an ordinary machine: foreseen, until a run in the folder has told better.
SECONDS_OF_A_PAGE, SECONDS_OF_A_DRAW, SECONDS_ONCE = 2.5, 8e-6, 6
BYTES_OF_A_PAGE, BYTES_OF_RESULTS = 700_000, 10_000


@dataclass(frozen=True)
class Foreseen:
    """How much a batch has to do: scenarios in all and still to do, seconds, bytes."""

    scenarios: int
    to_do: int
    seconds: float
    bytes: int


def run_batch(
    scenarios=None,
    package=paths.PACKAGE,
    *,
    langs=LANGS,
    out=None,
    draws=20_000,
    seed=0,
    workers=2,
    results_only=None,
    shard=None,
    warm=True,
    progress=True,
    dask=None,
):
    """Run many scenarios, and give the results of all as one frame.

    Parameters
    ----------
    scenarios : sequence, or one of what it holds; optional
        Names, files, folders, patterns, keys of scenarios, Scenario objects, grids (a file or a mapping with the key
        ``grid``), mixed at will. Default: all scenarios of the package.
    package : str, path-like or Package
    langs : sequence of {"vi", "en"}
        Of the pages.
    out : path-like, optional
        Folder of results, notebooks and pages, or an fsspec address such as "s3://bucket/name"; what is done there is
        kept. Left out, only results are computed.
    draws, seed : int
    workers : int
        Processes at work side by side.
    results_only : bool, optional
        Without notebooks and pages; the same results to the last bit. Default: if there is no folder.
    shard : str, optional
        "K/N", every N-th scenario from the K-th.
    warm : bool
        Fork kernels from a process that has the libraries.
    progress : bool
    dask : str, optional
        Address of a Dask scheduler that the scenarios are sent to, or "local:N" for N processes of this machine. Same
        results; ``workers`` then does not count.

    Returns
    -------
    DataFrame
        One row a scenario, case of additionality, status and year, as of `simulation.results.result_rows`, with
        package, scenario and parameters before them. Scenarios that failed are not in it: a warning names them, and
        they stand in ``.attrs["failed"]``.

    Raises
    ------
    RefusedInput
        All that is wrong with the scenarios, before anything is computed.
    """
    results_only = out is None if results_only is None else results_only
    plan = make_plan(scenarios, package, shard)
    settings = make_settings(langs, draws, seed, workers, results_only, warm, progress, dask)
    check_pages(plan, settings)
    if out is not None:
        with reached(out, shard) as (folder, mirror):
            return _run(plan, folder, settings, part_of(shard), mirror)
    with workspace() as folder:
        return _run(plan, folder, settings)


def _run(plan, out, settings, part=None, mirror=None):
    import pandas as pd

    from giamngheo.runs.batch.running import Batch

    outcome = Batch(plan, out, settings, part, mirror).run()
    frame = pd.read_parquet(outcome.out / "results.parquet")
    frame.attrs["failed"] = told(outcome)["failed"]
    if not outcome.ok:
        names = ", ".join(row["scenario"] for row in frame.attrs["failed"][:5])
        warnings.warn(f"{len(outcome.failures)} of {len(plan)} scenarios are not done: {names}", stacklevel=3)
    return frame


def part_of(shard):
    """The name of the part of a batch that ``shard`` (K/N) is, None for the whole."""
    return shard and f"shard-{shard.replace('/', '-of-')}"


def make_settings(langs, draws, seed, workers, results_only, warm, progress, dask=None):
    """The settings of a batch, checked (`runs.batch.settings.Settings`)."""
    from giamngheo.runs.batch.settings import Settings

    for name, value in [("draws", draws), ("seed", seed), *(("lang", lang) for lang in langs or LANGS)]:
        check_value(name, value)
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        raise RefusedInput(f"workers: {workers!r} is not a number of processes; nearest: {WORKERS}")
    if dask:
        from giamngheo.runs.batch.cluster import check_address

        workers = check_address(str(dask)) or workers
    langs = tuple(dict.fromkeys(langs or LANGS))
    numbers = (int(draws), int(seed), workers)
    return Settings(langs, *numbers, bool(results_only), bool(warm), bool(progress), str(dask or ""))


def check_pages(plan, settings):
    """Refuse pages of scenarios whose package lacks what a page tells; its results can be had all the same."""
    if not settings.results_only:
        for package in plan.used:
            check_reportable(package)


def foresee(plan, out, settings):
    """How long a batch will take and how large it will be; refused if the disk cannot hold it.

    Parameters
    ----------
    plan : Plan
    out : Path
    settings : Settings

    Returns
    -------
    Foreseen
    """
    folder = Folder(out)
    folder.check()
    to_do = len(plan)
    if folder.state.is_dir():
        from giamngheo.runs.batch.running import Batch

        to_do = len(Batch(plan, out, settings).pending())
    if settings.results_only:
        each, size = SECONDS_OF_A_DRAW * settings.draws, BYTES_OF_RESULTS
    else:
        each = SECONDS_OF_A_PAGE * len(settings.langs)
        size = BYTES_OF_A_PAGE * len(settings.langs) + BYTES_OF_RESULTS
    seconds = SECONDS_ONCE + to_do * (_measured(folder, settings) or each) / min(
        settings.workers, max(to_do, 1)
    )
    above = next(each for each in (folder.out, *folder.out.parents) if each.is_dir())
    free = shutil.disk_usage(above).free
    if to_do * size > free:
        less = "" if settings.results_only else "--results-only, or "
        raise RefusedInput(
            f"--out {shown(folder.out)}: about {to_do * size / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free; "
            f"nearest: {less}another --out"
        )
    return Foreseen(len(plan), to_do, seconds if to_do else 0.0, to_do * size)


def _measured(folder, settings):
    """Processor seconds of a scenario of the last run in the folder, if it was of this kind, or None."""
    try:
        record = json.loads((folder.out / "run.json").read_text(encoding="utf-8"))
        alike = (record["results_only"], record["draws"]) == (settings.results_only, settings.draws)
        enough = record["done_now"] >= 5
        return record["seconds"] * record["workers"] / record["done_now"] if alike and enough else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def told(outcome):
    """A batch's end as ``batch --json`` prints it (dict)."""
    return {
        "out": str(outcome.out),
        "counts": dict(sorted(outcome.counts.items())),
        "kept": outcome.kept,
        "seconds": round(outcome.seconds, 1),
        "stopped": outcome.stopped,
        "failed": [
            {"package": task.package.name, "scenario": task.id, **failure}
            for task, failure in outcome.failures
        ],
        "files": [str(path) for path in outcome.files],
    }


# --- The same from many machines: the plan lies in the folder


def keep_plan(given, package, out, settings):
    """Write down what a batch is of, for `kept_plan`; one that was given in Python cannot be.

    Parameters
    ----------
    given : sequence of str or Path
    package : str or Path
    out : Path
    settings : Settings
    """
    if any(isinstance(each, Mapping | Scenario) for each in given or ()):
        return
    whole = {
        "given": [_lasting(each) for each in given or ()],
        "package": str(paths.find(package)),
        "langs": settings.langs,
        "draws": settings.draws,
        "seed": settings.seed,
        "results_only": settings.results_only,
    }
    folder, text = Folder(out), json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    if not folder.plan.is_file() or folder.plan.read_text(encoding="utf-8") != text:
        with folder.locked("plan"):  # not that of a batch at work
            paths.write_atomically(folder.plan, text)


def _lasting(given):
    """A name as it is; a path or pattern from the root of the file system."""
    text = str(given)
    is_name = "/" not in text and not os.path.exists(text) and not any(sign in text for sign in "*?[.")  # noqa: PTH110
    return text if is_name else str(paths.find(text))


def kept_plan(out):
    """The plan and the settings of the batch in a folder, (None, None) where there is none."""
    try:
        whole = json.loads(Folder(out).plan.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None, None
    settings = make_settings(
        whole["langs"], whole["draws"], whole["seed"], 1, whole["results_only"], True, False
    )
    return make_plan(whole["given"], whole["package"]), settings


def pending(out):
    """The scenarios of the batch in a folder that are not done.

    Parameters
    ----------
    out : Path

    Returns
    -------
    dict of str to Task
        By what `run_one` calls each.

    Raises
    ------
    RefusedInput
        No batch in the folder.
    """
    from giamngheo.runs.batch.running import Batch

    plan, settings = kept_plan(out)
    if plan is None:
        where = shown(paths.absolute(out))
        raise RefusedInput(
            f"--out {where}: no batch was begun there; nearest: giamngheo batch … --dry-run --out {where}"
        )
    several = len({each.path for each in plan.packages.values()}) > 1
    return {task.name if several else task.id: task for task, _ in Batch(plan, out, settings).pending()}


def run_one(scenario, out):
    """Run one scenario of the batch in a folder; others may run others beside it.

    Parameters
    ----------
    scenario : str
        Its id, or package/id where two packages have it.
    out : Path

    Returns
    -------
    Outcome or None
        None where there is no batch in the folder.
    """
    from giamngheo.runs.batch.running import Batch

    plan, settings = kept_plan(out)
    if plan is None:
        return None
    found = [task for task in plan if scenario in (task.id, task.name)]
    if not found:
        raise RefusedInput(
            unknown(f"scenario of the batch in {shown(paths.absolute(out))}", scenario, _names(plan))
        )
    if len(found) > 1:
        names = ", ".join(task.name for task in found)
        raise RefusedInput(f"--scenario {scenario}: several packages of the batch have it; nearest: {names}")
    only = replace(plan, numbers=[task.number for task in found])
    return Batch(only, out, settings, part=found[0].name.replace("/", ".")).run()


def _names(plan):
    return [plan.task(number).id for number in list(plan.numbers)[:1_000]]
