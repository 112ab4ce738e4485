"""The command for all provinces at once. Nothing heavy is imported before the input was accepted."""

from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.cli.options import Draws, Langs, Out, Seed
from giamngheo.inputs.errors import RefusedInput

FIRST_UNTIL, LAST_UNTIL = 2013, 2062


def provinces(
    until: Annotated[int, typer.Option("--until", metavar="YEAR", help="Last year.")] = 2015,
    lang: Langs = None,
    out: Out = paths.REPORTS,
    draws: Draws = 2_000,
    seed: Seed = 0,
):
    """Forecast every province of Viet Nam from the survey's readings; a map, small multiples, a table."""
    from giamngheo.inputs.parameters import LANGS, check_out, check_value

    for name, value in (("draws", draws), ("seed", seed), *(("lang", each) for each in lang or ())):
        check_value(name, value)
    if not FIRST_UNTIL <= until <= LAST_UNTIL:
        near = min(max(until, FIRST_UNTIL), LAST_UNTIL)
        raise RefusedInput(f"--until: {until} is outside {FIRST_UNTIL} to {LAST_UNTIL}; nearest: {near}")
    folder = out / "viet-nam"
    check_out(folder)
    from giamngheo.analysis.provinces import province_forecasts
    from giamngheo.report.provinces_page import provinces_page
    from giamngheo.report.wording import Page

    table, ahead = province_forecasts(until, draws=draws, seed=seed)
    langs = dict.fromkeys(lang or LANGS)
    for each in langs:
        page = Page(None, each)
        made = page.say("provinces.made", draws=page.number(draws), seed=str(seed))
        file = folder / each / "index.html"
        paths.write_atomically(file, provinces_page(page, table, ahead, [made], langs))
        print(file)
    for name, frame in (("provinces", table), ("forecasts", ahead)):
        paths.write_atomically(folder / f"{name}.csv", frame.to_csv(index=False, float_format="%.6g"))
        print(folder / f"{name}.csv")
