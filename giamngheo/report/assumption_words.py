"""An assumption of the register in the reader's language: its name, unit, grounds and what hangs on it."""

from giamngheo.forecasting.trend import ESTIMATED


def assumption_name(name, register, page):
    """An assumption, or a choice of the model, in a few words in the middle of a sentence (str)."""
    for key in (f"sensitivity.name.{name}", f"sensitivity.sobol_name.{name}"):
        if page.has(key):
            return page.say(key)
    return getattr(register[name], f"meaning_{page.lang}")


def short(value):
    """A number to two significant digits, three from 1 on (float)."""
    return float(f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}")


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


def _told(key, english, page):
    return page.say(key) if page.has(key) else english
