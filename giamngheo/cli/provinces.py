"""The command for all provinces at once. Nothing heavy is imported before the input was accepted."""

from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.cli.options import Draws, Langs, Out, Seed
from giamngheo.inputs.errors import RefusedInput

FIRST_BY, LAST_BY = 2013, 2050
FIRST_OUT, LAST_OUT = "2008-06-30", "2014-06-30"  # when the surveys of 2006 and of 2012 had come out


def provinces(
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            metavar="PCT",
            help="The aim of every province: a rate of PCT percent or less; half of its last rate if not said.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        int, typer.Option("--by", metavar="YEAR", help="Year at whose end the aim is judged.")
    ] = 2015,
    known_by: Annotated[
        str,
        typer.Option(
            "--known-by",
            metavar="DATE",
            help="Only what had come out by then informs a forecast; by 2013-01-21 that was the survey of 2010.",
        ),
    ] = LAST_OUT,
    lang: Langs = None,
    out: Out = paths.REPORTS,
    draws: Draws = 20_000,
    seed: Seed = 0,
):
    """Forecast every province of Viet Nam from the survey's readings to 2012; maps, small multiples, pace to an aim."""
    from giamngheo.inputs.parameters import LANGS, as_day, check_out, check_value

    for name, value in (("draws", draws), ("seed", seed), *(("lang", each) for each in lang or ())):
        check_value(name, value)
    _check("--by", by, FIRST_BY, LAST_BY)
    if target is not None:
        _check("--target", target, 0, 100)
    day = as_day("--known-by", known_by or LAST_OUT)
    if day != (near := min(max(day, as_day("", FIRST_OUT)), as_day("", LAST_OUT))):
        raise RefusedInput(f"--known-by: {day} is outside {FIRST_OUT} to {LAST_OUT}; nearest: {near}")
    check_out(out / "viet-nam", beside=True)
    from giamngheo.runs.provinces import write_provinces

    langs = list(dict.fromkeys(lang or LANGS))
    for file in write_provinces(langs, out, by=by, target_pct=target, known_by=day, draws=draws, seed=seed):
        print(file)


def _check(option, value, low, high):
    if not low <= value <= high:  # nor what is no number
        near = low if value != value else min(max(value, low), high)
        raise RefusedInput(f"{option}: {value:g} is outside {low} to {high}; nearest: {near}")
