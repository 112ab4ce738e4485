"""What a reader of an index page has before them, counted: its words, those above Methods, and each section's finding.

Words are runs of characters between spaces. All of the body counts but scripts, styles and what nobody sees written:
titles and descriptions of drawings, which are read out in their place, and the drawing for the other width of screen.
"""

import re
from html.parser import HTMLParser

MOST_BEFORE_THE_PICTURE, MOST = 60, 6_000
FORBIDDEN = {
    "en": r"\br\b|\bprobits?\b|\bquantiles?\b|\bdraws?\b|\bdrawn\b",
    "vi": r"\br\b|\bprobit\b|phân vị|lượt rút|lần rút|rút ngẫu nhiên|\bdraws?\b",
}
UNSEEN = ("script", "style", "title", "desc")
VOID = ("br", "meta", "img", "link", "hr", "input", "wbr", "col", "source")
INLINE = ("a", "b", "i", "em", "strong", "span", "small", "sub", "sup", "code", "math")


class Reader(HTMLParser):
    """The text of a page's body by section, a section's first paragraph, and what stands before the first figure."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.section, self.sections, self.after = [], "top", {"top": ""}, {}
        self.before, self.pictured = "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        css = (attrs.get("class") or "").split()
        if tag == "h2":
            self.section = attrs["id"]
            self.sections[self.section] = ""
        elif (
            self.section not in self.after
            and self.section != "top"
            and not {"a", "h2"} & {tag, *self.open[-1:]}
        ):
            self.after[self.section] = (tag, css)
        self.pictured |= tag == "figure"
        self._part(tag)
        if tag not in VOID:
            folded = tag == "nav" and "contents" in css
            mark = "unseen" if "narrow" in css or tag in UNSEEN else "contents" if folded else tag
            self.open.append((tag, mark))

    def handle_startendtag(self, tag, attrs):
        self._part(tag)

    def handle_endtag(self, tag):
        if tag in [opened for opened, _ in self.open]:
            while self.open.pop()[0] != tag:
                pass
        self._part(tag)

    def _marks(self):
        return [mark for _, mark in self.open]

    def _part(self, tag):
        if tag not in INLINE and "math" not in self._marks():
            self._add(" ")

    def handle_data(self, data):
        self._add(data)

    def _add(self, text):
        marks = self._marks()
        if "body" not in marks or "unseen" in marks:
            return
        self.sections[self.section] += text
        if not self.pictured and "contents" not in marks:  # the list of contents is folded, or beside
            self.before += text


def words(text):
    """Number of words (int)."""
    return len(text.split())


def faults(text, lang):
    """What of an index page is too long, in no reader's words, or without its finding (list of str)."""
    read, found = Reader(text), []
    if (n := words(read.before)) > MOST_BEFORE_THE_PICTURE:
        found.append(f"{n} words before the picture: {read.before.split()}")
    if (n := sum(map(words, read.sections.values()))) > MOST:
        found.append(f"{n} words: { {name: words(text) for name, text in read.sections.items()} }")
    above = list(read.sections)[: list(read.sections).index("methods")]
    for name in above:
        for word in re.finditer(FORBIDDEN[lang], read.sections[name]):
            start, end = max(word.start() - 40, 0), word.end() + 20
            found.append(f"{name}: {word.group()!r} in {read.sections[name][start:end]!r}")
    for name, (tag, css) in read.after.items():
        if name != "run" and (tag != "p" or "finding" not in css):
            found.append(f"{name}: begins with <{tag} class={css}> and not with its finding")
    return found
