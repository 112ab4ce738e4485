"""Upkeep of data that are no plan's: described by hand, but an edited file is a new checksum."""

import hashlib
import json
import shutil

from giamngheo import paths


def test_checksums_of_data_beside_the_packages_are_brought_up_to_date(command, tmp_path):
    folder = tmp_path / "viet-nam"
    shutil.copytree(paths.DATA / "viet-nam", folder)
    with (folder / "provinces.csv").open("a", encoding="utf-8") as file:
        file.write("VNM:X,X,X,south_east,0,0,,\n")
    assert command("refresh", folder) == (0, f"{folder / 'datapackage.json'}\n", "")
    resource = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"][0]
    assert resource["hash"] == f"sha256:{hashlib.sha256((folder / 'provinces.csv').read_bytes()).hexdigest()}"
    (folder / "provinces.csv").unlink()
    status, _, err = command("refresh", folder)
    assert status == 2 and "describes 'provinces.csv', which is not there" in err


def test_a_plan_without_its_key_is_no_data_beside_the_packages(command, tmp_path):
    folder = tmp_path / "an-giang"
    shutil.copytree(paths.PACKAGE, folder)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    del descriptor["giamngheo"]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    status, _, err = command("refresh", folder)
    assert status == 2 and "key 'giamngheo' is missing" in err
