"""The what-if inside a report's index page: the model on a few of its draws, and the module that evaluates it.

Where the script does not run, in a notebook and on a notebook's page a table of the main cases stands in its place.
"""

import json
from functools import cache
from pathlib import Path

import pandas as pd

from giamngheo.dates import decimal_year
from giamngheo.inputs.judged import judged_targets, level_targets, targets_of_all
from giamngheo.inputs.parameters import LANGS
from giamngheo.inputs.scenario import load_scenario
from giamngheo.inputs.tables import SOURCES
from giamngheo.language import phrases, say
from giamngheo.report.html import Exhibit, finding, prose, shown_on, table
from giamngheo.report.wording import (
    first_upper,
    of_cases,
    promise_text,
    together,
    told_apart,
)
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import CASES, simulate
from giamngheo.simulation.portable import portable_model
from giamngheo.simulation.targets import BOTH

HERE = Path(__file__).parent
# The last lines of what runs in a page: what stands in its place stays where it cannot.
START = """
const home = document.getElementById("what-if"), instead = home ? [...home.childNodes] : [];
let started = false;
function start() {
  if (started) return;
  started = true;
  try {
    if (home) mount(home, JSON.parse(document.getElementById("what-if-data").textContent));
  } catch (fault) {
    console.error(fault);
    home.className = "";
    home.replaceChildren(...instead);
  }
}
// After the first paint, which it would hold up, but before anything is printed.
requestAnimationFrame(() => setTimeout(start));
addEventListener("beforeprint", start);
"""
WORDS = "explore.word."  # phrases that are handed to the module


@cache
def module(*more):
    """The ES module: the normal distribution, the model, settings as files and addresses, the controls (str).

    more: files of what comes after these.
    """
    return "\n\n".join(_file(f"{name}.js") for name in ("normal", "model", "setting", "controls", *more))


def style(*names):
    """The style sheet of some files (str)."""
    return "\n".join(_file(f"{name}.css") for name in names)


def _file(name):
    return (HERE / name).read_text(encoding="utf-8").strip()


@cache
def script():
    """What runs in an index page: the module, and the call that mounts it (str)."""
    return f"\n{module()}\n{START}"


def panel(page, full, shared):
    """The controls with what they move, on the index page; elsewhere the table of the main cases.

    full: the full plan, simulated on the shared draws; without counts of households money moves nothing, and the
    section says so.
    """
    if not counts_households(page.package):
        return prose(page.say("explore.without_counts"))
    found = main_cases(page.package, full, shared)
    cases = cases_table(page, found)
    if not shown_on("page"):
        return cases
    given = handed(page, full, shared)
    lead = prose(page.say("explore.intro", n=page.number(given["model"]["n"]))).html
    off = prose(page.say("explore.without_scripts"), css="note").html
    index = [
        finding(_half(page, found)).html,
        f"<style>{style('what_if')}</style>\n{lead}\n"
        f'<div class="what-if-home"><div id="what-if">{off}\n{cases.html}</div></div>',
        f'<script type="application/json" id="what-if-data">{embedded(given)}</script>',
        f'<script type="module">{script()}</script>',
    ]
    return Exhibit(cases.title, cases.html, cases.text, cases.tables, index_html="\n".join(index))


def counts_households(package):
    """Whether a reading on any poverty line counts the poor: else nothing tells how many money reaches (bool)."""
    return package.last_counted() is not None


def embedded(given):
    """JSON that can stand in a page whatever it holds (str)."""
    return json.dumps(given, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def handed(page, full, shared):
    """All that the module is given: the model, and how a page in this language tells of it (dict)."""
    package, model = page.package, portable_model(full, shared)
    targets = {target.target: target for target in level_targets(package)}
    shown = [targets[each["id"]] for each in model["targets"]]
    statuses = {target.status for target in shown if target.group == "all"}
    last = max(full.trend.history["as_of"]).year
    return {
        "lang": page.lang,
        "words": {
            key.removeprefix(WORDS): phrase[page.lang]
            for key, phrase in phrases().items()
            if key.startswith(WORDS)
        },
        "model": model,
        "names": {
            "sources": {name: page.say(f"source.{name}") for name in SOURCES},
            "channels": {
                row.channel: first_upper(page.say(f"channel.{row.channel}")) for row in package.budget_lines
            },
            "lines": page.line_names,
        },
        "statuses": {status: first_upper(page.say(f"status.{status}")) for status in statuses},
        "goals": {target.target: _together(told_apart(target, page)) for target in shown},
        "targets": {target.target: _together(first_upper(_promise(page, target))) for target in shown}
        | {BOTH: _all_at_once(page)},
        "readings": [
            {
                "status": row.status,
                "at": round(float(decimal_year(row.as_of)) - 1, 3),  # the end of a year is that year
                "hundredths": round(100 * row.rate_pct),
            }
            for row in sorted(package.readings, key=lambda row: row.as_of)
            if row.group == "all"
            and row.status in statuses
            and row.poverty_line == package.last_line[0].poverty_line
            and row.as_of.year <= last
        ],
        "title": titles(package),
    }


def titles(package):
    """What a scenario that is set by hand is called, by language (dict)."""
    return {
        lang: f"{say('explore.title', lang)} ({getattr(package.labels, f'province_{lang}')})"
        for lang in LANGS
    }


def _together(text):
    """A number and its percent sign on one line (str)."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _promise(page, target):
    text = told_apart(target, page, promise_text(target, page))
    if target.group == "all":
        return text
    return page.say("explore.group_target", group=page.group(target.group), target=text)


def conclusion(page, found):
    """What half of the money does, of the main cases (Exhibit)."""
    return prose(_half(page, found), css="conclusion")


def main_cases(package, full, shared):
    """The plan, half of its money, none, and all of it a year late (dict of str to Simulation)."""
    plan = full.scenario
    variants = {
        "half": scaled(plan, 0.5).model_copy(update={"id": "half"}),
        "none": scaled(plan, 0).model_copy(update={"id": "none"}),
        "late": load_scenario({"id": "late", "delay_years": 1}, package),
    }
    return {"full": full} | {
        name: simulate(package, scenario, shared=shared) for name, scenario in variants.items()
    }


def _half(page, found):
    """What half of the money does to the chance of all targets, in each case of it (str)."""
    chances = found["full"].by_case[1]
    key = next(key for key in (BOTH, *chances) if chances[key] is not None)
    several = key == BOTH and len(targets_of_all(page.package)) > 1
    targets = (
        together(page, "explore.both_targets", "explore.all_targets")
        if several
        else page.say("explore.the_target")
    )
    moves = {}
    for r in CASES:
        full, half = (page.chance(found[name].by_case[r][key]) for name in ("full", "half"))
        moves[f"moves{r}"] = page.say(f"explore.{'stays' if full == half else 'goes'}", full=full, half=half)
    return page.say("explore.finding", targets=targets, **moves)


def _all_at_once(page):
    """What all targets at once are called: those of all households, where another group has one too (str)."""
    groups = {target.group for target in judged_targets(page.package)}
    return page.say("explore.both" if groups <= {"all"} else "explore.both_of_all")


def cases_table(page, found):
    """The chances of the main cases (Exhibit)."""
    tidy = pd.concat(each.chances.assign(scenario=name) for name, each in found.items())
    heads = {target.target: first_upper(_promise(page, target)) for target in level_targets(page.package)}
    if len(targets_of_all(page.package)) > 1:
        heads[BOTH] = _all_at_once(page)
    wide = tidy.pivot(index="scenario", columns=["target", "case"], values="chance").loc[list(found)]
    wide.columns = ["_".join(pair) for pair in wide.columns]
    columns = [page.text_column("scenario", "explore.case", lambda name: page.say(f"explore.{name}"))]
    for key, head in heads.items():
        pair = tuple(f"{key}_{case}" for case in CASES.values())
        if pair[0] in wide and wide[pair[0]].notna().all():
            columns.append(page.column(pair, head, of_cases(page.chance)))
    caption = page.say("explore.table")
    return table(
        "main_cases",
        caption,
        wide.reset_index(),
        columns,
        tidy=tidy[["scenario", "case", "target", "chance"]],
    )
