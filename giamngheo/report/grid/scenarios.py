"""Every scenario of a grid in one table, and what the grid comes to."""

from giamngheo.report import html
from giamngheo.report.grid.words import MONEY, parameter_columns
from giamngheo.report.wording import of_cases, target_heads
from giamngheo.simulation.outcomes import CASES


def table(page, wide):
    """From a frame with a row a scenario: its parameters, its money, the chance of all targets in each case."""
    columns = [
        *parameter_columns(page, wide),
        page.number_column(MONEY, "grid.money", 0),
        page.column(tuple(CASES.values()), target_heads(page)[-1][1], of_cases(page.chance)),
    ]
    shown = html.table("grid-scenarios", page.say("grid.table_caption"), wide, columns, row_heads=0)
    return html.folded(page.say("grid.table_fold", n=page.number(len(wide))), shown)


def conclusion(page, wide, best):
    """How far a grid moves the chance of all targets, and how few of its scenarios no other beats."""
    words = {"n": page.number(len(wide))}
    for r, case in CASES.items():
        words |= {f"low{r}": page.chance(wide[case].min()), f"high{r}": page.chance(wide[case].max())}
        words[f"on{r}"] = page.number(int((best["case"] == case).sum()))
    return html.prose(page.say("grid.conclusion", **words), css="conclusion")
