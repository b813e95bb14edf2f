"""What is not shown is written out for readers and refused from writers."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.characters import refused_in, visible

any_text = st.text(st.characters(codec=None, categories=None), max_size=30)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ASCII", "plain, ASCII"),
        ("Łódź 日本 é e\u0301", "Łódź 日本 é e\u0301"),
        ("\x1b[2J", "\\u001b[2J"),
        ("\x9b2J", "\\u009b2J"),
        ("a\nb\tc\rd", "a\\u000ab\\u0009c\\u000dd"),
        ("\x7f", "\\u007f"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066\u2069\u200b\ufeff", "\\u2066\\u2069\\u200b\\ufeff"),
        ("\u2028", "\\u2028"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(any_text)
def test_nothing_unseen_is_left_and_nothing_seen_is_touched(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown


@given(any_text)
def test_inside_json_a_number_means_its_character(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize(("text", "number"), [("\x1b", "U+001B"), ("a\u202eb", "U+202E"), ("\U000e0041", "U+E0041")])
def test_the_first_character_that_nobody_can_see_is_named(text: str, number: str) -> None:
    assert refused_in(text) == refused_in(text, lines=True) == number


def test_lines_are_refused_unless_they_are_asked_for() -> None:
    assert refused_in("two\nlines") == "U+000A"
    assert refused_in("two\n\tlines", lines=True) is None
    assert refused_in("two\r\nlines", lines=True) == "U+000D"


def test_joiners_of_languages_are_letters() -> None:
    assert refused_in("می‌خواهم") is None
