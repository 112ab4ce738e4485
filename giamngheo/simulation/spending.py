"""Where a line's money goes: to the poor, the near-poor and other households, or back unspent; never twice.

A line's money is counted in households at the line's own unit cost. It reaches the poor, each once; what is aimed at
them beyond their number, and beyond what the plan itself aims at them, raises what each of them gets, up to a ceiling.
All else goes to others: a share to the near-poor under the same rule, the rest to households that are neither, each
once. What then finds nobody is returned. So paid and unspent add up to what is delivered, in every draw.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from giamngheo.forecasting.draws import mean_and_quantiles

faster = None  # `_taken` of `compiled`, where it was asked for
WHO = ("poor", "near_poor", "others", "unspent")  # where a line's money goes


@dataclass(frozen=True)
class Stock:
    """Households that a line may reach, (n_years, n_draws), and their share among those of the group looked at."""

    poor: np.ndarray
    near_poor: np.ndarray
    others: np.ndarray
    poor_share: np.ndarray | float = 1.0
    near_share: np.ndarray | float = 1.0

    def at(self, rows):
        """The stock in some of the years (Stock, without its shares)."""
        return Stock(self.poor[rows], self.near_poor[rows], self.others[rows])


@dataclass(frozen=True)
class Spent:
    """Where a line's money is at work, and what is not: households at its unit cost, (n_years, n_draws).

    A household that gets twice the unit cost counts twice. earlier: the same of what is left of earlier years' money,
    where it is told apart.
    """

    poor: np.ndarray
    near_poor: np.ndarray
    others: np.ndarray
    unspent: np.ndarray
    earlier: "Spent | None" = None

    @property
    def paid(self):
        """All that is at work (ndarray)."""
        return self.poor + self.near_poor + self.others

    def at(self, rows):
        """The same in some of the years (Spent)."""
        earlier = None if self.earlier is None else self.earlier.at(rows)
        return Spent(*(getattr(self, name)[rows] for name in WHO), earlier)

    def times(self, factor):
        """The same in another unit (Spent)."""
        return Spent(*(getattr(self, name) * factor for name in WHO))


def households_reached(effect, amount):
    """Households that a line's money could be at work in, with what is left of earlier years', if all is spent.

    Parameters
    ----------
    effect : LineEffect
    amount : ndarray (n_years,)
        Billion VND.

    Returns
    -------
    ndarray (n_years, n_draws)
    """
    reached = np.empty((len(amount), len(effect.persistence)))
    reached[:] = np.reshape(amount, (-1, 1))
    for year in range(1, len(amount)):
        reached[year] += effect.persistence * reached[year - 1]
    reached *= effect.households_per_bn
    return reached


def reach(effect, households, stock):
    """How often over a line's money is aimed at the poor and the near-poor, before any cap, and at least once.

    Parameters
    ----------
    effect : LineEffect
    households : ndarray (n_years, n_draws)
        As of `households_reached`.
    stock : Stock

    Returns
    -------
    tuple of ndarray (n_years, n_draws)
        Households aimed at over the stock of poor, and of near-poor, nobody getting more than the unit cost; 1 where
        they are fewer.
    """
    poor = households * effect.to_poor
    near = (households - np.minimum(poor, stock.poor)) * effect.near_share
    times = poor / np.maximum(stock.poor, 1e-9), near / np.maximum(stock.near_poor, 1e-9)
    return tuple(np.maximum(each, 1) for each in times)


def spend(effect, households, stock, planned, ceiling):
    """Where the money of a line goes, year by year.

    Parameters
    ----------
    effect : LineEffect
    households : ndarray (n_years, n_draws)
        Money at work, in households at the unit cost.
    stock : Stock
    planned : tuple of ndarray (n_years, n_draws)
        `reach` of the planned money: a household gets more than the plan promises only beyond that.
    ceiling : ndarray (n_draws,)
        The most that a poor or near-poor household gets, in unit costs, >= 1.

    Returns
    -------
    Spent
        Nothing of it falls when households rise, and all of it together rises by as much as they do.
    """
    taken = faster or _taken
    poor = taken(households, effect.to_poor, stock.poor, planned[0], ceiling)
    rest = households - poor
    near_poor = taken(rest, effect.near_share, stock.near_poor, planned[1], ceiling)
    rest -= near_poor
    others = np.minimum(rest, stock.others)
    rest -= others
    return Spent(poor, near_poor, others, rest)


def _taken(households, share, stock, planned, ceiling):
    """What households of one status take of the share that is aimed at them."""
    aimed, promised = households * share, planned * stock
    taken, over = np.minimum(aimed, stock), np.flatnonzero(aimed > promised)
    if len(over):  # few, in most scenarios
        most = ((ceiling - 1) * stock).take(over)
        taken.reshape(-1)[over] += np.minimum(aimed.take(over) - promised.take(over), most)
    return taken


def at_work(effect, households, stock, planned, ceiling):
    """Households that a line's money is at work in: what could not be spent in a year acts in none.

    Parameters
    ----------
    effect, households, stock, planned, ceiling
        As of `spend`, of `households_reached` and in all years from the first.

    Returns
    -------
    tuple of ndarray (n_years, n_draws)
        Money at work, and the part of it that is left of earlier years; `spend` of the first less that of the second
        is where the year's own money goes.
    """
    left = np.zeros_like(households)
    if not effect.persistence.any():
        return households, left
    left[1:] = effect.persistence * households[:-1]
    if (households[:-1] <= stock.others[:-1]).all():  # then nothing can be returned
        return households, left
    new, working = households - left, households.copy()
    for year in range(1, len(households)):
        one = slice(year - 1, year)
        before = spend(effect, working[one], stock.at(one), tuple(times[one] for times in planned), ceiling)
        left[year] = effect.persistence * before.paid[0]
        working[year] = new[year] + left[year]
    return working, left


def spending_frame(money, ledger):
    """Where the money of each line ends over the whole period.

    Parameters
    ----------
    money : Money
    ledger : mapping of str to Spent, or None
        By line, billion VND a year; a line left out is spent on what raises no measured income.

    Returns
    -------
    DataFrame
        line (and "total"), delivered_bn_vnd, mean poor_bn_vnd, near_poor_bn_vnd, others_bn_vnd and unspent_bn_vnd,
        unspent_q10, unspent_q50, unspent_q90. Empty without a ledger.
    """
    heads = [f"{who}_bn_vnd" for who in WHO]
    ends = [f"unspent_{end}" for end in ("q10", "q50", "q90")]
    columns = ["line", "delivered_bn_vnd", *heads, *ends]
    if ledger is None:
        return pd.DataFrame(columns=columns)
    rows, returned = [], np.zeros(1)
    for line, amount in money.by("line").items():
        spent, row = ledger.get(line), {"line": line, "delivered_bn_vnd": float(amount)}
        unspent = np.zeros(1) if spent is None else spent.unspent.sum(axis=0)
        if spent is not None:
            row |= {f"{who}_bn_vnd": getattr(spent, who).sum(axis=0).mean() for who in WHO[:-1]}
        rows.append(row | _unspent(unspent))
        returned = returned + unspent
    frame = pd.DataFrame(rows, columns=columns)
    total = {name: frame[name].sum() for name in ("delivered_bn_vnd", *heads[:-1])}
    return pd.concat(
        [frame, pd.DataFrame([{"line": "total"} | total | _unspent(returned)])], ignore_index=True
    )


def _unspent(values):
    found = mean_and_quantiles(values)
    return {"unspent_bn_vnd": found.pop("mean")} | {f"unspent_{end}": value for end, value in found.items()}
