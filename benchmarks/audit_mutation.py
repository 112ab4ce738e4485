"""How many changed digits the audit notices: one digit of one figure at a time, to every other digit.

A change counts as *noticed* if the door refuses the package, or if the set of (id, result) of the audit's
checks is not that of the unchanged package: some check ends otherwise, appears or disappears. Another
number in a message is not noticing, and neither is a file that no longer matches its checksum (packages are
changed in memory, files left alone).

For poverty.csv the *ceiling* is worked out apart from the audit: a change is revealable if the door refuses
it or if it breaks a relation that the unchanged figures keep:

* a sum, difference or mean that the text states, within printed decimals;
* one number of all households at one instant, within the printed decimals of the rates;
* a number of households that shrinks by no more than 0.5 % and grows by no more than 4 % a year, propagated
  along the whole series (cut where the unchanged figures already jump);
* readings in a row that one standing number of households explains;
* persons per household from 2.5 to 7, alike within 2 % for poor and near-poor at one instant;
* no more poor in a group than in the province.

Run: ``python benchmarks/audit_mutation.py``; about a minute on one core. ``--dates`` changes dates too,
``--every N`` tries each N-th change only.
"""

import argparse
import csv
import gc
import io
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations, islice, pairwise

from giamngheo.auditing import audit
from giamngheo.auditing.printed import printed
from giamngheo.auditing.terms import BadTerms, Cells, parse
from giamngheo.dates import decimal_year
from giamngheo.inputs import package as packages
from giamngheo.inputs.package_faults import package_faults
from giamngheo.inputs.tables import TABLES

GROWTH, PERSONS, SIZES_APART = (-0.005, 0.04), (2.5, 7.0), 0.02
TINY = 1e-9
STATED = ("sum", "difference", "mean")


def tables(package):
    """Rows of a package by table."""
    return {name: package.rows(name) for name in TABLES}


def raw_rows(path):
    """The cells of a CSV as text (list of dict)."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def figures(model, row, kinds):
    """Columns of a row that hold a figure of the given types."""
    return [name for name in model.model_fields if row.get(name) and isinstance(_typed(row[name]), kinds)]


def _typed(text):
    for read in (Decimal, date.fromisoformat):
        try:
            return read(text)
        except (ValueError, ArithmeticError):
            continue
    return text


def changes(text):
    """Every text that differs in one digit."""
    for place, old in enumerate(text):
        if old.isdigit():
            yield from (text[:place] + new + text[place + 1 :] for new in "0123456789" if new != old)


def changed_package(package, table, index, row, column, text):
    """The package with one cell changed, or None if the door refuses it."""
    model = TABLES[table]
    try:
        cells = {name: row[name].strip() or None for name in model.model_fields if name in row}
        cells = {
            k: v
            for k, v in (cells | {column: text}).items()
            if v is not None or model.model_fields[k].is_required()
        }
        record = model.model_validate(cells)
    except ValueError:
        return None
    rows = list(tables(package)[table])
    rows[index] = record
    keys = [tuple(getattr(r, name) for name in model.KEY) for r in rows]
    numbered = {
        name: dict(enumerate(found, 2)) for name, found in (tables(package) | {table: tuple(rows)}).items()
    }
    # The door's own check of the tables taken together.
    if len(set(keys)) < len(keys) or next(iter(package_faults(numbered, package.labels)), None):
        return None
    return replace(package, **{packages.ATTRIBUTES.get(table, table): tuple(rows)})


class Relations:
    """What the readings' redundancy says, computed in floats and apart from the audit."""

    def __init__(self, package):
        self.claims = [
            c for c in package.claims if c.kind in STATED and "poverty[" in c.terms and c.stated is not None
        ]
        self.kept = {name for name, holds in self.relations(package).items() if holds}

    def breaks(self, package):
        """Whether a relation that the unchanged figures keep no longer holds."""
        now = self.relations(package)
        return any(not now.get(name, False) for name in self.kept)

    def relations(self, package):
        """Whether each relation holds (dict of str to bool)."""
        rows = package.readings
        cells, starts = Cells(package), {line.poverty_line: line.valid_from for line in package.poverty_lines}
        found = {f"claim {c.claim}": _claim_holds(c, cells) for c in self.claims}
        totals = [(r, _total(r)) for r in rows if r.households is not None and r.rate_pct > 0]
        for (a, ta), (b, tb) in combinations(totals, 2):
            if a.group == b.group and a.as_of == b.as_of:
                found[f"instant {_key(a)} {_key(b)}"] = ta[0] <= tb[1] and tb[0] <= ta[1]
        for key in {(r.group, r.status) for r, _ in totals}:
            own = ((r, t) for r, t in totals if (r.group, r.status) == key)
            series = sorted(own, key=lambda x: (x[0].as_of, starts[x[0].poverty_line]))
            found |= _growth(key, series) | _still(key, series)
        found |= _sizes(rows) | _groups(rows)
        return found


def _key(r):
    return f"{r.group} {r.status} {r.poverty_line} {r.as_of}"


def _total(r):
    half = 0.5 * 10.0 ** r.rate_pct.as_tuple().exponent
    rate = float(r.rate_pct)
    return (
        100 * r.households / (rate + half),
        100 * r.households / (rate - half) if rate > half else float("inf"),
    )


def _growth(key, series):
    """Feasibility of every stretch of a series: totals that grow within bounds, propagated forward."""
    found = {}
    for start in range(len(series)):
        low, high = series[start][1]
        for (a, _), (b, total) in pairwise(series[start:]):
            years = float(decimal_year(b.as_of) - decimal_year(a.as_of))
            low = max(low * (1 + GROWTH[0]) ** years, total[0])
            high = min(high * (1 + GROWTH[1]) ** years, total[1])
            found[f"growth {key} {series[start][0].as_of} {b.as_of} {b.poverty_line}"] = low <= high + TINY
            if low > high:
                break
    return found


def _still(key, series):
    """Runs of three and more readings that one total explains."""
    found = {}
    for first in range(len(series)):
        for last in range(first + 2, len(series)):
            run = [t for _, t in series[first : last + 1]]
            name = f"still {key} {series[first][0].as_of} {series[last][0].as_of}"
            found[name] = max(t[0] for t in run) <= min(t[1] for t in run)
    return found


def _sizes(rows):
    found = {}
    sizes = {_key(r): (r, r.persons / r.households) for r in rows if r.persons is not None and r.households}
    for name, (_, size) in sizes.items():
        found[f"size {name}"] = PERSONS[0] <= size <= PERSONS[1]
    for (a, size_a), (b, size_b) in combinations(sizes.values(), 2):
        if (a.group, a.as_of, a.poverty_line) == (b.group, b.as_of, b.poverty_line):
            found[f"sizes {_key(a)}"] = abs(size_b / size_a - 1) <= SIZES_APART + TINY
    return found


def _groups(rows):
    whole = {(r.status, r.poverty_line, r.as_of): r for r in rows if r.group == "all"}
    found = {}
    for r in rows:
        of = whole.get((r.status, r.poverty_line, r.as_of))
        if r.group != "all" and of and None not in (r.households, of.households):
            found[f"group {_key(r)}"] = r.households <= of.households
    return found


def _claim_holds(claim, cells):
    """Whether what is stated and what follows leave a common value, given the printed decimals."""
    try:
        _, _, follows = parse(claim.terms)
        return follows(cells, None).meets(printed(claim.stated))
    except BadTerms:
        return False


def trials(package, every, dates):
    """Changes of figures, and of dates, as (table, kind, index, row, column, text)."""
    kinds = [("figures", Decimal)] + ([("dates", date)] if dates else [])
    found = (
        (table, kind, index, row, column, text)
        for table, model in TABLES.items()
        if (package.path / f"{table}.csv").is_file()
        for index, row in enumerate(raw_rows(package.path / f"{table}.csv"))
        for kind, types in kinds
        for column in figures(model, row, types)
        for text in changes(row[column])
    )
    return islice(found, every - 1, None, every)


def measure(package, every=1, dates=False):
    """Counts of changes, refused, noticed, revealable, noticed of these; and the revealable ones missed."""
    clean, relations = audit(package).results(), Relations(package)
    counts, missed = {}, []
    for table, kind, index, row, column, text in trials(package, every, dates):
        changed = changed_package(package, table, index, row, column, text)
        refused = changed is None
        noticed = refused or audit(changed).results() != clean
        revealable = table == "poverty" and (refused or relations.breaks(changed))
        tally = counts.setdefault((table, kind), Counter())
        tally.update(
            changes=1, refused=refused, noticed=noticed, revealable=revealable, both=noticed and revealable
        )
        if revealable and not noticed:
            missed.append((table, index + 2, column, row[column], text))
    return counts, missed


def share(part, whole):
    """A percentage as text."""
    return f"{100 * part / whole:5.1f} %" if whole else "     –"


def main():
    """Print the table of shares noticed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", default=None)
    parser.add_argument("--every", type=int, default=1, help="try each N-th change only")
    parser.add_argument("--dates", action="store_true", help="change dates too")
    options = parser.parse_args()
    gc.disable()  # no cycles are made; collecting costs a quarter of the time
    # Files are not read again: their checksums do not count here.
    package = replace(packages.load_package(options.package), descriptor={})
    started = time.perf_counter()
    counts, missed = measure(package, options.every, options.dates)
    print(f"{'file':16}{'':9}{'changes':>8}{'refused':>9}{'noticed':>9}{'share':>9}")
    for (table, kind), n in counts.items():
        numbers = f"{n['changes']:8}{n['refused']:9}{n['noticed']:9}{share(n['noticed'], n['changes']):>9}"
        print(f"{table + '.csv':16}{kind:9}{numbers}")
    n = counts["poverty", "figures"]
    ceiling, found = share(n["revealable"], n["changes"]).strip(), share(n["both"], n["revealable"]).strip()
    print(f"\npoverty.csv: its redundancy can reveal {n['revealable']} of {n['changes']} changes ({ceiling})")
    print(f"  of these noticed: {n['both']} ({found}); noticed beyond them: {n['noticed'] - n['both']}")
    for table, line, column, old, new in missed:
        print(f"  revealable, not noticed: {table}.csv:{line}:{column}: {old} -> {new}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
