"""What ends the tour: what the answer hangs on."""

from giamngheo.report.html import prose
from giamngheo.simulation.outcomes import CASES


def sentence(page, outcome, variants):
    """The chances of the first target, and those with a hard core of poor households."""
    core = variants["hard_core"]
    key = next(iter(outcome.by_case[1]))
    words = {f"p{r}": page.chance(outcome.by_case[r][key]) for r in CASES}
    words |= {f"h{r}": page.chance(core.by_case[r][key]) for r in CASES}
    share = page.percent(float(core.scenario.assumptions["hard_core_pct"]["fixed"]))
    total = page.money(page.package.total_bn())
    return prose(page.say("conclusion.start", total=total, core=share, **words), css="conclusion")
