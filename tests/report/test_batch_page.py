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


GRID = {
    "funding.all": (0.7, 1.0),
    "funding.by_source.mobilised": (0.0, 0.5),
    "funding.by_line.housing.2014": (0.5, 1.0),
    "phasing": ("even", "front"),
    "shock.2014": (0.05, 0.1),
    "assumptions.return_credit.fixed": (0.1, 0.2),
}


@pytest.mark.parametrize(
    ("lang", "heads", "cells"),
    [
        (
            "vi",
            ["Toàn bộ kinh phí", "Nguồn vận động", "Hỗ trợ hộ nghèo về nhà ở (2014)", "Nhịp chi"],
            "như kế hoạch",
        ),
        (
            "en",
            ["All money", "Mobilised funds", "Housing support for poor households (2014)", "Timing"],
            "as planned",
        ),
    ],
)
def test_columns_are_headed_in_the_readers_words_with_the_key_to_point_at(package, lang, heads, cells):
    rows = [listed(name=f"n{k}", **{key: values[k] for key, values in GRID.items()}) for k in (0, 1)]
    page = Page(package, lang)
    found = next(iter(heads_and_cells(page, *rows).values()))
    named = list(found)[4:-1]
    assert named[:4] == heads and len(named) == len(GRID) and not any("_" in head for head in named)
    assert [found[head] for head in named[:4]] == ["70 %", "0 %", "50 %", cells]
    text = batch_page(page, rows, {"ok": 2}, ["r"], [page.lang])
    assert "../vi/" not in text and "../en/" not in text  # case: a link to a language that is not made
    assert all(f'title="{key}"' in text and f">{key}<" not in text for key in GRID)


def test_a_grids_scenarios_are_numbered_where_columns_hold_what_they_are_made_of(package):
    def row(title, **parameters):
        return replace(listed(**parameters), title=title)

    rows = [
        row("Short: all money 70 %", **{"funding.all": 0.7}),
        row("Short: all money 50 %", **{"funding.all": 0.5}),
        row("Two: as its author wrote it", **{"funding.all": 1.0}),
    ]
    assert list(heads_and_cells(Page(package, "en"), *rows)) == [
        "Short 1",
        "Short 2",
        "Two: as its author wrote it",
    ]
