"""Assumptions of the register in a reader's words."""

from giamngheo.forecasting.draws import DISTRIBUTIONS
from giamngheo.forecasting.trend import ESTIMATED


def assumption_name(name, register, page):
    """An assumption, or a choice of the model, in a few words in the middle of a sentence (str)."""
    for key in (f"sensitivity.name.{name}", f"sensitivity.sobol_name.{name}"):
        if page.has(key):
            return page.say(key)
    return getattr(register[name], f"meaning_{page.lang}")


def unit_text(name, register, page):
    """The unit of an assumption in words (str)."""
    unit = register[name].unit
    return page.say(f"assumption_unit.{unit}") if page.has(f"assumption_unit.{unit}") else unit


def short(value):
    """A number to two significant digits, three from 1 on (float)."""
    return float(f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}")


def distribution_text(assumption, page):
    """An assumption's distribution in words and numbers (str)."""
    kind = assumption.distribution
    values = zip(DISTRIBUTIONS[kind][0], assumption.parameters, strict=True)
    return page.say(f"distribution.{kind}", **{name: page.number(_bare(value)) for name, value in values})


def _bare(value):
    return int(value) if value == int(value) else value


def unit(assumption, page):
    """The unit of an assumption (str)."""
    return _told(f"assumption_unit.{assumption.unit}", assumption.unit, page)


def grounds(assumption, page):
    """What an assumption is grounded on (str)."""
    if assumption.reference == ESTIMATED:
        return page.say("sensitivity.grounds.estimated")
    return _told(f"assumption_reference.{assumption.name}", assumption.reference, page)


def moves(assumption, page):
    """Which result hangs on an assumption (str)."""
    return _told(f"assumption_moves.{assumption.moves}", assumption.moves, page)


def _told(key, fallback, page):
    return page.say(key) if page.has(key) else fallback
