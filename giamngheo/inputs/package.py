"""Data packages: a province's plan and readings, checked at the door, as frozen rows.

The descriptor `datapackage.json` is a Frictionless Data Package whose schemas come from `inputs.tables`.
Nothing here imports pandas until a table is asked for as a frame.
"""

import math
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any

from giamngheo import paths
from giamngheo.inputs.csv_rows import read_rows
from giamngheo.inputs.descriptor import (
    DESCRIPTOR,
    Labels,
    keep_accepted,
    name_of,
    read_descriptor,
    table_schema,
)
from giamngheo.inputs.display import words_and_table
from giamngheo.inputs.errors import RefusedInput, nearest, shown, unknown
from giamngheo.inputs.extraction.proposals import WAITING
from giamngheo.inputs.package_faults import package_faults, reference_unit_of
from giamngheo.inputs.questions import package_questions, unanswered
from giamngheo.inputs.readings import WORKBOOKS
from giamngheo.inputs.scenario import check_own
from giamngheo.inputs.tables import (
    TABLES,
    BudgetLine,
    Claim,
    Document,
    Measure,
    PovertyLine,
    Reading,
    Responsibility,
    Row,
    Target,
)

TEMPLATE = (
    Path(__file__).parent.parent / "templates" / "package"
)  # of an example province, to be written over
# A table's file, and what its rows are where another word says more.
ATTRIBUTES = {"poverty": "readings", "lines": "poverty_lines", "budget": "budget_lines"}
REQUIRED = ("poverty", "lines", "targets", "budget", "documents")
# Units that stand for something a household receives, so that a quantity of them is a reach.
REACH_UNITS = ("household", "household_year", "house", "card", "pupil", "person")


@dataclass(frozen=True, repr=False)
class Package:
    """A checked data package, named as its folder is; every table is a tuple of frozen rows of `inputs.tables`."""

    name: str
    path: Path
    labels: Labels
    descriptor: dict[str, Any] = field(repr=False)
    readings: tuple[Reading, ...] = field(repr=False)
    poverty_lines: tuple[PovertyLine, ...] = field(repr=False)
    targets: tuple[Target, ...] = field(repr=False)
    budget_lines: tuple[BudgetLine, ...] = field(repr=False)
    measures: tuple[Measure, ...] = field(repr=False)
    agencies: tuple[Responsibility, ...] = field(repr=False)
    claims: tuple[Claim, ...] = field(repr=False)
    documents: tuple[Document, ...] = field(repr=False)

    def __repr__(self):
        counts = f"{len(self.readings)} readings, {len(self.targets)} targets, {len(self.budget_lines)} budget lines"
        return f"Package {self.name}: {counts}"

    def _repr_html_(self):
        rows = [
            {"frame": table, "rows": len(self.rows(table)), "columns": ", ".join(model.model_fields)}
            for table, model in TABLES.items()
        ]
        return words_and_table(str(self), rows)

    @property
    def main_document(self) -> Document:
        """The document that holds the plan."""
        return next(row for row in self.documents if row.document == self.labels.main_document)

    @property
    def published(self) -> date:
        """Date of the main document: what was public by then may inform a forecast."""
        return self.main_document.date or self.labels.date

    @property
    def years(self) -> tuple[int, ...]:
        """Programme years."""
        return tuple(range(self.labels.first_year, self.labels.last_year + 1))

    @property
    def last_due(self) -> date:
        """Instant of the last target on a rate, else the end of the last programme year."""
        dates = [target.as_of for target in self.targets if target.status and target.as_of]
        return max(dates, default=date(self.labels.last_year, 12, 31))

    @property
    def deadline(self) -> date:
        """What is forecast to: the last target's instant that is still ahead, at the least a year's end that is."""
        last, end = max(row.as_of for row in self.readings), date(self.labels.last_year, 12, 31)
        dates = [target.as_of for target in self.targets if target.status and target.as_of]
        due = max((day for day in dates if day > last and day.year >= self.labels.first_year), default=end)
        return max(due, date(last.year + (last == date(last.year, 12, 31)), 12, 31))

    @property
    def reference_unit(self) -> str | None:
        """The unit of the reference series that must not inform its prior: as named, else its province's."""
        return self.labels.reference_unit or reference_unit_of(self.labels.province_vi)

    @property
    def last_line(self) -> tuple[PovertyLine, ...]:
        """Rows of the poverty line that the last reading was made on."""
        last = max(self.readings, key=self._recency).poverty_line
        return tuple(row for row in self.poverty_lines if row.poverty_line == last)

    def _recency(self, reading):
        line = reading.poverty_line
        return reading.as_of, min(row.valid_from for row in self.poverty_lines if row.poverty_line == line)

    @property
    def poor_lines_vnd_month(self) -> tuple[int, int]:
        """Poor thresholds of the last line, rural and urban, VND per person a month."""
        by_area = {row.area: row.poor_vnd_month for row in self.last_line}
        some = next(iter(by_area.values()))
        return by_area.get("rural", some), by_area.get("urban", some)

    @property
    def near_poor_ratio(self) -> float | None:
        """Near-poor over poor threshold of the last line (mean over areas), None without a near-poor one."""
        ratios = [
            row.near_poor_vnd_month / row.poor_vnd_month for row in self.last_line if row.near_poor_vnd_month
        ]
        return math.fsum(ratios) / len(ratios) if ratios else None

    def last_counted(self, group: str = "all") -> Reading | None:
        """A group's last reading of the poor that has a count and a rate, on the newer line where two were read.

        Parameters
        ----------
        group : str

        Returns
        -------
        Reading or None
        """
        counted = [
            row
            for row in self.readings
            if (row.group, row.status) == (group, "poor") and row.households and row.rate_pct
        ]
        return max(counted, key=self._recency, default=None)

    def group_size(self, group: str) -> float | None:
        """Households of a group, implied by its last counted reading.

        Parameters
        ----------
        group : str

        Returns
        -------
        float or None
            Households.
        """
        last = self.last_counted(group)
        return float(Fraction(100 * last.households) / Fraction(last.rate_pct)) if last else None

    def total_bn(self, channel: str | None = None) -> Decimal:
        """Planned money of the whole period as printed, of all budget lines or of those of one channel.

        Parameters
        ----------
        channel : str, optional

        Returns
        -------
        Decimal
            Billion VND.
        """
        return sum((row.total_3y for row in self.budget_lines if channel in (None, row.channel)), Decimal(0))

    def promise(self, line: str) -> tuple[float, str] | None:
        """How many the plan promises that a budget line reaches a year.

        Parameters
        ----------
        line : str
            Budget line.

        Returns
        -------
        tuple of (float, str) or None
            Quantity a year and its unit, from the first measure of the line that has both.
        """
        for row in self.measures:
            if (
                row.line == line
                and row.quantity
                and row.unit in REACH_UNITS
                and row.per in ("year", "period")
            ):
                return float(row.quantity) / (len(self.years) if row.per == "period" else 1), row.unit
        return None

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table by the name of its file, such as "poverty" or "budget"."""
        return getattr(self, ATTRIBUTES.get(table, table))

    def frame(self, table: str):
        """A table as a DataFrame.

        Parameters
        ----------
        table : str
            "poverty", "lines", "targets", "budget", "measures", "agencies", "claims" or "documents".

        Returns
        -------
        pandas.DataFrame
            Numbers as float (counts as integers, Int64 where some are missing), dates as timestamps.

        Raises
        ------
        RefusedInput
            An unknown table.
        """
        if table not in TABLES:
            raise RefusedInput(unknown("table", table, TABLES))
        import pandas as pd

        rows, columns = self.rows(table), {}
        for described in table_schema(TABLES[table])["fields"]:
            name, kind = described["name"], described["type"]
            values = [getattr(row, name) for row in rows]
            if kind == "number":
                columns[name] = pd.Series([None if v is None else float(v) for v in values], dtype="float64")
            elif kind == "date":
                columns[name] = pd.to_datetime(pd.Series(values, dtype="object"))
            elif kind == "integer":
                columns[name] = pd.Series(values, dtype="Int64" if None in values else "int64")
            else:
                columns[name] = pd.Series(values, dtype="str")
        return pd.DataFrame(columns)


def load_package(path=None, accept=()) -> Package:
    """Read and check a data package.

    Parameters
    ----------
    path : path-like, optional
        Its folder; default: the project's data/an-giang.
    accept : iterable of str
        Ids of questions (`inputs.questions`) whose figures are right as they stand.

    Returns
    -------
    Package

    Raises
    ------
    RefusedInput
        Everything wrong with its files, each with file, row, column and the nearest valid value; else what they make
        one ask; else what is wrong with its own scenarios.

    Notes
    -----
    A file that does not match the descriptor's sha256 is not refused: the audit reports it.
    """
    folder = _folder(path)
    if (folder / WAITING).exists():
        raise RefusedInput(
            f"{shown(folder)}: proposals from a decision's text that nobody has confirmed yet; open review.vi.html or "
            f"review.en.html there, which puts the command together: giamngheo confirm {shown(folder)}"
        )
    _check_names(folder)
    descriptor, name, labels = read_descriptor(folder)
    tables: dict[str, dict[int, Row]] = {}
    problems: list[str] = []
    for table, model in TABLES.items():
        file = folder / f"{table}.csv"
        if not file.exists() and table not in REQUIRED:
            tables[table] = {}
            continue
        try:
            tables[table] = read_rows(file, model)
        except RefusedInput as refusal:
            problems += refusal.problems

    def place(table, row, column):
        if table is None:
            return f"{shown(folder / DESCRIPTOR)}: {column}"
        file = shown(folder / f"{table}.csv")
        return ":".join(str(part) for part in (file, row, column) if part is not None)

    problems = problems or problems_together(tables, labels, accept, place)
    if problems:
        raise RefusedInput(problems)
    rows = {ATTRIBUTES.get(table, table): tuple(found.values()) for table, found in tables.items()}
    own = name_of(folder, name)
    return check_own(Package(name=own, path=folder, labels=labels, descriptor=descriptor, **rows))


def problems_together(tables, labels, accept, place, asked=()):
    """What is wrong with a package's tables taken together, else what they make one ask.

    Parameters
    ----------
    tables : dict of str to dict
        Rows by their labels, by table.
    labels : Labels
    accept : iterable of str
        As of `load_package`.
    place : callable
        As `where` of `questions.unanswered`.
    asked : iterable of Question
        What else is asked, by what tables do not keep.

    Returns
    -------
    list of str
    """
    faults = [f"{place(*where)}: {what}" for *where, what in package_faults(tables, labels)]
    return faults or unanswered([*asked, *package_questions(tables, labels)], accept, labels.accepted, place)


def check_package(package) -> Package:
    """The package; anything else is refused with the call that would give one."""
    if isinstance(package, Package):
        return package
    what = repr(package) if isinstance(package, str | Path) else type(package).__name__
    raise RefusedInput(
        f"package: {what}, where a Package is expected, such as load_package('data/an-giang') gives"
    )


def _folder(path):
    if not isinstance(path, str | PathLike | None):
        raise RefusedInput(
            f"package: {type(path).__name__}, where a folder is expected, such as 'data/an-giang'"
        )
    folder = Path(paths.PACKAGE if path is None else paths.find(path))
    if (name := str(folder)) != name.encode("utf-8", "replace").decode():
        raise RefusedInput(f"{name!r}: a name that is not UTF-8, and pages tell it; nearest: rename it")
    if folder.is_dir():
        return folder
    if folder.exists():
        near = f"nearest: '{shown(folder.parent)}'"
        if folder.suffix.lower() in WORKBOOKS:
            near = f"giamngheo new-package DIR --from {shown(folder)} makes one"
        raise RefusedInput(f"{shown(folder)}: a file, not a package's folder; {near}")
    known = {
        p.parent.name: p.parent for base in (paths.DATA, folder.parent) for p in base.glob(f"*/{DESCRIPTOR}")
    }
    near = f"; nearest: '{shown(known[nearest(folder.name, known)])}'" if known else ""
    raise RefusedInput(f"{shown(folder)}: no such package folder{near}")


def _check_names(folder):
    """Refuse a file that a package would be read without, for its name is in other letters (Measures.csv)."""
    known = (DESCRIPTOR, "scenarios", *(f"{table}.csv" for table in TABLES))
    strays = {file.name: name for file in folder.iterdir() for name in known if file.name.lower() == name}
    if wrong := [
        f"{shown(folder / file)}: not read; rename it '{name}'"
        for file, name in strays.items()
        if file != name
    ]:
        raise RefusedInput(sorted(wrong))


def accept_questions(path, checks):
    """Keep in a package's descriptor that questions of its door were answered.

    Parameters
    ----------
    path : path-like
    checks : iterable of str
        Ids of `inputs.questions`.

    Raises
    ------
    RefusedInput
        An id that asks nothing here, or what else is wrong with the package.
    """
    keep_accepted(load_package(paths.find(path), checks).path, checks)
