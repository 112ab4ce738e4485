"""The register: complete, readable in both languages, and with parameters that can be."""

import csv
from dataclasses import replace

import pytest

from giamngheo import paths
from giamngheo.inputs.assumptions import (
    COUNTED,
    DISTRIBUTIONS,
    checked_parameters,
    load_register,
    register_of,
)
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.scenario_values import SHOCKS


def test_every_assumption_says_what_it_is_and_what_supports_it():
    with (paths.DATA / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            optional = ("alternative",)  # bounds are there so that no number of a simulation can be infinite
            assert all(value for column, value in row.items() if column not in optional), row["name"]
            assert row["support"] in ("measured", "published", "judgement")


def test_a_register_without_vietnamese_grounds_is_read(tmp_path):
    with (paths.DATA / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {
                column: value
                for column, value in row.items()
                if column not in ("unit_vi", "reference_vi", "moves_vi")
            }
            for row in csv.DictReader(file)
        ]
    path = tmp_path / "register.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    register = load_register(path)
    assert list(register) == list(load_register())
    assert {row.moves_vi for row in register.values()} == {""}


def test_shocks_that_a_scenario_may_name_are_assumptions(register):
    assert set(SHOCKS) <= set(register)


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("bta", {"a": 1, "b": 2}, "nearest: 'beta'"),
        ("beta", {"a": 1}, "takes a, b, not a"),
        ("beta", {"a": 1, "b": -2}, "b: -2 must be positive"),
        ("bernoulli", {"p": 1.2}, "p: 1.2 must be from 0 to 1"),
        ("half_normal", {"sd": -1}, "sd: -1 must be not negative"),
        ("fixed", {"value": "x"}, "takes numbers"),
        ("fixed", {"value": float("inf")}, "takes finite numbers"),
    ],
)
def test_parameters_that_cannot_be_are_refused(kind, given, message):
    with pytest.raises(RefusedInput, match=f"here: .*{message}"):
        checked_parameters(kind, given, "here")


def test_parameters_come_in_the_order_of_the_distribution():
    assert checked_parameters("beta", {"b": 2, "a": 1}, "here") == (1.0, 2.0)
    assert tuple(DISTRIBUTIONS["uniform"]) == ("low", "high")


def test_persons_of_a_household_are_those_that_the_package_counts(package, register):
    name, last = "persons_per_household", package.last_counted()
    own = register_of(package)
    assert own[name].parameters == register[name].parameters == (4.24, 0.1) and own[name].reference == COUNTED
    assert {key: row for key, row in own.items() if key != name} == {
        key: row for key, row in register.items() if key != name
    }
    for persons, size in ((3 * last.households, 3.0), (None, 4.24), (40 * last.households, 4.24)):
        others = tuple(row for row in package.readings if row != last)
        changed = replace(package, readings=(*others, last.model_copy(update={"persons": persons})))
        assert register_of(changed)[name].parameters[0] == size
