"""The chance of all targets at once over the two assumptions that move it most."""

import numpy as np

from giamngheo.analysis.sensitivity.cases import MONEY
from giamngheo.report.assumption_words import assumption_name, short, unit
from giamngheo.report.html import heats, prose, stack, table
from giamngheo.report.turning_points import NOTHING
from giamngheo.report.wording import first_upper, joint_name
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH


def sentence(page, grid, register):
    """Between which chances the two assumptions of a grid take the answer, of `analysis.sensitivity.chance_map`."""
    if grid.empty:
        return NOTHING
    joint = grid[grid["target"] == BOTH].groupby("case")["chance"]
    words = {}
    for r, case in CASES.items():
        words |= {f"low{r}": page.chance(joint.min()[case]), f"high{r}": page.chance(joint.max()[case])}
    words |= _names(page, grid, register)
    return prose(page.say("sensitivity.map_intro", joint=joint_name(page), **words))


def tables(page, grid, register):
    """The chance of all targets at once over two assumptions, one shaded table a case."""
    if grid.empty:
        return prose(page.say("sensitivity.map_none"))
    first, second = grid.columns[:2]
    joint = grid[grid["target"] == BOTH]
    deepest = max(joint["chance"].max(), 0.2)
    parts = []
    for case in CASES.values():
        tidy = joint[joint["case"] == case]
        cells = tidy.pivot(index=first, columns=second, values="chance")
        keys = [f"{second}={short(value):g}" for value in cells.columns]
        columns = [page.text_column(first, "", lambda value: page.number(short(value)))]
        columns += [
            page.chance_column(key, page.number(short(value)))
            for key, value in zip(keys, cells.columns, strict=True)
        ]
        caption = page.say(
            "sensitivity.map_caption", joint=first_upper(joint_name(page)), reading=page.say(f"case.{case}")
        )
        shades = {(i, j + 1): p / deepest for (i, j), p in np.ndenumerate(cells.to_numpy())}
        frame = cells.set_axis(keys, axis=1).reset_index()
        parts.append(table(f"map-{case}", caption, frame, columns, shades=shades, css="heat", tidy=tidy))
    units = {"first_unit": _unit(page, first, register), "second_unit": _unit(page, second, register)}
    note = page.say("sensitivity.map_note", **_names(page, grid, register), **units)
    return stack(heats(parts), prose(note, css="note"))


def _unit(page, name, register):
    return page.say("sensitivity.unit.share_of_plan") if name == MONEY else unit(register[name], page)


def _names(page, grid, register):
    names = zip(("first", "second"), grid.columns[:2], strict=True)
    return {key: assumption_name(name, register, page) for key, name in names}
