"""The words of the report and what they mean."""

from giamngheo.language import phrases
from giamngheo.report.html import definitions


def terms(page):
    """Every term with its meaning, in the order of the phrase file."""
    keys = [key.split(".")[1] for key in phrases() if key.startswith("glossary.") and key.endswith(".term")]
    return definitions(
        [(page.say(f"glossary.{key}.term"), page.say(f"glossary.{key}.meaning")) for key in keys]
    )
