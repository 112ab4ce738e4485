"""The reference data is a valid package and its hashes hold; the priors on record are what the code makes."""

import hashlib
import json

import pandas as pd
import pytest
from frictionless import Package

from giamngheo import paths
from giamngheo.forecasting.prior import priors_table
from giamngheo.forecasting.reference_series import load_rates

FOLDER = paths.DATA / "reference"


@pytest.fixture(scope="module")
def descriptor():
    return json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))


def test_the_descriptor_is_valid():
    report = Package(str(FOLDER / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "note"])[:5]


def test_every_file_is_described_and_its_hash_holds(descriptor):
    described = {resource["path"]: resource for resource in descriptor["resources"]}
    assert set(described) == {file.name for file in FOLDER.glob("*.csv")}
    for name, resource in described.items():
        assert resource["hash"] == "sha256:" + hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()


def test_every_source_has_an_origin(descriptor):
    keys = {source["title"].split(":")[0] for source in descriptor["sources"]}
    assert keys == set(load_rates()["source"])
    assert all(source["path"].startswith("http") for source in descriptor["sources"])


def test_an_giang_ends_before_its_plan():
    rates = load_rates()
    assert rates.loc[rates["unit"] == "VNM:An Giang", "year"].max() == 2010


def test_the_priors_are_those_that_the_command_makes():
    kept = pd.read_csv(FOLDER / "priors.csv")
    pd.testing.assert_frame_equal(kept, priors_table(), rtol=0, atol=2e-4)
