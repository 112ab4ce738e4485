"""The register of assumptions: every number that the plan does not give."""

import pandas as pd

from giamngheo.forecasting.draws import override
from giamngheo.forecasting.prior import register_in_effect
from giamngheo.report.assumption_words import distribution_text, grounds, moves, unit
from giamngheo.report.html import folded
from giamngheo.report.html import table as html_table


def table(page, register, prior, changed):
    """The register with what comparable series (prior) and a scenario (changed, in bold) put in its place."""
    used = register_in_effect(register, prior)
    used |= {name: override(register, {name: change})[name] for name, change in changed.items()}
    rows = []
    for name, row in used.items():
        other = row.alternative and override(register, {name: row.alternative})[name]
        rows.append(
            {
                "assumption": name,
                "changed": name in changed,
                "meaning": getattr(row, f"meaning_{page.lang}"),
                "distribution": distribution_text(row, page),
                "alternative": other and distribution_text(other, page),
                "unit": unit(row, page),
                "support": row.support,
                "reference": grounds(row, page),
                "moves": moves(row, page),
            }
        )

    def bold(text, is_changed):
        return f"<b>{text}</b>" if is_changed else text

    columns = [
        page.text_column(("meaning", "changed"), "assumptions.meaning", bold),
        page.text_column(("distribution", "changed"), "assumptions.distribution", bold),
        page.text_column("alternative", "assumptions.alternative"),
        page.text_column("unit", "assumptions.unit"),
        page.text_column("support", "assumptions.support", lambda kind: page.say(f"support.{kind}")),
        page.text_column("reference", "assumptions.reference"),
        page.text_column("moves", "assumptions.moves"),
    ]
    shown = html_table(
        "assumptions",
        page.say("assumptions.caption"),
        pd.DataFrame(rows),
        columns,
        note=page.say("assumptions.intro"),
        css="long",
    )
    return folded(page.say("assumptions.fold", n=page.number(len(rows))), shown)
