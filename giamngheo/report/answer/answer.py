"""The answer in a sentence: the chance of the targets under both cases, and what the readings cannot tell."""

from giamngheo.inputs.judged import targets_of_all
from giamngheo.inputs.scenario import ROOT_ID
from giamngheo.report.columns import Table
from giamngheo.report.html import prose, stack
from giamngheo.report.wording import count_word, first_target, promise_text, province, together, when_text
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, chance_class

SIDES = (  # of the scale, the milder word first
    ("likely", "very_likely", "virtually_certain"),
    ("unlikely", "very_unlikely", "exceptionally_unlikely"),
)


def sentences(page, outcome):
    """The chance of all targets under the full plan, or those under another scenario, and what they cannot say."""
    told = Table("chances", page.say("panel.chance"), outcome.chances)
    poor = [row for row in page.package.readings if (row.group, row.status) == ("all", "poor")]
    key = "answer.unidentified" if len(poor) > 1 else "answer.unidentified_one"
    key = key if page.package.total_bn() else "answer.no_money"
    unknown = page.say(key, n=count_word(len(poor), page))
    if outcome.scenario.id != ROOT_ID:
        return prose(_of_scenario(page, outcome), unknown, css="answer", tables=[told])
    return stack(prose(headline(page, outcome), css="headline", tables=[told]), prose(unknown, css="lead"))


def headline(page, outcome):
    """One sentence that a newspaper could print: whether the targets are met, and the chance in each case (str)."""
    targets = targets_of_all(page.package)
    chances = {r: outcome.by_case[r][BOTH if len(targets) > 1 else targets[0].target] for r in CASES}
    words = {"province": province(page), "targets": _targets(page, targets)}
    words["when"] = when_text(max(target.as_of for target in targets), page)
    numbers = {f"p{r}": page.frequency(p) for r, p in chances.items()}
    alike = len(set(numbers.values())) == 1  # then no case is set against the other
    verdict = chance_class(sum(chances.values()) / len(chances)) if alike else _verdict(chances.values())
    if verdict:
        head = page.say("answer.head", will=page.say(f"answer.will.{verdict}"), **words)
    else:
        head = page.say("answer.head_open", **words)
    key = "pair" if not alike else "same" if page.package.total_bn() else "alone"
    return page.say(f"answer.{key}", head=head, **numbers)


def _targets(page, targets):
    """What is to be met, inside a sentence (str)."""
    if len(targets) == 1:
        return page.say(f"answer.target_{targets[0].status}")
    if page.has(f"answer.targets_{len(targets)}"):
        return page.say(f"answer.targets_{len(targets)}")
    return page.say("answer.targets_many", n=count_word(len(targets), page).lower())


def _verdict(chances):
    """The class of both chances, the milder where they lie on one side, None where they do not (str or None)."""
    classes = [chance_class(p) for p in chances]
    if len(set(classes)) == 1:
        return classes[0]
    return next((min(classes, key=side.index) for side in SIDES if set(classes) <= set(side)), None)


def _of_scenario(page, outcome):
    first = first_target(page.package)
    both = _chances(page, outcome, BOTH) if len(targets_of_all(page.package)) > 1 else {}
    words = {"target": promise_text(first, page), "when": when_text(first.as_of, page)}
    words["both"] = together(page, "answer.scenario_both", "answer.scenario_all", **both) if both else ""
    words |= _chances(page, outcome, first.target)
    return page.say("answer.pair_scenario", title=outcome.scenario.title[page.lang], **words)


def _chances(page, outcome, key):
    """Both chances of a target, with their words: p1, w1, p0, w0; a frequency may lie in another word's class."""
    chances = {r: outcome.by_case[r][key] for r in CASES}
    numbers = {f"p{r}": page.chance(p) for r, p in chances.items()}
    return numbers | {f"w{r}": page.chance_word(p) for r, p in chances.items()}
