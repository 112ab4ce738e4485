"""A proposal: the cells of one row, the place that each rests on, and what about them is in doubt."""

from dataclasses import dataclass, field

from giamngheo.inputs.tables import TABLES

WAITING = "proposals.csv"  # in a package's folder: what of it waits to be confirmed


@dataclass
class Proposal:
    """One proposed row of a package's table.

    Parameters
    ----------
    table : str
        Name of the table's file, or "labels" for what the package is about.
    cells : dict of str to str
        By column, as they will stand in the file; empty where the text gives nothing.
    places : dict of str to (int, int)
        By column, the letters of the kept text that a cell rests on; under "" those of the whole.
    doubts : dict of str to str
        By column, why its cell may be wrong (`review.doubt.…` in the phrases); none: a high confidence.
    """

    table: str
    cells: dict[str, str]
    places: dict[str, tuple[int, int]]
    doubts: dict[str, str] = field(default_factory=dict)

    @property
    def confidence(self):
        """ "high" where nothing is in doubt, else "low"."""
        return "low" if self.doubts else "high"

    @property
    def key(self):
        """What tells the row from others of its table (tuple of str)."""
        columns = TABLES[self.table].KEY if self.table in TABLES else tuple(self.cells)[:1]
        return tuple(self.cells.get(column, "") for column in columns)

    @property
    def span(self):
        """The first and the last letter of what it rests on (tuple of int)."""
        return min(start for start, _ in self.places.values()), max(end for _, end in self.places.values())


def by_key(proposals):
    """Proposals without a second of the same key; one that says something else puts the first in doubt (list).

    Parameters
    ----------
    proposals : iterable of Proposal

    Returns
    -------
    list of Proposal
    """
    kept = {}
    for each in proposals:
        first = kept.setdefault((each.table, *each.key), each)
        if first is each:
            continue
        for column, value in each.cells.items():
            if column in ("rate_pct", "households", "persons", "value_pct") and value:
                if not first.cells.get(column):
                    first.cells[column] = value
                    first.places[column] = each.places.get(column, each.span)
                elif first.cells[column] != value:
                    first.doubts.setdefault(column, "said_twice")
    return list(kept.values())
