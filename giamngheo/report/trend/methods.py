"""The numbers that stand for the letters in the formulas, and what only this document says about the method."""

import pandas as pd

from giamngheo.analysis.money_needed import MOST_MONEY
from giamngheo.forecasting.state_space import CANDIDATES, MIN_EFFECTIVE_DRAWS
from giamngheo.report.html import beside, prose, stack, table
from giamngheo.simulation.counterfactual import PUT_BACK

NAMED = 4  # comparable series that a note names
DECIMALS = {
    "mean": 3,
    "spread": 3,
    "mean_sd": 3,
    "permanent": 2,
    "persistence": 2,
    "scale": 3,
    "n_series": 0,
    "put_back": 1,
    "most_money": 0,
}


def values(page, trend):
    """Values of the letters in the formulas, from the prior of the forecast and from the constants of the model."""
    prior = trend.prior
    drift = prior.drift
    found = {
        "mean": prior.mean,
        "spread": drift.spread,
        "mean_sd": drift.mean_sd,
        "permanent": drift.permanent,
    }
    found |= {"persistence": drift.persistence, "scale": prior.scale, "n_series": prior.n_series}
    found |= {"put_back": PUT_BACK, "most_money": MOST_MONEY}
    shown = {name: value for name, value in found.items() if value is not None}
    frame = pd.DataFrame({"symbol": list(shown), "value": list(map(float, shown.values()))})
    columns = [
        page.text_column("symbol", "methods.symbol", lambda name: page.say(f"methods.symbol_{name}")),
        page.text_column("symbol", "methods.meaning", lambda name: page.say(f"methods.meaning_{name}")),
        page.column(("value", "symbol"), "methods.value", lambda x, name: page.number(x, DECIMALS[name])),
    ]
    reference = page.say(f"reference.{prior.group}")
    series = page.say("methods.no_series")
    if prior.n_series:
        names = ", ".join(prior.series[:NAMED]) + (", …" if prior.n_series > NAMED else "")
        series = page.say("methods.series", n=page.number(prior.n_series), names=names)
    note = page.say(
        "methods.values_note", reference=reference, known_by=page.day(trend.known_by), series=series
    )
    rests = {
        "n": page.number(trend.posteriors["all"]["level"].effective_draws, -2),
        "all": page.number(CANDIDATES),
        "least": page.number(MIN_EFFECTIVE_DRAWS),
    }
    note += f" {page.say('trust.effective', **rests)}"
    shown = table("methods-values", page.say("methods.values_caption"), frame, columns, note=note)
    notes = [*_document_notes(page), *_break_notes(page)]
    shown = beside(shown)
    return stack(prose(*notes, title=page.say("methods.notes_title")), shown) if notes else shown


def _document_notes(page):
    """What only this document says about instants and additionality, where something is written down about it."""
    keys = [f"document.{page.package.main_document.document}.{part}" for part in ("dates", "continuity")]
    return [page.say(key) for key in keys if page.has(key)]


def _break_notes(page):
    starts = {row.poverty_line: row.valid_from for row in page.package.poverty_lines}
    twice = {}
    for row in page.package.readings:
        if (row.group, row.status) == ("all", "poor"):
            twice.setdefault(row.as_of, []).append(row)
    notes = []
    for when, found in sorted(twice.items()):
        if len(found) > 1:
            old, *_, new = sorted(found, key=lambda row: starts[row.poverty_line])
            rates = {"old": page.percent(old.rate_pct), "new": page.percent(new.rate_pct)}
            notes.append(page.say("methods.dates_break", day=page.day(when), **rates))
    return notes
