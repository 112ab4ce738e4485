"""The money: what the plan names, what it comes to for a poor household, and by line, source and year."""

from fractions import Fraction

import numpy as np
import pandas as pd

from giamngheo.inputs.tables import SOURCES
from giamngheo.report.figure_style import GREY, INK, ORANGE, Sizes, clipped, figure_exhibit, number_ticks
from giamngheo.report.html import finding, folded, prose, stack, table
from giamngheo.report.wording import amount_text, case_text, first_upper, years_text
from giamngheo.simulation.money import UNTOLD, exact_sources
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.spending import WHO

# From light to dark, in the order of the legend: told apart without colour too.
_COLOURS = {"central": "#bcdcf0", "provincial": ORANGE, "mobilised": "#00523d", UNTOLD: "#d9d9d9"}


def sentences(page, gap_bn, effect_pp):
    """The plan's effect, its money and its loans by the poor household, the poverty gap with the caution.

    gap_bn: draws of the poverty gap, billion VND a year, or None; effect_pp: draws of what the whole plan does.
    """
    package, told = page.package, []
    total, years, last = package.total_bn(), len(package.years), package.last_counted()
    if last is not None and total:

        def each(billions):
            return page.number(float(billions) * 1000 / years / last.households, 1)

        told.append(
            page.say(
                "money.sentence",
                total=page.money(total),
                years=years_text(package.years),
                sources=_sources(page, total),
                per_household=each(total),
                households=page.households(last.households),
                when=page.day(last.as_of),
            )
        )
        credit = package.total_bn("credit")
        if credit:
            rest = total - credit
            words = {"credit": page.money(credit), "rest": page.money(rest), "per_household": each(rest)}
            told.append(page.say("money.credit", **words))
    if gap_bn is not None:
        low, middle, high = np.quantile(gap_bn, (0.1, 0.5, 0.9))
        ends = {"low": page.number(low, -1), "high": page.number(high, -1)}
        told.append(page.say("money.gap", gap=page.money(middle, -1), **ends))
    low, middle, high = np.quantile(effect_pp, (0.1, 0.5, 0.9))
    ends = {"low": page.number(low, 1), "high": page.number(high, 1)}
    return stack(finding(page.say("money.effect", effect=page.points(middle, 1), **ends)), prose(*told))


def _sources(page, total):
    """What each source gives, with its share, and what is not told by source (str)."""
    sums = dict.fromkeys(SOURCES if any(row.told for row in page.package.budget_lines) else (), 0)
    for row in page.package.budget_lines:
        for source, value in exact_sources(row, len(page.package.years)).items():
            if value or row.told:
                sums[source] = sums.get(source, 0) + value
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
    """Money of the whole period by budget line, largest first, stacked by source, what was planned marked."""
    names, planned = page.line_names, money.by("line", which="planned")
    order = sorted(names, key=lambda line: (-planned[line], list(names).index(line)))
    parts = _parts(money).loc[order]
    totals = {line: round(float(amount), 6) for line, amount in money.by("line").items()}
    plan = {line: float(planned[line]) for line in order}
    differs = [line for line in order if abs(plan[line] - totals[line]) > 1e-6]
    whole = round(float(money.total), 6)
    frame = parts.stack().rename("delivered_bn_vnd").rename_axis(["line", "source"]).reset_index()
    frame.insert(1, "name", frame["line"].map(names))
    frame["line_planned_bn_vnd"] = frame["line"].map(plan)

    def draw(figure, narrow):
        ax = figure.subplots()
        y = np.arange(len(order))[::-1]
        left = np.zeros(len(order))
        for source in parts:
            width, colour = parts[source].to_numpy(), _COLOURS[source]
            ax.barh(
                y,
                width,
                left=left,
                height=0.5,
                edgecolor=GREY,
                linewidth=0.5,
                label=page.say(f"source.{source}"),
                color=colour,
            )
            left += width
        for place, line in zip(y, order, strict=True):
            if line in differs:
                ax.plot([plan[line]] * 2, [place - 0.38, place + 0.38], color=INK, linewidth=1.4)
        longest = max(max(plan.values()), max(left)) or 1
        for place, line, end in zip(y, order, left, strict=True):
            near = 1e-6 < plan[line] - end < 0.14 * longest  # the plan's mark is in the way of the number
            at = plan[line] if near else end
            ax.annotate(
                page.number(totals[line], 1 if totals[line] % 1 else 0),
                (at, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
            )
        if narrow:
            ax.set_yticks(y, [""] * len(y))
            for place, line in zip(y, order, strict=True):
                ax.annotate(
                    clipped(names[line], 46),
                    (0, place + 0.3),
                    xytext=(0, 0),
                    textcoords="offset points",
                    va="bottom",
                    fontsize=8,
                )
            ax.set_ylim(-0.5, len(order) - 0.1)
        else:
            ax.set_yticks(y, [clipped(names[line], 44) for line in order])
            ax.set_ylim(-0.6, len(order) - 0.4)
        ax.set_xlim(0, longest * 1.12)
        ax.tick_params(axis="y", length=0)
        number_ticks(ax.xaxis, page.lang)
        ax.set_xlabel(page.say("unit.bn_vnd"))
        ax.grid(axis="x")
        figure.legend(
            *ax.get_legend_handles_labels(), loc="outside upper left", ncols=1 if narrow else 3, fontsize=8.5
        )

    caption = page.say("figure.budget_caption")
    return figure_exhibit(
        "budget",
        page.say(
            "figure.budget_title",
            years=years_text(page.package.years),
            total=page.money(whole, 1 if whole % 1 else 0),
        ),
        f"{caption} {page.say('figure.budget_planned')}" if differs else caption,
        "; ".join(f"{names[line]}: {page.number(totals[line], 1)}" for line in order),
        draw,
        Sizes(4.2, 5.6),
        frame,
    )


def _parts(money, by="line"):
    """Billion VND delivered: a row a line or year, a column a source (DataFrame)."""
    rows = {}
    for (key, source), amount in money.by(by, "source").items():
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
    frame = _with_total(_parts(money).loc[[row.line for row in lines]], page)
    frame.insert(0, "name", [*(page.name(row) for row in lines), page.say("words.total")])
    frame.insert(1, "channel", [*(row.channel for row in lines), ""])
    whole = frame["total"].iloc[-1]
    frame["share_pct"] = 100 * frame["total"] / (whole or 1)
    frame["planned"] = [*(float(planned[row.line]) for row in lines), float(sum(planned.values()))]
    differs = money.delivered != money.planned
    columns = [
        page.text_column("name", "money.line"),
        page.text_column("channel", "money.channel", lambda key: page.say(f"channel.{key}") if key else ""),
        *_amounts(page, "money.delivered" if differs else "words.total", frame),
        page.number_column("share_pct", "money.share", 1),
        *([_amount(page, "planned", "money.planned")] if differs else []),
    ]
    caption = page.say("money.caption_lines", years=years_text(page.package.years))
    return table("money-by-line", caption, _in_bn_vnd(frame), columns, foot=1)


def _by_year(page, money):
    """Money by year and source."""
    frame = _with_total(_parts(money, "year").reindex(page.package.years, fill_value=0.0), page)
    frame.insert(0, "year", [*map(str, page.package.years), page.say("words.total")])
    columns = [page.text_column("year", "money.year"), *_amounts(page, "words.total", frame)]
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


def _with_total(parts, page):
    """The parts with a column and a last row of totals (DataFrame)."""
    parts = pd.concat([parts, parts.sum().to_frame("total").T])
    return parts.assign(total=parts.sum(axis=1))


def _in_bn_vnd(frame):
    return frame.rename(
        columns=lambda name: f"{name}_bn_vnd" if name in (*_COLOURS, "total", "planned") else name
    )


def _amounts(page, total, parts):
    sources = ((source, first_upper(page.say(f"source.{source}"))) for source in parts if source in _COLOURS)
    return [_amount(page, key, head) for key, head in (*sources, ("total", total))]


def _amount(page, key, head):
    return page.column(f"{key}_bn_vnd", head, lambda x: amount_text(x, page), number_format="#,##0.##")
