"""Marks at the beginning of a paragraph: numbers, letters, words with a number and signs, of whatever style."""

import re
from dataclasses import dataclass

_COUNT = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_ORDINALS = {word: n for n, word in enumerate(_COUNT, 1)} | {"một": 1, "bốn": 4}
_NTH = "|".join(_ORDINALS)
CAPTION = (  # of what no part is, whether numbered or not
    r"(?:phụ\s+)?(?:biểu|bảng|lục)\b|hình\b|quý\b|tháng\b|ngày\b|năm\b|trang\b|kỳ\b|khóa\b|số\b|đợt\b|lần\b|loại\b"
    r"|giai đoạn\b|nơi nhận\b|ghi chú\b"
)
SIGN = "[-+*•·▪▫◦●○■□♦➢➔►✓→»§]"  # of an item of a list
_MARK = re.compile(
    rf"\s*(?!v/v)(?:(?!{CAPTION})(?P<word>[^\W\d]+(?:\s+[^\W\d]+){{0,2}}?)\s+(?:số\s+)?"
    rf"(?:thứ\s+(?P<nth>{_NTH})|(?P<count>{_NTH})|(?P<of>[ivx]{{1,5}}|[a-hđ]|\d{{1,2}}(?:\.\d{{1,2}})*))\s*(?P<dot>[.:)-]+(?!\d)|/(?!\S)|$)"
    rf"|(?:thứ\s+(?P<ordinal>{_NTH})|(?P<first>{_NTH})(?:\s+là|(?=\s*[.:-])))\s*[,:.-]"
    r"|(?P<under>(?:[ivx]{1,5}|[a-h])\s*[.-]?(?=\d))?(?:"
    r"(?P<arabic>\d{1,2}(?:\.\d{1,2})*)\s*(?:(?P<point>[.)/:])-?(?=\s+\S|[^\d\s])|-(?=\s*[^\W\d]))"
    r"|(?P<plain>[1-9]\d?(?:\.\d{1,2})*)\s+(?=[^\W\d]))"
    r"|(?P<roman>[ivx]{1,5})\s*[.)/:-]+\s*(?=\S)"
    r"|(?P<capital>[a-h])\s*[.)/:-]+\s*(?=\D)"
    r"|\((?P<bracket>\d{1,2})\)\s*(?=\S)"
    r"|(?P<letter>\(?(?:[a-zđ]|[ivx]{2,4})\s*(?:\)|[./]-?(?=\s)|-(?=\s)))"
    rf"|(?P<bullet>{SIGN}(?!-)\s*(?=\S)|o\s+(?=[^\W\d])))"
)
_KINDS = ["word", "ordinal", "first", "roman", "capital", "arabic", "plain", "bracket", "letter", "bullet"]
_LETTER = re.compile(r"\s*\(?([a-zđ]|[ivx]{2,4})\s*(?:\)|[./]-?(?=\s)|-(?=\s))")
_LETTERS = "abcdđeghiklmnopqrstuvxy"
_KNOWN = ("điểm", "điều", "khoản", "phần", "chương", "mục")  # words that number wherever they begin
_LISTED = (
    re.compile(  # "… gồm: (1) …; (2) …", "… . a) …; b) …", "Thứ nhất, … Thứ hai, …" within one paragraph
        rf"(?:^|(?<=[;:.,]\s)|(?<=\s)(?=[(]))(?:[(](?P<bracket>\d{{1,2}})[)]|(?P<letter>[(]?[a-zđ][)])(?=\s)"
        rf"|thứ\s+(?P<ordinal>{_NTH})\s*[,:]|(?P<first>{_NTH})\s+là\s*[,:])"
    )
)


@dataclass(frozen=True)
class Mark:
    """A mark at the beginning of a paragraph: its style, its number and how that is written."""

    style: str
    value: tuple
    piece: str
    sign: str = ""
    sound: bool = True  # else it is one only where it goes on with another
    alone: bool = False  # its heading stands on the next line
    under: str = ""  # the part that it names before its own number, as "II" of "II.1"


def begins_anew(line):
    """Whether a folded line begins with a mark, so that it does not go on with the line before it (bool)."""
    found = _MARK.match(line)
    return bool(found and not found["plain"] and (not found["word"] or found["word"] in _KNOWN))


def end_of_mark(words, start=0):
    """Where folded words go on behind a mark, and blanks, that they have at a place (int)."""
    found = _MARK.match(words, start)
    end = found.end() if found else start
    return end + len(words[end:]) - len(words[end:].lstrip())


def listed(words):
    """Where what a paragraph lists begins, "(1)", "(2)" or "thứ nhất", "thứ hai", from its second item on (list)."""
    found = list(_LISTED.finditer(words))
    values = [_value(m) for m in found]
    if len(found) < 2 or values != list(range(1, len(values) + 1)):
        return []
    return [m.start() for m in found if words[: m.start()].strip()]


def _value(found):
    """The number of an item of a list in a paragraph (int)."""
    if found["letter"]:
        return _LETTERS.find(found["letter"].strip("()")) + 1
    return int(found["bracket"] or _ORDINALS[found["ordinal"] or found["first"]])


def mark_of(words, own):
    """The mark at the beginning of a paragraph (Mark or None)."""
    found = _MARK.match(words)
    if not found:
        return None
    kind = next(name for name in _KINDS if found[name])
    said, behind = found[kind], own[found.end() : found.end() + 1]
    upper = own[slice(*found.span(kind))].isupper()
    if kind == "word":
        return _word_mark(found, own)
    if kind in ("ordinal", "first"):
        value = _ORDINALS[said]
        return Mark("ordinal", (value,), str(value))
    if kind in ("roman", "capital") and upper:
        value = _roman(said) if kind == "roman" else ord(said) - 96
        return Mark(kind, (value,), said.upper(), sound=kind == "roman") if value else None
    if kind in ("arabic", "plain"):
        value = tuple(map(int, said.split(".")))
        sound, under = kind == "arabic" or len(value) > 1, re.sub(r"\W", "", found["under"] or "")
        if not (sound or behind.isupper()):
            return None
        return Mark(f"arabic {len(value)}", value, said, found["point"] or "-", sound, under=under)
    if kind == "bracket":
        return Mark(kind, (int(said),), f"({said})")
    if kind == "bullet":
        return Mark(kind, (), said.strip())
    found = _LETTER.match(words)
    if upper or not found:
        return None
    letter = found[1]
    order = _roman(letter) or _LETTERS.find(letter) + 1
    return Mark("letter", (order,), f"({letter})")


def _word_mark(found, own):
    said = found["nth"] or found["count"] or found["of"]
    word, known = found["word"], found["word"] in _KNOWN
    alone = not own[found.end() :].strip()
    if not (known or (found["dot"] and not alone and not found["count"])):
        return None
    if "." in said:
        value = tuple(map(int, said.split(".")))
        return Mark(f"arabic {len(value)}", value, said, word, alone=alone)
    if not found["of"] or said.isdigit():
        value = int(said) if found["of"] else _ORDINALS[said]
        piece = f"article {value}" if word == "điều" else str(value)
        return Mark(f"word {word}", (value,), piece, sound=known, alone=alone)
    if word == "điểm":
        return Mark("letter", (_LETTERS.find(said) + 1,), f"({said})")
    if not own[slice(*found.span("of"))].isupper():
        return None
    value = _roman(said) or ord(said[0]) - 96
    return Mark(f"word {word}", (value,), said.upper(), sound=known, alone=alone)


def _roman(said):
    """The number of a Roman numeral, 0 where it is none (int)."""
    values = ["ivx".index(letter) if letter in "ivx" else None for letter in said]
    if None in values:
        return 0
    values = [(1, 5, 10)[n] for n in values]
    return sum(v if v >= max(values[n:]) else -v for n, v in enumerate(values))
