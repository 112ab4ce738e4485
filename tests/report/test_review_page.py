"""The review page: every proposal beside the letters that it rests on, in both languages."""

import re

import pytest

from giamngheo import paths
from giamngheo.inputs.extraction.folder import TEXT, lay_out, read_waiting
from giamngheo.inputs.extraction.propose import propose_from
from giamngheo.report.review_page import MOST_LINES, review_page, write_review
from giamngheo.report.wording import Page
from tests.helpers import assert_clean, read_aloud

PLANS = paths.ROOT / "tests" / "inputs" / "plans"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    text, found = propose_from(PLANS / "bac-son" / "decision.txt")
    return lay_out(tmp_path_factory.mktemp("review") / "bac-son", text, found, write_review)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_proposal_leads_to_its_letters_and_back(folder, lang):
    markup = (folder / f"review.{lang}.html").read_text(encoding="utf-8")
    assert_clean(markup)
    for each in read_waiting(folder):
        assert f'id="{each.name}"' in markup
        for column, (start, end) in each.proposal.places.items():
            anchor = f"at-{each.name}-{column}" if column else f"at-{each.name}"
            after = markup[markup.index(f'<span id="{anchor}"></span>') :]
            said = (folder / TEXT).read_text(encoding="utf-8")[start:end].partition("\n")[0]
            assert read_aloud(after[:8_000].partition("</p>")[0]).startswith(said)
    assert "44120" in markup and not re.search(r"\bNone\b|near_poor<|ethnic_minority<", markup)


@pytest.mark.parametrize(("lang", "words"), [("vi", "chưa chắc chắn"), ("en", "in doubt")])
def test_what_is_in_doubt_says_why(folder, lang, words):
    waiting = read_waiting(folder)
    markup = review_page(Page(None, lang), "x", (folder / TEXT).read_text(encoding="utf-8"), waiting)
    low = [each for each in waiting if each.proposal.confidence == "low"]
    assert low
    for each in low:
        told = markup[markup.index(f'id="{each.name}"') :].partition("</section>")[0]
        assert words in told and "<em>(" in told


def test_of_a_long_text_the_lines_around_proposals_are_shown(folder):
    text = (folder / TEXT).read_text(encoding="utf-8") + "\ndòng thừa" * (MOST_LINES + 1)
    markup = review_page(Page(None, "vi"), "x", text, read_waiting(folder))
    assert markup.count("dòng thừa") < 5
