"""The pace that the rates had beside the pace that the targets need."""

from giamngheo.report import html
from giamngheo.report.wording import told_apart


def table(page, pace):
    """Observed against required pace from every base year, as of `analysis.pace.required_pace`."""
    if pace.empty:
        return html.prose(page.say("pace.none"))
    targets = {row.target: row for row in page.package.targets}

    def name(target):
        row = targets[target]
        return f"{page.say(f'status.{row.status}_short')} {told_apart(row, page)}"

    columns = [
        page.text_column("target", "pace.target", name),
        page.day_column("base_as_of", "pace.base"),
        page.day_column("last_as_of", "pace.last"),
        page.signed_column("observed_pp", "pace.observed", 2),
        page.signed_column("required_pp", "pace.required", 2),
        page.signed_column("observed_pct", "pace.observed_pct", 1),
        page.signed_column("required_pct", "pace.required_pct", 1),
        page.column("ratio", "pace.ratio", lambda x: page.percent(100 * x, 0), number_format="0 %"),
        page.text_column("category", "pace.category", lambda category: page.say(f"pace.{category}")),
    ]
    return html.table("pace", page.say("pace.caption"), pace, columns, note=page.say("pace.note"))
