"""What a forecast learned from its readings: prior beside posterior, and the readings it would have expected."""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from giamngheo.forecasting.draws import override, stream, values_at
from giamngheo.forecasting.levels import LEVEL_SD, instants, lines_in_order
from giamngheo.forecasting.scales import error_on_scale, probit
from giamngheo.forecasting.summary import ENDS
from giamngheo.inputs.assumptions import load_register

ALL, OTHERS = "all", "others"  # of the readings: all of them known, or all but the one that is expected
AS_BEFORE = (
    0.95,
    0.1,
)  # spread kept at least, and move of the mean in spreads at most, where nothing was learned
_NORMALS = ndtri(list(ENDS.values()))
_EVEN = ndtri((np.arange(1_000) + 0.5) / 1_000)  # normals for a distribution's mean and spread


def parameters(forecast):
    """Prior beside posterior of what the model has to learn.

    Parameters
    ----------
    forecast : Forecast

    Returns
    -------
    DataFrame
        group, parameter, poverty_line (of a splice), unit, prior_q10, prior_q50, prior_q90, posterior_q10,
        posterior_q50, posterior_q90. Parameters: level (at the last reading; its prior is that of the first level),
        drift (of the coming year), innovation_sd, observation_error, carry_over and splice (with an earlier line), gap,
        gap_drift, gap_spread (with near-poor readings; the last two unless the gap is fixed).

    Notes
    -----
    Priors by their own quantiles; posteriors by those of draws that the importance weights have resampled.
    """
    register = override(load_register(), forecast.settings["assumptions"])
    rows = []
    for group, posterior in forecast.posteriors.items():
        learned = [*_of_level(forecast, group, posterior["level"], register)]
        learned += _of_gap(posterior["gap"], register) if posterior["gap"] else []
        for name, line, unit, prior, draws in learned:
            ends = dict(zip((f"prior_{q}" for q in ENDS), prior, strict=True))
            found = np.quantile(draws, list(ENDS.values()))
            ends |= dict(zip((f"posterior_{q}" for q in ENDS), found, strict=True))
            rows.append({"group": group, "parameter": name, "poverty_line": line, "unit": unit} | ends)
    return pd.DataFrame(rows)


def _of_level(forecast, group, posterior, register):
    prior, past = forecast.prior, _past(forecast, group, "level")
    scale = values_at(register["innovation_sd"], _NORMALS)
    if prior.scale is not None:
        scale = prior.scale * np.exp(prior.scale_spread * _NORMALS)
    error = values_at(register["observation_error"], _NORMALS)
    yield "level", None, "percent", 100 * ndtr(LEVEL_SD * _NORMALS), 100 * ndtr(posterior.level)
    mean, sd = prior.drift.at(past.instants[-1] + 0.5)
    yield "drift", None, "probit a year", mean + sd * _NORMALS, posterior.drift
    yield "innovation_sd", None, "probit", scale, posterior.innovation_sd
    yield "observation_error", None, "percentage point", error, posterior.observation_error
    if len(past.offset):
        carried = values_at(register["carry_over"], _NORMALS)
        yield "carry_over", None, "share", carried, posterior.carry_over
    for line, offset in zip(_earlier_lines(forecast, group), past.offset, strict=True):
        yield "splice", line, "probit", register["splice_sd"].fixed * _NORMALS, offset


def _of_gap(posterior, register):
    yield "gap", None, "probit", np.exp(LEVEL_SD * _NORMALS), np.exp(posterior.level)
    if register["gap_moves"].fixed != 0:
        drift, spread = (values_at(register[name], _NORMALS) for name in ("gap_drift", "gap_spread"))
        yield "gap_drift", None, "log a year", drift, -posterior.drift
        yield "gap_spread", None, "log", spread, posterior.innovation_sd


def learned_assumptions(forecast, group="all"):
    """What is known of the assumptions that the readings inform, once they are read.

    Parameters
    ----------
    forecast : Forecast
    group : str

    Returns
    -------
    dict of str to ndarray (n_draws,)
        Equally likely draws by name in the register: innovation_sd, observation_error, carry_over (with an earlier
        line), gap_drift and gap_spread (with near-poor readings). Of all others the prior is what is known.
    """
    level, gap = (forecast.posteriors[group][of] for of in ("level", "gap"))
    found = {"innovation_sd": level.innovation_sd, "observation_error": level.observation_error}
    if _earlier_lines(forecast, group):
        found["carry_over"] = level.carry_over
    return found | ({"gap_drift": -gap.drift, "gap_spread": gap.innovation_sd} if gap else {})


def informed(row, draws):
    """Whether the readings said anything about an assumption.

    Parameters
    ----------
    row : Assumption
        Before they were read.
    draws : ndarray (n,)
        After it.

    Returns
    -------
    bool
        False where the spread is nearly what it was, or more, and the mean has hardly moved (`AS_BEFORE`).
    """
    before = values_at(row, _EVEN)
    kept, moved = draws.std(), abs(draws.mean() - before.mean())
    return bool(kept < AS_BEFORE[0] * before.std() or moved > AS_BEFORE[1] * before.std())


def expected_readings(forecast):
    """A posterior predictive check: what the model would have printed for each reading, beside what was printed.

    Parameters
    ----------
    forecast : Forecast

    Returns
    -------
    DataFrame
        group, as_of, poverty_line, status, given, rate_pct (as printed), q10, q50, q90 (percent, of the printings), pit
        (their share below the printed one). given: "all", the levels know the reading and only its error is drawn
        anew; "others", the reading alone was left out. A near-poor reading is printed beside its reading of the poor.

    Notes
    -----
    Replications given the levels always lie close to the readings (Gelman, Meng and Stern 1996); leaving each out in
    turn (Marshall and Spiegelhalter 2003) is the check that can fail.
    """
    register = override(load_register(), forecast.settings["assumptions"])
    tables = []
    for group, posterior in forecast.posteriors.items():
        poor, printed = _of_poor(forecast, group, posterior["level"])
        tables += _checked(poor, printed)
        if posterior["gap"]:
            tables += _checked(
                *_of_near_poor(forecast, group, posterior["gap"], register, poor, printed[ALL])
            )
    return pd.concat(tables, ignore_index=True)


def _of_poor(forecast, group, posterior):
    """Readings of the poor, line by line, and their replications in percent by what was known (n, n_draws)."""
    rng, past = stream(forecast.seed, f"expected:{group}"), _past(forecast, group, "level")
    rows, order = _readings(forecast, group, "poor"), _earlier_lines(forecast, group)
    offset = np.vstack([past.offset, np.zeros_like(posterior.level)])  # of each earlier line, of the last
    line = [order.index(name) if name in order else len(order) for name in rows["poverty_line"]]
    level = past.level[np.searchsorted(past.instants, instants(rows["as_of"]))] + offset[line]
    z = level + error_on_scale(level, posterior.observation_error) * rng.standard_normal(level.shape)
    others = posterior.left_out(rng)[
        : len(rows)
    ]  # an assumed level on the last line comes after the readings
    return rows, {ALL: 100 * ndtr(z), OTHERS: 100 * ndtr(others)}


def _of_near_poor(forecast, group, posterior, register, poor, printed):
    rng, past = stream(forecast.seed, f"expected:gap:{group}"), _past(forecast, group, "gap")
    keys = ["as_of", "poverty_line"]
    rows = _readings(forecast, group, "near_poor")
    rows = rows[rows["poverty_line"] == forecast.poverty_line]
    rows = rows[np.isin(instants(rows["as_of"]), past.instants)]
    places = [
        poor.set_index(keys).index.get_loc(key) for key in rows[keys].itertuples(index=False, name=None)
    ]
    error = register["gap_error"].fixed * rng.standard_normal(past.level.shape)
    gaps = {ALL: past.level + error, OTHERS: posterior.left_out(rng)}
    below = {
        ALL: probit(printed[places] / 100),
        OTHERS: probit(poor["rate_pct"].to_numpy()[places] / 100)[:, None],
    }
    return rows, {
        known: 100 * (ndtr(below[known] + np.exp(gaps[known])) - ndtr(below[known])) for known in gaps
    }


def _checked(rows, printed):
    for known, draws in printed.items():
        found = dict(zip(ENDS, np.quantile(draws, list(ENDS.values()), axis=1), strict=True))
        pit = (draws < rows["rate_pct"].to_numpy()[:, None]).mean(axis=1)
        columns = ["group", "as_of", "poverty_line", "status", "given", "rate_pct"]
        yield rows.assign(given=known)[columns].assign(**found, pit=pit)


def _past(forecast, group, of):
    return forecast.posteriors[group][of].past(stream(forecast.seed, f"past:{of}:{group}"))


def _readings(forecast, group, status):
    """Readings of a group and status in the order of the model: by line, then by instant."""
    rows = forecast.history
    rows = rows[(rows["group"] == group) & (rows["status"] == status)]
    place = rows["poverty_line"].map(lines_in_order(forecast.history).index)
    return rows.assign(place=place).sort_values(["place", "as_of"], kind="stable").drop(columns="place")


def _earlier_lines(forecast, group):
    lines = lines_in_order(_readings(forecast, group, "poor"))
    return [line for line in lines if line != forecast.poverty_line]
