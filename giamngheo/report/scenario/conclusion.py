"""What a scenario comes to, and how far that is from the full plan."""

from giamngheo.language import MINUS, rounded
from giamngheo.report.html import prose
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, level_pair


def sentence(page, outcome, full):
    """The chance of all targets and the poor rate, beside those of the full plan."""
    targets = level_pair(page.package)
    key = BOTH if len(targets) > 1 else next(iter(targets.values())).target
    words = {"who": page.say("status.poor")}
    words |= {f"p{r}": page.chance(outcome.by_case[r][key]) for r in CASES}
    if outcome.scenario.id == "full_plan":
        words |= {f"m{r}": page.percent(outcome.median(r, "poor"), 1) for r in CASES}
        return prose(page.say("conclusion.full", **words), css="conclusion")
    for r in CASES:
        difference = outcome.median(r, "poor") - full.median(r, "poor")
        words |= {f"d{r}": _signed_points(page, difference), f"f{r}": page.chance(full.by_case[r][key])}
    title = outcome.scenario.title[page.lang]
    return prose(page.say("conclusion.scenario", title=title, **words), css="conclusion")


def _signed_points(page, difference):
    text = page.points(abs(difference), 2)
    return text if not rounded(difference, 2) else f"{MINUS if difference < 0 else '+'}{text}"
