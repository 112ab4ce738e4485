"""What each result rests on: measured, published or judged, and how far it moves the answer."""

from giamngheo.analysis.sensitivity.support import support_sums
from giamngheo.analysis.sensitivity.tornado import SMALL
from giamngheo.report.assumption_words import grounds, moves
from giamngheo.report.columns import is_missing
from giamngheo.report.html import beside, folded, prose
from giamngheo.report.html import table as shown_table
from giamngheo.report.sensitivity.words import headed, range_text, small_text
from giamngheo.report.wording import first_upper, joint_name


def sentence(page, supports):
    """How much of the answer's movement rests on judgement."""
    sums, words = support_sums(supports), {"joint": joint_name(page), "small": small_text(page)}
    if not sums["swing"].any():
        return prose(page.say("sensitivity.nothing_moves", **words))
    counts = {
        "varied": sums["varied"].sum(),
        "moving": sums["moving"].sum(),
        "judged": sums.loc["judgement", "moving"],
    }
    words |= {key: page.number(int(n)) for key, n in counts.items()}
    share = page.percent(100 * sums.loc["judgement", "share"], 0)
    return prose(page.say("sensitivity.support_sentence", share=share, **words))


def table(page, supports):
    """Measured, published, judgement: how many assumptions, how many of them matter, and their swings added."""
    columns = [
        page.text_column(
            "support", "sensitivity.support_head", lambda name: first_upper(page.say(f"support.{name}"))
        ),
        page.number_column("n", "sensitivity.support_n"),
        page.number_column("moving", page.say("sensitivity.support_moving", small=small_text(page))),
        page.column("swing", "sensitivity.support_sum", lambda swing: page.number(100 * swing, 0)),
        page.column("share", "sensitivity.support_share", lambda share: page.percent(100 * share, 0)),
    ]
    caption = page.say("sensitivity.support_caption", joint=joint_name(page))
    sums = support_sums(supports).reset_index()
    return beside(shown_table("supports", caption, sums, columns))


def sceptic_table(page, found, supports):
    """The assumptions that move the joint chance: their support, how far they move it, what hangs on them."""
    words = {"joint": joint_name(page), "small": small_text(page)}
    large = supports[supports["swing"] >= SMALL]
    if large.empty:
        return prose(page.say("sensitivity.nothing_moves", **words))
    return _sceptic_rows(page, "sceptic", page.say("sensitivity.sceptic_caption", **words), found, large)


def sceptic_rest(page, found, supports):
    """The assumptions that hardly move the joint chance or are held fixed, as of `sceptic_table`, folded."""
    rest = supports[~(supports["swing"] >= SMALL)]
    fold = page.say("sensitivity.sceptic_fold", n=page.number(len(rest)), small=small_text(page))
    caption = page.say("sensitivity.sceptic_rest_caption")
    return folded(fold, _sceptic_rows(page, "sceptic-rest", caption, found, rest))


def _sceptic_rows(page, name, caption, found, supports):
    register, names = found.register, supports["assumption"]
    frame = supports.assign(
        name=[headed(each, register, page) for each in names],
        range=[
            page.say("sensitivity.fixed") if still else range_text(each, found, page)
            for each, still in zip(names, supports["swing"].isna(), strict=True)
        ],
        moves=[
            moves(register[each], page) if each in register else page.say("sensitivity.moves_every")
            for each in names
        ],
        grounds=[
            grounds(register[each], page) if each in register else page.say(f"sensitivity.grounds.{each}")
            for each in names
        ],
    )
    columns = [
        page.text_column("name", "sensitivity.assumption"),
        page.text_column("support", "sensitivity.support_head", lambda key: page.say(f"support.{key}")),
        page.text_column("range", "sensitivity.plausible"),
        page.column(
            ("swing_continued", "swing_new"),
            "sensitivity.sceptic_swing",
            lambda *swings: "; ".join(page.number(100 * p, 0) for p in swings if not is_missing(p)),
        ),
        page.text_column("moves", "sensitivity.sceptic_moves"),
        page.text_column("grounds", "sensitivity.sceptic_why"),
    ]
    return shown_table(name, caption, frame, columns, css="long")
