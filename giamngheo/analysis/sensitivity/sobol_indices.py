"""Sobol indices: how much of a rate's variance each input accounts for, alone and with all others.

The baseline forecast is one input, r another, every assumption about money a further one, all independent.
"""

import numpy as np
import pandas as pd
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample
from scipy.special import ndtri

from giamngheo.analysis.sensitivity.cases import CONTINUITY, open_range
from giamngheo.analysis.sensitivity.tornado import SMALL
from giamngheo.analysis.target_years import TargetYears
from giamngheo.forecasting.draws import override, values_at
from giamngheo.simulation.counterfactual import counterfactual
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.shared_draws import BASELINE_ASSUMPTIONS

BASELINE, OTHERS = "baseline", "others"  # the forecast as one input; small ones added up
POINTS = 4_096  # of the Sobol sequence: evaluations are this times (inputs + 2)
CHUNK = 16_384  # rows of the model at a time, for memory's sake
EDGE = 1e-6  # uniforms are kept this far from 0 and 1
TRIM = 0.001  # of the baseline's draws left out at each end: one heavy tail would own the variance


def indices(model, names, *, points=POINTS, seed=0, resamples=100, confidence=0.95):
    """Sobol indices of a model of independent uniforms: first order and total, with confidence bounds.

    Parameters
    ----------
    model : callable
        From uniforms (n, n_inputs) to outputs (n,).
    names : sequence of str
    points : int
        Of the Sobol sequence, a power of 2; the model is evaluated at ``points * (len(names) + 2)``.
    seed, resamples : int
        Of the scrambling and of the bootstrap.
    confidence : float

    Returns
    -------
    DataFrame
        input, first, first_bound, total, total_bound; the bounds are half-widths. Largest total first.

    Notes
    -----
    SALib (Iwanaga, Usher and Herman 2022): Saltelli's sample, the estimators of Saltelli et al. (2010).
    """
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    uniforms = sobol_sample.sample(problem, points, calc_second_order=False, seed=seed)
    found = sobol_analysis.analyze(
        problem,
        np.asarray(model(uniforms), dtype=float),
        calc_second_order=False,
        num_resamples=resamples,
        conf_level=confidence,
        seed=seed + 1,  # 0 would leave SALib's bootstrap unseeded
    )
    table = pd.DataFrame(
        {
            "input": list(names),
            "first": found["S1"],
            "first_bound": found["S1_conf"],
            "total": found["ST"],
            "total_bound": found["ST_conf"],
        }
    )
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def sobol(package, scenario, shared, *, status="poor", points=POINTS, seed=0, alternatives=True, r=None):
    """Sobol indices of a rate at the deadline, input by input.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
        Its baseline draws, ordered by the level of the status, are one input.
    status : str
        "poor", "near_poor" or "poor_or_near_poor".
    points, seed : int
        As of `indices`.
    alternatives : bool
        Whether what the register fixes but gives an alternative distribution varies too.
    r : float, optional
        Additionality, where it is held; left out, r is an input too.

    Returns
    -------
    DataFrame
        As of `indices`. Inputs that cannot move this scenario's rate stand last, with zeros.

    Notes
    -----
    Inputs: the baseline forecast, r (uniform 0 to 1) and every assumption about money that is not fixed. The
    baseline's own assumptions (drift, innovations, gap of thresholds) act through its draws, conditioned on
    the readings, and are no independent inputs; `analysis.sensitivity.tornado` takes them one by one. Where
    the delivered money equals the plan's, r = 1 leaves the trend alone, so that money and r matter together.
    A thousandth of the baseline's draws at each end is left out: the forecast's tails are heavy.
    """
    model = Rates(package, scenario, shared, status, alternatives, r)
    live = [name for name in model.names if model.moves(name)]

    def rates(uniforms):
        chunks = (uniforms[start : start + CHUNK].T for start in range(0, len(uniforms), CHUNK))
        named = (dict(zip(live, chunk, strict=True)) for chunk in chunks)
        trimmed = (chunk | {BASELINE: TRIM + (1 - 2 * TRIM) * chunk[BASELINE]} for chunk in named)
        return np.concatenate([model(chunk) for chunk in trimmed])

    table = indices(rates, live, points=points, seed=seed)
    still = pd.DataFrame({"input": [name for name in model.names if name not in live]})
    return pd.concat([table, still], ignore_index=True).fillna(0.0)


def by_case(package, scenario, shared, **options):
    """Sobol indices of a rate at the deadline with r held at each of its cases.

    Parameters
    ----------
    package : Package
    scenario : Scenario
    shared : SharedDraws
    **options
        status, points, seed, alternatives, as of `sobol`.

    Returns
    -------
    DataFrame
        case ("continued", "new") and the columns of `indices`.
    """
    parts = [sobol(package, scenario, shared, r=r, **options).assign(case=case) for r, case in CASES.items()]
    return pd.concat(parts, ignore_index=True)[["case", *parts[0].columns[:-1]]]


def gathered(indices):
    """The inputs that count, and all others added up.

    Parameters
    ----------
    indices : DataFrame
        As of `by_case`.

    Returns
    -------
    DataFrame
        As `indices`, with inputs (how many a row holds): those whose total reaches `SMALL` in one of the cases, the
        largest first, then `OTHERS`, without bounds, if there are any.
    """
    most = indices.groupby("input", sort=False)["total"].max().sort_values(ascending=False, kind="stable")
    large = most.index[most >= SMALL]
    own = indices[indices["input"].isin(large)].assign(inputs=1)
    own = own.sort_values("input", key=lambda column: column.map(large.get_loc), kind="stable")
    rest = indices[~indices["input"].isin(large)].groupby("case", sort=False)[["first", "total"]].sum()
    rest = rest.reset_index().assign(input=OTHERS, inputs=len(most) - len(large))
    return pd.concat([own, rest], ignore_index=True)


class Rates:
    """A rate at the deadline as a function of uniforms, one for each input.

    Parameters
    ----------
    package, scenario, shared, status, alternatives, r
        As of `sobol`.
    """

    def __init__(self, package, scenario, shared, status="poor", alternatives=True, r=None):
        changed = {
            name: row.alternative
            for name, row in shared.register.items()
            if open_range(row) and name not in scenario.assumptions
        }
        self.package, self.status, self.r = package, status, r
        self.scenario = scenario.model_copy(
            update={"assumptions": {**scenario.assumptions, **(changed if alternatives else {})}}
        )
        self.register = override(shared.register, self.scenario.assumptions)
        self.trend = shared.counterfactual(scenario).trend
        order = self.trend.draws["all", "poor" if status == "poor" else "poor_or_near_poor"][:, -1]
        self.order = np.argsort(order, kind="stable")
        money = [
            name
            for name, row in self.register.items()
            if row.fixed is None and name not in BASELINE_ASSUMPTIONS and name != CONTINUITY
        ]
        self.names = (BASELINE, *([CONTINUITY] if r is None else []), *money)

    def __call__(self, uniforms):
        """The rate at the deadline, percent (n,).

        Parameters
        ----------
        uniforms : mapping of str to ndarray (n,)
            By input; one left out stands at its median.
        """
        size = len(next(iter(uniforms.values())))
        half = np.full(size, 0.5)
        level = {name: np.clip(uniforms.get(name, half), EDGE, 1 - EDGE) for name in self.names}
        picks = self.order[(level[BASELINE] * len(self.order)).astype(int)]
        drawn = {
            name: values_at(row, ndtri(level[name])) if name in level else values_at(row, ndtri(half))
            for name, row in self.register.items()
        }
        r = level[CONTINUITY] if self.r is None else np.full(size, float(self.r))
        picked = counterfactual(self.package, self.trend, self.scenario, self.register, drawn, r, picks)
        return TargetYears(self.package, self.scenario, picked).rates()["all", self.status][:, -1]

    def moves(self, name, size=64):
        """Whether an input can move the rate at all (bool): its two ends differ somewhere."""
        rng = np.random.default_rng(size)
        uniforms = {each: rng.random(size) for each in self.names}
        low, high = (self(uniforms | {name: np.full(size, end)}) for end in (0.1, 0.9))
        return bool(np.any(low != high))
