"""What the door asks of figures that could each stand, but that others of the same file contradict.

A question is refused with its id, its row and both readings of it; who knows that it is so accepts the id, and is not
asked again. A package keeps what was accepted in its descriptor.
"""

from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from giamngheo.inputs.errors import RefusedInput, unknown

APART = 2  # times: between counts over rates of one group, beyond what growth and rounding do
CONTRADICTS = Decimal("0.05")  # of a rate that counts at its own instant give
PERSONS = (1, 12)  # in a household on average; outside, one column stands in the other's place
LARGEST = 6_000_000  # households of a province, with much to spare
YEARS_OF_LINE = 20  # of a poor household's income at the line: more money than any plan gives in a year
NOT_NAMED = "unnamed"  # the poverty line of a file's readings that name none
RISES = Decimal("1.25")  # times from a reading to the next: more than a year does, less than most new lines
FASTEST = 20  # points that a rate moves in a year: more than lists of poor households show
SLIPPED = 5  # times between a year's money and its parts: a unit, not rounding
CHECKS = (  # what may be asked
    "one_poverty_line",
    "national_line",
    "rate_of_persons",
    "level_of_pace",
    "counts_contradict_rate",
    "rates_are_shares",
    "persons_and_households",
    "plan_date",
    "target_before_plan",
    "target_above_readings",
    "money_units",
    "money_for_a_household",
)


class Question(NamedTuple):
    """What is asked: its id (check), and the row and column of a table (None: of the labels) it is about."""

    check: str
    table: str | None
    row: object
    column: str | None
    what: str


def unanswered(questions, accept, kept, where):
    """The questions that were not accepted, as problems of a refusal.

    Parameters
    ----------
    questions : iterable of Question
    accept : collection of str
        Ids accepted now.
    kept : collection of str
        Ids accepted before, which need ask nothing any more.
    where : callable
        From a table (None: the labels), a row and a column to what an error calls the place.

    Returns
    -------
    list of str

    Raises
    ------
    RefusedInput
        An accepted id that asks nothing here: a package would keep the answer for figures that nobody has looked at.
    """
    questions = list(questions)
    asked = {question.check for question in questions}
    for check in accept:
        if check not in CHECKS:
            raise RefusedInput("accept: " + unknown("question", check, CHECKS))
        if check not in (*asked, *kept):
            raise RefusedInput(f"accept: nothing here asks '{check}'; leave it out")
    return [
        f"{where(q.table, q.row, q.column)}: {q.what}; if it is so: --accept {q.check}"
        for q in questions
        if q.check not in (*accept, *kept)
    ]


def reading_questions(rows):
    """What is asked of readings beside each other.

    Parameters
    ----------
    rows : dict of label to (Reading or SeriesReading)

    Yields
    ------
    Question
    """
    yield from _one_line(rows)
    yield from _own_counts(rows)
    yield from _implied(rows)
    yield from _below_one(rows)
    yield from _sizes(rows)


def _one_line(rows):
    """Readings that name no poverty line and rise as a new line makes rates rise."""
    series = {}
    for row, reading in rows.items():
        if reading.poverty_line == NOT_NAMED:
            series.setdefault((reading.group, reading.status), []).append(
                (reading.as_of, reading.rate_pct, row)
            )
    for readings in map(sorted, series.values()):
        for (before, low, _), (as_of, high, row) in pairwise(readings):
            if high > RISES * low and high > low + 1:
                what = (
                    f"{low} percent on {before} and {high} on {as_of}: was there a new poverty line? name the lines in "
                    "a column poverty_line, with one name for all readings on one line"
                )
                yield Question("one_poverty_line", "poverty", row, "poverty_line", what)


def whose_line(row, name, line):
    """Whether readings are on the national line of their time, which they do not name by its id (Question).

    Parameters
    ----------
    row : label of a reading
    name : str or None
        Of their poverty line, as they have it.
    line : str
        The national line in words.
    """
    said = f"is '{name}'" if name else "no poverty line is named; are all readings on"
    what = (
        f"{said} the national one of their time, {line}? if not, name it otherwise, in a column poverty_line"
    )
    return Question("national_line", "poverty", row, "poverty_line", what)


def share_of_persons(table, row, words):
    """Whether a rate whose words speak of persons is one of households, as all rates here are (Question).

    Parameters
    ----------
    table : str
    row : label of a row
    words : str
        Of its head and row.
    """
    what = (
        f"'{words}' speaks of a share of persons, and rates here are of households, which differ; type that of "
        "households, such as 'Tỷ lệ hộ nghèo (%)'"
    )
    column = "value_pct" if table == "targets" else "rate_pct"
    return Question("rate_of_persons", table, row, column, what)


def level_of_pace(row, pace, last, level, day):
    """Whether the level that a promised fall a year leads to is the one that is promised (Question).

    Parameters
    ----------
    row : label of a target
    pace : Decimal
        Percentage points a year.
    last : Reading
        From which it falls.
    level : Decimal
        Percent.
    day : datetime.date
    """
    what = (
        f"a fall of {pace} points a year from {last.rate_pct} percent on {last.as_of} leads to {level} on {day}; is "
        "that promised? type the level that is, such as 'còn 7%'"
    )
    return Question("level_of_pace", "targets", row, "value_pct", what)


def _own_counts(rows):
    """A rate beside the households, poor and all, that were counted at the same instant."""
    for row, reading in rows.items():
        total = getattr(reading, "total_households", None)
        if not total or reading.households is None:
            continue
        follows = 100 * Decimal(reading.households) / total
        half = Decimal(1).scaleb(reading.rate_pct.as_tuple().exponent) / 2
        if abs(follows - reading.rate_pct) > half + CONTRADICTS * max(follows, reading.rate_pct):
            what = (
                f"{reading.rate_pct} percent, but {reading.households} of {total} households are "
                f"{follows:.2f} percent; write {follows:.2f}, or mend a count"
            )
            yield Question("counts_contradict_rate", "poverty", row, "rate_pct", what)


def _implied(rows):
    """Households over rate, beside what the same gives for the group's other readings."""
    totals = {}
    for row, reading in rows.items():
        coarse = Decimal(1).scaleb(reading.rate_pct.as_tuple().exponent)
        if (
            reading.households
            and reading.rate_pct >= 10 * coarse
            and not getattr(reading, "total_households", None)
        ):
            totals.setdefault(reading.group, {})[row] = 100 * Decimal(reading.households) / reading.rate_pct
    for own in totals.values():
        middle = sorted(own.values())[len(own) // 2]
        for row, total in own.items():
            reading = rows[row]
            if len(own) > 1 and not middle / APART <= total <= middle * APART:
                what = (
                    f"{reading.households} households of {reading.rate_pct} percent make {total:.0f} in all, where the "
                    f"other readings make {middle:.0f}; write {reading.rate_pct * middle / 100:.0f} households, or "
                    f"{100 * reading.households / middle:.2f} percent"
                )
                yield Question("counts_contradict_rate", "poverty", row, "households", what)
        if middle > LARGEST:
            row = next(iter(own))
            what = (
                f"{rows[row].households} households of {rows[row].rate_pct} percent make {middle:.0f} in all, more "
                f"than any province; is {rows[row].rate_pct} a share, {100 * rows[row].rate_pct} percent?"
            )
            yield Question("rates_are_shares", "poverty", row, "rate_pct", what)


def _below_one(rows):
    """Rates of a group that are all below 1, where neither counts nor leaps tell percent from shares."""
    groups = {}
    for row, reading in rows.items():
        groups.setdefault(reading.group, {})[row] = reading
    for own in groups.values():
        row = max(own, key=lambda each: own[each].rate_pct)
        highest = own[row].rate_pct
        days = [reading.as_of for reading in own.values()]
        poor = [reading.rate_pct for reading in own.values() if reading.status == "poor"] or [highest]
        a_year = 100 * (max(poor) - min(poor)) * 365 / max((max(days) - min(days)).days, 365)
        counted = any(reading.households for reading in own.values())
        if 0 < highest < 1 and a_year <= FASTEST and not counted:
            what = f"no rate is as much as 1 percent; is {highest} a share, {100 * highest} percent?"
            yield Question("rates_are_shares", "poverty", row, "rate_pct", what)


def _sizes(rows):
    """Persons beside households."""
    for row, reading in rows.items():
        persons = getattr(reading, "persons", None)
        if not persons or not reading.households:
            continue
        size = Decimal(persons) / reading.households
        if not PERSONS[0] <= size <= PERSONS[1]:
            what = f"{persons} persons in {reading.households} households are {size:.2f} each; are the two mixed up?"
            yield Question("persons_and_households", "poverty", row, "persons", what)


def package_questions(tables, labels):
    """What is asked of a package's tables together.

    Parameters
    ----------
    tables : dict of str to dict of int to Row
        By table and row.
    labels : Labels

    Yields
    ------
    Question
    """
    yield from reading_questions(tables["poverty"])
    yield from _targets(tables, labels)
    yield from _money(tables, labels)
    if not labels.first_year - 2 <= labels.date.year <= labels.last_year + 1:
        what = f"the plan of {labels.first_year} to {labels.last_year} is dated {labels.date}; is the year a slip?"
        yield Question("plan_date", None, None, "date", what)


def _targets(tables, labels):
    """Targets that ask for nothing, or for something that is over."""
    highest = {}
    for reading in tables["poverty"].values():
        key = reading.group, reading.status
        highest[key] = max(highest.get(key, Decimal(0)), reading.rate_pct)
    for row, target in tables["targets"].items():
        if target.status is None:
            continue
        if target.as_of.year < labels.first_year:
            what = f"{target.as_of} is before the plan's first year, {labels.first_year}; is the year a slip?"
            yield Question("target_before_plan", "targets", row, "as_of", what)
        most = highest.get((target.group, target.status))
        if most is not None and target.value_pct > max(most, Decimal(1)):
            what = (
                f"{target.comparator} {target.value_pct} percent is promised where no reading was above {most}; "
                "is it a share of something else (then leave status empty)?"
            )
            yield Question("target_above_readings", "targets", row, "value_pct", what)


def _money(tables, labels):
    """Money in another unit than its neighbours', or than any household could be given."""
    years, annual = labels.last_year - labels.first_year + 1, Decimal(0)
    for row, line in tables["budget"].items():
        annual += line.annual
        for column, whole, parts in (
            ("total_3y", line.total_3y, line.annual * years),
            (
                "annual",
                line.annual,
                sum(filter(None, (line.central, line.provincial, line.mobilised)), Decimal(0)),
            ),
        ):
            if whole and parts and not parts / SLIPPED <= whole <= parts * SLIPPED:
                of = "a year's sum times the years" if column == "total_3y" else "the sources' sum"
                what = f"{whole} billion VND, where {of} is {parts}; is one of them in millions?"
                yield Question("money_units", "budget", row, column, what)
    poor = [r for r in tables["poverty"].values() if (r.group, r.status) == ("all", "poor") and r.households]
    if not poor or not annual:
        return
    last = max(poor, key=lambda reading: reading.as_of)
    line = max(
        each.poor_vnd_month for each in tables["lines"].values() if each.poverty_line == last.poverty_line
    )
    each, income = annual * 1_000_000_000 / last.households, Decimal(line) * 12 * 4
    if each > YEARS_OF_LINE * income:
        what = (
            f"{annual} billion VND a year are {each / 1_000_000:.0f} million for each of {last.households} poor "
            f"households, {each / income:.0f} times a year's income at the line; is it in million VND?"
        )
        yield Question("money_for_a_household", "budget", None, "annual", what)
