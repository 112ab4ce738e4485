"""Draws from the register: the quantiles of its distributions, and one change leaves the others alone."""

import inspect
import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from giamngheo import paths
from giamngheo.forecasting.draws import VALUES, draw, override
from giamngheo.inputs.assumptions import DISTRIBUTIONS
from giamngheo.inputs.errors import RefusedInput


def test_every_distribution_of_the_register_can_be_drawn_from():
    assert list(VALUES) == list(DISTRIBUTIONS)
    for kind, parameters in DISTRIBUTIONS.items():
        assert list(inspect.signature(VALUES[kind]).parameters) == ["x", *parameters]


def test_whatever_the_model_draws_stands_in_the_register_and_nothing_else(register):
    wings = [paths.ROOT / "giamngheo" / wing for wing in ("forecasting", "simulation")]
    code = "".join(path.read_text(encoding="utf-8") for wing in wings for path in wing.glob("*.py"))
    unused = [name for name in register if f'"{name}"' not in code]
    assert unused == ["flood_year"]  # named by a scenario's shock
    for name in re.findall(r'(?:register|drawn)\["([a-z_]+)"\]', code):
        assert name in register


@pytest.mark.parametrize(
    ("kind", "parameters", "truth"),
    [
        ("normal", (1.0, 2.0), stats.norm(1, 2)),
        ("lognormal", (0.05, 0.35), stats.lognorm(0.35, scale=0.05)),
        ("beta", (0.6, 9.0), stats.beta(0.6, 9)),
        ("beta", (14.0, 6.0), stats.beta(14, 6)),
        ("uniform", (0.7, 1.5), stats.uniform(0.7, 0.8)),
        ("half_normal", (0.15,), stats.halfnorm(scale=0.15)),
        ("inverse_gamma", (2.0, 2.0), stats.invgamma(2, scale=2)),
        ("normal_positive", (0.05, 0.03), stats.truncnorm(-0.05 / 0.03, np.inf, 0.05, 0.03)),
    ],
)
def test_quantiles_are_those_of_the_distribution(kind, parameters, truth):
    levels = np.linspace(0.02, 0.98, 49)
    got = VALUES[kind](stats.norm.ppf(levels), *parameters)
    assert got == pytest.approx(truth.ppf(levels), rel=1e-3, abs=1e-6)


def test_bernoulli_is_nought_or_one():
    draws = VALUES["bernoulli"](np.random.default_rng(0).standard_normal(10_000), 0.3)
    assert set(draws) == {0.0, 1.0}
    assert draws.mean() == pytest.approx(0.3, abs=0.02)


def test_changing_one_assumption_leaves_the_draws_of_the_others(register):
    changed = override(register, {"return_credit": {"fixed": 0.1}})
    assert draw(changed["return_credit"], 0, 3).tolist() == [0.1] * 3
    for name in register:
        if name != "return_credit":
            assert_array_equal(draw(changed[name], 0, 10), draw(register[name], 0, 10))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"return_credt": {"fixed": 1}}, "return_credit"),
        ({"return_credit": {"distribution": "bta", "a": 1, "b": 2}}, "beta"),
        ({"return_credit": {"distribution": "beta", "a": 1}}, "a, b"),
        ({"return_credit": {"fixed": float("nan")}}, "finite"),
        ({"return_credit": {"fixed": -0.5}}, "nearest valid value: 0"),
        ({"persons_per_household": {"fixed": 0}}, "nearest valid value: 1"),
        ({"gap_spread": {"fixed": 1e308}}, "nearest valid value: 5"),
        ({"return_credit": {"fixed": 1e308}}, "nearest valid value: 100"),
        ({"gap_drift": {"distribution": "uniform", "low": 0.01, "high": 0.1}}, "normal"),
        ({"gap_error": {"distribution": "half_normal", "sd": 0.1}}, "fixed"),
    ],
)
def test_a_wrong_change_is_refused(register, change, message):
    with pytest.raises(RefusedInput, match=message):
        override(register, change)
