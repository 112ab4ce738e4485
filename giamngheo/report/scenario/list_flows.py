"""Tables of list flows: who leaves the list of the poor each year, who comes to it, beside published reviews."""

import numpy as np

from giamngheo.language import number, percent, say
from giamngheo.report.exhibits import Column, bullets, folded, prose, stack, table
from giamngheo.report.trend.rates import first_upper
from giamngheo.simulation.list_flows import (
    BY_STATUS,
    calibrate,
    returns_if_permanent,
    shares_of_start,
    yearly_counts,
)
from giamngheo.simulation.transitions import FLOWS

# Order of the rows, and which of them are a part of the one before.
COUNTED = (
    ("poor_at_start", False),
    ("exit", False),
    ("poor_to_near_poor", True),
    ("poor_to_non_poor", True),
    ("entry", False),
    ("new_entry", True),
    ("re_entry", True),
    ("poor_at_end", False),
    ("near_poor_to_poor", False),
    ("near_poor_to_non_poor", False),
)
_ENDS = (0.1, 0.5, 0.9)
_NATION = "Viet Nam"


def flow_tables(result, flows, published, lang):
    """Flows of every year in households, by reading, and in percent beside the published ones.

    Parameters
    ----------
    result : Outcome
    flows : mapping of int to mapping of datetime.date to mapping of str to ndarray
        As of `simulation.list_flows.flows_by_reading`.
    published : DataFrame
        As of `simulation.list_flows.published_flows`.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if not any(flows.values()):
        return prose(say("flows.none", lang))
    shown = []
    for r, by_day in flows.items():
        counts = yearly_counts(result.simulations[r], by_day)
        if counts:
            shown.append((r, count_table(counts, r, lang)))
    tables = [
        part if place == 0 else folded(say("flows.fold", lang, r=number(r, lang)), part)
        for place, (r, part) in enumerate(shown)
    ]
    return stack(*tables, share_table(flows, published, lang), kind="table")


def count_table(counts, r, lang):
    """Flows in households, a column a year.

    Parameters
    ----------
    counts : mapping of datetime.date to mapping of str to ndarray
        As of `simulation.list_flows.yearly_counts`.
    r : int
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    days = list(counts)
    columns = [Column(say("flows.flow", lang), False), *(Column(str(day.year)) for day in days)]
    two_lists = any(np.any(counts[day].get("near_poor_to_non_poor", 0)) for day in days)
    rows = []
    for name, part in COUNTED:
        made = [counts[day].get(name) for day in days]
        if all(values is None for values in made) or (name in BY_STATUS and not two_lists):
            continue
        cells = ["–" if values is None else _counted(values, lang) for values in made]
        rows.append([_row_name(name, part, lang), *cells])
    caption = say("flows.caption_households", lang, r=number(r, lang))
    note = say("flows.note_households", lang)
    if _mostly_near(counts):
        note += f" {say('flows.note_entries', lang)}"
    return table(caption, columns, rows, note=note)


def _mostly_near(counts):
    """Whether nine in ten of those who enter, in every year, come from the near-poor."""
    parts = [
        (np.median(made.get("near_poor_to_poor", 0)), np.median(made["entry"])) for made in counts.values()
    ]
    return all(near >= 0.9 * entry > 0 for near, entry in parts)


def _counted(values, lang):
    low, middle, high = (number(value, lang, -2) for value in np.quantile(values, _ENDS))
    return f"{middle} ({low}–{high})"


def _row_name(name, part, lang):
    text = say(f"flows.name.{name}", lang)
    return f"· {text}" if part else first_upper(text)


def share_table(flows, published, lang):
    """Flows in percent of those of their status at the year's start: first and last year, then other places.

    Parameters
    ----------
    flows : mapping of int to mapping
        As of `simulation.list_flows.flows_by_reading`.
    published : DataFrame
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    ours = _our_columns(flows, lang)
    places = list(published.groupby(["unit", "year"], sort=False))
    columns = [Column(say("flows.flow", lang), False), *(Column(head) for head, _ in ours)]
    columns += [Column(f"{place_name(unit, lang)} {year}") for (unit, year), _ in places]
    rows = []
    for name, part in COUNTED:
        if name not in FLOWS or not any(name in shares for _, shares in ours):
            continue
        cells = [_share(shares.get(name), lang) for _, shares in ours]
        rows.append([_row_name(name, part, lang), *cells, *(_told(rows_, name, lang) for _, rows_ in places)])
    near = any(FLOWS[name] != "poor" for name in FLOWS for _, shares in ours if name in shares)
    note = say("flows.note_shares", lang) + (f" {say('flows.note_near', lang)}" if near else "")
    return table(say("flows.caption_shares", lang), columns, rows, note=note)


def _our_columns(flows, lang):
    """The first year, the same under every reading, and the last under each: (heading, shares by flow)."""
    readings = [r for r, by_day in flows.items() if by_day]
    days = list(flows[readings[0]])
    found = [(str(days[0].year), shares_of_start(flows[readings[0]][days[0]]))] if len(days) > 1 else []
    for r in readings:
        head = say("flows.year_reading", lang, year=str(days[-1].year), r=number(r, lang))
        found.append((head, shares_of_start(flows[r][days[-1]])))
    return found


def _share(values, lang):
    if values is None:
        return "–"
    low, middle, high = (number(value, lang, 1) for value in np.quantile(values, _ENDS))
    return f"{middle} ({low}–{high})"


def _told(rows, name, lang):
    found = rows[rows["flow"] == name]
    if found.empty:
        return "–"
    row = found.iloc[0]
    return _at_least(row["doubt"]) + number(row["share_of_start_pct"], lang, 1)


def _at_least(doubt):
    return "≥ " if "lower bound" in doubt else ""


def place_name(unit, lang):
    """A place of published flows as the reader's language names it (str)."""
    return say("flows.nation", lang) if unit == _NATION else unit


def flow_sentences(flows, published, ranges, lang):
    """What the flows rest on, what they are calibrated to, and where they differ from the published ones.

    Parameters
    ----------
    flows : mapping of int to mapping
        As of `simulation.list_flows.flows_by_reading`.
    published : DataFrame
    ranges : mapping of str to tuple of float
        ``simulation.list_flows.RANGES``.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if not any(flows.values()):
        return prose(say("flows.none", lang))
    found, back = calibrate(published), returns_if_permanent(published)
    places = ", ".join(f"{place_name(row.unit, lang)} {row.year}" for row in found.itertuples())
    (rho_low, rho_high), (p_low, p_high) = ranges["list_autocorrelation"], ranges["list_return"]
    words = {"rho_low": rho_low, "rho_high": rho_high, "p_low": p_low, "p_high": p_high}
    items = [
        say(
            "flows.calibrated",
            lang,
            **{name: number(value, lang) for name, value in words.items()},
            n=number(len(found), lang),
            places=places,
            n_back=number(len(back), lang),
        ),
        say(
            "flows.returns",
            lang,
            least=percent(back["least_pct"].min(), lang, 0),
            most=percent(back["most_pct"].max(), lang, 0),
            seen_low=percent(back["re_entry_pct"].min(), lang, 0),
            seen_high=percent(back["re_entry_pct"].max(), lang, 0),
            ours=percent(_returning_share(flows), lang, 0),
        ),
    ]
    outside = differences(flows, published)
    told = say("flows.inside", lang)
    if outside:
        told = say("flows.outside", lang, told="; ".join(_difference(row, lang) for row in outside))
        over = {row["flow"] for row in outside if row["published"] < row["q10"]}
        if {"poor_to_near_poor", "near_poor_to_poor"} <= over:
            told += f" {say('flows.near_over', lang)}"
    items.append(told)
    years = sorted(published["year"].unique())
    items.append(say("flows.hindsight", lang, first=str(years[0]), last=str(years[-1])))
    return stack(prose(say("flows.intro", lang)), bullets(items), kind="prose")


def _returning_share(flows):
    """Returns in percent of entries, median of the first year that has them (float)."""
    for by_day in flows.values():
        for made in by_day.values():
            if "re_entry" in made:
                return float(100 * np.median(made["re_entry"] / np.maximum(made["entry"], 1e-9)))
    return 0.0


def differences(flows, published):
    """Published flows outside the model's 80 % interval of the first year.

    Parameters
    ----------
    flows : mapping of int to mapping
    published : DataFrame

    Returns
    -------
    list of dict
        flow, unit, year, doubt, published, q10, q50, q90 (percent of those at the start).
    """
    by_day = next(made for made in flows.values() if made)
    rows = []
    for name, shares in shares_of_start(next(iter(by_day.values()))).items():
        low, middle, high = np.quantile(shares, _ENDS)
        told = published[(published["flow"] == name) & published["share_of_start_pct"].notna()]
        for row in told.itertuples():
            if not low <= row.share_of_start_pct <= high:
                rows.append({"flow": name, "unit": row.unit, "year": row.year, "doubt": row.doubt})
                ends = {"q10": low, "q50": middle, "q90": high}
                rows[-1] |= {"published": row.share_of_start_pct} | ends
    return rows


def _difference(row, lang):
    return say(
        "flows.difference",
        lang,
        flow=say(f"flows.name.{row['flow']}", lang),
        place=f"{place_name(row['unit'], lang)} {row['year']}",
        published=_at_least(row["doubt"]) + percent(row["published"], lang, 1),
        ours=percent(row["q50"], lang, 1),
    )
