"""Our forecast of a short series beside the usual ones: rolling origins, horizons 1 to 4, balanced by unit.

    python benchmarks/forecast.py             every window and method (minutes; resumes from .cache/)
    python benchmarks/forecast.py --quick     a sample of each group, for continuous integration
    python benchmarks/forecast.py --variants  what the choice of tails, persistence, error and prior is worth
    python benchmarks/forecast.py --speed     the cost of one forecast beside drawing 20 000 x 12 normals
    --write    keeps the track record and the gap's scores in data/reference/ (of the variants nothing is kept)

"Ours" is the public `giamngheo.forecast`, called for every window on the day on which its last reading was out, its
unit left out of the comparable series: once with their readings of that same year out too, once a day before.
AutoTheta, AutoARIMA and the random walk with drift are statsforecast's, which is installed apart since it asks for an
older pandas than the lock's; without it those rows stay as they are in the kept record. Rivals work on the logit scale
unless named otherwise. A rival that knows no missing year gets a straight line through it; one that knows no change of
line gets the old one moved (logit) at the instant read on both or, where there is none, so that the step between the
lines is the mean of the others.
"""

import argparse
import hashlib
import sys
import time
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr, ndtri
from scipy.stats import norm, theilslopes
from scipy.stats import t as student_t
from scoringrules import crps_ensemble

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from giamngheo.forecasting import backtest as bt  # noqa: E402
from giamngheo.forecasting import scores  # noqa: E402
from giamngheo.forecasting.draws import draw, stream  # noqa: E402
from giamngheo.forecasting.reference_series import load_rates  # noqa: E402
from giamngheo.forecasting.scales import SCALES, on_scale  # noqa: E402
from giamngheo.inputs.assumptions import load_register  # noqa: E402
from giamngheo.inputs.descriptor import refresh_hashes  # noqa: E402

try:
    from statsforecast import StatsForecast
    from statsforecast import models as sfm
except ImportError:
    StatsForecast = None

DRAWS = 400
CACHE = ROOT / ".cache" / "benchmark"
QUICK = 4  # windows a set
LEAST_UNITS = 30  # for a verdict on coverage
MARKS = {True: "met  ", False: "SHORT", None: "-    "}
NEEDS = {  # group -> most that the CRPS ratio may be: sisters' readings of the same year known, and not
    "national-line": (0.90, 0.90),
    "declining": (0.88, 0.88),
    "break + 2": (0.85, 0.85),
    "vn-survey from 2012": (0.20, 0.35),
    "vn-survey to 2016": (0.20, 0.35),
    "id-survey": (0.75, 0.75),
    "international-line": (0.84, 0.84),
    "relative-line": (1.0, 1.0),
}
STATSFORECAST = {
    "AutoTheta": lambda: sfm.AutoTheta(season_length=1),
    "AutoARIMA": lambda: sfm.AutoARIMA(season_length=1),
    "random walk with drift": lambda: sfm.RandomWalkWithDrift(),
}
VARIANTS = {  # arguments of `forecast`
    "normal tails": {"assumptions": {"tail_shape": {"fixed": 1.0}}},
    "drift constant": {"assumptions": {"drift_persistence": {"fixed": 1.0}}},
    "drift returning by a fifth a year": {"assumptions": {"drift_persistence": {"fixed": 0.8}}},
    "drift returning by half a year": {"assumptions": {"drift_persistence": {"fixed": 0.5}}},
    "drift carried over whole to a new line": {"assumptions": {"carry_over": {"fixed": 1.0}}},
    "error of a rate 0.05 points": {"assumptions": {"observation_error": {"fixed": 0.05}}},
    "error of a rate 0.4 points": {"assumptions": {"observation_error": {"fixed": 0.4}}},
    "wide prior of the drift": {"reference": "wide"},
}
EARLIER = "ours, earlier years only"
_made = {}  # forecasts by window and knowledge: a declining window is one of its group's too


def window_sets(rates):
    """(group, Windows) of every set; a group's windows of different lengths are scored together."""
    for n in (5, 6):
        windows = bt.rolling_windows(rates, n)
        for group in ("national-line", "international-line", "relative-line", "id-survey"):
            yield group, windows[windows.group == group]
        yield "declining", windows[windows.declining & np.isin(windows.group, bt.ABSOLUTE)]
    yield "break + 2", bt.break_windows(rates, 4)
    yield "break + 2", bt.break_windows(rates, 5)
    yield "vn-survey from 2012", bt.province_windows(rates, 2012)
    yield "vn-survey to 2016", bt.province_windows(rates, 2015)


def one_line(windows):
    """Years (w, n') and logits on the last line, spliced, each instant once."""
    values, _ = on_scale(windows.rates_pct, "logit")
    if windows.lines[0, 0] == windows.lines[0, -1]:
        return windows.years.astype(float), values
    at = int(np.argmax(windows.lines[0]))  # first reading on the new line
    years = windows.years.astype(float)
    if (years[:, at] == years[:, at - 1]).all():
        moved = values[:, :at] + (values[:, at] - values[:, at - 1])[:, None]
        return np.delete(years, at, axis=1), np.hstack([moved, values[:, at + 1 :]])
    steps = np.diff(values, axis=1) / np.diff(years, axis=1)
    step = np.delete(steps, at - 1, axis=1).mean(axis=1) * (years[:, at] - years[:, at - 1])
    moved = values[:, :at] + (values[:, at] - step - values[:, at - 1])[:, None]
    return years, np.hstack([moved, values[:, at:]])


def regular(years, values):
    """One series on every year, missing ones on a straight line."""
    whole = np.arange(years[0], years[-1] + 1)
    return whole, np.interp(whole, years, values)


def drawn(mean, sd, back=expit, df=np.inf):
    """Quantiles standing for draws (w, DRAWS, 4), percent."""
    u = (np.arange(DRAWS) + 0.5) / DRAWS
    z = norm.ppf(u) if np.isinf(df) else student_t.ppf(u, df)
    return np.clip(100 * back(np.asarray(mean)[:, None] + np.asarray(sd)[:, None] * z[:, None]), 0, 100)


def drift(windows):
    years, x = one_line(windows)
    span = years[:, -1] - years[:, 0]
    slope = (x[:, -1] - x[:, 0]) / span
    steps = np.diff(years, axis=1)
    rest = (np.diff(x, axis=1) - slope[:, None] * steps) / np.sqrt(steps)
    sd = np.sqrt((rest**2).sum(1) / max(x.shape[1] - 2, 1)).clip(bt.LEAST_STEP)
    ahead = bt.HORIZONS
    return drawn(
        x[:, -1:] + slope[:, None] * ahead, sd[:, None] * np.sqrt(ahead * (1 + ahead / span[:, None]))
    )


def straight_line(windows, scale):
    years, x = one_line(windows)
    chosen = SCALES[scale]
    y, n = chosen.to(expit(x)), x.shape[1]
    t = years - years.mean(1, keepdims=True)
    spread = (t**2).sum(1, keepdims=True)
    slope = (t * y).sum(1, keepdims=True) / spread
    rest = np.sqrt(((y - y.mean(1, keepdims=True) - slope * t) ** 2).sum(1, keepdims=True) / max(n - 2, 1))
    to = t[:, -1:] + bt.HORIZONS
    return drawn(
        y.mean(1, keepdims=True) + slope * to, rest * np.sqrt(1 + 1 / n + to**2 / spread), chosen.back, n - 2
    )


def theil_sen(windows):
    years, x = one_line(windows)
    mean, sd = [], []
    for t, y in zip(years, x, strict=True):
        slope, middle, *_ = theilslopes(y, t)
        rest = y - middle - slope * t
        mean.append(middle + slope * (t[-1] + bt.HORIZONS))
        sd.append(np.full(4, max(np.sqrt((rest**2).sum() / max(len(y) - 2, 1)), bt.LEAST_STEP)))
    return drawn(mean, sd)


def damped_ets(windows):
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    def one(t, y):
        y = regular(t, y)[1]
        series = pd.Series(y, index=pd.period_range("2000", periods=len(y), freq="Y"))
        start = {"initial_level": y[0], "initial_trend": np.diff(y).mean()}
        model = ETSModel(series, trend="add", damped_trend=True, initialization_method="known", **start)
        ahead = model.fit(disp=False).get_prediction(start=len(y), end=len(y) + 3)
        return np.asarray(ahead.predicted_mean), np.sqrt(np.asarray(ahead.forecast_variance))

    return each(one, windows)


def local_linear(windows):
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    def one(t, y):
        whole = np.full(int(t[-1] - t[0]) + 1, np.nan)
        whole[(t - t[0]).astype(int)] = y
        ahead = (
            UnobservedComponents(whole, level="local linear trend")
            .fit(disp=False, maxiter=200)
            .get_forecast(4)
        )
        return ahead.predicted_mean, ahead.se_mean

    return each(one, windows)


def each(one, windows):
    """One series at a time; a fit that fails falls back on the last value, and is counted."""
    years, x = one_line(windows)
    mean, sd = np.repeat(x[:, -1:], 4, axis=1), np.full((len(x), 4), np.nan)
    for place, (t, y) in enumerate(zip(years, x, strict=True)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # convergence notes are expected at this length
                mean[place], sd[place] = one(t, y)
        except (ValueError, np.linalg.LinAlgError):
            continue
    return drawn(mean, np.nan_to_num(sd, nan=0.1, posinf=1.0).clip(bt.LEAST_STEP / 4))


def by_statsforecast(windows, name):
    years, x = one_line(windows)
    frames = []
    for place, (t, y) in enumerate(zip(years, x, strict=True)):
        whole, values = regular(t, y)
        frames.append(pd.DataFrame({"unique_id": place, "ds": np.arange(len(whole)) + 1, "y": values}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = StatsForecast(
            models=[STATSFORECAST[name]()], freq=1, n_jobs=1, fallback_model=sfm.RandomWalkWithDrift()
        )
        table = model.forecast(df=pd.concat(frames), h=4, level=[80]).reset_index()
    column = next(c for c in table.columns if c.endswith("-lo-80")).removesuffix("-lo-80")
    table = table.sort_values(["unique_id", "ds"])
    mean = table[column].to_numpy().reshape(-1, 4)
    half = (table[f"{column}-hi-80"] - table[f"{column}-lo-80"]).to_numpy().reshape(-1, 4) / 2
    return drawn(mean, np.nan_to_num(half / norm.ppf(0.9), nan=0.1).clip(bt.LEAST_STEP / 4))


def new_line_alone(windows, method):
    """A rival given only the readings on the last line."""
    return method(columns(windows, windows.lines[0] == windows.lines[0, -1]))


def break_ignored(windows, method):
    """A rival that takes the two lines for one, each instant once."""
    whole = columns(windows, np.append(np.diff(windows.years[0]) > 0, True))
    return method(replace(whole, lines=np.zeros_like(whole.lines)))


def columns(windows, kept):
    return replace(
        windows, **{name: getattr(windows, name)[:, kept] for name in ("years", "lines", "rates_pct")}
    )


def ours(windows, same_year=True, **options):
    """Draws of `giamngheo.forecast` for each window, made once a run."""

    def key(place):
        seen = (getattr(windows, name)[place] for name in ("series_id", "years", "lines", "rates_pct"))
        return same_year, repr(options), *(np.asarray(part).tobytes() for part in seen)

    new = np.array([place for place in range(len(windows)) if key(place) not in _made], dtype=int)
    if len(new):
        made = bt.window_forecasts(windows[new], same_year, DRAWS, **options)
        _made.update((key(place), draws) for place, draws in zip(new, made, strict=True))
    return np.stack([_made[key(place)] for place in range(len(windows))])


def methods(group, variants):
    found = {"last value": bt.last_value, "ours": ours, EARLIER: partial(ours, same_year=False)}
    if variants:
        return found | {f"ours: {name}": partial(ours, **options) for name, options in VARIANTS.items()}
    found |= {
        "drift": drift,
        "straight line, points": partial(straight_line, scale="points"),
        "straight line, log": partial(straight_line, scale="log"),
        "straight line, logit": partial(straight_line, scale="logit"),
        "Theil-Sen": theil_sen,
        "damped ETS": damped_ets,
        "local linear trend": local_linear,
    }
    if group in ("break + 2", "vn-survey from 2012"):
        found["drift, new line alone"] = partial(new_line_alone, method=drift)
        found["drift, break ignored"] = partial(break_ignored, method=drift)
    if StatsForecast:
        found |= {name: partial(by_statsforecast, name=name) for name in STATSFORECAST}
    return found


def kept(key, compute):
    """Scores from the cache, or computed and kept: an interrupted run goes on where it stopped."""
    file = CACHE / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}.npz"
    if file.exists():
        return dict(np.load(file))
    result = compute()
    CACHE.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part.npz")
    np.savez(part, **result)
    part.rename(file)
    return result


def fingerprint():
    """Of the data and of the code that makes the scores."""
    files = [ROOT / "data/reference/rates.csv", Path(__file__)]
    files += sorted((ROOT / "giamngheo" / "forecasting").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def all_scores(rates, quick, variants):
    """{group: ({method: scores}, units)}, windows of all lengths together."""
    content, gathered, jobs = fingerprint(), {}, []
    for number, (group, windows) in enumerate(window_sets(rates)):
        if quick and len(windows) > QUICK:
            windows = windows[np.sort(np.random.default_rng(number).permutation(len(windows))[:QUICK])]
        jobs += [(number, group, windows, name, f) for name, f in methods(group, variants).items()]
    started = time.time()
    for done, (number, group, windows, name, method) in enumerate(jobs, 1):
        result = kept((content, number, quick, name), lambda m=method, w=windows: scores.of(m(w), w))
        gathered.setdefault(group, {}).setdefault(name, []).append((result, windows.unit))
        if sys.stderr.isatty() or done % 20 == 0 or done == len(jobs):
            print(
                f"\r{done}/{len(jobs)} {time.time() - started:4.0f} s  {group}: {name:30}",
                end="\n" if done % 20 == 0 else "",
                file=sys.stderr,
            )
    print(file=sys.stderr)
    return {
        group: (
            {
                name: {k: np.concatenate([r[k] for r, _ in parts]) for k in parts[0][0]}
                for name, parts in found.items()
            },
            np.concatenate([units for _, units in next(iter(found.values()))]),
        )
        for group, found in gathered.items()
    }


def track_record(gathered):
    """One row a group and method: balanced means over units and standard errors over units."""
    rows = []
    for group, (found, units) in gathered.items():
        base = found["last value"]["crps"]
        for name, s in found.items():
            mean = {key: scores.by_unit(values, units).mean() for key, values in s.items() if key != "pit"}
            pit = s["pit"][np.isfinite(s["pit"])]
            rows.append(
                {"group": group, "method": name, "windows": len(units), "units": len(np.unique(units)),
                 "crps_ratio": mean["crps"] / scores.by_unit(base, units).mean(),
                 "ratio_se": scores.bootstrap_sd(s["crps"], units, base),
                 "crps_points": mean["crps"], "mae_points": mean["error"],
                 **{f"cover_{q}_pct": 100 * mean[f"cover_{q}"] for q in (50, 80, 95)},
                 **{f"cover_{q}_se": 100 * scores.bootstrap_sd(s[f"cover_{q}"], units) for q in (50, 80)},
                 **{f"width_{q}_points": mean[f"width_{q}"] for q in (50, 80, 95)},
                 **{f"crps_ratio_{h + 1}": np.nanmean(s["crps"][:, h]) / np.nanmean(base[:, h]) for h in range(4)},
                 **{f"cover_80_{h + 1}": 100 * np.nanmean(s["cover_80"][:, h]) for h in range(4)},
                 "brier_75": mean["brier_75"], "brier_90": mean["brier_90"],
                 "pit_deciles_pct": " ".join(f"{100 * x:.0f}" for x in np.histogram(pit, 10, (0, 1))[0] / len(pit))}
            )  # fmt: skip
    return pd.DataFrame(rows)


def beside(record, kept):
    """The record with the rows of methods that could not be run this time as they were kept."""
    absent = kept[kept["method"].isin(STATSFORECAST) & ~kept["method"].isin(record["method"])]
    joined = pd.concat([record, absent], ignore_index=True)
    place = joined["group"].map(list(dict.fromkeys(record["group"])).index)
    return joined.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def verdicts(record):
    """What the project asks of its forecast, a line each: met or short, and by how much."""
    at = record.set_index(["group", "method"])
    lines = []
    for group, (most, most_past) in NEEDS.items():
        for name, bound in (("ours", most), (EARLIER, most_past)):
            ratio, se = at.loc[(group, name), ["crps_ratio", "ratio_se"]]
            lines.append(
                (
                    f"{group}: CRPS of {name} / last value",
                    ratio,
                    f"<= {bound:.2f} (se {se:.3f})",
                    bool(ratio <= bound),
                )
            )
        theirs = [name for name in STATSFORECAST if (group, name) in at.index]
        if theirs:
            best = min(theirs, key=lambda name: at.loc[(group, name), "crps_ratio"])
            ratio = at.loc[(group, "ours"), "crps_ratio"] / at.loc[(group, best), "crps_ratio"]
            past = at.loc[(group, EARLIER), "crps_ratio"] / at.loc[(group, best), "crps_ratio"]
            lines.append(
                (
                    f"{group}: ours / {best}, statsforecast's best (earlier years only {past:.3f})",
                    ratio,
                    "< 1",
                    bool(ratio < 1),
                )
            )
        for q in (80, 50):
            row = at.loc[(group, "ours")]
            margin = max(4.0, 2 * row[f"cover_{q}_se"])
            off = abs(row[f"cover_{q}_pct"] - q)
            met = bool(off <= margin) if row["units"] >= LEAST_UNITS else None
            note = "" if met is not None else f" ({row['units']} units: shown)"
            lines.append(
                (f"{group}: {q} % interval covers{note}", row[f"cover_{q}_pct"], f"{q} +- {margin:.1f}", met)
            )
    return lines


def gap_scores(rates, draws=20_000):
    """The near-poor threshold by a gap of its own and by a fixed one, on the lists that show both (DataFrame).

    Each change of ln(z_u - z_p) between two readings of one list is forecast from the first of them, by the register's
    drift and spread, and by none; the score is that of the near-poor rate, given the poor rate that came.
    """
    rows = rates[rates["group"] == "vn-review"].pivot_table(
        index=["series_id", "year"], columns="status", values="rate_pct"
    )
    rows = rows.dropna().reset_index()
    register, found = load_register(), []
    for name, series in rows.groupby("series_id"):
        poor, both = ndtri(series["poor"] / 100), ndtri((series["poor"] + series["near_poor"]) / 100)
        gap = np.log((both - poor).to_numpy())
        for i in range(len(series) - 1):
            years = int(series["year"].iloc[i + 1] - series["year"].iloc[i])
            drift = draw(register["gap_drift"], 0, draws) * years
            noise = draw(register["gap_spread"], 0, draws) * stream(0, "gap").standard_normal(draws)
            error = register["gap_error"].fixed * np.sqrt(2) * stream(1, "gap").standard_normal(draws)
            truth, z = series["near_poor"].iloc[i + 1], poor.iloc[i + 1]
            row = {"series_id": name, "from_year": int(series["year"].iloc[i]), "years": years,
                   "gap_change_a_year": (gap[i + 1] - gap[i]) / years, "near_poor_pct": truth}  # fmt: skip
            for case, moved in (("own_gap", drift + noise * np.sqrt(years) + error), ("fixed_gap", error)):
                near = 100 * (ndtr(z + np.exp(gap[i] + moved)) - ndtr(z))
                row[f"{case}_median_pct"] = np.median(near)
                row[f"{case}_crps"] = crps_ensemble(truth, near)
            found.append(row)
    return pd.DataFrame(found)


def speed():
    """The cost of a forecast from readings in memory, as multiples of drawing 20 000 x 12 normals (best of 15)."""
    from giamngheo import load_package
    from giamngheo.forecasting.trend import forecast

    package = load_package()
    readings = package.frame("poverty")
    readings = readings[readings["group"] == "all"]
    rng = np.random.default_rng(0)
    jobs = {
        "normals": lambda: rng.standard_normal((20_000, 12)),
        "forecast": lambda: forecast(readings, 2015, known_by=package.published),
    }
    best = {}
    for name, job in jobs.items():
        job()
        times = []
        for _ in range(15):
            start = time.perf_counter()
            job()
            times.append(time.perf_counter() - start)
        best[name] = min(times)
    ratio = best["forecast"] / best["normals"]
    print(
        f"forecast {1000 * best['forecast']:.1f} ms, normals {1000 * best['normals']:.2f} ms: {ratio:.1f} times (<= 20)"
    )
    return ratio <= 20


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for option in ("quick", "variants", "speed", "write", "strict"):
        parser.add_argument(f"--{option}", action="store_true")
    chosen = parser.parse_args(arguments)
    if chosen.write and (chosen.variants or chosen.quick):
        parser.error("--write: only the whole track record is kept; leave out --variants and --quick")
    if chosen.speed:
        return 0 if speed() or not chosen.strict else 1
    if StatsForecast is None:
        print("statsforecast is not installed: its three methods are left out")
    rates = load_rates()
    gathered = all_scores(rates, chosen.quick, chosen.variants)
    record = track_record(gathered)
    pd.set_option("display.width", 220, "display.max_columns", 30)
    groups = list(NEEDS)
    for column, title in (
        ("crps_ratio", "CRPS / that of the last value"), ("mae_points", "mean absolute error, points"),
        ("cover_50_pct", "50 % interval covers"), ("cover_80_pct", "80 % interval covers"),
        ("cover_95_pct", "95 % interval covers"), ("width_80_points", "width of the 80 % interval, points"),
        ("brier_75", "Brier score of 'below 75 % of the last value'"), ("brier_90", "… below 90 %"),
    ):  # fmt: skip
        table = record.pivot(index="method", columns="group", values=column)[groups]
        order = table.mean(axis=1).sort_values(ascending="cover" not in column).index
        print(f"\n{title}\n{table.loc[order].round(3 if 'pct' not in column else 1).to_string()}")
    pit = record[record["method"] == "ours"].set_index("group")["pit_deciles_pct"]
    print(
        f"\nProbability integral transform of ours, percent in each tenth (10 each when calibrated)\n{pit.to_string()}"
    )
    counts = record.drop_duplicates("group").set_index("group")[["windows", "units"]]
    print(f"\n{counts.to_string()}")
    gaps = gap_scores(rates)
    print(
        f"\nNear-poor threshold: a gap of its own beside a fixed one\n{gaps.round(3).to_string(index=False)}"
    )
    print(f"mean CRPS {gaps['own_gap_crps'].mean():.3f} beside {gaps['fixed_gap_crps'].mean():.3f} points")
    short = False
    if not chosen.variants:
        print("\nMust show")
        for what, value, bound, met in verdicts(record):
            short |= met is False
            print(f"  {MARKS[met]} {what}: {value:.3f} ({bound})")
    if chosen.write:
        record = beside(record, pd.read_csv(ROOT / "data/reference/track_record.csv"))
        for table, file in ((record, "track_record"), (gaps, "near_poor_gap")):
            table.round(4).to_csv(ROOT / "data/reference" / f"{file}.csv", index=False, lineterminator="\n")
        refresh_hashes(ROOT / "data/reference")
    return 1 if short and chosen.strict else 0


if __name__ == "__main__":
    sys.exit(main())
