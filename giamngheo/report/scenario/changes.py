"""What a scenario changes, and what of the money it delivers."""

from giamngheo.inputs.scenario_words import parameter_name, part_name
from giamngheo.report.html import prose
from giamngheo.report.wording import share_text


def sentences(page, scenario, money):
    """How a scenario differs from the full plan, and how much of the planned money it delivers."""
    changes = list(_changes(page, scenario))
    first = (
        page.say("scenario.changes", changes="; ".join(changes))
        if changes
        else page.say("scenario.no_change")
    )
    planned = sum(money.planned.values())
    share = page.percent(100 * money.total / planned, 0) if planned else "–"
    words = {"delivered": _billions(page, money.total), "planned": _billions(page, planned)}
    return prose(first, page.say("money.scenario", share=share, **words))


def _billions(page, value):
    value = round(float(value), 6)
    return page.money(value, 0 if value == int(value) else 1)


def _changes(page, scenario):
    """A phrase a change."""
    funding, years = scenario.funding, page.package.years

    def name(key, table):
        return part_name(key, table, page.lang, page.package)

    yield from _shares(page, "scenario.change.all", funding.all, years)
    for table in ("by_source", "by_channel", "by_line"):
        for key, shares in getattr(funding, table).items():
            yield from _shares(page, "scenario.change.part", shares, years, name=name(key, table))
    if funding.keep_total:
        yield page.say("scenario.change.keep_total")
    if scenario.delay_years:
        yield page.say("scenario.change.delay", n=page.number(scenario.delay_years))
    if scenario.phasing != "even":
        yield page.say(f"scenario.change.{scenario.phasing}")
    if scenario.continuity != 1:
        yield page.say("scenario.change.continuity", r=page.number(scenario.continuity))
    for key, share in scenario.targeting.items():
        words = {"name": name(key, "targeting"), "share": share_text(share, page)}
        yield page.say("scenario.change.targeting", **words)
    for year in scenario.shock:
        yield page.say("scenario.change.shock", year=str(year))
    for year, rate in scenario.growth.items():
        yield page.say("scenario.change.growth", year=str(year), rate=page.percent(rate))
    if scenario.assumptions:
        paths = (("assumptions", each) for each in scenario.assumptions)
        names = ", ".join(parameter_name(path, page.lang, page.package) for path in paths)
        yield page.say("scenario.change.assumptions", names=names)


def _shares(page, key, shares, years, **words):
    by_year = {year: shares.get(year) for year in years if shares.get(year) is not None}
    for share in dict.fromkeys(by_year.values()):
        inside = [year for year in by_year if by_year[year] == share]
        text = page.say(key, share=share_text(share, page), **words)
        if len(inside) == len(years):
            yield text
        else:
            yield page.say("scenario.change.years", text=text, years=", ".join(map(str, inside)))
