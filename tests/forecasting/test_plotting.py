"""A result draws itself: the lines, bands, dots and marks are its own numbers."""

import numpy as np
import pytest
from matplotlib import pyplot
from numpy.testing import assert_allclose

from giamngheo import package_forecast, simulate
from giamngheo.inputs.errors import RefusedInput
from giamngheo.simulation.outcomes import CASES


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_both_cases_are_drawn_with_bands_readings_and_the_target(package, shared):
    found = simulate(package, "double", shared=shared)
    poor, near = found.plot()
    assert [ax.get_title() for ax in (poor, near)] == ["poor", "near poor"]
    drawn = lines(poor)
    assert list(drawn) == [*CASES.values(), "readings", "target < 2 %"]
    for (r, name), band in zip(CASES.items(), poor.collections, strict=True):
        own = found.cases[r].table.query("group == 'all' and status == 'poor'")
        assert_allclose(drawn[name].get_ydata(), own["q50"])
        assert_allclose(drawn[name].get_xdata(), [2012, 2013, 2014, 2015])
        edges = band.get_paths()[0].vertices
        for x, low, high in zip([2012, 2013, 2014, 2015], own["q10"], own["q90"], strict=True):
            at = edges[np.isclose(edges[:, 0], x), 1]
            assert_allclose([at.min(), at.max()], [low, high])
    assert_allclose(drawn["readings"].get_xydata(), [[2010, 9.28], [2011, 7.84]])
    assert_allclose(drawn["target < 2 %"].get_xydata(), [[2015, 2]])
    assert_allclose(lines(near)["target <= 3 %"].get_xydata(), [[2015, 3]])
    assert poor.get_ylim()[0] == 0


def test_one_status_is_drawn_on_axes_of_ones_own(package):
    made = package_forecast(package, draws=200)
    _, ax = pyplot.subplots()
    assert made.plot("poor_or_near_poor", ax=ax) is ax
    assert list(lines(ax)) == ["median", "readings"]
    assert len(lines(ax)["readings"].get_xdata()) == 0  # counted apart, never read as one
    _, axes = pyplot.subplots(1, 2)
    assert list(made.plot(ax=axes)) == list(axes)
    with pytest.raises(RefusedInput, match="status='poor'"):
        made.plot(ax=ax)


def test_a_group_is_drawn_and_an_unknown_one_refused(package, shared):
    found = simulate(package, shared=shared)
    own = found.cases[1].table.query("group == 'ethnic_minority' and status == 'poor'")["q50"]
    assert_allclose(lines(found.plot("poor", "ethnic_minority"))["continued"].get_ydata(), own)
    with pytest.raises(RefusedInput, match="unknown group 'minority'; nearest: 'ethnic_minority'"):
        found.plot(group="minority")
    with pytest.raises(RefusedInput, match="unknown status 'nearpoor'; nearest: 'near_poor'"):
        found.trend.plot("nearpoor")
    with pytest.raises(RefusedInput, match="unknown status"):
        found.cases[0].plot("rich")
