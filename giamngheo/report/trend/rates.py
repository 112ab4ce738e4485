"""Tables of readings, forecasts and paces."""

from giamngheo.forecasting.scales import probit
from giamngheo.language import day, number, percent, say, signed
from giamngheo.report.exhibits import Column, folded, stack, table
from giamngheo.report.fan import of, target_text

QUANTILES = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")


def first_upper(text):
    """The text with its first letter in upper case (str)."""
    return text[:1].upper() + text[1:]


def quantile_table(forecast_table, status, lang, *, group="all", reading=""):
    """Mean and quantiles of one status, year by year.

    Parameters
    ----------
    forecast_table : DataFrame
        As of a `Forecast`.
    status : str
    lang : {"vi", "en"}
    group : str
    reading : str
        Which reading of the money, in words.

    Returns
    -------
    Exhibit
    """
    rows = of(forecast_table, status, group)
    heads = [say("quantiles.mean", lang)] + [
        say("quantiles.median", lang) if q == "q50" else percent(_level(q), lang) for q in QUANTILES
    ]
    columns = [Column(say("quantiles.when", lang), False), *(Column(head) for head in heads)]
    cells = [
        [day(row["as_of"], lang), *(number(row[q], lang, 2) for q in ("mean", *QUANTILES))]
        for _, row in rows.iterrows()
    ]
    who = first_upper(say(f"status.{status}", lang))
    caption = say("quantiles.caption", lang, who=who, group=say(f"group.{group}", lang), reading=reading)
    return table(caption, columns, cells)


def quantile_tables(results, statuses, lang):
    """Quantiles of several statuses under one or both readings of the money, folded.

    Parameters
    ----------
    results : mapping of int to (Forecast or Simulation)
        By r.
    statuses : iterable of str
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    names = {1: "continued", 0: "new"}
    frames = {r: result.table for r, result in results.items()}
    parts = [
        quantile_table(frame, status, lang, reading=say(f"case.short_{names[r]}", lang))
        for status in statuses
        for r, frame in frames.items()
    ]
    return folded(say("quantiles.summary", lang), stack(*parts, kind="table"))


def _level(quantile):
    digits = quantile.removeprefix("q")
    return float(f"{digits[:2]}.{digits[2:] or 0}") if len(digits) > 2 else int(digits)


def pace_table(pace, targets, lang):
    """Observed against required pace from every base year.

    Parameters
    ----------
    pace : DataFrame
        As of `simulation.targets.required_pace`.
    targets : mapping of str to Target
        By target id.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    heads = (
        "target",
        "base",
        "last",
        "observed",
        "required",
        "observed_pct",
        "required_pct",
        "ratio",
        "category",
    )
    columns = [
        Column(say(f"pace.{head}", lang), head not in ("target", "base", "last", "category"))
        for head in heads
    ]
    rows = [
        [
            _target_name(targets[row["target"]], lang),
            day(row["base_as_of"], lang),
            day(row["last_as_of"], lang),
            signed(row["observed_pp"], lang, 2),
            signed(row["required_pp"], lang, 2),
            signed(row["observed_pct"], lang, 1),
            signed(row["required_pct"], lang, 1),
            percent(100 * row["ratio"], lang, 0),
            say(f"pace.{row['category']}", lang),
        ]
        for _, row in pace.iterrows()
    ]
    return table(say("pace.caption", lang), columns, rows, note=say("pace.note", lang))


def _target_name(target, lang):
    return f"{say(f'status.{target.status}_short', lang)} {target_text(target, lang)}"


def falls_table(readings, lang, *, status="poor", group="all"):
    """Yearly falls on three scales, never across a change of poverty line.

    Parameters
    ----------
    readings : DataFrame
        as_of, group, status, poverty_line, rate_pct.
    lang : {"vi", "en"}
    status, group : str

    Returns
    -------
    Exhibit
    """
    rows = []
    for _, series in of(readings, status, group).groupby("poverty_line", sort=False):
        for (_, before), (_, after) in zip(
            series.iloc[:-1].iterrows(), series.iloc[1:].iterrows(), strict=True
        ):
            old, new = before["rate_pct"], after["rate_pct"]
            fall = float(probit(old / 100) - probit(new / 100))
            rows.append(
                [day(before["as_of"], lang), day(after["as_of"], lang), signed(new - old, lang, 2)]
                + [signed(100 * (new / old - 1), lang, 1), signed(-fall, lang, 3)]
            )
    columns = [Column(say(f"falls.{name}", lang), name not in ("from", "to")) for name in
               ("from", "to", "points", "percent", "probit")]  # fmt: skip
    return table(say("falls.caption", lang), columns, rows, note=say("falls.note", lang))


def promise_text(target, lang):
    """A level target inside a sentence: ``tỷ lệ hộ nghèo xuống dưới 2 %``."""
    key = "answer.target_below" if target.comparator == "<" else "answer.target_at_most"
    who = say(f"answer.who_{target.status}", lang)
    return say(key, lang, who=who, value=percent(target.value_pct, lang))
