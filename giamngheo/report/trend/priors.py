"""What the forecast takes from comparable series, and what supports the assumptions behind it."""

import pandas as pd

from giamngheo.forecasting.prior import register_in_effect
from giamngheo.inputs.judged import level_pair
from giamngheo.report import html
from giamngheo.report.wording import first_upper, target_heads
from giamngheo.simulation.outcomes import CASES

SUPPORTS = ("measured", "published", "judgement")


def table(page, results):
    """The forecast under other groups of comparable series; `results` maps a group to a Simulation."""
    heads, statuses, rows = target_heads(page), level_pair(page.package), []
    for group, result in results.items():
        prior = result.cases[1].trend.prior
        row = {"reference": group, "n_series": prior.n_series, "drift_mean": prior.mean, "drift_sd": prior.sd}
        row |= {"persistence": prior.persistence, "scale": prior.scale}
        row |= {f"{s}_pct": result.median(1, s, when=target.as_of) for s, target in statuses.items()}
        chances = {(key, r): result.by_case[r][key] for key, _ in heads for r in CASES}
        rows.append(row | {f"chance_{key}_{CASES[r]}": p for (key, r), p in chances.items()})

    def drift(mean, sd):
        return f"{page.number(mean, 3)} ± {page.number(sd, 3)}"

    def pair(*chances):
        return " / ".join(map(page.chance, chances))

    columns = [
        page.text_column(
            "reference", "trust.prior", lambda group: first_upper(page.say(f"reference.{group}"))
        ),
        page.number_column("n_series", "trust.n_series"),
        page.column(("drift_mean", "drift_sd"), "trust.drift", drift),
        page.number_column("persistence", "trust.persistence", 2),
        page.number_column("scale", "trust.scale", 3),
        *(page.number_column(f"{status}_pct", f"compare.rate_{status}", 1) for status in statuses),
        *(
            page.column(tuple(f"chance_{key}_{case}" for case in CASES.values()), head, pair)
            for key, head in heads
        ),
    ]
    known_by = next(iter(results.values())).cases[1].trend.known_by
    note = page.say("trust.priors_note", known_by=page.day(known_by))
    caption = page.say("trust.priors_caption")
    return html.beside(html.table("priors", caption, pd.DataFrame(rows), columns, note=html.plain(note)))


def support(page, register, trend):
    """What is measured, published and judged."""
    used = [row.support for row in register_in_effect(register, trend.prior).values()]
    counts = {name: page.number(used.count(name)) for name in SUPPORTS}
    return html.finding(page.say("trust.support_intro", n=page.number(len(register)), **counts))
