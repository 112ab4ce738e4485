"""Words that several notebooks share."""

from dataclasses import replace

import pytest

from giamngheo.report.wording import Page, decision_text, locator_text
from giamngheo.simulation.targets import CHANCE_SCALE


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.0, "exceptionally unlikely"),
        (0.0099, "exceptionally unlikely"),
        (0.01, "very unlikely"),
        (0.10, "unlikely"),
        (0.33, "about as likely as not"),
        (0.66, "likely"),
        (0.90, "very likely"),
        (0.99, "virtually certain"),
        (1.0, "virtually certain"),
    ],
)
def test_a_chance_has_its_word(package, p, word):
    assert Page(package, "en").chance_word(p) == word


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_a_chance_outside_its_scale_has_none(package, p):
    with pytest.raises(ValueError):
        Page(package, "vi").chance_word(p)


def test_the_scale_of_words_is_the_fixed_one(package):
    page = Page(package, "vi")
    assert [page.chance_word(least) for _, least in CHANCE_SCALE] == [
        "gần như chắc chắn",
        "rất có khả năng",
        "có khả năng",
        "khoảng 50/50",
        "khó đạt",
        "rất ít khả năng",
        "gần như không thể",
    ]
    assert [least for _, least in CHANCE_SCALE] == [0.99, 0.9, 0.66, 0.33, 0.1, 0.01, 0]


def test_a_locator_is_put_into_words(package):
    assert locator_text("preamble 4; I.2 item 1", Page(package, "en")) != "preamble 4; I.2 item 1"


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [
        ("107/QĐ-UBND", "Quyết định 107/QĐ-UBND", "Decision 107/QĐ-UBND"),
        ("88/2025/NQ-HĐND", "Nghị quyết 88/2025/NQ-HĐND", "Resolution 88/2025/NQ-HĐND"),
        ("3/KH-UBND", "Kế hoạch 3/KH-UBND", "Plan 3/KH-UBND"),
        ("12", "Văn bản 12", "Document 12"),
        ("Kế hoạch số 3/KH-UBND", "Kế hoạch 3/KH-UBND", "Plan 3/KH-UBND"),
        ("9/Q\N{LATIN CAPITAL LETTER ETH}-UBND", "Quyết định 9/QÐ-UBND", "Decision 9/QÐ-UBND"),
    ],
)
def test_a_document_is_called_what_its_number_says(package, number, vi, en):
    labels = package.labels.model_copy(update={"decision": number})
    for lang, name in (("vi", vi), ("en", en)):
        assert decision_text(Page(replace(package, labels=labels), lang)) == name
