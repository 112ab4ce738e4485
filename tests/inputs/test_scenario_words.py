"""A scenario's keys and values in a reader's words."""

from dataclasses import replace

import pytest

from giamngheo.inputs.scenario_words import parameter_name, parameter_value


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("funding", "by_line", "training", 2013), "the line training (2013)"),
        (("targeting", "training"), "the line training: share that reaches poor households"),
        (("funding", "by_channel", "training"), "training"),
        (("funding", "by_source", "central"), "central budget"),
        (("assumptions", "return_credit", "fixed"), "added income a year per dong of loan outstanding"),
        (("assumptions", "return_credit", "b"), "added income a year per dong of loan outstanding (b)"),
    ],
)
def test_a_part_of_the_money_is_named_by_the_key_above_it(package, path, name):
    """Case: a channel was called what the line of the same id is called, and a distribution's ends were one head."""
    own = [row.model_copy(update={"name_en": f"the line {row.line}"}) for row in package.budget_lines]
    own.append(own[0].model_copy(update={"line": "central", "name_en": "not the central budget"}))
    assert parameter_name(path, "en", replace(package, budget_lines=tuple(own))) == name


def test_a_shock_is_told_in_words(package):
    assert parameter_value(("shock", 2014), "flood_year", "vi", package) == "tác động của một năm lũ lớn"
    assert parameter_value(("shock", 2014), 0.05, "vi", package) == "0,05"
