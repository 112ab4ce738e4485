"""How everything is computed, with formulas, and what the report cannot say."""

from giamngheo.analysis.money_needed import MOST_MONEY
from giamngheo.language import phrases
from giamngheo.report.html import Exhibit, bullets, plain, prose, rich, stack
from giamngheo.simulation.counterfactual import PUT_BACK

PARTS = ("dates", "level", "drift", "gap", "fit", "money", "r", "measures", "gap_ratio")
LIMITATIONS = ("few", "list", "nominal", "prior", "hindsight", "flows", "credit", "gap", "later")


def sections(page, trend):
    """Methods with formulas, enough to compute every number again."""
    prior = trend.prior
    values = {
        "drift": {"known_by": page.day(trend.known_by)},
        "drift_formula": {
            "mean": page.number(prior.mean, 3),
            "sd": page.number(prior.sd, 3),
            "persistence": page.number(prior.persistence, 2),
            "n": page.number(prior.n_series),
        },
        "measures": {"most": page.number(MOST_MONEY)},
        "money_where": {"back": page.number(PUT_BACK)},
    }

    def text(name):
        return page.say(f"methods.{name}", **values.get(name, {}))

    parts = [prose(page.say("methods.intro"))]
    for name in PARTS:
        parts.append(prose(text(name), *_document_notes(page, name), title=page.say(f"methods.{name}_title")))
        if page.has(f"methods.{name}_formula"):
            parts.append(_formula(text(f"{name}_formula")))
        if page.has(f"methods.{name}_where"):
            parts.append(prose(text(f"{name}_where")))
    literature = [page.say(key) for key in phrases() if key.startswith("methods.reference_")]
    return stack(*parts, bullets(literature, title=page.say("methods.references_title")))


def limitations(page, trend):
    """What the report cannot say."""
    values = {"prior": {"n": page.number(trend.prior.n_series)}}
    return bullets([page.say(f"limitations.{name}", **values.get(name, {})) for name in LIMITATIONS])


def _document_notes(page, part):
    """What only this document says about a part of the method, where something is written down about it."""
    key = f"document.{page.package.main_document.document}.{'continuity' if part == 'r' else part}"
    notes = [page.say(key)] if part in ("dates", "r") and page.has(key) else []
    return notes + (_break_notes(page) if part == "dates" else [])


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


def _formula(text):
    lines = "<br>".join(rich(part.strip(), keep_together=False) for part in text.split(";  "))
    return Exhibit("", f'<p class="formula">{lines}</p>', plain(text))
