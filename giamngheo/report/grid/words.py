"""A grid's parameters in the reader's words."""

from giamngheo.simulation.targets import BOTH

SHARE, PROVINCIAL, DELAY, PHASING = "funding.all", "funding.by_source.provincial", "delay_years", "phasing"
MONEY, CHANCE = "money_delivered_bn_vnd", f"chance_{BOTH}"


def parameter_columns(page, frame, names=(DELAY, PHASING, PROVINCIAL, SHARE)):
    """The columns of a frame in which a scenario's parameters stand (list of Column)."""
    write = {
        SHARE: lambda share: page.percent(100 * share, 0),
        PROVINCIAL: lambda share: page.percent(100 * share, 0),
        DELAY: page.number,
        PHASING: lambda name: page.say(f"grid.phasing_{name}"),
    }
    heads = {SHARE: "share", PROVINCIAL: "provincial", DELAY: "delay", PHASING: "phasing"}
    return [
        page.column(name, f"grid.{heads[name]}", write[name], numeric=name != PHASING)
        for name in names
        if name in frame
    ]
