"""Where the rates go if the trend goes on, and what the drift was pooled towards."""

from giamngheo.report import html
from giamngheo.report.fan import of


def sentences(page, trend):
    """The conclusion of the notebook."""
    words = {"when": page.day(trend.years[-1])}
    for name, status in (("poor", "poor"), ("near", "near_poor")):
        rows = of(trend.table, status)
        if rows.empty:
            return html.prose(page.say("conclusion.trend_one", **words), css="conclusion")
        last = rows.iloc[-1]
        words |= {
            f"who_{name}": page.say(f"status.{status}"),
            name: page.percent(last["q50"], 1),
            f"{name}_low": page.number(last["q10"], 1),
            f"{name}_high": page.percent(last["q90"], 1),
        }
    prior = trend.prior
    pooled = {"n": page.number(prior.n_series), "drift": page.number(prior.mean, 2)}
    leaned = page.say("conclusion.pooled" if prior.n_series else "conclusion.wide", **pooled)
    return html.prose(f"{page.say('conclusion.trend', **words)} {leaned}", css="conclusion")
