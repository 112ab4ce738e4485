"""Chances that turn when one assumption goes to an end of its range."""

from giamngheo.report.assumption_words import short, unit
from giamngheo.report.html import prose, stack
from giamngheo.report.html import table as shown_table
from giamngheo.report.sensitivity.words import headed
from giamngheo.report.wording import target_heads


def table(page, turned, register):
    """Turns that cross one half or move by two words and more, as of `crossings`; the rest is counted."""
    heads = dict(target_heads(page))
    turned = turned[turned["target"].isin(list(heads))]
    crossing = int(turned["side"].sum())
    large = turned["side"] | (turned["words"] > 1)
    parts = [
        prose(page.say("sensitivity.turn_some", n=page.number(crossing)))
        if crossing
        else prose(page.say("sensitivity.turn_none"))
    ]
    if large.any():
        parts.append(_rows(page, turned[large], heads, register))
    if not large.all():
        parts.append(prose(page.say("sensitivity.turn_rest", n=page.number(int((~large).sum())))))
    return stack(*parts)


def _rows(page, turned, heads, register):
    def word(p):
        return page.say("sensitivity.word", p=page.chance(p), word=page.chance_word(p))

    columns = [
        page.text_column(
            ("target", "case"),
            "sensitivity.turn_target",
            lambda target, case: f"{heads[target]}, {page.say(f'case.short_{case}')}",
        ),
        page.text_column("assumption", "sensitivity.assumption", lambda name: headed(name, register, page)),
        page.text_column(
            ("assumption", "to", "value"),
            "sensitivity.range",
            lambda *change: changed_to(page, *change, register),
        ),
        page.text_column("base", "sensitivity.turn_shown", word),
        page.text_column("at", "sensitivity.turn_there", word),
        page.column("even_at", "sensitivity.turn_half", lambda value: page.number(short(value))),
    ]
    caption, note = page.say("sensitivity.turn_caption"), page.say("sensitivity.turn_note")
    return shown_table("turns", caption, turned, columns, note=note, css="long")


def changed_to(page, assumption, to, value, register):
    """What an assumption is changed to, with its unit (str)."""
    if page.has(f"reference.{to}"):
        return page.say(f"reference.{to}")
    if to not in ("number", "percent"):
        return page.say(f"sensitivity.to.{to}")
    x = page.percent(short(value)) if to == "percent" else page.number(short(value))
    if to == "number" and assumption in register:
        return f"{x} {unit(register[assumption], page)}"
    return page.say(f"sensitivity.to.{to}", x=x)
