"""Plans of any shape, as hypothesis draws them: tables of a package, written to a folder.

What is drawn is what plans differ in: readings by line, years, targets, groups, money, promises, claims. A plan is
a dict of tables, each a list of rows (dict of str to str), beside the `giamngheo` key of its descriptor.
"""

import csv
import json
import re
from datetime import date

from hypothesis import strategies as st

from giamngheo import audit, load_package, package_forecast, simulate, track
from giamngheo.cli.output import (
    as_json,
    as_text,
    audit_text,
    forecast_answer,
    simulation_answer,
    tracking_answer,
    tracking_text,
)
from giamngheo.inputs.descriptor import DESCRIPTOR, write_descriptor
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.scenario import list_scenarios
from giamngheo.inputs.tables import CHANNELS, TABLES

NAMES = ("Khoản mục", "Item $x^{$ & <b>", "ẩn \u202eđảo", "50 % _của_ {0}", "A" * 120)
ANSWERED = ("target_above_readings", "target_before_plan", "money_for_a_household", "money_units")
GROUPS = ("ethnic_minority", "mountain_districts", "rural", "households_headed_by_women")
CLAIMS = (
    ("sum", "poverty[all,poor,*].as_stated"),
    ("sum", "sum(budget[*].total_3y)"),
    ("restated", "budget[line_0].central * 3"),
    ("mean", "count(targets[*].what)"),
    ("mean", "poverty[*].rate_pct"),
    ("resource", "lines[line_0,rural].poor_vnd_month / 0"),
    ("coverage", "sum(budget[*].annual) >= 1"),
    ("sum", "measures[*].quantity"),
    ("difference", "documents[plan].date - documents[plan].date"),
    ("scope", "stated + 1"),
    ("scope", ""),
    ("versions", "2013-2015 | 2011-2015"),
    ("numbering", "I, II, IV"),
)


def _end(year):
    return f"{year}-12-31"


@st.composite
def plans(draw):
    """A plan of some shape (dict of str to list of dict, and its labels under "labels")."""
    first = draw(st.integers(2003, 2024), "first year")
    last = first + _mostly(draw, 2, 0, 1, 4, 6)
    issued = date(_mostly(draw, first, first + 1, last), draw(st.integers(1, 12)), 15)
    lines, readings = _readings(draw, issued)
    groups = {row["group"] for row in readings} | set(draw(st.lists(st.sampled_from(GROUPS), max_size=1)))
    budget = _budget(draw, sorted(groups), last - first + 1)
    named = {
        group: {"vi": f"nhóm {n}", "en": f"group {n}"} for n, group in enumerate(sorted(groups - {"all"}))
    }
    plan = {
        "labels": {
            "province_vi": _mostly(draw, "Tỉnh Thử", *NAMES),
            "province_en": "Trial province",
            "decision": "1/QĐ-UBND",
            "date": issued.isoformat(),
            "main_document": "plan",
            "first_year": first,
            "last_year": last,
            "title_vi": "Kế hoạch thử",
            "title_en": "A plan on trial",
            "groups": _mostly(draw, named, {}),
            "accepted": ANSWERED if draw(st.booleans(), "questions answered") else (),
        },
        "documents": [
            {"document": "plan", "title": "Kế hoạch thử", "issuer": "UBND", "date": issued.isoformat()},
            {"document": "law", "title": "Văn bản", "issuer": "CP", "date": ""},
        ],
        "lines": lines,
        "poverty": readings,
        "targets": _targets(draw, last, sorted(groups), readings),
        "budget": budget,
        "measures": _measures(draw, budget),
        "agencies": _agencies(draw, budget),
        "claims": _claims(draw),
    }
    return plan


def _mostly(draw, usual, *rare):
    """The usual value in two draws of three, else one of the rare ones (hypothesis prefers a list's ends)."""
    return draw(st.sampled_from([*[usual] * len(rare), *rare, *[usual] * len(rare)]))


def _readings(draw, issued):
    """Poverty lines one after the other, and what was read on each."""
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3), "readings by line")
    overlap = draw(st.booleans(), "an instant read on both lines")
    step = _mostly(draw, 1, 2)
    ending = _mostly(draw, "12-31", "12-01", "06-30")
    when = issued.year - draw(st.integers(0, 2), "years from last reading to plan")
    when -= step * (sum(counts) - 1 - (len(counts) - 1) * overlap)
    ratio = draw(st.sampled_from([None, 1.0, 1.3, 1.5]), "near-poor over poor threshold")
    rate = draw(st.sampled_from([13.0, 4.0, 0.6, 0.04, 0.0, 100.0, 99.0, 55.0, 26.0]), "rate")
    size = draw(
        st.sampled_from([150_000] * 4 + [40, 0, 3_000, 4_000_000] + [150_000] * 4),
        "households, none given if 0",
    )
    near = draw(st.sampled_from(["none", "all", "last", "last"]))
    read = st.sets(st.integers(0, sum(counts) - 1), min_size=1)
    others = draw(st.dictionaries(st.sampled_from(GROUPS), read, max_size=2), "readings of other groups")
    areas = _mostly(draw, ("rural", "urban"), ("rural",), ("urban",))
    lines, rows, nth = [], [], 0
    for n, count in enumerate(counts):
        for k in range(count):
            when += step if nth and not (overlap and k == 0) else 0
            if k == 0:
                lines += [_line(n, area, when, ratio) for area in areas]
            rate = min(rate * (draw(st.sampled_from([0.6, 0.85, 0.95, 1.0, 1.1])) if nth else 1), 100.0)
            day = f"{when}-{ending}"
            rows.append(_reading(day, "all", "poor", n, rate, size))
            if near == "all" or (near == "last" and n == len(counts) - 1 and k == count - 1):
                rows.append(_reading(day, "all", "near_poor", n, min(0.7 * rate, 100 - rate), size))
            for group in sorted(group for group, at in others.items() if nth in at):
                rows.append(_reading(day, group, "poor", n, min(2 * rate, 100.0), size // 10))
            nth += 1
    return lines, rows


def _line(n, area, year, ratio):
    poor = {"rural": 400_000, "urban": 500_000}[area] * (n + 1)
    return {
        "poverty_line": f"line_{n}",
        "area": area,
        "poor_vnd_month": str(poor),
        "near_poor_vnd_month": str(int(poor * ratio)) if ratio else "",
        "valid_from": f"{year}-01-01",
        "valid_to": "",
        "legal_basis": "law",
    }


def _reading(day, group, status, line, rate, size):
    return {
        "as_of": day,
        "as_stated": f"cuối năm {day[:4]}",
        "group": group,
        "status": status,
        "poverty_line": f"line_{line}",
        "households": str(round(size * rate / 100)) if size else "",
        "rate_pct": f"{rate:.2f}",
        "persons": str(round(size * rate / 100 * 4.2)) if size else "",
        "document": "plan",
    }


def _targets(draw, last, groups, readings):
    """Levels, falls a year with and without the level they lead to, other aims; mostly one that can be judged first."""
    final = [float(row["rate_pct"]) for row in readings if (row["group"], row["status"]) == ("all", "poor")][
        -1
    ]
    kinds = draw(
        st.lists(st.sampled_from(["level"] * 5 + ["fall"] + ["pace"] * 5 + ["other"] * 4), max_size=3)
    )
    rows = []
    for n, kind in enumerate([*_mostly(draw, ["due"], []), *kinds]):
        row = {"target": f"target_{n}", "group": draw(st.sampled_from(["all", "all", *groups]))}
        level = {"comparator": draw(st.sampled_from(["<", "<="])), "as_of": _end(last), "status": "poor"}
        level["value_pct"] = f"{min(max(final * draw(st.sampled_from([0.3, 1.2, 0.9, 0.5])), 0.1), 100):.1f}"
        if kind == "due":
            row |= level | {"group": "all"}
        elif kind == "level":
            level["as_of"] = draw(st.sampled_from([_end(last), _end(last + 3), f"{last}-06-30"]))
            row |= level | {"status": draw(st.sampled_from(["poor", "near_poor"]))}
        elif kind == "pace":
            row |= level | {"pace_low_pp": "1", "pace_high_pp": draw(st.sampled_from(["", "1.5"]))}
        elif kind == "fall":
            row |= {"pace_low_pp": "1", "status": draw(st.sampled_from(["", "poor"]))}
        else:
            row |= {"comparator": ">=", "value_pct": "100", "as_of": _end(last)}
            row["what"] = draw(st.sampled_from(["health_cards", "clean_water"]))
        named = {"name_vi": f"Mục tiêu {n}", "name_en": f"Aim {n}"}
        rows.append(row | _mostly(draw, named, {}))
    return rows


def _budget(draw, groups, years):
    """Lines of money: by source, from one, from none told, or nothing at all."""
    split = _mostly(draw, "split", "one source", "unknown", "nothing")
    channels = _mostly(draw, CHANNELS, CHANNELS[:1], CHANNELS[-1:])
    rows = []
    for n in range(draw(st.integers(1, 4), "budget lines")):
        annual = 0 if split == "nothing" else draw(st.sampled_from([0, 1, 80, 80, 1000.5]))
        parts = {
            "split": [annual * 0.5, annual * 0.3, annual * 0.2],
            "one source": [0, annual, 0],
            "unknown": ["", "", ""],
            "nothing": [0, 0, 0],
        }[split]
        rows.append(
            {
                "line": f"line_{n}",
                "kind_table": "policy",
                "kind_text": draw(st.sampled_from(["policy", "project"])),
                "name_vi": f"{_mostly(draw, *NAMES)} {n + 1}",
                "name_en": f"Item {n + 1}",
                "annual": str(annual),
                "total_3y": str(annual * years * _mostly(draw, 1, 0, 2)),
                "channel": draw(st.sampled_from(channels)),
                "group": draw(st.sampled_from(["all", "all", *groups])),
            }
            | dict(zip(("central", "provincial", "mobilised"), map(str, parts), strict=True))
        )
    return rows


def _measures(draw, budget):
    rows = [
        {
            "line": draw(st.sampled_from([*(row["line"] for row in budget), ""])),
            "what": f"promise_{n}",
            "quantity": draw(st.sampled_from(["", "0", "500", "9" * 30])),
            "unit": draw(
                st.sampled_from(["household", "person", "card", "pupil", "household_year", "buffalo"])
            ),
            "per": draw(st.sampled_from(["year", "period", "month", "past"])),
            "unit_cost_vnd": draw(st.sampled_from(["", "25000000"])),
        }
        for n in range(draw(st.integers(0, 3)))
    ]
    return rows if rows or draw(st.booleans()) else None  # no promise: an empty table, or none


def _agencies(draw, budget):
    if draw(st.booleans()):
        return None
    return [
        {
            "line": row["line"],
            "agency_vi": "Sở",
            "agency_en": "Department",
            "role": "lead",
            "as_stated": "chủ trì",
        }
        for row in budget
    ]


def _claims(draw):
    stated = st.sampled_from(["", "3", "0", "9" * 30, "-1.50"])
    unit = st.sampled_from(["", "percent", "vnd", "sack_of_rice"])
    note = st.sampled_from(
        [("", ""), ("Ghi {stated}, ra {recomputed}.", "Said {stated}, found {recomputed}.")]
    )
    claims = st.lists(st.tuples(st.sampled_from(CLAIMS), stated, unit, note), max_size=4)
    return [
        {
            "claim": f"claim_{n}",
            "kind": kind,
            "terms": terms,
            "stated": said,
            "unit": of,
            "note_vi": vi,
            "note_en": en,
        }
        for n, ((kind, terms), said, of, (vi, en)) in enumerate(draw(claims))
    ]


def write(plan, folder):
    """Write a plan as a package's folder.

    Parameters
    ----------
    plan : dict
        As of `plans`; a table that is None has no file.
    folder : Path

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table, model in TABLES.items():
        file = folder / f"{table}.csv"
        if plan.get(table) is None:
            file.unlink(missing_ok=True)
            continue
        fields = [name for name, field in model.model_fields.items()]
        filled = {"locator": "somewhere", "licence": "public domain", "as_stated": "x"}
        with file.open("w", encoding="utf-8", newline="") as out:
            rows = csv.DictWriter(out, fields)
            rows.writeheader()
            rows.writerows({k: v for k, v in filled.items() if k in fields} | row for row in plan[table])
    head = {"name": folder.name, "giamngheo": plan["labels"]}
    (folder / DESCRIPTOR).write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
    write_descriptor(folder)
    return folder


def go_through(folder, draws):
    """Validate, audit, forecast, simulate and track a package: what comes of each, as far as one gets.

    Parameters
    ----------
    folder : Path
    draws : int

    Returns
    -------
    dict of str to str
        By step: empty where it was carried through, else the refusal.

    Raises
    ------
    Exception
        Anything but a refusal in words, or an answer with a number that is none.
    """
    came, package = {}, None
    for step, run in STEPS.items():
        try:
            told = run(package or folder, draws)
        except RefusedInput as refusal:
            assert str(refusal), f"{step}: refused without a word"
            came[step] = str(refusal)
            if package is None:
                break
            continue
        came[step] = ""
        if package is None:
            package = told
            continue
        wrong = re.search(r"\b(nan|NaN|inf|None|Infinity)\b", told)
        assert not wrong, (
            f"{step}: {wrong.group()} in {told[max(wrong.start() - 90, 0) : wrong.end() + 30]!r}"
        )
    return came


def _validated(folder, _):
    package = load_package(folder)
    list_scenarios(package)
    return package


def _audited(package, _):
    found = audit(package)
    return audit_text(found) + as_json(found.as_dict())


def _forecast(package, draws):
    answer = forecast_answer(package_forecast(package, draws=draws), package, None)
    return as_text(answer, None) + as_json(answer)


def _simulated(package, draws):
    answer = simulation_answer(simulate(package, draws=draws))
    return as_text(answer, answer["cases"]) + as_json(answer)


def _tracked(package, draws):
    last = max((row for row in package.readings if row.group == "all"), key=lambda row: row.as_of)
    next_year = last.as_of.replace(year=last.as_of.year + 1)
    answer = tracking_answer(track(package, {next_year: round(0.9 * float(last.rate_pct), 2)}, draws=draws))
    return tracking_text(answer) + as_json(answer)


STEPS = {
    "validate": _validated,
    "audit": _audited,
    "forecast": _forecast,
    "simulate": _simulated,
    "track": _tracked,
}
