"""The multiple of the planned money that a given chance needs, with the loans and without them."""

from itertools import product

import pandas as pd

from giamngheo.analysis.money_needed import MOST_MONEY
from giamngheo.report import html
from giamngheo.report.columns import is_missing
from giamngheo.report.wording import target_heads
from giamngheo.simulation.outcomes import CASES


def table(page, solved, without=None):
    """From frames of `analysis.money_needed.money_for_chances`: of the plan, and of the plan without its loans."""
    total = page.package.total_bn()
    lent = page.package.total_bn("credit")
    parts = [("with", solved, total)]
    parts += [("without", without, total - lent)] if without is not None and lent else []
    heads = dict(target_heads(page))
    levels = sorted(set(solved["chance_asked"]))
    multiples = {level: f"multiple_{round(100 * level)}_pct" for level in levels}
    tidy = pd.concat([found.assign(loans=name, money_bn_vnd=float(bn)) for name, found, bn in parts])
    rows = []
    for key, case, (loans, found, bn) in product(heads, CASES.values(), parts):
        own = found[(found["target"] == key) & (found["case"] == case)].set_index("chance_asked")
        row = {"target": key, "case": case, "loans": loans, "money_bn_vnd": float(bn)}
        row |= {name: own.loc[level, "multiple"] for level, name in multiples.items()}
        rows.append(row | {"chance_at_most": own["chance_at_most"].iloc[0]})

    def cell(times, money):
        if is_missing(times):
            return page.say("solve.beyond")
        if times == 0:
            return page.say("solve.zero")
        return page.say("solve.times", times=page.number(times, 1), money=page.number(times * money, -2))

    columns = [
        page.text_column("target", "solve.target", heads.get),
        page.text_column("case", "solve.reading", lambda case: page.say(f"case.short_{case}")),
    ]
    if len(parts) > 1:
        columns.append(page.text_column("loans", "solve.loans", lambda name: page.say(f"loans.{name}")))
    for level, name in multiples.items():
        head = page.say("solve.chance", p=page.percent(100 * level, 0))
        columns.append(page.column((name, "money_bn_vnd"), head, cell))
    most = page.number(MOST_MONEY)
    columns.append(page.chance_column("chance_at_most", page.say("solve.at_most", most=most)))
    note = page.say("solve.note", most=most)
    note += f" {page.say('solve.note_loans')}" if len(parts) > 1 else ""
    caption, frame = page.say("solve.caption"), pd.DataFrame(rows)
    return html.table("money-for-a-chance", caption, frame, columns, note=note, tidy=tidy)
