"""What a simulation says, as plain rows that files hold: one a case of additionality, group, status and year."""

import numpy as np

from giamngheo.forecasting.summary import QUANTILES
from giamngheo.inputs.judged import level_targets
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, households_above, target_chances

ABOVE = {"mean": None, "q10": 0.1, "q50": 0.5, "q90": 0.9}
# Column -> kind, in the order of the files.
COLUMNS = {
    "case": str,
    "group": str,
    "status": str,
    "year": int,
    "mean": float,
    **dict.fromkeys(QUANTILES, float),
    "target": str,
    "chance": float,
    **{f"households_above_{name}": float for name in ABOVE},
    "chance_both": float,
    "households_above_both": float,
    "money_planned_bn_vnd": float,
    "money_delivered_bn_vnd": float,
}


def result_rows(simulation):
    """The results of a scenario, at full precision.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    list of dict
        With the keys of `COLUMNS`: mean and quantiles of the rate in percent; at a target's date the target, its chance
        (0..1) and the households above it (mean and quantiles); in every row of a case the chance of all targets of
        all households together, the median of the households above these, and the money (billion VND). What does not
        apply is None. A case that the scenario closes by its own r is left out, as in `compare`; so are the groups
        that no target speaks of.
    """
    package = simulation.package
    targets = {(target.group, target.status, target.as_of): target for target in level_targets(package)}
    groups = {"all": None} | {group: None for group, *_ in targets}
    closed = {CASES[r] for r in CASES if r not in simulation.shown}
    return [
        row
        for name, case in simulation.named.items()
        if name not in closed
        for row in _rows(package, name, case, targets, groups)
    ]


def _rows(package, name, case, targets, groups):
    chances, above = target_chances(package, case), households_above(package, case)
    money = {which: float(case.money.by(which=which).get((), 0)) for which in ("planned", "delivered")}
    of_case = {
        "chance_both": chances[BOTH],
        "households_above_both": float(np.median(above[BOTH])) if above else None,
        "money_planned_bn_vnd": money["planned"],
        "money_delivered_bn_vnd": money["delivered"],
    }
    for group, status in case.draws:
        if group not in groups:
            continue
        rates = case.draws[group, status]
        quantiles = quantiles_of(rates, QUANTILES.values())
        for place, day in enumerate(case.years):
            target = targets.get((group, status, day))
            values = above.get(target.target) if target else None
            row = {"case": name, "group": group, "status": status, "year": day.year}
            row["mean"] = float(rates[:, place].mean())
            row |= dict(zip(QUANTILES, quantiles[:, place].tolist(), strict=True))
            row["target"] = target.target if target else None
            row["chance"] = chances[target.target] if target else None
            row |= dict(zip((f"households_above_{each}" for each in ABOVE), _above(values), strict=True))
            yield row | of_case


def _above(values):
    if values is None:
        return [None] * len(ABOVE)
    quantiles = quantiles_of(values[:, None], [share for share in ABOVE.values() if share is not None])
    return [float(values.mean()), *quantiles[:, 0].tolist()]


def quantiles_of(values, shares):
    """Quantiles down each column, the same numbers as ``numpy.quantile`` in a third of the time.

    Parameters
    ----------
    values : ndarray (n_draws, n_columns)
    shares : iterable of float

    Returns
    -------
    ndarray (n_shares, n_columns)
    """
    ordered = np.sort(values.T, axis=1)
    place = np.array(list(shares)) * (len(values) - 1)
    low = np.minimum(place.astype(np.intp), len(values) - 2) if len(values) > 1 else np.zeros(len(place), int)
    below, over = ordered[:, low], ordered[:, np.minimum(low + 1, len(values) - 1)]
    part, step = place - low, over - below
    # Measured from the nearer end, as numpy does.
    return np.where(part < 0.5, below + step * part, over - step * (1 - part)).T
