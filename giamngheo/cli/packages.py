"""The commands of packages: a skeleton for another province, a spreadsheet to fill in, a package from one, upkeep."""

import contextlib
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.cli.options import Accept, YearIs
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.judged import lacking_for_report
from giamngheo.language import has_phrase

log = logging.getLogger("giamngheo")


def new_package(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to make; its name is the package's.")
    ],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Read the tables from a workbook with a sheet each, headed as --xlsx makes it. Numbers as 2.155 or "
            "2,155, days as 31/12/2010 or cuối năm 2010, readings with a year a column; what is ambiguous is asked "
            "about by sheet and cell. Or a bare series: a .csv or one sheet of readings, with --target and --by or "
            "with a sheet of targets.",
        ),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            metavar="PCT",
            help="Of a bare series: the rate of the poor that is to be reached, percent.",
        ),
    ] = None,
    by: Annotated[
        int | None, typer.Option("--by", metavar="YEAR", help="The year by whose end it is to be reached.")
    ] = None,
    province: Annotated[
        str | None,
        typer.Option(
            "--province",
            metavar="NAME",
            help="Of a bare series: the province's name; by the folder's name if that is one's.",
        ),
    ] = None,
    xlsx: Annotated[
        bool,
        typer.Option(
            "--xlsx",
            help="Write DIR/plan.xlsx to fill in: lists to choose from, units, an example, notes in Vietnamese and "
            "English. With --from PACKAGE, filled with that package's tables.",
        ),
    ] = False,
    year_is: YearIs = None,
    accept: Accept = None,
):
    """Lay out a package for another province: a skeleton, or from a spreadsheet or a bare series."""
    from giamngheo.inputs import skeleton
    from giamngheo.inputs.package import load_package

    if xlsx:
        if source is not None and source.suffix:
            raise RefusedInput(f"--from {source}: with --xlsx a package's folder is expected")
        if accept:
            raise RefusedInput("--accept: goes with --from PLAN.xlsx; a template makes one ask nothing")
        print(skeleton.new_workbook(folder, None if source is None else load_package(source)))
        return
    made, told = skeleton.lay_out(
        folder, source, year_is, accept or (), province=province, target=target, by=by
    )
    for line in told:
        say_line(line)
    with contextlib.suppress(RefusedInput):  # what has yet to be typed is told
        for line in short_of(load_package(made)):
            say_line(line)
    print(made)


def refresh(folder: Annotated[Path, typer.Argument(metavar="DIR")]):
    """Write a package's descriptor and checksums anew, and check it; of data that are no plan's the checksums."""
    from giamngheo.inputs.descriptor import holds_no_plan, name_of, refresh_hashes, write_descriptor
    from giamngheo.inputs.package import load_package

    folder = paths.find(folder)
    if holds_no_plan(folder):
        print(refresh_hashes(folder))
        return
    print(write_descriptor(folder, name_of(folder)))
    load_package(folder)


def short_of(package):
    """What a package lacks for some answers though it is valid, each with what to type.

    Parameters
    ----------
    package : Package

    Yields
    ------
    str
    """
    for group in dict.fromkeys(reading.group for reading in package.readings):
        if group not in package.labels.groups and not has_phrase(f"group.{group}"):
            yield (
                f"group '{group}' has no name, so that its id stands on pages; nearest, in datapackage.json under "
                f'"giamngheo": "groups": {{"{group}": {{"vi": "…", "en": "…"}}}}'
            )
    yield from lacking_for_report(package)


def say_line(line):
    """Print a line about what was passed over or concluded beside what is printed."""
    print(line, file=sys.stderr)


def print_title(name, title):
    """Print a line of a list of scenarios, which scripts cut at its tab: a title of several lines in one."""
    print(f"{name}\t{' '.join(title['en'].split())}")


def say_name(package):
    """Say so where a package's descriptor names another than its folder does, which is what it goes by."""
    other = package.descriptor.get("name")
    if other != package.name:
        folder = shown(package.path)
        print(
            f"giamngheo: {folder} goes by its folder's name, {package.name}, though its descriptor says '{other}'; "
            f"to mend that: giamngheo refresh {folder}",
            file=sys.stderr,
        )


def checked_inputs(package, scenario="full_plan", **others):
    """Loaded package and scenario, and checked numbers."""
    from giamngheo.inputs.parameters import load_inputs
    from giamngheo.inputs.scenario import list_scenarios

    loaded = load_inputs({"package": str(package), "scenario": scenario, **others})
    list_scenarios(loaded.package)  # one of its own that it cannot use is refused here, not in a notebook
    log.info("package %s at %s, scenario %s", loaded.package.name, loaded.package.path, loaded.scenario.id)
    say_name(loaded.package)
    return loaded
