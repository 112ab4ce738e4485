"""What the text itself says of each policy: its heading, its money, and from which source."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from giamngheo.inputs.extraction.marks import SIGN
from giamngheo.inputs.extraction.money import sums
from giamngheo.inputs.extraction.numbers import billions, number
from giamngheo.inputs.extraction.vocabulary import (
    name_in,
    named_sources,
    source_of,
    sources_in,
    subject_of,
    topic_of,
    unmarked,
)

_YEARS = r"(?:trong\s+)?(?:\d{1,2}|cả)\s*(?:năm|giai đoạn)|giai đoạn|cả giai đoạn|cả thời kỳ"
_ANNUAL_AFTER = re.compile(r"\s*(?:/\s*năm|mỗi năm|hàng năm|một năm|/\s*1\s*năm)")
_TOTAL_AFTER = re.compile(rf"\s*(?:/|cho|,)?\s*(?:{_YEARS})")
_ANNUAL_BEFORE = re.compile(r"(?:bình quân|mỗi năm|hàng năm)[^;.]{0,60}$")
_TOTAL_BEFORE = re.compile(r"(?:tổng|trong \d{1,2} năm|giai đoạn)[^;.]{0,60}$")
_PART = re.compile(r"trong đó|\bgồm\b|bao gồm|bố trí từ|huy động từ")
_SOURCE_BEFORE = re.compile(
    r"(?:ngân sách|\bns|nguồn|\bvốn|huy động|vận động|đóng góp|xã hội hóa)[^;.,\d]{0,50}$"
    r"|\b(?:trung ương|tw|tỉnh|địa phương|đp|huyện|khác|người dân|nhân dân|cộng đồng)[:\s]*$"
)
_SOURCE_AFTER = re.compile(
    r"(?:\s*/\s*năm)?\s*(?:[(][^;,.\d()]{0,50}[)]|,?\s*(?:toàn bộ\s+)?(?:từ|thuộc|do)\s+[^;,.\d]{0,50})"
)
_FROM = re.compile(rf"\s*{SIGN}")
_SOURCE_OR_SUM = re.compile(r"[\W\da-zđ]{0,6}?(?:nguồn|vốn|ngân sách|\bns|tổng|trong đó|huy động)\b")
_OF_POLICIES = ("policies", "money", "scope", None)
_OF_YEAR = re.compile(r"năm\s+20\d\d\s*(?::|là|khoảng)?\s*$")
_SUM = re.compile(r"\s*tổng (?:cộng|số|nhu cầu|kinh phí|vốn)")
_KIND = re.compile(r"[\s,]*(?:(?:về|các|nhóm)\s+)*(chính sách|dự án|tiểu dự án)")
_OF_ONE = re.compile(r"\s*(?:[a-zđ]\s*\)|[\d.]+\W+kinh phí\b)")  # what a policy's own parts begin with
_ASKED = re.compile(r"nhu cầu|(?:tổng )?kinh phí|dự toán|vốn")
_CARRIED = re.compile(r"chủ trì|(?:cơ quan|đơn vị) thực hiện")
_NAME = 100  # letters of a policy's name before its colon
FORMER = re.compile(r"\bđã (?!được phê)|đến nay|giai đoạn trước")


@dataclass
class Section:
    """A policy or project of the text: headings from its own outwards, money in billion VND, and their places."""

    headings: tuple[str, ...]
    locator: str
    start: int
    paragraphs: list = field(default_factory=list, repr=False)
    money: dict = field(
        default_factory=dict
    )  # "annual", "total_3y" and sources -> (Decimal, start, end, a year)
    unsure: bool = False
    guessed: bool = False  # that its one source pays all

    @property
    def heading(self):
        """Its folded heading, without its number and what follows the colon."""
        return self.headings[0][slice(*name_in(self.headings[0]))].strip(" .;:")

    @property
    def kind(self):
        """ "policy" or "project", as its own or the next heading outwards says, None if none does."""
        for heading in self.headings:
            mark, head = unmarked(heading)
            found = _KIND.match(head) or _KIND.match(mark)
            if found and not ("chính sách" in head and "dự án" in head):
                return "policy" if found[1] == "chính sách" else "project"
        return None


def sections(text):
    """The policies and projects of the text that speak of money, of quantities or of agencies, in order.

    Parameters
    ----------
    text : Text

    Returns
    -------
    list of Section
    """
    found, leaf = {}, None
    for paragraph in text.paragraphs:
        if paragraph.zone not in ("part", "preamble") or paragraph.topic not in _OF_POLICIES:
            leaf = None
            continue
        outwards = tuple(reversed(paragraph.headings))
        part = (
            bool(outwards) and topic_of(outwards[-1]) and not subject_of(outwards[-1])
        )  # of several policies
        inner, of_money = outwards[:-1] if part else outwards, paragraph.topic == "money"
        named = next((n for n, heading in enumerate(inner) if _subject(heading, of_money)), None)
        name = paragraph.folded.partition(":")[0]
        money = named is None and bool(sums(paragraph.folded))
        beside = leaf and name != paragraph.folded and len(name) < _NAME and not _SOURCE_OR_SUM.match(name)
        if money and (_subject(paragraph.folded, True) or (beside and _FROM.match(name))):
            leaf = Section((paragraph.folded, *inner), paragraph.locator, paragraph.start, [paragraph])
            found[paragraph.start] = leaf
        elif leaf and _FROM.match(paragraph.folded) and source_of(paragraph.folded[:60]):
            leaf.paragraphs.append(paragraph)
        elif inner and not (of_money and named is None):
            leaf = None
            if named is None:
                named = next((n for n, heading in enumerate(inner) if not _OF_ONE.match(heading)), 0)
            headings = outwards[named:]
            locator = paragraph.section if named == 0 else paragraph.section.split("(")[0]
            own = found.setdefault(headings, Section(headings, locator, paragraph.start))
            own.paragraphs.append(paragraph)
    kept = [section for section in found.values() if _has_substance(section)]
    for section in kept:
        _read_money(section)
    return kept


def _subject(heading, of_money):
    """The subject of a heading's words before its colon or its money; under a heading on money no source is one."""
    money, name = sums(heading[:400]), heading.partition(":")[0][:200]
    name = name[: money[0].start] if money else name
    return None if of_money and _SOURCE_OR_SUM.match(name) else subject_of(name)


def _has_substance(section):
    return any(sums(p.folded) or _CARRIED.search(p.folded) for p in section.paragraphs)


def _read_money(section):
    """Fill in a section's money: from what it needs, never from what was spent before."""
    asked, first = [], section.paragraphs[0].folded
    if sums(first):  # then a sum below it is that of all
        section.paragraphs = [p for p in section.paragraphs if p.folded is first or not _SUM.match(p.folded)]
    for n, p in enumerate(section.paragraphs):
        of_it = (
            n and section.paragraphs[n - 1] in asked and _FROM.match(p.folded) and source_of(p.folded[:60])
        )
        if of_it or _ASKED.match(p.folded, name_in(p.folded)[0]):
            asked.append(p)
    told = [p for p in section.paragraphs if "kinh phí" in p.folded and sums(p.folded)]
    of_years = []
    for paragraph in asked or section.paragraphs:
        words = paragraph.folded
        part = _PART.search(words)
        for money in sums(words):
            before = re.split(
                r"(?<!\d)[,;.](?!\d)|[,;](?=\s)", words[max(0, money.start - 120) : money.start]
            )[-1]
            sentence = re.split(r"[.;](?=\s)", words[max(0, money.start - 200) : money.start])[-1]
            if not asked and FORMER.search(sentence):
                continue
            value, sure = number(money.figures)
            if _OF_YEAR.search(before):
                of_years.append(
                    (
                        billions(value, money.unit),
                        paragraph.start + money.start,
                        paragraph.start + money.end,
                    )
                )
                continue
            place = paragraph.start + money.start, paragraph.start + money.end
            amount = billions(value, money.unit), *place
            mark = _SOURCE_BEFORE.search(before)
            source = source_of(mark[0]) if mark else None
            mark = _SOURCE_AFTER.match(words, money.end, money.end + 60)
            if mark and source is None and len(names := {name for _, name in named_sources(mark[0])}) == 1:
                source = names.pop()  # of two it would not be told what each gives
            if (
                source == "credit" and not section.money
            ):  # "Cho vay vốn tín dụng: 680 tỷ đồng" names what it is for
                source = None
            yearly = _yearly(words, money, before)
            section.unsure = section.unsure or not sure
            if source and (part is None or money.start > part.start() or not section.money):
                earlier = section.money.get(source, (Decimal(0), *place, yearly))
                section.money[source] = earlier[0] + amount[0], earlier[1], place[1], yearly
            else:
                section.money.setdefault("annual" if yearly else "total_3y", (*amount, yearly))
    if of_years and not section.money.keys() & {"annual", "total_3y"}:
        total = sum(value for value, *_ in of_years)
        section.money["total_3y"] = total, of_years[0][1], of_years[-1][2], False
    named = {name for p in asked or told for _, name in sources_in(p.folded)}
    if len(named) == 1 and len(section.money) in (1, 2) and not named & set(section.money):
        # One source alone is named beside the whole sum: all of it is taken to be its own.
        whole = section.money.get("total_3y") or section.money.get("annual")
        if whole:
            section.money[named.pop()], section.guessed = whole, True


def _yearly(words, money, before):
    after = words[money.end : money.end + 30]
    if _ANNUAL_AFTER.match(after):
        return True
    if _TOTAL_AFTER.match(after):
        return False
    annual, total = _ANNUAL_BEFORE.search(before), _TOTAL_BEFORE.search(before)
    return bool(annual and not (total and total.start() > annual.start()))
