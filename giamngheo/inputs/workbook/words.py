"""What heads and indicators of a plan's tables speak of: an instant, poor or near-poor, rate or count, a group."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from giamngheo.inputs.grammar import estimate, is_missing, slug, without_estimate
from giamngheo.language import LANGUAGES, has_phrase, say

_YEAR = r"(?:19|20)\d\d"
_INSTANT = re.compile(
    rf"(?:(?:đến )?(?:cuối|đầu|hết) )?(?:tháng )?(?<![\d/.-])\d{{1,2}}(?:/| năm ){_YEAR}|"
    rf"(?:(?:đến )?(?:cuối|đầu|hết)|(?:end|beginning|start) of|end) (?:năm |year )?{_YEAR}"
    rf"|\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}|{_YEAR}-\d\d-\d\d|(?:năm )?(?<!\d){_YEAR}(?!\d)",
    re.IGNORECASE,
)
_PERIOD = re.compile(rf"{_YEAR} ?[-–—] ?{_YEAR}")
# What moves between two readings is no reading.
_FLOWS = "_(thoat|tai_ngheo|phat_sinh|giam|tang|so_voi|chenh_lech|fall|exits?|change)_"
_AIMS = "_(muc_tieu|ke_hoach|target)_"  # nor is what is aimed at
_AIMED = "_(phan_dau|du_kien|chi_tieu|dinh_huong|kh|planned|plan|expected)_"  # at an instant that is named
_OF_PERSONS = "_(nguoi|nhan_khau|khau|dan_so|persons?|people|population)_"
_WORDS = {  # of a column to what it is called in Vietnamese or English, without marks
    "status": {"near_poor": ("can_ngheo", "near_poor"), "poor": ("ngheo", "poor", "poverty")},
    "group": {
        "ethnic_minority": ("dan_toc_thieu_so", "dtts", "ethnic_minority", "ethnic_minorities"),
        "all": ("chung", "toan_tinh", "tat_ca", "ca_tinh", "all", "whole"),
    },
    "area": {"rural": ("nong_thon",), "urban": ("thanh_thi",)},
}
_MEASURES = (
    ("total_households", ("tong_so_ho", "so_ho_toan", "so_ho_dan", "all_households", "total_households")),
    ("rate_pct", ("ty_le", "ti_le", "rate", "share", "percent")),
    ("persons", ("nhan_khau", "so_khau", "khau", "so_nguoi", "persons", "people")),
    ("households", ("so_ho", "households", "ho")),
)
# Words beside those that say what is counted, which narrow it to nothing.
_BESIDE = re.compile(
    "ty|ti|le|so|ho|ngheo|can|tong|cong|cua|trong|do|toan|tinh|ca|tat|cac|cuoi|dau|nam|den|het|thoi|diem|gia|dinh|nhan|"
    "khau|nguoi|dan|dong|bao|chung|theo|rates?|poverty|poor|near|share|percent|percentage|of|in|the|at|all|"
    "households?|number|province|total|persons|people|population|whole"
)
# With their marks, or typed without any: "ngân" of a budget is not "ngàn".
_TIMES = {
    10**9: "tỷ|tỉ|ty|ti|billions?|bn",
    10**6: r"triệu|trieu|tr\.?|millions?|mn",
    10**3: r"nghìn|ngàn|nghin|ngan|1[.,]?000|thousands?",
}
_COUNT, _MONEY = "|".join(_TIMES.values()), "đồng|dong|vnđ|vnd|đ"
# A unit of money, not a sum (20 triệu đồng).
_UNIT = rf"(?<![\w.,])(?<!\d )(?:({_COUNT})\s*(?:of )?(?:{_MONEY})|(?:{_MONEY})\s*({_COUNT}))(?!\w)"
_MARK = r"(?<!\w)(?:đvt|đơn vị(?: tính)?|unit)\s*:?\s*"
_ONLY_UNIT = re.compile(rf"[(\[]?{_MARK}", re.IGNORECASE)
_NAMED = [
    re.compile(each, re.IGNORECASE)
    for each in (
        rf"[(\[][^)\]]*?{_UNIT}",
        rf"{_MARK}(?:\w+\s*[,;/]\s*)*{_UNIT}",  # ĐVT: hộ, triệu đồng
        rf"(?:[(\[](?:{_MARK})?|{_MARK})({_COUNT})\s*(?:[)\]]|$)",  # nothing but (triệu)
    )
]


@dataclass(frozen=True)
class Meaning:
    """What a head or an indicator says, each None where it says nothing; the instant in its own words.

    `flow`: it is about what moves between two readings, or is aimed at. `more`: it says more than is understood, as of
    rural households alone.
    """

    instant: str | None = None
    status: str | None = None
    measure: str | None = None
    group: str | None = None
    flow: bool = False
    more: bool = False
    persons: bool = False  # of whom a rate is the share, not of households
    noun: bool = False  # households are who is spoken of ("hộ nghèo"), and may be what is counted

    def over(self, other):
        """The same, with the other's word where this says nothing (Meaning)."""
        names = ("instant", "status", "measure", "group")
        words = {name: getattr(self, name) or getattr(other, name) for name in names}
        if self.noun and other.measure:
            words["measure"] = other.measure
        noun = self.noun and (other.noun or not other.measure)
        more = {name: getattr(self, name) or getattr(other, name) for name in ("flow", "more", "persons")}
        return Meaning(**words, **more, noun=noun)

    @property
    def whole(self):
        """Whether it says what is counted, and how (bool)."""
        return bool(self.measure and (self.status or self.measure == "total_households"))


@cache
def meaning(text):
    """What a head or an indicator speaks of (Meaning)."""
    text = unicodedata.normalize("NFC", " ".join(str(text).split()))
    mark, text = estimate(text), without_estimate(text)
    found = None if _PERIOD.search(text) else _INSTANT.search(text)
    instant = found and found[0] + f" ({mark})" * bool(mark)
    rest = _INSTANT.sub(" ", text)
    said = f"_{slug(rest)}_"
    if re.search(_FLOWS, said):
        return Meaning(flow=True)
    if re.search(_AIMS, said) or (instant and re.search(_AIMED, said)):
        return Meaning(instant, flow=True)
    persons = bool(re.search(_OF_PERSONS, said)) and not re.search("_(ho|households?)_", said)
    measure = next((name for name, words in _MEASURES if any(f"_{word}_" in said for word in words)), None)
    if "%" in rest and measure in (None, "households"):
        measure = "rate_pct"
    status = value_of("status", rest)
    if measure == "total_households" and re.search("ngheo|poor", said):
        measure = "households" if status else None
    group = value_of("group", rest) if value_of("group", rest) != "all" else None
    for words in _WORDS["group"].values():
        said = re.sub(f"_({'|'.join(words)})(?=_)", "", said)
    more = "‰" in rest or (
        bool(measure or status) and not all(map(_BESIDE.fullmatch, filter(None, said.split("_"))))
    )
    noun = measure == "households" and not re.search("so_ho|households|number", said)
    persons = persons and measure in (None, "rate_pct")
    return Meaning(instant, status, measure, group, more=more, persons=persons, noun=noun)


def value_of(column, text):
    """The value of a column that a text names in other words ("Hộ cận nghèo" is "near_poor"), None if none or two."""
    said, found = f"_{slug(text)}_", []
    for value, words in _WORDS.get(column, {}).items():
        for word in words:
            if f"_{word}_" in said:
                found.append(value)
                said = said.replace(f"_{word}_", "_")
    return found[0] if len(set(found)) == 1 and not is_missing(text) else None


def says_all(text):
    """Whether a text says that all households are meant, and nothing else, as "Toàn tỉnh" does (bool)."""
    return slug(text) in _WORDS["group"]["all"]


def is_period(text):
    """Whether a text names several years, as "giai đoạn 2013-2015" does (bool)."""
    return bool(_PERIOD.search(text))


def units(text):
    """What a text such as "ĐVT: %" says behind its mark (str)."""
    return _ONLY_UNIT.sub("", unicodedata.normalize("NFC", text.strip())).strip(" ()[]")


def is_unit(text):
    """Whether a text says in what unit something is told, as "ĐVT: %" does (bool)."""
    return bool(_ONLY_UNIT.match(unicodedata.normalize("NFC", text.strip())))


def times(text):
    """What a unit of money in brackets, or behind "ĐVT" or "Unit", says that a table's numbers count.

    Parameters
    ----------
    text : str
        A head, or a line above a table: "Kinh phí (triệu đồng)", "Đơn vị tính: tỷ đồng".

    Returns
    -------
    int or None
        Thousands, millions or billions; None where no such unit is named.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))[:500]  # no unit stands behind a page of text
    found = next(filter(None, (named.search(text) for named in _NAMED)), None)
    word = found and next(filter(None, found.groups()))
    return next((count for count, words in _TIMES.items() if word and re.fullmatch(words, word, re.I)), None)


@cache
def named(column):
    """What a column may be called, without marks and blanks (frozenset of str)."""
    return frozenset({slug(column), *_words(f"workbook.column.{column}"), *_words(f"workbook.also.{column}")})


def _words(phrase):
    """What a phrase says in each language, without marks and blanks; several names stand with semicolons between."""
    said = [name for lang in LANGUAGES if has_phrase(phrase) for name in say(phrase, lang).split(";")]
    return [head_slug(name) for name in said]


def head_slug(text):
    """A head without what stands in brackets, mostly a unit, and without marks and blanks (str)."""
    return slug(re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", text))
