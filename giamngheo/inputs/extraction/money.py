"""Sums of money in running text, and what one household, person or house gets, in figures or in words."""

import re
from dataclasses import dataclass
from decimal import Decimal

from giamngheo.inputs.extraction.numbers import BILLIONS, NUMBER, number

_DIGITS = {
    "không": 0,
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
}
_DIGITS |= {"tám": 8, "chín": 9}
_TENS = {"mười": 10, "mươi": 10, "trăm": 100}
_SPELLED = rf"(?:\b(?:{'|'.join([*_DIGITS, *_TENS, 'linh', 'lẻ'])})\s+){{1,7}}"
_UNIT = r"(?:hộ|người|khẩu|căn|nhà|mô hình|xã|thẻ|lao động|học sinh|em|lớp|công trình|lượt)\b"
_MONEY = re.compile(
    rf"({NUMBER})\s*(?:(tỷ(?!\s*lệ)|triệu)(?:\s*đồng|(?!\s*đồng))|(?<=\.\d\d\d)\s*(nghìn|ngàn)\s*đồng"
    r"|(?<=\.\d\d\d\.\d\d\d)\s*đồng)(?!\w|\s*/\s*tháng\b)"
)
_UNIT_SAID = re.compile(r"[(](?:đơn vị(?: tính)?\s*:?\s*|đvt\s*:?\s*)?(tỷ|triệu|nghìn|ngàn) đồng[)]")
_BARE = re.compile(rf"{NUMBER}(?=\s*(?:[;)]|[,.](?!\d)|$))")
_AMOUNT = rf"(?:(?P<figures>{NUMBER})\s*|(?P<spelled>{_SPELLED}))(?:(?P<times>tỷ|triệu|nghìn|ngàn)(?:\s*đồng)?|đồng)"
_EACH = r"\s*(?:/\s*(?:1\s*)?|(?:cho\s+)?(?:mỗi|một)\s+)"
_COST = re.compile(
    rf"(?:(?:mỗi|một)\s+(?P<before>{_UNIT})[^\d.;,:]{{0,40}}?)?{_AMOUNT}"
    rf"(?:{_EACH}(?P<unit>{_UNIT})(?:\s+nghèo)?)?(?P<month>{_EACH}tháng)?"
)


@dataclass(frozen=True)
class Cost:
    """What one of a unit gets: in VND, the folded word of its unit, whether a month, and its place."""

    vnd: Decimal
    unit: str
    monthly: bool
    start: int
    end: int


@dataclass(frozen=True)
class Sum:
    """A sum of money as printed: its figures, the word of its unit (None: VND), and its place."""

    figures: str
    unit: str | None
    start: int
    end: int


def costs(words):
    """What folded words say that one household, person, house gets (list of Cost)."""
    found = []
    for match in _COST.finditer(words):
        unit = match["unit"] or match["before"]
        if not unit or (match["times"] == "tỷ" and not match["unit"]):
            continue
        value = (
            number(match["figures"], whole=match["times"] is None)[0]
            if match["figures"]
            else spelled(match["spelled"])
        )
        vnd = value * (BILLIONS[match["times"]] * 10**9 if match["times"] else 1)
        start = match.start("figures") if match["figures"] else match.start("spelled")
        monthly = match["month"] is not None or "mỗi tháng" in words[match.start() : start]
        found.append(Cost(vnd, unit, monthly, start, match.end()))
    return found


def sums(words):
    """The sums of money in folded words, those without a unit of their own behind one said once (list of Sum).

    For example "504 tỷ đồng", and in "kinh phí (triệu đồng): 300, trong đó tỉnh 21" both.
    """
    apart = [(cost.start, cost.end) for cost in costs(words)]
    found = [Sum(m[1], m[2] or m[3], *m.span()) for m in _MONEY.finditer(words)]
    if unit := _UNIT_SAID.search(words):
        found += [Sum(m[0], unit[1], *m.span()) for m in _BARE.finditer(words, unit.end())]
    return [each for each in found if not any(start <= each.start < end for start, end in apart)]


def spelled(words):
    """A number below a thousand in words: "hai mươi lăm" is 25 (Decimal)."""
    total = last = 0
    for word in words.split():
        if word in _TENS:
            total, last = total + (last or 1) * _TENS[word], 0
        else:
            last = _DIGITS.get(word, 0)
    return Decimal(total + last)
