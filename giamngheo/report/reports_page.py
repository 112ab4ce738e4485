"""The page over many reports: a folder's packages and batches, each with its answer and its pages in both languages."""

from datetime import date
from types import SimpleNamespace
from typing import Literal

from pydantic import BaseModel, FiniteFloat

from giamngheo.inputs.judged import level_pair, targets_of_all
from giamngheo.report.columns import MISSING
from giamngheo.report.listing import cell, chances_cell, listing, listing_script
from giamngheo.report.pages import page_of
from giamngheo.report.wording import Page, target_text
from giamngheo.simulation.targets import BOTH

ABOUT = "about.json"  # of a report: what the page over many tells of it
ADDRESSES = {"vi": "index.html", "en": "index.en.html"}
MARK = (
    '<div id="giamngheo-reports">'  # by which a page of ours is known, so that nobody else's is written over
)


class _Target(BaseModel):
    comparator: Literal["<", "<=", ">", ">="]
    value_pct: FiniteFloat
    as_of: date
    chances: dict[str, FiniteFloat | None]


class _About(BaseModel):
    province: dict[Literal["vi", "en"], str]
    decision: str
    date: date
    money_bn_vnd: FiniteFloat
    targets: dict[str, _Target]
    both: dict[str, FiniteFloat | None]


def checked(text):
    """What a report's file says of it, as `about` tells it (dict); a ValueError where it says something else."""
    facts = _About.model_validate_json(text).model_dump(mode="json")
    if facts["province"].keys() != {"vi", "en"}:
        raise ValueError("province: a name is missing")
    return facts


def about(page, chances):
    """What a report's answer is, for the page over many (dict); chances: rows of case, target and chance."""
    labels, targets = page.package.labels, level_pair(page.package)
    by_target = {}
    for case, target, chance in chances:
        by_target.setdefault(target, {})[case] = chance
    return {
        "province": {"vi": labels.province_vi, "en": labels.province_en},
        "decision": labels.decision,
        "date": labels.date.isoformat(),
        "money_bn_vnd": float(page.package.total_bn()),
        "targets": {
            status: {
                "comparator": target.comparator,
                "value_pct": float(target.value_pct),
                "as_of": target.as_of.isoformat(),
                "chances": by_target.get(target.target, {}),
            }
            for status, target in targets.items()
        },
        "both": by_target.get(BOTH, {}) if len(targets_of_all(page.package)) > 1 else {},
    }


def reports_page(lang, reports, batches):
    """The page that lists reports and batches (HTML).

    Parameters
    ----------
    lang : str
    reports : dict of str to (dict, list of str)
        Folder to what is told of it, as of `about`, and its languages.
    batches : dict of str to (int, list of str)
        Folder to how many scenarios it has, and its languages.
    """
    page = Page(None, lang)
    heads = [(page.say("reports.name"), False), (page.say("reports.decision"), False)]
    heads += [(page.say(f"status.{status}_short"), True) for status in ("poor", "near_poor")]
    heads += [
        (page.say("compare.all"), True),
        (page.say("reports.money"), True),
        (page.say("reports.pages"), False),
    ]
    rows = [_report(page, *each) for each in reports.items()] + [
        _batch(page, *each) for each in batches.items()
    ]
    title = page.say("reports.title")
    lead = page.say("reports.lead", reports=page.number(len(reports)), batches=page.number(len(batches)))
    other = "en" if lang == "vi" else "vi"
    links = [{"href": ADDRESSES[other], "text": page.say("report.other_language"), "lang": other}]
    body = f"{MARK}{listing(page, heads, rows, page.say('reports.caption'))}</div>"
    return page_of(
        page, title, lead, lead, links, body, [page.say("reports.run_again")], script=listing_script()
    )


def _report(page, name, told):
    facts, langs = told
    targets = facts["targets"]
    when = page.day(date.fromisoformat(facts["date"]))
    cells = [
        cell(facts["province"][page.lang]),
        cell(page.say("reports.decision_of", number=facts["decision"], date=when)),
        *(_target(page, targets.get(status)) for status in ("poor", "near_poor")),
        chances_cell(page, facts["both"].items()),
        cell(page.number(facts["money_bn_vnd"], 0), facts["money_bn_vnd"], numeric=True),
        cell("", links=_links(name, langs)),
    ]
    return {"cells": cells, "href": _first(page, name, langs), "state": ""}


def _target(page, target):
    if target is None:
        return cell(MISSING, numeric=True)
    return chances_cell(page, target["chances"].items(), f"{target_text(SimpleNamespace(**target), page)}: ")


def _batch(page, name, told):
    scenarios, langs = told
    cells = [
        cell(page.say("reports.batch", name=name)),
        cell(page.say("reports.scenarios", n=page.number(scenarios))),
        *(cell(MISSING, numeric=True) for _ in range(4)),
        cell("", links=_links(name, langs)),
    ]
    return {"cells": cells, "href": _first(page, name, langs), "state": ""}


def _first(page, name, langs):
    return f"{name}/{page.lang if page.lang in langs else langs[0]}/index.html"


def _links(name, langs):
    names = {"vi": "Tiếng Việt", "en": "English"}
    return [{"href": f"{name}/{lang}/index.html", "text": names[lang], "lang": lang} for lang in langs]
