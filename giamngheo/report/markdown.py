"""Markdown cells as a piece of page: nbconvert's reading of them, with formulas in MathML, which needs no script."""

import re
from functools import lru_cache
from html import escape

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath


class _Renderer(IPythonRenderer):
    def block_math(self, body):
        # Inside a paragraph; on a phone a long one is scrolled, by keys too.
        told = escape(" ".join(body.split()))
        return f'<span class="formula" tabindex="0" role="group" aria-label="{told}">{_mathml(body, "block")}</span>'

    def inline_math(self, body):
        return _mathml(body, "inline")


@lru_cache(1_024)
def markdown_html(text):
    """Markdown, with formulas between dollars, as HTML without scripts (str)."""
    return MarkdownWithMath(renderer=_Renderer(escape=True, exclude_anchor_links=True)).render(text)


def _mathml(formula, display):
    # A browser knows what <math> is; the name of its schema would be an outside address. A sign is a letter, not its
    # number in eight.
    made = convert(formula.strip(), display=display).replace(
        ' xmlns="http://www.w3.org/1998/Math/MathML"', ""
    )
    return re.sub(r"&#x([0-9A-F]+);", lambda found: escape(chr(int(found[1], 16)), quote=False), made)
