"""How much of a plan's text is read rightly: cells of readings, targets and budget against tables that are known.

``python benchmarks/extraction.py`` scores the plans that the tests hold; ``… TEXT.txt DIR`` a text against a package,
such as that of Decision 107/QĐ-UBND, which the project does not hold, against data/an-giang (357 of 357 cells).

At first sight, when a plan was new to the grammar, cells right of those of readings, targets and budget; mended by kind
after each round, so that today's score of these plans says nothing of a new one:

========================================  ====================================================  ============
ha-lam, song-tra, thanh-vinh                                                                     76.5 %
bac-son, dong-khe, lang-khe               93 and 30 % of two of them
kim-sa, vinh-khe, dai-lam, tan-ha,        50.3, 88.6, 60.8, 19.3 (a plan within an article),    59.9 %
muong-kha                                 65.4 %
lam-son, phu-khanh, cao-lang              85.2, 80.8, 87.3 %                                    84.3 %
son-binh, hoa-an, thach-ban               99.2, 57.1, 26.8 (numbers without a mark) %           60.2 %
lien-tra, van-phuc, dong-giang            67.1, 80.3, 27.7 (chapters) %                         58.8 %
my-lam, ea-dak, tra-son                   100, 100, 32.4 ("Mục 1.") %                           76.3 %
hung-khe, nam-pha, thuan-lac,             60.2, 16.9, 45.9, 19.3 (no headings), 59.7 %; then    40.9 %
yen-thuong, phong-dinh                    content began to tell what a part is about
dak-roong, long-ha, muong-bang, tien-phu  30.6, 43.6 ("a1."), 99.4, 33.6 ("Phần một") %         54.6 %
quang-lam, song-luong, hoa-thuan,         100, 100, 100, 40.0 ("Tiểu mục 1.2", nghìn đồng) %    85.6 %
thanh-liem-ha
phu-giang, dong-xuyen, ia-kring,          100, 69.4 (a table of districts), 99.3, 82.6 %        89.1 %
cam-thuong
binh-son-ha, kien-tuong, muong-lay-ha     66.0, 28.0 ("Một.", "i)"), 100 %                      65.6 %
tay-khe, an-phuoc-ha, dien-luong, go-sao  0.0, 30.4 (places alone), 100, 99.1 %                 61.0 %
thuong-xuan-ha, ngoc-lam, vinh-tan-ha,    100, 97.6, 56.0, 68.5 (a list in a paragraph) %       81.2 %
kon-braih
bac-hai-ha, quan-son-ha, tam-giang,       84.0, 94.8, 100, 82.6 %                               91.2 %
dak-pring
son-lac, phu-an-ha, lung-vai, giong-tre   64.0, 60.7, 100, 22.6 (places alone) %                65.6 %
ea-hleo-ha, tra-bong-ha, ninh-lam,        100, 100, 100, 88.0 %                                 97.2 %
hong-dan-ha
tay-ninh-ha, bac-lieu-ha, que-lam,        100, 85.0, 100, 88.2 %                                91.6 %
nam-tra
hai-van-ha, thac-ba, lam-thao-ha          99.0, 92.7, 100 %                                     97.0 %
dong-la, huong-linh, thach-luong,         100, 95.2, 87.0, 85.2 %, written by one who had not   92.4 %
binh-khe-thuong                           read the grammar
========================================  ====================================================  ============

What costs most is a numbering that is new; rows of such a place are in doubt, and what no row rests on is listed.
"""

import csv
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path

from giamngheo import paths
from giamngheo.inputs.extraction.propose import propose_from

PLANS = paths.ROOT / "tests" / "inputs" / "plans"
KEYS = {  # what tells a row, then what is compared
    "poverty": (
        ("as_of", "group", "status", "poverty_line"),
        ("households", "rate_pct", "persons", "locator"),
    ),
    "targets": (
        ("status", "group", "locator", "value_pct"),
        ("comparator", "as_of", "pace_low_pp", "pace_high_pp"),
    ),
    "budget": (
        ("locator",),
        ("kind_table", "central", "provincial", "mobilised", "annual", "total_3y", "channel", "group"),
    ),
}
PROMISES = {  # counted apart: not every plan that the tests hold has these tables
    "measures": (
        ("locator", "quantity"),
        ("unit", "per", "unit_cost_vnd"),
    ),  # a unit's cost where it is stated
    "agencies": (("locator", "agency_vi", "role"), ()),
}


def score(text, folder, tables=KEYS):
    """Cells of a text that are right, of those of the tables in a folder, and those wrong without a doubt.

    Parameters
    ----------
    text, folder : path-like
    tables : dict, optional
        Tables to score; those of KEYS.

    Returns
    -------
    dict of str to (int, int)
        By table, cells right and cells there are.
    list of str
        Each cell that is wrong; "!" before those of a row with a high confidence.
    """
    _, found = propose_from(text)
    counts, wrong = {}, []
    for table, (key, compared) in tables.items():
        rows = list(csv.DictReader((Path(folder) / f"{table}.csv").open(encoding="utf-8")))
        waiting = [each for each in found if each.table == table and each.cells.get("quantity") != ""]
        right = there = 0
        for row in rows:
            columns = [each for each in (*key, *compared) if each != "unit_cost_vnd" or row.get(each)]
            there += len(columns)
            fits = (each for each in waiting if all(_same(each.cells[column], row[column]) for column in key))
            each = next(fits, None)
            if each is not None:
                waiting.remove(each)
            name = tuple(row[column] for column in key)
            if each is None:
                wrong.append(f"{table} {name}: no such row")
                continue
            for column in columns:
                if _same(each.cells[column], row[column]):
                    right += 1
                else:
                    sure = "! " if each.confidence == "high" else ""
                    wrong.append(
                        f"{sure}{table} {name} {column}: {each.cells[column]!r}, not {row[column]!r}"
                    )
        for each in waiting:
            sure = "! " if each.confidence == "high" else ""
            wrong.append(f"{sure}{table} {tuple(each.cells[column] for column in key)}: a row too many")
        counts[table] = right, there
    return counts, wrong


def _plain(value):
    try:
        return str(Decimal(value).normalize())
    except InvalidOperation:
        return value


def _same(one, other):
    return any(_plain(one) == _plain(choice) for choice in other.split("|"))


def main(arguments):
    """Print the scores."""
    cases = [arguments] if arguments else [(plan / "decision.txt", plan) for plan in sorted(PLANS.iterdir())]
    for text, folder in cases:
        counts, wrong = score(text, folder)
        right, there = (sum(each[n] for each in counts.values()) for n in (0, 1))
        print(f"{Path(folder).name}: {right}/{there} cells right ({right / there:.1%})", counts)
        if (Path(folder) / "measures.csv").exists():
            promised, missed = score(text, folder, PROMISES)
            print("  promises and agencies", promised)
            wrong += missed
        for line in wrong:
            print(" ", line)


if __name__ == "__main__":
    main(sys.argv[1:])
