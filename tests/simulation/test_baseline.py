"""The baseline: a hard core stays, and the others fall as their own readings did."""

import numpy as np
import pytest

from giamngheo import forecast, package_forecast
from giamngheo.simulation.baseline import _above_core, _past_shares


def test_a_hard_core_refits_the_drift_of_those_who_can_be_lifted(package):
    from scipy.special import ndtr

    core, trend = 0.01, package_forecast(package)
    rows = trend.history[(trend.history["group"] == "all") & (trend.history["status"] == "poor")]
    own = rows.assign(rate_pct=((rows["rate_pct"] - 100 * core) / (1 - core)).round(6))
    refit = forecast(own, 2015, known_by=package.published, unit=package.reference_unit)
    expected = core + (1 - core) * refit.draws["all", "poor"][:, -1] / 100
    path, past = trend.paths["all"], _past_shares(trend, "all", ("poor",))
    found = ndtr(_above_core(path["level"], path["fallen"], np.full(20_000, core), 0.0784, past))[-1]
    assert np.median(found) == pytest.approx(np.median(expected), rel=0.06)
    assert (found < 0.02).mean() == pytest.approx((expected < 0.02).mean(), abs=0.015)
    still = ndtr(_above_core(path["level"], 0 * path["fallen"], np.full(20_000, core), 0.0784, past))[-1]
    assert np.median(still) > 1.03 * np.median(found)
    assert (found >= core).all()
