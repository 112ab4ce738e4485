"""Required against observed pace of each target, and of the poor and near-poor together."""

from giamngheo.dates import decimal_year
from giamngheo.inputs.judged import targets_of_all
from giamngheo.report.columns import Table
from giamngheo.report.html import bullets, plain
from giamngheo.report.wording import told_apart


def sentences(page, pace):
    """A sentence a target, and one for two that add up, from what `analysis.pace.required_pace` gives."""
    targets = targets_of_all(page.package)
    line = page.package.last_line[0].poverty_line
    items, newest = [], []
    for target in targets:
        own = pace[pace["target"] == target.target]
        on_line = own[own["poverty_line"] == line]
        if on_line.empty:
            continue
        newest.append(on_line.iloc[-1])
        name = page.say(f"panel.{target.status}", target=told_apart(target, page))
        text = _sentence(page, name, newest[-1:], target.as_of)
        items.append(f"{text} {_bases(page, own)}".rstrip())
    if _add_up(targets, newest):
        items.append(_sentence(page, page.say("panel.both"), newest, targets[0].as_of))
    return bullets(
        items or [page.say("pace.none")], tables=[Table("pace", plain(page.say("pace.caption")), pace)]
    )


def _add_up(targets, rows):
    """Whether points are of two statuses over the same years: a household is poor or near-poor, never both (bool)."""
    spans = {(row["base_as_of"], row["last_as_of"]) for row in rows}
    apart = {target.status for target in targets}, {target.as_of for target in targets}
    return len(rows) == len(targets) == len(apart[0]) == 2 and len(spans) == len(apart[1]) == 1


def _sentence(page, name, rows, as_of):
    ahead = [row for row in rows if row["category"] != "met"]  # the others ask for nothing
    observed, required = sum(row["observed_pp"] for row in rows), sum(row["required_pp"] for row in ahead)
    first, last = (page.day(rows[0][key]) for key in ("base_as_of", "last_as_of"))
    left = decimal_year(as_of) - decimal_year(rows[0]["last_as_of"])
    return page.say(
        "panel.pace" if ahead else "panel.pace_met",
        name=name,
        required=_change(page, required),
        n=page.number(left, 0 if left.denominator == 1 else 1),
        observed=_change(page, observed),
        span=page.say("panel.span", first=first, last=last),
    )


def _change(page, points):
    if not points:
        return page.say("panel.still")
    return page.say("panel.fall" if points < 0 else "panel.rise", n=page.number(abs(points), 2))


def _bases(page, own):
    if own["ratio"].max() < 0:
        return page.say("panel.pace_away")
    if own["ratio"].isna().all():
        return ""
    low, high = (page.percent(100 * ratio, 0) for ratio in (own["ratio"].min(), own["ratio"].max()))
    if len(own) == 1:
        return page.say("panel.pace_one_base", ratio=low)
    return page.say("panel.pace_bases", low=low, high=high)
