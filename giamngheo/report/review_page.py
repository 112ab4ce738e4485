"""The review page of a package of proposals: the decision's text on one side, what was read from it on the other."""

import csv
import hashlib
import json
import re
from decimal import Decimal
from functools import cache
from itertools import groupby

from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.descriptor import Labels, table_schema
from giamngheo.inputs.errors import shown
from giamngheo.inputs.extraction.confirm import YEARS, lacking
from giamngheo.inputs.extraction.folder import TEXT, read_waiting
from giamngheo.inputs.extraction.unread import NOT_READ
from giamngheo.inputs.grammar import day_readings
from giamngheo.inputs.parameters import LANGS
from giamngheo.inputs.tables import TABLES
from giamngheo.paths import write_atomically
from giamngheo.report.html import escape
from giamngheo.report.pages import TEMPLATES, page_of
from giamngheo.report.review_text import quote_html, source_html
from giamngheo.report.wording import Page, locator_text

# Cells that are seen where a row is edited, or where they are lacking or in doubt.
_QUIET = (
    "locator",
    "document",
    "licence",
    "licence_vi",
    "accessed",
    "url",
    "main_document",
    "what",
    "reference_unit",
)
_SIGNS = {"<=": "≤", ">=": "≥"}
_LISTED = {  # columns of ids, and where those ids stand
    "group": ("poverty", "group"),
    "poverty_line": ("lines", "poverty_line"),
    "document": ("documents", "document"),
    "legal_basis": ("documents", "document"),
    "line": ("budget", "line"),
}


def write_review(folder, place=None):
    """Write a folder's review page in both languages.

    Parameters
    ----------
    folder : Path
        Of proposals.
    place : Path, optional
        Where it will lie, if it is still being made.

    Returns
    -------
    list of pathlib.Path
    """
    text, waiting = read_text(folder / TEXT), read_waiting(folder)
    lacks, place = lacking(folder, waiting), place or folder
    left = folder / NOT_READ
    unread = list(csv.DictReader(read_text(left).splitlines())) if left.is_file() else ()
    pages = [folder / f"review.{lang}.html" for lang in LANGS]
    for lang, file in zip(LANGS, pages, strict=True):
        write_atomically(file, review_page(Page(None, lang), shown(place), text, waiting, lacks, unread))
    return pages


def review_page(page, place, text, waiting, lacks=(), unread=()):
    """The review page in one language (HTML).

    Parameters
    ----------
    page : Page
        Without a package.
    place : str
        The folder, as a command names it.
    text : str
        As it was read.
    waiting : list of Waiting
    lacks : list of Lack
    unread : list of dict
        Rows of `NOT_READ`.
    """
    other = "en" if page.lang == "vi" else "vi"
    links = [{"href": f"review.{other}.html", "text": page.say("report.other_language"), "lang": other}]
    doubtful = [each for each in waiting if not each.confirmed and each.proposal.doubts]
    sure = sum(not each.confirmed for each in waiting) - len(doubtful)
    title = page.say("review.title", name=place.replace("\\", "/").rstrip("/").rpartition("/")[2])
    counts = {"sure": sure, "doubtful": len(doubtful), "lacks": len(lacks)}
    lead = page.say("review.lead", **{key: page.number(n) for key, n in counts.items()})
    said, script = escape(page.say("review.text")), _file("review.js")
    body = (
        f'<style>{_file("review.css")}</style><div class="without">{_how(page, place)}'
        f"{_lacks(page, waiting, lacks)}{_unread(page, unread)}"
        f'<div class="review"><section class="source" tabindex="0" aria-label="{said}">'
        f"<h2>{said}</h2>{source_html(page, text, waiting)}</section>"
        f'<section aria-label="{escape(page.say("review.proposals"))}">'
        f"{_proposals(page, text, waiting, lacks)}</section></div>"
        f"{_bar(page, place, waiting)}{_known(page, waiting)}</div>"
        f"<script>{script}</script>"
    )
    return page_of(page, title, lead, lead, links, body, [page.say("review.made")], script=script)


@cache
def _file(name):
    return "\n" + (TEMPLATES / name).read_text(encoding="utf-8").strip() + "\n"


def _how(page, place):
    """What to do, by the page and by hand."""
    steps = "".join(f"<li>{escape(page.say(f'review.step_{n}'))}</li>" for n in (1, 2, 3))
    typed = (
        "",
        " poverty.3",
        " poverty.3.rate_pct=9.74",
        " --drop poverty.4",
        " poverty.9.as_of=2015-12-31 …",
    )
    rows = "".join(
        f"<dt><code>{escape(_command(place) + words)}</code></dt><dd>{escape(page.say(f'review.by_hand_{n}'))}</dd>"
        for n, words in enumerate(typed, 1)
    )
    by_hand = escape(page.say("review.by_hand"))
    files = escape(page.say("review.by_file"))
    return f"<ol>{steps}</ol><details><summary>{by_hand}</summary><dl>{rows}</dl><p>{files}</p></details>"


def _command(place):
    return (
        f'giamngheo confirm "{place}"' if re.search(r"[^\w./\\:-]", place) else f"giamngheo confirm {place}"
    )


def _bar(page, place, waiting):
    """What is to be typed, put together as the page is worked in; and by what it sees that rows are the same."""
    rows = [[each.name, each.proposal.cells, each.confirmed] for each in waiting]
    made = hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]
    left = escape(page.say("review.left", doubts="{doubts}", lacks="{lacks}"))
    copy = escape(page.say("review.copy"))
    return (
        f'<div class="bar" data-left="{left}" data-made="{made}" hidden><p aria-live="polite"></p>'
        f"<pre><code>{escape(_command(place))}</code></pre>"
        f'<button type="button" data-act="copy">{copy}</button></div>'
    )


def _lacks(page, waiting, lacks):
    """What is in doubt, and what keeps the package from loading, with links to the rows."""
    rows = {each.name: each for each in waiting}
    doubts = [_to(each.name) for each in waiting if not each.confirmed and each.proposal.doubts]
    told = [f"<li>{escape(page.say('review.doubts'))}: {', '.join(doubts)}</li>"] if doubts else []
    for lack in lacks:
        table = lack.name.partition(".")[0]
        column = f": {page.say(f'workbook.column.{lack.column}')}" if lack.column else ""
        head = f"{escape(_table(page, table))} {_to(lack.name) if lack.name in rows else ''}{escape(column)}"
        told.append(f"<li>{head}: {escape(_why_lacking(page, lack, rows.get(lack.name)))}</li>")
    return (
        f'<h2>{escape(page.say("review.lacks"))}</h2><ul class="lacks">{"".join(told)}</ul>' if told else ""
    )


def _unread(page, rows):
    """What was seen in the text and is in no row, with links to its line."""
    if not rows:
        return ""
    told = []
    for row in rows:
        at = f"{locator_text(row['locator'], page)}, {page.say('review.line', n=page.number(int(row['line'])))}"
        told.append(f'<li><a href="#line-{row["line"]}">{escape(at)}</a>: “{escape(row["words"])}”</li>')
    said = escape(page.say("review.unread", n=page.number(len(rows))))
    return f"<details><summary>{said}</summary><ul>{''.join(told)}</ul></details>"


def _to(name):
    return f'<a href="#{name}"><code>{name}</code></a>'


def _why_lacking(page, lack, each):
    if each and lack.column and not each.proposal.cells.get(lack.column):
        return page.say("review.lack_empty")
    return lack.what if page.lang == "en" else page.say("review.lack_wrong")


def _table(page, table):
    return page.say(f"workbook.table.{'plan' if table == 'labels' else table}")


def _proposals(page, text, waiting, lacks):
    parts, wrong = [], {(lack.name, lack.column): lack for lack in lacks}
    wrong = {(lack.name, column): lack for lack in lacks for column in lack.cells} | wrong
    groups = {table: list(group) for table, group in groupby(waiting, key=lambda each: each.table)}
    document = next((each.proposal.cells["main_document"] for each in groups.get("labels", ())), "")
    for table in ("labels", *TABLES):
        group = groups.get(table, [])
        if table == "claims" and not group:
            continue
        parts.append(f"<h2>{escape(_table(page, table))}</h2>")
        parts += [_proposal(page, text, each, wrong) for each in group]
        if table != "labels":
            parts.append(_new(page, table, group, document))
    return "\n".join(parts)


def _proposal(page, text, each, wrong):
    proposal, places = each.proposal, each.proposal.places
    doubtful = bool(proposal.doubts) and not each.confirmed
    state = page.say("review.confirmed" if each.confirmed else "review.low" if doubtful else "review.high")
    where = proposal.cells.get("locator")
    at = ", ".join(
        filter(
            None,
            (
                locator_text(where, page) if where else "",
                page.say("review.line", n=page.number(each.line))
                if each.line
                else page.say("review.by_person"),
            ),
        )
    )
    if places:
        at = f'<a href="#at-{escape(_anchor(each))}">{escape(at)}</a>'
    file = (
        f" · {each.table}.csv, {escape(page.say('review.line', n=page.number(each.row)))}" if each.row else ""
    )
    cells = "".join(_cell(page, each, column, field, wrong) for column, field in _fields(each.table).items())
    css = f"proposal{' low' if doubtful else ''}{' done' if each.confirmed else ''}"
    acts = f'<button type="button" data-act="edit">{escape(page.say("review.edit"))}</button>'
    acts = (_tick("yes", page.say("review.yes")) if doubtful else "") + acts
    acts += _tick("drop", page.say("review.drop")) if each.table != "labels" else ""
    return (
        f'<section class="{css}" id="{each.name}"><h3><code>{each.name}</code> '
        f"<small>{at}{file} · {escape(state)}</small></h3>{quote_html(text, proposal)}"
        f'<ul>{cells}</ul><div class="acts" hidden>{acts}</div></section>'
    )


def _tick(act, words):
    return f'<label><input type="checkbox" data-act="{act}" autocomplete="off">{escape(words)}</label>'


def _anchor(each):
    """The name of the first place of a proposal."""
    column = min(each.proposal.places, key=lambda name: each.proposal.places[name])
    return f"{each.name}-{column}" if column else each.name


def _cell(page, each, column, field, wrong):
    value, doubt = each.proposal.cells.get(column, ""), each.proposal.doubts.get(column)
    lack = wrong.get((each.name, column))
    if lack and lack.column != column and lack.cells[column] == value:  # it is so already
        lack = None
    why = [page.say(f"review.doubt.{doubt}")] if doubt and not each.confirmed else []
    why += [_why_lacking(page, lack, each)] if lack and lack.column == column else []
    if lack and column in lack.cells:
        why.append(page.say("review.perhaps", value=_shown(page, column, field, lack.cells[column])))
    quiet = not value or column in _QUIET or column.endswith("_en" if page.lang == "vi" else "_vi")
    said = escape(_shown(page, column, field, value) or page.say("review.nothing"))
    if column in each.proposal.places:
        said = f'<a href="#at-{each.name}-{column}">{said}</a>'
    css = "rest" if quiet and not why else "open lack" if lack else "open" if why and not value else ""
    told = f' <span class="why">({escape("; ".join(why))})</span>' if why else ""
    name = _name(page, column, field)
    return (
        f'<li{f" class={chr(34)}{css}{chr(34)}" if css else ""}>{escape(name)}: <b class="is">{said}</b>{told}'
        f"{_input(page, column, field, value)}</li>"
    )


def _new(page, table, group, document):
    """The form of a row more, and the button that calls it."""
    known = {"document": document, "legal_basis": document, "group": "all"}
    cells = "".join(
        f"<li>{escape(_name(page, column, field))}"
        f"{' *' if field.get('constraints', {}).get('required') else ''}"
        f"{_input(page, column, field, known.get(column, ''))}</li>"
        for column, field in _fields(table).items()
    )
    last = max((int(each.name.partition(".")[2]) for each in group), default=0)
    remove = f'<button type="button" data-act="remove">{escape(page.say("review.remove"))}</button>'
    return (
        f'<template id="new-{table}"><section class="proposal new editing" data-table="{table}" data-last="{last}">'
        f"<h3>{escape(page.say('review.new'))}</h3><ul>{cells}</ul>"
        f'<div class="acts">{remove}</div></section></template>'
        f'<button type="button" data-act="add" data-form="new-{table}" hidden>{escape(page.say("review.add"))}</button>'
    )


@cache
def _fields(table):
    """The columns of a table, or of the labels, with their type and limits (dict of str to dict)."""
    if table != "labels":
        return {field["name"]: field for field in table_schema(TABLES[table])["fields"]}
    kinds = {"date": "date"} | dict.fromkeys(YEARS, "year")
    named = [column for column in Labels.model_fields if column not in ("groups", "accepted")]
    return {column: {"name": column, "type": kinds.get(column, "string")} for column in named}


def _name(page, column, field):
    """What a column is called, with its unit."""
    unit = re.sub(r"\W+", "_", field.get("unit", "")).lower()
    named = page.say(f"workbook.column.{column}")
    return f"{named}, {page.say(f'review.unit.{unit}')}" if page.has(f"review.unit.{unit}") else named


def _shown(page, column, field, value):
    """A cell as a reader of the page's language writes it."""
    named = {"status": f"status.{value}_households", "unit": f"measure_unit.{value}"}
    for key in (named.get(column, f"{column}.{value}"), f"review.value.{value}"):
        if value and page.has(key):
            return page.say(key)
    if field["type"] in ("number", "integer") and re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        return page.number(Decimal(value), len(value.partition(".")[2]))
    if field["type"] == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value) and (days := day_readings(value)):
        return page.day(days[0])
    return _SIGNS.get(value, value)


def _known(page, waiting):
    """The ids that cells of one column may be, as lists to choose from."""
    known = {
        column: {"all": None, "ethnic_minority": None} if column == "group" else {} for column in _LISTED
    }
    for each in waiting:
        for column, (table, key) in _LISTED.items():
            if each.table == table and each.proposal.cells.get(key):
                known[column][each.proposal.cells[key]] = None
    return "".join(
        f'<datalist id="known-{column}">'
        + "".join(
            f'<option value="{escape(each)}">{escape(page.say(f"group.{each}"))}</option>'
            if column == "group" and page.has(f"group.{each}")
            else f'<option value="{escape(each)}"></option>'
            for each in names
        )
        + "</datalist>"
        for column, names in known.items()
    )


def _input(page, column, field, value):
    """What a cell is corrected in."""
    label = f'name="{column}" aria-label="{escape(_name(page, column, field))}" autocomplete="off"'
    limits = field.get("constraints", {})
    if "enum" in limits:
        options = ["", *limits["enum"]]
        listed = "".join(
            f'<option value="{escape(each)}"{" selected" if each == value else ""}>'
            f"{escape(_shown(page, column, field, each)) or '–'}</option>"
            for each in options
        )
        return f'<select class="cell" {label}>{listed}</select>'
    number = ' inputmode="decimal" data-number' if field["type"] in ("number", "integer") else ""
    number = " data-day" if field["type"] == "date" else number
    said = (
        value
        if not number or (field["type"] == "date" and page.lang == "en")
        else _shown(page, column, field, value)
    )
    listed = f' list="known-{column}"' if column in _LISTED else ""
    return f'<input class="cell" {label}{number}{listed} value="{escape(said)}">'
