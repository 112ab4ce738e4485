"""The page that lists a batch: whose chances stand in its cells, and a head for each of its columns on a phone."""

import re
from dataclasses import replace

import pytest
from helpers import cells_of

from giamngheo.report.batch_page import MOST_PARAMETERS, Listed, batch_page
from giamngheo.report.pages import TEMPLATES
from giamngheo.report.wording import Page


def listed(package="an-giang", name="a", **parameters):
    chances = {("all", "poor"): 0.1, ("all", "near_poor"): 0.2, ("ethnic_minority", "poor"): 0.9}
    rows = [
        {"group": group, "status": status, "case": "new", "chance": p, "chance_both": 0.05}
        for (group, status), p in chances.items()
    ]
    rows = [row | {"money_delivered_bn_vnd": 2155.0} for row in rows]
    return Listed(package, name, name, parameters, "ok", "", rows)


def heads_and_cells(page, *rows):
    text = batch_page(page, rows, {"ok": len(rows)}, ["r"]).split("<script>")[0]
    return cells_of(re.sub(r"<tr [^>]*>", "<tr>", text))


def test_a_target_of_a_group_is_not_in_the_cell_of_all_households(package):
    """Case: the chance of the minority's target ran into that of all households: 10 % / 90 %."""
    found = heads_and_cells(Page(package, "en"), listed())["a"]
    assert list(found.values())[:3] == ["10 %", "20 %", "5 %"] and "Both" in found


@pytest.mark.parametrize(("n", "head"), [(1, None), (2, "Both"), (3, "All")])
def test_all_targets_at_once_are_named_by_how_many_there_are(package, n, head):
    poor, near = (target for target in package.targets if target.status)
    third = near.model_copy(update={"target": "x", "as_of": near.as_of.replace(year=2014)})
    page = Page(replace(package, targets=(poor, near, third)[:n]), "en")
    found = heads_and_cells(page, listed())["a"]
    assert {"Both", "All"} & set(found) == ({head} if head else set())


def test_the_widest_batch_has_a_head_for_each_cell_on_a_phone(package):
    rows = [listed(name, name, **{f"p{n}": float(n + k) for n in range(9)}) for k, name in enumerate("ab")]
    found = heads_and_cells(Page(package, "en"), *rows)["a"]
    named = re.findall(r"nth-child\((\d+)\){--h:var\(--h\1\)}", (TEMPLATES / "page.css").read_text())
    assert len(found) + 1 == MOST_PARAMETERS + 7 <= len(named)
