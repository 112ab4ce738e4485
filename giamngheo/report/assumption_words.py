"""Assumptions of the register in a reader's words."""


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
