"""Numbers, money and instants as administrative Vietnamese writes them."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NUMBER = (
    r"(?<![\d.,/])(?:\d{1,3}(?:[. ]\d{3})+(?:,\d{1,4})?|\d{1,9}(?:[.,]\d{1,4})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?)"
    r"(?!\d)"
)
BILLIONS = {"tỷ": Decimal(1), "triệu": Decimal("0.001"), "nghìn": Decimal("1e-6"), "ngàn": Decimal("1e-6")}
YEAR = r"(?:19|20)\d\d"
INSTANT = re.compile(
    rf"(?P<edge>đầu|cuối|hết)?\s*(?:kỳ\s+)?(?<!tháng đầu )(?<!tháng cuối )năm\s+(?P<year>{YEAR})(?!\s*-\s*{YEAR})(?!\d)"
    rf"|(?:ngày\s+)?(?P<day>\d{{1,2}})\s*(?:/|-|tháng)\s*(?P<month>\d{{1,2}})\s*(?:/|-|năm)\s*(?P<of>{YEAR})(?!\d)"
    rf"|tháng\s+(?P<only>\d{{1,2}})\s*(?:/|năm)\s*(?P<of_month>{YEAR})(?!\d)"
)
PERIOD = re.compile(rf"({YEAR})\s*(?:-|đến(?:\s+năm)?)\s*({YEAR})(?!\d)")


@dataclass(frozen=True)
class Instant:
    """An instant as stated: its day, and whether a plain year leaves open which end is meant."""

    as_of: date
    start: int
    end: int
    plain: bool = False
    law_day: date | None = None  # whose poverty line was in force, where the instant is two years' border


def number(text, whole=False):
    """A number as printed, and whether it can be read in one way only.

    Parameters
    ----------
    text : str
        As `NUMBER` finds it.
    whole : bool
        A count, which has no decimals.

    Returns
    -------
    tuple of (Decimal, bool)
    """
    bare = text.replace(" ", "")
    if re.fullmatch(r"\d{1,3}([. ]\d{3})*\.\d{3}([. ]\d{3})*(,\d+)?", text):
        return Decimal(bare.replace(".", "").replace(",", ".")), " " not in text
    if re.fullmatch(r"\d{1,3}(,\d{3})+", bare) and whole:
        return Decimal(bare.replace(",", "")), True
    if re.fullmatch(r"\d{1,3}(,\d{3}){2,}|\d{1,3}(,\d{3})+\.\d+", bare):
        return Decimal(bare.replace(",", "")), False
    if re.fullmatch(r"\d+,\d+", bare):
        return Decimal(bare.replace(",", ".")), not whole
    if re.fullmatch(r"\d+\.\d+", bare):
        return Decimal(bare), not whole and len(bare.split(".")[1]) < 3
    return Decimal(bare), True


def percent(text):
    """A rate in percent as printed and whether it is sure: "7.200" is 7.2 with a point (tuple of Decimal, bool)."""
    value, sure = number(text)
    if value > 100 and re.fullmatch(r"\d{1,2}\.\d{3}", text):
        return Decimal(text), False
    return value, sure and value <= 100


def plain(value):
    """A decimal in plain digits, as a table's cell has it (str)."""
    return f"{value:f}"


def short(value):
    """A computed decimal without zeros at its end (str)."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def billions(value, unit):
    """Money in billion VND (Decimal)."""
    return value * BILLIONS.get(unit, Decimal("1e-9")) if unit != "tỷ" else value


def instants(words, at=0):
    """The instants in folded words, in order; a border of two years is 31 December of the older.

    Parameters
    ----------
    words : str
    at : int
        Offset of the words.

    Returns
    -------
    list of Instant
    """
    found = []
    for match in INSTANT.finditer(words):
        if match["year"]:
            year, edge = int(match["year"]), match["edge"]
            begin = match.start("edge") if edge else words.index("năm", match.start())
            if edge == "đầu":
                found.append(
                    Instant(date(year - 1, 12, 31), at + begin, at + match.end(), law_day=date(year, 1, 1))
                )
            else:
                found.append(Instant(date(year, 12, 31), at + begin, at + match.end(), plain=edge is None))
            continue
        year = int(match["of"] or match["of_month"])
        month, day = int(match["month"] or match["only"]), int(match["day"] or 0)
        try:
            law_day = date(year, month, day or 1)
        except ValueError:
            continue
        as_of = law_day if day else _last_day(year, month)
        if (as_of.month, as_of.day) == (1, 1):
            as_of = date(year - 1, 12, 31)
        found.append(Instant(as_of, at + match.start(), at + match.end(), law_day=law_day))
    return found


def _last_day(year, month):
    return date(year + month // 12, month % 12 + 1, 1) - date.resolution
