"""The chance of all targets over a grid, darker for higher: a table a case."""

from giamngheo.report import html
from giamngheo.report.grid.words import CHANCE, DELAY, PHASING, PROVINCIAL, SHARE, parameter_columns
from giamngheo.simulation.outcomes import CASES

ROWS = (DELAY, PHASING, PROVINCIAL)


def tables(page, chances):
    """From a frame with a row a scenario and case, as the notebook makes it of `run_batch`'s."""
    darkest = max(chances[CHANCE].max(), 0.2)
    parts = [_table(page, chances, case, darkest) for case in CASES.values()]
    notes = ["heat_note"] if PROVINCIAL in chances else ["heat_note", "no_provincial"]
    return html.stack(*parts, *(html.prose(page.say(f"grid.{note}"), css="note") for note in notes))


def _table(page, chances, case, darkest):
    tidy = chances[chances["case"] == case]
    rows = [name for name in ROWS if name in tidy]
    own = tidy.pivot(index=rows, columns=SHARE, values=CHANCE)
    first = len(rows)
    shades = {
        (i, first + j): chance / darkest
        for i, row in enumerate(own.to_numpy())
        for j, chance in enumerate(row)
        if chance == chance  # a scenario that failed has none
    }
    names = {share: f"chance_{share:g}" for share in own.columns}
    columns = parameter_columns(page, tidy, ROWS)
    columns += [page.chance_column(name, page.percent(100 * share, 0)) for share, name in names.items()]
    frame = own.rename(columns=names).reset_index()
    caption = page.say("grid.heat_caption", case=page.say(f"case.{case}"))
    return html.table(
        f"grid-{case}", caption, frame, columns, shades=shades, css="heat", row_heads=0, tidy=tidy
    )
