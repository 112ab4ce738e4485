"""A scenario with its loans and without them."""

import pandas as pd

from giamngheo.inputs.judged import level_pair
from giamngheo.report.html import beside
from giamngheo.report.html import table as html_table
from giamngheo.report.wording import amount_text, target_heads
from giamngheo.simulation.outcomes import CASES


def table(page, whole, without):
    """Money, chances and rates of the outcome with the loans and of the one without them."""
    heads, statuses = target_heads(page), level_pair(page.package)
    rows = []
    for name, outcome in (("with", whole), ("without", without)):
        row = {"loans": name, "delivered_bn_vnd": float(outcome.cases[1].money.total)}
        for r, case in CASES.items():
            row |= {f"{key}_chance_{case}": outcome.by_case[r][key] for key, _ in heads}
            for status, target in statuses.items():
                row[f"{status}_median_pct_{case}"] = outcome.median(r, status, when=target.as_of)
        rows.append(row)

    def pair(stem, head, show):
        keys = tuple(f"{stem}_{case}" for case in CASES.values())
        return page.column(keys, head, lambda *values: " / ".join(map(show, values)))

    columns = [
        page.text_column("loans", "", lambda name: page.say(f"loans.{name}")),
        page.column(
            "delivered_bn_vnd", "compare.money", lambda x: amount_text(x, page), number_format="#,##0.##"
        ),
        *(pair(f"{key}_chance", head, page.chance) for key, head in heads),
        *(pair(f"{s}_median_pct", f"compare.rate_{s}", lambda x: page.number(x, 1)) for s in statuses),
    ]
    return beside(html_table("loans", page.say("loans.caption"), pd.DataFrame(rows), columns))
