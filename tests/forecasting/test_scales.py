"""Scales: there and back, finite at the ends, and the errors of printed rates on them."""

import numpy as np
import pytest
from scipy.special import ndtr

from giamngheo.forecasting.scales import MAX_ERROR, SCALES, error_on_scale, probit


def test_probit_is_finite_at_the_ends():
    assert np.isfinite(probit([0.0, 1.0])).all()
    assert ndtr(probit(0.3)) == pytest.approx(0.3)


@pytest.mark.parametrize("name", SCALES)
def test_an_error_in_points_is_the_same_distance_on_every_scale(name):
    scale, share, points = SCALES[name], 0.08, 0.1
    there = scale.to(share)
    assert scale.back(there) == pytest.approx(share)
    moved = scale.back(there + error_on_scale(there, points, name))
    assert moved - share == pytest.approx(points / 100, rel=0.02)


def test_the_error_of_a_rate_near_zero_does_not_swallow_it():
    assert error_on_scale(probit(1e-5), 0.15) == MAX_ERROR
