"""A decision's text as it is read: kept letter by letter, folded for matching, in paragraphs with their locators.

Folding changes letters and moves none, so that a place in the folded text is the same place in the kept one.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.errors import RefusedInput, shown

MOST_BYTES = 50_000_000
MOST_LETTERS = (
    20_000  # of a paragraph: a longer one is read in parts, so that no expression walks a whole file
)
_MOST_WIDE, _LEAST_WIDE, _SLACK = 130, 30, 4  # letters of a line that was broken for its width
_LEAST_MARKS = 0.03  # of letters that only Vietnamese has; a plan has 0.2 and more
_MAGIC = {
    b"PK\x03\x04": "a Word or spreadsheet file",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"%PDF": "a PDF",
    b"{\\rtf": "a rich-text file",
}
_DROPPED = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_BREAKS = str.maketrans("\x0b\x85\u2028\u2029", "\n\n\n\n")
_ODD = str.maketrans(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u2044\uff05\uff0e\uff0c",
    " " * 15 + "-" * 9 + "/%.,",
)
_OLD_TONES = re.compile(r"(?<!q)(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?!\w)|\btỉ\b")
_NEW, _OLD = ("oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ", "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy")
_TONES = {"tỉ": "tỷ"} | dict(zip(_NEW.split(), _OLD.split(), strict=True))
PAGE_NUMBER = re.compile(r"\s*(?:trang\s+\d{1,3}(?:\s*/\s*\d{1,3})?|-\s*\d{1,3}\s*-)\s*")
_BARE_NUMBER = re.compile(r"\s*\d{1,3}\s*")
_MARKER = re.compile(
    r"\s*(?:[-+*•]\s*\D|\d{1,2}(?:\.\d{1,2})*\s*[.)/](?:\s+\S|\D)|\d{1,2}(?:\.\d{1,2})*(?:\s*-\s*|(?<=\.\d)\s+)[^\W\d]|[a-zđ]\s*\)|[ivx]{1,6}\s*[.)/]\s)"
)
_ROMAN = re.compile(
    r"\s*(?:(?:phần|chương|mục)\s+)?([ivx]{1,6})\s*[.)/:-]\s*\S|\s*(?:phần|chương|mục)\s+([ivx]{1,6})\s*$"
)
_BOOK = re.compile(r"\s*(?:phần|chương|(?P<section>mục))\s+(?:thứ\s+(nhất|hai|ba|tư|năm)|(\d{1,2}))\b")
_BARE_BOOK = re.compile(
    r"\s*(?:phần|chương|mục)\s+(?:thứ\s+\w+|\d|[ivx]{1,6})\s*"
)  # what it is about stands on the next line
_ORDINALS = ("nhất", "hai", "ba", "tư", "năm")
_CAPITAL = re.compile(r"\s*(?:phần\s+)?([a-h])\s*[.)/:-]\s*\D")
_NUMBERED = re.compile(
    r"\s*(?:(\d{1,2}(?:\.\d{1,2})*)\s*(?:[.)/](?:\s+\S|[^\d\s])|-\s*[^\W\d])|(\d{1,2}(?:\.\d{1,2})+)\s+[^\W\d])"
)
_NAMED = re.compile(  # numbered by a word, under what is numbered or not
    r"\s*(?:hoạt động|(?:nhóm )?chính sách|(?:tiểu )?dự án|nhiệm vụ|hợp phần|nội dung|mục(?: tiêu)?)\s+"
    r"(?:số\s+)?(\d{1,2})\s*[.:]"
)
_LETTERED = re.compile(r"\s*([a-zđ])\s*\)\s*\S")
_DASH = re.compile(r"\s*[-*•]\s*\S")
_PLUS = re.compile(r"\s*[+]\s*\S")  # a dash's own items, or items where there is no dash
_ARTICLE = re.compile(r"\s*điều\s+(\d{1,2})\s*[.:]")
_TITLE = re.compile(
    r"^[^.;:]{0,200}(?:giai đoạn[^.;:]{0,40}|\bnăm\s+20\d\d\s*)$|^\s*của [^.;:]{0,60}$"
)  # set in small letters
_PLAN = re.compile(r"\s*(?:kế hoạch|chương trình|đề án)\b")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: its place in the kept text, its folded words, its locator and the headings that it stands under."""

    start: int
    folded: str = field(repr=False)
    locator: str
    section: str  # without its item
    headings: tuple[str, ...] = field(repr=False)  # folded, the outermost first, its own among them
    zone: str  # "decision", "title", "preamble", "part"

    @property
    def end(self):
        """Offset after its last letter."""
        return self.start + len(self.folded)


@dataclass(frozen=True)
class Text:
    """A decision's text: as kept, as folded, and its paragraphs; tables stand in the folded text alone."""

    kept: str = field(repr=False)
    folded: str = field(repr=False)
    paragraphs: tuple[Paragraph, ...] = field(repr=False)

    def words(self, start, end):
        """The kept words of a place, on one line (str)."""
        return " ".join(self.kept[start:end].split())


def fold(text):
    """Lower case, plain spaces and hyphens, tones where the older spelling has them; as long as it was (str).

    Parameters
    ----------
    text : str
        In composed letters (NFC).

    Returns
    -------
    str
    """
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return _OLD_TONES.sub(lambda found: _TONES[found[0]], lower.translate(_ODD))


def read_decision(path) -> Text:
    """Read a decision's text.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Text

    Raises
    ------
    RefusedInput
        No text in UTF-8, too long, or not in Vietnamese.
    """
    path = Path(path)
    if path.is_file():
        try:
            with path.open("rb") as stream:
                head = stream.read(8)
        except OSError as error:
            raise RefusedInput(f"{shown(path)}: cannot be read ({error.strerror})") from None
        for magic, what in _MAGIC.items():
            if head.startswith(magic):
                raise RefusedInput(
                    f"{shown(path)}: {what}, not a text; save it as plain text in UTF-8 (.txt) and give that"
                )
        if path.stat().st_size > MOST_BYTES:
            raise RefusedInput(
                f"{shown(path)}: more than {MOST_BYTES // 10**6} MB; give the decision's own text"
            )
    text = as_text(read_text(path))
    letters = [letter for letter in text.folded[:200_000] if letter.isalpha()]
    marked = sum(letter in "đăâêôơư" or ord(letter) > 0x1E9F for letter in letters)
    if not letters or marked < _LEAST_MARKS * len(letters):
        raise RefusedInput(
            f"{shown(path)}: not a text in Vietnamese with its marks; give the decision's Vietnamese text in UTF-8"
        )
    return text


def as_text(written: str) -> Text:
    """The text of a string, cleaned of what is not seen, in paragraphs.

    Parameters
    ----------
    written : str

    Returns
    -------
    Text
    """
    lines = written.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\f")
    kept = unicodedata.normalize("NFC", lines.translate(_DROPPED).translate(_BREAKS))
    folded = fold(kept)
    return Text(kept, folded, tuple(_located(kept, folded)))


def is_numbered(words):
    """Whether folded words begin with a number of their own, as a section's do (bool)."""
    return bool(_NUMBERED.match(words))


def is_cells(line):
    """Whether a line of text is a row, or a cell, of a table (bool)."""
    bare = line.strip("\f\n")
    return bare.startswith("\t") or "\t" in bare.strip() or bare.count("|") >= 2 or len(_columns(bare)) > 2


def _columns(line):
    return re.split(r" {3,}", line.strip())


def _joined(folded):
    """The paragraphs as [start, folded]: wrapped lines joined by a space for their end of line, pages too."""
    lines, at = [], 0
    for line in folded.split("\n"):
        lines.append((at, line))
        at += len(line) + 1
    width = _width([len(line.rstrip()) for _, line in lines if line.strip() and not is_cells(line)])
    found, closed, blank, page = [], True, False, False
    for start, line in lines:
        page = page or line.startswith("\f")
        number = PAGE_NUMBER.fullmatch(line) or (page and _BARE_NUMBER.fullmatch(line.strip("\f")))
        if number or not line.strip():
            blank, page = True, page or bool(number)
            continue
        if is_cells(line):
            closed = True
            continue
        line = line.replace("\f", " ")
        if not closed and (page or not blank) and _continues(*found[-1][1:], line.lstrip(), width):
            gap = start - found[-1][0] - len(found[-1][1])
            found[-1][1:] = found[-1][1] + " " * gap + line, len(line.rstrip())
        else:
            found.append([start, line, len(line.rstrip())])
        closed = blank = page = False
    return found


def _width(lengths):
    """The width that a text's lines were broken at, None where a paragraph is a line."""
    lengths.sort()
    if len(lengths) < 20 or lengths[-1 - len(lengths) // 50] > _MOST_WIDE:
        return None
    return lengths[-1 - len(lengths) // 50]


def _continues(before, last, first, width):
    """Whether a line goes on with the paragraph before it, whose last line has so many letters (bool)."""
    if re.match(r"-\s*(?:19|20)\d\d", first) and before.rstrip()[-4:].isdigit():
        return True
    if width is None or _MARKER.match(first) or _ARTICLE.match(first) or len(before) > MOST_LETTERS:
        return False
    if last + 1 + len(first.split()[0]) > width - _SLACK:  # it was full
        return True
    return last > _LEAST_WIDE and first[0].islower() and before.rstrip()[-1:] not in ".;:!?"


def _next(before, letter):
    """Whether a capital letter is that of the next part: A, or the one after the letter before (bool)."""
    return letter == ("a" if len(before) != 1 else chr(ord(before.lower()) + 1))


@dataclass
class _Place:
    """Where in a decision a paragraph stands, told from those before it."""

    zone: str = "decision"
    article: str = ""
    opened: bool = False  # the article ends with a colon: what is numbered below it is its own
    within: bool = False  # the plan stands in an article, so that another article ends it
    preamble: int = 0
    book: str = ""
    part: str = ""
    trail: str = ""  # "4.1"
    base: str | None = None  # the trail above those that a word numbers
    letter: str = ""
    item: int = 0
    plus: bool = False  # items are marked by "+"
    titles: dict = field(default_factory=dict)

    def step(self, words, own):
        """Go on to the paragraph of these folded words and of these letters as kept."""
        shouted = own.upper() == own and any(letter.isalpha() for letter in own)
        if self.zone in ("decision", "title") and shouted and _PLAN.match(words):
            self.zone, self.article = "title", ""
        elif (self.zone != "part" or self.within) and (found := _ARTICLE.match(words)):
            self._begin({})
            self.book = ""
            self.zone, self.article, self.opened = "decision", found[1], words.rstrip().endswith(":")
        elif self.zone == "decision" and self.opened and _NUMBERED.match(words):
            self._begin({}, f"article {self.article}")
            self.within = True
        elif (found := _BOOK.match(words)) and not (found["section"] and self.part):
            self._begin({"part": words})
            self.book = f"part {found[3] or _ORDINALS.index(found[2]) + 1}"
            return
        elif (found := _CAPITAL.match(words)) and _is_capital(own, found) and _next(self.book, found[1]):
            self._begin({"part": words})
            self.book = found[1].upper()
        elif (found := _ROMAN.match(words)) and _is_capital(own, found):
            self.within = self.within or (self.zone == "decision" and bool(self.article))
            self._begin({"part": words}, found[found.lastindex].upper())
        elif shouted and self.zone == "part" and self._is_bare():
            self.titles = {"part": f"{self.titles['part']} {words}"}
        elif self.zone == "title" and not (shouted or words.lstrip().startswith("(") or _TITLE.search(words)):
            self.zone = "preamble"
        if self.zone == "preamble":
            self.preamble += 1
        elif self.zone == "part":
            self._count(words)

    def _begin(self, titles, part=""):
        self.zone, self.part, self.trail, self.base, self.titles = "part", part, "", None, titles
        self.letter, self.item = "", 0

    def _is_bare(self):
        return len(self.titles) == 1 and _BARE_BOOK.fullmatch(self.titles.get("part", ""))

    def _count(self, words):
        """Go on to a number, a letter or an item of a part."""
        if (found := _NUMBERED.match(words)) or (by_word := _NAMED.match(words)):
            if found:
                self.trail, self.base = (found[1] or found[2]).strip("."), None
            else:
                self.base = self.trail if self.base is None else self.base
                self.trail = ".".join(filter(None, (self.base, by_word[1])))
            self.letter, self.item = "", 0
            above = (
                name for name in self.titles if name == "part" or f"{self.trail}.".startswith(f"{name}.")
            )
            self.titles = {name: self.titles[name] for name in above} | {self.trail: words}
        elif found := _LETTERED.match(words):
            self.letter, self.item = f"({found[1]})", 0
            kept = {name: title for name, title in self.titles.items() if not name.startswith("(")}
            self.titles = kept | {self.letter: words}
        elif _DASH.match(words):
            self.item, self.plus = self.item + 1, False
        elif _PLUS.match(words) and (self.plus or not self.item):
            self.item, self.plus = self.item + 1, True

    @property
    def section(self):
        """The locator without its item."""
        if self.zone == "decision":
            return f"article {self.article}" if self.article else "decision"
        if self.zone == "part":
            n = self.book.removeprefix("part ")  # "3.1" of part 3 is part 3.1
            trail = self.trail.removeprefix(f"{n}.") if n and not self.part else self.trail
            return ".".join(filter(None, (self.book, self.part, trail))) + self.letter
        return f"preamble {self.preamble}" if self.zone == "preamble" else "title"


def _is_capital(own, found):
    return own[slice(*found.span(found.lastindex))].isupper()


def _located(kept, folded):
    place = _Place()
    for start, whole, _ in _joined(folded):
        place.step(whole[:MOST_LETTERS], kept[start : start + min(len(whole), MOST_LETTERS)])
        inside = place.zone == "part"
        locator = place.section + (f" item {place.item}" if inside and place.item else "")
        headings = tuple(place.titles.values()) if inside else ()
        for at in range(0, len(whole), MOST_LETTERS):
            words = whole[at : at + MOST_LETTERS]
            yield Paragraph(start + at, words, locator, place.section, headings, place.zone)
