"""Numbers and sentences as each language writes them, and phrases that are whole in both."""

import ast
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager, ft2font

from giamngheo import language, paths
from giamngheo.inputs.package import REACH_UNITS
from giamngheo.language import phrasebook

LANGS = language.LANGUAGES


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (58543, None, "58.543", "58,543"),
        (Decimal("13.15"), None, "13,15", "13.15"),
        (Decimal("7.20"), 2, "7,20", "7.20"),
        (2155.0, None, "2.155", "2,155"),
        (5.25, 1, "5,3", "5.3"),  # half away from zero, not to even
        (-5.25, 1, "−5,3", "−5.3"),
        (0.775, 2, "0,78", "0.78"),
        ((6.10 - 3) / 4, 2, "0,78", "0.78"),  # 0.7749999999999999 in binary
        (0.285, 2, "0,29", "0.29"),
        (-0.004, 2, "0,00", "0.00"),  # no minus before nothing
        (41_281.4, -2, "41.300", "41,300"),
        (Fraction(250, 3), None, "83,33", "83.33"),
        (Fraction(2155), None, "2.155", "2,155"),
        (np.int64(1200), None, "1.200", "1,200"),
        (np.float32(0.5), 2, "0,50", "0.50"),
        (1e-7, None, "0,0000001", "0.0000001"),
    ],
)
def test_number(value, decimals, vi, en):
    assert language.number(value, "vi", decimals) == vi
    assert language.number(value, "en", decimals) == en


@given(st.fractions(-(10**6), 10**6), st.integers(-3, 6))
def test_rounding_is_to_nearest_with_halves_away_from_zero(x, decimals):
    step = Fraction(1, 10**decimals) if decimals >= 0 else Fraction(10**-decimals)
    result = Fraction(language.rounded(x, decimals))
    assert abs(result - x) <= step / 2
    assert result % step == 0
    if abs(result - x) == step / 2:
        assert abs(result) > abs(x)
    assert Fraction(language.rounded(-x, decimals)) == -result


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "twelve", None])
def test_number_refuses_what_is_none(value):
    with pytest.raises((ValueError, OverflowError, TypeError)):
        language.number(value, "vi")


def test_number_refuses_other_languages():
    with pytest.raises(KeyError):
        language.number(1, "fr")


def test_units():
    assert language.percent(Decimal("13.15"), "vi") == "13,15 %"
    assert language.percent(9.28, "en") == "9.28 %"
    assert language.money(2155, "vi") == "2.155 tỷ đồng"
    assert language.money(Decimal("137.49"), "en") == "137.49 billion VND"
    assert language.households(58543, "vi") == "58.543 hộ"
    assert language.households(1, "en") == "1 household"
    assert language.points(1, "en") == "1 percentage point"
    assert language.points(1.91, "vi") == "1,91 điểm phần trăm"
    assert language.signed(0.65, "vi", 2) == "+0,65"
    assert language.signed(-1.44, "en", 2) == "−1.44"
    assert language.signed(0.001, "en", 2) == "0.00"


def test_day():
    assert language.day(date(2011, 12, 31), "vi") == "31/12/2011"
    assert language.day(date(2011, 12, 31), "en") == "31 December 2011"
    assert language.day(date(2013, 1, 1), "vi") == "01/01/2013"


@pytest.mark.parametrize(
    ("p", "vi", "en"),
    [
        (0.0, "dưới 1 %", "under 1 %"),
        (0.0099, "dưới 1 %", "under 1 %"),
        (0.01, "1 %", "1 %"),
        (0.085, "9 %", "9 %"),
        (0.10, "10 %", "10 %"),
        (0.33, "33 %", "33 %"),
        (0.66, "66 %", "66 %"),
        (0.90, "90 %", "90 %"),
        (0.99, "99 %", "99 %"),
        (0.995, "trên 99 %", "over 99 %"),
        (1.0, "trên 99 %", "over 99 %"),
    ],
)
def test_chances(p, vi, en):
    assert language.chance(p, "vi") == vi
    assert language.chance(p, "en") == en


@pytest.mark.parametrize(
    ("p", "vi", "en"),
    [
        (0.004, "dưới 1 %", "under 1 %"),
        (0.0102, "khoảng 1/100", "about 1 in 100"),
        (0.1225, "khoảng 1/8", "about 1 in 8"),
        (0.129, "khoảng 1/8", "about 1 in 8"),
        (0.0748, "khoảng 1/13", "about 1 in 13"),
        (0.0752, "khoảng 1/13", "about 1 in 13"),
        (0.311, "khoảng 3/10", "about 3 in 10"),
        (0.52, "khoảng 1/2", "about 1 in 2"),
        (0.96, "khoảng 19/20", "about 19 in 20"),
        (0.995, "trên 99 %", "over 99 %"),
    ],
)
def test_frequencies(p, vi, en):
    assert language.frequency(p, "vi") == vi
    assert language.frequency(p, "en") == en


def test_a_frequency_is_the_nearest_to_the_percent_printed_and_never_far_from_it():
    """No further than 5 points or a sixth: what a page says in words, its panels do not take back."""
    for p in (n / 1000 for n in range(10, 991)):
        percent = int(language.chance(p, "en").removesuffix(" %"))
        times, of = map(int, language.frequency(p, "en").removeprefix("about ").split(" in "))
        assert abs(100 * times / of - percent) <= min(5, percent / 6 + 1e-9), p
        assert language.frequency(percent / 100, "en") == f"about {times} in {of}"


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_a_chance_outside_its_scale_is_refused(p):
    for written in (language.chance, language.frequency):
        with pytest.raises(ValueError):
            written(p, "vi")


def test_say_refuses_what_it_cannot_say():
    with pytest.raises(KeyError, match="no phrase"):
        language.say("answer.nothing", "vi")
    with pytest.raises(KeyError, match="also needs"):
        language.say("answer.unidentified", "vi")
    with pytest.raises(TypeError, match="format it"):
        language.say("answer.unidentified", "vi", n=8)


def test_phrases_are_whole_in_both_languages():
    for key, phrase in language.phrases().items():
        assert set(phrase) == set(LANGS), key
        assert language.placeholders(phrase["vi"]) == language.placeholders(phrase["en"]), key
        for text in phrase.values():
            assert text.strip() and text.rstrip() == text and "  " not in re.sub("[,;]  ", "", text), key
            for tag in ("b", "i", "sub", "sup"):
                assert text.count(f"<{tag}>") == text.count(f"</{tag}>"), key


ONE_OF = {  # a phrase's words in one language, on a line of their own or of both
    "vi": r'^vi = .*\n|(?<={ )vi = ".*?", (?=en = )',
    "en": r'^en = .*\n|, en = ".*?"(?= }$)',
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("file", phrasebook.phrase_files(), ids=lambda path: path.stem)
def test_a_translation_that_is_removed_is_noticed(file, lang, monkeypatch, tmp_path):
    """The first of its file and the last."""
    monkeypatch.setattr(phrasebook, "PHRASES", tmp_path)
    monkeypatch.setattr(language, "phrases", phrasebook.phrases.__wrapped__)
    text = file.read_text(encoding="utf-8")
    lines = list(re.finditer(ONE_OF[lang], text, re.MULTILINE))
    for line in (lines[0], lines[-1]):
        (tmp_path / file.name).write_text(text[: line.start()] + text[line.end() :], encoding="utf-8")
        with pytest.raises(AssertionError):
            test_phrases_are_whole_in_both_languages()
    (tmp_path / file.name).write_text(text, encoding="utf-8")
    test_phrases_are_whole_in_both_languages()


def test_english_is_english_but_for_names(register):
    vietnamese = re.compile(
        "[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
    )
    names = (
        "Ninh Thuận",
        "Sơn La",
        "Quảng Nam",
        "LĐTBXH",
        "Hải Dương",
        "QĐ-UBND",
        "QĐ",
        "năm 2006",
        "năm 2010",
        "An Giang",
        "Tiếng Việt",
        "đồng",
    )
    english = {key: phrase["en"] for key, phrase in language.phrases().items()}
    for name, row in register.items():
        english[name] = "; ".join((row.meaning_en, row.unit, row.reference, row.moves))
    for key, text in english.items():
        for name in names:
            text = text.replace(name, "")
        assert not vietnamese.search(text), key


def test_every_letter_has_a_glyph():
    font = ft2font.FT2Font(font_manager.findfont("DejaVu Sans", fallback_to_default=False))
    known = set(map(chr, font.get_charmap()))
    used = {letter for phrase in language.phrases().values() for text in phrase.values() for letter in text}
    for table in (paths.DATA / "an-giang").glob("*.csv"):
        used |= set(table.read_text(encoding="utf-8"))
    assert used - known - set("\n\r\t") == set()


def _keys_in_code():
    """Phrase keys that the code names: whole ones, and patterns of those put together at run time."""
    whole, patterns = set(), set()
    for path in (paths.ROOT / "giamngheo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (
                    re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values
                )
                patterns.add("".join(parts))
    return whole, {pattern for pattern in patterns if re.match(r"[a-z_]{3,}\\\.", pattern)}


def _said():
    """Keys that are said, or stand at the head of a column, as (file, key)."""
    for path in (paths.ROOT / "giamngheo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = 0 if name == "say" else 1 if name == "column" or name.endswith("_column") else None
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield path.name, str(node.args[place].value)


def test_every_key_that_is_said_exists():
    said = [(file, key) for file, key in _said() if re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", key)]
    assert len(said) > 400
    assert not [(file, key) for file, key in said if not language.has_phrase(key)]


def test_no_phrase_is_left_over():
    whole, patterns = _keys_in_code()
    compiled = [re.compile(pattern) for pattern in patterns]
    sentences = {f"audit.{key}" for key in whole} | {
        f"audit.{key}.{end}" for key in whole for end in ("ok", "note")
    }
    unused = {
        key
        for key in language.phrases()
        if key not in whole | sentences and not any(pattern.fullmatch(key) for pattern in compiled)
    }
    assert unused == set()


def test_units_of_what_a_household_receives_have_names():
    for unit in REACH_UNITS:
        assert language.has_phrase(f"measure_unit.{unit}"), unit
