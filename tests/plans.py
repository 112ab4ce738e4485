"""Plans of any shape, as hypothesis draws them: tables of a package, written to a folder.

What is drawn is what plans differ in: readings by line, years, targets, groups, money, promises, claims. A plan is
a dict of tables, each a list of rows (dict of str to str), beside the `giamngheo` key of its descriptor.
"""

import csv
import json
import re
from datetime import date

from hypothesis import strategies as st

from giamngheo import audit, load_package, package_forecast, simulate
from giamngheo.cli.output import as_json, as_text, audit_text, forecast_answer, simulation_answer
from giamngheo.inputs.descriptor import DESCRIPTOR, write_descriptor
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.scenario import list_scenarios
from giamngheo.inputs.tables import CHANNELS, TABLES

GROUPS = ("ethnic_minority", "mountain_districts", "rural", "households_headed_by_women")
CLAIMS = (
    "poverty[all,poor,*].as_stated",
    "sum(budget[*].total_3y)",
    "budget[line_0].central * 3",
    "count(targets[*].what)",
    "poverty[*].rate_pct",
    "lines[line_0,rural].poor_vnd_month / 0",
    "documents[plan].date - documents[plan].date",
    "measures[*].quantity",
    "stated + 1",
)


def _end(year):
    return f"{year}-12-31"


@st.composite
def plans(draw):
    """A plan of some shape (dict of str to list of dict, and its labels under "labels")."""
    first = draw(st.integers(2003, 2024), "first year")
    last = first + draw(st.integers(0, 6))
    issued = date(draw(st.sampled_from([first, first, first + 1, last])), draw(st.integers(1, 12)), 15)
    lines, readings = _readings(draw, issued)
    groups = sorted(
        {row["group"] for row in readings} | set(draw(st.lists(st.sampled_from(GROUPS), max_size=1)))
    )
    budget = _budget(draw, groups, last - first + 1)
    plan = {
        "labels": {
            "province_vi": "Tỉnh Thử",
            "province_en": "Trial province",
            "decision": "1/QĐ-UBND",
            "date": issued.isoformat(),
            "main_document": "plan",
            "first_year": first,
            "last_year": last,
            "title_vi": "Kế hoạch thử",
            "title_en": "A plan on trial",
        },
        "documents": [
            {"document": "plan", "title": "Kế hoạch thử", "issuer": "UBND", "date": issued.isoformat()},
            {"document": "law", "title": "Văn bản", "issuer": "CP", "date": ""},
        ],
        "lines": lines,
        "poverty": readings,
        "targets": _targets(draw, first, last, groups, readings),
        "budget": budget,
        "measures": _measures(draw, budget),
        "agencies": _agencies(draw, budget),
        "claims": [
            {"claim": f"claim_{n}", "kind": kind, "terms": terms, "stated": stated, "unit": unit}
            for n, (kind, terms, stated, unit) in enumerate(
                draw(
                    st.lists(
                        st.tuples(
                            st.sampled_from(["sum", "mean", "coverage", "resource", "numbering", "versions"]),
                            st.sampled_from(CLAIMS),
                            st.sampled_from(["", "3", "0", "9" * 30, "-1.50"]),
                            st.sampled_from(["", "percent", "vnd", "sack_of_rice"]),
                        ),
                        max_size=3,
                    )
                )
            )
        ],
    }
    return plan


def _readings(draw, issued):
    """Poverty lines one after the other, and what was read on each."""
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3), "readings by line")
    overlap = draw(st.booleans(), "an instant read on both lines")
    years = sum(counts) - (len(counts) - 1) * overlap
    age = draw(st.integers(0, 2), "years from last reading to plan")
    if issued.month < 12 and age == 0:
        age = 1
    year = issued.year - age - years + 1
    ratio = draw(st.sampled_from([None, 1.0, 1.3, 1.5]), "near-poor over poor threshold")
    rate = draw(st.sampled_from([0.0, 0.04, 0.6, 4.0, 13.0, 55.0, 99.0, 100.0]), "rate")
    size = draw(st.sampled_from([0, 3_000, 150_000, 4_000_000]), "households, none given if 0")
    near = draw(st.sampled_from(["none", "all", "last"])) if ratio else "none"
    group = draw(st.sampled_from([None, None, *GROUPS]), "another group")
    group_reads = draw(st.integers(1, sum(counts)))
    lines, rows = [], []
    started = date(year - 1, 12, 31) if draw(st.booleans()) else date(year, 1, 1)
    for n, count in enumerate(counts):
        begins = started if n == 0 else date(year - overlap, 1, 1)
        for area, vnd in zip(
            draw(st.sampled_from([("rural", "urban"), ("rural",)])), (400_000, 500_000), strict=False
        ):
            lines.append(
                {
                    "poverty_line": f"line_{n}",
                    "area": area,
                    "poor_vnd_month": str(vnd * (n + 1)),
                    "near_poor_vnd_month": str(int(vnd * (n + 1) * ratio)) if ratio else "",
                    "valid_from": begins.isoformat(),
                    "valid_to": "",
                    "legal_basis": "law",
                }
            )
        for k in range(count):
            when = year if not (overlap and n and k == 0) else year - 1
            year = when + 1
            rate = max(rate * draw(st.sampled_from([0.6, 0.85, 0.95, 1.0, 1.1])), 0.0) if rows else rate
            shown = min(rate, 100.0)
            rows.append(_reading(when, "all", "poor", n, shown, size))
            if near == "all" or (near == "last" and n == len(counts) - 1 and k == count - 1):
                rows.append(_reading(when, "all", "near_poor", n, min(0.7 * shown, 100 - shown), size))
            if group and len([row for row in rows if row["group"] == group]) < group_reads:
                rows.append(_reading(when, group, "poor", n, min(2 * shown, 100.0), size // 10))
    return lines, rows


def _reading(year, group, status, line, rate, size):
    return {
        "as_of": _end(year),
        "as_stated": f"cuối năm {year}",
        "group": group,
        "status": status,
        "poverty_line": f"line_{line}",
        "households": str(round(size * rate / 100)) if size else "",
        "rate_pct": f"{rate:.2f}",
        "persons": str(round(size * rate / 100 * 4.2)) if size else "",
        "document": "plan",
    }


def _targets(draw, first, last, groups, readings):
    final = float(readings[-1]["rate_pct"])
    rows = []
    for n, kind in enumerate(
        draw(st.lists(st.sampled_from(["level", "level", "pace", "other"]), max_size=4))
    ):
        row = {"target": f"target_{n}", "group": draw(st.sampled_from(["all", "all", *groups]))}
        if kind == "other":
            row |= {"comparator": ">=", "value_pct": "100", "as_of": _end(last), "what": "health_cards"}
        elif kind == "pace":
            row |= {"pace_low_pp": "1", "pace_high_pp": draw(st.sampled_from(["", "1.5"]))}
            row |= {"status": draw(st.sampled_from(["", "poor"]))}
            row |= {"as_of": draw(st.sampled_from(["", _end(last)]))}
        else:
            day = draw(
                st.sampled_from([_end(last), _end(last), _end(last + 3), _end(first - 4), f"{last}-06-30"])
            )
            value = draw(st.sampled_from([0.5, 0.9, 1.2]))
            row |= {
                "status": draw(st.sampled_from(["poor", "poor", "near_poor"])),
                "comparator": draw(st.sampled_from(["<", "<="])),
                "value_pct": f"{min(final * value, 99):.1f}",
                "as_of": day,
            }
        rows.append(row)
    return rows


def _budget(draw, groups, years):
    split = draw(st.sampled_from(["split", "one source", "unknown", "nothing"]), "money by source")
    rows = []
    for n in range(draw(st.integers(1, 4), "budget lines")):
        annual = 0 if split == "nothing" else draw(st.sampled_from([0, 1, 80]))
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
                "name_vi": f"Khoản mục {n + 1}",
                "name_en": f"Item {n + 1}",
                "annual": str(annual),
                "total_3y": str(annual * years),
                "channel": draw(st.sampled_from(CHANNELS)),
                "group": draw(st.sampled_from(["all", "all", *groups])),
            }
            | dict(zip(("central", "provincial", "mobilised"), (str(part) for part in parts), strict=True))
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
    """Validate, audit, forecast and simulate a package: what comes of it, "through" or the refusal (str).

    Raises
    ------
    Exception
        Anything but a refusal in words, or a number in an answer that is none.
    """
    try:
        package = load_package(folder)
        list_scenarios(package)
        found = audit(package)
        told = [audit_text(found), as_json(found.as_dict())]
        trend = package_forecast(package, draws=draws)
        told.append(as_text(forecast_answer(trend, package, None), None))
        answer = simulation_answer(simulate(package, draws=draws))
        told += [as_text(answer, answer["cases"]), as_json(answer)]
    except RefusedInput as refusal:
        assert str(refusal)
        return str(refusal)
    wrong = re.search(r"\b(nan|NaN|inf|None|Infinity)\b", "\n".join(told))
    assert not wrong, wrong
    return "through"
