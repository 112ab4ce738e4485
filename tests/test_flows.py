"""List flows: known answers of the bivariate normal, identities, and the published flows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from giamngheo import load_package, load_scenario, simulate
from giamngheo.simulation.list_flows import RANGES, calibrate, flow_table, published_flows, yearly_flows
from giamngheo.simulation.transitions import FLOWS, joint_below, lag_two, list_flows, returning, transitions

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


def test_published_flows_balance_and_say_what_is_derived():
    table = published_flows()
    assert table["address"].str.startswith("http").all()
    for _, rows in table.groupby("unit"):
        counts = rows.set_index("flow")["households"]
        left = counts["poor_at_start"] - counts["exit"] + counts["entry"]
        assert left == pytest.approx(counts["poor_at_end"], abs=1)
        for row in rows.dropna(subset="share_of_start_pct").itertuples():
            base = counts[f"{FLOWS[row.flow]}_at_start"]
            assert row.share_of_start_pct == pytest.approx(100 * row.households / base, abs=0.006)


def test_the_calibration_gives_the_published_flows_back():
    found = calibrate(published_flows()).set_index("unit")
    low, high = RANGES["list_autocorrelation"]
    assert found["rho"].between(low - 0.001, high + 0.001).all()
    assert found["rho"].max() - found["rho"].min() > 0.9 * (high - low)
    assert found.loc["Viet Nam", "rho"] == pytest.approx(0.983, abs=0.001)
    low, high = RANGES["list_return"]
    assert found["partial"].dropna().between(low, high).all()
    nation = published_flows().query("unit == 'Viet Nam'").set_index("flow")["households"]
    before, start, end = (
        nation[name] / nation["all_households"]
        for name in ("poor_before_start", "poor_at_start", "poor_at_end")
    )
    rho, partial = found.loc["Viet Nam", ["rho", "partial"]]
    flows = list_flows(before, (start, start), (end, end), rho, partial)
    for name in ("exit", "entry", "re_entry", "new_entry"):
        assert flows[name] * nation["all_households"] == pytest.approx(nation[name], rel=1e-4)


def test_no_permanent_and_transitory_part_has_as_few_returns_as_the_list():
    """Why p is negative: with p from 0 to rho / (1 + rho), 40 to 80 % of entries return; 12 and 20 % do."""
    found = calibrate(published_flows()).dropna()
    for unit, one in found.set_index("unit").iterrows():
        table = published_flows()
        counts = table[table["unit"] == unit].set_index("flow")["households"]
        start, end = (counts[name] / counts["all_households"] for name in ("poor_at_start", "poor_at_end"))
        before = start * start / end
        entry = one["entry_pct"] / 100 * start
        least = returning(before, start, end, one["rho"], lag_two(one["rho"], 1.0)) / entry
        most = returning(before, start, end, one["rho"], lag_two(one["rho"], 0.0)) / entry
        assert one["re_entry_pct"] / 100 < 0.21 < 0.38 < least < most
        assert one["partial"] < 0


@pytest.fixture(scope="module")
def full():
    package = load_package()
    return simulate(package, load_scenario("full_plan", package), draws=2_000)


def test_flows_of_a_simulation_are_the_change_of_its_shares(full):
    poor = full.draws["all", "poor"]
    previous = np.full(len(poor), 7.84)
    for place, (day, flows) in enumerate(yearly_flows(full).items()):
        assert day == full.years[place]
        assert_allclose(flows["poor"], previous)
        assert_allclose(flows["exit"] - flows["entry"], previous - poor[:, place], atol=1e-9)
        assert_allclose(flows["re_entry"] + flows["new_entry"], flows["entry"], atol=1e-12)
        assert_allclose(flows["poor_to_near_poor"] + flows["poor_to_non_poor"], flows["exit"], atol=1e-12)
        previous = poor[:, place]


def test_exits_of_the_full_plan_are_near_those_published(full):
    table = flow_table(full)
    ours = table[(table["source"] == "model") & (table["flow"] == "exit")]
    assert list(ours["year"]) == [2012, 2013, 2014, 2015]
    assert ours["pct_q50"].between(20, 33).all()
    published = table[(table["source"] == "published") & (table["flow"] == "exit")]
    first = ours.iloc[0]
    assert published["pct_q50"].between(first["pct_q10"], first["pct_q90"]).all()
    assert set(table["flow"]) == set(FLOWS)


def test_flows_are_the_same_whenever_they_are_asked_for(full):
    assert flow_table(full).equals(flow_table(full))
    one = flow_table(full, 0.98, 0.0).query("source == 'model' and year == 2013 and flow == 'exit'")
    two = flow_table(full.trend, 0.98, 0.0).query("source == 'model' and year == 2013 and flow == 'exit'")
    assert one["pct_q50"].item() == two["pct_q50"].item()  # a forecast too, without counts
    assert two["households_q50"].isna().all()


def test_a_group_without_readings_on_the_line_starts_a_year_later(full):
    assert [day.year for day in yearly_flows(full, group="ethnic_minority")] == [2013, 2014, 2015]


def test_a_series_without_near_poor_has_two_lists():
    flows = list_flows(None, (0.1, 0.1), (0.08, 0.08), 0.97, 0.0)
    assert flows["near_poor_to_poor"] == flows["poor_to_near_poor"] == 0
    z = ndtri([0.1, 0.08])
    assert flows["exit"] == pytest.approx(ndtr(z[0]) - joint_below(*z, 0.97), abs=1e-12)
