"""Tables of the forecast's track record: error, coverage, rivals, choices not taken, the near-poor gap."""

import pandas as pd

from giamngheo.language import MINUS, day, number, percent, say
from giamngheo.report.exhibits import Column, folded, prose, stack, table
from giamngheo.report.trend.rates import first_upper
from giamngheo.report.trend.rivals import rival_rows
from giamngheo.report.trend.track_charts import BASE, OURS, PAST_ONLY

SUBSETS = ("declining", "break + 2")  # windows of other groups once more
# Method of `forecasting.rivals` -> its name in the kept track record.
RIVALS = {
    "chosen": PAST_ONLY,
    "last_value": BASE,
    "drift": "drift",
    "points": "straight line, points",
    "log": "straight line, log",
    "logit": "straight line, logit",
    "damped_trend": "damped ETS",
    "local_linear_trend": "local linear trend",
}


def kind_of(history):
    """The kind of series in the track record that comes nearest to a plan's readings of the poor (str).

    Parameters
    ----------
    history : DataFrame
        group, status, poverty_line.
    """
    poor = history[(history["group"] == "all") & (history["status"] == "poor")]
    return "break + 2" if poor["poverty_line"].nunique() > 1 else "declining"


def track_ratios(record, group):
    """How each method did on one kind of series, CRPS over that of the last value.

    Parameters
    ----------
    record : DataFrame
        data/reference/track_record.csv.
    group : str

    Returns
    -------
    dict of str to float
        By method of `forecasting.rivals`, "chosen" for ours with past readings only.
    """
    rows = record[record["group"] == group].set_index("method")["crps_ratio"]
    return {ours: float(rows[theirs]) for ours, theirs in RIVALS.items()}


def losing_methods(ratios):
    """Methods of `track_ratios` that lose to the last value (set of str)."""
    return {method for method, ratio in ratios.items() if ratio > 1}


def rivals_table(rivals, own, status, lang, ratios, group):
    """The chosen forecast and its rivals at the last instant, with how each did elsewhere.

    Parameters
    ----------
    rivals : DataFrame
        method, as_of, status, q10, q50, q90.
    own : DataFrame
        The chosen forecast's table.
    status : str
    lang : {"vi", "en"}
    ratios : dict of str to float
        As of `track_ratios`.
    group : str
        The kind of series that they are of.

    Returns
    -------
    Exhibit
    """
    rows = rival_rows(rivals, own, status)
    cells = [
        [
            say(f"method.{row['method']}", lang),
            *(number(row[q], lang, 2) for q in ("q50", "q10", "q90")),
            _ratio(ratios[row["method"]], lang),
        ]
        for row in rows
    ]
    columns = [Column(say("trust.method", lang), False)] + [
        Column(say(f"trust.{name}", lang)) for name in ("median", "low", "high")
    ]
    columns.append(Column(say("track.rival_ratio", lang)))
    who = first_upper(say(f"status.{status}", lang))
    caption = say("trust.rivals_caption", lang, who=who, when=day(rows[0]["as_of"], lang))
    note = say("track.rival_note", lang, group=say(f"track_group.{group}", lang))
    return folded(caption, table(caption, columns, cells, note=note))


def track_table(record, lang):
    """Rival by rival: the score of each method over that of the last value, losers marked.

    Parameters
    ----------
    record : DataFrame
        data/reference/track_record.csv.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    ratios = record.pivot(index="method", columns="group", values="crps_ratio")
    groups = list(dict.fromkeys(record["group"]))
    order = ratios[groups].mean(axis=1).sort_values().index
    order = [OURS, PAST_ONLY, *(name for name in order if name not in (OURS, PAST_ONLY))]
    columns = [Column(say("trust.method", lang), False)]
    columns += [Column(first_upper(say(f"track_group.{group}", lang))) for group in groups]
    rows = [
        [_method(name, lang), *(_ratio(ratios.loc[name, group], lang) for group in groups)] for name in order
    ]
    units = record.drop_duplicates("group").set_index("group")["units"]
    rows.append([say("track.units", lang), *(number(units[group], lang) for group in groups)])
    shown = table(say("track.caption", lang), columns, rows, note=say("track.note", lang), foot=1, css="long")
    return folded(say("track.table_fold", lang), shown)


def coverage_table(record, lang):
    """Error and coverage of our forecast by kind of series, past readings only in the second line of each.

    Parameters
    ----------
    record : DataFrame
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    heads = ("mae", "mae_last", "cover_50", "cover_80", "cover_95", "width_80", "brier_75", "brier_90")
    columns = [Column(say("track.kind", lang), False)]
    columns += [Column(say(f"track.{head}", lang)) for head in heads]
    rows = []
    for group in dict.fromkeys(record["group"]):
        at = record[record["group"] == group].set_index("method")
        for name in (OURS, PAST_ONLY):
            row, base = at.loc[name], at.loc[BASE]
            if name == PAST_ONLY and row["crps_ratio"] == at.loc[OURS, "crps_ratio"]:
                continue
            label = first_upper(say(f"track_group.{group}", lang))
            rows.append([
                label if name == OURS else say("track.past_only", lang),
                number(row["mae_points"], lang, 2), number(base["mae_points"], lang, 2),
                *(_covered(row, level, lang) for level in (50, 80)), number(row["cover_95_pct"], lang, 0),
                number(row["width_80_points"], lang, 1),
                *(f"{number(row[c], lang, 3)} ({number(base[c], lang, 3)})" for c in ("brier_75", "brier_90")),
            ])  # fmt: skip
    shown = table(
        say("track.coverage_caption", lang), columns, rows, note=say("track.coverage_note", lang), css="long"
    )
    return folded(say("track.coverage_fold", lang), shown)


def choices_table(variants, lang):
    """The choices that were not taken and what each would have won or lost.

    Parameters
    ----------
    variants : DataFrame
        data/reference/track_variants.csv.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    ratios = variants.pivot(index="method", columns="group", values="crps_ratio")
    groups = list(dict.fromkeys(variants["group"]))
    names = [name for name in dict.fromkeys(variants["method"]) if name.startswith("ours: ")]
    columns = [Column(say("track.choice", lang), False)]
    columns += [Column(first_upper(say(f"track_group.{group}", lang))) for group in groups]
    rows = [[_method(OURS, lang), *(number(ratios.loc[OURS, group], lang, 3) for group in groups)]]
    for name in names:
        differences = ratios.loc[name] - ratios.loc[OURS]
        label = say(f"track_choice.{name.removeprefix('ours: ').replace(' ', '_')}", lang)
        rows.append([label, *(_signed(differences[group], lang) for group in groups)])
    shown = table(
        say("track.choices_caption", lang), columns, rows, note=say("track.choices_note", lang), css="long"
    )
    return folded(say("track.choices_fold", lang), shown)


def gap_track_table(gaps, lang):
    """Near-poor rates of lists that came, forecast by a gap of their own and by a fixed gap.

    Parameters
    ----------
    gaps : DataFrame
        data/reference/near_poor_gap.csv.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    columns = [Column(say("track.list", lang), False)]
    columns += [Column(say(f"track.{head}", lang)) for head in ("came", "own_gap", "fixed_gap")]
    rows = []
    for _, row in gaps.iterrows():
        place = row["series_id"].split(":review")[0].removeprefix("VNM").strip(":") or say(
            "track.nation", lang
        )
        years = f"{row['from_year']} → {row['from_year'] + row['years']}"
        cells = [f"{place}, {years}", percent(row["near_poor_pct"], lang, 2)]
        for case in ("own_gap", "fixed_gap"):
            score = number(row[f"{case}_crps"], lang, 2)
            cells.append(f"{percent(row[f'{case}_median_pct'], lang, 2)} ({score})")
        rows.append(cells)
    means = [number(gaps[f"{case}_crps"].mean(), lang, 2) for case in ("own_gap", "fixed_gap")]
    rows.append([say("track.mean_score", lang), "", *means])
    last = (gaps["from_year"] + gaps["years"]).max()
    note = say(
        "track.gap_note", lang, n=number(len(gaps), lang), start=str(gaps["from_year"].min()), end=str(last)
    )
    return folded(
        say("track.gap_fold", lang), table(say("track.gap_caption", lang), columns, rows, note=note, foot=1)
    )


def track_sentences(record, history, lang):
    """How few readings there are, what the record says of ours, and where it falls short.

    Parameters
    ----------
    record : DataFrame
        data/reference/track_record.csv.
    history : DataFrame
        Readings that were forecast from: group, status, poverty_line, as_of.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    poor = history[(history["group"] == "all") & (history["status"] == "poor")].sort_values("as_of")
    last = poor[poor["poverty_line"] == poor["poverty_line"].iloc[-1]]
    words = {"n": number(len(poor), lang), "last": number(len(last), lang)}
    few = [say("track.few" if min(len(poor), len(last)) < 8 else "track.enough", lang, **words)]
    ratios = record.pivot(index="group", columns="method", values="crps_ratio")
    past = ratios[PAST_ONLY]
    others = ratios.drop(columns=[OURS, PAST_ONLY, BASE])
    beaten = [
        (group, others.loc[group].idxmin())
        for group in dict.fromkeys(record["group"])
        if others.loc[group].min() < ratios.loc[group, OURS]
    ]
    losing = [group for group in dict.fromkeys(record["group"]) if past[group] > 1]
    distinct = record[~record["group"].isin(SUBSETS)].drop_duplicates("group")
    kind = kind_of(history)
    error = record.set_index(["group", "method"]).loc[(kind, PAST_ONLY), "ratio_se"]
    overall = say(
        "track.overall", lang,
        windows=number(int(distinct["windows"].sum()), lang),
        kind=say(f"track_group.{kind}", lang), near=number(past[kind], lang, 2), margin=number(2 * error, lang, 2),
        best=number(past.min(), lang, 2), worst=number(past.max(), lang, 2),
    )  # fmt: skip
    sentences = [*few, overall]
    if losing:
        names = "; ".join(f"{say(f'track_group.{g}', lang)} ({number(past[g], lang, 2)})" for g in losing)
        sentences.append(say("track.losing", lang, groups=names))
    if beaten:
        names = "; ".join(
            f"{say(f'track_group.{group}', lang)}: {_method(name, lang)} "
            f"({number(others.loc[group, name], lang, 2)} / {number(ratios.loc[group, OURS], lang, 2)})"
            for group, name in beaten
        )
        sentences.append(say("track.beaten", lang, groups=names))
    return stack(prose(*sentences, title=say("track.title", lang)))


def _method(name, lang):
    return say(f"track_method.{name.replace(', ', '_').replace(' ', '_')}", lang)


def _ratio(value, lang):
    if pd.isna(value):
        return "–"
    return number(value, lang, 2) + (" " + say("track.loses", lang) if value > 1 else "")


def _covered(row, level, lang):
    margin = 2 * row[f"cover_{level}_se"]
    return f"{number(row[f'cover_{level}_pct'], lang, 0)} ± {number(margin, lang, 0)}"


def _signed(value, lang):
    if pd.isna(value):
        return "–"
    text = number(abs(value), lang, 3)
    return f"{MINUS if value < 0 else '+'}{text}"
