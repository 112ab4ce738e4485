"""Nothing of An Giang on the pages of plans that are otherwise in every fact, one in each language.

The notebooks' cells are run in this process, on few draws and points: what stands on a page is the words of their
Markdown cells and the exhibits, with the text in their figures.
"""

import ast
import csv
import json
import re
import warnings

import pytest
from helpers import read_aloud
from plans import write

from giamngheo import list_scenarios, load_package, paths
from giamngheo.language import phrases
from giamngheo.report.wording import Page, header, kicker, report_question
from giamngheo.runs.publish import ALWAYS
from giamngheo.simulation import shared_draws as shared_module
from giamngheo.simulation.outcomes import simulate_all
from giamngheo.simulation.shared_draws import make_ahead, shared_draws

DRAWS, SEED = 100, 1
FEW = {"points": "256", "solver_draws": "1_000", "search_draws": "200", "fresh_draws": "1_000"}  # of knobs
NEVER = (  # whatever else a plan holds
    r"An Giang|2[.,\s]?155\b|\b107/QĐ|\bqd107\w*|[Kk]hmer|Chăm\b|\bCham\b",
    r"(?:chương trình|programme) 135|thiểu số|[Ee]thnic|biên giới|border communes|2013[–-]2015|flood_2014",
    r"(?:cuối năm|end of|31 December|31/12/) ?(?:2011|2012|2015)\b|4[.,]24 (?:persons|người)|poor_2015",
    r"[Tt]he decision's|của Quyết định|[Tt]hree sources|[Bb]a nguồn|[Ee]ight readings|[Tt]ám số liệu đã",
    r"\b(?:Decision|Quyết định) 88\b",
)
UNRUN = "05_sensitivity"  # as long as all others together: its Markdown cells here, its phrases below
BOTH = r"[Bb]oth (?:poverty )?targets|[Cc]ả hai mục tiêu|[Tt]wo targets|[Hh]ai mục tiêu"
COUNTED = {  # by the number of targets of all households: what cannot be said
    1: rf"{BOTH}|[Aa]ll targets at once|[Mm]ọi mục tiêu cùng lúc|[Tt]hree targets|cả ba mục tiêu",
    3: rf"{BOTH}|[Bb]oth at once|[Cc]ả hai cùng lúc",
}


def end(year):
    return f"{year}-12-31"


def plan(years, readings, targets, budget, **others):
    """A plan as `plans.write` takes it, of tables in a few words each."""
    labels = {
        "province_vi": "Tỉnh Thử",
        "province_en": "Trial province",
        "decision": "88/NQ-HĐND",
        "date": f"{years[0] - 1}-12-20",
        "main_document": "plan",
        "first_year": years[0],
        "last_year": years[-1],
        "title_vi": "Kế hoạch thử",
        "title_en": "A plan on trial",
        "groups": {"hill": {"vi": "hộ vùng đồi", "en": "hill households"}},
    }
    size = {"all": 207_000, "hill": 21_000}
    return {
        "labels": labels,
        "documents": [
            {"document": "plan", "title": "Kế hoạch thử", "issuer": "HĐND", "date": labels["date"]},
            {"document": "law", "title": "Văn bản chuẩn", "issuer": "CP", "date": ""},
        ],
        "lines": [
            {
                "poverty_line": "trial_line",
                "area": "rural",
                "poor_vnd_month": "1500000",
                "near_poor_vnd_month": "2250000",
                "valid_from": "2021-01-01",
                "legal_basis": "law",
            }
        ],
        "poverty": [
            {
                "as_of": end(year),
                "as_stated": f"cuối năm {year}",
                "group": group,
                "status": status,
                "poverty_line": "trial_line",
                "households": str(round(size[group] * rate / 100)),
                "rate_pct": f"{rate:.2f}",
                "persons": str(round(size[group] * rate / 100 * 3.6)) if group == "all" else "",
                "document": "plan",
            }
            for group, status, first, rates in readings
            for year, rate in enumerate(rates, first)
        ],
        "targets": [
            {
                "target": f"aim_{n}",
                "group": group,
                "status": status,
                "comparator": "<=",
                "value_pct": str(value),
                "as_of": end(year),
                "what": f"aim_{n}",
                "name_vi": f"Chỉ tiêu {n}",
                "name_en": f"Aim {n}",
            }
            for n, (group, status, value, year) in enumerate(targets)
        ],
        "budget": [
            {
                "line": f"item_{n}",
                "kind_table": "policy",
                "kind_text": "policy",
                "name_vi": f"Khoản {n}",
                "name_en": f"Item {n}",
                "annual": str(sum(parts)),
                "total_3y": str(sum(parts) * len(years)),
                "channel": channel,
                "group": group,
            }
            | dict(zip(("central", "provincial", "mobilised"), map(str, parts), strict=True))
            for n, (parts, channel, group) in enumerate(budget)
        ],
    } | others


POOR = ("all", "poor", 2021, (9.2, 8.1, 7.3, 6.4))
PLANS = {  # by the number of targets of all households: the language of its pages and the plan
    1: (
        "vi",
        plan(  # five years, one target, one line, one source, one measure, no near-poor
            range(2026, 2031),
            [POOR],
            [("all", "poor", 2.6, 2030)],
            [((0, 70, 0), "livelihood", "all")],
            measures=[
                {
                    "line": "item_0",
                    "what": "herds",
                    "name_vi": "đàn gia súc",
                    "name_en": "herds",
                    "quantity": "40",
                    "unit": "household",
                    "per": "year",
                }
            ],
        ),
    ),
    3: (
        "en",
        plan(  # two years, three targets and one of a group that is read, two sources, money without credit
            range(2026, 2028),
            [POOR, ("all", "near_poor", 2022, (6.1, 5.7, 5.2)), ("hill", "poor", 2022, (24.3, 21.9, 19.2))],
            [
                ("all", "poor", 5.0, 2026),
                ("all", "poor", 4.0, 2027),
                ("all", "near_poor", 4.5, 2027),
                ("hill", "poor", 12, 2027),
            ],
            [
                ((1300, 100, 0), "cost_relief", "all"),
                ((950, 0, 0), "cash", "hill"),
                ((50, 20, 0), "training", "all"),
            ],
        ),
    ),
}


def cells(name, lang, **given):
    """What a page shows of a notebook: the words of its Markdown cells, and its exhibits (str)."""
    space, shown = {}, []
    notebook = json.loads((paths.NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        tags, source = cell["metadata"].get("tags", ()), "".join(cell["source"])
        on_page = "notebook-only" not in tags
        if cell["cell_type"] == "markdown":
            shown += [source] if lang in tags and on_page else []
            continue
        if name == UNRUN:
            continue
        for knob, few in FEW.items():
            source = re.sub(rf"^{knob} = [\d_]+", f"{knob} = {few}", source, flags=re.MULTILINE)
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), space)
        if "parameters" in tags:
            space |= {key: value for key, value in (given | {"lang": lang}).items() if key in space}
        elif last is not None and on_page:
            exhibit = eval(compile(ast.Expression(last.value), name, "eval"), space)
            shown.append(getattr(exhibit, "html", ""))
    return "\n".join(shown)


def pages_of(n, folder):
    """The text of the pages of a plan of n targets, by notebook (dict of str to str)."""
    lang, tables = PLANS[n]
    package = load_package(write(tables, folder))
    shared = make_ahead(shared_draws(package, draws=DRAWS, seed=SEED))
    simulate_all(package, [row.id for row in list_scenarios(package)], shared)
    page = Page(package, lang)
    text = {"head": " ".join((header(page), kicker(page), report_question(page)))}
    for name in (*ALWAYS, "03_scenario"):
        shown = cells(name, lang, package=str(folder), draws=DRAWS, seed=SEED)
        text[name] = read_aloud(re.sub(r"<(script|style)\b.*?</\1>", " ", shown, flags=re.DOTALL))
    return text


@pytest.fixture(scope="module", params=PLANS)
def pages(request, tmp_path_factory):
    """Number of targets, and text by notebook."""
    with pytest.MonkeyPatch.context() as patched, warnings.catch_warnings(action="ignore"):
        patched.setenv(paths.SHOWN_FOR, "page")
        patched.setattr(shared_module, "made_ahead", [])
        return request.param, pages_of(request.param, tmp_path_factory.mktemp("fixed") / "trial")


def own_of_an_giang():
    """Names and figures that only An Giang's files hold (list of str)."""
    found = set()
    for path in (paths.PACKAGE).glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, cell in row.items():
                    if re.match(r"(name|agency)_|title$", column) and len(cell) > 20:
                        found.add(cell)
                    elif re.fullmatch(r"\d{5,}", cell) and cell[-3:] != "000":
                        found |= {f"{int(cell):,}", f"{int(cell):,}".replace(",", ".")}
    return sorted(found)


def test_nothing_of_an_giang_stands_on_them(pages):
    n, text = pages
    wrong, names = [], own_of_an_giang()
    assert len(names) > 100
    for name, words in text.items():
        assert len(words) > 80, name
        for pattern in (*NEVER, COUNTED[n]):
            for found in re.finditer(pattern, words):
                wrong.append((name, found.group(), words[max(found.start() - 60, 0) : found.end() + 30]))
        wrong += [(name, each) for each in names if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", words)]
    assert not wrong, "\n".join(map(str, wrong))


def test_what_is_counted_is_the_plan_s_own(pages):
    n, text = pages
    words = " ".join(text.values())
    if n == 1:
        there = ["Nghị quyết 88/NQ-HĐND", "2026–2030", "mục tiêu giảm hộ nghèo", "một khoản mục"]
        not_there = ["nơi khác quyết định hằng năm", "nguồn vận động 0 tỷ", "Không có nguồn vận động"]
    else:
        there = ["Resolution 88/NQ-HĐND", "2026–2027", "all three poverty targets", "decided elsewhere"]
        not_there = [" 0 billion VND from", "its level on the new line was not published"]
        assert re.findall("Not in the table, [^.]*No mobilised funds", words)
        words = re.sub("Not in the table, [^.]*", "", words)
        not_there.append("No mobilised funds")
        there, not_there = [*there, "Central budget only"], [*not_there, "no target of its own for the group"]
    assert [each for each in there if each not in words] == []
    assert [each for each in not_there if each in words] == []


def test_no_phrase_of_a_page_tells_of_an_giang():
    told = {
        f"{key}.{lang}": text
        for key, each in phrases().items()
        if not key.startswith(("document.", "review.", "workbook.")) and "ethnic_minority" not in key
        for lang, text in each.items()
    }
    wrong = {key: text for key, text in told.items() if any(re.search(each, text) for each in NEVER)}
    assert wrong == {}
    of_two = {key.rsplit(".", 1)[0] for key, text in told.items() if re.search(BOTH, text)}
    assert all(key.endswith(("both", "both_targets", "targets_2", "finding_both")) for key in of_two), of_two
