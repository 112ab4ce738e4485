"""Moves between the lists: known answers of the bivariate normal, and identities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from giamngheo.simulation.transitions import joint_below, lag_two, list_flows, returning, transitions

START, END = (0.0784, 0.1394), (0.0640, 0.1210)  # a year much like An Giang's 2011
ACCURATE = {"abseps": 1e-12, "releps": 1e-12, "maxpts": 1_000_000}
shares = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@pytest.mark.parametrize("rho", [-0.9, 0.0, 0.3, 0.7, 0.95, 0.99])
@pytest.mark.parametrize(
    ("h", "k"), [(-1.4, -1.5), (-1.4, 0.7), (0.0, -0.8), (0.0, 0.0), (1.2, 0.4), (-3, -2)]
)
def test_owens_t_gives_the_bivariate_normal(h, k, rho):
    known = multivariate_normal.cdf([h, k], cov=[[1, rho], [rho, 1]], **ACCURATE)
    assert joint_below(h, k, rho) == pytest.approx(known, abs=1e-9)


def test_the_quadrant_is_sheppards():
    rho = np.linspace(-1, 1, 21)
    assert_allclose(joint_below(0, 0, rho), 0.25 + np.arcsin(rho) / (2 * np.pi), atol=1e-12)


@settings(max_examples=200, deadline=None)
@given(shares, shares, st.floats(0, 1))
def test_rows_and_columns_add_up_to_the_two_instants(start, end, rho):
    matrix = transitions(start, end, rho)
    assert (matrix >= 0).all()
    for (poor, upper), total in ((start, matrix.sum(axis=1)), (end, matrix.sum(axis=0))):
        assert_allclose(total, [poor, upper - poor, 1 - upper], atol=1e-12)


def test_full_correlation_leaves_the_net_flows_alone():
    flows = list_flows(0.09, START, END, 1.0, 0.0)
    assert flows["exit"] == pytest.approx(START[0] - END[0], abs=1e-12)
    assert flows["entry"] == pytest.approx(0, abs=1e-12) and flows["re_entry"] == pytest.approx(0, abs=1e-12)
    assert flows["near_poor_to_non_poor"] == pytest.approx(START[1] - END[1], abs=1e-12)


def test_no_correlation_is_independence():
    rows = np.array([START[0], START[1] - START[0], 1 - START[1]])
    columns = np.array([END[0], END[1] - END[0], 1 - END[1]])
    assert_allclose(transitions(START, END, 0.0), np.outer(rows, columns), atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 0.98), st.floats(0.001, 0.02))
def test_a_stickier_list_moves_less(rho, more):
    loose, sticky = (list_flows(None, START, END, r, 0.0) for r in (rho, rho + more))
    assert sticky["exit"] < loose["exit"] and sticky["entry"] < loose["entry"]
    assert loose["exit"] - loose["entry"] == pytest.approx(START[0] - END[0], abs=1e-12)


def test_incomes_would_empty_the_list_by_half_and_the_list_by_a_quarter():
    """MODEL §6: rho 0.6-0.8 gives exits of 53-69 % a year, 0.96-0.99 near 25 %."""
    exits = {rho: list_flows(None, START, END, rho, 0.0)["exit"] / START[0] for rho in (0.6, 0.8, 0.96, 0.99)}
    assert 0.66 < exits[0.6] < 0.71 and 0.50 < exits[0.8] < 0.56
    assert 0.2 < exits[0.99] < 0.25 < exits[0.96] < 0.31


@pytest.mark.parametrize(
    ("rho", "partial"), [(0.98, -0.6), (0.96, 0.0), (0.98, 0.495), (0.5, 0.2), (0.0, 0.3)]
)
def test_re_entry_is_the_trivariate_normal(rho, partial):
    two = rho**2 + partial * (1 - rho**2)
    z = ndtri([0.0928, 0.0784, 0.064])
    cov = np.array([[1, rho, two], [rho, 1, rho], [two, rho, 1]])
    both = multivariate_normal.cdf(z[::2], cov=cov[::2, ::2], **ACCURATE)
    known = both - multivariate_normal.cdf(z, cov=cov, abseps=1e-8, releps=1e-8, maxpts=2_000_000)
    assert returning(0.0928, 0.0784, 0.064, rho, partial) == pytest.approx(known, abs=2e-6)


def test_a_permanent_and_a_transitory_part_have_their_partial_autocorrelation():
    rng = np.random.default_rng(3)
    rho, permanent = 0.8, 0.6
    phi = rho / (rho + permanent * (1 - rho))
    weight = rho / phi
    lasting = [rng.standard_normal(400_000)]
    for _ in range(2):
        lasting.append(phi * lasting[-1] + np.sqrt(1 - phi**2) * rng.standard_normal(400_000))
    x = [np.sqrt(weight) * part + np.sqrt(1 - weight) * rng.standard_normal(400_000) for part in lasting]
    seen = np.corrcoef(x)
    partial = (seen[0, 2] - seen[0, 1] ** 2) / (1 - seen[0, 1] ** 2)
    assert seen[0, 1] == pytest.approx(rho, abs=0.005)
    assert partial == pytest.approx(float(lag_two(rho, permanent)), abs=0.01)
    assert lag_two(rho, 1.0) == pytest.approx(0) and lag_two(rho, 0.0) == pytest.approx(rho / (1 + rho))
    z = ndtri([0.3, 0.25, 0.2])
    again = np.mean((x[0] < z[0]) & (x[1] >= z[1]) & (x[2] < z[2]))
    assert returning(0.3, 0.25, 0.2, rho, partial) == pytest.approx(again, abs=0.002)


@pytest.mark.parametrize("partial", [-1, -0.5, 1])
def test_where_nobody_moves_against_the_rest_those_return_whom_the_line_passed_twice(partial):
    assert returning(0.3, 0.1, 0.2, 1, partial) == pytest.approx(0.1, abs=1e-9)
    assert returning(0.3, 0.2, 0.1, 1, partial) == pytest.approx(0, abs=1e-9)


def test_a_series_without_near_poor_has_two_lists():
    flows = list_flows(None, (0.1, 0.1), (0.08, 0.08), 0.97, 0.0)
    assert flows["near_poor_to_poor"] == flows["poor_to_near_poor"] == 0
    z = ndtri([0.1, 0.08])
    assert flows["exit"] == pytest.approx(ndtr(z[0]) - joint_below(*z, 0.97), abs=1e-12)
