"""The sum over nested reach: known answers, and the same to the last bit whatever computes it."""

import numpy as np
import pytest
from scipy.special import ndtr

from giamngheo.simulation import nested_reach
from giamngheo.simulation.nested_reach import LEAST, MOST, Band, lifted

SHAPE = (3, 700)


@pytest.fixture(scope="module")
def many():
    """Ten lines of which some reach nobody, or all, and gains from nothing to more than a line."""
    rng = np.random.default_rng(0)
    coverage = np.minimum(rng.uniform(-0.3, 1.5, (10, *SHAPE)).clip(0), 1) * rng.uniform(0, 1, (10, 1, 1))
    coverage[:, 2] = 0  # a year without money
    gain = rng.lognormal(-3, 1.5, (10, *SHAPE))
    z = rng.normal(-1.4, 0.6, SHAPE)
    spread, ratio = rng.uniform(0.7, 1.5, SHAPE[1]), 1.3
    upper = z + rng.uniform(0.1, 0.6, SHAPE)
    band = Band(ratio, ratio, np.log(ratio) / (upper - z), ndtr(z), ndtr(upper))
    bands = [Band(1.0, 1.0, spread, 0.0, ndtr(z)), Band(1.0, ratio, spread, 0.0, ndtr(z)), band]
    return coverage, gain, z, bands


def found(coverage, gain, z, bands):
    return lifted(coverage.copy(), gain.copy(), z, bands)


def by_the_formula(coverage, gain, z, band):
    order = np.argsort(-coverage, axis=0, kind="stable")
    coverage, gain = (np.take_along_axis(each, order, axis=0) for each in (coverage, gain))
    total = np.zeros(z.shape)
    for j, together in enumerate(np.cumsum(gain, axis=0)):
        left = coverage[j] - (coverage[j + 1] if j + 1 < len(coverage) else 0)
        with np.errstate(divide="ignore"):
            below = ndtr(z + np.log(np.maximum(band.over - together, 0)) / band.spread)
        total += left * (band.high - np.clip(below, band.low, band.high))
    return total


def test_it_is_the_sum_of_its_formula(many):
    for value, band in zip(found(*many), many[-1], strict=True):
        assert value == pytest.approx(by_the_formula(*many[:3], band), abs=1e-12)
        assert value[0].mean() > 0.001 and not value[2].any()


def test_nothing_is_lifted_by_no_line(many):
    none = np.empty((2, 0, *SHAPE))
    assert not any(each.any() for each in lifted(*none, *many[2:]))


@pytest.mark.parametrize("few", [0, 2])
def test_picking_out_those_that_count_changes_no_bit(many, monkeypatch, few):
    expected = found(*many)
    monkeypatch.setattr(nested_reach, "FEW", few)
    assert all(map(np.array_equal, found(*many), expected))


def test_compiled_it_is_the_same_to_the_last_bit(many, monkeypatch):
    pytest.importorskip("numba", reason="numba has no wheels for Intel's Macs")
    from giamngheo.simulation import compiled_reach

    expected = found(*many)
    monkeypatch.setattr(nested_reach, "faster", None)  # put back afterwards
    compiled_reach.use()
    assert nested_reach.faster
    assert all(map(np.array_equal, found(*many), expected))


def test_what_is_looked_up_is_right_to_thirteen_digits():
    values = np.concatenate([np.geomspace(LEAST, MOST, 100_001), np.linspace(0.5, 1.5, 100_001)])
    assert nested_reach._log(values) == pytest.approx(np.log(values), rel=1e-13, abs=1e-14)
    z = np.linspace(-12, 12, 100_001)
    assert nested_reach._below(z.copy()) == pytest.approx(ndtr(z), rel=0, abs=5e-14)
