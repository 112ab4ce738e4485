"""The budget table as the document prints it."""

from giamngheo.inputs.tables import SOURCES
from giamngheo.report import html
from giamngheo.report.wording import first_upper, locator_text


def table(page):
    """The budget table with its printed figures (Exhibit)."""
    frame = page.package.frame("budget")
    frame["name"] = frame[f"name_{page.lang}"]
    columns = [page.text_column("name", "money.line")]
    columns += [page.number_column(source, first_upper(page.say(f"source.{source}"))) for source in SOURCES]
    columns += [page.number_column(name, f"budget_table.{name}") for name in ("annual", "total_3y")]
    columns.append(page.text_column("locator", "audit_table.where", lambda place: locator_text(place, page)))
    columns = [each for each in columns if each.keys[0] not in SOURCES or frame[each.keys[0]].notna().any()]
    return html.table("budget", page.say("budget_table.caption"), frame, columns)
