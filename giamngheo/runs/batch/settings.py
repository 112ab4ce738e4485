"""How a batch is done."""

from dataclasses import dataclass

from giamngheo.inputs.parameters import LANGS


@dataclass(frozen=True)
class Settings:
    """How a batch is done, apart from its scenarios."""

    langs: tuple = LANGS
    draws: int = 20_000
    seed: int = 0
    workers: int = 2
    results_only: bool = False
    warm: bool = True
    progress: bool = True
    dask: str = ""  # the address of a cluster, or local:N
