"""How far each assumption moves the chances: one at a time at the ends of its range, all others drawn.

The ends are those of what is known after the readings: of the prior alone where the readings say nothing about it.
`chance_map` takes two at a time, `sobol_indices` lets all vary at once.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from giamngheo.analysis.sensitivity.cases import BASE, CONTINUITY, ends, open_range, unchanged, variants
from giamngheo.forecasting.learned import learned_assumptions
from giamngheo.forecasting.prior import register_in_effect
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH

DRAWS = 4_000  # what a tornado shows are differences to the case shown, on the same draws
SMALL = 0.01  # swings of a chance, and shares of a variance, below this are folded or added up
CONTINUED, NEW = CASES[1], CASES[0]


@dataclass(frozen=True, eq=False, repr=False)
class Tornado:
    """Chances with one assumption changed at a time.

    cases: as of `analysis.sensitivity.cases`, the unchanged one first; register: as the forecast used it; draws: behind
    each chance; learned: draws of the assumptions that the readings inform, whose ranges are theirs.
    """

    scenario: object
    register: dict
    draws: int
    cases: pd.DataFrame
    learned: dict = field(default_factory=dict)

    @cached_property
    def base(self):
        """Chances of the unchanged case, by case of additionality and target (dict of (str, str) to float)."""
        rows = self.cases[self.cases["assumption"] == BASE]
        return rows.set_index(["case", "target"])["chance"].to_dict()

    @cached_property
    def changed(self):
        """The changed cases (DataFrame); the choice of r, of which no figure tells, is one: from 1 to 0."""
        base = self.cases["assumption"] == BASE
        new = self.cases[base & (self.cases["case"] == NEW)]
        choice = new.assign(assumption=CONTINUITY, to="number", value=0.0, case=CONTINUED)
        return pd.concat([self.cases[~base], choice], ignore_index=True)

    def before(self, rows):
        """The unchanged chance behind each row of case and target (ndarray)."""
        return np.array([self.base[key] for key in zip(rows["case"], rows["target"], strict=True)], float)

    @cached_property
    def swings(self):
        """How far each assumption moves each chance (DataFrame).

        assumption, case, target (or "both"), base, low, high (chances, 0..1), swing; largest of "both" first.
        """
        reached = self.changed.groupby(["assumption", "case", "target"], sort=False)["chance"]
        frame = reached.agg(low="min", high="max").reset_index()
        base = self.before(frame)
        frame["low"], frame["high"] = np.minimum(frame["low"], base), np.maximum(frame["high"], base)
        frame.insert(3, "base", base)
        frame["swing"] = frame["high"] - frame["low"]
        rank = frame[frame["target"] == BOTH].groupby("assumption")["swing"].max()
        return frame.sort_values(
            "assumption", key=lambda column: -column.map(rank), kind="stable", ignore_index=True
        )

    @cached_property
    def joint(self):
        """Swings of the chance of all targets at once, where they reach `SMALL` in one of the cases (DataFrame)."""
        both = self.swings[self.swings["target"] == BOTH]
        return both[both.groupby("assumption")["swing"].transform("max") >= SMALL]

    @cached_property
    def ranges(self):
        """Lowest and highest number that each assumption was set to (DataFrame of low, high by assumption)."""
        numbers = self.changed[(self.changed["assumption"] != CONTINUITY) & self.changed["value"].notna()]
        return numbers.groupby("assumption", sort=False)["value"].agg(low="min", high="max")

    def largest(self, n):
        """The assumptions with a range of numbers that move the chance of all targets at once most (list of str)."""
        both = self.swings[(self.swings["target"] == BOTH) & (self.swings["swing"] > 0)]
        return [name for name in both["assumption"].unique() if name in self.ranges.index][:n]

    def anchored(self, shown):
        """The same with the unchanged case taken from more draws: the same factors of the odds, applied to it.

        Parameters
        ----------
        shown : Simulation
            The unchanged case.

        Returns
        -------
        Tornado
        """
        many = shown.chances.set_index(["case", "target"])["chance"]
        keys = pd.MultiIndex.from_frame(self.cases[["case", "target"]])
        triples = zip(self.cases["chance"], self.before(self.cases), many.loc[keys], strict=True)
        return replace(self, cases=self.cases.assign(chance=[anchor(*triple) for triple in triples]))

    def __repr__(self):
        return self.joint.to_string(index=False)

    def _repr_html_(self):
        return self.joint.to_html(index=False)


def tornado(package, shown, shared, names=None):
    """Chances with one assumption changed at a time, all others drawn.

    Parameters
    ----------
    package : Package
    shown : Simulation
        The case shown, from all draws; what a change does on the draws of `shared` is applied to it.
    shared : SharedDraws
        Of fewer draws; left as it was.
    names : sequence of str, optional
        The assumptions that are taken to the 10 % and 90 % quantiles of what is known of them. Default: the `variants`,
        and each assumption that is not fixed, or has an alternative distribution.

    Returns
    -------
    Tornado
    """
    scenario, trend = shown.scenario, shown.cases[1].trend
    register, learned = register_in_effect(shared.register, trend.prior), learned_assumptions(trend)
    shared = shared.under(register).fork()
    parts = [unchanged(package, scenario, shared)]  # first: what all cases share is drawn once
    if names is None:
        parts.append(variants(package, scenario, shared, learned))
        names = [name for name in register if _further(register[name], set(parts[1]["assumption"]))]
    parts.append(ends(package, scenario, shared, learned, names))
    cases = pd.concat(parts, ignore_index=True)
    return Tornado(scenario, register, shared.draws, cases, learned).anchored(shown)


def _further(row, seen):
    return open_range(row) or (row.fixed is None and row.name not in seen)


def anchor(chance, few, many):
    """A chance of few draws moved as the unchanged case moves with more: the factor of the odds is kept.

    Parameters
    ----------
    chance, few, many : float
        Of the changed case, of the unchanged one on the same draws, and of the unchanged one on more.

    Returns
    -------
    float
        0..1; `many` where nothing changed, and the chance as it is where odds have no end.
    """
    if chance == few:
        return many
    if not 0 < few < 1 or not 0 < many < 1 or not 0 < chance < 1:
        return chance
    odds = chance / (1 - chance) * (many / (1 - many)) / (few / (1 - few))
    return odds / (1 + odds)
