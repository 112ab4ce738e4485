"""Tables of what the answer hangs on: Sobol indices, the tornado, a map of two assumptions, turns."""

import numpy as np

from giamngheo.analysis.sensitivity.sobol_indices import CONTINUITY, POINTS, TRIM
from giamngheo.analysis.sensitivity.tornado import swing_table
from giamngheo.analysis.sensitivity.turning_points import BEYOND, SMALL, joint_swings, sobol_rows, spans
from giamngheo.language import chance, chance_word, number, percent, points, say
from giamngheo.report.assumption_words import unit
from giamngheo.report.comparison.scenarios import target_heads
from giamngheo.report.exhibits import Column, Exhibit, folded, prose, stack, table
from giamngheo.report.sensitivity.figures import assumption_name, joint_name
from giamngheo.report.trend.rates import first_upper
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH


def small_text(lang):
    """The least swing that is shown, in percentage points (str)."""
    return points(100 * SMALL, lang, 0)


def short(value):
    """A number to two significant digits, three from 1 on (float)."""
    return float(f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}")


def headed(name, register, lang):
    """An assumption in a few words at the head of a row (str); the letter r stays small."""
    words = assumption_name(name, register, lang)
    return words if words.startswith("r,") else first_upper(words)


def unit_text(name, register, lang):
    """The unit of an assumption in words (str)."""
    return unit(register[name], Page(None, lang))


def range_text(name, ranges, register, lang):
    """The range that an assumption was taken through, in words (str).

    Parameters
    ----------
    name : str
    ranges : mapping of str to tuple of float
        As of `analysis.sensitivity.turning_points.spans`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}
    """
    words = {
        CONTINUITY: "sensitivity.to.new_money",
        "reference": "sensitivity.to.other_groups",
        "gap_moves": "sensitivity.to.still",
        BEYOND: "sensitivity.to.as_last",
    }
    if name in words:
        return say(words[name], lang)
    low, high = (number(short(value), lang) for value in ranges[name])
    return say("sensitivity.span_unit", lang, low=low, high=high, unit=unit_text(name, register, lang))


def span_text(low, high, lang):
    """Two chances in whole percent, without a unit: ``1–12``, or one where they round to the same (str)."""
    ends = [number(100 * p, lang, 0) for p in (low, high)]
    return ends[0] if ends[0] == ends[1] else say("words.range", lang, low=ends[0], high=ends[1])


def tornado_table(package, rows, register, lang):
    """How far each assumption takes the chance of each target, those that move the joint chance most first.

    Parameters
    ----------
    package : Package
    rows : list of dict
        As of `analysis.sensitivity.turning_points.one_each`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
        Folded.
    """
    heads, ranges = target_heads(package, lang), spans(rows)
    found = swing_table(rows).set_index(["assumption", "r", "target"])
    base = rows[0]["pair"].by_case
    columns = [
        Column(say("sensitivity.assumption", lang), False),
        Column(say("sensitivity.plausible", lang), False),
    ]
    columns += [Column(head) for _, head in heads]
    first = ["; ".join(number(100 * base[r][key], lang, 0) for r in CASES) for key, _ in heads]
    cells = [[say("sensitivity.base_row", lang), "–", *first]]
    for name in joint_swings(rows):
        row = [
            headed(name, register, lang),
            range_text(name, ranges, register, lang),
        ]
        for key, _ in heads:
            parts = [
                span_text(*found.loc[(name, r, key), ["low", "high"]], lang)
                for r in CASES
                if (name, r, key) in found.index
            ]
            row.append("; ".join(parts))
        cells.append(row)
    joint = joint_name(package, lang)
    note = say("sensitivity.tornado_note", lang, joint=joint, small=small_text(lang))
    whole = table(say("sensitivity.tornado_caption", lang), columns, cells, note=note, css="long")
    return folded(say("sensitivity.tornado_fold", lang), whole)


def sobol_table(results, status, register, lang, points=POINTS):
    """Sobol indices of a rate under both readings, the small ones added up.

    Parameters
    ----------
    results : mapping of int to DataFrame
        r to indices, as of `analysis.sensitivity.sobol_indices.sobol`.
    status : str
        Whose rate it is.
    register : mapping of str to Assumption
    lang : {"vi", "en"}
    points : int
        Of the Sobol sequence.

    Returns
    -------
    Exhibit
    """
    names, by_input, rest, others = sobol_rows(results)
    columns = [Column(say("sensitivity.sobol_input", lang), False)]
    columns += [
        Column(say(f"sensitivity.sobol_{kind}", lang, r=number(r, lang)))
        for r in by_input
        for kind in ("first", "total")
    ]
    cells = []
    for name in names:
        row = [headed(name, register, lang)]
        for frame in by_input.values():
            row += [_index_text(frame, name, kind, lang) for kind in ("first", "total")]
        cells.append(row)
    if others:
        sums = [number(100 * value, lang, 1) for r in by_input for value in rest[r]]
        cells.append([say("sensitivity.sobol_rest", lang, n=number(others, lang)), *sums])
    note = say(
        "sensitivity.sobol_note", lang, small=percent(100 * SMALL, lang, 0), trim=percent(100 * TRIM, lang, 1),
        points=number(points, lang),
    )  # fmt: skip
    caption = say("sensitivity.sobol_caption", lang, who=say(f"status.{status}", lang))
    return table(caption, columns, cells, note=note, foot=1 if others else 0)


def _index_text(frame, name, kind, lang):
    if name not in frame.index or not frame.loc[name, "total"]:
        return number(0, lang)
    value, bound = (100 * frame.loc[name, column] for column in (kind, f"{kind}_bound"))
    return f"{number(value, lang, 1)} ± {number(bound, lang, 1)}"


def map_tables(package, grid, register, lang):
    """The chance of all targets at once over two assumptions, one shaded table a reading.

    Parameters
    ----------
    package : Package
    grid : DataFrame or None
        As of `analysis.sensitivity.turning_points.map_of_largest`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    if grid is None:
        return prose(say("sensitivity.map_none", lang))
    first, second = grid.columns[:2]
    joint = grid[grid["target"] == BOTH]
    deepest = max(joint["chance"].max(), 0.2)
    names = {
        "first": assumption_name(first, register, lang),
        "second": assumption_name(second, register, lang),
    }
    parts = []
    for r, reading in zip(CASES, ("continued", "new"), strict=True):
        cells = joint[joint["r"] == r].pivot(index=first, columns=second, values="chance")
        columns = [Column("", False), *(Column(number(short(value), lang)) for value in cells.columns)]
        rows = [
            [number(short(value), lang), *(chance(p, lang) for p in row)]
            for value, row in zip(cells.index, cells.to_numpy(), strict=True)
        ]
        shades = {(i, j + 1): p / deepest for (i, j), p in np.ndenumerate(cells.to_numpy())}
        caption = say(
            "sensitivity.map_caption",
            lang,
            joint=first_upper(joint_name(package, lang)),
            reading=say(f"case.{reading}", lang),
        )
        parts.append(table(caption, columns, rows, shades=shades, css="heat"))
    html = f'<div class="heats">{"".join(part.html for part in parts)}</div>'
    side_by_side = Exhibit("table", "", html, "\n\n".join(part.text for part in parts))
    units = {"first_unit": unit_text(first, register, lang), "second_unit": unit_text(second, register, lang)}
    return stack(
        side_by_side, prose(say("sensitivity.map_note", lang, **names, **units), css="note"), kind="table"
    )


def turns_table(package, found, values, register, lang):
    """Chances that cross one half or move by two words and more; the rest is counted.

    Parameters
    ----------
    package : Package
    found : DataFrame
        As of `analysis.sensitivity.tornado.turns`, of rows inside their ranges.
    values : mapping of (str, int, str) to float
        As of `analysis.sensitivity.turning_points.crossings`.
    register : mapping of str to Assumption
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
        A sentence where nothing turns.
    """
    heads = dict(target_heads(package, lang))
    found = found[found["target"].isin(list(heads))]
    large = found[found["side"] | (found["words"] > 1)]
    rest = found.drop(large.index)
    parts = []
    if not found["side"].any():
        parts.append(prose(say("sensitivity.turn_none", lang)))
    else:
        parts.append(prose(say("sensitivity.turn_some", lang, n=number(int(found["side"].sum()), lang))))
    if len(large):
        note = say("sensitivity.turn_note", lang)
        parts.append(_turn_rows(large, heads, values, register, lang, note))
    if len(rest):
        parts.append(prose(say("sensitivity.turn_rest", lang, n=number(len(rest), lang))))
    return stack(*parts, kind="table")


def _turn_rows(found, heads, values, register, lang, note):
    keys = ("turn_target", "assumption", "range", "turn_shown", "turn_there", "turn_half")
    columns = [Column(say(f"sensitivity.{key}", lang), key == "turn_half") for key in keys]
    cells = []
    for row in found.to_dict("records"):
        half = values.get((row["assumption"], row["r"], row["target"]))
        cells.append(
            [
                f"{heads[row['target']]}, r = {number(row['r'], lang)}",
                headed(row["assumption"], register, lang),
                changed_to(row, register, lang),
                *(
                    say("sensitivity.word", lang, p=chance(row[key], lang), word=chance_word(row[key], lang))
                    for key in ("base", "at")
                ),
                "–" if half is None else number(short(half), lang),
            ]
        )
    return table(say("sensitivity.turn_caption", lang), columns, cells, note=note, css="long")


def changed_to(row, register, lang):
    """What an assumption is changed to in a row of turns, with its unit (str)."""
    if row["to"] == "number" and row["assumption"] in register:
        return f"{number(short(row['value']), lang)} {unit_text(row['assumption'], register, lang)}"
    if row["to"] == "group":
        return say(f"reference.{row['value']}", lang)
    words = {"x": number(short(row["value"]), lang)} if row["to"] in ("number", "percent") else {}
    return say(f"sensitivity.to.{row['to']}", lang, **words)
