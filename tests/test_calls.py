"""The calls a researcher would guess: what the top of the package gives, takes and says of itself."""

import inspect
import re
import warnings

import pandas as pd
import pytest

import giamngheo
from giamngheo import paths
from giamngheo.forecasting.rivals import fit_rivals
from giamngheo.inputs.errors import RefusedInput


@pytest.fixture(scope="module")
def results(package, shared):
    """One of each object that a public call gives."""
    simulation = giamngheo.simulate(package, "double", shared=shared)
    line = package.last_line[0].poverty_line
    news = pd.DataFrame({"year": [2012], "status": "poor", "poverty_line": line, "rate_pct": [6.5]})
    return {
        "Package": package,
        "SharedDraws": shared,
        "Scenario": simulation.scenario,
        "Simulation": simulation,
        "Case": simulation.cases[0],
        "Money": simulation.money,
        "Forecast": simulation.trend,
        "Audit": giamngheo.audit(package),
        "Tracking": giamngheo.track(package, news, draws=500),
    }


def sentence(thing):
    """The first sentence of what `help` says."""
    return re.split(r"\n\s*\n", inspect.getdoc(thing) or "")[0]


def of_its_own(kind):
    """A class and what it defines: methods and properties."""
    yield kind.__name__, kind
    for name, value in vars(kind).items():
        value = value.fget if isinstance(value, property) else getattr(value, "func", value)
        if not name.startswith("_") and inspect.isfunction(value):
            yield f"{kind.__name__}.{name}", value


def test_every_public_name_says_what_it_is_in_its_first_sentence(results):
    calls = [(name, getattr(giamngheo, name)) for name in giamngheo.__all__ if name != "__version__"]
    things = calls + [part for result in results.values() for part in of_its_own(type(result))]
    assert len(things) > 40
    wrong = {
        name: sentence(thing)
        for name, thing in things
        if not re.fullmatch(r"(?!As of)[A-Z0-9].{10,}\.", sentence(thing), re.DOTALL)
    }
    assert not wrong


def test_what_dir_lists_is_there(results):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic lists what it will drop
        missing = [
            (name, attribute)
            for name, thing in {"giamngheo": giamngheo, **results}.items()
            for attribute in dir(thing)
            if not hasattr(thing, attribute)
            and attribute != "__signature__"  # pydantic's, of the class alone
        ]
    assert not missing


def test_a_result_is_a_line_and_a_small_rounded_table(results):
    for name, result in results.items():
        assert repr(result).startswith(name) and "\n" not in repr(result) and len(repr(result)) < 400, name
        told = result._repr_html_()
        words = re.match(r"<p>(.*?)</p>\n<table", told, re.DOTALL)
        assert words and 1 <= told.partition("<tbody>")[2].count("<tr>") <= 20, name
        assert not re.search(r"\d\.\d{4}", told), name  # nothing that another platform would round otherwise


def test_a_name_that_is_not_there_is_said():
    with pytest.raises(AttributeError, match="simulte"):
        giamngheo.simulte  # noqa: B018


@pytest.mark.parametrize(
    "call",
    [
        lambda: giamngheo.simulate("double"),
        lambda: giamngheo.package_forecast("data/an-giang"),
        lambda: giamngheo.shared_draws(None),
        lambda: giamngheo.track("data/an-giang", "readings.csv"),
        lambda: giamngheo.compare(["double"], "data/an-giang"),
    ],
)
def test_what_is_not_a_package_is_refused_with_the_call_that_gives_one(call):
    with pytest.raises(RefusedInput, match="load_package"):
        call()


@pytest.mark.parametrize("draws", [5, 10**7, 500.0, True])
def test_draws_are_checked_wherever_they_are_given(package, draws):
    calls = (
        lambda: giamngheo.forecast(pd.Series({2010: 9.0, 2011: 8.0}), 2015, draws=draws),
        lambda: giamngheo.package_forecast(package, draws=draws),
        lambda: giamngheo.simulate(package, draws=draws),
        lambda: giamngheo.compare(["double"], package, draws=draws),
        lambda: giamngheo.track(package, "missing.csv", draws=draws),
    )
    for call in calls:
        with pytest.raises(RefusedInput, match=r"^draws: "):
            call()


def test_what_is_asked_for_by_name_answers_with_the_names_there_are(package):
    listed = giamngheo.list_scenarios(package)
    assert listed[0].id == "full_plan" and repr(listed[0]).startswith("full_plan: ")
    assert str(paths.ROOT) not in repr(listed)
    with pytest.raises(KeyError, match="nearest: 'drift'"):
        fit_rivals(package.readings)["drifts"]
