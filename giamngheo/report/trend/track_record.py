"""The forecast's track record: its score beside the rivals', its errors and coverage.

`record` is data/reference/track_record.csv, a row a kind of series (group) and method.
"""

import re

import numpy as np
import pandas as pd
from matplotlib.ticker import MultipleLocator

from giamngheo.report import html
from giamngheo.report.columns import MISSING, is_missing
from giamngheo.report.figure_style import BLUE, GREY, INK, Sizes, figure_exhibit, number_ticks, wrapped
from giamngheo.report.wording import ends_text, first_upper

OURS, EARLIER, BASE = "ours", "ours, earlier years only", "last value"
HORIZONS = (1, 2, 3, 4)
SUBSETS = ("declining", "break + 2")  # windows of other groups once more
# Method of `forecasting.rivals` -> its name in the kept track record.
RIVALS = {
    "chosen": EARLIER,
    "last_value": BASE,
    "drift": "drift",
    "points": "straight line, points",
    "log": "straight line, log",
    "logit": "straight line, logit",
    "damped_trend": "damped ETS",
    "local_linear_trend": "local linear trend",
}


def kind_of(history):
    """The kind of series in the track record that comes nearest to a plan's readings of the poor (str)."""
    poor = history[(history["group"] == "all") & (history["status"] == "poor")]
    return "break + 2" if poor["poverty_line"].nunique() > 1 else "declining"


def ratios(record, group):
    """How each method of `forecasting.rivals` did on one kind of series, CRPS over that of the last value (dict)."""
    rows = record[record["group"] == group].set_index("method")["crps_ratio"]
    return {ours: float(rows[theirs]) for ours, theirs in RIVALS.items()}


def ratio_column(page, key, head):
    """A column of CRPS over that of the last value, losers marked."""
    return page.column(key, head, lambda value: _ratio(page, value), number_format="0.00")


def sentences(page, record, history):
    """How few readings there are, what the record says of ours, and where it falls short."""
    poor = history[(history["group"] == "all") & (history["status"] == "poor")].sort_values("as_of")
    last = poor[poor["poverty_line"] == poor["poverty_line"].iloc[-1]]
    few = "track.enough"
    if len(last) < 8:
        few = (
            "track.few"
            if len(last) < len(poor)
            else "track.few_one_line"
            if len(poor) > 1
            else "track.few_one"
        )
    others, past = _scores(record)
    groups, kind = _groups(record), kind_of(history)
    distinct = record[~record["group"].isin(SUBSETS)].drop_duplicates("group")
    error = record.set_index(["group", "method"]).loc[(kind, EARLIER), "ratio_se"]
    overall = {
        "windows": page.number(int(distinct["windows"].sum())),
        "kind": page.say(f"track_group.{kind}"),
        "near": page.number(past[kind], 2),
        "margin": page.number(2 * error, 2),
        "best": page.number(past.min(), 2),
        "worst": page.number(past.max(), 2),
    }
    found = [page.say(few, n=page.number(len(poor)), last=page.number(len(last))), page.say("track.method")]
    losing = [f"{page.say(f'track_group.{g}')} ({page.number(past[g], 2)})" for g in groups if past[g] > 1]
    if losing:
        found.append(page.say("track.losing", groups="; ".join(losing)))
    beaten = [
        f"{page.say(f'track_group.{g}')}: {_method(page, others.loc[g].idxmin())} "
        f"({page.number(others.loc[g].min(), 2)} / {page.number(past[g], 2)})"
        for g in groups
        if others.loc[g].min() < past[g]
    ]
    if beaten:
        found.append(page.say("track.beaten", groups="; ".join(beaten)))
    first = html.finding(page.say("track.overall", **overall))
    return html.stack(first, html.prose(*found, title=page.say("track.title")))


def chart(page, record):
    """Score of every method on every kind of series, over that of the last value; ours a year behind."""
    others, past = _scores(record)
    past = past.sort_values()
    names = [page.say(f"track_group.{group}") for group in past.index]
    others = others.loc[past.index]
    numbers = [
        f"{name}: {page.number(ours, 2)} ({page.number(rest.min(), 2)}–{page.number(rest.max(), 2)})"
        for name, ours, (_, rest) in zip(names, past, others.iterrows(), strict=True)
    ]

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(past))[::-1]
        ax.axvline(1, color=INK, linewidth=1, linestyle=(0, (4, 2)))
        for place, ours, (_, rest) in zip(y, past, others.iterrows(), strict=True):
            rest = rest.dropna()
            ax.plot(rest, np.full(len(rest), place), "D", color=GREY, markersize=4, alpha=0.55)
            ax.plot(ours, place, "o", color=BLUE, markersize=8)
            ax.annotate(
                page.number(ours, 2),
                (ours, place),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                fontweight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )
        ax.set_yticks(y, [wrapped(name, 18) if narrow else name for name in names])
        ax.set_ylim(-0.5, len(past) - 0.2)
        ax.set_xlim(0, 1.05 * others.max().max())
        head = page.say("track.chart_line")
        ax.set_title(wrapped(head, 32) if narrow else head, fontsize=8.5, loc="left")
        ax.xaxis.set_major_locator(MultipleLocator(0.5))
        number_ticks(ax.xaxis, page.lang, 1)
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)

    shown = record[~record["method"].isin([OURS, BASE])][["group", "method", "crps_ratio"]]
    words = f"{page.say('track.chart_desc')} {'; '.join(numbers)}"
    ends = {"best": page.number(past.min(), 2), "worst": page.number(past.max(), 2)}
    title = page.say(
        "track.chart_title", k=page.number(int((past < 1).sum())), n=page.number(len(past)), **ends
    )
    caption = page.say("track.chart_caption")
    return figure_exhibit("track-record", title, caption, words, draw, Sizes(3.2, 4.2), shown)


def calibration(page, record):
    """Outcomes by tenth of the forecast distribution, one panel a kind of series; even columns are calibrated."""
    rows = record[record["method"] == EARLIER].set_index("group")["pit_deciles_pct"]
    panels = {group: np.array(tenths.split(), dtype=float) for group, tenths in rows.items()}
    names = {group: page.say(f"track_group.{group}") for group in panels}
    numbers = [f"{names[g]}: {' '.join(page.number(v) for v in tenths)}" for g, tenths in panels.items()]

    def draw(figure, narrow):
        across = 2 if narrow else 4
        axes = figure.subplots(-(-len(panels) // across), across, sharex=True, sharey=True, squeeze=False)
        top = max(tenths.max() for tenths in panels.values())
        for ax in axes.flat[len(panels) :]:
            ax.set_visible(False)
        for ax, (group, tenths) in zip(axes.flat, panels.items(), strict=False):
            look = {"color": BLUE, "alpha": 0.55, "edgecolor": GREY, "linewidth": 0.4}
            ax.bar(np.arange(10) + 0.5, tenths, width=0.86, **look)
            ax.axhline(10, color=INK, linewidth=1, linestyle=(0, (4, 2)))
            ax.set_title(wrapped(names[group], 22), fontsize=8, loc="left")
            ax.set_xticks([0, 5, 10], ["0", page.number(0.5, 1), "1"])
            ax.set_ylim(0, top * 1.08)
            number_ticks(ax.yaxis, page.lang, 0, " %")
            ax.grid(axis="y")

    shown = pd.DataFrame(panels, index=pd.RangeIndex(1, 11, name="tenth")).reset_index()
    shown = shown.melt("tenth", var_name="group", value_name="outcomes_pct")
    words = f"{page.say('track.calibration_desc')} {'; '.join(numbers)}"
    inside = [tenths[1:-1].sum() for tenths in panels.values()]
    ends = (page.number(share, 0) for share in (min(inside), max(inside)))
    title = page.say("track.calibration_title", share=f"{ends_text(page, *ends)} %")
    caption = page.say("track.calibration_caption")
    return figure_exhibit("calibration", title, caption, words, draw, Sizes(3.2, 5.4), shown)


def table(page, record):
    """Rival by rival: the score of each method over that of the last value, losers marked, folded."""
    wide = record.pivot(index="method", columns="group", values="crps_ratio")[_groups(record)]
    order = [name for name in wide.mean(axis=1).sort_values().index if name not in (OURS, EARLIER)]
    wide = wide.loc[[OURS, EARLIER, *order]]
    units = record.drop_duplicates("group").set_index("group")["units"]
    frame = _by_group(pd.concat([wide, units.to_frame("units").T]), "method")
    frame.insert(1, "unit", ["ratio"] * len(wide) + ["units of the group"])

    def cell(value, unit):
        return _ratio(page, value) if unit == "ratio" else page.number(value)

    def name(method):
        return page.say("track.units") if method == "units" else _method(page, method)

    columns = [page.text_column("method", "trust.method", name), *_group_columns(page, record, cell)]
    caption, note = page.say("track.caption"), page.say("track.note")
    shown = html.table("track-record-methods", caption, frame, columns, note=note, foot=1, css="long")
    return html.folded(page.say("track.table_fold"), shown)


def coverage(page, record):
    """Error and coverage of our forecast by kind of series; second lines: the same year unknown. Folded."""
    base = record[record["method"] == BASE].set_index("group")
    frame = record[record["method"].isin([OURS, EARLIER])]
    frame = frame.sort_values("group", key=lambda names: names.map(_groups(record).index), kind="stable")
    frame = frame[~frame.duplicated(["group", "crps_ratio"])].reset_index(drop=True)
    compared = ("mae_points", "brier_75", "brier_90")
    frame = frame.assign(**{f"{name}_last_value": frame["group"].map(base[name]) for name in compared})

    def label(group, method):
        return (
            page.say("track.earlier") if method == EARLIER else first_upper(page.say(f"track_group.{group}"))
        )

    def covered(share, se):
        return f"{page.number(share, 0)} ± {page.number(2 * se, 0)}"

    def brier(ours, last):
        return f"{page.number(ours, 3)} ({page.number(last, 3)})"

    columns = [
        page.text_column(("group", "method"), "track.kind", label),
        page.number_column("mae_points", "track.mae", 2),
        page.number_column("mae_points_last_value", "track.mae_last", 2),
        page.column(("cover_50_pct", "cover_50_se"), "track.cover_50", covered),
        page.column(("cover_80_pct", "cover_80_se"), "track.cover_80", covered),
        page.number_column("cover_95_pct", "track.cover_95", 0),
        page.number_column("width_80_points", "track.width_80", 1),
        page.column(("brier_75", "brier_75_last_value"), "track.brier_75", brier),
        page.column(("brier_90", "brier_90_last_value"), "track.brier_90", brier),
    ]
    kept = list(dict.fromkeys(key for c in columns for key in ([c.key] if isinstance(c.key, str) else c.key)))
    caption, note = page.say("track.coverage_caption"), page.say("track.coverage_note")
    shown = html.table("track-record-coverage", caption, frame[kept], columns, note=note, css="long")
    horizons = _by_horizon(page, frame, label)
    return html.stack(html.folded(page.say("track.coverage_fold"), shown), horizons)


def _by_horizon(page, frame, label):
    """Score and coverage year by year, and the tenths of the distribution in which outcomes fell, folded."""
    scored = [f"crps_ratio_{ahead}" for ahead in HORIZONS]
    covered = [f"cover_80_{ahead}" for ahead in HORIZONS]

    def each(decimals):
        return lambda *values: " · ".join(
            MISSING if is_missing(value) else page.number(value, decimals) for value in values
        )

    columns = [
        page.text_column(("group", "method"), "track.kind", label),
        page.column(tuple(scored), "track.ratio_by_year", each(2)),
        page.column(tuple(covered), "track.cover_by_year", each(0)),
        page.text_column("pit_deciles_pct", "track.tenths", lambda tenths: tenths),
    ]
    caption, note = page.say("track.horizon_caption"), page.say("track.horizon_note")
    kept = frame[["group", "method", *scored, *covered, "pit_deciles_pct"]]
    shown = html.table("track-record-horizons", caption, kept, columns, note=note, css="long")
    return html.folded(page.say("track.horizon_fold"), shown)


def near_poor_gap(page, gaps):
    """Near-poor rates of lists that came (data/reference/near_poor_gap.csv), by a gap of their own and a fixed one."""
    cases = ("own_gap", "fixed_gap")
    mean = pd.DataFrame(
        [{"series_id": "mean"} | {f"{case}_crps": gaps[f"{case}_crps"].mean() for case in cases}]
    )
    frame = pd.concat([gaps.assign(to_year=gaps["from_year"] + gaps["years"]), mean], ignore_index=True)
    frame = frame.astype({"from_year": "Int64", "to_year": "Int64"})
    medians = {case: (f"{case}_median_pct", f"{case}_crps") for case in cases}

    def label(series, start, end):
        if series == "mean":
            return page.say("track.mean_score")
        place = series.split(":review")[0].removeprefix("VNM").strip(":") or page.say("track.nation")
        return f"{place}, {start} → {end}"

    def scored(median, crps):
        score = page.number(crps, 2)
        return score if is_missing(median) else f"{page.percent(median, 2)} ({score})"

    columns = [
        page.text_column(("series_id", "from_year", "to_year"), "track.list", label),
        page.column(
            ("near_poor_pct", "series_id"),
            "track.came",
            lambda x, row: "" if row == "mean" else page.percent(x, 2),
        ),
        *(page.column(medians[case], f"track.{case}", scored) for case in cases),
    ]
    n, start, end = page.number(len(gaps)), str(gaps["from_year"].min()), str(frame["to_year"].max())
    note, caption = page.say("track.gap_note", n=n, start=start, end=end), page.say("track.gap_caption")
    kept = frame[
        ["series_id", "from_year", "to_year", "near_poor_pct", *medians["own_gap"], *medians["fixed_gap"]]
    ]
    shown = html.table("near-poor-gap", caption, kept, columns, note=note, foot=1)
    return html.folded(page.say("track.gap_fold"), shown)


def _scores(record):
    """CRPS over that of the last value, by group: of the rivals, and ours a year behind."""
    wide = record.pivot(index="group", columns="method", values="crps_ratio")
    return wide.drop(columns=[OURS, EARLIER, BASE]), wide[EARLIER]


def _groups(record):
    return list(dict.fromkeys(record["group"]))


def _column_of(group):
    return re.sub(r"\W+", "_", group)


def _by_group(wide, rows):
    """A table with a column a group as a frame whose columns bear names that files can have."""
    return wide.rename(columns=_column_of).rename_axis(index=rows, columns=None).reset_index()


def _group_columns(page, record, show):
    for group in _groups(record):
        yield page.column((_column_of(group), "unit"), first_upper(page.say(f"track_group.{group}")), show)


def _method(page, name):
    return page.say(f"track_method.{name.replace(', ', '_').replace(' ', '_')}")


def _ratio(page, value):
    if is_missing(value):
        return MISSING
    return page.number(value, 2) + (f" {page.say('track.loses')}" if value > 1 else "")
