"""The answer in two sentences: the chance of the targets under both cases, and what the readings cannot tell."""

from giamngheo.report.columns import Table
from giamngheo.report.html import prose
from giamngheo.report.wording import count_word, promise_text, when_text
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, level_pair


def sentences(page, outcome):
    """The chances under the full plan, or under another scenario, which is then named, and what they cannot say."""
    targets = level_pair(page.package)
    first = targets.get("poor") or next(iter(targets.values()))
    words = {"target": promise_text(first, page), "when": when_text(first.as_of, page)}
    words |= _chances(page, outcome, first.target)
    both = _chances(page, outcome, BOTH) if len(targets) > 1 else {}
    if outcome.scenario.id == "full_plan":
        for r in CASES:
            pair = {"p": both[f"p{r}"], "w": both[f"w{r}"]} if both else {}
            words[f"both{r}"] = page.say(f"answer.both{r}", **pair) if both else ""
        sentence = page.say("answer.pair", **words)
    else:
        words["both"] = page.say("answer.scenario_both", **both) if both else ""
        title = outcome.scenario.title[page.lang]
        sentence = page.say("answer.pair_scenario", title=title, **words)
    poor = [row for row in page.package.readings if (row.group, row.status) == ("all", "poor")]
    unknown = page.say("answer.unidentified", n=count_word(len(poor), page))
    told = Table("chances", page.say("panel.chance"), outcome.chances)
    return prose(sentence, unknown, css="answer", tables=[told])


def _chances(page, outcome, key):
    """Both chances of a target as frequencies, with their words: p1, w1, p0, w0."""
    chances = {r: outcome.by_case[r][key] for r in CASES}
    numbers = {f"p{r}": page.frequency(p) for r, p in chances.items()}
    return numbers | {f"w{r}": page.chance_word(p) for r, p in chances.items()}
