"""Money by line, source and year, exactly: three-year totals as rationals, a year a share of them."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from giamngheo.inputs.display import words_and_table
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.scenario_values import Yearly
from giamngheo.inputs.tables import SOURCES, channel_family

MOST_KEPT = 32  # moneys of scenarios, each of some hundred numbers
# Sums that each simulation asks for.
ASKED = ((("line", "year"), "delivered"), ((), "delivered"), ((), "planned"))
UNTOLD = "untold"  # in place of a source: money whose source the plan does not tell


@dataclass(frozen=True, repr=False)
class Money:
    """Planned and delivered billion VND by (line, source, year), exact."""

    planned: dict[tuple[str, str, int], Fraction]
    delivered: dict[tuple[str, str, int], Fraction]
    _sums: dict = field(default_factory=dict, compare=False, init=False)

    def by(self, *keys, which="delivered"):
        """Sums by some of line, source, year.

        Parameters
        ----------
        *keys : str
            Of "line", "source", "year"; by none: one sum, under ``()``.
        which : str
            "delivered" or "planned".

        Returns
        -------
        dict
            Key (or tuple of keys) to Fraction, billion VND.
        """
        if (keys, which) not in self._sums:
            self._sums[keys, which] = self._summed(keys, getattr(self, which))
        return dict(self._sums[keys, which])

    @staticmethod
    def _summed(keys, amounts):
        places, sums = [("line", "source", "year").index(key) for key in keys], {}
        for cell, amount in amounts.items():
            key = cell[places[0]] if len(places) == 1 else tuple(cell[place] for place in places)
            if amount or key not in sums:  # most sources give nothing to most lines
                sums[key] = sums[key] + amount if sums.get(key) else amount
        return sums

    @property
    def total(self):
        """All money delivered, billion VND (Fraction)."""
        return self.by().get((), Fraction())

    @property
    def table(self):
        """What was planned and is delivered: line, source, year, planned_bn_vnd, delivered_bn_vnd (DataFrame)."""
        rows = [
            (*cell, float(planned), float(self.delivered[cell])) for cell, planned in self.planned.items()
        ]
        return pd.DataFrame(rows, columns=["line", "source", "year", "planned_bn_vnd", "delivered_bn_vnd"])

    def __repr__(self):
        years = sorted({year for _, _, year in self.planned})
        planned = float(self.by(which="planned").get((), 0))
        return (
            f"Money of {years[0]} to {years[-1]}: {float(self.total):g} of {planned:g} billion VND delivered"
        )

    def _repr_html_(self):
        delivered = self.by("line")
        rows = [
            {"line": line, "planned_bn_vnd": float(amount), "delivered_bn_vnd": float(delivered[line])}
            for line, amount in self.by("line", which="planned").items()
        ]
        return words_and_table(str(self), rows)


def exact_sources(row, n_years):
    """What each source gives to a line over the period, so that the sources add up to the line's total.

    What the plan does not tell by source is that of the source `UNTOLD`, beside it only the sources that it names an
    amount of. The printed yearly figures are rounded; what they lack of the total belongs to the source printed with
    the most decimals (3.33 a year stands for 10/3). What is more than its rounding is a slip that the audit tells of:
    the total holds, and the sources share it as they are printed, or it is of no source where all of them give nothing.

    Parameters
    ----------
    row : BudgetLine
        central, provincial, mobilised (billion VND a year, as printed) and total_3y.
    n_years : int

    Returns
    -------
    dict of str to Fraction
    """
    printed = {source: getattr(row, source) for source in SOURCES}
    exact = {source: Fraction(value or 0) * n_years for source, value in printed.items()}
    total, summed = Fraction(row.total_3y), sum(exact.values())
    rest = total - summed
    if not row.told and rest >= 0:
        return {source: given for source, given in exact.items() if given} | {UNTOLD: rest}
    if rest and not summed:
        return {UNTOLD: rest}
    if rest:
        decimals = {source: -(value or Decimal()).as_tuple().exponent for source, value in printed.items()}
        finest = max(decimals, key=lambda source: (decimals[source], exact[source]))
        if abs(rest) > Fraction(n_years, 2) / 10 ** decimals[finest] or exact[finest] + rest < 0:
            return {source: given * total / summed for source, given in exact.items()}
        exact[finest] += rest
    return exact


def money(package, scenario):
    """What a scenario delivers of a package's plan.

    Parameters
    ----------
    package : Package
    scenario : Scenario

    Returns
    -------
    Money

    Raises
    ------
    RefusedInput
        A reallocation that cannot keep the total.

    Notes
    -----
    Factors for all money, a source, a channel and a line multiply; then the phasing, the reallocation at equal cost
    (``keep_total``: a year's total is the plan's times the factor for all money) and the delay apply, in that order.
    What a delay moves past the last year is lost.
    """
    key = id(package), repr(dict(scenario.funding)), scenario.phasing, scenario.delay_years
    made = _kept(_made, key, package, lambda: _money(package, scenario))
    own = Money(dict(made.planned), dict(made.delivered))
    own._sums.update(made._sums)
    return own


_made = {}  # both cases of a scenario have one money, and so have all with other assumptions
_plans = {}


def _kept(made, key, package, make):
    """What is kept under a key, made on first use; the package is kept with it, so that its id stays its own."""
    if key not in made:
        if len(made) >= MOST_KEPT:
            del made[next(iter(made))]
        made[key] = package, make()
    return made[key][1]


def _planned(package):
    years = package.years
    return {
        (row.line, source, year): total / len(years)
        for row in package.budget_lines
        for source, total in exact_sources(row, len(years)).items()
        for year in years
    }


def _money(package, scenario):
    years, funding = package.years, scenario.funding
    channels = {row.line: row.channel for row in package.budget_lines}
    planned = _kept(_plans, id(package), package, lambda: _planned(package))
    of_year = {year: weight * len(years) for year, weight in _phasing(scenario.phasing, years).items()}
    delivered, factors = {}, {}
    for (line, source, year), amount in planned.items():
        if (line, source) not in factors:
            tables = (
                of_year,
                funding.all,
                funding.by_source.get(source),
                funding.by_channel.get(channels[line]),
                funding.by_channel.get(channel_family(channels[line])),
                funding.by_line.get(line),
            )
            factors[line, source] = [table for table in tables if table]
        if amount:
            for table in factors[line, source]:
                factor = table.get(year)
                if factor is not None and factor != 1:
                    amount *= factor
        delivered[line, source, year] = amount
    if funding.keep_total:
        named = {
            line
            for line, channel in channels.items()
            if line in funding.by_line
            or channel in funding.by_channel
            or channel_family(channel) in funding.by_channel
        }
        yearly = sum(planned.values()) / len(years)
        totals_by_year = {year: yearly * of_year[year] * funding.all.get(year, Fraction(1)) for year in years}
        _keep_total(delivered, totals_by_year, named)
    made = Money(planned, _delay(delivered, scenario.delay_years, years))
    for keys, which in ASKED:
        made.by(*keys, which=which)
    return made


def _phasing(phasing, years):
    n = len(years)
    ranks = {"even": [1] * n, "front": range(n, 0, -1), "back": range(1, n + 1)}[phasing]
    return {year: Fraction(rank, sum(ranks)) for year, rank in zip(years, ranks, strict=True)}


def _keep_total(delivered, totals, named):
    for year, total in totals.items():
        cells = [cell for cell in delivered if cell[2] == year]
        fixed = sum(delivered[cell] for cell in cells if cell[0] in named)
        rest = sum(delivered[cell] for cell in cells if cell[0] not in named)
        left = total - fixed
        if left < 0 or (rest == 0 and left != 0):
            raise RefusedInput(
                f"keep_total: the lines named take {float(fixed):g} of {float(total):g} billion VND in {year}; "
                "nothing is left to take it from"
            )
        for cell in cells:
            if cell[0] not in named:
                delivered[cell] *= left / rest if rest else 0


def _delay(delivered, delay_years, years):
    if not delay_years:
        return delivered
    delay = Fraction(str(delay_years))
    whole, part = int(delay), delay - int(delay)
    moved = dict.fromkeys(delivered, Fraction())
    for (line, source, year), amount in delivered.items():
        for later, share in ((whole, 1 - part), (whole + 1, part)):
            if amount and share and year + later <= years[-1]:
                moved[line, source, year + later] += amount * share
    return moved


def scaled(scenario, share):
    """The scenario with all its money multiplied by a share (Scenario)."""
    share = Fraction(share).limit_denominator(10_000)
    funding = scenario.funding
    every = Fraction(1) if funding.all.every is None else funding.all.every
    whole = Yearly({year: factor * share for year, factor in funding.all.items()}, every * share)
    return scenario.model_copy(update={"funding": funding.model_copy(update={"all": whole})})


def with_multiples(package, scenario, multiples, name=None):
    """The scenario with the money of some lines multiplied, exactly.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    multiples : mapping of str to Fraction
        By line.
    name : str, optional
        Id of the new scenario.

    Returns
    -------
    Scenario
        With a factor for each of these lines and years; one at equal cost gets factors for all lines.
    """
    funding, ratio = scenario.funding, {}
    if funding.keep_total:  # else a changed line would be made up for by the others
        timely = scenario.model_copy(update={"delay_years": 0.0})
        free = timely.model_copy(update={"funding": funding.model_copy(update={"keep_total": False})})
        kept, loose = (money(package, each).by("line", "year") for each in (timely, free))
        ratio = {cell: kept[cell] / loose[cell] for cell in kept if loose[cell]}
    by_line = dict(funding.by_line)
    for line in multiples if not ratio else [row.line for row in package.budget_lines]:
        old = by_line.get(line, Yearly())
        by_line[line] = Yearly(
            {
                year: old.get(year, 1) * ratio.get((line, year), 1) * multiples.get(line, 1)
                for year in package.years
            }
        )
    funding = funding.model_copy(update={"by_line": by_line, "keep_total": False})
    return scenario.model_copy(update={"funding": funding, "id": name or scenario.id})


def without_credit(package, scenario):
    """The scenario with no loan delivered (Scenario); a repaid loan is not spent, so both are shown."""
    return with_multiples(package, scenario, dict.fromkeys(credit_lines(package), 0), "without_credit")


def credit_lines(package):
    """Budget lines that are lent, not spent (tuple of str)."""
    return tuple(row.line for row in package.budget_lines if row.channel == "credit")
