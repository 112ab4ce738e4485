"""Words, for modules that have no page yet."""

from giamngheo.language import percent, say


def first_upper(text):
    """The text with its first letter in upper case (str)."""
    return text[:1].upper() + text[1:]


def promise_text(target, lang):
    """A level target inside a sentence: ``tỷ lệ hộ nghèo xuống dưới 2 %``."""
    key = "answer.target_below" if target.comparator == "<" else "answer.target_at_most"
    who = say(f"answer.who_{target.status}", lang)
    return say(key, lang, who=who, value=percent(target.value_pct, lang))
