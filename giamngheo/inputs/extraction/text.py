"""A decision's text as it is read: kept letter by letter, folded for matching, in paragraphs with their locators.

Folding changes letters and moves none, so that a place in the folded text is the same place in the kept one.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from giamngheo.inputs.csv_rows import read_text
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.extraction.marks import begins_anew, listed
from giamngheo.inputs.extraction.outline import Outline, Paragraph, with_topics

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
    folded = _OLD_TONES.sub(lambda found: _TONES[found[0]], lower.translate(_ODD))
    folded = folded.replace("hằng năm", "hàng năm")
    return folded.replace("phần trăm", "%" + "\u00a0" * 8)  # blanks that part no columns


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
    return Text(kept, folded, with_topics(_located(kept, folded)))


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
    if width is None or begins_anew(first) or len(before) > MOST_LETTERS:
        return False
    if last + 1 + len(first.split()[0]) > width - _SLACK:  # it was full
        return True
    return last > _LEAST_WIDE and first[0].islower() and before.rstrip()[-1:] not in ".;:!?"


def _located(kept, folded):
    outline, joined = Outline(), _joined(folded)
    for (start, whole, _), (_, following, _) in pairwise([*joined, (0, "", 0)]):
        cuts = [0, *(listed(whole) if len(whole) <= MOST_LETTERS else ()), len(whole)]
        after = None
        for begin, end in pairwise(cuts):
            if begin == cuts[1] and end:
                after = outline.step_in(whole[:begin])
            stop = min(end, begin + MOST_LETTERS)
            words, own = whole[begin:stop], kept[start + begin : start + stop]
            outline.step(words, own, following, end < len(whole))
            for at in range(begin, end, MOST_LETTERS):
                yield outline.paragraph(start + at, whole[at : min(end, at + MOST_LETTERS)])
        if after is not None:
            outline.step_out(after)
