"""List flows: who leaves the list of the poor each year, who comes to it, beside published reviews."""

import numpy as np
import pandas as pd

from giamngheo.report.columns import Table
from giamngheo.report.html import bullets, folded, plain, prose, stack, table
from giamngheo.report.wording import case_text, first_upper
from giamngheo.simulation.list_flows import (
    OF_NEAR_POOR,
    published_outside,
    returns_if_permanent,
    shares_of_start,
    yearly_counts,
)
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.results import quantiles_of
from giamngheo.simulation.transitions import FLOWS

# Order of the rows, and which of them are a part of the one before.
ROWS = {
    "poor_at_start": False,
    "exit": False,
    "poor_to_near_poor": True,
    "poor_to_non_poor": True,
    "entry": False,
    "new_entry": True,
    "re_entry": True,
    "poor_at_end": False,
    "near_poor_to_poor": False,
    "near_poor_to_non_poor": False,
}
_ENDS = {"q50": 0.5, "q10": 0.1, "q90": 0.9}
_NATION = "Viet Nam"


def sentences(page, flows, published, register):
    """What the flows are calibrated to, and where they differ from the published ones."""
    if not any(flows.values()):
        return prose(page.say("flows.none"))
    back = returns_if_permanent(published)
    (rho_low, rho_high), (p_low, p_high) = (
        register[name].parameters for name in ("list_autocorrelation", "list_return")
    )
    ranges = {"rho_low": rho_low, "rho_high": rho_high, "p_low": p_low, "p_high": p_high}
    outside = published_outside(published, _first(flows))
    years, places = sorted(published["year"].unique()), published.groupby(["unit", "year"], sort=False).groups
    items = [
        page.say(
            "flows.calibrated",
            **{name: page.number(value) for name, value in ranges.items()},
            n=page.number(len(places)),
            places=", ".join(f"{_place(page, unit)} {year}" for unit, year in places),
            n_back=page.number(len(back)),
        ),
        page.say(
            "flows.returns",
            least=page.percent(back["least_pct"].min(), 0),
            most=page.percent(back["most_pct"].max(), 0),
            seen_low=page.percent(back["re_entry_pct"].min(), 0),
            seen_high=page.percent(back["re_entry_pct"].max(), 0),
            ours=page.percent(_returning(flows), 0),
        ),
        _outside(page, outside) if len(outside) else page.say("flows.inside"),
        page.say("flows.hindsight", first=str(years[0]), last=str(years[-1])),
    ]
    told = Table("flows-outside", plain(page.say("flows.caption_shares")), outside)
    return bullets(items, tables=[told])


def _first(flows):
    """The flows of the first year, the same in every case."""
    return next(iter(next(made for made in flows.values() if made).values()))


def _returning(flows):
    """Returns in percent of entries, median of the first year that has them (float)."""
    for by_day in flows.values():
        for made in by_day.values():
            if "re_entry" in made:
                return float(100 * np.median(made["re_entry"] / np.maximum(made["entry"], 1e-9)))
    return 0.0


def _outside(page, outside):
    told = "; ".join(
        page.say(
            "flows.difference",
            flow=page.say(f"flows.name.{row.flow}"),
            place=f"{_place(page, row.unit)} {row.year}",
            published=_at_least(row.doubt) + page.percent(row.published_pct, 1),
            ours=page.percent(row.q50_pct, 1),
        )
        for row in outside.itertuples()
    )
    text = page.say("flows.outside", told=told)
    over = set(outside.loc[outside["published_pct"] < outside["q10_pct"], "flow"])
    if {"poor_to_near_poor", "near_poor_to_poor"} <= over:
        text += f" {page.say('flows.near_over')}"
    return text


def _at_least(doubt):
    return "≥ " if "lower bound" in doubt else ""


def _place(page, unit):
    return page.say("flows.nation") if unit == _NATION else unit


def tables(page, outcome, flows, published):
    """Flows of every year in households, by case, and in percent beside the published ones."""
    if not any(flows.values()):
        return prose(page.say("flows.none"))
    counts = {r: yearly_counts(outcome.cases[r], by_day) for r, by_day in flows.items()}
    shown = [(r, counted(page, found, r)) for r, found in counts.items() if found]
    parts = [
        folded(page.say("flows.fold", case=case_text(r, page)), part) if place else part
        for place, (r, part) in enumerate(shown)
    ]
    return stack(*parts, shares(page, flows, published))


def counted(page, counts, r):
    """Flows in households, a column a year, from what `simulation.list_flows.yearly_counts` gives."""
    two_lists = any(np.any(made.get("near_poor_to_non_poor", 0)) for made in counts.values())
    told = [name for name in ROWS if two_lists or name not in OF_NEAR_POOR]
    by_year = {f"households_{day.year}": made for day, made in counts.items()}
    columns = [_name_column(page)]
    for stem, day in zip(by_year, counts, strict=True):
        columns.append(_spread_column(page, stem, str(day.year), -2))
    note = page.say("flows.note_households")
    if _mostly_near(counts):
        note += f" {page.say('flows.note_entries')}"
    caption = page.say("flows.caption_households", case=case_text(r, page))
    frame = _frame(told, by_year)
    tidy = _tidy(frame, "households").rename(columns={"stem": "year"})
    tidy["year"] = tidy["year"].str.removeprefix("households_").astype(int)
    return table(f"flow-counts-{CASES[r]}", caption, frame, columns, note=note, tidy=tidy)


def shares(page, flows, published):
    """Flows in percent of those of their status at the year's start: first and last year, then other places."""
    ours = _own_years(page, flows)
    frame = _frame(list(FLOWS), {stem: found for stem, (_, found) in ours.items()})
    columns = [_name_column(page)]
    columns += [_spread_column(page, stem, head, 1) for stem, (head, _) in ours.items()]

    def told(share, doubt):
        return _at_least(doubt) + page.number(share, 1)

    for (unit, year), rows in published.groupby(["unit", "year"], sort=False):
        rows = rows.drop_duplicates("flow").set_index("flow").reindex(frame["flow"])
        share, doubt = f"{unit}_{year}_pct", f"{unit}_{year}_doubt"
        frame[share], frame[doubt] = rows["share_of_start_pct"].to_numpy(), rows["doubt"].to_numpy()
        columns.append(page.column((share, doubt), f"{_place(page, unit)} {year}", told))
    tidy = _tidy(frame[["flow", *(f"{stem}_{end}" for stem in ours for end in _ENDS)]], "pct")
    parts = tidy.pop("stem").str.extract(r"pct_(\d+)(?:_r(\d))?")
    cases = parts[1].map({str(r): case for r, case in CASES.items()})
    tidy = tidy.assign(unit=page.package.name, year=parts[0].astype(int), case=cases)
    shown = published[published["flow"].isin(frame["flow"])].drop_duplicates(["unit", "year", "flow"])
    elsewhere = shown[["flow", "unit", "year", "share_of_start_pct", "doubt"]]
    tidy = pd.concat([tidy, elsewhere.rename(columns={"share_of_start_pct": "q50_pct"})])
    note = page.say("flows.note_shares")
    if set(frame["flow"]) & {name for name, of in FLOWS.items() if of != "poor"}:
        note += f" {page.say('flows.note_near')}"
    return table("flow-shares", page.say("flows.caption_shares"), frame, columns, note=note, tidy=tidy)


def _own_years(page, flows):
    """The first year, the same in every case, and the last of each: column's stem to (head, shares by flow)."""
    by_case = {r: by_day for r, by_day in flows.items() if by_day}
    days = list(next(iter(by_case.values())))
    first, last = days[0], days[-1]
    found = {}
    if len(days) > 1:
        found[f"pct_{first.year}"] = str(first.year), shares_of_start(_first(flows))
    for r, by_day in by_case.items():
        head = page.say("flows.year_reading", year=str(last.year), case=case_text(r, page))
        found[f"pct_{last.year}_r{r}"] = head, shares_of_start(by_day[last])
    return found


def _frame(told, found):
    """A row a flow that is found anywhere, in the order of `ROWS`; three quantiles a column's stem (DataFrame)."""
    rows = []
    for name in ROWS:
        if name in told and any(name in made for made in found.values()):
            row = {"flow": name}
            for stem, made in found.items():
                ends = [np.nan] * len(_ENDS)
                if name in made:
                    ends = quantiles_of(made[name][:, None], _ENDS.values())[:, 0]
                row |= {f"{stem}_{end}": value for end, value in zip(_ENDS, ends, strict=True)}
            rows.append(row)
    return pd.DataFrame(rows)


def _tidy(frame, unit):
    """A frame of `_frame` with a row a flow and column's stem, its quantiles named by their unit (DataFrame)."""
    stems = dict.fromkeys(name.rpartition("_")[0] for name in frame.columns if name != "flow")
    rows = [
        {"flow": row["flow"], "stem": stem} | {f"{end}_{unit}": row[f"{stem}_{end}"] for end in sorted(_ENDS)}
        for row in frame.to_dict("records")
        for stem in stems
    ]
    return pd.DataFrame(rows).sort_values(["flow", "stem"], ignore_index=True)


def _name_column(page):
    def name(flow):
        text = page.say(f"flows.name.{flow}")
        return f"· {text}" if ROWS[flow] else first_upper(text)

    return page.text_column("flow", "flows.flow", name)


def _spread_column(page, stem, head, decimals):
    keys = tuple(f"{stem}_{end}" for end in _ENDS)
    return page.column(
        keys,
        head,
        lambda middle, low, high: f"{page.number(middle, decimals)} ({page.range(low, high, decimals)})",
    )


def _mostly_near(counts):
    """Whether nine in ten of those who enter, in every year, come from the near-poor."""
    parts = [
        (np.median(made.get("near_poor_to_poor", 0)), np.median(made["entry"])) for made in counts.values()
    ]
    return all(near >= 0.9 * entry > 0 for near, entry in parts)
