"""What the one number of the tour does: the share of the planned money that is delivered."""

from giamngheo.report.html import prose
from giamngheo.report.wording import first_target, share_text


def sentence(page, share, changed, full):
    """The rate and chance under a share of the money beside those of the full plan, where money matters most."""
    target = first_target(page.package)
    words = {}
    for tail, outcome in (("", changed), ("_full", full)):
        words[f"p{tail}"] = page.chance(outcome.by_case[0][target.target])
        words["full" if tail else "rate"] = page.percent(
            outcome.median(0, target.status, when=target.as_of), 1
        )
    return prose(
        page.say(
            "change.sentence",
            share=share_text(str(share), page),
            who=page.say(f"status.{target.status}"),
            when=page.day(target.as_of),
            **words,
        )
    )
