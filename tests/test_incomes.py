"""Known answers of incomes near the line."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from giamngheo.forecasting.scales import poverty_gap_ratio, probit, share_below, squared_gap_ratio


@pytest.mark.parametrize("share", [0.02, 0.0784, 0.35])
@pytest.mark.parametrize("spread", [0.7, 1.0, 1.5])
@pytest.mark.parametrize(("power", "gap"), [(1, poverty_gap_ratio), (2, squared_gap_ratio)])
def test_gaps_of_a_log_normal_are_the_integrals(share, spread, power, gap):
    z = ndtri(share)
    whole, _ = quad(lambda w: (1 - np.exp((w - z) * spread)) ** power * norm.pdf(w), -12, z, epsabs=1e-13)
    assert gap(z, spread) == pytest.approx(whole / share, abs=1e-9)


def test_share_below_the_line_is_the_share_poor():
    assert share_below(0.0, ndtri(0.0784), 0.9) == pytest.approx(0.0784)
    assert share_below(-np.inf, ndtri(0.0784), 0.9) == 0


def test_probit_is_finite_at_the_ends():
    assert np.isfinite(probit([0.0, 1.0])).all()
    assert ndtr(probit(0.3)) == pytest.approx(0.3)
