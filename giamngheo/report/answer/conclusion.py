"""What ends the tour: what the answer hangs on."""

from giamngheo.report.html import prose
from giamngheo.report.wording import first_target
from giamngheo.simulation.outcomes import CASES


def sentence(page, outcome, variants):
    """The chances of the first target, and those with a hard core of poor households."""
    core, target = variants["hard_core"], first_target(page.package)
    key, words = target.target, {"target": page.say(f"sensitivity.target_{target.status}")}
    words |= {f"p{r}": page.chance(outcome.by_case[r][key]) for r in CASES}
    words |= {f"h{r}": page.chance(core.by_case[r][key]) for r in CASES}
    share = page.percent(float(core.scenario.assumptions["hard_core_pct"]["fixed"]))
    total = page.money(page.package.total_bn())
    return prose(page.say("conclusion.start", total=total, core=share, **words), css="conclusion")
