"""What the answer hangs on, in one sentence."""

from giamngheo.analysis.sensitivity.support import support_sums
from giamngheo.report.assumption_words import assumption_name
from giamngheo.report.html import prose
from giamngheo.report.sensitivity.words import ASIDE, span_words
from giamngheo.report.wording import joint_name, target_heads


def sentence(page, found, supports, turned):
    """What the answer hangs on most, how much of it is judged, and how many verdicts turn."""
    joint = joint_name(page)
    told = found.joint[~found.joint["assumption"].isin(ASIDE)]
    if told.empty:
        return prose(page.say("sensitivity.conclusion_still", joint=joint), css="conclusion")
    first = told["assumption"].iloc[0]
    known = [target for target, _ in target_heads(page)]
    sides = int(turned.loc[turned["target"].isin(known), "side"].sum())
    turning = (
        page.say("sensitivity.conclusion_turned", n=page.number(sides))
        if sides
        else page.say("sensitivity.conclusion_firm")
    )
    text = page.say(
        "sensitivity.conclusion",
        first=assumption_name(first, found.register, page),
        joint=joint,
        share=page.percent(100 * support_sums(supports).loc["judgement", "share"], 0),
        turned=turning,
        **span_words(told[told["assumption"] == first], page),
    )
    return prose(text, css="conclusion")
