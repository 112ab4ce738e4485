"""For whom a text, table or figure is made, and the phrases that several notebooks share."""

import re
from dataclasses import dataclass
from fractions import Fraction

from giamngheo import language
from giamngheo.inputs.judged import level_pair, level_targets, targets_of_all
from giamngheo.inputs.package import Package
from giamngheo.report.columns import DAY, MISSING, Column, is_missing
from giamngheo.report.html import plain, prose
from giamngheo.simulation.outcomes import CASES
from giamngheo.simulation.targets import BOTH, chance_class

_COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "="}
_DOCUMENTS = {
    "QĐ": "document_qd",
    "NQ": "document_nq",
    "KH": "document_kh",
    "CT": "document_ct",
    "TTr": "document_ttr",
}
_PLACES = (
    (re.compile(r"^preamble (\d+)"), "preamble"),
    (re.compile(r"^article (\d+)"), "article"),
    (re.compile(r"^part (\d+)"), "part"),
    (re.compile(r"^heading ([\d.]+)"), "heading"),
    (re.compile(r" heading ([\d.]+)"), "heading_in"),
    (re.compile(r"^budget table note"), "table_note"),
    (re.compile(r"^budget table (\S+)"), "table_row"),
    (re.compile(r"^budget table$"), "table_whole"),
    (re.compile(r" item (\d+)"), "item"),
)


@dataclass(frozen=True)
class Page:
    """What a text, table or figure is made for: a package, and the language of its reader ("vi" or "en").

    The methods write one value each as that language does; see `giamngheo.language`.
    """

    package: Package
    lang: str

    def say(self, key, **values):
        """A phrase with its values filled in (str)."""
        return language.say(key, self.lang, **values)

    def has(self, key):
        """Whether there is such a phrase (bool)."""
        return language.has_phrase(key)

    def number(self, x, decimals=None):
        """58.543 or 58,543 (str)."""
        return language.number(x, self.lang, decimals)

    def signed(self, x, decimals=None):
        """A number with its sign (str)."""
        return language.signed(x, self.lang, decimals)

    def percent(self, x, decimals=None):
        """A share that is already in percent (str)."""
        return language.percent(x, self.lang, decimals)

    def points(self, x, decimals=None):
        """A difference of two rates (str)."""
        return language.points(x, self.lang, decimals)

    def range(self, low, high, decimals=1):
        """Both ends of an interval (str)."""
        return self.say("words.range", low=self.number(low, decimals), high=self.number(high, decimals))

    def money(self, x, decimals=None):
        """An amount in billion VND (str)."""
        return language.money(x, self.lang, decimals)

    def households(self, x, decimals=0):
        """A number of households (str)."""
        return language.households(x, self.lang, decimals)

    def day(self, when):
        """A date (str)."""
        return language.day(when, self.lang)

    def chance(self, p):
        """A probability of 0..1 in whole percent (str)."""
        return language.chance(p, self.lang)

    def frequency(self, p):
        """A probability of 0..1 as a frequency, which another seed leaves as it is (str)."""
        return language.frequency(p, self.lang)

    def chance_word(self, p):
        """The calibrated word for a probability; a number always stands beside it (str)."""
        return self.say(f"chance.{chance_class(p)}")

    def group(self, group):
        """What a population group is called: by the package, by the workbook, else its id in words (str)."""
        known = self.has(f"group.{group}") and group not in self.package.labels.groups
        return self.say(f"group.{group}") if known else self.package.labels.group_name(group)[self.lang]

    def name(self, row):
        """The name of a record that has one in each language (str)."""
        return getattr(row, f"name_{self.lang}")

    @property
    def line_names(self):
        """Names of the budget lines (dict of str to str)."""
        return {row.line: self.name(row) for row in self.package.budget_lines}

    # Columns of tables: the head is a phrase's key, or the text itself where it has none.

    def column(self, key, head, show=None, *, numeric=True, number_format="General"):
        """A column with a formatter of its own (Column); its head is a phrase's key, or the words themselves."""
        is_key = re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", head)
        return Column(key, self.say(head) if is_key else head, show, numeric, number_format)

    def text_column(self, key, head="", show=None):
        """A column of words, set flush left (Column)."""
        return self.column(key, head, show, numeric=False)

    def number_column(self, key, head, decimals=None):
        """A column of numbers (Column)."""
        shape = "#,##0" + ("." + "0" * decimals if decimals and decimals > 0 else "")
        return self.column(
            key,
            head,
            lambda x: self.number(x, decimals),
            number_format="General" if decimals is None else shape,
        )

    def signed_column(self, key, head, decimals=None):
        """A column of changes (Column)."""
        return self.column(key, head, lambda x: self.signed(x, decimals), number_format="+0.###;-0.###;0")

    def chance_column(self, key, head):
        """A column of probabilities 0..1 (Column)."""
        return self.column(key, head, self.chance, number_format="0 %")

    def day_column(self, key, head):
        """A column of dates (Column)."""
        return self.column(key, head, self.day, numeric=False, number_format=DAY)


def first_upper(text):
    """The text with its first letter in upper case (str)."""
    return text[:1].upper() + text[1:]


def target_text(target, page):
    """A level target in signs: ``< 2 %`` (str)."""
    return f"{_COMPARATORS[target.comparator]} {page.percent(target.value_pct)}"


def told_apart(target, page, text=None):
    """A level target in signs or as written, with its year where a status has several: ``< 2 % (2015)`` (str)."""
    of = target.group, target.status
    several = sum((each.group, each.status) == of for each in level_targets(page.package)) > 1
    text = text or target_text(target, page)
    return f"{text} ({target.as_of.year})" if several else text


def promise_text(target, page):
    """A level target inside a sentence: ``tỷ lệ hộ nghèo xuống dưới 2 %`` (str)."""
    key = "answer.target_below" if target.comparator == "<" else "answer.target_at_most"
    who = page.say(f"answer.who_{target.status}")
    return page.say(key, who=who, value=page.percent(target.value_pct))


def together(page, both, more, **values):
    """All targets at once, by the phrase for both of two or by that for more (str)."""
    return page.say(both if len(targets_of_all(page.package)) < 3 else more, **values)


def first_target(package):
    """The target that a sentence about one tells of: the poor's last, else the near-poor's (Target)."""
    targets = level_pair(package)
    return targets.get("poor") or next(iter(targets.values()))


def joint_name(page):
    """``the chance of both targets``, of all, or of the one that there is (str)."""
    if len(targets_of_all(page.package)) > 1:
        return together(page, "sensitivity.joint_both", "sensitivity.joint_all")
    return page.say("sensitivity.joint_one")


def untargeted(page, group):
    """The sentence that a group has no target on a rate, None where it has one (str or None)."""
    if all(target.group != group for target in level_targets(page.package)):
        return page.say("group.untargeted")
    return None


def target_heads(page):
    """Columns of targets: (id, heading), the joint one last when there are several (list)."""
    targets = targets_of_all(page.package)
    heads = [
        (target.target, f"{page.say(f'status.{target.status}_short')} {told_apart(target, page)}")
        for target in targets
    ]
    return heads + ([(BOTH, together(page, "compare.both", "compare.all"))] if len(targets) > 1 else [])


def locator_text(locator, page):
    """A place in a document in the reader's language.

    Parameters
    ----------
    locator : str
        For example ``preamble 4``, ``I.2 item 1``, ``budget table I.3``; several are separated by ``; ``.
    page : Page

    Returns
    -------
    str
    """
    documents = page.package.documents if page.package else ()  # of proposals there is none yet
    parts, titles = [], {row.document: row.title for row in documents}
    for part in locator.split("; "):
        part = titles.get(part, part)
        for pattern, key in _PLACES:
            part = pattern.sub(
                lambda found, key=key: page.say(
                    f"locator.{key}", **({"n": found.group(1)} if found.groups() else {})
                ),
                part,
            )
        parts.append(part)
    return "; ".join(parts)


def when_text(date, page):
    """``cuối năm 2015`` for the last day of a year, else the day (str)."""
    if (date.month, date.day) == (12, 31):
        return page.say("words.end_of", year=str(date.year))
    return page.day(date)


def deadlines_text(page):
    """The days of the judged targets of all households, in time's order (str)."""
    days = sorted({target.as_of for target in targets_of_all(page.package)})
    return f" {page.say('words.and')} ".join(map(page.day, days))


def count_word(n, page):
    """A small number as a word at the start of a sentence, else in digits (str)."""
    return page.say(f"number.word_{n}") if page.has(f"number.word_{n}") else page.number(n)


def amount_text(value, page):
    """Billion VND as written in tables, with up to two decimals (str)."""
    return page.number(language.rounded(value, 2).normalize() + 0)


def with_range(page, middle, low, high):
    """``5.0 (3.1–7.2)``: a number and the range around it (str)."""
    middle, low, high = (page.number(value, 1) for value in (middle, low, high))
    return f"{middle} ({low}–{high})"


def years_text(years):
    """``2013–2015``, or the one year (str)."""
    years = sorted(years)
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def header(page):
    """Title of the report (str)."""
    return _headed(page, "report.title", province=province(page))


def kicker(page):
    """The title of the report where the province stands in the sentence below it (str)."""
    return _headed(page, "report.kicker")


def _headed(page, key, **words):
    date = page.day(page.package.labels.date)
    return plain(page.say(key, decision=decision_text(page), date=date, **words))


def decision_text(page):
    """``Quyết định 107/QĐ-UBND``: the plan's document, called what the letters of its number say it is (str)."""
    number = re.sub(
        r"^[^\d/-]*\s(?=\d)", "", page.package.labels.decision
    )  # as in "Quyết định số 107/QĐ-UBND"
    letters = number.replace("\N{LATIN CAPITAL LETTER ETH}", "Đ")  # it looks the same, and is often typed
    kind = next((key for mark, key in _DOCUMENTS.items() if re.search(rf"\b{mark}\b", letters)), "document")
    return page.say(f"report.{kind}", number=number)


def province(page):
    """The province's name (str)."""
    return getattr(page.package.labels, f"province_{page.lang}")


def question(page, name, **values):
    """The question that a notebook answers: "trend", "scenario", "sensitivity" (Exhibit)."""
    return prose(page.say(f"question.{name}", when=page.day(page.package.deadline), **values), css="lead")


def report_question(page):
    """What the report asks, for the line under its title (str)."""
    package, targets = page.package, level_pair(page.package)
    left = []
    for status, target in targets.items():
        key = "target.below" if target.comparator == "<" else "target.at_most"
        value = page.say(key, value=page.percent(target.value_pct))
        left.append(page.say(f"target.left_{status}", amount=value))
    deadline = max((target.as_of for target in targets.values()), default=package.deadline)
    return page.say(
        "report.question",
        total=page.money(package.total_bn()),
        years=years_text(package.years),
        deadline=when_text(deadline, page),
        targets=f" {page.say('words.and')} ".join(left),
    )


def ends_text(page, low, high):
    """Two numbers as written, the lower first, or the one where they read the same (str)."""
    return low if low == high else page.say("words.low_to_high", low=low, high=high)


def case_text(r, page):
    """A case of additionality in a word or two: what its r is called, a value in between in signs (str)."""
    return page.say(f"case.short_{CASES[r]}") if r in CASES else f"r = {page.number(r)}"


def share_text(share, page):
    """A share as percent without needless decimals (str)."""
    percent = 100 * Fraction(share)
    return page.percent(percent, 0 if percent.denominator == 1 else 1)


def of_cases(write):
    """How a cell shows both cases of additionality: ``12 % / 3 %``, a dash for one that does not apply (callable)."""
    return lambda *values: " / ".join(MISSING if is_missing(value) else write(value) for value in values)
