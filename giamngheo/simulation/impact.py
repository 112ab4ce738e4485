"""What a billion VND of a budget line does, and from money to shares below the lines: closed forms on draws.

A line reaches a share of the poor (and of the near-poor) with an income gain (`simulation.nested_reach`). Shares below
the poverty line L and the near-poor line U follow from a local log-normal of incomes below L and another between
L and U (Bourguignon 2003): the spread of the first is assumed, that of the second is ``ln(ratio) / (z_u - z_p)``.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from giamngheo.simulation.looked_up import probit
from giamngheo.simulation.nested_reach import Band, Reached, lifted
from giamngheo.simulation.spending import WHO, Spent, at_work, spend

# channel -> assumptions: income gained per VND, value where the plan promises no number, persistence
CHANNEL_ASSUMPTIONS = {
    "credit": ("return_credit", "value_credit", "persistence_credit"),
    "cost_relief": ("pass_through_relief", "value_relief", "persistence_recurrent"),
    "cash": ("pass_through_cash", "value_cash", "persistence_recurrent"),
    "assets": ("return_assets", "value_assets", "persistence_assets"),
    "livelihood": ("yield_livelihood", "value_livelihood", "persistence_assets"),
    "training": ("return_training", "value_training", "persistence_assets"),
    "enabling": ("return_enabling", "value_training", "persistence_assets"),
}
# Gauss-Legendre quadrature over fractions of the poverty line, (n_nodes, 1)
FRACTIONS, WEIGHTS = (np.reshape(each, (-1, 1)) / 2 for each in np.polynomial.legendre.leggauss(8))
FRACTIONS = FRACTIONS + 0.5


@dataclass(frozen=True, eq=False)
class LineEffect:
    """What a billion VND of one line does; arrays are (n_draws,).

    households_per_bn: households reached by a billion VND; gain: income gained by a household reached, as a share of
    the poverty line; to_poor: share of those reached that are poor; near_share: share of the others that are near-poor;
    persistence: share of the effect left a year later; reserved: group that alone may receive it, or None; first_year:
    share of the gain in the year of the money itself, None where it is all of it.
    """

    line: str
    households_per_bn: np.ndarray
    gain: np.ndarray
    to_poor: np.ndarray
    near_share: np.ndarray
    persistence: np.ndarray
    reserved: str | None
    first_year: np.ndarray | None = None


@dataclass(frozen=True)
class Thresholds:
    """One group in the programme years: probits below L and below U, (n_years, n_draws), and spread (n_draws,)."""

    z_poor: np.ndarray
    z_upper: np.ndarray | None
    spread_below: np.ndarray
    log_ratio: float  # ln(U / L)

    @cached_property
    def shares(self):
        """Shares below L and below U, None without a near-poor line (tuple of ndarray)."""
        return tuple(None if z is None else ndtr(z) for z in (self.z_poor, self.z_upper))

    @property
    def apart(self):
        """Whether the two lines are two incomes; else money leaves the distance of the probits as it is (bool)."""
        return self.z_upper is not None and self.log_ratio > 0

    @cached_property
    def poor_bands(self):
        """Where the poor come out of poverty, and where they jump the whole band (tuple of Band)."""
        poor, _ = self.shares
        ends = np.zeros_like(poor) + 1 / self.spread_below, np.zeros_like(poor), poor
        return tuple(
            Band(1.0, over, *ends) for over in ((1.0, np.exp(self.log_ratio)) if self.apart else (1.0,))
        )

    @cached_property
    def near_poor_band(self):
        """Where the near-poor come out of the band (Band)."""
        steepness = np.maximum(self.z_upper - self.z_poor, 1e-9) / self.log_ratio
        return Band(*[np.exp(self.log_ratio)] * 2, steepness, *self.shares)


def line_effect(package, row, register, drawn, aim=None):
    """Households reached and income gained per billion VND of a budget line.

    Parameters
    ----------
    package : Package
    row : BudgetLine
    register : mapping of str to Assumption
    drawn : mapping of str to ndarray (n_draws,)
        Draws of the register.
    aim : float, optional
        Share that reaches the poor, instead of the register's.

    Returns
    -------
    LineEffect or None
        None where the line raises no measured income under these assumptions.

    Notes
    -----
    The number reached is the plan's own promise where it makes one (cards and pupils turned into households), else
    money over an assumed value. The gain is ``yield * money / households / 12 / persons`` a head a month, as a share
    of the poverty line between the rural and the urban one.
    """
    gain_name, value_name, persistence_name = CHANNEL_ASSUMPTIONS[row.channel]
    if register[gain_name].fixed == 0:
        return None
    persons = drawn["persons_per_household"]
    yearly_bn = float(row.total_3y) / len(package.years)
    promise = package.promise(row.line)
    if promise is not None and yearly_bn:
        per_household = {"person": persons, "card": persons, "pupil": drawn["pupils_per_household"]}
        households_per_bn = np.full_like(persons, promise[0] / yearly_bn) / per_household.get(promise[1], 1.0)
    else:
        households_per_bn = 1000 / drawn[value_name]
    income = drawn[gain_name] * 1e9 / households_per_bn
    if row.channel == "cash":
        income = income * drawn["cash_counts"]
    rural_line, urban_line = package.poor_lines_vnd_month
    line = drawn["rural_share"] * rural_line + (1 - drawn["rural_share"]) * urban_line
    to_poor = drawn["targeting_credit" if row.channel == "credit" else "targeting_other"]
    if aim is not None:
        to_poor = np.full_like(to_poor, float(aim))
    return LineEffect(
        line=row.line,
        households_per_bn=households_per_bn,
        gain=income / 12 / persons / line,
        to_poor=to_poor,
        near_share=drawn["near_poor_share"],
        persistence=drawn[persistence_name],
        reserved=None if row.group == "all" else row.group,
        first_year=drawn["first_year_credit"] if row.channel == "credit" else None,
    )


@dataclass(frozen=True)
class Population:
    """The groups of a province before any money, from the first programme year on.

    levels: group to the probits below L and below U, each (n_years, n_draws); spread_below, log_ratio: as of
    `Thresholds`; stocks: households that a line may reach, by the group it is reserved for (None for all); ceiling: the
    most that a poor or near-poor household gets, in unit costs; planned: line to `reach` of the planned money.
    """

    levels: dict
    spread_below: np.ndarray
    log_ratio: float
    stocks: dict
    ceiling: np.ndarray
    planned: dict

    def at(self, rows):
        """The same in some of the years (Population)."""
        levels = {
            group: tuple(None if z is None else z[rows] for z in both) for group, both in self.levels.items()
        }
        stocks = {name: one.at(rows) for name, one in self.stocks.items()}
        planned = {line: tuple(times[rows] for times in both) for line, both in self.planned.items()}
        return replace(self, levels=levels, stocks=stocks, planned=planned)

    def _rule(self, effect):
        return self.stocks[effect.reserved], self.planned[effect.line], self.ceiling

    def at_work(self, effect, households):
        """Money at work, and what of it is left of earlier years, as of `spending.at_work` (tuple of ndarray)."""
        return at_work(effect, households, *self._rule(effect))

    def spend(self, effect, working, left=None):
        """Where a line's money is at work (Spent), and what of it is left of earlier years where that is told apart."""
        earlier = None if left is None or effect.first_year is None else self.spend(effect, left)
        return replace(spend(effect, working, *self._rule(effect)), earlier=earlier)

    def ledger(self, effect, households):
        """Where each year's own money goes (Spent), from `households_reached` in all years: adds up to that money."""
        working, left = self.at_work(effect, households)
        now, before = self.spend(effect, working), self.spend(effect, left)
        paid = [
            np.maximum(getattr(now, who) - getattr(before, who), 0) for who in WHO[:-1]
        ]  # but for rounding
        return Spent(*paid, np.maximum(working - left - sum(paid), 0))

    def shares(self, group, effects, spent):
        """Shares of a group below the two lines after money, as of `shares_after`."""
        mine = [effect for effect in effects if effect.reserved in (None, group) or group == "all"]
        stocks = self._shares_of_all if group == "all" else self.stocks
        return shares_after(self._thresholds[group], mine, spent, stocks)

    def shift(self, group, effects, spent):
        """How far money moves the two thresholds of a group: probits >= 0, the second None without a near-poor line.

        Parameters
        ----------
        group : str
        effects : sequence of LineEffect
        spent : mapping of str to Spent
            By line.

        Returns
        -------
        tuple of ndarray (n_years, n_draws)
        """
        return self.moved(group, self.shares(group, effects, spent))

    def moved(self, group, shares):
        """How far the thresholds of a group have moved, as of `shift`, where money left these shares."""
        pairs = zip(self.levels[group], shares, strict=True)
        return tuple(None if z is None else shift(z, share) for z, share in pairs)

    @cached_property
    def _thresholds(self):
        own = self.spread_below, self.log_ratio
        return {group: Thresholds(*both, *own) for group, both in self.levels.items()}

    @cached_property
    def _shares_of_all(self):
        """Stocks of reserved lines as shares of all households of that status, where all are looked at."""
        whole, seen = self.stocks[None], {}
        for name, stock in self.stocks.items():
            poor_share, near_share = (
                own / np.maximum(all_, 1e-9)
                for own, all_ in ((stock.poor, whole.poor), (stock.near_poor, whole.near_poor))
            )
            seen[name] = (
                stock if name is None else replace(stock, poor_share=poor_share, near_share=near_share)
            )
        return seen

    @cached_property
    def at_fractions(self):
        """All households in the last year, with a fraction of the poverty line for each of its years (Population)."""
        last = self.at(slice(-1, None))
        z = last.levels["all"][0] + np.log(FRACTIONS) / self.spread_below
        return replace(last, levels={"all": (z, None)}, log_ratio=0.0)


def shares_after(thresholds, effects, spent, stocks):
    """Shares below the two lines once the money has acted.

    Parameters
    ----------
    thresholds : Thresholds
    effects : sequence of LineEffect
    spent : mapping of str to Spent
        By line.
    stocks : mapping of (str or None) to Stock
        By the group that a line is reserved for.

    Returns
    -------
    tuple of ndarray (n_years, n_draws)
        Share poor; share poor or near-poor (None without a near-poor line).

    Notes
    -----
    Each threshold is crossed from the band below it: as of `nested_reach.lifted`.
    """
    z, (poor, upper) = thresholds.z_poor, thresholds.shares
    left, *jumped = lifted(_reached("poor", effects, spent, stocks), z, thresholds.poor_bands)
    lower = np.maximum(poor - left, 0)  # but for rounding
    if upper is None:
        return lower, None
    if not thresholds.apart:
        return lower, ndtr(thresholds.z_upper - shift(z, lower))
    near = _reached("near_poor", effects, spent, stocks)
    (out_of_band,) = lifted(near, z, [thresholds.near_poor_band])
    return lower, np.maximum(upper - jumped[0] - out_of_band, lower)


def _reached(who, effects, spent, stocks):
    """Households of a status that each line reaches (list of Reached)."""
    found = []
    for effect in effects:
        stock, now = stocks[effect.reserved], spent[effect.line]
        of_status = getattr(stock, who), stock.poor_share if who == "poor" else stock.near_share
        parts = [(now, effect.gain)]
        if now.earlier is not None:  # who has money of earlier years has a whole year's gain
            parts = [
                (now, effect.gain * effect.first_year),
                (now.earlier, effect.gain * (1 - effect.first_year)),
            ]
        found += [
            Reached(paid, *of_status, gain) for each, gain in parts if (paid := getattr(each, who)).any()
        ]
    return found


def shift(z, share):
    """How far money moves a threshold: ``z - Phi^-1(P)`` in probits, never negative.

    Parameters
    ----------
    z : ndarray
        Probits before the money.
    share : ndarray
        Share below the threshold after it.

    Returns
    -------
    ndarray
    """
    return np.maximum(z - probit(share), 0)
