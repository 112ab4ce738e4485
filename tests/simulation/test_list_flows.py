"""List flows of a forecast or simulation: identities, what they are calibrated to, and where there is less."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from giamngheo import simulate
from giamngheo.simulation import list_flows as module
from giamngheo.simulation.list_flows import (
    OF_NEAR_POOR,
    calibrate,
    flows_by_case,
    mean_flows,
    published_flows,
    published_outside,
    returns_if_permanent,
    shares_of_start,
    yearly_counts,
    yearly_flows,
)
from giamngheo.simulation.transitions import FLOWS, lag_two, list_flows, returning


@pytest.fixture(scope="module")
def plan(full):
    """The full plan where it continues the trend."""
    return full.cases[1]


@pytest.fixture(scope="module")
def flows(full):
    return flows_by_case(full)


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


def test_the_calibration_gives_the_published_flows_back(register):
    found = calibrate(published_flows()).set_index("unit")
    low, high = register["list_autocorrelation"].parameters
    assert found["rho"].between(low - 0.001, high + 0.001).all()
    assert found["rho"].max() - found["rho"].min() > 0.9 * (high - low)
    assert found.loc["Viet Nam", "rho"] == pytest.approx(0.983, abs=0.001)
    low, high = register["list_return"].parameters
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


def test_flows_of_a_simulation_are_the_change_of_its_shares(plan):
    poor = plan.draws["all", "poor"]
    previous = np.full(len(poor), 7.84)
    for place, (day, flows) in enumerate(yearly_flows(plan).items()):
        assert day == plan.years[place]
        assert_allclose(flows["poor"], previous)
        assert_allclose(flows["exit"] - flows["entry"], previous - poor[:, place], atol=1e-9)
        assert_allclose(flows["re_entry"] + flows["new_entry"], flows["entry"], atol=1e-12)
        assert_allclose(flows["poor_to_near_poor"] + flows["poor_to_non_poor"], flows["exit"], atol=1e-12)
        previous = poor[:, place]


def test_exits_of_the_full_plan_are_near_those_published(plan):
    published = published_flows()
    told = published.loc[published["flow"] == "exit", "share_of_start_pct"].dropna()
    exits = {day.year: shares_of_start(made)["exit"] for day, made in yearly_flows(plan).items()}
    assert list(exits) == [2012, 2013, 2014, 2015]
    assert all(20 < np.median(values) < 33 for values in exits.values())
    assert told.between(*np.quantile(exits[2012], (0.1, 0.9))).all()
    assert set(shares_of_start(yearly_flows(plan)[plan.years[0]])) == set(FLOWS)


def test_a_forecast_has_the_flows_of_the_plan_that_continues_it(plan):
    of_plan, of_trend = (yearly_flows(each, 0.98, 0.0) for each in (plan, plan.trend))
    for day, flows in of_trend.items():
        for name, values in flows.items():
            assert_allclose(of_plan[day][name], values)


def test_shares_are_of_those_on_the_list_at_the_start(plan):
    made = yearly_flows(plan)[plan.years[-1]]
    shares = shares_of_start(made)
    assert_allclose(shares["exit"] * made["poor"] / 100, made["exit"])
    assert_allclose(shares["near_poor_to_poor"] * made["near_poor"] / 100, made["near_poor_to_poor"])


@pytest.mark.parametrize("r", [1, 0])
def test_the_stocks_of_households_add_up_in_every_draw(full, flows, r):
    for made in yearly_counts(full.cases[r], flows[r]).values():
        left = made["poor_at_start"] - made["exit"] + made["entry"]
        assert_allclose(left, made["poor_at_end"], atol=1e-6)
        assert_allclose(made["poor_to_near_poor"] + made["poor_to_non_poor"], made["exit"], atol=1e-6)
        assert_allclose(made["new_entry"] + made["re_entry"], made["entry"], atol=1e-6)
        assert (made["near_poor_to_poor"] <= made["entry"] + 1e-6).all()


def test_the_year_before_the_money_is_the_same_under_full_readings(flows):
    first = min(flows[1])
    for name, values in flows[1][first].items():
        assert_allclose(values, flows[0][first][name])


def test_a_year_that_was_looked_at_is_not_computed_again_and_any_other_is(full, flows, monkeypatch):
    days = []
    monkeypatch.setattr(module, "list_flows", lambda *given: days.append(given) or list_flows(*given))
    module.made_years.clear()
    again = flows_by_case(full)
    assert len(days) == 7  # of eight: the year before the money is that of both cases
    for r, made in flows.items():
        for day, by_name in made.items():
            assert all(np.array_equal(values, again[r][day][name]) for name, values in by_name.items())
    yearly_flows(full.cases[1], partial=0.25)
    assert len(days) == 11 and len(module.made_years) == module.MOST_YEARS


def test_a_permanent_part_alone_would_bring_back_more_than_the_list_does():
    found = returns_if_permanent(published_flows())
    assert len(found) == 2
    assert (found["re_entry_pct"] < 21).all() and (found["least_pct"] > 38).all()
    assert (found["most_pct"] > found["least_pct"]).all()


def test_what_is_calibrated_fits_and_what_is_not_is_listed(plan):
    published, first = published_flows(), yearly_flows(plan)[plan.years[0]]
    rows = published_outside(published, first)
    assert {"near_poor_to_poor", "poor_to_near_poor"} <= set(rows["flow"])
    assert not rows["flow"].isin(["exit", "re_entry"]).any()
    outside = (rows["published_pct"] < rows["q10_pct"]) | (rows["published_pct"] > rows["q90_pct"])
    assert outside.all()
    assert rows["q50_pct"].iloc[0] == pytest.approx(np.median(shares_of_start(first)[rows["flow"].iloc[0]]))


def test_a_group_without_readings_on_the_line_starts_a_year_later(plan):
    assert [day.year for day in yearly_flows(plan, group="ethnic_minority")] == [2013, 2014, 2015]


def test_a_list_without_near_poor_or_counts_has_no_such_flows(full, flows):
    nobody = dict.fromkeys((*OF_NEAR_POOR, "near_poor"), np.zeros(1_000))
    bare = {day: made | nobody for day, made in flows[1].items()}
    assert not set(OF_NEAR_POOR) & set(shares_of_start(bare[min(bare)]))
    assert yearly_counts(SimpleNamespace(households=None), bare) == {}


def test_means_add_up_as_stocks_and_flows_do(full, flows):
    found = mean_flows(full, flows)
    assert list(found.index.names) == ["case", "year"] and len(found) == 8
    assert_allclose(found["poor_at_start"] - found["exit"] + found["entry"], found["poor_at_end"])
    assert_allclose(found["new_entry"] + found["re_entry"], found["entry"])
    assert (found.loc["new", "poor_at_end"] < found.loc["continued", "poor_at_end"])[1:].all()
    counts = yearly_counts(full.cases[0], flows[0])
    assert found.loc[("new", 2015), "exit"] == counts[max(counts)]["exit"].mean()


def test_without_flows_or_counts_there_are_no_means(full, flows):
    assert mean_flows(full, {1: {}}).empty
    uncounted = SimpleNamespace(cases={1: SimpleNamespace(households=None)})
    assert list(mean_flows(uncounted, {1: flows[1]}).columns) == list(mean_flows(full, flows).columns)


def test_a_scenarios_own_reading_of_the_list_is_the_one_its_flows_have(package, shared, full):
    """They were those of the register whatever the scenario assumed."""
    own = {"list_autocorrelation": {"fixed": 0.9}, "list_return": {"fixed": -0.2}}
    sticky = {"id": "sticky", "title": full.scenario.title, "assumptions": own}
    case = simulate(package, sticky, shared=shared).own
    last = case.years[-1]
    assumed, given = yearly_flows(case)[last], yearly_flows(full.cases[1], 0.9, -0.2)[last]
    for name, values in assumed.items():
        assert_allclose(values, given[name], rtol=1e-12, err_msg=name)
    assert (assumed["exit"] > yearly_flows(full.cases[1])[last]["exit"]).mean() > 0.99
    trend = case.trend.refit(assumptions=own)
    assert_allclose(
        yearly_flows(trend)[last]["exit"], yearly_flows(trend, 0.9, -0.2)[last]["exit"], rtol=1e-12
    )
