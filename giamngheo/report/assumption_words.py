"""An assumption of the register in the reader's language: its distribution, unit, grounds and what hangs on it."""

from giamngheo.forecasting.prior import ESTIMATED
from giamngheo.inputs.assumptions import COUNTED, DISTRIBUTIONS


def assumption_name(name, register, page):
    """An assumption, or a choice of the model, in a few words in the middle of a sentence (str)."""
    for key in (f"sensitivity.name.{name}", f"sensitivity.sobol_name.{name}"):
        if page.has(key):
            return page.say(key)
    return getattr(register[name], f"meaning_{page.lang}")


def short(value):
    """A number to two significant digits, three from 1 on (float)."""
    return float(f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}")


def distribution_text(assumption, page):
    """An assumption's distribution in words and numbers (str)."""
    kind, values = assumption.distribution, assumption.parameters
    if assumption.reference == ESTIMATED:  # to three digits, as what is written in the register
        values = [float(f"{value:.3g}") for value in values]
    values = zip(DISTRIBUTIONS[kind], values, strict=True)
    return page.say(f"distribution.{kind}", **{name: page.number(_bare(value)) for name, value in values})


def _bare(value):
    return int(value) if value == int(value) else value


def unit(assumption, page):
    """The unit of an assumption (str)."""
    return _told(assumption, "unit", page)


def grounds(assumption, page):
    """What an assumption is grounded on (str)."""
    if assumption.reference == ESTIMATED:
        return page.say("sensitivity.grounds.estimated")
    if assumption.reference == COUNTED:
        last = page.package.last_counted()
        words = {"persons": page.number(last.persons), "households": page.households(last.households)}
        return page.say("sensitivity.grounds.counted", day=page.day(last.as_of), **words)
    return _told(assumption, "reference", page)


def moves(assumption, page):
    """Which result hangs on an assumption (str)."""
    return _told(assumption, "moves", page)


def _told(assumption, column, page):
    """A column of the register, in English where it is not translated (str)."""
    english = getattr(assumption, column)
    return english if page.lang == "en" else getattr(assumption, f"{column}_{page.lang}") or english
