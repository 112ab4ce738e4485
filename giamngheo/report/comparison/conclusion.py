"""What the comparison of scenarios comes to."""

import numpy as np

from giamngheo.report import html
from giamngheo.report.wording import joint_name
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH


def sentences(page, outcomes, effect_pp):
    """The best and the worst scenario, and what the whole plan moves (draws of percentage points)."""
    both = [each for each in outcomes.values() if each.shown == tuple(CASES)]
    ranked = sorted(both, key=lambda each: -each.by_case[1][BOTH])
    words = {
        "joint": joint_name(page),
        "n": page.number(len(outcomes)),
        "effect": page.points(np.median(effect_pp), 1),
    }
    for name, found in (("best", ranked[0]), ("worst", ranked[-1])):
        words[name] = found.scenario.title[page.lang]
        words |= {f"{name}{r}": page.chance(found.by_case[r][BOTH]) for r in CASES}
    return html.prose(page.say("conclusion.compare", **words), css="conclusion")
