"""The command line: checks what it is given, hands it on, prints what comes back.

Nothing heavy is imported before the input was accepted, so that a refusal takes less than a second.
"""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from giamngheo import __version__, paths
from giamngheo.cli.batches import batch, list_pending, run_in_batch
from giamngheo.cli.exploring import explore
from giamngheo.cli.extracting import confirm, extract
from giamngheo.cli.options import (
    Accept,
    Draws,
    Json,
    Langs,
    Out,
    Package,
    Scenario,
    Scenarios,
    Seed,
    YearIs,
    typed,
)
from giamngheo.cli.packages import checked_inputs, new_package, print_title, refresh, say_line, short_of
from giamngheo.cli.provinces import provinces
from giamngheo.cli.surroundings import log_to_file, mend_streams, say_more, say_project
from giamngheo.inputs.errors import RefusedInput, check_project, unknown

EXAMPLES = """\b
Examples:
  giamngheo report                        every page, both languages, into reports/
  giamngheo report --lang vi --pdf        and report.pdf, printed by the Chromium that is installed
  giamngheo scenarios                     the scenarios there are
  giamngheo simulate --scenario double    what twice the money does
  giamngheo explore                       a what-if of one's own, in JupyterLab
  giamngheo forecast --until 2020 --json  the trend, for another program
  giamngheo batch grid.yml --results-only  a grid of scenarios, one table
  giamngheo batch grid.yml --dask local:4  the same with pages, on a Dask cluster
  giamngheo verify reports/an-giang       whether pages, data, code and lock still agree

Exit status: 0 done, 1 ran and failed, 2 the input was refused.
"""

log = logging.getLogger("giamngheo")
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # rich doubles the time to a first word
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Can this funding bring poverty down to its target, and how likely is it?",
    epilog=EXAMPLES,
)


for command in (batch, explore, extract, confirm, refresh, provinces):
    app.command()(command)
app.command(name="new-package")(new_package)


def _version(wanted: bool):
    if wanted:
        print(f"giamngheo {__version__}")
        raise typer.Exit()


@app.callback()
def everywhere(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", callback=say_more, expose_value=False, help="Say more on standard error."),
    ] = False,
):
    """Set up what every command has."""
    if not {"-h", "--help"} & set(sys.argv):
        check_project()
        say_project()


def _langs(langs):
    from giamngheo.inputs.parameters import LANGS, check_value

    for lang in langs or LANGS:
        check_value("lang", lang)
    return list(dict.fromkeys(langs or LANGS))


@app.command()
def report(
    package: Package = paths.PACKAGE,
    scenario: Scenarios = None,
    lang: Langs = None,
    out: Out = paths.REPORTS,
    draws: Draws = 20_000,
    seed: Seed = 0,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print each index page to report.pdf beside it, by Chromium.")
    ] = False,
):
    """Make every notebook and page, with a what-if inside each index page: the main job."""
    from giamngheo.runs.printing import require_chromium

    chromium = require_chromium() if pdf else None
    langs = _langs(lang)
    loaded = checked_inputs(package, draws=draws, seed=seed).package
    _write_pages(loaded, langs, scenario, out, draws, seed, chromium)


@app.command()
def run(
    context: typer.Context,
    scenario: Scenario,
    package: Package = paths.PACKAGE,
    lang: Langs = None,
    out: Out = paths.REPORTS,
    draws: Draws = 20_000,
    seed: Seed = 0,
):
    """Make one scenario's pages; in a batch's folder, one scenario of the batch.

    A batch's scenario is run as the batch was asked for: --package, --lang, --draws and --seed are refused there.
    """
    if run_in_batch(scenario, out, typed(context, "package", "lang", "draws", "seed")):
        return
    langs = _langs(lang)
    loaded = checked_inputs(package, scenario, draws=draws, seed=seed).package
    _write_pages(loaded, langs, [scenario], out, draws, seed)


def _write_pages(package, langs, scenarios, out, draws, seed, chromium=None):
    from giamngheo.inputs.judged import check_reportable
    from giamngheo.inputs.parameters import check_out
    from giamngheo.inputs.scenario import scenarios_by_id
    from giamngheo.runs.execution import start_ahead

    check_reportable(package)
    scenarios_by_id(scenarios or (), package)
    check_out(out / package.name, beside=True)
    start_ahead()  # the kernels' libraries and ours are imported at the same time
    from giamngheo.runs.publish import write_report

    for page in write_report(package, langs, scenarios, out, draws, seed, chromium=chromium):
        print(page)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What report, run or batch wrote.")],
    package: Annotated[
        Path | None, typer.Option("--package", metavar="DIR", help="Where the data lie now, if elsewhere.")
    ] = None,
    json: Json = False,
):
    """Say whether pages, data, code and lock still agree."""
    from giamngheo.cli.output import as_json, verify_text
    from giamngheo.runs.verify import verify as run_verify

    found = run_verify(folder, package)
    print(as_json(found) if json else verify_text(found))
    if not found["agrees"]:
        raise typer.Exit(1)


@app.command()
def validate(package: Package = paths.PACKAGE, accept: Accept = None):
    """Check a package; name file, row and column at fault."""
    if accept:
        from giamngheo.inputs.package import accept_questions

        accept_questions(package, accept)
    loaded = checked_inputs(package).package
    counts = {"readings": loaded.readings, "targets": loaded.targets, "budget lines": loaded.budget_lines}
    print(f"{loaded.name}: valid; " + ", ".join(f"{len(rows)} {what}" for what, rows in counts.items()))
    for line in short_of(loaded):
        print(line)


@app.command()
def audit(
    package: Package = paths.PACKAGE,
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if there is a discrepancy.")] = False,
):
    """Recompute what a decision's figures say about each other."""
    loaded = checked_inputs(package).package
    from giamngheo.auditing import audit as run_audit
    from giamngheo.cli.output import as_json, audit_text

    found = run_audit(loaded)
    print(as_json(found.as_dict()) if json else audit_text(found))
    if strict and found.summary["discrepancy"]:
        raise typer.Exit(1)


@app.command()
def forecast(
    package: Package = paths.PACKAGE,
    accept: Accept = None,
    series: Annotated[
        Path | None,
        typer.Option(
            "--series",
            metavar="FILE.csv|FILE.xlsx",
            help="A bare series in place of a package: as_of, status, poverty_line, rate_pct; or a sheet with a year "
            "a column.",
        ),
    ] = None,
    year_is: YearIs = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="NAME", help="One population group only.")
    ] = None,
    until: Annotated[
        int | None,
        typer.Option(
            "--until",
            metavar="YEAR",
            help="Last year; by default the last target's, for a series four years on.",
        ),
    ] = None,
    reference: Annotated[
        str, typer.Option("--reference", metavar="NAME", help="Comparable series that inform the trend.")
    ] = "vn-review",
    known_by: Annotated[
        str | None,
        typer.Option("--known-by", metavar="DATE", help="Use only what was out by then, own readings too."),
    ] = None,
    draws: Draws = 20_000,
    seed: Seed = 0,
    json: Json = False,
):
    """Forecast the rates of poor and near-poor households."""
    from giamngheo.inputs.parameters import as_day, check_until, check_value

    check_value("draws", draws)
    check_value("seed", seed)
    if accept and series is None:
        raise RefusedInput(
            "--accept: goes with --series; a package keeps its answers, by giamngheo validate --accept"
        )
    loaded = checked_inputs(package).package if series is None else None
    readings = loaded.readings if loaded else _series(series, year_is, accept or ())
    last = max(reading.as_of for reading in readings)
    if group is not None and group not in (groups := sorted({reading.group for reading in readings})):
        raise RefusedInput(unknown("group", group, groups))
    check_value("reference", reference)
    if until is not None:
        check_until(until, last, "--until")
    day = as_day("--known-by", known_by)
    from giamngheo import forecast as run_forecast
    from giamngheo import package_forecast
    from giamngheo.cli.output import as_json, as_text, forecast_answer

    options = {"draws": draws, "seed": seed, "known_by": day, "reference": reference}
    if loaded is None:
        result = run_forecast(readings, until or last.year + 4, accept=accept or (), **options)
    else:
        result = package_forecast(loaded, until=until, **options)
    answer = forecast_answer(result, loaded, group)
    if json:
        print(as_json(answer))
    else:
        usual = (
            loaded and loaded.last_counted() and (until, reference, day) == (None, "vn-review", None)
        )  # without a count no money can be simulated
        print(as_text(answer, _full_plan(loaded, result, draws, seed) if usual else None))


def _full_plan(package, trend, draws, seed):
    """Chances of the full plan on a trend that is already made, case by case."""
    from giamngheo import load_scenario
    from giamngheo.cli.output import cases
    from giamngheo.simulation.outcomes import simulate
    from giamngheo.simulation.shared_draws import shared_draws

    shared = shared_draws(package, draws=draws, seed=seed).with_trend(trend)
    return cases(simulate(package, load_scenario("full_plan", package), shared=shared))


def _series(path, year_is, accept):
    from giamngheo.inputs.readings import read_series

    return read_series(paths.find(path), year_is, accept, say_line)


@app.command()
def simulate(
    scenario: Scenario,
    package: Package = paths.PACKAGE,
    draws: Draws = 20_000,
    seed: Seed = 0,
    json: Json = False,
):
    """Say what a funding scenario does to the chances."""
    given = checked_inputs(package, scenario, draws=draws, seed=seed)
    from giamngheo.cli.output import as_json, as_text, simulation_answer
    from giamngheo.simulation.outcomes import simulate as run_simulation

    answer = simulation_answer(run_simulation(given.package, given.scenario, draws=draws, seed=seed))
    print(as_json(answer) if json else as_text(answer, answer["cases"]))


@app.command()
def track(
    reading: Annotated[
        Path,
        typer.Option(
            "--reading",
            metavar="FILE.csv|FILE.xlsx",
            help="Next year's readings: as_of, status, poverty_line, rate_pct; the package stays as it is.",
        ),
    ],
    package: Package = paths.PACKAGE,
    year_is: YearIs = None,
    accept: Accept = None,
    draws: Draws = 20_000,
    seed: Seed = 0,
    json: Json = False,
):
    """Add the next year's readings; say how the chances moved."""
    given = checked_inputs(package, draws=draws, seed=seed)
    from giamngheo.inputs.readings import read_new_readings

    accept = tuple(accept or ())
    readings = read_new_readings(paths.find(reading), given.package, year_is, accept, say_line)
    from giamngheo.analysis.monitoring import track as run_tracking
    from giamngheo.cli.output import as_json, tracking_answer, tracking_text

    answer = tracking_answer(run_tracking(given.package, readings, draws=draws, seed=seed, accept=accept))
    print(as_json(answer) if json else tracking_text(answer))


@app.command()
def scenarios(
    context: typer.Context,
    package: Package = paths.PACKAGE,
    pending: Annotated[
        bool, typer.Option("--pending", help="Those of the batch in --out that are not done.")
    ] = False,
    out: Out = paths.REPORTS / "batch",
):
    """List the scenarios of a package: id, title."""
    if pending:
        list_pending(out, typed(context, "package"))
        return
    from giamngheo.inputs.scenario import list_scenarios, scenarios_left_out

    checked = checked_inputs(package).package
    for name, title, _ in list_scenarios(checked):
        print_title(name, title)
    if unfit := ", ".join(row.id for row in scenarios_left_out(checked)):
        print(f"left out, for they do not fit this plan: {unfit}", file=sys.stderr)


def _typed():
    """The command line, with --verbose behind every command too."""
    whole = typer.main.get_command(app)
    verbose = next(option for option in whole.params if option.name == "verbose")
    for command in whole.commands.values():
        command.params.append(verbose)
    return whole


def main():
    """Run a command; its exit status is 0 done, 1 ran and failed, 2 refused."""
    mend_streams()
    logged = log_to_file()
    log.info("giamngheo %s", " ".join(sys.argv[1:]))
    try:
        _typed()(prog_name="giamngheo")
    except KeyboardInterrupt:
        sys.exit(130)
    except RefusedInput as error:
        log.info("refused: %s", error)
        print(f"giamngheo: refused: {error}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        log.exception("failed")
        line = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"giamngheo: failed: {line[:300]} (log: {logged})", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
