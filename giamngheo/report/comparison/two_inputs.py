"""Chances for every pair of a share of the plan delivered and r, darker for higher."""

from giamngheo.inputs.judged import targets_of_all
from giamngheo.report import html
from giamngheo.report.wording import case_text, first_upper, joint_name, promise_text, told_apart
from giamngheo.simulation.targets import BOTH


def tables(page, grid):
    """A table of all targets at once, then of each, from the frame of `analysis.money_needed.two_inputs`."""
    captions = {
        target.target: page.say("heat.caption", target=told_apart(target, page, promise_text(target, page)))
        for target in targets_of_all(page.package)
    }
    if len(captions) > 1:
        captions = {BOTH: page.say("heat.caption_joint", joint=first_upper(joint_name(page)))} | captions
    darkest = max(grid[grid["target"].isin(captions)]["chance"].max(), 0.2)
    parts = [_table(page, grid, key, caption, darkest) for key, caption in captions.items()]
    return html.stack(html.heats(parts), html.prose(page.say("heat.note"), css="note"))


def _table(page, grid, key, caption, darkest):
    tidy = grid[grid["target"] == key]
    own = tidy.pivot(index="share_of_plan", columns="r", values="chance")
    cases = list(dict.fromkeys(grid["r"]))
    shades = {
        (i, j): chance / darkest
        for i, row in enumerate(own[cases].to_numpy())
        for j, chance in enumerate(row, start=1)
    }
    names = {r: f"chance_r_{r:g}" for r in cases}
    columns = [page.text_column("share_of_plan", "heat.share", lambda share: page.percent(100 * share, 0))]
    columns += [page.chance_column(name, first_upper(case_text(r, page))) for r, name in names.items()]
    frame = own[cases].rename(columns=names).reset_index()
    name = f"two-inputs-{key}"
    return html.table(name, caption, frame, columns, shades=shades, css="heat", tidy=tidy)
