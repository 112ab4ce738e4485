"""The answer and its panels: chances under both readings of the money, generated from results."""

from giamngheo.analysis.money_needed import MOST_MONEY
from giamngheo.language import (
    CHANCE_CLASSES,
    chance,
    chance_word,
    day,
    has_phrase,
    number,
    percent,
    say,
)
from giamngheo.report.exhibits import (
    Column,
    Exhibit,
    bullets,
    escape,
    folded,
    plain,
    prose,
    rich,
    stack,
    table,
)
from giamngheo.report.fan import target_text
from giamngheo.report.trend.rates import promise_text
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, above_target, level_pair

NAMES = {1: "continued", 0: "new"}


def when_text(date, lang):
    """``cuối năm 2015`` for the last day of a year, else the day (str)."""
    if (date.month, date.day) == (12, 31):
        return say("words.end_of", lang, year=str(date.year))
    return day(date, lang)


def count_word(n, lang):
    """A small number as a word at the start of a sentence, else in digits (str)."""
    return say(f"number.word_{n}", lang) if has_phrase(f"number.word_{n}") else number(n, lang)


def answer(package, result, lang):
    """The two sentences of the answer, and what they cannot say.

    Parameters
    ----------
    package : Package
    result : Outcome
        Of the full plan, or of any other scenario, which is then named.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    targets = level_pair(package)
    first = targets.get("poor") or next(iter(targets.values()))
    full = result.scenario.id == "full_plan"
    values = {"target": promise_text(first, lang), "when": when_text(first.as_of, lang)}
    words, both = (_chance_words(result, key, lang) for key in (first.target, BOTH))
    several = len(targets) > 1
    if full:
        for r in CASES:
            pair = {"p": both[f"p{r}"], "w": both[f"w{r}"]} if several else {}
            values[f"both{r}"] = say(f"answer.both{r}", lang, **pair) if several else ""
        sentence = say("answer.pair", lang, **words, **values)
    else:
        values["both"] = say("answer.scenario_both", lang, **both) if several else ""
        sentence = say("answer.pair_scenario", lang, title=result.scenario.title[lang], **words, **values)
    poor = [row for row in package.readings if (row.group, row.status) == ("all", "poor")]
    unknown = say("answer.unidentified", lang, n=count_word(len(poor), lang))
    return prose(sentence, unknown, css="answer")


def _chance_words(result, key, lang):
    """Both chances of a target with their words: p1, w1, p0, w0; empty where there is no such target."""
    chances = {r: result.by_case[r].get(key) for r in CASES}
    if None in chances.values():
        return {}
    numbers = {f"p{r}": chance(p, lang) for r, p in chances.items()}
    return numbers | {f"w{r}": chance_word(p, lang) for r, p in chances.items()}


def panels(package, result, variants, needs, lang):
    """One panel a target and one for both: chances as a pair, expected rate, households, pace, what would
    turn it.

    Parameters
    ----------
    package : Package
    result : Outcome
        Of the full plan.
    variants : mapping of str to Outcome
        "hard_core" and "fixed_gap", as far as the package has them.
    needs : mapping of (str, int) to dict
        As of `analysis.sensitivity.cases.even_chance`.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    targets = level_pair(package)
    if "near_poor" not in targets:  # the gap between the thresholds is about them alone
        variants = {name: result for name, result in variants.items() if name != "fixed_gap"}
    above = {r: above_target(package, result.simulations[r]) for r in CASES}
    parts = []
    for status, target in targets.items():
        name = say(f"panel.{status}", lang, target=target_text(target, lang))
        rates = _rate_rows(result, status, "panel.rate", lang)
        parts.append(_panel(target.target, name, target.as_of, result, rates, above, variants, needs, lang))
    if len(targets) > 1:
        rates = _rate_rows(result, "poor_or_near_poor", "panel.sum_rate", lang)
        last = max(target.as_of for target in targets.values())
        parts.append(_panel(BOTH, say("panel.both", lang), last, result, rates, above, variants, needs, lang))
    draws = number(result.simulations[1].trend.n_draws, lang)
    note = say("panel.note", lang, draws=draws, most=number(MOST_MONEY, lang))
    html = "\n".join(f'<section class="panel">\n{part.html}\n</section>' for part in parts)
    text = "\n\n".join(part.text for part in parts)
    whole = Exhibit(
        "panels",
        "",
        f'<div class="panels">\n{html}\n</div>\n<p class="note">{rich(note)}</p>',
        f"{text}\n{note}",
    )
    return stack(whole, folded(say("panel.scale_title", lang), scale_table(lang)), kind="panels")


def _panel(key, name, as_of, result, rates, above, variants, needs, lang):
    chances = {r: result.by_case[r][key] for r in CASES}
    figures = "".join(
        f'<p class="chance {NAMES[r]}"><span class="mark" aria-hidden="true">{"●" if r else "◇"}</span> '
        f"<b>{escape(chance(chances[r], lang))}</b> {escape(chance_word(chances[r], lang))}"
        f"<small>{escape(say(f'case.{NAMES[r]}', lang))}</small></p>"
        for r in CASES
    )
    rows = list(rates)
    if key in above[1]:
        rows.append([say("panel.households", lang), *(number(above[r][key], lang, -2) for r in CASES)])
    rows.append(
        [say("panel.break_even", lang), *(_needed(needs[key, r]["share_of_plan"], lang) for r in CASES)]
    )
    exits = [needs[key, r]["exits_per_bn"] for r in CASES]
    if None not in exits:
        words = (number(value, lang, 1) for value in exits)
        rows.append([say("panel.exits", lang), *words])
    rows += _variant_rows(key, variants, lang)
    columns = [Column("", False), *(Column(say(f"case.short_{NAMES[r]}", lang)) for r in CASES)]
    caption = say("panel.caption", lang, name=name, when=when_text(as_of, lang))
    numbers = table(caption, columns, rows, css="panel-table")
    head = f"<h3>{escape(name)}</h3>\n"
    words = "\n".join(
        f"{say(f'case.{NAMES[r]}', lang)}: {chance(chances[r], lang)} ({chance_word(chances[r], lang)})"
        for r in CASES
    )
    return Exhibit(
        "panel",
        name,
        head + figures + strip(chances, lang) + numbers.html,
        f"{name}\n{words}\n{numbers.text}",
    )


def _rate_rows(result, status, key, lang):
    spans = [result.interval(r, status) for r in CASES]
    return [
        [say(key, lang), *(percent(result.median(r, status), lang, 1) for r in CASES)],
        [
            say("panel.interval", lang),
            *(
                say("words.range", lang, low=number(low, lang, 1), high=number(high, lang, 1))
                for low, high in spans
            ),
        ],
    ]


def _needed(times, lang):
    if times is None:
        return say("panel.break_even_none", lang)
    if times == 0:
        return say("panel.break_even_zero", lang)
    return say("panel.break_even_times", lang, times=number(times, lang, 1))


def _variant_rows(key, variants, lang):
    rows = []
    for name, result in variants.items():
        words = {}
        if name == "hard_core":
            words["core"] = percent(float(result.scenario.assumptions["hard_core_pct"]["fixed"]), lang)
        rows.append(
            [say(f"panel.{name}", lang, **words), *(chance(result.by_case[r][key], lang) for r in CASES)]
        )
    return rows


def strip(chances, lang):
    """Both chances as marks on a bar from 0 to 100 %: a filled dot for r = 1, an open diamond for r = 0.

    Parameters
    ----------
    chances : mapping of int to float
        r to probability.
    lang : {"vi", "en"}

    Returns
    -------
    str
        SVG.
    """
    label = escape(say("panel.strip", lang, p1=chance(chances[1], lang), p0=chance(chances[0], lang)))
    one, zero = (f"{8 + 224 * chances[r]:.1f}" for r in CASES)
    ticks = "".join(f'<path d="M{8 + 224 * t:g} 15v6" stroke="#6b6b6b"/>' for t in (0, 0.5, 1))
    words = "".join(
        f'<text x="{8 + 224 * t:g}" y="33" text-anchor="{anchor}">{100 * t:g} %</text>'
        for t, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )
    return (
        f'<svg class="strip" viewBox="0 0 240 36" role="img" aria-label="{label}" '
        f'font-family="\'DejaVu Sans\', Verdana, sans-serif" font-size="10" fill="#1a1a1a">'
        f'<path d="M8 14H232" stroke="#dddddd" stroke-width="6" '
        f'stroke-linecap="round"/>{ticks}<path d="M{zero} 8l6 6l-6 6l-6 -6z" fill="#fff" stroke="#D55E00" '
        f'stroke-width="2"/><circle cx="{one}" cy="14" r="5.5" fill="#0072B2"/>{words}</svg>'
    )


def scale_table(lang):
    """The fixed scale of words for chances.

    Parameters
    ----------
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    rows, upper = [], None
    for key, lower in CHANCE_CLASSES:
        low, high = percent(100 * lower, lang, 0), percent(100 * (upper or 1), lang, 0)
        if upper is None:
            span = say("panel.scale_from", lang, low=low)
        elif lower == 0:
            span = say("panel.scale_under", lang, high=high)
        else:
            span = say("panel.scale_between", lang, low=low, high=high)
        rows.append([span, say(f"chance.{key}", lang)])
        upper = lower
    columns = [Column(say("panel.scale_chance", lang), False), Column(say("panel.scale_word", lang), False)]
    return table(say("panel.scale_title", lang), columns, rows, note=say("panel.scale_note", lang))


def pace_sentences(package, pace, lang):
    """Required against observed pace of each target and of both together.

    Parameters
    ----------
    package : Package
    pace : DataFrame
        As of `simulation.targets.required_pace`.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    targets = level_pair(package)
    line = package.last_line[0].poverty_line
    items, sums = [], []
    for target in targets.values():
        own = pace[pace["target"] == target.target]
        newest = own[own["poverty_line"] == line]
        if newest.empty:
            continue
        row = newest.iloc[-1]
        sums.append(row)
        name = say(f"panel.{target.status}", lang, target=target_text(target, lang))
        items.append(
            _pace_item(
                name, row["observed_pp"], row["required_pp"], row, target.as_of, _bases(own, lang), lang
            )
        )
    if len(sums) > 1:
        observed, required = (sum(row[name] for row in sums) for name in ("observed_pp", "required_pp"))
        last = max(target.as_of for target in targets.values())
        items.append(_pace_item(say("panel.both", lang), observed, required, sums[0], last, "", lang))
    return bullets(items)


def _pace_item(name, observed, required, row, as_of, bases, lang):
    first, last = (day(row[key], lang) for key in ("base_as_of", "last_as_of"))
    text = say(
        "panel.pace",
        lang,
        name=name,
        required=_change(required, lang),
        n=number(as_of.year - row["last_as_of"].year, lang),
        observed=_change(observed, lang),
        span=say("panel.span", lang, first=first, last=last),
    )
    return f"{text} {bases}".strip()


def _change(points, lang):
    text = number(abs(points), lang, 2)
    key = "fall" if points < 0 else "rise" if points > 0 else "still"
    return say(f"panel.{key}", lang, **({} if key == "still" else {"n": text}))


def _bases(own, lang):
    ratios = sorted(own["ratio"])
    if len(ratios) == 1:
        return say("panel.pace_one_base", lang, ratio=percent(100 * ratios[0], lang, 0))
    low, high = (percent(100 * ratio, lang, 0) for ratio in (ratios[0], ratios[-1]))
    return say("panel.pace_bases", lang, low=low, high=high)


def conclusion(result, variants, total, lang):
    """One sentence that ends the tour: what the answer hangs on.

    Parameters
    ----------
    result : Outcome
    variants : mapping of str to Outcome
    total : str
        The planned money in words.
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    key = next(iter(result.by_case[1]))
    core = variants["hard_core"]
    words = {f"p{r}": chance(result.by_case[r][key], lang) for r in CASES}
    words |= {f"h{r}": chance(core.by_case[r][key], lang) for r in CASES}
    share = percent(float(core.scenario.assumptions["hard_core_pct"]["fixed"]), lang)
    return prose(say("conclusion.start", lang, total=total, core=share, **words), css="conclusion")


def header(package, lang):
    """Title of the report (str).

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}
    """
    labels = package.labels
    decision = say("report.decision", lang, number=labels.decision)
    values = {
        "province": getattr(labels, f"province_{lang}"),
        "decision": decision,
        "date": day(labels.date, lang),
    }
    return plain(say("report.title", lang, **values))
