"""Known answers of the poverty measures."""

import numpy as np
import pytest
from helpers import squared_shortfall
from scipy.integrate import quad
from scipy.special import ndtri
from scipy.stats import norm

from giamngheo.simulation.poverty_measures import poverty_gap_ratio


@pytest.mark.parametrize("share", [0.02, 0.0784, 0.35])
@pytest.mark.parametrize("spread", [0.7, 1.0, 1.5])
@pytest.mark.parametrize(("power", "gap"), [(1, poverty_gap_ratio), (2, squared_shortfall)])
def test_gaps_of_a_log_normal_are_the_integrals(share, spread, power, gap):
    z = ndtri(share)
    whole, _ = quad(lambda w: (1 - np.exp((w - z) * spread)) ** power * norm.pdf(w), -12, z, epsabs=1e-13)
    assert gap(z, spread) == pytest.approx(whole / share, abs=1e-9)
