"""The tables of a data package, one frozen pydantic model each, from which the descriptor is generated.

Numbers that were printed with decimals are `Decimal`, so that 7.20 stays 7.20. A field without a default is a
column that the file must have, though its cells may be empty where the type allows None.

Locators name a place in the source: "preamble 4" (paragraphs of the plan before part I, counted from its
first), "I.2 item 1" (dash items of a section), "IV.8.1(c)", "VIII.4", "budget table I.3", "article 2", "part 2.I.1",
"heading 2.1" (where headings have no number: the first below the second).
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from giamngheo.inputs.csv_rows import read_rows
from giamngheo.inputs.parse import parse_count, parse_date, parse_number

Status = Literal["poor", "near_poor"]
Source = Literal["central", "provincial", "mobilised"]
Channel = Literal["credit", "cost_relief", "cash", "assets", "livelihood", "training", "enabling"]
CHANNELS = Channel.__args__
SOURCES = Source.__args__
APART = Decimal("1.02")  # near-poor over poor threshold: nearer ones are the same line, or a slip
FAMILIES = {"income": ("credit", "livelihood", "training")}

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
Day = Annotated[date, BeforeValidator(parse_date)]


def _number(unit, **bounds):
    return Annotated[
        Decimal, Field(json_schema_extra={"unit": unit}, **bounds), BeforeValidator(parse_number)
    ]


def _count(unit, **bounds):
    return Annotated[int, Field(json_schema_extra={"unit": unit}, **bounds), BeforeValidator(parse_count)]


Percent = _number("percent", ge=0, le=100)
Points = _number("percentage points a year", ge=0, le=100)
YearlyBillions = _number("billion VND a year", ge=0, le=1_000_000)
Billions = _number("billion VND", ge=0, le=10_000_000)
MonthlyVnd = _count("VND per person a month", ge=1, le=1_000_000_000)
Households = _count("households", ge=0, le=100_000_000)
Persons = _count("persons", ge=0, le=1_000_000_000)


class Row(BaseModel):
    """A row of a table: immutable, no unknown columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    KEY: ClassVar[tuple[str, ...]] = ()
    REFERENCES: ClassVar[dict[str, tuple[str, str]]] = {}


def _fault(column, what):
    return PydanticCustomError("row", "{what}", {"column": column, "what": what})


class Reading(Row):
    """One reading of the poor or near-poor in a package."""

    KEY: ClassVar = ("as_of", "group", "status", "poverty_line")
    REFERENCES: ClassVar = {"document": ("documents", "document")}

    as_of: Day = Field(
        description="Instant that the reading describes; the beginning of a year is 31 December before"
    )
    as_stated: Text = Field(description="The source's own words for the instant")
    group: Id = Field(description="Population group: all, ethnic_minority or one of the plan's own")
    status: Status = Field(
        description="Poor: at or below the poverty line; near-poor: above it, up to the near-poor one"
    )
    poverty_line: Id = Field(description="Poverty line that the reading was made on (lines.csv)")
    households: Households | None = Field(description="Households counted")
    rate_pct: Percent = Field(description="Share of the group's households, as printed")
    persons: Persons | None = Field(description="Persons in these households")
    document: Id = Field(description="Source (documents.csv)")
    locator: Text = Field(description="Place in the source")


class PovertyLine(Row):
    """One poverty line in one kind of area."""

    KEY: ClassVar = ("poverty_line", "area")
    REFERENCES: ClassVar = {"legal_basis": ("documents", "document")}

    poverty_line: Id = Field(description="Poverty line")
    area: Literal["rural", "urban"] = Field(description="Kind of area")
    poor_vnd_month: MonthlyVnd = Field(
        description="Income at or below which a household is poor", examples=["400000"]
    )
    near_poor_vnd_month: MonthlyVnd | None = Field(
        description="Income up to which a household is near-poor; empty, or the poor one, where other things decide"
    )
    valid_from: Day = Field(description="First day in force", examples=["2011-01-01"])
    valid_to: Day | None = Field(description="Last day in force; empty while in force")
    legal_basis: Id = Field(description="Legal source (documents.csv)")

    @model_validator(mode="after")
    def _ordered(self):
        near = self.near_poor_vnd_month
        if near is not None and near != self.poor_vnd_month and near < APART * self.poor_vnd_month:
            raise _fault(
                "near_poor_vnd_month",
                f"{near} is not above the poor threshold {self.poor_vnd_month}; empty, or {self.poor_vnd_month} again, "
                "where the near-poor are under the same income line",
            )
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise _fault("valid_to", f"{self.valid_to} is not after valid_from {self.valid_from}")
        return self


class Target(Row):
    """One promise: a level of the poor or near-poor (status given), or another aim."""

    KEY: ClassVar = ("target",)

    target: Id = Field(description="Target")
    group: Id = Field(description="Population group it is about")
    status: Status | None = Field(description="Status whose rate is to fall; empty for another aim")
    comparator: Literal["<", "<=", ">="] | None = Field(
        description="How the result is compared with value_pct"
    )
    value_pct: Percent | None = Field(description="Promised value; empty where no figure is promised")
    as_of: Day | None = Field(description="Instant by which it is promised")
    pace_low_pp: Points | None = Field(description="Promised mean fall, lower end")
    pace_high_pp: Points | None = Field(description="Promised mean fall, upper end")
    locator: Text = Field(description="Place in the main document")
    what: Id | None = Field(None, description="What is promised, in a word")
    name_vi: Text | None = Field(None, description="Short name in Vietnamese")
    name_en: Text | None = Field(None, description="Short name in English")

    @model_validator(mode="after")
    def _complete(self):
        paced = (self.pace_low_pp, self.pace_high_pp) != (
            None,
            None,
        )  # then the door says what level it leads to
        if self.status is not None and not (paced and self.value_pct is None):
            for column in ("comparator", "value_pct", "as_of"):
                if getattr(self, column) is None:
                    raise _fault(column, f"the cell is empty; a target for the {self.status} needs {column}")
            if self.comparator == ">=":
                raise _fault("comparator", "'>=': the rate of the poor is to fall; nearest: '<='")
            if 0 < self.value_pct < Decimal("0.1"):
                raise _fault(
                    "value_pct",
                    f"{self.value_pct} looks like a fraction of one; {100 * self.value_pct} meant?",
                )
        if (self.value_pct is None) != (self.comparator is None):
            empty = "comparator" if self.comparator is None else "value_pct"
            raise _fault(
                empty, "the cell is empty; comparator and value_pct are given together or not at all"
            )
        if None not in (self.pace_low_pp, self.pace_high_pp) and self.pace_low_pp > self.pace_high_pp:
            raise _fault("pace_low_pp", f"{self.pace_low_pp} is above pace_high_pp {self.pace_high_pp}")
        return self


class BudgetLine(Row):
    """One line of the budget table, as printed: a dash of the table is 0, an empty cell is not known."""

    KEY: ClassVar = ("line",)

    line: Id = Field(description="Budget line")
    kind_table: Literal["policy", "project"] = Field(description="Heading it stands under in the table")
    kind_text: Literal["policy", "project"] = Field(description="What the text calls it")
    name_vi: Text = Field(description="Name in Vietnamese")
    name_en: Text = Field(description="Name in English")
    central: YearlyBillions | None = Field(description="Central budget; empty where the source is not told")
    provincial: YearlyBillions | None = Field(description="Provincial budget; empty where not told")
    mobilised: YearlyBillions | None = Field(description="Mobilised funds; empty where not told")
    annual: YearlyBillions = Field(description="All sources")
    total_3y: Billions = Field(description="All sources over the whole period")
    channel: Channel = Field(description="Way by which the money can reach household incomes (judgement)")
    group: Id = Field("all", description="Population group that the line is reserved for")
    locator: Text = Field(description="Place in the main document")
    note: Text | None = Field(None, description="The table's own note on the line")

    @property
    def told(self):
        """Whether the plan says what each source gives: cells that are empty, or all 0 under a sum, do not."""
        parts = [getattr(self, source) for source in SOURCES]
        return None not in parts and (any(parts) or not self.total_3y)


class Measure(Row):
    """One physical promise (or past result) of the plan."""

    KEY: ClassVar = ("line", "what")
    REFERENCES: ClassVar = {"line": ("budget", "line")}

    line: Id | None = Field(description="Budget line (budget.csv); empty: the whole plan")
    what: Id = Field(description="What is promised, in a word")
    quantity: _number("see column unit", ge=0) | None = Field(
        description="How much; empty where no figure is promised"
    )
    unit: Id = Field(description="Unit of quantity")
    per: Literal["year", "period", "month", "past"] = Field(
        description="A year, the whole period, a month of support, or a past result (no promise)"
    )
    unit_cost_vnd: _number("VND a unit", ge=0) | None = Field(
        description="Cost of a unit, where stated or implied"
    )
    unit_cost_basis: Literal["stated", "implied"] | None = Field(
        None, description="Stated in the text, or implied by a quantity and a sum of money named for it"
    )
    locator: Text = Field(description="Place in the main document")
    name_vi: Text | None = Field(None, description="Short name in Vietnamese")
    name_en: Text | None = Field(None, description="Short name in English")
    unit_vi: Text | None = Field(None, description="Unit in Vietnamese, where it is one of the plan's own")
    unit_en: Text | None = Field(None, description="Unit in English, where it is one of the plan's own")


class Responsibility(Row):
    """One responsibility of one agency."""

    KEY: ClassVar = ("line", "agency_en", "role", "as_stated", "locator")
    REFERENCES: ClassVar = {"line": ("budget", "line")}

    line: Id | None = Field(description="Budget line (budget.csv); empty: the whole plan")
    agency_vi: Text = Field(description="Agency, official name in Vietnamese")
    agency_en: Text = Field(description="Agency in English")
    role: Literal["lead", "implementing", "partner"] = Field(description="Role")
    as_stated: Text = Field(description="Role, agency and task in the source's own words, shortened")
    locator: Text = Field(description="Place in the main document")


class Claim(Row):
    """One statement that the text makes about its own numbers."""

    KEY: ClassVar = ("claim",)

    claim: Id = Field(description="Claim")
    kind: Id = Field(
        description="Kind of statement: sum, difference, mean, restated, coverage, numbering, wording …"
    )
    terms: Text | None = Field(
        description="What the figure follows from (grammar: giamngheo.auditing.terms); empty: words only"
    )
    stated: _number("see column unit") | None = Field(description="Figure stated")
    unit: Text | None = Field(description="Unit of stated; empty where there is no figure")
    locator: Text = Field(description="Place in the main document")
    note_vi: Text | None = Field(
        None, description="What it means, in Vietnamese; {stated} and {recomputed} are filled in"
    )
    note_en: Text | None = Field(None, description="What it means, in English")


class Document(Row):
    """One source."""

    KEY: ClassVar = ("document",)

    document: Id = Field(description="Document")
    title: Text = Field(description="Title")
    issuer: Text = Field(description="Who issued it")
    date: Day | None = Field(description="Date of the document; empty where not read")
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = Field(
        description="Where it was read"
    )
    licence: Text = Field(description="Licence")
    accessed: Day | None = Field(description="Day on which it was read")
    licence_vi: Text | None = Field(None, description="Licence in Vietnamese")


TABLES: dict[str, type[Row]] = {
    "poverty": Reading,
    "lines": PovertyLine,
    "targets": Target,
    "budget": BudgetLine,
    "measures": Measure,
    "agencies": Responsibility,
    "claims": Claim,
    "documents": Document,
}


def channel_family(channel: str) -> str | None:
    """The family that a channel belongs to, None if to none ("credit" -> "income").

    Parameters
    ----------
    channel : str

    Returns
    -------
    str or None
    """
    return next((family for family, members in FAMILIES.items() if channel in members), None)


def read_table(path, model: type[Row]) -> tuple[Row, ...]:
    """The checked rows of a CSV, in the order of the file.

    Parameters
    ----------
    path : path-like
    model : type of Row

    Returns
    -------
    tuple of Row

    Raises
    ------
    RefusedInput
        Every problem found, each as "file:row:column: what (nearest valid value)".
    """
    return tuple(read_rows(path, model).values())
