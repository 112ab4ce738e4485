"""The outline of a plan: the headings that a paragraph stands under, what they are about, and the paragraph's place.

What a part is about is told by its words. Numbers, letters and signs of whatever style tell only what lies in what: a
style that is open already goes on there, another one opens below.
"""

import re
from dataclasses import dataclass, field, replace

from giamngheo.inputs.extraction.marks import CAPTION, mark_of
from giamngheo.inputs.extraction.vocabulary import (
    name_in,
    names_agency,
    subject_of,
    topic_of,
    topic_of_prose,
    topic_under,
)

_ARTICLES = "word điều"
_APART = ("roman", "capital", "word phần", "word chương", "word mục")  # numbered throughout a decision
_POLICY = re.compile(r"hỗ trợ|trợ cấp|thưởng|cho vay")
_QUOTA = re.compile(r"\W*(?:[a-zđ\d]{1,3}\W+)?chỉ tiêu\s*:")
_BESIDE = {"word chính sách", "word dự án", "word nhiệm vụ", "word chương trình"}  # never in one another
_ENACTS = re.compile(
    r"ban hành|phê duyệt|thông qua|nhất trí|thống nhất|quy định|giao\b|hiệu lực|chịu trách nhiệm"
)
_ENACTED = re.compile(r"\s*quyết (?:định|nghị)\s*:\s*")
_PLAN = re.compile(r"\s*(?:kế hoạch|chương trình|đề án|phương án)\b")
_TITLE = re.compile(
    r"^[^.;:]{0,200}(?:giai đoạn[^.;:]{0,40}|\bnăm\s+20\d\d\s*)$|^\s*của [^.;:]{0,60}$"
)  # set in small letters
_SHORT, _LINE = 90, 150  # letters of a heading without a number, in small letters and in capitals
_AT = 20  # letters within which such a heading says what it is about
_LEADS = re.compile(r"[.;,]$|(?:sau(?: đây)?|gồm|trong đó|, cụ thể)\s*:$")  # no heading ends so
_YEAR, _PERIOD = re.compile(r"\b20\d\d\b"), re.compile(r"giai đoạn|năm 20\d\d")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: its place in the kept text, its folded words, its locator and the headings that it stands under."""

    start: int
    folded: str = field(repr=False)
    locator: str
    section: str  # without its item
    headings: tuple[str, ...] = field(repr=False)  # folded, the outermost first, its own among them
    zone: str  # "decision", "title", "preamble", "part"
    topic: str | None = None  # what its headings are about (`vocabulary.TOPICS`)
    sure: bool = True  # of its locator: its numbering is understood

    @property
    def end(self):
        """Offset after its last letter."""
        return self.start + len(self.folded)


@dataclass
class _Open:
    """A part that is open: the style of its mark, its number, what it adds to a locator, its heading."""

    style: str
    value: tuple
    piece: str
    title: str
    sign: str = ""
    topic: str | None = None
    shown: bool = True  # in a locator
    named: bool = False  # a policy of its own: what lies in it is about it
    sure: bool = True
    item: int = 0
    bullet: str = ""

    @property
    def numbered(self):
        """Whether its number is printed."""
        return self.style not in _BARE


_BARE = ("shouted", "line", "colon", "listed", "item")  # headings without a number, the outermost first


def with_topics(paragraphs):
    """Paragraphs, with what those are about of which no heading tells it (tuple of Paragraph)."""
    found = tuple(paragraphs)
    headed = any(
        each.topic for each in found if each.zone == "part" and not each.section.startswith("preamble")
    )
    return tuple(
        replace(each, topic=topic_of_prose(each.folded))
        if each.topic is None and (each.zone == "part" or (each.zone == "preamble" and not headed))
        else each
        for each in found
    )


class Outline:
    """Where in a decision a paragraph stands, told from those before it."""

    def __init__(self):
        self._joins = None  # how the next line can go on with this heading
        self._heads = False  # the line before is a heading without a number
        self._begin("decision")

    def _begin(self, zone):
        self.zone, self.open, self.preamble = zone, [], 0
        self.sure = True  # of places that no number tells
        self._titled = False  # the title has named its years
        self._taken = {}  # places of parts that were opened, how many headings without a number lie in one

    def step(self, words, own, after, lists=False):
        """Go on to a paragraph.

        Parameters
        ----------
        words, own, after : str
            Folded, as kept, and those of the next paragraph, folded.
        lists : bool
            What it leads to stands in the same paragraph.
        """
        shouted = own.upper() == own and any(letter.isalpha() for letter in own)
        joins, self._joins = self._joins, None
        heads, self._heads = self._heads, False
        mark = mark_of(words, own)
        marked = mark is not None and mark.style != "bullet"
        enacted = len(self.open) == 1 and self.open[0].style == _ARTICLES
        if (enacted or self.zone in ("decision", "title")) and shouted and _PLAN.match(words) and not marked:
            self._begin("title")
        elif self.zone == "decision" and _ENACTED.fullmatch(words):
            self._begin("preamble")
        elif joins and not mark and (shouted or joins == "alone"):
            self.open[-1].title += f" {words}"
            self._tell(self.open[-1])
        elif marked and self._opens(mark, words, heads):
            self._joins = "alone" if mark.alone else "shouted" if shouted else None
        elif not (mark or lists) and (style := self._bare(words, own, shouted, after)):
            self._open_bare(style, words, heads)
            self._heads = True
            self._joins = "shouted" if shouted else None
        else:
            self._go_on(words, shouted, mark, after)

    def step_in(self, words):
        """Go on into what a paragraph lists; what to hand to `step_out` after it."""
        after = self.zone, self.open
        if self.zone == "preamble" and not self.open:
            self._push(0, _Open("listed", (), f"preamble {self.preamble}", words))
        return after

    def step_out(self, after):
        """Go on after a paragraph that lists."""
        self.zone, self.open = after

    def _go_on(self, words, shouted, mark, after):
        """A paragraph that opens nothing."""
        self._titled = self.zone == "title" and (self._titled or bool(_PERIOD.search(words)))
        if self.zone == "title" and not (shouted or words.lstrip().startswith("(") or _TITLE.search(words)):
            self.zone = "preamble"
        bare = not any(part.numbered for part in self.open) and self.zone in ("preamble", "part")
        if (
            bare
            and not mark
            and len(words.strip()) <= _SHORT
            and not re.search("[:)/]|[.;,]$", words.strip())
        ):
            self.sure = self.sure and bool(
                re.match(CAPTION, words.strip())
            )  # a heading that is not understood
        if self.zone == "preamble":
            self.preamble += 1
        elif self.zone == "part" and mark and mark.style == "bullet":
            part = self._shown()[-1]
            part.bullet = part.bullet or mark.piece
            if mark.piece == part.bullet:  # a dash's own items are marked by another sign
                part.item += 1
                self.open = [each for each in self.open if each.style != "item"]
                inner = mark_of(after, after)
                if (
                    inner
                    and inner.style == "bullet"
                    and inner.piece != mark.piece
                    and self._heads_items(words)
                ):
                    self._push(len(self.open), _Open("item", (part.item,), "", words))

    def _heads_items(self, words):
        """Whether an item of a list is the heading of its own items (bool)."""
        said = words[name_in(words)[0] :]
        return subject_of(said) is not None and not re.search(r"\d", said)

    # --- Opening a part --------------------------------------------------------------------------------

    def _opens(self, mark, words, heads):
        """Open the part of a mark; whether it is one."""
        early = self.zone == "decision" and not self.open
        if early and not mark.style.startswith(("word", "roman", "capital")) and not topic_of(words):
            return False
        depth, goes_on = self._depth(mark)
        if not (mark.sound or goes_on):
            return False
        above = self.open[depth - 1] if depth else None
        if above and not above.numbered and mark.style in _APART and (mark.style == "word phần" or not heads):
            depth = next(
                k for k, part in enumerate(self.open) if not part.numbered
            )  # they part the whole plan
        opened = _Open(mark.style, mark.value, mark.piece, words, mark.sign)
        named = {part.piece.lower() for part in self.open}
        opened.sure = not mark.under or mark.under in named
        opened.sure &= goes_on or mark.style.startswith(("word", "roman", "capital"))
        self._push(depth, opened)
        return True

    def _depth(self, mark):
        """How many of the open parts stay open around a mark, and whether it goes on with what is open."""
        first = mark.value[-1] == 1
        if len(mark.value) > 1:  # "2.1" lies in "2", wherever that is
            for depth in range(len(self.open), 0, -1):
                above = self.open[depth - 1]
                n = len(above.value)
                if (
                    n < len(mark.value)
                    and above.value == mark.value[:n]
                    and above.style[:4] in ("arab", "word")
                ):
                    return depth, first or depth < len(self.open)
        alike = [(k, part) for k, part in enumerate(self.open) if part.style == mark.style]
        before = (*mark.value[:-1], mark.value[-1] - 1)
        for same in (True, False):
            for k, part in reversed(alike):
                if part.value == before and (part.sign == mark.sign or not same):
                    return k, True
        for k, part in reversed(alike):
            if part.sign == mark.sign:
                return k, mark.value > part.value
        for k, part in enumerate(self.open):  # "Dự án 1" beside "Chính sách 2"
            if {mark.style, part.style} <= _BESIDE:
                return k, first
        return len(self.open), first

    def _open_bare(self, style, words, heads):
        """Open a part whose heading has no number: below the heading right above it, else beside one of its style."""
        ranks = [-1 if part.numbered else _BARE.index(part.style) for part in self.open]
        alike = [k for k, rank in enumerate(ranks) if rank >= _BARE.index(style)]
        articles = [k + 1 for k, part in enumerate(self.open) if part.style == _ARTICLES]
        if not alike:
            depth = max(articles, default=0) if style == "shouted" else len(self.open)
        elif heads and alike[-1] == len(self.open) - 1:
            depth = len(self.open)
        else:
            said = topic_of(words)
            inner = [k for k in alike[1:] if said in (None, self.open[k].topic)]
            depth = inner[-1] if inner else alike[0]
        above = tuple(part.piece for part in self.open[:depth])
        n = self._taken[above] = self._taken.get(above, 0) + 1
        self._push(depth, _Open(style, (n,), str(n), words, sure=self.sure))

    def _push(self, depth, opened):
        opened.shown = opened.style != "item" and (
            opened.numbered
            or opened.style == "shouted"
            or not any(part.numbered and not self._enacts(part) for part in self.open[:depth])
        )
        self.open = [*self.open[:depth], opened]
        self._tell(opened)
        if opened.style != "listed":
            self.zone = "part"
        if opened.numbered:
            opened.sure = opened.sure and self.section not in self._taken
            self._taken[self.section] = True

    def _tell(self, opened):
        """What a part is about, by its heading and by that of the part that it lies in."""
        above = self.open[-2] if len(self.open) > 1 else None
        said = None if self._enacts(opened) else topic_of(opened.title)
        if opened.style == "listed":
            said = topic_of_prose(opened.title)
        if above and above.named:
            opened.topic, opened.named = above.topic, True
            return
        if said == "money" and above and above.topic is None and _POLICY.search(above.title[:60]):
            said = "policies"  # a policy's own money
        if said == "aims" and above and above.topic == "policies" and _QUOTA.match(opened.title):
            said = None  # a policy's own number
        opened.topic = topic_under(above.topic, above.title, said) if above else said
        opened.named = opened.topic == "policies" and bool(above and subject_of(opened.title[:200]))

    def _enacts(self, part):
        """Whether an article is no heading: "Điều 1. Phê duyệt …" (bool)."""
        return part.style == _ARTICLES and bool(_ENACTS.search(part.title[:80]))

    def _bare(self, words, own, shouted, after):
        """The style of a heading without a number, None where a paragraph is none."""
        said, bare = own.strip(), words.strip()
        small = not shouted and len(said) <= _SHORT and said[:1].isupper()
        if self.zone == "decision" or not after or not (small or (shouted and len(said) <= _LINE)):
            return None
        if re.match(CAPTION, bare) or names_agency(bare) or _LEADS.search(bare):
            return None
        titled = topic_of(bare, 5) and (self._titled or (shouted and not _PERIOD.search(bare)))
        if self.zone == "title" and not titled:
            return None
        if small and re.search(r"\d", _YEAR.sub("", bare)):
            return None
        if not (
            topic_of(bare, _LINE if shouted else _AT) or subject_of(bare if shouted else bare[: 2 * _AT])
        ):
            return None
        return "shouted" if shouted else "colon" if said.endswith(":") else "line"

    # --- What is told of a paragraph -------------------------------------------------------------------

    def _shown(self):
        """The open parts that a locator names."""
        shown = [part for part in self.open if part.shown]
        articles = [n for n, part in enumerate(shown) if part.style == _ARTICLES]
        if articles:
            shown = shown[articles[-1] :]
            if shown[1:] and shown[1].style in _APART:
                shown = shown[1:]
        return shown

    @property
    def section(self):
        """The locator without its item."""
        if not self.open:
            return f"preamble {self.preamble}" if self.zone == "preamble" else self.zone
        place, above = "", None
        for part in self._shown():
            piece = part.piece
            if not part.numbered and part.style != "listed":
                piece = f".{piece}" if above and not above.numbered else f" heading {piece}"
            elif above and len(part.value) > 1 and above.value == part.value[: len(above.value)]:
                piece = "." + ".".join(map(str, part.value[len(above.value) :]))
            elif not place and part.style.startswith("word") and piece.isdigit():
                piece = f"part {piece}"
            elif place and not piece.startswith("("):
                piece = f".{piece}"
            place, above = place + piece, part
        if self.open[-1].style == "item":
            place += f" item {above.item}"
        return place.strip()

    def paragraph(self, start, words):
        """The paragraph of these words, where the outline now stands (Paragraph)."""
        section, top = self.section, self.open[-1] if self.open else None
        item = self._shown()[-1].item if top else 0
        headings = tuple(part.title for part in self.open if not self._enacts(part))
        return Paragraph(
            start,
            words,
            section + (f" item {item}" if item and " item " not in section else ""),
            section,
            headings,
            self.zone,
            top and top.topic,
            all(part.sure for part in self.open) if self.open else self.sure,
        )
