"""The words of the report and what they mean."""

from giamngheo.language import phrases
from giamngheo.report.html import beside, definitions


def terms(page):
    """Every term with its meaning, in the order of the phrase file."""
    keys = [key.split(".")[1] for key in phrases() if key.startswith("glossary.") and key.endswith(".term")]
    pairs = [(page.say(f"glossary.{key}.term"), page.say(f"glossary.{key}.meaning")) for key in keys]
    return beside(definitions(pairs), page.say("glossary.title"))
