"""The sum over nested reach: known answers, and the same to the last bit whatever computes it."""

import numpy as np
import pytest
from scipy.special import ndtr

from giamngheo.forecasting.scales import probit
from giamngheo.inputs.scenario import load_scenario
from giamngheo.simulation import looked_up, nested_reach, spending
from giamngheo.simulation.looked_up import LEAST, MOST
from giamngheo.simulation.nested_reach import Band, Reached, lifted
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.results import result_rows
from giamngheo.simulation.shared_draws import shared_draws

SHAPE = (3, 700)
CASES = (  # money below and far beyond the plan's, late, and all of it aimed at the poor
    {"funding": {"all": 0.6}},
    {"funding": {"all": 1.5}, "delay_years": 0.5},
    {"funding": {"all": 12}},
    {"funding": {"all": 4}, "targeting": {"credit": 1}},
    {"funding": {"all": 5}, "targeting": {"credit": 1, "housing": 1, "education": 1, "models": 1}},
)


@pytest.fixture(scope="module")
def many():
    """Ten lines of which some reach nobody, or all, and gains from nothing to more than a line."""
    rng = np.random.default_rng(0)
    stock = rng.uniform(50, 150, SHAPE)
    paid = rng.uniform(-0.3, 1.5, (10, *SHAPE)).clip(0) * stock
    paid[:, 2] = 0  # a year without money
    lines = [
        Reached(each, stock, share, gain)
        for each, share, gain in zip(
            paid, [1.0, *rng.uniform(0, 1, (9, *SHAPE))], rng.lognormal(-3, 1.5, (10, SHAPE[1])), strict=True
        )
    ]
    z = rng.normal(-1.4, 0.6, SHAPE)
    steepness, ratio = np.zeros(SHAPE) + 1 / rng.uniform(0.7, 1.5, SHAPE[1]), 1.3
    upper = z + rng.uniform(0.1, 0.6, SHAPE)
    band = Band(ratio, ratio, (upper - z) / np.log(ratio), ndtr(z), ndtr(upper))
    bands = [Band(1.0, over, steepness, np.zeros(SHAPE), ndtr(z)) for over in (1.0, ratio)]
    return lines, z, [*bands, band]


def by_the_formula(lines, z, band):
    times = np.array([each.paid / each.stock for each in lines])
    coverage = np.minimum(times, 1) * np.array([each.share + np.zeros(SHAPE) for each in lines])
    gain = np.maximum(times, 1) * np.array([each.gain + np.zeros(SHAPE) for each in lines])
    order = np.argsort(-coverage, axis=0, kind="stable")
    coverage, gain = (np.take_along_axis(each, order, axis=0) for each in (coverage, gain))
    total = np.zeros(z.shape)
    for j, together in enumerate(np.cumsum(gain, axis=0)):
        left = coverage[j] - (coverage[j + 1] if j + 1 < len(coverage) else 0)
        with np.errstate(divide="ignore"):
            below = ndtr(z + np.log(np.maximum(band.over - together, 0)) * band.steepness)
        total += left * (band.high - np.clip(below, band.low, band.high))
    return total


def test_it_is_the_sum_of_its_formula(many):
    for value, band in zip(lifted(*many), many[-1], strict=True):
        assert value == pytest.approx(by_the_formula(*many[:2], band), abs=1e-12)
        assert value[0].mean() > 0.001 and not value[2].any()


def test_nothing_is_lifted_by_no_line(many):
    assert not any(each.any() for each in lifted([], *many[1:]))


@pytest.mark.parametrize("few", [0, 2])
def test_picking_out_those_that_count_changes_no_bit(many, monkeypatch, few):
    expected = lifted(*many)
    monkeypatch.setattr(nested_reach, "FEW", few)
    assert all(map(np.array_equal, lifted(*many), expected))


@pytest.fixture
def compiled(monkeypatch):
    """What numba compiles in place of numpy's, for one test."""
    pytest.importorskip("numba", reason="numba has no wheels for Intel's Macs")
    from giamngheo.simulation import compiled

    def use():
        for module in (nested_reach, spending, looked_up):
            monkeypatch.setattr(module, "faster", None)  # put back afterwards
        compiled.use()
        assert nested_reach.faster and spending.faster and looked_up.faster

    return use


def test_compiled_it_is_the_same_to_the_last_bit(many, compiled):
    expected = lifted(*many)
    compiled()
    assert all(map(np.array_equal, lifted(*many), expected))


def test_compiled_it_takes_one_year_for_many_fractions(many, compiled):
    """As where gains are told in fractions of the line: one row of money, a row of gains for each."""
    lines, *others = many
    lines = [
        Reached(each.paid[:1], each.stock[:1], 0.5, each.gain / np.array([[0.2], [0.5], [1.0]]))
        for each in lines
    ]
    expected = lifted(lines, *others)
    compiled()
    assert all(map(np.array_equal, lifted(lines, *others), expected)) and expected[0].any()


def test_compiled_a_scenario_is_the_same_to_the_last_bit(package, compiled):
    def rows():
        shared = shared_draws(package, draws=2000, seed=1)
        return [result_rows(simulate(package, load_scenario(each, package), shared=shared)) for each in CASES]

    expected = rows()
    compiled()
    assert rows() == expected


def test_what_is_looked_up_is_right_to_thirteen_digits():
    values = np.concatenate([np.geomspace(LEAST, MOST, 100_001), np.linspace(0.5, 1.5, 100_001)])
    assert looked_up.log(values) == pytest.approx(np.log(values), rel=1e-13, abs=1e-14)
    z = np.linspace(-12, 12, 100_001)
    assert looked_up.normal_below(z.copy()) == pytest.approx(ndtr(z), rel=0, abs=5e-14)
    share = np.concatenate(
        [[0, 1e-17, 1], np.geomspace(1e-16, 0.5, 100_001), 1 - np.geomspace(1e-15, 0.5, 100_001)]
    )
    assert looked_up.probit(share) == pytest.approx(probit(share), rel=2e-14, abs=1e-14)


def test_compiled_a_probit_is_the_same_to_the_last_bit(compiled):
    share = np.random.default_rng(0).uniform(0, 1, (3, 7000)) ** 3
    share[0, :3] = 0, 1, 0.5
    expected = looked_up.probit(share)
    compiled()
    assert np.array_equal(looked_up.probit(share), expected)
