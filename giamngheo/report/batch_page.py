"""The pages of a batch: one that lists its scenarios, to be sorted and filtered, and one for each of them."""

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup

from giamngheo.inputs.judged import level_pair, targets_of_all
from giamngheo.inputs.parameters import LANGS
from giamngheo.inputs.scenario_words import COLUMNS, parameter_name, parameter_value
from giamngheo.report.columns import MISSING
from giamngheo.report.html import escape
from giamngheo.report.listing import cell, chances_cell, listing, listing_script
from giamngheo.report.pages import Made, language_link, notebook_body, page_of
from giamngheo.report.wording import first_upper, province, target_text, together
from giamngheo.simulation.targets import BOTH

STATES = ("ok", "failed", "timed_out", "killed", "cancelled", "skipped")
MOST_LISTED = 2_000  # scenarios: a page of a megabyte
MOST_PARAMETERS = 8
KEYS_OF = {column: key for key, column in COLUMNS.items()}


@dataclass(frozen=True)
class Alone(Made):
    """An executed notebook with a folder to itself, its tables in a folder named like it."""

    def address_of(self, table):
        """Where a stored table's file lies, seen from its page (str)."""
        return f"{self.name}/{table['name']}.csv"


@dataclass(frozen=True)
class Listed:
    """A scenario as the list has it.

    package, id, title, parameters (number or text by column), state, error, rows of results.
    """

    package: str
    id: str
    title: str
    parameters: dict
    state: str
    error: str
    rows: list
    href: str = ""


def run_page(page, made, footer, langs):
    """The page of one scenario of a batch (HTML); langs: in which it is written."""
    links = [{"href": f"../../{page.lang}/index.html", "text": page.say("report.index_link")}]
    text = page.say("report.other_language")
    links += [{"href": f"{other}.html", "text": text, "lang": other} for other in langs if other != page.lang]
    title = f"{made.title} · {province(page)}"
    return page_of(page, title, title, "", links, notebook_body(made, page), footer)


def batch_page(page, listed, counts, footer, langs=LANGS):
    """The page that lists the scenarios of a batch (HTML).

    listed: the first `MOST_LISTED` and all that are not done (list of Listed); counts: number of scenarios by state;
    langs: in which it is written.
    """
    several = len({each.package for each in listed}) > 1
    varied = _varied(listed)
    targets = level_pair(page.package)
    heads = [(page.say("batch.scenario"), False)]
    heads += [(page.say("batch.package"), False)] if several else []
    heads += [
        (f"{page.say(f'status.{status}_short')} {_unbroken(target_text(target, page))}", True)
        for status, target in targets.items()
    ]
    joint = several or len(targets_of_all(page.package)) > 1
    if joint:
        head = page.say("compare.all") if several else together(page, "compare.both", "compare.all")
        heads += [(head, True)]
    heads += [(page.say("batch.money"), True)]
    heads += [
        (first_upper(parameter_name(_keys(name), page.lang, page.package)), is_number, name)
        for name, is_number in varied.items()
    ]
    heads += [(page.say("batch.state"), False)]
    shown = listed[:MOST_LISTED]
    titles = _titles(page, shown, varied)
    rows = [
        {
            "state": each.state,
            "href": each.href,
            "cells": list(_cells(page, each, title, several, varied, targets, joint)),
        }
        for each, title in zip(shown, titles, strict=True)
    ]
    total = sum(counts.values())
    body = listing(
        page,
        heads,
        rows,
        page.say("batch.caption"),
        files=Markup(_files(page)),
        cut=page.say("batch.cut", shown=page.number(len(shown))) if total > len(shown) else "",
        failures=[
            {
                "title": each.title,
                "name": each.id,
                "state": page.say(f"batch.state_{each.state}"),
                "error": each.error,
            }
            for each in listed
            if each.state in STATES[1:4]
        ],
        states={state: page.say(f"batch.state_{state}") for state in STATES},
    )
    states = ", ".join(
        f"{page.number(n)} {page.say(f'batch.state_{state}')}" for state, n in counts.items() if n
    )
    title = page.say("batch.title", province=province(page))
    lead = page.say("batch.lead", total=page.number(total), states=states)
    links = language_link("index.html", page, langs)
    return page_of(page, title, lead, lead, links, body, footer, script=listing_script())


def _files(page):
    text = escape(page.say("batch.files", csv="@csv@", parquet="@parquet@"))
    for name in ("csv", "parquet"):
        text = text.replace(f"@{name}@", f'<a href="../results.{name}">results.{name}</a>')
    return text


def _varied(listed):
    """The parameters that differ between the scenarios, as many as a table bears, and whether they are numbers."""
    names = dict.fromkeys(name for each in listed for name in each.parameters)
    differ = [name for name in names if len({each.parameters.get(name) for each in listed}) > 1]
    return {
        name: any(isinstance(each.parameters.get(name), float) for each in listed)
        for name in differ[:MOST_PARAMETERS]
    }


def _unbroken(text):
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _titles(page, shown, varied):
    """What each is called: of a grid's scenarios without the values that stand in columns, but numbered."""
    names = {parameter_name(_keys(name), page.lang, page.package).partition(" (")[0] for name in varied}
    columns_hold_all = len(varied) < MOST_PARAMETERS
    counted = Counter()
    for each in shown:
        before, _, chosen = each.title.partition(": ")
        if columns_hold_all and any(name in chosen for name in names):
            counted[before] += 1
            yield f"{before} {counted[before]}"
        else:
            yield each.title


def _cells(page, each, title, several, varied, targets, joint):
    yield cell(title)
    if several:
        yield cell(each.package)
    for status in targets:
        # Of all households alone, and of two days the later; by id they would be those of one package only.
        own = [row for row in each.rows if (row["group"], row["status"]) == ("all", status)]
        yield chances_cell(page, {row["case"]: row["chance"] for row in own}.items())
    if joint:
        yield chances_cell(page, {row["case"]: row[f"chance_{BOTH}"] for row in each.rows}.items())
    money = each.rows[0]["money_delivered_bn_vnd"] if each.rows else None
    yield cell(MISSING if money is None else page.number(money, 0), money, numeric=True)
    for name, is_number in varied.items():
        value = each.parameters.get(name)
        order = value if isinstance(value, float) else None
        yield cell(_parameter(page, name, value), order, numeric=is_number)
    yield cell(page.say(f"batch.state_{each.state}"))


def _parameter(page, name, value):
    if value is None or value == "":
        return MISSING
    return parameter_value(_keys(name), value, page.lang, page.package)


def _keys(column):
    """The keys of a scenario that a column holds."""
    return KEYS_OF.get(column, column).split(".")
