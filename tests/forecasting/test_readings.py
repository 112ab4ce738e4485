"""Readings as a researcher holds them go through the door of files, and are refused there in the same words."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from giamngheo import forecast
from giamngheo.forecasting.readings import checked_readings
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.readings import read_series

RATES = [10.1, 9.2, 8.3]
YEARS = [2010, 2011, 2012]


def frame(**columns):
    ends = {"as_of": [f"{year}-12-31" for year in YEARS]}
    return pd.DataFrame(ends | {"status": "poor", "poverty_line": "a", "rate_pct": RATES} | columns)


def by_year():
    return frame(year=YEARS).drop(columns="as_of")


WHOLE = frame()
SAME = {
    "timestamps": WHOLE.assign(as_of=pd.to_datetime(WHOLE["as_of"])),
    "dates": frame(as_of=[date(year, 12, 31) for year in YEARS]),
    "years": by_year(),
    "years as float": by_year().astype({"year": float}),
    "rates as text": frame(rate_pct=[str(rate) for rate in RATES]),
    "years and rates alone": by_year()[["year", "rate_pct"]],
    "a series by year": pd.Series(RATES, index=YEARS),
    "a series by date": pd.Series(RATES, index=pd.to_datetime(WHOLE["as_of"])),
    "a series by period": pd.Series(RATES, index=pd.period_range("2010", periods=3, freq="Y")),
    "a mapping": dict(zip(YEARS, RATES, strict=True)),
    "other columns beside": frame(province="x", gini=0.3),
    "an index that repeats": WHOLE.set_axis([0, 0, 0]),
}


@pytest.mark.parametrize("given", SAME.values(), ids=SAME)
def test_what_is_unambiguous_is_accepted_in_whatever_form(given):
    told = checked_readings(given)[["as_of", "status", "rate_pct", "group"]]
    pd.testing.assert_frame_equal(told, checked_readings(WHOLE)[["as_of", "status", "rate_pct", "group"]])


def test_a_rate_comes_back_to_the_bit_and_what_was_given_is_left_as_it_was():
    rates = np.random.default_rng(0).uniform(0.001, 60, 300) ** np.array([1, 0.5, 0.1])[np.arange(300) % 3]
    given = pd.DataFrame(
        {"as_of": pd.date_range("1950-01-31", periods=300, freq="ME"), "rate_pct": 3 + rates, "group": "all"}
    ).assign(status="poor", poverty_line="a")
    before = given.copy()
    assert_array_equal(checked_readings(given)["rate_pct"], given["rate_pct"])
    pd.testing.assert_frame_equal(given, before)


def test_a_file_and_its_rows_are_the_frame(tmp_path):
    path = tmp_path / "series.csv"
    WHOLE.to_csv(path, index=False)
    draws = forecast(WHOLE, 2015, draws=200).draws["all", "poor"]
    for given in (path, str(path), read_series(path)):
        assert_array_equal(forecast(given, 2015, draws=200).draws["all", "poor"], draws)


def test_a_year_stands_for_its_end_unless_its_start_is_said():
    assert forecast(by_year(), 2015, draws=200).origin == date(2012, 12, 31)
    assert forecast(by_year(), 2015, draws=200, year_is="start").origin == date(2011, 12, 31)
    with pytest.raises(RefusedInput, match=r"unknown year_is 'begin'.*start"):
        forecast(by_year(), 2015, year_is="begin")


def test_a_column_of_rates_of_another_name_is_said():
    headcount = by_year().rename(columns={"rate_pct": "headcount"})
    told = checked_readings(headcount, rate="headcount")
    assert_array_equal(told["rate_pct"], RATES)
    both = by_year().assign(headcount=[5, 4, 3])
    assert_array_equal(checked_readings(both, rate="headcount")["rate_pct"], [5, 4, 3])
    with pytest.raises(RefusedInput, match=r"unknown column 'headcont'; nearest: 'headcount'"):
        checked_readings(headcount, rate="headcont")
    with pytest.raises(RefusedInput, match=r"missing column 'rate_pct' \(not read: headcount\); .*rate="):
        checked_readings(headcount)


CELLS = {  # cells of a file, and of the frame that a researcher would have in its place
    "a year": {"as_of": ["2010", "2011", "2012"]},
    "a number": {"as_of": YEARS},
    "day or month first": {"as_of": ["01/07/2010", "01/07/2011", "01/07/2012"]},
    "no rate": {"rate_pct": [10.1, np.nan, 8.3]},
    "no number": {"rate_pct": [10.1, np.inf, 8.3]},
    "above 100": {"rate_pct": [10.1, 131.5, 8.3]},
    "a fraction": {"rate_pct": [10.1, 0.092, 8.3]},
    "twice": {"as_of": ["2010-12-31", "2011-12-31", "2011-12-31"]},
    "two lines mixed": {"poverty_line": ["a", "b", "a"]},
}
WRITTEN = {  # otherwise than in a program, and what it says
    "a decimal comma": ({"rate_pct": ["10,1", "9,2", "8,3"]}, {"rate_pct": [10.1, 9.2, 8.3]}),
    "a status of capitals": ({"status": ["Poor", "poor", "poor"]}, {"status": "poor"}),
    "a line with a hyphen": ({"poverty_line": "2011-2015"}, {"poverty_line": "2011_2015"}),
    "a group with a blank": ({"group": "ethnic minority"}, {"group": "ethnic_minority"}),
}


@pytest.mark.parametrize(("columns", "said"), WRITTEN.values(), ids=WRITTEN)
def test_a_frame_is_read_as_its_file_is(tmp_path, columns, said):
    path = tmp_path / "series.csv"
    frame(**columns).to_csv(path, index=False)
    told = checked_readings(frame(**said))
    for given in (path, frame(**columns)):
        pd.testing.assert_frame_equal(checked_readings(given)[told.columns], told, check_dtype=False)


@pytest.mark.parametrize("columns", CELLS.values(), ids=CELLS)
def test_a_frame_is_refused_as_its_file_is(tmp_path, columns):
    path = tmp_path / "series.csv"
    frame(**columns).to_csv(path, index=False, na_rep="")
    with pytest.raises(RefusedInput) as of_file:
        read_series(path)
    with pytest.raises(RefusedInput) as of_frame:
        forecast(frame(**columns), 2015)
    file, ours = (
        [problem.split(":", 2)[2] for problem in told.value.problems] for told in (of_file, of_frame)
    )
    rows = [int(problem.split(":")[1]) for problem in of_frame.value.problems]
    if columns.get("rate_pct") == CELLS["no number"]["rate_pct"]:  # a file says inf, pandas Infinity
        assert "is not a finite number" in file[0] and "is not a finite number" in ours[0]
    elif columns is CELLS["twice"]:  # the row that is repeated bears its own label
        assert "repeats row 1" in ours[0] and "repeats row 3" in file[0]
    else:
        assert ours == file
    assert rows == [int(problem.split(":")[1]) - 2 for problem in of_file.value.problems]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (by_year().assign(year=["2010", "2011", "năm 2012"]), "readings:2:year: 'năm 2012' is not a year"),
        (pd.Series(RATES), "readings:0:year: '0' is not a year"),
        (pd.Series([10.1, np.nan, 8.3], index=YEARS), "readings:2011:rate_pct: the cell is empty"),
        (pd.Series(RATES, index=["2010", "2011", "2012"]), "'2010' is the beginning or the end of a year"),
        (frame(as_of=pd.to_datetime(YEARS)), "is not an ISO date"),
        (WHOLE.rename(columns={"status": "Status"}), "unknown column 'Status'; nearest: 'status'"),
        (frame(Groups="x"), "unknown column 'Groups'; nearest: 'group'"),
        (WHOLE.drop(columns="as_of"), "missing column 'as_of'; a column 'year' will do"),
        (WHOLE.drop(columns="status"), "missing column 'status'"),
        (pd.concat([WHOLE, WHOLE[["status"]]], axis=1), "stands there twice"),
        (WHOLE.iloc[:0], "no reading in it"),
        (frame(status="near_poor"), "no reading with status 'poor'"),
        ([10.1, 9.2], "list, where a DataFrame"),
        ("missing.csv", "no such file"),
    ],
)
def test_what_would_be_misread_is_refused(given, words):
    with pytest.raises(RefusedInput, match=words):
        forecast(given, 2015)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"until": 3000}, "until 3000: out of range 2013 … 2062 .*nearest: 2062"),
        ({"until": 2012}, "nearest: 2013"),
        ({"until": "2015"}, "until: '2015' is not a year"),
        ({"until": 2015.0}, "until: 2015.0 is not a year"),
        ({"draws": 10}, "nearest: 100"),
        ({"draws": 10**7}, "nearest: 1000000"),
        ({"seed": -1}, "seed: -1 is out of range"),
        ({"seed": "0"}, "seed: '0' is not a whole number"),
        ({"reference": "vn-survy"}, "unknown reference 'vn-survy'; nearest: 'vn-survey'"),
        ({"reference": 5}, "reference: 5 is not a text"),
        ({"reference": pd.DataFrame({"year": [2010]})}, "reference: missing column 'series_id'"),
        ({"known_by": "30/06/2013"}, "known_by: '30/06/2013' is not an ISO date; write 2013-06-30"),
        ({"known_by": 2013}, "known_by: '2013' is not an ISO date"),
        ({"known_by": pd.NaT}, "known_by: NaT is not a day"),
    ],
)
def test_options_are_refused_in_words(options, words):
    with pytest.raises(RefusedInput, match=words):
        forecast(WHOLE, **({"until": 2015} | options))


def test_a_day_of_publication_may_be_text_and_draws_may_be_numpys():
    told = forecast(WHOLE, 2015, known_by="2013-06-30", draws=np.int64(200))
    assert (told.known_by, told.n_draws, type(told.n_draws)) == (date(2013, 6, 30), 200, int)
    stamp = forecast(WHOLE, 2015, known_by=pd.Timestamp("2013-06-30 12:00"), draws=200)
    assert stamp.known_by == date(2013, 6, 30)
    assert_array_equal(stamp.draws["all", "poor"], told.draws["all", "poor"])
