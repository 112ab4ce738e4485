"""The commands of batches: what is typed and printed. Nothing heavy is imported before the input was accepted."""

import json as json_
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.cli.options import Draws, Json, Langs, Package, Seed
from giamngheo.cli.packages import print_title, say_name
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.runs.batch import calls
from giamngheo.runs.batch.address import reached
from giamngheo.runs.batch.plan import make_plan

MOST_TOLD = 20  # failures that a summary lists


def batch(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME|FILE.yml|DIR|GLOB]...", help="Scenarios and grids; all there are if none is named."
        ),
    ] = None,
    package: Package = paths.PACKAGE,
    lang: Langs = None,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="DIR|ADDRESS",
            help="A folder, or an fsspec address such as s3://bucket/name; reports/batch if not said.",
            show_default=False,
        ),
    ] = str(calls.OUT),
    draws: Draws = 20_000,
    seed: Seed = 0,
    workers: Annotated[
        int,
        typer.Option("--workers", metavar="N", help="Scenarios side by side; as many as there are cores."),
    ] = calls.WORKERS,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask",
            metavar="ADDRESS|local:N",
            help="Send the scenarios to a Dask cluster (tcp://HOST:8786), or to one of N processes made here.",
        ),
    ] = None,
    results_only: Annotated[
        bool, typer.Option("--results-only", help="The table of results alone: no notebooks, no pages.")
    ] = False,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="K/N", help="Every N-th scenario from the K-th.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many, how long, how large; compute nothing.")
    ] = False,
    no_warm: Annotated[bool, typer.Option("--no-warm", help="Start every kernel anew: slower.")] = False,
    json: Json = False,
):
    """Run many scenarios: pages for each, one table of all."""
    plan = make_plan(scenarios, package, shard)
    for each in plan.used:
        say_name(each)
    settings = calls.make_settings(lang, draws, seed, workers, results_only, not no_warm, True, dask)
    calls.check_pages(plan, settings)
    with reached(out, shard) as (folder, mirror):
        foreseen = calls.foresee(plan, folder, settings)
        calls.keep_plan(scenarios, package, folder, settings)
        if dry_run:
            print(json_.dumps(vars(foreseen)) if json else _foreseen_text(foreseen, out))
            return
        if not json:
            print(_foreseen_text(foreseen, out), file=sys.stderr)
        from giamngheo.runs.batch.running import Batch, Interrupted

        try:
            outcome = Batch(plan, folder, settings, calls.part_of(shard), mirror).run()
        except Interrupted as stopped:
            if mirror is not None:
                mirror.try_to_put(folder)
            _tell(stopped.outcome, json)
            sys.stdout.flush()
            os._exit(130)  # at once: threads may still wait for a kernel
        if mirror is not None:
            outcome.files = [f"{out.rstrip('/')}/{path.relative_to(folder)}" for path in outcome.files]
            outcome.out = out
        _tell(outcome, json)  # before what is left is put at an address, which may fail
    if outcome.stopped:
        raise typer.Exit(130)
    if not outcome.ok:
        raise typer.Exit(1)


def _tell(outcome, json):
    if json:
        print(json_.dumps(calls.told(outcome), ensure_ascii=False))
    else:
        print(_outcome_text(outcome))


def _foreseen_text(foreseen, out):
    done = foreseen.scenarios - foreseen.to_do
    size = foreseen.bytes / 1e6
    minutes = foreseen.seconds / 60
    time = (
        f"{foreseen.seconds:.0f} s"
        if minutes < 2
        else f"{minutes:.0f} min"
        if minutes < 120
        else f"{minutes / 60:.1f} h"
    )
    return (
        f"{foreseen.scenarios:,} scenarios into {out}: {done:,} done, {foreseen.to_do:,} to do, "
        f"about {time} and {size:,.0f} MB"
    )


def _outcome_text(outcome):
    counts = ", ".join(f"{n:,} {state}" for state, n in sorted(outcome.counts.items()))
    lines = [f"{counts} ({outcome.kept:,} kept) in {outcome.seconds:.0f} s"]
    for task, failure in outcome.failures[:MOST_TOLD]:
        if failure["state"] != "skipped":
            lines.append(f"  {task.name}: {failure['state']}: {failure['error']}")
    if len(outcome.failures) > MOST_TOLD:
        lines.append(f"  … and {len(outcome.failures) - MOST_TOLD:,} more in {outcome.out}/manifest.json")
    if not outcome.ok:
        lines.append("to go on: mend what is named, then the same command again, which does these alone")
    if not outcome.files:
        lines.append(
            "no table yet: whoever ends last of all parts makes it, or the same command without --shard"
        )
    lines += [str(path) for path in outcome.files]
    return "\n".join(lines)


def run_in_batch(scenario, out, typed=()):
    """Whether ``run`` was of a batch's scenario, which it then ran: the folder has a batch's plan (bool)."""
    if Path(scenario).suffix or not calls.Folder(out).plan.is_file():
        return False
    _refuse_typed(typed, out, f"giamngheo run --scenario {scenario}")
    outcome = calls.run_one(scenario, out)
    print(_outcome_text(outcome))
    if not outcome.ok:
        raise typer.Exit(1)
    return True


def _refuse_typed(options, out, command):
    """Refuse options that a batch's plan has settled."""
    if options:
        where = shown(paths.absolute(out))
        raise RefusedInput(
            f"{', '.join(options)}: {where} is a batch's folder, whose plan says what its scenarios are run with; "
            f"nearest: {command} --out {where}"
        )


def list_pending(out, typed=()):
    """List the scenarios of a batch that are not done."""
    tasks = calls.pending(out)
    _refuse_typed(typed, out, "giamngheo scenarios --pending")
    for name, task in tasks.items():
        print_title(name, task.keys["title"])
