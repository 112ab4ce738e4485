"""The commands of packages: what is typed and printed."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from giamngheo import paths
from giamngheo.inputs.errors import shown


def refresh(folder: Annotated[Path, typer.Argument(metavar="DIR")]):
    """Write a package's descriptor and checksums anew, and check it."""
    from giamngheo.inputs.descriptor import name_of, write_descriptor
    from giamngheo.inputs.package import load_package

    folder = paths.find(folder)
    print(write_descriptor(folder, name_of(folder)))
    load_package(folder)


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
