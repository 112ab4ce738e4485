"""giamngheo beside Policy Priority Inference and a planner's spreadsheet: same readings and budget, one run.

Policy Priority Inference (Guerrero and Castañeda 2024; extra ``[peers]``) is calibrated as its documentation
and tutorials advise: shares with better upward, first and last value, share of rising readings (0.05 and 0.95
for 0 and 1), three periods a year, budget lines linked to the indicators they are for, governance 0.5,
targets as goals, bounds 0 and 1 when it looks ahead (its defaults set none: rows of their own). It needs past
spending, which is not printed: the plan's yearly average, as in our r = 1. The spreadsheet: a straight line
in points; past exits over the plan's yearly money are a fixed number of households per billion VND.
"""

import argparse
import importlib
import time
import warnings
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import t as student_t
from scoringrules import crps_ensemble

from giamngheo import load_package, load_scenario
from giamngheo.forecasting.reference_series import load_rates
from giamngheo.forecasting.rivals import spliced
from giamngheo.forecasting.trend import forecast
from giamngheo.inputs.judged import level_targets
from giamngheo.simulation.money import money, scaled
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.shared_draws import shared_draws

PERIODS = 3  # a year, as in the peer's tutorials: 69 periods for 23 years
SHARES = (0.5, 1, 2)  # of the planned money
NEAR_POOR_LINES = ("credit", "health", "education", "training")  # IV.1, IV.2, IV.3, IV.5 name the near-poor
ORIGINS = (2018, 2021)  # of Indonesia: what came 2-4 years on does not overlap; Viet Nam has 2012 alone
LEAST_TIME_RATIO = 300
GRID = (np.arange(400) + 0.5) / 400  # quantiles that stand for the draws of a closed form
MISSING = "Policy Priority Inference is not installed: pip install 'giamngheo[peers]' (or use --without-ppi)"


def load_ppi():
    """The peer's module; on import it silences every warning, which is undone here."""
    try:
        with warnings.catch_warnings():
            return importlib.import_module("policy_priority_inference")
    except ImportError:
        raise SystemExit(MISSING) from None


@dataclass(frozen=True)
class Line:
    """A straight line in points through yearly rates; residual: standard deviation, 0 through two of them."""

    slope: float
    middle: float
    residual: float
    years: np.ndarray

    def at(self, year):
        """Percent in a year."""
        return self.middle + self.slope * (year - self.years.mean())

    def draws(self, year, centre):
        """Quantiles of the prediction about a centre (Student t); all equal through two readings."""
        n, spread = len(self.years), ((self.years - self.years.mean()) ** 2).sum()
        error = self.residual * np.sqrt(1 + 1 / n + (year - self.years.mean()) ** 2 / spread)
        return centre + student_t.ppf(GRID, max(n - 2, 1)) * error


def straight_line(series):
    """Least squares through a Series of percent by year (Line)."""
    years, rates = series.index.to_numpy(float), series.to_numpy(float)
    slope, middle = np.polyfit(years - years.mean(), rates, 1)
    rest, freedom = rates - middle - slope * (years - years.mean()), len(years) - 2
    return Line(slope, middle, float(np.sqrt((rest**2).sum() / freedom)) if freedom else 0.0, years)


def households_per_bn(line, households, yearly_bn):
    """Households out of poverty for each billion VND, if the past fall had that much money a year."""
    return -line.slope / 100 * households / yearly_bn


def spreadsheet_rate(line, year, delivered_bn, per_bn, households):
    """Percent in a year: the line until money ({year: billion VND}) starts, then households per billion."""
    paid = sum(float(amount) for when, amount in delivered_bn.items() if when <= year)
    return line.at(min(year, min(delivered_bn) - 1)) - 100 * per_bn * paid / households


@dataclass(frozen=True)
class Peer:
    """Policy Priority Inference with its calibrated alpha, alpha prime and beta."""

    module: object
    parameters: np.ndarray
    last: np.ndarray
    links: dict | None
    seconds: float
    worst_fit: float

    def draws(self, schedule, count, bounded=True, goals=None):
        """Percent at the ends of coming years (count, indicators, years); schedule: (programmes, years)."""
        bounds = {"Imax": np.ones(len(self.last)), "Imin": np.zeros(len(self.last))} if bounded else {}
        schedule = schedule if self.links else schedule.sum(axis=0, keepdims=True)
        columns = np.repeat(schedule, PERIODS, axis=1) / PERIODS
        columns = np.append(columns, columns[:, -1:], axis=1)  # the first result is the start
        rest = {"B_dict": self.links, "G": goals} | bounds
        run = self.module.run_ppi
        runs = [run(self.last.copy(), *self.parameters, Bs=columns.copy(), **rest)[0] for _ in range(count)]
        return 100 * (1 - np.array(runs)[:, :, PERIODS::PERIODS])


def calibrate(module, first, last, rising, span, year_money, links=None):
    """The peer calibrated on first and last values (percent) a number of years apart (Peer)."""
    start = time.process_time()
    first, last = 1 - first / 100, 1 - last / 100
    last = np.where(first == last, last + 1e-4, last)  # it refuses a series that ends where it began
    success = np.where(rising <= 0, 0.05, np.where(rising >= 1, 0.95, rising))
    columns = np.repeat(year_money[:, None], PERIODS * span + 1, axis=1) / PERIODS
    rows = module.calibrate(first, last, success, Bs=columns, B_dict=links)[1:]
    parameters, fit = rows[:, :3].astype(float).T, float(rows[:, 6:].astype(float).min())
    return Peer(module, parameters, last, links, time.process_time() - start, fit)


def improving(*parts):
    """Share of the changes between readings, line by line, that are a fall."""
    return float(np.concatenate([np.diff(part) < 0 for part in parts]).mean())


@dataclass(frozen=True)
class Plan:
    """The readings, targets and money of a package, as every method reads them."""

    package: object
    scenario: object

    @property
    def limits(self):
        """Percent by status that the targets ask for."""
        return {target.status: float(target.value_pct) for target in level_targets(self.package)}

    def series(self, whole):
        """Percent by year of poor, near-poor and other groups' poor; whole: earlier lines spliced on."""
        readings = self.package.frame("poverty")
        last_line = readings.loc[readings["as_of"].idxmax(), "poverty_line"]
        own = readings if whole else readings[readings["poverty_line"] == last_line]
        found = {("all", status): spliced(own, "all", status) for status in ("poor", "near_poor")}
        others = [name for name in readings["group"].unique() if name != "all"]
        return found | {(name, "poor"): spliced(readings, name) for name in others}

    def schedule(self, share):
        """Billion VND (lines, years) from the last reading on; before the plan starts, its yearly average."""
        years, budget = self.package.years, self.package.budget_lines
        amounts = money(self.package, scaled(self.scenario, share)).by("line", "year")
        before = years[0] - 1 - self.package.frame("poverty")["as_of"].max().year
        past = [[float(row.total_3y) / len(years)] * before for row in budget]
        return np.append(past, [[float(amounts[row.line, year]) for year in years] for row in budget], axis=1)

    def calibrated(self, module, whole, one_programme=False):
        """The peer on these readings (Peer): each indicator at its yearly pace over the span of the poor."""
        series, year_money, links = self.series(whole), self.schedule(1)[:, -1], {}
        for place, (group, status) in enumerate(series):
            every, near = (group, status) == ("all", "poor"), status == "near_poor"
            links[place] = [
                line
                for line, row in enumerate(self.package.budget_lines)
                if every or (row.group in (group, "all") and (not near or row.line in NEAR_POOR_LINES))
            ]
        if one_programme:
            year_money, links = year_money.sum(keepdims=True), None
        first, last = (np.array([rates.iloc[place] for rates in series.values()]) for place in (0, -1))
        spans = np.array([np.ptp(rates.index) for rates in series.values()])
        rising = np.array([improving(rates) for rates in series.values()])
        first = last - (last - first) / spans * spans[0]
        return calibrate(module, first, last, rising, spans[0], year_money, links)

    def rows(self, label, predict):
        """Chances, medians, 80 % intervals; predict: share of money to poor, near-poor, all rates."""
        for share in SHARES:
            poor, near, rates = predict(share)
            met = poor < self.limits["poor"], near <= self.limits["near_poor"]
            row = {"method": label, "money": f"x {share:g}"}
            for name, hit in zip(("poor", "near-poor", "both"), (*met, met[0] & met[1]), strict=True):
                row[f"P({name})"] = f"{hit.mean():.1%}"
            for name, draws in (("poor %", poor), ("near-poor %", near)):
                row[name] = "{1:.2f} [{0:.2f}, {2:.2f}]".format(*np.quantile(draws, [0.1, 0.5, 0.9]))
            yield row | {"outside": outside(rates), "lowest": f"{rates.min():.1f}"}

    def ours(self, shared, r, share):
        """Prediction of giamngheo, for `rows`."""
        scenario = scaled(self.scenario, share).model_copy(update={"continuity": r})
        draws = simulate_case(self.package, scenario, shared=shared).draws
        poor, near = (draws["all", status][:, -1] for status in ("poor", "near_poor"))
        return poor, near, np.concatenate([values.ravel() for values in draws.values()])

    def spreadsheet(self, whole, share):
        """Prediction of the spreadsheet, for `rows`; its two lines know nothing of each other."""
        last = self.package.last_counted()
        households = last.households / float(last.rate_pct) * 100
        yearly_bn = float(self.package.total_bn()) / len(self.package.years)
        delivered = money(self.package, scaled(self.scenario, share)).by("year")
        year, draws = self.package.deadline.year, []
        for status in ("poor", "near_poor"):
            line = straight_line(self.series(whole)["all", status])
            per_bn = households_per_bn(line, households, yearly_bn)
            centre = spreadsheet_rate(line, year, delivered, per_bn, households)
            draws.append(np.random.default_rng(len(draws)).permutation(line.draws(year, centre)))
        return *draws, np.array(draws)

    def peer(self, peer, count, bounded, share):
        """Prediction of Policy Priority Inference, for `rows`."""
        goals, schedule = np.full(len(peer.last), self.limits["poor"]), self.schedule(share)
        goals[1] = self.limits["near_poor"]
        rates = peer.draws(schedule, count, bounded, np.maximum(1 - goals / 100, peer.last))
        return rates[:, 0, -1], rates[:, 1, -1], rates


def outside(rates):
    """Share of rates (percent) outside 0..100."""
    return float(((rates < 0) | (rates > 100)).mean())


def windows(origins, every):
    """Readings of reference provinces and what came later: (group, unit, origin, readings, later)."""
    rates = load_rates()
    rates["poverty_line"] = rates["line"].fillna("national").str.replace("-", "_")
    rates["as_of"] = pd.to_datetime({"year": rates["year"], "month": 12, "day": 31})
    found = {}
    for (group, unit), rows in rates[rates["status"] == "poor"].groupby(["group", "unit"]):
        for origin in {"vn-survey": (2012,), "id-survey": origins}.get(group, ()):
            known = rows[rows["year"] <= origin].sort_values("year").drop(columns="group")
            later = rows[rows["year"].between(origin + 2, origin + 4)].set_index("year")["rate_pct"]
            if len(later) and known["year"].max() == origin:
                found.setdefault((group, origin), []).append((group, unit, origin, known, later))
    return [window for one in found.values() for window in one[::every]]


def score(module, window, draws, ppi_draws):
    """Errors of each method in a window (list of dicts), in points; the peer's tutorials take the mean."""
    group, unit, origin, readings, later = window
    known_by = date(origin + 2, 6, 30)  # 18 months on, when the last reading itself came out
    until, series = int(later.index[-1]), spliced(readings)
    line = straight_line(series)
    ours = forecast(readings, until, draws=draws, known_by=known_by, reference=group, unit=unit)
    made = {
        "giamngheo": lambda year: ours.draws["all", "poor"][:, year - origin - 1],
        "spreadsheet": lambda year: line.draws(year, line.at(year)),
    }
    if module is not None:
        rising = improving(*(part["rate_pct"] for _, part in readings.groupby("poverty_line")))
        flat, span = np.full(1, 100.0 * PERIODS), np.ptp(series.index)  # no budget known: its default
        ends = series.to_numpy()[:1], series.to_numpy()[-1:]
        peer = calibrate(module, *ends, np.array([rising]), span, flat)
        ahead = peer.draws(np.repeat(flat[None], until - origin, axis=1), ppi_draws)
        made["PPI"] = lambda year: ahead[:, 0, year - origin - 1]
    rows = []
    for year, value in later.items():
        for method, draw in made.items():
            x = draw(int(year))
            inside = np.quantile(x, 0.1) - 1e-9 <= value <= np.quantile(x, 0.9) + 1e-9
            error = {"MAE median": abs(np.median(x) - value), "MAE mean": abs(x.mean() - value)}
            row = (
                {"set": group, "unit": unit, "method": method}
                | error
                | {"CRPS": float(crps_ensemble(value, x))}
            )
            rows.append(row | {"covers": inside, "outside": outside(x)})
    return rows


def mark(claim, holds):
    print(f"{'pass       ' if holds else 'FALLS SHORT'}  {claim}", flush=True)


def show_errors(module, quick, every, ppi_draws):
    """Out-of-sample errors on the reference provinces, and ours over each peer's."""
    chosen = windows((2018,) if quick else ORIGINS, every)
    rows = [row for window in chosen for row in score(module, window, 4_000, ppi_draws)]
    table = pd.DataFrame(rows + [row | {"set": "all"} for row in rows])
    means = table.groupby(["set", "method"]).mean(numeric_only=True).round(3).to_string()
    print(f"\nReference provinces, 2-4 years ahead, points; 80 % interval covers ({len(chosen)} windows)")
    print(f"{means}\nOurs over theirs [90 % of resamplings of provinces]")
    rng = np.random.default_rng(0)
    for (name, method), rows in table[table["method"] != "giamngheo"].groupby(["set", "method"]):
        ours = table[(table["set"] == name) & (table["method"] == "giamngheo")]
        for measure in ("MAE median", "MAE mean", "CRPS"):
            pair = np.array([one.groupby("unit")[measure].sum() for one in (ours, rows)])
            again = pair[:, rng.integers(pair.shape[1], size=(2_000, pair.shape[1]))].sum(axis=2)
            low, high = np.quantile(again[0] / again[1], [0.05, 0.95])
            whole = pair[0].sum() / pair[1].sum()
            mark(f"{measure}, {name}: {whole:.2f} [{low:.2f}, {high:.2f}] of {method}'s", whole < 1)


def show_times(plan, shared, peers, rounds):
    """Processor time a draw at half the money: each in turn, the shortest of some rounds."""
    n, schedule, count = shared.draws, plan.schedule(0.5), 50
    calls = {
        "ours": lambda: plan.ours(shared, 1, 0.5),
        "ours from nothing": lambda: plan.ours(shared_draws(plan.package, draws=n, seed=0), 1, 0.5),
    }
    calls |= {name: partial(peer.draws, schedule, count) for name, peer in peers.items()}
    times = {name: [] for name in calls}
    for name in [*calls] * rounds:
        start = time.process_time()
        calls[name]()
        times[name].append((time.process_time() - start) / (count if name in peers else n))
    ours, cold, *others = (min(values) for values in times.values())
    print(f"\nProcessor time a draw of {n}")
    print(f"giamngheo: {1e6 * ours:.1f} us prepared, {1e6 * cold:.1f} from nothing")
    for (name, peer), one in zip(peers.items(), others, strict=True):
        ratio, whole = one / ours, one + peer.seconds / n
        print(f"PPI, {name}: {1e6 * one:.0f} us calibrated, {1e6 * whole:.0f} from nothing")
        mark(f"{ratio:.0f} times ours; {whole / cold:.0f} times from nothing", ratio >= LEAST_TIME_RATIO)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few draws and provinces: under a minute")
    parser.add_argument("--without-ppi", action="store_true")
    parser.add_argument("--every", type=int, help="take every n-th reference window (default 1; quick 10)")
    options = parser.parse_args(arguments)
    quick, count = options.quick, 200 if options.quick else 1_000
    module = None if options.without_ppi else load_ppi()
    np.random.seed(0)  # noqa: NPY002 - the peer draws from the global state
    plan, fits = Plan(package := load_package(), load_scenario("full_plan", package)), {}
    shared = shared_draws(package, draws=20_000, seed=0)
    methods = {f"giamngheo, r = {r}": partial(plan.ours, shared, r) for r in (1, 0)}
    for name, whole in (("last line", False), ("spliced", True)):
        methods[f"spreadsheet, {name}"] = partial(plan.spreadsheet, whole)
        if module is not None and not (quick and whole):  # the long series takes its calibration a minute
            fits[name] = peer = plan.calibrated(module, whole)
            print(f"PPI, {name}: worst goodness of fit {peer.worst_fit:.2f} after {peer.seconds:.1f} s")
            methods[f"PPI, {name}"] = partial(plan.peer, peer, count, True)
            methods[f"PPI, {name}, no bounds"] = partial(plan.peer, peer, count, False)
    table = pd.DataFrame([row for label, predict in methods.items() for row in plan.rows(label, predict)])
    text = table.to_string(index=False, formatters={"outside": "{:.2%}".format})
    print(f"Targets by share of the plan's money; median [80 % interval]; rates outside 0-100 %\n{text}")
    ours = table[table["method"].str.startswith("giamngheo")]
    mark("giamngheo: no rate outside 0-100 %", (ours["outside"] == 0).all())
    if module is not None:
        fits["one programme"] = plan.calibrated(module, False, one_programme=True)
    show_times(plan, shared, fits, 3 if quick else 15)
    show_errors(module, quick, options.every or (10 if quick else 1), count // 2)


if __name__ == "__main__":
    main()
