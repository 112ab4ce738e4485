"""The money: what the plan names, what it comes to for a poor household, and by line, source and year."""

from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PolyCollection

from giamngheo.analysis.plan_effect import poor_now
from giamngheo.inputs.tables import SOURCES
from giamngheo.report.figure_style import BLUE, GREEN, GREY, INK, ORANGE, Sizes, figure_exhibit, wrapped
from giamngheo.report.html import finding, folded, prose, stack, table
from giamngheo.report.wording import amount_text, case_text, count_word, first_upper, years_text
from giamngheo.simulation.money import UNTOLD, exact_sources
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.spending import WHO

LETTER = 0.065  # inches that one of a column's head takes
_COLOURS = {"central": BLUE, "provincial": ORANGE, "mobilised": GREEN, UNTOLD: GREY}


def sentences(page, gap_bn, effect_pp):
    """The plan's effect, its money and its loans by the poor household, the poverty gap with the caution.

    gap_bn: draws of the poverty gap, billion VND a year, or None; effect_pp: draws of what the whole plan does.
    """
    package, told = page.package, []
    total, years, now = package.total_bn(), len(package.years), poor_now(package)
    if now is not None:

        def each(billions):
            return page.number(float(billions) * 1000 / years / now.households, 1)

        told.append(
            page.say(
                "money.sentence",
                total=page.money(total),
                years=years_text(package.years),
                sources=_sources(page, total),
                per_household=each(total),
                households=page.households(round(now.households)),
                when=page.day(now.reading.as_of),
            )
        )
        if now.reading is not now.counted:
            told[-1] += f" {page.say('money.implied', when=page.day(now.counted.as_of))}"
        credit = package.total_bn("credit")
        if credit:
            rest = total - credit
            words = {"credit": page.money(credit), "rest": page.money(rest), "per_household": each(rest)}
            told.append(page.say("money.credit", **words))
    if gap_bn is not None:
        low, middle, high = np.quantile(gap_bn, (0.1, 0.5, 0.9))
        ends = {"low": page.number(low, -1), "high": page.number(high, -1)}
        cash = page.say("money.little_cash") if 2 * package.total_bn("cash") < total else ""
        told.append(page.say("money.gap", gap=page.money(middle, -1), cash=cash, **ends))
    low, middle, high = np.quantile(effect_pp, (0.1, 0.5, 0.9))
    ends = {"low": page.number(low, 1), "high": page.number(high, 1)}
    return stack(finding(page.say("money.effect", effect=page.points(middle, 1), **ends)), prose(*told))


def _sources(page, total):
    """What each source gives, with its share, and what is not told by source (str)."""
    if not total:
        return page.say("money.none")
    sums = dict.fromkeys((*SOURCES, UNTOLD), 0)
    for row in page.package.budget_lines:
        for source, value in exact_sources(row, len(page.package.years)).items():
            sums[source] += value
    sums = {source: value for source, value in sums.items() if value}
    if list(sums) == [UNTOLD]:
        return page.say("money.untold")
    return ", ".join(
        page.say(
            f"money.source_part_{source}" if source in ("mobilised", UNTOLD) else "money.source_part",
            source=page.say(f"source.{source}"),
            amount=page.money(round(float(value), 6), 1 if value % 1 else 0),
            share=page.percent(100 * value / Fraction(total), 1),
        )
        for source, value in sums.items()
    )


def chart(page, money):
    """Who gets how much: a row a budget line, largest first, a column a source at one scale, every amount written.

    A plan without money has a sentence in its place.
    """
    if not page.package.total_bn():
        return prose(page.say("figure.budget_none"))
    names, planned = page.line_names, money.by("line", which="planned")
    order = sorted(names, key=lambda line: (-planned[line], list(names).index(line)))
    given, plan = (_parts(money, which=which).loc[order] for which in ("delivered", "planned"))
    sources = [source for source in plan if plan[source].any()]
    differs = not np.allclose(given, plan)
    totals = given.sum(axis=1)
    pairs = {"delivered_bn_vnd": given[sources], "planned_bn_vnd": plan[sources]}
    frame = pd.concat({name: parts.stack() for name, parts in pairs.items()}, axis=1)
    frame = frame.rename_axis(["line", "source"]).reset_index()
    channels = {row.line: row.channel for row in page.package.budget_lines}
    frame.insert(1, "name", frame["line"].map(names))
    frame.insert(2, "channel", frame["line"].map(channels))

    def draw(figure, narrow):
        ax = figure.subplots()
        tall, room = (0.8, 3.55) if narrow else (0.36, 5.6)
        y = tall * np.arange(len(order))[::-1]
        bars, feet, outlines = [], [], []  # drawn together: one by one they cost more than all else
        longest = max(len(_amount_text(page, amount)) for amount in given[sources].to_numpy().flat)
        largest = [max(given[s].max(), plan[s].max()) for s in sources]
        starts, per_inch = _places(largest, room, narrow, max(0.42, LETTER * longest))
        for start, source in zip(starts, sources, strict=True):
            for place, line in zip(y, order, strict=True):
                width, outline = given.at[line, source] / per_inch, plan.at[line, source] / per_inch
                if most := max(width, outline):
                    bars.append((_bar(start, place, width), _COLOURS[source]))
                    feet.append([(start, place - 0.15), (start, place + 0.15)])
                    amount = _amount_text(page, given.at[line, source])  # in the room kept for it: no layout
                    _written(ax, amount, start + most + 0.05, place, in_layout=False)
                if differs and outline:
                    outlines.append(_bar(start, place, outline))
            whole, share = given[source].sum(), 100 * given[source].sum() / (totals.sum() or 1)
            room_of = min((other for other in starts if other > start), default=np.inf) - start
            letters = 12 if narrow else int(min(20, room_of / LETTER))
            head = wrapped(first_upper(page.say(f"source.{source}")), letters)
            head += f"\n{_amount_text(page, whole)} ({page.percent(share, 0)})"
            _written(ax, head, start, y[0] + (0.44 if narrow else 0.25), va="bottom", fontweight="bold")
        corners, colours = zip(*bars, strict=True)
        for drawn in (
            PolyCollection(corners, facecolors=colours),
            PolyCollection(outlines, facecolors="none", edgecolors=INK, linewidths=0.8),
            LineCollection(feet, colors=GREY, linewidths=0.7),
        ):
            ax.add_collection(drawn, autolim=False)
        for place, line in zip(y, order, strict=True):
            total = _amount_text(page, totals[line])
            if narrow:
                label = wrapped(f"{names[line]}: {total}", 52, 2)
                _written(ax, label, 0, place + 0.16, va="bottom", fontsize=7.5)
            else:
                _written(ax, wrapped(names[line], 42, 2), -0.65, place, ha="right")
                _written(ax, total, -0.08, place, ha="right", fontweight="bold")
                _written(ax, page.say(f"channel.{channels[line]}"), room, place, ha="right", color=GREY)
        if not narrow:
            words = {"ha": "right", "va": "bottom"}
            whole = f"{first_upper(page.say('words.total'))}\n{_amount_text(page, totals.sum())}"
            _written(ax, whole, -0.08, y[0] + 0.25, fontweight="bold", **words)
            _written(ax, page.say("money.channel"), room, y[0] + 0.25, color=GREY, **words)
        ax.set_xlim(0 if narrow else -3.3, room)
        ax.set_ylim(-0.25, y[0] + (1.05 if narrow else 0.65))
        ax.set_axis_off()
        ax.set(xticks=[], yticks=[])

    notes = [page.say("figure.budget_caption"), *([page.say("figure.budget_planned")] if differs else [])]
    told = "; ".join(
        f"{names[line]}: {page.number(totals[line], 1)} ("
        + ", ".join(f"{page.say(f'source.{s}')} {page.number(given.at[line, s], 1)}" for s in sources)
        + ")"
        for line in order
    )
    height = len(order)
    sizes = Sizes(0.9 + 0.36 * height, 1.3 + 0.5 * height, across=True)
    title = _title(page, totals, given.sum())
    return figure_exhibit("budget", title, " ".join(notes), told, draw, sizes, frame)


def _title(page, totals, sums):
    """How few lines take how much, and the largest source (str)."""
    whole = totals.sum()
    if not whole:
        return page.say("figure.budget_title_none")
    running = totals.sort_values(ascending=False).cumsum()
    few = int((running < 0.5 * whole - 1e-9).sum()) + 1
    source = sums.idxmax()
    words = {
        "few": count_word(few, page),
        "n": page.number(len(totals)),
        "share": page.percent(100 * running.iloc[few - 1] / whole, 0),
        "total": page.money(round(whole, 6), 1 if round(whole, 6) % 1 else 0),
        "source": page.say(f"figure.budget_from_{source}", share=page.percent(100 * sums[source] / whole, 0)),
    }
    key = "only" if len(totals) == 1 else "one" if few == 1 else "some"
    return first_upper(page.say(f"figure.budget_title_{key}", **words))


def _places(largest, room, narrow, number):
    """Where the columns start, inches from the first, and the billions an inch that fill the room with all of them.

    number: inches that an amount behind its bar takes.
    """
    head, low, high = 0.95 if narrow else 1.15, 1e-9, max(largest) + 1e6
    for _ in range(60):
        middle = np.sqrt(low * high)
        widths = np.maximum(np.array(largest) / middle + number, head)
        low, high = (middle, high) if widths.sum() > room - (0 if narrow else 0.75) else (low, middle)
    return np.concatenate([[0], np.cumsum(widths)[:-1]]), high


def _bar(start, place, width):
    """Corners of a lying bar (list of pairs)."""
    low, high, end = place - 0.1, place + 0.1, start + width
    return [(start, low), (end, low), (end, high), (start, high)]


def _written(ax, words, x, y, **look):
    ax.text(x, y, words, **{"va": "center", "fontsize": 8, "linespacing": 1.05} | look)


def _amount_text(page, bn):
    return page.number(round(bn, 6), 1 if round(bn, 6) % 1 else 0)


def _parts(money, by="line", which="delivered"):
    """Billion VND: a row a line or year, a column a source, and one for what has none if there is any (DataFrame)."""
    rows = {}
    for (key, source), amount in money.by(by, "source", which=which).items():
        rows.setdefault(key, {})[source] = float(amount)
    frame = pd.DataFrame.from_dict(rows, orient="index").fillna(0.0)
    planned = money.by("source", which="planned")
    told = [source for source in SOURCES if planned.get(source) or UNTOLD not in planned]
    return frame.reindex(columns=[*told, *({UNTOLD} & planned.keys())], fill_value=0.0)


def tables(page, money):
    """The money by line and source, and by year and source, folded."""
    return folded(page.say("money.table_fold"), stack(_by_line(page, money), _by_year(page, money)))


def _by_line(page, money):
    """Money by budget line and source over the period, with what was planned where it differs."""
    planned = money.by("line", which="planned")
    lines = sorted(page.package.budget_lines, key=lambda row: -planned[row.line])
    frame = _with_total(_parts(money).loc[[row.line for row in lines]])
    frame.insert(0, "name", [*(page.name(row) for row in lines), page.say("words.total")])
    frame.insert(1, "channel", [*(row.channel for row in lines), ""])
    whole = frame["total"].iloc[-1]
    frame["share_pct"] = 100 * frame["total"] / (whole or 1)
    frame["planned"] = [*(float(planned[row.line]) for row in lines), float(sum(planned.values()))]
    differs = money.delivered != money.planned
    columns = [
        page.text_column("name", "money.line"),
        page.text_column("channel", "money.channel", lambda key: page.say(f"channel.{key}") if key else ""),
        *_amounts(page, frame, "money.delivered" if differs else "words.total"),
        page.number_column("share_pct", "money.share", 1),
        *([_amount_column(page, "planned", "money.planned")] if differs else []),
    ]
    caption = page.say("money.caption_lines", years=years_text(page.package.years))
    return table("money-by-line", caption, _in_bn_vnd(frame), columns, foot=1)


def _by_year(page, money):
    """Money by year and source."""
    frame = _with_total(_parts(money, "year").reindex(page.package.years, fill_value=0.0))
    frame.insert(0, "year", [*map(str, page.package.years), page.say("words.total")])
    columns = [page.text_column("year", "money.year"), *_amounts(page, frame, "words.total")]
    return table("money-by-year", page.say("money.year_caption"), _in_bn_vnd(frame), columns, foot=1)


def ends(page, outcome):
    """Where the money of each line ends, folded; in words too what cannot be spent, from a hundredth on."""
    spending = outcome.spending
    if spending.empty:
        return prose()
    whole = spending[spending["line"] == "total"].set_index("case")
    part = whole["unspent_bn_vnd"] / whole["delivered_bn_vnd"].where(whole["delivered_bn_vnd"] > 0)
    ended = folded(page.say("money.ends_fold"), _ends_table(page, outcome))
    if not (part >= 0.01).any():
        return ended
    one, other = (page.money(whole["unspent_bn_vnd"][case], -1) for case in CASES.values())
    case = part.idxmax()
    words = {
        key: page.number(whole[f"unspent_{end}"][case], -1) for key, end in (("low", "q10"), ("high", "q90"))
    }
    words["case"] = case_text(outcome.named[case].scenario.continuity, page)
    return stack(prose(page.say("money.unspent", one=one, other=other, **words)), ended)


def _ends_table(page, outcome):
    frame, names = outcome.own.spending, page.line_names | {"total": page.say("words.total")}
    frame = frame[(frame["delivered_bn_vnd"] > 0) | (frame["line"] == "total")]
    frame = frame.assign(name=frame["line"].map(names))
    heads = {"delivered": "money.delivered"} | {who: f"money.ends.{who}" for who in WHO}
    columns = [
        page.text_column("name", "money.line"),
        *(page.number_column(f"{key}_bn_vnd", head, 1) for key, head in heads.items()),
    ]
    caption = page.say("money.ends_caption", case=case_text(outcome.own.scenario.continuity, page))
    return table("money-ends", caption, frame, columns, foot=1)


def _with_total(parts):
    """The parts with a column and a last row of totals (DataFrame)."""
    parts = pd.concat([parts, parts.sum().to_frame("total").T])
    return parts.assign(total=parts.sum(axis=1))


def _in_bn_vnd(frame):
    return frame.rename(
        columns=lambda name: f"{name}_bn_vnd" if name in (*_COLOURS, "total", "planned") else name
    )


def _amounts(page, frame, total):
    sources = ((source, first_upper(page.say(f"source.{source}"))) for source in _COLOURS if source in frame)
    return [_amount_column(page, key, head) for key, head in (*sources, ("total", total))]


def _amount_column(page, key, head):
    return page.column(f"{key}_bn_vnd", head, lambda x: amount_text(x, page), number_format="#,##0.##")
