"""Tables of scenarios: results, with and without loans, other priors."""

from giamngheo.language import chance, day, households, number, percent, say
from giamngheo.report.exhibits import Column, plain, table
from giamngheo.report.fan import target_text
from giamngheo.report.scenario.money import amount
from giamngheo.report.trend.rates import first_upper
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, above_target, level_pair


def with_and_without_loans(package, whole, without, lang):
    """Chances and rates of a scenario with its loans and without them.

    Parameters
    ----------
    package : Package
    whole, without : Outcome
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    heads = target_heads(package, lang)
    columns = [Column("", False), Column(say("compare.money", lang)), *(Column(head) for _, head in heads)]
    columns += [Column(say(f"compare.rate_{status}", lang)) for status in level_pair(package)]
    rows = []
    for name, result in (("with", whole), ("without", without)):
        cells = [say(f"loans.{name}", lang), amount(result.simulations[1].money.total, lang)]
        cells += [" / ".join(chance(result.by_case[r][key], lang) for r in CASES) for key, _ in heads]
        for status in level_pair(package):
            cells.append(" / ".join(number(result.median(r, status), lang, 1) for r in CASES))
        rows.append(cells)
    return table(say("loans.caption", lang), columns, rows)


def target_heads(package, lang):
    """Columns of targets: (id, heading), the joint one last when there are several."""
    targets = level_pair(package)
    heads = [
        (
            target.target,
            f"{say(f'status.{status}_short', lang)} {target_text(target, lang)}",
        )
        for status, target in targets.items()
    ]
    return heads + ([(BOTH, say("compare.both", lang))] if len(targets) > 1 else [])


def results_table(package, result, lang):
    """Chances, rates and households of one scenario under both readings.

    Parameters
    ----------
    package : Package
    result : Outcome
    lang : {"vi", "en"}

    Returns
    -------
    Exhibit
    """
    columns = [Column("", False), *(Column(say(f"case.{name}", lang)) for name in ("continued", "new"))]
    above = {r: above_target(package, result.simulations[r]) for r in CASES}
    rows = []
    for key, head in target_heads(package, lang):
        name = f"{say('panel.chance', lang)}: {head}"
        rows.append([name, *(chance(result.by_case[r][key], lang) for r in CASES)])
    for status in level_pair(package):
        rows.append(
            [
                first_upper(say(f"status.{status}", lang)),
                *(rate_text(result, r, status, lang) for r in CASES),
            ]
        )
    for key, head in target_heads(package, lang):
        if key in above[1]:
            name = f"{say('panel.households', lang)}: {head}"
            rows.append([name, *(households(above[r][key], lang, -2) for r in CASES)])
    when = day(result.simulations[1].years[-1], lang)
    return table(say("scenario_table.caption", lang, when=when), columns, rows)


def rate_text(result, r, status, lang):
    """Median rate with its 80 % interval (str)."""
    low, high = result.interval(r, status)
    span = say("words.range", lang, low=number(low, lang, 1), high=number(high, lang, 1))
    return f"{percent(result.median(r, status), lang, 1)} ({span})"


def priors_table(package, results, lang, known_by):
    """The forecast under other groups of comparable series.

    Parameters
    ----------
    package : Package
    results : mapping of str to Outcome
        By group of comparable series.
    lang : {"vi", "en"}
    known_by : datetime.date

    Returns
    -------
    Exhibit
    """
    heads = target_heads(package, lang)
    columns = [Column(say("trust.prior", lang), False), Column(say("trust.n_series", lang))]
    columns += [
        *(Column(say(f"trust.{name}", lang)) for name in ("drift", "persistence", "scale")),
        *(Column(say(f"compare.rate_{s}", lang)) for s in level_pair(package)),
    ]
    columns += [Column(head) for _, head in heads]
    rows = []
    for group, result in results.items():
        prior = result.simulations[1].trend.prior
        drift = f"{number(prior.mean, lang, 3)} ± {number(prior.sd, lang, 3)}"
        cells = [first_upper(say(f"reference.{group}", lang)), number(prior.n_series, lang), drift]
        cells.append(number(prior.persistence, lang, 2))
        cells.append("–" if prior.scale is None else number(prior.scale, lang, 3))
        cells += [number(result.median(1, status), lang, 1) for status in level_pair(package)]
        rows.append(
            cells + [" / ".join(chance(result.by_case[r][key], lang) for r in CASES) for key, _ in heads]
        )
    note = say("trust.priors_note", lang, known_by=day(known_by, lang))
    return table(say("trust.priors_caption", lang), columns, rows, note=plain(note))
