"""The verdicts that turn inside the range of one assumption, in a sentence for the first screen."""

import numpy as np
from scipy.special import ndtr, ndtri

from giamngheo.analysis.sensitivity.cases import CONTINUITY
from giamngheo.inputs.judged import level_pair, targets_of_all
from giamngheo.report.assumption_words import assumption_name, short, unit
from giamngheo.report.html import Exhibit, prose
from giamngheo.report.wording import together, told_apart
from giamngheo.simulation.targets import BOTH

NOTHING = Exhibit("", "<span hidden></span>", "")
MOST_TOLD = 2  # verdicts named in the sentence, which must leave room for the panels


def sentence(page, turns, register):
    """The verdicts that cross one half inside the range of one assumption, or that none does."""
    items = _items(page, turns, register)
    if not items:
        return prose(page.say("sensitivity.turn_nothing"))
    return prose(page.say("sensitivity.turn_intro", items="; ".join(items[:MOST_TOLD])))


def _items(page, turns, register):
    """Each verdict that crosses one half, in words, the largest change first (list of str)."""
    names = {}
    for target in targets_of_all(page.package):
        names[target.target] = told_apart(target, page, page.say(f"sensitivity.target_{target.status}"))
    if len(names) > 1:
        names[BOTH] = together(page, "sensitivity.target_both", "sensitivity.target_all")
    sides = turns[turns["side"] & turns["target"].isin(list(names)) & (turns["to"] == "number")]
    items = []
    for (name, value, target), part in sides.groupby(["assumption", "value", "target"], sort=False):
        told = [(page.chance(row.at), page.say(f"case.{row.case}")) for row in part.itertuples()]
        if len(told) == 2 and told[0][0] == told[1][0]:
            chances = page.say("sensitivity.turn_same", p=told[0][0])
        else:
            chances = ", ".join(page.say("sensitivity.turn_chance", p=p, case=case) for p, case in told)
        condition = condition_text(name, value, register, page)
        items.append(
            page.say("sensitivity.turn_item", condition=condition, target=names[target], chances=chances)
        )
    return items


def condition_text(name, value, register, page):
    """An assumption at a value, as the condition of a sentence (str)."""
    if name == CONTINUITY:
        return page.say("sensitivity.condition_continuity")
    if name == "gap_drift":  # a logarithm a year
        sign = "minus" if value < 0 else "plus"
        change = page.percent(100 * abs(np.expm1(value)), 1)
        return page.say(f"sensitivity.condition_gap_drift_{sign}", x=change)
    if name == "hard_core_pct":
        return page.say("sensitivity.condition_hard_core_pct", x=page.percent(short(value)))
    if name == "deadline_push":
        return page.say("sensitivity.condition_deadline_push", x=page.points(_at_target(value, page), 1))
    told = f"{page.number(short(value))} {unit(register[name], page)}"
    return page.say("sensitivity.condition", name=assumption_name(name, register, page), x=told)


def _at_target(push, page):
    """How far a push on the model's scale takes the rate of the poor down to its target, or from its last reading."""
    target, last = level_pair(page.package).get("poor"), page.package.last_counted()
    if target is None:
        rate = float(last.rate_pct) / 100
        return 100 * (rate - ndtr(ndtri(rate) - push))
    rate = float(target.value_pct) / 100
    return 100 * (ndtr(ndtri(rate) + push) - rate)
