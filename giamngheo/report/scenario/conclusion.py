"""What a scenario comes to, and how far that is from the full plan."""

from giamngheo.inputs.scenario import ROOT_ID
from giamngheo.language import MINUS, rounded
from giamngheo.report.html import prose
from giamngheo.report.wording import first_target, joint_name, target_heads, when_text
from giamngheo.simulation.outcomes import CASES


def sentence(page, outcome, full):
    """The rate of the first target at its own day and the chance of all targets, beside those of the full plan."""
    target, (key, _) = first_target(page.package), target_heads(page)[-1]
    words = {"who": page.say(f"status.{target.status}"), "when": when_text(target.as_of, page)}
    words |= {"joint": joint_name(page)} | {f"p{r}": page.chance(outcome.by_case[r][key]) for r in CASES}
    medians = {r: outcome.median(r, target.status, when=target.as_of) for r in CASES}
    if outcome.scenario.id == ROOT_ID:
        words |= {f"m{r}": page.percent(median, 1) for r, median in medians.items()}
        return prose(page.say("conclusion.full", **words), css="conclusion")
    for r, median in medians.items():
        difference = median - full.median(r, target.status, when=target.as_of)
        words |= {f"d{r}": _signed_points(page, difference), f"f{r}": page.chance(full.by_case[r][key])}
    title = outcome.scenario.title[page.lang]
    return prose(page.say("conclusion.scenario", title=title, **words), css="conclusion")


def _signed_points(page, difference):
    text = page.points(abs(difference), 2)
    return text if not rounded(difference, 2) else f"{MINUS if difference < 0 else '+'}{text}"
