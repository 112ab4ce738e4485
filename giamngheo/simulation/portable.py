"""The model on a few of its own draws, small enough to travel in a page that evaluates it.

What is drawn stands in columns of 16 bits; all else is plain numbers. A scenario's money, delay, additionality, shock,
household growth and movement of the near-poor gap are exact closed forms of these. A hard core, for which the readings
are conditioned on anew, is carried as what it does to the levels at a few sizes, quantile by quantile, in columns too.
"""

import base64
import json

import numpy as np

from giamngheo.forecasting.draws import override
from giamngheo.inputs.judged import level_targets
from giamngheo.inputs.scenario_values import SHOCKS
from giamngheo.inputs.tables import FAMILIES
from giamngheo.simulation.counterfactual import PUT_BACK
from giamngheo.simulation.hard_core import gaps, lifted, most, relative
from giamngheo.simulation.money import exact_sources
from giamngheo.simulation.results import quantiles_of
from giamngheo.simulation.targets import met

DRAWS = 2_000
MOST_BYTES = 300_000  # of the model as JSON: of a longer plan fewer draws are carried
BYTES = 2 * 4 / 3  # of a draw of a column, in base64
BESIDE = 50  # bytes of a column's lowest value and step, at most
STEPS = 65_535  # of a column: between the lowest of its values and the highest
CORES = (
    0.5,
    1.0,
    1.5,
    2.0,
)  # hard cores, percent of households, whose levels are carried; others lie in between
KNOTS = 64  # quantiles of a level at which what a hard core does to it is told


class _Columns:
    """What is drawn, each column once: one that is another times a number is told as such."""

    def __init__(self):
        self.values, self._places = [], {}

    def add(self, values):
        """A reference to a column: its place and a factor, or the value itself where it is the same in every draw."""
        if np.ptp(values) == 0:
            return float(values[0])
        factor = float(values.mean()) or 1.0
        key = np.round(values / factor, 9).tobytes()
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(values / factor)
        return [self._places[key], factor]

    def packed(self, picks):
        """The columns at some of the draws, as JSON holds them (dict)."""
        values = np.array([column[picks] for column in self.values])
        low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
        step = np.maximum(high - low, 1e-12) / STEPS
        whole = np.round((values - low) / step).astype("<u2")
        return {"data": _base64(whole), "low": low[:, 0].tolist(), "step": step[:, 0].tolist()}


def _base64(values):
    return base64.b64encode(values.tobytes()).decode("ascii")


def picked(simulation, n=DRAWS):
    """Draws that stand for all: evenly picked among those that meet the same targets, in the order of their poor.

    Parameters
    ----------
    simulation : Simulation
        Of the full plan.
    n : int
        At most as many as there are.

    Returns
    -------
    ndarray (n,) of int
        Places, in that order, so that every few of them are picked as evenly. The plan's own chances on them differ
        from those on all by about a draw.
    """
    hits = [
        met(target, case.draws, case.years)
        for case in simulation.cases.values()
        for target in level_targets(simulation.package)
    ]
    poor = simulation.cases[1].draws["all", "poor"][:, -1]
    order = np.lexsort([poor, *(hit for hit in hits if hit is not None)])
    return order[((np.arange(n) + 0.5) * len(order) / n).astype(int)]


def portable_model(simulation, shared):
    """The model on some of its draws.

    Parameters
    ----------
    simulation : Simulation
        Of the full plan, on a package that counts households.
    shared : SharedDraws
        That it was simulated on.

    Returns
    -------
    dict
        As JSON holds it. A value that is drawn is ``[column, factor]``, one that is the same in every draw a number.
    """
    return shared.once(("portable",), lambda: _portable(simulation, shared))


def _portable(simulation, shared):
    package, counterfactual = simulation.package, simulation.cases[1].response.counterfactual
    trend, drawn, columns, knots = counterfactual.trend, counterfactual.drawn, _Columns(), _Columns()
    last = package.last_counted()
    model = {
        "years": [day.year for day in trend.years],
        "programme": list(package.years),
        "groups": _groups(package, shared, trend, columns, knots),
        "log_ratio": float(np.log(package.near_poor_ratio or 1)),
        "put_back": PUT_BACK,
        "households": {
            "count": last.households / float(last.rate_pct) * 100,
            "age": trend.years[0].year - last.as_of.year,
            "growth": columns.add(drawn["household_growth_pct"]),
        },
        "spread": columns.add(drawn["spread_below_line"]),
        "ceiling": columns.add(drawn["value_ceiling"]),
        "shock": {
            "kept": columns.add(drawn["shock_persistence"]),
            "sizes": {name: columns.add(drawn[name]) for name in SHOCKS},
        },
        "push": columns.add(drawn["deadline_push"]) if shared.register["deadline_push"].fixed != 0 else 0.0,
        "core": columns.add(drawn["hard_core_pct"]),
        "moves": shared.register["gap_moves"].fixed,
        "lines": [_line(row, counterfactual, columns) for row in package.budget_lines],
        "families": FAMILIES,
        "cores": CORES,
        "targets": [
            {
                "id": target.target,
                "group": target.group,
                "status": target.status,
                "comparator": target.comparator,
                "value": float(target.value_pct),
                "place": trend.years.index(target.as_of),
            }
            for target in level_targets(package)
            if target.as_of in trend.years and (target.group, target.status) in trend.draws
        ],
    }
    model["knots"] = {"n": KNOTS, **knots.packed(slice(None))}
    of_each = (MOST_BYTES - len(json.dumps(model))) / max(len(columns.values), 1) - BESIDE
    n = min(DRAWS, trend.n_draws, int(of_each / BYTES))
    return {"n": n, **model, "columns": columns.packed(picked(simulation, n))}


def _line(row, counterfactual, columns):
    """A budget line's money by source over the whole period, and what a billion of it does, None if nothing."""
    years = counterfactual.package.years
    sources = {name: float(total) for name, total in exact_sources(row, len(years)).items() if total}
    effect = next((each for each in counterfactual.effects({}) if each.line == row.line), None)
    names = ("households_per_bn", "gain", "to_poor", "near_share", "persistence", "first_year")
    does = None
    if effect is not None:
        does = {
            name: None if (values := getattr(effect, name)) is None else columns.add(values) for name in names
        }
        does["reserved"] = effect.reserved
    return {"id": row.line, "channel": row.channel, "sources": sources, "does": does}


def _groups(package, shared, trend, columns, knots):
    """The levels of each group at the coming years, the gap as it moves and as it stands still, and its size."""
    still, moving = (_under(shared, trend, moves) for moves in (0.0, 1.0))
    paths, times, largest = {}, relative(trend.history), most(trend.history)
    for group, path in trend.paths.items():
        paths[group] = {"level": path["level"]}
        if path["log_gap"] is not None:
            both = {"still": still, "moving": moving}
            paths[group] |= {name: each.paths[group]["log_gap"] for name, each in both.items()}
    by_core = _cores(shared, still, moving, paths, knots)
    return {
        group: {
            "size": package.group_size(group),
            "core": {"relative": float(times[group]), "most": float(largest[group])},
            "paths": {
                name: {"at": [columns.add(row) for row in values], "core": by_core[group][name]}
                for name, values in own.items()
            },
        }
        for group, own in paths.items()
    }


def _under(shared, trend, moves):
    same = shared.register["gap_moves"].fixed == moves
    return trend if same else shared.trend_under({"gap_moves": {"fixed": moves}})


def _cores(shared, still, moving, paths, knots):
    """What hard cores do to levels and gaps: by group and path, quantiles by year, and how each core moves these."""
    before = {group: {name: _quantiles(row) for name, row in own.items()} for group, own in paths.items()}
    found = {
        group: {name: {"at": [knots.add(row) for row in at], "by": []} for name, at in own.items()}
        for group, own in before.items()
    }
    for core in CORES:
        row = override(shared.register, {"hard_core_pct": {"fixed": core}})["hard_core_pct"]
        gaps_still, every = gaps(still, core / 100), lifted(moving, row, np.full(moving.n_draws, core))
        for group, (level, gap, _) in every.items():
            lifted_to = {"level": level, "moving": gap, "still": gaps_still[group]}
            for name, at in before[group].items():
                moved = _quantiles(lifted_to[name]) - at
                found[group][name]["by"].append([knots.add(row) for row in moved])
    return found


def _quantiles(values):
    return quantiles_of(values.T, (np.arange(KNOTS) + 0.5) / KNOTS).T
