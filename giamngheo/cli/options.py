"""Options that several commands share: their names, what they take, what help says of them."""

from pathlib import Path
from typing import Annotated

import typer

Package = Annotated[
    Path,
    typer.Option(
        "--package", metavar="DIR", help="A data package; data/an-giang if none is named.", show_default=False
    ),
]
Scenario = Annotated[
    str,
    typer.Option(
        "--scenario",
        metavar="NAME|FILE.yml",
        help="A scenario's name, or a file of your own or saved by the what-if of a page.",
    ),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario", metavar="NAME|FILE.yml", help="Repeat for several; all there are if none is named."
    ),
]
Langs = Annotated[
    list[str] | None, typer.Option("--lang", metavar="vi|en", help="Repeat for both, the default.")
]
Out = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Where pages go; reports/ if not said.", show_default=False),
]
Draws = Annotated[int, typer.Option("--draws", metavar="N", help="Draws of the model, 100 to 1000000.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same bytes.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", metavar="ID", help="A question's figures are right as they stand; a package keeps that."
    ),
]
YearIs = Annotated[
    str | None,
    typer.Option(
        "--year-is",
        metavar="start|end",
        help="The instant that a year alone, such as 2010, or a month, stands for.",
    ),
]


def typed(context, *names):
    """Those of some options that stand on the command line (list of str)."""
    return [f"--{name}" for name in names if context.get_parameter_source(name).name == "COMMANDLINE"]
